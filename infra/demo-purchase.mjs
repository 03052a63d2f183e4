// `npm run demo:purchase`: one shopper buys from three vendors of a running demo, told step by step.
// `npm run demo:purchase -- --csv <folder>` first brings the Shopify files of a folder into the store's vendors.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'demo-purchase.js'))
