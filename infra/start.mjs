// `npm start`: installs and builds what is missing, then starts Stoa with everything it needs.
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

commandLine(`
npm start

Starts Stoa: the APIs, the storefronts and the jobs. On a developer's machine it brings a PostgreSQL, a Redis where there is one, a
mail catcher and a simulator of Stripe along, fills the database with two demo stores, and prints their addresses and sign-ins.
It has no options; settings are environment variables, of which these are asked for most:

  PORT              port of the HTTP server (9000)
  STOA_HOME         folder of the database, files and secrets (.stoa)
  NODE_ENV          "production" brings nothing along: DATABASE_APP_URL and TOKEN_SECRET are needed then
  LOG_LEVEL         "info" logs every request (warn)

All of them stand in src/config.ts, each with its meaning.
`)
bootstrap()
await import(path.join(root, 'dist', 'infra', 'local', 'start.js'))
