import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

// What whoever sets a store up is told where something cannot be, as Medusa's clients know it.

describe('setting a store up, where it cannot be', () => {
  const app = useApp()
  let shop: MedusaShop

  before(async () => {
    shop = await medusaShop(app())
  })

  const refusal = async (path: string, body: object) => {
    const answer = await shop.admin.post(path, body)
    return [answer.status, answer.body.type, answer.body.message]
  }

  it('says of what is taken that it exists already, as of other invalid data', async () => {
    const twice = async (path: string, body: object, message: string) => {
      await shop.make(path, body)
      assert.deepEqual(await refusal(path, body), [400, 'invalid_data', message])
    }
    await twice(
      '/admin/products',
      { title: 'Once', handle: 'once', options: [{ title: 'Kind', values: ['One'] }] },
      'Product with handle: once, already exists.',
    )
    await twice('/admin/collections', { title: 'Once', handle: 'once' }, 'Product collection with handle: once, already exists.')
    await twice('/admin/product-tags', { value: 'once' }, 'Product tag with value: once, already exists.')
    await twice('/admin/product-types', { value: 'once' }, 'Product type with value: once, already exists.')
    await twice(
      '/admin/customers',
      { email: 'once@example.com' },
      'Customer with email: once@example.com, has_account: false, already exists.',
    )
    await twice(
      '/admin/campaigns',
      { name: 'Once', campaign_identifier: 'once' },
      'Promotion campaign with campaign_identifier: once, already exists.',
    )
    await twice('/admin/customer-groups', { name: 'Once' }, 'Customer group with name: Once, already exists.')
    await twice('/admin/shipping-profiles', { name: 'Once', type: 'once' }, 'Shipping profile with name: Once, already exists.')
    const { stock_location: place } = await shop.make('/admin/stock-locations', { name: 'Once' })
    const sets = `/admin/stock-locations/${place.id}/fulfillment-sets`
    await twice(sets, { name: 'Once', type: 'shipping' }, 'Fulfillment set with name: Once, already exists.')
    const { stock_location } = good(await shop.admin.get(`/admin/stock-locations/${place.id}`, { fields: '*fulfillment_sets' }))
    const zones = `/admin/fulfillment-sets/${stock_location.fulfillment_sets[0].id}/service-zones`
    await twice(zones, { name: 'Once', geo_zones: [] }, 'Service zone with name: Once, already exists.')
    const { fulfillment_set } = await shop.make(zones, { name: 'Twice', geo_zones: [] })
    const zone = fulfillment_set.service_zones.find((one: { name: string }) => one.name === 'Twice')
    assert.equal((await refusal(`${zones}/${zone.id}`, { name: 'Once' }))[2], 'Service zone with name: Once, already exists.')
    await shop.make(`${zones}/${zone.id}`, { name: 'Twice' })
    await twice('/admin/inventory-items', { sku: 'ONCE' }, 'Inventory item with sku: ONCE, already exists.')
    await twice('/admin/tax-regions', { country_code: 'us' }, 'Tax region with country_code: us, already exists.')
    await twice('/admin/return-reasons', { value: 'once', label: 'Once' }, 'Return reason with value: once, already exists.')
    const preference = { attribute: 'currency_code', value: 'usd' }
    await twice('/admin/price-preferences', preference, 'Price preference with attribute: currency_code, value: usd, already exists.')
    const { price_preference } = await shop.make('/admin/price-preferences', { ...preference, value: 'eur' })
    const changed = `/admin/price-preferences/${price_preference.id}`
    const ofRegion = { attribute: 'region_id', value: shop.regionId }
    const taken = `Price preference with attribute: region_id, value: ${shop.regionId}, already exists.`
    assert.equal((await refusal(changed, ofRegion))[2], taken, 'a region comes with one')
    const { price_preferences: own } = good(await shop.admin.get('/admin/price-preferences', ofRegion))
    good(await shop.admin.delete(`/admin/price-preferences/${own[0].id}`))
    const moved = (await shop.make(changed, { ...ofRegion, is_tax_inclusive: true })).price_preference
    assert.deepEqual([moved.attribute, moved.value, moved.is_tax_inclusive], ['region_id', shop.regionId, true])
    assert.equal((await refusal(changed, preference))[2], 'Price preference with attribute: currency_code, value: usd, already exists.')
  })

  it('says which countries of a region are not there or are another’s', async () => {
    const region = (countries: string[]) => refusal('/admin/regions', { name: 'Some', currency_code: 'usd', countries })
    const says = (message: string) => [400, 'invalid_data', message]
    assert.deepEqual(await region(['us', 'fr']), says('Countries with codes: "us" are already assigned to a region'))
    assert.deepEqual(await region(['fr', 'fr']), says('Countries with codes: "fr" are already assigned to a region'))
    assert.deepEqual(await region(['xx', 'fr', 'yy']), says('Countries with codes: "xx, yy" do not exist'))
  })

  it('says of what it does not know what Medusa’s routes say, to who reads and to who changes', async () => {
    const body = { name: 'X', currency_code: 'usd' }
    const unknown = { ...body, payment_providers: ['pp_one', 'pp_two'] }
    const providers = 'Payment providers with ids pp_one, pp_two not found or not enabled'
    assert.deepEqual(await refusal('/admin/regions', unknown), [404, 'not_found', providers])
    const plain: [string, string][] = [
      ['customers', 'Customer'],
      ['customer-groups', 'Customer group'],
      ['regions', 'Region'],
      ['sales-channels', 'Sales channel'],
    ]
    for (const [path, label] of plain) {
      const { status, body: answer } = await shop.admin.get(`/admin/${path}/none`)
      assert.deepEqual([status, answer.message], [404, `${label} with id: none not found`])
      assert.equal((await refusal(`/admin/${path}/none`, {}))[2], `${label} with id "none" not found`)
    }
    const changed: [string, string, object][] = [
      ['campaigns', 'Campaign', {}],
      ['products', 'Product', {}],
      ['shipping-option-types', 'Shipping option type', { label: 'X' }],
    ]
    for (const [path, label, patch] of changed) {
      assert.deepEqual(await refusal(`/admin/${path}/none`, patch), [404, 'not_found', `${label} with id "none" not found`])
    }
    assert.equal((await shop.admin.get('/admin/tax-rates/none')).body.message, 'Tax rate with id "none" not found')
    assert.equal((await shop.admin.get('/admin/shipping-options/none')).body.message, 'Shipping Option with id: none not found')
    assert.equal((await refusal('/admin/price-lists/none', { title: 'X' }))[2], 'Price lists with id: none was not found')
    for (const [path, label] of [
      ['tax-regions', 'TaxRegion'],
      ['refund-reasons', 'RefundReason'],
      ['users', 'User'],
    ]) {
      assert.deepEqual(await refusal(`/admin/${path}/none`, {}), [404, 'not_found', `${label} with id "none" not found`])
    }
    const { inventory_item } = await shop.make('/admin/inventory-items', { sku: 'LOST' })
    assert.deepEqual(await refusal(`/admin/inventory-items/${inventory_item.id}/location-levels`, { location_id: 'sloc_none' }), [
      404,
      'not_found',
      'Stock locations with ids: sloc_none was not found',
    ])
  })

  it('says what is wrong with the currencies of a store', async () => {
    const { stores } = good(await shop.admin.get('/admin/stores'))
    const currencies = (...codes: [string, boolean][]) =>
      refusal(`/admin/stores/${stores[0].id}`, {
        supported_currencies: codes.map(([currency_code, is_default]) => ({ currency_code, is_default })),
      })
    const says = (message: string) => [400, 'invalid_data', message]
    assert.deepEqual(await currencies(['usd', true], ['eur', false], ['eur', false]), says('Duplicate currency codes: eur'))
    assert.deepEqual(await currencies(['usd', true], ['eur', true]), says('Only one default currency is allowed'))
    assert.deepEqual(await currencies(['usd', false]), says('There should be a default currency set for the store'))
    const supported_locales = ['de-DE', 'fr-FR', 'de-DE'].map((locale_code) => ({ locale_code }))
    assert.deepEqual(await refusal(`/admin/stores/${stores[0].id}`, { supported_locales }), says('Duplicate locale codes: de-DE'))
  })

  it('says what something new would be part of, and is not there', async () => {
    const group = (await shop.make('/admin/customer-groups', { name: 'Lonely' })).customer_group.id
    const none: [string, object, string][] = [
      ['/admin/tax-rates', { tax_region_id: 'none', name: 'N', code: 'n', rate: 1 }, 'tax_region_id'],
      ['/admin/return-reasons', { value: 'n', label: 'N', parent_return_reason_id: 'none' }, 'parent_return_reason_id'],
      ['/admin/tax-regions', { country_code: 'se', provider_id: 'none' }, 'provider_id'],
      [`/admin/customer-groups/${group}/customers`, { add: ['none'] }, 'customer_id'],
      ['/admin/customer-groups/none/customers', { add: ['none'] }, 'customer_group_id'],
    ]
    for (const [path, body, column] of none) {
      const says = `You tried to set relationship ${column}: none, but such entity does not exist`
      assert.deepEqual(await refusal(path, body), [404, 'not_found', says])
    }
  })

  it('says all that is missing in the order in which Medusa asks for it', async () => {
    const missing = (path: string, ...fields: string[]) => fields.map((field) => `Field '${path}${field}' is required`).join('; ')
    const method = { type: 'percentage', target_type: 'items', allocation: 'across', value: 10 }
    const ruled = { code: 'R', type: 'standard', rules: [{}], application_method: method }
    const says = (text: string) => [400, 'invalid_data', `Invalid request: ${text}`]
    const ofRule = missing('rules, 0, ', 'operator', 'attribute', 'values')
    assert.deepEqual(await refusal('/admin/promotions', ruled), says(ofRule))
    const bare = { country_code: 'se', default_tax_rate: {} }
    assert.deepEqual(await refusal('/admin/tax-regions', bare), says(missing('default_tax_rate, ', 'code', 'name')))
    const rate = missing('', 'code', 'name', 'tax_region_id')
    assert.deepEqual(await refusal('/admin/tax-rates', {}), says(rate))
  })

  it('says which country a province is of', async () => {
    const { tax_region } = await shop.make('/admin/tax-regions', { country_code: 'ca' })
    const orphan = await refusal('/admin/tax-regions', { country_code: 'ca', province_code: 'qc', parent_id: 'none' })
    assert.deepEqual(orphan.slice(0, 2), [400, 'invalid_data'])
    const rate = { tax_region_id: tax_region.id, name: 'N', code: 'n', rate: 1, is_default: true }
    const { tax_rate } = await shop.make('/admin/tax-rates', { ...rate, is_default: false })
    await shop.make('/admin/tax-rates', rate)
    const second = [400, 'invalid_data', `Tax rate with tax_region_id: ${tax_region.id}, already exists.`]
    assert.deepEqual(await refusal('/admin/tax-rates', rate), second)
    assert.deepEqual(await refusal(`/admin/tax-rates/${tax_rate.id}`, { is_default: true }), second)
    const [status, type, message] = await refusal('/admin/tax-regions', {
      country_code: 'dk',
      province_code: 'qc',
      parent_id: tax_region.id,
    })
    assert.deepEqual([status, type], [400, 'invalid_data'])
    assert.match(message, /^Province region must belong to a parent region with the same country code\. .* parent expects \(country: ca\)$/)
  })

  it('says what a campaign’s budget lacks', async () => {
    const budget = (given: object) => refusal('/admin/campaigns', { name: 'B', campaign_identifier: 'b', budget: { limit: 1, ...given } })
    const says = (message: string) => [400, 'invalid_data', `Invalid request: ${message}`]
    assert.deepEqual(await budget({ type: 'spend' }), says('currency_code is required when budget type is spend'))
    assert.deepEqual(
      await budget({ type: 'usage', currency_code: 'usd' }),
      says('currency_code should not be present when budget type is usage'),
    )
    for (const type of ['use_by_attribute', 'spend_by_attribute']) {
      const currency = type === 'spend_by_attribute' ? { currency_code: 'usd' } : {}
      assert.deepEqual(
        await budget({ type, ...currency }),
        says('campaign budget attribute is required when budget type is USE_BY_ATTRIBUTE or SPEND_BY_ATTRIBUTE'),
      )
    }
  })

  it('gives what starts by itself no limit of uses', async () => {
    const method = { type: 'percentage', target_type: 'items', allocation: 'each', max_quantity: 1, value: 10 }
    const body = { code: 'SELF', type: 'standard', is_automatic: true, application_method: method }
    const says = [400, 'invalid_data', 'Invalid request: Automatic promotions cannot have a usage limit']
    assert.deepEqual(await refusal('/admin/promotions', { ...body, limit: 3 }), says)
    const { promotion } = await shop.make('/admin/promotions', body)
    assert.deepEqual(await refusal(`/admin/promotions/${promotion.id}`, { is_automatic: true, limit: 3 }), says)
  })
})

