import { setImmediate } from 'node:timers/promises'
import type { Unit } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'
import type { Known } from './known.js'
import { type Holders, refuseTwins } from './numbers.js'
import { type FileProduct, type FileVariant, refusedRow } from './read-file.js'

/** How staff's own requests check and write a product: what a file brings goes the same way. */
export interface ProductBodies {
  /** Throws invalid_data for a body that nobody could send. */
  check(kind: 'create' | 'update', body: object): void
  create(unit: Unit, vendorId: string, body: object): Promise<string>
  update(unit: Unit, id: string, body: object): Promise<void>
}

/** A price as bodies have it. */
export interface BodyPrice {
  currency_code: string
  amount: number
  compare_at_amount?: number | null
  min_quantity?: number | null
  max_quantity?: number | null
  rules?: Record<string, unknown>
}

export interface BodyVariant {
  id?: string
  options?: Record<string, string>
  prices?: BodyPrice[]
  [field: string]: unknown
}

/** All that a file says of a product, as the body of a request. */
export interface Body {
  categories?: { id: string }[]
  tags?: { id: string }[]
  sales_channels?: { id: string }[]
  images?: { url: string; id?: string }[]
  variants?: BodyVariant[]
  [field: string]: unknown
}

/** A new product's body, and the vendor whose it becomes. Throws invalid_data, with the row, for what the store does not have. */
export function newProduct(product: FileProduct, known: Known): { body: Body; vendorId: string } {
  const { row, handle, vendor } = product
  if (handle !== null && known.find('handle', handle) !== undefined)
    throw refusedRow(row, `Product with handle: ${handle}, already exists. Name its product id to change it`)
  const copied = product.variants.find((variant) => variant.id !== null)
  if (copied !== undefined) throw refusedRow(copied.row, 'A new product has no Variant Id: leave it empty, or name the Product Id too')
  const found = vendor === null ? known.find('house', '') : known.find('vendor', vendor)
  if (found === undefined) {
    throw vendor === null
      ? refusedRow(row, 'Name a Product Vendor: the store has no vendor of its own')
      : refusedRow(row, `Vendor with handle: ${vendor} was not found`)
  }
  const options = product.options.map(({ id, ...own }) => (id !== undefined && known.find('shared option', id) ? { id } : own))
  const body = bodyOf(product, known)
  const variants = (body.variants ?? []).map((variant) => ({ prices: [], ...variant }))
  return {
    body: { ...body, ...(vendor === null ? {} : { vendor_id: found.id }), ...(options.length === 0 ? {} : { options }), variants },
    vendorId: found.id,
  }
}

/** What a file says of a product that is there. Throws invalid_data, with the row, for what the store does not have. */
export function changedProduct(product: FileProduct, known: Known): Body {
  const { row, vendor } = product
  const found = known.find('product', product.id as string)
  if (found === undefined) throw refusedRow(row, `Product with id: ${product.id} was not found`)
  if (vendor !== null && vendor !== found.more)
    throw refusedRow(row, `The product is of the vendor ${found.more}: it cannot become one of ${vendor}`)
  for (const variant of product.variants) {
    if (variant.id !== null && known.find('variant', variant.id)?.id !== product.id)
      throw refusedRow(variant.row, `Variant with id: ${variant.id} was not found`)
  }
  return bodyOf(product, known)
}

function bodyOf(product: FileProduct, known: Known): Body {
  const { row, fields, images, categories, tags, channels } = product
  for (const [field, kind, noun] of referring) {
    const wanted = fields[field] as string | undefined
    if (wanted !== undefined) need(known, row, kind, wanted, noun)
  }
  const ids = (kind: string, noun: string, wanted: readonly string[]) => wanted.map((id) => ({ id: need(known, row, kind, id, noun) }))
  return {
    ...fields,
    ...(images === undefined ? {} : { images: images.map((url) => ({ url })) }),
    ...(categories === undefined ? {} : { categories: ids('category', 'Product category', categories) }),
    ...(channels === undefined ? {} : { sales_channels: ids('channel', 'Sales channel', channels) }),
    ...(tags === undefined ? {} : { tags: tags.map((tag) => ({ id: tagOf(known, row, tag) })) }),
    variants: product.variants.map((variant) => variantOf(variant, known)),
  }
}

