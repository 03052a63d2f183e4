import assert from 'node:assert/strict'
import type { Address } from '../../../src/web/answers.js'
import { typedAddress, typedFrom } from '../../../src/web/parts/address-fields.js'
import { addressLines } from '../../../src/web/parts/address-lines.js'

describe('web: addresses', () => {
  const lines = (parts: Partial<Address>, locale = 'en') =>
    addressLines(locale, { city: null, postal_code: null, province: null, country_code: null, ...parts } as Address)

  it('are written as the country’s post writes them', () => {
    assert.deepEqual(lines({ city: 'San Francisco', province: 'ca', postal_code: '94110', country_code: 'us' }), [
      'San Francisco, CA 94110',
    ])
    assert.deepEqual(lines({ city: 'Toronto', postal_code: 'M5V 2T6', country_code: 'ca' }), ['Toronto, M5V 2T6'])
    assert.deepEqual(lines({ city: 'Berlin', postal_code: '10115', country_code: 'de' }), ['10115 Berlin'])
    assert.deepEqual(lines({ city: 'Rome', province: 'rm', postal_code: '00184', country_code: 'it' }), ['00184 Rome', 'RM'])
    assert.deepEqual(lines({}), [])
  })

  it('in Japan go from the postal code down to the person, in Japanese, and the other way round for everybody else', () => {
    const japanese: Partial<Address> = {
      first_name: '花子',
      last_name: '山田',
      address_1: '中京区1-2-3',
      address_2: '大手ビル',
      city: '京都市',
      province: '京都府',
      postal_code: '604-8001',
      country_code: 'jp',
    }
    assert.deepEqual(lines(japanese, 'ja'), ['〒604-8001', '京都府京都市中京区1-2-3', '大手ビル', '山田 花子'])
    const abroad = { first_name: 'Hanako', last_name: 'Yamada', address_1: '1-2-3 Nakagyo', city: 'Kyoto', province: 'Kyoto' }
    assert.deepEqual(lines({ ...abroad, postal_code: '604-8001', country_code: 'jp' }), [
      'Hanako Yamada',
      '1-2-3 Nakagyo',
      'Kyoto, Kyoto 604-8001',
    ])
  })

  it('know a state in a form however it was written, typed or kept', () => {
    for (const province of ['ny', 'NY', 'us-ny', 'US-NY', 'New York']) {
      assert.equal(typedAddress(new URLSearchParams({ country_code: 'us', province })).province, 'ny', province)
      assert.equal(typedFrom({ province, country_code: 'us' } as Address, undefined).province, 'ny', province)
    }
    assert.equal(typedAddress(new URLSearchParams({ country_code: 'de', province: 'NY' })).province, 'NY')
  })
})
