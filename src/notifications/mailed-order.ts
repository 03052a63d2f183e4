import { type Context, tenantOf } from '../db/index.js'
import { notFound } from '../kernel/index.js'
import { translated } from '../translations/index.js'
import type { MailedItem } from './after-sale-queries.js'
import { type MailedVariant, type OrderMailRow, orderMailStatement } from './queries.js'

/** The order with everything that mails tell of it, its goods called what its language calls them. Throws not_found. */
export async function readMailedOrder(context: Context, orderId: string): Promise<OrderMailRow> {
  const [order] = await context.db.read(context.scope, orderMailStatement(tenantOf(context), orderId))
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  const items = order.parts.flatMap((part) => part.items)
  const variants = items.flatMap(({ variant }) => (variant?.id == null ? [] : [variant]))
  const sold = variants.map(({ title }) => title)
  const ways = order.parts.flatMap((part) => part.shipping)
  const options = ways.map((way) => ({ id: way.shipping_option_id ?? '', name: way.name }))
  await Promise.all([translated(context, order.locale, [...variants, ...options]), nameItems(context, order.locale, items)])
  const isForeign = order.locale !== order.own_locale
  for (const [index, variant] of variants.entries()) variant.title = variantTitle(variant, sold[index] ?? null, isForeign)
  for (const [index, way] of ways.entries()) way.name = options[index]?.name ?? way.name
  return order
}

/** Where the variant has no words of its own in another language than it was sold in, those of its options. One that is the only one needs none. */
function variantTitle({ title, options }: MailedVariant, sold: string | null, isForeign: boolean): string | null {
  if (sold === 'Default') return null
  if (sold === null || title !== sold || options.length === 0 || !isForeign) return title
  return options.map(({ value }) => value).join(' / ')
}

/** Puts the words of a language into what mails name. Changes the items given. */
export async function nameItems(
  context: Context,
  locale: string,
  items: readonly Pick<MailedItem, 'title' | 'product_id'>[],
): Promise<void> {
  const products = items.map(({ product_id, title }) => ({ id: product_id ?? '', title }))
  await translated(context, locale, products)
  for (const [index, item] of items.entries()) (item as { title: string }).title = products[index]?.title ?? item.title
}
