import { type Context, statement, tenantOf } from '../db/index.js'
import { type SellerIdentityRow, sellerIdentitiesStatement } from './seller-identity.js'
import { refuseTooMany, vendorsMaximum, yearOf } from './year.js'

/** What a vendor was credited in a quarter, and what was kept of its sales; amounts in minor units. */
export interface Dac7Quarter {
  quarter: number
  /** Net of what the store keeps: what the vendor was credited, less what refunds, losses and cancellations took back. */
  consideration_minor: bigint
  /** Sales, each vendor's part of an order one, without those that were canceled. */
  activities: number
  /** The store's commission, less what it gave back. */
  fees_minor: bigint
  /** Taxes that the store keeps to remit them, less what it gave back. */
  taxes_minor: bigint
}

export interface Dac7Seller {
  vendor_id: string
  vendor_name: string
  currency_code: string
  /** Whether all that was sold is sent: what is not may be a service. */
  is_goods_only: boolean
  /** Null where sales in another currency than the euro leave it open. */
  is_excluded_seller: boolean | null
  quarters: Dac7Quarter[]
  /** What the seller states of itself; null before it has. */
  identity: SellerIdentityRow | null
  /** The provider's name for the account that the seller is paid on, where it states no account itself. */
  payee_reference: string | null
}

interface Row {
  vendor_id: string
  vendor_name: string
  currency_code: string
  quarter: number
  consideration_minor: bigint
  activities: number
  fees_minor: bigint
  taxes_minor: bigint
  is_goods_only: boolean
}

const excludedBelowSales = 30
const excludedUpTo_minor = 200_000n

/**
 * The figures of a year's report on sellers under DAC7, per vendor, currency and quarter (UTC): consideration, number of
 * activities, fees, commissions and taxes withheld. Consideration is of the books, by the day that a vendor was credited;
 * the other figures are of the orders, by the day that they were placed, and of what they were credited with.
 *
 * Sources: Council Directive (EU) 2021/514, annex V to Directive 2011/16/EU. Section I: consideration is net of fees,
 * commissions and taxes that the operator withholds; an excluded seller of goods has fewer than 30 sales and no more than
 * 2 000 EUR of consideration in the reportable period. Section III: what is reported, by quarter. Who a seller is, it states
 * itself (`stateSellerIdentity`). National law may differ; this is no legal advice.
 * @throws invalid_data for more vendors than one report holds
 */
