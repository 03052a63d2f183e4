import { good } from '../support/http.js'
import type { TestStore } from '../support/store.js'

/** Plans a further piece and shipping of a vendor for an order. */
export async function edit(store: TestStore, order_id: string, vendor = 0): Promise<Record<string, string>> {
  good(await store.admin.post('/admin/order-edits', { order_id }))
  const items = [{ variant_id: store.vendors[vendor]?.products[1]?.variantIds[0], quantity: 1 }]
  good(await store.admin.post(`/admin/order-edits/${order_id}/items`, { items }))
  const { shippingOptionId: shipping_option_id } = store.vendors[vendor] as TestStore['vendors'][number]
  const { order_preview } = good(await store.admin.post(`/admin/order-edits/${order_id}/shipping-method`, { shipping_option_id }))
  const actionIn = (list: { actions: { id: string }[] }[]) => list.flatMap((part) => part.actions)[0]?.id as string
  return { order_edit_item: actionIn(order_preview.items), order_edit_shipping: actionIn(order_preview.shipping_methods) }
}
