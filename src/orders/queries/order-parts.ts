import type { LineTotals } from '../../carts/index.js'
import { productColumns, variantColumns } from '../../catalog/index.js'
import { pairs } from '../../db/index.js'
import { allocate } from '../../kernel/index.js'
import { type Adjustment, sumByFunder } from '../../promotions/index.js'
import type { TaxLine } from '../../tax/index.js'

/** A tax line as it was sold: its rate, and its part of the line's tax in minor units. */
export interface SoldTaxLine extends TaxLine {
  amount_minor: number
}

/** A discount as it was sold: what it came to, without tax and with it, in minor units. */
export interface SoldAdjustment extends Adjustment {
  subtotal_minor: number
  total_minor: number
}

/** Discounts that were taken off, without tax, by who pays for them; and the tax that they took with them. */
interface SoldDiscounts {
  adjustments: SoldAdjustment[]
  discount_tax_minor: number
  vendor_discount_minor: number
  store_discount_minor: number
  platform_discount_minor: number
}

/** A sold line as loaded. Amounts in minor units, frozen at sale. */
export interface OrderLineRow extends SoldDiscounts {
  id: string
  vendor_order_id: string
  vendor_id: string
  product_id: string | null
  variant_id: string | null
  quantity: number
  unit_price_minor: number
  compare_at_unit_price_minor: number | null
  is_tax_inclusive: boolean
  is_custom_price: boolean
  is_discountable: boolean
  is_giftcard: boolean
  requires_shipping: boolean
  title: string
  subtitle: string | null
  thumbnail: string | null
  snapshot: Record<string, unknown>
  tax_lines: SoldTaxLine[]
  subtotal_minor: number
  tax_minor: number
  total_minor: number
  fulfilled_quantity: number
  shipped_quantity: number
  delivered_quantity: number
  return_requested_quantity: number
  return_received_quantity: number
  return_dismissed_quantity: number
  /** Pieces that claims write off, where they are looked at with their whole order. */
  claimed_quantity?: number
  /** What was given back of it, or is on its way. */
  credited_minor: number
  metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
  vendor: { id: string; name: string; handle: string } | null
  product: Record<string, unknown> | null
  variant: Record<string, unknown> | null
}

export interface OrderMethodRow extends SoldDiscounts {
  id: string
  vendor_order_id: string
  vendor_id: string
  shipping_option_id: string | null
  name: string
  description: string | null
  amount_minor: number
  is_tax_inclusive: boolean
  data: Record<string, unknown> | null
  tax_lines: SoldTaxLine[]
  subtotal_minor: number
  tax_minor: number
  total_minor: number
  metadata: Record<string, unknown> | null
  created_at: string
  updated_at: string
}

export interface FulfillmentRow {
  id: string
  vendor_order_id: string
  vendor_id: string
  location_id: string | null
  provider_id: string
  shipping_option_id: string | null
  requires_shipping: boolean
  packed_at: string | null
  shipped_at: string | null
  delivered_at: string | null
  canceled_at: string | null
  data: Record<string, unknown> | null
  metadata: Record<string, unknown> | null
  /** Null where it goes where its order does. */
  delivery_address: object | null
  created_by: string | null
  marked_shipped_by: string | null
  created_at: string
  updated_at: string
  items: { id: string; line_item_id: string; title: string; sku: string | null; quantity: number }[]
  labels: { id: string; tracking_number: string; tracking_url: string | null; label_url: string | null; created_at: string }[]
}

