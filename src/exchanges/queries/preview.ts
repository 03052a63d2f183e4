import { type Context, type ListPage, singlePage, tenantOf } from '../../db/index.js'
import { isId } from '../../kernel/index.js'
import { openEditStatement, previewOrder } from '../../order-edits/index.js'
import { type OrderLineRow, orderChangesStatement, type Pictures, renderOrderChange } from '../../orders/index.js'
import {
  afterReturn,
  isPlanned,
  listReturnsStatement,
  renderReturnChange,
  plannedReturn,
  returnActions,
  type ReturnRow,
  returnShippingActions,
} from '../../returns/index.js'
import { type Inbound, worthOf } from '../worth.js'
import { type ExchangeRow, listExchangesStatement } from './exchanges.js'

/** More returns than any order has open at once. */
const allReturns: ListPage = { limit: 100, offset: 0, order: { field: 'id', descending: true } }

/**
 * An order as it would be after its open edit, exchange or claim, and after what is planned of its returns, with what comes back
 * and what is claimed among the actions.
 * @param returnId its step is answered: its change is shown before those of others
 * @throws as previewOrder does
 */
export async function previewChange(
  context: Context,
  orderId: string,
  pictures: Pictures,
  returnId?: string,
): Promise<Record<string, unknown>> {
  const tenantId = tenantOf(context)
  const [edit] = await context.db.read(context.scope, openEditStatement(tenantId, orderId))
  const exchange = edit?.exchange_id == null ? undefined : await readExchange(context, edit.exchange_id)
  const filter = { id: null, orderId: [orderId], status: ['open', 'requested', 'partially_received'] }
  const all = await context.db.read(context.scope, listReturnsStatement(tenantId, filter, allReturns))
  // What is being counted is closer to its end than what is still put together.
  const nearness = (row: ReturnRow) => (row.id === returnId ? 2 : 0) + (row.is_receiving ? 1 : 0)
  const returns = all.filter(isPlanned).sort((one, other) => nearness(other) - nearness(one))
  const actions = exchange === undefined ? new Map<string, object[]>() : claimActions(exchange)
  const open = returns.filter((row) => row.status === 'open')
  for (const [id, more] of returns.flatMap((row) => [...returnActions(row)]).concat(open.flatMap(returnShippingActions)))
    actions.set(id, [...(actions.get(id) ?? []), ...more])
  return previewOrder(context, orderId, pictures, {
    credits: (order, parts) => (exchange === undefined ? [] : worthOf(paidBy(exchange, all), order, parts)),
    pieces: (line) => returns.reduce(afterReturn, withClaimed(line, exchange)),
    actions,
    returnId: exchange?.return_id ?? null,
    returns: open.map(plannedReturn),
    change: returns[0] === undefined ? await transferOf(context, orderId) : renderReturnChange(returns[0]),
  })
}

async function readExchange(context: Context, id: string): Promise<ExchangeRow | undefined> {
  const filter = { id: [id], orderId: null, status: null, isClaim: isId(id, 'claim') }
  return (await context.db.read(context.scope, listExchangesStatement(tenantOf(context), filter, singlePage)))[0]
}

/** What pays for what is sent: what is claimed, or what comes back less sending it. */
function paidBy(exchange: ExchangeRow, returns: readonly ReturnRow[]): Inbound {
  if (isId(exchange.id, 'claim')) return { items: piecesOf(exchange.claim_items), returnId: exchange.return_id, shipping_minor: 0n }
  const row = returns.find((candidate) => candidate.id === exchange.return_id)
  return { items: piecesOf(row?.items ?? []), returnId: exchange.return_id, shipping_minor: row?.shipping_minor ?? 0n }
}

function withClaimed(line: OrderLineRow, exchange: ExchangeRow | undefined): OrderLineRow {
  const item = exchange?.claim_items.find((candidate) => candidate.item_id === line.id)
  return item === undefined ? line : { ...line, claimed_quantity: (line.claimed_quantity ?? 0) + item.quantity }
}

const piecesOf = (items: readonly { item_id: string; quantity: number }[]) =>
  items.map((item) => ({ order_line_item_id: item.item_id, quantity: item.quantity }))

/** A transfer that waits for the other customer. */
async function transferOf(context: Context, orderId: string): Promise<object | null> {
  const filter = { id: null, status: ['requested'], changeType: ['transfer'] }
  const [transfer] = await context.db.read(context.scope, orderChangesStatement(tenantOf(context), orderId, filter))
  return transfer === undefined ? null : renderOrderChange(transfer)
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
          return_id: null,
          claim_id: claim.id,
          exchange_id: null,
          order_id: claim.order_id,
          reference: 'order_claim',
          reference_id: claim.id,
          applied: false,
          details: { reference_id: item.item_id, quantity: item.quantity, reason: item.reason },
          // What is lost is no part of the order's price.
          amount: 0,
          internal_note: item.note,
          created_at: item.created_at,
          updated_at: item.updated_at,
          deleted_at: null,
        },
      ],
    ]),
  )
}
