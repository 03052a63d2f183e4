import { type Scope, type Statement, statement } from '../db/index.js'

// Second factors of a store's people are the store's rows; those of operators, who have no store, are the platform's.

export interface FactorRow {
  id: string
  auth_identity_id: string
  provider: 'totp'
  status: 'pending' | 'enabled'
  label: string | null
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
}

/** With what only a check of a code may see. */
export interface SecretFactorRow extends FactorRow {
  secret: string
  last_step: number
  failed_attempts: number
  failed_at: Date | null
}

export interface ChallengeRow {
  id: string
  auth_identity_id: string
  attempts: number
  expires_at: Date
  completed_at: Date | null
}

/** A challenge on the wire. */
export interface MfaChallenge {
  id: string
  auth_identity_id: string
  auth_provider: 'emailpass'
  methods: ('totp' | 'recovery_code')[]
  expires_at: Date
  attempts: number
  max_attempts: number
  completed_at: Date | null
}

interface Place {
  schema: 'app' | 'platform'
  tenantId: string | null
  /** Condition on $1. */
  own: string
  /** Leading column of an insert, and its value. */
  column: string
  value: string
}

function placeOf(scope: Scope): Place {
  return scope.tenantId === undefined
    ? { schema: 'platform', tenantId: null, own: '$1::uuid is null', column: '', value: '' }
    : { schema: 'app', tenantId: scope.tenantId, own: 'tenant_id = $1::uuid', column: 'tenant_id, ', value: '$1::uuid, ' }
}

function made<Row>(scope: Scope, name: string, text: (place: Place) => string, values: unknown[]): Statement<Row> {
  const place = placeOf(scope)
  return statement(`access.${name}:${place.schema}`, text(place), [place.tenantId, ...values])
}

const factorColumns = 'id, auth_identity_id, provider, status, label, metadata, created_at, updated_at'
const secretColumns = `${factorColumns}, secret, last_step, failed_attempts, failed_at`

export function factorsStatement(scope: Scope, identityId: string): Statement<FactorRow> {
  const text = ({ schema, own }: Place) =>
    `select ${factorColumns} from ${schema}.mfa_factor where ${own} and auth_identity_id = $2 order by id`
  return made(scope, 'mfa_factors', text, [identityId])
}

/** Every check of a code starts here, so that of two with the same code the second finds it used. */
export function lockFactorsStatement(scope: Scope, identityId: string): Statement<SecretFactorRow> {
  const text = ({ schema, own }: Place) =>
    `select ${secretColumns} from ${schema}.mfa_factor where ${own} and auth_identity_id = $2 order by id for update`
  return made(scope, 'lock_mfa_factors', text, [identityId])
}

/** A new factor instead of those that were begun and never finished. */
export function insertFactorStatement(
  scope: Scope,
  factor: { id: string; identityId: string; label: string | null; secret: string; metadata: object | null },
): Statement<FactorRow> {
  const text = ({ schema, own, column, value }: Place) =>
    `with given_up as (delete from ${schema}.mfa_factor where ${own} and auth_identity_id = $3 and status = 'pending')
     insert into ${schema}.mfa_factor (${column}id, auth_identity_id, label, secret, metadata)
     values (${value}$2, $3, $4, $5, $6) returning ${factorColumns}`
  const { id, identityId, label, secret, metadata } = factor
  return made(scope, 'insert_mfa_factor', text, [id, identityId, label, secret, metadata === null ? null : JSON.stringify(metadata)])
}

/** A code was right: its step is used up, and what went wrong before is forgotten. */
export function acceptFactorStatement(scope: Scope, id: string, step: number): Statement<FactorRow> {
  const text = ({ schema, own }: Place) =>
    `update ${schema}.mfa_factor set status = 'enabled', last_step = $3, failed_attempts = 0, failed_at = null, updated_at = now()
     where ${own} and id = $2 returning ${factorColumns}`
  return made(scope, 'accept_mfa_factor', text, [id, step])
}

/** A code was wrong: counted on all of the identity's factors, from one when the last was before `since`. */
export function countFailureStatement(scope: Scope, identityId: string, at: Date, since: Date): Statement<{ id: string }> {
  const text = ({ schema, own }: Place) =>
    `update ${schema}.mfa_factor set failed_attempts = case when failed_at > $4::timestamptz then failed_attempts + 1 else 1 end, failed_at = $3
     where ${own} and auth_identity_id = $2 returning id`
  return made(scope, 'count_mfa_failure', text, [identityId, at, since])
}

