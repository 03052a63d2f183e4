import { type Context, statement, tenantOf } from '../db/index.js'
import { unauthorized } from '../kernel/index.js'
import type { Actor, Tenant } from './actor.js'
import type { Tokens } from './tokens.js'

/**
 * A new token for who holds a good one. Its version is read again, so a token that was revoked a moment ago, and is
 * still believed in this process, is not prolonged.
 * @param tenant the token's store; null for operators
 * @throws unauthorized for API keys, which do not end, and for identities that are gone or were revoked
 */
export async function refreshToken(context: Context, tokens: Tokens, actor: Actor, tenant: Tenant | null): Promise<string> {
  const { type, identityId } = actor
  if (type === 'api_key' || identityId === null) throw unauthorized()
  const [identity] = await context.db.read(
    context.scope,
    type === 'operator' ? operatorVersionStatement(identityId) : identityVersionStatement(tenantOf(context), identityId),
  )
  if (identity === undefined || identity.token_version !== actor.tokenVersion) throw unauthorized()
  return tokens.sign({
    actor_id: actor.id,
    actor_type: type,
    auth_identity_id: identityId,
    auth_provider: 'emailpass',
    ...(tenant === null || type === 'operator' ? {} : { tenant_id: tenant.publicId }),
    token_version: identity.token_version,
    app_metadata: actor.id === '' ? {} : { [`${type}_id`]: actor.id },
    user_metadata: {},
  })
}

function identityVersionStatement(tenantId: string, id: string) {
  return statement<{ token_version: number }>(
    'access.identity_version',
    'select token_version from auth_identity where tenant_id = $1 and id = $2',
    [tenantId, id],
  )
}

function operatorVersionStatement(id: string) {
  return statement<{ token_version: number }>('access.operator_version', 'select token_version from platform.operator where id = $1', [id])
}
