/** A page that a vendor keeps: a heading, lines of words, and tables. */
export interface DocumentText {
  title: string
  /** The date that the file carries: the same text made again is the same file. */
  madeAt: Date
  heading: readonly string[]
  tables: readonly DocumentTable[]
}

export interface DocumentTable {
  title: string
  header: readonly string[]
  rows: readonly (readonly string[])[]
  /** Shares of the width; the last column is aligned to the right. */
  widths: readonly number[]
  footer: readonly string[]
}

const margin = 50
const size = 9
const lineHeight = 14

/** A PDF of a document. */
export async function pdfOf(text: DocumentText): Promise<Buffer> {
  // Loaded with the first document: it is an eighth of all that a process would load before it answers.
  const { default: PDFDocument } = await import('pdfkit')
  const info = { Title: text.title, CreationDate: text.madeAt, ModDate: text.madeAt, Producer: 'Stoa', Creator: 'Stoa' }
  const pdf = new PDFDocument({ size: 'A4', margin, info })
  const chunks: Buffer[] = []
  pdf.on('data', (chunk: Buffer) => chunks.push(chunk))
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('end', resolve)
    pdf.on('error', reject)
  })
  pdf.font('Helvetica-Bold').fontSize(16).text(printable(text.title)).moveDown(0.5)
  pdf.font('Helvetica').fontSize(size)
  for (const line of text.heading) pdf.text(printable(line))
  for (const table of text.tables) drawTable(pdf, table)
  pdf.end()
  await ended
  return Buffer.concat(chunks)
}

/** The built-in fonts know Latin letters; others are shown as what they are not, rather than as nothing. */
const printable = (text: string) => text.replace(/[^\u0020-\u00ff\u20ac]/g, '?')

function drawTable(pdf: PDFKit.PDFDocument, table: DocumentTable): void {
  const width = pdf.page.width - 2 * margin
  const bottom = pdf.page.height - margin - lineHeight
  const draw = (cells: readonly string[], font: string) => {
    if (pdf.y > bottom) pdf.addPage()
    const y = pdf.y
    let x = margin
    pdf.font(font).fontSize(size)
    for (const [index, cell] of cells.entries()) {
      const own = width * (table.widths[index] ?? 0)
      const align = index === cells.length - 1 ? 'right' : 'left'
      pdf.text(printable(cell), x, y, { width: own - 4, height: lineHeight, align, ellipsis: true, lineBreak: false })
      x += own
    }
    pdf.x = margin
    pdf.y = y + lineHeight
  }
  pdf.moveDown(1).font('Helvetica-Bold').fontSize(11).text(printable(table.title), margin).moveDown(0.3)
  draw(table.header, 'Helvetica-Bold')
  for (const row of table.rows) draw(row, 'Helvetica')
  draw(table.footer, 'Helvetica-Bold')
}
