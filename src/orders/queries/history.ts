import { type Statement, statement } from '../../db/index.js'

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

export interface OrderChangeRow {
  id: string
  order_id: string
  return_id: string | null
  change_type: string
  status: string
  actions: object[]
  created_by: string | null
  created_at: Date
}

const changesMaximum = 200

/** What was done to an order, the newest first, transfers to other accounts among it, and edits that were never confirmed. */
export function orderChangesStatement(tenantId: string, orderId: string): Statement<OrderChangeRow> {
  return statement(
    'orders.changes',
    `select * from (
       select c.id, c.order_id, c.return_id, c.change_type, 'confirmed' as status, c.actions, c.created_by, c.created_at
       from order_change c where c.tenant_id = $1 and c.order_id = $2
       union all
       select t.id, t.order_id, null, 'transfer', case t.status when 'accepted' then 'confirmed' else t.status end,
              jsonb_build_array(jsonb_build_object('action', 'TRANSFER_CUSTOMER', 'reference_id', t.customer_id)), t.created_by, t.created_at
       from order_transfer t where t.tenant_id = $1 and t.order_id = $2
       union all
       select e.id, e.order_id, null, case when e.exchange_id is null then 'edit' when starts_with(e.exchange_id, 'claim_') then 'claim' else 'exchange' end, e.status, coalesce((
                select jsonb_agg(jsonb_build_object('id', a.id, 'action', a.action,
                  'reference_id', coalesce(a.order_line_item_id, a.added ->> 'id'), 'details', jsonb_build_object('quantity', a.quantity))
                  order by a.id)
                from order_edit_action a where a.tenant_id = $1 and a.order_edit_id = e.id), '[]'), e.created_by, e.created_at
       from order_edit e where e.tenant_id = $1 and e.order_id = $2 and e.status <> 'confirmed') h
     order by h.created_at desc, h.id desc limit ${changesMaximum}`,
    [tenantId, orderId],
  )
}
