import { variantValuesStatement } from '../../catalog/index.js'
import { type Context, tenantOf } from '../../db/index.js'
import type { RequestContext } from '../../http/index.js'
import { isNamed, translated, variantName } from '../../translations/index.js'

interface Line {
  product_id: string | null
  variant_id: string | null
  product_type_id: string | null
  title: string
  subtitle: string | null
  product_title: string | null
  product_subtitle: string | null
  product_description: string | null
  product_type: string | null
  product_collection: string | null
  variant_title: string | null
  product?: { collection_id: string | null } | null
  variant?: { title: string } | null
}

interface Method {
  shipping_option_id: string | null
  name: string
}

interface Sold {
  locale: string | null
  items: Line[]
  shipping_methods: Method[]
}

/**
 * Puts carts or orders in wire shape into the language asked for, or else that of their own `locale`. Their lines were
 * written down in the store's own words, and keep those where what they are of has none in the language. Changes them.
 */
export async function inLanguage(request: RequestContext<unknown, unknown>, wire: readonly object[]): Promise<void> {
  if (!request.fields.has('items') && !request.fields.has('shipping_methods')) return
  const byLocale = new Map<string, Sold[]>()
  for (const sold of wire as readonly Sold[]) {
    const locale = request.locale ?? sold.locale
    if (locale !== null) byLocale.set(locale, [...(byLocale.get(locale) ?? []), sold])
  }
  await Promise.all([...byLocale].map(([locale, all]) => translate(request.context, locale, all)))
}

async function translate(context: Context, locale: string, all: readonly Sold[]): Promise<void> {
  const lines = all.flatMap(({ items }) => items)
  const methods = all.flatMap(({ shipping_methods }) => shipping_methods)
  const known = lines.map(thingsOf)
  const ways = methods.map(({ shipping_option_id, name }) => ({ id: shipping_option_id ?? '', name }))
  await translated(context, locale, [...known, ...ways, ...all])
  for (const [index, way] of ways.entries()) (methods[index] as Method).name = way.name
  const isOwn = lines.every((line, index) => known[index]?.product.title === line.product_title)
  const values = isOwn ? new Map<string, string[]>() : await valuesIn(context, locale, lines)
  for (const [index, line] of lines.entries()) rename(line, known[index] as Things, values)
}

type Things = ReturnType<typeof thingsOf>

/** What a line says of things that can be translated, each with its id. */
function thingsOf(line: Line) {
  return {
    product: {
      id: line.product_id ?? '',
      title: line.product_title,
      subtitle: line.product_subtitle,
      description: line.product_description,
    },
    variant: { id: line.variant_id ?? '', title: line.variant_title },
    type: { id: line.product_type_id ?? '', value: line.product_type },
    collection: { id: line.product?.collection_id ?? '', title: line.product_collection },
  }
}

function rename(line: Line, { product, variant, type, collection }: Things, values: ReadonlyMap<string, readonly string[]>): void {
  const name = variantName(line.variant_title, variant.title, values.get(variant.id) ?? [])
  // A line is called what its product is, and under that what its variant is; one of no product has a name of its own.
  if (line.title === line.product_title && product.title !== null) line.title = product.title
  if (line.subtitle === line.variant_title) line.subtitle = name
  if (line.variant != null && line.variant.title === line.variant_title && name !== null) line.variant.title = name
  line.product_title = product.title
  line.product_subtitle = product.subtitle
  line.product_description = product.description
  line.product_type = type.value
  line.product_collection = collection.title
  line.variant_title = name
}

/** The values of the options of each variant that has a name, as far as one of them has words in the language. */
async function valuesIn(context: Context, locale: string, lines: readonly Line[]): Promise<Map<string, string[]>> {
  const ids = new Set(lines.flatMap((line) => (isNamed(line.variant_title) ? (line.variant_id ?? []) : [])))
  if (ids.size === 0) return new Map()
  const rows = await context.db.read(context.scope, variantValuesStatement(tenantOf(context), [...ids]))
  const own = rows.map(({ values }) => values.map(({ value }) => value))
  await translated(context, locale, rows)
  const named = rows.map((row) => ({ id: row.variant_id, words: row.values.map(({ value }) => value) }))
  return new Map(named.flatMap(({ id, words }, index) => (words.join() === own[index]?.join() ? [] : [[id, words] as [string, string[]]])))
}
