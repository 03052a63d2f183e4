import assert from 'node:assert/strict'
import { sealerOf } from '../../../src/kernel/index.js'
import type { Outcome, PaymentAccount, ProviderCall } from '../../../src/payments/index.js'
import { stripePaymentProvider } from '../../../src/providers/payment-stripe/index.js'
import { assertRefused, booked, pay, unique, useContract } from './contract.js'

describe('the contract with Stripe: events, and our adapter', () => {
  const contract = useContract()
  const stripe = () => contract().stripe
  const url = 'https://example.com/hooks'

  it('registers an address for events, and tells its secret once', async () => {
    const made = await stripe().webhookEndpoints.create({ url, enabled_events: ['payment_intent.succeeded'] })
    assert.match(made.secret ?? '', /^whsec_/)
    const seen = await stripe().webhookEndpoints.retrieve(made.id)
    assert.deepEqual([seen.secret, seen.url, seen.status, seen.enabled_events], [undefined, url, 'enabled', ['payment_intent.succeeded']])
    assert.equal((await stripe().webhookEndpoints.del(made.id)).deleted, true)
    await assertRefused(stripe().webhookEndpoints.retrieve(made.id), 404, 'resource_missing')
  })

  it('sends an address other events, or none', async () => {
    const { id } = await stripe().webhookEndpoints.create({ url, enabled_events: ['payment_intent.succeeded'] })
    const changed = await stripe().webhookEndpoints.update(id, { enabled_events: ['charge.updated'], disabled: true })
    assert.deepEqual([changed.enabled_events, changed.status], [['charge.updated'], 'disabled'])
    await stripe().webhookEndpoints.del(id)
  })

  it('sends no events to what is no address', async () => {
    await assertRefused(stripe().webhookEndpoints.create({ url: 'nowhere', enabled_events: ['*'] }), 400, 'url_invalid')
  })

  it('registers destinations for thin events', async () => {
    const made = await stripe().v2.core.eventDestinations.create({
      name: unique('destination'),
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v2.core.account.updated'],
      include: ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'],
      webhook_endpoint: { url },
    })
    assert.deepEqual([made.status, made.event_payload, made.webhook_endpoint?.url], ['enabled', 'thin', url])
    assert.match(made.webhook_endpoint?.signing_secret ?? '', /^whsec_/)
    await stripe().v2.core.eventDestinations.del(made.id)
  })

  it('finds events by their kind', async () => {
    const { id } = await pay(contract())
    const { data } = await stripe().events.list({ type: 'payment_intent.succeeded', limit: 100 })
    assert.ok(data.every(({ type }) => type === 'payment_intent.succeeded'))
    const [event] = data.filter((one) => (one.data.object as { id: string }).id === id)
    assert.equal((await stripe().events.retrieve(event?.id as string)).type, 'payment_intent.succeeded')
  })

  describe('our adapter', () => {
    const provider = () =>
      stripePaymentProvider({ sealer: sealerOf('a secret of thirty-two characters!', 'stoa payment accounts'), apiUrl: contract().apiUrl })
    const money = { amountMinor: 5_000n, currency: 'usd' }

    async function account(): Promise<PaymentAccount> {
      const call = { operationKey: unique('connect'), tenantId: 'tenant', firstSentAt: null, now: new Date() }
      const input = { credentials: { secret_key: contract().key }, hookUrl: 'http://127.0.0.1:9/hooks', previous: null }
      const connected = ok(await provider().remote?.connect(call, input))
      return { id: 'pacct', providerId: 'pp_stripe_stripe', publishableKey: null, ...connected }
    }

    async function caller(): Promise<() => ProviderCall> {
      const connected = await account()
      return () => ({ operationKey: unique('operation'), tenantId: 'tenant', account: connected, firstSentAt: null, now: new Date() })
    }

    it('says whose account a key belongs to', async () => {
      const { mode, reference, country } = await account()
      assert.deepEqual([mode, reference], ['test', (await stripe().accounts.retrieveCurrent()).id])
      assert.match(country, /^[a-z]{2}$/)
    })

    it('takes a payment from its session to a refund', async () => {
      const [adapter, call] = [provider(), await caller()]
      const data = ok(await adapter.startSession(call(), money, { collectionId: unique('collection') }))
      assert.equal((await adapter.authorize(call(), money, data)).kind, 'requires_more')
      await stripe().paymentIntents.confirm(String(data.id), { payment_method: 'pm_card_visa', return_url: 'https://example.com' })
      const agreed = ok(await adapter.authorize(call(), money, data))
      assert.equal(agreed.status, 'authorized')
      assert.equal(ok(await adapter.capture(call(), money, agreed.data)).status, 'captured')
      ok(await adapter.refund({ ...call(), operationKey: unique('refund') }, { ...money, amountMinor: 2_000n }, agreed.data))
      await booked(contract(), String(data.id))
      const { status, capturedMinor, refunds, movements } = ok(await adapter.remote?.fetchPayment(call(), String(data.id)))
      assert.deepEqual([status, capturedMinor, refunds.map(({ amountMinor }) => amountMinor)], ['captured', 5_000n, [2_000n]])
      assert.equal(movements[0]?.amountMinor, 5_000n)
    })

    it('gives an authorisation up, and never what was taken', async () => {
      const [adapter, call] = [provider(), await caller()]
      const { id, latest_charge } = await pay(contract())
      const refused = await adapter.cancel(call(), money, { id, latest_charge })
      assert.equal(refused.kind === 'rejected' && refused.code, 'already_captured')
      const held = await pay(contract(), { capture_method: 'manual' })
      ok(await adapter.cancel(call(), money, { id: held.id }))
      assert.equal((await stripe().paymentIntents.retrieve(held.id)).status, 'canceled')
    })

    it('pays no vendor who is not verified, and tells what is asked of them', async () => {
      const [adapter, call] = [provider(), await caller()]
      const about = { vendorId: 'vendor', email: `${unique('vendor')}@example.com`, name: 'Vendor', country: 'us', currency: 'usd' }
      const payee = ok(await adapter.payees?.createPayee(call(), { ...about, kind: 'company' }))
      assert.equal(payee.status, 'onboarding')
      assert.notEqual(payee.requirements.length, 0)
      const { latest_charge } = await pay(contract())
      const refused = await adapter.payees?.release(call(), {
        payee: payee.reference,
        money,
        data: { latest_charge },
        orderId: unique('order'),
      })
      assert.equal(refused?.kind === 'rejected' && refused.code, 'payee_inactive')
    })
  })
})

function ok<Value>(outcome: Outcome<Value> | undefined): Value {
  if (outcome?.kind !== 'ok') throw new Error(`ok was expected: ${JSON.stringify(outcome)}`)
  return outcome.value
}
