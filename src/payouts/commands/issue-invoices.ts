import { createHash } from 'node:crypto'
import { type Context, type Statement, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, isDuplicate, newId, notAllowed, notFound } from '../../kernel/index.js'
import { commissionTaxEntry, post } from '../../ledger/index.js'
import { type TaxTreatment, taxWithin } from '../commission-tax.js'
import { pdfOf } from '../documents.js'
import { lockVendorStatement } from '../facts.js'
import type { InvoiceLine } from '../queries/invoices.js'
import { invoiceText, type Parties } from '../render-invoice.js'

type TaxableLine = Omit<InvoiceLine, 'tax_minor'> & { tax_ppm: number; tax_treatment: TaxTreatment }

interface Wanted {
  vendor_id: string
  currency_code: string
  kind: 'invoice' | 'credit_note'
}

/** Orders that were begun before midnight may be committed after it: a month is closed an hour late. */
export const closing_ms = 3_600_000
/** Lines of one invoice are in one row and one file. */
const linesMaximum = 20_000

/** @throws invalid_data for what is no month, and for one that is not over */
function boundsOf(period: string, now: Date): { from: Date; to: Date } {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(period)
  if (match === null) throw invalidData(`${period} is no month, as 2026-01 is one`)
  const [year, month] = [Number(match[1]), Number(match[2])]
  const to = new Date(Date.UTC(year, month, 1))
  if (to.getTime() + closing_ms > now.getTime()) throw invalidData(`The month ${period} is not over yet, or was until an hour ago`)
  return { from: new Date(Date.UTC(year, month - 1, 1)), to }
}

/** The month before the one of a moment. */
export function monthBefore(now: Date): string {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7)
}

/**
 * Invoices each vendor for the commission of what it sold in a month, and credits it for what was given back in it, in
 * each currency: once, however often it is asked for. Each document is numbered in the transaction that writes it, so that a
 * series has no gap.
 * @returns ids of the documents that were made
 * @throws invalid_data for a month that is not over
 */
export async function issueInvoices(context: Context, period: string): Promise<string[]> {
  const bounds = boundsOf(period, context.clock.now())
  const wanted = await context.db.read(context.scope, wantedStatement(tenantOf(context), period, bounds))
  const made: string[] = []
  for (const one of wanted) {
    const id = await context.db.unitOfWork(context.scope, (unit) => issue(unit, context, one, period, bounds))
    if (id !== null) made.push(id)
  }
  return made
}

const charged = `select v.vendor_id, v.currency_code, 'invoice' as kind, v.id as vendor_order_id, v.display_id, v.created_at as at,
    v.total_minor - v.tax_total_minor as base_minor, v.commission_minor
  from vendor_order v where v.tenant_id = $1 and v.created_at >= $2 and v.created_at < $3 and v.commission_minor > 0`
const returned = `select v.vendor_id, v.currency_code, 'credit_note' as kind, v.id as vendor_order_id, v.display_id,
    max(coalesce(r.settled_at, c.created_at)) as at, sum(c.vendor_amount_minor + c.commission_minor)::bigint as base_minor,
    sum(c.commission_minor)::bigint as commission_minor
  from order_credit c join vendor_order v on v.tenant_id = $1 and v.id = c.vendor_order_id
  left join refund r on r.tenant_id = $1 and r.id = c.refund_id
  where c.tenant_id = $1 and c.state = 'booked' and c.commission_minor > 0
    and coalesce(r.settled_at, c.created_at) >= $2 and coalesce(r.settled_at, c.created_at) < $3
  group by v.vendor_id, v.currency_code, v.id, v.display_id`

const dateOf = `to_char(s.at at time zone 'UTC', 'YYYY-MM-DD') as date`

function wantedStatement(tenantId: string, period: string, { from, to }: { from: Date; to: Date }): Statement<Wanted> {
  return statement(
    'payouts.invoices_wanted',
    `select distinct s.vendor_id, s.currency_code, s.kind from (${charged} union all ${returned}) s
     where not exists (select 1 from invoice i where i.tenant_id = $1 and i.vendor_id = s.vendor_id and i.period = $4
       and i.currency_code = s.currency_code and i.kind = s.kind and i.corrects_invoice_id is null)
     order by s.vendor_id, s.kind desc, s.currency_code`,
    [tenantId, from, to, period],
  )
}

