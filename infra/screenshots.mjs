// `npm run screenshots`: pictures of the main pages of both demo stores, as a phone and a desk show them.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

commandLine(
  `
npm run screenshots [-- <page>…]

Takes pictures of the main pages of a running demo's stores (npm start), 390 and 1280 pixels wide, light and dark, and prints the
folder that holds them. Needs a Chromium on the PATH.

  <page>…      only these, for example: home product checkout confirmation orders
  -h, --help   this text

STOA_HOME (.stoa unless set) is the folder of the demo that runs.
`,
  { allowPositionals: true },
)
bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'screenshots.js'))
