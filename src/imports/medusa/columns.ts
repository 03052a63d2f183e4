import { invalidData, isCurrency } from '../../kernel/index.js'

export type CellKind = 'text' | 'flag' | 'number' | 'json'

/** Where a column's cells belong: the field of the body that staff would send, and what they are read as. */
type Fields = Readonly<Record<string, readonly [field: string, kind: CellKind]>>

const describing = (noun: string): Fields => ({
  [`${noun} height`]: ['height', 'number'],
  [`${noun} length`]: ['length', 'number'],
  [`${noun} width`]: ['width', 'number'],
  [`${noun} weight`]: ['weight', 'number'],
  [`${noun} hs code`]: ['hs_code', 'text'],
  [`${noun} mid code`]: ['mid_code', 'text'],
  [`${noun} material`]: ['material', 'text'],
  [`${noun} origin country`]: ['origin_country', 'text'],
  [`${noun} metadata`]: ['metadata', 'json'],
  [`${noun} thumbnail`]: ['thumbnail', 'text'],
  [`${noun} title`]: ['title', 'text'],
})

export const productFields: Fields = {
  ...describing('product'),
  'product handle': ['handle', 'text'],
  'product subtitle': ['subtitle', 'text'],
  'product status': ['status', 'text'],
  'product description': ['description', 'text'],
  'product external id': ['external_id', 'text'],
  'product collection id': ['collection_id', 'text'],
  'product type id': ['type_id', 'text'],
  'product discountable': ['discountable', 'flag'],
  'product is giftcard': ['is_giftcard', 'flag'],
  'shipping profile id': ['shipping_profile_id', 'text'],
}

export const variantFields: Fields = {
  ...describing('variant'),
  'variant sku': ['sku', 'text'],
  'variant upc': ['upc', 'text'],
  'variant ean': ['ean', 'text'],
  'variant barcode': ['barcode', 'text'],
  'variant manage inventory': ['manage_inventory', 'flag'],
  'variant allow backorder': ['allow_backorder', 'flag'],
  'variant variant rank': ['variant_rank', 'number'],
}

/** Columns that name something, and those that an export writes and nothing is made of. */
const others = new Set([
  'product id',
  'product vendor',
  'variant id',
  'variant product id',
  ...['product', 'variant'].flatMap((noun) => ['created', 'deleted', 'updated'].map((what) => `${noun} ${what} at`)),
])
const families = [
  // What stands behind the number says nothing: `Product Image 1 Url` is the dashboard's template.
  /^product (?:category|image|tag|sales channel) \d+(?: .*)?$/,
  /^variant image \d+$/,
  /^variant option \d+ (?:id|name|value|is exclusive)$/,
]
const priceName = /^variant (price|compare at price) (.+)$/

/** A column of prices. */
export interface PriceColumn {
  name: string
  /** As the file writes it. */
  written: string
  field: 'amount' | 'compare_at_amount'
  currency_code: string
  /** Its name, in lower case; null for everywhere. */
  region: string | null
}

/** The columns of a file, by their names in lower case. */
export interface Columns {
  names: readonly string[]
  categories: readonly string[]
  images: readonly string[]
  tags: readonly string[]
  channels: readonly string[]
  /** Numbers of options that have a name. */
  options: readonly string[]
  prices: readonly PriceColumn[]
}

/**
 * Reads a header.
 * @throws invalid_data for columns that no product has, in Medusa's words, and for a price of no currency
 */
export function columnsOf(header: readonly string[]): Columns {
  const written = header.map((name) => name.trim())
  const names = written.map((name) => name.toLowerCase())
  const unknown = written.filter((name, index) => name !== '' && !isKnown(names[index] as string))
  if (unknown.length > 0) throw invalidData(`Invalid column name(s) "${unknown.join('","')}"`)
  const twice = names.find((name, index) => name !== '' && names.indexOf(name) < index)
  if (twice !== undefined) throw invalidData(`The file has two columns "${written[names.indexOf(twice)]}": keep one of them`)
  const family = (word: string) => inOrder(names, new RegExp(`^product ${word} (\\d+)(?: .*)?$`)).map(({ name }) => name)
  return {
    names,
    categories: family('category'),
    images: family('image'),
    tags: family('tag'),
    channels: family('sales channel'),
    options: inOrder(names, /^variant option (\d+) name$/).map(({ number }) => number),
    prices: names.flatMap((name, index) => priceOf(name, written[index] as string)),
  }
}

const isKnown = (name: string) =>
  Object.hasOwn(productFields, name) ||
  Object.hasOwn(variantFields, name) ||
  others.has(name) ||
  priceName.test(name) ||
  families.some((family) => family.test(name))

/** Names with a number, by their numbers: a spreadsheet may have sorted them otherwise. */
function inOrder(names: readonly string[], pattern: RegExp): { name: string; number: string }[] {
  const numbered = names.flatMap((name) => {
    const number = pattern.exec(name)?.[1]
    return number === undefined ? [] : [{ name, number }]
  })
  return numbered.toSorted((a, b) => Number(a.number) - Number(b.number))
}

/** `Variant Price EUR`, `Variant Price [Europe] EUR`, or as exports write it `Variant Price Europe [EUR]`. */
function priceOf(name: string, written: string): PriceColumn[] {
  const [, kind, rest] = priceName.exec(name) ?? []
  if (kind === undefined || rest === undefined) return []
  const [, before, named, plain] = /^(?:\[(.+)\] |(.+) (?=\[))?\[?([a-z]{3})\]?$/.exec(rest) ?? []
  const region = before ?? named ?? null
  if (plain === undefined || (kind !== 'price' && region !== null)) {
    throw invalidData(
      `Invalid price format used by "${written}". Expect column name to contain the ISO code as the last segment. For example: "Variant Price [Europe] EUR" or "Variant Price EUR"`,
    )
  }
  if (!isCurrency(plain)) throw invalidData(`Currency with code: ${plain} is not known: the column "${written}" has prices of none`)
  return [{ name, written, field: kind === 'price' ? 'amount' : 'compare_at_amount', currency_code: plain, region }]
}
