import { csvOf, toMajor } from '../kernel/index.js'
import { wordingOf } from './commission-tax.js'
import type { DocumentText } from './documents.js'
import type { InvoiceLine, InvoiceRow } from './queries/invoices.js'

/** Who an invoice is from and to. */
export interface Parties {
  store: string
  legal_name: string | null
  legal_address: string | null
  vat_number: string | null
  vendor: string
  email: string | null
  vendor_legal_name: string | null
  vendor_address: Record<string, string | null> | null
  vendor_vat_number: string | null
}

interface Issued {
  label: string
  issuedAt: Date
  totalMinor: bigint
  taxMinor: bigint
}

const joined = (...parts: (string | null | undefined)[]) => parts.filter((part) => part != null && part !== '').join(', ')
const percentOf = (ppm: number) => `${ppm / 10_000} %`

/**
 * An invoice or credit note to print, with what Directive 2006/112/EC, art. 226, has it name: the day of issue (1), a number in a series
 * without gaps (2), the VAT numbers of issuer (3) and, where it owes the tax, recipient (4), names and addresses (5), what was done (6) and
 * when (7), the amount without tax (8), rate (9) and tax (10), and why there is none (11, 11a). Where nothing is taxed and nothing is said of the
 * parties, it is as it always was.
 */
export function invoiceText(
  invoice: {
    kind: 'invoice' | 'credit_note'
    period: string
    currency_code: string
    lines: readonly InvoiceLine[]
    correctsLabel: string | null
  },
  parties: Parties,
  issued: Issued,
): DocumentText {
  const isInvoice = invoice.kind === 'invoice'
  const shown = (minor: number | bigint) => String(toMajor(minor, invoice.currency_code))
  const address = parties.vendor_address === null ? '' : joined(...Object.values(parties.vendor_address))
  const wordings = [...new Set(invoice.lines.map((line) => wordingOf[line.tax_treatment ?? 'standard']))].filter((words) => words !== null)
  const isTaxed = issued.taxMinor > 0n || wordings.length > 0
  const to = joined(parties.vendor, parties.email)
  return {
    title: `${isInvoice ? 'Commission invoice' : 'Credit note'} ${issued.label}`,
    madeAt: issued.issuedAt,
    heading: [
      `From: ${joined(parties.legal_name ?? parties.store, parties.legal_address)}`,
      ...(parties.vat_number === null ? [] : [`VAT number of the issuer: ${parties.vat_number}`]),
      `To: ${isTaxed ? joined(parties.vendor_legal_name, to, address) : to}`,
      ...(isTaxed && parties.vendor_vat_number !== null ? [`VAT number of the recipient: ${parties.vendor_vat_number}`] : []),
      `Issued: ${issued.issuedAt.toISOString().slice(0, 10)}`,
      `Month: ${invoice.period}`,
      ...(invoice.correctsLabel === null ? [] : [`Corrects: ${invoice.correctsLabel}`]),
      ...wordings,
    ],
    tables: [
      {
        title: `Commission${isInvoice ? '' : ' given back'} in ${invoice.currency_code.toUpperCase()}`,
        header: ['Date', 'Order', 'Sold, without tax', 'Commission'],
        rows: invoice.lines.map((line) => [line.date, line.display_id, shown(line.base_minor), shown(line.commission_minor)]),
        widths: [0.2, 0.3, 0.25, 0.25],
        footer: ['Total', '', '', shown(issued.totalMinor)],
      },
      ...(isTaxed ? [taxTable(invoice.lines, issued, shown)] : []),
    ],
  }
}

/** What is in the commission, for each rate and treatment. */
function taxTable(
  lines: readonly InvoiceLine[],
  { totalMinor, taxMinor }: Issued,
  shown: (minor: number | bigint) => string,
): DocumentText['tables'][number] {
  const rates = [...new Set(lines.map(rateOf))]
  const rows = rates.map((rate) => {
    const group = lines.filter((line) => rateOf(line) === rate)
    const gross = group.reduce((sum, line) => sum + line.commission_minor, 0)
    const tax = group.reduce((sum, line) => sum + (line.tax_minor ?? 0), 0)
    return [rate, shown(gross - tax), shown(tax), shown(gross)]
  })
  return {
    title: 'Tax in it',
    header: ['Rate', 'Without tax', 'Tax', 'With tax'],
    rows,
    widths: [0.25, 0.25, 0.25, 0.25],
    footer: ['Total', shown(totalMinor - taxMinor), shown(taxMinor), shown(totalMinor)],
  }
}

/** The rate that was applied: under reverse charge and exemption, none. */
const rateOf = (line: InvoiceLine) => {
  const { tax_treatment = 'standard', tax_ppm = 0 } = line
  return tax_treatment === 'standard' ? percentOf(tax_ppm) : tax_treatment.replaceAll('_', ' ')
}

/** A line for each order, with the tax that is in it. */
export function invoiceCsv({ label, kind, currency_code, lines }: Pick<InvoiceRow, 'label' | 'kind' | 'currency_code' | 'lines'>): string {
  const major = (minor: number) => toMajor(minor, currency_code)
  return csvOf(
    [
      'document',
      'kind',
      'date',
      'order',
      'currency_code',
      'sold',
      'commission',
      'commission_without_tax',
      'tax_treatment',
      'tax_rate',
      'tax',
    ],
    lines.map((line) => {
      const { tax_minor = 0, tax_treatment = 'standard', tax_ppm = 0, commission_minor } = line
      const rate = tax_treatment === 'standard' ? tax_ppm / 10_000 : 0
      const amounts = [major(line.base_minor), major(commission_minor), major(commission_minor - tax_minor)]
      return [label, kind, line.date, line.display_id, currency_code, ...amounts, tax_treatment, rate, major(tax_minor)]
    }),
  )
}
