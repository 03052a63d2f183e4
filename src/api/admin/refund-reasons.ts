import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { createReason, deleteReason, listRefundReasonsStatement, updateReason } from '../../returns/index.js'
import { deleted, ids, name, q, reading, text, write } from './shared.js'

const fields: FieldsPolicy = { defaults: ['id', 'code', 'label', 'description', 'metadata', 'created_at', 'updated_at', 'deleted_at'] }

const reasons = reading({
  path: '/admin/refund-reasons',
  limit: 15,
  singular: 'refund_reason',
  plural: 'refund_reasons',
  label: 'Refund reason',
  access: 'orders:read',
  query: z.strictObject({ q, id: ids }),
  narrowing: { table: 'refund_reason', columns: { code: 'text', label: 'text', description: 'text' } },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'code', 'label'],
  load: ({ context }, query, page) =>
    context.db.read(context.scope, listRefundReasonsStatement(tenantOf(context), { id: query.id ?? null, q: wordPatterns(query.q) }, page)),
})

export const routes: Route[] = [
  ...reasons.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/refund-reasons',
    summary: 'Add a reason why money goes back',
    access: 'returns:write',
    body: z.strictObject({ label: name, code: name, description: text.nullish(), metadata }),
    fields,
    async handle(request) {
      return reasons.answer(request, await write(request, (unit) => createReason(unit, 'refund_reason', request.body)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/refund-reasons/:id',
    summary: 'Change a reason why money goes back',
    access: 'returns:write',
    body: z.strictObject({ label: name.optional(), code: name.optional(), description: text.nullish(), metadata }),
    fields,
    ids: { id: 'refund_reason' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateReason(unit, 'refund_reason', wanted, request.body as Partial<{ code: string }>))
      return reasons.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/refund-reasons/:id',
    summary: 'Take a reason out of use',
    access: 'returns:write',
    ids: { id: 'refund_reason' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteReason(unit, 'refund_reason', wanted))
      return deleted('refund_reason', wanted)
    },
  }),
]
