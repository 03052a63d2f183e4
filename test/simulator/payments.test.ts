import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Bench, refusal, startBench } from './simulator.js'

describe('simulated payments', () => {
  let bench: Bench
  let stripe: Stripe

  before(async () => {
    bench = await startBench()
    stripe = bench.client()
  })
  after(() => bench.simulator.stop())

  const pay = (payment_method: string, more: Partial<Stripe.PaymentIntentCreateParams> = {}) =>
    stripe.paymentIntents.create({
      amount: 10_000,
      currency: 'usd',
      confirm: true,
      payment_method,
      return_url: 'http://shop.test',
      ...more,
    })

  it('takes a payment and books its fee', async () => {
    const intent = await pay('pm_card_visa', { expand: ['latest_charge.balance_transaction'], metadata: { order: '1' } })
    assert.equal(intent.status, 'succeeded')
    assert.equal(intent.amount_received, 10_000)
    const charge = intent.latest_charge as Stripe.Charge
    assert.equal(charge.metadata.order, '1')
    const { amount, fee, net, status, reporting_category } = charge.balance_transaction as Stripe.BalanceTransaction
    assert.deepEqual([amount, fee, net, status, reporting_category], [10_000, 320, 9_680, 'pending', 'charge'])
  })

  it('holds an authorised payment until it is captured, in part if so asked', async () => {
    const intent = await pay('pm_card_visa', { capture_method: 'manual' })
    assert.deepEqual([intent.status, intent.amount_capturable, intent.amount_received], ['requires_capture', 10_000, 0])
    const tooMuch = await refusal(stripe.paymentIntents.capture(intent.id, { amount_to_capture: 10_001 }))
    assert.equal(tooMuch.code, 'amount_too_large')
    const captured = await stripe.paymentIntents.capture(intent.id, { amount_to_capture: 4_000 })
    assert.deepEqual([captured.status, captured.amount_capturable, captured.amount_received], ['succeeded', 0, 4_000])
    const { data } = await stripe.balanceTransactions.list({ source: captured.latest_charge as string })
    assert.deepEqual(data.map(({ amount, reporting_category }) => [amount, reporting_category]).reverse(), [
      [10_000, 'charge'],
      [-6_000, 'partial_capture_reversal'],
    ])
  })

  it('lets an authorisation lapse that is not captured within a week', async () => {
    const intent = await pay('pm_card_visa', { capture_method: 'manual', expand: ['latest_charge'] })
    const charge = intent.latest_charge as Stripe.Charge
    assert.equal(charge.payment_method_details?.card?.capture_before, charge.created + 7 * 86_400)
    await bench.simulator.control.advance(7 * 86_400_000)
    const lapsed = await stripe.paymentIntents.retrieve(intent.id)
    assert.deepEqual([lapsed.status, lapsed.cancellation_reason], ['canceled', 'automatic'])
  })

  it('cancels what is not paid, and says what became of a payment that it cannot cancel', async () => {
    for (const more of [{ confirm: false, payment_method: undefined }, { confirm: false }, { capture_method: 'manual' }] as const) {
      const { return_url: _, ...parameters } = {
        amount: 500,
        currency: 'eur',
        payment_method: 'pm_card_visa',
        confirm: true,
        return_url: '',
        ...more,
      }
      const intent = await stripe.paymentIntents.create(parameters as Stripe.PaymentIntentCreateParams)
      const canceled = await stripe.paymentIntents.cancel(intent.id, { cancellation_reason: 'abandoned' })
      assert.deepEqual([canceled.status, canceled.cancellation_reason, canceled.amount_capturable], ['canceled', 'abandoned', 0])
    }
    const paid = await pay('pm_card_visa')
    const error = await refusal(stripe.paymentIntents.cancel(paid.id))
    assert.equal(error.code, 'payment_intent_unexpected_state')
    assert.equal(error.payment_intent?.status, 'succeeded')
  })

  it('declines, and lets the shopper try another card on the same payment', async () => {
    const error = await refusal(pay('pm_card_chargeDeclinedInsufficientFunds'))
    assert.deepEqual(
      [error.statusCode, error.type, error.code, error.decline_code],
      [402, 'StripeCardError', 'card_declined', 'insufficient_funds'],
    )
    const intent = error.payment_intent as Stripe.PaymentIntent
    assert.equal(intent.status, 'requires_payment_method')
    assert.equal(intent.last_payment_error?.decline_code, 'insufficient_funds')
    const paid = await stripe.paymentIntents.confirm(intent.id, { payment_method: 'pm_card_mastercard', return_url: 'http://shop.test' })
    assert.equal(paid.status, 'succeeded')
    assert.equal(paid.last_payment_error, null)
    const { data } = await stripe.charges.list({ payment_intent: intent.id })
    assert.deepEqual(
      data.map((charge) => charge.status),
      ['succeeded', 'failed'],
    )
  })

  it('waits for the shopper to authenticate', async () => {
    const intent = await pay('pm_card_threeDSecure2Required')
    assert.equal(intent.status, 'requires_action')
    assert.equal(intent.next_action?.redirect_to_url?.return_url, 'http://shop.test')
    await bench.simulator.control.complete3ds(intent.id, 'fail')
    const failed = await stripe.paymentIntents.retrieve(intent.id)
    assert.deepEqual([failed.status, failed.last_payment_error?.code], ['requires_payment_method', 'payment_intent_authentication_failure'])
    await bench.simulator.control.confirmPayment(intent.id, 'pm_card_authenticationRequired')
    await bench.simulator.control.complete3ds(intent.id, 'succeed')
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
  })

  it('counts amounts as Stripe does in currencies without hundredths, with thousandths, and with a least amount', async () => {
    const yen = await pay('pm_card_visa', { currency: 'jpy', amount: 1_000, expand: ['latest_charge.balance_transaction'] })
    assert.equal(((yen.latest_charge as Stripe.Charge).balance_transaction as Stripe.BalanceTransaction).fee, 59)
    assert.equal((await refusal(pay('pm_card_visa', { currency: 'kwd', amount: 1_005 }))).code, 'invalid_charge_amount')
    assert.equal(
      (await refusal(pay('pm_card_visa', { currency: 'isk', amount: 1_050 }))).code,
      'invalid_charge_amount_no_decimal_compatible',
    )
    assert.equal((await refusal(pay('pm_card_visa', { currency: 'usd', amount: 49 }))).code, 'amount_too_small')
    assert.equal((await refusal(pay('pm_card_visa', { currency: 'xyz' }))).param, 'currency')
  })

  it('refunds up to what was paid', async () => {
    const intent = await pay('pm_card_visa')
    const first = await stripe.refunds.create({ payment_intent: intent.id, amount: 2_500, expand: ['balance_transaction'] })
    assert.equal(first.status, 'succeeded')
    assert.equal((first.balance_transaction as Stripe.BalanceTransaction).net, -2_500)
    const tooMuch = await refusal(stripe.refunds.create({ payment_intent: intent.id, amount: 7_501 }))
    assert.match(tooMuch.message, /Refund amount \(\$75\.01\) is greater than unrefunded amount on charge \(\$75\.00\)/)
    await stripe.refunds.create({ charge: intent.latest_charge as string })
    const again = await refusal(stripe.refunds.create({ payment_intent: intent.id }))
    assert.equal(again.code, 'charge_already_refunded')
    const charge = await stripe.charges.retrieve(intent.latest_charge as string, { expand: ['refunds'] })
    assert.deepEqual([charge.amount_refunded, charge.refunded, charge.refunds?.data.length], [10_000, true, 2])
  })

  it('gives the money of a refund back when the bank returns it', async () => {
    const intent = await pay('pm_card_visa')
    const refund = await stripe.refunds.create({ payment_intent: intent.id })
    await bench.simulator.control.failRefund(refund.id)
    const failed = await stripe.refunds.retrieve(refund.id, { expand: ['failure_balance_transaction'] })
    assert.equal(failed.status, 'failed')
    assert.equal((failed.failure_balance_transaction as Stripe.BalanceTransaction).net, 10_000)
    assert.equal((await stripe.charges.retrieve(intent.latest_charge as string)).amount_refunded, 0)
  })

  it('knows a payment by its metadata, and lists page by page', async () => {
    const shop = bench.client('paged')
    for (let order = 1; order <= 12; order++) {
      await shop.paymentIntents.create({ amount: 1_000 + order, currency: 'usd', metadata: { order: String(order) } })
    }
    const found = await shop.paymentIntents.search({ query: "metadata['order']:'7'" })
    assert.deepEqual(
      found.data.map((intent) => intent.amount),
      [1_007],
    )
    const amounts: number[] = []
    for await (const intent of shop.paymentIntents.list({ limit: 5 })) amounts.push(intent.amount)
    assert.deepEqual(
      amounts,
      Array.from({ length: 12 }, (_, index) => 1_012 - index),
    )
  })

  it('refuses parameters that Stripe does not have', async () => {
    const error = await refusal(
      stripe.paymentIntents.create({ amount: 1_000, currency: 'usd', colour: 'red' } as Stripe.PaymentIntentCreateParams),
    )
    assert.deepEqual([error.code, error.param], ['parameter_unknown', 'colour'])
    assert.equal(
      (await refusal(stripe.paymentIntents.create({ currency: 'usd' } as Stripe.PaymentIntentCreateParams))).code,
      'parameter_missing',
    )
    assert.equal((await refusal(stripe.paymentIntents.retrieve('pi_none'))).code, 'resource_missing')
    assert.equal((await refusal(pay('pm_card_visa', { application_fee_amount: 1 }))).param, 'application_fee_amount')
  })

  it('keeps the accounts of different keys apart', async () => {
    const intent = await pay('pm_card_visa')
    const error = await refusal(bench.client('other').paymentIntents.retrieve(intent.id))
    assert.equal(error.statusCode, 404)
  })
})
