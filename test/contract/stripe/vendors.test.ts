import assert from 'node:assert/strict'
import type Stripe from 'stripe'
import { assertEvents, assertRefused, authorise, booked, pay, simulated, unique, useContract } from './contract.js'

describe('the contract with Stripe: vendors and transfers', () => {
  const contract = useContract()
  const stripe = () => contract().stripe
  const include: ('configuration.recipient' | 'requirements' | 'identity')[] = ['configuration.recipient', 'requirements', 'identity']

  const createVendor = (country = 'us') =>
    stripe().v2.core.accounts.create({
      contact_email: `${unique('vendor')}@example.com`,
      display_name: 'Vendor',
      dashboard: 'express',
      identity: { country, entity_type: 'company' },
      configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
      defaults: { currency: 'usd', responsibilities: { fees_collector: 'application', losses_collector: 'application' } },
      include,
    })

  async function activeVendor(): Promise<string> {
    const { id } = await createVendor()
    await contract().control.verifyAccount(id)
    return id
  }

  async function paidCharge(more: Partial<Stripe.PaymentIntentCreateParams> = {}): Promise<string> {
    const intent = await pay(contract(), more)
    await booked(contract(), intent.id)
    return intent.latest_charge as string
  }

  const transfer = (destination: string, source_transaction: string, amount: number, currency = 'usd') =>
    stripe().transfers.create({ amount, currency, destination, source_transaction })

  const capabilityOf = (account: Stripe.V2.Core.Account) =>
    account.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers?.status

  it('makes a vendor who is not to be paid yet', async () => {
    const account = await createVendor()
    assert.deepEqual([capabilityOf(account), account.dashboard, account.identity?.country], ['restricted', 'express', 'us'])
    assert.notEqual(account.requirements?.entries?.length ?? 0, 0)
  })

  it('leaves out what it was not asked for', async () => {
    const account = await stripe().v2.core.accounts.retrieve((await createVendor()).id)
    assert.deepEqual([account.configuration ?? null, account.requirements ?? null], [null, null])
  })

  it('makes links for vendors, each another', async () => {
    const { id: account } = await createVendor()
    const link = () =>
      stripe().v2.core.accountLinks.create({
        account,
        use_case: {
          type: 'account_onboarding',
          account_onboarding: {
            refresh_url: 'https://example.com/refresh',
            return_url: 'https://example.com/return',
          },
        },
      })
    const [first, second] = [await link(), await link()]
    assert.notEqual(first.url, second.url)
    assert.ok(new Date(first.expires_at) > new Date(first.created))
  })

  it('has no vendor that was never made', async () => {
    await assertRefused(stripe().v2.core.accounts.retrieve('acct_1missing'), 404, 'not_found')
  })

  simulated('lets a vendor be paid once they are verified, and no more once they are restricted', async () => {
    const id = await activeVendor()
    assert.equal(capabilityOf(await stripe().v2.core.accounts.retrieve(id, { include })), 'active')
    await contract().control.restrictAccount(id, 'identity.document')
    assert.equal(capabilityOf(await stripe().v2.core.accounts.retrieve(id, { include })), 'restricted')
  })

  it('sends nothing to a vendor who is not verified', async () => {
    await assertRefused(transfer((await createVendor()).id, await paidCharge(), 1_000), 400, 'transfers_not_allowed')
  })

  it('sends nothing to nobody', async () => {
    await assertRefused(transfer('acct_1missing', await paidCharge(), 1_000), 400, 'resource_missing')
  })

  simulated('sends a vendor their share of a charge before its money is there', async () => {
    const vendor = await activeVendor()
    const charge = await paidCharge()
    const sent = await transfer(vendor, charge, 4_000)
    assert.deepEqual([sent.amount, sent.destination, sent.source_transaction, sent.reversed], [4_000, vendor, charge, false])
    await assertEvents(contract(), sent.id, ['transfer.created'])
  })

  simulated('sends no more of a charge than it was', async () => {
    const [vendor, charge] = [await activeVendor(), await paidCharge()]
    await transfer(vendor, charge, 4_000)
    await assertRefused(transfer(vendor, charge, 1_001), 400, 'invalid_request_error')
    await transfer(vendor, charge, 1_000)
  })

  simulated('sends in the currency of the balance', async () => {
    const error = await assertRefused(transfer(await activeVendor(), await paidCharge(), 1_000, 'eur'), 400, 'invalid_request_error')
    assert.match(error.message, /balance transaction \(usd\) must be the same as the transfer currency \(eur\)/)
  })

  simulated('sends nothing of what is not captured', async () => {
    const held = (await authorise(contract())).latest_charge as string
    await assertRefused(transfer(await activeVendor(), held, 1_000), 400, 'invalid_request_error')
  })

  simulated('sends without a source what is available, and no more', async () => {
    const destination = await activeVendor()
    await assertRefused(stripe().transfers.create({ amount: 50_000_000, currency: 'usd', destination }), 400, 'balance_insufficient')
    await paidCharge({ payment_method: 'pm_card_bypassPending' })
    const sent = await stripe().transfers.create({ amount: 1_000, currency: 'usd', destination })
    assert.equal(sent.source_transaction, null)
  })

  simulated('finds transfers by their group', async () => {
    const transfer_group = unique('order')
    const source_transaction = await paidCharge({ transfer_group })
    for (const destination of [await activeVendor(), await activeVendor()])
      await stripe().transfers.create({ amount: 1_000, currency: 'usd', destination, source_transaction, transfer_group })
    assert.equal((await stripe().transfers.list({ transfer_group })).data.length, 2)
  })

  simulated('takes back parts, up to the whole', async () => {
    const sent = await transfer(await activeVendor(), await paidCharge(), 3_000)
    await stripe().transfers.createReversal(sent.id, { amount: 1_000 })
    await assertRefused(stripe().transfers.createReversal(sent.id, { amount: 2_001 }), 400, 'invalid_request_error')
    await stripe().transfers.createReversal(sent.id)
    const after = await stripe().transfers.retrieve(sent.id)
    assert.deepEqual([after.amount_reversed, after.reversed, after.reversals.data.length], [3_000, true, 2])
    await assertRefused(stripe().transfers.createReversal(sent.id), 400, 'invalid_request_error')
    await assertEvents(contract(), sent.id, ['transfer.created', 'transfer.reversed'])
  })

  simulated('takes back no more than the vendor still has', async () => {
    const vendor = await activeVendor()
    const sent = await transfer(vendor, await paidCharge(), 3_000)
    await contract().control.advance(3 * 86_400_000)
    await contract().control.payOut(vendor, 'usd')
    await assertRefused(stripe().transfers.createReversal(sent.id), 400, 'balance_insufficient')
  })
})
