import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { readyCart } from '../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../support/store.js'

interface Told {
  items: (Record<'title' | 'product_title' | 'variant_title', string> & Record<'product' | 'variant', { title: string }>)[]
  shipping_methods: { name: string }[]
}

describe('a store in several languages', () => {
  const app = useApp()
  let store: TestStore
  let productId: string

  before(async () => {
    store = await createTestStore(app())
    productId = store.vendors[0]?.products[0]?.id as string
    const { body } = await store.admin.get('/admin/stores')
    const saved = await store.admin.post(`/admin/stores/${body.stores[0].id}`, {
      supported_locales: [{ locale_code: 'en-US', is_default: true }, { locale_code: 'de-DE' }, { locale_code: 'fr' }],
    })
    assert.equal(saved.status, 200, JSON.stringify(saved.body))
    assert.equal(saved.body.store.supported_locales.length, 3)
  })

  const batch = (changes: object) => store.admin.post('/admin/translations/batch', changes)
  const product = async (locale?: string, how: 'header' | 'query' = 'header') => {
    const header: Record<string, string> = locale !== undefined && how === 'header' ? { 'x-medusa-locale': locale } : {}
    const query: Record<string, string> = locale !== undefined && how === 'query' ? { locale } : {}
    const { status, body } = await store.shopper.get(`/store/products/${productId}`, query, header)
    assert.equal(status, 200, JSON.stringify(body))
    return body.product
  }

  it('lists its languages with their names', async () => {
    const { body } = await store.shopper.get('/store/locales')
    assert.deepEqual(body, {
      locales: [
        { code: 'de-DE', name: 'German (Germany)' },
        { code: 'en-US', name: 'American English' },
        { code: 'fr', name: 'French' },
      ],
    })
  })

  it('answers in the language asked for, at any depth, and in its own words where there are no others', async () => {
    const plain = await product()
    const [option] = plain.options
    const value = option.values[0]
    const made = await batch({
      create: [
        { reference: 'product', reference_id: productId, locale_code: 'de-DE', translations: { title: 'Ding' } },
        { reference: 'product_option', reference_id: option.id, locale_code: 'de-DE', translations: { title: 'Größe' } },
        { reference: 'product_option_value', reference_id: value.id, locale_code: 'de-DE', translations: { value: 'klein' } },
      ],
    })
    assert.equal(made.status, 200, JSON.stringify(made.body))
    assert.equal(made.body.created.length, 3)
    const german = await product('de-DE')
    assert.deepEqual([german.title, german.options[0].title, german.options[0].values[0].value], ['Ding', 'Größe', 'klein'])
    // A picker matches a variant's value with the option's.
    assert.ok(german.variants.some((variant: { options: { value: string }[] }) => variant.options[0]?.value === 'klein'))
    assert.equal(german.variants[0].title, plain.variants[0].title)
    assert.equal((await product('fr')).title, plain.title)
    assert.equal((await product('')).title, plain.title)
    assert.equal((await product('no language; at all')).title, plain.title)
  })

  it('takes ?locale= before the header, and the language when the country has no words', async () => {
    assert.equal((await product('de-DE', 'query')).title, 'Ding')
    const { body } = await store.shopper.get(`/store/products/${productId}`, { locale: 'fr' }, { 'x-medusa-locale': 'de-DE' })
    assert.equal(body.product.title, 'Thing 1.1')
    await batch({ create: [{ reference: 'product', reference_id: productId, locale_code: 'fr', translations: { title: 'Chose' } }] })
    assert.equal((await product('fr-CA')).title, 'Chose')
  })

  it('translates lists, and finds translated words', async () => {
    const { body } = await store.shopper.get('/store/products', { q: 'chose', locale: 'fr' })
    assert.deepEqual(
      body.products.map((one: { title: string }) => one.title),
      ['Chose'],
    )
    assert.equal((await store.shopper.get('/store/products', { q: 'chose' })).body.count, 0)
  })

  it('answers a cart and its order in the language of the request, or else in their own', async () => {
    const plain = await product()
    const [small, large] = plain.variants
    const way = { reference: 'shipping_option', reference_id: store.vendors[0]?.shippingOptionId, locale_code: 'de-DE' }
    const written = { reference: 'product_variant', reference_id: large.id, locale_code: 'de-DE', translations: { title: 'die große' } }
    good(await batch({ create: [written, { ...way, translations: { name: 'Postweg' } }] }))
    const items = [small, large].map(({ id }) => ({ variant_id: id, quantity: 1 }))
    const cartId = await readyCart(store, { items })
    const path = `/store/carts/${cartId}`
    const fields = '*items, *items.product, *items.variant, +shipping_methods.name'
    const told = ({ items, shipping_methods }: Told) => [
      ...items.map(({ title, product_title, product, variant_title, variant }) => {
        return [title, product_title, product.title, variant_title, variant.title]
      }),
      shipping_methods[0]?.name,
    ]
    const named = (title: string, variants: string[], method: string) => [...variants.map((own) => [title, title, title, own, own]), method]
    const own = named('Thing 1.1', ['S', 'M'], 'Standard from vendor-1')
    const german = named('Ding', ['klein', 'die große'], 'Postweg')
    const cart = async (header: Record<string, string> = {}) => told(good(await store.shopper.get(path, { fields }, header)).cart)
    assert.deepEqual([await cart(), await cart({ 'x-medusa-locale': 'de-DE' })], [own, german])
    assert.equal((await cart({ 'x-medusa-locale': 'fr' }))[0]?.[0], 'Chose')
    // The stock storefront says it of the cart, and then asks for it without.
    assert.deepEqual(told(good(await store.shopper.post(`${path}?${new URLSearchParams({ fields })}`, { locale: 'de-DE' })).cart), german)
    assert.deepEqual([await cart(), await cart({ 'x-medusa-locale': 'en-US' })], [german, own])
    const { order } = good(await store.shopper.post(`${path}/complete`))
    const bought = { fields: '*items,*items.variant,*items.product' }
    const sold = async (header: Record<string, string> = {}) =>
      told(good(await store.shopper.get(`/store/orders/${order.id}`, bought, header)).order)
    assert.deepEqual([await sold(), await sold({ 'x-medusa-locale': 'en-US' })], [german, own])
    assert.equal(
      good(await store.admin.get(`/admin/orders/${order.id}`)).order.items[0].title,
      'Thing 1.1',
      'who packs it reads what the store calls it',
    )
  })

  it('translates categories and collections', async () => {
    const { body: made } = await store.admin.post('/admin/product-categories', { name: 'Lamps', is_active: true })
    const { body: shelf } = await store.admin.post('/admin/collections', { title: 'Winter' })
    await batch({
      create: [
        { reference: 'product_category', reference_id: made.product_category.id, locale_code: 'de-DE', translations: { name: 'Lampen' } },
        { reference: 'product_collection', reference_id: shelf.collection.id, locale_code: 'de-DE', translations: { title: 'Winterware' } },
      ],
    })
    const inGerman = { 'x-medusa-locale': 'de-DE' }
    const categories = await store.shopper.get('/store/product-categories', {}, inGerman)
    assert.equal(categories.body.product_categories[0].name, 'Lampen')
    const collection = await store.shopper.get(`/store/collections/${shelf.collection.id}`, {}, inGerman)
    assert.equal(collection.body.collection.title, 'Winterware')
  })

  it('changes and removes translations, all or none', async () => {
    const { body } = await store.admin.get('/admin/translations', { reference: 'product', locale_code: 'de-DE' })
    assert.equal(body.count, 1)
    const [one] = body.translations
    const refused = await batch({ update: [{ id: one.id, translations: { title: 'Sache' } }], delete: ['trans_unknown'] })
    assert.equal(refused.status, 404)
    assert.equal((await product('de-DE')).title, 'Ding')
    const changed = await batch({ update: [{ id: one.id, translations: { title: 'Sache', subtitle: 'Eine' } }] })
    assert.deepEqual(changed.body.updated[0].translations, { title: 'Sache', subtitle: 'Eine' })
    const emptied = await batch({ update: [{ id: one.id, translations: { title: '' } }] })
    assert.equal(emptied.status, 200)
    assert.equal((await product('de-DE')).title, 'Thing 1.1')
    const gone = await batch({ delete: [one.id] })
    assert.deepEqual(gone.body.deleted, { ids: [one.id], object: 'translation', deleted: true })
  })

  it('refuses what cannot be translated, what is not there, and a second translation', async () => {
    const create = (more: object) =>
      batch({ create: [{ reference: 'product', reference_id: productId, locale_code: 'it', translations: { title: 'Cosa' }, ...more }] })
    assert.equal((await create({ translations: { handle: 'cosa' } })).status, 400)
    assert.equal((await create({ locale_code: 'zz-notalanguage-x' })).status, 400)
    assert.equal((await create({ reference: 'product_tag' })).status, 400)
    assert.equal((await create({ reference_id: 'prod_01J00000000000000000000000' })).status, 404)
    assert.equal((await create({})).status, 200)
    const twice = await create({})
    const taken = (locale: string) => `Translation with reference_id: ${productId}, locale_code: ${locale}, already exists.`
    assert.deepEqual([twice.status, twice.body], [400, { type: 'invalid_data', message: taken('it') }])
    const other = { reference: 'product', reference_id: productId, locale_code: 'es', translations: { title: 'Cosa' } }
    assert.equal((await batch({ create: [other, other] })).body.message, taken('es'))
    const { created } = (await batch({ create: [other] })).body
    const [{ id }] = created
    assert.equal((await batch({ update: [{ id, locale_code: 'it' }] })).body.message, taken('it'))
    assert.equal((await batch({ update: [{ id, reference_id: 'prod_other' }] })).status, 404)
    assert.equal((await batch({ update: [{ id, reference: 'product_tag' }] })).status, 400)
    const { updated } = (await batch({ update: [{ ...other, id, locale_code: 'pt', translations: { subtitle: 'Uma' } }] })).body
    assert.deepEqual([updated[0].locale_code, updated[0].translations], ['pt', { title: 'Cosa', subtitle: 'Uma' }])
  })

  it('reads the words of a whole page in one statement', async () => {
    const cost = async (query: Record<string, string | number>) => {
      await store.shopper.get('/store/regions')
      const before = app().db.statistics.statements
      await store.shopper.get('/store/products', query)
      return app().db.statistics.statements - before
    }
    assert.ok((await cost({ locale: 'fr', limit: 50 })) - (await cost({ limit: 50 })) <= 2)
  })
})
