import { hasWords, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData, notAllowed, notFound } from '../kernel/index.js'
import type { KeyType } from './keys.js'
import type { Permission } from './permissions.js'

export interface ApiKeyRow {
  id: string
  type: KeyType
  title: string
  /** Of publishable keys; others are shown when they are made and never again. */
  token: string | null
  redacted: string
  vendor_id: string | null
  permissions: Permission[]
  created_by: string | null
  expires_at: Date | null
  last_used_at: Date | null
  revoked_at: Date | null
  revoked_by: string | null
  created_at: Date
  updated_at: Date
  sales_channels: { id: string; name: string }[]
  count: number
}

export function listApiKeysStatement(
  tenantId: string,
  filter: { id: string[] | null; type: string[] | null; q: readonly string[] | null },
  page: ListPage,
): Statement<ApiKeyRow> {
  const order = orderBy('k', page.order)
  return statement(
    `access.list_keys.${order.name}`,
    `select k.id, k.type, k.title, k.token, k.redacted, k.vendor_id, k.permissions, k.created_by, k.expires_at, k.last_used_at,
            k.revoked_at, k.revoked_by, k.created_at, k.updated_at, count(*) over ()::int as count,
            coalesce((select json_agg(json_build_object('id', c.id, 'name', c.name) order by c.id)
              from api_key_sales_channel l join sales_channel c on c.tenant_id = l.tenant_id and c.id = l.sales_channel_id
              where l.tenant_id = $1 and l.api_key_id = k.id and c.deleted_at is null), '[]') as sales_channels
     from api_key k
     where k.tenant_id = $1 and ($2::text[] is null or k.id = any($2)) and ($3::text[] is null or k.type = any($3))
       and ${hasWords('$4', 'k.title')}
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.type, filter.q, page.limit, page.offset],
  )
}

/**
 * Ends a key at a moment; one that ends sooner already does.
 * @throws not_found; invalid_data for a secret key that has ended
 */
export async function revokeApiKey(unit: Unit, id: string, revocation: { at: Date; by: string; now: Date }): Promise<void> {
  const { at, by, now } = revocation
  const [found] = await unit.run(
    statement<{ has_ended: boolean }>(
      'access.lock_key_to_revoke',
      `select type = 'secret' and coalesce(revoked_at <= $3, false) as has_ended from api_key where tenant_id = $1 and id = $2 for update`,
      [tenantOf(unit), id, now],
    ),
  )
  if (found === undefined) throw notFound(`API Key with id: ${id} was not found`)
  if (found.has_ended) throw invalidData('There are 1 secret keys that are already revoked.')
  await unit.run(
    statement(
      'access.revoke_key',
      `update api_key set revoked_by = case when revoked_at <= $3 then revoked_by else $4 end,
         revoked_at = least(revoked_at, $3), updated_at = now()
       where tenant_id = $1 and id = $2`,
      [tenantOf(unit), id, at, by],
    ),
  )
}

/** Renames a key. Throws not_found. */
export async function updateApiKey(unit: Unit, id: string, title: string): Promise<void> {
  const changed = await unit
    .knex('api_key')
    .where({ tenant_id: tenantOf(unit), id })
    .update({ title, updated_at: new Date() })
  if (changed === 0) throw notFound(`API Key with id: ${id} was not found`)
}

/**
 * Changes the channels that a publishable key opens.
 * @throws not_found for the key; invalid_data for channels that are not there and for other keys, which open no channels
 */
export async function changeKeyChannels(
  unit: Unit,
  id: string,
  change: { add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const add = [...new Set(change.add)]
  const [key] = await unit.run(
    statement<{ type: KeyType; known: string[] }>(
      'access.lock_key',
      `select k.type, array(select c.id from sales_channel c where c.tenant_id = $1 and c.id = any($3) and c.deleted_at is null) as known
       from api_key k where k.tenant_id = $1 and k.id = $2 for update of k`,
      [tenantId, id, add],
    ),
  )
  if (key === undefined) throw notFound(`API Key with id: ${id} was not found`)
  if (key.type !== 'publishable') throw invalidData('Sales channels can only be associated with publishable API keys')
  const missing = add.filter((channel) => !key.known.includes(channel))
  if (missing.length > 0) throw invalidData(`Sales channels with IDs ${missing.join(', ')} do not exist`)
  await unit.run(
    statement(
      'access.remove_key_channels',
      'delete from api_key_sales_channel where tenant_id = $1 and api_key_id = $2 and sales_channel_id = any($3)',
      [tenantId, id, change.remove],
    ),
  )
  await unit.run(
    statement(
      'access.add_key_channels',
      `insert into api_key_sales_channel (tenant_id, api_key_id, sales_channel_id)
       select $1, $2, c from unnest($3::text[]) as c on conflict do nothing`,
      [tenantId, id, add],
    ),
  )
}

/**
 * Removes a key that was revoked. The unit must have role `platform` and the tenant, as for making it.
 * @throws not_found; not_allowed for a key that still opens something
 */
export async function deleteApiKey(unit: Unit, id: string, now: Date): Promise<void> {
  const values = [tenantOf(unit), id]
  const [key] = await unit.run(
    statement<{ revoked_at: Date | null }>(
      'access.lock_key_to_delete',
      'select revoked_at from api_key where tenant_id = $1 and id = $2 for update',
      values,
    ),
  )
  if (key === undefined) throw notFound(`API Key with id: ${id} was not found`)
  if (key.revoked_at === null || key.revoked_at > now) throw notAllowed(`Cannot delete api keys that are not revoked - ${id}`)
  await unit.run(
    statement('access.delete_key_route', 'delete from platform.api_key_route where tenant_id = $1 and api_key_id = $2', values),
  )
  await unit.run(statement('access.delete_key', 'delete from api_key where tenant_id = $1 and id = $2', values))
}
