import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import type { DraftEdit } from '../edit.js'

export interface DraftOrderRow {
  id: string
  cart_id: string
  display_id: number
  no_notification: boolean
  edit: DraftEdit | null
  created_by: string | null
  created_at: Date
  updated_at: Date
}

/** What a list of draft orders can be ordered by. */
export const draftOrderOrders = ['created_at', 'updated_at', 'display_id', 'id'] as const

/** From a moment on, and before another one. */
interface Period {
  from: Date | null
  before: Date | null
}

/** What a list of draft orders is narrowed by; null does not narrow. */
export interface DraftOrderFilter extends ListPage {
  id: readonly string[] | null
  /** Part of the e-mail, or the number. */
  q: string | null
  regionId: readonly string[] | null
  customerId: readonly string[] | null
  salesChannelId: readonly string[] | null
  created: Period
  updated: Period
}

const columns = 'd.id, d.cart_id, d.display_id, d.no_notification, d.edit, d.created_by, d.created_at, d.updated_at'

/** A page of those that are not orders yet. */
export function listDraftOrdersStatement(tenantId: string, filter: DraftOrderFilter): Statement<DraftOrderRow & { count: number }> {
  const order = orderBy('d', filter.order)
  return statement(
    `draft_orders.list:${order.name}`,
    `select ${columns}, count(*) over ()::int as count
     from draft_order d join cart c on c.tenant_id = d.tenant_id and c.id = d.cart_id
     where d.tenant_id = $1 and c.order_id is null and ($2::text[] is null or d.id = any($2))
       and ($3::text is null or d.display_id::text = $3 or strpos(lower(c.email), lower($3)) > 0)
       and ($4::text[] is null or c.region_id = any($4)) and ($5::text[] is null or c.customer_id = any($5))
       and ($6::text[] is null or c.sales_channel_id = any($6))
       and ($7::timestamptz is null or d.created_at >= $7) and ($8::timestamptz is null or d.created_at < $8)
       and ($9::timestamptz is null or d.updated_at >= $9) and ($10::timestamptz is null or d.updated_at < $10)
     ${order.sql} limit $11 offset $12`,
    [
      tenantId,
      filter.id,
      filter.q,
      filter.regionId,
      filter.customerId,
      filter.salesChannelId,
      filter.created.from,
      filter.created.before,
      filter.updated.from,
      filter.updated.before,
      filter.limit,
      filter.offset,
    ],
  )
}

/** One by id, also when it has become an order. */
export function draftOrderStatement(tenantId: string, id: string): Statement<DraftOrderRow> {
  return statement('draft_orders.one', `select ${columns} from draft_order d where d.tenant_id = $1 and d.id = $2`, [tenantId, id])
}
