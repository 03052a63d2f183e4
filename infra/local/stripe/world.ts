import { missing } from './errors.js'
import { Deliveries, type Delivery } from './deliveries.js'
import { IdempotencyKeys, type Kept } from './idempotency.js'
import type { Dispute, Profile, StripeObject } from './objects.js'
import type { Behaviour } from './payment-methods.js'
import { Chance } from './random.js'
import type { Settings } from './types.js'

interface Link {
  return_url: string
  refresh_url: string
  expires_ms: number
  used: boolean
}

/** The objects of one account: the platform that a key belongs to, or an account connected to it. */
export class Account {
  readonly objects = new Map<string, Map<string, StripeObject>>()
  /** What becomes of payments with a payment method, by its id. */
  readonly behaviours = new Map<string, Behaviour>()
  /** What signs the webhooks of an endpoint, by its id. */
  readonly secrets = new Map<string, string>()
  /** Endpoints for connected accounts' events, by their id: Stripe does not show which they are. */
  readonly forConnected = new Set<string>()
  /** What was answered under which idempotency key. */
  readonly keys = new IdempotencyKeys()
  /** Links to its onboarding, by their token: each works once. */
  readonly links = new Map<string, Link>()
  /** How it is paid out. */
  payments?: Record<string, unknown>
  /** Of a connected account. */
  profile?: Profile

  constructor(
    readonly world: World,
    readonly id: string,
    readonly platform: Platform,
  ) {}

  get connected(): boolean {
    return this.platform.own !== this
  }

  newId(prefix: string): string {
    return `${prefix}_${this.world.chance.letters(`${this.id}/${prefix}/${this.world.cause}`)}`
  }

  add<T extends StripeObject>(object: T): T {
    const kind = this.objects.get(object.object) ?? new Map<string, StripeObject>()
    this.objects.set(object.object, kind.set(object.id, object))
    return object
  }

  find<T extends StripeObject>(kind: T['object'], id: string): T | undefined {
    return this.objects.get(kind)?.get(id) as T | undefined
  }

  get<T extends StripeObject>(kind: T['object'], id: string, parameter?: string): T {
    const found = this.find<T>(kind, id)
    if (found === undefined) throw missing(kind, id, parameter)
    return found
  }

  remove(kind: string, id: string): void {
    this.objects.get(kind)?.delete(id)
  }

  /** Those of before. Objects of a kind are in the order in which they were made. */
  forgetEvents(before_ms: number): void {
    const events = this.objects.get('event')
    for (const [id, event] of events ?? []) {
      if ((event.created as number) * 1_000 > before_ms) return
      events?.delete(id)
    }
  }

  /** Oldest first. */
  all<T extends StripeObject>(kind: T['object']): T[] {
    return [...(this.objects.get(kind)?.values() ?? [])] as T[]
  }

  /** The object of whatever kind with that id. */
  anything(id: string): StripeObject | undefined {
    for (const kind of this.objects.values()) {
      const found = kind.get(id)
      if (found !== undefined) return found
    }
    return undefined
  }
}

interface SavedAccount {
  id: string
  objects: StripeObject[]
  behaviours: [string, Behaviour][]
  secrets: [string, string][]
  forConnected: string[]
  keys: [string, Kept][]
  links: [string, Link][]
  payments?: Record<string, unknown>
  profile?: Profile
}

function savedAccount(account: Account): SavedAccount {
  const { id, payments, profile, world } = account
  const now_ms = world.now_ms()
  const objects = [...account.objects.values()].flatMap((kind) => [...kind.values()])
  return {
    id,
    objects: objects.filter((object) => object.object !== 'event' || (object.created as number) * 1_000 + eventsKept_ms > now_ms),
    behaviours: [...account.behaviours],
    secrets: [...account.secrets],
    forConnected: [...account.forConnected],
    keys: account.keys.saved(now_ms),
    links: [...account.links].filter(([, link]) => link.expires_ms > now_ms),
    ...(payments === undefined ? {} : { payments }),
    ...(profile === undefined ? {} : { profile }),
  }
}

function restoreAccount(account: Account, saved: SavedAccount): void {
  for (const object of saved.objects) account.add(object)
  for (const [id, behaviour] of saved.behaviours) account.behaviours.set(id, behaviour)
  for (const [id, secret] of saved.secrets) account.secrets.set(id, secret)
  for (const id of saved.forConnected) account.forConnected.add(id)
  for (const [token, link] of saved.links) account.links.set(token, link)
  account.keys.restore(saved.keys)
  if (saved.payments !== undefined) account.payments = saved.payments
  if (saved.profile !== undefined) account.profile = saved.profile
  // The same objects, not others that look like them.
  for (const dispute of account.all<Dispute>('dispute')) {
    dispute.balance_transactions = dispute.balance_transactions.map(({ id }) => account.get('balance_transaction', id))
  }
}

/** What one API key reaches. */
export class Platform {
  readonly own: Account
  readonly connected = new Map<string, Account>()
  /** What a restricted key may not do, by the beginnings of paths. */
  denied: readonly string[] = []

  constructor(
    readonly world: World,
    readonly name: string,
  ) {
    this.own = new Account(world, `acct_${name}`, this)
  }

