import { absoluteUrl, soldPartsStatement } from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import type { RequestContext } from '../../http/index.js'

/** The other variants of what was sold are read only where they are asked for: a product may have a hundred. */
const variants = 'items.variant.product.variants'

/** Relations of what was sold that cost a statement of their own: read where they are asked for. */
const relations = [
  'items.variant.options',
  ...['items.variant.product', 'items.product'].flatMap((of) => [`${of}.options`, `${of}.images`]),
  variants,
]

/** The same as fields that an order's answers can hold. */
export const soldPartFields = relations.map((relation) => `${relation}.*`)

interface SoldItem {
  variant_id: string | null
  variant: (Record<string, unknown> & { product: object | null }) | null
  product: object | null
}

/** Orders in wire shape with those relations of their items that the request asks for. */
export async function withSoldParts<Order extends object>(
  { context, fields, services }: RequestContext<unknown, unknown>,
  orders: readonly Order[],
): Promise<readonly Order[]> {
  if (!relations.some((relation) => fields.has(relation))) return orders
  const itemsOf = (order: Order) => (order as { items?: SoldItem[] }).items ?? []
  const ids = new Set(orders.flatMap((order) => itemsOf(order).flatMap((item) => item.variant_id ?? [])))
  const rows = await context.db.read(context.scope, soldPartsStatement(tenantOf(context), [...ids], fields.has(variants)))
  const byId = new Map(rows.map((row) => [row.id, row]))
  const whole = (item: SoldItem): SoldItem => {
    const parts = byId.get(item.variant_id ?? '')
    if (parts === undefined) return item
    const { options, product_options, product_images, product_variants } = parts
    const images = product_images.map((image) => ({ ...image, url: absoluteUrl(image.url, services.publicUrl) }))
    const productOf = (product: object | null) => product && { ...product, options: product_options, images }
    const others = product_variants?.map((other) => ({ ...other, thumbnail: absoluteUrl(other.thumbnail, services.publicUrl) }))
    const ofVariant = productOf(item.variant?.product ?? null)
    const variant = item.variant && { ...item.variant, options, product: ofVariant && { ...ofVariant, variants: others } }
    return { ...item, variant, product: productOf(item.product) }
  }
  return orders.map((order) => ({ ...order, items: itemsOf(order).map(whole) }))
}
