import assert from 'node:assert/strict'
import { raise } from '../support/after-sale.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { signUp } from '../support/shopper.js'
import { type StripeOrder, type StripeStore, stripeId, useStripe } from '../support/stripe.js'

describe('paying with a card for what an order came to more after its sale', () => {
  const world = useStripe()
  let store: StripeStore
  before(async function () {
    this.timeout(30_000)
    store = await world().openStore({ vendors: 1, productsPerVendor: 2 })
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))
  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)
  const orderOf = async (id: string) => good(await store.shopper.get(`/store/orders/${id}`)).order
  const intentOf = (id: string) => store.stripe.paymentIntents.retrieve(id)
  const confirm = (intentId: string) => world().simulator.control.confirmPayment(intentId, 'pm_card_visa')

  /** Staff add a piece of the second product, of 11.00. */
  const raised = (orderId: string) => raise(store, orderId, store.vendors[0]?.products[1]?.variantIds[0] as string)
  const pathOf = (collectionId: string, step: string) => `/store/payment-collections/${collectionId}/${step}`
  const begin = async (collectionId: string, client = store.shopper): Promise<string> => {
    const { payment_collection } = good(await client.post(pathOf(collectionId, 'payment-sessions'), { provider_id: stripeId }))
    const [session] = payment_collection.payment_sessions
    assert.match(session.data.client_secret, /^pi_.+_secret_/)
    return session.data.id
  }
  /** A paid order that came to more, and the payment of the difference, begun. */
  async function dearer(): Promise<StripeOrder & { collectionId: string; moreId: string }> {
    const bought = await store.buy()
    await raised(bought.order.id)
    const order = await orderOf(bought.order.id)
    const open = order.payment_collections.find((collection: { status: string }) => collection.status === 'not_paid')
    assert.deepEqual([open.amount, order.summary.pending_difference], [11, 11])
    return { ...bought, order, collectionId: open.id, moreId: await begin(open.id) }
  }
  const takenOf = async (orderId: string) => {
    const order = await orderOf(orderId)
    return [order.payment_status, order.summary.paid_total, order.summary.pending_difference]
  }

  it('is taken once, whoever hears of it first: the page that comes back twice, and Stripe', async () => {
    const { order, collectionId, moreId } = await dearer()
    const again = await Promise.all([begin(collectionId), begin(collectionId)])
    assert.deepEqual(again, [moreId, moreId], 'a click more goes on with the payment that was begun')
    await confirm(moreId)
    const settle = () => store.shopper.post(pathOf(collectionId, 'settle'))
    const [first] = await Promise.all([settle(), settle(), world().settle()])
    assert.ok(first.status === 200 || first.status === 409, JSON.stringify(first.body))
    assert.equal(good(await settle()).payment_collection.status, 'completed')
    await world().settle()
    assert.deepEqual(await takenOf(order.id), ['captured', order.total, 0])
    const intent = await intentOf(moreId)
    assert.deepEqual([intent.status, intent.amount_received], ['succeeded', 1100])
    const late = await store.shopper.post(pathOf(collectionId, 'payment-sessions'), { provider_id: stripeId })
    assert.deepEqual([late.status, late.body.type], [400, 'not_allowed'])
  })

  it('is taken although the shopper closes the page, from the shopper and no other customer', async () => {
    const { order, collectionId, moreId } = await dearer()
    const [owner, other] = await Promise.all(['ada', 'eve'].map((name) => signUp(world().app, store, `${name}@example.com`)))
    await sql('update app.orders set customer_id = $1 where id = $2', [owner?.id, order.id])
    const refused = await other?.client.post(pathOf(collectionId, 'payment-sessions'), { provider_id: stripeId })
    assert.equal(refused?.status, 404)
    assert.equal((await other?.client.post(pathOf(collectionId, 'settle')))?.status, 404)
    assert.equal(await begin(collectionId, owner?.client), moreId)
    assert.equal(await begin(collectionId), moreId, 'whoever holds the mailed link has the id, and is not signed in')
    await confirm(moreId)
    await world().settle()
    assert.deepEqual(await takenOf(order.id), ['captured', order.total, 0])
  })

  it('is begun anew where the order came to more meanwhile, and what was agreed to before is let go', async () => {
    const { order, collectionId, moreId } = await dearer()
    await raised(order.id)
    // The shopper agrees to the old amount, or is too late already: Stripe has let it go.
    await confirm(moreId).catch((error: Error) => assert.match(error.message, /status of canceled/))
    await world().settle()
    assert.equal((await intentOf(moreId)).status, 'canceled')
    const anew = await begin(collectionId)
    assert.equal((await intentOf(anew)).amount, 2200)
    await confirm(anew)
    await world().settle()
    assert.deepEqual(await takenOf(order.id), ['captured', order.total + 11, 0])
  })

  it('goes back where it comes of a try that had failed, for an amount that is asked no more', async () => {
    const { order, collectionId, moreId } = await dearer()
    // As a bank debit that failed after days leaves it: at Stripe it can be tried again.
    await sql(`update app.payment_session set status = 'error' where reference = $1`, [moreId])
    await sql(`update app.payment_collection set status = 'failed' where id = $1`, [collectionId])
    await raised(order.id)
    await confirm(moreId)
    await world().settle()
    assert.equal((await intentOf(moreId)).status, 'canceled')
    await confirm(await begin(collectionId))
    await world().settle()
    assert.deepEqual(await takenOf(order.id), ['captured', order.total + 11, 0])
  })

  it('is not taken for an order that is canceled meanwhile, or of which staff ask for it no more', async () => {
    const canceled = await dearer()
    await confirm(canceled.moreId)
    good(await store.admin.post(`/admin/orders/${canceled.order.id}/cancel`))
    const withdrawn = await dearer()
    await confirm(withdrawn.moreId)
    good(await store.admin.delete(`/admin/payment-collections/${withdrawn.collectionId}`))
    const asked = good(await store.admin.post('/admin/payment-collections', { order_id: withdrawn.order.id })).payment_collection
    assert.deepEqual([asked.amount, asked.id === withdrawn.collectionId], [11, false])
    await world().settle()
    for (const { moreId } of [canceled, withdrawn]) assert.equal((await intentOf(moreId)).status, 'canceled')
    assert.equal((await orderOf(canceled.order.id)).payment_status, 'refunded')
    const late = await store.shopper.post(pathOf(canceled.collectionId, 'payment-sessions'), { provider_id: stripeId })
    assert.deepEqual([late.status, late.body.type], [400, 'not_allowed'])
  })

  it('is paid in part where somebody takes a part in Stripe’s own pages: the rest is to be paid anew', async () => {
    const { order, collectionId, moreId } = await dearer()
    await confirm(moreId)
    await store.stripe.paymentIntents.capture(moreId, { amount_to_capture: 400 })
    await world().settle()
    const after = await orderOf(order.id)
    assert.deepEqual([after.summary.paid_total, after.summary.pending_difference], [order.total - 7, 7])
    const open = after.payment_collections.filter((one: { status: string }) => one.status === 'not_paid')
    assert.deepEqual([open.length, open[0]?.amount, open[0]?.id === collectionId], [1, 7, false])
  })

  it('is paid in cash after all: the card is let go', async () => {
    const { order, collectionId, moreId } = await dearer()
    good(await store.admin.post(`/admin/payment-collections/${collectionId}/mark-as-paid`, { order_id: order.id }))
    await confirm(moreId).catch(() => undefined)
    await world().settle()
    assert.equal((await intentOf(moreId)).status, 'canceled')
    assert.deepEqual(await takenOf(order.id), ['captured', order.total, 0])
  })
})
