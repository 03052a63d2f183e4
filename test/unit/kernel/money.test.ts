import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  applyRate,
  applyRateFloor,
  currencyCodes,
  divideRounded,
  exponentOf,
  limits,
  ratePpmWhole,
  StoaError,
  taxInGross,
  taxOnNet,
  toMajor,
  toMinor,
} from '../../../src/kernel/index.js'

const anyAmount = fc.bigInt({ min: -limits.amount_minor, max: limits.amount_minor })
const amount = fc.bigInt({ min: 0n, max: limits.amount_minor })
const currency = fc.constantFrom(...currencyCodes)
const rate = fc.integer({ min: 0, max: 1_000_000 })
const rates = fc.array(rate, { maxLength: 5 })
const sum = (list: readonly bigint[]) => list.reduce((total, entry) => total + entry, 0n)
const magnitude = (value: bigint) => (value < 0n ? -value : value)
const isInvalid = (error: unknown) => error instanceof StoaError && error.type === 'invalid_data' && error.status === 400

describe('money on the wire', () => {
  it('comes back as it went, in every currency and up to the largest amount', () => {
    fc.assert(
      fc.property(anyAmount, currency, (minor, code) => {
        assert.equal(toMinor(toMajor(minor, code), code), minor)
      }),
      { numRuns: 2_000 },
    )
    for (const code of currencyCodes) {
      for (let below = 0n; below < 50n; below += 1n) {
        assert.equal(toMinor(toMajor(limits.amount_minor - below, code), code), limits.amount_minor - below, code)
        assert.equal(toMinor(toMajor(below, code), code), below, code)
      }
    }
  })

  it('survives JSON', () => {
    fc.assert(
      fc.property(anyAmount, currency, (minor, code) => {
        assert.equal(toMinor(JSON.parse(JSON.stringify(toMajor(minor, code))) as number, code), minor)
      }),
    )
  })

  it('shows as many decimals as the currency has, never the crumbs of binary fractions', () => {
    fc.assert(
      fc.property(anyAmount, currency, (minor, code) => {
        const [, fraction = ''] = String(toMajor(minor, code)).split('.')
        assert.ok(fraction.length <= exponentOf(code), `${minor} ${code}: ${toMajor(minor, code)}`)
      }),
    )
    assert.equal(toMajor(1_050n, 'usd'), 10.5)
    assert.equal(toMajor(1_050n, 'jpy'), 1_050)
    assert.equal(toMajor(1_050n, 'kwd'), 1.05)
    assert.equal(toMajor(-1n, 'usd'), -0.01)
    assert.equal(toMajor(7, 'usd'), 0.07)
  })

  it('reads numbers and texts alike', () => {
    for (const [given, minor] of [
      [10.5, 1_050n],
      ['10.5', 1_050n],
      ['10.50', 1_050n],
      [' 3 ', 300n],
      ['-0.01', -1n],
      [0, 0n],
      [-0, 0n],
      ['0.10000', 10n],
    ] as const) {
      assert.equal(toMinor(given, 'usd'), minor, String(given))
    }
  })

  it('refuses what is finer than the currency instead of rounding it', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), currency, fc.integer({ min: 1, max: 9 }), (whole, code, digit) => {
        const text = `${whole}.${'0'.repeat(exponentOf(code))}${digit}`
        assert.throws(() => toMinor(text, code), isInvalid)
      }),
    )
    assert.throws(() => toMinor(0.1 + 0.2, 'usd'), /finer than USD allows: at most 2 decimals/)
    assert.throws(() => toMinor(10.5, 'jpy'), /finer than JPY allows: no decimals/)
    assert.throws(() => toMinor(1e-7, 'usd'), /finer than USD/)
  })

  it('refuses what is no number, and what is too large', () => {
    for (const given of [
      '',
      ' ',
      '.',
      '1.',
      '.5',
      '1,5',
      '1e3',
      '0x10',
      '+1',
      '--1',
      'ten',
      '1 000',
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e300,
      'Infinity',
      '１',
      '1\n2',
    ]) {
      assert.throws(() => toMinor(given, 'usd'), isInvalid, JSON.stringify(given))
    }
    assert.throws(() => toMinor(toMajor(limits.amount_minor, 'usd') + 1, 'usd'), /too large/)
    for (const huge of [1e21, 1e30, Number.MAX_VALUE]) assert.throws(() => toMinor(huge, 'usd'), /too large/)
    assert.throws(() => toMinor(1, 'xyz'), isInvalid)
  })
})

