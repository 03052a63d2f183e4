import { randomUUID } from 'node:crypto'
import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { duplicate, isDuplicate, newId, unauthorized } from '../kernel/index.js'
import type { Tenant } from './actor.js'
import { openChallenge } from './mfa-challenges.js'
import type { MfaChallenge } from './mfa-rows.js'
import { hashPassword, passwordMatches } from './passwords.js'
import { operatorPermissions, type Permission } from './permissions.js'
import { identityByEmailStatement, operatorByEmailStatement } from './queries.js'
import { type Person, type PersonType, tokenOf } from './person.js'
import type { Tokens } from './tokens.js'

export interface Credentials {
  email: string
  password: string
}

/** A token, and what is still wanted before it says who its bearer is. */
export interface SignedIn {
  token: string
  mfa_required?: true
  mfa_challenge?: MfaChallenge
}

const refused = () => unauthorized('Invalid email or password')

/**
 * Signs in a customer, vendor member or staff user of the context's store, or an operator of the platform. Where there
 * is a second factor the token has no actor until the challenge that comes with it is met.
 * @param tenant the store; null for operators
 * @throws unauthorized, never saying which part was wrong, and in the same time
 */
export async function signIn(
  context: Context,
  tokens: Tokens,
  tenant: Tenant | null,
  actorType: PersonType,
  credentials: Credentials,
): Promise<SignedIn> {
  const person = await findPerson(context, tenant, actorType, credentials)
  if (person === null) throw refused()
  const challenge = await context.db.unitOfWork(context.scope, async (unit) => {
    if (tenant !== null) await unit.run(noteSignInStatement(tenant.id, person.identityId))
    return openChallenge(unit, person.identityId, context.clock.now())
  })
  return answerOf(tokens, person, challenge)
}

/** The answer of a sign-in or a refresh: a whole token, or half of one with the challenge for the other half. */
export async function answerOf(tokens: Tokens, person: Person, challenge: MfaChallenge | null): Promise<SignedIn> {
  if (challenge === null) return { token: await tokenOf(tokens, person, 'none') }
  return { token: await tokenOf(tokens, person, 'wanted'), mfa_required: true, mfa_challenge: challenge }
}

async function findPerson(context: Context, tenant: Tenant | null, type: PersonType, credentials: Credentials): Promise<Person | null> {
  if (type === 'operator') {
    const [operator] = await context.db.read({ role: 'platform' }, operatorByEmailStatement(credentials.email))
    if (!(await passwordMatches(operator?.password_hash, credentials.password)) || operator === undefined) return null
    return { type, actorId: operator.id, identityId: operator.id, tokenVersion: operator.token_version, tenant: null }
  }
  const [identity] = await context.db.read(context.scope, identityByEmailStatement(tenantOf(context), type, credentials.email))
  if (!(await passwordMatches(identity?.password_hash, credentials.password)) || identity === undefined) return null
  return { type, actorId: identity.actor_id ?? '', identityId: identity.id, tokenVersion: identity.token_version, tenant }
}

function noteSignInStatement(tenantId: string, identityId: string) {
  return statement('access.note_sign_in', 'update auth_identity set last_sign_in_at = now() where tenant_id = $1 and id = $2', [
    tenantId,
    identityId,
  ])
}

/**
 * Gives somebody a sign-in, whose token has no actor until the customer is made, or an invitation to the staff accepted: it may
 * do nothing before. Who registered and got no further may do so again with the same password.
 * @throws unauthorized for an e-mail that has a sign-in already; invalid_data for passwords too short or too long
 */
