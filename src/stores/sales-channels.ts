import { hasWords, type ListPage, mergedMetadata, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData, newId, notFound } from '../kernel/index.js'

export interface SalesChannelRow {
  id: string
  name: string
  description: string | null
  is_disabled: boolean
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  count: number
}

export function listSalesChannelsStatement(
  tenantId: string,
  filter: { id: string[] | null; name: string[] | null; q: readonly string[] | null; locationId: string[] | null; keyId: string[] | null },
  page: ListPage,
): Statement<SalesChannelRow> {
  const order = orderBy('c', page.order)
  return statement(
    `stores.list_channels.${order.name}`,
    `select c.id, c.name, c.description, c.is_disabled, c.metadata, c.created_at, c.updated_at, c.deleted_at,
            count(*) over ()::int as count
     from sales_channel c
     where c.tenant_id = $1 and c.deleted_at is null and ($2::text[] is null or c.id = any($2))
       and ($3::text[] is null or c.name = any($3)) and ${hasWords('$4', 'c.name', 'c.description')}
       and ($5::text[] is null or exists (select 1 from sales_channel_location l where l.tenant_id = $1 and l.sales_channel_id = c.id
            and l.stock_location_id = any($5)))
       and ($6::text[] is null or exists (select 1 from api_key_sales_channel k where k.tenant_id = $1 and k.sales_channel_id = c.id
            and k.api_key_id = any($6)))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.name, filter.q, filter.locationId, filter.keyId, page.limit, page.offset],
  )
}

export interface SalesChannelInput {
  name: string
  description?: string | null | undefined
  is_disabled?: boolean | undefined
  metadata?: object | null | undefined
}

/** Adds a channel. Nothing is shown in it until products, keys and locations are linked to it. */
export async function createSalesChannel(unit: Unit, input: SalesChannelInput): Promise<string> {
  const id = newId('sc')
  await unit.run(
    statement(
      'stores.create_channel',
      'insert into sales_channel (tenant_id, id, name, description, is_disabled, metadata) values ($1, $2, $3, $4, $5, $6)',
      [
        tenantOf(unit),
        id,
        input.name,
        input.description ?? null,
        input.is_disabled ?? false,
        input.metadata == null ? null : JSON.stringify(input.metadata),
      ],
    ),
  )
  return id
}

const columns = ['name', 'description', 'is_disabled', 'metadata'] as const

/** Changes a channel: what is named is set. Throws not_found. */
export async function updateSalesChannel(unit: Unit, id: string, patch: Partial<SalesChannelInput>): Promise<void> {
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  const changed = await unit
    .knex('sales_channel')
    .where({ tenant_id: tenantOf(unit), id })
    .whereNull('deleted_at')
    .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
  if (changed === 0) throw notFound(`Sales channel with id "${id}" not found`)
}

/**
 * Shows products in a channel and takes others out of it; nothing is changed when one is not there.
 * @throws not_found for the channel or a product to add
 */
export async function changeChannelProducts(
  unit: Unit,
  channelId: string,
  change: { add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const add = [...new Set(change.add)]
  const [channel] = await unit.run(
    statement<{ id: string }>(
      'stores.lock_channel',
      'select id from sales_channel where tenant_id = $1 and id = $2 and deleted_at is null for update',
      [tenantId, channelId],
    ),
  )
  if (channel === undefined) throw notFound(`Sales channel with id: ${channelId} was not found`)
  const found = await unit.run(
    statement<{ id: string }>(
      'stores.known_products',
      'select id from product where tenant_id = $1 and id = any($2) and deleted_at is null',
      [tenantId, add],
    ),
  )
  const missing = add.find((id) => !found.some((product) => product.id === id))
  if (missing !== undefined) throw notFound(`Product with id: ${missing} was not found`)
  await unit.run(
    statement(
      'stores.remove_channel_products',
      'delete from product_sales_channel where tenant_id = $1 and sales_channel_id = $2 and product_id = any($3)',
      [tenantId, channelId, change.remove],
    ),
  )
  await unit.run(
    statement(
      'stores.add_channel_products',
      `insert into product_sales_channel (tenant_id, sales_channel_id, product_id, vendor_id)
       select $1, $2, p.id, p.vendor_id from product p where p.tenant_id = $1 and p.id = any($3) on conflict do nothing`,
      [tenantId, channelId, add],
    ),
  )
}

/** Takes a channel out of use: nothing is shown in it any more. Throws not_found; invalid_data for the store's default. */
export async function deleteSalesChannel(unit: Unit, id: string): Promise<void> {
  const values = [tenantOf(unit), id]
  const [channel] = await unit.run(
    statement<{ is_default: boolean }>(
      'stores.retire_channel',
      `update sales_channel c set deleted_at = now(), updated_at = now() where c.tenant_id = $1 and c.id = $2 and c.deleted_at is null
       returning exists (select 1 from store s where s.tenant_id = $1 and s.default_sales_channel_id = c.id) as is_default`,
      values,
    ),
  )
  if (channel === undefined) throw notFound(`Sales channel with id: ${id} was not found`)
  if (channel.is_default) throw invalidData(`Cannot delete default sales channels: ${id}`)
  for (const table of ['product_sales_channel', 'api_key_sales_channel', 'sales_channel_location']) {
    await unit.run(
      statement(`stores.leave_channel.${table}`, `delete from ${table} where tenant_id = $1 and sales_channel_id = $2`, values),
    )
  }
}
