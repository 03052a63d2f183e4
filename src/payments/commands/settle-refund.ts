import { type Context, type Statement, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict, notFound, paymentAuthorizationError, StoaError, unexpectedState } from '../../kernel/index.js'
import { creditEntry, post, refundEntry, refundFailedEntry } from '../../ledger/index.js'
import type { OpenPart } from '../credits.js'
import { lockOrderOfPaymentStatement, lockPaymentStatement } from '../locks.js'
import { keptMoney, moneyOf, perform } from '../operations.js'
import { paymentProviderOf } from '../registry.js'

interface RefundRow {
  id: string
  payment_id: string
  order_id: string
  provider_id: string
  payment_account_id: string | null
  currency_code: string
  amount_minor: bigint
  state: 'pending' | 'succeeded' | 'failed'
  failure: string | null
  /** The provider's name for it: of a refund that is open, that it was made there and not by us. */
  reference: string | null
  data: Record<string, unknown>
}

function refundStatement(tenantId: string, id: string): Statement<RefundRow> {
  return statement(
    'payments.refund',
    `select r.id, r.payment_id, r.order_id, p.provider_id, p.payment_account_id, r.currency_code, r.amount_minor, r.state, r.failure, r.reference, p.data
     from refund r join payment p on p.tenant_id = r.tenant_id and p.id = r.payment_id where r.tenant_id = $1 and r.id = $2`,
    [tenantId, id],
  )
}

/**
 * Asks the provider for a refund that was noted, and books its answer. Whoever comes second, and whoever comes after a
 * crash, asks under the same key and finds it booked, or books it.
 * @throws payment_authorization_error when the provider declines, now or before; conflict while its answer is not known
 */
export async function settleRefund(context: Context, refundId: string): Promise<void> {
  const [refund] = await context.db.read(context.scope, refundStatement(tenantOf(context), refundId))
  if (refund === undefined) throw notFound(`Refund with id: ${refundId} was not found`)
  if (refund.state === 'failed') throw paymentAuthorizationError(refund.failure ?? 'The refund was declined')
  if (refund.state === 'succeeded') return
  // Made in the provider's own pages, and not booked yet: asked for, it would be given back twice.
  if (refund.reference !== null) return book(context, refund, { data: refund.data, reference: refund.reference })
  const provider = paymentProviderOf(refund.provider_id)
  if (provider === undefined) throw unexpectedState(`Payment provider ${refund.provider_id} is not installed in this process`)
  const operation = {
    key: `refund:${refund.id}`,
    kind: 'refund',
    accountId: refund.payment_account_id,
    request: { money: keptMoney({ amountMinor: refund.amount_minor, currency: refund.currency_code }) },
  }
  const outcome = await perform(context, provider, operation, (call, kept) => provider.refund(call, moneyOf(kept), refund.data))
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict('The payment provider has not answered yet. Try again: the money goes back once.', 'payment_outcome_unknown')
  }
  if (outcome.kind === 'ok') return book(context, refund, outcome.value)
  await giveUp(context, refund, outcome.message)
  throw paymentAuthorizationError(outcome.message)
}

/** Takes up a refund that was left open, as a crash leaves it. Handler of `refund.requested`. */
export async function resumeRefund(context: Context, { refund_id }: { refund_id: string }): Promise<void> {
  try {
    await settleRefund(context, refund_id)
  } catch (error) {
    // A refusal is an answer: it is in the refund's row, for whoever asked.
    if (!(error instanceof StoaError && error.type === 'payment_authorization_error')) throw error
  }
}

/** Closes the row, once: true for the one caller that did. The event that would resume it is done. */
async function close(
  unit: Unit,
  refund: RefundRow,
  state: 'succeeded' | 'failed',
  failure: string | null,
  reference?: string,
): Promise<boolean> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'payments.close_refund',
      `with closed as (
         update refund set state = $3, failure = $4, reference = coalesce($5, reference), settled_at = now(), updated_at = now()
         where tenant_id = $1 and id = $2 and state = 'pending' returning id
       ), credits as (
         update order_credit c set state = case when $3 = 'succeeded' then 'booked' else 'void' end, updated_at = now()
         from closed where c.tenant_id = $1 and c.refund_id = closed.id
       ), resume as (
         update outbox_event set state = 'done', finished_at = now() from closed
         where tenant_id = $1 and state = 'queued' and name = 'refund.requested' and payload = jsonb_build_object('refund_id', closed.id)
           and available_at > now() - interval '1 day'
       )
       select id from closed`,
      [tenantOf(unit), refund.id, state, failure, reference ?? null],
    ),
  )
  return rows.length > 0
}

