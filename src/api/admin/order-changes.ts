import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { notAllowed } from '../../kernel/index.js'
import { noteOrderChange, type OrderChangeRow, orderChangesStatement, renderOrderChange } from '../../orders/index.js'
import { needWholeStore, text } from './shared.js'

export const routes: Route[] = [
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