function chargedLinesStatement(tenantId: string, wanted: Wanted, { from, to }: { from: Date; to: Date }): Statement<TaxableLine> {
  return statement(
    'payouts.charged_lines',
    `select s.vendor_order_id, s.display_id, ${dateOf}, s.base_minor::float8 as base_minor, s.commission_minor::float8 as commission_minor,
            w.commission_tax_ppm as tax_ppm, d.commission_tax_treatment as tax_treatment
     from (${charged}) s join store w on w.tenant_id = $1 join vendor d on d.tenant_id = $1 and d.id = s.vendor_id
     where s.vendor_id = $4 and s.currency_code = $5 order by s.at, s.vendor_order_id limit $6`,
    [tenantId, from, to, wanted.vendor_id, wanted.currency_code, linesMaximum + 1],
  )
}

/** What credit notes have said of an order's commission so far; minor units. */
interface Credited {
  credited_base_minor: number
  credited_minor: number
  credited_tax_minor: number
}

interface ReturnedLine extends TaxableLine, Credited {
  /** Null for an order that no invoice has. */
  invoiced_minor: number | null
}

const creditedColumns = `coalesce(c.base, 0)::float8 as credited_base_minor, coalesce(c.commission, 0)::float8 as credited_minor,
  coalesce(c.tax, 0)::float8 as credited_tax_minor`

/** SQL: lines of a vendor's credit notes in a currency, summed by order. */
const creditedSql = (vendor: string, currency: string) => `select l ->> 'vendor_order_id' as id, sum((l ->> 'base_minor')::numeric) as base,
    sum((l ->> 'commission_minor')::numeric) as commission, sum(coalesce(l ->> 'tax_minor', '0')::numeric) as tax
  from invoice i cross join lateral jsonb_array_elements(i.lines) l
  where i.tenant_id = $1 and i.vendor_id = ${vendor} and i.currency_code = ${currency} and i.kind = 'credit_note' group by 1`

/** What is given back is taxed as it was when it was invoiced; what was invoiced before there was tax, not at all. */
function returnedLinesStatement(tenantId: string, wanted: Wanted, { from, to }: { from: Date; to: Date }): Statement<ReturnedLine> {
  return statement(
    'payouts.returned_lines',
    `with s as (select * from (${returned}) s where s.vendor_id = $4 and s.currency_code = $5),
     sold as (
       select l ->> 'vendor_order_id' as id, l from invoice i cross join lateral jsonb_array_elements(i.lines) l
       where i.tenant_id = $1 and i.vendor_id = $4 and i.currency_code = $5 and i.kind = 'invoice' and i.period in (
         select to_char(v.created_at at time zone 'UTC', 'YYYY-MM') from s join vendor_order v on v.tenant_id = $1 and v.id = s.vendor_order_id)
     ), credited as (${creditedSql('$4', '$5')})
     select s.vendor_order_id, s.display_id, ${dateOf}, s.base_minor::float8 as base_minor, s.commission_minor::float8 as commission_minor,
            case when sold.l is null then w.commission_tax_ppm else coalesce((sold.l ->> 'tax_ppm')::integer, 0) end as tax_ppm,
            case when sold.l is null then d.commission_tax_treatment else coalesce(sold.l ->> 'tax_treatment', 'standard') end as tax_treatment,
            (sold.l ->> 'commission_minor')::float8 as invoiced_minor, ${creditedColumns}
     from s join store w on w.tenant_id = $1 join vendor d on d.tenant_id = $1 and d.id = s.vendor_id
     left join sold on sold.id = s.vendor_order_id left join credited c on c.id = s.vendor_order_id
     order by s.at, s.vendor_order_id limit $6`,
    [tenantId, from, to, wanted.vendor_id, wanted.currency_code, linesMaximum + 1],
  )
}

