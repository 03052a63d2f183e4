import { z } from 'zod'
import { variantsOfItemsStatement } from '../../catalog/index.js'
import { readPage, tenantOf, wordPatterns } from '../../db/index.js'
import { type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import {
  changeInventoryLevels,
  createInventoryItem,
  createInventoryLevel,
  deleteInventoryItem,
  deleteInventoryLevel,
  itemDescription,
  itemsOfLevels,
  levelsOfItemStatement,
  listInventoryItemsStatement,
  updateInventoryItem,
  updateInventoryLevel,
} from '../../inventory/index.js'
import { limits } from '../../kernel/index.js'
import { type AnyRequest, deleted, findWithin, id, idList, ids, name, ownerOf, q, reach, reading, removal, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'sku',
    'title',
    'requires_shipping',
    ...itemDescription,
    'vendor_id',
    'stocked_quantity',
    'reserved_quantity',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'location_levels.*',
  ],
  extra: ['variants.*', 'variants.options.*', 'variants.product.*'],
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
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
  ],
  // A level is of one location; Medusa's clients read it as a list.
  extra: ['stock_locations.*'],
}

/** Rows with the variants that draw on them and that the caller may read, where those are asked for. */
async function withVariants<Row extends { id: string }>(request: AnyRequest, rows: Row[]): Promise<Row[]> {
  if (!request.fields.has('variants') || rows.length === 0) return rows
  const { context } = request
  const wanted = rows.map((row) => row.id)
  const within = reach(request, 'products:read')
  const found = await context.db.read(context.scope, variantsOfItemsStatement(tenantOf(context), wanted, within))
  const byItem = new Map(found.map(({ inventory_item_id, variants }) => [inventory_item_id, variants]))
  return rows.map((row) => ({ ...row, variants: byItem.get(row.id) ?? [] }))
}

const items = reading({
  path: '/admin/inventory-items',
  singular: 'inventory_item',
  plural: 'inventory_items',
  label: 'Inventory item',
  access: 'inventory:read',
  query: z.strictObject({
    q,
    id: ids,
    sku: oneOrMany.optional(),
    location_id: ids,
    location_levels: z.strictObject({ location_id: ids }).optional(),
  }),
  narrowing: {
    table: 'inventory_item',
    columns: {
      sku: 'text',
      title: 'text',
      description: 'text',
      origin_country: 'text',
      mid_code: 'text',
      hs_code: 'text',
      material: 'text',
      requires_shipping: 'boolean',
      weight: 'number',
      length: 'number',
      height: 'number',
      width: 'number',
    },
  },
  fields,
  limit: 20,
  orderable: ['id', 'created_at', 'updated_at', 'sku', 'title'],
  async load(request, query, page) {
    const { context } = request
    const filter = {
      id: query.id ?? null,
      sku: query.sku ?? null,
      q: wordPatterns(query.q),
      locationId: query.location_levels?.location_id ?? query.location_id ?? null,
      vendorIds: reach(request, 'inventory:read'),
    }
    return withVariants(request, await context.db.read(context.scope, listInventoryItemsStatement(tenantOf(context), filter, page)))
  },
})

const pieces = z.int().min(0).max(1_000_000_000)
const quantities = { stocked_quantity: pieces.optional(), incoming_quantity: pieces.optional() }

const word = z.string().max(limits.name_characters).nullish()
const measure = z.number().min(0).max(1_000_000_000).nullish()
const columns = {
  sku: name.nullish(),
  title: name.nullish(),
  requires_shipping: z.boolean().optional(),
  description: text.nullish(),
  thumbnail: z.string().max(2_000).nullish(),
  hs_code: word,
  mid_code: word,
  origin_country: word,
  material: word,
  unit_of_measure: word,
  weight: measure,
  length: measure,
  height: measure,
  width: measure,
  metadata,
}
const newLevel = z.strictObject({ location_id: id, ...quantities })

