import assert from 'node:assert/strict'
import type { TestApp } from '../support/app.js'
import type { Client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { addReturnOption } from '../support/after-sale.js'
import { good } from '../support/http.js'
import { fillCart } from '../support/purchase.js'
import { readyCart } from '../support/ready-cart.js'
import { type Shopper, signUp } from '../support/shopper.js'
import { createTestStore, type TestStore } from '../support/store.js'
import { changeKinds, edit, exchange } from './endpoints-changes.js'
import { addFiles, fileKinds } from './endpoints-files.js'
import { addAccount, addPeople, peopleKinds } from './endpoints-people.js'
import { addKeys, keyKinds } from './endpoints-keys.js'
import { addPayees } from './endpoints-money.js'
import { addVocabulary, promotionOf } from './endpoints-words.js'
import { addProviderRows, providerKinds } from './endpoints-provider.js'
import { draftKinds, draftOrder } from './endpoints-drafts.js'
import { addWebhooks, webhookKinds } from './endpoints-webhooks.js'

// Two stores with the same names, handles and SKUs, and something of every kind that a route can name by id.

export type Ids = Record<string, string>

/** A store as the matrix knows it. Vendor 0 is who asks on the vendor surface; vendor 1 is the neighbour. */
export interface World {
  app: TestApp
  store: TestStore
  operator: Client
  /** Somebody with an account in the store. */
  customer: Shopper
  /** Id of each kind, for each of the two vendors; kinds of the whole store are in both. */
  idsOf: readonly [Ids, Ids]
}

interface Kind {
  /** Rows of a tenant ($1); of a vendor too ($2) when it is a vendor's. */
  sql: string
  ofVendor: boolean
}

const storeRows = (table: string, more = '') => ({ sql: `select id from app.${table} where tenant_id = $1 ${more}`, ofVendor: false })
const vendorRows = (table: string, more = '') => ({
  sql: `select id from app.${table} where tenant_id = $1 and vendor_id = $2 ${more}`,
  ofVendor: true,
})

const promotionRules = (column: string) => ({
  sql: `select r ->> 'id' as id from app.promotion p cross join jsonb_array_elements(p.${column}) r where p.tenant_id = $1 and p.deleted_at is null`,
  ofVendor: false,
})

/** What a route's `ids` can name, and where one of it is found. The oldest is taken. */
export const kinds: Record<string, Kind> = {
  ...changeKinds,
  audit_record: storeRows('audit_record'),
  bare_option: vendorRows('product_option', `and title = 'Bare'`),
  bare_option_value: vendorRows('product_option_value', `and option_id in (select id from app.product_option where title = 'Bare')`),
  bare_product: vendorRows('product', `and title = 'Bare'`),
  campaign: storeRows('campaign', 'and deleted_at is null'),
  campaign_promotion: storeRows('promotion', 'and campaign_id is not null and deleted_at is null'),
  cart: storeRows('cart', 'and completed_at is null and id not in (select cart_id from app.draft_order)'),
  collection: storeRows('product_collection'),
  commission_rule: storeRows('commission_rule'),
  customer: storeRows('customer', 'and has_account'),
  customer_address: storeRows('customer_address'),
  customer_group: storeRows('customer_group'),
  ...draftKinds,
  ...fileKinds,
  ...peopleKinds,
  ...keyKinds,
  ...providerKinds,
  ...webhookKinds,
  domain: { sql: 'select id from platform.domain where tenant_id = $1', ofVendor: false },
  fulfillment: vendorRows('fulfillment'),
  fulfillment_set: vendorRows('fulfillment_set'),
  free_item: vendorRows('inventory_item', `and title = 'Spare'`),
  gift_card: storeRows('gift_card'),
  gift_card_order: { sql: 'select order_id as id from app.gift_card where tenant_id = $1 and order_id is not null', ofVendor: false },
  // Codes are kept unreadable: this one is noted beside its card.
  gift_card_code: { sql: `select note as id from app.gift_card where tenant_id = $1 and note like 'CODE-%'`, ofVendor: false },
  hold: vendorRows('hold'),
  import: vendorRows('import_job'),
  inventory_item: vendorRows('inventory_item'),
  inventory_level: vendorRows('inventory_level', `and inventory_item_id in (select id from app.inventory_item where title = 'Spare')`),
  invoice: vendorRows('invoice'),
  linked_inventory_item: vendorRows(
    'inventory_item',
    `and id = (select k.inventory_item_id from app.variant_inventory_item k join app.product_variant v on v.tenant_id = k.tenant_id and v.id = k.variant_id
      where v.tenant_id = $1 and v.vendor_id = $2 order by v.created_at, v.id limit 1)`,
  ),
  list_price: storeRows('conditional_price', 'and price_list_id is not null'),
  job: storeRows('outbox_event', `and state = 'failed'`),
  mfa_challenge: storeRows('mfa_challenge'),
  mfa_factor: storeRows('mfa_factor'),
  ledger_transaction: storeRows('ledger_transaction'),
  line_item: {
    sql: `select l.id, l.created_at from app.cart_line_item l join app.cart c on c.tenant_id = l.tenant_id and c.id = l.cart_id
          where l.tenant_id = $1 and c.completed_at is null and c.id not in (select cart_id from app.draft_order)`,
    ofVendor: false,
  },
  notification: storeRows('notification'),
  order: storeRows('orders'),
  order_line_item: vendorRows('order_line_item'),
  payee: vendorRows('payee'),
  payout: vendorRows('payout'),
  payment: storeRows('payment'),
  paid_collection: storeRows('payment_collection', 'and order_id is not null'),
  parent_return_reason: storeRows('return_reason', 'and parent_return_reason_id is null'),
  parent_category: storeRows('product_category', 'and parent_category_id is null'),
  payment_collection: {
    sql: `select p.id, p.created_at from app.payment_collection p join app.cart c on c.tenant_id = p.tenant_id and c.id = p.cart_id
          where p.tenant_id = $1 and c.completed_at is null`,
    ofVendor: false,
  },
  payment_session: storeRows('payment_session'),
  price_list: storeRows('price_list'),
  price_preference: storeRows('price_preference'),
  product: vendorRows('product'),
  product_category: storeRows('product_category', 'and parent_category_id is not null'),
  product_image: vendorRows('product_image'),
  product_option: vendorRows('product_option'),
  product_option_value: vendorRows('product_option_value'),
  product_tag: storeRows('product_tag'),
  product_type: storeRows('product_type'),
  promotion: storeRows('promotion', 'and deleted_at is null'),
  promotion_buy_rule: promotionRules('buy_rules'),
  promotion_rule: promotionRules('rules'),
  promotion_target_rule: promotionRules('target_rules'),
  refund_reason: storeRows('refund_reason'),
  region: storeRows('region'),
  reservation: vendorRows('reservation', `and state = 'active' and order_line_item_id is null and checkout_id is null`),
  reserved_line: {
    sql: `select order_line_item_id as id from app.reservation
          where tenant_id = $1 and vendor_id = $2 and state = 'active' and order_line_item_id is not null`,
    ofVendor: true,
  },
  return: storeRows('order_return'),
  return_item: storeRows('order_return_item'),
  release: vendorRows('release'),
  return_reason: storeRows('return_reason', 'and parent_return_reason_id is not null'),
  return_shipping_option: storeRows('shipping_option', 'and is_return'),
  product_review: vendorRows('product_review', `and status = 'open'`),
  review: vendorRows('review'),
  role: storeRows('role', `and scope = 'tenant'`),
  sales_channel: storeRows('sales_channel'),
  service_zone: vendorRows('service_zone'),
  shared_option: vendorRows('product_option', `and title = 'Shared'`),
  shared_option_value: vendorRows('product_option_value', `and value = 'Shared'`),
  shipping_option: vendorRows('shipping_option'),
  shipping_option_type: vendorRows('shipping_option_type'),
  shipping_profile: vendorRows('shipping_profile'),
  spare_option: vendorRows('product_option', `and title = 'Shared'`),
  spare_option_value: vendorRows('product_option_value', `and value = 'Shared'`),
  spare_user: storeRows('store_user'),
  stock_location: vendorRows('stock_location'),
  store: storeRows('store'),
  store_credit_account: storeRows('store_credit_account', 'and customer_id is not null'),
  tax_rate: storeRows('tax_rate'),
  tax_rate_rule: storeRows('tax_rate_rule'),
  tax_region: storeRows('tax_region', 'and parent_id is null'),
  tenant: { sql: 'select public_id as id from platform.tenant where id = $1', ofVendor: false },
  unused_inventory_item: vendorRows('inventory_item', `and title = 'Spare'`),
  unused_shipping_option_type: vendorRows('shipping_option_type', `and label = 'Spare'`),
  unused_shipping_profile: vendorRows('shipping_profile', `and name = 'Spare'`),
  upload: {
    sql: `select regexp_replace(url, '^.*/', '') as id from app.product_image where tenant_id = $1 and vendor_id = $2 and url ~ '/[0-9a-f]{32}-'`,
    ofVendor: true,
  },
  user: storeRows('store_user'),
  translation: storeRows('translation'),
  variant: vendorRows('product_variant'),
  variant_price: vendorRows('price', `and price_set_id in (select price_set_id from app.product_variant)`),
  vendor: { sql: 'select id from app.vendor where tenant_id = $1 and id = $2', ofVendor: true },
  // Twins have the same handles; this one is the store's alone.
  vendor_handle: { sql: `select handle as id from app.vendor where tenant_id = $1 and handle like 'only-%'`, ofVendor: false },
  wish_list: storeRows('wish_list', 'and share_token is not null'),
  wish_list_item: storeRows('wish_list_item'),
  wish_list_token: { sql: 'select share_token as id from app.wish_list where tenant_id = $1 and share_token is not null', ofVendor: false },
  vendor_order: vendorRows('vendor_order'),
}

export function isVendorKind(kind: string): boolean {
  return kinds[kind]?.ofVendor === true
}

/** Makes one of two twins. */
export async function buildWorld(app: TestApp, operator: Client): Promise<World> {
  const store = await createTestStore(app, { vendors: 2, productsPerVendor: 2, stock: 2_000 })
  // The test store's own rule has the same id in every store; ids here must tell the two apart.
  await asAdmin(
    app.adminUrl,
    `update app.commission_rule set id = 'comr_' || upper(replace(gen_random_uuid()::text, '-', '')) where tenant_id = $1`,
    [store.tenantId],
  )
  await addSettings(store)
  await addVocabulary(store)
  const customer = await signUp(app, store, `twin@${store.slug}.example`)
  await addAccount(store, customer)
  await addSpares(store)
  await addKeys({ app, store })
  await addPurchases(app, { ...store, shopper: customer.client })
  await addCredit(store, customer)
  await draftOrder(store, customer)
  await addOpinions(store, customer)
  await addProviderRows(app, store)
  await addPayees(app, store)
  await operator.post(`/platform/tenants/${store.publicId}/domains`, { hostname: `shop.${store.slug}.example` }).then(good)
  await addFiles(store)
  await addPeople(app, store)
  await addWebhooks(store)
  await app.drain()
  return { app, store, operator, customer, idsOf: [{}, {}] }
}

/** A job that was given up; made last, since nothing waits for the outbox any more once there is one. */
export async function addFailedJob({ app, store }: World): Promise<void> {
  await asAdmin(
    app.adminUrl,
    `insert into app.outbox_event (tenant_id, id, name, handler, state, finished_at, last_error)
     values ($1, 'evt_' || upper(replace(gen_random_uuid()::text, '-', '')), 'order.placed', 'send_order_confirmation', 'failed', now(), 'test')`,
    [store.tenantId],
  )
}

/** Looks up one id of every kind. Fails for a kind that the store has nothing of. */
export async function noteIds(world: World): Promise<void> {
  const { app, store } = world
  for (const [index, ids] of world.idsOf.entries()) {
    for (const [name, kind] of Object.entries(kinds)) {
      const values = kind.ofVendor ? [store.tenantId, store.vendors[index]?.id] : [store.tenantId]
      const rows = await asAdmin<{ id: string }>(app.adminUrl, `select id from (${kind.sql}) r order by id limit 1`, values)
      assert.ok(rows[0] !== undefined, `the store has no ${name}`)
      ids[name] = rows[0].id
    }
  }
}

async function addSettings({ admin, regionId, vendors, slug }: TestStore): Promise<void> {
  const taxes = good(await admin.post('/admin/tax-regions', { country_code: 'us' }))
  good(await admin.post('/admin/tax-regions', { country_code: 'us', province_code: 'ny', parent_id: taxes.tax_region.id }))
  good(await admin.post('/admin/tax-rates', { tax_region_id: taxes.tax_region.id, name: 'Tax', code: 'tax', rate: 8.25, is_default: true }))
  good(await admin.post('/admin/price-preferences', { attribute: 'region_id', value: regionId, is_tax_inclusive: false }))
  good(await admin.post('/admin/vendors', { handle: `only-${slug}`, name: 'Only here' }))
  for (const vendor of vendors) good(await admin.post('/admin/commission-rules', { name: 'Twin', rate: 5, vendor_id: vendor.id }))
  for (const vendor of vendors)
    good(await admin.post('/admin/shipping-option-types', { vendor_id: vendor.id, label: 'Slow', code: 'slow' }))
}

/** What a store can do without: things that can be removed, a price list, an invitation, and pieces that are kept back. */
async function addSpares({ admin, vendors }: TestStore): Promise<void> {
  const roles = good(await admin.get('/admin/roles', { q: 'store_support' })).roles
  good(await admin.post('/admin/invites', { email: 'twin@staff.example', role_id: roles[0].id }))
  const prices = vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0], currency_code: 'usd', amount: 9 }))
  good(await admin.post('/admin/price-lists', { title: 'Twins', description: 'Of twins', status: 'draft', prices }))
  good(await admin.post('/admin/promotions', promotionOf('TWIN', 'twin')))
  for (const [index, { id: vendor_id }] of vendors.entries()) {
    const application_method = { type: 'percentage', target_type: 'items', allocation: 'across', value: 10 }
    good(await admin.post('/admin/promotions', { code: `STALL-${index}`, type: 'standard', vendor_id, application_method }))
  }
  for (const { id: vendor_id, locationId: location_id } of vendors) {
    good(await admin.post('/admin/shipping-profiles', { name: 'Spare', vendor_id }))
    good(await admin.post('/admin/shipping-option-types', { label: 'Spare', code: 'spare', vendor_id }))
    good(await admin.post('/admin/product-options', { title: 'Shared', values: ['Shared', 'Other'], vendor_id }))
    good(
      await admin.post('/admin/products', {
        title: 'Bare',
        vendor_id,
        images: [{ url: await handIn(admin) }],
        options: [{ title: 'Bare', values: ['One'] }],
      }),
    )
    const { inventory_item: item } = good(await admin.post('/admin/inventory-items', { title: 'Spare', vendor_id }))
    good(await admin.post(`/admin/inventory-items/${item.id}/location-levels`, { location_id, stocked_quantity: 1_000 }))
    good(await admin.post('/admin/reservations', { inventory_item_id: item.id, location_id, quantity: 1 }))
  }
  const { tax_region } = good(await admin.post('/admin/tax-regions', { country_code: 'se' }))
  const rules = [{ reference: 'product', reference_id: vendors[0]?.products[0]?.id }]
  good(await admin.post('/admin/tax-rates', { tax_region_id: tax_region.id, name: 'Ruled', code: 'ruled', rate: 1, rules }))
}

