import { type Context, hasWords, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { alreadyExists, invalidData, isDuplicate, newId, notAllowed, notFound, type Sealer, unauthorized } from '../kernel/index.js'
import type { Actor } from './actor.js'
import { keyHash } from './keys.js'
import { mailedToken } from './mailed-tokens.js'
import { hashPassword } from './passwords.js'
import type { Permission } from './permissions.js'
import { grantableRoles, grantableVendorRole, mayGrantAll } from './roles.js'
import { addIdentity, attachActor } from './sign-in.js'

const lifetime_ms = 7 * 86_400_000

export interface InviteRow {
  id: string
  email: string
  role: { id: string; name: string }
  /** What the role grants, and how often a mail went out. */
  permissions: Permission[]
  sent: number
  accepted: boolean
  /** Of an invitation to a vendor's team. */
  vendor_id: string | null
  expires_at: Date
  created_by: string | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  count: number
}

/** Invitations to the store's staff, or to one vendor's team. */
export function listInvitesStatement(
  tenantId: string,
  filter: { id: string[] | null; email: string[] | null; q: readonly string[] | null; vendorId: string | null },
  page: ListPage,
): Statement<InviteRow> {
  const order = orderBy('i', page.order)
  return statement(
    `access.list_invites.${order.name}`,
    `select i.id, i.email, json_build_object('id', r.id, 'name', r.name) as role, r.permissions, i.sent, i.accepted_at is not null as accepted, i.vendor_id, i.expires_at,
            i.created_by, i.metadata, i.created_at, i.updated_at, count(*) over ()::int as count
     from invite i join role r on r.tenant_id = i.tenant_id and r.id = i.role_id
     where i.tenant_id = $1 and i.deleted_at is null and ($2::text[] is null or i.id = any($2))
       and ($3::text[] is null or i.email = any($3)) and ${hasWords('$4', 'i.email')} and i.vendor_id is not distinct from $5
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.email, filter.q, filter.vendorId, page.limit, page.offset],
  )
}

/** The token of an invitation's mail; each mail that is sent has one of its own, and only the last is good. */
export function inviteToken(sealer: Sealer, id: string, sent: number): string {
  return mailedToken(sealer, 'invite', `${id}:${sent}`)
}

/** The token that accepts an invitation, for who could invite for the same role; null for anybody else, and once it is accepted. */
export function tokenShown(sealer: Sealer, reader: Actor, invite: InviteRow): string | null {
  if (invite.accepted || !mayGrantAll(reader, invite.permissions, invite.vendor_id)) return null
  return inviteToken(sealer, invite.id, invite.sent)
}

export interface InviteInput {
  email: string
  /** The owner's role when absent. */
  role_id?: string | undefined
  metadata?: object | null | undefined
}

/**
 * Invites somebody to the store's staff; a mail carries the token.
 * @throws not_found for the role; forbidden for rights that the inviter lacks; invalid_data for who is invited or on
 *   the staff already
 */
export async function createInvite(context: Context, unit: Unit, sealer: Sealer, inviter: Actor, input: InviteInput): Promise<string> {
  const tenantId = tenantOf(unit)
  const [roleId] = (await grantableRoles(unit, inviter, [input.role_id ?? (await ownerRole(unit))])) as [string]
  const known = await unit.knex('store_user').where({ tenant_id: tenantId, email: input.email }).whereNull('deleted_at').first('id')
  if (known !== undefined) throw invalidData(`User account for following email(s) already exist: ${input.email}`)
  return insertInvite(context, unit, sealer, inviter, { ...input, role_id: roleId, vendor_id: null })
}

/**
 * Invites somebody to a vendor's team by the name of a role; a mail carries the token. Whether they work for another vendor shows when
 * they accept: it is not the inviter's business.
 * @throws not_found for the role; forbidden for rights that the inviter lacks; invalid_data for who is invited or of the team already
 */
export async function inviteToVendor(
  context: Context,
  unit: Unit,
  sealer: Sealer,
  inviter: Actor,
  input: { vendor_id: string; email: string; role: string },
): Promise<string> {
  const { vendor_id, email } = input
  const roleId = await grantableVendorRole(unit, inviter, vendor_id, input.role)
  const known = await unit
    .knex('vendor_member')
    .where({ tenant_id: tenantOf(unit), vendor_id, email })
    .whereNull('deleted_at')
    .first('id')
  if (known !== undefined) throw invalidData(`There is a member with the email ${email} already`)
  return insertInvite(context, unit, sealer, inviter, { email, role_id: roleId, vendor_id })
}

async function insertInvite(
  context: Context,
  unit: Unit,
  sealer: Sealer,
  inviter: Actor,
  input: { email: string; role_id: string; vendor_id: string | null; metadata?: object | null | undefined },
): Promise<string> {
  const id = newId('invite')
  try {
    await unit.knex('invite').insert({
      id,
      email: input.email,
      role_id: input.role_id,
      vendor_id: input.vendor_id,
      token_hash: keyHash(inviteToken(sealer, id, 1)),
      expires_at: new Date(context.clock.now().getTime() + lifetime_ms),
      created_by: inviter.id,
      metadata: input.metadata ?? null,
    })
  } catch (error) {
    if (isDuplicate(error)) throw alreadyExists(`Invite with email: ${input.email}, already exists.`)
    throw error
  }
  await emit(unit, 'invite.sent', { invite_id: id, sent: 1 }, { requestId: context.requestId })
  return id
}

async function ownerRole(unit: Unit): Promise<string> {
  const role = await unit
    .knex('role')
    .where({ tenant_id: tenantOf(unit), name: 'store_owner' })
    .first('id')
  if (role === undefined) throw invalidData('Name the role that is granted')
  return role.id
}

/**
 * Sends an invitation anew, with another token; the one before is good no longer. Throws as creating does.
 * @param vendorId whose team it is to; the store's staff unless given
 */
export async function resendInvite(
  context: Context,
  unit: Unit,
  sealer: Sealer,
  inviter: Actor,
  id: string,
  vendorId: string | null = null,
): Promise<void> {
  const tenantId = tenantOf(unit)
  const [invite] = await unit.run(
    statement<{ role_id: string; role: string; sent: number; accepted_at: Date | null }>(
      'access.lock_invite',
      `select i.role_id, r.name as role, i.sent, i.accepted_at from invite i join role r on r.tenant_id = i.tenant_id and r.id = i.role_id
       where i.tenant_id = $1 and i.id = $2 and i.deleted_at is null and i.vendor_id is not distinct from $3 for update of i`,
      [tenantId, id, vendorId],
    ),
  )
  if (invite === undefined) throw invalidData(`The following invites do not exist: ${id}`)
  if (invite.accepted_at !== null) throw notAllowed('The invitation has been accepted')
  if (vendorId === null) await grantableRoles(unit, inviter, [invite.role_id])
  else await grantableVendorRole(unit, inviter, vendorId, invite.role)
  const sent = invite.sent + 1
  await unit
    .knex('invite')
    .where({ tenant_id: tenantId, id })
    .update({
      sent,
      token_hash: keyHash(inviteToken(sealer, id, sent)),
      expires_at: new Date(context.clock.now().getTime() + lifetime_ms),
      updated_at: new Date(),
    })
  await emit(unit, 'invite.sent', { invite_id: id, sent }, { requestId: context.requestId })
}

/** Takes an invitation to the staff, or to a vendor's team, back. Who has accepted it stays. Throws not_found. */
export async function deleteInvite(unit: Unit, id: string, vendorId: string | null = null): Promise<void> {
  const gone = await unit
    .knex('invite')
    .where({ tenant_id: tenantOf(unit), id, vendor_id: vendorId })
    .whereNull('deleted_at')
    .update({ deleted_at: new Date(), updated_at: new Date() })
  if (gone === 0) throw notFound(`Invite with id: ${id} was not found`)
}

export interface Acceptance {
  token: string
  /** A password for the e-mail that was invited, or a sign-in that was registered before and is nobody's yet. */
  signIn: { password: string } | { identityId: string }
  first_name?: string | null | undefined
  last_name?: string | null | undefined
}

type InvitedTo = 'user' | 'member'

const isOpenSql = (to: InvitedTo) =>
  `accepted_at is null and deleted_at is null and expires_at > $3 and vendor_id is ${to === 'user' ? '' : 'not '}null`

/** Medusa's word for staff; vendors' people are told what to do. */
const invalidToken = (to: InvitedTo) =>
  unauthorized(
    to === 'user'
      ? 'Invalid token'
      : 'The code is wrong, used, replaced by a newer one, or older than seven days: ask who invited you for another',
  )

/**
 * For before a password is hashed, which is slow on purpose: not for who has no token.
 * @param to the store's staff, or a vendor's team
 * @throws unauthorized for a token that is wrong, used, over, replaced, or to the other
 */
export async function needOpenInvite(context: Context, token: string, to: InvitedTo): Promise<void> {
  const [open] = await context.db.read(
    context.scope,
    statement<{ id: string }>(
      `access.open_invite.${to}`,
      `select id from invite where tenant_id = $1 and token_hash = $2 and ${isOpenSql(to)}`,
      [tenantOf(context), keyHash(token), context.clock.now()],
    ),
  )
  if (open === undefined) throw invalidToken(to)
}

export interface UsedInvite {
  email: string
  role_id: string
  /** The role's name. */
  role: string
  vendor_id: string | null
}

/** Uses an invitation up: of two who use a token at once one does. Throws as `needOpenInvite` does. */
export async function useInvite(unit: Unit, token: string, to: InvitedTo, now: Date): Promise<UsedInvite> {
  const [invite] = await unit.run(
    statement<UsedInvite>(
      `access.use_invite.${to}`,
      `update invite set accepted_at = $3, updated_at = now() where tenant_id = $1 and token_hash = $2 and ${isOpenSql(to)}
       returning email, role_id, vendor_id, (select r.name from role r where r.tenant_id = $1 and r.id = invite.role_id) as role`,
      [tenantOf(unit), keyHash(token), now],
    ),
  )
  if (invite === undefined) throw invalidToken(to)
  return invite
}

/**
 * Makes the invited person a member of the staff with a sign-in. Of two who use a token at once one does.
 * @returns the user's id
 * @throws unauthorized for a token that is wrong, used, over or replaced, and for a sign-in that is somebody's; invalid_data for
 *   passwords too short or too long
 */
export async function acceptInvite(context: Context, given: Acceptance): Promise<string> {
  await needOpenInvite(context, given.token, 'user')
  const { signIn } = given
  const passwordHash = 'password' in signIn ? await hashPassword(signIn.password) : null
  return context.db.unitOfWork(context.scope, async (unit) => {
    const { email, role_id } = await useInvite(unit, given.token, 'user', context.clock.now())
    const id = newId('user')
    try {
      await unit.knex('store_user').insert({ id, email, first_name: given.first_name ?? null, last_name: given.last_name ?? null })
    } catch (error) {
      if (isDuplicate(error)) throw alreadyExists(`User with email: ${email}, already exists.`)
      throw error
    }
    await unit.knex('role_grant').insert({ id: newId('grant'), subject_type: 'user', subject_id: id, role_id })
    if (passwordHash !== null) await addIdentity(unit, { actorType: 'user', actorId: id, email, passwordHash })
    else if (!(await attachActor(unit, (signIn as { identityId: string }).identityId, id))) throw invalidToken('user')
    return id
  })
}

export interface InviteMailRow {
  email: string
  sent: number
  role: string
  /** The vendor whose team it is to; null for the store's staff. */
  vendor_name: string | null
}

/** What an invitation's mail says; no row once it was accepted, taken back, or sent anew. */
export function inviteMailStatement(tenantId: string, id: string, sent: number): Statement<InviteMailRow> {
  return statement(
    'access.invite_mail',
    `select i.email, i.sent, r.name as role, v.name as vendor_name from invite i
     join role r on r.tenant_id = i.tenant_id and r.id = i.role_id
     left join vendor v on v.tenant_id = i.tenant_id and v.id = i.vendor_id
     where i.tenant_id = $1 and i.id = $2 and i.sent = $3 and i.accepted_at is null and i.deleted_at is null`,
    [tenantId, id, sent],
  )
}
