import { totalsOfMethod } from '../carts/index.js'
import { type OrderLine, type OrderMethod, sellLine } from '../checkout/index.js'
import type { CommissionRule } from '../commissions/index.js'
import { invalidData, limits, notAllowed } from '../kernel/index.js'
import type { LoadedOrder, OrderLineRow, OrderPartRow } from '../orders/index.js'
import type { OpenPart } from '../payments/index.js'
import type { EditAction } from './queries/edits.js'
import { type ReducedLine, reduceLine } from './reduce-line.js'

/** What an edit does to an order: the same to its preview and to its rows. */
export interface EditPlan {
  reduced: ReducedLine[]
  lines: OrderLine[]
  methods: OrderMethod[]
  /** Lines that are sold beyond the stock, whatever their variant says. */
  beyondStock: ReadonlySet<string>
  /** What the order, and what each of its vendor orders, comes to by it. */
  totalMinor: bigint
}

/**
 * What the actions of an edit come to, by the order as it is now.
 * @param parts what is left of the order's lines after every credit
 * @throws invalid_data for fewer pieces than are packed, more than a line or an order may have, a vendor whom the order has
 * no part of, and for nothing that would be left; not_allowed for gift cards that are made already
 */
export function planEdit(
  order: LoadedOrder,
  parts: readonly OpenPart[],
  actions: readonly EditAction[],
  rules: readonly CommissionRule[],
): EditPlan {
  const plan: Omit<EditPlan, 'totalMinor'> & { beyondStock: Set<string> } = { reduced: [], lines: [], methods: [], beyondStock: new Set() }
  for (const action of actions) {
    if (action.action === 'SHIPPING_ADD') {
      const vendorOrderId = partOfVendor(order, action.added.vendor_id, action.added.name).id
      plan.methods.push({ ...action.added, vendor_order_id: vendorOrderId, totals: totalsOfMethod(action.added) })
      continue
    }
    if (action.action === 'ITEM_UPDATE') {
      const row = lineOf(order, action.order_line_item_id)
      if (action.quantity < row.quantity) plan.reduced.push(lower(row, action.quantity, parts))
    }
    if (action.added !== null) {
      const vendorOrderId = partOfVendor(order, action.added.vendor_id, action.added.title).id
      plan.lines.push(sellLine(action.added, { id: action.added.id, vendorOrderId }, order.currency_code, rules))
      if (action.allow_backorder) plan.beyondStock.add(action.added.id)
    }
  }
  refuseExtremes(order, plan)
  const gone = plan.reduced.reduce((sum, line) => sum + line.share.amount_minor, 0n)
  const more = [...plan.lines, ...plan.methods].reduce((sum, part) => sum + part.totals.total, 0n)
  return { ...plan, totalMinor: order.total_minor - gone + more }
}

/** A line of the order that has pieces. Throws invalid_data. */
export function lineOf(order: LoadedOrder, lineId: string): OrderLineRow {
  const row = order.lines.find((line) => line.id === lineId)
  if (row === undefined || row.quantity === 0) throw invalidData(`Item ID "${lineId}" not found.`)
  return row
}

function lower(row: OrderLineRow, quantity: number, parts: readonly OpenPart[]): ReducedLine {
  if (quantity < row.fulfilled_quantity) {
    throw invalidData(`Item ${row.id} has already been fulfilled and quantity cannot be lower than ${row.fulfilled_quantity}.`)
  }
  const open = parts.find((part) => part.order_line_item_id === row.id) as OpenPart
  if (open.held_minor > 0n)
    throw notAllowed(`Gift cards that "${row.title}" bought are made already: void them before pieces are taken out`)
  return reduceLine(row, open, quantity)
}

function partOfVendor(order: LoadedOrder, vendorId: string, title: string): OrderPartRow {
  const part = order.parts.find((candidate) => candidate.vendor.id === vendorId)
  if (part !== undefined) return part
  throw invalidData(`"${title}" is of a vendor from whom the order has nothing. Only its own vendors can be added to: order the rest anew.`)
}

function refuseExtremes(order: LoadedOrder, plan: Pick<EditPlan, 'reduced' | 'lines'>): void {
  const reduced = new Map(plan.reduced.map((line) => [line.id, line.quantity]))
  const kept = order.lines.map((line) => ({ ...line, quantity: reduced.get(line.id) ?? line.quantity }))
  const after = [...kept, ...plan.lines].filter((line) => line.quantity > 0)
  if (after.length === 0) throw invalidData('Nothing would be left of the order: cancel it instead')
  if (after.length > limits.cartLines) throw invalidData(`An order has at most ${limits.cartLines} lines`)
  if (plan.lines.some((line) => line.quantity > limits.quantity)) throw invalidData(`A line has at most ${limits.quantity} pieces`)
  const cards = after.reduce((sum, line) => (line.is_giftcard ? sum + line.quantity : sum), 0)
  if (cards > limits.giftCardsSold) throw invalidData(`An order has at most ${limits.giftCardsSold} gift cards to buy`)
}
