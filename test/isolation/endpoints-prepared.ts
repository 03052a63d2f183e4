import { createHash, randomUUID } from 'node:crypto'
import { mailedToken } from '../../src/access/index.js'
import { totpCode, totpStep } from '../../src/access/totp.js'
import { statement } from '../../src/db/index.js'
import { addDomain } from '../../src/platform/index.js'
import { settleVendorOrder } from '../../src/payouts/index.js'
import { asAdmin } from '../support/database.js'
import { jobContext, monthsAgo, moveToMonth } from '../support/payouts.js'
import { fillCart } from '../support/purchase.js'
import { password } from '../support/shopper.js'
import { preparedChanges } from './endpoints-changes.js'
import { preparedFiles } from './endpoints-files.js'
import { preparedPeople } from './endpoints-people.js'
import { preparedKeys, storeKey } from './endpoints-keys.js'
import { preparedWebhooks } from './endpoints-webhooks.js'
import { fresh, made, type Prepare, preparedSpares } from './endpoints-spares.js'
import { promotionOf } from './endpoints-words.js'
import { good } from '../support/http.js'
import { preparedDrafts } from './endpoints-prepared-drafts.js'
import { order, packed, preparedOrders } from './endpoints-prepared-orders.js'
import { type Ids, openCart, placeOrder, type World } from './endpoints-world.js'

// Requests that use a thing up: each gets one of its own, so that the next one still finds what it names.

async function product({ store }: World, vendor: number): Promise<Ids> {
  const made = good(
    await store.admin.post('/admin/products', {
      vendor_id: store.vendors[vendor]?.id,
      title: 'Fresh',
      handle: fresh('fresh'),
      images: [{ url: 'fresh.png' }],
      options: [{ title: 'Size', values: ['S', 'M', 'L'] }],
      variants: ['S', 'M'].map((size) => ({ title: size, options: { Size: size }, prices: [{ currency_code: 'usd', amount: 1 }] })),
    }),
  )
  const { id, images, options, variants } = made.product
  const [variant] = variants
  return {
    product: id,
    product_image: images[0].id,
    product_option: options[0].id,
    variant: variant.id,
    variant_price: variant.prices[0].id,
    linked_inventory_item: variant.inventory_items[0].inventory_item_id,
  }
}

async function cart({ store }: World): Promise<Ids> {
  const id = await openCart(store)
  const found = good(await store.shopper.get(`/store/carts/${id}`, { fields: '+payment_collection.id,*items' }))
  return { cart: id, line_item: found.cart.items[0].id, payment_collection: found.cart.payment_collection.id }
}

const taxRegion = made('tax_region', '/admin/tax-regions', (_world, ids) => ({
  country_code: 'us',
  province_code: fresh('p'),
  parent_id: ids.tax_region,
}))

const channel = made('sales_channel', '/admin/sales-channels', () => ({ name: 'Fresh' }))
const region = made('region', '/admin/regions', () => ({ name: 'Fresh', currency_code: 'usd' }))

/** What a region said of its prices when it was made. */
const preferenceOf = async ({ store }: World, value: string | undefined): Promise<string> =>
  good(await store.admin.get('/admin/price-preferences', { value: value as string })).price_preferences[0].id

/** A promotion in a campaign, and one in none. */
async function promotion({ store: { admin } }: World): Promise<Ids> {
  const { promotion: inside } = good(await admin.post('/admin/promotions', promotionOf(fresh('promotion'), fresh('spring'))))
  const { campaign: _campaign, ...alone } = promotionOf(fresh('promotion'), '')
  const { promotion: outside } = good(await admin.post('/admin/promotions', alone))
  return {
    campaign: inside.campaign_id,
    campaign_promotion: inside.id,
    promotion: outside.id,
    promotion_rule: outside.rules[0].id,
    promotion_target_rule: outside.application_method.target_rules[0].id,
    promotion_buy_rule: outside.application_method.buy_rules[0].id,
  }
}

/** Something that is to be paid to the vendor by hand. */
const payout: Prepare = async (world, vendor) => {
  const { vendor_order } = await order(world, vendor)
  await settleVendorOrder(jobContext(world.app, world.store), vendor_order as string)
  const { payouts } = good(await world.store.admin.post('/admin/payouts/run'))
  const own = payouts.find((one: { vendor_id: string }) => one.vendor_id === world.store.vendors[vendor]?.id)
  return { payout: own.id }
}

