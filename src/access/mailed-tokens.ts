import { type Context, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { type AskedAt, emit } from '../events/index.js'
import { invalidData, newId, notAllowed, notFound, type Sealer, unauthorized } from '../kernel/index.js'
import { keyHash } from './keys.js'
import { hashPassword } from './passwords.js'
import type { PersonType } from './person.js'

/** People of a store. Operators have no store whose jobs could send them mail; the command line gives them passwords. */
export type StorePersonType = Exclude<PersonType, 'operator'>

type Purpose = 'password_reset' | 'email_verification'

const lifetime_ms: Record<Purpose, number> = { password_reset: 900_000, email_verification: 86_400_000 }
const sweptAtOnce = 100

/**
 * What a mail carries, made from its row's id and a secret of the deployment: a mail that is sent a second time carries
 * the same, and no row tells it.
 */
export function mailedToken(sealer: Sealer, purpose: Purpose | 'order_transfer' | 'invite', id: string): string {
  return sealer.fingerprint(`${purpose} ${id}`)
}

/** Asks for a new password. Does the same, in the same time, whether or not the e-mail has a sign-in. */
export async function requestPasswordReset(context: Context, actorType: StorePersonType, email: string, at: AskedAt = {}): Promise<void> {
  const payload = { auth_token_id: newId('authtok'), actor_type: actorType, email, asked_at: at }
  await context.db.unitOfWork(context.scope, (unit) => emit(unit, 'auth.password_reset', payload, { requestId: context.requestId }))
}

type Whose = { identityId: string } | { actorType: StorePersonType; email: string }

function issueStatement(
  tenantId: string,
  token: { id: string; purpose: Purpose; hash: string; now: Date },
  whose: Whose,
): Statement<{ email: string }> {
  const byId = 'identityId' in whose
  return statement(
    `access.issue_token.${byId ? 'by_id' : 'by_email'}`,
    `with swept as (
       delete from auth_token where tenant_id = $1 and id in (
         select id from auth_token where tenant_id = $1 and expires_at < $6::timestamptz - interval '1 day' limit ${sweptAtOnce} for update skip locked))
     insert into auth_token (tenant_id, id, purpose, auth_identity_id, token_hash, expires_at)
     select $1, $2, $3, i.id, $4, $5::timestamptz from auth_identity i where i.tenant_id = $1 and ${byId ? 'i.id = $7' : 'i.actor_type = $7 and i.email = $8'}
     on conflict (tenant_id, id) do update set expires_at = excluded.expires_at
     returning (select i.email from auth_identity i where i.tenant_id = $1 and i.id = auth_token.auth_identity_id) as email`,
    [
      tenantId,
      token.id,
      token.purpose,
      token.hash,
      new Date(token.now.getTime() + lifetime_ms[token.purpose]),
      token.now,
      ...(byId ? [whose.identityId] : [whose.actorType, whose.email]),
    ],
  )
}

/**
 * Makes the token of a mail that is about to be sent; the same again for the same id.
 * @param whose an identity's id, or who it is of by e-mail
 * @returns null when there is no such identity
 */
export async function issueToken(
  context: Context,
  sealer: Sealer,
  wanted: { id: string; purpose: Purpose },
  whose: Whose,
): Promise<{ token: string; email: string } | null> {
  const token = mailedToken(sealer, wanted.purpose, wanted.id)
  const row = { ...wanted, hash: keyHash(token), now: context.clock.now() }
  const [issued] = await context.db.unitOfWork(context.scope, (unit) => unit.run(issueStatement(tenantOf(context), row, whose)))
  return issued === undefined ? null : { token, email: issued.email }
}

/** Uses a token up: of two at the same moment one finds it used. No row for a token that is wrong, over or used. */
async function redeem(unit: Unit, purpose: Purpose, token: string, now: Date): Promise<string | null> {
  const [row] = await unit.run(
    statement<{ auth_identity_id: string }>(
      'access.redeem_token',
      `update auth_token set used_at = $4 where tenant_id = $1 and token_hash = $2 and purpose = $3 and used_at is null and expires_at > $4
       returning auth_identity_id`,
      [tenantOf(unit), keyHash(token), purpose, now],
    ),
  )
  return row?.auth_identity_id ?? null
}

function goodTokenStatement(tenantId: string, token: string, actorType: StorePersonType, now: Date): Statement<{ id: string }> {
  return statement(
    'access.good_reset_token',
    `select t.id from auth_token t join auth_identity i on i.tenant_id = t.tenant_id and i.id = t.auth_identity_id
     where t.tenant_id = $1 and t.token_hash = $2 and t.purpose = 'password_reset' and t.used_at is null and t.expires_at > $4
       and i.actor_type = $3`,
    [tenantId, keyHash(token), actorType, now],
  )
}

/**
 * Sets a password by the token that was mailed, and ends every token, session and other reset of the identity.
 * @returns the identity's id
 * @throws unauthorized `Invalid token` for one that is wrong, over, used, or of another kind of person; invalid_data for
 * passwords too short or too long, which leaves the token good
 */
export async function resetPassword(context: Context, actorType: StorePersonType, token: string, password: string): Promise<string> {
  const now = context.clock.now()
  const invalid = () => unauthorized('Invalid token')
  // Hashing is slow on purpose: not for who has no token.
  const [good] = await context.db.read(context.scope, goodTokenStatement(tenantOf(context), token, actorType, now))
  if (good === undefined) throw invalid()
  const passwordHash = await hashPassword(password, actorType === 'customer' ? 'customer' : 'staff')
  return context.db.unitOfWork(context.scope, async (unit) => {
    const identityId = await redeem(unit, 'password_reset', token, now)
    if (identityId === null) throw invalid()
    await Promise.all([
      unit.run(
        statement(
          'access.set_password',
          `update auth_identity set password_hash = $3, token_version = token_version + 1, updated_at = now() where tenant_id = $1 and id = $2`,
          [tenantOf(unit), identityId, passwordHash],
        ),
      ),
      unit.run(
        statement(
          'access.end_resets',
          `update auth_token set used_at = $3
           where tenant_id = $1 and auth_identity_id = $2 and purpose = 'password_reset' and used_at is null`,
          [tenantOf(unit), identityId, now],
        ),
      ),
    ])
    return identityId
  })
}

export interface VerificationRow {
  id: string
  auth_identity_id: string
  entity_id: string
  entity_type: 'email'
  code_provider: string
  metadata: Record<string, unknown> | null
  verified_at: Date | null
  requested_at: Date
}

const verificationColumns =
  'v.id, v.auth_identity_id, v.entity as entity_id, v.entity_type, v.code_provider, v.metadata, v.verified_at, v.requested_at'

/**
 * Asks for proof that an identity's e-mail is its own; a mail brings the code. What is proven already stays so.
 * @throws invalid_data for another e-mail than the identity's
 */
export async function requestVerification(
  context: Context,
  identityId: string,
  wanted: { email: string; codeProvider: string; metadata: object | null; at?: AskedAt },
): Promise<VerificationRow> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const [row] = await unit.run(
      statement<VerificationRow>(
        'access.request_verification',
        `insert into auth_verification as v (tenant_id, id, auth_identity_id, entity_type, entity, code_provider, metadata)
         select $1, $2, i.id, 'email', i.email, $5, $6::jsonb from auth_identity i where i.tenant_id = $1 and i.id = $3 and i.email = $4
         on conflict (tenant_id, auth_identity_id, entity_type, entity) do update set requested_at = now(), metadata = excluded.metadata
         returning ${verificationColumns}`,
        [
          tenantOf(unit),
          newId('authver'),
          identityId,
          wanted.email,
          wanted.codeProvider,
          wanted.metadata === null ? null : JSON.stringify(wanted.metadata),
        ],
      ),
    )
    if (row === undefined) throw invalidData('Only the email that you sign in with can be verified')
    if (row.verified_at === null) {
      await emit(
        unit,
        'auth.verification_requested',
        { auth_token_id: newId('authtok'), auth_identity_id: identityId, asked_at: wanted.at },
        { requestId: context.requestId },
      )
    }
    return row
  })
}