/** The address of a picture of the store's. */
export async function handIn(admin: Client): Promise<string> {
  const pixel = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')
  return good(await admin.post('/admin/uploads', new Uint8Array(pixel), { 'content-type': 'image/png' })).files[0].url
}

/** A gift card whose code is noted, another that was bought, and store credit of the customer's. */
async function addCredit({ admin, slug, regionId, vendors }: TestStore, customer: Shopper): Promise<void> {
  const code = `CODE-${slug}`
  good(await admin.post('/admin/gift-cards', { value: 1_000, currency_code: 'usd', code, note: code, customer_id: customer.id }))
  const { store_credit_account } = good(
    await admin.post('/admin/store-credit-accounts', { customer_id: customer.id, currency_code: 'usd' }),
  )
  good(await admin.post(`/admin/store-credit-accounts/${store_credit_account.id}/credit`, { amount: 1_000 }))
  const { product } = good(
    await admin.post('/admin/products', {
      title: 'Gift card',
      vendor_id: vendors[0]?.id,
      is_giftcard: true,
      status: 'published',
      options: [{ title: 'Value', values: ['5'] }],
      variants: [{ title: '5', options: { Value: '5' }, manage_inventory: false, prices: [{ currency_code: 'usd', amount: 5 }] }],
    }),
  )
  const variantIds = [vendors[0]?.products[0]?.variantIds[0] as string, product.variants[0].id]
  const cartId = await fillCart(customer.client, { regionId, variantIds })
  good(await customer.client.post(`/store/carts/${cartId}/complete`))
}