let months = 1

/** An invoice for a month of its own. */
const invoice: Prepare = async (world, vendor) => {
  const { vendor_order } = await order(world, vendor)
  months += 1
  await moveToMonth(world.app, world.store, vendor_order as string, monthsAgo(months))
  const { invoices } = good(await world.store.admin.post('/admin/invoices', { period: monthsAgo(months) }))
  return { invoice: invoices[0].id }
}

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

/** A cart that is nobody's yet. */
async function guestCart({ store }: World): Promise<Ids> {
  const { cart: made } = good(await store.shopper.post('/store/carts', {}))
  return { cart: made.id }
}

/** An order that the customer has asked for, with the token that the mail about it carries. */
async function transfer(world: World): Promise<Ids> {
  const { app, store, customer } = world
  const { order: placed } = await placeOrder(store)
  good(await customer.client.post(`/store/orders/${placed.id}/transfer/request`, {}))
  const rows = await app.db.read(
    store.scope,
    statement<{ id: string }>('', 'select id from order_transfer where tenant_id = $1 and order_id = $2', [store.tenantId, placed.id]),
  )
  return { order: placed.id, transfer_token: mailedToken(app.stoa.services.accountSealer, 'order_transfer', rows[0]?.id as string) }
}

/** A second factor that waits for its first code, and that code. */
async function factor({ customer }: World): Promise<Ids> {
  const begun = good(await customer.client.post('/auth/mfa/factors', { provider: 'totp' }))
  return { mfa_factor: begun.mfa_factor.id, mfa_code: totpCode(begun.secret, totpStep(new Date())) }
}

/** A sign-in that waits for its second factor, and a recovery code that is one. */
async function challenge({ app, store, customer }: World): Promise<Ids> {
  const code = randomUUID()
  const hash = createHash('sha256').update(code.replaceAll('-', '')).digest('hex')
  await asAdmin(
    app.adminUrl,
    `insert into app.mfa_recovery_code (tenant_id, id, auth_identity_id, code_hash)
     select i.tenant_id, $3, i.id, $4 from app.auth_identity i where i.tenant_id = $1 and i.actor_id = $2`,
    [store.tenantId, customer.id, fresh('authtok'), hash],
  )
  const { mfa_challenge } = good(await store.shopper.post('/auth/customer/emailpass', { email: customer.email, password }))
  return { mfa_challenge: mfa_challenge.id, mfa_code: code }
}

async function address({ customer }: World): Promise<Ids> {
  const { customer: me } = good(await customer.client.post('/store/customers/me/addresses', { city: fresh('city') }))
  return { customer: customer.id, customer_address: me.addresses.at(-1).id }
}

async function guest({ store }: World): Promise<Ids> {
  const { customer: made } = good(await store.admin.post('/admin/customers', { email: `${fresh('guest')}@example.com` }))
  return { customer: made.id }
}

/** A product that the customer has bought, and not reviewed yet. */
async function bought({ store, customer }: World, vendor: number): Promise<Ids> {
  const made = good(
    await store.admin.post('/admin/products', {
      vendor_id: store.vendors[vendor]?.id,
      title: 'Fresh',
      handle: fresh('fresh'),
      status: 'published',
      options: [{ title: 'Size', values: ['S'] }],
      variants: [{ title: 'S', options: { Size: 'S' }, manage_inventory: false, prices: [{ currency_code: 'usd', amount: 1 }] }],
    }),
  )
  const cartId = await fillCart(customer.client, { regionId: store.regionId, variantIds: [made.product.variants[0].id] })
  good(await customer.client.post(`/store/carts/${cartId}/complete`))
  return { product: made.product.id }
}

async function reviewed(world: World, vendor: number): Promise<Ids> {
  const ids = await bought(world, vendor)
  const { review } = good(await world.customer.client.post(`/store/products/${ids.product}/reviews`, { rating: 4 }))
  good(await world.store.admin.post(`/admin/reviews/${review.id}/approve`))
  return { ...ids, review: review.id }
}

async function proposed({ store }: World, vendor: number): Promise<Ids> {
  const { product: made } = good(await store.vendor(vendor).post('/vendor/products', { title: fresh('Proposed'), status: 'proposed' }))
  const { product_reviews } = good(await store.admin.get('/admin/product-reviews', { product_id: made.id }))
  return { product_review: product_reviews[0].id }
}

