import assert from 'node:assert/strict'
import { currencyCodes, currencyOf, exponentOf, isCurrency } from '../../../src/kernel/index.js'

/** Where people write fewer decimals than ISO 4217 gives the currency; Intl follows the people. */
const writtenWithFewer = 'afn all cop huf idr iqd irr kpw lak lbp mga mmk pkr sos syp yer'.split(' ')

describe('currencies', () => {
  it('have the exponents of ISO 4217', () => {
    for (const [code, exponent] of [
      ['usd', 2],
      ['eur', 2],
      ['jpy', 0],
      ['krw', 0],
      ['isk', 0],
      ['kwd', 3],
      ['bhd', 3],
      ['huf', 2],
      ['idr', 2],
      ['clp', 0],
    ] as const) {
      assert.equal(exponentOf(code), exponent, code)
    }
  })

  it('agree with Intl wherever Intl follows the standard', () => {
    for (const code of currencyCodes) {
      const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency: code }).resolvedOptions()
      if (writtenWithFewer.includes(code)) assert.ok((maximumFractionDigits ?? 0) < exponentOf(code), code)
      else assert.equal(exponentOf(code), maximumFractionDigits, code)
    }
  })

  it('are listed once, sorted, in lower case', () => {
    assert.deepEqual([...currencyCodes], [...new Set(currencyCodes)].sort())
    assert.ok(currencyCodes.every((code) => /^[a-z]{3}$/.test(code)))
    assert.ok(currencyCodes.length > 150, `${currencyCodes.length}`)
  })

  it('are shown with name and symbol', () => {
    assert.deepEqual(currencyOf('eur'), { code: 'eur', name: 'Euro', symbol: '€', symbol_native: '€', decimal_digits: 2, rounding: 0 })
    const { name, symbol, symbol_native } = currencyOf('dkk')
    assert.deepEqual([name, symbol, symbol_native, currencyOf('gbp').name], ['Danish Krone', 'Dkr', 'kr', 'British Pound Sterling'])
    for (const code of currencyCodes) {
      const shown = currencyOf(code)
      assert.ok(shown.name.length > 2 && shown.symbol !== '' && shown.symbol_native !== '', code)
    }
  })

  it('that do not exist are refused', () => {
    for (const code of ['', 'USD', 'xxx', 'euro', 'constructor', '__proto__', 'bgn', 'ang']) {
      assert.equal(isCurrency(code), false, code)
      assert.throws(() => exponentOf(code), { type: 'invalid_data', message: `Currency with code: ${code} is not known` })
    }
  })
})
