import type { Address } from '../../carts/index.js'
import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import { type FulfillmentRow, fulfillmentsJson, linesJson, methodsJson, type OrderLineRow, type OrderMethodRow } from './order-parts.js'

export interface CommissionLineRow {
  id: string
  order_line_item_id: string
  commission_rule_id: string | null
  rate_ppm: number
  fixed_minor: number
  base_minor: number
  amount_minor: number
}

/** One vendor's order with everything that the vendor may see of it, and nothing of the other vendors. */
export interface LoadedVendorOrder {
  id: string
  vendor_id: string
  display_id: string
  status: 'pending' | 'completed' | 'canceled'
  email: string | null
  region_id: string
  currency_code: string
  shipping_address: Address | null
  total_minor: bigint
  commission_minor: bigint
  vendor_amount_minor: bigint
  /** Discounts without tax, by who pays for them. */
  vendor_discount_minor: bigint
  store_discount_minor: bigint
  platform_discount_minor: bigint
  /** What was given back or credited of it, and what the vendor gave up. */
  credited_minor: bigint
  credited_vendor_minor: bigint
  credited_commission_minor: bigint
  paid_at: Date | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
  vendor: { id: string; name: string; handle: string }
  lines: OrderLineRow[]
  methods: OrderMethodRow[]
  fulfillments: FulfillmentRow[]
  commission_lines: CommissionLineRow[]
}

const creditOf = (column: string) => `coalesce((select sum(oc.${column}) from order_credit oc
   where oc.tenant_id = $1 and oc.vendor_order_id = v.id and oc.state = 'booked'), 0)::bigint`

/**
 * Reads only tables that the vendor role may read. The parent order's id stays out of the answer: whoever knows it can
 * read the whole order, with what other vendors sold.
 */
const vendorOrderColumns = `
  v.id, v.vendor_id, v.display_id, v.status, v.email, v.region_id, v.currency_code, v.shipping_address, v.total_minor,
  v.commission_minor, v.vendor_amount_minor, v.vendor_discount_minor, v.store_discount_minor, v.platform_discount_minor,
  ${creditOf('amount_minor')} as credited_minor,
  ${creditOf('vendor_amount_minor')} as credited_vendor_minor, ${creditOf('commission_minor')} as credited_commission_minor, v.paid_at, v.canceled_at, v.created_at, v.updated_at,
  (select json_build_object('id', d.id, 'name', d.name, 'handle', d.handle) from vendor d
   where d.tenant_id = $1 and d.id = v.vendor_id) as vendor,
  ${linesJson('i.vendor_order_id = v.id')} as lines, ${methodsJson('m.vendor_order_id = v.id')} as methods,
  ${fulfillmentsJson('f.vendor_order_id = v.id')} as fulfillments,
  coalesce((select json_agg(json_build_object('id', c.id, 'order_line_item_id', c.order_line_item_id,
      'commission_rule_id', c.commission_rule_id, 'rate_ppm', c.rate_ppm, 'fixed_minor', c.fixed_minor,
      'base_minor', ci.subtotal_minor - ci.vendor_discount_minor, 'amount_minor', c.amount_minor - ci.commission_returned_minor) order by c.id)
    from commission_line c join order_line_item ci on ci.tenant_id = c.tenant_id and ci.id = c.order_line_item_id and ci.quantity > 0 where c.tenant_id = $1 and c.vendor_order_id = v.id), '[]') as commission_lines`

/** One vendor order; under role `vendor` the database shows only the vendor's own. */
export function retrieveVendorOrderStatement(tenantId: string, vendorOrderId: string): Statement<LoadedVendorOrder> {
  return statement(
    'orders.retrieve_vendor_order',
    `select ${vendorOrderColumns} from vendor_order v where v.tenant_id = $1 and v.id = $2`,
    [tenantId, vendorOrderId],
  )
}

/** What a list of vendor orders can be ordered by. */
export const vendorOrderOrders = ['created_at', 'updated_at', 'id'] as const

/** What a list of vendor orders is narrowed by; null does not narrow. */
export interface VendorOrderFilter extends ListPage {
  id: readonly string[] | null
  status: readonly string[] | null
  /** Only these vendors'. */
  vendorIds: readonly string[] | null
  /** Part of the e-mail, or the number of it or of the order that it is a part of. */
  q: string | null
}

/** A page of vendor orders, each whole. */
export function listVendorOrdersStatement(tenantId: string, filter: VendorOrderFilter): Statement<LoadedVendorOrder & { count: number }> {
  const order = orderBy('v', filter.order)
  return statement(
    `orders.list_vendor_orders:${order.name}`,
    `select ${vendorOrderColumns}, v.count from (
       select v.*, count(*) over ()::int as count from vendor_order v
       where v.tenant_id = $1 and ($2::text[] is null or v.id = any($2)) and ($3::text[] is null or v.status = any($3))
         and ($4::text[] is null or v.vendor_id = any($4))
         and ($5::text is null or v.display_id = $5 or split_part(v.display_id, '-', 1) = $5 or strpos(lower(v.email), lower($5)) > 0)
       ${order.sql} limit $6 offset $7) v
     ${order.sql}`,
    [tenantId, filter.id, filter.status, filter.vendorIds, filter.q?.trim().replace(/^#/, '') ?? null, filter.limit, filter.offset],
  )
}