describe('ways of delivery that are changed', () => {
  const app = useApp()

  it('keep the currency, region and amount of a price that is named alone', async () => {
    const shop = await medusaShop(app())
    const prices = [
      { currency_code: 'usd', amount: 10 },
      { region_id: shop.regionId, amount: 7, rules: [{ attribute: 'item_total', operator: 'gte', value: 50 }] },
    ]
    const optionId = await shop.shipping(shop.profileId, prices)
    const { shipping_option: before } = good(await shop.admin.get(`/admin/shipping-options/${optionId}`))
    const [plain, regional] = before.prices
    const { shipping_option: after } = await shop.make(`/admin/shipping-options/${optionId}`, {
      prices: [{ id: plain.id, amount: 12 }, { id: regional.id }],
    })
    const shown = after.prices.map(
      (price: { currency_code: string; amount: number; price_rules: { attribute: string; value: string }[] }) => [
        price.currency_code,
        price.amount,
        price.price_rules.map((rule) => `${rule.attribute} ${rule.value}`),
      ],
    )
    assert.deepEqual(shown, [
      ['usd', 12, []],
      ['usd', 7, [`region_id ${shop.regionId}`, 'item_total 50']],
    ])
    assert.equal(after.prices[0].id, plain.id)
    const unknown = await shop.admin.post(`/admin/shipping-options/${optionId}`, { prices: [{ id: 'price_none', amount: 1 }] })
    assert.equal(unknown.status, 404)
  })

  it('are refused in Medusa’s words what does not go together', async () => {
    const shop = await medusaShop(app())
    const optionId = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 10 }])
    const { shipping_option } = good(await shop.admin.get(`/admin/shipping-options/${optionId}`))
    assert.equal(shipping_option.prices[0].price_list, null)
    const type = { label: 'L', description: 'D', code: 'l' }
    const total = { attribute: 'item_total', operator: 'gte', value: 1 }
    const refusals: [object, number, string, string][] = [
      [
        { type, type_id: 'none' },
        400,
        'invalid_data',
        "Invalid request: Exactly one of 'type' or 'type_id' must be provided, but not both",
      ],
      [
        { shipping_profile_id: 'none' },
        404,
        'not_found',
        'You tried to set relationship shipping_profile_id: none, but such entity does not exist',
      ],
      [
        { type_id: 'none' },
        404,
        'not_found',
        'You tried to set relationship shipping_option_type_id: none, but such entity does not exist',
      ],
      [{ provider_id: 'none' }, 400, 'not_allowed', 'Providers (none) are not enabled for the service location'],
      [
        { rules: [{ attribute: 'x', operator: 'in', value: 'y' }] },
        400,
        'invalid_data',
        'Rule value must be an array for in/nin operators',
      ],
      [
        { prices: [{ currency_code: 'usd', amount: 1, rules: [total, { ...total, value: 2 }] }] },
        400,
        'invalid_data',
        'Price rule with attribute: item_total, operator: gte, already exists.',
      ],
    ]
    for (const [body, ...says] of refusals) {
      const answer = await shop.admin.post(`/admin/shipping-options/${optionId}`, body)
      assert.deepEqual([answer.status, answer.body.type, answer.body.message], says)
    }
  })

  it('list the rules that they were given before those that all have', async () => {
    const shop = await medusaShop(app())
    const optionId = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 10 }])
    const rule = { attribute: 'weight', operator: 'eq', value: '5' }
    const { shipping_option } = await shop.make(`/admin/shipping-options/${optionId}`, { rules: [rule] })
    assert.deepEqual(
      shipping_option.rules.map((one: { attribute: string }) => one.attribute),
      ['weight', 'is_return', 'enabled_in_store'],
    )
  })
})

