import { type Context, statement, tenantOf } from '../../db/index.js'
import type { Known } from './known.js'
import { type FileProduct, type FileVariant, refusedRow } from './read-file.js'

// What a variant is told apart by among those of its vendor, and among those of its product.

const numbers = ['sku', 'barcode', 'ean', 'upc'] as const
type NumberName = (typeof numbers)[number]

interface Holder {
  id: string
  product_id: string
  handle: string
}

/** Variants that have what a file gives to others, or to themselves. */
export interface Holders {
  of(vendor: string | null | undefined, name: NumberName, value: unknown): readonly Holder[]
}

const vendorOf = (product: FileProduct, known: Known) =>
  product.vendor ?? (product.id === null ? known.find('house', '') : known.find('product', product.id))?.more

const keyOf = (vendor: string | null | undefined, name: string, value: unknown) => JSON.stringify([vendor, name, value])

/** Looks up who has the numbers of a file now, in one question. */
export async function holdersOf(context: Context, products: readonly FileProduct[], known: Known): Promise<Holders> {
  const vendors = [...new Set(products.flatMap((product) => vendorOf(product, known) ?? []))]
  const variants = products.flatMap((product) => product.variants)
  const values = numbers.map((name) => variants.flatMap(({ fields }) => (fields[name] as string | undefined) ?? []))
  const held = (
    name: string,
    place: number,
  ) => `select '${name}' as name, v.${name} as value, w.handle as vendor, v.id, v.product_id, p.handle
    from vendor w join product_variant v on v.tenant_id = w.tenant_id and v.vendor_id = w.id and v.deleted_at is null
    join product p on p.tenant_id = v.tenant_id and p.id = v.product_id and p.deleted_at is null
    where w.tenant_id = $1 and w.handle = any($2::text[]) and w.deleted_at is null and v.${name} = any($${place}::text[])`
  const rows = await context.db.read(
    context.scope,
    statement<Holder & { name: string; value: string; vendor: string }>(
      'imports.holders',
      numbers.map((name, index) => held(name, index + 3)).join(' union all '),
      [tenantOf(context), vendors, ...values],
    ),
  )
  const byKey = new Map<string, Holder[]>()
  for (const { vendor, name, value, ...holder } of rows) {
    const key = keyOf(vendor, name, value)
    byKey.set(key, [...(byKey.get(key) ?? []), holder])
  }
  return { of: (vendor, name, value) => byKey.get(keyOf(vendor, name, value)) ?? [] }
}

/**
 * Refuses a file in which two variants of a vendor have one number, two of a product the same options, or one the number of a variant
 * that keeps it.
 * @throws invalid_data with the row
 */
export function refuseTwins(products: readonly FileProduct[], known: Known, holders: Holders): void {
  const rows = new Map<string, { row: number; id: string | null }>()
  const renumbered = new Map(
    products.flatMap(({ variants }) => variants.flatMap((variant) => (variant.id === null ? [] : [[variant.id, variant]]))),
  )
  for (const product of products) {
    refuseSameOptions(product)
    const vendor = vendorOf(product, known)
    for (const variant of product.variants) {
      for (const name of numbers) {
        const value = variant.fields[name]
        if (value === undefined) continue
        const key = keyOf(vendor, name, value)
        const twin = rows.get(key)
        // Two that are there may have one barcode from before; new ones get none that is taken.
        const isNew = variant.id === null || twin?.id == null
        if (twin !== undefined && (isNew || (name === 'sku' && twin.id !== variant.id)))
          throw refusedRow(variant.row, `The ${name} ${value} is that of row ${twin.row} too: each variant of a vendor has its own`)
        rows.set(key, variant)
        const keeper = keeperOf(
          product,
          variant,
          holders.of(vendor, name, value),
          (id) => (renumbered.get(id)?.fields[name] ?? value) !== value,
        )
        if (keeper !== undefined)
          throw refusedRow(variant.row, `Product variant with ${name}: ${value}, already exists. It is of the product ${keeper.handle}`)
      }
    }
  }
}

/** Who of those that have a number goes on having it, unless that is the variant itself. Which one a row without an id means shows when it is written. */
function keeperOf(
  product: FileProduct,
  variant: FileVariant,
  holders: readonly Holder[],
  givesUp: (id: string) => boolean,
): Holder | undefined {
  if (holders.some(({ id }) => id === variant.id)) return undefined
  return holders.find(({ id, product_id }) => !givesUp(id) && (product_id !== product.id || variant.id !== null))
}

function refuseSameOptions({ variants }: FileProduct): void {
  const rows = new Map<string, FileVariant>()
  for (const variant of variants) {
    const options = Object.entries(variant.options).sort()
    if (options.length === 0) continue
    const key = JSON.stringify(options)
    const twin = rows.get(key)
    if (twin !== undefined && (variant.id === null || twin.id !== variant.id))
      throw refusedRow(variant.row, `The variant has the same options as that of row ${twin.row}: each of a product has its own`)
    rows.set(key, variant)
  }
}
