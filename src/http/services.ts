import type { Logger } from 'pino'
import type { Ability, Actor, Gatekeeper, Key, Tenant, Tokens } from '../access/index.js'
import type { Config } from '../config.js'
import type { Context, Database } from '../db/index.js'
import type { Clock, Sealer } from '../kernel/index.js'
import type { FieldTree } from './fields.js'
import type { RateLimits } from './rate-limits.js'

/** What a process builds once and every request uses. */
export interface Services {
  readonly db: Database
  readonly clock: Clock
  readonly config: Config
  readonly log: Logger
  readonly gatekeeper: Gatekeeper
  readonly tokens: Tokens
  readonly rates: RateLimits
  /** Of answers that are kept for idempotency keys. */
  readonly sealer: Sealer
  /** Of second factors' secrets, and of the codes that mails carry. */
  readonly accountSealer: Sealer
  /** Of what sellers state for tax offices. */
  readonly identitySealer: Sealer
  /** Of the addresses at which files of exports are fetched. */
  readonly exportSealer: Sealer
  /** Of the secrets that sign webhooks. */
  readonly webhookSealer: Sealer
  /** Address under which clients reach this API, without a slash at the end. */
  readonly publicUrl: string
  /** Folder of uploaded and demo files, one folder per tenant. */
  readonly filesDirectory: string
  /** What must answer for /ready, by name. */
  readonly readiness: Readonly<Record<string, () => Promise<void>>>
  /** Figures of the whole deployment that /metrics shows beside the process's own, each read when it is asked for. */
  readonly figures: readonly { name: string; help: string; read(): Promise<number> }[]
}

export interface Page {
  readonly limit: number
  readonly offset: number
  /** Field and direction, checked against what the route can order by. */
  readonly order: { readonly field: string; readonly descending: boolean }
}

/** A request after authentication and validation, as its route's handler gets it. */
export interface RequestContext<Query = unknown, Body = unknown> {
  readonly services: Services
  readonly context: Context
  readonly tenant: Tenant
  readonly key: Key | null
  readonly actor: Actor | null
  readonly ability: Ability
  readonly params: Readonly<Record<string, string>>
  readonly query: Query
  readonly body: Body
  readonly fields: FieldTree
  readonly page: Page
  /** The body of a route that takes raw content. */
  readonly raw: Buffer
  readonly ip: string
  /** The language that the sender wants answers in, as a BCP 47 tag; null for the store's own words. */
  readonly locale: string | null
  /** What came with the request, as sent: the token behind `Bearer`, the session cookie's value, what is accepted. '' for none. */
  readonly sent: { readonly bearer: string; readonly session: string; readonly accept: string }
}
