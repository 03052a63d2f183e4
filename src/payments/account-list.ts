import { type Context, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { notAllowed, notFound } from '../kernel/index.js'

/** An account as the store's staff see it: its keys are written, never read. */
export interface PaymentAccountView {
  id: string
  provider_id: string
  mode: 'test' | 'live'
  /** Null for the operator's, which is none of the store's business. */
  reference: string | null
  country: string
  publishable_key: string | null
  /** Whose account it is: the store's, or that of the platform's operator. */
  owner: 'store' | 'operator'
  status: 'active' | 'disabled'
  created_at: Date
  updated_at: Date
  count: number
}

export function listPaymentAccountsStatement(
  tenantId: string,
  filter: { id: string[] | null; providerId: string[] | null },
  page: ListPage,
): Statement<PaymentAccountView> {
  const order = orderBy('a', page.order)
  return statement(
    `payments.list_accounts.${order.name}`,
    `select a.id, a.provider_id, a.mode, a.country, a.publishable_key, a.status,
            case when a.operator_account_id is null then a.reference end as reference,
            case when a.operator_account_id is null then 'store' else 'operator' end as owner, a.created_at, a.updated_at,
            count(*) over ()::int as count
     from payment_account a
     where a.tenant_id = $1 and ($2::text[] is null or a.id = any($2)) and ($3::text[] is null or a.provider_id = any($3))
     ${order.sql} limit $4 offset $5`,
    [tenantId, filter.id, filter.providerId, page.limit, page.offset],
  )
}

/** What a provider told, and what became of it. Its content may hold what a shopper typed, and is not shown. */
export interface PaymentEventView {
  id: string
  payment_account_id: string
  reference: string
  type: string
  object_reference: string | null
  state: 'pending' | 'done' | 'ignored' | 'parked'
  reason: string | null
  occurred_at: Date
  received_at: Date
  settled_at: Date | null
  count: number
}

export function listPaymentEventsStatement(
  tenantId: string,
  filter: { id: string[] | null; state: string[] | null; accountId: string[] | null },
  page: ListPage,
): Statement<PaymentEventView> {
  const order = orderBy('e', page.order)
  return statement(
    `payments.list_events.${order.name}`,
    `select e.id, e.payment_account_id, e.event_reference as reference, e.type, e.object_reference, e.state, e.reason, e.occurred_at,
            e.received_at, e.settled_at, count(*) over ()::int as count
     from payment_event e
     where e.tenant_id = $1 and ($2::text[] is null or e.id = any($2)) and ($3::text[] is null or e.state = any($3))
       and ($4::text[] is null or e.payment_account_id = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.state, filter.accountId, page.limit, page.offset],
  )
}

/** @throws not_found; not_allowed for one that is not set aside */
async function lockParked(unit: Unit, id: string): Promise<void> {
  const [event] = await unit.run(
    statement<{ state: string }>('payments.lock_event', 'select state from payment_event where tenant_id = $1 and id = $2 for update', [
      tenantOf(unit),
      id,
    ]),
  )
  if (event === undefined) throw notFound(`Payment event with id: ${id} was not found`)
  if (event.state !== 'parked') {
    throw notAllowed(`The payment event ${id} is ${event.state}: only one that was set aside is tried again, or said to be looked at`)
  }
}

/**
 * Handles an event that was set aside once more, now that its cause is mended.
 * @throws not_found; not_allowed for one that is not set aside
 */
export async function retryPaymentEvent(context: Context, id: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockParked(unit, id)
    await unit.run(
      statement(
        'payments.retry_event',
        `update payment_event set state = 'pending', reason = null, settled_at = null, alarm_at = null where tenant_id = $1 and id = $2`,
        [tenantOf(unit), id],
      ),
    )
    await emit(unit, 'payment.event_received', { payment_event_id: id }, { requestId: context.requestId })
  })
}

/**
 * Staff have looked at an event that was set aside: nobody is told of it any more, and it goes when its time comes.
 * @throws not_found; not_allowed for one that is not set aside
 */
export async function ignorePaymentEvent(unit: Unit, context: Context, id: string): Promise<void> {
  await lockParked(unit, id)
  await unit.run(
    statement('payments.ignore_event', `update payment_event set state = 'ignored', settled_at = $3 where tenant_id = $1 and id = $2`, [
      tenantOf(unit),
      id,
      context.clock.now(),
    ]),
  )
}
