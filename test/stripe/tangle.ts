import { asAdmin } from '../support/database.js'
import { notFoundByTotal, raise } from '../support/after-sale.js'
import { good } from '../support/http.js'
import { type StripeOrder, type StripeStore, stripeId, type StripeWorld } from '../support/stripe.js'
import { addPayees, brokenTruths, randomOf } from './truths.js'

// Everything that can happen to an order after its sale, by staff, banks, vendors and somebody in Stripe's own pages, at once and
// several times. Where it ends is looked at when all is quiet.

interface Tangle {
  world: StripeWorld
  store: StripeStore
  random: () => number
  orders: (StripeOrder & {
    disputes: string[]
    /** Who gives back what is not asked of Stripe as money: both would give it twice, and the shopper owe the difference. */
    givenBy?: 'store credit' | 'Stripe'
  })[]
  payees: string[]
  holds: string[]
  /** Answers that are no refusal: nobody is answered with an error of the house. */
  odd: string[]
}

type Act = (tangle: Tangle, order: Tangle['orders'][number]) => Promise<unknown>

/** Up to so much, in major units; also what Stripe does not move of a currency of three decimals. */
function some({ random, store }: Tangle, most_minor: number): number {
  const amount = Math.max(1, Math.floor(random() * most_minor))
  if (store.currency === 'kwd') return (amount * (random() < 0.2 ? 7 : 10)) / 1_000
  return store.currency === 'jpy' ? amount : amount / 100
}
const note = (tangle: Tangle, what: string, { status, body }: { status: number; body: unknown }) => {
  if (![200, 400, 409, 422].includes(status)) tangle.odd.push(`${what}: ${status} ${JSON.stringify(body)}`)
}
const post = async (tangle: Tangle, path: string, body: object = {}) =>
  note(tangle, path.replace(/_[0-9A-Z]{26}/g, ''), await tangle.store.admin.post(path, body))
/** The provider's own pages refuse what cannot be. */
const refused = () => undefined
const chargeOf = ({ world }: Tangle, intentId: string) =>
  world.simulator.control.snapshot().charges.find((one) => one.payment_intent === intentId && one.captured === true)

const acts: Record<string, Act> = {
  capture: (tangle, { paymentId }) => post(tangle, `/admin/payments/${paymentId}/capture`),
  'refund a part': (tangle, { paymentId }) => post(tangle, `/admin/payments/${paymentId}/refund`, { amount: some(tangle, 2_000) }),
  'refund all': (tangle, { paymentId }) => post(tangle, `/admin/payments/${paymentId}/refund`),
  'refund as credit': async (tangle, order) => {
    order.givenBy ??= 'store credit'
    if (order.givenBy === 'store credit')
      await post(tangle, `/admin/orders/${order.order.id}/credit-lines`, { amount: some(tangle, 1_500) })
  },
  cancel: (tangle, { order }) => post(tangle, `/admin/orders/${order.id}/cancel`),
  'refund at Stripe': async (tangle, order) => {
    order.givenBy ??= 'Stripe'
    if (order.givenBy !== 'Stripe') return
    const amount = Math.ceil(tangle.random() * 90) * 10
    await tangle.store.stripe.refunds.create({ payment_intent: order.intentId, amount }).catch(refused)
  },
  'reverse at Stripe': async (tangle) => {
    const transfers = tangle.world.simulator.control
      .snapshot()
      .transfers.filter((one) => (one.metadata as Record<string, string>).tenant === tangle.store.tenantId)
    const one = transfers[Math.floor(tangle.random() * transfers.length)]
    if (one !== undefined)
      await tangle.store.stripe.transfers.createReversal(one.id, { amount: Math.ceil(tangle.random() * 300) }).catch(refused)
  },
  dispute: async (tangle, order) => {
    const charge = chargeOf(tangle, order.intentId)
    if (charge === undefined) return
    const isInquiry = tangle.random() < 0.2
    await tangle.world.simulator.control.openDispute(charge.id, { inquiry: isInquiry }).then((id) => order.disputes.push(id), refused)
  },
  decide: async (tangle, order) => {
    const dispute = order.disputes.at(-1)
    const outcome = (['won', 'lost', 'lost', 'warning_closed'] as const)[Math.floor(tangle.random() * 4)] as 'won'
    if (dispute !== undefined) await tangle.world.simulator.control.closeDispute(dispute, outcome).catch(refused)
  },
  edit: async (tangle, { order }) => {
    const variantId = tangle.store.vendors[Math.floor(tangle.random() * 2)]?.products[1]?.variantIds[0] as string
    await raise(tangle.store, order.id, variantId).catch(refused)
    const { body } = await tangle.store.shopper.get(`/store/orders/${order.id}`)
    const open = body.order.payment_collections.find(({ status }: { status: string }) => status === 'not_paid')
    if (open === undefined || tangle.random() < 0.3) return
    const begun = await tangle.store.shopper.post(`/store/payment-collections/${open.id}/payment-sessions`, { provider_id: stripeId })
    note(tangle, 'pay more', begun)
    const intent = begun.body.payment_collection?.payment_sessions?.[0]?.data.id
    if (intent !== undefined) await tangle.world.simulator.control.confirmPayment(intent, 'pm_card_visa').catch(refused)
  },
  'vendor takes all': async (tangle) => {
    const payee = tangle.payees[Math.floor(tangle.random() * 2)] as string
    await tangle.world.simulator.control.payOut(payee, tangle.store.currency).catch(refused)
  },
  payouts: (tangle) => post(tangle, '/admin/payouts/run'),
  release: async (tangle, { order }) => {
    const { orders } = good(await tangle.store.vendor(0).get('/vendor/orders', { limit: 50 }))
    const part = orders[Math.floor(tangle.random() * orders.length)]
    if (part !== undefined && order !== undefined) await post(tangle, `/admin/vendor-orders/${part.id}/release`)
  },
  hold: async (tangle) => {
    const vendor_id = tangle.store.vendors[Math.floor(tangle.random() * 2)]?.id
    const answer = await tangle.store.admin.post('/admin/holds', {
      vendor_id,
      reason: 'manual',
      amount: some(tangle, 3_000),
      currency_code: tangle.store.currency,
    })
    note(tangle, 'hold', answer)
    if (answer.status === 200) tangle.holds.push(answer.body.hold.id)
  },
  lift: async (tangle) => {
    const id = tangle.holds.pop()
    if (id !== undefined) await post(tangle, `/admin/holds/${id}/release`)
  },
  policy: async (tangle) => {
    const { stores } = good(await tangle.store.admin.get('/admin/stores'))
    const commission_on_refund = ['proportional', 'return', 'keep'][Math.floor(tangle.random() * 3)]
    const release_policy = tangle.random() < 0.8 ? 'on_payment' : 'manual'
    const reserve = tangle.random() < 0.3 ? { reserve_rate: 10, reserve_days: 3 } : { reserve_rate: 0 }
    const dispute_liability = tangle.random() < 0.7 ? 'vendor' : 'store'
    await post(tangle, `/admin/stores/${stores[0].id}`, { commission_on_refund, release_policy, dispute_liability, ...reserve })
  },
  'a day': (tangle) => tangle.world.settle(Math.floor(tangle.random() * 90_000_000)),
  'a minute': (tangle) => tangle.world.settle(),
}

