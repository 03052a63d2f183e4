import { createHash } from 'node:crypto'
import { z } from 'zod'
import { asStore, type Context, readPage, singlePage, tenantOf } from '../db/index.js'
import { Reply, type RequestContext } from '../http/index.js'
import { notFound, toMajor, unexpectedState } from '../kernel/index.js'
import {
  type BalanceOfVendor,
  balanceStatement,
  invoiceCsv,
  type InvoiceRow,
  invoiceFileStatement,
  listInvoicesStatement,
  listPayablesStatement,
  type PayableRow,
  type PayoutRow,
  renderStatement,
  statementCsv,
  statementOfVendor,
  statementPdf,
} from '../payouts/index.js'

// What vendors see of their money, and staff of each vendor's.

const dayOrMoment = z.union([z.iso.datetime({ offset: true }), z.iso.date()])
const moment = z
  .string()
  .refine(
    (value) => dayOrMoment.safeParse(value).success,
    'say a day, as 2026-01-31, or a moment, as 2026-01-31T12:00:00Z; what is at `to` or after it is not in the statement',
  )
  .transform((value) => new Date(value))

/** From a moment until before another; days are UTC's. */
export const statementQuery = z.strictObject({
  from: moment.meta({ description: 'The first moment, or day, that is in it' }),
  to: moment.meta({ description: 'The first moment, or day, after it: of January all is said until 2026-02-01' }),
  format: z.enum(['json', 'csv', 'pdf']).default('json'),
})

/** A vendor's account over a period, as JSON, CSV or PDF. */
export async function answerStatement(context: Context, vendorId: string, query: z.output<typeof statementQuery>): Promise<unknown> {
  const { format, ...period } = query
  const statement = await statementOfVendor(asStore(context), vendorId, period)
  if (format === 'json') return { statement: renderStatement(statement) }
  return download(
    format === 'csv' ? statementCsv(statement) : await statementPdf(statement),
    format,
    `statement-${period.from.toISOString().slice(0, 10)}`,
  )
}

const types = { csv: 'text/csv; charset=utf-8', pdf: 'application/pdf' }

/** A file to keep; no browser runs what is in it. */
export function download(body: string | Buffer, type: keyof typeof types, name: string): Reply {
  return new Reply(body, { headers: { 'content-type': types[type], 'content-disposition': `attachment; filename="${name}.${type}"` } })
}

export async function answerBalance(context: Context, vendorId: string): Promise<{ balances: object[] }> {
  const { db, scope } = asStore(context)
  const rows = await db.read(scope, balanceStatement(tenantOf(context), vendorId))
  return { balances: rows.map(renderBalance) }
}

function renderBalance({ currency_code, ...row }: BalanceOfVendor): object {
  const major = (minor: bigint) => toMajor(minor, currency_code)
  return {
    currency_code,
    pending: major(row.pending_minor),
    available: major(row.available_minor),
    reserved: major(row.reserved_minor),
    paid: major(row.paid_minor),
    debt: major(row.debt_minor),
  }
}

export const payoutFields = [
  'id',
  'vendor_id',
  'method',
  'currency_code',
  'amount',
  'state',
  'note',
  'releases',
  'created_by',
  'paid_by',
  'paid_at',
  'canceled_at',
  'created_at',
  'updated_at',
]

export function renderPayout({ amount_minor, ...payout }: PayoutRow): object {
  return { ...payout, amount: toMajor(amount_minor, payout.currency_code) }
}

export const payableFields = [
  'vendor_order_id',
  'display_id',
  'vendor_id',
  'currency_code',
  'due',
  'released',
  'available',
  'reserved',
  'waiting_for',
  'look_again_at',
  'created_at',
  'updated_at',
]

/** A page of payables. */
export async function answerPayables(
  { context, fields, page }: RequestContext<unknown, unknown>,
  query: {
    vendor_order_id?: string[] | undefined
    waiting_for?: string[] | undefined
    is_open?: boolean | undefined
    vendorIds: string[] | null
  },
): Promise<object> {
  const filter = {
    vendorOrderIds: query.vendor_order_id ?? null,
    vendorIds: query.vendorIds,
    waitingFor: query.waiting_for ?? null,
    isOpen: query.is_open ?? null,
  }
  const { rows, count } = await readPage(context, page, (part) => listPayablesStatement(tenantOf(context), filter, part))
  const payables = rows.map((row) => fields.project(renderPayable(row)))
  return { payables, count, offset: page.offset, limit: page.limit }
}

function renderPayable({ due_minor, released_minor, available_minor, reserved_minor, ...payable }: PayableRow): object {
  const major = (minor: bigint) => toMajor(minor, payable.currency_code)
  const amounts = {
    due: major(due_minor),
    released: major(released_minor),
    available: major(available_minor),
    reserved: major(reserved_minor),
  }
  return { ...payable, ...amounts }
}

export const invoiceFields = [
  'id',
  'vendor_id',
  'kind',
  'series',
  'number',
  'label',
  'period',
  'currency_code',
  'total',
  'tax',
  'corrects_invoice_id',
  'sha256',
  'issued_at',
  'created_at',
  'lines.*',
]

export function renderInvoice({ total_minor, tax_minor: tax, lines, ...invoice }: InvoiceRow): object {
  const major = (minor: bigint | number) => toMajor(minor, invoice.currency_code)
  return {
    ...invoice,
    total: major(total_minor),
    tax: major(tax),
    lines: lines.map(({ base_minor, commission_minor, tax_minor = 0, tax_ppm = 0, tax_treatment = 'standard', ...line }) => ({
      ...line,
      base: major(base_minor),
      commission: major(commission_minor),
      tax: major(tax_minor),
      tax_rate: tax_ppm / 10_000,
      tax_treatment,
    })),
  }
}

/** The lines of an invoice with the tax that is in each. @throws not_found for one that the caller cannot see */
export async function answerInvoiceCsv(context: Context, id: string): Promise<Reply> {
  const filter = { id: [id], vendorIds: null, periods: null, kinds: null }
  const [invoice] = await context.db.read(context.scope, listInvoicesStatement(tenantOf(context), filter, singlePage))
  if (invoice === undefined) throw notFound(`Invoice with id: ${id} was not found`)
  return download(invoiceCsv(invoice), 'csv', invoice.label)
}

/** @throws not_found for one that the caller cannot see; unexpected_state when the file is not the one that was made */
export async function answerInvoiceFile(context: Context, id: string): Promise<Reply> {
  const [file] = await context.db.read(context.scope, invoiceFileStatement(tenantOf(context), id))
  if (file === undefined) throw notFound(`Invoice with id: ${id} was not found`)
  if (createHash('sha256').update(file.pdf).digest('hex') !== file.sha256) {
    throw unexpectedState(`The file of invoice ${file.label} is not the one that was made`)
  }
  return download(file.pdf, 'pdf', file.label)
}
