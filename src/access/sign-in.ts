import { randomUUID } from 'node:crypto'
import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { isDuplicate, newId, StoaError, unauthorized } from '../kernel/index.js'
import type { Tenant } from './actor.js'
import { hashPassword, passwordMatches } from './passwords.js'
import { type Permission, operatorPermissions } from './permissions.js'
import { identityByEmailStatement, operatorByEmailStatement } from './queries.js'
import type { Tokens } from './tokens.js'

export interface Credentials {
  email: string
  password: string
}

const refused = () => unauthorized('Invalid email or password')

/** Signs in a customer, vendor member or staff user of a store. Throws unauthorized, never saying which part was wrong. */
export async function signIn(
  context: Context,
  tokens: Tokens,
  tenant: Tenant,
  actorType: 'customer' | 'member' | 'user',
  credentials: Credentials,
): Promise<string> {
  const tenantId = tenantOf(context)
  const [identity] = await context.db.read(context.scope, identityByEmailStatement(tenantId, actorType, credentials.email))
  if (!(await passwordMatches(identity?.password_hash, credentials.password)) || identity === undefined) throw refused()
  await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement('access.note_sign_in', 'update auth_identity set last_sign_in_at = now() where tenant_id = $1 and id = $2', [
        tenantId,
        identity.id,
      ]),
    ),
  )
  return tokens.sign({
    actor_id: identity.actor_id ?? '',
    actor_type: actorType,
    auth_identity_id: identity.id,
    auth_provider: 'emailpass',
    tenant_id: tenant.publicId,
    token_version: identity.token_version,
    app_metadata: identity.actor_id === null ? {} : { [`${actorType}_id`]: identity.actor_id },
    user_metadata: {},
  })
}

/** Signs in an operator of the platform. */
export async function signInOperator(context: Context, tokens: Tokens, credentials: Credentials): Promise<string> {
  const [operator] = await context.db.read({ role: 'platform' }, operatorByEmailStatement(credentials.email))
  if (!(await passwordMatches(operator?.password_hash, credentials.password)) || operator === undefined) throw refused()
  return tokens.sign({
    actor_id: operator.id,
    actor_type: 'operator',
    auth_identity_id: operator.id,
    auth_provider: 'emailpass',
    token_version: operator.token_version,
    app_metadata: { operator_id: operator.id },
    user_metadata: {},
  })
}

/** Gives an actor an e-mail and password in the caller's transaction. Throws duplicate when the e-mail has one already. */
export async function addIdentity(
  unit: Unit,
  identity: { actorType: 'customer' | 'member' | 'user'; actorId: string; email: string; passwordHash: string },
): Promise<string> {
  const id = newId('authid')
  try {
    await unit.run(
      statement(
        'access.add_identity',
        `insert into auth_identity (tenant_id, id, actor_type, email, password_hash, actor_id) values ($1, $2, $3, $4, $5, $6)`,
        [tenantOf(unit), id, identity.actorType, identity.email, identity.passwordHash, identity.actorId],
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw new StoaError('duplicate_error', 422, `There is a ${identity.actorType} with this email already`, 'invalid_request_error')
    throw error
  }
  return id
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
