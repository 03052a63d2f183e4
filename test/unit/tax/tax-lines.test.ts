import assert from 'node:assert/strict'
import { type TaxRate, taxLinesOf } from '../../../src/tax/index.js'

const rate = (id: string, more: Partial<TaxRate> = {}): TaxRate => ({
  id,
  name: id,
  code: id.toUpperCase(),
  rate_ppm: 100_000,
  is_default: false,
  is_combinable: false,
  tax_region_id: 'txreg_us',
  parent_region_id: null,
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

  const ofProvince = { tax_region_id: 'txreg_us_ca', parent_region_id: 'txreg_us' }
  const provincial = rate('province', { ...ofProvince, is_default: true })

  it('take every rate of the province before any of its country', () => {
    assert.deepEqual(ids([standard, oneBook, provincial], { productId: 'prod_1' }), ['province'])
    const named = rate('provincial books', { ...ofProvince, ...rule('product_type', 'ptyp_books') })
    assert.deepEqual(ids([standard, provincial, named], { productId: 'prod_9', productTypeId: 'ptyp_books' }), ['provincial books'])
  })

  it('with a combinable rate of a province are that and its country’s closest', () => {
    const both = rate('province', { ...ofProvince, is_default: true, is_combinable: true })
    assert.deepEqual(ids([both, standard], { productId: 'prod_9' }), ['province', 'standard'])
    assert.deepEqual(ids([standard, both, oneBook], { productId: 'prod_1' }), ['province', 'one book'])
    assert.deepEqual(ids([provincial, standard], { productId: 'prod_9' }), ['province'])
    const luxury = rate('luxury', { ...rule('product', 'prod_1'), is_combinable: true })
    assert.deepEqual(ids([standard, luxury], { productId: 'prod_1' }), ['luxury'], 'a country has nothing above it')
  })

  it('name who reckoned them', () => {
    assert.deepEqual(taxLinesOf([standard], {}), [
      { description: 'standard', code: 'STANDARD', rate_ppm: 100_000, provider_id: 'system', tax_rate_id: 'standard' },
    ])
  })
})
