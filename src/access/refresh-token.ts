import type { Context } from '../db/index.js'
import type { Actor, Tenant } from './actor.js'
import { openChallenge, personOf } from './mfa-challenges.js'
import { tokenOf } from './person.js'
import { answerOf, type SignedIn } from './sign-in.js'
import type { Tokens } from './tokens.js'

/**
 * A new token for who holds a good one. Its version is read again, so a token that was revoked a moment ago, and is
 * still believed in this process, is not prolonged. One from before the second factor is asked for it now.
 * @param tenant the token's store; null for operators
 * @throws unauthorized for API keys, which do not end, and for identities that are gone or were revoked
 */
export async function refreshToken(context: Context, tokens: Tokens, actor: Actor, tenant: Tenant | null): Promise<SignedIn> {
  const person = await personOf(context, actor, tenant)
  if (actor.secondFactor instanceof Date) return { token: await tokenOf(tokens, person, actor.secondFactor) }
  const challenge = await context.db.unitOfWork(context.scope, (unit) => openChallenge(unit, person.identityId, context.clock.now()))
  return answerOf(tokens, person, challenge)
}
