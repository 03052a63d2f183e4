import { readRecords, UnreadableFile } from '../read-records.js'

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

/**
 * Reads a Shopify product file.
 * @throws UnreadableFile for broken quoting, missing columns and files that are too long
 */
export async function readShopifyCsv(text: string): Promise<Row[]> {
  const rows: Row[] = []
  let places: Map<Column, number> | undefined
  let width = 0
  await readRecords(text, (record, line) => {
    if (places === undefined) {
      places = placesOf(record, line)
      width = record.length
    } else rows.push({ line, cells: cellsOf(record, places), surplus: record.slice(width).filter((cell) => cell.trim() !== '') })
  })
  return rows
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
