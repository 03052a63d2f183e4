import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict, StoaError } from '../../kernel/index.js'
import { readingCall } from '../accounts.js'
import { lockOrderOfPaymentStatement } from '../locks.js'
import { fitCollections } from '../order-collections.js'
import type { PaymentProvider, RemotePayment } from '../provider.js'
import { bookCapture, capturePayment } from './capture-payment.js'
import { bookLatePayment } from './book-late-payment.js'
import { endPaymentSession } from './end-session.js'
import { noteMovements } from './note-movements.js'
import { syncRefunds } from './sync-refunds.js'
import { giveUpStatement } from './unwind-payments.js'

/** What settling came to. `readFrom`: what the provider was told before was seen. `unknown`: no row of ours has this name, yet. `parked`: a person must look. */
export type Settled = { kind: 'done'; readFrom?: Date } | { kind: 'unknown' } | { kind: 'parked'; reason: string }

/** How a paid cart becomes an order: the checkout's, which stands above payments. */
export type CompleteCart = (context: Context, cartId: string) => Promise<unknown>

interface KnownPayment {
  session_id: string
  session_status: string
  cart_id: string | null
  collection_id: string
  order_id: string | null
  payment_id: string | null
  payment_account_id: string | null
  currency_code: string
  amount_minor: bigint
  captured_minor: bigint
  canceled_at: Date | null
  /** When the last reading began that was settled in whole. */
  read_from: Date | null
  /** Before the provider is asked, by the clock that says when an event was received. */
  now: Date
  cancel_requested_at: Date | null
  /** What an order came to more, or was not paid of it: the shopper agreed to it after the sale, and it is taken at once. */
  is_to_capture: boolean
}

/** A shopper who is still there mends the cart in this time; then the money goes back. */
const patience_ms = 1_800_000

/**
 * Moves our rows towards what the provider says of a payment. Told by an event, by the poller or by both at once, in any
 * order, any number of times: what is there already is left as it is. A payment without an order is made one, or is given
 * up when its cart cannot become one.
 * @param receivedAt of the event that tells of it: what came before a reading began was seen by it, and is not read again
 * @throws conflict while the provider does not answer
 */
export async function settlePayment(
  context: Context,
  provider: PaymentProvider,
  reference: string,
  complete: CompleteCart,
  receivedAt?: Date,
): Promise<Settled> {
  const known = await findPayment(context, provider.id, reference)
  if (known === undefined || provider.remote === undefined) return { kind: 'unknown' }
  if (receivedAt !== undefined && known.read_from !== null && receivedAt < known.read_from) return { kind: 'done' }
  const found = await provider.remote.fetchPayment(await readingCall(context, provider, known.payment_account_id), reference)
  if (found.kind !== 'ok')
    throw conflict(`The payment provider did not say what became of the payment: ${found.message}`, 'payment_outcome_unknown')
  const remote = found.value
  if (remote.status === 'unrecognised')
    return { kind: 'parked', reason: 'The provider gives the payment a status that this version does not know' }
  if (remote.currency !== known.currency_code || remote.amountMinor !== known.amount_minor) {
    const was = `${known.amount_minor} ${known.currency_code}`
    return {
      kind: 'parked',
      reason: `The provider has a payment of ${remote.amountMinor} ${remote.currency} in minor units, and was asked for ${was}`,
    }
  }
  // Of refunds and movements nothing is booked before there is a payment: what tells of those is read again.
  if (known.payment_id === null) return settleWithoutPayment(context, provider, known, remote, complete)
  await settleWithOrder(context, provider, { ...known, payment_id: known.payment_id }, remote)
  return { kind: 'done', readFrom: known.now }
}

async function findPayment(context: Context, providerId: string, reference: string): Promise<KnownPayment | undefined> {
  const [known] = await context.db.read(
    context.scope,
    statement<KnownPayment>(
      'payments.by_reference',
      `select s.id as session_id, s.status as session_status, k.cart_id, k.id as collection_id, k.order_id, p.id as payment_id, s.payment_account_id, s.currency_code,
              s.amount_minor, coalesce(p.captured_minor, 0) as captured_minor, p.canceled_at, p.cancel_requested_at, s.read_from, clock_timestamp() as now,
              w.payment_capture = 'automatic' and not exists (select 1 from checkout c where c.tenant_id = $1 and c.payment_session_id = s.id)
                as is_to_capture
       from payment_session s
       join payment_collection k on k.tenant_id = s.tenant_id and k.id = s.payment_collection_id
       join store w on w.tenant_id = s.tenant_id
       left join payment p on p.tenant_id = s.tenant_id and p.payment_session_id = s.id
       where s.tenant_id = $1 and s.provider_id = $2 and s.reference = $3`,
      [tenantOf(context), providerId, reference],
    ),
  )
  return known
}

