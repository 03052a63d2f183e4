import { hasWords, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { duplicate, forbidden, invalidData, isDuplicate, newId, notFound } from '../kernel/index.js'
import { mayGrant } from './abilities.js'
import type { Actor } from './actor.js'
import { type Permission, permissions } from './permissions.js'

export interface RoleRow {
  id: string
  name: string
  scope: 'tenant' | 'vendor'
  permissions: Permission[]
  created_at: Date
  count: number
}

export function listRolesStatement(
  tenantId: string,
  filter: { id: string[] | null; q: readonly string[] | null; scope: string[] | null },
  page: ListPage,
): Statement<RoleRow> {
  const order = orderBy('r', page.order)
  return statement(
    `access.list_roles.${order.name}`,
    `select r.id, r.name, r.scope, r.permissions, r.created_at, count(*) over ()::int as count from role r
     where r.tenant_id = $1 and ($2::text[] is null or r.id = any($2)) and ${hasWords('$3', 'r.name')}
       and ($4::text[] is null or r.scope = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.q, filter.scope, page.limit, page.offset],
  )
}

/**
 * Makes a role of a store's own.
 * @throws forbidden for a permission that its maker lacks; invalid_data for one that cannot be granted there;
 *   duplicate_error for a name that is taken
 */
export async function createRole(
  unit: Unit,
  maker: Actor,
  input: { name: string; scope: 'tenant' | 'vendor'; permissions: readonly Permission[] },
): Promise<string> {
  refuseElsewhere(input.scope, input.permissions)
  refuseLacking(maker, input.permissions)
  const id = newId('role')
  try {
    await unit.knex('role').insert({ id, name: input.name, scope: input.scope, permissions: [...new Set(input.permissions)] })
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`Role with name: ${input.name}, already exists.`)
    throw error
  }
  return id
}

/** Throws invalid_data for a permission that cannot be granted there. */
export function refuseElsewhere(scope: 'tenant' | 'vendor', wanted: readonly Permission[]): void {
  const wrong = wanted.find((name) => !(permissions[name].scopes as readonly string[]).includes(scope))
  if (wrong !== undefined) throw invalidData(`The permission ${wrong} cannot be granted in a ${scope === 'tenant' ? 'store' : 'vendor'}`)
}

/**
 * The first of the permissions that somebody lacks, in the whole store or in one vendor. What only vendors can have is granted by who
 * may set vendors up, and by who has it there.
 */
function lackingOf(maker: Actor, wanted: readonly Permission[], vendorId: string | null): Permission | undefined {
  // Keys within a vendor are the vendor's: they are another matter than the store's.
  const isOfVendor = (name: Permission) =>
    !(permissions[name].scopes as readonly string[]).includes('tenant') || (vendorId !== null && name.startsWith('api_keys:'))
  const needed = (name: Permission): Permission => (isOfVendor(name) ? 'vendors:write' : name)
  const has = (name: Permission) =>
    mayGrant(maker, { permissions: [needed(name)], vendorId: null }) || mayGrant(maker, { permissions: [name], vendorId })
  return wanted.find((name) => !has(name))
}

/** Whether somebody has all that they would grant. */
export function mayGrantAll(maker: Actor, wanted: readonly Permission[], vendorId: string | null = null): boolean {
  return lackingOf(maker, wanted, vendorId) === undefined
}

/** Nobody grants what they lack, in the whole store or in one vendor. Throws forbidden. */
export function refuseLacking(maker: Actor, wanted: readonly Permission[], vendorId: string | null = null): void {
  const lacking = lackingOf(maker, wanted, vendorId)
  if (lacking === undefined) return
  const where = vendorId === null ? ' on the whole store' : ''
  throw forbidden(`You cannot grant the permission ${lacking}: you do not have it${where}`)
}

/** A role of vendors' people by its name, which the maker may grant in the vendor. Throws not_found, forbidden. */
export async function grantableVendorRole(unit: Unit, maker: Actor, vendorId: string, name: string): Promise<string> {
  const [role] = await unit.run(
    statement<{ id: string; permissions: Permission[] }>(
      'access.vendor_role_by_name',
      `select id, permissions from role where tenant_id = $1 and name = $2 and scope = 'vendor'`,
      [tenantOf(unit), name],
    ),
  )
  if (role === undefined) throw notFound(`Role with name: ${name} was not found`)
  refuseLacking(maker, role.permissions, vendorId)
  return role.id
}

/** The ids of roles of a store's staff, which are named by id or, as users are told of them, by name; each of which the maker may grant. Throws not_found, forbidden. */
export async function grantableRoles(unit: Unit, maker: Actor, ids: readonly string[]): Promise<string[]> {
  const wanted = [...new Set(ids)]
  const rows = await unit.run(
    statement<{ id: string; name: string; permissions: Permission[] }>(
      'access.roles_by_id',
      `select id, name, permissions from role where tenant_id = $1 and (id = any($2) or name = any($2)) and scope = 'tenant'`,
      [tenantOf(unit), wanted],
    ),
  )
  const missing = wanted.find((named) => !rows.some((row) => row.id === named || row.name === named))
  if (missing !== undefined) throw notFound(`Role with id: ${missing} was not found`)
  for (const row of rows) refuseLacking(maker, row.permissions)
  return rows.map((row) => row.id)
}
