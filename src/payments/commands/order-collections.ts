import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { conflict, invalidData, newId, notAllowed, notFound, paymentAuthorizationError, toMajor, toMinor } from '../../kernel/index.js'
import { readingCall } from '../accounts.js'
import { lockOrderToCreditStatement, type OrderLock } from '../locks.js'
import {
  deleteCollectionStatement,
  endBegunStatement,
  insertOrderCollectionStatement,
  lockCollectionsStatement,
  missingOf,
  type OrderCollection,
  setCollectionAmountStatement,
} from '../order-collections.js'
import type { PaymentProvider, PaymentSnapshot } from '../provider.js'
import { paymentProviderOf } from '../registry.js'
import { capturePayment } from './capture-payment.js'

/**
 * A payment collection for what is owed of an order and nothing is there to take: what came to more after the sale. One that
 * nobody has begun to pay is taken for it.
 * @param amount major units of the order's currency; all that is owed when absent
 * @returns its id
 * @throws not_found; not_allowed when nothing more is owed, for more than is owed, and for a canceled order
 */
export function createOrderCollection(context: Context, orderId: string, amount: number | undefined): Promise<string> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const tenantId = tenantOf(unit)
    const [order] = await unit.run(lockOrderToCreditStatement(tenantId, orderId))
    if (order === undefined) throw notFound(`Order id not found: ${orderId}`)
    if (order.status === 'canceled') throw notAllowed(`Order with id: ${orderId} is canceled: nothing is to be paid for it`)
    const currency = order.currency_code
    const [open] = (await unit.run(lockCollectionsStatement(tenantId, orderId))).filter((collection) => collection.is_unbegun)
    const owed = (await missingOf(unit, orderId)) + (open?.amount_minor ?? 0n)
    const wanted = amount === undefined ? owed : toMinor(amount, currency)
    if (owed <= 0n) throw notAllowed('Nothing more is to be paid for this order: its payment collections take all that it costs.')
    if (wanted <= 0n) throw invalidData('The amount must be more than nothing')
    if (wanted > owed) throw notAllowed(`Amount cannot be greater than ${toMajor(owed, currency)}`)
    const [made] = await unit.run(
      open === undefined
        ? insertOrderCollectionStatement(tenantId, order, wanted)
        : setCollectionAmountStatement(tenantId, open.id, wanted),
    )
    return (made as { id: string }).id
  })
}

/** The collection with its order locked. Throws not_found; a cart's collection is the shopper's and is not found either. */
export async function lockCollection(unit: Unit, id: string): Promise<{ order: OrderLock; collection: OrderCollection }> {
  const tenantId = tenantOf(unit)
  const unknown = () => notFound(`Payment collection with id: ${id} was not found`)
  const [found] = await unit.run(
    statement<{ order_id: string | null }>(
      'payments.order_of_collection',
      'select order_id from payment_collection where tenant_id = $1 and id = $2',
      [tenantId, id],
    ),
  )
  if (found?.order_id == null) throw unknown()
  const [[order], collections] = await Promise.all([
    unit.run(lockOrderToCreditStatement(tenantId, found.order_id)),
    unit.run(lockCollectionsStatement(tenantId, found.order_id)),
  ])
  const collection = collections.find((candidate) => candidate.id === id)
  if (order === undefined || collection === undefined) throw unknown()
  return { order, collection }
}

/** Takes away a collection that nobody has begun to pay. What is owed stays owed. Throws not_found; not_allowed for one that was begun. */
export async function deleteOrderCollection(context: Context, id: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const { collection } = await lockCollection(unit, id)
    if (!collection.is_unbegun) throw notAllowed('Can only delete payment collections where status is not_paid')
    await unit.run(deleteCollectionStatement(tenantOf(unit), id))
  })
}

interface Begun {
  sessionId: string
  currency: string
  amountMinor: bigint
  paymentId: string | null
}

/**
 * Notes that a collection of an order was paid, in whole: outside (the manual provider), or with a provider that agrees without
 * the shopper. First a session that says so, then the provider, outside any transaction, under that session's key, then the
 * payment, which is captured as any other. A repeat, at once or after a crash, goes on with the same session.
 * @throws not_found; invalid_data for a provider that is not there; not_allowed for one that needs the shopper, and for a canceled order;
 * payment_authorization_error when the provider declines; conflict while its answer is not known
 */
export async function markAsPaid(context: Context, id: string, input: { orderId: string; providerId: string }): Promise<void> {
  const provider = paymentProviderOf(input.providerId)
  if (provider === undefined) throw invalidData(`Payment provider ${input.providerId} is not installed in this process`)
  if (provider.remote !== undefined) throw notAllowed(`A payment through ${provider.id} needs its shopper: staff cannot mark it as paid`)
  const begun = await context.db.unitOfWork(context.scope, (unit) => begin(unit, id, input.orderId, provider))
  if (begun === null) return
  const paymentId = begun.paymentId ?? (await authorize(context, id, begun, provider))
  await capturePayment(context, paymentId, undefined)
}

