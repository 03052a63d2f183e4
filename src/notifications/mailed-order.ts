import { type Context, tenantOf } from '../db/index.js'
import { notFound } from '../kernel/index.js'
import { isNamed, translated, variantName } from '../translations/index.js'
import type { MailedItem } from './after-sale-queries.js'
import { type OrderMailRow, orderMailStatement } from './queries.js'

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
  for (const [index, variant] of variants.entries()) {
    // In the language that it was sold in it is called what it was.
    const values = order.locale === order.own_locale ? [] : variant.options.map(({ value }) => value)
    const title = variantName(sold[index] ?? null, variant.title, values)
    variant.title = isNamed(title) ? title : null
  }
  for (const [index, way] of ways.entries()) way.name = options[index]?.name ?? way.name
  return order
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
