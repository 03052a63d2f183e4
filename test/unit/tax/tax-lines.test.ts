import assert from 'node:assert/strict'
import { type TaxRate, taxLinesOf } from '../../../src/tax/index.js'

const rate = (id: string, more: Partial<TaxRate> = {}): TaxRate => ({
  id,
  name: id,
  code: id.toUpperCase(),
  rate_ppm: 100_000,
  is_default: false,
  is_combinable: false,
  provider_id: 'tp_system',
  rules: [],
  ...more,
})
const rule = (reference: TaxRate['rules'][number]['reference'], reference_id: string) => ({ rules: [{ reference, reference_id }] })
const standard = rate('standard', { is_default: true })
const ids = (rates: readonly TaxRate[], taxed: Parameters<typeof taxLinesOf>[1]) => taxLinesOf(rates, taxed).map((line) => line.tax_rate_id)

describe('tax lines', () => {
  const books = rate('books', rule('product_type', 'ptyp_books'))
  const oneBook = rate('one book', rule('product', 'prod_1'))
  const delivery = rate('delivery', rule('shipping_option', 'so_1'))

  it('are the default rate where no rule names the thing', () => {
    assert.deepEqual(ids([books, standard], { productId: 'prod_9', productTypeId: null }), ['standard'])
    assert.deepEqual(ids([books], { productId: 'prod_9' }), [])
    assert.deepEqual(ids([], {}), [])
  })

  it('are the rate that names it most closely: the product before its type', () => {
    const rates = [standard, books, oneBook, delivery]
    assert.deepEqual(ids(rates, { productId: 'prod_1', productTypeId: 'ptyp_books' }), ['one book'])
    assert.deepEqual(ids(rates, { productId: 'prod_2', productTypeId: 'ptyp_books' }), ['books'])
    assert.deepEqual(ids(rates, { shippingOptionId: 'so_1' }), ['delivery'])
  })

  it('with a combinable rate are that and the default', () => {
    assert.deepEqual(ids([standard, rate('luxury', { ...rule('product', 'prod_1'), is_combinable: true })], { productId: 'prod_1' }), [
      'luxury',
      'standard',
    ])
  })

  it('take the province’s rates, which come first, before the country’s', () => {
    assert.deepEqual(ids([rate('province', { is_default: true }), standard], { productId: 'prod_1' }), ['province'])
  })
})