describe('an inventory item that a variant draws on', () => {
  const app = useApp()

  it('goes while nothing of it is promised, and the variant has none of it left', async () => {
    const shop = await medusaShop(app())
    const prices = [{ currency_code: 'usd', amount: 15 }]
    const variants = [{ title: 'Large', sku: 'GOES', options: { size: 'large' }, prices }]
    const product = await shop.product({ title: 'Counted', variants, sales_channels: [{ id: shop.channelId }] })
    const [variant] = product.variants
    const itemId = variant?.inventory_items[0]?.inventory_item_id as string
    const { stock_location } = await shop.make('/admin/stock-locations', { name: 'Shelf' })
    await shop.make(`/admin/stock-locations/${stock_location.id}/sales-channels`, { add: [shop.channelId] })
    await shop.make(`/admin/inventory-items/${itemId}/location-levels`, { location_id: stock_location.id, stocked_quantity: 5 })
    const promise = { inventory_item_id: itemId, location_id: stock_location.id, quantity: 2 }
    const { reservation } = await shop.make('/admin/reservations', promise)
    const early = await shop.admin.delete(`/admin/inventory-items/${itemId}`)
    const says = `Cannot remove following inventory item(s) since they have reservations: [${itemId}].`
    assert.deepEqual([early.status, early.body], [400, { type: 'invalid_data', message: says }])
    good(await shop.admin.delete(`/admin/reservations/${reservation.id}`))
    const gone = good(await shop.admin.delete(`/admin/inventory-items/${itemId}`))
    assert.deepEqual(gone, { id: itemId, object: 'inventory_item', deleted: true })
    const { product: after } = good(await shop.admin.get(`/admin/products/${product.id}`))
    assert.deepEqual(after.variants[0].inventory_items, [])
    const { cart } = good(await shop.shopper.post('/store/carts', shop.place))
    const line = await shop.shopper.post(`/store/carts/${cart.id}/line-items`, { variant_id: variant?.id, quantity: 1 })
    assert.equal(line.status, 400)
  })
})
