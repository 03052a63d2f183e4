import assert from 'node:assert/strict'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { useApp } from '../support/app.js'
import { type Answer, type Client, client } from '../support/client.js'
import { brokenInvariants } from '../support/invariants.js'
import { addressIn } from '../support/purchase.js'
import { createTestStore, type TestStore } from '../support/store.js'
import { good } from '../support/http.js'
import { signedInOperator } from '../support/people.js'

// The story of the whole: vendors bring their files, one shopper buys from all of them and pays once, the money is
// divided, each vendor sends its part. By HTTP alone; every figure below was computed by hand.

const folder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../test/support/shopify')
const files = ['pottery.csv', 'weaving.csv', 'bookbinding.csv']
/** One thing of each file, and how many of it: an odd number of cents each, so that tax and commission must be rounded. */
const wanted = [
  { handle: 'stoneware-mug', sku: 'MUG-ASH', quantity: 1, price: 19.99 },
  { handle: 'linen-towel', sku: 'TOWEL-N', quantity: 2, price: 33.33 },
  { handle: 'pocket-notebook', sku: 'NOTE-P', quantity: 3, price: 7.05 },
]
/** Tax is 8.25 % of items and of shipping, commission 12.5 % of items, rounded down. Shipping costs 5, 6 and 7. */
const parts = [
  { items: 19.99, shipping: 5, tax: 2.06, total: 27.05, commission: 2.49, vendor: 22.5 },
  { items: 66.66, shipping: 6, tax: 6, total: 78.66, commission: 8.33, vendor: 64.33 },
  { items: 21.15, shipping: 7, tax: 2.32, total: 30.47, commission: 2.64, vendor: 25.51 },
]
const total = 136.18
const tax = 10.38
const commission = 13.46
/** 1.5 % of the 125.80 before tax, and 30 cents. */
const platformFee = 2.18