const discountColumns = ['adjustments', 'discount_tax_minor', 'vendor_discount_minor', 'store_discount_minor', 'platform_discount_minor']
const lineColumns = [
  ...discountColumns,
  'id',
  'vendor_order_id',
  'vendor_id',
  'product_id',
  'variant_id',
  'quantity',
  'unit_price_minor',
  'compare_at_unit_price_minor',
  'is_tax_inclusive',
  'is_custom_price',
  'is_discountable',
  'is_giftcard',
  'requires_shipping',
  'title',
  'subtitle',
  'thumbnail',
  'snapshot',
  'tax_lines',
  'subtotal_minor',
  'tax_minor',
  'total_minor',
  'fulfilled_quantity',
  'shipped_quantity',
  'delivered_quantity',
  'return_requested_quantity',
  'return_received_quantity',
  'return_dismissed_quantity',
  'metadata',
  'created_at',
  'updated_at',
]
const methodColumns = [
  ...discountColumns,
  'id',
  'vendor_order_id',
  'vendor_id',
  'shipping_option_id',
  'name',
  'description',
  'amount_minor',
  'is_tax_inclusive',
  'data',
  'tax_lines',
  'subtotal_minor',
  'tax_minor',
  'total_minor',
  'metadata',
  'created_at',
  'updated_at',
]
const fulfillmentColumns = [
  'id',
  'vendor_order_id',
  'vendor_id',
  'location_id',
  'provider_id',
  'shipping_option_id',
  'requires_shipping',
  'packed_at',
  'shipped_at',
  'delivered_at',
  'canceled_at',
  'data',
  'metadata',
  'delivery_address',
  'created_by',
  'marked_shipped_by',
  'created_at',
  'updated_at',
]
/** SQL for sold lines as a JSON array. `owner` says of which order, in terms of `i`; $1 is the tenant. */
export const linesJson = (owner: string) => `coalesce((
  select json_agg(json_build_object(${pairs('i', lineColumns)},
    'credited_minor', coalesce((select sum(oc.amount_minor) from order_credit oc
      where oc.tenant_id = $1 and oc.order_line_item_id = i.id and oc.state <> 'void'), 0),
    'vendor', (select json_build_object('id', d.id, 'name', d.name, 'handle', d.handle) from vendor d
               where d.tenant_id = $1 and d.id = i.vendor_id),
    'product', (select json_build_object(${pairs('p', productColumns)}) from product p
                where p.tenant_id = $1 and p.id = i.product_id),
    'variant', (select json_build_object(${pairs('w', variantColumns)}) from product_variant w
                where w.tenant_id = $1 and w.id = i.variant_id)) order by i.id)
  from order_line_item i where i.tenant_id = $1 and ${owner}), '[]')`

/** The same for shipping methods, in terms of `m`. */
export const methodsJson = (owner: string) => `coalesce((
  select json_agg(json_build_object(${pairs('m', methodColumns)}) order by m.id)
  from order_shipping_method m where m.tenant_id = $1 and ${owner}), '[]')`

/** The same for what was packed and sent, in terms of `f`. */
export const fulfillmentsJson = (owner: string) => `coalesce((
  select json_agg(json_build_object(${pairs('f', fulfillmentColumns)},
    'items', coalesce((select json_agg(json_build_object('id', fi.id, 'line_item_id', fi.order_line_item_id,
        'title', fi.title, 'sku', fi.sku, 'quantity', fi.quantity) order by fi.id)
      from fulfillment_item fi where fi.tenant_id = $1 and fi.fulfillment_id = f.id), '[]'),
    'labels', coalesce((select json_agg(json_build_object('id', fl.id, 'tracking_number', fl.tracking_number,
        'tracking_url', fl.tracking_url, 'label_url', fl.label_url, 'created_at', fl.created_at) order by fl.id)
      from fulfillment_label fl where fl.tenant_id = $1 and fl.fulfillment_id = f.id), '[]')) order by f.id)
  from fulfillment f where f.tenant_id = $1 and ${owner}), '[]')`

/** Totals as they were sold: what a line was rounded to then is not computed again. */
export function soldTotals(
  part: Pick<OrderLineRow | OrderMethodRow, keyof SoldDiscounts | 'subtotal_minor' | 'tax_minor' | 'total_minor' | 'tax_lines'>,
): LineTotals {
  const tax = BigInt(part.tax_minor)
  const originalTax = tax + BigInt(part.discount_tax_minor)
  const taxParts = part.tax_lines.map((line) => BigInt(line.amount_minor))
  const adjustmentParts = part.adjustments.map((adjustment) => ({
    subtotal: BigInt(adjustment.subtotal_minor),
    total: BigInt(adjustment.total_minor),
  }))
  return {
    subtotal: BigInt(part.subtotal_minor),
    discountSubtotal: BigInt(part.vendor_discount_minor + part.store_discount_minor + part.platform_discount_minor),
    tax,
    originalTax,
    total: BigInt(part.total_minor),
    taxParts,
    originalTaxParts: originalTax === tax ? taxParts : originalTaxPartsOf(originalTax, part.tax_lines),
    adjustmentParts,
    funded: sumByFunder(part.adjustments, adjustmentParts),
  }
}

/** Tax before discounts by rate: as it was divided before them. */
function originalTaxPartsOf(tax: bigint, lines: readonly SoldTaxLine[]): bigint[] {
  return lines.some((line) => line.rate_ppm > 0)
    ? allocate(
        tax,
        lines.map((line) => BigInt(line.rate_ppm)),
      )
    : lines.map(() => 0n)
}
