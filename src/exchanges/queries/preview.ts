import { type Context, singlePage, tenantOf } from '../../db/index.js'
import { openEditStatement, previewOrder } from '../../order-edits/index.js'
import type { Pictures } from '../../orders/index.js'
import { listReturnsStatement, returnActions, returnShipping } from '../../returns/index.js'
import { worthOf } from '../worth.js'
import { listExchangesStatement } from './exchanges.js'

/** An order as it would be after its open edit or exchange, with what comes back among the actions. Throws as previewOrder does. */
export async function previewChange(context: Context, orderId: string, pictures: Pictures): Promise<Record<string, unknown>> {
  const tenantId = tenantOf(context)
  const [edit] = await context.db.read(context.scope, openEditStatement(tenantId, orderId))
  if (edit?.exchange_id == null) return previewOrder(context, orderId, pictures)
  const filter = { id: [edit.exchange_id], orderId: null, status: null }
  const [exchange] = await context.db.read(context.scope, listExchangesStatement(tenantId, filter, singlePage))
  if (exchange?.return_id == null) return previewOrder(context, orderId, pictures)
  const [row] = await context.db.read(context.scope, listReturnsStatement(tenantId, { ...filter, id: [exchange.return_id] }, singlePage))
  if (row === undefined) return previewOrder(context, orderId, pictures)
  const items = row.items.map((item) => ({ order_line_item_id: item.item_id, quantity: item.quantity }))
  return previewOrder(context, orderId, pictures, {
    credits: (order, parts) => worthOf({ items, shipping_minor: row.shipping_minor }, order, parts),
    actions: returnActions(row),
    shipping: returnShipping(row),
  })
}
