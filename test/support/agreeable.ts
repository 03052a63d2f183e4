import { type PaymentProvider, registerPaymentProvider } from '../../src/payments/index.js'

/** Makes a payment provider known whose every method agrees; `authorize` alone is the suite's own. */
export function registerAgreeable(id: string, authorize: PaymentProvider['authorize']): void {
  registerPaymentProvider({
    id,
    startSession: async () => ({ kind: 'ok', value: {} }),
    authorize,
    capture: async (_call, _money, data) => ({ kind: 'ok', value: { status: 'captured', data } }),
    refund: async (_call, _money, data) => ({ kind: 'ok', value: { data } }),
    cancel: async (_call, _money, data) => ({ kind: 'ok', value: { data } }),
  })
}