/** One row, which says whether an identity has proven an e-mail. */
export function emailVerifiedStatement(tenantId: string, identityId: string, email: string): Statement<{ verified: boolean }> {
  return statement(
    'access.email_verified',
    `select exists (select 1 from auth_verification v where v.tenant_id = $1 and v.auth_identity_id = $2 and v.entity_type = 'email'
       and v.entity = $3 and v.verified_at is not null) as verified`,
    [tenantId, identityId, email],
  )
}

/** Proves an e-mail by the code that was mailed to it. Throws not_allowed for a code that is wrong, over or used. */
export async function confirmVerification(context: Context, code: string): Promise<VerificationRow> {
  const now = context.clock.now()
  return context.db.unitOfWork(context.scope, async (unit) => {
    const identityId = await redeem(unit, 'email_verification', code, now)
    if (identityId === null) throw notAllowed('Verification code is invalid or already used')
    const [row] = await unit.run(
      statement<VerificationRow>(
        'access.confirm_verification',
        `update auth_verification v set verified_at = coalesce(v.verified_at, $3)
         from auth_identity i
         where v.tenant_id = $1 and v.auth_identity_id = $2 and v.entity_type = 'email'
           and i.tenant_id = $1 and i.id = $2 and v.entity = i.email
         returning ${verificationColumns}`,
        [tenantOf(unit), identityId, now],
      ),
    )
    if (row === undefined) throw notFound('There is nothing to verify')
    return row
  })
}
