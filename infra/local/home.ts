import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

/** A reason not to start that the person at the terminal can do something about: shown without a stack. */
export class StartRefused extends Error {}

/** Made up once for a home, and kept there. */
export interface Secrets {
  database_password: string
  app_password: string
  token_secret: string
}

/**
 * The secrets of a home, generated at its first start.
 * @throws StartRefused when they are lost while a database made with them is there
 */
export function homeSecrets(home: string): Secrets {
  const file = path.join(home, 'secrets.json')
  if (fs.existsSync(file)) return JSON.parse(fs.readFileSync(file, 'utf8')) as Secrets
  if (databaseExists(home)) {
    throw new StartRefused(
      `${file} is missing, but ${databaseDirectory(home)} holds a database made with it: restore the file, or remove ${home} to begin anew`,
    )
  }
  const secret = () => randomBytes(32).toString('hex')
  const secrets: Secrets = { database_password: secret(), app_password: secret(), token_secret: secret() }
  writePrivately(file, secrets)
  return secrets
}

export function databaseDirectory(home: string): string {
  return path.join(home, 'postgres')
}

function databaseExists(home: string): boolean {
  return fs.lstatSync(databaseDirectory(home), { throwIfNoEntry: false }) !== undefined
}

/** Writes JSON that only this user may read; whole or not at all, also when the process dies meanwhile. */
export function writePrivately(file: string, content: unknown): void {
  const partial = `${file}.${process.pid}`
  fs.writeFileSync(partial, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 })
  fs.renameSync(partial, file)
}

/**
 * Takes the home for this process, so that a second start does not stop the first one's database. A lock whose process
 * has gone is taken over.
 * @returns what gives it back
 * @throws StartRefused while another process holds it, and where it can be no folder
 */
export function lockHome(home: string): () => void {
  makeFolder(home)
  const file = path.join(home, 'running.pid')
  const own = `${file}.${process.pid}`
  fs.writeFileSync(own, `${process.pid}\n`)
  try {
    for (;;) {
      try {
        // A link appears with its content: no other start can read it half-written.
        fs.linkSync(own, file)
        return () => fs.rmSync(file, { force: true })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      }
      const holder = Number(fs.readFileSync(file, 'utf8'))
      if (holds(holder)) {
        throw new StartRefused(
          `already running over ${home} (process ${holder}): stop it first, or set STOA_HOME and PORT for a second one`,
        )
      }
      fs.rmSync(file, { force: true })
    }
  } finally {
    fs.rmSync(own, { force: true })
  }
}

function makeFolder(home: string): void {
  try {
    fs.mkdirSync(home, { recursive: true })
  } catch (error) {
    // A file has its name, or that of a folder above.
    if (!['EEXIST', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw new StartRefused(`STOA_HOME: ${home} is no folder, and cannot be made one`)
  }
}

/** Whether a lock's process is still a Stoa: process numbers are given out again, to this very process too. */
function holds(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return !fs.existsSync('/proc/self') || fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start.mjs')
  } catch (error) {
    // EPERM: there is such a process, of another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
