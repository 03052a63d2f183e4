import assert from 'node:assert/strict'
import fc from 'fast-check'
import { dueOf, type LoadedCart, lineTotals, renderRootTotals, sumTotals, totalsOfCart } from '../../../src/carts/index.js'
import { allocateCredit, type CartCreditAccount, type CartCreditLine, sumCredit } from '../../../src/credit/index.js'
import { planOrder } from '../../../src/checkout/index.js'

const priced = {
  is_tax_inclusive: fc.boolean(),
  tax_lines: fc.array(fc.integer({ min: 0, max: 300_000 }), { maxLength: 2 }).map((rates) => rates.map((rate_ppm) => ({ rate_ppm }))),
  adjustments: fc.constant([]),
}
const goods = fc.array(
  fc.record({
    vendor_id: fc.constantFrom('vend_1', 'vend_2', 'vend_3'),
    quantity: fc.integer({ min: 1, max: 20 }),
    unit_price_minor: fc.integer({ min: 0, max: 50_000 }),
    snapshot: fc.constant({}),
    ...priced,
  }),
  { minLength: 1, maxLength: 8 },
)
const shipping = fc.array(
  fc.record({ vendor_id: fc.constantFrom('vend_1', 'vend_2', 'vend_3'), amount_minor: fc.integer({ min: 0, max: 5_000 }), ...priced }),
  {
    maxLength: 3,
  },
)
const credits = fc.array(
  fc.record({
    isGiftCard: fc.boolean(),
    spendable_minor: fc.integer({ min: 0, max: 400_000 }),
    wanted_minor: fc.option(fc.integer({ min: 1, max: 400_000 })),
    currency_code: fc.constantFrom('usd', 'usd', 'usd', 'eur'),
    isOwn: fc.boolean(),
  }),
  { maxLength: 6 },
)

const cart = fc.tuple(goods, shipping, credits).map(([items, methods, wishes]) => {
  const credit_accounts = wishes.map(
    (wish, index): CartCreditAccount => ({
      id: `sca_${index}`,
      customer_id: wish.isGiftCard ? null : wish.isOwn ? 'cus_own' : 'cus_other',
      currency_code: wish.currency_code,
      spendable_minor: wish.spendable_minor,
      gift_card: null,
    }),
  )
  const credit_lines = wishes.map(
    (wish, index): CartCreditLine => ({
      id: `cacl_${index}`,
      account_id: `sca_${index}`,
      gift_card_id: wish.isGiftCard ? `gcard_${index}` : null,
      wanted_minor: wish.wanted_minor,
      amount_minor: 999_999_999,
      created_at: '2026-01-01T00:00:00.000Z',
    }),
  )
  const present = new Set(items.map((item) => item.vendor_id))
  return {
    id: 'cart_1',
    currency_code: 'usd',
    customer_id: 'cus_own',
    lines: items.map((item, index) => ({ ...item, id: `cali_${index}` })),
    methods: methods.filter((method) => present.has(method.vendor_id)).map((method, index) => ({ ...method, id: `casm_${index}` })),
    credit_accounts,
    credit_lines,
  } as unknown as LoadedCart
})

const sum = <Entry>(list: readonly Entry[], amount: (entry: Entry) => bigint) => list.reduce((total, entry) => total + amount(entry), 0n)

describe('paying a cart with credit', () => {
  it('what credit pays and what is left to pay are the vendors’ orders, and no account gives more than it has or was asked for', () => {
    fc.assert(
      fc.property(cart, (loaded) => {
        const { total } = totalsOfCart(loaded)
        const paid = { ...loaded, credit_lines: allocateCredit(loaded, loaded.credit_lines, total) }
        const due = dueOf(paid)
        const credit = sumCredit(paid.credit_lines)
        const { vendorOrders } = planOrder(paid, { rules: [] })
        assert.equal(
          due + credit.total,
          sum(vendorOrders, (order) => order.total_minor),
        )
        assert.ok(due >= 0n && credit.total >= credit.giftCards)
        const spendable = loaded.credit_lines.filter((line) => {
          const account = loaded.credit_accounts.find((one) => one.id === line.account_id)
          return account?.currency_code === 'usd' && account.customer_id !== 'cus_other'
        })
        const offered = spendable.map((line) => {
          const account = loaded.credit_accounts.find((one) => one.id === line.account_id) as CartCreditAccount
          return BigInt(Math.min(account.spendable_minor, line.wanted_minor ?? account.spendable_minor))
        })
        // As much as there is, no more than is needed.
        const most = sum(offered, (one) => one)
        assert.ok(credit.total === total ? most >= total : credit.total === most)
        assert.deepEqual(new Set(paid.credit_lines.map((line) => line.id)), new Set(spendable.map((line) => line.id)))
        for (const line of paid.credit_lines) {
          const index = spendable.findIndex((one) => one.id === line.id)
          assert.ok(line.amount_minor >= 0 && BigInt(line.amount_minor) <= (offered[index] as bigint))
        }
        // Reckoned again, nothing changes.
        assert.deepEqual(allocateCredit(paid, paid.credit_lines, total), paid.credit_lines)
      }),
    )
  })

  it('on the wire the total is what is left, and says what it is the rest of', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 0, max: 1_000_000 }), (price, held) => {
        const totals = sumTotals(
          [lineTotals({ quantity: 1, unitPriceMinor: BigInt(price), isTaxInclusive: false, ratesPpm: [190_000] })],
          [],
        )
        const credit = BigInt(Math.min(held, Number(totals.total)))
        const wire = renderRootTotals(totals, 'usd', { total: credit, giftCards: credit })
        const cents = (name: string) => Math.round((wire[name] as number) * 100)
        assert.equal(cents('total'), cents('subtotal') + cents('tax_total') - cents('discount_subtotal') - cents('credit_line_total'))
        assert.equal(cents('gift_card_total'), Number(credit))
      }),
    )
  })
})
