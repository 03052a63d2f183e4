// `npm run sim:schema`: makes infra/local/stripe/schema.json.gz from the typings of the installed Stripe SDK.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

commandLine(`
npm run sim:schema

Makes infra/local/stripe/schema.json.gz anew from the typings of the installed Stripe SDK: what the simulator of Stripe takes and
answers. To be run after the SDK was changed. It has no options.
`)
bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'stripe', 'generate-schema.js'))