async function settleWithoutPayment(
  context: Context,
  provider: PaymentProvider,
  known: KnownPayment,
  remote: RemotePayment,
  complete: CompleteCart,
): Promise<Settled> {
  const { reference } = remote
  if (known.session_status === 'canceled') {
    await endPaymentSession(context, { payment_session_id: known.session_id })
    return { kind: 'done' }
  }
  if (known.order_id !== null) {
    const booked = await bookLatePayment(context, { ...known, order_id: known.order_id, provider_id: provider.id, reference }, remote)
    if (booked.kind === 'over') await endPaymentSession(context, { payment_session_id: known.session_id })
    if (booked.kind === 'booked') await goOn(context, known, booked.paymentId, remote)
    return { kind: 'done' }
  }
  if (known.cart_id === null || (remote.status !== 'authorized' && remote.status !== 'captured')) return { kind: 'done' }
  try {
    await complete(context, known.cart_id)
  } catch (error) {
    const isRefused = error instanceof StoaError && error.status < 500 && error.type !== 'conflict'
    if (!isRefused) throw error
    await endLater(context, known.session_id)
  }
  return { kind: 'done' }
}

/** What is left to do of a late payment that is booked: to take it, or to book the part of it that was taken at the provider. */
async function goOn(context: Context, known: KnownPayment, paymentId: string, remote: RemotePayment): Promise<void> {
  if (remote.status === 'authorized') return known.is_to_capture ? take(context, paymentId) : undefined
  if (remote.capturedMinor !== known.amount_minor) {
    await bookCapture(context, { id: paymentId, capturedMinor: 0n }, remote.capturedMinor, remote.data)
  }
}

/** Takes what a shopper agreed to for an order. What cannot be taken stays authorised, for staff to see. */
async function take(context: Context, paymentId: string): Promise<void> {
  try {
    await capturePayment(context, paymentId, undefined)
  } catch (error) {
    // Its order was canceled meanwhile, or the bank refused.
    const isRefused = error instanceof StoaError && (error.type === 'not_allowed' || error.type === 'payment_authorization_error')
    if (!isRefused) throw error
  }
}

async function endLater(context: Context, sessionId: string): Promise<void> {
  const availableAt = new Date(context.clock.now().getTime() + patience_ms)
  await context.db.unitOfWork(context.scope, (unit) =>
    emit(
      unit,
      'payment_session.ended',
      { payment_session_id: sessionId, unless_used: true },
      { availableAt, requestId: context.requestId },
    ),
  )
}

async function settleWithOrder(
  context: Context,
  provider: PaymentProvider,
  known: KnownPayment & { payment_id: string },
  remote: RemotePayment,
): Promise<void> {
  const more = remote.capturedMinor - known.captured_minor
  if (more > 0n) {
    // Taken in the provider's own pages, or by us in a process that ended before it booked.
    await bookCapture(context, { id: known.payment_id, capturedMinor: known.captured_minor }, more, remote.data)
  }
  const isLeft = known.is_to_capture && remote.status === 'authorized' && known.cancel_requested_at === null
  // A process ended between the two.
  if (isLeft && known.captured_minor === 0n) await take(context, known.payment_id)
  await syncRefunds(context, known.payment_id, remote.refunds)
  if (known.payment_account_id !== null) {
    await noteMovements(context, { accountId: known.payment_account_id, providerId: provider.id }, remote.movements)
  }
  if (remote.status === 'canceled' && known.captured_minor === 0n && known.canceled_at === null) await noteLetGo(context, known.payment_id)
}

/**
 * The provider let an authorisation go: it ran out, or was given up in the provider's own pages. An order that stands is then
 * to be paid anew, by a collection of its own.
 */
async function noteLetGo(context: Context, paymentId: string): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [order] = await unit.run(lockOrderOfPaymentStatement(tenantId, paymentId))
    await unit.run(giveUpStatement(tenantId, paymentId))
    if (order !== undefined && order.status !== 'canceled') await fitCollections(unit, order)
  })
}
