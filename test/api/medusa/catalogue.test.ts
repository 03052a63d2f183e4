import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

interface Option {
  title: string
  values: { id: string; value: string }[]
}

describe('the catalogue of a store that was set up as Medusa’s clients do', () => {
  const app = useApp()
  let shop: MedusaShop
  /** With a key for the channel that everything is in. */
  let shopper: Client
  const products: Record<string, { id: string; options: Option[]; variants: { id: string }[] }> = {}

  before(async () => {
    shop = await medusaShop(app())
    const variant = (title: string, options: Record<string, string>) => ({
      title,
      options,
      prices: [{ currency_code: 'usd', amount: 30, options }],
      manage_inventory: false,
    })
    const make = async (name: string, options: Record<string, string[]>, variants: object[]) => {
      const body = { title: name, options: Object.entries(options).map(([title, values]) => ({ title, values })), variants }
      const images = [{ url: `${name}-one` }, { url: `https://pictures.example/${name}.png` }]
      products[name] = (await shop.make('/admin/products', { ...body, status: 'published', images })).product
    }
    await make('coat', { size: ['large', 'small'], color: ['green'] }, [variant('c', { size: 'large', color: 'green' })])
    await make('sheet', { size: ['large', 'small'], material: ['cotton'] }, [variant('a', { size: 'large', material: 'cotton' })])
    await make('poster', { size: ['large'] }, [{ title: 'b', options: { size: 'large' }, prices: [], manage_inventory: false }])
    await shop.make(`/admin/sales-channels/${shop.channelId}/products`, { add: Object.values(products).map((product) => product.id) })
    const { api_key: key } = await shop.make('/admin/api-keys', { title: 'Listing', type: 'publishable' })
    await shop.make(`/admin/api-keys/${key.id}/sales-channels`, { add: [shop.channelId] })
    shopper = client(app(), { publishableKey: key.token })
  })

  const titles = async (query: Record<string, string>) =>
    good(await shopper.get('/store/products', query)).products.map((product: { title: string }) => product.title)
  const valueId = (name: string, option: string, value: string) =>
    products[name]?.options.find((one) => one.title === option)?.values.find((one) => one.value === value)?.id as string

  it('lists products in the order of their variants’ titles', async () => {
    assert.deepEqual(await titles({ order: 'variants.title' }), ['sheet', 'poster', 'coat'])
    assert.deepEqual(await titles({ order: '-variants.title' }), ['coat', 'poster', 'sheet'])
  })

  it('takes any value of one option, and one of each of several options', async () => {
    const wanted = async (...ids: string[]) => titles(Object.fromEntries(ids.map((id, index) => [`option_value_id[${index}]`, id])))
    const [large, small, green] = [valueId('coat', 'size', 'large'), valueId('coat', 'size', 'small'), valueId('coat', 'color', 'green')]
    assert.deepEqual(await wanted(large, small, green), ['coat'])
    assert.deepEqual(await wanted(small, green), [], 'nothing is small and green')
    assert.deepEqual(await wanted(large, valueId('sheet', 'material', 'cotton')), [], 'options of two products')
  })

  it('counts the stock of what is counted only, and in one channel at a time', async () => {
    const { sales_channel: second } = await shop.make('/admin/sales-channels', { name: 'Second' })
    const { api_key: key } = await shop.make('/admin/api-keys', { title: 'Both', type: 'publishable' })
    await shop.make(`/admin/api-keys/${key.id}/sales-channels`, { add: [shop.channelId, second.id] })
    const fields = '+variants.inventory_quantity'
    const { products: counted } = good(await shopper.get('/store/products', { fields, title: 'coat' }))
    assert.equal('inventory_quantity' in counted[0].variants[0], false)
    const refused = await client(app(), { publishableKey: key.token }).get('/store/products', { fields })
    assert.deepEqual([refused.status, refused.body.type], [400, 'invalid_data'])
  })

  it('keeps pictures by address and by name, and none that a browser would run', async () => {
    const { product } = good(await shopper.get(`/store/products/${products.coat?.id}`))
    assert.deepEqual(
      product.images.map((image: { url: string }) => image.url),
      ['coat-one', 'https://pictures.example/coat.png'],
    )
    for (const url of [
      'javascript:alert(1)',
      'data:text/html,x',
      ' space',
      'a"b',
      'https://pictures.example/a"b',
      'https://',
      '//other.example/a',
    ]) {
      const refused = await shop.admin.post(`/admin/products/${products.coat?.id}`, { images: [{ url }] })
      assert.equal(refused.status, 400, url)
    }
  })

  it('gathers products in categories and collections', async () => {
    const { product_category: category } = await shop.make('/admin/product-categories', { name: 'Things', is_active: true })
    const { collection } = await shop.make('/admin/collections', { title: 'Spring' })
    for (const [path, key] of [
      [`/admin/product-categories/${category.id}`, 'product_category'],
      [`/admin/collections/${collection.id}`, 'collection'],
    ] as const) {
      good(await shop.admin.post(`${path}/products`, { add: [products.coat?.id, products.sheet?.id] }))
      good(await shop.admin.post(`${path}/products`, { remove: [products.sheet?.id] }))
      const found = good(await shop.admin.get(path, { fields: '*products' }))[key]
      assert.deepEqual(
        found.products.map((product: { title: string }) => product.title),
        ['coat'],
        path,
      )
      const unknown = await shop.admin.post(`${path}/products`, { add: [products.poster?.id, 'prod_unknown'] })
      assert.deepEqual([unknown.status, unknown.body.message], [404, 'Product with id: prod_unknown was not found'])
    }
    await asAdmin(app().adminUrl, `update app.product set thumbnail = '/files/coat.png' where id = $1`, [products.coat?.id])
    for (const path of [`/store/product-categories/${category.id}`, `/store/collections/${collection.id}`]) {
      const { product_category: shown = undefined, collection: gathered = shown } = good(
        await shop.shopper.get(path, { fields: '*products' }),
      )
      const [coat] = gathered.products
      assert.match(coat.thumbnail as string, /^http.*\/files\/coat\.png$/, path)
      assert.deepEqual([coat.status, coat.discountable, coat.material, coat.deleted_at], ['published', true, null, null], path)
    }
    assert.deepEqual(await titles({ category_id: category.id }), ['coat'])
    assert.deepEqual(await titles({ collection_id: collection.id }), ['coat'])
  })

  it('finds words by the id that other systems know, with the products that are sold under them', async () => {
    const nouns = [
      ['product-tags', 'product_tag', (id: string) => ({ tags: [{ id }] })],
      ['product-types', 'product_type', (id: string) => ({ type_id: id })],
    ] as const
    const { api_key } = await shop.make('/admin/api-keys', {
      title: 'In the channel',
      type: 'publishable',
      sales_channel_ids: [shop.channelId],
    })
    const inChannel = client(app(), { publishableKey: api_key.token })
    for (const [path, key, link] of nouns) {
      const word = (await shop.make(`/admin/${path}`, { value: 'rare', external_id: `${key}-1` }))[key]
      await shop.make(`/admin/${path}`, { value: 'other', external_id: `${key}-2` })
      const options = [{ title: 'size', values: ['one'] }]
      for (const status of ['draft', 'published']) {
        const variants = [{ title: 'one', options: { size: 'one' }, sku: `${key}-${status}`, prices: [] }]
        await shop.product({ title: `${key} ${status}`, status, options, variants, ...link(word.id) })
      }
      const fields = 'id,value,products.title,products.variants.sku'
      // A key without channels narrows nothing here.
      const queries: Record<string, string>[] = [
        { external_id: `${key}-1` },
        { value: 'rare', 'created_at[$lte]': new Date().toISOString(), fields },
      ]
      for (const query of queries) {
        const found = good(await shop.shopper.get(`/store/${path}`, query))[`${key}s`]
        assert.deepEqual(
          found.map((one: { products: { title: string; variants?: object[] }[] }) => one.products.map((product) => product.title)),
          [[`${key} published`]],
        )
        assert.equal(JSON.stringify(found).includes(`${key}-published`), 'fields' in query, 'variants come when they are asked for')
      }
      // With a key of channels, only what they hold.
      const [listed] = good(await inChannel.get(`/store/${path}`, { external_id: `${key}-1` }))[`${key}s`]
      assert.deepEqual(listed.products, [])
      const later = good(await shop.shopper.get(`/store/${path}`, { 'created_at[$gt]': new Date().toISOString() }))
      assert.equal(later.count, 0)
    }
    await shop.make('/admin/product-categories', { name: 'Outside', external_id: 'cat-1', is_active: true })
    const { product_categories } = good(await shop.shopper.get('/store/product-categories', { external_id: 'cat-1' }))
    assert.deepEqual(
      product_categories.map((category: { name: string }) => category.name),
      ['Outside'],
    )
  })

  it('shows a variant in the images that are no other variant’s', async () => {
    const [variant] = products.coat?.variants ?? []
    const { images } = good(await shopper.get(`/store/product-variants/${variant?.id}`, { fields: '*images' })).variant
    assert.deepEqual(
      images.map((image: { url: string; rank: number }) => image.url.replace(/^.*\//, '')),
      ['coat-one', 'coat.png'],
    )
  })

  it('says how many there are in all on pages that hold none', async () => {
    for (const path of ['collections', 'product-tags', 'product-types', 'product-options', 'product-variants', 'regions', 'products']) {
      const whole = good(await shopper.get(`/store/${path}`))
      assert.ok(whole.count > 0, path)
      for (const [name, value] of Object.entries({ offset: 1000, limit: 0 })) {
        const { count, ...rest } = good(await shopper.get(`/store/${path}`, { [name]: value }))
        assert.deepEqual([count, Object.values(rest)[0]], [whole.count, []], path)
      }
    }
  })

  it('narrows and orders words, categories and regions by any of their columns', async () => {
    for (const title of ['Autumn', 'Winter']) await shop.make('/admin/collections', { title })
    for (const [name, handle] of [
      ['Shoes', 'boots'],
      ['Hats', 'caps'],
    ])
      await shop.make('/admin/product-categories', { name, handle, is_active: true })
    const { region } = await shop.make('/admin/regions', { name: 'Aland', currency_code: 'eur' })
    const list = async (path: string, query: Record<string, string>) => {
      const { count: _count, offset: _offset, limit: _limit, ...body } = good(await shop.shopper.get(`/store/${path}`, query))
      return Object.values(body)[0] as Record<string, string>[]
    }
    const collections = await list('collections', { 'title[$in][0]': 'Winter', 'title[$in][1]': 'Autumn', order: 'title' })
    assert.deepEqual(
      collections.map((collection) => collection.title),
      ['Autumn', 'Winter'],
    )
    const either = { '$or[0][handle]': 'caps', '$or[1][name]': 'Shoes', order: '-handle' }
    assert.deepEqual(
      (await list('product-categories', either)).map((category) => category.name),
      ['Hats', 'Shoes'],
    )
    for (const path of ['collections', 'product-options', 'product-categories', 'regions']) {
      assert.deepEqual(await list(path, { 'id[$like]': 'nothing%' }), [], path)
    }
    const [first] = await list('regions', { order: 'name', currency_code: 'eur' })
    assert.equal(first?.id, region.id)
    const wrong = await shop.shopper.get('/store/regions', { order: 'taste' })
    assert.deepEqual([wrong.status, wrong.body.message], [400, 'Order field taste is not valid'])
  })

  it('links variants to inventory items, more or fewer pieces, or no longer', async () => {
    const path = `/admin/products/${products.coat?.id}/variants/${products.coat?.variants[0]?.id}`
    const { inventory_item: item } = await shop.make('/admin/inventory-items', { sku: 'wool' })
    const links = async () =>
      good(await shop.admin.get(path)).variant.inventory_items.map((link: { inventory_item_id: string; required_quantity: number }) => [
        link.inventory_item_id,
        link.required_quantity,
      ])
    good(await shop.admin.post(`${path}/inventory-items`, { inventory_item_id: item.id, required_quantity: 2 }))
    assert.deepEqual(await links(), [[item.id, 2]])
    good(await shop.admin.post(`${path}/inventory-items/${item.id}`, { required_quantity: 3 }))
    assert.deepEqual(await links(), [[item.id, 3]])
    const { parent, deleted } = good(await shop.admin.delete(`${path}/inventory-items/${item.id}`))
    assert.deepEqual([parent.id, deleted, await links()], [products.coat?.variants[0]?.id, true, []])
    const unknown = await shop.admin.post(`${path}/inventory-items`, { inventory_item_id: 'iitem_unknown', required_quantity: 1 })
    assert.deepEqual([unknown.status, unknown.body.message], [404, 'Inventory Items with ids: iitem_unknown was not found'])
  })

  describe('whose prices', () => {
    interface Price {
      calculated_amount_with_tax: number
      calculated_amount_without_tax: number
    }
    const price = async (name: string, regionId: string) => {
      const query = { title: name, region_id: regionId, country_code: 'it', fields: '*variants.calculated_price' }
      const found: Price = good(await shopper.get('/store/products', query)).products[0].variants[0].calculated_price
      return [found.calculated_amount_with_tax, found.calculated_amount_without_tax]
    }
    let regionId: string

    before(async () => {
      const { stores } = good(await shop.admin.get('/admin/stores'))
      await shop.make(`/admin/stores/${stores[0].id}`, {
        supported_currencies: [
          { currency_code: 'usd', is_default: true },
          { currency_code: 'eur', is_tax_inclusive: false },
        ],
      })
      const body = { name: 'Italy', currency_code: 'eur', countries: ['it'], is_tax_inclusive: true }
      regionId = (await shop.make('/admin/regions', body)).region.id
      await shop.make('/admin/tax-regions', { country_code: 'it', default_tax_rate: { code: 'IT', rate: 10, name: 'IVA' } })
      const variants = (rules?: object) => [
        { title: 'One', options: { size: 'large' }, manage_inventory: false, prices: [{ currency_code: 'eur', amount: 45, rules }] },
      ]
      const made = [
        await shop.product({ title: 'for Italy', variants: variants({ region_id: regionId }) }),
        await shop.product({ title: 'for anybody', variants: variants() }),
      ]
      await shop.make(`/admin/sales-channels/${shop.channelId}/products`, { add: made.map((product) => product.id) })
    })

    it('are for a region include tax where the region says so, and others where their currency does', async () => {
      assert.deepEqual(await price('for Italy', regionId), [45, 40.91])
      assert.deepEqual(await price('for anybody', regionId), [49.5, 45])
    })

    it('are without tax for a region that does not say so, whatever its currency says', async () => {
      await shop.make('/admin/price-preferences', { attribute: 'currency_code', value: 'chf', is_tax_inclusive: true })
      const { region } = await shop.make('/admin/regions', { name: 'Swiss', currency_code: 'chf', countries: ['ch'] })
      await shop.make('/admin/tax-regions', { country_code: 'ch', default_tax_rate: { code: 'CH', rate: 10, name: 'VAT' } })
      const franc = (title: string, size: string, more: object) => ({
        title,
        options: { size },
        manage_inventory: false,
        prices: [{ currency_code: 'chf', amount: 45, ...more }],
      })
      const variants = [franc('a', 'large', { rules: { region_id: region.id } }), franc('b', 'small', {})]
      const made = await shop.product({ title: 'for Swiss', variants, sales_channels: [{ id: shop.channelId }] })
      const query = { region_id: region.id, country_code: 'ch', fields: '*variants.calculated_price' }
      const { product } = good(await shopper.get(`/store/products/${made.id}`, query))
      const withTax = product.variants.map((variant: { calculated_price: Price }) => variant.calculated_price.calculated_amount_with_tax)
      assert.deepEqual(withTax, [49.5, 45])
      const asked = { attribute: 'region_id', value: region.id }
      const { price_preferences: said } = good(await shop.admin.get('/admin/price-preferences', asked))
      assert.deepEqual([said.length, said[0].is_tax_inclusive], [1, false])
    })

    it('are the ones that a cart is charged', async () => {
      const found = good(await shopper.get('/store/products', { 'title[0]': 'for Italy', 'title[1]': 'for anybody', region_id: regionId }))
      const items = found.products.map((product: { variants: { id: string }[] }) => ({ variant_id: product.variants[0]?.id, quantity: 1 }))
      const body = { region_id: regionId, sales_channel_id: shop.channelId, shipping_address: { country_code: 'it' }, items }
      const { cart } = good(await shopper.post('/store/carts', body))
      const shown = cart.items.map((item: { title: string; total: number; is_tax_inclusive: boolean }) => [
        item.title,
        item.is_tax_inclusive,
      ])
      assert.deepEqual(Object.fromEntries(shown), { 'for Italy': true, 'for anybody': false })
      assert.equal(cart.total, 94.5)
    })
  })
})
