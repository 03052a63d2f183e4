import type { Database, Statement, Unit } from '../../src/db/index.js'
import { type PaymentProvider, paymentProviderOf, registerPaymentProvider } from '../../src/payments/index.js'
import { asAdmin } from '../support/database.js'
import { readyCart } from '../support/ready-cart.js'
import { type StripeStore, stripeId, type StripeWorld } from '../support/stripe.js'
import { addPayees, brokenTruths, randomOf } from './truths.js'

// Shoppers, staff, banks and a worker at once, while connections are cut, processes die at their worst moments, and
// events come doubled, late and in any order. What must be true is looked at when all is quiet again.

export interface ChaosOptions {
  seed: number
  shoppers: number
  /** Takes away what the design stands on: the proof that the proof works. */
  control?: 'no row locks' | 'events of unpaid orders are dropped'
}

const crashBeforeCommit = 0.1
const crashAfterCall = 0.12
/** Pieces of the thing that ten shoppers fight for. */
const scarce = 5
const rounds = 60
/** Jobs that see to their own next time: there is always one. */
const renewing = ['payment_session.check', 'reconciliation.due', 'payment_events.due', 'payout_run.due']

class Crash extends Error {}

const withoutLocks = <Row>(statement: Statement<Row>): Statement<Row> => {
  const text = statement.text.replace(/\bfor (?:no key )?update(?: of \w+)?(?: skip locked)?/g, '')
  return text === statement.text ? statement : { ...statement, name: `${statement.name}.unlocked`, text }
}

