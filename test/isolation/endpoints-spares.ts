import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { addOperatorEvent, addParkedEvent } from './endpoints-provider.js'
import { handIn, type Ids, type World } from './endpoints-world.js'

// Things that a request removes or uses up, and that a store's staff make by one request or two.

export type Prepare = (world: World, vendor: number) => Promise<Ids>

let counter = 0
export const fresh = (word: string) => `${word}-${++counter}`

/** One thing that is made by one request. */
export function made(kind: string, path: string, body: (world: World, ids: Ids) => object): Prepare {
  return async (world, vendor) => {
    const answer = good(await world.store.admin.post(path, body(world, world.idsOf[vendor] as Ids)))
    return { [kind]: answer[kind].id }
  }
}

/** A product without variants, and its option. */
async function bare({ store }: World, vendor: number): Promise<Ids> {
  const body = { title: 'Bare', handle: fresh('bare'), vendor_id: store.vendors[vendor]?.id, options: [{ title: 'Bare', values: ['One'] }] }
  const { product: made } = good(await store.admin.post('/admin/products', body))
  return { bare_product: made.id, bare_option: made.options[0].id, bare_option_value: made.options[0].values[0].id }
}

/** An option that no product has, and one of its values. */
async function sharedOption({ store }: World, vendor: number): Promise<Ids> {
  const body = { title: fresh('Shared'), values: ['Shared', 'Other'], vendor_id: store.vendors[vendor]?.id }
  const { product_option } = good(await store.admin.post('/admin/product-options', body))
  const [value] = product_option.values
  return {
    product_option: product_option.id,
    product_option_value: value.id,
    shared_option: product_option.id,
    shared_option_value: value.id,
    spare_option: product_option.id,
    spare_option_value: value.id,
  }
}

/** A product without variants, its own option, and one that it could share. */
const bareAndShared: Prepare = async (world, vendor) => ({ ...(await sharedOption(world, vendor)), ...(await bare(world, vendor)) })

/** A list with a price of a vendor's. */
async function priceList({ store }: World, vendor: number): Promise<Ids> {
  const variant_id = store.vendors[vendor]?.products[0]?.variantIds[0] as string
  const body = { title: 'Fresh', description: 'Of a spare', status: 'draft', prices: [{ variant_id, currency_code: 'usd', amount: 9 }] }
  const { price_list } = good(await store.admin.post('/admin/price-lists', body))
  return { price_list: price_list.id, list_price: price_list.prices[0].id, variant: variant_id }
}

/** An item that nothing draws on, counted at a location of its vendor. */
async function item({ store }: World, vendor: number): Promise<Ids> {
  const { id: vendor_id, locationId: location_id } = store.vendors[vendor] as World['store']['vendors'][number]
  const { inventory_item } = good(await store.admin.post('/admin/inventory-items', { title: fresh('Item'), vendor_id }))
  const levels = good(await store.admin.post(`/admin/inventory-items/${inventory_item.id}/location-levels`, { location_id }))
  const { id } = inventory_item
  return { inventory_item: id, unused_inventory_item: id, free_item: id, inventory_level: levels.inventory_item.location_levels[0].id }
}

async function location(world: World, vendor: number): Promise<Ids> {
  const { admin, vendors } = world.store
  const { stock_location } = good(await admin.post('/admin/stock-locations', { name: 'Fresh', vendor_id: vendors[vendor]?.id }))
  const name = fresh('place')
  const sets = good(await admin.post(`/admin/stock-locations/${stock_location.id}/fulfillment-sets`, { name, type: 'shipping' }))
  const set = sets.stock_location.fulfillment_sets[0].id
  const geo_zones = [{ type: 'country', country_code: 'us' }]
  const { fulfillment_set } = good(await admin.post(`/admin/fulfillment-sets/${set}/service-zones`, { name, geo_zones }))
  return { stock_location: stock_location.id, fulfillment_set: set, service_zone: fulfillment_set.service_zones[0].id }
}

/** Somebody on the staff who is not the only one. */
async function spareUser({ app, store }: World): Promise<Ids> {
  const id = fresh('user_spare')
  await asAdmin(app.adminUrl, 'insert into app.store_user (tenant_id, id, email) values ($1, $2, $3)', [
    store.tenantId,
    id,
    `${id}@example.com`,
  ])
  return { spare_user: id, user: id }
}

const invite: Prepare = async ({ store }, _vendor) => {
  const { roles } = good(await store.admin.get('/admin/roles', { q: 'store_support' }))
  const made = good(await store.admin.post('/admin/invites', { email: `${fresh('invited')}@example.com`, role_id: roles[0].id }))
  return { invite: made.invite.id }
}

