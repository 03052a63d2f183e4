import { hasWords, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { forbidden, invalidData, limits, notAllowed, notFound } from '../kernel/index.js'
import { mayGrant } from './abilities.js'
import type { Actor } from './actor.js'
import { createApiKey } from './create-key.js'
import { type Permission, vendorKeyPermissions } from './permissions.js'

/** A key as its vendor sees it: what the store's staff do with it is theirs. */
export interface VendorKeyRow {
  id: string
  title: string
  redacted: string
  permissions: Permission[]
  created_by: string | null
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
  replaced_by: string | null
  created_at: Date
  updated_at: Date
  count: number
}

export function listVendorKeysStatement(
  tenantId: string,
  vendorId: string,
  filter: { id: string | null; q: readonly string[] | null },
  page: ListPage,
): Statement<VendorKeyRow> {
  const order = orderBy('k', page.order)
  return statement(
    `access.list_vendor_keys.${order.name}`,
    `select k.id, k.title, k.redacted, k.permissions, k.created_by, k.expires_at, k.last_used_at, k.revoked_at, k.replaced_by,
            k.created_at, k.updated_at, count(*) over ()::int as count
     from api_key k
     where k.tenant_id = $1 and k.vendor_id = $2 and ($3::text is null or k.id = $3) and ${hasWords('$4', 'k.title')}
     ${order.sql} limit $5 offset $6`,
    [tenantId, vendorId, filter.id, filter.q, page.limit, page.offset],
  )
}

interface KeyLock {
  title: string
  permissions: Permission[]
  expires_at: Date | null
  revoked_at: Date | null
}

/** Locks a key of the vendor's own, for what changes it: another vendor's is as unknown as another store's. Throws not_found. */
export async function lockVendorKey(unit: Unit, vendorId: string, id: string): Promise<KeyLock> {
  const [key] = await unit.run(
    statement<KeyLock>(
      'access.lock_vendor_key',
      'select title, permissions, expires_at, revoked_at from api_key where tenant_id = $1 and id = $2 and vendor_id = $3 for update',
      [tenantOf(unit), id, vendorId],
    ),
  )
  if (key === undefined) throw notFound(`API Key with id: ${id} was not found`)
  return key
}

/**
 * Makes a key of a vendor's, in a unit as `createApiKey` wants it.
 * @throws forbidden for a permission that its maker lacks; invalid_data for a moment that is over; not_allowed for one key too many
 */
export async function createVendorKey(
  unit: Unit,
  maker: Actor,
  key: { vendorId: string; title: string; permissions: readonly Permission[] | undefined; expiresAt: Date | undefined; now: Date },
): Promise<{ id: string; token: string }> {
  const { vendorId, title, expiresAt, now } = key
  const permissions = grantedBy(maker, vendorId, key.permissions)
  if (expiresAt !== undefined && expiresAt <= now) throw invalidData('expires_at is over: name a moment to come')
  await lockVendor(unit, vendorId)
  const made = await createApiKey(unit, {
    type: 'vendor',
    title,
    vendorId,
    permissions,
    createdBy: maker.id,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  })
  await refuseTooMany(unit, vendorId, now)
  return made
}

/**
 * Makes a key in place of another, with its title, permissions and end; both are good until the overlap is over. In a unit as
 * `createApiKey` wants it.
 * @throws not_found; forbidden for a key that may do what its replacer lacks; not_allowed for one that has ended or is about to, and
 *   for one key too many
 */
export async function rotateVendorKey(
  unit: Unit,
  maker: Actor,
  rotation: { vendorId: string; id: string; overlap_s: number; now: Date },
): Promise<{ id: string; token: string }> {
  const { vendorId, id, overlap_s, now } = rotation
  await lockVendor(unit, vendorId)
  const { title, permissions, expires_at, revoked_at } = await lockVendorKey(unit, vendorId, id)
  if (revoked_at !== null || (expires_at !== null && expires_at <= now)) {
    throw notAllowed(`The key has ended or is about to: rotate the one that replaces it, or create one - ${id}`)
  }
  const made = await createApiKey(unit, {
    type: 'vendor',
    title,
    vendorId,
    permissions: grantedBy(maker, vendorId, permissions),
    createdBy: maker.id,
    ...(expires_at === null ? {} : { expiresAt: expires_at }),
  })
  await unit.run(
    statement(
      'access.replace_vendor_key',
      'update api_key set revoked_at = $3, revoked_by = $4, replaced_by = $5, updated_at = now() where tenant_id = $1 and id = $2',
      [tenantOf(unit), id, new Date(now.getTime() + overlap_s * 1_000), maker.id, made.id],
    ),
  )
  await refuseTooMany(unit, vendorId, now)
  return made
}

/** What a key may do: what is asked for, or all that its maker may and a key can. Throws forbidden: nobody grants what they lack. */
function grantedBy(maker: Actor, vendorId: string, wanted: readonly Permission[] | undefined): readonly Permission[] {
  const held = vendorKeyPermissions.filter((permission) => mayGrant(maker, { permissions: [permission], vendorId }))
  const lacking = wanted?.find((permission) => !held.includes(permission))
  if (lacking !== undefined) throw forbidden(`You cannot grant the permission ${lacking} to a key: you do not have it, or no key can`)
  return wanted === undefined ? held : [...new Set(wanted)]
}

/** Keys of a vendor's are made one after the other, so that they can be counted. */
async function lockVendor(unit: Unit, vendorId: string): Promise<void> {
  await unit.run(
    statement('access.lock_vendor_of_keys', 'select id from vendor where tenant_id = $1 and id = $2 for no key update', [
      tenantOf(unit),
      vendorId,
    ]),
  )
}

async function refuseTooMany(unit: Unit, vendorId: string, now: Date): Promise<void> {
  const [row] = await unit.run(
    statement<{ count: number }>(
      'access.count_vendor_keys',
      `select count(*)::int as count from api_key where tenant_id = $1 and vendor_id = $2
         and (revoked_at is null or revoked_at > $3) and (expires_at is null or expires_at > $3)`,
      [tenantOf(unit), vendorId, now],
    ),
  )
  if ((row?.count ?? 0) <= limits.keysOfVendor) return
  throw notAllowed(
    `A vendor has at most ${limits.keysOfVendor} keys at once: revoke one that is used no more, or rotate with overlap_seconds 0`,
  )
}
