import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

// What is changed and read back while a store is set up: what Medusa answers is what its clients go on with.

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
type Any = any

describe('what a store is set up with, as it reads back', () => {
  const app = useApp()
  let shop: MedusaShop

  before(async () => {
    shop = await medusaShop(app())
  })

  const get = async (path: string, query: Record<string, string> = {}): Promise<Any> => good(await shop.admin.get(path, query))

  describe('a product that is changed', () => {
    let product: Any

    before(async () => {
      const prices = [
        { currency_code: 'usd', amount: 15 },
        { currency_code: 'eur', amount: 12 },
        { currency_code: 'eur', amount: 11, rules: { region_id: shop.regionId } },
      ]
      const variants = ['large', 'small'].map((size) => ({ title: size, options: { size }, prices }))
      product = await shop.product({ title: 'Whole lists', variants })
    })

    const pricesOf = async () => {
      const { product: now } = await get(`/admin/products/${product.id}`)
      return now.variants.map(({ title, prices }: Any) => [
        title,
        prices.map((price: Any) => `${price.currency_code} ${price.amount}`).sort(),
      ])
    }

    it('has the prices that are given and no others outside price lists', async () => {
      const [{ id: variant_id }] = product.variants
      const listed = { title: 'Sale', description: 'Sale', status: 'active', prices: [{ variant_id, currency_code: 'usd', amount: 1 }] }
      const { price_list } = await shop.make('/admin/price-lists', listed)
      const variant = `/admin/products/${product.id}/variants/${variant_id}`
      await shop.make(variant, { title: 'Large' })
      assert.deepEqual((await pricesOf())[0], ['Large', ['eur 11', 'eur 12', 'usd 15']])
      await shop.make(variant, { prices: [{ currency_code: 'usd', amount: 9 }] })
      assert.deepEqual((await pricesOf())[0], ['Large', ['usd 9']])
      const rules = { region_id: shop.regionId }
      const change = { create: [{ variant_id, currency_code: 'eur', amount: 2, rules }] }
      const { created } = await shop.make(`/admin/price-lists/${price_list.id}/prices/batch`, change)
      assert.equal(created[0].price_set.variant.id, variant_id)
      assert.deepEqual(created[0].price_rules, [{ attribute: 'region_id', operator: 'eq', value: shop.regionId }])
      const { prices: both } = await get(`/admin/price-lists/${price_list.id}/prices`)
      assert.deepEqual(
        both.map(({ price_set, price_rules, deleted_at }: Any) => [price_set.variant.id, price_rules.length, deleted_at]),
        [
          [variant_id, 0, null],
          [variant_id, 1, null],
        ],
      )
      const fields = '*prices,prices.price_set.variant.id'
      const { price_list: read } = await get(`/admin/price-lists/${price_list.id}`, { fields })
      assert.deepEqual(
        read.prices.map((price: Any) => [price.price_list_id, price.variant_id, price.rules, price.deleted_at]),
        [
          [price_list.id, variant_id, {}, null],
          [price_list.id, variant_id, rules, null],
        ],
      )
      await shop.make(`/admin/products/${product.id}/variants/batch`, { update: [{ id: variant_id, prices: [] }] })
      assert.deepEqual(await pricesOf(), [
        ['Large', []],
        ['small', ['eur 11', 'eur 12', 'usd 15']],
      ])
      assert.equal((await get(`/admin/price-lists/${price_list.id}`)).price_list.prices.length, 2)
    })

    it('takes prices as they were read', async () => {
      const one = (await shop.product({ title: 'Read and written' })) as Any
      const path = `/admin/products/${one.id}/variants/${one.variants[0].id}`
      const { variant } = await get(path)
      const [price] = variant.prices
      const { product: after } = await shop.make(path, {
        prices: [
          { ...price, amount: 16 },
          { ...price, id: undefined, currency_code: 'eur' },
        ],
      })
      assert.deepEqual(
        after.variants[0].prices.map((each: Any) => `${each.currency_code} ${each.amount}`),
        ['eur 15', 'usd 16'],
      )
      const refused = await shop.admin.post(path, { prices: [{ ...price, amount: 'x' }] })
      assert.equal(refused.body.message, "Invalid request: Expected type: 'number' for field 'prices, 0, amount', got: 'x'")
    })

    it('has the variants that are given and no others', async () => {
      const [large, small] = product.variants
      await shop.make(`/admin/products/${product.id}`, { variants: [{ id: large.id }, { id: small.id, title: 'Small' }] })
      assert.deepEqual(
        (await pricesOf()).map(([title]: [string]) => title),
        ['Large', 'Small'],
      )
      const added = { title: 'Large again', options: { size: 'large' }, prices: [{ currency_code: 'usd', amount: 3 }] }
      await shop.make('/admin/products/batch', { update: [{ id: product.id, variants: [{ id: small.id }, added] }] })
      assert.deepEqual(await pricesOf(), [
        ['Small', ['eur 11', 'eur 12', 'usd 15']],
        ['Large again', ['usd 3']],
      ])
      await shop.make(`/admin/products/${product.id}`, { status: 'draft' })
      assert.equal((await pricesOf()).length, 2)
    })
  })
  it('lets go of what only variants had that go in the same request', async () => {
    const variants = ['large', 'small'].map((size) => ({ title: size, options: { size }, prices: [] }))
    const { id, options, variants: made } = (await shop.product({ title: 'Fewer', variants })) as Any
    const small = made.find((variant: Any) => variant.title === 'small').id
    await shop.make(`/admin/products/${id}`, { options: [{ id: options[0].id, values: ['small'] }], variants: [{ id: small }] })
    const { product } = await get(`/admin/products/${id}`)
    assert.deepEqual(
      [product.options[0].values.map(({ value }: Any) => value), product.variants.map((variant: Any) => variant.title)],
      [['small'], ['small']],
    )
    const { product_option: colour } = await shop.make('/admin/product-options', { title: 'colour', values: ['red'] })
    const red = { title: 'Red', options: { colour: 'red' }, prices: [] }
    await shop.make(`/admin/products/${id}`, { option_ids: [colour.id], variants: [red] })
    const { product: now } = await get(`/admin/products/${id}`)
    assert.deepEqual([now.options.map(({ title }: Any) => title), now.variants.map((variant: Any) => variant.title)], [['colour'], ['Red']])
  })

  it('tells of an inventory item what draws on it, where it is, and of a link both its ends', async () => {
    const made = (await shop.product({ title: 'Drawn' })) as Any
    const { inventory_item: item } = await shop.make('/admin/inventory-items', { sku: 'drawn' })
    const { stock_location: place } = await shop.make('/admin/stock-locations', { name: 'Cellar' })
    await shop.make(`/admin/inventory-items/${item.id}/location-levels`, { location_id: place.id, stocked_quantity: 3 })
    const [ends, required_quantity] = [{ variant_id: made.variants[0].id, inventory_item_id: item.id }, 2]
    const links = `/admin/products/${made.id}/variants/inventory-items/batch`
    const { created } = await shop.make(links, { create: [{ ...ends, required_quantity }] })
    const [product, inventory] = [{ variant_id: ends.variant_id }, { inventory_item_id: item.id }]
    assert.deepEqual(created, [{ ...ends, required_quantity, product, inventory, data: { required_quantity } }])
    const path = `/admin/inventory-items/${item.id}`
    const fields = '*variants,*variants.product,*variants.options'
    const [variant] = (await get(path, { fields })).inventory_item.variants
    assert.deepEqual([variant.id, variant.product.title, variant.options[0].value], [ends.variant_id, 'Drawn', 'large'])
    assert.equal('variants' in (await get(path)).inventory_item, false)
    const { inventory_levels: levels } = await get(`${path}/location-levels`, { fields: '+stock_locations.id,+stock_locations.name' })
    assert.deepEqual(levels[0].stock_locations, [{ id: place.id, name: 'Cellar' }])
    const { deleted } = await shop.make(links, { delete: [ends] })
    assert.deepEqual(deleted, [{ ...ends, product, inventory }])
    assert.deepEqual((await get(path, { fields })).inventory_item.variants, [])
    assert.equal((await get(`/admin/products/${made.id}`)).product.variants[0].options[0].option.is_exclusive, true)
  })

  it('tells of collections, types, tags and options what is under them', async () => {
    const { collection } = await shop.make('/admin/collections', { title: 'Under' })
    const { product_type: type } = await shop.make('/admin/product-types', { value: 'Under' })
    const { product_tag: tag } = await shop.make('/admin/product-tags', { value: 'Under' })
    const under = { type_id: type.id, collection_id: collection.id, tags: [{ id: tag.id }] }
    const made = (await shop.product({ title: 'Beneath', subtitle: 'all', ...under })) as Any
    for (const path of [
      `collections/${collection.id}`,
      `product-types/${type.id}`,
      `product-tags/${tag.id}`,
      `product-options/${made.options[0].id}`,
    ]) {
      const [noun] = Object.values(await get(`/admin/${path}`, { fields: '*products' })) as Any[]
      const [{ id, subtitle, discountable, type_id }] = noun.products
      assert.deepEqual([id, subtitle, discountable, type_id], [made.id, 'all', true, type.id], path)
    }
  })

  it('has one variant of a vendor with a number', async () => {
    const variant = (more: object) => ({ title: 'v', options: { size: 'large' }, prices: [], ...more })
    const first = (await shop.product({ title: 'Numbered', variants: [variant({ ean: '400', upc: '1', barcode: 'b' })] })) as Any
    const second = (await shop.product({ title: 'Numbered too', variants: [variant({ ean: '401' })] })) as Any
    const path = `/admin/products/${second.id}/variants/${second.variants[0].id}`
    for (const [name, value] of Object.entries({ ean: '400', upc: '1', barcode: 'b' })) {
      const message = `Product variant with ${name}: ${value}, already exists.`
      const added = await shop.admin.post(`/admin/products/${second.id}/variants`, variant({ [name]: value, options: { size: 'small' } }))
      assert.deepEqual([added.status, added.body.message], [400, message])
      const changed = await shop.admin.post(path, { [name]: value })
      assert.deepEqual([changed.status, changed.body.message], [400, message])
    }
    await shop.make(path, { ean: '401', title: 'The same number' })
    await shop.admin.delete(`/admin/products/${first.id}`)
    await shop.make(path, { ean: '400' })
  })

  it('has numbers that were mixed up put right in one request', async () => {
    const variants = ['large', 'small'].map((size) => ({
      title: size,
      options: { size },
      prices: [],
      sku: `MIXED-${size}`,
      barcode: `of ${size}`,
      ean: `500${size}`,
    }))
    const { id, variants: made } = (await shop.product({ title: 'Mixed up', variants })) as Any
    const [one, other] = made
    const swap = [
      { id: one.id, sku: other.sku, barcode: other.barcode, ean: other.ean },
      { id: other.id, sku: one.sku, barcode: one.barcode, ean: one.ean },
    ]
    await shop.make(`/admin/products/${id}`, { variants: swap })
    const { product } = await get(`/admin/products/${id}`)
    const numbers = new Map(product.variants.map((variant: Any) => [variant.id, [variant.sku, variant.barcode, variant.ean]]))
    assert.deepEqual(
      [numbers.get(one.id), numbers.get(other.id)],
      [
        [other.sku, other.barcode, other.ean],
        [one.sku, one.barcode, one.ean],
      ],
    )
    const shared = await shop.admin.post(`/admin/products/${id}`, {
      variants: made.map((variant: Any) => ({ id: variant.id, sku: 'ONE' })),
    })
    assert.deepEqual([shared.status, shared.body.message], [400, 'Product variant with sku: ONE, already exists.'])
    const same = await shop.admin.post(`/admin/products/${id}`, { variants: made.map((variant: Any) => ({ id: variant.id, upc: '7' })) })
    assert.deepEqual([same.status, same.body.message], [400, 'Product variant with upc: 7, already exists.'])
  })

  it('shows a product’s profile, and all of its categories and channels', async () => {
    const { product_category: category } = await shop.make('/admin/product-categories', {
      name: 'Inside',
      is_internal: true,
      handle: 'hidden-one',
    })
    const links = { shipping_profile_id: shop.profileId, categories: [{ id: category.id }], sales_channels: [{ id: shop.channelId }] }
    const { id } = await shop.product({ title: 'Linked', discountable: false, ...links })
    const { product } = await get(`/admin/products/${id}`, { fields: 'id,*shipping_profile,*categories,*sales_channels' })
    assert.equal(product.shipping_profile.name, 'Default')
    const [{ is_internal, parent_category_id, rank, description }] = product.categories
    assert.deepEqual([is_internal, parent_category_id, rank, description], [true, null, category.rank, ''])
    assert.equal(product.sales_channels[0].deleted_at, null)
    const found = async (query: Record<string, string>) =>
      (await get('/admin/products', { fields: 'id', ...query })).products.map((one: Any) => one.id)
    assert.deepEqual(await found({ shipping_profile_id: shop.profileId }), [id])
    assert.deepEqual(await found({ discountable: 'false' }), [id])
    for (const limit of ['0', '1']) assert.equal((await get('/admin/product-categories', { q: 'hidden-one', limit })).count, 1, limit)
  })

  it('tells countries of the tax regions below them', async () => {
    const { tax_region: country } = await shop.make('/admin/tax-regions', { country_code: 'us', provider_id: 'tp_system' })
    const rate = { name: 'State', code: 'STATE', rate: 5 }
    const province = { country_code: 'us', province_code: 'us-ca', parent_id: country.id, default_tax_rate: rate }
    await shop.make('/admin/tax-regions', province)
    const { tax_regions, count } = await get('/admin/tax-regions', { parent_id: 'null' })
    assert.deepEqual([tax_regions.map((one: Any) => one.id), count], [[country.id], 1])
    const { tax_regions: whole } = await get('/admin/tax-regions', { province_code: 'null' })
    assert.deepEqual(
      whole.map((one: Any) => one.id),
      [country.id],
    )
    const [below] = (await get('/admin/tax-regions', { province_code: 'us-ca' })).tax_regions
    assert.deepEqual(below.parent.tax_rates, [])
    const { tax_region } = await get(`/admin/tax-regions/${country.id}`, { fields: '+provider.id' })
    assert.deepEqual(tax_region.provider, { id: 'tp_system' })
    const [ofProvince] = (await get('/admin/tax-rates', { tax_region_id: below.id })).tax_rates
    assert.deepEqual(ofProvince.tax_region.parent, { id: country.id })
    const { product_type: type } = await shop.make('/admin/product-types', { value: 'Book' })
    const ruled = {
      tax_region_id: country.id,
      name: 'Books',
      code: 'BOOKS',
      rate: 1,
      rules: [{ reference: 'product_type', reference_id: type.id }],
    }
    const { tax_rate } = await shop.make('/admin/tax-rates', ruled)
    assert.deepEqual([tax_rate.rules[0].tax_rate_id, tax_rate.rules[0].created_by], [tax_rate.id, country.created_by])
  })

  it('takes ways of delivery whose prices come later, and zones by expressions', async () => {
    const optionId = await shop.shipping(shop.profileId, [])
    const { shipping_option: option } = await get(`/admin/shipping-options/${optionId}`)
    assert.deepEqual([option.prices, option.rules[0].shipping_option_id], [[], optionId])
    const prices = [
      { currency_code: 'usd', amount: 4 },
      { region_id: shop.regionId, amount: 3 },
    ]
    const { shipping_option: priced } = await shop.make(`/admin/shipping-options/${optionId}`, { prices })
    assert.deepEqual(priced.prices.map((price: Any) => [price.amount, price.rules_count]).sort(), [
      [3, 1],
      [4, 0],
    ])
    const zone = { type: 'zip', country_code: 'us', province_code: 'ca', city: 'Oakland', postal_expression: { like: '946%' } }
    const set = option.service_zone.fulfillment_set.id
    const { fulfillment_set } = await shop.make(`/admin/fulfillment-sets/${set}/service-zones`, { name: 'Oakland', geo_zones: [zone] })
    const made = fulfillment_set.service_zones.find((one: Any) => one.name === 'Oakland')
    assert.deepEqual([made.geo_zones[0].postal_expression, made.geo_zones[0].service_zone_id], [{ like: '946%' }, made.id])
    const { service_zone } = await get(`/admin/fulfillment-sets/${set}/service-zones/${option.service_zone_id}`, {
      fields: '*fulfillment_set,*shipping_options',
    })
    assert.deepEqual([service_zone.fulfillment_set.type, service_zone.shipping_options[0].id], ['shipping', optionId])
    assert.equal(service_zone.fulfillment_set.service_zones, undefined)
    const [rule] = priced.prices.flatMap((price: Any) => price.price_rules)
    assert.deepEqual([rule.attribute, rule.value, rule.price_id.slice(0, 6)], ['region_id', shop.regionId, 'price_'])
    for (const noun of ['shipping-options', 'tax-providers', 'payments/payment-providers']) {
      assert.equal((await get(`/admin/${noun}`)).limit, 20, noun)
    }
  })

  it('takes a location out of use with its sets, zones and ways of delivery', async () => {
    const optionId = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 4 }])
    const path = `/admin/shipping-options/${optionId}`
    const { service_zone } = (await get(path, { fields: '+service_zone.fulfillment_set.location.id' })).shipping_option
    const { name, location } = service_zone.fulfillment_set
    good(await shop.admin.delete(`/admin/stock-locations/${location.id}`))
    assert.equal((await shop.admin.get(path)).status, 404)
    const { stock_location: next } = await shop.make('/admin/stock-locations', { name: 'Next' })
    await shop.make(`/admin/stock-locations/${next.id}/fulfillment-sets`, { name, type: 'shipping' })
  })

  it('tells promotions that no campaign has, and what a campaign has', async () => {
    const method = { type: 'percentage', target_type: 'items', allocation: 'across', value: 10 }
    const promote = async (code: string, more: object = {}) =>
      (await shop.make('/admin/promotions', { code, type: 'standard', application_method: method, ...more })).promotion.id
    const { campaign } = await shop.make('/admin/campaigns', { name: 'Has', campaign_identifier: 'has' })
    const [free, bound] = [await promote('FREE'), await promote('BOUND', { campaign_id: campaign.id })]
    const { promotions, count } = await get('/admin/promotions', { campaign_id: 'null' })
    assert.deepEqual([promotions.map((one: Any) => one.id), count], [[free], 1])
    const { campaign: asked } = await get(`/admin/campaigns/${campaign.id}`, { fields: '+promotions.id' })
    assert.deepEqual([asked.promotions[0].id, asked.promotions[0].type, asked.name], [bound, undefined, 'Has'])
    const [{ promotions: whole }] = (await get('/admin/campaigns', { fields: '*promotions' })).campaigns
    assert.deepEqual([whole[0].code, whole[0].limit, whole[0].status], ['BOUND', null, 'draft'])
    assert.equal(campaign.promotions, undefined)
  })

  it('finds a channel by what it is described as, and an address by its company and province', async () => {
    await shop.make('/admin/sales-channels', { name: 'Stall', description: 'On the market place' })
    const { sales_channels } = await get('/admin/sales-channels', { q: 'market' })
    assert.deepEqual(
      sales_channels.map((one: Any) => one.name),
      ['Stall'],
    )
    const { customer } = await shop.make('/admin/customers', { email: 'found@example.com' })
    const { customer_group } = await shop.make('/admin/customer-groups', { name: 'Found' })
    await shop.make(`/admin/customer-groups/${customer_group.id}/customers`, { add: [customer.id] })
    const { customer: grouped } = await get(`/admin/customers/${customer.id}`, { fields: '*groups' })
    assert.deepEqual([grouped.groups[0].created_by, grouped.groups[0].deleted_at], [customer_group.created_by, null])
    const path = `/admin/customers/${customer.id}/addresses`
    await shop.make(path, { company: 'Acme', province: 'NY' })
    await shop.make(path, { company: 'Other', province: 'CA' })
    for (const query of [{ company: 'Acme' }, { province: 'NY' }]) {
      assert.deepEqual(
        (await get(path, query as Any)).addresses.map((one: Any) => one.company),
        ['Acme'],
      )
    }
  })

  it('gives each currency of a store an id, and shows all of an item that is kept back', async () => {
    const { stores } = await get('/admin/stores')
    assert.match(stores[0].supported_currencies[0].id, /^stocur_/)
    const codes = ({ supported_currencies }: Any) => supported_currencies.map((one: Any) => one.currency_code)
    assert.deepEqual(codes(stores[0]), ['usd', 'eur'], 'its own before the others')
    const { currencies } = await get('/admin/currencies', { order: '-name', limit: '1' })
    assert.equal(currencies[0].name, 'Zimbabwean Gold')
    const { stock_location: location } = await shop.make('/admin/stock-locations', { name: 'Shelf' })
    const levels = [{ location_id: location.id, stocked_quantity: 3 }]
    const { inventory_item: item } = await shop.make('/admin/inventory-items', { sku: 'KEPT', material: 'wood', location_levels: levels })
    assert.equal(item.location_levels[0].metadata, null)
    const kept = { inventory_item_id: item.id, location_id: location.id, quantity: 1 }
    const { reservation } = await shop.make('/admin/reservations', kept)
    assert.deepEqual([reservation.inventory_item.material, reservation.inventory_item.reserved_quantity], ['wood', 1])
  })
})
