import assert from 'node:assert/strict'
import type { HttpTypes } from '@medusajs/types'
import { buy } from '../../support/after-sale.js'
import { useAfterSale } from '../../support/admin-client.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'

type Order = HttpTypes.AdminOrder
type Method = Order['shipping_methods'][number]

/** `no` for what Medusa's types know and its own answers do not have, or what has to be asked for. The compiler keeps the lists whole. */
const no = false
const ofOrder: Record<keyof Order, boolean> = {
  ...{ id: true, version: true, region_id: true, customer_id: true, sales_channel_id: true, email: true, currency_code: true },
  ...{ display_id: true, custom_display_id: true, status: true, shipping_address: true, billing_address: true, items: true },
  ...{ shipping_methods: true, payment_collections: true, payment_status: true, fulfillments: true, fulfillment_status: true },
  ...{ transactions: no, sales_channel: no, region: no, customer: true, credit_lines: true, summary: true, metadata: true },
  ...{ created_at: true, updated_at: true, original_item_total: true, original_item_subtotal: true, original_item_tax_total: true },
  ...{ item_total: true, item_subtotal: true, item_tax_total: true, item_discount_total: true, original_total: true },
  ...{ original_subtotal: true, original_tax_total: true, total: true, subtotal: true, tax_total: true, discount_total: true },
  ...{ discount_tax_total: true, gift_card_total: true, gift_card_tax_total: true, shipping_total: true, shipping_subtotal: true },
  ...{ shipping_tax_total: true, shipping_discount_total: true, original_shipping_total: true, original_shipping_subtotal: true },
  ...{ original_shipping_tax_total: true, credit_line_total: true },
}
const ofLine: Record<keyof HttpTypes.AdminOrderLineItem, boolean> = {
  ...{ id: true, title: true, subtitle: true, thumbnail: true, variant: true, variant_id: true, product: true, product_id: true },
  ...{ product_title: true, product_description: true, product_subtitle: true, product_type_id: true, product_type: true },
  ...{ product_collection: true, product_handle: true, variant_sku: true, variant_barcode: true, variant_title: true },
  ...{ variant_option_values: true, requires_shipping: true, is_discountable: true, is_tax_inclusive: true },
  ...{ compare_at_unit_price: true, unit_price: true, quantity: true, tax_lines: true, adjustments: true, detail: true },
  ...{ created_at: true, updated_at: true, metadata: true, original_total: true, original_subtotal: true, original_tax_total: true },
  ...{ item_total: no, item_subtotal: no, item_tax_total: no, total: true, subtotal: true, tax_total: true, discount_total: true },
  ...{ discount_tax_total: true, refundable_total: true, refundable_total_per_unit: true },
}
const ofDetail: Record<keyof HttpTypes.AdminOrderLineItem['detail'], boolean> = {
  ...{ id: true, item_id: true, item: no, quantity: true, fulfilled_quantity: true, delivered_quantity: true, shipped_quantity: true },
  ...{ return_requested_quantity: true, return_received_quantity: true, return_dismissed_quantity: true, written_off_quantity: true },
  ...{ metadata: true, created_at: true, updated_at: true },
}
const ofMethod: Record<keyof Method, boolean> = {
  ...{ id: true, order_id: true, name: true, description: no, amount: true, is_tax_inclusive: true, shipping_option_id: true },
  ...{ data: true, metadata: true, tax_lines: true, adjustments: true, original_total: true, original_subtotal: true },
  ...{ original_tax_total: true, total: true, detail: no, subtotal: true, tax_total: true, discount_total: true },
  ...{ discount_tax_total: true, created_at: true, updated_at: true },
}
const ofSummary: Record<keyof Order['summary'], boolean> = {
  ...{ pending_difference: true, current_order_total: true, original_order_total: true, transaction_total: true, paid_total: true },
  ...{ refunded_total: true, accounting_total: true },
}

