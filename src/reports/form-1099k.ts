import { type Context, statement, tenantOf } from '../db/index.js'
import { refuseTooMany, vendorsMaximum, yearOf } from './year.js'

export interface GrossOfMonth {
  month: number
  gross_minor: bigint
  transactions: number
}

export interface Form1099kPayee {
  vendor_id: string
  vendor_name: string
  currency_code: 'usd'
  gross_minor: bigint
  transactions: number
  /** Both limits of the federal law are passed; states have lower ones. */
  is_over_threshold: boolean
  months: GrossOfMonth[]
}

const overGross_minor = 2_000_000n
const overTransactions = 200

export const isOverThreshold = (grossMinor: bigint, transactions: number): boolean =>
  grossMinor > overGross_minor && transactions > overTransactions

/**
 * The figures of a year's Forms 1099-K, per vendor and month (UTC): what shoppers paid in US dollars for a vendor's goods
 * and shipping, before commission, fees, refunds, disputes and what was taken out of an order later, and in how many
 * transactions, each vendor's part of an order one. Taxes that the store remits are not the vendor's. A sale counts in the
 * month in which it was paid.
 *
 * Sources: 26 U.S.C. § 6050W(e), as Public Law 119-21 (2025), § 70432, restored it from 2025 on: a third-party network
 * reports payees with more than 20 000 USD and more than 200 transactions. 26 CFR § 1.6050W-1(a)(6): the gross amount is
 * without regard to credits, fees and refunds. Form 1099-K: box 1a, box 3, boxes 5a to 5l. States have thresholds of their
 * own; this is no legal advice.
 * @throws invalid_data for more vendors than one report holds
 */
export async function form1099kReport(context: Context, year: number): Promise<Form1099kPayee[]> {
  const { from, to } = yearOf(year)
  const rows = await context.db.read(
    context.scope,
    statement<GrossOfMonth & { vendor_id: string; vendor_name: string }>(
      'reports.form_1099k',
      `select v.vendor_id, n.name as vendor_name, extract(month from v.paid_at at time zone 'UTC')::int as month,
              sum(v.commission_minor + coalesce(r.returned_minor, 0) + coalesce(s.sold_minor, 0))::bigint as gross_minor, count(*)::int as transactions
       from vendor_order v join vendor n on n.tenant_id = v.tenant_id and n.id = v.vendor_id
       left join lateral (
         select sum(i.commission_returned_minor) as returned_minor from order_line_item i where i.tenant_id = $1 and i.vendor_order_id = v.id) r on true
       left join lateral (
         select -sum(g.amount_minor) as sold_minor from ledger_transaction t
         join ledger_posting g on g.tenant_id = t.tenant_id and g.transaction_id = t.id
         join ledger_account a on a.tenant_id = g.tenant_id and a.id = g.account_id and a.code = 'L:vendor' and a.party_id = v.vendor_id
         where t.tenant_id = $1 and t.kind = 'sale' and (t.source = v.order_id
           or t.source in (select e.id from order_edit e where e.tenant_id = $1 and e.order_id = v.order_id))) s on true
       where v.tenant_id = $1 and v.currency_code = 'usd' and v.paid_at >= $2 and v.paid_at < $3
       group by 1, 2, 3 order by n.name, v.vendor_id, 3 limit $4`,
      [tenantOf(context), from, to, vendorsMaximum * 12 + 1],
    ),
  )
  refuseTooMany(rows.length, vendorsMaximum * 12)
  const payees = new Map<string, { vendor_name: string; months: GrossOfMonth[] }>()
  for (const { vendor_id, vendor_name, ...month } of rows) {
    const known = payees.get(vendor_id)
    if (known === undefined) payees.set(vendor_id, { vendor_name, months: [month] })
    else known.months.push(month)
  }
  return [...payees].map(([vendor_id, { vendor_name, months }]) => {
    const gross_minor = months.reduce((sum, month) => sum + month.gross_minor, 0n)
    const transactions = months.reduce((sum, month) => sum + month.transactions, 0)
    return {
      vendor_id,
      vendor_name,
      currency_code: 'usd' as const,
      gross_minor,
      transactions,
      is_over_threshold: isOverThreshold(gross_minor, transactions),
      months: Array.from({ length: 12 }, (_none, index) => {
        const month = index + 1
        return months.find((one) => one.month === month) ?? { month, gross_minor: 0n, transactions: 0 }
      }),
    }
  })
}
