import type { Scope } from '../db/index.js'
import type { Permission } from './permissions.js'

export type ActorType = 'customer' | 'member' | 'user' | 'operator' | 'api_key'

/** One right of an actor: on the whole store, or on one vendor of it. */
export interface Grant {
  permission: Permission
  vendorId: string | null
}

/** Of a token: whether a second factor is still wanted, or when it was given. */
export type SecondFactorState = 'none' | 'wanted' | Date

/** Who makes a request. */
export interface Actor {
  readonly type: ActorType
  /** The customer's, member's, user's, operator's or key's id; '' for an identity that has no actor yet. */
  readonly id: string
  /** Null for API keys. */
  readonly identityId: string | null
  /** Of the token that was sent; null for API keys. */
  readonly tokenVersion: number | null
  readonly vendorId: string | null
  readonly grants: readonly Grant[]
  /** While it is wanted the sender is an identity without an actor, whose rights are nobody's. */
  readonly secondFactor: SecondFactorState
}

export interface Tenant {
  /** The uuid that rows carry. Stays inside. */
  readonly id: string
  readonly publicId: string
  readonly slug: string
  readonly name: string
  readonly status: 'active' | 'suspended'
}

export interface Key {
  readonly id: string
  readonly type: 'publishable' | 'secret' | 'vendor'
  /** Channels of a publishable key that are not disabled. */
  readonly salesChannelIds: readonly string[]
}

/** What is known of a request's sender before its route is looked at. */
export interface Identified {
  readonly tenant: Tenant | null
  readonly key: Key | null
  readonly actor: Actor | null
  readonly scope: Scope | null
}
