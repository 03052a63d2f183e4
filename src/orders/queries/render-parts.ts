import { type LineTotals, renderAdjustments, renderItemTotals, renderLineTotals, renderTaxLines } from '../../carts/index.js'
import { divideRounded, toMajor } from '../../kernel/index.js'
import { worthOf } from './order-money.js'
import { type FulfillmentRow, type OrderLineRow, type OrderMethodRow, soldTotals } from './order-parts.js'

/** Turns a stored picture's address into one that a client can fetch. */
export type Pictures = (url: string | null) => string | null

const withPicture = (entity: Record<string, unknown>, pictures: Pictures) => ({
  ...entity,
  thumbnail: pictures((entity.thumbnail as string | null) ?? null),
})

/** Whose a tax or a discount is, and since when: it was frozen with what it is of. */
const ownedBy = (part: OrderLineRow | OrderMethodRow, owner: object) => ({
  ...owner,
  created_at: part.created_at,
  updated_at: part.updated_at,
  deleted_at: null,
})

const wireTaxLines = (part: OrderLineRow | OrderMethodRow, totals: LineTotals, currency: string, owner: object) =>
  renderTaxLines(
    part.tax_lines.map(({ amount_minor: _amount, ...line }) => line),
    totals,
    currency,
    ownedBy(part, owner),
  )

const wireAdjustments = (part: OrderLineRow | OrderMethodRow, currency: string, owner: object) =>
  renderAdjustments(
    part.adjustments.map(({ subtotal_minor: _subtotal, total_minor: _total, ...adjustment }) => adjustment),
    soldTotals(part),
    currency,
    ownedBy(part, owner),
  )

/** A line whose pieces were all taken out after the sale is in no answer, unless something of it was given back before. */
export const isShown = (line: OrderLineRow) => line.quantity > 0 || line.total_minor > 0

/**
 * A sold line in wire shape (Store API contract, order item): amounts in major units, `detail` says what became of it.
 * @param totalsOf what of it is told: what was sold, or what is left of that
 */
export function renderOrderLine(
  line: OrderLineRow,
  currency: string,
  pictures: Pictures,
  totalsOf: (line: OrderLineRow) => LineTotals = soldTotals,
): Record<string, unknown> {
  const {
    unit_price_minor,
    compare_at_unit_price_minor,
    snapshot,
    tax_lines: _taxes,
    adjustments: _adjustments,
    discount_tax_minor: _discountTax,
    vendor_discount_minor: _byVendor,
    store_discount_minor: _byStore,
    platform_discount_minor: _byPlatform,
    subtotal_minor: _subtotal,
    tax_minor: _tax,
    total_minor: _total,
    fulfilled_quantity,
    shipped_quantity,
    delivered_quantity,
    return_requested_quantity,
    return_received_quantity,
    return_dismissed_quantity,
    claimed_quantity: _claimed,
    credited_minor: _credited,
    vendor_id: _vendor,
    ...rest
  } = line
  const kept = line.quantity - return_requested_quantity - return_received_quantity - return_dismissed_quantity
  const refundable = refundableOf(line, kept)
  const totals = totalsOf(line)
  const product = line.product === null ? null : withPicture(line.product, pictures)
  return {
    ...rest,
    ...snapshot,
    thumbnail: pictures(line.thumbnail),
    unit_price: toMajor(unit_price_minor, currency),
    compare_at_unit_price: compare_at_unit_price_minor === null ? null : toMajor(compare_at_unit_price_minor, currency),
    product,
    variant: line.variant === null ? null : { ...withPicture(line.variant, pictures), product },
    tax_lines: wireTaxLines(line, totals, currency, { item_id: line.id }),
    adjustments: wireAdjustments(line, currency, { item_id: line.id }),
    detail: {
      id: line.id.replace('ordli_', 'orditem_'),
      item_id: line.id,
      quantity: line.quantity,
      unit_price: null,
      compare_at_unit_price: null,
      fulfilled_quantity,
      shipped_quantity,
      delivered_quantity,
      return_requested_quantity,
      return_received_quantity,
      return_dismissed_quantity,
      written_off_quantity: writtenOff(line),
      metadata: line.metadata ?? {},
      created_at: line.created_at,
      updated_at: line.updated_at,
      deleted_at: null,
    },
    ...renderItemTotals(totals, currency),
    ...renderFates([line], currency),
    refundable_total: toMajor(refundable, currency),
    refundable_total_per_unit: toMajor(kept === 0 ? 0n : divideRounded(refundable, BigInt(kept)), currency),
  }
}

