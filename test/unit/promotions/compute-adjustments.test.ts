import assert from 'node:assert/strict'
import fc from 'fast-check'
import { afterDiscount, computeAdjustments, type Discountable, type Promotion, type PromotedCart } from '../../../src/promotions/index.js'

const now = new Date('2026-03-01T12:00:00Z')

function promotion(more: Partial<Promotion>): Promotion {
  return {
    id: 'promo_1',
    code: 'SAVE',
    type: 'standard',
    is_automatic: false,
    is_tax_inclusive: false,
    usage_limit: null,
    used: 0,
    funder: 'store',
    vendor_id: null,
    method_type: 'percentage',
    target_type: 'items',
    allocation: 'each',
    value_minor: null,
    value_ppm: 100_000,
    currency_code: null,
    max_quantity: null,
    apply_to_quantity: null,
    buy_rules_min_quantity: null,
    rules: [],
    target_rules: [],
    buy_rules: [],
    campaign: null,
    ...more,
  }
}

const fixed = (value_minor: number, more: Partial<Promotion> = {}) =>
  promotion({ method_type: 'fixed', value_ppm: null, value_minor, currency_code: 'usd', ...more })
const isProduct = (...values: string[]) => [{ id: 'prorul_1', attribute: 'items.product.id', operator: 'in' as const, values }]

function line(id: string, price: number, quantity = 1, more: Partial<Discountable> & { product?: string } = {}): Discountable {
  const { product = id, ...rest } = more
  return {
    id,
    vendorId: 'vend_1',
    quantity,
    isDiscountable: true,
    netMinor: BigInt(price * quantity),
    taxMinor: 0n,
    ratesPpm: [],
    facts: { product: { id: product } },
    ...rest,
  }
}

function amounts(
  promotions: readonly Promotion[],
  lines: readonly Discountable[],
  more: Partial<PromotedCart> = {},
): Record<string, number[]> {
  const { items, methods } = computeAdjustments({ currency: 'usd', now, facts: {}, lines, methods: [], promotions, ...more })
  const all = [...items, ...methods].filter(([, list]) => list.length > 0)
  return Object.fromEntries(all.map(([id, list]) => [id, list.map((adjustment) => adjustment.amount_minor)]))
}

