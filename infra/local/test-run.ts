import { fork, spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { migrate } from '../../src/db/index.js'
import { chromiumBinary, chromiumPackage } from './chromium.js'
import { startPostgres } from './postgres.js'
import { type LocalRedis, redisBinary, startRedis } from './redis.js'
import type { FileResult } from './test-child.js'

// Started by infra/test.mjs with the files or folders to run (all of test/ when none is named).

const built = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const started = Date.now()
/** What a test process has printed arrives this soon after its result. */
const outputDelay_ms = 20
/** Of each failure, at most this much is told again at the end: who reads only the last lines of a long run finds it there. */
const failureLength = 1_500
/** So many of the longest files are named at the end. */
const shownDurations = 5

/** Much of the time of a test is the database's, or is waited: two left a sixth of two cores idle. */
const processesMaximum = 3

/** Room for young objects in a test process, in MB: with the usual 16 a twelfth of its time goes into collecting them. */
const youngGeneration = '--max-semi-space-size=64'

/** The longest files come first, so that no process is left alone with one of them at the end. */
const longest = [
  'test/isolation/endpoints',
  'test/browser/',
  'test/concurrency/',
  'test/stripe/',
  'test/isolation/',
  'test/ledger/',
  'test/integration/',
]

/** In memory, where Linux has it, the cluster makes and drops a database for each file without work of the file system. */
const memory = '/dev/shm'
/** A whole run takes up to half of this: data of a few files at a time, and the log of all. */
const memoryWanted_bytes = 4 * 1024 ** 3

/** What was started, in order: stopped from the last to the first, also when somebody stops the run. */
const running: (() => unknown)[] = []
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void stopAll().finally(() => process.exit(1)))
}

/** Whether programs that are missing may be installed: as root, on a Debian. */
const mayInstall = process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')

await main()

async function main(): Promise<void> {
  const files = filesOf(process.argv.slice(2))
  if (files.length === 0) return end('no test file matches: name files or folders below test/', 1)
  try {
    await prepare(files)
    const counts = await runFiles(files)
    await stopAll()
    tell(files.length, counts)
  } finally {
    await stopAll()
  }
}

async function stopAll(): Promise<void> {
  for (;;) {
    const stop = running.pop()
    if (stop === undefined) return
    await stop()
  }
}

/** Starts what the files need, and tells the test processes of it through the environment. */
async function prepare(files: readonly string[]): Promise<void> {
  const password = 'test-only'
  const directory = fs.mkdtempSync(path.join(hasMemory() ? memory : os.tmpdir(), 'stoa-test-'))
  running.push(() => fs.rmSync(directory, { recursive: true, force: true }))
  fs.chmodSync(directory, 0o755)
  const postgres = await startPostgres({ dataDirectory: path.join(directory, 'postgres'), password, throwAway: true })
  running.push(() => postgres.stop())
  const redis = await testRedis()
  if (redis !== null) {
    running.push(() => redis.stop())
    process.env.STOA_TEST_REDIS = redis.url
  }
  // One package manager at a time.
  const browser = files.some((file) => file.startsWith('test/browser/')) ? testBrowser() : undefined
  await makeTemplate(postgres.urlOf('postgres'), postgres.urlOf('stoa_template'), password)
  process.env.STOA_TEST_CHROMIUM = (await browser) ?? ''
  process.env.STOA_TEST_DATABASE = postgres.urlOf('postgres')
  process.env.STOA_TEST_APP_PASSWORD = password
}

function hasMemory(): boolean {
  try {
    fs.accessSync(memory, fs.constants.W_OK)
    const { bavail, bsize } = fs.statfsSync(memory)
    return bavail * bsize >= memoryWanted_bytes && os.freemem() >= memoryWanted_bytes
  } catch {
    return false
  }
}

