import assert from 'node:assert/strict'
import fc from 'fast-check'
import { toMajor, toMinor } from '../../src/kernel/index.js'
import { type CommissionPolicy, divideCredit, divideRefund, lessCredits, type OpenPart } from '../../src/payments/index.js'
import { type Bought, booksOf, buy, notFoundByTotal, orderOf, packAll } from '../support/after-sale.js'
import { useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { createTestStore, type TestStore } from '../support/store.js'

const names = [
  'amount_minor',
  'vendor_amount_minor',
  'commission_minor',
  'tax_minor',
  'store_discount_minor',
  'platform_discount_minor',
] as const
const sum = (parts: readonly OpenPart[], name: (typeof names)[number]) => parts.reduce((total, part) => total + part[name], 0n)

const share = fc.bigInt(0n, 100n)
const soldParts = fc
  .array(fc.tuple(fc.bigInt(0n, 90_000n), fc.bigInt(0n, 20_000n), fc.bigInt(0n, 20_000n), share, share), { minLength: 1, maxLength: 8 })
  .map((rows) =>
    rows.map(([vendor, commission, tax, storePercent, platformPercent], index): OpenPart => {
      // Others pay for none of the tax, and together for no more than there is.
      const store = ((vendor + commission) * storePercent) / 200n
      const platform = ((vendor + commission) * platformPercent) / 200n
      return {
        vendor_order_id: 'vord_1',
        vendor_id: 'vend_1',
        order_line_item_id: `ordli_${index}`,
        order_shipping_method_id: null,
        amount_minor: vendor + commission + tax - store - platform,
        vendor_amount_minor: vendor,
        commission_minor: commission,
        tax_minor: tax,
        store_discount_minor: store,
        platform_discount_minor: platform,
        held_minor: 0n,
      }
    }),
  )

function followsPolicy(credit: OpenPart, left: OpenPart, policy: CommissionPolicy): void {
  for (const name of names) assert.ok(credit[name] >= 0n, `${name} is ${credit[name]}`)
  if (policy === 'keep') assert.equal(credit.commission_minor, 0n)
  else if (left.vendor_amount_minor >= 0n) assert.ok(credit.vendor_amount_minor <= left.vendor_amount_minor)
  if (policy === 'return' && credit.vendor_amount_minor > 0n) assert.equal(credit.commission_minor, left.commission_minor)
}

describe('what an order is credited with', () => {
  it('is divided to the cent, never below nothing, never above what is left, and ends at nothing', () => {
    fc.assert(
      fc.property(soldParts, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (sold, steps) => {
        let left = sold
        for (const share of [...steps, 1]) {
          const total = sum(left, 'amount_minor')
          const amount = share === 1 ? total : (total * BigInt(Math.floor(share * 1_000_000))) / 1_000_000n
          const credits = divideCredit(amount, left)
          assert.equal(sum(credits, 'amount_minor'), amount)
          for (const credit of credits)
            assert.equal(
              credit.amount_minor + credit.store_discount_minor + credit.platform_discount_minor,
              credit.vendor_amount_minor + credit.commission_minor + credit.tax_minor,
            )
          left = lessCredits(left, credits)
          for (const part of left)
            for (const name of names) assert.ok(part[name] >= 0n, `${name} of ${part.order_line_item_id} is ${part[name]}`)
        }
        assert.equal(sum(left, 'amount_minor'), 0n)
      }),
      { numRuns: 400 },
    )
  })

  it('says by the store’s policy who of vendor and store gives it, changed midway or not', () => {
    const policy = fc.constantFrom('proportional' as const, 'return' as const, 'keep' as const)
    const steps = fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), policy), { maxLength: 8 })
    fc.assert(
      fc.property(soldParts, steps, policy, (sold, before, last) => {
        let left = sold
        for (const [share, commission_policy] of [...before, [1, last] as const]) {
          const total = sum(left, 'amount_minor')
          const amount = share === 1 ? total : (total * BigInt(Math.floor(share * 1_000_000))) / 1_000_000n
          const credits = divideRefund(
            { status: 'pending' },
            amount,
            left.map((part) => ({ ...part, commission_policy })),
          )
          assert.equal(sum(credits, 'amount_minor'), amount)
          const kept = left.map((part) => ({ ...part, commission_policy: last }))
          assert.deepEqual(divideRefund({ status: 'canceled' }, amount, kept), divideCredit(amount, kept))
          for (const credit of credits) {
            followsPolicy(credit, left.find((one) => one.order_line_item_id === credit.order_line_item_id) as OpenPart, commission_policy)
          }
          left = lessCredits(left, credits)
        }
        for (const part of left) {
          const { amount_minor, vendor_amount_minor, commission_minor, tax_minor, store_discount_minor, platform_discount_minor } = part
          // Where others paid all of a part, nothing of it was the shopper's to have back.
          if (sold.find((one) => one.order_line_item_id === part.order_line_item_id)?.amount_minor === 0n) continue
          assert.deepEqual(
            [amount_minor, vendor_amount_minor + commission_minor, tax_minor, store_discount_minor, platform_discount_minor],
            [0n, 0n, 0n, 0n, 0n],
          )
        }
      }),
      { numRuns: 400 },
    )
  })

  it('is refused beyond what is left', () => {
    fc.assert(
      fc.property(soldParts, (sold) => {
        assert.throws(() => divideCredit(sum(sold, 'amount_minor') + 1n, sold), RangeError)
      }),
      { numRuns: 50 },
    )
  })
})

