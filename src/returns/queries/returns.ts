import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import { isId, toMajor, worthOfPieces } from '../../kernel/index.js'
import { piecesBeforeSql } from '../../payments/index.js'

export interface ReturnItemRow {
  id: string
  item_id: string
  quantity: number
  received_quantity: number
  damaged_quantity: number
  receiving_quantity: number
  dismissing_quantity: number
  reason_id: string | null
  reason: object | null
  note: string | null
  metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
  sold_quantity: number
  /** Of its line, that earlier returns took. */
  pieces_before: number
  sold_minor: number
  /** The line that its pieces are of, as it was sold, and what became of that. */
  item: { unit_price_minor: number }
  detail: object
}

/** A return as loaded; amounts in minor units. */
export interface ReturnRow {
  id: string
  order_id: string
  order_version: number
  display_id: number
  status: 'open' | 'requested' | 'received' | 'partially_received' | 'canceled'
  location_id: string | null
  currency_code: string
  shipping_option_id: string | null
  shipping_name: string | null
  shipping_minor: bigint
  is_receiving: boolean
  no_notification: boolean | null
  note: string | null
  refunded_minor: bigint
  /** What its goods paid of others: the exchange credited the order with it. */
  credited_minor: bigint
  exchange_id: string | null
  metadata: Record<string, unknown> | null
  created_by: string | null
  requested_at: Date | null
  received_at: Date | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
  items: ReturnItemRow[]
  count: number
}

export const returnOrders = ['created_at', 'updated_at', 'display_id', 'id'] as const