const referring = [
  ['collection_id', 'collection', 'Product collection'],
  ['type_id', 'type', 'Product type'],
  ['shipping_profile_id', 'profile', 'Shipping profile'],
] as const

function need(known: Known, row: number, kind: string, wanted: string, noun: string): string {
  const found = known.find(kind, wanted)
  if (found === undefined) throw refusedRow(row, `${noun} with id: ${wanted} was not found`)
  return found.id
}

/** Medusa writes a tag's value and reads its id. */
function tagOf(known: Known, row: number, tag: string): string {
  const found = known.find('tag', tag) ?? known.find('tag value', tag)
  if (found === undefined) throw refusedRow(row, `Tag with value ${tag} not found`)
  return found.id
}

function variantOf({ row, id, fields, options, prices }: FileVariant, known: Known): BodyVariant {
  return {
    ...(id === null ? {} : { id }),
    ...fields,
    ...(Object.keys(options).length === 0 ? {} : { options }),
    ...(prices.length === 0 ? {} : { prices: prices.map((price) => priceOf(row, price, known)) }),
  }
}

function priceOf(
  row: number,
  { region, amount, compare_at_amount, currency_code }: FileVariant['prices'][number],
  known: Known,
): BodyPrice {
  if (amount === undefined) throw refusedRow(row, `A price to compare with in ${currency_code.toUpperCase()} needs a Variant Price there`)
  const price = { currency_code, amount, ...(compare_at_amount === undefined ? {} : { compare_at_amount }) }
  if (region === null) return price
  const found = known.find('region', `${region} ${currency_code}`)
  if (found === undefined) throw refusedRow(row, `Region with name ${region} that sells in ${currency_code.toUpperCase()} was not found`)
  return { ...price, rules: { region_id: found.id } }
}

/** Products checked in one go: a large file must not hold up everything else in the process. */
const productsAtOnce = 100

/** What a file comes to: how many of its products are new, and how many are changed. */
export interface FileSummary {
  toCreate: number
  toUpdate: number
}

/** What is right and may not be meant. */
export const warningsOf = (products: readonly FileProduct[], known: Known): string[] => [
  ...hiddenIn(products),
  ...unsoldIn(products, known),
]

/** Prices that nobody pays: of currencies that the store does not have. */
function unsoldIn(products: readonly FileProduct[], known: Known): string[] {
  const rows = new Map<string, number>()
  for (const { row, prices } of products.flatMap(({ variants }) => variants)) {
    for (const { currency_code: code, region } of prices) {
      if (region === null && !rows.has(code) && known.find('currency', code) === undefined) rows.set(code, row)
    }
  }
  return [...rows].map(
    ([code, row]) =>
      `There are prices in ${code.toUpperCase()}, the first in row ${row}, which the store does not sell in: add the currency to the store, or leave them out`,
  )
}

function hiddenIn(products: readonly FileProduct[]): string[] {
  const hidden = products.filter(({ id, channels = [] }) => id === null && channels.length === 0)
  const [first] = hidden
  if (first === undefined) return []
  const [which, them] =
    hidden.length === 1
      ? [`The new product of row ${first.row} is`, 'it']
      : [`${hidden.length} new products, the first in row ${first.row}, are`, 'them']
  return [`${which} in no sales channel, so no storefront shows ${them}: name one in the column "Product Sales Channel 1"`]
}

/** Checks every product of a file as staff's requests are checked. Throws invalid_data, with the row, for the first that is wrong. */
export async function checkProducts(
  products: readonly FileProduct[],
  { known, holders }: { known: Known; holders: Holders },
  bodies: ProductBodies,
): Promise<FileSummary> {
  refuseTwins(products, known, holders)
  for (const [index, product] of products.entries()) {
    if (index % productsAtOnce === 0) await setImmediate()
    const isNew = product.id === null
    const body = isNew ? newProduct(product, known).body : changedProduct(product, known)
    try {
      // Which of its variants one without an id is shows when it is written: here it is looked at as one that is there.
      const variants = isNew ? body.variants : body.variants?.map((variant) => ({ id: 'variant', ...variant }))
      bodies.check(isNew ? 'create' : 'update', { ...body, variants })
    } catch (error) {
      throw invalidData(`Row ${product.row}: ${(error as Error).message}`)
    }
  }
  const toCreate = products.filter(({ id }) => id === null).length
  return { toCreate, toUpdate: products.length - toCreate }
}
