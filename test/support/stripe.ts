import Stripe from 'stripe'
import { type SimulatorOptions, type StripeSimulator, startStripeSimulator, stripeOptionsFor } from '../../infra/local/stripe/index.js'
import type { Clock } from '../../src/kernel/index.js'
import { startTestApp, type TestApp } from './app.js'
import { good } from './http.js'
import { readyCart } from './ready-cart.js'
import { createTestStore, type TestStore, type TestStoreOptions } from './store.js'

process.env.STRIPE_SUPPRESS_NOTICES = 'true'

export const stripeId = 'pp_stripe_stripe'

/** A Stoa whose cards are a simulator's. */
export interface StripeWorld {
  readonly app: TestApp
  readonly simulator: StripeSimulator
  /** A store with an account at the simulator, and the SDK as that account's owner. */
  openStore(options?: TestStoreOptions): Promise<StripeStore>
  /** What happens while nobody looks: the simulator's clock moves, events are delivered, jobs are done. */
  settle(duration_ms?: number): Promise<void>
}

export interface StripeStore extends TestStore {
  readonly stripe: Stripe
  readonly accountName: string
  /** A cart with a session at Stripe, and the intent that its shopper is to confirm. */
  cartToPay(variants?: readonly { variant_id: string; quantity: number }[]): Promise<{ cartId: string; intentId: string }>
  /** The whole purchase with a card. */
  buy(variants?: readonly { variant_id: string; quantity: number }[], paymentMethod?: string): Promise<StripeOrder>
}

// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
export type StripeOrder = { order: any; intentId: string; paymentId: string }

export interface StripeWorldOptions {
  simulator?: SimulatorOptions
  clock?: Clock
  settings?: Record<string, string>
  /** The app lives by the simulator's clock, which begins now and moves with `settle`. */
  virtualTime?: boolean
}

let opened = 0
/** Enough for a charge's balance transaction to be there. */
const someTime_ms = 60_000

export async function startStripeWorld(options: StripeWorldOptions = {}): Promise<StripeWorld & { stop(): Promise<void> }> {
  const virtual = options.virtualTime === true ? ({ startAt: new Date(), signatures: 'clock' } as const) : {}
  const simulator = await startStripeSimulator({ seed: 1, ...virtual, ...options.simulator })
  const clock = options.virtualTime === true ? { now: () => simulator.control.now() } : options.clock
  const app = await startTestApp({
    settings: { STRIPE_API_URL: simulator.url, ...options.settings },
    ...(clock === undefined ? {} : { clock }),
  })
  return {
    app,
    simulator,
    openStore: (wanted = {}) => openStore(app, simulator, wanted),
    async settle(duration_ms = someTime_ms) {
      await simulator.control.advance(duration_ms)
      await simulator.control.deliver()
      await app.drain()
    },
    async stop() {
      await app.stop()
      await simulator.stop()
    },
  }
}

async function openStore(app: TestApp, simulator: StripeSimulator, options: TestStoreOptions): Promise<StripeStore> {
  opened += 1
  const store = await createTestStore(app, options)
  const accountName = `shop${process.pid}x${opened}`
  await connectAccount(store, accountName)
  const region = { payment_providers: [stripeId, 'pp_system_default'] }
  good(await store.admin.post(`/admin/regions/${store.regionId}`, region))
  const first = [{ variant_id: store.vendors[0]?.products[0]?.variantIds[0] as string, quantity: 1 }]
  const cartToPay = async (items: readonly { variant_id: string; quantity: number }[] = first) => {
    const cartId = await readyCart(store, { items, providerId: stripeId })
    const { cart } = good(await store.shopper.get(`/store/carts/${cartId}`, { fields: '+payment_collection.payment_sessions' }))
    return { cartId, intentId: cart.payment_collection.payment_sessions[0].data.id as string }
  }
  return {
    ...store,
    accountName,
    stripe: new Stripe(`sk_test_${accountName}`, stripeOptionsFor(simulator)),
    cartToPay,
    async buy(items = first, paymentMethod = 'pm_card_visa') {
      const { cartId, intentId } = await cartToPay(items)
      await simulator.control.confirmPayment(intentId, paymentMethod)
      const completed = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
      if (completed.type !== 'order') throw new Error(`no order: ${JSON.stringify(completed.error)}`)
      const { payments } = good(await store.admin.get('/admin/payments', { order_id: completed.order.id }))
      return { order: completed.order, intentId, paymentId: payments[0]?.id as string }
    },
  }
}

/** As the store's staff do it. */
export async function connectAccount(store: TestStore, accountName: string): Promise<string> {
  const body = { provider_id: stripeId, secret_key: `sk_test_${accountName}`, publishable_key: `pk_test_${accountName}` }
  return good(await store.admin.post('/admin/payment-accounts', body)).payment_account.id
}

/** Starts a world before the tests of the describe block that calls it, and stops it after them. */
export function useStripe(options: StripeWorldOptions = {}): () => StripeWorld {
  let world: (StripeWorld & { stop(): Promise<void> }) | undefined
  before(async function () {
    this.timeout(60_000)
    world = await startStripeWorld(options)
  })
  after(async () => world?.stop())
  return () => world as StripeWorld
}