async function wishList({ customer, store }: World, vendor: number): Promise<Ids> {
  const { wish_list: begun } = good(await customer.client.post('/store/customers/me/wish-lists', { name: 'Fresh' }))
  const variant_id = store.vendors[vendor]?.products[0]?.variantIds[0]
  const { wish_list: filled } = good(await customer.client.post(`/store/customers/me/wish-lists/${begun.id}/items`, { variant_id }))
  return { wish_list: begun.id, wish_list_item: filled.items[0].id }
}

async function translation(world: World, vendor: number): Promise<Ids> {
  const { product: reference_id } = await product(world, vendor)
  const words = { reference: 'product', reference_id, locale_code: 'is', translations: { title: 'Fresh' } }
  const { created } = good(await world.store.admin.post('/admin/translations/batch', { create: [words] }))
  return { translation: created[0].id }
}

/** A gift card that nobody has used, with its code. */
async function giftCard({ store: { admin } }: World): Promise<Ids> {
  const { gift_card } = good(await admin.post('/admin/gift-cards', { value: 5, currency_code: 'usd' }))
  return { gift_card: gift_card.id, gift_card_code: gift_card.code }
}

/** A cart that is paid with one. */
async function giftedCart(world: World): Promise<Ids> {
  const ids = { ...(await cart(world)), ...(await giftCard(world)) }
  good(await world.store.shopper.post(`/store/carts/${ids.cart}/gift-cards`, { code: ids.gift_card_code }))
  return ids
}