/** Null when it is paid already. */
async function begin(unit: Unit, id: string, orderId: string, provider: PaymentProvider): Promise<Begun | null> {
  const tenantId = tenantOf(unit)
  const { order, collection } = await lockCollection(unit, id)
  if (order.id !== orderId) throw notFound(`Payment collection with id: ${id} was not found in order ${orderId}`)
  if (order.status === 'canceled') throw notAllowed(`Order with id: ${orderId} is canceled: nothing is to be paid for it`)
  if (collection.amount_minor === collection.captured_minor) return null
  const rows = await unit.run(
    statement<{ session_id: string; provider_id: string; status: string; payment_id: string | null }>(
      'payments.session_of_collection',
      `select s.id as session_id, s.provider_id, s.status, p.id as payment_id from payment_session s
       left join payment p on p.tenant_id = s.tenant_id and p.payment_session_id = s.id
       where s.tenant_id = $1 and s.payment_collection_id = $2 and s.status not in ('error', 'canceled') for update of s`,
      [tenantId, id],
    ),
  )
  const known = rows.find((row) => row.payment_id !== null || row.provider_id === provider.id)
  const money = { currency: collection.currency_code, amountMinor: collection.amount_minor }
  if (known !== undefined) return { ...money, sessionId: known.session_id, paymentId: known.payment_id }
  if (rows.some((row) => row.status === 'pending_authorization')) {
    throw notAllowed('The shopper is paying this through another provider, and the money is on its way. Wait for it, or for its failure.')
  }
  const sessionId = newId('payses')
  await unit.run(endBegunStatement(tenantId, id))
  await unit.run(
    statement(
      'payments.insert_order_session',
      `insert into payment_session (tenant_id, id, payment_collection_id, provider_id, currency_code, amount_minor) values ($1, $2, $3, $4, $5, $6)`,
      [tenantId, sessionId, id, provider.id, collection.currency_code, collection.amount_minor],
    ),
  )
  return { ...money, sessionId, paymentId: null }
}

async function authorize(context: Context, id: string, begun: Begun, provider: PaymentProvider): Promise<string> {
  const money = { amountMinor: begun.amountMinor, currency: begun.currency }
  const reading = await readingCall(context, provider)
  const call = (verb: string) => ({ ...reading, operationKey: `${verb}:${begun.sessionId}` })
  const started = await provider.startSession(call('session'), money, { collectionId: id })
  const outcome = started.kind === 'ok' ? await provider.authorize(call('authorize'), money, started.value) : started
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict('The payment provider has not answered yet. Try again: the money is taken once.', 'payment_outcome_unknown')
  }
  if (outcome.kind !== 'ok') throw paymentAuthorizationError(outcome.message)
  const paymentId = await context.db.unitOfWork(context.scope, (unit) => insertPayment(unit, id, begun, provider.id, outcome.value))
  if (paymentId !== null) return paymentId
  // Nobody owes this amount any more: it would stay held.
  await provider.cancel(call('void'), money, outcome.value.data)
  throw conflict('What is to be paid has changed meanwhile. Look at the order again.', 'payment_changed')
}

/** The payment of a session, once: whoever comes second finds it. Null when the order has changed so that the session is over. */
async function insertPayment(unit: Unit, id: string, begun: Begun, providerId: string, snapshot: PaymentSnapshot): Promise<string | null> {
  const { order } = await lockCollection(unit, id)
  if (order.status === 'canceled') return null
  const [row] = await unit.run(
    statement<{ id: string }>(
      'payments.insert_order_payment',
      `with session as (
         update payment_session set status = 'authorized', authorized_at = coalesce(authorized_at, now()), data = $6, updated_at = now()
         where tenant_id = $1 and id = $4 and payment_collection_id = $3 and status <> 'canceled'
         returning id, currency_code, amount_minor
       ), collection as (
         update payment_collection k set authorized_minor = s.amount_minor, updated_at = now(),
           status = case when k.status in ('not_paid', 'failed') then 'authorized' else k.status end
         from session s where k.tenant_id = $1 and k.id = $3
       )
       insert into payment (tenant_id, id, payment_collection_id, payment_session_id, provider_id, currency_code, amount_minor, data)
       select $1, $2, $3, s.id, $5, s.currency_code, s.amount_minor, $6 from session s
       on conflict (tenant_id, payment_session_id) do update set updated_at = now() returning id`,
      [tenantOf(unit), newId('pay'), id, begun.sessionId, providerId, JSON.stringify(snapshot.data)],
    ),
  )
  return row?.id ?? null
}