describe('what a promotion takes off', () => {
  it('a percentage of each line, rounded once for the line', () => {
    assert.deepEqual(amounts([promotion({})], [line('a', 333, 3), line('b', 5)]), { a: [100], b: [1] })
  })

  it('of each line at most so many pieces', () => {
    assert.deepEqual(amounts([promotion({ max_quantity: 2 })], [line('a', 1_000, 5), line('b', 500)]), { a: [200], b: [50] })
    assert.deepEqual(amounts([fixed(150, { max_quantity: 2 })], [line('a', 1_000, 5), line('b', 100)]), { a: [300], b: [100] })
  })

  it('a fixed amount across all lines, to the last cent', () => {
    assert.deepEqual(amounts([fixed(100, { allocation: 'across' })], [line('a', 100), line('b', 100), line('c', 100)]), {
      a: [34],
      b: [33],
      c: [33],
    })
    assert.deepEqual(amounts([fixed(10_000, { target_type: 'order', allocation: 'across' })], [line('a', 100), line('b', 50)]), {
      a: [100],
      b: [50],
    })
  })

  it('of the order as a whole, or of each of its lines', () => {
    const lines = [line('a', 1_000, 2), line('b', 1_000)]
    assert.deepEqual(amounts([fixed(300, { target_type: 'order', allocation: 'across' })], lines), { a: [200], b: [100] })
    assert.deepEqual(amounts([fixed(300, { target_type: 'order', max_quantity: 1 })], lines), { a: [300], b: [300] })
  })

  it('of the cheapest pieces only, when it is for so many once', () => {
    const lines = [line('a', 900, 2), line('b', 400, 1), line('c', 600, 4)]
    assert.deepEqual(amounts([promotion({ allocation: 'once', max_quantity: 3, value_ppm: 500_000 })], lines), { b: [200], c: [600] })
  })

  it('the highest value first, and of what is left the rest', () => {
    const tenth = promotion({ id: 'promo_1', is_automatic: true })
    const five = fixed(5_000, { id: 'promo_2', target_type: 'order', allocation: 'across' })
    assert.deepEqual(amounts([tenth, five], [line('a', 10_000)]), { a: [5_000, 500] })
  })

  it('of some pieces what they cost, as far as the line still has it', () => {
    const first = fixed(500, { id: 'promo_1', value_minor: 500, max_quantity: 1 })
    const half = promotion({ id: 'promo_2', value_ppm: 40_000, max_quantity: 1 })
    assert.deepEqual(amounts([first, half], [line('a', 1_000, 2)]), { a: [500, 40] })
    const most = fixed(900, { id: 'promo_2', value_minor: 300, max_quantity: 1 })
    assert.deepEqual(amounts([fixed(1_900, { id: 'promo_1', max_quantity: 2 }), most], [line('a', 1_000, 2)]), { a: [2_000] })
  })

  it('nothing that is not for sale at less, and nothing that it is not for', () => {
    const lines = [line('a', 1_000, 1, { isDiscountable: false }), line('b', 1_000), line('c', 1_000)]
    assert.deepEqual(amounts([promotion({ target_rules: isProduct('a', 'b') })], lines), { b: [100] })
  })

  it('of shipping alone when it is for shipping', () => {
    const methods = [line('m', 500)]
    assert.deepEqual(amounts([promotion({ target_type: 'shipping_methods', value_ppm: 1_000_000 })], [line('a', 1_000)], { methods }), {
      m: [500],
    })
  })

  it('on the lines of the vendor that pays for it, and nobody else’s', () => {
    const lines = [line('a', 1_000), line('b', 1_000, 1, { vendorId: 'vend_2' })]
    assert.deepEqual(amounts([promotion({ funder: 'vendor', vendor_id: 'vend_2' })], lines), { b: [100] })
    const methods = [line('m', 500), line('n', 500, 1, { vendorId: 'vend_2' })]
    const shipping = promotion({ funder: 'vendor', vendor_id: 'vend_2', target_type: 'shipping_methods' })
    assert.deepEqual(amounts([shipping], lines, { methods }), { n: [50] })
  })
})

