// `npm start`: installs and builds what is missing, then starts Stoa with everything it needs.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'start.js'))