export const prepared: Record<string, Prepare> = {
  ...preparedSpares,
  ...preparedDrafts,
  ...preparedFiles,
  ...preparedPeople,
  ...preparedKeys,
  ...preparedWebhooks,
  ...preparedOrders,
  ...preparedChanges(order, packed),
  'POST /admin/products/:id': product,
  'POST /admin/products/:id/variants/:variant_id': product,
  'POST /admin/products/:id/variants/:variant_id/inventory-items/:inventory_item_id': product,
  'DELETE /admin/products/:id/variants/:variant_id/inventory-items/:inventory_item_id': product,
  'POST /admin/products/batch': product,
  'POST /admin/products/:id/variants/batch': product,
  'POST /admin/products/:id/variants/inventory-items/batch': product,
  'POST /admin/products/:id/images/:image_id/variants/batch': product,
  'POST /admin/products/:id/variants/:variant_id/images/batch': product,
  'POST /store/products/:id/reviews': bought,
  'POST /store/customers/me/reviews/:id': reviewed,
  'DELETE /store/customers/me/reviews/:id': reviewed,
  'POST /admin/reviews/:id/reject': reviewed,
  'DELETE /vendor/reviews/:id/answer': reviewed,
  'POST /admin/product-reviews/:id/approve': proposed,
  'POST /admin/product-reviews/:id/reject': proposed,
  'POST /admin/product-reviews/:id/request-changes': proposed,
  'DELETE /store/customers/me/wish-lists/:id': wishList,
  'DELETE /store/customers/me/wish-lists/:id/items/:item_id': wishList,
  'DELETE /store/customers/me/wish-lists/:id/share': wishList,
  'POST /admin/translations/batch': translation,
  'DELETE /admin/translations/:id': translation,
  'POST /store/carts/:id/customer': guestCart,
  'POST /store/orders/:id/transfer/cancel': transfer,
  'POST /admin/orders/:id/transfer/cancel': transfer,
  'POST /store/orders/:id/transfer/accept': transfer,
  'POST /store/orders/:id/transfer/decline': transfer,
  'POST /auth/mfa/factors/:id/verify': factor,
  'DELETE /auth/mfa/factors/:id': factor,
  'POST /auth/mfa/challenges/:id/verify': challenge,
  'DELETE /store/customers/me/addresses/:address_id': address,
  'DELETE /admin/customers/:id/addresses/:address_id': address,
  'DELETE /admin/customers/:id': guest,
  'DELETE /admin/customer-groups/:id': made('customer_group', '/admin/customer-groups', () => ({ name: fresh('Group') })),
  'POST /admin/orders/:id/archive': async (world, vendor) => {
    const ids = await order(world, vendor)
    good(await world.store.admin.post(`/admin/orders/${ids.order}/complete`))
    return ids
  },
  'POST /admin/invoices/:id/credit': invoice,
  'POST /admin/payouts/:id/mark-paid': payout,
  'POST /admin/payouts/:id/cancel': payout,
  'POST /admin/holds/:id/release': async (world, vendor) => {
    const vendor_order_id = world.idsOf[vendor]?.vendor_order
    const { hold } = good(await world.store.admin.post('/admin/holds', { vendor_order_id, reason: 'manual', amount: 1 }))
    return { hold: hold.id }
  },
  'DELETE /admin/promotions/:id': promotion,
  'DELETE /admin/campaigns/:id': promotion,
  'POST /admin/campaigns/:id/promotions': promotion,
  'POST /admin/promotions/:id/rules/batch': promotion,
  'POST /admin/promotions/:id/target-rules/batch': promotion,
  'POST /admin/promotions/:id/buy-rules/batch': promotion,
  'POST /platform/tenants/:id/promotions/:promotion_id/fund': promotion,
  'DELETE /admin/return-reasons/:id': made('return_reason', '/admin/return-reasons', () => ({ value: fresh('reason'), label: 'Fresh' })),
  'DELETE /admin/refund-reasons/:id': made('refund_reason', '/admin/refund-reasons', () => ({ label: 'Reason', code: fresh('reason') })),
  'POST /store/carts/:id/complete': cart,
  'DELETE /store/carts/:id/gift-cards': giftedCart,
  'POST /store/store-credit-accounts/claim': giftCard,
  'DELETE /admin/gift-cards/:id': giftCard,
  'POST /admin/gift-cards/:id/redeem': giftCard,
  'POST /admin/orders/:id/credit-lines': async ({ store, customer }) => ({
    order: (await placeOrder({ ...store, shopper: customer.client })).order.id,
  }),
  'DELETE /store/carts/:id/line-items/:line_id': cart,
  'POST /store/payment-collections/:id/payment-sessions': cart,
  'DELETE /vendor/products/:id': product,
  'DELETE /admin/products/:id': product,
  'DELETE /admin/products/:id/variants/:variant_id': product,
  'POST /admin/products/:id/variants': product,
  'POST /admin/sales-channels/:id/products': channel,
  'POST /admin/stock-locations/:id/sales-channels': channel,
  'POST /admin/api-keys/:id/sales-channels': async (world, vendor) => ({
    ...(await storeKey(world)),
    ...(await channel(world, vendor)),
  }),
  'POST /admin/inventory-items/:id/location-levels': made('stock_location', '/admin/stock-locations', (_world, ids) => ({
    name: 'Fresh',
    vendor_id: ids.vendor,
  })),
  'POST /admin/commission-rules': unruled,
  'POST /admin/commission-rules/:id': commissionRule,
  'DELETE /admin/commission-rules/:id': commissionRule,
  'POST /admin/price-preferences': async (world, vendor) => {
    const made = await region(world, vendor)
    good(await world.store.admin.delete(`/admin/price-preferences/${await preferenceOf(world, made.region)}`))
    return made
  },
  'DELETE /admin/regions/:id': region,
  'DELETE /admin/price-preferences/:id': async (world, vendor) => {
    const { region: made } = await region(world, vendor)
    return { price_preference: await preferenceOf(world, made) }
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
  'DELETE /admin/tax-rates/:id/rules/:rule_id': async ({ store }, vendor) => {
    const reference_id = store.vendors[vendor]?.products[0]?.id
    const tax_region_id = (await store.admin.get('/admin/tax-regions')).body.tax_regions[0].id
    const rate = { tax_region_id, name: 'Ruled', code: fresh('rate'), rules: [{ reference: 'product', reference_id }] }
    const { tax_rate } = good(await store.admin.post('/admin/tax-rates', rate))
    return { tax_rate: tax_rate.id, tax_rate_rule: tax_rate.rules[0].id }
  },
  'DELETE /admin/shipping-options/:id': made('shipping_option', '/admin/shipping-options', (_world, ids) => ({
    name: 'Fresh',
    service_zone_id: ids.service_zone,
    shipping_profile_id: ids.shipping_profile,
    type_id: ids.shipping_option_type,
    prices: [{ currency_code: 'usd', amount: 1 }],
  })),
}
