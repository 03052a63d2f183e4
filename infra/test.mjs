// `npm test`: installs and builds what is missing, then runs the tests on a PostgreSQL and a Redis of their own.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

commandLine(
  `
npm test [-- <file or folder>…]

Runs the tests on a PostgreSQL and a Redis of their own, a database for each file, a few files at once, and tells failures again at
the end.

  <file or folder>…   only these, for example: test/api/store test/unit/web/places.test.ts
  -h, --help          this text
`,
  { allowPositionals: true },
)
bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'test-run.js'))