describe('buy X, get Y', () => {
  const buyGet = (buys: number, gives: number, more: Partial<Promotion> = {}) =>
    promotion({
      type: 'buyget',
      value_ppm: 1_000_000,
      buy_rules_min_quantity: buys,
      apply_to_quantity: gives,
      buy_rules: isProduct('a'),
      target_rules: isProduct('a'),
      ...more,
    })

  it('gives the third piece of three, and not the second of two', () => {
    assert.deepEqual(amounts([buyGet(2, 1)], [line('a', 1_000, 2)]), {})
    assert.deepEqual(amounts([buyGet(2, 1)], [line('a', 1_000, 3)]), { a: [1_000] })
    assert.deepEqual(amounts([buyGet(2, 1)], [line('a', 1_000, 7)]), { a: [2_000] })
  })

  it('gives no more pieces than it may', () => {
    assert.deepEqual(amounts([buyGet(2, 1, { max_quantity: 1 })], [line('a', 1_000, 30)]), { a: [1_000] })
  })

  it('counts the dearest as bought, and gives the dearest that are left', () => {
    const lines = [
      line('dear', 2_000, 1, { product: 'a' }),
      line('cheap', 300, 1, { product: 'a' }),
      line('middle', 900, 1, { product: 'a' }),
    ]
    assert.deepEqual(amounts([buyGet(2, 1)], lines), { cheap: [300] })
    const twice = [line('dear', 2_000, 2, { product: 'a' }), line('cheap', 300, 1, { product: 'a' })]
    assert.deepEqual(amounts([buyGet(1, 1, { max_quantity: 1 })], twice), { dear: [2_000] })
  })

  it('gives several things together, and nothing where they are too few', () => {
    const promo = buyGet(1, 2, { target_rules: isProduct('b', 'c'), max_quantity: 2 })
    const lines = [line('a', 1_000), line('b', 500), line('c', 700)]
    assert.deepEqual(amounts([promo], lines), { b: [500], c: [700] })
    assert.deepEqual(amounts([promo], lines.slice(0, 2)), {})
  })

  it('counts no piece for two of them in the same part', () => {
    const first = buyGet(2, 1, { id: 'promo_1', max_quantity: 1 })
    const second = buyGet(1, 1, { id: 'promo_2', value_ppm: 500_000, target_rules: isProduct('b'), max_quantity: 1 })
    const lines = [line('a', 1_000, 3), line('b', 400)]
    assert.deepEqual(amounts([second, first], lines), { a: [1_000], b: [200] })
    assert.deepEqual(amounts([second, { ...first, buy_rules_min_quantity: 3 }], [line('a', 1_000, 4), line('b', 400)]), {
      a: [1_000],
      b: [200],
    })
    const greedy = buyGet(3, 1, { id: 'promo_1', target_rules: isProduct('b'), max_quantity: 1 })
    assert.deepEqual(amounts([second, greedy], [line('a', 1_000, 3), line('b', 400, 2)]), { b: [400] })
  })

  it('gives one thing for another', () => {
    const promo = buyGet(1, 2, { target_rules: isProduct('b'), value_ppm: 500_000 })
    assert.deepEqual(amounts([promo], [line('a', 1_000, 2), line('b', 100, 3)]), { b: [100] })
    assert.deepEqual(amounts([promo], [line('b', 100, 3)]), {})
  })

  it('never gives a piece that it counts as bought', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            price: fc.integer({ min: 1, max: 900 }),
            quantity: fc.integer({ min: 1, max: 6 }),
            in: fc.constantFrom('a', 'b', 'both'),
          }),
          { minLength: 1, maxLength: 6 },
        ),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (entries, buys, gives) => {
          const lines = entries.map((entry, index) => line(`l${index}`, entry.price, entry.quantity, { product: entry.in }))
          const promo = buyGet(buys, gives, { buy_rules: isProduct('a', 'both'), target_rules: isProduct('b', 'both') })
          const taken = amounts([promo], lines)
          const given = lines.reduce((sum, one) => sum + Math.round((taken[one.id]?.[0] ?? 0) / (Number(one.netMinor) / one.quantity)), 0)
          const pieces = (...kinds: string[]) =>
            entries.filter((entry) => kinds.includes(entry.in)).reduce((sum, entry) => sum + entry.quantity, 0)
          const times = given / gives
          assert.ok(Number.isInteger(times), `${given} pieces are no ${gives} each`)
          assert.ok(given <= pieces('b', 'both'))
          assert.ok(times * (buys + gives) <= pieces('a', 'b', 'both') && times * buys <= pieces('a', 'both'))
        },
      ),
    )
  })
})