describe('rounding', () => {
  it('is to the nearest, halves away from zero', () => {
    for (const [numerator, denominator, result] of [
      [5n, 2n, 3n],
      [-5n, 2n, -3n],
      [5n, -2n, -3n],
      [-5n, -2n, 3n],
      [4n, 3n, 1n],
      [0n, 7n, 0n],
    ] as const) {
      assert.equal(divideRounded(numerator, denominator), result, `${numerator}/${denominator}`)
    }
    fc.assert(
      fc.property(
        anyAmount,
        anyAmount.filter((value) => value !== 0n),
        (numerator, denominator) => {
          const rounded = divideRounded(numerator, denominator)
          const error = magnitude(2n * (rounded * denominator - numerator))
          assert.ok(error <= magnitude(denominator))
          if (error === magnitude(denominator)) assert.ok(magnitude(rounded) * magnitude(denominator) > magnitude(numerator))
          assert.equal(divideRounded(-numerator, denominator), -rounded)
        },
      ),
    )
  })

  it('of a share is within half a unit, and of a share that one takes of another’s money never upwards', () => {
    fc.assert(
      fc.property(amount, rate, (minor, share) => {
        const exact = minor * BigInt(share)
        const near = applyRate(minor, share)
        const floor = applyRateFloor(minor, share)
        assert.ok(magnitude(2n * (near * ratePpmWhole - exact)) <= ratePpmWhole)
        assert.ok(floor * ratePpmWhole <= exact && exact < (floor + 1n) * ratePpmWhole)
        assert.ok(floor <= minor && near <= minor)
      }),
    )
    assert.equal(applyRate(1_999n, 200_000), 400n)
    assert.equal(applyRateFloor(1_999n, 200_000), 399n)
  })
})

describe('tax', () => {
  it('on top of a net amount: the parts sum to the tax, and the net stays', () => {
    fc.assert(
      fc.property(amount, rates, (net, list) => {
        const split = taxOnNet(net, list)
        assert.equal(split.net, net)
        assert.equal(split.parts.length, list.length)
        if (list.length > 0) assert.equal(sum(split.parts), split.tax)
        else assert.equal(split.tax, 0n)
        const total = BigInt(list.reduce((a, b) => a + b, 0))
        assert.ok(magnitude(2n * (split.tax * ratePpmWhole - net * total)) <= ratePpmWhole)
      }),
    )
  })

  it('contained in a gross amount: net and tax make the gross exactly, and the parts sum to the tax', () => {
    fc.assert(
      fc.property(amount, rates, (gross, list) => {
        const split = taxInGross(gross, list)
        assert.equal(split.net + split.tax, gross)
        assert.ok(split.net >= 0n && split.tax >= 0n)
        if (list.length > 0) assert.equal(sum(split.parts), split.tax)
        else assert.equal(split.tax, 0n)
      }),
    )
  })

  it('taken out of a gross amount is what would be put on its net, within one unit', () => {
    fc.assert(
      fc.property(amount, fc.array(fc.integer({ min: 0, max: 250_000 }), { maxLength: 4 }), (gross, list) => {
        const { net, tax } = taxInGross(gross, list)
        assert.ok(magnitude(taxOnNet(net, list).tax - tax) <= 1n)
      }),
    )
  })

  it('of a rate of nothing is nothing', () => {
    fc.assert(
      fc.property(amount, rates, (net, list) => {
        for (const split of [taxOnNet(net, list), taxInGross(net, list)]) {
          for (const [index, part] of split.parts.entries()) if (list[index] === 0) assert.equal(part, 0n)
        }
      }),
    )
    assert.deepEqual(taxOnNet(1_000n, [0, 0]), { net: 1_000n, tax: 0n, parts: [0n, 0n] })
  })

  it('is what a till would print', () => {
    assert.deepEqual(taxOnNet(1_999n, [190_000]), { net: 1_999n, tax: 380n, parts: [380n] })
    assert.deepEqual(taxInGross(600_000n, [50_000]), { net: 571_429n, tax: 28_571n, parts: [28_571n] })
    assert.deepEqual(taxInGross(1_190n, [190_000]), { net: 1_000n, tax: 190n, parts: [190n] })
  })
})