export async function dac7Report(context: Context, year: number): Promise<Dac7Seller[]> {
  const { from, to } = yearOf(year)
  const rows = await context.db.read(
    context.scope,
    statement<Row>(
      'reports.dac7',
      `with part as (
         select a.party_id as vendor_id, a.currency_code, t.occurred_at as at, -g.amount_minor as consideration, 0 as activities, 0::bigint as fees, 0::bigint as taxes
         from ledger_account a join ledger_posting g on g.tenant_id = a.tenant_id and g.account_id = a.id
         join ledger_transaction t on t.tenant_id = g.tenant_id and t.id = g.transaction_id
         where a.tenant_id = $1 and a.code = 'L:vendor' and t.occurred_at >= $2 and t.occurred_at < $3
           and t.kind in ('sale', 'credit', 'cancellation', 'reduction', 'store_credit', 'dispute_lost', 'dispute_won')
         union all
         select v.vendor_id, v.currency_code, v.created_at, 0, case when v.canceled_at is null then 1 else 0 end, v.commission_minor, v.tax_total_minor
         from vendor_order v where v.tenant_id = $1 and v.created_at >= $2 and v.created_at < $3
         union all
         -- A refund counts when it was booked, as in the books: it may have been asked for in the year before.
         select c.vendor_id, c.currency_code, coalesce(r.settled_at, c.created_at), 0, 0, -c.commission_minor, -c.tax_minor
         from order_credit c left join refund r on r.tenant_id = $1 and r.id = c.refund_id
         where c.tenant_id = $1 and c.state = 'booked' and coalesce(r.settled_at, c.created_at) >= $2 and coalesce(r.settled_at, c.created_at) < $3
       ), goods as (
         select i.vendor_id, bool_and(i.requires_shipping) as is_goods_only
         from vendor_order v join order_line_item i on i.tenant_id = v.tenant_id and i.vendor_order_id = v.id
         where v.tenant_id = $1 and v.created_at >= $2 and v.created_at < $3 and v.canceled_at is null group by 1
       )
       select p.vendor_id, v.name as vendor_name, p.currency_code, extract(quarter from p.at at time zone 'UTC')::int as quarter,
              sum(p.consideration)::bigint as consideration_minor, sum(p.activities)::int as activities, sum(p.fees)::bigint as fees_minor,
              sum(p.taxes)::bigint as taxes_minor, coalesce(g.is_goods_only, true) as is_goods_only
       from part p join vendor v on v.tenant_id = $1 and v.id = p.vendor_id left join goods g on g.vendor_id = p.vendor_id
       group by 1, 2, 3, 4, 9 order by v.name, p.vendor_id, p.currency_code, 4 limit $4`,
      [tenantOf(context), from, to, vendorsMaximum * 4 + 1],
    ),
  )
  refuseTooMany(rows.length, vendorsMaximum * 4)
  const sellers: Dac7Seller[] = []
  for (const { vendor_id, vendor_name, currency_code, is_goods_only, ...quarter } of rows) {
    const last = sellers.at(-1)
    if (last?.vendor_id === vendor_id && last.currency_code === currency_code) last.quarters.push(quarter)
    else sellers.push({ vendor_id, vendor_name, currency_code, is_goods_only, is_excluded_seller: null, quarters: [quarter], ...nobody })
  }
  const known = await identitiesOf(context, [...new Set(sellers.map(({ vendor_id }) => vendor_id))])
  return sellers.map((seller) => ({
    ...seller,
    identity: known.identities.get(seller.vendor_id) ?? null,
    payee_reference: known.payees.get(seller.vendor_id) ?? null,
    is_excluded_seller: isExcluded(sellers.filter((one) => one.vendor_id === seller.vendor_id)),
    quarters: [1, 2, 3, 4].map((quarter) => seller.quarters.find((one) => one.quarter === quarter) ?? { ...nothing, quarter }),
  }))
}

const nobody = { identity: null, payee_reference: null }

async function identitiesOf(context: Context, vendorIds: readonly string[]) {
  const tenantId = tenantOf(context)
  const [identities, payees] = await Promise.all([
    context.db.read(context.scope, sellerIdentitiesStatement(tenantId, vendorIds)),
    context.db.read(
      context.scope,
      statement<{ vendor_id: string; reference: string }>(
        'reports.payees_of_sellers',
        `select distinct on (y.vendor_id) y.vendor_id, y.reference from payee y
         where y.tenant_id = $1 and y.vendor_id = any($2) and y.reference is not null
         order by y.vendor_id, y.replaced_at is null desc, y.created_at desc, y.id`,
        [tenantId, vendorIds],
      ),
    ),
  ])
  return {
    identities: new Map(identities.map((row) => [row.vendor_id, row])),
    payees: new Map(payees.map((row) => [row.vendor_id, row.reference])),
  }
}

const nothing = { consideration_minor: 0n, activities: 0, fees_minor: 0n, taxes_minor: 0n }

/** Whether a seller, in all currencies that it sold in, is one that is not reported. */
export function isExcluded(
  ofVendor: readonly (Pick<Dac7Seller, 'currency_code' | 'is_goods_only'> & {
    quarters: readonly Pick<Dac7Quarter, 'activities' | 'consideration_minor'>[]
  })[],
): boolean | null {
  const quarters = ofVendor.flatMap((seller) => seller.quarters)
  if (!ofVendor.every((seller) => seller.is_goods_only)) return false
  if (quarters.reduce((sum, { activities }) => sum + activities, 0) >= excludedBelowSales) return false
  const inEuro = ofVendor.filter((seller) => seller.currency_code === 'eur').flatMap((seller) => seller.quarters)
  if (inEuro.reduce((sum, quarter) => sum + quarter.consideration_minor, 0n) > excludedUpTo_minor) return false
  return ofVendor.every((seller) => seller.currency_code === 'eur') ? true : null
}
