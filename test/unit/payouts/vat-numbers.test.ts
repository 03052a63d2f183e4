import assert from 'node:assert/strict'
import { memberStateOf, vatNumberOf } from '../../../src/payouts/vat-numbers.js'

// One of each form that VIES describes.
const numbers =
  'ATU12345678 BE0123456789 BE1123456789 BG123456789 BG1234567890 CY12345678L CZ12345678 CZ123456789 CZ1234567890 DE123456789 DK12345678 ' +
  'EE123456789 EL123456789 ESX1234567X ESX12345678 ES12345678X FI12345678 FRXX123456789 FR12345678901 HR12345678901 HU12345678 ' +
  'IE1S34567L IE1234567L IE1234567WI IT12345678901 LT123456789 LT123456789012 LU12345678 LV12345678901 MT12345678 NL123456789B01 ' +
  'PL1234567890 PT123456789 RO12 RO1234567890 SE123456789012 SI12345678 SK1234567890'

describe('a VAT number', () => {
  it('is kept as its member state gives it out, without what people put between', () => {
    for (const number of numbers.split(' ')) {
      assert.equal(vatNumberOf(number, null), number)
      assert.equal(memberStateOf(number), number.slice(0, 2))
      const typed = ` ${number.slice(0, 2).toLowerCase()} ${number.slice(2, 5)}.${number.slice(5)}- `
      assert.equal(vatNumberOf(typed, 'de'), number)
    }
    assert.equal(new Set(numbers.split(' ').map((number) => number.slice(0, 2))).size, 27)
  })

  it('is refused with one character more or less, and in letters where digits are', () => {
    for (const number of numbers.split(' ')) {
      // Some have several lengths.
      if (!/^(BG|CZ|LT|RO|IE)/.test(number)) assert.throws(() => vatNumberOf(number.slice(0, -1), null), /is none of/, number)
      assert.throws(() => vatNumberOf(`${number}12345678901`, null), /is none of/, number)
      assert.throws(() => vatNumberOf(`${number.slice(0, 2)}${'ABCDEFGHIJKL'.slice(0, number.length - 2)}`, null), /is none of/, number)
    }
  })

  it('of elsewhere is kept as it is said, and says who issued it where its owner is in the EU', () => {
    for (const [said, kept] of [
      ['che-123.456.789', 'CHE123456789'],
      ['GB 123 4567 89', 'GB123456789'],
      ['51 824 753 556', '51824753556'],
    ] as const) {
      assert.equal(vatNumberOf(said, null), kept)
      assert.equal(vatNumberOf(said, 'au'), kept)
      assert.equal(memberStateOf(kept), null)
    }
    assert.throws(() => vatNumberOf('51 824 753 556', 'gr'), /such as EL/)
  })

  it('of elsewhere may begin as those of a member state do, and is none of that', () => {
    for (const [said, country] of [
      ['ROGL850101AB1', 'mx'],
      ['dejc-850101-ab1', 'mx'],
      ['GROJ850101AB1', 'mx'],
      ['SE 1234', 'us'],
    ] as const) {
      const kept = vatNumberOf(said, country)
      assert.equal(kept, said.replace(/[- ]/g, '').toUpperCase())
      assert.equal(memberStateOf(kept), null, said)
    }
    for (const country of [null, 'ro', 'de']) assert.throws(() => vatNumberOf('ROGL850101AB1', country), /is none of RO/)
    assert.equal(memberStateOf(vatNumberOf('de 123 456 789', 'us')), 'DE')
  })
})
