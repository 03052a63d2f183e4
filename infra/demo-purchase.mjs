// `npm run demo:purchase`: one shopper buys from three vendors of a running demo, told step by step.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

commandLine(
  `
npm run demo:purchase [-- --csv <folder>]

Buys from three vendors of a running demo (npm start), step by step: what is in the cart, how the money is divided, what the
books say, what another store may see, what is sent, and the mails. Every figure is answered by the API.

  --csv <folder>   first brings the Shopify files (*.csv) of a folder into the store's vendors, and buys of those
  -h, --help       this text

STOA_HOME (.stoa unless set) is the folder of the demo that runs.
`,
  { options: { csv: { type: 'string' } } },
)
bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'demo-purchase.js'))
