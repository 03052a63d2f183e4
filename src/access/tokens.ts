import { jwtVerify, SignJWT } from 'jose'
import type { ActorType } from './actor.js'

/** What a token says of its bearer. The names are Medusa's; `tenant_id` and `token_version` are ours. */
export interface TokenClaims {
  actor_id: string
  actor_type: Exclude<ActorType, 'api_key'>
  auth_identity_id: string
  auth_provider: 'emailpass'
  /** The store's public id; absent for operators. */
  tenant_id?: string
  /** Counted up to revoke every token of an identity. */
  token_version: number
  /** Set where the identity has a second factor. */
  mfa_enabled?: boolean
  /** When the second factor was given, in ISO 8601; a token that needs one and lacks this has no actor. */
  mfa_challenge_completed_at?: string
  app_metadata: Record<string, string>
  user_metadata: Record<string, never>
}

const issuer = 'stoa'
const algorithm = 'HS256'

export interface Tokens {
  sign(claims: TokenClaims): Promise<string>
  /** The claims of a good token, or null for one that is forged, malformed or over. */
  read(token: string): Promise<TokenClaims | null>
}

/** @param secret at least 32 characters */
export function tokensOf(secret: string, lifetime_s: number): Tokens {
  const key = new TextEncoder().encode(secret)
  return {
    sign: (claims) =>
      new SignJWT({ ...claims })
        .setProtectedHeader({ alg: algorithm })
        .setIssuer(issuer)
        .setIssuedAt()
        .setExpirationTime(`${lifetime_s}s`)
        .sign(key),
    async read(token) {
      try {
        const { payload } = await jwtVerify(token, key, { algorithms: [algorithm], issuer })
        return payload as unknown as TokenClaims
      } catch {
        return null
      }
    },
  }
}
