import assert from 'node:assert/strict'
import { defaultTheme } from '../../../src/themes/index.js'
import { marketName, type Shop } from '../../../src/web/shops.js'
import { addressOf, placeOf } from '../../../src/web/visit.js'

const market = (id: string, slug: string) => ({ id, slug, name: slug, currency_code: 'usd', names: {}, countries: [] })
const shop: Shop = {
  tenant: { id: 'uuid', publicId: 'ten_1', slug: 'shop', name: 'Shop', status: 'active' },
  name: 'Shop',
  theme: defaultTheme,
  markets: [market('reg_1', 'united-states'), market('reg_2', 'europe')],
  payment_instructions: {},
  locales: ['en', 'de', 'pt-BR'],
}

describe('web: where an address leads', () => {
  const read = (path: string) => {
    const place = placeOf(shop, path)
    return [place.market.id, place.locale, place.path]
  }

  it('reads region and language, and leaves the rest', () => {
    assert.deepEqual(read('/'), ['reg_1', 'en', '/'])
    assert.deepEqual(read('/products/mug'), ['reg_1', 'en', '/products/mug'])
    assert.deepEqual(read('/in-europe/de/products/mug'), ['reg_2', 'de', '/products/mug'])
    assert.deepEqual(read('/pt-br'), ['reg_1', 'pt-BR', '/'])
    assert.deepEqual(read('/in-nowhere/products'), ['reg_1', 'en', '/in-nowhere/products'])
    assert.deepEqual(read('/fr/products'), ['reg_1', 'en', '/fr/products'])
  })

  it('calls a region as its language does, with its country or without', () => {
    const europe = { ...market('reg_2', 'europe'), names: { de: 'Europa', 'de-AT': 'Europa, bitte', fr: '' } }
    const names = ['de-CH', 'de-AT', 'de', 'fr', 'en'].map((locale) => marketName(europe, locale))
    assert.deepEqual(names, ['Europa', 'Europa, bitte', 'Europa', 'europe', 'europe'])
  })

  it('writes one address for each place, which reads as that place', () => {
    for (const [region, locale, path] of [
      [0, 'en', '/'],
      [0, 'de', '/'],
      [1, 'en', '/vendors'],
      [1, 'pt-BR', '/products/mug'],
    ] as const) {
      const at = shop.markets[region] as Shop['markets'][0]
      assert.deepEqual(read(addressOf(shop, at, locale, path)), [at.id, locale, path])
    }
    assert.equal(
      addressOf(shop, shop.markets[0], 'en', '/products/mug'),
      '/products/mug',
      'the store’s own region and language have no name',
    )
  })
})