export function deleteFactorStatement(scope: Scope, id: string): Statement<FactorRow> {
  const text = ({ schema, own }: Place) => `delete from ${schema}.mfa_factor where ${own} and id = $2 returning ${factorColumns}`
  return made(scope, 'delete_mfa_factor', text, [id])
}

export function countCodesStatement(scope: Scope, identityId: string): Statement<{ codes: number }> {
  const text = ({ schema, own }: Place) =>
    `select count(*)::int as codes from ${schema}.mfa_recovery_code where ${own} and auth_identity_id = $2`
  return made(scope, 'count_recovery_codes', text, [identityId])
}

export function deleteCodesStatement(scope: Scope, identityId: string): Statement<{ id: string }> {
  const text = ({ schema, own }: Place) => `delete from ${schema}.mfa_recovery_code where ${own} and auth_identity_id = $2 returning id`
  return made(scope, 'delete_recovery_codes', text, [identityId])
}

export function insertCodesStatement(
  scope: Scope,
  identityId: string,
  codes: readonly { id: string; hash: string }[],
): Statement<{ id: string }> {
  const text = ({ schema, column, value }: Place) =>
    `insert into ${schema}.mfa_recovery_code (${column}id, auth_identity_id, code_hash)
     select ${value}c.id, $2, c.hash from unnest($3::text[], $4::text[]) as c (id, hash)
     where $1::uuid is not distinct from $1::uuid returning id`
  return made(scope, 'insert_recovery_codes', text, [identityId, codes.map((code) => code.id), codes.map((code) => code.hash)])
}

/** Uses a recovery code up. No row: it is wrong, or was used. */
export function useCodeStatement(scope: Scope, identityId: string, hash: string, at: Date): Statement<{ id: string }> {
  const text = ({ schema, own }: Place) =>
    `update ${schema}.mfa_recovery_code set used_at = $4
     where ${own} and auth_identity_id = $2 and code_hash = $3 and used_at is null returning id`
  return made(scope, 'use_recovery_code', text, [identityId, hash, at])
}

/** A challenge for an identity that has a second factor; no row for one that has none. Old challenges of it go. */
export function insertChallengeStatement(
  scope: Scope,
  challenge: { id: string; identityId: string; expiresAt: Date; now: Date },
): Statement<ChallengeRow> {
  const text = ({ schema, own, column, value }: Place) =>
    `with over as (delete from ${schema}.mfa_challenge where ${own} and auth_identity_id = $3 and expires_at < $5)
     insert into ${schema}.mfa_challenge (${column}id, auth_identity_id, expires_at)
     select ${value}$2, $3, $4::timestamptz where exists (
       select 1 from ${schema}.mfa_factor where ${own} and auth_identity_id = $3 and status = 'enabled')
     returning id, auth_identity_id, attempts, expires_at, completed_at`
  return made(scope, 'insert_mfa_challenge', text, [challenge.id, challenge.identityId, challenge.expiresAt, challenge.now])
}

export function lockChallengeStatement(scope: Scope, identityId: string, id: string): Statement<ChallengeRow> {
  const text = ({ schema, own }: Place) =>
    `select id, auth_identity_id, attempts, expires_at, completed_at from ${schema}.mfa_challenge
     where ${own} and auth_identity_id = $2 and id = $3 for update`
  return made(scope, 'lock_mfa_challenge', text, [identityId, id])
}

/** Counts a try at a challenge, and notes the one that met it. */
export function tryChallengeStatement(scope: Scope, id: string, completedAt: Date | null): Statement<{ id: string }> {
  const text = ({ schema, own }: Place) =>
    `update ${schema}.mfa_challenge set attempts = attempts + 1, completed_at = $3 where ${own} and id = $2 returning id`
  return made(scope, 'try_mfa_challenge', text, [id, completedAt])
}

export function emailStatement(scope: Scope, identityId: string): Statement<{ email: string }> {
  const text = ({ schema, own }: Place) =>
    `select email from ${schema === 'app' ? 'app.auth_identity' : 'platform.operator'} where ${own} and id = $2`
  return made(scope, 'identity_email', text, [identityId])
}
