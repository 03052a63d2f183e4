import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import {
  connectPaymentAccount,
  disablePaymentAccount,
  ignorePaymentEvent,
  listPaymentAccountsStatement,
  listPaymentEventsStatement,
  retryPaymentEvent,
} from '../../payments/index.js'
import { deleted, ids, needWholeStore, reading, write } from './shared.js'

const accountFields: FieldsPolicy = {
  defaults: ['id', 'provider_id', 'mode', 'reference', 'country', 'publishable_key', 'owner', 'status', 'created_at', 'updated_at'],
}
const eventFields: FieldsPolicy = {
  defaults: [
    'id',
    'payment_account_id',
    'reference',
    'type',
    'object_reference',
    'state',
    'reason',
    'occurred_at',
    'received_at',
    'settled_at',
  ],
}
const key = z.string().trim().min(8).max(300)

const accounts = reading({
  path: '/admin/payment-accounts',
  singular: 'payment_account',
  plural: 'payment_accounts',
  label: 'Payment account',
  access: 'payment_accounts:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, provider_id: ids }),
  fields: accountFields,
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listPaymentAccountsStatement(tenantOf(context), { id: query.id ?? null, providerId: query.provider_id ?? null }, page),
    ),
})

const events = reading({
  path: '/admin/payment-events',
  singular: 'payment_event',
  plural: 'payment_events',
  label: 'Payment event',
  access: 'payment_accounts:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, state: ids, payment_account_id: ids }),
  ids: { payment_account_id: 'payment_account' },
  fields: eventFields,
  orderable: ['id', 'received_at', 'occurred_at'],
  descending: true,
  load: ({ context }, query, page) => {
    const filter = { id: query.id ?? null, state: query.state ?? null, accountId: query.payment_account_id ?? null }
    return context.db.read(context.scope, listPaymentEventsStatement(tenantOf(context), filter, page))
  },
})

export const routes: Route[] = [
  ...accounts.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payment-accounts',
    summary: "Connect the store's account at a payment provider, or change its keys; keys are never shown again",
    access: 'payment_accounts:write',
    body: z.strictObject({
      provider_id: z.string().max(100),
      publishable_key: key.nullish(),
      secret_key: key,
      webhook_secret: key.optional(),
    }),
    fields: accountFields,
    async handle(request) {
      needWholeStore(request, 'payment_accounts:write')
      const { provider_id, publishable_key, secret_key, webhook_secret } = request.body
      const id = await connectPaymentAccount(request.context, request.services.publicUrl, {
        provider_id,
        publishable_key,
        credentials: { secret_key, ...(webhook_secret === undefined ? {} : { webhook_secret }) },
      })
      return accounts.answer(request, id)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/payment-accounts/:id',
    summary: 'Begin no more payments on an account; what was paid through it can still be refunded',
    access: 'payment_accounts:write',
    ids: { id: 'payment_account' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payment_accounts:write')
      await disablePaymentAccount(request.context, wanted)
      return deleted('payment_account', wanted)
    },
  }),
  ...events.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payment-events/:id/retry',
    summary: 'Handle an event that was set aside once more',
    access: 'payment_accounts:write',
    fields: eventFields,
    ids: { id: 'payment_event' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payment_accounts:write')
      await retryPaymentEvent(request.context, wanted)
      return events.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payment-events/:id/ignore',
    summary: 'Say that an event that was set aside has been looked at',
    access: 'payment_accounts:write',
    fields: eventFields,
    ids: { id: 'payment_event' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payment_accounts:write')
      await write(request, (unit) => ignorePaymentEvent(unit, request.context, wanted))
      return events.answer(request, wanted)
    },
  }),
]
