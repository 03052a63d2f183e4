import { createHash } from 'node:crypto'
import { asAdmin } from '../support/database.js'
import type { StripeStore, StripeWorld } from '../support/stripe.js'
import { addPayees, brokenTruths, randomOf } from './truths.js'

// A marketplace's year in virtual time: three stores, one with a currency without decimals and one with three. What must be
// true of rows, books and Stripe is looked at after every day.

const day_ms = 86_400_000
/** Every so many days Stripe tells everything again. */
export const replayEvery_days = 5
/** Every so many days the database is tidied as a live one would tidy itself. */
const tidyEvery_days = 5

export interface YearSummary {
  orders: number
  refunds: number
  failedRefunds: number
  canceled: number
  disputes: Record<string, number>
  payouts: number
  vendorDebts: number
  replayed: number
}

interface Shop {
  store: StripeStore
  accountId: string
  payees: string[]
  /** Stripe's steps: of a currency of three decimals the last digit is nothing, so that only whole orders are refunded. */
  isDivisible: boolean
  orders: { id: string; paymentId: string; intentId: string; total: number; isTouched: boolean }[]
  open: string[]
}

export async function openShops(world: StripeWorld): Promise<Shop[]> {
  const shops: Shop[] = []
  for (const [currency, price_minor] of [
    ['usd', 2_000n],
    ['jpy', 3_000n],
    ['kwd', 10_000n],
  ] as const) {
    const store = await world.openStore({ currency, price_minor, vendors: 2, stock: 1_000_000, tax_ppm: currency === 'jpy' ? 100_000 : 0 })
    const account = await store.stripe.accounts.retrieveCurrent()
    shops.push({
      store,
      accountId: account.id,
      payees: await addPayees(world, store),
      isDivisible: currency !== 'kwd',
      orders: [],
      open: [],
    })
  }
  return shops
}

/**
 * @param told of each day that is over
 * @throws with what is broken on the first day on which anything is
 */
export async function liveThrough(
  world: StripeWorld,
  shops: readonly Shop[],
  options: { days: number; seed: number; told?: (day: number) => void },
): Promise<YearSummary> {
  const random = randomOf(options.seed)
  const summary: YearSummary = {
    orders: 0,
    refunds: 0,
    failedRefunds: 0,
    canceled: 0,
    disputes: {},
    payouts: 0,
    vendorDebts: 0,
    replayed: 0,
  }
  for (let day = 1; day <= options.days; day += 1) {
    for (const shop of shops) await liveDay(world, shop, { day, random, summary })
    await pass(world, day_ms)
    if (day % tidyEvery_days === 1) await tidy(world)
    const snapshot = world.simulator.control.snapshot()
    for (const shop of shops) {
      const broken = await brokenTruths(world, shop.store, snapshot)
      if (broken.length > 0) throw new Error(`day ${day}, ${shop.store.currency}: ${broken.join('; ')}`)
    }
    if (day % replayEvery_days === 0) for (const shop of shops) await replay(world, shop, random, summary)
    options.told?.(day)
  }
  for (const { store } of shops) {
    const [row] = await asAdmin<{ debts: number }>(
      world.app.adminUrl,
      `select count(*)::int as debts from app.clawback where tenant_id = $1 and (state = 'insufficient' or method = 'offset')`,
      [store.tenantId],
    )
    summary.vendorDebts += row?.debts ?? 0
    const open = await asAdmin<{ kind: string; reference: string; detail: string }>(
      world.app.adminUrl,
      'select kind, reference, detail from app.reconciliation_exception where tenant_id = $1 and resolved_at is null',
      [store.tenantId],
    )
    // A vendor in debt, and a refund that its bank returned, are somebody's to look at, and no faults of the books.
    const faults = open.filter((one) => one.kind !== 'vendor_debit' && one.kind !== 'shopper_unsettled')
    if (faults.length > 0) throw new Error(`${store.currency} does not reconcile: ${JSON.stringify(faults.slice(0, 3))}`)
  }
  return summary
}

interface Day {
  day: number
  random: () => number
  summary: YearSummary
}

async function liveDay(world: StripeWorld, shop: Shop, today: Day): Promise<void> {
  await sell(shop, today)
  await refundOne(world, shop, today)
  await disputeOne(world, shop, today)
  await decideDisputes(world, shop, today)
  await cancelOne(shop, today)
  // The store's money goes to its bank each week, and the vendors' to theirs, so that some owe more than they have.
  if (today.day % 7 !== 0) return
  for (const account of [shop.accountId, ...shop.payees]) {
    if ((await world.simulator.control.payOut(account, shop.store.currency)) !== undefined) today.summary.payouts += 1
  }
}

async function sell({ store, orders }: Shop, { random, summary }: Day): Promise<void> {
  const count = Math.floor(random() * 3)
  for (let number = 0; number < count; number += 1) {
    const items = store.vendors
      .filter((_vendor, index) => index === 0 || random() < 0.7)
      .map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 + Math.floor(random() * 2) }))
    const { order, paymentId, intentId } = await store.buy(items)
    orders.push({ id: order.id, paymentId, intentId, total: order.total, isTouched: false })
    summary.orders += 1
  }
}

