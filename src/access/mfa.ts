import { randomBytes } from 'node:crypto'
import type { Context, Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { invalidData, newId, notAllowed, notFound, type Sealer } from '../kernel/index.js'
import type { Actor } from './actor.js'
import { checkCode, lockFactors, recoveryCodeHash, sealSecret, type SecondFactor } from './mfa-challenges.js'
import {
  countCodesStatement,
  deleteCodesStatement,
  deleteFactorStatement,
  emailStatement,
  type FactorRow,
  factorsStatement,
  insertCodesStatement,
  insertFactorStatement,
} from './mfa-rows.js'
import { newTotpSecret, otpauthUrl } from './totp.js'

const factorsMaximum = 5
const recoveryCode_bytes = 10

/** The second factors of an identity. */
export function listFactors(context: Context, identityId: string): Promise<FactorRow[]> {
  return context.db.read(context.scope, factorsStatement(context.scope, identityId))
}

/**
 * Begins a second factor. It counts when its first code has come, and its secret is shown this once.
 * @param input.issuer what an authenticator shows above the account's e-mail
 * @throws not_allowed for more factors than anyone needs
 */
export async function startFactor(
  context: Context,
  sealer: Sealer,
  identityId: string,
  input: { label: string | null; metadata: object | null; issuer: string },
): Promise<{ factor: FactorRow; secret: string; otpauthUrl: string }> {
  const secret = newTotpSecret()
  const { factor, email } = await context.db.unitOfWork(context.scope, async (unit) => {
    const known = await lockFactors(unit, identityId)
    if (known.filter((one) => one.status === 'enabled').length >= factorsMaximum) {
      throw notAllowed(`An account has ${factorsMaximum} second factors at most. Remove one first.`)
    }
    const { label, metadata } = input
    const [account] = await unit.run(emailStatement(unit.scope, identityId))
    const sealed = sealSecret(sealer, identityId, secret)
    const [row] = await unit.run(insertFactorStatement(unit.scope, { id: newId('authmfa'), identityId, label, metadata, secret: sealed }))
    return { factor: row as FactorRow, email: account?.email ?? '' }
  })
  return { factor, secret, otpauthUrl: otpauthUrl(secret, input.issuer, email) }
}

/** Operators have no store that would write to them. */
async function tellOwner(unit: Unit, context: Context, changed: { identityId: string; id: string; isOn: boolean }): Promise<void> {
  if (unit.scope.tenantId === undefined) return
  const payload = { auth_identity_id: changed.identityId, factor_id: changed.id, is_on: changed.isOn }
  await emit(unit, 'auth.second_factor_changed', payload, { requestId: context.requestId })
}

const unknown = (id: string) => notFound(`MFA factor with id "${id}" was not found`)

/**
 * Turns a factor on by its first code.
 * @throws not_found for a factor of somebody else; not_allowed for a wrong code; too_many_requests after too many
 */
export async function verifyFactor(context: Context, sealer: Sealer, identityId: string, id: string, code: string): Promise<FactorRow> {
  const enabled = await context.db.unitOfWork(context.scope, async (unit) => {
    const factors = (await lockFactors(unit, identityId)).filter((factor) => factor.id === id)
    if (factors.length === 0) throw unknown(id)
    const right = await checkCode(unit, { sealer, identityId, factors, now: context.clock.now() }, { method: 'totp', code })
    if (!right) return null
    if (factors[0]?.status === 'pending') await tellOwner(unit, context, { identityId, id, isOn: true })
    return (await unit.run(factorsStatement(unit.scope, identityId))).find((factor) => factor.id === id) ?? null
  })
  if (enabled === null) throw notAllowed('Invalid TOTP code')
  return enabled
}

/**
 * Removes a factor, and with the last one the recovery codes. A token that was signed in without the factor does not
 * suffice: it may be a stolen one.
 * @throws not_found for a factor of somebody else; invalid_data without a code; not_allowed for a wrong one; too_many_requests
 */
export async function disableFactor(
  context: Context,
  sealer: Sealer,
  actor: Actor,
  id: string,
  given: SecondFactor | null,
): Promise<FactorRow> {
  const identityId = actor.identityId as string
  const gone = await context.db.unitOfWork(context.scope, async (unit) => {
    const all = await lockFactors(unit, identityId)
    const wanted = all.find((factor) => factor.id === id)
    if (wanted === undefined) throw unknown(id)
    const factors = all.filter((factor) => factor.status === 'enabled')
    const proven = wanted.status === 'pending' || actor.secondFactor instanceof Date
    if (!proven && given === null) throw invalidData('MFA verification code is required to disable MFA')
    if (!proven && !(await checkCode(unit, { sealer, identityId, factors, now: context.clock.now() }, given as SecondFactor))) return null
    const [row] = await unit.run(deleteFactorStatement(unit.scope, id))
    if (wanted.status === 'enabled') await tellOwner(unit, context, { identityId, id, isOn: false })
    if (!factors.some((factor) => factor.id !== id)) await unit.run(deleteCodesStatement(unit.scope, identityId))
    return row as FactorRow
  })
  if (gone === null) throw notAllowed('Invalid MFA verification code')
  return gone
}

/**
 * New recovery codes instead of the old ones, shown this once; only their hashes are kept. Later ones than the first
 * want a token that has given the second factor.
 * @throws not_allowed without a second factor, or for a token without it
 */
export async function generateRecoveryCodes(context: Context, actor: Actor, count: number): Promise<string[]> {
  const identityId = actor.identityId as string
  const codes = Array.from({ length: count }, () => {
    const text = randomBytes(recoveryCode_bytes).toString('hex')
    return `${text.slice(0, 10)}-${text.slice(10)}`
  })
  await context.db.unitOfWork(context.scope, async (unit) => {
    const factors = await lockFactors(unit, identityId)
    if (!factors.some((factor) => factor.status === 'enabled')) throw notAllowed('Recovery codes require an enabled MFA factor')
    const [known] = await unit.run(countCodesStatement(unit.scope, identityId))
    if ((known?.codes ?? 0) > 0 && !(actor.secondFactor instanceof Date)) {
      throw notAllowed('Sign in with your second factor to replace the recovery codes.')
    }
    await unit.run(deleteCodesStatement(unit.scope, identityId))
    const rows = codes.map((code) => ({ id: newId('authtok'), hash: recoveryCodeHash(code) }))
    await unit.run(insertCodesStatement(unit.scope, identityId, rows))
  })
  return codes
}
