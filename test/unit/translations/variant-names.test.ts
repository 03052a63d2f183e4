import assert from 'node:assert/strict'
import { isNamed, variantName } from '../../../src/translations/index.js'

describe('what a variant is called in another language', () => {
  it('is its own words there, or else the values of its options', () => {
    assert.equal(variantName('Large', 'Groß', ['Grün']), 'Groß')
    assert.equal(variantName('Large / Green', 'Large / Green', ['Groß', 'Grün']), 'Groß / Grün')
  })

  it('is what it was where there is neither, and for the only one of its product', () => {
    assert.equal(variantName('Gift box', 'Gift box', []), 'Gift box')
    assert.equal(variantName('Default', 'Default', ['Eins']), 'Default')
    assert.deepEqual([isNamed('Default'), isNamed(null), isNamed('Gift box')], [false, false, true])
  })
})
