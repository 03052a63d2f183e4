import { type Context, statement, tenantOf } from '../../db/index.js'
import { invalidData, notFound } from '../../kernel/index.js'

/** What changed what the store owes a vendor. Positive amounts are owed to the vendor. */
export interface StatementLine {
  occurred_at: Date
  kind: string
  reference: string
  vendor_order_id: string | null
  display_id: string | null
  currency_code: string
  amount_minor: bigint
}

/** A vendor's account in one currency over a period. */
export interface StatementPart {
  currency_code: string
  opening_minor: bigint
  closing_minor: bigint
  lines: StatementLine[]
}

export interface VendorStatement {
  vendor: { id: string; name: string }
  store: string
  from: Date
  to: Date
  parts: StatementPart[]
}

/** Lines of one statement. */
const linesMaximum = 10_000

/**
 * What the books say happened to what a vendor is owed, from a moment until before another, with what it stood at before
 * and after. What is reserved is the vendor's too, and no movement. For the store's role, as balances are.
 * @throws not_found for the vendor; invalid_data for a period that ends before it begins, or holds too much for one statement
 */
export async function statementOfVendor(context: Context, vendorId: string, period: { from: Date; to: Date }): Promise<VendorStatement> {
  if (period.from >= period.to) throw invalidData('The period must end after it begins')
  const values = [tenantOf(context), vendorId, period.from]
  const [[about], opening, lines] = await context.db.readAll(context.scope, [
    statement<{ name: string; store: string }>(
      'payouts.statement_about',
      'select v.name, s.name as store from vendor v cross join store s where v.tenant_id = $1 and v.id = $2 and s.tenant_id = $1',
      values.slice(0, 2),
    ),
    statement<{ currency_code: string; amount_minor: bigint }>(
      'payouts.statement_opening',
      `select a.currency_code, -coalesce(sum(p.amount_minor) filter (where t.occurred_at < $3), 0)::bigint as amount_minor
       from ledger_account a join ledger_posting p on p.tenant_id = $1 and p.account_id = a.id
       join ledger_transaction t on t.tenant_id = $1 and t.id = p.transaction_id
       where a.tenant_id = $1 and a.party_id = $2 and a.code in ('L:vendor', 'L:reserve') group by 1 order by 1`,
      values,
    ),
    statement<StatementLine>(
      'payouts.statement_lines',
      `with line as (
         select t.id, t.occurred_at, t.kind, t.source, a.currency_code, -sum(p.amount_minor)::bigint as amount_minor
         from ledger_account a join ledger_posting p on p.tenant_id = $1 and p.account_id = a.id
         join ledger_transaction t on t.tenant_id = $1 and t.id = p.transaction_id
         where a.tenant_id = $1 and a.party_id = $2 and a.code in ('L:vendor', 'L:reserve') and t.occurred_at >= $3 and t.occurred_at < $4
         group by t.id, t.occurred_at, t.kind, t.source, a.currency_code having sum(p.amount_minor) <> 0
       )
       select l.occurred_at, l.kind, l.source as reference, v.id as vendor_order_id, v.display_id, l.currency_code, l.amount_minor
       from line l
       left join lateral (
         select b.order_id from ledger_posting q join ledger_account b on b.tenant_id = $1 and b.id = q.account_id
         where q.tenant_id = $1 and q.transaction_id = l.id and b.order_id is not null limit 1) o on true
       left join release r on r.tenant_id = $1 and l.kind = 'release' and r.id = l.source
       left join clawback c on c.tenant_id = $1 and l.kind in ('clawback', 'write_off') and c.id = l.source
       left join vendor_order v on v.tenant_id = $1 and v.vendor_id = $2
         and (v.id in (r.vendor_order_id, c.vendor_order_id) or r.id is null and c.id is null and v.order_id = o.order_id)
       order by l.occurred_at, l.id limit $5`,
      [...values, period.to, linesMaximum + 1],
    ),
  ])
  if (about === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  if (lines.length > linesMaximum) throw invalidData(`The period holds more than ${linesMaximum} movements: choose a shorter one`)
  const parts = opening.map(({ currency_code, amount_minor }) => {
    const own = lines.filter((line) => line.currency_code === currency_code)
    const closing = own.reduce((sum, line) => sum + line.amount_minor, amount_minor)
    return { currency_code, opening_minor: amount_minor, closing_minor: closing, lines: own }
  })
  return { vendor: { id: vendorId, name: about.name }, store: about.store, ...period, parts }
}