async function addPurchases(app: TestApp, store: TestStore): Promise<void> {
  const { order } = await placeOrder(store)
  for (const [index, part] of order.vendor_orders.entries()) await pack(store, index, part.id)
  await addReturn(store, order.id)
  const raised = await placeOrder(store)
  await edit(store, raised.order.id)
  good(await store.admin.post(`/admin/order-edits/${raised.order.id}/confirm`))
  const open = await placeOrder(store)
  await edit(store, open.order.id)
  for (const noun of ['exchange', 'claim'] as const) {
    const sent = await placeOrder(store)
    for (const [index, part] of sent.order.vendor_orders.entries()) await pack(store, index, part.id)
    await exchange(store, sent.order.id, 0, noun)
  }
  await app.drain()
  await openCart(store)
}

/** Why goods and money go back, how goods are sent back, and a return of a piece of each vendor that was asked for. */
async function addReturn(store: TestStore, orderId: string): Promise<void> {
  const { return_reason } = good(await store.admin.post('/admin/return-reasons', { value: 'twin', label: 'Twin' }))
  good(
    await store.admin.post('/admin/return-reasons', {
      value: 'small_twin',
      label: 'Small twin',
      parent_return_reason_id: return_reason.id,
    }),
  )
  good(await store.admin.post('/admin/refund-reasons', { label: 'Twin', code: 'twin' }))
  for (const index of [0, 1]) await addReturnOption(store, index)
  await beginReturn(store, orderId, [0, 1])
}