const names = Object.keys(acts)

/** @returns what is broken, and what was done before */
export async function runTangle(
  world: StripeWorld,
  seed: number,
  more: { steps: number; currency: string; price_minor: bigint },
): Promise<string[]> {
  const random = randomOf(seed)
  const { currency, price_minor, steps } = more
  const store = await world.openStore({
    currency,
    price_minor,
    vendors: 2,
    productsPerVendor: 2,
    commission_ppm: 123_000,
    // In a currency of three decimals tax would make amounts that Stripe does not charge.
    tax_ppm: seed % 2 === 0 && currency !== 'kwd' ? 77_000 : 0,
    paymentCapture: seed % 3 === 0 ? 'manual' : 'automatic',
    stock: 1_000,
  })
  await asAdmin(world.app.adminUrl, `update app.store_fee set rate_ppm = 20000 where tenant_id = $1`, [store.tenantId])
  const tangle: Tangle = { world, store, random, orders: [], payees: await addPayees(world, store), holds: [], odd: [] }
  const items = store.vendors.map((vendor) => ({
    variant_id: vendor.products[0]?.variantIds[0] as string,
    quantity: 1 + Math.floor(random() * 2),
  }))
  for (let count = 0; count < 3; count += 1) tangle.orders.push({ ...(await store.buy(items)), disputes: [] })
  // Whoever has an account can be given credit.
  await asAdmin(world.app.adminUrl, 'update app.customer set has_account = true where tenant_id = $1', [store.tenantId])
  await world.settle()
  const done: string[] = []
  for (let step = 0; step < steps; step += 1) {
    const atOnce = Array.from({ length: 1 + Math.floor(random() * 3) }, () => {
      const index = Math.floor(random() * tangle.orders.length)
      const name = names[Math.floor(random() * names.length)] as string
      return { name, index, order: tangle.orders[index] as Tangle['orders'][number] }
    })
    done.push(atOnce.map(({ name, index }) => `${name} ${index}`).join(' + '))
    await Promise.all(atOnce.map(({ name, order }) => acts[name]?.(tangle, order)))
  }
  for (let round = 0; round < 6; round += 1) await world.settle(round < 3 ? 60_000 : 90_000_000)
  // A bank may take back what was refunded before: that is the store's loss, and in the books.
  const truths = (await brokenTruths(world, store)).filter((one) => !/ refunded and \d+ lost of /.test(one))
  const broken = [...truths, ...tangle.odd, ...(await notFoundByTotal(store))]
  const failed = await asAdmin<{ name: string; last_error: string }>(
    world.app.adminUrl,
    `select name, last_error from app.outbox_event where tenant_id = $1 and state = 'failed'`,
    [store.tenantId],
  )
  broken.push(...failed.map(({ name, last_error }) => `${name}: ${last_error}`))
  return broken.length === 0 ? [] : [...broken, `after: ${done.join('; ')}`]
}