type Step = { kind: 'capture' | 'refund'; cents: number } | { kind: 'refund_all' | 'capture_all' | 'cancel' }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('capture' as const), cents: fc.integer({ min: 1, max: 4_000 }) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('refund' as const), cents: fc.integer({ min: 1, max: 2_500 }) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('refund_all' as const, 'capture_all' as const, 'cancel' as const) }) },
)

describe('the books after any captures, refunds and cancellations', function () {
  this.timeout(120_000)
  const app = useApp()
  let store: TestStore
  before(async () => {
    store = await createTestStore(app(), { vendors: 3, paymentCapture: 'manual', tax_ppm: 77_700, commission_ppm: 123_400, stock: 10_000 })
    await asAdmin(app().adminUrl, `update app.store_fee set rate_ppm = 31000, fixed = '{"usd": 7}' where tenant_id = $1`, [store.tenantId])
  })

  async function take(orderId: string, paymentId: string, one: Step): Promise<number> {
    const body = 'cents' in one ? { amount: one.cents / 100 } : {}
    const path =
      one.kind === 'cancel'
        ? `/admin/orders/${orderId}/cancel`
        : `/admin/payments/${paymentId}/${one.kind.startsWith('capture') ? 'capture' : 'refund'}`
    const { status, body: answer } = await store.admin.post(path, body)
    assert.ok(status === 200 || status === 400, `${one.kind} was answered with ${status}: ${JSON.stringify(answer)}`)
    return status
  }

  it('balance, say what everyone is owed, and end at nothing for what was canceled', async () => {
    const done = new Map<string, number>()
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 8 }), async (steps) => {
        const bought = await buy(store, 3)
        for (const one of steps) {
          const status = await take(bought.id, bought.paymentId, one)
          done.set(`${one.kind} ${status}`, (done.get(`${one.kind} ${status}`) ?? 0) + 1)
          assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
        }
        const order = await orderOf(store, bought.id)
        const books = await booksOf(store, bought.id)
        const { paid_total, refunded_total, current_order_total } = order.summary
        assert.ok(refunded_total <= paid_total)
        assert.equal(order.summary.pending_difference, Number((current_order_total - paid_total + refunded_total).toFixed(2)) + 0)
        assert.equal(books['A:shopper'] ?? 0, order.summary.pending_difference, 'the books and the order say the same is owed')
        if (order.status === 'canceled') assert.deepEqual(books, {})
      }),
      { numRuns: 14, seed: 20_261, endOnFailure: true },
    )
    assert.deepEqual(await notFoundByTotal(store), [])
    for (const what of ['capture 200', 'refund 200', 'refund 400', 'cancel 200'])
      assert.ok((done.get(what) ?? 0) > 0, `${what} never happened`)
  })
})

