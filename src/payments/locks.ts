import { type Statement, statement } from '../db/index.js'

export interface OrderLock {
  id: string
  status: string
  currency_code: string
  customer_id: string | null
  /** What was paid with gift cards and store credit, and what was given back as store credit. */
  credit_minor: bigint
  credit_returned_minor: bigint
}

const orderColumns = 'o.id, o.status, o.currency_code, o.customer_id, o.credit_minor, o.credit_returned_minor'

/**
 * What happens to an order after its sale follows one another under this lock; then come its payments, its vendor
 * orders, its lines and the stock. `no key update`: whoever packs a part inserts rows that refer to the order, and
 * would otherwise wait here while we wait for the part.
 */
export function lockOrderOfPaymentStatement(tenantId: string, paymentId: string): Statement<OrderLock> {
  return statement(
    'payments.lock_order_of_payment',
    `select ${orderColumns} from orders o where o.tenant_id = $1 and o.id = (
       select k.order_id from payment p join payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
       where p.tenant_id = $1 and p.id = $2) for no key update of o`,
    [tenantId, paymentId],
  )
}

/** The same, for an order that is named. */
export function lockOrderToCreditStatement(tenantId: string, orderId: string): Statement<OrderLock> {
  return statement(
    'payments.lock_order',
    `select ${orderColumns} from orders o where o.tenant_id = $1 and o.id = $2 for no key update of o`,
    [tenantId, orderId],
  )
}

/** Credits refer to vendor orders and lines: both are locked before, in the order in which packing locks them. */
export function lockPartsStatement(
  tenantId: string,
  orderId: string,
): Statement<{ id: string; vendor_id: string; status: string; display_id: string }> {
  return statement(
    'payments.lock_parts',
    'select id, vendor_id, status, display_id from vendor_order where tenant_id = $1 and order_id = $2 order by id for update',
    [tenantId, orderId],
  )
}

export interface PaymentLock {
  id: string
  payment_collection_id: string
  provider_id: string
  currency_code: string
  captured_minor: bigint
  refunded_minor: bigint
  /** What banks took back for good. */
  lost_minor: bigint
  /** A bank has the money until it has decided. */
  is_disputed: boolean
  data: Record<string, unknown>
  canceled_at: Date | null
  cancel_requested_at: Date | null
  pending_refund_id: string | null
  pending_refund_minor: bigint
  /** What the order's other payments hold: captured, and neither refunded nor about to be. */
  others_minor: bigint
}

const paymentColumns = `
  p.id, p.payment_collection_id, p.provider_id, p.currency_code, p.captured_minor, p.refunded_minor, p.lost_minor, p.data, p.canceled_at,
  p.cancel_requested_at,
  exists (select 1 from dispute d where d.tenant_id = p.tenant_id and d.payment_id = p.id and d.status in ('needs_response', 'under_review'))
    as is_disputed`
const othersOf = `coalesce((
  select sum(q.captured_minor - q.refunded_minor - q.lost_minor - coalesce((select sum(w.amount_minor) from refund w
    where w.tenant_id = $1 and w.payment_id = q.id and w.state = 'pending'), 0))
  from payment_collection mine
  join payment_collection k on k.tenant_id = $1 and k.order_id = mine.order_id
  join payment q on q.tenant_id = $1 and q.payment_collection_id = k.id and q.id <> p.id
  where mine.tenant_id = $1 and mine.id = p.payment_collection_id), 0)::bigint as others_minor`
const pendingOf = `left join refund r on r.tenant_id = p.tenant_id and r.payment_id = p.id and r.state = 'pending'`

/** A payment under the order's lock, with its refund that waits for the provider. */
export function lockPaymentStatement(tenantId: string, paymentId: string): Statement<PaymentLock> {
  return statement(
    'payments.lock_for_refund',
    `select ${paymentColumns}, r.id as pending_refund_id, coalesce(r.amount_minor, 0) as pending_refund_minor, ${othersOf}
     from payment p ${pendingOf} where p.tenant_id = $1 and p.id = $2 for update of p`,
    [tenantId, paymentId],
  )
}

export function lockPaymentsOfOrderStatement(tenantId: string, orderId: string): Statement<PaymentLock> {
  return statement(
    'payments.lock_of_order',
    `select ${paymentColumns}, r.id as pending_refund_id, coalesce(r.amount_minor, 0) as pending_refund_minor, ${othersOf}
     from payment_collection k join payment p on p.tenant_id = k.tenant_id and p.payment_collection_id = k.id ${pendingOf}
     where k.tenant_id = $1 and k.order_id = $2 order by p.id for update of p`,
    [tenantId, orderId],
  )
}
