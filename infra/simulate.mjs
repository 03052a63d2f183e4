// `npm run simulate`: a marketplace's year in virtual time, on a simulator of Stripe; after each day what must be true of
// rows, books and Stripe is looked at. `-- --days 365 --seed 1` says how long, and which year.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

const whole = [1, 99_999]
const { values } = commandLine(
  `
npm run simulate [-- --days <number>] [-- --seed <number>]

Lives through a marketplace's year in virtual time, on a simulator of Stripe: orders, refunds, disputes, payouts, lost and doubled
answers. After each day what must be true of rows, books and Stripe is looked at.

  --days <number>   how long (365)
  --seed <number>   which year: the same number is the same year (1)
  -h, --help        this text
`,
  { options: { days: { type: 'string', default: '365', whole }, seed: { type: 'string', default: '1', whole } } },
)
const { status } = spawnSync(process.execPath, [path.join(root, 'infra', 'test.mjs'), 'test/stripe/year.test.ts'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, SIMULATED_DAYS: values.days, SIMULATED_SEED: values.seed },
})
process.exit(status ?? 1)
