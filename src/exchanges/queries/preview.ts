import { type Context, singlePage, tenantOf } from '../../db/index.js'
import { isId } from '../../kernel/index.js'
import { openEditStatement, previewOrder } from '../../order-edits/index.js'
import type { Pictures } from '../../orders/index.js'
import { listReturnsStatement, returnActions, type ReturnRow, returnShipping } from '../../returns/index.js'
import { worthOf } from '../worth.js'
import { type ExchangeRow, listExchangesStatement } from './exchanges.js'

/**
 * An order as it would be after its open edit, exchange or claim, with what comes back and what is claimed among the actions.
 * Throws as previewOrder does.
 */
export async function previewChange(context: Context, orderId: string, pictures: Pictures): Promise<Record<string, unknown>> {
  const tenantId = tenantOf(context)
  const [edit] = await context.db.read(context.scope, openEditStatement(tenantId, orderId))
  if (edit?.exchange_id == null) return previewOrder(context, orderId, pictures)
  const filter = { id: [edit.exchange_id], orderId: null, status: null, isClaim: isId(edit.exchange_id, 'claim') }
  const [exchange] = await context.db.read(context.scope, listExchangesStatement(tenantId, filter, singlePage))
  if (exchange === undefined) return previewOrder(context, orderId, pictures)
  const row = exchange.return_id === null ? undefined : await readReturn(context, exchange.return_id)
  const inbound = { items: row === undefined ? [] : piecesOf(row.items), shipping_minor: row?.shipping_minor ?? 0n }
  const paying = filter.isClaim ? { items: piecesOf(exchange.claim_items), shipping_minor: 0n } : inbound
  const actions = claimActions(exchange)
  for (const [id, more] of row === undefined ? [] : returnActions(row)) actions.set(id, [...(actions.get(id) ?? []), ...more])
  return previewOrder(context, orderId, pictures, {
    credits: (order, parts) => worthOf(paying, order, parts),
    actions,
    shipping: row === undefined ? [] : returnShipping(row),
  })
}

const piecesOf = (items: readonly { item_id: string; quantity: number }[]) =>
  items.map((item) => ({ order_line_item_id: item.item_id, quantity: item.quantity }))

async function readReturn(context: Context, id: string): Promise<ReturnRow | undefined> {
  const filter = { id: [id], orderId: null, status: null }
  return (await context.db.read(context.scope, listReturnsStatement(tenantOf(context), filter, singlePage)))[0]
}

/** What is claimed, as Medusa's actions. An action's id is its item's. */
function claimActions(claim: ExchangeRow): Map<string, object[]> {
  return new Map(
    claim.claim_items.map((item) => [
      item.item_id,
      [
        {
          id: item.id,
          action: 'WRITE_OFF_ITEM',
          claim_id: claim.id,
          order_id: claim.order_id,
          details: { reference_id: item.item_id, quantity: item.quantity, reason: item.reason },
          internal_note: item.note,
        },
      ],
    ]),
  )
}
