import assert from 'node:assert/strict'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { connectAccount, type StripeOrder, type StripeStore, useStripe } from '../support/stripe.js'

describe('a dispute', () => {
  const world = useStripe()
  let store: StripeStore
  before(async function () {
    this.timeout(30_000)
    store = await world().openStore({ vendors: 2 })
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))

  const variants = () => store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 }))
  const control = () => world().simulator.control

  async function disputed(options: { amount?: number; inquiry?: boolean } = {}): Promise<StripeOrder & { reference: string }> {
    const bought = await store.buy(variants())
    await world().settle()
    const intent = await store.stripe.paymentIntents.retrieve(bought.intentId)
    const reference = await control().openDispute(intent.latest_charge as string, options)
    await world().settle()
    return { ...bought, reference }
  }
  const disputeOf = async (orderId: string) => good(await store.admin.get('/admin/disputes', { order_id: orderId })).disputes[0]

  /** What accounts came to since they were looked at before: by code. */
  async function balances(): Promise<Record<string, number>> {
    const rows = await asAdmin<{ code: string; balance: string }>(
      world().app.adminUrl,
      `select a.code, sum(p.amount_minor) as balance from app.ledger_posting p
       join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id where p.tenant_id = $1 group by 1`,
      [store.tenantId],
    )
    return Object.fromEntries(rows.map((row) => [row.code, Number(row.balance)]))
  }
  const netAtStripe = () =>
    control()
      .snapshot()
      .balanceTransactions.filter((transaction) => transaction.account.includes(store.accountName))
      .reduce((sum, transaction) => sum + (transaction.net as number), 0)
  async function clears() {
    const books = await balances()
    assert.equal(books['A:psp_clearing'], netAtStripe())
    assert.equal(books['A:shopper'] ?? 0, 0)
    return books
  }

  it('that is an inquiry moves no money', async () => {
    const { order, reference } = await disputed({ inquiry: true })
    assert.equal((await disputeOf(order.id)).status, 'inquiry')
    assert.equal((await clears())['A:dispute_hold'] ?? 0, 0)
    await control().closeDispute(reference, 'warning_closed')
    await world().settle()
    assert.equal((await disputeOf(order.id)).status, 'inquiry_closed')
    assert.equal((await clears())['A:dispute_hold'] ?? 0, 0)
  })

  it('takes the money while the bank decides, stands against a refund, and gives it back when it is won', async () => {
    const before = await balances()
    const { order, paymentId, reference } = await disputed()
    const dispute = await disputeOf(order.id)
    assert.equal(dispute.status, 'needs_response')
    assert.equal(dispute.amount, order.total)
    const total = Math.round(order.total * 100)
    const held = await clears()
    assert.equal(held['A:dispute_hold'], total)
    assert.equal((held['E:dispute_fee'] ?? 0) - (before['E:dispute_fee'] ?? 0), 1500)
    const refused = await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 1 })
    assert.equal(refused.status, 400)
    assert.match(refused.body.message, /bank has this money .* Wait for its decision/)
    const answered = good(
      await store.admin.post(`/admin/disputes/${dispute.id}/evidence`, { product_description: 'A lamp, sent and received.' }),
    )
    assert.equal(answered.dispute.status, 'under_review')
    const twice = await store.admin.post(`/admin/disputes/${dispute.id}/evidence`, { uncategorized_text: 'And one more thing.' })
    assert.match(twice.body.message, /answered already/)
    await control().closeDispute(reference, 'won')
    await world().settle()
    assert.equal((await disputeOf(order.id)).status, 'won')
    assert.equal((await clears())['A:dispute_hold'], 0)
    good(await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 1 }))
  })

  it('that is lost is borne by the vendors, and is turned when it is won late', async () => {
    const before = await balances()
    const { order, paymentId, reference } = await disputed()
    await control().closeDispute(reference, 'lost')
    await world().settle()
    assert.equal((await disputeOf(order.id)).status, 'lost')
    const owed = async () => good(await store.admin.get(`/admin/orders/${order.id}`)).order.summary.pending_difference
    assert.equal(await owed(), 0, 'the bank has given the shopper the money')
    const lost = await clears()
    for (const code of ['A:dispute_hold', 'L:vendor', 'R:commission', 'L:tax', 'E:dispute_loss']) {
      assert.equal(lost[code] ?? 0, before[code] ?? 0, code)
    }
    const refused = await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 1 })
    assert.match(refused.body.message, /left to refund/)
    await control().createEvent('charge.dispute.updated', reference)
    await world().settle()
    assert.deepEqual(await clears(), lost)
    await control().closeDispute(reference, 'won')
    await world().settle()
    const won = await clears()
    assert.equal(won['A:dispute_hold'], 0)
    assert.ok((won['L:vendor'] ?? 0) < (before['L:vendor'] ?? 0), 'vendors are owed their share again')
    good(await store.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 1 }))
  })

  it('that is lost after a refund, or that the store bears, is the loss of the store', async () => {
    const bought = await store.buy(variants())
    await world().settle()
    const total = Math.round(bought.order.total * 100)
    good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { amount: (total - 300) / 100 }))
    await world().settle()
    const intent = await store.stripe.paymentIntents.retrieve(bought.intentId)
    const before = await balances()
    const reference = await control().openDispute(intent.latest_charge as string, { amount: 500 })
    await control().closeDispute(reference, 'lost')
    await world().settle()
    const lost = await clears()
    assert.equal((lost['E:dispute_loss'] ?? 0) - (before['E:dispute_loss'] ?? 0), 200)
    const { stores } = good(await store.admin.get('/admin/stores'))
    good(await store.admin.post(`/admin/stores/${stores[0].id}`, { dispute_liability: 'store' }))
    const borne = await disputed()
    await control().closeDispute(borne.reference, 'lost')
    await world().settle()
    const after = await clears()
    assert.equal((after['E:dispute_loss'] ?? 0) - (lost['E:dispute_loss'] ?? 0), Math.round(borne.order.total * 100))
    good(await store.admin.post(`/admin/stores/${stores[0].id}`, { dispute_liability: 'vendor' }))
  })

  it('comes to the same in whatever order, and however often, its events come', async () => {
    control().setFaults({ delivery: { duplicate: [1, 3], reorder: true } })
    const { order, reference } = await disputed()
    await control().closeDispute(reference, 'lost')
    await control().closeDispute(reference, 'won')
    await world().settle()
    await world().settle()
    control().setFaults({ delivery: { duplicate: [1, 1], reorder: false } })
    assert.equal((await disputeOf(order.id)).status, 'won')
    assert.equal((await clears())['A:dispute_hold'], 0)
  })

  it('of a payment on an account that the store has replaced is read there', async () => {
    const bought = await store.buy(variants())
    await world().settle()
    await connectAccount(store, `${store.accountName}new`)
    const intent = await store.stripe.paymentIntents.retrieve(bought.intentId)
    const reference = await control().openDispute(intent.latest_charge as string)
    await world().settle()
    assert.equal((await disputeOf(bought.order.id))?.status, 'needs_response')
    await control().closeDispute(reference, 'won')
    await world().settle()
    assert.equal((await disputeOf(bought.order.id)).status, 'won')
    assert.equal((await clears())['A:dispute_hold'] ?? 0, 0)
    const parked = await asAdmin(world().app.adminUrl, `select id from app.payment_event where tenant_id = $1 and state <> 'done'`, [
      store.tenantId,
    ])
    assert.deepEqual(parked, [])
  })
})
