import path from 'node:path'
import { fileURLToPath } from 'node:url'
import Mocha from 'mocha'

// One of the processes that infra/local/test-run.ts hands test files to, one after another. What tests print is the
// parent's to show; counts go back as messages.

const built = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const { mochaHooks } = (await import(path.join(built, 'test/support/hooks.js'))) as { mochaHooks: Mocha.RootHookObject }

export interface FileResult {
  file: string
  passed: number
  failed: number
  skipped: number
  duration_ms: number
  /** Of this process alone, without the database's. */
  cpu_ms: number
  /** What failed and why, to be told once more at the end. */
  failures: string[]
}

/** A test that leaves a socket or a timer behind would keep this process alive: that is a failure, and told of. */
const lingering_ms = 10_000

process.on('message', ({ file }: { file: string | null }) => {
  if (file === null) return leave()
  void runFile(file).then(
    (result) => process.send?.(result),
    (error: Error) => {
      console.log(`${file} could not be loaded: ${error.stack}`)
      process.send?.({
        file,
        passed: 0,
        failed: 1,
        skipped: 0,
        duration_ms: 0,
        cpu_ms: 0,
        failures: [`could not be loaded: ${error.stack}`],
      } satisfies FileResult)
    },
  )
})
process.send?.({ ready: true })

function leave(): void {
  process.disconnect()
  setTimeout(() => {
    console.log(
      `left behind by tests: ${process
        .getActiveResourcesInfo()
        .filter((name) => !/Pipe|TTY/.test(name))
        .join(', ')}`,
    )
    process.exit(1)
  }, lingering_ms).unref()
}

async function runFile(file: string): Promise<FileResult> {
  const started = Date.now()
  const before = process.cpuUsage()
  const mocha = new Mocha({ reporter: 'spec', timeout: 30_000, slow: 3_000, checkLeaks: true, rootHooks: mochaHooks })
  mocha.addFile(path.join(built, file))
  await mocha.loadFilesAsync()
  const told: string[] = []
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {}
      const { user, system } = process.cpuUsage(before)
      const spent = { duration_ms: Date.now() - started, cpu_ms: (user + system) / 1_000 }
      resolve({ file, passed: passes, failed: failures, skipped: pending, ...spent, failures: told })
    })
    runner.on('fail', (test, error: Error) => told.push(`${test.fullTitle()}\n${error.stack ?? error.message}`))
  })
}
