import { setImmediate } from 'node:timers/promises'
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

/** Products read in one go: a large file must not hold up everything else in the process. */
const rowsAtOnce = 500

/** What is wrong with a row, as Medusa says it. */
export const refusedRow = (row: number, reason: string) => invalidData(`Row ${row}: ${reason}`)

/**
 * Reads a product file in Medusa's shape: rows of one id, or else of one handle, are one product, and each is a variant of it.
 * @throws invalid_data in Medusa's words for the first thing that is wrong with it
 */
export async function readProductFile(text: string): Promise<FileProduct[]> {
  const { columns, rows } = await readRows(text)
  const products = new Map<string, FileProduct>()
  for (const [index, row] of rows.entries()) {
    const id = row.cell('product id')
    const handle = row.cell('product handle')
    if (id === '' && handle === '')
      throw refusedRow(row.number, 'Missing product id and handle. One of these columns are required to process the row')
    const key = id === '' ? `handle ${handle}` : `id ${id}`
    const product = products.get(key) ?? newProduct(row, id, handle)
    products.set(key, product)
    product.rowCount += 1
    addRow(product, columns, row)
    if (index % rowsAtOnce === 0) await setImmediate()
  }
  return [...products.values()]
}

async function readRows(text: string): Promise<{ columns: Columns; rows: Row[] }> {
  let columns: Columns | undefined
  const rows: Row[] = []
  const take = (record: string[], line: number) => {
    if (columns === undefined) {
      if (record.length > limits.importColumns) throw invalidData(`A file has at most ${limits.importColumns} columns`)
      columns = columnsOf(record)
      return
    }
    const { names } = columns
    const surplus = record.find((cell, index) => cell.trim() !== '' && (names[index] ?? '') === '')
    if (surplus !== undefined) throw refusedRow(rows.length + 1, `"${surplus.slice(0, 100)}" stands in no column of the header`)
    const cells = new Map(record.map((cell, index) => [names[index] ?? '', unguarded(cell.trim())]))
    rows.push({ number: rows.length + 1, line, cell: (name) => cells.get(name) ?? '' })
  }
  try {
    await readRecords(text, take, delimiterOf(text))
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    throw invalidData(`Line ${error.problem.line}: ${error.problem.reason}`)
  }
  return { columns: columns as unknown as Columns, rows }
}

/** Spreadsheets of countries that write a comma in numbers part cells by semicolons. */
function delimiterOf(text: string): string {
  const end = text.indexOf('\n')
  const header = end < 0 ? text : text.slice(0, end)
  return !header.includes(',') && header.includes(';') ? ';' : ','
}

function newProduct(row: Row, id: string, handle: string): FileProduct {
  return {
    row: row.number,
    line: row.line,
    rowCount: 0,
    id: id === '' ? null : id,
    handle: handle === '' ? null : handle,
    vendor: null,
    fields: {},
    options: [],
    variants: [],
  }
}

function addRow(product: FileProduct, columns: Columns, row: Row): void {
  Object.assign(product.fields, fieldsOf(productFields, row))
  if (row.cell('product vendor') !== '') product.vendor = row.cell('product vendor')
  for (const list of ['categories', 'images', 'tags', 'channels'] as const) {
    if (columns[list].length === 0) continue
    const values = columns[list].map((name) => row.cell(name)).filter((value) => value !== '')
    product[list] = [...new Set([...(product[list] ?? []), ...values])]
  }
  const options = optionsOf(columns, row)
  for (const option of options) addOption(product, option)
  const variant: FileVariant = {
    row: row.number,
    id: row.cell('variant id') || null,
    fields: fieldsOf(variantFields, row),
    options: Object.fromEntries(options.map(({ title, values }) => [title, values[0] as string])),
    prices: pricesOf(columns, row),
  }
  // A product without variants has a row, too.
  const isSaid = variant.id !== null || [variant.fields, variant.options, variant.prices].some((part) => Object.keys(part).length > 0)
  if (isSaid) product.variants.push(variant)
}

function fieldsOf(fields: typeof productFields, row: Row): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([column, [field, kind]]) => {
      const text = row.cell(column)
      return text === '' ? [] : [[field, cellValue(row, column, text, kind)]]
    }),
  )
}

function cellValue(row: Row, column: string, text: string, kind: CellKind): unknown {
  const wrong = (expected: string) =>
    refusedRow(row.number, `Invalid value provided for "${column}". Expected ${expected}, received "${text.slice(0, 200)}"`)
  switch (kind) {
    case 'text':
      return text
    case 'number': {
      const value = Number(text)
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

function optionsOf(columns: Columns, row: Row): FileOption[] {
  return columns.options.flatMap((number) => {
    const title = row.cell(`variant option ${number} name`)
    if (title === '') return []
    const value = row.cell(`variant option ${number} value`)
    if (value === '') throw refusedRow(row.number, `Missing option value for "variant option ${number} name"`)
    const id = row.cell(`variant option ${number} id`)
    const exclusive = row.cell(`variant option ${number} is exclusive`).toLowerCase()
    return [{ title, values: [value], ...(id === '' ? {} : { id }), ...(exclusive === '' ? {} : { is_exclusive: exclusive === 'true' }) }]
  })
}

/** What is first said of an option counts; values are gathered. */
function addOption(product: FileProduct, option: FileOption): void {
  const known = product.options.find(({ title }) => title === option.title)
  if (known === undefined) {
    product.options.push(option)
    return
  }
  known.values = [...new Set([...known.values, ...option.values])]
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
