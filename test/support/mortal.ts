import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { oneFileOf } from './one-file.js'

/** Where a process dies, by its own hand and without a word: at a step, or once what the step sent is on its way. */
export interface Death {
  step: number
  underway: boolean
}

export interface MortalOptions {
  /** Settings by their names in src/config.ts. */
  settings: Record<string, string>
  bankFile: string
  death: Death | null
}

/** A Stoa in a process of its own, which can be killed as a machine's failure would kill it. */
export interface Mortal {
  readonly url: string
  /** Every message to and from the database, and every call of the bank, since the process was ready. */
  steps(): Promise<string[]>
  /** Resolves with the signal that ended the process. */
  readonly ended: Promise<NodeJS.Signals | null>
  kill(): Promise<void>
}

type Message = { url: string } | { steps: string[] }

/** It runs each function a few times: a quarter less work where nothing is collected or optimized. */
const shortLife = ['--min-semi-space-size=64', '--max-semi-space-size=64', '--no-opt', '--max-lazy']

let entry: Promise<string> | undefined

/** @throws when the process ends before it is ready */
export async function startMortal(options: MortalOptions): Promise<Mortal> {
  entry ??= oneFileOf(fileURLToPath(new URL('./mortal-process.js', import.meta.url)))
  const child = fork(await entry, [JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: shortLife })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_code, signal) => resolve(signal)))
  const early = ended.then((signal) => Promise.reject(new Error(`the process ended with ${signal} before it was ready`)))
  const ready = (await Promise.race([next(child), early])) as { url: string }
  return {
    url: ready.url,
    ended,
    async steps() {
      const answer = next(child)
      child.send('steps')
      return ((await answer) as { steps: string[] }).steps
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
}

function next(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => child.once('message', (message) => resolve(message as Message)))
}
