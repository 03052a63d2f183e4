import { loadConfig } from '../../src/config.js'
import { startStoa } from '../../src/main.js'
import { registerPaymentProvider } from '../../src/payments/index.js'
import { bankProvider } from './bank.js'
import type { MortalOptions } from './mortal.js'

// The entry of the process that startMortal starts. It counts what it does, and ends itself where it was told to: the
// kernel takes a process at SIGKILL before its next instruction, so nothing of the step happens.

const { settings, bankFile, death } = JSON.parse(process.argv[2] as string) as MortalOptions
const steps: string[] = []

function reached(step: string): void {
  steps.push(step)
  if (steps.length - 1 !== death?.step) return
  const die = () => process.kill(process.pid, 'SIGKILL')
  if (death.underway) setImmediate(die)
  else die()
}

registerPaymentProvider(bankProvider(bankFile, reached))
const stoa = await startStoa(loadConfig(settings))
stoa.services.db.observe((phase, text) => reached(`${phase} ${text.replace(/\s+/g, ' ').trim().slice(0, 70)}`))
process.on('message', () => process.send?.({ steps }))
process.on('disconnect', () => process.exit(1))
process.send?.({ url: stoa.url })