function tell(fileCount: number, { passed, failed, skipped, failures, durations }: Counts): void {
  const seconds = ((Date.now() - started) / 1_000).toFixed(0)
  for (const failure of failures) console.log(`\nFailed: ${failure.slice(0, failureLength)}`)
  console.log(`\n${fileCount} files in ${seconds} s, the longest: ${longestOf(durations)}`)
  end(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`, failed === 0 && passed > 0 ? 0 : 1)
}

function end(line: string, code: number): void {
  process.exitCode = code
  console.log(line)
}

function filesOf(wanted: readonly string[]): string[] {
  const all = fs
    .readdirSync(path.join(built, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => `test/${name.replaceAll(path.sep, '/')}`)
    .sort()
  if (wanted.length === 0) return all
  const prefixes = wanted.map((name) =>
    name
      .replace(/^\.\//, '')
      .replace(/(\.test)?\.[tj]s$/, '')
      .replace(/\/$/, ''),
  )
  return all.filter((name) => prefixes.some((prefix) => name === `${prefix}.test.js` || name.startsWith(`${prefix}/`)))
}

/**
 * A Chromium for the browser suites, on the same terms as Redis: installed while everything else is made ready, and where it
 * cannot be had those suites are skipped.
 */
async function testBrowser(): Promise<string | undefined> {
  const binary = chromiumBinary()
  if (binary !== undefined) return binary
  if (mayInstall) {
    console.log(`Installing ${chromiumPackage} (apt-get)`)
    const install = `apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq ${chromiumPackage}`
    await new Promise((resolve) => {
      spawn('sh', ['-c', install], { stdio: ['ignore', 'ignore', 'inherit'] })
        .once('exit', resolve)
        .once('error', resolve)
    })
  }
  const installed = chromiumBinary()
  if (installed === undefined) {
    console.log(`No chromium on the PATH: the browser suites are skipped. Install one, for example: apt-get install ${chromiumPackage}`)
  }
  return installed
}

/** A Redis for the Bull suites. On a Debian as root it is installed when missing; elsewhere those suites are skipped. */
async function testRedis(): Promise<LocalRedis | null> {
  let binary = redisBinary()
  if (binary === undefined && mayInstall) {
    console.log('Installing redis-server (apt-get)')
    spawnSync('sh', ['-c', 'apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    binary = redisBinary()
  }
  if (binary !== undefined) return startRedis(binary)
  console.log(
    'No redis-server or valkey-server on the PATH: the Bull suites are skipped. Install one, for example: apt-get install redis-server',
  )
  return null
}

/** Migrated once; each test file gets a copy of it, which PostgreSQL makes in a tenth of a second. */
async function makeTemplate(adminUrl: string, templateUrl: string, appPassword: string): Promise<void> {
  const { default: pg } = await import('pg')
  const admin = new pg.Client({ connectionString: adminUrl })
  await admin.connect()
  await admin.query('create database stoa_template')
  await admin.end()
  await migrate({ adminUrl: templateUrl, appPassword })
}

interface Counts {
  passed: number
  failed: number
  skipped: number
  failures: string[]
  durations: { file: string; duration_ms: number; cpu_ms: number }[]
}

/** Where the time went, for whoever is to make the run shorter. */
function longestOf(durations: Counts['durations']): string {
  return [...durations]
    .sort((a, b) => b.duration_ms - a.duration_ms)
    .slice(0, shownDurations)
    .map(
      ({ file, duration_ms, cpu_ms }) => `${file} ${(duration_ms / 1_000).toFixed(1)} s (${(cpu_ms / 1_000).toFixed(1)} s of its own CPU)`,
    )
    .join(', ')
}

/**
 * Runs the files in processes which hand themselves the next file when they are through with one. What a file prints is shown
 * when it has ended, so that two do not mix; one alone is heard at once.
 */
async function runFiles(files: readonly string[]): Promise<Counts> {
  const rank = (file: string) => {
    const position = longest.findIndex((prefix) => file.startsWith(prefix))
    return position === -1 ? longest.length : position
  }
  const queue = [...files].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
  const counts: Counts = { passed: 0, failed: 0, skipped: 0, failures: [], durations: [] }
  const processes = Math.min(files.length, processesMaximum)
  const says = processes === 1 ? 'inherit' : 'pipe'
  await Promise.all(Array.from({ length: processes }, () => runProcess(queue, counts, says)))
  return counts
}

function runProcess(queue: string[], counts: Counts, says: 'inherit' | 'pipe'): Promise<void> {
  const child = fork(path.join(built, 'infra/local/test-child.js'), {
    stdio: ['ignore', says, says, 'ipc'],
    execArgv: [...process.execArgv, youngGeneration],
  })
  running.push(() => child.kill('SIGKILL'))
  let output: Buffer[] = []
  let current: string | undefined
  child.stdout?.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr?.on('data', (chunk: Buffer) => output.push(chunk))
  const show = () => {
    process.stdout.write(Buffer.concat(output))
    output = []
  }
  child.on('message', (message: FileResult | { ready: true }) => {
    if ('file' in message) {
      counts.passed += message.passed
      counts.failed += message.failed
      counts.skipped += message.skipped
      counts.durations.push(message)
      counts.failures.push(...message.failures.map((failure) => `${message.file}: ${failure}`))
    }
    setTimeout(() => {
      show()
      current = queue.shift()
      child.send({ file: current ?? null })
    }, outputDelay_ms)
  })
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      show()
      if (current !== undefined || code !== 0) {
        counts.failures.push(`${current ?? 'a test process'}: ended with ${signal ?? code}`)
        counts.failed += 1
      }
      resolve()
    })
  })
}
