import { type Statement, statement } from '../db/index.js'
import type { ReducedLine } from './reduce-line.js'

/** bigint has no JSON: amounts go as text, which PostgreSQL reads exactly. */
const json = (value: unknown) => JSON.stringify(value, (_key, entry: unknown) => (typeof entry === 'bigint' ? entry.toString() : entry))

/** Lines as they are without the pieces that were taken out, and how much of their commission went with those. */
export function reduceLinesStatement(tenantId: string, lines: readonly ReducedLine[]): Statement<{ id: string }> {
  const rows = lines.map(({ share, ...line }) => ({ ...line, commission_returned_minor: share.commission_minor }))
  return statement(
    'order_edits.reduce_lines',
    `update order_line_item i set quantity = r.quantity, subtotal_minor = r.subtotal_minor, tax_minor = r.tax_minor,
       total_minor = r.total_minor, discount_tax_minor = r.discount_tax_minor, vendor_discount_minor = r.vendor_discount_minor,
       store_discount_minor = r.store_discount_minor, platform_discount_minor = r.platform_discount_minor, tax_lines = r.tax_lines,
       adjustments = r.adjustments, commission_returned_minor = i.commission_returned_minor + r.commission_returned_minor, updated_at = now()
     from jsonb_to_recordset($2::jsonb) as r (id text, quantity integer, subtotal_minor bigint, tax_minor bigint, total_minor bigint,
       discount_tax_minor bigint, vendor_discount_minor bigint, store_discount_minor bigint, platform_discount_minor bigint,
       tax_lines jsonb, adjustments jsonb, commission_returned_minor bigint)
     where i.tenant_id = $1 and i.id = r.id returning i.id`,
    [tenantId, json(rows)],
  )
}

/**
 * Vendor orders as sums of their lines and shipping. One that has nothing left to send is canceled or completed, one that has
 * again is pending.
 */
export function sumVendorOrdersStatement(tenantId: string, vendorOrderIds: readonly string[], now: Date): Statement<{ id: string }> {
  return statement(
    'order_edits.sum_vendor_orders',
    `with line as (
       select i.vendor_order_id, sum(i.quantity) as pieces, sum(i.delivered_quantity) as delivered, sum(i.total_minor) as total,
              sum(i.tax_minor) as tax, sum(coalesce(c.amount_minor, 0) - i.commission_returned_minor) as commission,
              sum(i.vendor_discount_minor) as by_vendor, sum(i.store_discount_minor) as by_store, sum(i.platform_discount_minor) as by_platform
       from order_line_item i left join commission_line c on c.tenant_id = i.tenant_id and c.order_line_item_id = i.id
       where i.tenant_id = $1 and i.vendor_order_id = any($2) group by 1
     ), method as (
       select v.id as vendor_order_id, coalesce(sum(m.total_minor), 0) as total, coalesce(sum(m.tax_minor), 0) as tax,
              coalesce(sum(m.vendor_discount_minor), 0) as by_vendor, coalesce(sum(m.store_discount_minor), 0) as by_store,
              coalesce(sum(m.platform_discount_minor), 0) as by_platform
       from vendor_order v left join order_shipping_method m on m.tenant_id = v.tenant_id and m.vendor_order_id = v.id
       where v.tenant_id = $1 and v.id = any($2) group by 1
     )
     update vendor_order v set
       item_total_minor = l.total, shipping_total_minor = m.total, total_minor = l.total + m.total, tax_total_minor = l.tax + m.tax,
       commission_minor = l.commission, vendor_discount_minor = l.by_vendor + m.by_vendor,
       store_discount_minor = l.by_store + m.by_store, platform_discount_minor = l.by_platform + m.by_platform,
       vendor_amount_minor = l.total + m.total - l.tax - m.tax - l.commission + l.by_store + m.by_store + l.by_platform + m.by_platform,
       status = case when l.pieces = 0 then 'canceled' when l.pieces = l.delivered then 'completed' else 'pending' end,
       canceled_at = case when l.pieces = 0 then coalesce(v.canceled_at, $3) end, updated_at = now()
     from line l join method m on m.vendor_order_id = l.vendor_order_id
     where v.tenant_id = $1 and v.id = l.vendor_order_id returning v.id`,
    [tenantId, vendorOrderIds, now],
  )
}

/** The order as the sum of its vendor orders; more is expected of it while one of them is pending. */
export function sumOrderStatement(tenantId: string, orderId: string): Statement<{ id: string }> {
  return statement(
    'order_edits.sum_order',
    `update orders o set total_minor = v.total, tax_total_minor = v.tax, version = o.version + 1, updated_at = now(),
       status = case when o.status = 'completed' and v.is_pending then 'pending' else o.status end
     from (select sum(total_minor) as total, sum(tax_total_minor) as tax, bool_or(status = 'pending') as is_pending
           from vendor_order where tenant_id = $1 and order_id = $2) v
     where o.tenant_id = $1 and o.id = $2 returning o.id`,
    [tenantId, orderId],
  )
}

export type ChangeType = 'edit' | 'exchange' | 'exchange_cancel' | 'claim' | 'claim_cancel'

/** In the order's history an edit has its own id, and what the order comes to more by it. */
export function insertHistoryStatement(
  tenantId: string,
  done: { id: string; orderId: string; type: ChangeType; actorId: string; actions: readonly object[]; differenceMinor: bigint },
): Statement<{ id: string }> {
  return statement(
    'order_edits.insert_history',
    `insert into order_change (tenant_id, id, order_id, change_type, actions, created_by, difference_minor)
     values ($1, $2, $3, $4, $5, $6, $7) returning id`,
    [tenantId, done.id, done.orderId, done.type, JSON.stringify(done.actions), done.actorId, done.differenceMinor],
  )
}
