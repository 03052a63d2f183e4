import assert from 'node:assert/strict'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { promote } from '../support/promotions.js'
import { type StripeStore, useStripe } from '../support/stripe.js'

// Three things of 10, 20 and 30 dollars from three vendors, sent for 5, 6 and 7, at 10 % tax and 10 % commission. The store
// gives 10 % on everything, the second vendor 2 dollars on its own. A card pays; 10.00 and 7.77 are given back; 15.00 are
// disputed and lost, which the vendors bear. All figures are minor units.

/** What is left of a line or a shipping, as on paper. */
interface Part {
  vendor: number
  paid: number
  share: number
  commission: number
  tax: number
  /** Of the store's discount. */
  promotion: number
}

const part = (vendor: number, paid: number, share: number, commission: number, tax: number, promotion: number): Part => ({
  vendor,
  paid,
  share,
  commission,
  tax,
  promotion,
})

interface Paper {
  title: string
  taxInclusive: boolean
  total: number
  parts: Part[]
  /** Stripe's: 2.9 % and 30 cents. */
  fee: number
}

const papers: Paper[] = [
  {
    // Line 2: 20.00 less its vendor's 2.00 is 18.00, less the store's 10 % is 16.20, and 10 % of that is 1.62 of tax. Its
    // commission is of 18.00, and so is its vendor's share: the store pays its discount of 1.80 itself.
    title: 'with tax on top',
    taxInclusive: false,
    total: 7722,
    parts: [
      part(1, 990, 900, 100, 90, 100),
      part(2, 1782, 1620, 180, 162, 180),
      part(3, 2970, 2700, 300, 270, 300),
      part(1, 550, 500, 0, 50, 0),
      part(2, 660, 600, 0, 60, 0),
      part(3, 770, 700, 0, 70, 0),
    ],
    fee: 254,
  },
  {
    // Line 1: in 10.00 are 0.91 of tax, of the 9.09 before it the store gives 10 %: 0.91. The shopper pays 8.18 and 0.82.
    // Commission is of 9.09: 0.91; its vendor has 8.18, that is 8.18 + 0.91 of the store's discount - 0.91.
    title: 'with tax within',
    taxInclusive: true,
    total: 7001,
    parts: [
      part(1, 900, 819, 90, 82, 91),
      part(2, 1602, 1457, 161, 146, 162),
      part(3, 2699, 2455, 272, 245, 273),
      part(1, 500, 455, 0, 45, 0),
      part(2, 600, 545, 0, 55, 0),
      part(3, 700, 636, 0, 64, 0),
    ],
    fee: 233,
  },
]

/** Divides by largest remainder. */
function divide(amount: number, weights: readonly number[]): number[] {
  const whole = weights.reduce((sum, weight) => sum + weight, 0)
  const exact = weights.map((weight) => (whole === 0 ? 0 : (amount * weight) / whole))
  const shares = exact.map(Math.floor)
  const left = amount - shares.reduce((sum, share) => sum + share, 0)
  const byRemainder = exact
    .map((value, index) => ({ index, rest: value - Math.floor(value) }))
    .sort((a, b) => b.rest - a.rest || a.index - b.index)
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] as number) + 1
  return shares
}

/** The parts after an amount was given back, by what was left of each. */
function credited(parts: readonly Part[], amount: number): Part[] {
  const shares = divide(
    amount,
    parts.map((one) => one.paid),
  )
  return parts.map((one, index) => {
    const back = shares[index] as number
    const [promotion = 0] = divide(one.promotion, [back, one.paid - back])
    const [share = 0, commission = 0, tax = 0] = divide(back + promotion, [one.share, one.commission, one.tax])
    return part(one.vendor, one.paid - back, one.share - share, one.commission - commission, one.tax - tax, one.promotion - promotion)
  })
}

