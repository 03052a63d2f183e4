import { divideRounded } from '../kernel/index.js'
import type { LoadedOrder } from '../orders/index.js'
import { divideCredit, lesserOf, type OpenPart } from '../payments/index.js'

/** What comes back with an exchange. */
export interface Inbound {
  items: readonly { order_line_item_id: string; quantity: number }[]
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
    const worth = divideRounded(BigInt(line.total_minor) * BigInt(item.quantity), BigInt(line.quantity))
    const amount = lesserOf(worth, part.amount_minor)
    return amount > 0n ? divideCredit(amount, [part]) : []
  })
  const total = returned.reduce((sum, part) => sum + part.amount_minor, 0n) - inbound.shipping_minor
  return total > 0n ? divideCredit(total, returned) : []
}
