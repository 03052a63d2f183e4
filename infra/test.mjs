// `npm test`: installs and builds what is missing, then runs the tests on a PostgreSQL and a Redis of their own.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'

bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'test-run.js'))
