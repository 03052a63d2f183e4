import { invalidData, limits, unguarded } from '../../kernel/index.js'
import { readRecords, UnreadableFile } from '../read-records.js'
import { type CellKind, type Columns, columnsOf, productFields, variantFields } from './columns.js'

export interface FilePrice {
  currency_code: string
  amount?: number
  compare_at_amount?: number
  /** A region's name in lower case; null for everywhere. */
  region: string | null
}

export interface FileVariant {
  /** Rows are counted as Medusa counts them: the first below the header is 1. */
  row: number
  id: string | null
  fields: Record<string, unknown>
  /** Option title → value. */
  options: Record<string, string>
  prices: FilePrice[]
}

export interface FileOption {
  title: string
  values: string[]
  id?: string
  is_exclusive?: boolean
}

/** What a file says of one product. What it does not say is not there; an empty cell says nothing. */
export interface FileProduct {
  row: number
  line: number
  rowCount: number
  /** Of the product to change; null for a new one. */
  id: string | null
  handle: string | null
  /** Handle of the vendor whose it is. */
  vendor: string | null
  fields: Record<string, unknown>
  categories?: string[]
  images?: string[]
  /** Values or ids. */
  tags?: string[]
  channels?: string[]
  options: FileOption[]
  variants: FileVariant[]
}

interface Row {
  number: number
  line: number
  cell(name: string): string
}

/** A product while its rows are gathered: each list a set, so that a row costs what it says and not what was said before it. */
interface GatheredProduct extends Omit<FileProduct, List | 'options'> {
  lists: Partial<Record<List, Set<string>>>
  options: Map<string, Omit<FileOption, 'values'> & { values: Set<string> }>
}

const lists = ['categories', 'images', 'tags', 'channels'] as const
type List = (typeof lists)[number]
const mostOf: Record<List, number> = {
  categories: limits.linksOfProduct,
  images: limits.imagesOfProduct,
  tags: limits.linksOfProduct,
  channels: limits.linksOfProduct,
}

/** What is wrong with a row, as Medusa says it. */
export const refusedRow = (row: number, reason: string) => invalidData(`Row ${row}: ${reason}`)

/**
 * Reads a product file in Medusa's shape: rows of one id, or else of one handle, are one product, and each is a variant of it.
 * @throws invalid_data in Medusa's words for the first thing that is wrong with it, a product with more than any may have included
 */
export async function readProductFile(text: string): Promise<FileProduct[]> {
  const products = new Map<string, GatheredProduct>()
  await readRows(text, (columns, row) => {
    const id = row.cell('product id')
    const handle = row.cell('product handle')
    if (id === '' && handle === '')
      throw refusedRow(row.number, 'Missing product id and handle. One of these columns are required to process the row')
    const key = id === '' ? `handle ${handle}` : `id ${id}`
    const product = products.get(key) ?? newProduct(row, id, handle)
    products.set(key, product)
    product.rowCount += 1
    addRow(product, columns, row)
  })
  return [...products.values()].map(gathered)
}

/** Hands out row by row as the file is read: none is kept, a file of empty cells least of all. */
async function readRows(text: string, take: (columns: Columns, row: Row) => void): Promise<void> {
  let columns: Columns | undefined
  let places = new Map<string, number>()
  let number = 0
  const read = (record: string[], line: number) => {
    if (columns === undefined) {
      if (record.length > limits.importColumns) throw invalidData(`A file has at most ${limits.importColumns} columns`)
      columns = columnsOf(record.map((name) => unguarded(name.trim())))
      places = new Map(columns.names.map((name, index) => [name, index]))
      return
    }
    number += 1
    const { names } = columns
    const surplus = record.find((cell, index) => cell.trim() !== '' && (names[index] ?? '') === '')
    if (surplus !== undefined) throw refusedRow(number, `"${surplus.slice(0, 100)}" stands in no column of the header`)
    const cell = (name: string) => {
      const place = places.get(name)
      // The space behind a guard is the text's own: what is left of it says what the text says.
      return place === undefined ? '' : unguarded((record[place] ?? '').trimStart()).trim()
    }
    take(columns, { number, line, cell })
  }
  try {
    await readRecords(text, read, delimiterOf(text))
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    throw invalidData(`Line ${error.problem.line}: ${error.problem.reason}`)
  }
}

/** Spreadsheets of countries that write a comma in numbers part cells by semicolons. */
function delimiterOf(text: string): string {
  const end = text.indexOf('\n')
  const header = end < 0 ? text : text.slice(0, end)
  return !header.includes(',') && header.includes(';') ? ';' : ','
}

function newProduct(row: Row, id: string, handle: string): GatheredProduct {
  return {
    row: row.number,
    line: row.line,
    rowCount: 0,
    id: id === '' ? null : id,
    handle: handle === '' ? null : handle,
    vendor: null,
    fields: {},
    lists: {},
    options: new Map(),
    variants: [],
  }
}