describe('when a promotion holds', () => {
  const campaign = {
    id: 'procamp_1',
    starts_at: null,
    ends_at: null,
    budget_type: null,
    budget_attribute: null,
    budget_currency_code: null,
    budget_limit_minor: null,
    budget_used_minor: 0,
  }
  const lines = [line('a', 1_000)]
  const holds = (more: Partial<Promotion>, cart: Partial<PromotedCart> = {}) => amounts([promotion(more)], lines, cart).a !== undefined

  it('only while its campaign runs', () => {
    assert.ok(holds({ campaign }))
    assert.ok(holds({ campaign: { ...campaign, starts_at: '2026-03-01T12:00:00Z', ends_at: '2026-03-01T12:00:01Z' } }))
    assert.ok(!holds({ campaign: { ...campaign, starts_at: '2026-03-01T12:00:01Z' } }))
    assert.ok(!holds({ campaign: { ...campaign, ends_at: '2026-03-01T12:00:00Z' } }))
  })

  it('only while it has uses left, and its campaign budget', () => {
    assert.ok(holds({ usage_limit: 3, used: 2 }))
    assert.ok(!holds({ usage_limit: 3, used: 3 }))
    assert.ok(holds({ campaign: { ...campaign, budget_type: 'usage', budget_limit_minor: 3, budget_used_minor: 2 } }))
    assert.ok(!holds({ campaign: { ...campaign, budget_type: 'usage', budget_limit_minor: 3, budget_used_minor: 3 } }))
    const spend = { ...campaign, budget_type: 'spend' as const, budget_currency_code: 'usd', budget_limit_minor: 500 }
    assert.ok(holds({ campaign: { ...spend, budget_used_minor: 400 } }))
    assert.ok(!holds({ campaign: { ...spend, budget_used_minor: 401 } }))
    assert.ok(!holds({ campaign: spend }, { currency: 'eur' }))
  })

  it('two of one campaign take no more of its budget than it has', () => {
    const spend = { ...campaign, budget_type: 'spend' as const, budget_currency_code: 'usd', budget_limit_minor: 150, budget_used_minor: 0 }
    const two = [promotion({ id: 'promo_1', campaign: spend }), promotion({ id: 'promo_2', campaign: spend })]
    assert.deepEqual(amounts(two, lines), { a: [100] })
  })

  it('a fixed amount only in its currency', () => {
    assert.deepEqual(amounts([fixed(100)], lines, { currency: 'eur' }), {})
  })

  it('by anything that is known of the cart, and by nothing else', () => {
    const asks = (attribute: string, operator: 'in' | 'eq' | 'ne' | 'gt', ...values: string[]) => [{ id: 'r', attribute, operator, values }]
    const facts = { email: 'a@example.com', metadata: { tier: 'gold' }, items: [{ product: { tags: [{ id: 't1' }, { id: 't2' }] } }] }
    assert.ok(holds({ rules: asks('email', 'eq', 'a@example.com') }, { facts }))
    assert.ok(holds({ rules: asks('metadata.tier', 'in', 'gold', 'silver') }, { facts }))
    assert.ok(holds({ rules: asks('items.product.tags.id', 'in', 't2') }, { facts }))
    assert.ok(!holds({ rules: asks('items.product.tags.id', 'eq', 't2') }, { facts }), 'every one must be equal')
    assert.ok(!holds({ rules: asks('items.product.tags.id', 'ne', 't2') }, { facts }))
    for (const unknown of ['metadata.size', 'email.length', 'constructor', 'items.product.tags.id.x', 'customer.groups.id']) {
      assert.ok(!holds({ rules: asks(unknown, 'in', 'x', '1', '13') }, { facts }), unknown)
      assert.ok(!holds({ rules: asks(unknown, 'gt', '0') }, { facts }), unknown)
      assert.ok(holds({ rules: asks(unknown, 'ne', 'x') }, { facts }), unknown)
    }
  })

  it('only when every rule does', () => {
    const rules = (operator: 'in' | 'ne' | 'gte' | 'lt', ...values: string[]) => [
      { id: 'prorul_1', attribute: 'item_total', operator, values },
    ]
    const facts = { item_total: 49.9 }
    assert.ok(!holds({ rules: rules('gte', '50') }, { facts }))
    assert.ok(holds({ rules: rules('gte', '49.90') }, { facts }))
    assert.ok(holds({ rules: [...rules('gte', '10'), ...rules('lt', '50')] }, { facts }))
    assert.ok(!holds({ rules: [...rules('gte', '10'), ...rules('lt', '20')] }, { facts }))
    assert.ok(
      holds(
        { rules: [{ id: 'r', attribute: 'customer.groups.id', operator: 'in', values: ['g2', 'g3'] }] },
        { facts: { customer: { groups: [{ id: 'g1' }, { id: 'g2' }] } } },
      ),
    )
    assert.ok(!holds({ rules: [{ id: 'r', attribute: 'customer.groups.id', operator: 'in', values: ['g2'] }] }))
    assert.ok(holds({ rules: [{ id: 'r', attribute: 'customer.groups.id', operator: 'ne', values: ['g2'] }] }))
  })
})

