import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { freePort } from './postgres.js'

export interface LocalRedis {
  url: string
  stop(): Promise<void>
}

const names = ['redis-server', 'valkey-server']

/** The first Redis or Valkey server on the PATH, or undefined. */
export function redisBinary(): string | undefined {
  const directories = (process.env.PATH ?? '').split(path.delimiter)
  return names.flatMap((name) => directories.map((directory) => path.join(directory, name))).find((file) => fs.existsSync(file))
}

/**
 * Starts a Redis that keeps nothing: the rows in PostgreSQL are the truth, Redis only carries jobs. With a `pidFile`, one
 * left over from a process that was killed is stopped first. It listens on a free port unless one is wanted.
 */
export async function startRedis(binary: string, pidFile?: string, wantedPort?: number): Promise<LocalRedis> {
  const port = wantedPort ?? (await freePort())
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', os.tmpdir()]
  if (pidFile !== undefined) {
    await stopLeftOver(pidFile)
    flags.push('--pidfile', pidFile)
  }
  const child = spawn(binary, flags, { stdio: 'ignore', detached: true })
  await untilListening(child, port)
  return { url: `redis://127.0.0.1:${port}`, stop: () => stop(child) }
}

/** Waits until it has gone: as it ends it removes the file, which by then would be that of the next one. */
async function stopLeftOver(pidFile: string): Promise<void> {
  if (!fs.existsSync(pidFile)) return
  const pid = Number(fs.readFileSync(pidFile, 'utf8'))
  if (isRedis(pid)) process.kill(pid, 'SIGTERM')
  for (let waited_ms = 0; isRedis(pid); waited_ms += 25) {
    if (waited_ms > 10_000) throw new Error(`another Redis (process ${pid}) is left over and does not stop`)
    await pause(25)
  }
  fs.rmSync(pidFile, { force: true })
}

/** Where it cannot be told what the number belongs to now, it is left alone. */
function isRedis(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 1) return false
  try {
    return /(redis|valkey)-server/.test(fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
  } catch {
    return false
  }
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Redis ended with code ${child.exitCode} instead of starting`)
    if (await answers(port)) return
    await pause(25)
  }
  child.kill('SIGKILL')
  throw new Error('Redis does not answer')
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1')
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}

const pause = (time_ms: number) => new Promise((resolve) => setTimeout(resolve, time_ms))
