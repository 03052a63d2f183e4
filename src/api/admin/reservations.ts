import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { createReservation, deleteReservation, listReservationsStatement, updateReservation } from '../../inventory/index.js'
import { limits } from '../../kernel/index.js'
import { findWithin, id, ids, reach, reading, removal, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'inventory_item_id',
    'location_id',
    'vendor_id',
    'quantity',
    'line_item_id',
    'description',
    'metadata',
    'created_by',
    'created_at',
    'updated_at',
    'deleted_at',
    'inventory_item.*',
  ],
}

const reservations = reading({
  path: '/admin/reservations',
  singular: 'reservation',
  plural: 'reservations',
  label: 'Reservation',
  access: 'inventory:read',
  query: z.strictObject({ id: ids, inventory_item_id: ids, location_id: ids, line_item_id: ids }),
  narrowing: { table: 'reservation', columns: { description: 'text', quantity: 'number', created_by: 'text' } },
  fields,
  limit: 20,
  orderable: ['id', 'created_at', 'updated_at', 'quantity'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listReservationsStatement(
        tenantOf(request.context),
        {
          id: query.id ?? null,
          itemId: query.inventory_item_id ?? null,
          locationId: query.location_id ?? null,
          lineItemId: query.line_item_id ?? null,
          vendorIds: reach(request, 'inventory:read'),
        },
        page,
      ),
    ),
})

const quantity = z.int().min(1).max(limits.quantity)

export const routes: Route[] = [
  ...reservations.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/reservations',
    summary: 'Keep pieces back at a location',
    access: 'inventory:write',
    body: z.strictObject({
      location_id: id,
      inventory_item_id: id,
      quantity,
      description: text.nullish(),
      line_item_id: id.nullish(),
      metadata,
    }),
    fields,
    // A line that somebody notes is whatever they call it.
    ids: { inventory_item_id: 'inventory_item', location_id: 'stock_location', line_item_id: 'external_id' },
    async handle(request) {
      const made = await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'inventory_item', request.body.inventory_item_id)
        return createReservation(unit, request.body, request.context.actorId)
      })
      return reservations.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/reservations/:id',
    summary: 'Change how many pieces are kept back, or why',
    access: 'inventory:write',
    body: z.strictObject({ quantity: quantity.optional(), location_id: id.optional(), description: text.nullish(), metadata }),
    fields,
    ids: { id: 'reservation', location_id: 'stock_location' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'inventory:write', 'reservation', wanted)
        await updateReservation(unit, wanted, request.body)
      })
      return reservations.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/reservations',
    object: 'reservation',
    summary: 'Give back what was kept back',
    access: 'inventory:write',
    within: 'reservation',
    remove: deleteReservation,
  }),
]
