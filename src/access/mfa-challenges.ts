import type { Context, Unit } from '../db/index.js'
import { newId, notAllowed, notFound, type Sealer, tooManyRequests, unauthorized } from '../kernel/index.js'
import type { Actor, Tenant } from './actor.js'
import { keyHash } from './keys.js'
import {
  acceptFactorStatement,
  type ChallengeRow,
  countFailureStatement,
  insertChallengeStatement,
  lockChallengeStatement,
  lockFactorsStatement,
  type MfaChallenge,
  type SecretFactorRow,
  tryChallengeStatement,
  useCodeStatement,
} from './mfa-rows.js'
import { type Person, tokenOf } from './person.js'
import { identityVersionStatement, operatorVersionStatement } from './queries.js'
import type { Tokens } from './tokens.js'
import { matchingStep } from './totp.js'

export interface SecondFactor {
  method: 'totp' | 'recovery_code'
  code: string
}

const lifetime_ms = 600_000
const attemptsOfChallenge = 5
/** Wrong codes in a row before none is looked at for a while: with three codes good at a time, a thousandth a day is guessed. */
const failuresMaximum = 10
const lockout_ms = 900_000

/** A challenge for an identity that has a second factor; null for one that has none. */
export async function openChallenge(unit: Unit, identityId: string, now: Date): Promise<MfaChallenge | null> {
  const expiresAt = new Date(now.getTime() + lifetime_ms)
  const [row] = await unit.run(insertChallengeStatement(unit.scope, { id: newId('authmfach'), identityId, expiresAt, now }))
  return row === undefined ? null : renderChallenge(row)
}

function renderChallenge(row: ChallengeRow): MfaChallenge {
  return { ...row, auth_provider: 'emailpass', methods: ['totp', 'recovery_code'], max_attempts: attemptsOfChallenge }
}

/** A secret is sealed together with whose it is, so that it is of no use in another's row. */
export function sealSecret(sealer: Sealer, identityId: string, secret: string): string {
  return sealer.seal(`${identityId} ${secret}`)
}

function openSecret(sealer: Sealer, factor: SecretFactorRow): string {
  const [identityId, secret] = sealer.open(factor.secret).split(' ')
  if (identityId !== factor.auth_identity_id || secret === undefined) throw new Error(`the secret of ${factor.id} is not its own`)
  return secret
}

/** People type codes as they were shown: with spaces, dashes and capitals, or without. */
export function recoveryCodeHash(code: string): string {
  return keyHash(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
}

export interface CodeCheck {
  sealer: Sealer
  identityId: string
  /** Factors that a code may be of; the identity's rows, locked. */
  factors: readonly SecretFactorRow[]
  now: Date
}

export async function lockFactors(unit: Unit, identityId: string): Promise<SecretFactorRow[]> {
  return unit.run(lockFactorsStatement(unit.scope, identityId))
}

/**
 * Whether a code is right, which uses it up, or wrong, which is counted. The caller must let the unit commit in both
 * cases, or wrong codes would not count.
 * @throws too_many_requests after too many wrong ones
 */
export async function checkCode(unit: Unit, check: CodeCheck, given: SecondFactor): Promise<boolean> {
  const { identityId, factors, now, sealer } = check
  const since = new Date(now.getTime() - lockout_ms)
  const tired = factors.some((factor) => factor.failed_attempts >= failuresMaximum && factor.failed_at !== null && factor.failed_at > since)
  if (tired) throw tooManyRequests('Too many wrong codes. Try again in a quarter of an hour.')
  if (given.method === 'recovery_code') {
    const used = await unit.run(useCodeStatement(unit.scope, identityId, recoveryCodeHash(given.code), now))
    if (used.length > 0) return true
  } else {
    for (const factor of factors) {
      const step = matchingStep(openSecret(sealer, factor), given.code.replace(/\s/g, ''), now, factor.last_step)
      if (step === null) continue
      await unit.run(acceptFactorStatement(unit.scope, factor.id, step))
      return true
    }
  }
  await unit.run(countFailureStatement(unit.scope, identityId, now, since))
  return false
}

/**
 * Meets the challenge of a sign-in, for the identity that signed in.
 * @param tenant the identity's store; null for operators
 * @returns a whole token
 * @throws not_allowed for a wrong code, and for a challenge that is over; not_found for one of somebody else; too_many_requests
 * after too many wrong codes
 */
export async function verifyChallenge(
  context: Context,
  tools: { tokens: Tokens; sealer: Sealer },
  sender: { actor: Actor; tenant: Tenant | null },
  challengeId: string,
  given: SecondFactor,
): Promise<string> {
  const { actor, tenant } = sender
  const identityId = actor.identityId as string
  const now = context.clock.now()
  const met = await context.db.unitOfWork(context.scope, async (unit) => {
    const [challenge] = await unit.run(lockChallengeStatement(unit.scope, identityId, challengeId))
    if (challenge === undefined) throw notFound(`MFA challenge with id "${challengeId}" was not found`)
    refuseOver(challenge, now)
    const factors = (await lockFactors(unit, identityId)).filter((factor) => factor.status === 'enabled')
    const right = await checkCode(unit, { sealer: tools.sealer, identityId, factors, now }, given)
    await unit.run(tryChallengeStatement(unit.scope, challengeId, right ? now : null))
    return right
  })
  if (!met) throw notAllowed('Invalid MFA challenge code')
  const person = await personOf(context, actor, tenant)
  return tokenOf(tools.tokens, person, now)
}

function refuseOver(
  { completed_at, expires_at, attempts }: Pick<ChallengeRow, 'completed_at' | 'expires_at' | 'attempts'>,
  now: Date,
): void {
  if (completed_at !== null) throw notAllowed('MFA challenge has already been completed')
  if (expires_at <= now) throw notAllowed('MFA challenge has expired')
  if (attempts >= attemptsOfChallenge) throw notAllowed('MFA challenge has too many failed attempts')
}

/**
 * Who an actor's identity is at this moment, past what is remembered.
 * @throws unauthorized when the identity is gone, or its tokens were ended
 */
export async function personOf(context: Context, actor: Actor, tenant: Tenant | null): Promise<Person> {
  const { type, identityId } = actor
  if (type === 'api_key' || identityId === null) throw unauthorized()
  const [identity] = await context.db.read(
    context.scope,
    type === 'operator' ? operatorVersionStatement(identityId) : identityVersionStatement(context.scope.tenantId as string, identityId),
  )
  if (identity === undefined || identity.token_version !== actor.tokenVersion) throw unauthorized()
  return { type, actorId: identity.actor_id ?? '', identityId, tokenVersion: identity.token_version, tenant }
}
