import fs from 'node:fs'
import type { PaymentProvider } from '../../src/payments/index.js'

export const bankId = 'pp_test_bank'

/** One call as the bank saw it. */
export interface BankCall {
  method: 'authorize' | 'capture' | 'refund' | 'cancel'
  key: string
  amountMinor: string
}

/**
 * A payment provider that writes each call into a file before it answers, so that what it was asked outlives the process
 * that asked. `reached` hears of the moment before the bank acts, and of the moment when it has and nobody knows yet.
 */
export function bankProvider(file: string, reached: (step: string) => void): PaymentProvider {
  const act = (method: BankCall['method'], key: string, amountMinor: bigint) => {
    reached(`the bank is asked to ${method}`)
    fs.appendFileSync(file, `${JSON.stringify({ method, key, amountMinor: String(amountMinor) } satisfies BankCall)}\n`)
    reached(`the bank did ${method}`)
  }
  return {
    id: bankId,
    startSession: async () => ({ kind: 'ok', value: {} }),
    async authorize(call, money, data) {
      act('authorize', call.operationKey, money.amountMinor)
      return { kind: 'ok', value: { status: 'authorized', data: { ...data, authorized_by: call.operationKey } } }
    },
    async capture(call, money, data) {
      act('capture', call.operationKey, money.amountMinor)
      return { kind: 'ok', value: { status: 'captured', data } }
    },
    async refund(call, money, data) {
      act('refund', call.operationKey, money.amountMinor)
      return { kind: 'ok', value: { data } }
    },
    async cancel(call, money, data) {
      act('cancel', call.operationKey, money.amountMinor)
      return { kind: 'ok', value: { data } }
    },
  }
}

export function bankCalls(file: string): BankCall[] {
  if (!fs.existsSync(file)) return []
  return fs
    .readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as BankCall)
}
