import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const shelf = [
  { vendor: 0, title: 'Brass Lamp', description: 'Warm light for a desk', price: 40, material: 'Brass', sizes: ['S', 'M'] },
  { vendor: 0, title: 'Leather Bag', description: 'Carries a lamp if it must', price: 120, material: 'Leather', sizes: ['M'] },
  { vendor: 1, title: 'Linen Shirt', description: 'Cool in summer', price: 60, material: 'Linen', sizes: ['S', 'L'] },
  { vendor: 1, title: 'Ceramic <Bowl>', description: 'For soup', price: 15, material: 'Clay', sizes: ['L'] },
]

describe('POST /store/search', () => {
  const app = useApp()
  let store: TestStore
  let other: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 0 })
    other = await createTestStore(app(), { vendors: 1, productsPerVendor: 0 })
    for (const product of shelf) await add(store, product)
    await add(other, { ...shelf[0], title: 'Brass Lamp of another store' } as (typeof shelf)[number])
  })

  async function add(to: TestStore, product: (typeof shelf)[number], more: object = {}) {
    const { status, body } = await to.admin.post('/admin/products', {
      vendor_id: to.vendors[product.vendor]?.id,
      title: product.title,
      description: product.description,
      material: product.material,
      status: 'published',
      options: [{ title: 'Size', values: product.sizes }],
      variants: product.sizes.map((size) => ({
        title: size,
        options: { Size: size },
        prices: [{ currency_code: 'usd', amount: product.price }],
      })),
      ...more,
    })
    assert.equal(status, 200, JSON.stringify(body))
    return body.product.id as string
  }

  async function search(query: object) {
    const { status, body } = await store.shopper.post('/store/search', { entity: 'product', ...query })
    assert.equal(status, 200, JSON.stringify(body))
    return body.results[0]
  }
  const titles = (result: { hits: { title: string }[] }) => result.hits.map((hit) => hit.title)

  it('puts what has the word in its title before what only speaks of it', async () => {
    const result = await search({ query: 'lamp', search_options: { include_score: true } })
    assert.deepEqual(titles(result), ['Brass Lamp', 'Leather Bag'])
    assert.equal(result.count, 2)
    assert.ok(result.hits[0]._score > result.hits[1]._score)
  })

  it('forgives a typo, unless told not to', async () => {
    assert.deepEqual(titles(await search({ query: 'laether' })), ['Leather Bag'])
    assert.deepEqual(titles(await search({ query: 'ceramik bowl' })), ['Ceramic <Bowl>'])
    assert.deepEqual(titles(await search({ query: 'laether', search_options: { typo_tolerance: false } })), [])
  })

  it('wants all words, any, or as many as there are', async () => {
    const with_ = async (match_strategy: string) =>
      titles(await search({ query: 'lamp summer', search_options: { match_strategy, typo_tolerance: false } }))
    assert.deepEqual(await with_('all'), [])
    assert.deepEqual((await with_('any')).sort(), ['Brass Lamp', 'Leather Bag', 'Linen Shirt'])
    assert.deepEqual(await with_('last'), ['Brass Lamp', 'Leather Bag'])
  })

  it('looks in the attributes named and in no other', async () => {
    assert.deepEqual(titles(await search({ query: 'lamp', search_options: { attributes_to_search_on: ['title'] } })), ['Brass Lamp'])
    assert.deepEqual(
      titles(await search({ query: 'clay', search_options: { attributes_to_search_on: ['title'], typo_tolerance: false } })),
      [],
    )
  })

  it('takes signs that patterns are made of as they are typed', async () => {
    for (const query of ['l%p', 'l_mp', 'br\\ass', "lamp'; drop table product; --"]) {
      const result = await search({ query, search_options: { typo_tolerance: false, match_strategy: 'all' } })
      assert.equal(result.count, 0, query)
    }
    assert.equal((await search({ query: ' "lamp" ' })).count, 2)
    for (const query of ['%', '_ %', '!?']) assert.equal((await search({ query })).count, 0, query)
    assert.equal((await search({ query: ' ' })).count, shelf.length)
  })

  it('finds a product by the number of its variant, and by a name with whichever apostrophe', async () => {
    const [product] = store.vendors.slice(0, 1).map((vendor) => ({
      vendor_id: vendor.id,
      title: 'The Baker’s Almanac',
      status: 'published',
      options: [{ title: 'Size', values: ['M'] }],
      variants: [{ title: 'M', sku: 'FF-ALM-7', options: { Size: 'M' }, prices: [{ currency_code: 'usd', amount: 1 }] }],
    }))
    const made = await store.admin.post('/admin/products', { ...product, sales_channels: [{ id: store.salesChannelId }] })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    for (const query of ['FF-ALM-7', 'ff-alm', "baker's", 'Baker’s almanac']) {
      // Not as something that is spelled nearly so.
      assert.deepEqual(titles(await search({ query, search_options: { typo_tolerance: false } })), ['The Baker’s Almanac'], query)
      const { body } = await store.shopper.get('/store/products', { q: query })
      assert.equal(body.count, 1, query)
    }
    assert.deepEqual(
      titles(await search({ query: 'FF-ALM-7', search_options: { attributes_to_search_on: ['title'], typo_tolerance: false } })),
      [],
    )
    await store.admin.delete(`/admin/products/${made.body.product.id}`)
  })

  it('counts facets, and a disjunctive one without its own choice', async () => {
    const [first, second] = store.vendors
    const result = await search({
      filters: { vendor_id: first?.id },
      search_options: { facets: ['vendor', 'options', 'price', 'availability'], disjunctive_facets: ['vendor'] },
    })
    assert.deepEqual(
      result.facets.vendor.map(({ value, count }: { value: string; count: number }) => [value, count]).sort(),
      [
        [first?.id, 2],
        [second?.id, 2],
      ].sort(),
    )
    assert.deepEqual(result.facets.options, [
      {
        title: 'Size',
        values: [
          { value: 'M', count: 2 },
          { value: 'S', count: 1 },
        ],
      },
    ])
    assert.deepEqual([result.facets.price.currency_code, result.facets.price.min, result.facets.price.max], ['usd', 40, 120])
    assert.equal(
      result.facets.price.ranges.reduce((sum: number, range: { count: number }) => sum + range.count, 0),
      2,
    )
    assert.equal(
      result.facets.availability.reduce((sum: number, one: { count: number }) => sum + one.count, 0),
      2,
    )
  })

  it('narrows by price and orders by it', async () => {
    const result = await search({ filters: { price: { $gte: 20, $lte: 60 } }, pagination: { order: { price: 'DESC' } } })
    assert.deepEqual(titles(result), ['Linen Shirt', 'Brass Lamp'])
  })

  it('pages, and says where the next page begins', async () => {
    const page = { take: 3, order: { title: 'ASC' } }
    const first = await search({ pagination: page })
    assert.deepEqual([titles(first).length, first.count, first.pagination.next_cursor], [3, 4, '3'])
    const second = await search({ pagination: { ...page, cursor: '3' } })
    assert.deepEqual([titles(second), second.pagination.next_cursor], [['Linen Shirt'], null])
  })

  it('marks what was found, and escapes everything else', async () => {
    const result = await search({ query: 'ceramic', search_options: { highlight: true } })
    assert.equal(result.hits[0]._highlights.title, '<em>Ceramic</em> &lt;Bowl&gt;')
  })

  it('answers several queries at once, each with its own fields and prices', async () => {
    const queries = [
      { entity: 'product', query: 'lamp', fields: 'title' },
      { entity: 'product', query: 'shirt', fields: 'title,*variants.calculated_price', region_id: store.regionId },
    ]
    const { body } = await store.shopper.post('/store/search', { queries })
    assert.deepEqual(Object.keys(body.results[0].hits[0]).sort(), ['id', 'title'])
    assert.equal(body.results[1].hits[0].variants[0].calculated_price.calculated_amount, 60)
  })

  it('answers one to twenty queries of a hundred hits at most', async () => {
    const query = { entity: 'product', search_options: {} }
    const ask = async (body: object) => (await store.shopper.post('/store/search', body)).status
    const refused = async (body: object) => (await store.shopper.post('/store/search', body)).body
    const invalid = (problem: string) => ({ type: 'invalid_data', message: `Invalid request: ${problem}` })
    assert.equal(await ask({ queries: Array(20).fill({ ...query, pagination: { take: 1 } }) }), 200)
    const many = { queries: Array(21).fill(query) }
    assert.deepEqual(await refused(many), invalid("Value for field 'queries' too big, expected at most: '20'"))
    assert.deepEqual(await refused({ queries: [] }), invalid("Value for field 'queries' too small, expected at least: '1'"))
    const long = { ...query, pagination: { take: 101 } }
    const tooLong = (field: string) => invalid(`Value for field '${field}' too big, expected at most: '100'`)
    assert.deepEqual(await refused({ queries: [long] }), tooLong('queries, 0, pagination, take'))
    assert.deepEqual(await refused(long), tooLong('pagination, take'))
    assert.deepEqual(await refused({ ...query, colour: 'red' }), invalid("Unrecognized fields: 'colour'"))
    assert.equal(await ask({ ...query, pagination: { take: 100 } }), 200)
  })

  it('knows products only', async () => {
    const { status, body } = await store.shopper.post('/store/search', { entity: 'order', query: 'ada' })
    assert.equal(status, 404)
    assert.equal(body.type, 'not_found')
  })

  it('shows neither drafts, nor what other stores or closed vendors sell', async () => {
    const draft = await add(store, { ...shelf[0], title: 'Draft Lamp' } as (typeof shelf)[number], { status: 'draft' })
    assert.ok(!JSON.stringify(await search({ query: 'lamp' })).includes(draft))
    assert.equal(
      (await search({ query: 'another store' })).hits.filter((hit: { title: string }) => hit.title.includes('another')).length,
      0,
    )
    await store.admin.post(`/admin/vendors/${store.vendors[1]?.id}/suspend`)
    try {
      assert.deepEqual(titles(await search({ query: 'shirt', search_options: { typo_tolerance: false } })), [])
    } finally {
      await store.admin.post(`/admin/vendors/${store.vendors[1]?.id}/resume`)
    }
  })

  it('finds words of the shopper’s language, and answers in it', async () => {
    const { hits } = await search({ query: 'linen' })
    const made = await store.admin.post('/admin/translations/batch', {
      create: [{ reference: 'product', reference_id: hits[0].id, locale_code: 'de-DE', translations: { title: 'Leinenhemd' } }],
    })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    const { body } = await store.shopper.post('/store/search', { entity: 'product', query: 'leinenhemd' }, { 'x-medusa-locale': 'de-DE' })
    assert.deepEqual(titles(body.results[0]), ['Leinenhemd'])
    assert.deepEqual(titles(await search({ query: 'leinenhemd', search_options: { typo_tolerance: false } })), [])
  })

  it('asks the database twice, whatever it finds', async () => {
    await store.shopper.get('/store/regions')
    const before = app().db.statistics.statements
    await search({ search_options: { facets: ['vendor', 'category', 'collection', 'type', 'tag', 'options', 'availability'] } })
    assert.ok(app().db.statistics.statements - before <= 4, `${app().db.statistics.statements - before} statements`)
  })
})