export async function register(
  context: Context,
  tokens: Tokens,
  tenant: Tenant,
  credentials: Credentials,
  type: 'customer' | 'user' = 'customer',
): Promise<string> {
  const passwordHash = await hashPassword(credentials.password, type === 'customer' ? 'customer' : 'staff')
  const [made] = await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement<{ id: string }>(
        'access.register',
        `insert into auth_identity (tenant_id, id, actor_type, email, password_hash) values ($1, $2, $5, $3, $4)
         on conflict (tenant_id, actor_type, email) do nothing returning id`,
        [tenantOf(context), newId('authid'), credentials.email, passwordHash, type],
      ),
    ),
  )
  const person = { type, actorId: '', tenant }
  if (made !== undefined) return tokenOf(tokens, { ...person, identityId: made.id, tokenVersion: 1 }, 'none')
  const known = await findPerson(context, tenant, type, credentials)
  if (known === null || known.actorId !== '') throw unauthorized('Identity with email already exists')
  return tokenOf(tokens, known, 'none')
}

/**
 * Gives an actor an e-mail and password in the caller's transaction. A sign-in of that e-mail which is nobody's yet goes, with all
 * that was set up for it: registering alone keeps no e-mail from whom it was given to.
 * @throws duplicate when the e-mail is somebody's already
 */
export async function addIdentity(
  unit: Unit,
  identity: { actorType: 'customer' | 'member' | 'user'; actorId: string; email: string; passwordHash: string },
): Promise<string> {
  const id = newId('authid')
  const { actorType, email } = identity
  await unit.run(
    statement(
      'access.drop_unused_identity',
      'delete from auth_identity where tenant_id = $1 and actor_type = $2 and email = $3 and actor_id is null',
      [tenantOf(unit), actorType, email],
    ),
  )
  try {
    await unit.run(
      statement(
        'access.add_identity',
        `insert into auth_identity (tenant_id, id, actor_type, email, password_hash, actor_id) values ($1, $2, $3, $4, $5, $6)`,
        [tenantOf(unit), id, actorType, email, identity.passwordHash, identity.actorId],
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`There is a ${actorType} with this email already`)
    throw error
  }
  return id
}

/**
 * Makes an identity without an actor somebody, once. Of two requests at the same moment one finds it taken.
 * @returns whether it was free
 */
export async function attachActor(unit: Unit, identityId: string, actorId: string): Promise<boolean> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'access.attach_actor',
      'update auth_identity set actor_id = $3, updated_at = now() where tenant_id = $1 and id = $2 and actor_id is null returning id',
      [tenantOf(unit), identityId, actorId],
    ),
  )
  return rows.length > 0
}

/** Takes a person's sign-in away, with every token, session and second factor of it. */
export async function removeIdentity(unit: Unit, actorType: 'customer' | 'member' | 'user', actorId: string): Promise<void> {
  await unit.run(
    statement('access.remove_identity', 'delete from auth_identity where tenant_id = $1 and actor_type = $2 and actor_id = $3', [
      tenantOf(unit),
      actorType,
      actorId,
    ]),
  )
}

/** Ends every token of an identity at once: after a changed password, or when a person leaves. */
export async function revokeTokens(context: Context, identityId: string): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement('access.revoke_tokens', 'update auth_identity set token_version = token_version + 1 where tenant_id = $1 and id = $2', [
        tenantOf(context),
        identityId,
      ]),
    ),
  )
}

/** Makes the operator, or gives the one with this e-mail the password. For the first start and for recovery on the command line. */
export async function ensureOperator(context: Context, credentials: Credentials): Promise<void> {
  const passwordHash = await hashPassword(credentials.password)
  const permissions: readonly Permission[] = operatorPermissions
  await context.db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(
      statement(
        'access.ensure_operator',
        `insert into platform.operator (id, email, password_hash, permissions) values ($1, $2, $3, $4)
         on conflict (email) do update set password_hash = excluded.password_hash,
           permissions = excluded.permissions, token_version = platform.operator.token_version + 1`,
        [newId('oper'), credentials.email, passwordHash, permissions],
      ),
    ),
  )
}

/** A password that nobody chose, for accounts whose creator named none; shown once. */
export function generatedPassword(): string {
  return randomUUID()
}
