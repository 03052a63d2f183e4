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
      await shop.make(`/admin/products/${product.id}/variants/batch`, { update: [{ id: variant_id, prices: [] }] })
      assert.deepEqual(await pricesOf(), [
        ['Large', []],
        ['small', ['eur 11', 'eur 12', 'usd 15']],
      ])
      assert.equal((await get(`/admin/price-lists/${price_list.id}`)).price_list.prices.length, 1)
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
})