function booksOf(parts: readonly Part[], others: Record<string, number>): Record<string, number> {
  const sum = (of: (one: Part) => number, vendor?: number) =>
    parts.filter((one) => vendor === undefined || one.vendor === vendor).reduce((total, one) => total + of(one), 0)
  return {
    ...others,
    'E:promotion': sum((one) => one.promotion),
    'L:tax': -sum((one) => one.tax),
    'L:vendor 1': -sum((one) => one.share, 1),
    'L:vendor 2': -sum((one) => one.share, 2),
    'L:vendor 3': -sum((one) => one.share, 3),
    'R:commission': -sum((one) => one.commission),
  }
}

describe('the books of an order, on paper', function () {
  this.timeout(60_000)
  const world = useStripe()

  async function balancesOf(store: StripeStore): Promise<Record<string, number>> {
    const rows = await asAdmin<{ account: string; balance: string }>(
      world().app.adminUrl,
      `select a.code || coalesce(' ' || substr(v.handle, 8), '') as account, sum(p.amount_minor) as balance from app.ledger_posting p
       join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id
       left join app.vendor v on v.tenant_id = a.tenant_id and v.id = a.party_id
       where p.tenant_id = $1 group by 1 having sum(p.amount_minor) <> 0 order by 1`,
      [store.tenantId],
    )
    return Object.fromEntries(rows.map((row) => [row.account, Number(row.balance)]))
  }

  for (const { title, taxInclusive, total, parts, fee } of papers) {
    it(`${title}: sold, refunded twice, disputed and lost`, async () => {
      const store = await world().openStore({ vendors: 3, tax_ppm: 100_000, taxInclusive })
      const { control } = world().simulator
      await promote(store, { code: 'STORE', value: 10 })
      const own = { vendor_id: store.vendors[1]?.id }
      await promote(store, { code: 'STALL', value: 2, type: 'fixed', more: own, method: { allocation: 'across' } })
      const { cartId } = await store.cartToPay(
        store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 })),
      )
      good(await store.shopper.post(`/store/carts/${cartId}/promotions`, { promo_codes: ['STORE', 'STALL'] }))
      const { cart } = good(await store.shopper.get(`/store/carts/${cartId}`, { fields: '+payment_collection.id' }))
      const path = `/store/payment-collections/${cart.payment_collection.id}/payment-sessions`
      const { payment_collection } = good(await store.shopper.post(path, { provider_id: 'pp_stripe_stripe' }))
      const intentId = payment_collection.payment_sessions[0].data.id
      await control.confirmPayment(intentId, 'pm_card_visa')
      const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
      assert.equal(Math.round(order.total * 100), total)
      await world().settle()
      assert.deepEqual(await balancesOf(store), booksOf(parts, { 'A:psp_clearing': total - fee, 'E:psp_fee': fee }))

      const { payments } = good(await store.admin.get('/admin/payments', { order_id: order.id }))
      let left = parts
      let clearing = total - fee
      for (const amount of [1_000, 777]) {
        good(await store.admin.post(`/admin/payments/${payments[0].id}/refund`, { amount: amount / 100 }))
        await world().settle()
        left = credited(left, amount)
        clearing -= amount
        assert.deepEqual(await balancesOf(store), booksOf(left, { 'A:psp_clearing': clearing, 'E:psp_fee': fee }))
      }

      const charge = control.snapshot().charges.find((one) => one.payment_intent === intentId)
      const dispute = await control.openDispute(charge?.id as string, { amount: 1_500 })
      await world().settle()
      const held = { 'A:dispute_hold': 1_500, 'A:psp_clearing': clearing - 3_000, 'E:dispute_fee': 1_500, 'E:psp_fee': fee }
      assert.deepEqual(await balancesOf(store), booksOf(left, held))
      await control.closeDispute(dispute, 'lost')
      await world().settle()
      const lost = { 'A:psp_clearing': clearing - 3_000, 'E:dispute_fee': 1_500, 'E:psp_fee': fee }
      assert.deepEqual(await balancesOf(store), booksOf(credited(left, 1_500), lost))
    })
  }
})
