import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

interface Value {
  id: string
  value: string
  rank: number
}
interface Option {
  id: string
  title: string
  is_exclusive: boolean
  values: Value[]
}

describe('options that products share, as Medusa’s Admin API has them', () => {
  const app = useApp()
  let shop: MedusaShop

  before(async () => {
    shop = await medusaShop(app())
    const { api_keys } = (await shop.admin.get('/admin/api-keys', { type: 'publishable' })).body
    const key = api_keys.find((one: { title: string }) => one.title === 'Shop').id
    await shop.make(`/admin/api-keys/${key}/sales-channels`, { add: [shop.channelId] })
  })

  const prices = [{ currency_code: 'usd', amount: 5 }]
  const make = async (title: string, values: string[], more: object = {}): Promise<Option> =>
    (await shop.make('/admin/product-options', { title, values, ...more })).product_option
  const idOf = (option: Option, value: string) => option.values.find((one) => one.value === value)?.id as string
  const shown = (options: Option[]) => options.map((option) => [option.title, option.values.map((value) => value.value)])
  const refusal = async (path: string, body: object) => {
    const answer = await shop.admin.post(path, body)
    return [answer.status, answer.body.message]
  }

  it('are made, ranked, renamed and taken out of use by themselves', async () => {
    const option = await make('Fabric', ['wool', 'linen'], { ranks: { wool: 2, linen: 1 }, metadata: { unit: 'm' } })
    assert.deepEqual([option.is_exclusive, shown([option])], [false, [['Fabric', ['linen', 'wool']]]])
    assert.deepEqual(await refusal('/admin/product-options', { title: 'Fabric', values: ['silk'] }), [
      400,
      'Product option with title: Fabric, already exists.',
    ])
    assert.deepEqual(await refusal('/admin/product-options', { title: 'Odd', values: ['a'], ranks: { b: 1 } }), [
      400,
      'Value "b" is assigned a rank but is not defined in the list of values.',
    ])
    const path = `/admin/product-options/${option.id}`
    const { product_option: changed } = await shop.make(path, { title: 'Cloth', values: ['linen', 'silk'] })
    assert.deepEqual(shown([changed]), [['Cloth', ['linen', 'silk']]])
    assert.deepEqual(await refusal(path, { is_exclusive: true }), [
      400,
      `Cannot change product option: ${option.id} from global to exclusive.`,
    ])
    const silk = idOf(changed, 'silk')
    const { product_option_value } = await shop.make(`${path}/values/${silk}`, { value: 'satin', metadata: { shiny: true } })
    assert.deepEqual([product_option_value.value, product_option_value.metadata], ['satin', { shiny: true }])
    const { body: listed } = await shop.admin.get(`${path}/values`, { q: 'sat' })
    assert.deepEqual([listed.product_option_values[0].id, listed.count, listed.limit], [silk, 1, 20])
    assert.equal((await shop.admin.get(`${path}/values/${silk}`)).body.product_option_value.option_id, option.id)
    const { body: gone } = await shop.admin.delete(`${path}/values/${silk}`)
    assert.deepEqual(gone, { id: silk, object: 'product_option_value', deleted: true })
    assert.deepEqual((await shop.admin.get(`${path}/values/${silk}`)).body, {
      type: 'not_found',
      message: `Product option value with id "${silk}" was not found for option with id "${option.id}"`,
    })
    assert.deepEqual((await shop.admin.delete(path)).body, { id: option.id, object: 'product_option', deleted: true })
    assert.equal((await shop.admin.get(path)).status, 404)
  })

  it('are told to shoppers before a product has them', async () => {
    const option = await make('Season', ['spring', 'autumn'])
    const { body } = await shop.shopper.get('/store/product-options', { title: 'Season' })
    assert.deepEqual(shown(body.product_options), [['Season', ['spring', 'autumn']]])
    assert.equal(body.count, 1)
    const { product_option } = good(await shop.shopper.get(`/store/product-options/${option.id}`))
    assert.equal(product_option.id, option.id)
  })

  it('are had by products with the values that those name, and sold by them', async () => {
    const colour = await make('Colour', ['red', 'green', 'blue'])
    const made = await shop.product({
      title: 'Painted',
      sales_channels: [{ id: shop.channelId }],
      options: [{ id: colour.id, value_ids: [idOf(colour, 'red'), idOf(colour, 'blue')] }],
      variants: [{ title: 'Red', options: { Colour: 'red' }, manage_inventory: false, prices }],
    })
    const { product } = (await shop.admin.get(`/admin/products/${made.id}`)).body
    assert.deepEqual([product.options[0].id, shown(product.options)], [colour.id, [['Colour', ['red', 'blue']]]])
    assert.equal(product.variants[0].options[0].value, 'red')
    const green = { title: 'Green', options: { Colour: 'green' }, prices }
    assert.equal((await shop.admin.post(`/admin/products/${made.id}/variants`, green)).status, 400, 'the product has no green')
    const other = await shop.product({ title: 'Dyed', options: [{ id: colour.id }], variants: [] })
    const { product_option } = (await shop.admin.get(`/admin/product-options/${colour.id}`)).body
    assert.deepEqual(
      product_option.products.map((one: { id: string }) => one.id),
      [made.id, other.id].sort(),
    )
    const { body: store } = await shop.shopper.get('/store/products', { id: made.id, fields: '*options.values' })
    assert.deepEqual(shown(store.products[0].options), [['Colour', ['red', 'blue']]])
    const { body: options } = await shop.shopper.get('/store/product-options', { title: 'Colour', is_exclusive: 'false' })
    assert.deepEqual(
      options.product_options.map((one: Option) => one.id),
      [colour.id],
    )
    const { body: found } = await shop.shopper.get('/store/products', { 'option_value_id[0]': idOf(colour, 'red') })
    assert.deepEqual(
      found.products.map((one: { id: string }) => one.id),
      [made.id],
    )
    const associated = 'Cannot delete product option values that are associated with products.'
    assert.deepEqual(await refusal(`/admin/product-options/${colour.id}`, { values: ['red'] }), [400, associated])
    assert.deepEqual(
      (await shop.admin.delete(`/admin/product-options/${colour.id}`)).body.message,
      associated.replace(' values', 's').replace('option values', 'options'),
    )
  })

  it('are given to a product and taken from it in one request', async () => {
    const size = await make('Length', ['short', 'long'])
    const product = await shop.product({ title: 'Cut', options: [{ title: 'Own', values: ['one'] }], variants: [] })
    const path = `/admin/products/${product.id}/options/batch`
    const { product: first } = await shop.make(path, {
      add: [
        { id: size.id, value_ids: [idOf(size, 'long')] },
        { title: 'New', values: ['x'] },
      ],
    })
    assert.deepEqual(shown(first.options).sort(), [
      ['Length', ['long']],
      ['New', ['x']],
      ['Own', ['one']],
    ])
    assert.deepEqual(await refusal(path, { add: [size.id] }), [400, `Product options are already linked to products: ${size.id}`])
    const update = [{ product_option_id: size.id, add: [idOf(size, 'short'), { value: 'midi' }], remove: [idOf(size, 'long')] }]
    const { product: second } = await shop.make(path, { update })
    assert.deepEqual(shown(second.options.filter((one: Option) => one.id === size.id)), [['Length', ['short', 'midi']]])
    const { product: third } = await shop.make(`/admin/products/${product.id}`, { option_ids: [size.id] })
    assert.deepEqual(shown(third.options), [['Length', ['short', 'midi']]])
    await shop.make(`/admin/products/${product.id}/variants`, { title: 'Short', options: { Length: 'short' }, prices })
    assert.deepEqual(await refusal(path, { remove: [size.id] }), [
      400,
      'Cannot unassign product option from product which has variants for that option',
    ])
    assert.deepEqual(await refusal(path, { update: [{ product_option_id: size.id, remove: [idOf(size, 'short')] }] }), [
      400,
      'Cannot unassign option values from product because the following variant(s) are using it: Short',
    ])
  })

  it('may be one product’s alone, until they are opened to others', async () => {
    const alone = await make('Engraving', ['yes', 'no'], { is_exclusive: true })
    const one = await shop.product({ title: 'Ring', options: [{ id: alone.id }], variants: [] })
    const other = await shop.product({ title: 'Chain', options: [{ title: 'Own', values: ['one'] }], variants: [] })
    const path = `/admin/products/${other.id}/options/batch`
    const taken = `Product options are already assigned to another product: ${alone.id}`
    assert.deepEqual(await refusal(path, { add: [alone.id] }), [400, taken])
    await shop.make(`/admin/product-options/${alone.id}`, { is_exclusive: false })
    const { product } = await shop.make(path, { add: [alone.id] })
    assert.equal(product.options.length, 2)
    const { product: ring } = (await shop.admin.get(`/admin/products/${one.id}`)).body
    assert.deepEqual(shown(ring.options), [['Engraving', ['yes', 'no']]])
    const own = product.options.find((option: Option) => option.title === 'Own')
    await shop.make(`/admin/product-options/${own.id}`, { is_exclusive: false })
    const { product: shared } = await shop.make(`/admin/products/${one.id}/options/batch`, { add: [own.id] })
    assert.deepEqual(shown(shared.options).sort(), [
      ['Engraving', ['yes', 'no']],
      ['Own', ['one']],
    ])
  })
})
