import { z } from 'zod'
import { containsPattern, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { createInventoryLevel, levelsOfItemStatement, listInventoryItemsStatement, updateInventoryLevel } from '../../inventory/index.js'
import { findWithin, id, ids, q, reach, reading, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'sku',
    'title',
    'requires_shipping',
    'vendor_id',
    'stocked_quantity',
    'reserved_quantity',
    'metadata',
    'created_at',
    'updated_at',
    'location_levels.*',
  ],
}
const levelFields: FieldsPolicy = {
  defaults: [
    'id',
    'inventory_item_id',
    'location_id',
    'stocked_quantity',
    'reserved_quantity',
    'incoming_quantity',
    'available_quantity',
    'created_at',
    'updated_at',
  ],
}

const items = reading({
  path: '/admin/inventory-items',
  singular: 'inventory_item',
  plural: 'inventory_items',
  label: 'Inventory item',
  access: 'inventory:read',
  query: z.strictObject({ q, id: ids, sku: oneOrMany.optional(), location_id: ids }),
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'sku', 'title'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listInventoryItemsStatement(
        tenantOf(request.context),
        {
          id: query.id ?? null,
          sku: query.sku ?? null,
          q: containsPattern(query.q),
          locationId: query.location_id ?? null,
          vendorIds: reach(request, 'inventory:read'),
        },
        page,
      ),
    ),
})

const pieces = z.int().min(0).max(1_000_000_000)
const quantities = { stocked_quantity: pieces.optional(), incoming_quantity: pieces.optional() }

export const routes: Route[] = [
  ...items.routes,
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/inventory-items/:id/location-levels',
    summary: 'List how much of an item is where',
    access: 'inventory:read',
    fields: levelFields,
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at'] },
    ids: { id: 'inventory_item' },
    async handle(request) {
      const { context, page, fields: tree } = request
      const wanted = request.params.id as string
      await items.answer(request, wanted)
      const rows = await context.db.read(context.scope, levelsOfItemStatement(tenantOf(context), wanted, page))
      const { offset, limit } = page
      return { inventory_levels: rows.map((row) => tree.project(row)), count: rows[0]?.count ?? 0, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items/:id/location-levels',
    summary: 'Begin to count an item at a location of its vendor',
    access: 'inventory:write',
    body: z.strictObject({ location_id: id, ...quantities }),
    fields,
    ids: { id: 'inventory_item', location_id: 'stock_location' },
    async handle(request) {
      const wanted = request.params.id as string
      const { location_id: locationId, ...input } = request.body
      await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', wanted)
        await createInventoryLevel(unit, wanted, locationId, input)
      })
      return items.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items/:id/location-levels/:location_id',
    summary: 'Set how much of an item is on the shelf and on its way',
    access: 'inventory:write',
    body: z.strictObject(quantities),
    fields,
    ids: { id: 'inventory_item', location_id: 'stock_location' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', wanted)
        await updateInventoryLevel(unit, wanted, request.params.location_id as string, request.body)
      })
      return items.answer(request, wanted)
    },
  }),
]
