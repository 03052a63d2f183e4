import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import {
  createShippingOptionType,
  deleteShippingOptionType,
  listShippingOptionTypesStatement,
  updateShippingOptionType,
} from '../../shipping/index.js'
import { findToChange, id, ids, name, ownerOf, q, reach, reading, removal, text, write } from './shared.js'

const typeFields: FieldsPolicy = { defaults: ['id', 'label', 'description', 'code', 'vendor_id', 'created_at', 'updated_at', 'deleted_at'] }

const types = reading({
  path: '/admin/shipping-option-types',
  limit: 10,
  singular: 'shipping_option_type',
  plural: 'shipping_option_types',
  label: 'Shipping option type',
  access: 'shipping:read',
  query: z.strictObject({ q, id: ids }),
  narrowing: { table: 'shipping_option_type', columns: { label: 'text', code: 'text', description: 'text' } },
  fields: typeFields,
  orderable: ['id', 'created_at', 'updated_at', 'label'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listShippingOptionTypesStatement(
        tenantOf(request.context),
        { id: query.id ?? null, q: wordPatterns(query.q), vendorIds: reach(request, 'shipping:read') },
        page,
      ),
    ),
})

export const routes: Route[] = [
  ...types.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/shipping-option-types',
    summary: "Create a kind of delivery of a vendor, or of the store's own",
    access: 'shipping:write',
    body: z.strictObject({ label: name, code: name, description: text.optional(), vendor_id: id.optional() }),
    fields: typeFields,
    ids: { vendor_id: 'vendor' },
    async handle(request) {
      const made = await write(request, async (unit) => {
        const vendorId = await ownerOf(unit, request, 'shipping:write', request.body.vendor_id)
        return createShippingOptionType(unit, { ...request.body, vendor_id: vendorId })
      })
      return types.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/shipping-option-types/:id',
    summary: 'Change a kind of delivery',
    access: 'shipping:write',
    body: z.strictObject({ label: name.optional(), code: name.optional(), description: text.nullish() }),
    fields: typeFields,
    ids: { id: 'shipping_option_type' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findToChange(unit, request, 'shipping:write', 'shipping_option_type', wanted)
        await updateShippingOptionType(unit, wanted, request.body)
      })
      return types.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/shipping-option-types',
    object: 'shipping_option_type',
    kind: 'unused_shipping_option_type',
    summary: 'Take a kind of delivery that nothing is of out of use',
    access: 'shipping:write',
    within: 'shipping_option_type',
    remove: deleteShippingOptionType,
  }),
]
