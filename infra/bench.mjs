// `npm run bench`: what a request costs, on a database of its own. BENCH_SECONDS (8) is the time for each workload.
// `-- --products 100000 --stores 1000` fills it with more than a thousand products of one store.
// The API gets a core to itself where `taskset` can give it one; load and database share the others.
import { spawnSync } from 'node:child_process'
import os from 'node:os'
import path from 'node:path'
import { bootstrap, root } from './bootstrap.mjs'
import { commandLine } from './command-line.mjs'

const given = { type: 'string' }
commandLine(
  `
npm run bench [-- --products <number>] [-- --stores <number>]

Measures what requests and pages cost, on a database of its own: requests in a second, how long they take, CPU and statements of
each, and how soon pages of the storefront show on a slow phone. It takes several minutes; nothing else should run meanwhile.

  --products <number>   how many products the store has that is measured (1000)
  --stores <number>     how many other stores there are
  -h, --help            this text

BENCH_SECONDS (8) is the time for each workload.
`,
  { options: { products: { ...given, whole: [1, 1_000_000] }, stores: { ...given, whole: [1, 10_000] } } },
)
bootstrap()
const cores = os.availableParallelism()
const pinned = cores > 1 && spawnSync('taskset', ['--version'], { stdio: 'ignore' }).status === 0
const others = pinned ? ['taskset', '-c', `1-${cores - 1}`] : []
const [command, ...args] = [...others, process.execPath, path.join(root, 'dist', 'test', 'bench', 'run.js'), ...process.argv.slice(2)]
const { status } = spawnSync(command, args, {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, BENCH_PIN: pinned ? 'taskset -c 0' : '' },
})
process.exit(status ?? 1)