/**
 * A credit note takes back no more than was invoiced and not credited before: nothing of an invoice that was taken back whole. The tax
 * of all notes of an order together is rounded, so that they sum to the invoice's.
 */
function creditLine({
  invoiced_minor,
  credited_base_minor: _base,
  credited_minor,
  credited_tax_minor,
  ...line
}: ReturnedLine): InvoiceLine[] {
  const left = invoiced_minor === null ? line.commission_minor : Math.min(line.commission_minor, invoiced_minor - credited_minor)
  if (left <= 0) return []
  const tax = taxWithin(BigInt(credited_minor + left), { rate_ppm: line.tax_ppm, treatment: line.tax_treatment })
  return [{ ...line, commission_minor: left, tax_minor: Number(tax) - credited_tax_minor }]
}

async function issue(
  unit: Unit,
  context: Context,
  wanted: Wanted,
  period: string,
  bounds: { from: Date; to: Date },
): Promise<string | null> {
  const tenantId = tenantOf(unit)
  await unit.run(lockVendorStatement(tenantId, wanted.vendor_id))
  const [[known], lines] = await Promise.all([
    unit.run(
      statement<{ id: string }>(
        'payouts.invoice_of_period',
        `select id from invoice where tenant_id = $1 and vendor_id = $2 and period = $3 and currency_code = $4 and kind = $5
           and corrects_invoice_id is null`,
        [tenantId, wanted.vendor_id, period, wanted.currency_code, wanted.kind],
      ),
    ),
    linesOf(unit, wanted, bounds),
  ])
  // Somebody else made it meanwhile: it has its number, and this one takes none.
  if (known !== undefined) return null
  if (lines.length === 0) return null
  return write(unit, context, { ...wanted, period, lines, correctsId: null, correctsLabel: null })
}

/** What a document says: of a credit note, what is not credited yet. Throws invalid_data for more lines than one holds. */
async function linesOf(unit: Unit, wanted: Wanted, bounds: { from: Date; to: Date }): Promise<InvoiceLine[]> {
  const tenantId = tenantOf(unit)
  const few = <Line>(lines: Line[]) => {
    if (lines.length <= linesMaximum) return lines
    throw invalidData(`Vendor ${wanted.vendor_id} sold or was credited more than ${linesMaximum} orders in the month`)
  }
  if (wanted.kind === 'invoice') return few(await unit.run(chargedLinesStatement(tenantId, wanted, bounds))).map(taxed)
  return few(await unit.run(returnedLinesStatement(tenantId, wanted, bounds))).flatMap(creditLine)
}

const taxed = (line: TaxableLine): InvoiceLine => ({
  ...line,
  tax_minor: Number(taxWithin(BigInt(line.commission_minor), { rate_ppm: line.tax_ppm, treatment: line.tax_treatment })),
})

export interface NewInvoice extends Wanted {
  period: string
  lines: readonly InvoiceLine[]
  correctsId: string | null
  correctsLabel: string | null
}

