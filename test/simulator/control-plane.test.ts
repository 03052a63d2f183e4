import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Bench, startBench } from './simulator.js'

describe('the control plane of the Stripe simulator', () => {
  let bench: Bench
  let stripe: Stripe

  before(async () => {
    bench = await startBench({ balanceTransactions: 'async' })
    stripe = bench.client()
  })
  after(() => bench.simulator.stop())

  async function control<T = unknown>(
    path: string,
    values?: unknown,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; result: T }> {
    const method = values === undefined ? 'GET' : 'POST'
    const response = await fetch(`${bench.simulator.controlUrl}/_sim/${path}`, {
      method,
      headers,
      ...(method === 'POST' ? { body: JSON.stringify(values) } : {}),
    })
    const text = await response.text()
    return { status: response.status, result: (text === '' ? {} : JSON.parse(text)).result as T }
  }

  it('does over HTTP what tests do in the process', async () => {
    const intent = await stripe.paymentIntents.create({ amount: 1_000, currency: 'usd' })
    await control(`payments/${intent.id}/confirm`, { payment_method: 'pm_card_threeDSecure2Required' })
    assert.equal((await control(`3ds/${intent.id}/succeed`, {})).status, 200)
    await control('clock/advance?ms=60000', {})
    const paid = await stripe.paymentIntents.retrieve(intent.id, { expand: ['latest_charge.balance_transaction'] })
    const charge = paid.latest_charge as Stripe.Charge
    assert.equal((charge.balance_transaction as Stripe.BalanceTransaction).amount, 1_000)
    const { result: dispute } = await control<string>('disputes', { charge: charge.id })
    await control(`disputes/${dispute}/lost`, {})
    assert.equal((await stripe.disputes.retrieve(dispute)).status, 'lost')
    const { result: snapshot } = await control<{ events: Stripe.Event[] }>('snapshot')
    assert.equal(snapshot.events.at(-1)?.type, 'charge.dispute.closed')
    await control('chaos', { rateLimit429: 1 })
    await assert.rejects(stripe.balance.retrieve(), /rate limit/)
    await control('reset?seed=2', {})
    await control('chaos', { rateLimit429: 0 })
    await assert.rejects(stripe.paymentIntents.retrieve(intent.id), /No such paymentintent/)
  })

  it('says what it cannot do, and takes nothing from pages of other origins', async () => {
    assert.equal((await control('3ds/pi_none/succeed', {})).status, 400)
    const paid = { amount: 1_000, currency: 'usd', confirm: true, payment_method: 'pm_card_visa', return_url: 'http://shop.test' }
    const { latest_charge: charge } = await stripe.paymentIntents.create(paid)
    const { result: dispute } = await control<string>('disputes', { charge })
    assert.equal((await control(`disputes/${dispute}/eaten`, {})).status, 400)
    assert.equal((await control('nothing', {})).status, 404)
    assert.equal((await control('reset?seed=3', {}, { origin: 'http://evil.test' })).status, 403)
  })

  it('sends a vendor through a page that plays onboarding, once per link', async () => {
    const account = await stripe.v2.core.accounts.create({
      dashboard: 'express',
      configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
      identity: { country: 'us' },
    })
    const { url } = await stripe.v2.core.accountLinks.create({
      account: account.id,
      use_case: {
        type: 'account_onboarding',
        account_onboarding: { refresh_url: 'http://shop.test/again', return_url: 'http://shop.test/done' },
      },
    })
    assert.match(await (await fetch(url)).text(), /Onboarding/)
    const post = () => fetch(url, { method: 'POST', body: new URLSearchParams({ outcome: 'complete' }), redirect: 'manual' })
    assert.equal((await post()).headers.get('location'), 'http://shop.test/done')
    assert.equal((await stripe.accounts.retrieve(account.id)).payouts_enabled, true)
    assert.equal((await post()).headers.get('location'), 'http://shop.test/again')
  })
})
