import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import type { TaxTreatment } from '../commission-tax.js'

/** A vendor order on an invoice: what its vendor sold, and the store's commission of it, in minor units. */
export interface InvoiceLine {
  vendor_order_id: string
  display_id: string
  date: string
  base_minor: number
  /** With the tax that is in it. */
  commission_minor: number
  /** Of documents from before there was any, not there. */
  tax_minor?: number
  tax_ppm?: number
  tax_treatment?: TaxTreatment
}

/** An invoice or credit note as lists show it; amounts in minor units. */
export interface InvoiceRow {
  id: string
  vendor_id: string
  kind: 'invoice' | 'credit_note'
  series: string
  number: number
  label: string
  period: string
  currency_code: string
  /** With tax. */
  total_minor: bigint
  tax_minor: bigint
  lines: InvoiceLine[]
  corrects_invoice_id: string | null
  sha256: string
  issued_at: Date
  created_at: Date
  count: number
}

export interface InvoiceFilter {
  id: string[] | null
  vendorIds: string[] | null
  periods: string[] | null
  kinds: string[] | null
}

export function listInvoicesStatement(tenantId: string, filter: InvoiceFilter, page: ListPage): Statement<InvoiceRow> {
  const order = orderBy('i', page.order)
  return statement(
    `payouts.invoices.${order.name}`,
    `select i.id, i.vendor_id, i.kind, i.series, i.number, i.label, i.period, i.currency_code, i.total_minor, i.tax_minor, i.lines, i.corrects_invoice_id,
            i.sha256, i.issued_at, i.created_at, count(*) over ()::int as count
     from invoice i where i.tenant_id = $1 and ($2::text[] is null or i.id = any($2)) and ($3::text[] is null or i.vendor_id = any($3))
       and ($4::text[] is null or i.period = any($4)) and ($5::text[] is null or i.kind = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.vendorIds, filter.periods, filter.kinds, page.limit, page.offset],
  )
}

/** The file of an invoice, as it was made. */
export function invoiceFileStatement(tenantId: string, id: string): Statement<{ label: string; pdf: Buffer; sha256: string }> {
  return statement('payouts.invoice_file', 'select label, pdf, sha256 from invoice where tenant_id = $1 and id = $2', [tenantId, id])
}