/** One of the orders that nothing has happened to; undefined on most days. */
function touchOne({ orders }: Shop, share: number, random: () => number) {
  if (random() >= share) return undefined
  const untouched = orders.filter((order) => !order.isTouched)
  const order = untouched[Math.floor(random() * untouched.length)]
  if (order !== undefined) order.isTouched = true
  return order
}

async function refundOne(world: StripeWorld, shop: Shop, { random, summary }: Day): Promise<void> {
  const order = touchOne(shop, 0.35, random)
  if (order === undefined) return
  const inPart = shop.isDivisible && random() < 0.6 ? { amount: Math.max(1, Math.floor(order.total * random() * 0.5)) } : {}
  const answer = await shop.store.admin.post(`/admin/payments/${order.paymentId}/refund`, inPart)
  if (answer.status !== 200) throw new Error(`a refund was refused: ${JSON.stringify(answer.body)}`)
  summary.refunds += 1
  const made = random() < 0.2 ? world.simulator.control.snapshot().refunds.find((one) => one.payment_intent === order.intentId) : undefined
  if (made === undefined) return
  await world.simulator.control.failRefund(made.id)
  summary.failedRefunds += 1
}

async function disputeOne(world: StripeWorld, shop: Shop, { random }: Day): Promise<void> {
  const order = touchOne(shop, 0.12, random)
  if (order === undefined) return
  const charge = world.simulator.control.snapshot().charges.find((one) => one.payment_intent === order.intentId)
  if (charge !== undefined) shop.open.push(await world.simulator.control.openDispute(charge.id))
}

async function decideDisputes(world: StripeWorld, shop: Shop, { random, summary }: Day): Promise<void> {
  const note = (outcome: string) => {
    summary.disputes[outcome] = (summary.disputes[outcome] ?? 0) + 1
  }
  for (const dispute of shop.open.filter(() => random() < 0.1)) {
    const outcome = random() < 0.5 ? 'won' : 'lost'
    await world.simulator.control.closeDispute(dispute, outcome)
    shop.open = shop.open.filter((one) => one !== dispute)
    note(outcome)
    if (outcome === 'won' || random() >= 0.2) continue
    await pass(world, 3_600_000)
    await world.simulator.control.closeDispute(dispute, 'won')
    note('won late')
  }
}

async function cancelOne(shop: Shop, { random, summary }: Day): Promise<void> {
  const order = touchOne(shop, 0.05, random)
  if (order === undefined) return
  await shop.store.admin.post(`/admin/orders/${order.id}/cancel`)
  summary.canceled += 1
}

/** Time passes: what is due happens, until nothing is left to do at this hour. */
async function pass(world: StripeWorld, duration_ms: number): Promise<void> {
  const { adminUrl } = world.app
  for (const part_ms of [60_000, duration_ms - 120_000, 60_000]) {
    await world.simulator.control.advance(part_ms)
    await world.simulator.control.deliver()
    await asAdmin(
      adminUrl,
      `update app.outbox_event set available_at = now() where state = 'queued' and available_at <= $1 and available_at > now()`,
      [world.simulator.control.now()],
    )
    await world.app.drain()
  }
}

/**
 * What a live database does by itself, and one of the tests does not: statistics, without which statements are planned for
 * empty tables and a year takes hours, and the worker's sweep, which goes by the database's clock.
 */
async function tidy(world: StripeWorld): Promise<void> {
  await asAdmin(world.app.adminUrl, `delete from app.outbox_event where state = 'done'`)
  await asAdmin(world.app.adminUrl, 'analyze')
}

/** Events that were told before are told again, and change nothing. */
async function replay(world: StripeWorld, shop: Shop, random: () => number, summary: YearSummary): Promise<void> {
  const before = await checksumOf(world, shop.store)
  const { charges, refunds, disputes } = world.simulator.control.snapshot()
  const mine = new Set(shop.orders.map((order) => order.intentId))
  for (const [type, list] of [
    ['charge.updated', charges],
    ['refund.updated', refunds],
    ['charge.dispute.updated', disputes],
  ] as const) {
    const own = (list as readonly { id: string; payment_intent: unknown }[]).filter((one) => mine.has(one.payment_intent as string))
    const one = own[Math.floor(random() * own.length)]
    if (one === undefined) continue
    await world.simulator.control.createEvent(type, one.id)
    summary.replayed += 1
  }
  await world.simulator.control.deliver()
  await world.app.drain()
  if ((await checksumOf(world, shop.store)) !== before)
    throw new Error(`an event that was told again changed the books of ${shop.store.currency}`)
}

async function checksumOf(world: StripeWorld, store: StripeStore): Promise<string> {
  const rows = await asAdmin(
    world.app.adminUrl,
    `select t.source, t.kind, p.account_id, p.amount_minor from app.ledger_posting p
     join app.ledger_transaction t on t.tenant_id = p.tenant_id and t.id = p.transaction_id where p.tenant_id = $1 order by 1, 2, 3, 4`,
    [store.tenantId],
  )
  return createHash('sha256').update(JSON.stringify(rows)).digest('hex')
}
