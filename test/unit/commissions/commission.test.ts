import assert from 'node:assert/strict'
import fc from 'fast-check'
import { type CommissionedLine, type CommissionRule, commissionFor, ruleFor } from '../../../src/commissions/index.js'

const rule = (id: string, dimensions: Partial<CommissionRule> = {}): CommissionRule => ({
  id,
  vendor_id: null,
  product_type_id: null,
  product_category_id: null,
  rate_ppm: 100_000,
  fixed_minor: 0,
  currency_code: null,
  ...dimensions,
})
const line = (more: Partial<CommissionedLine> = {}): CommissionedLine => ({
  vendorId: 'vend_1',
  productTypeId: 'ptyp_1',
  categoryIds: ['pcat_1', 'pcat_2'],
  currency: 'usd',
  baseMinor: 10_000n,
  ...more,
})

describe('the rule of a commission', () => {
  /** From the least specific to the most. */
  const ladder = [
    rule('everything'),
    rule('currency', { currency_code: 'usd' }),
    rule('type', { product_type_id: 'ptyp_1' }),
    rule('type and currency', { product_type_id: 'ptyp_1', currency_code: 'usd' }),
    rule('category', { product_category_id: 'pcat_2' }),
    rule('category and currency', { product_category_id: 'pcat_2', currency_code: 'usd' }),
    rule('category and type', { product_category_id: 'pcat_1', product_type_id: 'ptyp_1' }),
    rule('vendor', { vendor_id: 'vend_1' }),
    rule('vendor and currency', { vendor_id: 'vend_1', currency_code: 'usd' }),
    rule('vendor and type', { vendor_id: 'vend_1', product_type_id: 'ptyp_1' }),
    rule('vendor and category', { vendor_id: 'vend_1', product_category_id: 'pcat_1' }),
  ]

  it('is the most specific one: vendor before category before type before currency', () => {
    for (let top = 1; top <= ladder.length; top += 1) {
      const known = ladder.slice(0, top)
      assert.equal(ruleFor(known, line())?.id, known.at(-1)?.id)
      assert.equal(ruleFor([...known].reverse(), line())?.id, known.at(-1)?.id)
    }
  })

  it('does not depend on the order in which rules come', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(ladder, { minLength: 1 }), (rules) => {
        const best = [...rules].sort((a, b) => ladder.indexOf(b) - ladder.indexOf(a))[0]
        assert.equal(ruleFor(rules, line())?.id, best?.id)
      }),
    )
  })

  it('matches every dimension that it names', () => {
    const strangers = [
      rule('a', { vendor_id: 'vend_2' }),
      rule('b', { product_type_id: 'ptyp_2' }),
      rule('c', { product_category_id: 'pcat_3' }),
      rule('d', { currency_code: 'eur' }),
      rule('e', { vendor_id: 'vend_1', product_type_id: 'ptyp_2' }),
    ]
    assert.equal(ruleFor(strangers, line()), undefined)
    assert.equal(ruleFor([...strangers, rule('f')], line())?.id, 'f')
    assert.equal(ruleFor([rule('g', { product_type_id: 'ptyp_1' })], line({ productTypeId: null })), undefined)
  })

  it('of equals is the one with the smaller id, every time', () => {
    const equals = [rule('b', { product_category_id: 'pcat_1' }), rule('a', { product_category_id: 'pcat_2' })]
    assert.equal(ruleFor(equals, line())?.id, 'a')
    assert.equal(ruleFor([...equals].reverse(), line())?.id, 'a')
  })

  it('is found without disturbing the list of rules', () => {
    const rules = Object.freeze([...ladder])
    assert.equal(ruleFor(rules, line())?.id, 'vendor and category')
  })
})

describe('a commission', () => {
  it('without a rule is nothing', () => {
    assert.deepEqual(commissionFor([], line()), { ruleId: null, ratePpm: 0, fixedMinor: 0n, baseMinor: 10_000n, amountMinor: 0n })
  })

  it('is the rate, rounded down for the vendor, and the fixed amount', () => {
    const rules = [rule('a', { rate_ppm: 125_000, fixed_minor: 30, currency_code: 'usd' })]
    assert.deepEqual(commissionFor(rules, line({ baseMinor: 999n })), {
      ruleId: 'a',
      ratePpm: 125_000,
      fixedMinor: 30n,
      baseMinor: 999n,
      amountMinor: 154n,
    })
  })

  it('is never more than the line, nor less than nothing', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 12n }),
        fc.integer({ min: 0, max: 1_000_000 }),
        fc.nat(1_000_000),
        (baseMinor, rate_ppm, fixed_minor) => {
          const { amountMinor } = commissionFor([rule('a', { rate_ppm, fixed_minor, currency_code: 'usd' })], line({ baseMinor }))
          assert.ok(amountMinor >= 0n && amountMinor <= baseMinor)
          const wanted = (baseMinor * BigInt(rate_ppm)) / 1_000_000n + BigInt(fixed_minor)
          assert.equal(amountMinor, wanted < baseMinor ? wanted : baseMinor)
        },
      ),
    )
  })
})