/** A return that is put together: one piece of the line of each of these vendors, and shipping. */
export async function beginReturn(
  store: TestStore,
  orderId: string,
  vendors: readonly number[],
): Promise<{ id: string; items: { id: string }[] }> {
  const { order, return: begun } = good(await store.admin.post('/admin/returns', { order_id: orderId }))
  const lines = vendors.map((index) => order.items.find((item: { vendor: { id: string } }) => item.vendor.id === store.vendors[index]?.id))
  const items = lines.map((line) => ({ id: line.id, quantity: 1 }))
  const { return: filled } = good(await store.admin.post(`/admin/returns/${begun.id}/request-items`, { items }))
  return filled
}

/** A cart with a line of each vendor, ready to be completed. */
export function openCart(store: TestStore): Promise<string> {
  const items = store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 2 }))
  return readyCart(store, { items })
}

export async function placeOrder(store: TestStore) {
  const cartId = await openCart(store)
  return good(await store.shopper.post(`/store/carts/${cartId}/complete`)) as { order: { id: string; vendor_orders: { id: string }[] } }
}

/** Packs one piece of a vendor order. */
export async function pack(store: TestStore, index: number, vendorOrderId: string): Promise<string> {
  const { order } = good(await store.vendor(index).get(`/vendor/orders/${vendorOrderId}`))
  const packed = good(
    await store.vendor(index).post(`/vendor/orders/${vendorOrderId}/fulfillments`, { items: [{ id: order.items[0].id, quantity: 1 }] }),
  )
  return packed.order.fulfillments[0].id
}

