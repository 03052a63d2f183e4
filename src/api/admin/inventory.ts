import { z } from 'zod'
import { containsPattern, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import {
  changeInventoryLevels,
  createInventoryItem,
  createInventoryLevel,
  deleteInventoryItem,
  deleteInventoryLevel,
  levelsOfItemStatement,
  listInventoryItemsStatement,
  updateInventoryItem,
  updateInventoryLevel,
} from '../../inventory/index.js'
import { limits } from '../../kernel/index.js'
import { type AnyRequest, deleted, findWithin, id, idList, ids, name, ownerOf, q, reach, reading, removal, write } from './shared.js'

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

const columns = { sku: name.nullish(), title: name.nullish(), requires_shipping: z.boolean().optional(), metadata }

const itemRoutes: Route[] = [
  ...items.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items',
    summary: "Create an inventory item of a vendor, or of the store's own",
    access: 'inventory:write',
    body: z.strictObject({ vendor_id: id.optional(), ...columns }),
    fields,
    ids: { vendor_id: 'vendor' },
    async handle(request) {
      const made = await write(request, async (unit) => {
        const vendorId = await ownerOf(unit, request, 'inventory:write', request.body.vendor_id)
        return createInventoryItem(unit, { ...request.body, vendor_id: vendorId })
      })
      return items.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items/:id',
    summary: 'Change an inventory item',
    access: 'inventory:write',
    body: z.strictObject(columns),
    fields,
    ids: { id: 'inventory_item' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', wanted)
        await updateInventoryItem(unit, wanted, request.body)
      })
      return items.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/inventory-items',
    object: 'inventory_item',
    kind: 'unused_inventory_item',
    summary: 'Take an inventory item that no variant draws on out of use',
    access: 'inventory:write',
    within: 'inventory_item',
    remove: deleteInventoryItem,
  }),
]

const levelChanges = z
  .array(z.strictObject({ location_id: id, ...quantities }))
  .max(limits.batch)
  .default([])

async function levelsOf({ context, fields: tree }: AnyRequest, itemId: string): Promise<Map<string, unknown>> {
  const page = { limit: limits.page, offset: 0, order: { field: 'id', descending: false } }
  const rows = await context.db.read(context.scope, levelsOfItemStatement(tenantOf(context), itemId, page))
  return new Map(rows.map((row) => [row.location_id, tree.project(row)]))
}

const levelRoutes: Route[] = [
  // Before /location-levels/:location_id, which would take "batch" for an id.
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items/:id/location-levels/batch',
    summary: 'Change where an item is counted, all or none',
    access: 'inventory:write',
    body: z.strictObject({ create: levelChanges, update: levelChanges, delete: idList.default([]) }),
    fields: levelFields,
    ids: { id: 'inventory_item', delete: 'inventory_level' },
    async handle(request) {
      const wanted = request.params.id as string
      const { create, update, delete: remove } = request.body
      await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', wanted)
        await changeInventoryLevels(unit, wanted, { create, update, remove })
      })
      const levels = await levelsOf(request, wanted)
      const at = (changes: { location_id: string }[]) => changes.map((change) => levels.get(change.location_id))
      return { created: at(create), updated: at(update), deleted: { ids: remove, object: 'inventory-level', deleted: true } }
    },
  }),
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
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/inventory-items/:id/location-levels/:location_id',
    summary: 'No longer count an item at a location',
    access: 'inventory:write',
    fields,
    ids: { id: 'free_item', location_id: 'stock_location' },
    async handle(request) {
      const wanted = request.params.id as string
      const locationId = request.params.location_id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', wanted)
        await deleteInventoryLevel(unit, wanted, locationId)
      })
      return { ...deleted('inventory-level', locationId), parent: (await items.answer(request, wanted)).inventory_item }
    },
  }),
]

export const routes: Route[] = [...itemRoutes, ...levelRoutes]
