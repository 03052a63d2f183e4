import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import { type Bench, type Receiver, startBench, startReceiver } from './simulator.js'

const payment = { amount: 2_000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', return_url: 'http://shop.test' }

describe('simulated webhooks', () => {
  let bench: Bench
  let stripe: Stripe
  let receiver: Receiver

  beforeEach(async () => {
    bench = await startBench({ balanceTransactions: 'async' })
    stripe = bench.client()
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await receiver.stop()
    await bench.simulator.stop()
  })

  const types = () => receiver.received.map(({ body }) => (JSON.parse(body) as Stripe.Event).type)

  it('delivers events signed with the secret that was told once', async () => {
    const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['payment_intent.succeeded'] })
    const intent = await stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' })
    assert.equal(await bench.simulator.control.deliver(), 1)
    const [{ body, signature } = { body: '', signature: '' }] = receiver.received
    const event = stripe.webhooks.constructEvent(body, signature, endpoint.secret as string)
    assert.equal(event.type, 'payment_intent.succeeded')
    assert.equal((event.data.object as Stripe.PaymentIntent).id, intent.id)
    assert.equal(event.request?.idempotency_key, 'pay:1')
    assert.throws(() => stripe.webhooks.constructEvent(body, signature, 'whsec_other'), Stripe.errors.StripeSignatureVerificationError)
    assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).secret, undefined)
    assert.deepEqual((await stripe.events.retrieve(event.id)).data, event.data)
  })

  it('tells of the balance transaction of a charge only later', async () => {
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] })
    const intent = await stripe.paymentIntents.create(payment)
    await bench.simulator.control.deliver()
    assert.deepEqual(types(), ['payment_intent.created', 'charge.succeeded', 'payment_intent.succeeded'])
    assert.equal((await stripe.charges.retrieve(intent.latest_charge as string)).balance_transaction, null)
    await bench.simulator.control.advance(60_000)
    await bench.simulator.control.deliver()
    assert.equal(types().at(-1), 'charge.updated')
    assert.match(String((await stripe.charges.retrieve(intent.latest_charge as string)).balance_transaction), /^txn_/)
  })

  it('delivers again, with longer and longer pauses, what was not accepted', async () => {
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['payment_intent.created'] })
    await stripe.paymentIntents.create({ amount: 900, currency: 'eur' })
    receiver.statuses.push(500, 500)
    assert.equal(await bench.simulator.control.deliver(), 0)
    assert.equal(await bench.simulator.control.deliver(), 0)
    assert.equal(receiver.received.length, 1)
    await bench.simulator.control.advance(10_000)
    assert.equal(await bench.simulator.control.deliver(), 0)
    await bench.simulator.control.advance(60_000)
    assert.equal(await bench.simulator.control.deliver(), 1)
    assert.equal(new Set(receiver.received.map(({ body }) => body)).size, 1)
  })

  it('delivers by itself under the real clock', async () => {
    const running = await startBench({ clock: 'real', autoDeliver: true })
    try {
      const client = running.client()
      await client.webhookEndpoints.create({ url: receiver.url, enabled_events: ['payment_intent.created'] })
      await client.paymentIntents.create({ amount: 900, currency: 'eur' })
      const deadline_ms = Date.now() + 5_000
      while (receiver.received.length === 0 && Date.now() < deadline_ms) await sleep(20)
      assert.deepEqual(types(), ['payment_intent.created'])
    } finally {
      await running.simulator.stop()
    }
  })

  it('holds events back for as long as it was told', async () => {
    bench.simulator.control.setFaults({ delivery: { delay_ms: [3_000, 5_000] } })
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['payment_intent.created'] })
    await stripe.paymentIntents.create({ amount: 900, currency: 'eur' })
    await bench.simulator.control.advance(2_999)
    assert.equal(await bench.simulator.control.deliver(), 0)
    await bench.simulator.control.advance(2_001)
    assert.equal(await bench.simulator.control.deliver(), 1)
  })

  it('lists events for 30 days', async () => {
    await stripe.paymentIntents.create(payment)
    const { advance } = bench.simulator.control
    await advance(29 * 86_400_000)
    const listed = async () => (await stripe.events.list({ type: 'payment_intent.succeeded' })).data.length
    assert.equal(await listed(), 1)
    await stripe.paymentIntents.create(payment)
    await advance(2 * 86_400_000)
    assert.equal(await listed(), 1, 'the first is forgotten, the second is not')
    await advance(30 * 86_400_000)
    assert.equal(await listed(), 0)
  })

  it('repeats, shuffles and loses events as the seed says', async () => {
    const run = async (seed: number) => {
      bench.simulator.control.reset(seed)
      bench.simulator.control.setFaults({ delivery: { duplicate: [1, 3], reorder: true, drop: 0.2 } })
      receiver.received.length = 0
      await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['*'] })
      for (let order = 0; order < 5; order++) await stripe.paymentIntents.create(payment)
      await bench.simulator.control.deliver()
      return receiver.received.map(({ body }) => (JSON.parse(body) as Stripe.Event).id)
    }
    const first = await run(3)
    const told = await stripe.events.list({ limit: 100, type: 'payment_intent.*' })
    assert.ok(new Set(first).size < first.length, 'nothing came twice')
    assert.ok(
      told.data.some(({ id }) => !first.includes(id)),
      'nothing was lost',
    )
    const ids = told.data.map(({ id }) => id).reverse()
    const order = first.map((id) => ids.indexOf(id)).filter((position) => position !== -1)
    assert.notDeepEqual(
      order.toSorted((a, b) => a - b),
      order,
    )
    assert.deepEqual(await run(3), first)
    assert.notDeepEqual(await run(4), first)
  })
})
