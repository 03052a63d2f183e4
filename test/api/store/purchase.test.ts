import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { addressIn, fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const cents = (amount: number) => Math.round(amount * 100)
const sum = (amounts: number[]) => amounts.reduce((total, amount) => total + cents(amount), 0)

describe('buying from three vendors at once', () => {
  const app = useApp()
  let store: TestStore
  let variantIds: string[]

  before(async () => {
    store = await createTestStore(app(), { vendors: 3, tax_ppm: 82_500 })
    variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
  })

  async function buy() {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds, quantity: 3 })
    const { status, body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(status, 200, JSON.stringify(body))
    return { cartId, body }
  }

  it('ends in one order that names its number, its buyer and where it goes', async () => {
    const { body } = await buy()
    assert.equal(body.type, 'order')
    const { order } = body
    assert.match(order.id, /^order_/)
    assert.equal(order.email, 'ada@example.com')
    assert.equal(order.status, 'pending')
    assert.equal(order.currency_code, 'usd')
    assert.equal(order.shipping_address.country_code, 'us')
    assert.equal(order.payment_status, 'captured')
    assert.equal(order.fulfillment_status, 'not_fulfilled')
    assert.ok(Number.isInteger(order.display_id))
  })

  it('shows each item with its vendor, its totals and what became of it', async () => {
    const { body } = await buy()
    const { items } = body.order
    assert.deepEqual(
      items.map((item: { vendor: { handle: string } }) => item.vendor.handle),
      ['vendor-1', 'vendor-2', 'vendor-3'],
    )
    for (const item of items) {
      assert.equal(item.quantity, 3)
      assert.equal(item.detail.quantity, 3)
      assert.equal(item.detail.fulfilled_quantity, 0)
      assert.equal(item.detail.item_id, item.id)
      assert.equal(cents(item.subtotal), cents(item.unit_price) * 3)
      assert.equal(cents(item.tax_total), Math.round(cents(item.subtotal) * 0.0825))
      assert.equal(cents(item.total), cents(item.subtotal) + cents(item.tax_total))
      assert.equal(item.tax_lines[0].rate, 8.25)
      assert.equal(item.variant.product.title, item.title)
      assert.equal(item.refundable_total, item.total)
    }
  })

  it('divides the order among the vendors to the last cent', async () => {
    const { body } = await buy()
    const { order } = body
    assert.equal(order.vendor_orders.length, 3)
    assert.equal(order.shipping_methods.length, 3)
    for (const name of ['total', 'item_total', 'shipping_total', 'tax_total', 'subtotal']) {
      assert.equal(sum(order.vendor_orders.map((part: Record<string, number>) => part[name])), cents(order[name]), name)
    }
    assert.equal(cents(order.total), cents(order.subtotal) + cents(order.tax_total))
    assert.equal(order.payment_collections[0].amount, order.total)
    assert.deepEqual(order.summary, {
      pending_difference: 0,
      current_order_total: order.total,
      original_order_total: order.total,
      transaction_total: order.total,
      paid_total: order.total,
      refunded_total: 0,
      accounting_total: order.total,
      credit_line_total: 0,
    })
    assert.deepEqual(
      order.vendor_orders.map((part: { display_id: string }) => part.display_id),
      [1, 2, 3].map((position) => `${order.display_id}-${position}`),
    )
  })

  it('charges what the cart said it would, once shipping was chosen for every vendor', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    const choices = store.vendors.map((vendor) => ({ option_id: vendor.shippingOptionId }))
    const { body } = await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, choices)
    assert.equal(body.cart.shipping_methods.length, 3)
    await pay(cartId)
    const done = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(done.body.order.total, body.cart.total)
  })

  it('charges what the cart has said since its payment was begun, where shipping was chosen for one vendor alone', async () => {
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    const { cart } = (await store.shopper.get(`/store/carts/${cartId}`)).body
    assert.equal(cart.shipping_methods.length, 3)
    assert.equal(cart.payment_collection.payment_sessions[0].amount, cart.total)
    const { order } = (await store.shopper.post(`/store/carts/${cartId}/complete`)).body
    assert.equal(order.total, cart.total)
  })

  async function pay(cartId: string) {
    const collection = await store.shopper.post('/store/payment-collections', { cart_id: cartId })
    const session = await store.shopper.post(`/store/payment-collections/${collection.body.payment_collection.id}/payment-sessions`, {
      provider_id: 'pp_system_default',
      data: {},
    })
    assert.equal(session.status, 200, JSON.stringify(session.body))
    return session.body.payment_collection
  }

  it('answers the same order when the cart is completed again, and to five who complete it at once', async () => {
    const { cartId, body } = await buy()
    const again = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.deepEqual(again.body, body)
    const open = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    const answers = await Promise.all(Array.from({ length: 5 }, () => store.shopper.post(`/store/carts/${open}/complete`)))
    assert.deepEqual(
      answers.map((answer) => answer.status),
      [200, 200, 200, 200, 200],
    )
    for (const answer of answers) assert.deepEqual(answer.body.order, answers[0]?.body.order)
    const rows = await asAdmin<{ orders: number }>(app().adminUrl, 'select count(*)::int as orders from app.orders where cart_id = $1', [
      open,
    ])
    assert.equal(rows[0]?.orders, 1)
  })

  it('shows the order to whoever knows its id, with the payment when asked', async () => {
    const { body } = await buy()
    const { order } = (
      await store.shopper.get(`/store/orders/${body.order.id}`, {
        fields: '*payment_collections.payments,*items,*items.metadata,*items.variant,*items.product',
      })
    ).body
    const [payment] = order.payment_collections[0].payments
    assert.deepEqual([payment.metadata, payment.payment_session.id], [null, payment.payment_session_id])
    assert.equal(payment.provider_id, 'pp_system_default')
    assert.equal(payment.amount, order.total)
    assert.equal(order.items[0].product.id, store.vendors[0]?.products[0]?.id)
  })

  it('tells the shopper nothing of what store and vendor settle, of other people, or of a draft', async () => {
    const { body } = await buy()
    const path = `/store/orders/${body.order.id}`
    const { order } = (
      await store.shopper.get(path, { fields: '*vendor_orders,*fulfillments,*payment_collections.payment_sessions,commission_total' })
    ).body
    assert.doesNotMatch(JSON.stringify(order), /commission|vendor_amount|client_secret|created_by/)
    assert.ok(order.vendor_orders[0].total > 0)
    await asAdmin(app().adminUrl, `update app.orders set status = 'draft' where id = $1`, [body.order.id])
    const draft = await store.shopper.get(path)
    assert.equal(draft.status, 404)
    assert.deepEqual(draft.body, { type: 'not_found', message: `Order id not found: ${body.order.id}` })
  })

  it('leaves the cart as it was sold, and refuses every change of it', async () => {
    const { cartId } = await buy()
    const { cart } = (await store.shopper.get(`/store/carts/${cartId}`, { fields: '+items.total' })).body
    assert.notEqual(cart.completed_at, null)
    const changes = [
      store.shopper.post(`/store/carts/${cartId}`, { email: 'eve@example.com' }),
      store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variantIds[0], quantity: 1 }),
      store.shopper.post(`/store/carts/${cartId}/line-items/${cart.items[0].id}`, { quantity: 1 }),
      store.shopper.delete(`/store/carts/${cartId}/line-items/${cart.items[0].id}`),
      store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: store.vendors[0]?.shippingOptionId }),
      store.shopper.post(`/store/carts/${cartId}/taxes`),
      store.shopper.post('/store/payment-collections', { cart_id: cartId }),
      store.shopper.post(`/store/payment-collections/${cart.payment_collection.id}/payment-sessions`, { provider_id: 'pp_system_default' }),
      store.shopper.post(`/store/carts/${cartId}/promotions`, { promo_codes: [] }),
      store.shopper.delete(`/store/carts/${cartId}/promotions`, { promo_codes: [] }),
      store.shopper.post(`/store/carts/${cartId}/gift-cards`, { code: 'ANY' }),
    ]
    for (const { status, body } of await Promise.all(changes)) {
      assert.equal(status, 400)
      assert.deepEqual(body, { type: 'invalid_data', message: `Cart ${cartId} is already completed.` })
    }
  })

  it('keeps an order unpaid until the store takes the money, where the store wants it so', async () => {
    const careful = await createTestStore(app(), { paymentCapture: 'manual' })
    const ids = [careful.vendors[0]?.products[0]?.variantIds[0] as string]
    const cartId = await fillCart(careful.shopper, { regionId: careful.regionId, variantIds: ids })
    const { order } = (await careful.shopper.post(`/store/carts/${cartId}/complete`)).body
    assert.equal(order.payment_status, 'authorized')
    assert.equal(order.summary.paid_total, 0)
    assert.equal(order.summary.pending_difference, order.total)
    assert.equal(order.payment_collections[0].status, 'authorized')
  })

  it('sells nothing twice: the last pieces go to one of two carts', async () => {
    const scarce = await createTestStore(app(), { stock: 3 })
    const ids = [scarce.vendors[0]?.products[0]?.variantIds[0] as string]
    const carts = await Promise.all(
      [2, 2].map((quantity) => fillCart(scarce.shopper, { regionId: scarce.regionId, variantIds: ids, quantity })),
    )
    const answers = await Promise.all(carts.map((id) => scarce.shopper.post(`/store/carts/${id}/complete`)))
    assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 400])
    const refused = answers.find((answer) => answer.status === 400)
    assert.deepEqual(refused?.body, {
      type: 'not_allowed',
      code: 'insufficient_inventory',
      message: 'Some variant does not have the required inventory',
    })
  })

  it('takes the address of a store with one country for granted', async () => {
    const { cart } = (await store.shopper.post('/store/carts', {})).body
    assert.equal(cart.shipping_address.country_code, 'us')
    assert.equal(cart.region_id, store.regionId)
    assert.equal(cart.region.countries[0].iso_2, 'us')
    assert.equal(cart.billing_address, null)
    assert.equal(cart.payment_collection, undefined)
  })

  it("hides every cart and order from another store's key", async () => {
    const other = await createTestStore(app())
    const { body } = await buy()
    const open = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    const known = (await store.shopper.get(`/store/carts/${open}`)).body.cart
    const line = known.items[0].id
    const strange = client(app(), { publishableKey: other.publishableKey })
    const asks: [string, Promise<{ status: number; body: { type: string } }>][] = [
      ['cart', strange.get(`/store/carts/${open}`)],
      ['update', strange.post(`/store/carts/${open}`, { email: 'eve@example.com' })],
      ['add', strange.post(`/store/carts/${open}/line-items`, { variant_id: other.vendors[0]?.products[0]?.variantIds[0], quantity: 1 })],
      ['change line', strange.post(`/store/carts/${open}/line-items/${line}`, { quantity: 1 })],
      ['delete line', strange.delete(`/store/carts/${open}/line-items/${line}`)],
      ['ship', strange.post(`/store/carts/${open}/shipping-methods`, { option_id: other.vendors[0]?.shippingOptionId })],
      ['taxes', strange.post(`/store/carts/${open}/taxes`)],
      ['complete', strange.post(`/store/carts/${open}/complete`)],
      ['options', strange.get('/store/shipping-options', { cart_id: open })],
      ['calculate', strange.post(`/store/shipping-options/${store.vendors[0]?.shippingOptionId}/calculate`, { cart_id: open })],
      ['collection', strange.post('/store/payment-collections', { cart_id: open })],
      [
        'session',
        strange.post(`/store/payment-collections/${known.payment_collection.id}/payment-sessions`, { provider_id: 'pp_system_default' }),
      ],
      ['order', strange.get(`/store/orders/${body.order.id}`)],
      ['region of a cart', strange.post('/store/carts', { region_id: store.regionId })],
    ]
    for (const [name, ask] of asks) {
      const answer = await ask
      assert.equal(answer.status, 404, `${name}: ${JSON.stringify(answer.body)}`)
      assert.equal(answer.body.type, 'not_found', name)
    }
    assert.deepEqual((await store.shopper.get(`/store/carts/${open}`)).body.cart, known)
    const { body: providers } = await strange.get('/store/payment-providers', { region_id: store.regionId })
    assert.deepEqual([providers.payment_providers, providers.count], [[], 0])
  })

  it("does not put another store's variant into a cart, nor lets it be sent with another store's option", async () => {
    const other = await createTestStore(app())
    const variant = other.vendors[0]?.products[0]?.variantIds[0]
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    const added = await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variant, quantity: 1 })
    assert.equal(added.status, 400)
    assert.deepEqual(added.body, {
      type: 'invalid_data',
      message: `Variants ${variant} do not exist or belong to a product that is not published`,
    })
    const sent = await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: other.vendors[0]?.shippingOptionId })
    assert.equal(sent.status, 400)
    assert.deepEqual(sent.body, { type: 'invalid_data', message: 'Shipping Options are invalid for cart.' })
  })

  it('notes the e-mail of a guest once, whatever its case', async () => {
    const first = await store.shopper.post('/store/carts', { email: 'Grace@Example.com', shipping_address: addressIn('us') })
    const second = await store.shopper.post('/store/carts', { email: 'grace@example.com' })
    assert.equal(first.body.cart.email, 'grace@example.com')
    assert.equal(first.body.cart.customer.id, second.body.cart.customer.id)
  })
})
