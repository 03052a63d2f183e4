import { z } from 'zod'
import { readPage, singlePage, tenantOf, vendorOf } from '../../db/index.js'
import { address, type FieldsPolicy, oneOrMany, type RequestContext, type Route, route } from '../../http/index.js'
import { findItemStatement, listLevelsStatement, listLocationsStatement, setStock } from '../../inventory/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import { addStockLocation } from '../../vendors/index.js'
import { listed } from '../store/shared.js'

const levelFields: FieldsPolicy = {
  defaults: [
    'id',
    'inventory_item_id',
    'location_id',
    'location_name',
    'sku',
    'title',
    'variant_id',
    'product_title',
    'stocked_quantity',
    'reserved_quantity',
    'available_quantity',
    'updated_at',
  ],
}
const locationFields: FieldsPolicy = { defaults: ['id', 'name', 'address.*', 'metadata', 'created_at', 'updated_at'] }

const id = z.string().min(1).max(64)
const levelBody = z.strictObject({
  inventory_item_id: id.optional(),
  sku: z.string().min(1).max(limits.name_characters).optional(),
  location_id: id.optional(),
  stocked_quantity: z.int().min(0).max(1_000_000_000),
})
type LevelBody = z.output<typeof levelBody>

function noLocation(id: string | null): string {
  if (id === null) return 'You have no stock location yet: add one with POST /vendor/stock-locations'
  return `Stock location with id: ${id} was not found among your own: GET /vendor/stock-locations lists them`
}

/** Sets the stock, and answers the item and location that were meant. */
async function setLevel({ context }: RequestContext<unknown, LevelBody>, body: LevelBody) {
  if ((body.inventory_item_id === undefined) === (body.sku === undefined)) {
    throw invalidData('Name the item by inventory_item_id or by sku, one of them')
  }
  return context.db.unitOfWork(context.scope, async (unit) => {
    const wanted = { itemId: body.inventory_item_id ?? null, sku: body.sku ?? null, locationId: body.location_id ?? null }
    const [found] = await unit.run(findItemStatement(tenantOf(unit), wanted))
    if (found?.inventory_item_id == null) {
      throw notFound(`Inventory item with ${wanted.itemId === null ? `sku: ${wanted.sku}` : `id: ${wanted.itemId}`} was not found`)
    }
    if (found.location_id === null) throw notFound(noLocation(wanted.locationId))
    await setStock(unit, found.inventory_item_id, found.location_id, body.stocked_quantity)
    return { itemId: found.inventory_item_id, locationId: found.location_id }
  })
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/inventory-levels',
    summary: "List the vendor's stock, one row for each item and location",
    access: 'inventory:read',
    query: z.strictObject({ sku: oneOrMany.optional(), inventory_item_id: oneOrMany.optional() }),
    fields: levelFields,
    page: { limit: 50, orderable: ['id'] },
    async handle(request) {
      const { context, query, page } = request
      const filter = {
        sku: query.sku ?? null,
        itemId: query.inventory_item_id ?? null,
        vendorIds: null,
      }
      const { rows, count } = await readPage(context, page, (part) => listLevelsStatement(tenantOf(context), { ...filter, ...part }))
      return listed('inventory_levels', rows, request, count)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/inventory-levels',
    summary: 'Set what is on the shelf, by item or SKU; at the first location when none is named',
    access: 'inventory:write',
    body: levelBody,
    fields: levelFields,
    ids: { inventory_item_id: 'inventory_item', location_id: 'stock_location' },
    async handle(request) {
      const { context } = request
      const { itemId, locationId } = await setLevel(request, request.body)
      const filter = { sku: null, itemId: [itemId], vendorIds: null, limit: limits.page, offset: 0 }
      const rows = await context.db.read(context.scope, listLevelsStatement(tenantOf(context), filter))
      return { inventory_level: request.fields.project(rows.find((row) => row.location_id === locationId)) }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/stock-locations',
    summary: 'List the places that the vendor sends from',
    access: 'shipping:read',
    fields: locationFields,
    page: { limit: 50, orderable: ['id'] },
    async handle(request) {
      const { context, page } = request
      const { rows, count } = await readPage(context, page, (part) => listLocationsStatement(tenantOf(context), null, part))
      return listed('stock_locations', rows, request, count)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/stock-locations',
    summary: "Add a place to send from; it serves the store's default channel",
    access: 'shipping:write',
    body: z.strictObject({
      name: z.string().trim().min(1).max(limits.name_characters),
      address: address.omit({ id: true, metadata: true }).nullish(),
    }),
    fields: locationFields,
    async handle(request) {
      const { context, body } = request
      const { name, address: place } = body
      const written =
        place == null ? null : (Object.fromEntries(Object.entries(place).filter(([, value]) => value != null)) as Record<string, string>)
      const made = await context.db.unitOfWork(context.scope, (unit) =>
        addStockLocation(unit, vendorOf(context), { name, address: written }),
      )
      const [row] = await context.db.read(context.scope, listLocationsStatement(tenantOf(context), made, singlePage))
      return { stock_location: request.fields.project(row) }
    },
  }),
]
