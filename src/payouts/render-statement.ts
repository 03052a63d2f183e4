import { csvOf, toMajor } from '../kernel/index.js'
import { type DocumentText, pdfOf } from './documents.js'
import type { VendorStatement } from './queries/statement-of-vendor.js'

const dayOf = (date: Date) => date.toISOString().slice(0, 10)

/** A statement as JSON has it. */
export function renderStatement({ parts, ...statement }: VendorStatement): object {
  return {
    ...statement,
    currencies: parts.map(({ currency_code, opening_minor, closing_minor, lines }) => ({
      currency_code,
      opening: toMajor(opening_minor, currency_code),
      closing: toMajor(closing_minor, currency_code),
      lines: lines.map(({ amount_minor, ...line }) => ({ ...line, amount: toMajor(amount_minor, currency_code) })),
    })),
  }
}

/** A line for each movement, between what the account stood at before and after. */
export function statementCsv({ parts, from, to }: VendorStatement): string {
  const rows = parts.flatMap(({ currency_code, opening_minor, closing_minor, lines }) => [
    [dayOf(from), 'opening', null, null, currency_code, toMajor(opening_minor, currency_code)],
    ...lines.map((line) => [
      line.occurred_at.toISOString(),
      line.kind,
      line.display_id,
      line.reference,
      currency_code,
      toMajor(line.amount_minor, currency_code),
    ]),
    [dayOf(to), 'closing', null, null, currency_code, toMajor(closing_minor, currency_code)],
  ])
  return csvOf(['date', 'kind', 'order', 'reference', 'currency_code', 'amount'], rows)
}

/** The same to print. */
export function statementPdf({ parts, ...statement }: VendorStatement): Promise<Buffer> {
  const text: DocumentText = {
    title: `Statement of ${statement.vendor.name}`,
    madeAt: statement.to,
    heading: [statement.store, `From ${dayOf(statement.from)} until before ${dayOf(statement.to)}`],
    tables: parts.map(({ currency_code, opening_minor, closing_minor, lines }) => {
      const shown = (minor: bigint) => String(toMajor(minor, currency_code))
      const rows = lines.map((line) => [
        dayOf(line.occurred_at),
        line.kind.replaceAll('_', ' '),
        line.display_id ?? '',
        line.reference,
        shown(line.amount_minor),
      ])
      return {
        title: currency_code.toUpperCase(),
        header: ['Date', 'What', 'Order', 'Reference', 'Amount'],
        rows: [[dayOf(statement.from), 'opening', '', '', shown(opening_minor)], ...rows],
        widths: [0.14, 0.18, 0.14, 0.38, 0.16],
        footer: [dayOf(statement.to), 'closing', '', '', shown(closing_minor)],
      }
    }),
  }
  return pdfOf(text)
}
