import { isId } from '../kernel/index.js'
import { type LoadedOrder, worthOf as worthOfPieces } from '../orders/index.js'
import { divideCredit, lesserOf, type OpenPart } from '../payments/index.js'

/** What comes back with an exchange. */
export interface Inbound {
  items: readonly { order_line_item_id: string; quantity: number }[]
  /** The return that brings it. */
  returnId: string | null
  /** What sending back costs. */
  shipping_minor: bigint
}

/**
 * What goods that come back pay of others: what they were sold for, as far as it was not given back, less what sending them
 * back costs; divided among their lines as a refund for them would be.
 */
export function worthOf(inbound: Inbound, order: LoadedOrder, parts: readonly OpenPart[]): OpenPart[] {
  const returned = parts.flatMap((part) => {
    const item = inbound.items.find((candidate) => candidate.order_line_item_id === part.order_line_item_id)
    const line = order.lines.find((candidate) => candidate.id === part.order_line_item_id)
    if (item === undefined || line === undefined) return []
    const worth = worthOfPieces(line, item.quantity, goneBefore(inbound, order, line.id))
    const amount = lesserOf(worth, part.amount_minor)
    return amount > 0n ? divideCredit(amount, [part]) : []
  })
  const total = returned.reduce((sum, part) => sum + part.amount_minor, 0n) - inbound.shipping_minor
  return total > 0n ? divideCredit(total, returned) : []
}

/** Pieces of a line that were claimed, or taken back otherwise, before. */
function goneBefore(inbound: Inbound, order: LoadedOrder, lineId: string): number {
  const others = order.returns.filter((row) => row.id !== inbound.returnId && !isId(row.exchange_id, 'claim'))
  const returned = others.flatMap((row) => row.items).filter((item) => item.line_id === lineId)
  return returned.reduce((sum, item) => sum + item.quantity, order.claimed[lineId] ?? 0)
}
