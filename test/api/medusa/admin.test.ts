import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type MedusaShop, medusaShop } from './shop.js'

describe("Medusa's Admin API", () => {
  const app = useApp()
  let shop: MedusaShop

  before(async () => {
    shop = await medusaShop(app())
  })

  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  const get = async (path: string, query: Record<string, string> = {}): Promise<any> => {
    const answer = await shop.admin.get(path, query)
    assert.equal(answer.status, 200, `${path}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }

  it('narrows lists by operators, by $and and $or and by words, and counts behind the last page', async () => {
    for (const value of ['red', 'green', 'blue']) await shop.make('/admin/product-tags', { value })
    const found = async (query: Record<string, string>) =>
      (await get('/admin/product-tags', { order: 'value', ...query })).product_tags.map((tag: { value: string }) => tag.value)
    assert.deepEqual(await found({ 'value[$ne]': 'red' }), ['blue', 'green'])
    assert.deepEqual(await found({ 'value[$in][0]': 'red', 'value[$in][1]': 'blue' }), ['blue', 'red'])
    assert.deepEqual(await found({ 'value[$like]': '%e%' }), ['blue', 'green', 'red'])
    assert.deepEqual(await found({ '$or[0][value]': 'red', '$or[1][value][$like]': 'gr%' }), ['green', 'red'])
    assert.deepEqual(await found({ '$and[0][value][$ne]': 'red', '$and[1][value][$ne]': 'blue' }), ['green'])
    assert.deepEqual(await found({ 'created_at[$gt]': '2100-01-01' }), [])
    assert.deepEqual(await found({ 'created_at[$lt]': '2100-01-01', q: 'ee' }), ['green'])
    const behind = await get('/admin/product-tags', { offset: '10' })
    assert.deepEqual([behind.product_tags, behind.count, behind.offset, behind.limit], [[], 3, 10, 20])
    const { regions } = await get('/admin/regions', { q: 'US', order: '-currency_code' })
    assert.equal(regions[0].deleted_at, null)
    await shop.make('/admin/price-preferences', { attribute: 'currency_code', value: 'usd', is_tax_inclusive: true })
    const { price_preferences } = await get('/admin/price-preferences', { q: 'usd' })
    assert.deepEqual(
      price_preferences.map((preference: { value: string }) => preference.value),
      ['usd'],
    )
  })

  it('keeps the metadata that a change does not name, and lets go of what it empties', async () => {
    const { collection } = await shop.make('/admin/collections', {
      title: 'Winter',
      metadata: { a: 1, b: 'x', c: true },
      additional_data: {},
    })
    const changed = await shop.make(`/admin/collections/${collection.id}`, { metadata: { b: '', d: 'new' } })
    assert.deepEqual(changed.collection.metadata, { a: 1, c: true, d: 'new' })
    const emptied = await shop.make(`/admin/collections/${collection.id}`, { metadata: null })
    assert.equal(emptied.collection.metadata, null)
    const product = await shop.product({ title: 'Noted', metadata: { a: 1 } })
    const { product: after } = await shop.make(`/admin/products/${product.id}`, { metadata: { b: 2 } })
    assert.deepEqual(after.metadata, { a: 1, b: 2 })
  })

  it('takes what its dashboard sends: what it was answered, and empty fields for none', async () => {
    const { collection } = await shop.make('/admin/collections', { title: 'Two Words', handle: '' })
    assert.equal(collection.handle, 'two-words')
    const { product_category } = await shop.make('/admin/product-categories', { name: 'No handle', handle: '' })
    assert.equal(product_category.handle, 'no-handle')
    const { stores } = await get('/admin/stores')
    const { store } = await shop.make(`/admin/stores/${stores[0].id}`, { supported_currencies: stores[0].supported_currencies })
    assert.deepEqual(
      store.supported_currencies.map(({ currency_code }: { currency_code: string }) => currency_code),
      stores[0].supported_currencies.map(({ currency_code }: { currency_code: string }) => currency_code),
    )
    const { product_tag } = await shop.make('/admin/product-tags', { value: 'sent-back' })
    const product = await shop.product({
      title: 'Named twice',
      tags: [product_tag],
      images: [{ url: 'https://cdn.example/one.png', id: 'img_of_another_store', rank: 0 }],
    })
    const [variant] = product.variants
    const { product: changed } = await shop.make(`/admin/products/${product.id}/variants/${variant?.id}`, { id: variant?.id, sku: 'TWICE' })
    assert.equal(changed.variants[0].sku, 'TWICE')
    const { rules } = await get('/admin/promotions/null/rules', {
      promotion_type: 'standard',
      application_method_type: 'fixed',
      application_method_target_type: 'items',
    })
    assert.deepEqual(
      rules.map(({ attribute, values }: { attribute: string; values: unknown[] }) => [attribute, values]),
      [['currency_code', []]],
    )
    assert.equal((await shop.admin.get('/admin/promotions/null/rules')).status, 404)
    assert.deepEqual((await get('/admin/translations/settings', { is_active: 'false' })).translation_settings, {})
  })

  it('changes images, options and prices of a product by their ids', async () => {
    const made = await shop.product({
      title: 'Pictured',
      handle: '',
      images: [{ url: 'one.png' }, { url: 'two.png' }],
      additional_data: null,
    })
    const { product } = await get(`/admin/products/${made.id}`)
    const [first, second] = product.images
    const [variant] = product.variants
    const answer = await shop.make(`/admin/products/${made.id}`, {
      status: 'rejected',
      images: [{ id: second.id, url: 'two.png' }, { url: 'three.png' }],
      options: [{ id: product.options[0].id, title: 'fit', values: ['large', 'small', 'huge'] }],
      variants: [{ id: variant.id, variant_rank: 7, options: { fit: 'huge' }, prices: [{ id: variant.prices[0].id, amount: 17.5 }] }],
    })
    const { product: after } = answer
    assert.deepEqual([after.status, after.handle], ['rejected', 'pictured'])
    assert.deepEqual(
      after.images.map((image: { url: string }) => image.url),
      ['two.png', 'three.png'],
    )
    assert.equal(after.images[0].id, second.id)
    assert.ok(!after.images.some((image: { id: string }) => image.id === first.id))
    const [changed] = after.variants
    assert.deepEqual(
      [changed.variant_rank, changed.options[0].value, changed.prices[0].amount, changed.prices[0].currency_code],
      [7, 'huge', 17.5, 'usd'],
    )
    const added = await shop.make(`/admin/products/${made.id}/options`, { title: 'colour', values: ['red'] })
    assert.equal(added.product.options.length, 2)
    const refused = await shop.admin.post('/admin/products', {
      title: 'X',
      handle: 'Not a handle!',
      options: [{ title: 'Kind', values: ['One'] }],
    })
    assert.deepEqual(refused.body, {
      type: 'invalid_data',
      message: "Invalid product handle 'Not a handle!'. It must contain URL safe characters",
    })
  })

  it('describes inventory items, counts them where they are made, and keeps pieces back', async () => {
    const { stock_location: here } = await shop.make('/admin/stock-locations', { name: 'Here' })
    const { stock_location: there } = await shop.make('/admin/stock-locations', { name: 'There' })
    const { inventory_item: item } = await shop.make('/admin/inventory-items', {
      sku: 'TABLE',
      hs_code: '9403',
      weight: 2.5,
      origin_country: 'DK',
      material: 'oak',
      location_levels: [
        { location_id: here.id, stocked_quantity: 10 },
        { location_id: there.id, stocked_quantity: 5 },
      ],
    })
    assert.deepEqual([item.hs_code, item.weight, item.description, item.stocked_quantity], ['9403', 2.5, null, 15])
    const { inventory_items } = await get('/admin/inventory-items', { 'weight[$gt]': '2', 'location_levels[location_id]': here.id })
    assert.deepEqual(
      inventory_items.map((found: { id: string }) => found.id),
      [item.id],
    )
    const twice = await shop.admin.post('/admin/inventory-items', { sku: 'TABLE' })
    assert.deepEqual([twice.status, twice.body.message], [400, 'Inventory item with sku: TABLE, already exists.'])
    const kept = { inventory_item_id: item.id, location_id: here.id, quantity: 4, line_item_id: 'ordli_noted', metadata: { why: 'fair' } }
    const { reservation } = await shop.make('/admin/reservations', kept)
    assert.deepEqual([reservation.line_item_id, reservation.metadata, reservation.quantity], ['ordli_noted', { why: 'fair' }, 4])
    await shop.make(`/admin/reservations/${reservation.id}`, { location_id: there.id, quantity: 2 })
    const { inventory_levels } = await get(`/admin/inventory-items/${item.id}/location-levels`, { location_id: there.id })
    assert.deepEqual(
      inventory_levels.map((level: { reserved_quantity: number }) => level.reserved_quantity),
      [2],
    )
  })

  it('lists variants and options of all products, and narrows products by where they are', async () => {
    const { product_category } = await shop.make('/admin/product-categories', { name: 'Backroom', is_internal: true })
    const product = await shop.product({
      title: 'Filed',
      categories: [{ id: product_category.id }],
      sales_channels: [{ id: shop.channelId }],
    })
    const variant = {
      title: 'Counted',
      sku: 'FILED-1',
      options: { size: 'small' },
      weight: 3,
      prices: [{ currency_code: 'usd', amount: 5 }],
    }
    await shop.make(`/admin/products/${product.id}/variants`, variant)
    const { variants, count } = await get('/admin/product-variants', {
      sku: 'FILED-1',
      fields: 'id,product.title,inventory_items.inventory.weight,*inventory_items.inventory.location_levels',
    })
    assert.equal(count, 1)
    assert.equal(variants[0].product.title, 'Filed')
    const { inventory } = variants[0].inventory_items[0]
    assert.equal(inventory.weight, 3)
    assert.ok(inventory.location_levels.every((level: { available_quantity: number }) => level.available_quantity === 0))
    const { product_options } = await get('/admin/product-options', { product_id: product.id })
    assert.deepEqual(
      product_options.map((option: { title: string }) => option.title),
      ['size'],
    )
    const narrowed = { category_id: product_category.id, sales_channel_id: shop.channelId, 'status[0]': 'published', q: 'Filed' }
    assert.deepEqual(
      (await get('/admin/products', narrowed)).products.map((found: { id: string }) => found.id),
      [product.id],
    )
    const twice = await shop.admin.post(`/admin/products/${product.id}/variants`, { ...variant, options: { size: 'large' } })
    assert.deepEqual([twice.status, twice.body.message], [400, 'Product variant with sku: FILED-1, already exists.'])
  })

  it('finds promotions by their codes, with their rules and what these can ask for', async () => {
    const { promotion } = await shop.make('/admin/promotions', {
      code: 'HALF',
      type: 'standard',
      application_method: { type: 'percentage', target_type: 'order', value: 50 },
      rules: [{ attribute: 'region.id', operator: 'in', values: [shop.regionId] }],
      additional_data: { any: 'thing' },
    })
    assert.equal((await get('/admin/promotions/HALF')).promotion.id, promotion.id)
    const { rules } = await get(`/admin/promotions/${promotion.id}/rules`)
    assert.deepEqual([rules[0].attribute, rules[0].values], ['region.id', [{ value: shop.regionId, label: 'US' }]])
    const { values } = await get('/admin/promotions/rule-value-options/rules/region')
    assert.deepEqual(values, [{ value: shop.regionId, label: 'US' }])
    const missing = await shop.admin.get('/admin/promotions/NOTHING')
    assert.deepEqual([missing.status, missing.body.message], [404, 'Promotion with id or code: NOTHING was not found'])
  })

  it('changes tax regions, the rules of rates, and the titles of keys', async () => {
    const { tax_region } = await shop.make('/admin/tax-regions', { country_code: 'dk' })
    const changed = await shop.make(`/admin/tax-regions/${tax_region.id}`, { metadata: { by: 'us' } })
    assert.deepEqual([changed.tax_region.metadata, changed.tax_region.deleted_at], [{ by: 'us' }, null])
    const { tax_rate } = await shop.make('/admin/tax-rates', { tax_region_id: tax_region.id, name: 'Books', code: 'BOOKS', rate: 5 })
    const product = await shop.product({ title: 'Novel' })
    const ruled = await shop.make(`/admin/tax-rates/${tax_rate.id}/rules`, { reference: 'product', reference_id: product.id })
    assert.equal(ruled.tax_rate.rules[0].reference_id, product.id)
    const gone = await shop.admin.delete(`/admin/tax-rates/${tax_rate.id}/rules/${ruled.tax_rate.rules[0].id}`)
    assert.deepEqual([gone.body.object, gone.body.deleted, gone.body.parent.rules], ['tax_rate_rule', true, []])
    const { api_key } = await shop.make('/admin/api-keys', { title: 'One', type: 'publishable' })
    assert.equal((await shop.make(`/admin/api-keys/${api_key.id}`, { title: 'Two' })).api_key.title, 'Two')
    const { sales_channel } = await shop.make('/admin/sales-channels', { name: 'Spare' })
    const removed = await shop.admin.delete(`/admin/sales-channels/${sales_channel.id}`)
    assert.deepEqual(removed.body, { id: sales_channel.id, object: 'sales-channel', deleted: true })
  })

  it('puts a gift card into an account, and says which orders it paid for', async () => {
    const email = 'given@example.com'
    const { body: signedUp } = await shop.shopper.post('/auth/customer/emailpass/register', { email, password: 'short' })
    const bearer = { authorization: `Bearer ${signedUp.token}` }
    const { customer } = (await shop.shopper.post('/store/customers', { email }, bearer)).body
    const { gift_card } = await shop.make('/admin/gift-cards', { value: 25, currency_code: 'usd' })
    const { gift_card: redeemed } = await shop.make(`/admin/gift-cards/${gift_card.id}/redeem`, { customer_id: customer.id })
    assert.deepEqual([redeemed.balance, redeemed.customer_id], [0, customer.id])
    const { store_credit_accounts: accounts } = await get('/admin/store-credit-accounts', { customer_id: customer.id })
    assert.equal(accounts[0].balance, 25)
    assert.deepEqual((await get(`/admin/gift-cards/${gift_card.id}/orders`)).orders, [])
    const again = await shop.admin.post(`/admin/gift-cards/${gift_card.id}/redeem`, { customer_id: customer.id })
    assert.equal(again.status, 400)
  })

  it('takes what Medusa hands to its hooks, and keeps none of it', async () => {
    const additional_data = { from: 'a hook' }
    const { customer } = await shop.make('/admin/customers', { email: 'hooked@example.com', additional_data })
    const { collection } = await shop.make('/admin/collections', { title: 'Hooked', additional_data })
    const { product_category } = await shop.make('/admin/product-categories', { name: 'Hooked', additional_data })
    const { tax_region } = await shop.make('/admin/tax-regions', { country_code: 'se', additional_data })
    const made = [customer, collection, product_category, tax_region]
    for (const [path, body] of [
      [`/admin/customers/${customer.id}`, { last_name: 'Two' }],
      [`/admin/customers/${customer.id}/addresses`, { city: 'Two' }],
      [`/admin/collections/${collection.id}`, { title: 'Two' }],
      [`/admin/product-categories/${product_category.id}`, { name: 'Two' }],
    ] as const) {
      made.push(await shop.make(path, { ...body, additional_data }))
    }
    assert.doesNotMatch(JSON.stringify(made), /a hook/)
  })

  it('invites staff without naming a role', async () => {
    const { invite } = await shop.make('/admin/invites', { email: 'colleague@example.com' })
    assert.deepEqual([invite.accepted, invite.role.name], [false, 'store_owner'])
  })
})