/** The same with something on the shelf. */
const stocked: Prepare = async (world, vendor) => {
  const ids = await item(world, vendor)
  const path = `/admin/inventory-items/${ids.inventory_item}/location-levels/${world.store.vendors[vendor]?.locationId}`
  good(await world.store.admin.post(path, { stocked_quantity: 9 }))
  return ids
}

const reservation: Prepare = async (world, vendor) => {
  const ids = await stocked(world, vendor)
  const body = { inventory_item_id: ids.inventory_item, location_id: world.store.vendors[vendor]?.locationId, quantity: 1 }
  return { reservation: good(await world.store.admin.post('/admin/reservations', body)).reservation.id }
}

export const preparedSpares: Record<string, Prepare> = {
  'POST /admin/price-lists/:id/prices/batch': priceList,
  'POST /admin/price-lists/:id/products': priceList,
  'DELETE /admin/price-lists/:id': priceList,
  'POST /admin/products/:id/options': bare,
  'POST /admin/products/:id/options/batch': bareAndShared,
  'POST /admin/product-options/:id': sharedOption,
  'DELETE /admin/product-options/:id': sharedOption,
  'GET /admin/product-options/:id/values/:value_id': sharedOption,
  'POST /admin/product-options/:id/values/:value_id': sharedOption,
  'DELETE /admin/product-options/:id/values/:value_id': sharedOption,
  'DELETE /admin/products/:id/options/:option_id': bare,
  'POST /admin/inventory-items/:id/location-levels/batch': item,
  'POST /admin/inventory-items/location-levels/batch': item,
  'DELETE /admin/inventory-items/:id': item,
  'DELETE /admin/inventory-items/:id/location-levels/:location_id': item,
  'POST /admin/reservations': stocked,
  'POST /admin/reservations/:id': reservation,
  'DELETE /admin/reservations/:id': reservation,
  'POST /admin/fulfillment-sets/:id/service-zones/:zone_id': location,
  'DELETE /admin/stock-locations/:id': location,
  'DELETE /admin/fulfillment-sets/:id': location,
  'DELETE /admin/fulfillment-sets/:id/service-zones/:zone_id': location,
  'DELETE /admin/shipping-profiles/:id': async (world, vendor) => {
    const body = { name: fresh('spare'), vendor_id: world.store.vendors[vendor]?.id }
    return { unused_shipping_profile: good(await world.store.admin.post('/admin/shipping-profiles', body)).shipping_profile.id }
  },
  'DELETE /admin/shipping-option-types/:id': async (world, vendor) => {
    const body = { label: 'Spare', code: fresh('code'), vendor_id: world.store.vendors[vendor]?.id }
    const { shipping_option_type } = good(await world.store.admin.post('/admin/shipping-option-types', body))
    return { unused_shipping_option_type: shipping_option_type.id }
  },
  // A request before may have taken the customer out of every group.
  'GET /admin/customer-groups': async (world) => {
    const customer = world.idsOf[0]?.customer as string
    const { customer_group } = good(await world.store.admin.post('/admin/customer-groups', { name: fresh('Group') }))
    good(await world.store.admin.post(`/admin/customer-groups/${customer_group.id}/customers`, { add: [customer] }))
    return { customer, customer_group: customer_group.id }
  },
  'POST /admin/payment-events/:id/ignore': async ({ app, store }) => ({ payment_event: await addParkedEvent(app, store) }),
  'POST /platform/payment-events/:id/retry': async ({ app, store }) => ({ operator_event: await addOperatorEvent(app, store) }),
  'POST /admin/users/:id': spareUser,
  'DELETE /admin/users/:id': spareUser,
  'POST /admin/invites/:id/resend': invite,
  'DELETE /admin/invites/:id': invite,
  'DELETE /admin/sales-channels/:id': made('sales_channel', '/admin/sales-channels', () => ({ name: 'Fresh' })),
  'DELETE /admin/collections/:id': made('collection', '/admin/collections', () => ({ title: fresh('Collection') })),
  'DELETE /admin/product-categories/:id': made('product_category', '/admin/product-categories', () => ({ name: fresh('Category') })),
  'DELETE /admin/product-tags/:id': made('product_tag', '/admin/product-tags', () => ({ value: fresh('tag') })),
  'DELETE /admin/product-types/:id': made('product_type', '/admin/product-types', () => ({ value: fresh('type') })),
  'DELETE /admin/uploads/:id': async ({ store }) => ({ upload: (await handIn(store.admin)).split('/').at(-1) as string }),
}
