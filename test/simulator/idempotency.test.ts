import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { stripeOptionsFor } from '../../infra/local/stripe/index.js'
import { type Bench, refusal, startBench } from './simulator.js'

const payment = { amount: 2_000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', return_url: 'http://shop.test' }

describe('simulated idempotency and faults', () => {
  let bench: Bench
  let stripe: Stripe

  beforeEach(async () => {
    bench = await startBench()
    stripe = bench.client()
  })
  afterEach(() => bench.simulator.stop())

  const charges = () => bench.simulator.control.snapshot().charges

  it('answers a repetition with the first result, and says so', async () => {
    const first = await stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' })
    const second = await stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' })
    assert.equal(second.id, first.id)
    assert.equal(second.lastResponse.headers['idempotent-replayed'], 'true')
    assert.equal(first.lastResponse.headers['idempotent-replayed'], undefined)
    assert.equal(charges().length, 1)
    await bench.simulator.control.advance(86_400_000)
    assert.notEqual((await stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' })).id, first.id)
  })

  it('refuses a key with other parameters, and has separate keys per account', async () => {
    await stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' })
    const error = await refusal(stripe.paymentIntents.create({ ...payment, amount: 2_001 }, { idempotencyKey: 'pay:1' }))
    assert.deepEqual([error.statusCode, error.type], [400, 'StripeIdempotencyError'])
    await bench.client('other').paymentIntents.create({ ...payment, amount: 2_001 }, { idempotencyKey: 'pay:1' })
  })

  it('keeps a decline under its key, but not what validation refused', async () => {
    const declined = { ...payment, payment_method: 'pm_card_chargeDeclined' }
    const first = await refusal(stripe.paymentIntents.create(declined, { idempotencyKey: 'pay:1' }))
    const second = await refusal(stripe.paymentIntents.create(declined, { idempotencyKey: 'pay:1' }))
    assert.equal(second.payment_intent?.id, first.payment_intent?.id)
    assert.equal(charges().length, 1)
    assert.equal(
      (await refusal(stripe.paymentIntents.create({ ...payment, amount: 3 }, { idempotencyKey: 'pay:2' }))).code,
      'amount_too_small',
    )
    await stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:2' })
  })

  it('answers 409 while the first request is still under way', async () => {
    bench.simulator.control.setFaults({ latency_ms: [50, 50] })
    const create = () => stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' })
    const first = create()
    const error = await refusal(create())
    assert.deepEqual([error.statusCode, error.code], [409, 'idempotency_key_in_use'])
    await first
  })

  it('executes and cuts the connection, so that only the same key is safe', async () => {
    bench.simulator.control.setFaults({ dropAfter: 1 })
    assert.equal((await refusal(stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' }))).type, 'StripeConnectionError')
    bench.simulator.control.setFaults({ dropAfter: 0 })
    assert.equal((await stripe.paymentIntents.create(payment, { idempotencyKey: 'pay:1' })).status, 'succeeded')
    assert.equal(charges().length, 1)
  })

  it('keeps a 500 that came after execution, and none that came before', async () => {
    const { setFaults } = bench.simulator.control
    setFaults({ failBefore500: 1 })
    assert.equal((await refusal(stripe.paymentIntents.create(payment, { idempotencyKey: 'before' }))).statusCode, 500)
    assert.equal(charges().length, 0)
    setFaults({ failBefore500: 0, failAfter500: 1 })
    assert.equal((await refusal(stripe.paymentIntents.create(payment, { idempotencyKey: 'after' }))).statusCode, 500)
    setFaults({ failAfter500: 0 })
    const replayed = await refusal(stripe.paymentIntents.create(payment, { idempotencyKey: 'after' }))
    assert.deepEqual([replayed.statusCode, replayed.headers?.['idempotent-replayed']], [500, 'true'])
    assert.equal(charges().length, 1)
    await stripe.paymentIntents.create(payment, { idempotencyKey: 'before' })
    assert.equal(charges().length, 2)
  })

  it('finishes on repetition what failed in the second version of the API', async () => {
    const { setFaults } = bench.simulator.control
    setFaults({ failAfter500: 1 })
    const create = () => stripe.v2.core.accounts.create({ display_name: 'Vendor' }, { idempotencyKey: 'acct:1' })
    assert.equal((await refusal(create())).statusCode, 500)
    setFaults({ failAfter500: 0 })
    const { id } = await create()
    assert.deepEqual(
      (await stripe.v2.core.accounts.list()).data.map((account) => account.id),
      [id],
    )
  })

  it('limits rates, and the SDK leaves the waiting to its caller', async () => {
    bench.simulator.control.setFaults({ rateLimit429: 1 })
    const retrying = new Stripe('sk_test_shop', { ...stripeOptionsFor(bench.simulator), maxNetworkRetries: 2 })
    const error = await refusal(retrying.paymentIntents.create(payment))
    assert.deepEqual([error.statusCode, error.code], [429, 'rate_limit'])
    bench.simulator.control.setFaults({ rateLimit429: 0, lockTimeout429: 1 })
    assert.equal((await refusal(stripe.balance.retrieve())).code, 'lock_timeout')
  })

  it('takes the same seed to the same ids and the same faults', async () => {
    const run = async (seed: number) => {
      bench.simulator.control.reset(seed)
      bench.simulator.control.setFaults({ failBefore500: 0.5 })
      const results: string[] = []
      for (let order = 0; order < 8; order++) {
        const made = stripe.paymentIntents.create(payment, { idempotencyKey: `pay:${order}` })
        results.push(
          await made.then(
            ({ id }) => id,
            (error: Error) => error.message,
          ),
        )
      }
      return results
    }
    const first = await run(7)
    assert.equal(new Set(first.map((result) => result.startsWith('pi_'))).size, 2)
    assert.deepEqual(await run(7), first)
    assert.notDeepEqual(await run(8), first)
  })

  it('makes of each key the same, whatever runs beside it, and of each payment one charge, whatever goes wrong', async () => {
    const orders = Array.from({ length: 30 }, (_, order) => order)
    const settle = async (order: number): Promise<[number, string]> => {
      for (;;) {
        const made = await stripe.paymentIntents
          .create({ ...payment, amount: 1_000 + order }, { idempotencyKey: `pay:${order}` })
          .catch(() => undefined)
        if (made !== undefined) return [order, made.id]
      }
    }
    const run = async (sequence: readonly number[]) => {
      bench.simulator.control.reset(11)
      bench.simulator.control.setFaults({ dropAfter: 0.2, failBefore500: 0.2, rateLimit429: 0.1, latency_ms: [0, 3] })
      return new Map((await Promise.all(sequence.map(settle))).toSorted(([one], [two]) => one - two))
    }
    const first = await run(orders)
    assert.equal(charges().length, orders.length)
    assert.deepEqual(await run(orders.toReversed()), first)
  })

  it('refuses keys of no known form, those of live accounts among them', async () => {
    for (const key of ['sk_live_shop', 'nonsense']) {
      const client = new Stripe(key, { ...stripeOptionsFor(bench.simulator), maxNetworkRetries: 0 })
      assert.equal((await refusal(client.balance.retrieve())).type, 'StripeAuthenticationError')
    }
    const publishable = new Stripe('pk_test_shop', { ...stripeOptionsFor(bench.simulator), maxNetworkRetries: 0 })
    assert.equal((await refusal(publishable.paymentIntents.create(payment))).statusCode, 401)
    const { id, client_secret } = await stripe.paymentIntents.create({ amount: 700, currency: 'usd' })
    assert.equal((await publishable.paymentIntents.retrieve(id, { client_secret } as Stripe.PaymentIntentRetrieveParams)).id, id)
    const guess = { client_secret: `${id}_secret_guessed` } as Stripe.PaymentIntentRetrieveParams
    assert.equal((await refusal(publishable.paymentIntents.retrieve(id, guess))).statusCode, 404)
  })

  it('denies a restricted key what it was not given', async () => {
    const restricted = new Stripe('rk_test_shop', { ...stripeOptionsFor(bench.simulator), maxNetworkRetries: 0 })
    await restricted.balance.retrieve()
    bench.simulator.control.denyRestrictedKey('shop', ['/v1/transfers'])
    const error = await refusal(restricted.transfers.list())
    assert.deepEqual([error.statusCode, error.type], [403, 'StripePermissionError'])
    await stripe.transfers.list()
  })
})
