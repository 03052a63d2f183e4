import { type Statement, statement } from '../../db/index.js'
import type { DraftEdit } from '../edit.js'

interface NewDraftOrder {
  id: string
  cart_id: string
  no_notification: boolean
  created_by: string | null
}

/** Notes a draft order under the store's next number of drafts: its order takes the next one of orders, which has no gaps. */
export function insertDraftOrderStatement(tenantId: string, draft: NewDraftOrder): Statement<{ id: string }> {
  return statement(
    'draft_orders.insert',
    `with number as (
       update order_sequence set next_draft_display_id = next_draft_display_id + 1 where tenant_id = $1
       returning next_draft_display_id - 1 as display_id
     )
     insert into draft_order (tenant_id, id, cart_id, display_id, no_notification, created_by)
     select $1, $2, $3, number.display_id, $4, $5 from number returning id`,
    [tenantId, draft.id, draft.cart_id, draft.no_notification, draft.created_by],
  )
}

/** Keeps what is to be changed, or that nothing is any more. */
export function saveEditStatement(tenantId: string, id: string, edit: DraftEdit | null): Statement<{ id: string }> {
  return statement(
    'draft_orders.save_edit',
    'update draft_order set edit = $3, updated_at = now() where tenant_id = $1 and id = $2 returning id',
    [tenantId, id, edit === null ? null : JSON.stringify(edit)],
  )
}

/** Removes a draft order, and its cart where nothing was begun with it. */
export function deleteDraftOrderStatement(tenantId: string, draft: { id: string; cart_id: string }): Statement<{ id: string }> {
  return statement(
    'draft_orders.delete',
    `with draft as (delete from draft_order where tenant_id = $1 and id = $2)
     delete from cart c where c.tenant_id = $1 and c.id = $3
       and not exists (select 1 from checkout k where k.tenant_id = $1 and k.cart_id = c.id)
       and not exists (select 1 from payment_collection k where k.tenant_id = $1 and k.cart_id = c.id) returning c.id`,
    [tenantId, draft.id, draft.cart_id],
  )
}