/** Medusa's dashboard runs on Stoa as it is: what it asks for on its pages, and stops at where it is not answered. */
describe("Medusa's dashboard", () => {
  const app = useApp()
  const { store } = useAfterSale(app)

  it('says how an order stands, and how its goods are sent, to whoever asks for some fields only', async () => {
    const bought = await buy(store())
    const asked =
      'id,currency_code,*items,*items.variant.options,*items.variant.inventory_items,*items.variant.inventory_items.inventory,+items.variant.product.shipping_profile.id'
    const { order } = good(await store().admin.get(`/admin/orders/${bought.id}`, { fields: asked }))
    assert.deepEqual([order.status, order.payment_status, order.fulfillment_status], ['pending', 'captured', 'not_fulfilled'])
    const [item] = order.items
    assert.equal(item.detail.fulfilled_quantity, 0)
    assert.equal(item.variant.inventory_items[0].required_quantity, 1)
    assert.equal(item.variant.inventory_items[0].inventory.id, item.variant.inventory_items[0].inventory_item_id)
    assert.match(item.variant.product.shipping_profile.id, /^sp_/)
    assert.ok(Array.isArray(item.variant.options))
    assert.equal(order.customer, undefined, 'and nothing that it was not asked for')
    const { order: shopper } = good(await store().shopper.get(`/store/orders/${bought.id}`, { fields: 'id' }))
    assert.deepEqual(shopper, {
      id: bought.id,
      status: 'pending',
      payment_status: 'captured',
      fulfillment_status: 'not_fulfilled',
    })
  })

  it('is answered all of an order that Medusa’s types have', async () => {
    const { order } = good(await store().admin.get(`/admin/orders/${(await buy(store())).id}`))
    const [item] = order.items
    const parts: [string, object, Record<string, boolean>][] = [
      ['order', order, ofOrder],
      ['line', item, ofLine],
      ['detail', item.detail, ofDetail],
      ['shipping method', order.shipping_methods[0], ofMethod],
      ['summary', order.summary, ofSummary],
    ]
    for (const [what, part, names] of parts) {
      const missing = Object.keys(names).filter((name) => names[name] === true && !(name in part))
      assert.deepEqual(missing, [], `of the ${what}`)
    }
  })

  it('tells an earlier version of an order as long as nothing of what it holds has changed', async () => {
    const bought = await buy(store())
    const path = `/admin/orders/${bought.id}`
    good(await store().admin.post(path, { email: 'elsewhere@example.com' }))
    const { order_changes } = good(await store().admin.get(`${path}/changes`))
    const { amount, applied, reference_id, deleted_at, details } = order_changes[0].actions[0]
    assert.deepEqual([amount, applied, reference_id, deleted_at, details.new], [null, true, null, null, 'elsewhere@example.com'])
    const { order: first } = good(await store().admin.get(path, { version: '1', fields: 'version,total' }))
    assert.deepEqual([first.version, first.total], [1, bought.order.total])
    const ahead = await store().admin.get(path, { version: '9' })
    assert.deepEqual([ahead.status, ahead.body.type], [404, 'not_found'])
  })

  it('tells of a location which ways of delivery and providers it has, and of a way its location', async () => {
    const [location] = good(
      await store().admin.get('/admin/stock-locations', {
        fields: 'name,*fulfillment_sets.service_zones.shipping_options,*fulfillment_sets.service_zones.shipping_options.rules',
      }),
    ).stock_locations
    const [option] = location.fulfillment_sets[0].service_zones[0].shipping_options
    assert.deepEqual(
      option.rules.map(({ attribute }: { attribute: string }) => attribute),
      ['is_return', 'enabled_in_store'],
    )
    const { shipping_option } = good(
      await store().admin.get(`/admin/shipping-options/${option.id}`, { fields: '+service_zone.fulfillment_set.location.id' }),
    )
    assert.equal(shipping_option.service_zone.fulfillment_set.location.id, location.id)
    good(await store().admin.post(`/admin/stock-locations/${location.id}/fulfillment-providers`, { add: ['manual_manual'] }))
    const providers = async (query: Record<string, string>) =>
      good(await store().admin.get('/admin/fulfillment-providers', query)).fulfillment_providers.map(({ id }: { id: string }) => id)
    assert.deepEqual(await providers({ stock_location_id: location.id }), ['manual_manual'])
    assert.deepEqual(await providers({ stock_location_id: 'sloc_unknown' }), [])
    assert.deepEqual(await providers({ q: 'nobody' }), [])
  })
})
