import { signatureHeader, startStripeSimulator } from '../../infra/local/stripe/index.js'
import { sealerOf } from '../../src/kernel/index.js'
import type { PaymentAccount } from '../../src/payments/index.js'
import { stripePaymentProvider } from '../../src/providers/payment-stripe/index.js'
import type { Breakage, Harness } from './harness.js'
import { type Meddling, startMiddleman } from './middleman.js'

const secret_key = 'sk_test_conformingstore'
const webhook_secret = 'whsec_conformingstoresecret'
const breakages: Record<Breakage, Meddling> = {
  none: { kind: 'none' },
  unanswered: { kind: 'cut' },
  failing: { kind: 'answer', status: 500, body: `{"error": {"type": "api_error", "message": "${secret_key}"}}` },
  throttled: { kind: 'answer', status: 429, body: '{"error": {"type": "invalid_request_error", "code": "rate_limit"}}' },
}

/** Any status becomes one that nobody knows, wherever it stands. */
function unknownStatuses(answer: unknown): void {
  if (typeof answer !== 'object' || answer === null) return
  for (const [name, value] of Object.entries(answer)) {
    if (name === 'status' && typeof value === 'string') (answer as Record<string, unknown>).status = 'thought_of_tomorrow'
    else unknownStatuses(value)
  }
}

export async function stripeHarness(): Promise<Harness> {
  const simulator = await startStripeSimulator({ seed: 1 })
  const middleman = await startMiddleman(simulator.url)
  const sealer = sealerOf('a secret of thirty-two characters!', 'stoa payment accounts')
  const provider = stripePaymentProvider({ sealer, apiUrl: middleman.url })
  const credentials = { secret_key, webhook_secret }
  const call = { operationKey: 'connect:conformance', tenantId: 'tenant', firstSentAt: null, now: new Date() }
  const connected = await provider.remote?.connect(call, { credentials, hookUrl: 'http://127.0.0.1:9/hooks', previous: null })
  if (connected?.kind !== 'ok') throw new Error(`not connected: ${JSON.stringify(connected)}`)
  const account: PaymentAccount = { id: 'pacct', providerId: provider.id, publishableKey: 'pk_test_conformingstore', ...connected.value }
  const { control } = simulator
  return {
    provider,
    account,
    other: {
      secrets: [secret_key, webhook_secret],
      credentials,
      offStep: [
        { currency: 'kwd', amountMinor: 10_005n },
        { currency: 'mga', amountMinor: 100_050n },
      ],
      settle: () => control.advance(60_000),
      shopperPays: (reference) => control.confirmPayment(reference, 'pm_card_visa'),
      breakWay(breakage) {
        middleman.meddling = breakages[breakage]
      },
      speakInTongues(on) {
        middleman.meddling = on ? { kind: 'change', change: unknownStatuses } : { kind: 'none' }
      },
      effects() {
        const { intents, refunds, transfers } = control.snapshot()
        return {
          session: intents.length,
          capture: intents.filter(({ status }) => status === 'succeeded').length,
          refund: refunds.length,
          release: transfers.length,
          clawback: transfers.flatMap(({ reversal_list }) => reversal_list).length,
        }
      },
      verifyPayee: (reference) => control.verifyAccount(reference),
      restrictPayee: (reference) => control.restrictAccount(reference, 'identity.document'),
      async openDispute(reference) {
        const charge = control.snapshot().intents.find(({ id }) => id === reference)?.latest_charge
        return control.openDispute(charge as string)
      },
      async event(reference) {
        const id = await control.createEvent('payment_intent.succeeded', reference)
        const body = JSON.stringify(control.snapshot().events.find((event) => event.id === id))
        return { raw: Buffer.from(body), headers: { 'stripe-signature': signatureHeader(body, webhook_secret) } }
      },
    },
    async stop() {
      await middleman.stop()
      await simulator.stop()
    },
  }
}
