// `npm run screenshots`: pictures of the main pages of both demo stores, as a phone and a desk show them.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'screenshots.js'))
