import { allocate, divideRounded } from '../kernel/index.js'
import type { OrderLineRow } from '../orders/index.js'
import { divideCredit, lesserOf, type OpenPart } from '../payments/index.js'

/** What of a sold line becomes of it when pieces are taken out: its columns, in minor units. */
export interface ReducedLine {
  id: string
  vendor_order_id: string
  quantity: number
  subtotal_minor: bigint
  tax_minor: bigint
  total_minor: bigint
  discount_tax_minor: bigint
  vendor_discount_minor: bigint
  store_discount_minor: bigint
  platform_discount_minor: bigint
  tax_lines: OrderLineRow['tax_lines']
  adjustments: OrderLineRow['adjustments']
  /** What goes out of the books: of the vendor, the commission and the tax, and of who paid for discounts. */
  share: OpenPart
}

type Amounts = Pick<
  ReducedLine,
  'subtotal_minor' | 'tax_minor' | 'total_minor' | 'vendor_discount_minor' | 'store_discount_minor' | 'platform_discount_minor' | 'share'
>

/**
 * Takes pieces out of a sold line. What stays is as large a part of what was sold as pieces stay, whatever the price or the
 * tax is now. Where something of the line was given back before, no more goes than is left of it: what was given back stays
 * sold.
 * @param open what is left of the line after every credit
 * @param quantity the pieces that stay, fewer than there are
 */
export function reduceLine(row: OrderLineRow, open: OpenPart, quantity: number): ReducedLine {
  const keep = (minor: number | bigint) => divideRounded(BigInt(minor) * BigInt(quantity), BigInt(row.quantity))
  const isWhole =
    open.vendor_amount_minor + open.commission_minor + open.tax_minor ===
    BigInt(row.total_minor + row.store_discount_minor + row.platform_discount_minor)
  const amounts = isWhole ? inProportion(row, open, keep) : withinOpen(row, open, keep)
  const taxes = row.tax_lines.map((line) => BigInt(line.amount_minor))
  const taxParts = divide(amounts.tax_minor, taxes)
  return {
    id: row.id,
    vendor_order_id: row.vendor_order_id,
    quantity,
    ...amounts,
    discount_tax_minor: keep(row.discount_tax_minor),
    tax_lines: row.tax_lines.map((line, index) => ({ ...line, amount_minor: Number(taxParts[index]) })),
    adjustments: reduceAdjustments(row, amounts, keep),
  }
}

function inProportion(row: OrderLineRow, open: OpenPart, keep: (minor: number | bigint) => bigint): Amounts {
  const discounts = [row.vendor_discount_minor, row.store_discount_minor, row.platform_discount_minor].map(BigInt)
  const discount = keep(discounts.reduce((sum, one) => sum + one, 0n))
  const subtotal = keep(row.subtotal_minor)
  // The total is rounded once; tax is what that leaves, so that a line is its price times its pieces to the cent.
  const tax = between(0n, keep(row.total_minor) - subtotal + discount, BigInt(row.tax_minor))
  const total = subtotal - discount + tax
  const [byVendor = 0n, byStore = 0n, byPlatform = 0n] = divide(discount, discounts)
  const sale = subtotal - byVendor
  const vendorBefore = open.vendor_amount_minor
  const kept = lesserOf(keep(open.commission_minor), sale)
  const commission = sale - kept > vendorBefore ? sale - vendorBefore : kept
  return {
    subtotal_minor: subtotal,
    tax_minor: tax,
    total_minor: total,
    vendor_discount_minor: byVendor,
    store_discount_minor: byStore,
    platform_discount_minor: byPlatform,
    share: {
      ...open,
      amount_minor: BigInt(row.total_minor) - total,
      vendor_amount_minor: vendorBefore - (sale - commission),
      commission_minor: open.commission_minor - commission,
      tax_minor: BigInt(row.tax_minor) - tax,
      store_discount_minor: BigInt(row.store_discount_minor) - byStore,
      platform_discount_minor: BigInt(row.platform_discount_minor) - byPlatform,
    },
  }
}

function withinOpen(row: OrderLineRow, open: OpenPart, keep: (minor: number | bigint) => bigint): Amounts {
  const gone = lesserOf(BigInt(row.total_minor) - keep(row.total_minor), open.amount_minor)
  const nothing = { amount_minor: 0n, vendor_amount_minor: 0n, commission_minor: 0n, tax_minor: 0n }
  const [share = { ...open, ...nothing, store_discount_minor: 0n, platform_discount_minor: 0n }] = divideCredit(gone, [open])
  const byVendor = keep(row.vendor_discount_minor)
  const sale = BigInt(row.subtotal_minor - row.vendor_discount_minor) - share.vendor_amount_minor - share.commission_minor
  return {
    subtotal_minor: sale + byVendor,
    tax_minor: BigInt(row.tax_minor) - share.tax_minor,
    total_minor: BigInt(row.total_minor) - share.amount_minor,
    vendor_discount_minor: byVendor,
    store_discount_minor: BigInt(row.store_discount_minor) - share.store_discount_minor,
    platform_discount_minor: BigInt(row.platform_discount_minor) - share.platform_discount_minor,
    share,
  }
}

/** Each funder's discounts sum to what of them stays. */
function reduceAdjustments(row: OrderLineRow, amounts: Amounts, keep: (minor: number) => bigint): OrderLineRow['adjustments'] {
  const parts = new Map<string, bigint>()
  for (const funder of ['vendor', 'store', 'platform'] as const) {
    const own = row.adjustments.filter((adjustment) => adjustment.funder === funder)
    const shares = divide(
      amounts[`${funder}_discount_minor`],
      own.map((adjustment) => BigInt(adjustment.subtotal_minor)),
    )
    for (const [index, adjustment] of own.entries()) parts.set(adjustment.id, shares[index] as bigint)
  }
  return row.adjustments.map((adjustment) => ({
    ...adjustment,
    amount_minor: Number(keep(adjustment.amount_minor)),
    subtotal_minor: Number(parts.get(adjustment.id)),
    total_minor: Number(keep(adjustment.total_minor)),
  }))
}

/** Nothing is divided among nobody: a line without taxes or discounts has none. */
const divide = (minor: bigint, among: readonly bigint[]) => (minor === 0n ? among.map(() => 0n) : allocate(minor, among, { caps: among }))

function between(least: bigint, minor: bigint, most: bigint): bigint {
  return minor < least ? least : lesserOf(minor, most)
}
