import type net from 'node:net'
import { type Config, ConfigError, settings } from './config.js'

/** npm and the terminal both hand on the same Ctrl-C: what comes this soon after the first is the first again. */
const sameSignal_ms = 1_000

/**
 * At the first SIGINT or SIGTERM, and when npm that started this process is gone, runs `stop` and exits: with 0 when it resolves,
 * with 1 when it throws. A second signal exits at once.
 */
export function onStopSignal(stop: () => Promise<void>): void {
  let first_ms: number | undefined
  const heard = () => {
    const now_ms = Date.now()
    if (first_ms !== undefined) {
      if (now_ms - first_ms > sameSignal_ms) process.exit(1)
      return
    }
    first_ms = now_ms
    stop().then(
      () => process.exit(0),
      (error: Error) => {
        console.error(`stoa: did not stop cleanly: ${error.message}`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', heard)
  process.on('SIGTERM', heard)
  whenLeftByNpm(() => {
    if (first_ms === undefined) heard()
  })
}

const lookedAfter_ms = 1_000

/** npm runs a script below a shell, which keeps SIGTERM to itself and is gone: whoever stopped npm meant us. */
function whenLeftByNpm(left: () => void): void {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const looking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(looking)
    left()
  }, lookedAfter_ms).unref()
}

/** What is wrong with a port; anything else that ends listening is wrong with the address. */
const ofThePort = ['EADDRINUSE', 'EACCES']

/** Listens where the settings say. @throws ConfigError that names HOST when it is no address of this machine */
export function listenOn(server: net.Server, { port, host }: Pick<Config, 'port' | 'host'>): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (ofThePort.includes(error.code ?? '')) reject(error)
      else reject(new ConfigError(`HOST=${host}: ${error.message}; ${settings.HOST.meaning}`))
    })
    server.listen(port, host, resolve)
  })
}

/** Codes of Node and PostgreSQL that a start can end with, in words that say what to do. */
const reasons: Record<string, (error: NodeJS.ErrnoException & { port?: number }) => string> = {
  EADDRINUSE: (error) => `port ${error.port} is in use: set PORT to another`,
  EACCES: (error) => error.message,
  ECONNREFUSED: (error) => `the database does not answer: ${error.message || 'connection refused'}`,
  ENOTFOUND: (error) => `the database's host is not known: ${error.message}`,
  ETIMEDOUT: (error) => `the database does not answer: ${error.message}`,
  '28P01': (error) => `the database refuses the login: ${error.message}`,
  '28000': (error) => `the database refuses the login: ${error.message}`,
  '3D000': (error) => `${error.message}: create it first`,
  '42P01': () => 'the database was never migrated: run `stoa migrate` first',
}

/** Prints why a process did not start, a line per reason, and ends it with code 1. `LOG_LEVEL=debug` adds the stack. */
export function refuseToStart(error: unknown): never {
  const cause = error as NodeJS.ErrnoException
  const reason = cause instanceof ConfigError ? undefined : reasons[cause.code ?? '']
  for (const line of (reason?.(cause) ?? cause.message).split('\n')) console.error(`stoa: ${line}`)
  if (process.env.LOG_LEVEL === 'debug') console.error(cause.stack)
  process.exit(1)
}
