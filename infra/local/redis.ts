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
    stopLeftOver(pidFile)
    flags.push('--pidfile', pidFile)
  }
  const child = spawn(binary, flags, { stdio: 'ignore', detached: true })
  await untilListening(child, port)
  return { url: `redis://127.0.0.1:${port}`, stop: () => stop(child) }
}

function stopLeftOver(pidFile: string): void {
  if (!fs.existsSync(pidFile)) return
  const pid = Number(fs.readFileSync(pidFile, 'utf8'))
  const commandLine = `/proc/${pid}/cmdline`
  // Where it cannot be told what the number belongs to now, it is left alone.
  const isRedis = pid > 1 && fs.existsSync(commandLine) && /(redis|valkey)-server/.test(fs.readFileSync(commandLine, 'utf8'))
  if (isRedis) process.kill(pid, 'SIGTERM')
  fs.rmSync(pidFile, { force: true })
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`Redis ended with code ${child.exitCode} instead of starting`)
    if (await answers(port)) return
    await new Promise((resolve) => setTimeout(resolve, 25))
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
