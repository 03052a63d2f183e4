import { randomBytes } from 'node:crypto'
import { type Context, type Statement, statement } from '../db/index.js'
import { keyHash } from './keys.js'
import type { TokenClaims } from './tokens.js'

/** As Medusa's clients and storefronts know it. */
export const sessionCookie = 'connect.sid'
export const sessionLifetime_s = 36_000
const sweptAtOnce = 100

/**
 * Begins a session for who the claims name, in the platform's rows: a cookie is found before its tenant is known. Only
 * a hash is kept. Sessions that are over go, a hundred at a time.
 * @param tenantId the store's uuid; null for operators
 * @returns the cookie's value
 */
export async function startSession(context: Context, tenantId: string | null, claims: TokenClaims): Promise<string> {
  const value = randomBytes(32).toString('base64url')
  const expiresAt = new Date(context.clock.now().getTime() + sessionLifetime_s * 1_000)
  await context.db.unitOfWork({ role: 'platform' }, (unit) =>
    Promise.all([
      unit.run(
        statement(
          'access.start_session',
          'insert into platform.auth_session (token_hash, tenant_id, claims, expires_at) values ($1, $2, $3, $4)',
          [keyHash(value), tenantId, JSON.stringify(claims), expiresAt],
        ),
      ),
      unit.run(
        statement(
          'access.sweep_sessions',
          `delete from platform.auth_session where token_hash in (
             select token_hash from platform.auth_session where expires_at < $1 limit $2 for update skip locked)`,
          [context.clock.now(), sweptAtOnce],
        ),
      ),
    ]),
  )
  return value
}

/** Ends a session; one that is not there has ended. */
export async function endSession(context: Context, value: string): Promise<void> {
  await context.db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(statement('access.end_session', 'delete from platform.auth_session where token_hash = $1', [keyHash(value)])),
  )
}

export function sessionStatement(hash: string): Statement<{ claims: TokenClaims; expires_at: Date }> {
  return statement('access.session', 'select claims, expires_at from platform.auth_session where token_hash = $1', [hash])
}
