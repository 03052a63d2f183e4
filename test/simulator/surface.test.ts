import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { routes } from '../../infra/local/stripe/routes.js'
import { type Bench, startBench } from './simulator.js'

/** What a browser asks, and what test helpers do: tested elsewhere. */
const elsewhere = ['POST /v1/confirmation_tokens']

describe('the surface of the Stripe simulator', () => {
  let bench: Bench
  let stripe: Stripe
  const asked = new Set<string>()

  before(async () => {
    bench = await startBench()
    stripe = bench.client()
    stripe.on('response', ({ method, path }: Stripe.ResponseEvent) => asked.add(routeOf(method, path)))
  })
  after(() => bench.simulator.stop())

  function routeOf(method: string, path: string): string {
    const parts = path.split('?')[0]?.split('/') ?? []
    const found = routes.find((route) => {
      const names = route.path.split('/')
      return route.method === method && names.length === parts.length && names.every((name, index) => name === ':' || name === parts[index])
    })
    return `${method} ${found?.path ?? path}`
  }

  it('takes and gives payments, refunds and charges as the SDK types them', async () => {
    const intent = await stripe.paymentIntents.create({
      amount: 5_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      metadata: { a: '1' },
    })
    const updated = await stripe.paymentIntents.update(intent.id, { amount: 6_000, metadata: { b: '2' }, description: 'Order 1' })
    assert.deepEqual([updated.amount, updated.metadata], [6_000, { a: '1', b: '2' }])
    const { latest_charge } = await stripe.paymentIntents.confirm(intent.id, { return_url: 'http://shop.test' })
    await stripe.charges.update(latest_charge as string, { metadata: { seen: 'yes' } })
    assert.equal((await stripe.charges.retrieve(latest_charge as string)).metadata.seen, 'yes')
    const refund = await stripe.refunds.create({ payment_intent: intent.id, amount: 100 })
    assert.equal((await stripe.refunds.update(refund.id, { metadata: { why: 'torn' } })).metadata?.why, 'torn')
    assert.equal((await stripe.refunds.retrieve(refund.id)).amount, 100)
    const debit = await stripe.paymentIntents.create({
      ...{ amount: 900, currency: 'usd', confirm: true, payment_method: 'pm_usBankAccount_success', return_url: 'http://shop.test' },
    })
    await bench.simulator.control.advance(5 * 86_400_000)
    const pending = await stripe.refunds.create({ payment_intent: debit.id })
    assert.equal((await stripe.refunds.cancel(pending.id)).status, 'canceled')
    const held = await stripe.paymentIntents.create({
      ...{
        amount: 900,
        currency: 'usd',
        confirm: true,
        capture_method: 'manual',
        payment_method: 'pm_card_visa',
        return_url: 'http://shop.test',
      },
    })
    await stripe.paymentIntents.capture(held.id)
    await stripe.paymentIntents.cancel((await stripe.paymentIntents.create({ amount: 900, currency: 'usd' })).id)
    assert.equal((await stripe.paymentIntents.list()).data.length, 4)
    await stripe.paymentIntents.search({ query: "metadata['a']:'1'" })
    assert.equal((await stripe.charges.list({ limit: 2 })).has_more, true)
    await stripe.refunds.list({ charge: latest_charge as string })
    await stripe.balance.retrieve()
    const { data } = await stripe.balanceTransactions.list({ type: 'refund' })
    await stripe.balanceTransactions.retrieve(data[0]?.id as string, { expand: ['source'] })
    const { data: events } = await stripe.events.list({ types: ['charge.refunded'] })
    assert.equal((await stripe.events.retrieve(events[0]?.id as string)).type, 'charge.refunded')
  })

  it('takes and gives customers and what belongs to them', async () => {
    const customer = await stripe.customers.create({ email: 'one@example.com' })
    assert.equal((await stripe.customers.update(customer.id, { name: 'One', metadata: { tier: 'gold' } })).name, 'One')
    await stripe.customers.retrieve(customer.id)
    assert.equal((await stripe.customers.list({ email: 'one@example.com' })).data.length, 1)
    const method = await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })
    assert.equal((await stripe.paymentMethods.attach(method.id, { customer: customer.id })).customer, customer.id)
    assert.equal((await stripe.paymentMethods.retrieve(method.id)).card?.last4, '4242')
    assert.equal((await stripe.paymentMethods.detach(method.id)).customer, null)
    const setup = await stripe.setupIntents.create({ customer: customer.id })
    await stripe.setupIntents.confirm(setup.id, { payment_method: 'pm_card_visa', return_url: 'http://shop.test' })
    assert.equal((await stripe.setupIntents.retrieve(setup.id)).status, 'succeeded')
    await stripe.setupIntents.cancel((await stripe.setupIntents.create({})).id)
    await stripe.ephemeralKeys.create({ customer: customer.id }, { apiVersion: '2026-10-28.endive' })
    const token = await stripe.testHelpers.confirmationTokens.create({ payment_method: 'pm_card_visa' })
    assert.equal((await stripe.confirmationTokens.retrieve(token.id)).payment_method_preview?.card?.last4, '4242')
    await stripe.customers.del(customer.id)
  })

  it('takes and gives accounts of both versions, with what moves between them', async () => {
    assert.equal((await stripe.accounts.retrieveCurrent()).id, 'acct_shop')
    const old = await stripe.accounts.create({ country: 'DE', email: 'old@example.com', capabilities: { transfers: { requested: true } } })
    await stripe.accounts.update(old.id, { metadata: { v: '1' } })
    assert.equal((await stripe.accounts.retrieve(old.id)).metadata?.v, '1')
    await stripe.accountLinks.create({
      account: old.id,
      type: 'account_onboarding',
      refresh_url: 'http://shop.test/again',
      return_url: 'http://shop.test',
    })
    await stripe.accountSessions.create({ account: old.id, components: { account_onboarding: { enabled: true } } })
    const account = await stripe.v2.core.accounts.create({ display_name: 'New', identity: { country: 'fr' } })
    const asks = { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } }
    const updated = await stripe.v2.core.accounts.update(account.id, {
      configuration: { recipient: asks },
      include: ['configuration.recipient'],
    })
    assert.deepEqual(updated.applied_configurations, ['recipient'])
    await stripe.v2.core.accountLinks.create({
      account: account.id,
      use_case: { type: 'account_update', account_update: { refresh_url: 'http://shop.test/again', return_url: 'http://shop.test' } },
    })
    await stripe.v2.core.accounts.retrieve(account.id, { include: ['defaults', 'identity', 'requirements', 'future_requirements'] })
    assert.deepEqual(
      (await stripe.v2.core.accounts.list()).data.map(({ id }) => id),
      [account.id, old.id],
    )
    assert.equal((await stripe.accounts.list()).data.length, 2)
    await bench.simulator.control.verifyAccount(account.id)
    const transfer = await stripe.transfers.create({ amount: 1_000, currency: 'usd', destination: account.id, metadata: { op: '1' } })
    await stripe.transfers.update(transfer.id, { metadata: { seen: 'yes' } })
    assert.deepEqual((await stripe.transfers.retrieve(transfer.id)).metadata, { op: '1', seen: 'yes' })
    const reversal = await stripe.transfers.createReversal(transfer.id, { amount: 400 })
    assert.equal((await stripe.transfers.retrieveReversal(transfer.id, reversal.id)).amount, 400)
    assert.equal((await stripe.transfers.listReversals(transfer.id)).data.length, 1)
    await stripe.transfers.list({ destination: account.id })
    assert.equal((await stripe.v2.core.accounts.close(account.id, { applied_configurations: ['recipient'] })).closed, true)
    assert.equal((await stripe.accounts.del(old.id)).deleted, true)
  })

  it('takes and gives payouts and disputes', async () => {
    const payout = await stripe.payouts.create({ amount: 100, currency: 'usd' })
    await stripe.payouts.cancel(payout.id)
    assert.equal((await stripe.payouts.retrieve(payout.id)).status, 'canceled')
    await stripe.payouts.list({ status: 'canceled' })
    await stripe.balanceSettings.update({ payments: { debit_negative_balances: false } })
    assert.equal((await stripe.balanceSettings.retrieve()).payments.debit_negative_balances, false)
    const [charge] = (await stripe.charges.list({ limit: 1 })).data
    const id = await bench.simulator.control.openDispute(charge?.id as string)
    await stripe.disputes.update(id, { evidence: { customer_name: 'One' }, submit: false })
    assert.equal((await stripe.disputes.retrieve(id)).evidence.customer_name, 'One')
    await stripe.disputes.list({ charge: charge?.id })
    await stripe.disputes.close(id)
  })

  it('takes and gives endpoints and destinations', async () => {
    const endpoint = await stripe.webhookEndpoints.create({
      url: 'http://127.0.0.1:9/one',
      enabled_events: ['*'],
      api_version: '2026-10-28.endive',
    })
    assert.equal((await stripe.webhookEndpoints.update(endpoint.id, { disabled: true })).status, 'disabled')
    assert.equal((await stripe.webhookEndpoints.retrieve(endpoint.id)).api_version, '2026-10-28.endive')
    assert.equal((await stripe.webhookEndpoints.list()).data.length, 1)
    await stripe.webhookEndpoints.del(endpoint.id)
    const { eventDestinations, events } = stripe.v2.core
    const destination = await eventDestinations.create({
      ...{ name: 'Thin', type: 'webhook_endpoint', event_payload: 'thin', enabled_events: ['v2.core.account.updated'] },
      webhook_endpoint: { url: 'http://127.0.0.1:9/two' },
    })
    assert.equal(destination.webhook_endpoint?.signing_secret, undefined)
    await eventDestinations.update(destination.id, { name: 'Other' })
    assert.equal((await eventDestinations.disable(destination.id)).status, 'disabled')
    assert.equal((await eventDestinations.enable(destination.id)).status, 'enabled')
    assert.equal((await eventDestinations.retrieve(destination.id)).name, 'Other')
    assert.equal((await eventDestinations.list()).data.length, 1)
    await eventDestinations.del(destination.id)
    assert.equal(
      (await stripe.paymentIntents.retrieve((await stripe.paymentIntents.list({ limit: 1 })).data[0]?.id as string)).object,
      'payment_intent',
    )
    const [event] = (await events.list()).data
    assert.equal((await events.retrieve(event?.id as string)).id, event?.id)
  })

  it('was asked everything that it answers', () => {
    const never = routes.map(({ method, path }) => `${method} ${path}`).filter((route) => !asked.has(route) && !elsewhere.includes(route))
    assert.deepEqual(never, [])
  })
})