/** Runs it, and answers what is broken afterwards. */
export async function runChaos(world: StripeWorld, options: ChaosOptions): Promise<string[]> {
  const random = randomOf(options.seed)
  const store = await world.openStore({ vendors: 2, productsPerVendor: 2, paymentCapture: options.seed % 4 === 0 ? 'manual' : 'automatic' })
  const wanted = store.vendors[0]?.products[0]?.variantIds[0] as string
  await setStock(world, store, wanted, scarce)
  await addPayees(world, store)
  const restore = [crashingDatabase(world.app.db, random, options), crashingProvider(random), droppedEvents(options)]
  world.simulator.control.setFaults({
    dropAfter: 0.12,
    failBefore500: 0.03,
    failAfter500: 0.03,
    rateLimit429: 0.03,
    delivery: { duplicate: [1, 3], reorder: true, delay_ms: [0, 60_000] },
  })
  try {
    let quiet = false
    const deliveries = (async () => {
      while (!quiet) {
        await world.simulator.control.advance(5_000)
        await world.simulator.control.deliver()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    })()
    await Promise.all(Array.from({ length: options.shoppers }, (_, index) => shop(world, store, { index, random, wanted })))
    quiet = true
    await deliveries
  } finally {
    for (const undo of restore) undo()
    world.simulator.control.setFaults({
      dropAfter: 0,
      failBefore500: 0,
      failAfter500: 0,
      rateLimit429: 0,
      delivery: { duplicate: [1, 1], reorder: false, delay_ms: [0, 0] },
    })
  }
  await calm(world, store)
  return lookAt(world, store, wanted)
}

interface Visit {
  index: number
  random: () => number
  wanted: string
}

/** One shopper: a cart, a card, and what people do who wait too long. Some of what is bought is disputed or refunded. */
async function shop(world: StripeWorld, store: StripeStore, { index, random, wanted }: Visit): Promise<void> {
  const others = store.vendors.map((vendor) => vendor.products[1]?.variantIds[0] as string)
  const items =
    index < 2 * scarce ? [wanted, others[1] as string] : random() < 0.5 ? others : [others[Math.floor(random() * others.length)] as string]
  const cartId = await insist(() =>
    readyCart(store, { items: [...new Set(items)].map((variant_id) => ({ variant_id, quantity: 1 })), providerId: stripeId }),
  )
  if (cartId === undefined) return
  const { control } = world.simulator
  const intentId = await insist(async () => {
    const { body } = await store.shopper.get(`/store/carts/${cartId}`, { fields: '+payment_collection.payment_sessions' })
    return body.cart.payment_collection.payment_sessions[0].data.id as string
  })
  if (intentId === undefined) return
  if (random() < 0.15) await control.confirmPayment(intentId, 'pm_card_chargeDeclined')
  if (random() < 0.2) {
    await control.confirmPayment(intentId, 'pm_card_threeDSecure2Required')
    await control.complete3ds(intentId, 'succeed')
  } else await control.confirmPayment(intentId, 'pm_card_visa')
  // A fifth closes the page here; the others click, some three times.
  if (random() < 0.2) return
  const complete = () => store.shopper.post(`/store/carts/${cartId}/complete`)
  const clicks = random() < 0.3 ? 3 : 1
  const answers = await Promise.all(Array.from({ length: clicks }, complete))
  for (let tries = 0; tries < 4 && !answers.some(isOrder); tries += 1) answers.push(await complete())
  const order = answers.find(isOrder)?.body.order
  if (order !== undefined) await afterSale(world, store, order.id, intentId, random)
}

async function afterSale(world: StripeWorld, store: StripeStore, orderId: string, intentId: string, random: () => number): Promise<void> {
  const what = random()
  const { payments } = (await store.admin.get('/admin/payments', { order_id: orderId })).body
  const id = payments?.[0]?.id
  if (id === undefined) return
  const taken = random()
  if (taken < 0.4) await store.admin.post(`/admin/payments/${id}/capture`)
  else if (taken < 0.7) await Promise.all([1, 2].map((amount) => store.admin.post(`/admin/payments/${id}/capture`, { amount })))
  if (what < 0.2) await Promise.all([1, 2].map(() => store.admin.post(`/admin/payments/${id}/refund`, { amount: 1.5 })))
  else if (what < 0.4) await Promise.all([1, 2, 3].map(() => store.admin.post(`/admin/orders/${orderId}/cancel`)))
  else if (what < 0.55) {
    const charge = world.simulator.control.snapshot().charges.find((one) => one.payment_intent === intentId && one.captured === true)
    if (charge === undefined) return
    const dispute = await world.simulator.control.openDispute(charge.id as string)
    if (random() < 0.7) await world.simulator.control.closeDispute(dispute, random() < 0.5 ? 'won' : 'lost')
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape
const isOrder = ({ status, body }: { status: number; body: any }) => status === 200 && body.type === 'order'

/** People try again, some times. */
async function insist<T>(work: () => Promise<T>): Promise<T | undefined> {
  for (let tries = 0; tries < 6; tries += 1) {
    try {
      return await work()
    } catch {
      // Cut off, refused, or dead for a moment.
    }
  }
  return undefined
}

/** Transactions that are undone at their end, and ones that are done and nobody hears of. */
function crashingDatabase(db: Database, random: () => number, { control }: ChaosOptions): () => void {
  const door = db as { -readonly [Name in keyof Database]: Database[Name] }
  const { unitOfWork } = door
  door.unitOfWork = (scope, fn) =>
    unitOfWork(scope, async (unit: Unit) => {
      const own: Unit = control === 'no row locks' ? { ...unit, run: (statement) => unit.run(withoutLocks(statement)) } : unit
      const result = await fn(own)
      if (scope.role === 'store' && random() < crashBeforeCommit) throw new Crash('died at the end of a transaction')
      return result
    })
  return () => {
    door.unitOfWork = unitOfWork
  }
}

/** Processes that die when the provider has done what it was asked. */
function crashingProvider(random: () => number): () => void {
  const provider = paymentProviderOf(stripeId) as PaymentProvider
  const { payees } = provider
  if (payees === undefined) throw new Error('Stripe pays vendors')
  const die = <T>(outcome: T): T => {
    if (random() < crashAfterCall) throw new Crash('died when the provider had done it')
    return outcome
  }
  registerPaymentProvider({
    ...provider,
    startSession: async (...args) => die(await provider.startSession(...args)),
    authorize: async (...args) => die(await provider.authorize(...args)),
    capture: async (...args) => die(await provider.capture(...args)),
    refund: async (...args) => die(await provider.refund(...args)),
    cancel: async (...args) => die(await provider.cancel(...args)),
    payees: {
      ...payees,
      release: async (...args) => die(await payees.release(...args)),
      clawback: async (...args) => die(await payees.clawback(...args)),
    },
  })
  return () => registerPaymentProvider(provider)
}

/** What others do: an event of a payment without an order is answered with 200 and forgotten. */
function droppedEvents({ control }: ChaosOptions): () => void {
  if (control !== 'events of unpaid orders are dropped') return () => undefined
  const provider = paymentProviderOf(stripeId) as PaymentProvider
  const { remote } = provider
  if (remote === undefined) throw new Error('Stripe is elsewhere')
  const forgetful = (event: { type: string }) => event.type.startsWith('payment_intent.')
  registerPaymentProvider({ ...provider, remote: { ...remote, interpret: (event) => (forgetful(event) ? [] : remote.interpret(event)) } })
  return () => registerPaymentProvider(provider)
}

/** Everything that waits is done, as if hours had passed, until nothing is left to do. */
async function calm(world: StripeWorld, store: StripeStore): Promise<void> {
  const { adminUrl } = world.app
  for (let round = 0; round < rounds; round += 1) {
    await asAdmin(
      adminUrl,
      `update app.outbox_event set available_at = now(), attempts = 0, state = 'queued', leased_until = null
       where tenant_id = $1 and state in ('queued', 'failed') and name <> all($3)
         and not (name = 'payment_session.ended' and $2 < 5)`,
      [store.tenantId, round, renewing],
    )
    await world.settle(120_000).catch((error: Error) => {
      if (!/a job failed|still due/.test(error.message)) throw error
    })
    const [left] = await asAdmin<{ count: number }>(
      adminUrl,
      `select count(*)::int as count from app.outbox_event where tenant_id = $1 and state <> 'done' and name <> all($2)`,
      [store.tenantId, renewing],
    )
    if (left?.count === 0 && round > 5) return
  }
}

async function setStock(world: StripeWorld, store: StripeStore, variantId: string, quantity: number): Promise<void> {
  await asAdmin(
    world.app.adminUrl,
    `update app.inventory_level l set stocked_quantity = $3 from app.variant_inventory_item k
     where k.tenant_id = l.tenant_id and k.inventory_item_id = l.inventory_item_id and l.tenant_id = $1 and k.variant_id = $2`,
    [store.tenantId, variantId, quantity],
  )
}

async function lookAt(world: StripeWorld, store: StripeStore, wanted: string): Promise<string[]> {
  const broken = await brokenTruths(world, store)
  const [found] = await asAdmin<{ sold: string; released: number }>(
    world.app.adminUrl,
    `select (select coalesce(sum(l.quantity), 0) from app.order_line_item l join app.orders o on o.tenant_id = l.tenant_id and o.id = l.order_id
             where l.tenant_id = $1 and l.variant_id = $2 and o.canceled_at is null) as sold,
            (select count(*)::int from app.release where tenant_id = $1 and state = 'succeeded') as released`,
    [store.tenantId, wanted],
  )
  if (Number(found?.sold) > scarce) broken.push(`${found?.sold} pieces were sold of ${scarce}`)
  if (found?.released === 0) broken.push('no vendor was paid: the storm proves nothing of it')
  return broken
}
