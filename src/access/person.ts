import type { ActorType, SecondFactorState, Tenant } from './actor.js'
import type { TokenClaims, Tokens } from './tokens.js'

/** Who signs in with an e-mail and a password. */
export type PersonType = Exclude<ActorType, 'api_key'>

export interface Person {
  type: PersonType
  /** '' for a sign-in that has no actor yet. */
  actorId: string
  identityId: string
  tokenVersion: number
  /** Null for operators. */
  tenant: Tenant | null
}

/**
 * Signs a person's token.
 * @param secondFactor a token in want of it names no actor
 */
export function tokenOf(tokens: Tokens, person: Person, secondFactor: SecondFactorState): Promise<string> {
  const { type, tenant } = person
  const actorId = secondFactor === 'wanted' ? '' : person.actorId
  const claims: TokenClaims = {
    actor_id: actorId,
    actor_type: type,
    auth_identity_id: person.identityId,
    auth_provider: 'emailpass',
    ...(tenant === null ? {} : { tenant_id: tenant.publicId }),
    token_version: person.tokenVersion,
    mfa_enabled: secondFactor !== 'none',
    ...(secondFactor instanceof Date ? { mfa_challenge_completed_at: secondFactor.toISOString() } : {}),
    app_metadata: actorId === '' ? {} : { [`${type}_id`]: actorId },
    user_metadata: {},
  }
  return tokens.sign(claims)
}
