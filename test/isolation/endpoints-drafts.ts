import { good } from '../support/http.js'
import type { Shopper } from '../support/shopper.js'
import type { TestStore } from '../support/store.js'

// What staff put together for a customer, and how its parts are found.

const draftActions = (action: string) => ({
  sql: `select a ->> 'id' as id from app.draft_order d cross join jsonb_array_elements(d.edit -> 'actions') a
        where d.tenant_id = $1 and a ->> 'action' = '${action}'`,
  ofVendor: false,
})

/** Kinds of ids that routes of draft orders name. */
export const draftKinds = {
  draft_item: {
    sql: `select l.id from app.cart_line_item l join app.draft_order d on d.tenant_id = l.tenant_id and d.cart_id = l.cart_id where l.tenant_id = $1`,
    ofVendor: false,
  },
  draft_item_action: draftActions('ITEM_ADD'),
  draft_method: {
    sql: `select m.id from app.cart_shipping_method m join app.draft_order d on d.tenant_id = m.tenant_id and d.cart_id = m.cart_id where m.tenant_id = $1`,
    ofVendor: false,
  },
  draft_method_action: draftActions('SHIPPING_ADD'),
  draft_order: { sql: 'select id from app.draft_order where tenant_id = $1', ofVendor: false },
}

/** A draft order of a thing of the first vendor, with shipping, and an edit that adds another and chooses shipping anew. */
export async function draftOrder(
  { admin, regionId, salesChannelId, vendors }: TestStore,
  customer: Shopper,
): Promise<Record<string, string>> {
  const [vendor] = vendors
  const variant_id = vendor?.products[0]?.variantIds[0]
  const shipping_option_id = vendor?.shippingOptionId
  const body = {
    region_id: regionId,
    sales_channel_id: salesChannelId,
    customer_id: customer.id,
    items: [{ variant_id, quantity: 1 }],
    shipping_methods: [{ shipping_option_id }],
  }
  const { draft_order: draft } = good(await admin.post('/admin/draft-orders', body))
  const edit = `/admin/draft-orders/${draft.id}/edit`
  good(await admin.post(edit))
  good(await admin.post(`${edit}/items`, { items: [{ variant_id, quantity: 1 }] }))
  const { draft_order_preview: preview } = good(await admin.post(`${edit}/shipping-methods`, { shipping_option_id }))
  const [item, method] = preview.order_change.actions
  return {
    draft_order: draft.id,
    draft_item: draft.items[0].id,
    draft_method: draft.shipping_methods[0].id,
    draft_item_action: item.id,
    draft_method_action: method.id,
  }
}
