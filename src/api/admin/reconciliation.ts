import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { toMajor } from '../../kernel/index.js'
import {
  acknowledgeException,
  listExceptionsStatement,
  listRunsStatement,
  type ReconciliationException,
  requestReconciliation,
} from '../../reconciliation/index.js'
import { id, ids, needWholeStore, reading, text } from './shared.js'

const runFields: FieldsPolicy = {
  defaults: [
    'id',
    'payment_account_id',
    'state',
    'since',
    'seen_until',
    'movements',
    'found',
    'resolved',
    'requested_by',
    'finished_at',
    'created_at',
    'updated_at',
  ],
}
const exceptionFields: FieldsPolicy = {
  defaults: [
    'id',
    'payment_account_id',
    'kind',
    'reference',
    'amount',
    'currency_code',
    'detail',
    'first_seen_at',
    'resolved_at',
    'acknowledged_at',
    'acknowledged_by',
    'note',
    'created_at',
    'updated_at',
  ],
}

const runs = reading({
  path: '/admin/reconciliation/runs',
  singular: 'reconciliation_run',
  plural: 'reconciliation_runs',
  label: 'Reconciliation run',
  access: 'reconciliation:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, payment_account_id: ids, state: ids }),
  ids: { payment_account_id: 'payment_account' },
  fields: runFields,
  orderable: ['id', 'created_at', 'updated_at', 'finished_at'],
  descending: true,
  load: ({ context }, query, page) => {
    const filter = { id: query.id ?? null, accountId: query.payment_account_id ?? null, state: query.state ?? null }
    return context.db.read(context.scope, listRunsStatement(tenantOf(context), filter, page))
  },
})

const exceptions = reading({
  path: '/admin/reconciliation/exceptions',
  singular: 'reconciliation_exception',
  plural: 'reconciliation_exceptions',
  label: 'Reconciliation exception',
  access: 'reconciliation:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, payment_account_id: ids, kind: ids, state: z.enum(['open', 'resolved']).optional() }),
  ids: { payment_account_id: 'payment_account' },
  fields: exceptionFields,
  orderable: ['id', 'first_seen_at', 'created_at', 'updated_at'],
  descending: true,
  load: ({ context }, query, page) => {
    const filter = {
      id: query.id ?? null,
      accountId: query.payment_account_id ?? null,
      kind: query.kind ?? null,
      state: query.state ?? null,
    }
    return context.db.read(context.scope, listExceptionsStatement(tenantOf(context), filter, page))
  },
  render: ({ amount_minor, ...exception }: ReconciliationException) => ({
    ...exception,
    amount: amount_minor === null || exception.currency_code === null ? null : toMajor(amount_minor, exception.currency_code),
  }),
})

export const routes: Route[] = [
  ...runs.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/reconciliation/runs',
    summary: 'Hold an account at a payment provider, or all of them, against the books now; the answer comes with the run',
    access: 'reconciliation:write',
    body: z.strictObject({ payment_account_id: id.optional() }),
    ids: { payment_account_id: 'payment_account' },
    fields: runFields,
    async handle(request) {
      needWholeStore(request, 'reconciliation:write')
      const { context, fields } = request
      const begun = await requestReconciliation(context, request.body.payment_account_id ?? null)
      const page = { ...singlePage, limit: begun.length }
      const filter = { id: begun, accountId: null, state: null }
      const rows = await context.db.read(context.scope, listRunsStatement(tenantOf(context), filter, page))
      return { reconciliation_runs: rows.map((row) => fields.project(row)), count: rows.length, offset: 0, limit: begun.length }
    },
  }),
  ...exceptions.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/reconciliation/exceptions/:id/acknowledge',
    summary: 'Note that somebody has looked at what differs; it stays open until a run finds it resolved',
    access: 'reconciliation:write',
    body: z.strictObject({ note: text.trim().min(1) }),
    fields: exceptionFields,
    ids: { id: 'reconciliation_exception' },
    async handle(request) {
      needWholeStore(request, 'reconciliation:write')
      const wanted = request.params.id as string
      await acknowledgeException(request.context, wanted, request.body.note)
      return exceptions.answer(request, wanted)
    },
  }),
]
