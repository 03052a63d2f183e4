import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { assertEvents, assertRefused, authorise, booked, eventually, pay, simulated, unique, useContract } from './contract.js'

describe('the contract with Stripe: refunds, balance, disputes, payouts', () => {
  const contract = useContract()
  const stripe = () => contract().stripe
  const refund = (payment_intent: string, amount?: number) =>
    stripe().refunds.create({ payment_intent, ...(amount === undefined ? {} : { amount }) })

  it('gives the whole back', async () => {
    const { id } = await pay(contract())
    const made = await refund(id)
    assert.deepEqual([made.status, made.amount, made.payment_intent], ['succeeded', 5_000, id])
    const charge = await stripe().charges.retrieve(made.charge as string)
    assert.deepEqual([charge.refunded, charge.amount_refunded], [true, 5_000])
  })

  it('gives parts back, and no more than was paid', async () => {
    const { id, latest_charge } = await pay(contract())
    await refund(id, 2_000)
    await refund(id, 1_000)
    await assertRefused(refund(id, 2_001), 400, 'invalid_request_error')
    const charge = await stripe().charges.retrieve(latest_charge as string)
    assert.deepEqual([charge.refunded, charge.amount_refunded], [false, 3_000])
    assert.equal((await stripe().refunds.list({ payment_intent: id })).data.length, 2)
  })

  it('gives nothing back twice', async () => {
    const { id } = await pay(contract())
    await refund(id)
    await assertRefused(refund(id), 400, 'charge_already_refunded')
  })

  it('gives nothing back that was not taken', async () => {
    await assertRefused(refund((await stripe().paymentIntents.create({ amount: 5_000, currency: 'usd' })).id), 400, 'invalid_request_error')
    await assertRefused(refund((await authorise(contract())).id), 400, 'invalid_request_error')
  })

  it('tells of a refund', async () => {
    const { id } = await pay(contract())
    const made = await refund(id, 1_000)
    await assertEvents(contract(), made.id, ['refund.created'])
  })

  it('books what came in, and what it keeps of it', async () => {
    const transaction = await booked(contract(), (await pay(contract())).id)
    assert.deepEqual([transaction.amount, transaction.currency, transaction.reporting_category], [5_000, 'usd', 'charge'])
    assert.equal(transaction.net, transaction.amount - transaction.fee)
    assert.ok(transaction.fee > 0)
  })

  it('books a charge some time after the capture only', async () => {
    const intent = await stripe().paymentIntents.capture((await authorise(contract())).id)
    const charge = await stripe().charges.retrieve(intent.latest_charge as string)
    assert.equal(charge.balance_transaction, null)
    assert.equal((await booked(contract(), intent.id)).amount, 5_000)
  })

  it('books what went out again', async () => {
    const { id } = await pay(contract())
    await booked(contract(), id)
    const made = await refund(id, 2_000)
    const transaction = await eventually(
      contract(),
      async () => (await stripe().refunds.retrieve(made.id, { expand: ['balance_transaction'] })).balance_transaction,
      (value) => value !== null,
    )
    const { amount, reporting_category } = transaction as Stripe.BalanceTransaction
    assert.deepEqual([amount, reporting_category], [-2_000, 'refund'])
  })

  it('finds a balance transaction by what moved', async () => {
    const { id, latest_charge } = await pay(contract())
    const transaction = await booked(contract(), id)
    const { data } = await stripe().balanceTransactions.list({ source: latest_charge as string })
    assert.deepEqual(
      data.map((one) => one.id),
      [transaction.id],
    )
  })

  it('disputes what a card of that kind paid', async () => {
    const { id } = await pay(contract(), { payment_method: 'pm_card_createDispute' })
    const disputes = await eventually(
      contract(),
      () => stripe().disputes.list({ payment_intent: id }),
      ({ data }) => data.length > 0,
    )
    const [dispute] = disputes.data
    assert.deepEqual([dispute?.status, dispute?.amount, dispute?.reason], ['needs_response', 5_000, 'fraudulent'])
    await assertRefused(refund(id), 400, 'charge_disputed')
  })

  it('takes evidence', async () => {
    const { id } = await pay(contract(), { payment_method: 'pm_card_createDispute' })
    const disputes = await eventually(
      contract(),
      () => stripe().disputes.list({ payment_intent: id }),
      ({ data }) => data.length > 0,
    )
    const dispute = disputes.data[0]?.id as string
    await assertEvents(contract(), dispute, ['charge.dispute.created', 'charge.dispute.funds_withdrawn'])
    const answered = await stripe().disputes.update(dispute, { evidence: { uncategorized_text: 'A lamp' }, submit: true })
    assert.deepEqual([answered.status, answered.evidence_details.submission_count], ['under_review', 1])
  })

  it('takes a store that gives in', async () => {
    const { id } = await pay(contract(), { payment_method: 'pm_card_createDispute' })
    const disputes = await eventually(
      contract(),
      () => stripe().disputes.list({ payment_intent: id }),
      ({ data }) => data.length > 0,
    )
    assert.equal((await stripe().disputes.close(disputes.data[0]?.id as string)).status, 'lost')
  })

  simulated('gives the money back when a dispute is won', async () => {
    const { latest_charge } = await pay(contract())
    await contract().control.advance(60_000)
    const id = await contract().control.openDispute(latest_charge as string)
    await contract().control.closeDispute(id, 'won')
    const dispute = await stripe().disputes.retrieve(id)
    assert.deepEqual([dispute.status, dispute.balance_transactions.map(({ amount }) => amount)], ['won', [-5_000, 5_000]])
    await assertEvents(contract(), id, [
      'charge.dispute.closed',
      'charge.dispute.created',
      'charge.dispute.funds_reinstated',
      'charge.dispute.funds_withdrawn',
    ])
  })

  it('pays out no more than is there', async () => {
    await assertRefused(stripe().payouts.create({ amount: 99_999_900, currency: 'usd' }), 400, 'balance_insufficient')
  })

  it('pays out, until it is called back', async () => {
    await booked(contract(), (await pay(contract(), { amount: 100_000, payment_method: 'pm_card_bypassPending' })).id)
    const payout = await stripe().payouts.create({ amount: 1_000, currency: 'usd', metadata: { purpose: unique('payout') } })
    assert.deepEqual([payout.status, payout.automatic], ['pending', false])
    assert.equal((await stripe().payouts.cancel(payout.id)).status, 'canceled')
    await assertEvents(contract(), payout.id, ['payout.canceled', 'payout.created'])
  })

  it('tells what is there', async () => {
    const balance = await stripe().balance.retrieve()
    assert.ok(balance.available.every(({ amount }) => Number.isInteger(amount)) && balance.available.length > 0)
  })
})
