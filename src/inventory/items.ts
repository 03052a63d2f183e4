import { hasWords, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { alreadyExists, newId, notFound } from '../kernel/index.js'
import { setStock } from './levels.js'

export interface InventoryLevelRow {
  id: string
  inventory_item_id: string
  location_id: string
  stocked_quantity: number
  reserved_quantity: number
  incoming_quantity: number
  available_quantity: number
  created_at: Date | string
  updated_at: Date | string
}

/** What an item says of itself and no rule depends on. */
export const itemDescription = [
  'description',
  'thumbnail',
  'hs_code',
  'mid_code',
  'origin_country',
  'material',
  'unit_of_measure',
  'weight',
  'length',
  'height',
  'width',
] as const

export interface InventoryItemRow extends Record<(typeof itemDescription)[number], string | number | null> {
  id: string
  sku: string | null
  title: string | null
  requires_shipping: boolean
  vendor_id: string
  metadata: object | null
  created_at: Date
  updated_at: Date
  stocked_quantity: number
  reserved_quantity: number
  location_levels: InventoryLevelRow[]
  count: number
}

/** What is counted, with its levels at every location. */
export function listInventoryItemsStatement(
  tenantId: string,
  filter: {
    id: string[] | null
    sku: string[] | null
    q: readonly string[] | null
    locationId: string[] | null
    vendorIds: readonly string[] | null
  },
  page: ListPage,
): Statement<InventoryItemRow> {
  const order = orderBy('i', page.order)
  return statement(
    `inventory.list_items.${order.name}`,
    `select i.id, i.sku, i.title, i.requires_shipping, i.vendor_id, ${itemDescription.map((column) => `i.${column}`).join(', ')}, i.metadata, i.created_at, i.updated_at,
            coalesce(s.stocked, 0)::int as stocked_quantity, coalesce(s.reserved, 0)::int as reserved_quantity,
            coalesce(s.levels, '[]') as location_levels, count(*) over ()::int as count
     from inventory_item i
     left join lateral (
       select sum(l.stocked_quantity) as stocked, sum(l.reserved_quantity) as reserved,
              json_agg(json_build_object('id', l.id, 'inventory_item_id', l.inventory_item_id, 'location_id', l.location_id,
                'stocked_quantity', l.stocked_quantity, 'reserved_quantity', l.reserved_quantity,
                'incoming_quantity', l.incoming_quantity, 'available_quantity', l.stocked_quantity - l.reserved_quantity,
                'metadata', null, 'created_at', l.created_at, 'updated_at', l.updated_at, 'deleted_at', null) order by l.id) as levels
       from inventory_level l where l.tenant_id = $1 and l.inventory_item_id = i.id) s on true
     where i.tenant_id = $1 and i.deleted_at is null and ($2::text[] is null or i.id = any($2))
       and ($3::text[] is null or i.sku = any($3)) and ${hasWords('$4', 'i.title', 'i.sku')}
       and ($5::text[] is null or exists (select 1 from inventory_level x where x.tenant_id = $1
            and x.inventory_item_id = i.id and x.location_id = any($5)))
       and ($6::text[] is null or i.vendor_id = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.sku, filter.q, filter.locationId, filter.vendorIds, page.limit, page.offset],
  )
}

/** The levels of one item. */
export function levelsOfItemStatement(
  tenantId: string,
  itemId: string,
  page: ListPage,
  locationIds: readonly string[] | null,
): Statement<InventoryLevelRow & { count: number; stock_locations: object[] }> {
  const order = orderBy('l', page.order)
  return statement(
    `inventory.levels_of_item.${order.name}`,
    `select l.id, l.inventory_item_id, l.location_id, l.stocked_quantity, l.reserved_quantity, l.incoming_quantity,
            l.stocked_quantity - l.reserved_quantity as available_quantity, null as metadata, l.created_at, l.updated_at,
            null as deleted_at, count(*) over ()::int as count,
            (select json_agg(json_build_object('id', s.id, 'name', s.name, 'metadata', s.metadata, 'address', s.address,
               'created_at', s.created_at, 'updated_at', s.updated_at, 'deleted_at', s.deleted_at))
             from stock_location s where s.tenant_id = $1 and s.id = l.location_id) as stock_locations
     from inventory_level l where l.tenant_id = $1 and l.inventory_item_id = $2 and ($3::text[] is null or l.location_id = any($3))
     ${order.sql} limit $4 offset $5`,
    [tenantId, itemId, locationIds, page.limit, page.offset],
  )
}

export interface LevelInput {
  stocked_quantity?: number | undefined
  incoming_quantity?: number | undefined
}

/**
 * Begins to count an item at a location of the same vendor. A level that holds nothing, as new products have it, is filled.
 * @throws not_found for the item or location; invalid_data when something is counted there already
 */
export async function createInventoryLevel(unit: Unit, itemId: string, locationId: string, input: LevelInput): Promise<void> {
  const [made] = await unit.run(
    statement<{ known: boolean; has_location: boolean; written: boolean }>(
      'inventory.insert_level',
      `with pair as (
         select i.id as item_id, s.id as location_id, i.vendor_id from inventory_item i
         join stock_location s on s.tenant_id = i.tenant_id and s.vendor_id = i.vendor_id
         where i.tenant_id = $1 and i.id = $2 and i.deleted_at is null and s.id = $3 and s.deleted_at is null
       ), written as (
         insert into inventory_level as l (tenant_id, id, inventory_item_id, location_id, vendor_id, stocked_quantity, incoming_quantity)
         select $1, $4, pair.item_id, pair.location_id, pair.vendor_id, $5, $6 from pair
         on conflict (tenant_id, inventory_item_id, location_id) do update
           set stocked_quantity = excluded.stocked_quantity, incoming_quantity = excluded.incoming_quantity, updated_at = now()
           where l.stocked_quantity = 0 and l.reserved_quantity = 0 and l.incoming_quantity = 0
         returning l.id
       )
       select exists (select 1 from pair) as known, exists (select 1 from written) as written,
              exists (select 1 from stock_location s where s.tenant_id = $1 and s.id = $3 and s.deleted_at is null) as has_location`,
      [tenantOf(unit), itemId, locationId, newId('ilev'), input.stocked_quantity ?? 0, input.incoming_quantity ?? 0],
    ),
  )
  if (made?.has_location !== true) throw notFound(`Stock locations with ids: ${locationId} was not found`)
  if (!made.known) throw notFound(`Inventory item with id: ${itemId} was not found at the vendor of location ${locationId}`)
  if (!made.written) {
    throw alreadyExists(`Inventory level with inventory_item_id: ${itemId}, location_id: ${locationId}, already exists.`)
  }
}

/**
 * Sets what is on the shelf and on its way at a location.
 * @throws not_found where the item is not counted; invalid_data below what is promised to orders
 */
export async function updateInventoryLevel(unit: Unit, itemId: string, locationId: string, input: LevelInput): Promise<void> {
  const [level] = await unit.run(
    statement<{ id: string }>(
      'inventory.set_incoming',
      `update inventory_level set incoming_quantity = coalesce($4, incoming_quantity), updated_at = now()
       where tenant_id = $1 and inventory_item_id = $2 and location_id = $3 returning id`,
      [tenantOf(unit), itemId, locationId, input.incoming_quantity ?? null],
    ),
  )
  if (level === undefined) throw notFound(`Item ${itemId} is not stocked at location ${locationId}`)
  if (input.stocked_quantity !== undefined) await setStock(unit, itemId, locationId, input.stocked_quantity)
}
