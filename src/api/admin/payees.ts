import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { listPayeesStatement, syncPayee } from '../../payouts/index.js'
import { ids, needWholeStore, reading } from './shared.js'

export const payeeFields: FieldsPolicy = {
  defaults: [
    'id',
    'vendor_id',
    'provider_id',
    'payment_account_id',
    'reference',
    'kind',
    'status',
    'requirements',
    'country',
    'currency_code',
    'failure',
    'synced_at',
    'created_at',
    'updated_at',
  ],
}

const payees = reading({
  path: '/admin/payees',
  singular: 'payee',
  plural: 'payees',
  label: 'Payee',
  access: 'payouts:read',
  query: z.strictObject({ id: ids, vendor_id: ids, status: ids }),
  fields: payeeFields,
  load: (request, query, page) => {
    needWholeStore(request, 'payouts:read')
    const { context } = request
    return context.db.read(
      context.scope,
      listPayeesStatement(tenantOf(context), { id: query.id, vendorIds: query.vendor_id, status: query.status }, page),
    )
  },
})

export const routes: Route[] = [
  ...payees.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payees/:id/sync',
    summary: 'Read from the payment provider what a payee is now',
    access: 'payouts:write',
    fields: payeeFields,
    ids: { id: 'payee' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payouts:write')
      await syncPayee(request.context, wanted)
      return payees.answer(request, wanted)
    },
  }),
]
