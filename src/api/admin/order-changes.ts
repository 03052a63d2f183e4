import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { notAllowed } from '../../kernel/index.js'
import {
  noteOrderChange,
  type OrderChangeFilter,
  type OrderChangeRow,
  orderChangesStatement,
  renderOrderChange,
} from '../../orders/index.js'
import { orElseDraft, previewDraft } from './draft-answers.js'
import { wireOrder } from './order-answers.js'
import { period } from './orders.js'
import { ids, needWholeStore, text } from './shared.js'

/** What is being changed of a draft, where the list asks for that. Of drafts no history is kept. */
function openChange(change: unknown, { id: wanted, status, changeType }: OrderChangeFilter): Record<string, unknown>[] {
  const open = change as (Record<string, unknown> & { id: string; status: string; change_type: string }) | null
  const isOf = (asked: readonly string[] | null, value: string) => asked?.includes(value) ?? true
  return open !== null && isOf(wanted, open.id) && isOf(status, open.status) && isOf(changeType, open.change_type) ? [open] : []
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders/:id/changes',
    summary: 'What was done to an order, in the order in which it was',
    access: 'orders:read',
    query: z.strictObject({ id: ids, status: ids, change_type: ids, created_at: period.optional(), updated_at: period.optional() }),
    fields: { defaults: ['*', 'actions.*'] },
    ids: { id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const { context, query } = request
      const wanted = request.params.id as string
      const filter = {
        id: query.id ?? null,
        status: query.status ?? null,
        changeType: query.change_type ?? null,
        ...(query.created_at === undefined ? {} : { created: query.created_at }),
        ...(query.updated_at === undefined ? {} : { updated: query.updated_at }),
      }
      const changesOf = async () => {
        await wireOrder(request, wanted)
        const changes = await context.db.read(context.scope, orderChangesStatement(tenantOf(context), wanted, filter))
        return changes.map(renderOrderChange)
      }
      const changes = await orElseDraft<object[]>(changesOf, async () => {
        const draft = await previewDraft(request, wanted)
        return draft && openChange(draft.order_change, filter)
      })
      return { order_changes: changes.map((change) => request.fields.project(change)) }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/order-changes/:id',
    summary: 'Note something about a change of an order, for the staff',
    access: 'orders:write',
    body: z.strictObject({ carry_over_promotions: z.boolean().nullish(), internal_note: text.nullish() }),
    fields: { defaults: ['*', 'actions.*'] },
    ids: { id: 'order_edit' },
    async handle(request) {
      needWholeStore(request, 'orders:write')
      const { context, body } = request
      const wanted = request.params.id as string
      // What was sold stays discounted as it was, and what an edit adds is never: the money of vendors hangs on both.
      if (body.carry_over_promotions === true) throw notAllowed('Promotions are not carried over: what an edit adds costs what it costs')
      const orderId = await noteOrderChange(context, wanted, body.internal_note)
      const filter = { id: [wanted], status: null, changeType: null }
      const [change] = await context.db.read(context.scope, orderChangesStatement(tenantOf(context), orderId, filter))
      return { order_change: request.fields.project(renderOrderChange(change as OrderChangeRow)) }
    },
  }),
]
