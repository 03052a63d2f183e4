import { assertNoUnit } from '../../db/index.js'
import type {
  ReleaseSnapshot,
  DisputeSnapshot,
  MoneyMovement,
  Outcome,
  PayeeSnapshot,
  ProviderCall,
  RefundSnapshot,
  RemotePayment,
} from '../../payments/index.js'

/** What a call comes to instead of its answer. `after`: it has its effect first, as when a connection is cut. */
export interface Fault {
  kind: 'unknown' | 'throttled' | 'declined'
  after: boolean
}

export interface FakePayment extends Omit<RemotePayment, 'status' | 'data' | 'refunds'> {
  /** Another word stands for a state that the port does not know. */
  status: string
  refunds: RefundSnapshot[]
}

export interface FakeRelease {
  reference: string
  payee: string
  currency: string
  amountMinor: bigint
  takenBackMinor: bigint
  takenBack: ReleaseSnapshot['takenBack']
}

/** Everything that the fake remembers; tests read and change it. */
export class FakeState {
  readonly payments = new Map<string, FakePayment>()
  readonly payees = new Map<string, Omit<PayeeSnapshot, 'status'> & { status: string }>()
  readonly releases = new Map<string, FakeRelease>()
  readonly disputes = new Map<string, Omit<DisputeSnapshot, 'status'> & { status: string }>()
  /** What the coming calls come to, first to last; after these, they are answered. */
  readonly faults: Fault[] = []
  /** How often each kind of call had its effect. */
  readonly effects = new Map<string, number>()
  readonly #answers = new Map<string, { asked: string; outcome: Outcome<unknown> }>()
  #made = 0

  newReference(prefix: string): string {
    this.#made += 1
    return `fake_${prefix}_${this.#made}`
  }

  /** A read: whatever is so now. */
  read<Value>(what: string, look: () => Outcome<Value>): Promise<Outcome<Value>> {
    assertNoUnit(what)
    const fault = this.faults.shift()
    return Promise.resolve(fault === undefined ? look() : refusalOf(fault))
  }

  /** A call with an effect: one for each key, however often it is sent. */
  once<Value>(call: ProviderCall, what: string, asked: unknown, act: () => Outcome<Value>): Promise<Outcome<Value>> {
    assertNoUnit(what)
    const fault = this.faults.shift()
    if (fault !== undefined && !fault.after) return Promise.resolve(refusalOf(fault))
    const outcome = this.#answerOnce(call.operationKey, what, fingerprintOf(what, asked), act)
    return Promise.resolve(fault === undefined ? outcome : refusalOf(fault))
  }

  #answerOnce<Value>(key: string, what: string, asked: string, act: () => Outcome<Value>): Outcome<Value> {
    const known = this.#answers.get(key)
    if (known !== undefined && known.asked !== asked)
      return { kind: 'rejected', code: 'key_reused', message: 'The key was sent before, with other values' }
    if (known !== undefined) return structuredClone(known.outcome) as Outcome<Value>
    const outcome = act()
    this.#answers.set(key, { asked, outcome: structuredClone(outcome) })
    if (outcome.kind === 'ok') this.effects.set(what, (this.effects.get(what) ?? 0) + 1)
    return outcome
  }
}

function refusalOf({ kind }: Fault): Outcome<never> {
  return { kind, message: `The fake was told to answer ${kind}` }
}

function fingerprintOf(what: string, asked: unknown): string {
  return JSON.stringify([what, asked], (_, value) => (typeof value === 'bigint' ? `${value}` : value))
}

export function missing(what: string, reference: string): Outcome<never> {
  return { kind: 'rejected', code: 'missing', message: `The fake has no ${what} ${reference}` }
}

/** A movement without a fee, at the time of the call. */
export function movementOf(
  call: ProviderCall,
  made: Pick<MoneyMovement, 'reference' | 'source' | 'payment' | 'category' | 'amountMinor' | 'currency'>,
): MoneyMovement {
  return { ...made, feeMinor: 0n, netMinor: made.amountMinor, original: null, occurredAt: call.now, availableAt: call.now }
}
