import assert from 'node:assert/strict'
import { registerAgreeable } from '../../../support/agreeable.js'
import { useApp } from '../../../support/app.js'
import { asAdmin } from '../../../support/database.js'
import { good } from '../../../support/http.js'
import { brokenInvariants } from '../../../support/invariants.js'
import { promote } from '../../../support/promotions.js'
import { readyCart, startPayment } from '../../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

describe('completing a cart looks at', () => {
  const app = useApp()
  let store: TestStore
  let variants: string[]
  const sql = (text: string, values: unknown[] = []) => asAdmin(app().adminUrl, text, values)

  registerAgreeable('pp_test_later', async (_call, _money, data) => ({
    kind: 'ok',
    value: { status: 'pending_authorization', data },
  }))

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, stock: 5, autoPickShipping: false })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
  })

  it('items, payment, provider, shipping, stock and promotions, in this order', async () => {
    const { cart } = good(await store.shopper.post('/store/carts', { email: 'ada@example.com' }))
    const path = `/store/carts/${cart.id}`
    const refused = async (message: string, more: object = { type: 'invalid_data' }) => {
      const { status, body } = await store.shopper.post(`${path}/complete`)
      assert.deepEqual([status, body], [400, { message, ...more }])
    }
    const provider = (enabled: boolean) =>
      sql('update app.region_payment_provider set is_enabled = $2 where tenant_id = $1', [store.tenantId, enabled])
    const stock = (quantity: number) =>
      sql('update app.inventory_level set stocked_quantity = $2 where tenant_id = $1', [store.tenantId, quantity])
    const used = (count: number) => sql(`update app.promotion set used = $2 where tenant_id = $1`, [store.tenantId, count])
    const ship = async (index: number) => {
      good(await store.shopper.post(`${path}/shipping-methods`, { option_id: store.vendors[index]?.shippingOptionId }))
      await startPayment(store, cart.id)
    }

    await refused('Cannot complete a cart with no items')
    for (const variant_id of variants) good(await store.shopper.post(`${path}/line-items`, { variant_id, quantity: 1 }))
    await promote(store, { code: 'LAST', more: { limit: 1 } })
    good(await store.shopper.post(`${path}/promotions`, { promo_codes: ['LAST'] }))
    // All of it is wrong now; what is told is the first.
    await stock(0)
    await refused('Payment collection has not been initiated for cart')
    good(await store.shopper.post('/store/payment-collections', { cart_id: cart.id }))
    await refused('Payment sessions are required to complete cart')
    await startPayment(store, cart.id)
    await provider(false)
    await refused(`Payment provider pp_system_default is not enabled in the cart's region ${store.regionId}.`)
    await provider(true)
    await refused('No shipping method selected but the cart contains items that require shipping.')
    await ship(0)
    await refused('The cart items require shipping profiles that are not satisfied by the current shipping methods')
    await ship(1)
    await used(1)
    await refused('Some variant does not have the required inventory', { type: 'not_allowed', code: 'insufficient_inventory' })
    await stock(5)
    await refused('Promotion usage exceeds the budget limit.', { type: 'not_allowed' })
    await used(0)
    const { type, order } = good(await store.shopper.post(`${path}/complete`))
    assert.deepEqual([type, order.discount_subtotal], ['order', 3])
  })

  it('nothing of payment where there is nothing to pay', async () => {
    await promote(store, { code: 'ALL', value: 100, target_type: 'order' })
    const free = await promote(store, { code: 'SENT', value: 100, target_type: 'shipping_methods' })
    const items = [{ variant_id: variants[0], quantity: 1 }]
    const { cart } = good(await store.shopper.post('/store/carts', { email: 'ada@example.com', items, promo_codes: ['ALL', free.code] }))
    good(await store.shopper.post(`/store/carts/${cart.id}/shipping-methods`, { option_id: store.vendors[0]?.shippingOptionId }))
    const { order } = good(await store.shopper.post(`/store/carts/${cart.id}/complete`))
    assert.deepEqual([order.total, order.payment_status, 'payment_collections' in order], [0, 'captured', false])
  })

  it('what the shopper agreed to, although the money comes later', async () => {
    await sql(`insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_test_later')`, [
      store.tenantId,
      store.regionId,
    ])
    const cartId = await readyCart(store, { items: [{ variant_id: variants[0] as string, quantity: 1 }], providerId: 'pp_test_later' })
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    const fields = '*payment_collections.payments,*payment_collections.payment_sessions'
    const shown = good(await store.shopper.get(`/store/orders/${order.id}`, { fields })).order
    assert.deepEqual([shown.status, shown.payment_status, shown.summary.paid_total], ['pending', 'awaiting', 0])
    assert.equal(shown.summary.pending_difference, order.total)
    const [collection] = shown.payment_collections
    assert.deepEqual(
      [collection.status, collection.amount, collection.authorized_amount, collection.captured_amount, collection.payments],
      ['awaiting', order.total, 0, 0, []],
    )
    assert.deepEqual([collection.payment_sessions[0].status, collection.payment_sessions[0].authorized_at], ['pending_authorization', null])
    const ask = (payment_session_id: string) =>
      store.admin.post(`/admin/orders/${order.id}/payment-sessions/authorize`, { payment_session_id })
    const asked = good(await ask(collection.payment_sessions[0].id))
    assert.deepEqual([asked.is_authorized, asked.order.payment_status], [false, 'awaiting'], 'it has not come yet')
    assert.deepEqual((await ask('payses_none')).body, { type: 'not_found', message: 'PaymentSession id not found: payses_none' })
    assert.deepEqual(good(await store.shopper.post(`/store/carts/${cartId}/complete`)).order.id, order.id)
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
    const { order: canceled } = good(await store.admin.post(`/admin/orders/${order.id}/cancel`))
    assert.deepEqual([canceled.status, canceled.payment_status, canceled.summary.pending_difference], ['canceled', 'canceled', 0])
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })
})
