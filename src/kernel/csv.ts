export type CsvCell = string | number | boolean | null

/**
 * Where a spreadsheet would run what follows: at the beginning of a cell, and behind a semicolon or a line's end, which begin another
 * where semicolons part cells (a quote that does not stand first opens nothing there). Quotes that stand before it already are passed
 * over, so that one can be taken off again.
 */
const formulas = /^(?=['"]*[=+\-@＝＋－＠\t\r\n])|(?<=[;\r\n])(?=['"]*[=+\-@＝＋－＠])/g
/** The quotes that were put there. */
const guards = /^'(?=['"]*[=+\-@＝＋－＠\t\r\n])|(?<=[;\r\n])'(?=['"]*[=+\-@＝＋－＠])/g

/**
 * Lines of comma-separated values (RFC 4180). A text that a spreadsheet would run as a formula is shown as text: what a
 * vendor calls itself is somebody else's to open.
 */
export function csvOf(header: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
  return [header, ...rows].map(csvLine).join('')
}

/** One of its lines. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(cellOf).join(',')}\r\n`
}

function cellOf(cell: CsvCell): string {
  if (cell === null) return ''
  if (typeof cell !== 'string') return String(cell)
  const text = cell.replace(formulas, "'")
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The text that a cell stood for before it was kept from being run. */
export function unguarded(cell: string): string {
  return cell.replace(guards, '')
}
