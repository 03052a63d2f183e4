import assert from 'node:assert/strict'
import { addReturnOption, buy, packAll } from '../../../support/after-sale.js'
import { useApp } from '../../../support/app.js'
import { good } from '../../../support/http.js'
import { promote } from '../../../support/promotions.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

const words = (text: string) => text.trim().split(/\s+/)

const root = words(`id display_id custom_display_id status region_id email currency_code created_at updated_at payment_status
  fulfillment_status summary shipping_address billing_address items shipping_methods payment_collections credit_lines
  total subtotal tax_total discount_total discount_subtotal discount_tax_total original_total original_subtotal original_tax_total
  item_total item_subtotal item_tax_total item_discount_total original_item_total shipping_total shipping_subtotal shipping_tax_total
  shipping_discount_total original_shipping_total credit_line_total gift_card_total`)
const summary = words(`pending_difference current_order_total original_order_total transaction_total paid_total refunded_total
  accounting_total credit_line_total`)
const item = words(`id title subtitle thumbnail quantity unit_price compare_at_unit_price is_tax_inclusive is_discountable is_giftcard
  is_custom_price requires_shipping product_id product_title product_description product_subtitle product_type product_type_id
  product_collection product_handle variant_id variant_sku variant_barcode variant_title variant_option_values metadata created_at
  updated_at detail variant tax_lines adjustments refundable_total refundable_total_per_unit total subtotal original_total
  item_total item_subtotal item_tax_total fulfilled_total shipped_total return_requested_total return_received_total return_dismissed_total write_off_total`)
const detail =
  words(`id item_id quantity unit_price compare_at_unit_price deleted_at fulfilled_quantity shipped_quantity delivered_quantity return_requested_quantity
  return_received_quantity return_dismissed_quantity written_off_quantity metadata created_at updated_at`)
const fulfillment = words(`id location_id packed_at shipped_at delivered_at canceled_at requires_shipping provider_id shipping_option_id
  created_at updated_at labels`)
const sentBack = words(`id order_id display_id status location_id exchange_id claim_id refund_amount no_notification metadata requested_at
  received_at canceled_at created_at updated_at items`)

describe('an order on the wire', () => {
  const app = useApp()
  let store: TestStore
  let orderId: string
  let lineId: string
  const has = (entity: object, names: readonly string[]) => {
    for (const name of names) assert.ok(name in entity, `${name} is missing`)
  }
  const shown = async (fields?: string) =>
    good(await store.shopper.get(`/store/orders/${orderId}`, fields === undefined ? {} : { fields })).order

  before(async () => {
    store = await createTestStore(app(), { tax_ppm: 82_500 })
    await promote(store, { code: 'AUTO', more: { is_automatic: true } })
    await promote(store, { code: 'SENT', target_type: 'shipping_methods', more: { is_automatic: true } })
    const bought = await buy(store)
    orderId = bought.id
    lineId = bought.lines[0] as string
    await packAll(store, bought)
  })

  it('has what clients read of it', async () => {
    const order = await shown()
    has(order, root)
    has(order.summary, summary)
    assert.deepEqual([typeof order.payment_status, typeof order.fulfillment_status], ['string', 'string'])
    assert.equal('cart_id' in order, false)
    const more = await shown('+customer_id,+sales_channel_id,+metadata,*customer,*promotions,*promotions.application_method')
    has(more, ['customer_id', 'sales_channel_id', 'metadata'])
    assert.deepEqual(Object.keys(more.customer).sort(), ['email', 'id'])
    const { id: _id, ...method } = more.promotions[0].application_method
    assert.deepEqual(method, { value: 10, type: 'percentage', currency_code: null })
  })

  it('has items with what became of them', async () => {
    const order = await shown('*items.product')
    const [found] = order.items
    has(found, item)
    has(found.detail, detail)
    assert.match(found.id, /^ordli_/)
    assert.match(found.tax_lines[0].id, /^ordlitxl_/)
    has(found.tax_lines[0], words('created_at updated_at deleted_at'))
    has(found.variant, words('variant_rank metadata'))
    assert.match(order.shipping_address.id, /^ordaddr_/)
    has(order.shipping_address, words('customer_id deleted_at'))
    assert.deepEqual([found.fulfilled_total, found.shipped_total], [found.total, 0])
    assert.equal('cart_id' in found, false)
    assert.deepEqual([found.product.id, found.variant.product.id], Array(2).fill(store.vendors[0]?.products[0]?.id))
    assert.deepEqual(found.detail.fulfilled_quantity, found.quantity)
    const [method] = order.shipping_methods
    has(method, words('id order_id name amount is_tax_inclusive shipping_option_id data metadata tax_lines adjustments total subtotal'))
    assert.equal(method.order_id, orderId)
    assert.deepEqual([found.item_total, found.item_subtotal, found.item_tax_total], [found.total, found.subtotal, found.tax_total])
    assert.deepEqual([found.adjustments[0].order_id, method.adjustments[0].order_id], [orderId, orderId])
  })

  it('has the other variants of what was bought where they are asked for, while it is for sale', async () => {
    const product = store.vendors[0]?.products[0]
    const variants = async () => (await shown('items.variant.product.variants')).items[0].variant.product.variants as { id: string }[]
    assert.deepEqual(
      (await variants()).map(({ id }) => id),
      product?.variantIds,
    )
    assert.equal('variants' in (await shown()).items[0].variant.product, false)
    good(await store.admin.post(`/admin/products/${product?.id}`, { status: 'draft' }))
    assert.deepEqual(await variants(), [])
    good(await store.admin.post(`/admin/products/${product?.id}`, { status: 'published' }))
  })

  it('has what was packed of it, and what was paid for it', async () => {
    const order = await shown('*fulfillments,*fulfillments.labels,*payment_collections.payments')
    has(order.fulfillments[0], fulfillment)
    assert.deepEqual([order.fulfillments[0].shipped_at, order.fulfillment_status], [null, 'fulfilled'])
    const [payment] = order.payment_collections[0].payments
    has(payment, words('id amount currency_code provider_id data captured_at canceled_at created_at'))
    assert.equal(payment.amount, order.total)
  })

  it('is canceled in its fulfilment when everything is unpacked again, and no more when it is packed anew', async () => {
    const bought = await buy(store)
    const packed = await packAll(store, bought)
    const path = `/admin/orders/${bought.id}/fulfillments/${packed.fulfillments[0].id}/cancel`
    good(await store.admin.post(path))
    const status = async () => good(await store.shopper.get(`/store/orders/${bought.id}`)).order.fulfillment_status
    assert.equal(await status(), 'canceled')
    await packAll(store, bought, 1)
    assert.equal(await status(), 'partially_fulfilled')
  })

  it('is sent back under a number of its own', async () => {
    const optionId = await addReturnOption(store)
    const wish = { order_id: orderId, items: [{ id: lineId, quantity: 1 }], return_shipping: { option_id: optionId } }
    const { return: made } = good(await store.shopper.post('/store/returns', wish))
    has(made, sentBack)
    has(made.items[0], words('id item_id return_id quantity received_quantity damaged_quantity reason_id note metadata'))
    assert.deepEqual([made.items[0].return_id, made.items[0].reason_id, made.received_at], [made.id, null, null])
    const [found] = (await shown()).items
    // Of two pieces at 19.49 one is on its way back: the other one is what can still be asked for, and both come to what was sold.
    assert.deepEqual([found.total, found.refundable_total, found.detail.return_requested_quantity], [19.49, 9.74, 1])
    assert.equal(found.return_requested_total, 9.75)
  })
})
