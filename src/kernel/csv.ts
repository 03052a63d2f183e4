export type CsvCell = string | number | null

/** What a spreadsheet would run; behind quotes that were put before such a text already, too, so that one can be taken off again. */
const formula = /^'*[=+\-@\t\r]/

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
  if (typeof cell === 'number') return String(cell)
  const text = formula.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** The text that a cell stood for before it was kept from being run. */
export function unguarded(cell: string): string {
  return cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell
}
