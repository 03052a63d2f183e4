import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import { type StripeSimulator, startStripeSimulator, stripeOptionsFor } from '../../../infra/local/stripe/index.js'
import { Recorder } from './recorder.js'

process.env.STRIPE_SUPPRESS_NOTICES = 'true'

const sandboxKey = process.env.STRIPE_SANDBOX_KEY
const recordFolder = process.env.STRIPE_SANDBOX_RECORD
/** How long a sandbox may take for what it does by itself, and how often it is asked. */
const patience_ms = 60_000
const step_ms = 1_000
/** Between two parts of Stripe's work, on the simulator's clock. */
const someTime_ms = 60_000

/** Stripe, or the simulator in its place. */
export interface Contract {
  readonly key: string
  readonly stripe: Stripe
  /** Where the simulator is; undefined for Stripe. */
  readonly apiUrl: string | undefined
  /** The simulator's controls: a scenario that needs them is `simulated`. */
  readonly control: StripeSimulator['control']
  clientFor(key: string): Stripe
}

/** Starts what the scenarios of a describe block run against. */
export function useContract(): () => Contract {
  let contract: Contract | undefined
  let simulator: StripeSimulator | undefined
  const recorder = sandboxKey !== undefined && recordFolder !== undefined ? new Recorder(recordFolder) : undefined
  before(async () => {
    if (sandboxKey !== undefined && !/^(sk|rk)_test_/.test(sandboxKey)) throw new Error('STRIPE_SANDBOX_KEY is a test key or nothing')
    simulator = sandboxKey === undefined ? await startStripeSimulator({ seed: 1 }) : undefined
    const elsewhere = simulator === undefined ? {} : stripeOptionsFor(simulator)
    const recording = recorder === undefined ? {} : { httpClient: Stripe.createFetchHttpClient(recorder.fetch) }
    const clientFor = (key: string) => new Stripe(key, { maxNetworkRetries: 0, telemetry: false, ...elsewhere, ...recording })
    const key = sandboxKey ?? 'sk_test_contractstore'
    contract = { key, stripe: clientFor(key), clientFor, apiUrl: simulator?.url, control: simulator?.control as StripeSimulator['control'] }
  })
  beforeEach(function () {
    if (sandboxKey !== undefined) this.currentTest?.timeout(3 * patience_ms)
  })
  afterEach(function () {
    recorder?.write(this.currentTest?.fullTitle() ?? 'scenario')
  })
  after(() => simulator?.stop())
  return () => contract as Contract
}

/** A scenario with a step that Stripe has no API for: a sandbox leaves it out. */
export function simulated(title: string, scenario: () => Promise<void>): void {
  it(title, async function () {
    if (sandboxKey !== undefined) this.skip()
    await scenario()
  })
}

type IntentParameters = Stripe.PaymentIntentCreateParams

const confirmed: Partial<IntentParameters> = {
  confirm: true,
  payment_method: 'pm_card_visa',
  automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
}

/** A payment of 50 dollars that is confirmed at once, unless `more` says otherwise. */
export function pay({ stripe }: Contract, more: Partial<IntentParameters> = {}) {
  return stripe.paymentIntents.create({ amount: 5_000, currency: 'usd', ...confirmed, ...more })
}

export const authorise = (contract: Contract, more: Partial<IntentParameters> = {}) => pay(contract, { capture_method: 'manual', ...more })

/** Asks until the answer is there; the simulator is given time instead. */
export async function eventually<Value>(contract: Contract, ask: () => Promise<Value>, isThere: (value: Value) => boolean): Promise<Value> {
  for (let waited_ms = 0; ; waited_ms += step_ms) {
    const value = await ask()
    if (isThere(value) || waited_ms >= patience_ms) return value
    if (sandboxKey === undefined) await contract.control.advance(someTime_ms)
    else await sleep(step_ms)
  }
}

/** The balance transaction of a payment's charge, which comes some seconds after the capture. */
export async function booked(contract: Contract, intentId: string): Promise<Stripe.BalanceTransaction> {
  const expand = ['latest_charge.balance_transaction']
  const transaction = await eventually(
    contract,
    async () => ((await contract.stripe.paymentIntents.retrieve(intentId, { expand })).latest_charge as Stripe.Charge).balance_transaction,
    (value) => value !== null,
  )
  assert.ok(typeof transaction === 'object' && transaction !== null, `${intentId} is not booked`)
  return transaction
}

/** The kinds of events that speak of an object, in order of the alphabet. */
export async function assertEvents(contract: Contract, id: string, expected: readonly string[]): Promise<void> {
  const seen = async () => {
    const types = new Set<string>()
    for (const event of (await contract.stripe.events.list({ limit: 100 })).data)
      if (JSON.stringify(event.data.object).includes(`"${id}"`)) types.add(event.type)
    return [...types].sort()
  }
  const types = await eventually(contract, seen, (found) => found.length >= expected.length)
  assert.deepEqual(types, [...expected].sort())
}

/** What was refused: status, and code or else type. */
export async function assertRefused(
  work: Promise<unknown>,
  status: number,
  code: string,
): Promise<InstanceType<typeof Stripe.errors.StripeError>> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripeError)) throw error
    assert.deepEqual([error.statusCode, error.code ?? error.rawType], [status, code], error.message)
    return error
  }
  throw new Error(`${status} ${code} was expected`)
}

/** A header of an answer: the SDK has them as its HTTP client does. */
export function headerOf({ lastResponse }: { lastResponse: { headers: Record<string, string> } }, name: string): string | undefined {
  const headers: unknown = lastResponse.headers
  return headers instanceof Headers ? (headers.get(name) ?? undefined) : lastResponse.headers[name]
}

let made = 0
/** Another each time, also at a sandbox that remembers. */
export const unique = (purpose: string) => `${purpose}-${Date.now()}-${process.pid}-${++made}`
