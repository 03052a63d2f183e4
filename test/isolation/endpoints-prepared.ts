import { addDomain } from '../../src/platform/index.js'
import { good } from '../support/http.js'
import { type Ids, openCart, pack, placeOrder, type World } from './endpoints-world.js'

// Requests that use a thing up: each gets one of its own, so that the next one still finds what it names.

type Prepare = (world: World, vendor: number) => Promise<Ids>

let counter = 0
const fresh = (word: string) => `${word}-${++counter}`

async function product({ store }: World, vendor: number): Promise<Ids> {
  const made = good(
    await store.admin.post('/admin/products', {
      vendor_id: store.vendors[vendor]?.id,
      title: 'Fresh',
      handle: fresh('fresh'),
      options: [{ title: 'Size', values: ['S', 'M', 'L'] }],
      variants: ['S', 'M'].map((size) => ({ title: size, options: { Size: size }, prices: [{ currency_code: 'usd', amount: 1 }] })),
    }),
  )
  return { product: made.product.id, variant: made.product.variants[0].id }
}

async function cart({ store }: World): Promise<Ids> {
  const id = await openCart(store)
  const found = good(await store.shopper.get(`/store/carts/${id}`, { fields: '+payment_collection.id,*items' }))
  return { cart: id, line_item: found.cart.items[0].id, payment_collection: found.cart.payment_collection.id }
}

/** An order with nothing packed yet. */
async function order({ store }: World, vendor: number): Promise<Ids> {
  const placed = await placeOrder(store)
  const part = placed.order.vendor_orders[vendor]?.id as string
  const found = good(await store.vendor(vendor).get(`/vendor/orders/${part}`))
  return { order: placed.order.id, vendor_order: part, order_line_item: found.order.items[0].id }
}

async function packed(world: World, vendor: number): Promise<Ids> {
  const ids = await order(world, vendor)
  return { ...ids, fulfillment: await pack(world.store, vendor, ids.vendor_order as string) }
}

async function shipped(world: World, vendor: number): Promise<Ids> {
  const ids = await packed(world, vendor)
  good(
    await world.store.vendor(vendor).post(`/vendor/orders/${ids.vendor_order}/fulfillments/${ids.fulfillment}/shipments`, { labels: [] }),
  )
  return ids
}

/** One thing that is made by one request. */
function made(kind: string, path: string, body: (world: World, ids: Ids) => object): Prepare {
  return async (world, vendor) => {
    const answer = good(await world.store.admin.post(path, body(world, world.idsOf[vendor] as Ids)))
    return { [kind]: answer[kind].id }
  }
}

const taxRegion = made('tax_region', '/admin/tax-regions', (_world, ids) => ({
  country_code: 'us',
  province_code: fresh('p'),
  parent_id: ids.tax_region,
}))

const channel = made('sales_channel', '/admin/sales-channels', () => ({ name: 'Fresh' }))
const region = made('region', '/admin/regions', () => ({ name: 'Fresh', currency_code: 'usd' }))

const apiKey = made('api_key', '/admin/api-keys', () => ({ type: 'publishable', title: 'Fresh' }))

/** What no rule names yet: two rules for the same things are refused. */
async function unruled({ store: { admin } }: World): Promise<Ids> {
  const { product_type } = good(await admin.post('/admin/product-types', { value: fresh('Type') }))
  const { product_category } = good(await admin.post('/admin/product-categories', { name: fresh('Category') }))
  const { vendor } = good(await admin.post('/admin/vendors', { handle: fresh('vendor'), name: 'Fresh' }))
  return { product_type: product_type.id, product_category: product_category.id, vendor: vendor.id }
}

async function commissionRule(world: World): Promise<Ids> {
  const ids = await unruled(world)
  const rule = { name: 'Fresh', rate: 1, product_category_id: ids.product_category }
  const { commission_rule } = good(await world.store.admin.post('/admin/commission-rules', rule))
  return { ...ids, commission_rule: commission_rule.id }
}

export const prepared: Record<string, Prepare> = {
  'POST /store/carts/:id/complete': cart,
  'DELETE /store/carts/:id/line-items/:line_id': cart,
  'POST /store/payment-collections/:id/payment-sessions': cart,
  'DELETE /vendor/products/:id': product,
  'DELETE /admin/products/:id': product,
  'DELETE /admin/products/:id/variants/:variant_id': product,
  'POST /vendor/orders/:id/fulfillments': order,
  'POST /vendor/orders/:id/fulfillments/:fulfillment_id/shipments': packed,
  'POST /vendor/orders/:id/fulfillments/:fulfillment_id/mark-as-delivered': shipped,
  'POST /admin/products/:id/variants': product,
  'POST /admin/sales-channels/:id/products': channel,
  'POST /admin/stock-locations/:id/sales-channels': channel,
  'POST /admin/api-keys/:id/sales-channels': async (world, vendor) => ({
    ...(await apiKey(world, vendor)),
    ...(await channel(world, vendor)),
  }),
  'POST /admin/inventory-items/:id/location-levels': made('stock_location', '/admin/stock-locations', (_world, ids) => ({
    name: 'Fresh',
    vendor_id: ids.vendor,
  })),
  'POST /admin/commission-rules': unruled,
  'POST /admin/commission-rules/:id': commissionRule,
  'DELETE /admin/commission-rules/:id': commissionRule,
  'POST /admin/price-preferences': region,
  'DELETE /admin/regions/:id': region,
  'DELETE /admin/price-preferences/:id': async (world, vendor) => {
    const { region: value } = await region(world, vendor)
    const answer = good(await world.store.admin.post('/admin/price-preferences', { attribute: 'region_id', value }))
    return { price_preference: answer.price_preference.id }
  },
  'DELETE /platform/tenants/:id/domains/:domain_id': async ({ app, store }) => ({
    domain: await addDomain(app.db, store.publicId, `${fresh('shop')}.example`, 'localhost'),
  }),
  'DELETE /admin/tax-regions/:id': taxRegion,
  'DELETE /admin/tax-rates/:id': made('tax_rate', '/admin/tax-rates', (_world, ids) => ({
    tax_region_id: ids.tax_region,
    name: 'Fresh',
    code: fresh('rate'),
    rate: 1,
  })),
  'DELETE /admin/shipping-options/:id': made('shipping_option', '/admin/shipping-options', (_world, ids) => ({
    name: 'Fresh',
    service_zone_id: ids.service_zone,
    shipping_profile_id: ids.shipping_profile,
    type_id: ids.shipping_option_type,
    prices: [{ currency_code: 'usd', amount: 1 }],
  })),
  'POST /admin/api-keys/:id/revoke': apiKey,
}