describe('three vendors, one cart, one payment', () => {
  const app = useApp()
  let store: TestStore
  let vendors: Client[]
  const vendor = (index: number) => vendors[index] as Client
  const variantIds: string[] = []
  let cartId: string
  let order: Answer['body']
  const vendorOrders: Answer['body'][] = []

  before(async () => {
    store = await createTestStore(app(), { vendors: 3, productsPerVendor: 0, tax_ppm: 82_500, commission_ppm: 125_000 })
    const operator = await signedInOperator(app())
    const { plan } = good(await operator.post('/platform/plans', { name: 'Fair', fee_rate: 1.5, fee_fixed: { usd: 0.3 } }))
    good(await operator.post(`/platform/tenants/${store.publicId}`, { plan: plan.name }))
    vendors = await Promise.all(
      store.vendors.map(async ({ email, password }) => {
        const { token } = good(await client(app(), { tenant: store.slug }).post('/auth/member/emailpass', { email, password }))
        return client(app(), { token })
      }),
    )
  })

  it('brings three Shopify files into three vendors', async () => {
    for (const [index, file] of files.entries()) {
      const content = fs.readFileSync(path.join(folder, file))
      const asked = good(await vendor(index).post(`/vendor/imports?file_name=${file}`, content, { 'content-type': 'text/csv' }))
      await app().drain()
      const { import: done } = good(await vendor(index).get(`/vendor/imports/${asked.import.id}`))
      assert.deepEqual([done.state, done.error_count], ['done', 0], file)
    }
  })

  it('shows all three vendors’ things to the shopper, priced and in stock', async () => {
    const fields = '*variants.calculated_price,+variants.inventory_quantity,*vendor'
    const { products } = good(await store.shopper.get('/store/products', { limit: 100, region_id: store.regionId, fields }))
    assert.deepEqual(products.map((product: { handle: string }) => product.handle).sort(), [
      'linen-towel',
      'oil-jar',
      'pocket-notebook',
      'stoneware-mug',
      'wool-blanket',
    ])
    for (const [index, { handle, sku, price }] of wanted.entries()) {
      const product = products.find((candidate: { handle: string }) => candidate.handle === handle)
      assert.equal(product.vendor.handle, `vendor-${index + 1}`)
      const variant = product.variants.find((candidate: { sku: string }) => candidate.sku === sku)
      assert.equal(variant.calculated_price.calculated_amount, price)
      variantIds.push(variant.id)
    }
  })

  it('fills one cart from all three, and prices it to the cent', async () => {
    const { cart } = good(await store.shopper.post('/store/carts', { region_id: store.regionId }))
    cartId = cart.id
    for (const [index, { quantity }] of wanted.entries()) {
      good(await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variantIds[index], quantity }))
    }
    const address = addressIn('us')
    good(
      await store.shopper.post(`/store/carts/${cartId}`, { email: 'ada@example.com', shipping_address: address, billing_address: address }),
    )
    const { shipping_options } = good(await store.shopper.get('/store/shipping-options', { cart_id: cartId }))
    assert.deepEqual(shipping_options.map((option: { amount: number }) => option.amount).sort(), [5, 6, 7])
    for (const option of shipping_options)
      good(await store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: option.id }))
    const priced = good(await store.shopper.get(`/store/carts/${cartId}`)).cart
    assert.deepEqual([priced.item_subtotal, priced.shipping_subtotal, priced.tax_total, priced.total], [107.8, 18, tax, total])
  })

  it('is paid once, and becomes one order', async () => {
    const { payment_collection } = good(await store.shopper.post('/store/payment-collections', { cart_id: cartId }))
    assert.equal(payment_collection.amount, total)
    good(
      await store.shopper.post(`/store/payment-collections/${payment_collection.id}/payment-sessions`, {
        provider_id: 'pp_system_default',
      }),
    )
    const done = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.equal(done.type, 'order', JSON.stringify(done))
    const fields = '+payment_status,*items,*payment_collections.payments,*vendor_orders'
    order = good(await store.shopper.get(`/store/orders/${done.order.id}`, { fields })).order
    assert.equal(order.payment_status, 'captured')
    assert.equal(order.total, total)
    assert.deepEqual(
      order.payment_collections.map((collection: { amount: number }) => collection.amount),
      [total],
    )
    assert.deepEqual(
      order.payment_collections[0].payments.map((payment: { amount: number }) => payment.amount),
      [total],
    )
    assert.deepEqual(
      order.vendor_orders.map((part: { total: number }) => part.total),
      parts.map((part) => part.total),
    )
  })

  it('shows each vendor its own order, with what it earns, and no other', async () => {
    for (const [index, expected] of parts.entries()) {
      const { orders, count } = good(await vendor(index).get('/vendor/orders'))
      assert.equal(count, 1)
      const [own] = orders
      vendorOrders.push(own)
      assert.equal(own.id, order.vendor_orders[index].id)
      assert.deepEqual(
        own.items.map((item: { variant_sku: string }) => item.variant_sku),
        [wanted[index]?.sku],
      )
      assert.deepEqual(
        {
          items: own.item_subtotal,
          shipping: own.shipping_subtotal,
          tax: own.tax_total,
          total: own.total,
          commission: own.commission_total,
          vendor: own.vendor_amount,
        },
        expected,
      )
      assert.deepEqual(
        own.commission_lines.map((line: { rate: number; amount: number }) => [line.rate, line.amount]),
        [[12.5, expected.commission]],
      )
      for (const [other, part] of order.vendor_orders.entries()) {
        const { status } = await vendor(index).get(`/vendor/orders/${part.id}`)
        assert.equal(status, other === index ? 200 : 404)
      }
    }
  })

  it('is in the books to the cent: what came in is what is owed', async () => {
    const { balances } = good(await store.admin.get('/admin/ledger/balances'))
    const byAccount = Object.fromEntries(
      balances.map((balance: { code: string; party_id: string | null; balance: number }) => [
        [balance.code, ...(balance.party_id === null ? [] : [balance.party_id])].join(' '),
        balance.balance,
      ]),
    )
    assert.deepEqual(byAccount, {
      'A:psp_clearing pp_system_default': total,
      'E:platform_fee': platformFee,
      'L:platform_fee': platformFee,
      'L:tax': tax,
      ...Object.fromEntries(store.vendors.map((vendor, index) => [`L:vendor ${vendor.id}`, parts[index]?.vendor])),
      'R:commission': commission,
    })
    const { is_balanced } = good(await store.admin.get('/admin/ledger/trial-balance'))
    assert.equal(is_balanced, true)
  })

  it('leaves less to sell', async () => {
    const stock = [12, 40, 200]
    for (const [index, { sku, quantity }] of wanted.entries()) {
      const { inventory_levels } = good(await vendor(index).get('/vendor/inventory-levels', { sku }))
      assert.equal(inventory_levels[0].available_quantity, (stock[index] as number) - quantity, sku)
      assert.equal(inventory_levels[0].reserved_quantity, quantity, sku)
    }
  })

  it('is confirmed to the shopper by one mail that names every vendor', async () => {
    await app().drain()
    const mails = app().mails.filter((mail) => mail.to.includes('ada@example.com'))
    assert.equal(mails.length, 1)
    for (const expected of ['Vendor 1', 'Vendor 2', 'Vendor 3', 'Stoneware mug', 'Linen towel', 'Pocket notebook', '$136.18']) {
      assert.ok(mails[0]?.text.includes(expected), `${expected} is in the mail`)
    }
  })

  it('is sent by each vendor for itself, and the shopper can follow the parcel', async () => {
    const [{ id, items }] = vendorOrders
    const mug = [{ id: items[0].id, quantity: 1 }]
    const packed = good(await vendor(0).post(`/vendor/orders/${id}/fulfillments`, { items: mug })).order
    const labels = [{ tracking_number: 'PARCEL-1', tracking_url: 'https://carrier.example/PARCEL-1' }]
    const shipments = `/vendor/orders/${id}/fulfillments/${packed.fulfillments[0].id}/shipments`
    const sent = good(await vendor(0).post(shipments, { labels })).order
    assert.equal(sent.fulfillment_status, 'shipped')
    const seen = good(await store.shopper.get(`/store/orders/${order.id}`)).order
    assert.equal(seen.fulfillment_status, 'partially_shipped')
    const { inventory_levels } = good(await vendor(0).get('/vendor/inventory-levels', { sku: 'MUG-ASH' }))
    assert.deepEqual([inventory_levels[0].stocked_quantity, inventory_levels[0].reserved_quantity], [11, 0])
    await app().drain()
    const notice = app()
      .mails.filter((mail) => mail.to.includes('ada@example.com'))
      .at(-1)
    assert.match(notice?.subject ?? '', /^Vendor 1 has sent your parcel/)
    assert.ok(notice?.text.includes('https://carrier.example/PARCEL-1'))
  })

  it('leaves rows that agree with each other', async () => {
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })
})