const itemRoutes: Route[] = [
  ...items.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items',
    summary: "Create an inventory item of a vendor, or of the store's own",
    access: 'inventory:write',
    body: z.strictObject({ vendor_id: id.optional(), ...columns, location_levels: z.array(newLevel).max(limits.batch).default([]) }),
    fields,
    ids: { vendor_id: 'vendor', location_id: 'stock_location' },
    async handle(request) {
      const made = await write(request, async (unit) => {
        const vendorId = await ownerOf(unit, request, 'inventory:write', request.body.vendor_id)
        const { location_levels: levels, ...item } = request.body
        return createInventoryItem(unit, { ...item, vendor_id: vendorId }, levels)
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
    summary: 'Take an inventory item out of use; variants draw on it no longer',
    access: 'inventory:write',
    within: 'inventory_item',
    remove: deleteInventoryItem,
  }),
]

const newLevels = z.array(newLevel).max(limits.batch).default([])
// A level is known by its location; the id that clients may send with it must say the same.
const changedLevels = z
  .array(z.object({ id: id.optional(), ...newLevel.shape }))
  .max(limits.batch)
  .default([])

async function levelsOf({ context, fields: tree }: AnyRequest, itemId: string): Promise<Map<string, unknown>> {
  const page = { limit: limits.page, offset: 0, order: { field: 'id', descending: false } }
  const rows = await context.db.read(context.scope, levelsOfItemStatement(tenantOf(context), itemId, page, null))
  return new Map(rows.map((row) => [row.location_id, tree.project(row)]))
}

const levelOf = z.object({ inventory_item_id: id, ...newLevel.shape })
const levelsOfMany = <Level extends z.ZodType>(level: Level) => z.array(level).max(limits.batch).default([])

/** Levels of several items, as the batch names them. */
async function namedLevels({ context }: AnyRequest, named: readonly { inventory_item_id: string; location_id: string }[]) {
  const page = { limit: limits.page, offset: 0, order: { field: 'id', descending: false } }
  const itemIds = [...new Set(named.map((level) => level.inventory_item_id))]
  const rows = await context.db.readAll(
    context.scope,
    itemIds.map((itemId) => levelsOfItemStatement(tenantOf(context), itemId, page, null)),
  )
  const levels = new Map(
    rows.flat().map(({ count: _count, stock_locations: _places, ...row }) => [`${row.inventory_item_id} ${row.location_id}`, row]),
  )
  return named.map((level) => levels.get(`${level.inventory_item_id} ${level.location_id}`))
}

const levelRoutes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items/location-levels/batch',
    summary: 'Change where items are counted, all or none',
    access: 'inventory:write',
    body: z.strictObject({
      create: levelsOfMany(levelOf),
      update: levelsOfMany(levelOf.extend({ id: id.optional() })),
      delete: idList.default([]),
      force: z.boolean().optional(),
    }),
    ids: { inventory_item_id: 'inventory_item', location_id: 'stock_location', update: 'inventory_level', delete: 'inventory_level' },
    async handle(request) {
      const { create, update, delete: remove, force } = request.body
      await write(request, async (unit) => {
        const itemOfLevel = await itemsOfLevels(unit, remove)
        const touched = [...create, ...update].map((level) => level.inventory_item_id)
        for (const itemId of [...new Set([...touched, ...itemOfLevel.values()])].sort()) {
          await findWithin(unit, request, 'inventory:write', 'inventory_item', itemId)
          const ofItem = <Level extends { inventory_item_id: string }>(levels: readonly Level[]) =>
            levels.filter((level) => level.inventory_item_id === itemId).map(({ inventory_item_id: _item, ...level }) => level)
          const removed = remove.filter((levelId) => itemOfLevel.get(levelId) === itemId)
          await changeInventoryLevels(unit, itemId, { create: ofItem(create), update: ofItem(update), remove: removed, force })
        }
      })
      return {
        created: await namedLevels(request, create),
        updated: await namedLevels(request, update),
        deleted: remove,
      }
    },
  }),
  // Before /location-levels/:location_id, which would take "batch" for an id.
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items/:id/location-levels/batch',
    summary: 'Change where an item is counted, all or none',
    access: 'inventory:write',
    body: z.strictObject({ create: newLevels, update: changedLevels, delete: idList.default([]), force: z.boolean().optional() }),
    fields: levelFields,
    ids: { id: 'inventory_item', location_id: 'stock_location', update: 'inventory_level', delete: 'inventory_level' },
    async handle(request) {
      const wanted = request.params.id as string
      const { create, update, delete: remove, force } = request.body
      await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', wanted)
        await changeInventoryLevels(unit, wanted, { create, update, remove, force })
      })
      const levels = await levelsOf(request, wanted)
      const at = (changes: { location_id: string }[]) => changes.map((change) => levels.get(change.location_id))
      return { created: at(create), updated: at(update), deleted: remove }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/inventory-items/:id/location-levels',
    summary: 'List how much of an item is where',
    access: 'inventory:read',
    fields: levelFields,
    query: z.strictObject({ location_id: ids }),
    page: { limit: 50, orderable: ['id', 'created_at', 'updated_at'] },
    ids: { id: 'inventory_item', location_id: 'stock_location' },
    async handle(request) {
      const { context, page, fields: tree } = request
      const wanted = request.params.id as string
      await items.answer(request, wanted)
      const locationIds = request.query.location_id ?? null
      const { rows, count } = await readPage(context, page, (part) => levelsOfItemStatement(tenantOf(context), wanted, part, locationIds))
      const { offset, limit } = page
      return { inventory_levels: rows.map((row) => tree.project(row)), count, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/inventory-items/:id/location-levels',
    summary: 'Begin to count an item at a location of its vendor',
    access: 'inventory:write',
    body: newLevel,
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
      const gone = await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', wanted)
        return deleteInventoryLevel(unit, wanted, locationId)
      })
      return { ...deleted('inventory-level', gone), parent: (await items.answer(request, wanted)).inventory_item }
    },
  }),
]

export const routes: Route[] = [...itemRoutes, ...levelRoutes]
