import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import type { WaitingFor } from '../policy.js'

/** How a vendor order stands, as of when it was last settled; amounts in minor units. */
export interface PayableRow {
  vendor_order_id: string
  display_id: string
  order_id: string
  vendor_id: string
  currency_code: string
  due_minor: bigint
  released_minor: bigint
  available_minor: bigint
  reserved_minor: bigint
  waiting_for: WaitingFor | null
  look_again_at: Date | null
  created_at: Date
  updated_at: Date
  count: number
}

export interface PayableFilter {
  vendorOrderIds: string[] | null
  vendorIds: string[] | null
  waitingFor: string[] | null
  /** Only where more or less was released than is due. */
  isOpen: boolean | null
}

/** A vendor order's payable has its id: lists are ordered by it. */
export function listPayablesStatement(tenantId: string, filter: PayableFilter, page: ListPage): Statement<PayableRow> {
  const order = orderBy('v', page.order)
  return statement(
    `payouts.payables.${order.name}`,
    `select p.vendor_order_id, v.display_id, p.order_id, p.vendor_id, p.currency_code, p.due_minor, p.released_minor, p.available_minor,
            p.reserved_minor, p.waiting_for, p.look_again_at, p.created_at, p.updated_at, count(*) over ()::int as count
     from payable p join vendor_order v on v.tenant_id = $1 and v.id = p.vendor_order_id
     where p.tenant_id = $1 and ($2::text[] is null or p.vendor_order_id = any($2)) and ($3::text[] is null or p.vendor_id = any($3))
       and ($4::text[] is null or p.waiting_for = any($4)) and ($5::boolean is null or (p.due_minor <> p.released_minor) = $5)
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.vendorOrderIds, filter.vendorIds, filter.waitingFor, filter.isOpen, page.limit, page.offset],
  )
}
