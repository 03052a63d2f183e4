import { type Statement, statement } from '../../db/index.js'
import type { Period } from './load-order.js'
import { isLapsedSql, lapseSql } from './open-change.js'

/** The part of an order that a fulfilment belongs to; of whichever order, where none is named. */
export function partOfFulfillmentStatement(
  tenantId: string,
  orderId: string | null,
  fulfillmentId: string,
): Statement<{ vendor_order_id: string; order_id: string }> {
  return statement(
    'orders.part_of_fulfillment',
    'select vendor_order_id, order_id from fulfillment where tenant_id = $1 and ($2::text is null or order_id = $2) and id = $3',
    [tenantId, orderId, fulfillmentId],
  )
}

/** A change as Medusa has them. What nobody has to agree to here is confirmed when it is made. */
export interface OrderChangeRow {
  id: string
  order_id: string
  return_id: string | null
  exchange_id: string | null
  claim_id: string | null
  change_type: string
  status: string
  description: string | null
  internal_note: string | null
  actions: Record<string, unknown>[]
  metadata: object | null
  created_by: string | null
  requested_by: string | null
  requested_at: Date | null
  confirmed_by: string | null
  confirmed_at: Date | null
  declined_at: Date | null
  canceled_by: string | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
}

const changesMaximum = 200

export interface OrderChangeFilter {
  id: readonly string[] | null
  status: readonly string[] | null
  changeType: readonly string[] | null
  created?: Period
  updated?: Period
}

/** What was done to an order, in the order in which it was; of many the newest. Transfers to other accounts are among it, and edits that were never confirmed. */
export function orderChangesStatement(tenantId: string, orderId: string, filter: OrderChangeFilter): Statement<OrderChangeRow> {
  const swapped = (name: string) => `case when starts_with(e.exchange_id, '${name}') then e.exchange_id end`
  const ofEdit = `e.description, e.internal_note, e.metadata, e.requested_by, e.requested_at`
  return statement(
    'orders.changes',
    `select * from (select h.*, null as declined_by, null as declined_reason, null as carry_over_promotions, null as deleted_at from (
       select c.id, c.order_id, c.return_id, ${swapped('oexc_')} as exchange_id, ${swapped('claim_')} as claim_id, c.change_type,
              'confirmed' as status, ${ofEdit}, c.actions, coalesce(e.created_by, c.created_by) as created_by,
              c.created_by as confirmed_by, c.created_at as confirmed_at, null::timestamptz as declined_at, null as canceled_by,
              null::timestamptz as canceled_at, coalesce(e.created_at, c.created_at) as created_at, c.created_at as updated_at
       from order_change c left join order_edit e on e.tenant_id = c.tenant_id and e.id = c.id
       where c.tenant_id = $1 and c.order_id = $2
       union all
       select t.id, t.order_id, null, null, null, 'transfer', case when ${isLapsedSql('t')} then 'canceled' when t.status = 'accepted' then 'confirmed' else t.status end,
              t.description, t.internal_note, null, coalesce(t.created_by, t.customer_id), t.created_at,
              jsonb_build_array(jsonb_build_object('action', 'TRANSFER_CUSTOMER', 'reference', 'customer', 'reference_id', t.customer_id,
                'details', jsonb_build_object('original_email', t.original_email))),
              coalesce(t.created_by, t.customer_id), null, case t.status when 'accepted' then t.settled_at end,
              case t.status when 'declined' then t.settled_at end, null,
              case when ${isLapsedSql('t')} then ${lapseSql('t')} when t.status = 'canceled' then t.settled_at end,
              t.created_at, t.updated_at
       from order_transfer t where t.tenant_id = $1 and t.order_id = $2
       union all
       select e.id, e.order_id, null, ${swapped('oexc_')}, ${swapped('claim_')},
              case when e.exchange_id is null then 'edit' when starts_with(e.exchange_id, 'claim_') then 'claim' else 'exchange' end,
              e.status, ${ofEdit}, coalesce((
                select jsonb_agg(jsonb_build_object('id', a.id, 'action', a.action, 'internal_note', a.internal_note,
                  'reference', case when a.action = 'SHIPPING_ADD' then 'order_shipping_method' else 'line_item' end,
                  'reference_id', coalesce(a.order_line_item_id, a.added ->> 'id'), 'details', jsonb_strip_nulls(jsonb_build_object('quantity', a.quantity,
                    'quantity_diff', a.quantity - (select l.quantity from order_line_item l where l.tenant_id = $1 and l.id = a.order_line_item_id))))
                  order by a.id)
                from order_edit_action a where a.tenant_id = $1 and a.order_edit_id = e.id), '[]'),
              e.created_by, e.confirmed_by, e.confirmed_at, null, e.canceled_by, e.canceled_at, e.created_at, e.updated_at
       from order_edit e where e.tenant_id = $1 and e.order_id = $2 and e.status <> 'confirmed') h
     where ($3::text[] is null or h.id = any($3)) and ($4::text[] is null or h.status = any($4))
       and ($5::text[] is null or h.change_type = any($5))
       and ($6::timestamptz is null or h.created_at >= $6) and ($7::timestamptz is null or h.created_at < $7)
       and ($8::timestamptz is null or h.updated_at >= $8) and ($9::timestamptz is null or h.updated_at < $9)
     order by h.created_at desc, h.id desc limit ${changesMaximum}) c order by c.created_at, c.id`,
    [
      tenantId,
      orderId,
      filter.id,
      filter.status,
      filter.changeType,
      filter.created?.from ?? null,
      filter.created?.before ?? null,
      filter.updated?.from ?? null,
      filter.updated?.before ?? null,
    ],
  )
}

/** With what each action is a part of. */
export function renderOrderChange(change: OrderChangeRow): Record<string, unknown> {
  const actions = change.actions.map((action, index) => ({
    id: change.id.replace('ordch_', `ordchact_${index + 1}_`),
    ordering: index + 1,
    reference: null,
    reference_id: null,
    internal_note: null,
    amount: null,
    applied: change.status === 'confirmed',
    created_at: change.created_at,
    updated_at: change.updated_at,
    deleted_at: null,
    ...action,
    order_change_id: change.id,
    order_id: change.order_id,
    return_id: change.return_id,
    exchange_id: change.exchange_id,
    claim_id: change.claim_id,
  }))
  return { ...change, actions }
}
