import type { TestApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { signedInOperator } from '../../support/people.js'

let counter = 0

/** A store that a Medusa admin would set up: nothing is there but the store, a sales channel and keys. */
export interface MedusaShop {
  admin: Client
  /** With a key that has no sales channels. */
  shopper: Client
  slug: string
  secretKey: string
  channelId: string
  regionId: string
  profileId: string
  /** The rest of a cart's body. */
  place: { region_id: string; sales_channel_id: string }
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  make(path: string, body: object): Promise<any>
  product(more: object): Promise<{ id: string; variants: { id: string; inventory_items: { inventory_item_id: string }[] }[] }>
  /** A way of delivery from a new location, for one profile. */
  shipping(profileId: string, prices: object[]): Promise<string>
}

/** Sets a store up with the bodies that Medusa's own clients send. Prices are without tax unless a preference says otherwise. */
export async function medusaShop(app: TestApp): Promise<MedusaShop> {
  const operator = await signedInOperator(app)
  counter += 1
  const slug = `medusa-${process.pid}-${counter}`
  const created = good(
    await operator.post('/platform/tenants', {
      slug,
      name: 'A Medusa shop',
      default_currency: 'usd',
      supported_currencies: ['usd', 'eur'],
      defaults: false,
      owner: { email: `owner@${slug}.example` },
    }),
  )
  const admin = client(app, { secretKey: created.secret_key })
  const make = async (path: string, body: object) => good(await admin.post(path, body))
  const { sales_channel: channel } = await make('/admin/sales-channels', { name: 'Webshop', description: 'channel' })
  const { region } = await make('/admin/regions', { name: 'US', currency_code: 'usd', countries: ['us'] })
  const { shipping_profile: profile } = await make('/admin/shipping-profiles', { name: 'Default', type: 'default' })
  const { api_key: key } = await make('/admin/api-keys', { title: 'Shop', type: 'publishable' })
  return {
    admin,
    shopper: client(app, { publishableKey: key.token }),
    slug,
    secretKey: created.secret_key,
    channelId: channel.id,
    regionId: region.id,
    profileId: profile.id,
    place: { region_id: region.id, sales_channel_id: channel.id },
    make,
    async product(more) {
      const usual = {
        title: 'Shirt',
        status: 'published',
        options: [{ title: 'size', values: ['large', 'small'] }],
        variants: [{ title: 'Large', options: { size: 'large' }, manage_inventory: false, prices: [{ currency_code: 'usd', amount: 15 }] }],
      }
      return (await make('/admin/products', { ...usual, ...more })).product
    },
    async shipping(profileId, prices) {
      const { stock_location: location } = await make('/admin/stock-locations', { name: 'Warehouse' })
      await make(`/admin/stock-locations/${location.id}/sales-channels`, { add: [channel.id] })
      const { stock_location } = await make(`/admin/stock-locations/${location.id}/fulfillment-sets`, {
        name: location.id,
        type: 'shipping',
      })
      const zones = { name: location.id, geo_zones: [{ type: 'country', country_code: 'us' }] }
      const { fulfillment_set } = await make(`/admin/fulfillment-sets/${stock_location.fulfillment_sets[0].id}/service-zones`, zones)
      await make(`/admin/stock-locations/${location.id}/fulfillment-providers`, { add: ['manual_test-provider'] })
      const { shipping_option } = await make('/admin/shipping-options', {
        name: 'Parcel',
        service_zone_id: fulfillment_set.service_zones[0].id,
        shipping_profile_id: profileId,
        provider_id: 'manual_test-provider',
        price_type: 'flat',
        type: { label: 'Standard', description: 'Two days', code: 'standard' },
        prices,
        rules: [],
      })
      return shipping_option.id
    },
  }
}