/** Returns with their items, and what was refunded for them. */
export function listReturnsStatement(
  tenantId: string,
  filter: { id: readonly string[] | null; orderId: readonly string[] | null; status: readonly string[] | null },
  page: ListPage,
): Statement<ReturnRow> {
  const order = orderBy('r', page.order)
  return statement(
    `returns.list.${order.name}`,
    `select r.id, r.order_id, r.display_id, r.status, r.location_id, o.currency_code, r.shipping_option_id, r.shipping_name,
            r.shipping_minor, r.is_receiving, r.no_notification, r.note, r.metadata, r.created_by, r.requested_at, r.received_at,
            r.canceled_at, r.created_at, r.updated_at, r.exchange_id, o.version as order_version,
            coalesce((select sum(c.amount_minor) from order_credit c where c.tenant_id = $1 and c.order_id = r.order_id
              and c.return_id = r.id and c.refund_id is null and c.state = 'booked'), 0)::bigint as credited_minor,
            (coalesce((select sum(f.amount_minor) from refund f where f.tenant_id = $1 and f.order_id = r.order_id and f.return_id = r.id
                and f.state = 'succeeded'), 0)
              + coalesce((select sum(c.amount_minor) from order_credit c join refund f on f.tenant_id = $1 and f.id = c.refund_id
                  and f.state = 'succeeded' and f.return_id is null
                where c.tenant_id = $1 and c.order_id = r.order_id and c.return_id = r.id), 0))::bigint as refunded_minor,
            coalesce((select json_agg(json_build_object('id', i.id, 'item_id', i.order_line_item_id, 'quantity', i.quantity,
                'received_quantity', i.received_quantity, 'damaged_quantity', i.damaged_quantity, 'receiving_quantity', i.receiving_quantity,
                'dismissing_quantity', i.dismissing_quantity, 'reason_id', i.reason_id, 'note', i.note, 'metadata', i.metadata,
                'reason', (select json_build_object('id', e.id, 'value', e.value, 'label', e.label, 'description', e.description,
                             'parent_return_reason_id', e.parent_return_reason_id, 'metadata', e.metadata, 'created_at', e.created_at,
                             'updated_at', e.updated_at, 'deleted_at', e.deleted_at) from return_reason e
                           where e.tenant_id = $1 and e.id = i.reason_id),
                'created_at', i.created_at, 'updated_at', i.updated_at, 'sold_quantity', l.quantity, 'pieces_before', ${piecesBeforeSql}, 'sold_minor', l.total_minor,
                'item', l.snapshot || jsonb_build_object('id', l.id, 'title', l.title, 'subtitle', l.subtitle, 'variant_id', l.variant_id,
                  'product_id', l.product_id, 'unit_price_minor', l.unit_price_minor, 'requires_shipping', l.requires_shipping,
                  'thumbnail', l.thumbnail, 'is_giftcard', l.is_giftcard, 'is_discountable', l.is_discountable, 'is_tax_inclusive', l.is_tax_inclusive,
                  'is_custom_price', l.is_custom_price, 'metadata', l.metadata, 'created_at', l.created_at, 'updated_at', l.updated_at, 'deleted_at', null),
                'detail', json_build_object('id', replace(l.id, 'ordli_', 'orditem_'), 'item_id', l.id, 'quantity', l.quantity,
                  'fulfilled_quantity', l.fulfilled_quantity, 'shipped_quantity', l.shipped_quantity,
                  'delivered_quantity', l.delivered_quantity, 'return_requested_quantity', l.return_requested_quantity,
                  'return_received_quantity', l.return_received_quantity, 'return_dismissed_quantity', l.return_dismissed_quantity,
                  'written_off_quantity', l.return_dismissed_quantity, 'metadata', coalesce(l.metadata, '{}'), 'created_at', l.created_at,
                  'updated_at', l.updated_at, 'deleted_at', null)) order by i.id)
              from order_return_item i join order_line_item l on l.tenant_id = i.tenant_id and l.id = i.order_line_item_id
              where i.tenant_id = $1 and i.return_id = r.id), '[]') as items,
            count(*) over ()::int as count
     from order_return r join orders o on o.tenant_id = r.tenant_id and o.id = r.order_id
     where r.tenant_id = $1 and ($2::text[] is null or r.id = any($2)) and ($3::text[] is null or r.order_id = any($3))
       and ($4::text[] is null or r.status = any($4))
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.orderId, filter.status, page.limit, page.offset],
  )
}

/** What pieces of an item were sold for, behind so many of its own. */
const worthOfItem = (item: ReturnItemRow, pieces: number, behind = 0): bigint =>
  worthOfPieces({ total: BigInt(item.sold_minor), quantity: item.sold_quantity }, pieces, item.pieces_before + behind)

/** How the goods are sent back, as a shipping method of Medusa's. There is one, so it has the return's id; no tax is on it. */
export function shippingOf(row: ReturnRow, name: string): Record<string, unknown> {
  const { id, order_id, shipping_option_id, shipping_minor } = row
  const rest = { description: null, data: {}, metadata: null, is_tax_inclusive: false, is_custom_amount: false }
  const amount = toMajor(shipping_minor, row.currency_code)
  return { id, order_id, return_id: id, shipping_option_id, name, amount, ...rest, tax_lines: [], adjustments: [] }
}

/**
 * A return in wire shape (Store API contract, return), amounts in major units. `refund_amount` is what was given back
 * for it, null for nothing; `refundable_amount` is what its received goods were sold for, less its shipping, what was given back and what they paid of others.
 */
export function renderReturn(row: ReturnRow): Record<string, unknown> {
  const {
    items,
    count: _count,
    shipping_minor,
    shipping_name,
    shipping_option_id: _option,
    refunded_minor,
    is_receiving: _receiving,
    ...more
  } = row
  const { credited_minor, ...rest } = more
  const currency = row.currency_code
  // What a claim gives it gives for what is claimed, whether or not that comes back.
  const isClaim = isId(row.exchange_id, 'claim')
  const worth = (isClaim ? [] : items).reduce(
    (sum, item) =>
      // A line may have been taken out of the order while a return of it was put together.
      sum + worthOfItem(item, item.received_quantity + item.damaged_quantity),
    0n,
  )
  const offered = worth - shipping_minor - refunded_minor - credited_minor
  return {
    ...rest,
    // A guest is nobody who has an id.
    created_by: row.created_by || null,
    deleted_at: null,
    exchange_id: isClaim ? null : row.exchange_id,
    claim_id: isClaim ? row.exchange_id : null,
    refund_amount: refunded_minor === 0n ? null : toMajor(refunded_minor, currency),
    refundable_amount: toMajor(worth === 0n || offered < 0n ? 0n : offered, currency),
    items: items.map(
      ({
        receiving_quantity: _counted,
        dismissing_quantity: _dismissed,
        sold_quantity: _sold,
        pieces_before: _before,
        sold_minor: _minor,
        item: sold,
        ...item
      }) => {
        const { unit_price_minor, ...line } = sold
        return { ...item, item: { ...line, unit_price: toMajor(unit_price_minor, currency) }, return_id: row.id }
      },
    ),
    shipping_methods: shipping_name === null ? [] : [shippingOf(row, shipping_name)],
  }
}
