import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { createReason, deleteReason, listReturnReasonsStatement, updateReason } from '../../returns/index.js'
import { deleted, id, ids, name, q, reading, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'value',
    'label',
    'parent_return_reason_id',
    'description',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'parent_return_reason.*',
    'return_reason_children.*',
  ],
}

const reasons = reading({
  path: '/admin/return-reasons',
  limit: 20,
  singular: 'return_reason',
  plural: 'return_reasons',
  label: 'Return reason',
  access: 'orders:read',
  query: z.strictObject({ q, id: ids, value: ids, parent_return_reason_id: ids }),
  narrowing: { table: 'return_reason', columns: { value: 'text', label: 'text', description: 'text' } },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'value', 'label'],
  load: ({ context }, query, page) => {
    const filter = {
      id: query.id ?? null,
      value: query.value ?? null,
      parentId: query.parent_return_reason_id ?? null,
      q: wordPatterns(query.q),
    }
    return context.db.read(context.scope, listReturnReasonsStatement(tenantOf(context), filter, page))
  },
})

export const routes: Route[] = [
  ...reasons.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/return-reasons',
    summary: 'Add a reason why goods come back',
    access: 'returns:write',
    body: z.strictObject({ value: name, label: name, description: text.nullish(), parent_return_reason_id: id.nullish(), metadata }),
    fields,
    ids: { parent_return_reason_id: 'return_reason' },
    async handle(request) {
      return reasons.answer(request, await write(request, (unit) => createReason(unit, 'return_reason', request.body)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/return-reasons/:id',
    summary: 'Change a reason why goods come back',
    access: 'returns:write',
    body: z.strictObject({ value: name.optional(), label: name.optional(), description: text.nullish(), metadata }),
    fields,
    ids: { id: 'return_reason' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateReason(unit, 'return_reason', wanted, request.body as Partial<{ value: string }>))
      return reasons.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/return-reasons/:id',
    summary: 'Take a reason out of use',
    access: 'returns:write',
    ids: { id: 'return_reason' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteReason(unit, 'return_reason', wanted))
      return deleted('return_reason', wanted)
    },
  }),
]
