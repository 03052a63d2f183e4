import { setImmediate } from 'node:timers/promises'
import { limits } from '../../kernel/index.js'
import { cellReader, type CellReader, nameMaximum } from './cells.js'
import { type Problem, problemOf } from '../problem.js'
import type { Column, Row } from './read-csv.js'

export interface VariantDraft {
  line: number
  title: string
  sku: string | null
  barcode: string | null
  /** Grams. */
  weight: number | null
  allowBackorder: boolean
  requiresShipping: boolean
  /** Option title → value; empty for a product without options. */
  options: Record<string, string>
  priceMinor: bigint
  compareAtMinor: bigint | null
  /** Null where the file counts no stock. */
  stock: number | null
  image: string | null
}

export interface ProductDraft {
  handle: string
  title: string
  description: string | null
  type: string | null
  tags: string[]
  /** Shopify's path of categories, for example `Apparel & Accessories > Clothing`. */
  category: string | null
  status: 'draft' | 'published'
  isGiftcard: boolean
  images: string[]
  options: { title: string; values: string[] }[]
  variants: VariantDraft[]
}

/** The rows of one handle, in the order in which handles first appear in the file. */
export interface DraftedProduct {
  handle: string | null
  line: number
  rowCount: number
  /** Null when something is wrong with any of its rows. */
  draft: ProductDraft | null
  problems: Problem[]
}

const optionNumbers = [1, 2, 3] as const
const nameColumn = (number: 1 | 2 | 3): Column => `Option${number} Name`
const valueColumn = (number: 1 | 2 | 3): Column => `Option${number} Value`

/** Products checked in one go: a large file must not hold up everything else in the process. */
const productsAtOnce = 100

/** Gathers rows into products and checks every cell of every row. `currency` is what the file's prices are in. */
export async function draftProducts(rows: readonly Row[], currency: string): Promise<DraftedProduct[]> {
  const byHandle = new Map<string, Row[]>()
  for (const row of rows) {
    const known = byHandle.get(row.cells.Handle)
    if (known === undefined) byHandle.set(row.cells.Handle, [row])
    else known.push(row)
  }
  const products: DraftedProduct[] = []
  for (const [handle, own] of byHandle) {
    products.push(draftOf(handle, own, currency))
    if (products.length % productsAtOnce === 0) await setImmediate()
  }
  for (const number of variantNumbers) refuseSharedNumbers(products, number)
  return products
}

function draftOf(handle: string, rows: readonly Row[], currency: string): DraftedProduct {
  const cells = cellReader(handle === '' ? null : handle)
  const [first] = rows as [Row, ...Row[]]
  for (const row of rows) {
    if (row.surplus.length > 0)
      cells.refuse(row, null, `has more cells than the header has columns: ${row.surplus.join(', ').slice(0, nameMaximum)}`)
    if (handle === '') cells.refuse(row, 'Handle', 'is missing: the handle says which product a row belongs to')
  }
  const whole = { handle: handle === '' ? null : handle, line: first.line, rowCount: rows.length, problems: cells.problems }
  if (handle === '') return { ...whole, draft: null }
  cells.text(first, 'Handle', nameMaximum)
  if (first.cells.Title === '') cells.refuse(first, 'Title', 'is missing: the first row of a product needs one')
  const options = optionNames(cells, first)
  const variants = rows.filter((row) => row === first || isVariant(row)).map((row) => variantOf(cells, row, options, currency))
  refuseTwins(cells, rows, variants)
  if (variants.length > limits.variantsOfProduct) cells.refuse(first, null, `has more than ${limits.variantsOfProduct} variants`)
  const draft: ProductDraft = {
    handle,
    title: cells.text(first, 'Title', limits.title_characters),
    description: cells.text(first, 'Body (HTML)', limits.text_characters) || null,
    type: cells.text(first, 'Type', nameMaximum) || null,
    tags: tagsOf(cells, first),
    category: first.cells['Product Category'] || null,
    status: statusOf(cells, first),
    isGiftcard: cells.flag(first, 'Gift Card') ?? false,
    images: imagesOf(cells, rows, variants),
    options: options.map(({ title }) => ({ title, values: [...new Set(variants.map((variant) => variant.options[title] ?? ''))] })),
    variants,
  }
  return { ...whole, draft: cells.problems.length === 0 ? draft : null }
}

interface OptionPlace {
  number: 1 | 2 | 3
  title: string
}

/** A product without choices says `Title: Default Title`, or nothing. */
function optionNames(cells: CellReader, first: Row): OptionPlace[] {
  const places: OptionPlace[] = []
  for (const number of optionNumbers) {
    const title = cells.text(first, nameColumn(number), nameMaximum)
    if (title === '') continue
    if (title === 'Title' && first.cells[valueColumn(number)] === 'Default Title') continue
    if (places.some((place) => place.title === title)) cells.refuse(first, nameColumn(number), 'names the same option twice')
    places.push({ number, title })
  }
  return places
}

const variantColumns: readonly Column[] = [
  'Option1 Value',
  'Option2 Value',
  'Option3 Value',
  'Variant SKU',
  'Variant Price',
  'Variant Barcode',
]

