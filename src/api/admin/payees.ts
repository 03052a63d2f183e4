import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { listPayeesStatement, syncPayee } from '../../payouts/index.js'
import { stateSellerIdentity } from '../../reports/index.js'
import { answerSellerIdentity, sellerIdentityBody } from '../seller-identities.js'
import { ids, needWholeStore, reading, write } from './shared.js'

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
    'held_reason',
    'replaced_at',
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
  isOfWholeStore: true,
  query: z.strictObject({
    id: ids,
    vendor_id: ids,
    status: ids,
    is_replaced: z.stringbool().optional(),
    of_store: z.stringbool().optional(),
  }),
  fields: payeeFields,
  load: (request, query, page) => {
    const { context } = request
    return context.db.read(
      context.scope,
      listPayeesStatement(
        tenantOf(context),
        {
          id: query.id,
          vendorIds: query.vendor_id,
          status: query.status,
          isReplaced: query.is_replaced,
          isOfStore: query.of_store,
        },
        page,
      ),
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
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendors/:id/seller-identity',
    summary: 'What a vendor states of itself for tax offices, and what is missing; of what is only written, the end',
    access: 'payouts:read',
    ids: { id: 'vendor' },
    handle(request) {
      needWholeStore(request, 'payouts:read')
      return answerSellerIdentity(request.context, request.services.identitySealer, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id/seller-identity',
    summary: 'State for a vendor who it is to tax offices, as the vendor does',
    access: 'payouts:write',
    body: sellerIdentityBody,
    ids: { id: 'vendor' },
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const { context, services, body } = request
      const id = request.params.id as string
      await write(request, (unit) => stateSellerIdentity(unit, context, services.identitySealer, id, body))
      return answerSellerIdentity(context, services.identitySealer, id)
    },
  }),
]
