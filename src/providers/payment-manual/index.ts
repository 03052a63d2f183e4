import { assertNoUnit } from '../../db/index.js'
import type { PaymentProvider } from '../../payments/index.js'

/**
 * Payment that a person sees to: bank transfer, cash on delivery. Everything is agreed to at once and nothing is
 * remembered, which makes every call idempotent.
 */
export const manualPaymentProvider: PaymentProvider = {
  id: 'pp_system_default',
  async startSession() {
    assertNoUnit('starting a payment')
    return { kind: 'ok', value: {} }
  },
  async authorize(_call, _money, data) {
    assertNoUnit('authorising a payment')
    return { kind: 'ok', value: { status: 'authorized', data } }
  },
  async capture(_call, _money, data) {
    assertNoUnit('capturing a payment')
    return { kind: 'ok', value: { status: 'captured', data } }
  },
  async refund(_call, _money, data) {
    assertNoUnit('refunding a payment')
    return { kind: 'ok', value: { data } }
  },
  async cancel(_call, _money, data) {
    assertNoUnit('cancelling a payment')
    return { kind: 'ok', value: { data } }
  },
}
