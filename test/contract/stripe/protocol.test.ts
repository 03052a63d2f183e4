import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { assertRefused, headerOf, pay, unique, useContract } from './contract.js'

describe('the contract with Stripe: the protocol', () => {
  const contract = useContract()
  const stripe = () => contract().stripe
  const parameters: Stripe.PaymentIntentCreateParams = { amount: 5_000, currency: 'usd' }

  it('answers the same under the same key', async () => {
    const idempotencyKey = unique('replay')
    const first = await stripe().paymentIntents.create(parameters, { idempotencyKey })
    const again = await stripe().paymentIntents.create(parameters, { idempotencyKey })
    assert.deepEqual([again.id, headerOf(again, 'idempotent-replayed')], [first.id, 'true'])
  })

  it('refuses a key that was sent with other parameters', async () => {
    const idempotencyKey = unique('mismatch')
    await stripe().paymentIntents.create(parameters, { idempotencyKey })
    await assertRefused(stripe().paymentIntents.create({ ...parameters, amount: 6_000 }, { idempotencyKey }), 400, 'idempotency_error')
  })

  it('keeps a decline under its key', async () => {
    const idempotencyKey = unique('decline')
    const { id } = await stripe().paymentIntents.create(parameters)
    const confirm = () =>
      stripe().paymentIntents.confirm(
        id,
        { payment_method: 'pm_card_chargeDeclined', return_url: 'https://example.com' },
        { idempotencyKey },
      )
    const first = await assertRefused(confirm(), 402, 'card_declined')
    const again = await assertRefused(confirm(), 402, 'card_declined')
    assert.equal(again.charge, first.charge)
    assert.equal((await stripe().charges.list({ payment_intent: id })).data.length, 1)
  })

  it('keeps no refusal of parameters under a key', async () => {
    const idempotencyKey = unique('invalid')
    await assertRefused(stripe().paymentIntents.create({ ...parameters, amount: 1 }, { idempotencyKey }), 400, 'amount_too_small')
    await assertRefused(stripe().paymentIntents.create({ ...parameters, amount: 1 }, { idempotencyKey }), 400, 'amount_too_small')
  })

  it('executes two keys twice', async () => {
    const [first, second] = await Promise.all([
      stripe().paymentIntents.create(parameters, { idempotencyKey: unique('one') }),
      stripe().paymentIntents.create(parameters, { idempotencyKey: unique('one') }),
    ])
    assert.notEqual(first.id, second.id)
  })

  it('knows a bad key', async () => {
    const error = await assertRefused(contract().clientFor('sk_nobody').paymentIntents.create(parameters), 401, 'invalid_request_error')
    assert.equal(error.type, 'StripeAuthenticationError')
  })

  it('knows no parameter by that name', async () => {
    const unheardOf = { ...parameters, colour: 'red' } as Stripe.PaymentIntentCreateParams
    const error = await assertRefused(stripe().paymentIntents.create(unheardOf), 400, 'parameter_unknown')
    assert.equal(error.param, 'colour')
  })

  it('misses a parameter', async () => {
    const error = await assertRefused(stripe().paymentIntents.create({ amount: 5_000 } as never), 400, 'parameter_missing')
    assert.equal(error.param, 'currency')
  })

  it('takes whole numbers for amounts', async () => {
    const error = await assertRefused(
      stripe().paymentIntents.create({ ...parameters, amount: 'ten' as never }),
      400,
      'parameter_invalid_integer',
    )
    assert.equal(error.param, 'amount')
  })

  const missing: [string, (id: string) => Promise<unknown>][] = [
    ['payment intent', () => stripe().paymentIntents.retrieve('pi_missing')],
    ['charge', () => stripe().charges.retrieve('ch_missing')],
    ['refund', () => stripe().refunds.retrieve('re_missing')],
    ['transfer', () => stripe().transfers.retrieve('tr_missing')],
    ['dispute', () => stripe().disputes.retrieve('du_missing')],
  ]
  for (const [what, ask] of missing) {
    it(`has no ${what} that was never made`, async () => {
      await assertRefused(ask('missing'), 404, 'resource_missing')
    })
  }

  it('lists the newest first, page by page', async () => {
    const transfer_group = unique('paging')
    const ids: string[] = []
    for (let count = 0; count < 3; count += 1) ids.unshift((await pay(contract(), { transfer_group })).latest_charge as string)
    const first = await stripe().charges.list({ transfer_group, limit: 2 })
    assert.deepEqual([first.data.map(({ id }) => id), first.has_more], [ids.slice(0, 2), true])
    const second = await stripe().charges.list({ transfer_group, limit: 2, starting_after: ids[1] as string })
    assert.deepEqual([second.data.map(({ id }) => id), second.has_more], [ids.slice(2), false])
    const back = await stripe().charges.list({ transfer_group, limit: 2, ending_before: ids[2] as string })
    assert.deepEqual(
      back.data.map(({ id }) => id),
      ids.slice(0, 2),
    )
  })

  it('goes through all pages by itself', async () => {
    const transfer_group = unique('autopaging')
    for (let count = 0; count < 3; count += 1) await pay(contract(), { transfer_group })
    const all = await stripe().charges.list({ transfer_group, limit: 1 }).autoPagingToArray({ limit: 10 })
    assert.equal(all.length, 3)
  })

  it('lists no page larger than a hundred', async () => {
    await assertRefused(stripe().charges.list({ limit: 101 }), 400, 'parameter_invalid_integer')
  })

  it('puts objects in the place of ids where it is asked to', async () => {
    const { id } = await pay(contract())
    const intent = await stripe().paymentIntents.retrieve(id, { expand: ['latest_charge'] })
    assert.equal((intent.latest_charge as Stripe.Charge).payment_intent, id)
  })

  it('keeps metadata, and takes out what is emptied', async () => {
    const { id } = await stripe().paymentIntents.create({ ...parameters, metadata: { order: '1', cart: '2' } })
    const changed = await stripe().paymentIntents.update(id, { metadata: { cart: '', lamp: '3' } })
    assert.deepEqual(changed.metadata, { order: '1', lamp: '3' })
  })
})
