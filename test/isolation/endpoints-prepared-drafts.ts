import { good } from '../support/http.js'
import { draftOrder } from './endpoints-drafts.js'
import type { Prepare } from './endpoints-spares.js'
import type { Ids, World } from './endpoints-world.js'

// Requests that use a draft order up: each gets one of its own.

const editedDraft: Prepare = ({ store, customer }) => draftOrder(store, customer)

/** The same with an edit that says nothing yet. */
const otherDraft: Prepare = async (world, vendor) => {
  const ids = await draft(world, vendor)
  good(await world.store.admin.post(`/admin/draft-orders/${ids.draft_order}/edit`))
  return ids
}

/** A draft order that nobody edits. */
async function draft({ store, customer }: World, _vendor: number): Promise<Ids> {
  const ids = await draftOrder(store, customer)
  good(await store.admin.delete(`/admin/draft-orders/${ids.draft_order}/edit`))
  return ids
}

/** By route. */
export const preparedDrafts: Record<string, Prepare> = {
  'POST /admin/draft-orders/:id': editedDraft,
  'DELETE /admin/draft-orders/:id': editedDraft,
  'POST /admin/draft-orders/:id/convert-to-order': draft,
  'POST /admin/draft-orders/:id/edit': draft,
  'DELETE /admin/draft-orders/:id/edit': editedDraft,
  'POST /admin/draft-orders/:id/edit/request': editedDraft,
  'POST /admin/draft-orders/:id/edit/confirm': editedDraft,
  'POST /admin/draft-orders/:id/edit/items': editedDraft,
  'POST /admin/draft-orders/:id/edit/items/item/:item_id': editedDraft,
  'POST /admin/draft-orders/:id/edit/items/:action_id': editedDraft,
  'DELETE /admin/draft-orders/:id/edit/items/:action_id': editedDraft,
  'POST /admin/draft-orders/:id/edit/promotions': editedDraft,
  'DELETE /admin/draft-orders/:id/edit/promotions': editedDraft,
  'POST /admin/draft-orders/:id/edit/shipping-methods': editedDraft,
  'POST /admin/draft-orders/:id/edit/shipping-methods/:action_id': editedDraft,
  'DELETE /admin/draft-orders/:id/edit/shipping-methods/:action_id': editedDraft,
  'POST /admin/draft-orders/:id/edit/shipping-methods/method/:method_id': otherDraft,
  'DELETE /admin/draft-orders/:id/edit/shipping-methods/method/:method_id': otherDraft,
}
