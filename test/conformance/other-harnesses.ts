import type { PaymentAccount, PaymentProvider } from '../../src/payments/index.js'
import { fakeEvent, fakePaymentProvider } from '../../src/providers/payment-fake/index.js'
import { manualPaymentProvider } from '../../src/providers/payment-manual/index.js'
import type { Breakage, Harness } from './harness.js'

const secret_key = 'fake_conformingstore'
/** Enough for a test: each call takes one away. */
const faultsAtOnce = 100

export async function fakeHarness(): Promise<Harness> {
  const provider = fakePaymentProvider()
  const { state } = provider
  const credentials = { secret_key }
  const call = { operationKey: 'connect:conformance', tenantId: 'tenant', firstSentAt: null, now: new Date() }
  const connected = await provider.remote.connect(call, { credentials, hookUrl: 'http://127.0.0.1:9/hooks', previous: null })
  if (connected.kind !== 'ok') throw new Error(`not connected: ${JSON.stringify(connected)}`)
  const account: PaymentAccount = { id: 'pacct', providerId: provider.id, publishableKey: null, ...connected.value }
  const held = <Value>(kept: Map<string, Value>, reference: string): Value => {
    const found = kept.get(reference)
    if (found === undefined) throw new Error(`the fake has no ${reference}`)
    return found
  }
  const breakWay = (breakage: Breakage) => {
    state.faults.length = 0
    const fault = { kind: breakage === 'throttled' ? ('throttled' as const) : ('unknown' as const), after: breakage === 'unanswered' }
    if (breakage !== 'none') state.faults.push(...Array.from({ length: faultsAtOnce }, () => fault))
  }
  const understood = new Map<{ status: string }, string>()
  return {
    provider,
    account,
    other: {
      secrets: [secret_key, account.credentials],
      credentials,
      offStep: [
        { currency: 'kwd', amountMinor: 10_005n },
        { currency: 'mga', amountMinor: 100_050n },
      ],
      settle: async () => undefined,
      async shopperPays(reference) {
        held(state.payments, reference).status = 'authorized'
      },
      breakWay,
      speakInTongues(on) {
        for (const [one, status] of understood) one.status = status
        understood.clear()
        if (!on) return
        for (const one of [...state.payments.values(), ...state.payees.values(), ...state.disputes.values()]) {
          understood.set(one, one.status)
          one.status = 'thought_of_tomorrow'
        }
      },
      effects: () => Object.fromEntries(state.effects),
      async verifyPayee(reference) {
        held(state.payees, reference).status = 'active'
      },
      async restrictPayee(reference) {
        held(state.payees, reference).status = 'restricted'
      },
      async openDispute(paymentReference) {
        const { currency, capturedMinor } = held(state.payments, paymentReference)
        const reference = state.newReference('dispute')
        const rest = { reason: 'fraudulent', status: 'needs_response', evidenceDueAt: null, movements: [] }
        state.disputes.set(reference, { reference, paymentReference, amountMinor: capturedMinor, currency, ...rest })
        return reference
      },
      event: async (reference) => fakeEvent(account.credentials, { kind: 'payment', reference }, new Date()),
    },
    stop: async () => undefined,
  }
}

export async function manualHarness(): Promise<Harness> {
  const provider: PaymentProvider = manualPaymentProvider
  return { provider, account: null, other: null, stop: async () => undefined }
}
