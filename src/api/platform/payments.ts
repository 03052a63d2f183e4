import { z } from 'zod'
import { type Context, readPage, singlePage } from '../../db/index.js'
import { oneOrMany, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import {
  connectOperatorAccount,
  disableOperatorAccount,
  ignoreOperatorEvent,
  listOperatorAccountsStatement,
  listOperatorEventsStatement,
  type OperatorAccountView,
  retryOperatorEvent,
} from '../../payments/index.js'

const platform = { role: 'platform' } as const
const key = z.string().trim().min(8).max(300)
const words = oneOrMany.optional()

async function accountOf(context: Context, id: string): Promise<Omit<OperatorAccountView, 'count'>> {
  const [row] = await context.db.read(platform, listOperatorAccountsStatement({ id }, singlePage))
  if (row === undefined) throw notFound(`Payment account with id: ${id} was not found`)
  const { count: _count, ...account } = row
  return account
}

async function eventOf(context: Context, id: string): Promise<object> {
  const [row] = await context.db.read(platform, listOperatorEventsStatement({ id }, singlePage))
  if (row === undefined) throw notFound(`Payment event with id: ${id} was not found`)
  const { count: _count, ...event } = row
  return { payment_event: event }
}

export const routes: Route[] = [
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/payment-accounts',
    summary: "List the operator's accounts at payment providers, on which stores may be charged",
    access: 'platform:payments:read',
    withoutTenant: true,
    page: { limit: 50, orderable: ['created_at'] },
    async handle({ context, page }) {
      const { limit, offset } = page
      const ofOperator = { ...context, scope: platform }
      const { rows, count } = await readPage(ofOperator, page, (part) => listOperatorAccountsStatement({ id: null }, part))
      return { payment_accounts: rows.map(({ count: _count, ...row }) => row), count, offset, limit }
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/payment-accounts',
    summary: "Connect the operator's account at a payment provider, or change its keys; keys are never shown again",
    access: 'platform:payments:write',
    withoutTenant: true,
    body: z.strictObject({
      provider_id: z.string().max(100),
      publishable_key: key.nullish(),
      secret_key: key,
      webhook_secret: key.optional(),
    }),
    async handle({ context, services, body }) {
      const { provider_id, publishable_key, secret_key, webhook_secret } = body
      const credentials = { secret_key, ...(webhook_secret === undefined ? {} : { webhook_secret }) }
      const id = await connectOperatorAccount(context, services.publicUrl, { provider_id, publishable_key, credentials })
      return { payment_account: await accountOf(context, id) }
    },
  }),
  route({
    surface: 'platform',
    method: 'DELETE',
    path: '/platform/payment-accounts/:id',
    summary: 'Begin no more payments of any store on an account; what was paid through it can still be refunded',
    access: 'platform:payments:write',
    withoutTenant: true,
    ids: { id: 'operator_account' },
    async handle({ context, params }) {
      await disableOperatorAccount(context, params.id as string)
      return { id: params.id, object: 'payment_account', deleted: true }
    },
  }),
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/payment-events',
    summary: "Events of the operator's accounts that are no store's, or were not at first, newest first",
    access: 'platform:payments:read',
    withoutTenant: true,
    query: z.strictObject({ state: words, payment_account_id: words }),
    ids: { payment_account_id: 'operator_account' },
    page: { limit: 50, orderable: ['received_at'], descending: true },
    async handle({ context, query, page }) {
      const { limit, offset } = page
      const filter = { state: query.state, accountId: query.payment_account_id }
      const ofOperator = { ...context, scope: platform }
      const { rows, count } = await readPage(ofOperator, page, (part) => listOperatorEventsStatement(filter, part))
      return { payment_events: rows.map(({ count: _count, ...row }) => row), count, offset, limit }
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/payment-events/:id/ignore',
    summary: 'Say that an event that was set aside has been looked at',
    access: 'platform:payments:write',
    withoutTenant: true,
    ids: { id: 'operator_event' },
    async handle({ context, params }) {
      const id = params.id as string
      await context.db.unitOfWork(platform, (unit) => ignoreOperatorEvent(unit, id, context.clock.now()))
      return eventOf(context, id)
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/payment-events/:id/retry',
    summary: 'Look again whose an event is, and hand it to the store whose object it points at',
    access: 'platform:payments:write',
    withoutTenant: true,
    ids: { id: 'operator_event' },
    async handle({ context, params }) {
      const id = params.id as string
      await retryOperatorEvent(context, id)
      return eventOf(context, id)
    },
  }),
]
