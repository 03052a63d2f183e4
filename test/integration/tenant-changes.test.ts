import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { applyTenants, planTenants, TenantFilesError } from '../../src/platform/index.js'
import { startTestApp, type TestApp } from '../support/app.js'
import { client } from '../support/client.js'
import { asAdmin } from '../support/database.js'

const store = `
slug: corner
name: Corner Shop
default_currency: usd
currencies: [usd, jpy]
regions:
  - { name: Home, currency: usd, countries: [us] }
  - { name: Japan, currency: jpy, countries: [jp] }
`
const vendor = `
handle: potter
name: The Potter
email: potter@corner.example
location: { name: Workshop }
shipping: [{ name: Parcel, type: standard, countries: [us], prices: { usd: 5 } }]
products:
  - title: Cup
    handle: cup
    options: [{ title: Glaze, values: [Oat, Sea] }]
    variants:
      - sku: CUP-OAT
        options: { Glaze: Oat }
        prices: { usd: 24, jpy: 3600 }
        compare_at: { usd: 30, jpy: 4000 }
      - { sku: CUP-SEA, options: { Glaze: Sea }, prices: { usd: 25, jpy: 3700 }, stock: 3 }
`

describe('changes of stores as files', () => {
  let app: TestApp
  let directory: string
  let shopper: ReturnType<typeof client>
  const at = (file: string) => path.join(directory, 'corner', file)
  const options = () => ({ db: app.db, directory, filesDirectory: app.stoa.services.filesDirectory })

  /** Applies the store with these texts of its vendor in place of others. Applied once more, it must change nothing. */
  const apply = async (...changes: [string, string][]) => {
    write(changes)
    await applyTenants(options())
    assert.deepEqual((await planTenants(options()))[0]?.differences, [])
  }
  const write = (changes: [string, string][]) =>
    fs.writeFileSync(
      at('vendors/potter.yaml'),
      changes.reduce((text, [from, to]) => text.replace(from, to), vendor),
    )
  /** What is wrong with the store's files, when these texts of its vendor stand in place of others. */
  const problems = async (...changes: [string, string][]) => {
    write(changes)
    const error = await planTenants(options()).then(
      () => null,
      (cause: unknown) => cause,
    )
    assert.ok(error instanceof TenantFilesError, String(error))
    return error.problems.map((problem) => problem.replace(`${at('vendors')}/`, ''))
  }

  const prices = async () => {
    const { regions } = (await shopper.get('/store/regions')).body
    const ofRegion = (region_id: string) =>
      shopper.get('/store/products', { region_id, handle: 'cup', fields: '*variants.calculated_price' })
    const answers = await Promise.all(regions.map((region: { id: string }) => ofRegion(region.id)))
    const variants = answers.flatMap(({ body }) => body.products[0].variants)
    return variants
      .flatMap(({ calculated_price: price }) => (price === null ? [] : [`${price.calculated_amount} ${price.currency_code}`]))
      .sort()
  }

  before(async function () {
    this.timeout(60_000)
    app = await startTestApp()
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-changes-'))
    fs.mkdirSync(at('vendors'), { recursive: true })
    fs.writeFileSync(at('store.yaml'), store)
    await apply()
    const [key] = await asAdmin<{ token: string }>(app.adminUrl, `select token from app.api_key where type = 'publishable'`)
    shopper = client(app, { publishableKey: key?.token as string })
  })

  after(async () => {
    fs.rmSync(directory, { recursive: true, force: true })
    await app?.stop()
  })

  it('takes a price out of sale in one currency, and asks for the price that a struck-out one belongs to', async () => {
    assert.deepEqual(await problems([', jpy: 3600', '']), [
      'potter.yaml:15: products.0.variants.0.compare_at.jpy: variant CUP-OAT has no price in jpy: name one in prices, or take this one out',
    ])
    await apply([', jpy: 3600', ''], [', jpy: 4000', ''])
    assert.deepEqual(await prices(), ['24 usd', '25 usd', '3700 jpy'])
  })

  it('puts variants in the order of the file, also one whose SKU changed, and changed back', async () => {
    const skus = async () => {
      const { body } = await shopper.get('/store/products', { handle: 'cup' })
      return body.products[0].variants.map(({ sku }: { sku: string }) => sku)
    }
    await apply(['CUP-OAT', 'CUP-HAY'])
    assert.deepEqual(await skus(), ['CUP-HAY', 'CUP-SEA'])
    await apply()
    assert.deepEqual(await skus(), ['CUP-OAT', 'CUP-SEA'])
  })

  it('lets variants choose anew among the values of their options, and names a value that is not among them', async () => {
    const choices = async () => {
      const { body } = await shopper.get('/store/products', { handle: 'cup', fields: '*variants.options' })
      return body.products[0].variants.map((variant: { sku: string; options: { value: string }[] }) =>
        [variant.sku, ...variant.options.map(({ value }) => value)].join(' '),
      )
    }
    await apply(['Glaze: Oat', 'Glaze: Sea'], ['CUP-SEA, options: { Glaze: Sea', 'CUP-SEA, options: { Glaze: Oat'])
    assert.deepEqual(await choices(), ['CUP-OAT Sea', 'CUP-SEA Oat'])
    assert.deepEqual(await problems(['Glaze: Oat', 'Glaze: Red'], ['options: { Glaze: Sea }', 'options: { Colour: Sea }']), [
      'potter.yaml:13: products.0.variants.0.options.Glaze: variant CUP-OAT: Glaze can be Oat, Sea',
      'potter.yaml:16: products.0.variants.1.options.Glaze: variant CUP-SEA: Glaze can be Oat, Sea',
      'potter.yaml:16: products.0.variants.1.options.Colour: variant CUP-SEA: the product has no option Colour',
    ])
  })

  it('keeps the words in other languages of a way of delivery whose price changed, for old orders too', async () => {
    fs.writeFileSync(at('store.yaml'), `${store}locales: [en, de]\n`)
    fs.mkdirSync(at('translations'))
    fs.writeFileSync(at('translations/de.yaml'), 'words: { Parcel: Paket }')
    await apply()
    await apply(['{ usd: 5 }', '{ usd: 6 }'])
    const words = `select o.deleted_at is null as offered, t.translations ->> 'name' as name from app.shipping_option o
      join app.translation t on t.reference = 'shipping_option' and t.reference_id = o.id order by o.id`
    assert.deepEqual(await asAdmin(app.adminUrl, words), [
      { offered: false, name: 'Paket' },
      { offered: true, name: 'Paket' },
    ])
    const { regions } = (await shopper.get('/store/regions')).body
    const { products } = (await shopper.get('/store/products', { handle: 'cup' })).body
    const region_id = regions.find((region: { name: string }) => region.name === 'Home').id
    const items = [{ variant_id: products[0].variants[1].id, quantity: 1 }]
    const { cart } = (await shopper.post('/store/carts', { region_id, items })).body
    const { body } = await shopper.get('/store/shipping-options', { cart_id: cart.id, locale: 'de' })
    assert.deepEqual(
      body.shipping_options.map(({ name, amount }: { name: string; amount: number }) => [name, amount]),
      [['Paket', 6]],
    )
  })

  it('names a price in a currency that the store does not have by its line', async () => {
    assert.deepEqual(await problems(['{ usd: 5 }', '{ usd: 5, eur: 4 }'], ['jpy: 3600', 'jpy: 3600, eur: 22']), [
      'potter.yaml:6: shipping.0.prices.eur: the store does not have the currency eur: name it in currencies',
      'potter.yaml:14: products.0.variants.0.prices.eur: the store does not have the currency eur: name it in currencies',
    ])
  })

  it('names an amount that is finer than its currency by its line', async () => {
    const fee = 'commission_rules: [{ name: Fee, rate: 0, fixed: 0.5, currency: jpy }]\n'
    fs.writeFileSync(at('store.yaml'), `${store}locales: [en, de]\n${fee}`)
    assert.deepEqual(await problems(['{ usd: 5 }', '{ usd: 5.005 }'], ['usd: 24', 'usd: 24.005'], ['jpy: 4000', 'jpy: 4000.5']), [
      `${at('store.yaml')}:10: commission_rules.0.fixed: Amount 0.5 is finer than JPY allows: no decimals`,
      'potter.yaml:6: shipping.0.prices.usd: Amount 5.005 is finer than USD allows: at most 2 decimals',
      'potter.yaml:14: products.0.variants.0.prices.usd: Amount 24.005 is finer than USD allows: at most 2 decimals',
      'potter.yaml:15: products.0.variants.0.compare_at.jpy: Amount 4000.5 is finer than JPY allows: no decimals',
    ])
  })
})
