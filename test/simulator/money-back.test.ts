import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Bench, refusal, startBench } from './simulator.js'

const day_ms = 86_400_000

describe('simulated disputes and payouts', () => {
  let bench: Bench
  let stripe: Stripe

  beforeEach(async () => {
    bench = await startBench()
    stripe = bench.client()
  })
  afterEach(() => bench.simulator.stop())

  const control = () => bench.simulator.control
  const net = () =>
    control()
      .snapshot()
      .balanceTransactions.reduce((sum, transaction) => sum + transaction.net, 0)
  const eventTypes = () =>
    control()
      .snapshot()
      .events.map(({ type }) => type)

  async function paidCharge(payment_method = 'pm_card_visa'): Promise<string> {
    const intent = await stripe.paymentIntents.create({
      amount: 10_000,
      currency: 'usd',
      confirm: true,
      payment_method,
      return_url: 'http://shop.test',
    })
    return intent.latest_charge as string
  }

  it('takes the amount and a fee for a chargeback, and gives the amount back when it is won', async () => {
    const charge = await paidCharge()
    const id = await control().openDispute(charge, { reason: 'product_not_received' })
    const dispute = await stripe.disputes.retrieve(id)
    assert.deepEqual(
      [dispute.status, dispute.is_charge_refundable, dispute.balance_transactions.map(({ net }) => net)],
      ['needs_response', false, [-11_500]],
    )
    assert.equal(net(), 9_680 - 11_500)
    assert.equal((await refusal(stripe.refunds.create({ charge }))).code, 'charge_disputed')
    const answered = await stripe.disputes.update(id, { evidence: { product_description: 'A lamp' }, submit: true })
    assert.deepEqual([answered.status, answered.evidence_details.submission_count], ['under_review', 1])
    await control().closeDispute(id, 'won')
    assert.equal(net(), 9_680 - 1_500)
    assert.deepEqual(eventTypes().slice(-2), ['charge.dispute.closed', 'charge.dispute.funds_reinstated'])
    await assert.rejects(control().closeDispute(id, 'lost'), /it cannot become lost/)
  })

  it('may win late what was lost', async () => {
    const id = await control().openDispute(await paidCharge(), { amount: 4_000 })
    await control().closeDispute(id, 'lost')
    assert.equal(net(), 9_680 - 5_500)
    await control().closeDispute(id, 'won')
    assert.equal((await stripe.disputes.retrieve(id)).status, 'won')
    assert.equal(net(), 9_680 - 1_500)
  })

  it('moves no money for an inquiry, until it becomes a chargeback', async () => {
    const charge = await paidCharge()
    const id = await control().openDispute(charge, { inquiry: true })
    const inquiry = await stripe.disputes.retrieve(id)
    assert.deepEqual([inquiry.status, inquiry.is_charge_refundable, inquiry.balance_transactions], ['warning_needs_response', true, []])
    await stripe.refunds.create({ charge, amount: 1_000 })
    await control().escalateDispute(id)
    assert.equal((await stripe.disputes.retrieve(id)).status, 'needs_response')
    assert.equal(net(), 9_680 - 1_000 - 11_500)
    const other = await control().openDispute(await paidCharge(), { inquiry: true })
    await control().closeDispute(other, 'warning_closed')
    assert.equal((await stripe.disputes.close(id)).status, 'lost')
  })

  it('disputes the payments of certain test cards by itself', async () => {
    const charge = await paidCharge('pm_card_createMultipleDisputes')
    await control().advance(60_000)
    assert.equal((await stripe.disputes.list({ charge })).data.length, 2)
  })

  it('pays out what is available, and takes it back when the bank returns it', async () => {
    await paidCharge()
    assert.equal((await refusal(stripe.payouts.create({ amount: 1_000, currency: 'usd' }))).code, 'balance_insufficient')
    await control().advance(2 * day_ms)
    const payout = await stripe.payouts.create({ amount: 1_000, currency: 'usd' })
    assert.equal(payout.status, 'pending')
    await control().advance(2 * day_ms)
    assert.equal((await stripe.payouts.retrieve(payout.id)).status, 'paid')
    await control().failPayout(payout.id)
    const failed = await stripe.payouts.retrieve(payout.id, { expand: ['failure_balance_transaction'] })
    assert.equal(failed.status, 'failed')
    assert.equal((failed.failure_balance_transaction as Stripe.BalanceTransaction).amount, 1_000)
    assert.equal((await stripe.balance.retrieve()).available[0]?.amount, 9_680)
    const canceled = await stripe.payouts.cancel((await stripe.payouts.create({ amount: 500, currency: 'usd' })).id)
    assert.equal(canceled.status, 'canceled')
    assert.equal(net(), 9_680)
  })

  it('lists what an automatic payout is made of', async () => {
    const charge = await paidCharge()
    await stripe.refunds.create({ charge, amount: 680 })
    await control().advance(2 * day_ms)
    const id = (await control().payOut('acct_shop', 'usd')) as string
    assert.equal(await control().payOut('acct_shop', 'usd'), undefined)
    const { data } = await stripe.balanceTransactions.list({ payout: id })
    const parts = data.filter(({ type }) => type !== 'payout')
    assert.equal(
      parts.reduce((sum, part) => sum + part.net, 0),
      9_000,
    )
    assert.equal((await stripe.payouts.retrieve(id)).amount, 9_000)
    await paidCharge()
    await control().advance(2 * day_ms)
    const next = (await control().payOut('acct_shop', 'usd')) as string
    assert.equal((await stripe.payouts.retrieve(next)).amount, 9_680)
    assert.equal((await stripe.balanceTransactions.list({ payout: next, type: 'charge' })).data.length, 1)
    assert.deepEqual(
      eventTypes().filter((type) => type.startsWith('payout.')),
      ['payout.created', 'payout.paid', 'payout.reconciliation_completed', 'payout.created'],
    )
  })

  it('keeps the schedule of payouts', async () => {
    const changed = await stripe.balanceSettings.update({
      payments: { payouts: { schedule: { interval: 'manual' } }, settlement_timing: { delay_days_override: 7 } },
    })
    assert.equal(changed.payments.payouts?.schedule?.interval, 'manual')
    assert.equal((await stripe.balanceSettings.retrieve()).payments.settlement_timing.delay_days, 7)
  })

  it('takes bank debits that are known to have worked only days later, as their refunds are', async () => {
    const intent = await stripe.paymentIntents.create({
      ...{ amount: 5_000, currency: 'usd', confirm: true, payment_method: 'pm_usBankAccount_success', return_url: 'http://shop.test' },
      allowed_payment_method_types: ['us_bank_account'],
    })
    assert.equal(intent.status, 'processing')
    await control().advance(5 * day_ms)
    assert.equal((await stripe.paymentIntents.retrieve(intent.id)).status, 'succeeded')
    const refund = await stripe.refunds.create({ payment_intent: intent.id })
    assert.equal(refund.status, 'pending')
    await control().advance(5 * day_ms)
    assert.equal((await stripe.refunds.retrieve(refund.id)).status, 'succeeded')
  })

  it('keeps customers, their cards, and what stands behind a confirmation token', async () => {
    const customer = await stripe.customers.create({ email: 'shopper@example.com', name: 'Shopper' })
    const setup = await stripe.setupIntents.create({
      customer: customer.id,
      confirm: true,
      payment_method: 'pm_card_visa',
      usage: 'off_session',
    })
    assert.equal(setup.status, 'succeeded')
    const token = await stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_mastercard' })
    const paid = await stripe.paymentIntents.create({
      ...{
        amount: 700,
        currency: 'eur',
        confirm: true,
        confirmation_token: token.id,
        customer: customer.id,
        return_url: 'http://shop.test',
      },
      automatic_payment_methods: { enabled: true },
      expand: ['payment_method', 'customer'],
    })
    assert.equal((paid.payment_method as Stripe.PaymentMethod).card?.brand, 'mastercard')
    assert.equal((paid.customer as Stripe.Customer).email, 'shopper@example.com')
    assert.equal((await stripe.customers.del(customer.id)).deleted, true)
  })
})
