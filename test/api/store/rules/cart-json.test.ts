import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { good } from '../../../support/http.js'
import { promote } from '../../../support/promotions.js'
import { addressIn } from '../../../support/purchase.js'
import { startPayment } from '../../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

const words = (text: string) => text.trim().split(/\s+/)

const totals = words(`total subtotal tax_total discount_total discount_subtotal discount_tax_total original_total original_subtotal
  original_tax_total`)
const root = words(`id currency_code email locale region_id sales_channel_id shipping_address_id billing_address_id metadata created_at
  updated_at completed_at promotions items shipping_methods shipping_address billing_address customer region credit_lines
  item_total item_subtotal item_tax_total item_discount_total original_item_total original_item_subtotal original_item_tax_total
  shipping_total shipping_subtotal shipping_tax_total shipping_discount_total original_shipping_total original_shipping_subtotal
  original_shipping_tax_total credit_line_total credit_line_subtotal credit_line_tax_total`)
const line = words(`id cart_id title thumbnail quantity unit_price compare_at_unit_price is_tax_inclusive is_discountable is_giftcard
  requires_shipping product_id product_title product_description product_subtitle product_type product_type_id product_collection
  product_handle variant_id variant_sku variant_barcode variant_title metadata created_at updated_at product variant tax_lines adjustments`)
const method = words(`id cart_id name description amount is_tax_inclusive shipping_option_id data metadata tax_lines adjustments
  created_at updated_at`)
const address = words(`id first_name last_name company address_1 address_2 city postal_code country_code region_code province phone`)

describe('a cart on the wire', () => {
  const app = useApp()
  let store: TestStore
  let cartId: string
  const cart = async (fields?: string) =>
    good(await store.shopper.get(`/store/carts/${cartId}`, fields === undefined ? {} : { fields })).cart
  const has = (entity: object, names: readonly string[]) => {
    for (const name of names) assert.ok(name in entity, `${name} is missing`)
  }

  before(async () => {
    store = await createTestStore(app(), { tax_ppm: 82_500 })
    await promote(store, { code: 'TENTH' })
    await promote(store, { code: 'SENT', target_type: 'shipping_methods' })
    const items = [{ variant_id: store.vendors[0]?.products[0]?.variantIds[0], quantity: 3, metadata: { note: 'blue' } }]
    const [shipping_address, billing_address] = [addressIn('us'), addressIn('us')]
    const body = {
      email: 'ada@example.com',
      items,
      promo_codes: ['TENTH', 'SENT'],
      shipping_address,
      billing_address,
      metadata: { from: 'x' },
    }
    cartId = good(await store.shopper.post('/store/carts', body)).cart.id
    good(
      await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, {
        option_id: store.vendors[0]?.shippingOptionId,
        data: { gate: 3 },
      }),
    )
  })

  it('has what clients read of it, unset values as null', async () => {
    const found = await cart()
    has(found, [...root, ...totals])
    has(found.shipping_address, address)
    has(found.billing_address, address)
    assert.equal(found.shipping_address.region_code, null)
    assert.deepEqual([found.shipping_address.address_2, found.locale, found.completed_at], [null, null, null])
    assert.deepEqual([found.shipping_address_id, found.billing_address_id], [found.shipping_address.id, found.billing_address.id])
    assert.deepEqual(Object.keys(found.region).sort(), ['automatic_taxes', 'countries', 'currency_code', 'id', 'name'])
    assert.deepEqual(Object.keys(found.customer).sort(), ['email', 'groups', 'id'])
    for (const name of ['iso_2', 'iso_3', 'num_code', 'name', 'display_name']) assert.ok(name in found.region.countries[0], name)
    assert.equal('payment_collection' in found, false)
    assert.match(found.id, /^cart_/)
  })

  it('has lines with what they are of, what they cost and why', async () => {
    const [found] = (await cart('*items,*items.tax_lines,*items.adjustments,+items.variant_option_values,+items.is_custom_price')).items
    has(found, [...line, ...totals])
    assert.match(found.id, /^cali_/)
    assert.deepEqual([found.title, found.product_title, found.subtitle, found.variant_title], ['Thing 1.1', 'Thing 1.1', 'S', 'S'])
    assert.deepEqual([found.variant_sku, found.product_handle, found.is_custom_price], ['V1-1-S', 'thing-1-1', false])
    assert.deepEqual(found.variant_option_values, { Size: 'S' })
    // 3 × 10.00 less 3.00, and 8.25 % of both: before the discount 2.475, after it 2.2275.
    const [tax] = found.tax_lines
    assert.deepEqual([tax.rate, tax.code, tax.item_id, tax.subtotal, tax.total], [8.25, 'tax', found.id, 2.48, 2.23])
    has(tax, ['id', 'description', 'provider_id', 'data', 'metadata', 'tax_rate_id'])
    const [adjustment] = found.adjustments
    assert.deepEqual([adjustment.code, adjustment.amount, adjustment.item_id, adjustment.subtotal], ['TENTH', 3, found.id, 3])
    has(adjustment, ['id', 'promotion_id', 'description', 'provider_id', 'is_tax_inclusive', 'total'])
    const [{ item_total, item_subtotal, item_tax_total, adjustments }] = (await cart('items.item_total,+items.adjustments.cart_id')).items
    assert.deepEqual([item_total, item_subtotal, item_tax_total], [found.total, found.subtotal, found.tax_total])
    assert.deepEqual([adjustment.cart_id, adjustments[0].cart_id], [cartId, cartId])
  })

  it('has shipping methods with the data that they were chosen with', async () => {
    const [found] = (await cart('*shipping_methods,*shipping_methods.tax_lines,*shipping_methods.adjustments')).shipping_methods
    has(found, [...method, ...totals])
    assert.match(found.id, /^casm_/)
    assert.deepEqual([found.data, found.amount, found.cart_id], [{ gate: 3 }, 5, cartId])
    assert.deepEqual([found.tax_lines[0].shipping_method_id, found.adjustments[0].shipping_method_id], [found.id, found.id])
    assert.match(found.adjustments[0].id, /^casmadj_/)
    assert.equal(found.adjustments[0].cart_id, cartId)
    assert.match(found.tax_lines[0].id, /^casmtxl_/)
  })

  it('has a payment collection once it is paid for, with the session that pays', async () => {
    await startPayment(store, cartId)
    const { payment_collection: collection, total } = await cart('+payment_collection.payment_providers.id')
    for (const name of words('id currency_code amount status authorized_amount captured_amount refunded_amount completed_at metadata')) {
      assert.ok(name in collection, name)
    }
    assert.match(collection.id, /^pay_col_/)
    assert.deepEqual([collection.amount, collection.status, collection.currency_code], [total, 'not_paid', 'usd'])
    const [session] = collection.payment_sessions
    assert.match(session.id, /^payses_/)
    for (const name of words('amount currency_code provider_id data context status authorized_at')) assert.ok(name in session, name)
    assert.deepEqual([session.amount, session.status, session.authorized_at], [total, 'pending', null])
    assert.equal(collection.authorized_amount, null, 'nothing was agreed to yet')
    good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    const { payment_collection: paid } = await cart()
    const { authorized_amount, captured_amount, refunded_amount } = paid
    assert.deepEqual([authorized_amount, captured_amount, refunded_amount], [total, total, 0])
  })
})