  accounts(): Account[] {
    return [this.own, ...this.connected.values()]
  }
}

/** What happens by itself when its time has come. */
export type Duty = 'dispute' | 'fail_refund' | 'finish_debit' | 'finish_payout' | 'finish_refund' | 'lapse' | 'settle_charge'

/** The doing of each, for the object of that id. */
export type Duties = Readonly<Record<Duty, (account: Account, id: string) => void>>

interface Task {
  due_ms: number
  duty: Duty
  account: string
  id: string
}

/** A world as JSON. */
export interface SavedWorld {
  seed: number
  draws: [string, number][]
  start_ms: number
  advanced_ms: number
  platforms: { name: string; denied: readonly string[]; own: SavedAccount; connected: SavedAccount[] }[]
  tasks: Task[]
  deliveries: Delivery[]
}

/** Stripe lists events for as long. */
const eventsKept_ms = 30 * 86_400_000

/** Everything that the simulator knows. */
export class World {
  chance: Chance
  readonly platforms = new Map<string, Platform>()
  readonly deliveries: Deliveries
  #cause = ''
  #tasks: Task[] = []
  #start_ms: number
  #advanced_ms = 0
  /** Called when something may have changed. */
  changed: () => void = () => undefined

  constructor(
    readonly settings: Settings,
    readonly duties: Duties,
  ) {
    this.chance = new Chance(settings.seed)
    this.#start_ms = settings.startAt?.getTime() ?? Date.now()
    this.deliveries = new Deliveries(this)
  }

  get cause(): string {
    return this.#cause
  }

  /** Ids that are drawn meanwhile come of that idempotency key, whatever else runs beside it. */
  because<T>(cause: string, work: () => T): T {
    this.#cause = cause
    try {
      return work()
    } finally {
      this.#cause = ''
    }
  }

  now_ms(): number {
    return (this.settings.clock === 'real' ? Date.now() : this.#start_ms) + this.#advanced_ms
  }

  /** In seconds, as Stripe dates. */
  now_s(): number {
    return Math.floor(this.now_ms() / 1_000)
  }

  later(delay_ms: number, duty: Duty, account: Account, id: string): void {
    this.#tasks.push({ due_ms: this.now_ms() + delay_ms, duty, account: account.id, id })
    this.#tasks.sort((a, b) => a.due_ms - b.due_ms)
  }

  /** Runs what is due, each at its own time. */
  advance(duration_ms: number): void {
    const until_ms = this.now_ms() + duration_ms
    for (let task = this.#tasks[0]; task !== undefined && task.due_ms <= until_ms; task = this.#tasks[0]) {
      this.#tasks.shift()
      this.#advanced_ms += Math.max(0, task.due_ms - this.now_ms())
      // An account may have left the platform meanwhile.
      const account = this.accounts().find((one) => one.id === task.account)
      if (account !== undefined) this.duties[task.duty](account, task.id)
      this.changed()
    }
    this.#advanced_ms += Math.max(0, until_ms - this.now_ms())
    for (const account of this.accounts()) account.forgetEvents(this.now_ms() - eventsKept_ms)
  }

  platform(name: string): Platform {
    const known = this.platforms.get(name) ?? new Platform(this, name)
    this.platforms.set(name, known)
    return known
  }

  accounts(): Account[] {
    return [...this.platforms.values()].flatMap((platform) => platform.accounts())
  }

  /** The account that holds an object, for the control plane, which knows no keys. */
  holderOf(id: string): Account {
    const holder = this.accounts().find((account) => account.anything(id) !== undefined)
    if (holder === undefined) throw new Error(`the simulator has no ${id}`)
    return holder
  }

  connected(id: string): Account {
    const account = this.accounts().find((one) => one.id === id && one.connected)
    if (account === undefined) throw new Error(`the simulator has no connected account ${id}`)
    return account
  }

  saved(): SavedWorld {
    return {
      seed: this.chance.seed,
      draws: this.chance.counts(),
      start_ms: this.#start_ms,
      advanced_ms: this.#advanced_ms,
      platforms: [...this.platforms.values()].map(({ name, denied, own, connected }) => ({
        name,
        denied,
        own: savedAccount(own),
        connected: [...connected.values()].map(savedAccount),
      })),
      tasks: this.#tasks,
      deliveries: this.deliveries.saved(),
    }
  }

  /** Goes on where another world was saved. */
  restore(saved: SavedWorld): void {
    this.chance = new Chance(saved.seed, saved.draws)
    this.#start_ms = saved.start_ms
    this.#advanced_ms = saved.advanced_ms
    for (const { name, denied, own, connected } of saved.platforms) {
      const platform = this.platform(name)
      platform.denied = denied
      restoreAccount(platform.own, own)
      for (const one of connected) {
        const account = new Account(this, one.id, platform)
        platform.connected.set(one.id, account)
        restoreAccount(account, one)
      }
    }
    this.#tasks = [...saved.tasks]
    this.deliveries.restore(saved.deliveries)
  }

  reset(seed: number): void {
    this.chance = new Chance(seed)
    this.platforms.clear()
    this.deliveries.clear()
    this.#tasks = []
    this.#start_ms = this.settings.startAt?.getTime() ?? Date.now()
    this.#advanced_ms = 0
  }
}