/** What the customer says of each vendor's product and keeps for later, what vendors propose, and words in another language. */
async function addOpinions({ admin, vendor: asVendor, vendors }: TestStore, { client: shopper }: Shopper): Promise<void> {
  for (const [index, vendor] of vendors.entries()) {
    const productId = vendor.products[0]?.id
    good(await asVendor(index).post('/vendor/products', { title: 'Proposed', status: 'proposed' }))
    good(await asVendor(index).post(`/vendor/products/${productId}`, { status: 'proposed' }))
    good(await admin.post(`/admin/products/${productId}`, { status: 'published' }))
    const { review } = good(await shopper.post(`/store/products/${productId}/reviews`, { rating: 5 }))
    good(await admin.post(`/admin/reviews/${review.id}/approve`))
    const words = { reference: 'product', reference_id: productId, locale_code: 'de', translations: { title: 'Zwilling' } }
    good(await admin.post('/admin/translations/batch', { create: [words] }))
  }
  const { wish_list } = good(await shopper.post('/store/customers/me/wish-lists', { name: 'Twins' }))
  const path = `/store/customers/me/wish-lists/${wish_list.id}`
  good(await shopper.post(`${path}/items`, { variant_id: vendors[0]?.products[0]?.variantIds[0] }))
  good(await shopper.post(`${path}/share`))
}
