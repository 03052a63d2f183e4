import assert from 'node:assert/strict'
import type { Address } from '../../../src/web/answers.js'
import { townLines } from '../../../src/web/parts/address-fields.js'

describe('web: addresses', () => {
  const lines = (parts: Partial<Address>) =>
    townLines({ city: null, postal_code: null, province: null, country_code: null, ...parts } as Address).filter((line) => line !== '')

  it('are written as the country’s post writes them', () => {
    assert.deepEqual(lines({ city: 'San Francisco', province: 'ca', postal_code: '94110', country_code: 'us' }), [
      'San Francisco, CA 94110',
    ])
    assert.deepEqual(lines({ city: 'Toronto', postal_code: 'M5V 2T6', country_code: 'ca' }), ['Toronto, M5V 2T6'])
    assert.deepEqual(lines({ city: 'Berlin', postal_code: '10115', country_code: 'de' }), ['10115 Berlin'])
    assert.deepEqual(lines({ city: 'Kyoto', province: 'jp-26', country_code: 'jp' }), ['Kyoto', 'JP-26'])
    assert.deepEqual(lines({}), [])
  })
})
