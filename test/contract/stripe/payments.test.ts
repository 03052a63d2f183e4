import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { assertEvents, assertRefused, authorise, pay, simulated, useContract } from './contract.js'

describe('the contract with Stripe: payments', () => {
  const contract = useContract()
  const intents = () => contract().stripe.paymentIntents
  const unexpected = 'payment_intent_unexpected_state'

  it('waits for a payment method', async () => {
    const intent = await intents().create({ amount: 5_000, currency: 'usd' })
    assert.deepEqual(
      [intent.status, intent.amount, intent.amount_received, intent.latest_charge],
      ['requires_payment_method', 5_000, 0, null],
    )
    await assertEvents(contract(), intent.id, ['payment_intent.created'])
  })

  it('waits for confirmation once there is a method', async () => {
    const intent = await intents().create({ amount: 5_000, currency: 'usd', payment_method: 'pm_card_visa' })
    assert.equal(intent.status, 'requires_confirmation')
  })

  it('takes the money at once when it is confirmed', async () => {
    const intent = await pay(contract())
    assert.deepEqual([intent.status, intent.amount_received], ['succeeded', 5_000])
    const charge = await contract().stripe.charges.retrieve(intent.latest_charge as string)
    assert.deepEqual([charge.captured, charge.paid, charge.amount_captured, charge.payment_intent], [true, true, 5_000, intent.id])
  })

  it('tells of a payment that succeeded', async () => {
    const intent = await pay(contract())
    await assertEvents(contract(), intent.id, ['charge.succeeded', 'charge.updated', 'payment_intent.created', 'payment_intent.succeeded'])
  })

  it('authorises without taking', async () => {
    const intent = await authorise(contract())
    assert.deepEqual([intent.status, intent.amount_capturable, intent.amount_received], ['requires_capture', 5_000, 0])
    const charge = await contract().stripe.charges.retrieve(intent.latest_charge as string)
    assert.deepEqual([charge.captured, charge.balance_transaction], [false, null])
    await assertEvents(contract(), intent.id, ['charge.succeeded', 'payment_intent.amount_capturable_updated', 'payment_intent.created'])
  })

  it('captures the whole', async () => {
    const intent = await intents().capture((await authorise(contract())).id)
    assert.deepEqual([intent.status, intent.amount_capturable, intent.amount_received], ['succeeded', 0, 5_000])
    await assertEvents(contract(), intent.id, [
      'charge.captured',
      'charge.succeeded',
      'charge.updated',
      'payment_intent.amount_capturable_updated',
      'payment_intent.created',
      'payment_intent.succeeded',
    ])
  })

  it('captures a part, and gives the rest up', async () => {
    const intent = await intents().capture((await authorise(contract())).id, { amount_to_capture: 2_000 })
    assert.deepEqual([intent.status, intent.amount, intent.amount_received, intent.amount_capturable], ['succeeded', 5_000, 2_000, 0])
    const charge = await contract().stripe.charges.retrieve(intent.latest_charge as string)
    assert.equal(charge.amount_captured, 2_000)
  })

  it('captures no more than was authorised', async () => {
    const intent = await authorise(contract())
    await assertRefused(intents().capture(intent.id, { amount_to_capture: 5_001 }), 400, 'amount_too_large')
    assert.equal((await intents().retrieve(intent.id)).status, 'requires_capture')
  })

  it('captures once', async () => {
    const { id } = await authorise(contract())
    await intents().capture(id)
    const refused = await assertRefused(intents().capture(id), 400, unexpected)
    assert.equal((refused.payment_intent as Stripe.PaymentIntent).status, 'succeeded')
  })

  it('captures nothing that is not authorised', async () => {
    const { id } = await intents().create({ amount: 5_000, currency: 'usd' })
    await assertRefused(intents().capture(id), 400, unexpected)
  })

  const cancelable: [string, () => Promise<Stripe.PaymentIntent>][] = [
    ['requires_payment_method', () => intents().create({ amount: 5_000, currency: 'usd' })],
    ['requires_confirmation', () => intents().create({ amount: 5_000, currency: 'usd', payment_method: 'pm_card_visa' })],
    ['requires_action', () => pay(contract(), { payment_method: 'pm_card_threeDSecure2Required' })],
    ['requires_capture', () => authorise(contract())],
  ]
  for (const [status, make] of cancelable) {
    it(`cancels a payment that is ${status}`, async () => {
      const intent = await make()
      assert.equal(intent.status, status)
      const canceled = await intents().cancel(intent.id, { cancellation_reason: 'abandoned' })
      assert.deepEqual([canceled.status, canceled.cancellation_reason, canceled.amount_capturable], ['canceled', 'abandoned', 0])
    })
  }

  it('tells of an authorisation that was given up', async () => {
    const { id } = await authorise(contract())
    await intents().cancel(id)
    await assertEvents(contract(), id, [
      'charge.refunded',
      'charge.succeeded',
      'payment_intent.amount_capturable_updated',
      'payment_intent.canceled',
      'payment_intent.created',
    ])
  })

  it('cancels nothing that is paid', async () => {
    const { id } = await pay(contract())
    const refused = await assertRefused(intents().cancel(id), 400, unexpected)
    assert.equal((refused.payment_intent as Stripe.PaymentIntent).status, 'succeeded')
  })

  it('cancels once', async () => {
    const { id } = await intents().create({ amount: 5_000, currency: 'usd' })
    await intents().cancel(id)
    await assertRefused(intents().cancel(id), 400, unexpected)
  })

  const declines: [string, string, string | undefined][] = [
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', undefined],
  ]
  for (const [payment_method, code, declineCode] of declines) {
    it(`says why ${payment_method} is declined`, async () => {
      const refused = await assertRefused(pay(contract(), { payment_method }), 402, code)
      if (declineCode !== undefined) assert.equal(refused.decline_code, declineCode)
      const intent = refused.payment_intent as Stripe.PaymentIntent
      assert.deepEqual([intent.status, intent.last_payment_error?.code], ['requires_payment_method', code])
    })
  }

  it('lets another card pay what one was declined for', async () => {
    const { id } = await intents().create({
      amount: 5_000,
      currency: 'usd',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    await assertRefused(intents().confirm(id, { payment_method: 'pm_card_chargeDeclined' }), 402, 'card_declined')
    assert.equal((await intents().confirm(id, { payment_method: 'pm_card_visa' })).status, 'succeeded')
    await assertEvents(contract(), id, [
      'charge.failed',
      'charge.succeeded',
      'charge.updated',
      'payment_intent.created',
      'payment_intent.payment_failed',
      'payment_intent.succeeded',
    ])
  })

  it('asks the shopper to authenticate', async () => {
    const intent = await pay(contract(), { payment_method: 'pm_card_threeDSecure2Required' })
    assert.deepEqual([intent.status, intent.next_action?.type], ['requires_action', 'use_stripe_sdk'])
    await assertEvents(contract(), intent.id, ['payment_intent.created', 'payment_intent.requires_action'])
  })

  it('declines where nobody can authenticate', async () => {
    const payment = pay(contract(), { payment_method: 'pm_card_authenticationRequired', error_on_requires_action: true })
    await assertRefused(payment, 402, 'authentication_required')
  })

  simulated('is paid once the shopper has authenticated', async () => {
    const { id } = await pay(contract(), { payment_method: 'pm_card_threeDSecure2Required' })
    await contract().control.complete3ds(id, 'succeed')
    assert.equal((await intents().retrieve(id)).status, 'succeeded')
  })

  simulated('waits for another method when the shopper could not authenticate', async () => {
    const { id } = await pay(contract(), { payment_method: 'pm_card_threeDSecure2Required' })
    await contract().control.complete3ds(id, 'fail')
    const intent = await intents().retrieve(id)
    assert.deepEqual([intent.status, intent.last_payment_error?.code], ['requires_payment_method', 'payment_intent_authentication_failure'])
  })

  it('counts yen in yen', async () => {
    const intent = await pay(contract(), { amount: 500, currency: 'jpy' })
    assert.deepEqual([intent.amount_received, intent.currency], [500, 'jpy'])
  })

  it('takes dinars in steps of ten thousandths', async () => {
    await assertRefused(intents().create({ amount: 10_005, currency: 'kwd' }), 400, 'invalid_charge_amount')
    assert.equal((await intents().create({ amount: 10_010, currency: 'kwd' })).amount, 10_010)
  })

  it('charges no less than the least', async () => {
    await assertRefused(intents().create({ amount: 49, currency: 'usd' }), 400, 'amount_too_small')
  })
})
