import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import Mocha from 'mocha'
import { migrate } from '../../src/db/index.js'
import { startPostgres } from './postgres.js'
import { type LocalRedis, redisBinary, startRedis } from './redis.js'

// Started by infra/test.mjs with the files or folders to run (all of test/ when none is named).

const built = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const started = Date.now()
/** A test that leaves a socket or a timer behind would keep this process alive; it is told of, not waited for. */
const lingering_ms = 5_000

await main()

async function main(): Promise<void> {
  const files = filesOf(process.argv.slice(2).filter((argument) => !argument.startsWith('-')))
  if (files.length === 0) return end('no test file matches: name files or folders below test/', 1)
  const password = 'test-only'
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-test-'))
  fs.chmodSync(directory, 0o755)
  const postgres = await startPostgres({ dataDirectory: path.join(directory, 'postgres'), password, throwAway: true })
  let redis: LocalRedis | null = null
  try {
    redis = await testRedis()
    await makeTemplate(postgres.urlOf('postgres'), postgres.urlOf('stoa_template'), password)
    process.env.STOA_TEST_DATABASE = postgres.urlOf('postgres')
    process.env.STOA_TEST_APP_PASSWORD = password
    if (redis !== null) process.env.STOA_TEST_REDIS = redis.url
    const { passed, failed, skipped } = await runMocha(files)
    await redis?.stop()
    await postgres.stop()
    fs.rmSync(directory, { recursive: true, force: true })
    const seconds = ((Date.now() - started) / 1_000).toFixed(0)
    console.log(`\n${files.length} files in ${seconds} s`)
    end(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`, failed === 0 && passed > 0 ? 0 : 1)
  } catch (error) {
    await redis?.stop()
    await postgres.stop()
    throw error
  }
}

function end(line: string, code: number): void {
  const left = process.getActiveResourcesInfo().filter((name) => /TCP(Socket|Server)Wrap|Timeout/.test(name))
  if (left.length > 0) console.log(`left behind by tests: ${left.join(', ')}`)
  process.exitCode = code
  console.log(line)
  setTimeout(() => process.exit(code), lingering_ms).unref()
}

function filesOf(wanted: readonly string[]): string[] {
  const all = fs
    .readdirSync(path.join(built, 'test'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => `test/${name.replaceAll(path.sep, '/')}`)
    .sort()
  if (wanted.length === 0) return all
  const prefixes = wanted.map((name) => name.replace(/^\.\//, '').replace(/(\.test)?\.[tj]s$/, '').replace(/\/$/, ''))
  return all.filter((name) => prefixes.some((prefix) => name === `${prefix}.test.js` || name.startsWith(`${prefix}/`)))
}

/** A Redis for the Bull suites. On a Debian as root it is installed when missing; elsewhere those suites are skipped. */
async function testRedis(): Promise<LocalRedis | null> {
  let binary = redisBinary()
  if (binary === undefined && process.getuid?.() === 0 && fs.existsSync('/etc/debian_version')) {
    console.log('Installing redis-server (apt-get)')
    spawnSync('sh', ['-c', 'apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq redis-server'], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    binary = redisBinary()
  }
  if (binary !== undefined) return startRedis(binary)
  console.log('No redis-server or valkey-server on the PATH: the Bull suites are skipped. Install one, for example: apt-get install redis-server')
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

async function runMocha(files: readonly string[]): Promise<{ passed: number; failed: number; skipped: number }> {
  const mocha = new Mocha({ reporter: 'spec', timeout: 20_000, slow: 1_500, checkLeaks: true })
  mocha.addFile(path.join(built, 'test/support/hooks.js'))
  for (const file of files) mocha.addFile(path.join(built, file))
  await mocha.loadFilesAsync()
  return new Promise((resolve) => {
    const runner = mocha.run(() => {
      const { passes = 0, failures = 0, pending = 0 } = runner.stats ?? {}
      resolve({ passed: passes, failed: failures, skipped: pending })
    })
  })
}
