import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { type Bench, type Receiver, refusal, startBench, startReceiver } from './simulator.js'

const recipient: Stripe.V2.Core.AccountCreateParams = {
  contact_email: 'vendor@example.com',
  display_name: 'Vendor',
  dashboard: 'express',
  identity: { country: 'us', entity_type: 'individual' },
  configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
  defaults: { currency: 'usd', responsibilities: { fees_collector: 'application', losses_collector: 'application' } },
  metadata: { vendor_id: '7' },
  include: ['configuration.recipient', 'requirements', 'defaults', 'identity'],
}

describe('simulated Connect', () => {
  let bench: Bench
  let stripe: Stripe
  let receiver: Receiver

  beforeEach(async () => {
    bench = await startBench()
    stripe = bench.client()
    receiver = await startReceiver()
  })
  afterEach(async () => {
    await receiver.stop()
    await bench.simulator.stop()
  })

  const control = () => bench.simulator.control
  const transfersOf = (account: Stripe.V2.Core.Account) => account.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers

  async function activeVendor(): Promise<string> {
    const { id } = await stripe.v2.core.accounts.create(recipient)
    await control().verifyAccount(id)
    return id
  }

  async function paidCharge(amount = 10_000, currency = 'usd'): Promise<string> {
    const intent = await stripe.paymentIntents.create({
      amount,
      currency,
      confirm: true,
      payment_method: 'pm_card_visa',
      return_url: 'http://shop.test',
    })
    return intent.latest_charge as string
  }

  it('onboards a vendor with the second version of accounts', async () => {
    const account = await stripe.v2.core.accounts.create(recipient, { idempotencyKey: 'acct:1' })
    assert.equal(transfersOf(account)?.status, 'restricted')
    assert.ok((account.requirements?.entries?.length ?? 0) > 0)
    assert.equal((await stripe.v2.core.accounts.create(recipient, { idempotencyKey: 'acct:1' })).id, account.id)
    const link = await stripe.v2.core.accountLinks.create({
      account: account.id,
      use_case: {
        type: 'account_onboarding',
        account_onboarding: { refresh_url: 'http://shop.test/again', return_url: 'http://shop.test/done' },
      },
    })
    assert.ok(link.url.startsWith(bench.simulator.url))
    await control().verifyAccount(account.id)
    const verified = await stripe.v2.core.accounts.retrieve(account.id, { include: ['configuration.recipient', 'requirements'] })
    assert.deepEqual([transfersOf(verified)?.status, verified.requirements?.entries], ['active', []])
    assert.equal((await stripe.v2.core.accounts.retrieve(account.id)).configuration, undefined)
    const first = await stripe.accounts.retrieve(account.id)
    assert.deepEqual([first.capabilities?.transfers, first.payouts_enabled, first.metadata?.vendor_id], ['active', true, '7'])
    await control().restrictAccount(account.id, 'identity.document')
    assert.deepEqual((await stripe.accounts.retrieve(account.id)).requirements?.currently_due, ['identity.document'])
    await control().rejectAccount(account.id)
    assert.equal(
      transfersOf(await stripe.v2.core.accounts.retrieve(account.id, { include: ['configuration.recipient'] }))?.status,
      'rejected',
    )
  })

  it('tells of accounts by thin events to a destination, and by snapshots to a connect endpoint', async () => {
    const destination = await stripe.v2.core.eventDestinations.create({
      name: 'accounts',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: ['v2.core.account.created', 'v2.core.account[configuration.recipient].capability_status_updated'],
      webhook_endpoint: { url: `${receiver.url}/thin` },
      include: ['webhook_endpoint.signing_secret', 'webhook_endpoint.url'],
    })
    const own = await stripe.webhookEndpoints.create({ url: `${receiver.url}/own`, enabled_events: ['*'] })
    const connect = await stripe.webhookEndpoints.create({ url: `${receiver.url}/connect`, enabled_events: ['*'], connect: true })
    const id = await activeVendor()
    await control().deliver()
    const signedBy = (secret: string | undefined) =>
      receiver.received.filter(({ body, signature }) => {
        try {
          return stripe.webhooks.signature?.verifyHeader(body, signature, secret as string, 300)
        } catch {
          return false
        }
      })
    const thin = signedBy(destination.webhook_endpoint?.signing_secret).map(({ body, signature }) =>
      stripe.parseEventNotification(body, signature, destination.webhook_endpoint?.signing_secret as string),
    )
    assert.deepEqual(
      thin.map(({ type }) => type),
      ['v2.core.account.created', 'v2.core.account[configuration.recipient].capability_status_updated'],
    )
    assert.equal((thin[1] as unknown as { related_object: { id: string } }).related_object.id, id)
    assert.equal((await stripe.v2.core.events.retrieve(thin[1]?.id as string)).type, thin[1]?.type)
    assert.equal(signedBy(own.secret).length, 0)
    const updates = signedBy(connect.secret).map(({ body }) => JSON.parse(body) as Stripe.Event)
    assert.deepEqual(
      updates.map(({ type, account }) => [type, account]),
      [['account.updated', id]],
    )
  })

  it('sends each vendor its share of a charge, and not more than the charge', async () => {
    const [charge, one, two] = [await paidCharge(), await activeVendor(), await activeVendor()]
    const send = (destination: string, amount: number) =>
      stripe.transfers.create({ amount, currency: 'usd', destination, source_transaction: charge, transfer_group: 'order_1' })
    await send(one, 6_000)
    const second = await send(two, 3_000)
    assert.equal(second.transfer_group, 'order_1')
    assert.match((await refusal(send(two, 1_001))).message, /more than what is left of the source/)
    assert.equal((await stripe.transfers.list({ transfer_group: 'order_1' })).data.length, 2)
    const balance = await stripe.balance.retrieve({}, { stripeAccount: two })
    assert.deepEqual([balance.pending[0]?.amount, balance.available[0]?.amount], [3_000, 0])
    await control().advance(2 * 86_400_000)
    assert.equal((await stripe.balance.retrieve({}, { stripeAccount: two })).available[0]?.amount, 3_000)
    const mine = await stripe.balance.retrieve()
    assert.equal(mine.available[0]?.amount, 10_000 - 320 - 9_000)
  })

  it('sends nothing to vendors that may not receive it, in another currency, or without available funds', async () => {
    const charge = await paidCharge()
    const { id: waiting } = await stripe.v2.core.accounts.create(recipient)
    const active = await activeVendor()
    const send = (more: Partial<Stripe.TransferCreateParams>) =>
      stripe.transfers.create({ amount: 100, currency: 'usd', destination: active, ...more })
    assert.equal((await refusal(send({ destination: waiting, source_transaction: charge }))).code, 'transfers_not_allowed')
    assert.match(
      (await refusal(send({ currency: 'eur', source_transaction: charge }))).message,
      /must be the same as the transfer currency \(eur\)/,
    )
    assert.equal((await refusal(send({}))).code, 'balance_insufficient')
    assert.equal((await refusal(send({ destination: 'acct_none' }))).code, 'resource_missing')
    await control().advance(2 * 86_400_000)
    await send({})
  })

  it('takes transfers back, wholly or in part, while the vendor has the money', async () => {
    const [charge, vendor] = [await paidCharge(), await activeVendor()]
    const transfer = await stripe.transfers.create({ amount: 9_000, currency: 'usd', destination: vendor, source_transaction: charge })
    await stripe.transfers.createReversal(transfer.id, { amount: 4_000, metadata: { op: '1' } })
    const partly = await stripe.transfers.retrieve(transfer.id)
    assert.deepEqual([partly.amount_reversed, partly.reversed, partly.reversals.data[0]?.metadata?.op], [4_000, false, '1'])
    assert.match((await refusal(stripe.transfers.createReversal(transfer.id, { amount: 5_001 }))).message, /greater than unreversed amount/)
    await control().advance(2 * 86_400_000)
    await stripe.payouts.create({ amount: 5_000, currency: 'usd' }, { stripeAccount: vendor })
    assert.equal((await refusal(stripe.transfers.createReversal(transfer.id))).code, 'balance_insufficient')
    const second = await stripe.transfers.create({ amount: 300, currency: 'usd', destination: vendor, source_transaction: charge })
    await stripe.transfers.createReversal(second.id)
    assert.match((await refusal(stripe.transfers.createReversal(second.id))).message, /already fully reversed/)
    assert.equal((await stripe.transfers.retrieve(second.id)).reversed, true)
  })

  it('loses a vendor who disconnects', async () => {
    await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['account.application.deauthorized'], connect: true })
    const [charge, vendor] = [await paidCharge(), await activeVendor()]
    const transfer = await stripe.transfers.create({ amount: 900, currency: 'usd', destination: vendor, source_transaction: charge })
    await control().disconnectAccount(vendor)
    assert.equal(await control().deliver(), 1)
    assert.equal((JSON.parse(receiver.received[0]?.body ?? '{}') as Stripe.Event).account, vendor)
    assert.equal((await refusal(stripe.balance.retrieve({}, { stripeAccount: vendor }))).statusCode, 403)
    assert.equal((await refusal(stripe.transfers.createReversal(transfer.id))).code, 'account_invalid')
  })

  it('settles in the currency of the platform, which transfers must then use', async () => {
    const other = await startBench({ settlement: { currency: 'usd', rates: { eur: 1.1 } } })
    try {
      const client = other.client()
      const { id: vendor } = await client.v2.core.accounts.create(recipient)
      await other.simulator.control.verifyAccount(vendor)
      const intent = await client.paymentIntents.create({
        ...{ amount: 10_000, currency: 'eur', confirm: true, payment_method: 'pm_card_visa', return_url: 'http://shop.test' },
        expand: ['latest_charge.balance_transaction'],
      })
      const charge = intent.latest_charge as Stripe.Charge
      const { amount, currency, exchange_rate, fee } = charge.balance_transaction as Stripe.BalanceTransaction
      assert.deepEqual([amount, currency, exchange_rate, fee], [11_000, 'usd', 1.1, 349])
      const send = (currency: string, amount: number) =>
        client.transfers.create({ amount, currency, destination: vendor, source_transaction: charge.id })
      assert.match((await refusal(send('eur', 9_000))).message, /balance transaction \(usd\)/)
      await send('usd', 11_000)
    } finally {
      await other.simulator.stop()
    }
  })
})