/** Rows behind the first are variants, or only bring a further image. */
function isVariant(row: Row): boolean {
  return variantColumns.some((column) => row.cells[column] !== '')
}

function variantOf(cells: CellReader, row: Row, places: readonly OptionPlace[], currency: string): VariantDraft {
  const options: Record<string, string> = {}
  for (const { number, title } of places) {
    const value = cells.text(row, valueColumn(number), nameMaximum)
    if (value === '' && row.cells[valueColumn(number)] === '')
      cells.refuse(row, valueColumn(number), `is missing: the variant needs a value for ${title}`)
    options[title] = value
  }
  for (const number of optionNumbers) {
    const value = row.cells[valueColumn(number)]
    if (value !== '' && value !== 'Default Title' && !places.some((place) => place.number === number)) {
      cells.refuse(row, valueColumn(number), `has no option: the first row of the product leaves ${nameColumn(number)} empty`)
    }
  }
  const price = cells.amount(row, 'Variant Price', currency)
  if (price === undefined && row.cells['Variant Price'] === '') cells.refuse(row, 'Variant Price', 'is missing')
  const compareAt = cells.amount(row, 'Variant Compare At Price', currency)
  const stock = cells.whole(row, 'Variant Inventory Qty')
  return {
    line: row.line,
    title: places.length === 0 ? 'Default' : Object.values(options).join(' / ').slice(0, nameMaximum),
    sku: cells.text(row, 'Variant SKU', nameMaximum) || null,
    barcode: cells.text(row, 'Variant Barcode', nameMaximum) || null,
    weight: cells.number(row, 'Variant Grams') || null,
    allowBackorder: cells.word(row, 'Variant Inventory Policy', ['deny', 'continue']) === 'continue',
    requiresShipping: cells.flag(row, 'Variant Requires Shipping') ?? true,
    options,
    priceMinor: price ?? 0n,
    compareAtMinor: compareAt === undefined || compareAt === 0n ? null : compareAt,
    // Shopify counts below zero what was sold without being there; no shelf holds less than nothing.
    stock: stock === undefined ? null : Math.max(0, stock),
    image: cells.address(row, 'Variant Image') ?? null,
  }
}

function refuseTwins(cells: CellReader, rows: readonly Row[], variants: readonly VariantDraft[]): void {
  const byLine = new Map(rows.map((row) => [row.line, row]))
  const lines = new Map<string, number>()
  for (const variant of variants) {
    const combination = JSON.stringify(variant.options)
    const known = lines.get(combination)
    const row = byLine.get(variant.line) as Row
    if (known !== undefined) cells.refuse(row, 'Option1 Value', `has the same options as the variant in line ${known}`)
    else lines.set(combination, variant.line)
  }
}

function tagsOf(cells: CellReader, first: Row): string[] {
  const tags = [...new Set(first.cells.Tags.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '')
  if (tags.some((tag) => tag.length > nameMaximum)) cells.refuse(first, 'Tags', `holds a tag of more than ${nameMaximum} characters`)
  return tags
}

function statusOf(cells: CellReader, first: Row): 'draft' | 'published' {
  const published = cells.flag(first, 'Published') ?? true
  const status = cells.word(first, 'Status', ['active', 'draft', 'archived']) ?? 'active'
  return published && status === 'active' ? 'published' : 'draft'
}

/** By Shopify's positions where they are given; pictures that only a variant names come last. */
function imagesOf(cells: CellReader, rows: readonly Row[], variants: readonly VariantDraft[]): string[] {
  const placed = rows.flatMap((row, index) => {
    const url = cells.address(row, 'Image Src')
    const position = cells.whole(row, 'Image Position') ?? index + 1
    return url === undefined ? [] : [{ url, position }]
  })
  placed.sort((a, b) => a.position - b.position)
  const ofVariants = variants.map((variant) => variant.image).filter((url) => url !== null)
  const images = [...new Set([...placed.map(({ url }) => url), ...ofVariants])]
  if (images.length > limits.imagesOfProduct)
    cells.refuse(rows[0] as Row, 'Image Src', `is one of more than ${limits.imagesOfProduct} images`)
  return images
}

/** What means one variant of a vendor, where it is not left empty. */
export const variantNumbers = [
  { name: 'sku', column: 'Variant SKU', noun: 'SKU' },
  { name: 'barcode', column: 'Variant Barcode', noun: 'barcode' },
] as const
export type VariantNumber = (typeof variantNumbers)[number]

/** The second variant of a file that names a number is refused. */
function refuseSharedNumbers(products: readonly DraftedProduct[], number: VariantNumber): void {
  const lines = new Map<string, number>()
  for (const product of products) {
    for (const { [number.name]: value, line } of product.draft?.variants ?? []) {
      if (value === null) continue
      const known = lines.get(value)
      if (known === undefined) lines.set(value, line)
      else refuseNumber(product, line, number, value, `is the ${number.noun} of the variant in line ${known} too`)
    }
  }
}

/** Takes a product out of what is written, for a number that it cannot have. */
export function refuseNumber(product: DraftedProduct, line: number, number: VariantNumber, value: string, reason: string): void {
  product.problems.push(problemOf({ line, column: number.column, value, reason, handle: product.handle }))
  product.draft = null
}
