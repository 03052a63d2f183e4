// `npm run sim:schema`: makes infra/local/stripe/schema.json.gz from the typings of the installed Stripe SDK.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'stripe', 'generate-schema.js'))
