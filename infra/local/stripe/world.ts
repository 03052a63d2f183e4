import { missing } from './errors.js'
import { Deliveries } from './deliveries.js'
import type { Profile, StripeObject } from './objects.js'
import type { Behaviour } from './payment-methods.js'
import { Chance } from './random.js'
import type { Settings } from './types.js'

/** The objects of one account: the platform that a key belongs to, or an account connected to it. */
export class Account {
  readonly objects = new Map<string, Map<string, StripeObject>>()
  /** What becomes of payments with a payment method, by its id. */
  readonly behaviours = new Map<string, Behaviour>()
  /** What signs the webhooks of an endpoint, by its id. */
  readonly secrets = new Map<string, string>()
  /** Links to its onboarding, by their token: each works once. */
  readonly links = new Map<string, { return_url: string; refresh_url: string; expires_ms: number; used: boolean }>()
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

interface Task {
  due_ms: number
  run: () => void
}

/** Everything that the simulator knows. */
export class World {
  chance: Chance
  readonly platforms = new Map<string, Platform>()
  readonly deliveries: Deliveries
  #cause = ''
  #tasks: Task[] = []
  #start_ms: number
  #advanced_ms = 0

  constructor(readonly settings: Settings) {
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

  later(delay_ms: number, run: () => void): void {
    this.#tasks.push({ due_ms: this.now_ms() + delay_ms, run })
    this.#tasks.sort((a, b) => a.due_ms - b.due_ms)
  }

  /** Runs what is due, each at its own time. */
  advance(duration_ms: number): void {
    const until_ms = this.now_ms() + duration_ms
    for (let task = this.#tasks[0]; task !== undefined && task.due_ms <= until_ms; task = this.#tasks[0]) {
      this.#tasks.shift()
      this.#advanced_ms += Math.max(0, task.due_ms - this.now_ms())
      task.run()
    }
    this.#advanced_ms += Math.max(0, until_ms - this.now_ms())
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

  reset(seed: number): void {
    this.chance = new Chance(seed)
    this.platforms.clear()
    this.deliveries.clear()
    this.#tasks = []
    this.#start_ms = this.settings.startAt?.getTime() ?? Date.now()
    this.#advanced_ms = 0
  }
}