const rates = fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 2 })
const anyLine = fc.record({
  price: fc.integer({ min: 0, max: 50_000 }),
  quantity: fc.integer({ min: 1, max: 40 }),
  vendor: fc.constantFrom('vend_1', 'vend_2', 'vend_3'),
  rates,
})
const anyPromotion = fc
  .record({
    funder: fc.constantFrom('vendor', 'store', 'platform'),
    fixed: fc.boolean(),
    value: fc.integer({ min: 1, max: 1_000_000 }),
    target_type: fc.constantFrom('items', 'order', 'shipping_methods'),
    allocation: fc.constantFrom('each', 'across', 'once'),
    max_quantity: fc.option(fc.integer({ min: 1, max: 5 })),
    is_tax_inclusive: fc.boolean(),
    is_automatic: fc.boolean(),
    buyget: fc.boolean(),
  })
  .map(
    ({ fixed: isFixed, value, buyget, ...more }): Partial<Promotion> =>
      ({
        ...more,
        vendor_id: more.funder === 'vendor' ? 'vend_2' : null,
        method_type: isFixed ? 'fixed' : 'percentage',
        value_minor: isFixed ? value : null,
        value_ppm: isFixed ? null : value,
        currency_code: isFixed ? 'usd' : null,
        max_quantity: more.allocation === 'across' ? null : more.max_quantity,
        ...(buyget ? { type: 'buyget', target_type: 'items', allocation: 'each', buy_rules_min_quantity: 2, apply_to_quantity: 1 } : {}),
      }) as Partial<Promotion>,
  )

describe('any promotions on any cart', () => {
  const cart = fc
    .tuple(fc.array(anyLine, { minLength: 1, maxLength: 6 }), fc.array(anyPromotion, { maxLength: 6 }))
    .map(([entries, promotions]) => {
      const lines = entries.map((entry, index) => {
        const base = line(`l${index}`, entry.price, entry.quantity, { vendorId: entry.vendor, ratesPpm: entry.rates })
        const rate = entry.rates.reduce((sum, one) => sum + one, 0)
        return { ...base, taxMinor: (base.netMinor * BigInt(rate)) / 1_000_000n }
      })
      return { lines, promotions: promotions.map((more, index) => promotion({ id: `promo_${index}`, ...more })) }
    })

  it('leave no line below nothing, nor above what it was, and take nothing of a line that is not the payer’s', () => {
    fc.assert(
      fc.property(cart, ({ lines, promotions }) => {
        const { items } = computeAdjustments({
          currency: 'usd',
          now,
          facts: {},
          lines,
          methods: lines.map((one) => ({ ...one, id: `m${one.id}`, quantity: 1 })),
          promotions,
        })
        for (const one of lines) {
          const adjustments = items.get(one.id) ?? []
          const { netMinor, taxMinor } = afterDiscount(one, adjustments)
          assert.ok(netMinor >= 0n && taxMinor >= 0n && netMinor <= one.netMinor && taxMinor <= one.taxMinor)
          for (const adjustment of adjustments) {
            assert.ok(adjustment.amount_minor > 0)
            if (adjustment.funder === 'vendor') assert.equal(one.vendorId, 'vend_2')
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('come to the same, in whatever order they are found', () => {
    fc.assert(
      fc.property(cart, ({ lines, promotions }) => {
        const of = (list: readonly Promotion[]) =>
          computeAdjustments({ currency: 'usd', now, facts: {}, lines, methods: [], promotions: list })
        assert.deepEqual(of(promotions), of([...promotions].reverse()))
      }),
    )
  })
})