function emitSettled(unit: Unit, context: Context, refund: RefundRow): Promise<void> {
  return emit(unit, 'refund.settled', { refund_id: refund.id, order_id: refund.order_id }, { requestId: context.requestId })
}

async function giveUp(context: Context, refund: RefundRow, message: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await unit.run(lockOrderOfPaymentStatement(tenantOf(unit), refund.payment_id))
    if (await close(unit, refund, 'failed', message.slice(0, 500))) await emitSettled(unit, context, refund)
  })
}

async function book(
  context: Context,
  refund: RefundRow,
  { data, reference }: { data: Record<string, unknown>; reference?: string },
): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [, , credits] = await Promise.all([
      unit.run(lockOrderOfPaymentStatement(tenantId, refund.payment_id)),
      unit.run(lockPaymentStatement(tenantId, refund.payment_id)),
      unit.run(
        statement<OpenPart>(
          'payments.credits_of_refund',
          `select vendor_order_id, vendor_id, order_line_item_id, order_shipping_method_id, amount_minor, vendor_amount_minor,
                  commission_minor, tax_minor, store_discount_minor, platform_discount_minor
           from order_credit where tenant_id = $1 and refund_id = $2 order by id`,
          [tenantId, refund.id],
        ),
      ),
    ])
    if (!(await close(unit, refund, 'succeeded', null, reference))) return
    const fact = { source: refund.id, orderId: refund.order_id, currency: refund.currency_code, occurredAt: context.clock.now() }
    await Promise.all([
      unit.run(
        statement(
          'payments.note_refund',
          `with paid as (
             update payment set refunded_minor = refunded_minor + $3, data = $4, updated_at = now()
             where tenant_id = $1 and id = $2 returning payment_collection_id
           )
           update payment_collection k set refunded_minor = k.refunded_minor + $3, updated_at = now()
           from paid where k.tenant_id = $1 and k.id = paid.payment_collection_id`,
          [tenantId, refund.payment_id, refund.amount_minor, JSON.stringify(data)],
        ),
      ),
      post(unit, [
        creditEntry({ ...fact, kind: 'credit', parts: credits }),
        refundEntry({ ...fact, providerId: refund.provider_id, amountMinor: refund.amount_minor }),
      ]),
    ])
    await emitSettled(unit, context, refund)
  })
}

/** Books a refund that the provider made without being asked by us. */
export async function bookForeignRefund(context: Context, refundId: string, reference: string): Promise<void> {
  const [refund] = await context.db.read(context.scope, refundStatement(tenantOf(context), refundId))
  if (refund?.state === 'pending') await book(context, refund, { data: refund.data, reference })
}

/** What a bank says weeks later: the money did not arrive, and is the store's again, who still owes it to the shopper. */
export async function noteRefundFailed(context: Context, refundId: string): Promise<void> {
  const tenantId = tenantOf(context)
  const [refund] = await context.db.read(context.scope, refundStatement(tenantId, refundId))
  if (refund === undefined) throw notFound(`Refund with id: ${refundId} was not found`)
  await context.db.unitOfWork(context.scope, async (unit) => {
    await unit.run(lockOrderOfPaymentStatement(tenantId, refund.payment_id))
    await unit.run(lockPaymentStatement(tenantId, refund.payment_id))
    const failed = await unit.run(
      statement<{ id: string }>(
        'payments.fail_settled_refund',
        `with failed as (
           update refund set state = 'failed', failure = 'The bank returned the money', updated_at = now()
           where tenant_id = $1 and id = $2 and state = 'succeeded' returning id, payment_id, amount_minor
         ), paid as (
           update payment p set refunded_minor = p.refunded_minor - failed.amount_minor, updated_at = now() from failed
           where p.tenant_id = $1 and p.id = failed.payment_id returning p.payment_collection_id, failed.amount_minor, failed.id
         )
         update payment_collection k set refunded_minor = k.refunded_minor - paid.amount_minor, updated_at = now()
         from paid where k.tenant_id = $1 and k.id = paid.payment_collection_id returning paid.id`,
        [tenantId, refundId],
      ),
    )
    if (failed.length === 0) return
    await post(unit, [
      refundFailedEntry({
        source: refundId,
        orderId: refund.order_id,
        providerId: refund.provider_id,
        currency: refund.currency_code,
        amountMinor: refund.amount_minor,
        occurredAt: context.clock.now(),
      }),
    ])
  })
}
