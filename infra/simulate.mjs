// `npm run simulate`: a marketplace's year in virtual time, on a simulator of Stripe; after each day what must be true of
// rows, books and Stripe is looked at. `-- --days 365 --seed 1` says how long, and which year.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { root } from './bootstrap.mjs'

const { values } = parseArgs({ options: { days: { type: 'string', default: '365' }, seed: { type: 'string', default: '1' } } })
for (const [name, value] of Object.entries(values)) {
  if (/^[1-9]\d{0,4}$/.test(value)) continue
  console.error(`stoa: --${name} ${value}: a whole number from 1 to 99999`)
  process.exit(1)
}
const { status } = spawnSync(process.execPath, [path.join(root, 'infra', 'test.mjs'), 'test/stripe/year.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SIMULATED_DAYS: values.days, SIMULATED_SEED: values.seed },
})
process.exit(status ?? 1)
