import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, type Route, route } from '../../http/index.js'
import { toMajor } from '../../kernel/index.js'
import { type HoldRow, holdReasons, liftHold, listHoldsStatement, placeHold } from '../../payouts/index.js'
import { id, ids, needWholeStore, reading, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'vendor_id',
    'vendor_order_id',
    'reason',
    'amount',
    'currency_code',
    'until',
    'note',
    'created_by',
    'lifted_by',
    'lifted_at',
    'created_at',
    'updated_at',
  ],
}

const holds = reading({
  path: '/admin/holds',
  singular: 'hold',
  plural: 'holds',
  label: 'Hold',
  access: 'payouts:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, vendor_id: ids, vendor_order_id: ids, reason: ids, is_lifted: z.stringbool().optional() }),
  ids: { vendor_order_id: 'vendor_order' },
  fields,
  descending: true,
  load: (request, query, page) => {
    const { context } = request
    const filter = {
      id: query.id ?? null,
      vendorIds: query.vendor_id ?? null,
      vendorOrderIds: query.vendor_order_id ?? null,
      reasons: query.reason ?? null,
      isLifted: query.is_lifted ?? null,
    }
    return context.db.read(context.scope, listHoldsStatement(tenantOf(context), filter, page))
  },
  render: ({ amount_minor, ...hold }: HoldRow) => ({
    ...hold,
    amount: amount_minor === null || hold.currency_code === null ? null : toMajor(amount_minor, hold.currency_code),
  }),
})

export const routes: Route[] = [
  ...holds.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/holds',
    summary: 'Keep back what a vendor is owed: for one order or as a whole, an amount or all',
    access: 'payouts:write',
    body: z.strictObject({
      vendor_id: id.optional(),
      vendor_order_id: id.optional(),
      reason: z.enum(holdReasons),
      amount: z.number().gt(0).optional(),
      currency_code: currencyCode.optional(),
      until: z.iso
        .datetime({ offset: true })
        .transform((value) => new Date(value))
        .optional(),
      note: text.nullish(),
    }),
    fields,
    ids: { vendor_order_id: 'vendor_order' },
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const made = await write(request, (unit) => placeHold(unit, request.context, request.body))
      return holds.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/holds/:id/release',
    summary: 'Lift a hold: what was kept back goes out as the policy allows',
    access: 'payouts:write',
    fields,
    ids: { id: 'hold' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payouts:write')
      await write(request, (unit) => liftHold(unit, request.context, wanted))
      return holds.answer(request, wanted)
    },
  }),
]