describe('goods that come back in several returns', function () {
  this.timeout(120_000)
  const app = useApp()
  const prices = { usd: 999n, jpy: 101n, kwd: 3_333n }
  const stores = new Map<string, TestStore>()
  before(async () => {
    for (const [currency, price_minor] of Object.entries(prices)) {
      const store = await createTestStore(app(), {
        vendors: 2,
        currency,
        price_minor,
        tax_ppm: 77_700,
        commission_ppm: 123_400,
        stock: 1_000,
      })
      stores.set(currency, store)
    }
  })

  /** Pieces of the lines, one figure for each vendor's, come back and are received; what is offered for them, in major units. */
  async function comeBack(store: TestStore, bought: Bought, pieces: readonly number[]): Promise<{ id: string; worth: number }> {
    const items = bought.lines.map((id, line) => ({ id, quantity: pieces[line] ?? 0 })).filter(({ quantity }) => quantity > 0)
    const { id } = good(await store.admin.post('/admin/returns', { order_id: bought.id })).return
    const step = async (name: string, body = {}) => good(await store.admin.post(`/admin/returns/${id}/${name}`, body)).return
    await step('request-items', { items })
    await step('request')
    await step('receive')
    await step('receive-items', { items })
    return { id, worth: (await step('receive/confirm')).refundable_amount }
  }
  const minor = (store: TestStore, amount: number) => toMinor(amount, store.currency)
  const givenBy = async (store: TestStore, bought: Bought): Promise<bigint[]> => {
    const { vendor_orders: parts } = await orderOf(store, bought.id)
    return store.vendors.map(({ id }) =>
      minor(store, parts.find((part: { vendor: { id: string } }) => part.vendor.id === id).refunded_total),
    )
  }

  it('are worth exactly what their line was sold for, however they are divided', async () => {
    const currency = fc.constantFrom(...Object.keys(prices))
    const division = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 2, maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(currency, division, async (code, pieces) => {
        const store = stores.get(code) as TestStore
        const quantity = pieces.reduce((sum, one) => sum + one, 0)
        const bought = await buy(store, quantity)
        await packAll(store, bought, quantity)
        const line = bought.order.items.find((item: { id: string }) => item.id === bought.lines[0])
        let offered = 0n
        let owed = 0n
        for (const one of pieces) {
          const { id, worth } = await comeBack(store, bought, [one])
          offered += minor(store, worth)
          owed = minor(store, (await orderOf(store, bought.id)).summary.pending_difference)
          assert.equal(-owed, minor(store, worth), 'the order says what the return does')
          const { payment } = good(await store.admin.post(`/admin/payments/${bought.paymentId}/refund`, { return_id: id }))
          assert.equal(minor(store, payment.refunded_amount), offered)
        }
        assert.equal(offered, minor(store, line.total), `${pieces} of ${line.total} ${code}`)
        assert.deepEqual(await givenBy(store, bought), [offered, 0n])
        assert.equal((await orderOf(store, bought.id)).summary.pending_difference, 0)
      }),
      {
        numRuns: 6,
        seed: 7,
        endOnFailure: true,
        examples: [
          ['usd', [1, 1, 1]],
          ['jpy', [1, 1]],
          ['kwd', [1, 2, 1]],
        ],
      },
    )
  })

  it('are given for by who sold them, also by a refund that is more than they are worth and names none', async () => {
    const store = stores.get('usd') as TestStore
    const pieces = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))
    await fc.assert(
      fc.asyncProperty(fc.array(pieces, { minLength: 1, maxLength: 2 }), fc.integer({ min: 1, max: 500 }), async (returns, more) => {
        const bought = await buy(store, 4)
        await packAll(store, bought, 4)
        const worths = [0n, 0n]
        const ids: string[] = []
        for (const one of returns) {
          for (const [vendor, quantity] of one.entries()) {
            if (quantity === 0) continue
            const { id, worth } = await comeBack(
              store,
              bought,
              one.map((count, index) => (index === vendor ? count : 0)),
            )
            worths[vendor] = (worths[vendor] as bigint) + minor(store, worth)
            ids.push(id)
          }
        }
        const total = worths.reduce((sum, worth) => sum + worth, 0n) + BigInt(more)
        const refund = (body: object) => store.admin.post(`/admin/payments/${bought.paymentId}/refund`, body)
        good(await refund({ amount: toMajor(total, 'usd') }))
        const given = await givenBy(store, bought)
        assert.equal(
          given.reduce((sum, one) => sum + one, 0n),
          total,
        )
        for (const [vendor, worth] of worths.entries()) {
          const shared = (given[vendor] as bigint) - worth
          assert.ok(shared >= 0n && shared <= BigInt(more), `${given[vendor]} for ${worth}, and of ${more}`)
        }
        for (const id of ids) {
          const { return: row } = good(await store.admin.get(`/admin/returns/${id}`))
          assert.ok(row.refundable_amount === 0 && row.refund_amount > 0, JSON.stringify([row.refundable_amount, row.refund_amount]))
          assert.equal((await refund({ return_id: id })).status, 400, 'and not once more')
        }
        good(await refund({}))
        assert.deepEqual(await booksOf(store, bought.id), {}, 'the rest of it ends at nothing')
      }),
      {
        numRuns: 5,
        seed: 3,
        endOnFailure: true,
        examples: [
          [[[1, 0]], 1],
          [
            [
              [0, 1],
              [2, 0],
            ],
            300,
          ],
        ],
      },
    )
    for (const each of stores.values()) assert.deepEqual(await notFoundByTotal(each), [])
    for (const each of stores.values()) assert.deepEqual(await brokenInvariants(app().adminUrl, each.tenantId, { atRest: false }), [])
  })
})