/** What has become of pieces, by what counts them of a line. */
const fates: Record<string, (line: OrderLineRow) => number> = {
  fulfilled_total: (line) => line.fulfilled_quantity,
  shipped_total: (line) => line.shipped_quantity,
  return_requested_total: (line) => line.return_requested_quantity,
  return_received_total: (line) => line.return_received_quantity,
  return_dismissed_total: (line) => line.return_dismissed_quantity,
  write_off_total: (line) => writtenOff(line),
}

/** What the pieces of lines were sold for that were packed, sent and sent back, as Medusa says of lines and orders. */
export function renderFates(lines: readonly OrderLineRow[], currency: string): Record<string, number> {
  const sums = Object.entries(fates).map(([name, count]) => {
    const sum = lines.reduce((total, line) => total + worthOf(line, count(line)), 0n)
    return [name, toMajor(sum, currency)] as const
  })
  return Object.fromEntries(sums)
}

/** Pieces that are lost: they were claimed, or came back damaged and are not for sale again. */
const writtenOff = (line: OrderLineRow) => (line.claimed_quantity ?? 0) + line.return_dismissed_quantity

/** What can still be given back of the pieces that are not on their way back: no more than was not given back already. */
function refundableOf(line: OrderLineRow, kept: number): bigint {
  if (kept === 0) return 0n
  const worth = worthOf(line, kept, line.quantity - kept)
  const left = BigInt(line.total_minor) - BigInt(line.credited_minor)
  return worth < left ? worth : left
}

export function renderOrderMethod(method: OrderMethodRow, currency: string): Record<string, unknown> {
  const {
    amount_minor,
    tax_lines: _taxes,
    adjustments: _adjustments,
    discount_tax_minor: _discountTax,
    vendor_discount_minor: _byVendor,
    store_discount_minor: _byStore,
    platform_discount_minor: _byPlatform,
    subtotal_minor: _subtotal,
    tax_minor: _tax,
    total_minor: _total,
    vendor_id: _vendor,
    ...rest
  } = method
  return {
    ...rest,
    amount: toMajor(amount_minor, currency),
    tax_lines: wireTaxLines(method, soldTotals(method), currency, { shipping_method_id: method.id }),
    adjustments: wireAdjustments(method, currency, { shipping_method_id: method.id }),
    ...renderLineTotals(soldTotals(method), currency),
  }
}

/** With who carries it and by which way, as Medusa's clients read them. */
export function renderFulfillment(fulfillment: FulfillmentRow): Record<string, unknown> {
  const { id, provider_id, shipping_option_id, items } = fulfillment
  return {
    ...fulfillment,
    data: fulfillment.data ?? {},
    deleted_at: null,
    provider: { id: provider_id },
    shipping_option: shipping_option_id === null ? null : { id: shipping_option_id },
    items: items.map((item) => ({ ...item, fulfillment_id: id })),
  }
}

export type FulfillmentStatus =
  | 'not_fulfilled'
  | 'partially_fulfilled'
  | 'fulfilled'
  | 'partially_shipped'
  | 'shipped'
  | 'partially_delivered'
  | 'delivered'
  | 'canceled'

/** How far the lines have come, by pieces: the furthest step that any has reached, `partially_` until all have. */
export function fulfillmentStatusOf(lines: readonly OrderLineRow[], fulfillments: readonly FulfillmentRow[]): FulfillmentStatus {
  const sum = (pick: (line: OrderLineRow) => number) => lines.reduce((total, line) => total + pick(line), 0)
  const pieces = sum((line) => line.quantity)
  const reached = [
    ['delivered', sum((line) => line.delivered_quantity)],
    ['shipped', sum((line) => line.shipped_quantity)],
    ['fulfilled', sum((line) => line.fulfilled_quantity)],
  ] as const
  for (const [step, count] of reached) if (count > 0) return count >= pieces ? step : `partially_${step}`
  const allCanceled = fulfillments.length > 0 && fulfillments.every((fulfillment) => fulfillment.canceled_at !== null)
  return allCanceled ? 'canceled' : 'not_fulfilled'
}