function gathered({ lists: own, options, ...product }: GatheredProduct): FileProduct {
  return {
    ...product,
    ...Object.fromEntries(Object.entries(own).map(([list, values]) => [list, [...values]])),
    options: [...options.values()].map((option) => ({ ...option, values: [...option.values] })),
  }
}

function addRow(product: GatheredProduct, columns: Columns, row: Row): void {
  Object.assign(product.fields, fieldsOf(productFields, row))
  if (row.cell('product vendor') !== '') product.vendor = row.cell('product vendor')
  for (const list of lists) {
    if (columns[list].length === 0) continue
    const values = product.lists[list] ?? new Set<string>()
    product.lists[list] = values
    for (const name of columns[list]) {
      const value = row.cell(name)
      if (value !== '') values.add(value)
    }
    refuseMore(row, values.size, mostOf[list], list === 'channels' ? 'sales channels' : list)
  }
  const options = optionsOf(columns, row)
  for (const option of options) addOption(product, option)
  refuseMore(row, product.options.size, limits.optionsOfProduct, 'options')
  const variant: FileVariant = {
    row: row.number,
    id: row.cell('variant id') || null,
    fields: fieldsOf(variantFields, row),
    options: Object.fromEntries(options.map(({ title, value }) => [title, value])),
    prices: pricesOf(columns, row),
  }
  // A product without variants has a row, too.
  const isSaid = variant.id !== null || [variant.fields, variant.options, variant.prices].some((part) => Object.keys(part).length > 0)
  if (isSaid) product.variants.push(variant)
  refuseMore(row, product.variants.length, limits.variantsOfProduct, 'variants')
}

/** At the row that is one too many: whoever reads a whole file of them has done the work that the limit is there to spare. */
function refuseMore(row: Row, count: number, most: number, nouns: string): void {
  if (count > most) throw refusedRow(row.number, `A product has at most ${most} ${nouns}`)
}

function fieldsOf(fields: typeof productFields, row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([column, [field, kind]]) => {
      const text = row.cell(column)
      return text === '' ? [] : [[field, cellValue(row, column, text, kind)]]
    }),
  )
}

/** As people and exports write a number; `Number` by itself reads `0x10`, too. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i

/** As half of the world writes one. Read here it would be a guess: the other half parts thousands by a comma. */
export const commaDecimal = /^[+-]?[\d.]*,\d+$/

function cellValue(row: Row, column: string, text: string, kind: CellKind): unknown {
  const wrong = (expected: string) =>
    refusedRow(row.number, `Invalid value provided for "${column}". Expected ${expected}, received "${text.slice(0, 200)}"`)
  switch (kind) {
    case 'text':
      return text
    case 'number': {
      const value = decimal.test(text) ? Number(text) : Number.NaN
      if (commaDecimal.test(text)) throw wrong('value to be a number with a point before its decimals, such as 12.50')
      if (!Number.isFinite(value)) throw wrong('value to be a number')
      return value
    }
    case 'flag': {
      const word = text.toLowerCase()
      if (word !== 'true' && word !== 'false') throw wrong('value to be true or false')
      return word === 'true'
    }
    case 'json':
      return objectOf(text) ?? refuse(wrong('a valid JSON string'))
  }
}

function refuse(error: Error): never {
  throw error
}

function objectOf(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && !Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

interface RowOption {
  title: string
  value: string
  id?: string
  is_exclusive?: boolean
}

function optionsOf(columns: Columns, row: Row): RowOption[] {
  return columns.options.flatMap((number) => {
    const title = row.cell(`variant option ${number} name`)
    if (title === '') return []
    const value = row.cell(`variant option ${number} value`)
    if (value === '') throw refusedRow(row.number, `Missing option value for "variant option ${number} name"`)
    const id = row.cell(`variant option ${number} id`)
    const exclusive = row.cell(`variant option ${number} is exclusive`).toLowerCase()
    return [{ title, value, ...(id === '' ? {} : { id }), ...(exclusive === '' ? {} : { is_exclusive: exclusive === 'true' }) }]
  })
}

/** What is first said of an option counts; values are gathered. */
function addOption(product: GatheredProduct, { value, ...option }: RowOption): void {
  const known = product.options.get(option.title)
  if (known === undefined) {
    product.options.set(option.title, { ...option, values: new Set([value]) })
    return
  }
  known.values.add(value)
  if (known.id === undefined && option.id !== undefined) known.id = option.id
}

function pricesOf(columns: Columns, row: Row): FilePrice[] {
  const prices = new Map<string, FilePrice>()
  for (const { name, written, field, currency_code, region } of columns.prices) {
    const text = row.cell(name)
    if (text === '') continue
    const key = `${currency_code} ${region}`
    const price = prices.get(key) ?? { currency_code, region }
    price[field] = cellValue(row, written, text, 'number') as number
    prices.set(key, price)
  }
  return [...prices.values()]
}
