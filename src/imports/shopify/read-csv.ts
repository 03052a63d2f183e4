import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate } from 'node:timers/promises'
import { CsvError, parse } from 'csv-parse'
import { limits } from '../../kernel/index.js'
import type { Problem } from './problem.js'

/** Columns of Shopify's product file that are read; everything else in it is left alone. */
export const columnNames = [
  'Handle',
  'Title',
  'Body (HTML)',
  'Product Category',
  'Type',
  'Tags',
  'Published',
  'Status',
  'Gift Card',
  'Option1 Name',
  'Option1 Value',
  'Option2 Name',
  'Option2 Value',
  'Option3 Name',
  'Option3 Value',
  'Variant SKU',
  'Variant Grams',
  'Variant Inventory Qty',
  'Variant Inventory Policy',
  'Variant Price',
  'Variant Compare At Price',
  'Variant Requires Shipping',
  'Variant Barcode',
  'Variant Image',
  'Image Src',
  'Image Position',
] as const
export type Column = (typeof columnNames)[number]
const requiredColumns: readonly Column[] = ['Handle', 'Title', 'Variant Price']

/** A row below the header, with the line of the file that it begins on. Cells are trimmed; an absent one is ''. */
export interface Row {
  line: number
  cells: Readonly<Record<Column, string>>
  /** Cells beyond the header's columns that are not empty: a comma or quote too many. */
  surplus: readonly string[]
}

/** A file that cannot be read at all. */
export class UnreadableFile extends Error {
  readonly problem: Problem

  constructor(line: number, column: string | null, reason: string) {
    super(reason)
    this.problem = { line, column, value: null, reason, handle: null }
  }
}

const chunk_bytes = 64 * 1_024

/**
 * Reads a Shopify product file. In chunks, so that a large file does not hold up everything else in the process.
 * @throws UnreadableFile for broken quoting, missing columns and files that are too long
 */
export async function readShopifyCsv(text: string): Promise<Row[]> {
  const bytes = Buffer.from(text.replace(/^\uFEFF/, ''), 'utf8')
  const lines = lineCounter(bytes)
  const rows: Row[] = []
  let places: Map<Column, number> | undefined
  let width = 0
  const take = (record: string[], end: number) => {
    const line = lines.next(end)
    if (places === undefined) {
      places = placesOf(record, line)
      width = record.length
    } else if (record.some((cell) => cell.trim() !== '')) {
      if (rows.length >= limits.importRows) throw new UnreadableFile(line, null, `A file has at most ${limits.importRows} rows: divide it`)
      rows.push({ line, cells: cellsOf(record, places), surplus: record.slice(width).filter((cell) => cell.trim() !== '') })
    }
  }
  const parser = parse({
    relax_column_count: true,
    skip_empty_lines: true,
    // Taken as they are read: what the stream still holds when it meets an error would be lost, and with it the line.
    on_record: (record: string[], context) => {
      take(record, context.bytes)
      return null
    },
  })
  try {
    await pipeline(Readable.from(chunksOf(bytes)), parser.resume())
  } catch (error) {
    if (error instanceof CsvError)
      throw new UnreadableFile(lines.here(), null, quotingReasons[error.code] ?? 'The row cannot be read as CSV')
    throw error
  }
  if (places === undefined) throw new UnreadableFile(1, null, 'The file is empty')
  if (rows.length === 0) throw new UnreadableFile(1, null, 'The file has a header and no rows')
  return rows
}

const quotingReasons: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'A quote is opened here and never closed',
  INVALID_OPENING_QUOTE: 'A quote stands inside a cell that does not begin with one: write it twice, and quote the cell',
  CSV_INVALID_CLOSING_QUOTE: 'A quoted cell goes on behind its closing quote: write quotes inside it twice',
}

async function* chunksOf(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let from = 0; from < bytes.length; from += chunk_bytes) {
    yield bytes.subarray(from, from + chunk_bytes)
    await setImmediate()
  }
}

const lineFeed = 10
const carriageReturn = 13

/** The parser counts a Windows line end inside a quoted cell twice: lines are counted here, from where each record ends. */
function lineCounter(bytes: Buffer) {
  let at = 0
  let line = 1
  const step = () => {
    const isEnd = bytes[at] === lineFeed || (bytes[at] === carriageReturn && bytes[at + 1] !== lineFeed)
    if (isEnd) line += 1
    at += 1
  }
  const skipEmpty = () => {
    while (bytes[at] === lineFeed || bytes[at] === carriageReturn) step()
  }
  return {
    /** The line that the record ending at a byte begins on. */
    next(end: number): number {
      skipEmpty()
      const first = line
      while (at < end) step()
      return first
    },
    /** The line that the record which could not be read begins on. */
    here(): number {
      skipEmpty()
      return line
    },
  }
}

function placesOf(header: readonly string[], line: number): Map<Column, number> {
  const found = header.map((name) => name.trim().toLowerCase())
  const places = new Map<Column, number>()
  for (const column of columnNames) {
    const index = found.indexOf(column.toLowerCase())
    if (index >= 0) places.set(column, index)
  }
  const missing = requiredColumns.filter((column) => !places.has(column))
  if (missing.length > 0) {
    throw new UnreadableFile(
      line,
      missing[0] ?? null,
      `The file has no column ${missing.join(', ')}: this reads Shopify's product export, with commas between the cells`,
    )
  }
  return places
}

function cellsOf(record: readonly string[], places: ReadonlyMap<Column, number>): Record<Column, string> {
  const cells = {} as Record<Column, string>
  for (const column of columnNames) {
    const place = places.get(column)
    cells[column] = place === undefined ? '' : (record[place] ?? '').trim()
  }
  return cells
}