/** Numbers a document, makes its file, and writes both. */
async function write(unit: Unit, context: Context, invoice: NewInvoice): Promise<string> {
  const tenantId = tenantOf(unit)
  const now = context.clock.now()
  const series = `${invoice.kind === 'invoice' ? 'COM' : 'CRN'}-${now.getUTCFullYear()}`
  const [[numbered], [about]] = await Promise.all([
    unit.run(
      statement<{ number: number }>(
        'payouts.next_invoice_number',
        `insert into invoice_sequence as s (tenant_id, series, next_number) values ($1, $2, 2)
         on conflict (tenant_id, series) do update set next_number = s.next_number + 1 returning next_number - 1 as number`,
        [tenantId, series],
      ),
    ),
    unit.run(
      statement<Parties>(
        'payouts.invoice_parties',
        `select s.name as store, s.legal_name, s.legal_address, s.vat_number, v.name as vendor, v.email, i.legal_name as vendor_legal_name,
                i.address as vendor_address, i.vat_number as vendor_vat_number
         from store s join vendor v on v.tenant_id = $1 and v.id = $2
         left join seller_identity i on i.tenant_id = $1 and i.vendor_id = v.id where s.tenant_id = $1`,
        [tenantId, invoice.vendor_id],
      ),
    ),
  ])
  if (numbered === undefined || about === undefined) throw notFound(`Vendor with id: ${invoice.vendor_id} was not found`)
  const label = `${series}-${String(numbered.number).padStart(6, '0')}`
  const total = invoice.lines.reduce((sum, line) => sum + BigInt(line.commission_minor), 0n)
  const tax = invoice.lines.reduce((sum, line) => sum + BigInt(line.tax_minor ?? 0), 0n)
  const pdf = await pdfOf(invoiceText(invoice, about, { label, issuedAt: now, totalMinor: total, taxMinor: tax }))
  const id = newId('inv')
  await unit.run(
    statement(
      'payouts.insert_invoice',
      `insert into invoice (tenant_id, id, vendor_id, kind, series, number, label, period, currency_code, total_minor, lines, corrects_invoice_id,
         pdf, sha256, issued_at, created_by, tax_minor)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
      [
        tenantId,
        id,
        invoice.vendor_id,
        invoice.kind,
        series,
        numbered.number,
        label,
        invoice.period,
        invoice.currency_code,
        total,
        JSON.stringify(invoice.lines),
        invoice.correctsId,
        pdf,
        createHash('sha256').update(pdf).digest('hex'),
        now,
        context.actorId,
        tax,
      ],
    ),
  )
  const { kind, currency_code: currency } = invoice
  await post(unit, [commissionTaxEntry({ source: id, kind, currency, amountMinor: tax, occurredAt: now })])
  return id
}

/**
 * Takes back by a credit note what is left of an invoice: the invoice itself stays as it was sent.
 * @returns the credit note's id
 * @throws not_found; not_allowed for a credit note, and for an invoice that was taken back or credited whole already
 */
export async function creditInvoice(unit: Unit, context: Context, id: string): Promise<string> {
  const tenantId = tenantOf(unit)
  const [invoice] = await unit.run(
    statement<Wanted & { id: string; period: string; label: string; lines: InvoiceLine[] }>(
      'payouts.invoice_to_credit',
      'select id, vendor_id, kind, currency_code, period, label, lines from invoice where tenant_id = $1 and id = $2',
      [tenantId, id],
    ),
  )
  if (invoice === undefined) throw notFound(`Invoice with id: ${id} was not found`)
  if (invoice.kind !== 'invoice') throw notAllowed('A credit note is not taken back')
  const [, credited] = await Promise.all([
    unit.run(lockVendorStatement(tenantId, invoice.vendor_id)),
    unit.run(
      statement<Credited & { id: string }>(
        'payouts.credited_of_vendor',
        `select c.id, ${creditedColumns} from (${creditedSql('$2', '$3')}) c`,
        [tenantId, invoice.vendor_id, invoice.currency_code],
      ),
    ),
  ])
  const before = new Map(credited.map((one) => [one.id, one]))
  const lines = invoice.lines.flatMap((line) => restOf(line, before.get(line.vendor_order_id)))
  if (lines.length === 0) throw notAllowed(`Invoice ${invoice.label} was taken back already`)
  try {
    return await write(unit, context, { ...invoice, lines, kind: 'credit_note', correctsId: id, correctsLabel: invoice.label })
  } catch (error) {
    if (isDuplicate(error, 'invoice_corrected_once')) throw notAllowed(`Invoice ${invoice.label} was taken back already`)
    throw error
  }
}

/** A line of an invoice, less what notes have credited of it. */
function restOf(line: InvoiceLine, credited: Credited | undefined): InvoiceLine[] {
  if (credited === undefined) return [line]
  const left = line.commission_minor - credited.credited_minor
  if (left <= 0) return []
  const base_minor = Math.max(line.base_minor - credited.credited_base_minor, 0)
  return [{ ...line, base_minor, commission_minor: left, tax_minor: (line.tax_minor ?? 0) - credited.credited_tax_minor }]
}
