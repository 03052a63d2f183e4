import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type MedusaShop, medusaShop } from './shop.js'

// What Medusa's dashboard and its documentation make of a catalogue, step by step, and what they are told.

describe('the catalogue side of Medusa’s Admin API', () => {
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
  const refusal = async (path: string, body: object) => {
    const answer = await shop.admin.post(path, body)
    return [answer.status, answer.body.type, answer.body.message]
  }

  describe('categories', () => {
    const category = async (name: string, more: object = {}) =>
      (await shop.make('/admin/product-categories', { name, ...more })).product_category
    const order = async (parentId: string, query: Record<string, string> = { include_descendants_tree: 'true' }) =>
      (await get('/admin/product-categories', { parent_category_id: parentId, ...query })).product_categories.map(
        (one: { name: string; rank: number }) => `${one.rank} ${one.name}`,
      )

    it('are not shown until they are said to be, and stand behind one another', async () => {
      const top = await category('Clothes')
      assert.deepEqual([top.is_active, top.is_internal, top.rank], [false, false, 0])
      await category('Shirts', { parent_category_id: top.id })
      const trousers = await category('Trousers', { parent_category_id: top.id })
      await category('Hats', { parent_category_id: top.id, rank: 0 })
      await category('Socks', { parent_category_id: top.id, rank: 99 })
      assert.deepEqual(await order(top.id), ['0 Hats', '1 Shirts', '2 Trousers', '3 Socks'])
      assert.deepEqual(await order(top.id, {}), ['1 Shirts', '2 Trousers', '0 Hats', '3 Socks'], 'as they were made')
      await shop.make(`/admin/product-categories/${trousers.id}`, { rank: 1 })
      assert.deepEqual(await order(top.id), ['0 Hats', '1 Trousers', '2 Shirts', '3 Socks'])
      await shop.make(`/admin/product-categories/${trousers.id}`, { parent_category_id: null })
      assert.deepEqual(await order(top.id), ['0 Hats', '1 Shirts', '2 Socks'])
      const refused = await shop.admin.delete(`/admin/product-categories/${top.id}`)
      const message = `Deleting ProductCategory (${top.id}) with category children is not allowed`
      assert.deepEqual([refused.status, refused.body], [400, { type: 'not_allowed', message }])
      const { product_categories } = await get('/admin/product-categories', { parent_category_id: top.id, order: 'rank' })
      await shop.admin.delete(`/admin/product-categories/${product_categories[0].id}`)
      assert.deepEqual(await order(top.id), ['0 Shirts', '1 Socks'])
    })

    it('come with all that is below or above them', async () => {
      const world = await category('World')
      const europe = await category('Europe', { parent_category_id: world.id })
      const italy = await category('Italy', { parent_category_id: europe.id })
      const rome = await category('Rome', { parent_category_id: italy.id })
      interface Tree {
        name: string
        category_children: Tree[]
        parent_category: Tree | null
      }
      const below = ({ name, category_children }: Tree): string => `${name}(${category_children.map(below).join()})`
      const above = (tree: Tree | null): string => (tree === null ? '' : `${tree.name}<${above(tree.parent_category)}`)
      const { product_category } = await get(`/admin/product-categories/${world.id}`, { include_descendants_tree: 'true' })
      assert.equal(below(product_category), 'World(Europe(Italy(Rome())))')
      const { product_categories } = await get('/admin/product-categories', { id: rome.id, include_ancestors_tree: 'true' })
      assert.equal(above(product_categories[0]), 'Rome<Italy<Europe<World<')
    })
  })

  describe('variants', () => {
    const prices = [{ currency_code: 'usd', amount: 15 }]

    it('swap their values in one request, and never share them', async () => {
      const variants = ['large', 'small'].map((size) => ({ title: size, options: { size }, prices }))
      const made = await shop.product({ title: 'Swapped', variants })
      const { product } = await get(`/admin/products/${made.id}`)
      const [large, small] = product.variants
      const swapped = [
        { id: large.id, options: { size: 'small' } },
        { id: small.id, options: { size: 'large' } },
      ]
      const { product: after } = await shop.make(`/admin/products/${made.id}`, { variants: swapped })
      assert.deepEqual(
        after.variants.map((variant: { title: string; options: { value: string }[] }) => [variant.title, variant.options[0]?.value]),
        [
          ['large', 'small'],
          ['small', 'large'],
        ],
      )
      assert.deepEqual(await refusal(`/admin/products/${made.id}/variants`, { title: 'Twin', options: { size: 'large' }, prices }), [
        400,
        'invalid_data',
        'Variant (small) with provided options already exists.',
      ])
      assert.deepEqual(
        await refusal('/admin/products', {
          title: 'Twins',
          options: [{ title: 'size', values: ['large'] }],
          variants: [variants[0], { ...variants[0], title: 'too' }],
        }),
        [400, 'invalid_data', 'Variant "too" has same combination of option values as "large".'],
      )
    })

    it('are of no product that names what is not there', async () => {
      const naming = (more: object) =>
        refusal('/admin/products', { title: 'Astray', options: [{ title: 'size', values: ['one'] }], ...more })
      const unrelated = (key: string, id: string) => [
        404,
        'not_found',
        `You tried to set relationship ${key}: ${id}, but such entity does not exist`,
      ]
      assert.deepEqual(await naming({ collection_id: 'pcol_none' }), unrelated('collection_id', 'pcol_none'))
      assert.deepEqual(await naming({ type_id: 'ptyp_none' }), unrelated('type_id', 'ptyp_none'))
      assert.deepEqual(await naming({ categories: [{ id: 'pcat_none' }] }), unrelated('product_category_id', 'pcat_none'))
      assert.deepEqual(await naming({ tags: [{ id: 'ptag_none' }] }), [
        400,
        'invalid_data',
        'Tag with id ptag_none not found. Please create the tag before associating it with the product.',
      ])
      assert.deepEqual(await naming({ options: [{ id: 'opt_none' }] }), [
        400,
        'invalid_data',
        'Some product options were not found: [opt_none]',
      ])
      const known = `/admin/products/${(await shop.product({ title: 'Known' })).id}`
      assert.deepEqual(await refusal(known, { tags: [{ id: 'ptag_none' }] }), unrelated('product_tag_id', 'ptag_none'))
      const unlinked = [400, 'invalid_data', 'Some product options were not found: [opt_none]']
      assert.deepEqual(await refusal(known, { option_ids: ['opt_none'] }), unlinked)
      const { product_option: shared } = await shop.make('/admin/product-options', { title: 'Hue', values: ['red'] })
      assert.deepEqual(await naming({ title: 'Two', options: [{ id: shared.id }, { id: shared.id }] }), [
        400,
        'invalid_data',
        `Product "Two" has duplicate option assignments: [${shared.id}]`,
      ])
    })

    it('name a value of every option that their product has', async () => {
      const options = [
        { title: 'size', values: ['large'] },
        { title: 'colour', values: ['red'] },
      ]
      const partly = { title: 'Partly', options: { size: 'large' }, prices }
      const whole = { title: 'Whole', options: { size: 'large', colour: 'red' }, manage_inventory: 'false', prices }
      const count = 'Product has 2 option values but there were 1 provided option values for the variant: Partly.'
      const both = { title: 'Both', options, variants: [whole, partly] }
      assert.deepEqual(await refusal('/admin/products', both), [400, 'invalid_data', count])
      const strange = { ...whole, title: 'Strange', options: { size: 'large', cut: 'slim' } }
      assert.equal(
        (await refusal('/admin/products', { title: 'Both', options, variants: [strange] }))[2],
        'Option value slim does not exist for option cut',
      )
      const silent = { title: 'Silent', prices }
      const { product: quiet } = await shop.make('/admin/products', { title: 'Quiet', options, variants: [silent] })
      assert.deepEqual(quiet.variants[0].options, [], 'a variant may leave all of them open')
      const unchosen = [400, 'invalid_data', 'Product options are not provided for: [Bare].']
      assert.deepEqual(await refusal('/admin/products', { title: 'Bare', variants: [silent] }), unchosen)
      assert.deepEqual(await refusal('/admin/products/batch', { create: [{ title: 'Bare', options: [] }] }), unchosen)
      const { product } = await shop.make('/admin/products', { title: 'Both', options, variants: [whole], discountable: 'false' })
      assert.deepEqual([product.discountable, product.variants[0].manage_inventory], [false, false])
      const path = `/admin/products/${product.id}/variants`
      assert.equal((await refusal(path, partly))[2], count)
      const blue = { ...whole, title: 'Blue', options: { size: 'large', colour: 'blue' } }
      assert.equal((await refusal(path, blue))[2], 'Option value blue does not exist for option colour')
    })

    it('have no discount where they are gift cards', async () => {
      const card = await shop.make('/admin/products', { title: 'Card', options: [{ title: 'a', values: ['b'] }], is_giftcard: true })
      const shirt = await shop.product({ title: 'Later a card' })
      const path = `/admin/products/${shirt.id}`
      const { product: changed } = await shop.make(path, { is_giftcard: true, discountable: true })
      const { product: opened } = await shop.make(path, { discountable: true })
      assert.deepEqual(
        [card.product, changed, opened].map((product) => product.discountable),
        [false, false, true],
      )
    })

    it('are shown by the images that are said to, from either side', async () => {
      const made = await shop.product({ title: 'Shown', images: [{ url: 'one.png' }, { url: 'two.png' }] })
      const { product } = await get(`/admin/products/${made.id}`)
      const [one, two] = product.images
      const [variant] = product.variants
      const images = async () =>
        (await get(`/admin/products/${made.id}/variants/${variant.id}`, { fields: '*images' })).variant.images.map(
          (image: { url: string }) => image.url,
        )
      assert.deepEqual(await images(), ['one.png', 'two.png'])
      const extra = { title: 'Other', options: { size: 'small' }, prices }
      const { product: grown } = await shop.make(`/admin/products/${made.id}/variants`, extra)
      const other = grown.variants.find((each: { title: string }) => each.title === 'Other').id
      const added = await shop.make(`/admin/products/${made.id}/images/${two.id}/variants/batch`, { add: [other] })
      assert.deepEqual([added, await images()], [{ added: [other], removed: [] }, ['one.png']])
      const shows = async (path: string, fields: string) => {
        const { product: whole, variant: single = whole } = await get(path, { fields })
        return single.images.map((image: { variants: { id: string }[] }) => image.variants.map(({ id }) => id))
      }
      assert.deepEqual(await shows(`/admin/products/${made.id}`, 'images.id,images.url,images.variants.id'), [[], [other]])
      assert.deepEqual(await shows(`/admin/products/${made.id}/variants/${other}`, '*images,+images.variants.id'), [[], [other]])
      assert.equal('variants' in product.images[0], false)
      const path = `/admin/products/${made.id}/variants/${variant.id}/images/batch`
      await shop.make(path, { add: [two.id] })
      assert.deepEqual(await images(), ['one.png', 'two.png'])
      assert.deepEqual(await shop.make(path, { remove: [two.id] }), { added: [], removed: [two.id] })
      assert.deepEqual(await images(), ['one.png'])
      const elsewhere = await shop.product({ title: 'Elsewhere', images: [{ url: 'far.png' }] })
      const far = (await get(`/admin/products/${elsewhere.id}`)).product.images[0].id
      assert.equal((await refusal(path, { add: [one.id, far] }))[2], `Product image with id: ${far} was not found`)
    })

    it('have prices that say whose they are and since when, in channels that say all of themselves', async () => {
      const made = await shop.product({ title: 'Priced', sales_channels: [{ id: shop.channelId }] })
      const { product } = await get(`/admin/products/${made.id}`)
      const [variant] = product.variants
      const [price] = variant.prices
      assert.deepEqual([price.variant_id, typeof price.created_at, price.rules], [variant.id, 'string', {}])
      assert.deepEqual([product.sales_channels[0].description, product.sales_channels[0].is_disabled], ['channel', false])
    })
  })

  describe('stock', () => {
    it('is not let go of while there is some, unless somebody insists', async () => {
      const { stock_location: here } = await shop.make('/admin/stock-locations', { name: 'Here' })
      const { inventory_item: item } = await shop.make('/admin/inventory-items', {
        sku: 'KEPT',
        location_levels: [{ location_id: here.id, stocked_quantity: 3 }],
      })
      const path = `/admin/inventory-items/${item.id}/location-levels`
      const [level] = item.location_levels
      const stocked = `Cannot remove Inventory Levels for ${here.id} because there are stocked items at the locations. Use force flag to delete anyway.`
      assert.deepEqual(await refusal(`${path}/batch`, { delete: [level.id] }), [400, 'not_allowed', stocked])
      const kept = { inventory_item_id: item.id, location_id: here.id, quantity: 4 }
      assert.deepEqual(await refusal('/admin/reservations', kept), [
        400,
        'not_allowed',
        `Not enough stock available for item ${item.id} at location ${here.id}`,
      ])
      const { deleted } = await shop.make(`${path}/batch`, { delete: [level.id], force: true })
      assert.deepEqual(deleted, [level.id])
      assert.deepEqual(await refusal('/admin/reservations', kept), [
        404,
        'not_found',
        `Item ${item.id} is not stocked at location ${here.id}`,
      ])
    })
  })

  describe('settings', () => {
    it('are paged as Medusa pages them, and answered with what stands around them', async () => {
      const limits = { collections: 10, 'product-types': 10, 'product-tags': 20, 'inventory-items': 20, 'sales-channels': 20 }
      for (const [noun, limit] of Object.entries({ ...limits, 'tax-rates': 20, 'stock-locations': 20, 'price-preferences': 300 })) {
        assert.equal((await get(`/admin/${noun}`)).limit, limit, noun)
      }
      assert.equal((await get('/admin/currencies')).limit, 200)
      const { tax_region: country } = await shop.make('/admin/tax-regions', { country_code: 'ca', provider_id: 'tp_system' })
      const rate = { name: 'QST', code: 'QST', rate: 9.975 }
      const province = { country_code: 'ca', province_code: 'qc', parent_id: country.id, default_tax_rate: rate }
      const { tax_region: quebec } = await shop.make('/admin/tax-regions', province)
      assert.deepEqual([quebec.parent.id, quebec.parent.provider.id, quebec.provider_id], [country.id, 'tp_system', null])
      assert.ok(country.created_by !== null && quebec.created_by === country.created_by)
      const { tax_region } = await get(`/admin/tax-regions/${country.id}`)
      assert.equal(tax_region.children[0].tax_rates[0].rate, 9.975)
      const { tax_rates } = await get('/admin/tax-rates', { tax_region_id: quebec.id })
      assert.equal(tax_rates[0].tax_region.province_code, 'qc')
      const { stores } = await get('/admin/stores', { q: 'Medusa', name: 'A Medusa shop' })
      assert.equal(stores.length, 1)
      const { api_keys } = await get('/admin/api-keys', { type: 'publishable' })
      await shop.make(`/admin/api-keys/${api_keys[0].id}/sales-channels`, { add: [shop.channelId] })
      const { sales_channels } = await get('/admin/sales-channels', { publishable_key_id: api_keys[0].id })
      assert.ok(sales_channels.some((channel: { id: string }) => channel.id === shop.channelId))
      assert.equal((await get('/admin/sales-channels', { location_id: 'sloc_unknown' })).count, 0)
    })

    it('say what is unknown in the words that Medusa has for it', async () => {
      for (const [path, message] of [
        ['collections/pcol_x', 'Collection with id "pcol_x" not found'],
        ['product-tags/ptag_x', 'Product tag with id "ptag_x" not found'],
        ['product-types/ptyp_x', 'Product type with id "ptyp_x" not found'],
        ['sales-channels/sc_x', 'Sales channel with id "sc_x" not found'],
        ['tax-rates/txr_x', 'Tax rate with id "txr_x" not found'],
        ['regions/reg_x', 'Region with id "reg_x" not found'],
        ['stores/store_x', 'Store with id "store_x" not found'],
      ] as const) {
        assert.deepEqual(await refusal(`/admin/${path}`, {}), [404, 'not_found', message])
      }
      const { price_list } = await shop.make('/admin/price-lists', { title: 'Empty', description: 'Nothing yet' })
      const nothing = await refusal(`/admin/price-lists/${price_list.id}/products`, { remove: [] })
      assert.deepEqual(nothing, [400, 'invalid_data', 'No product ids passed to remove from price list'])
    })
  })
})
