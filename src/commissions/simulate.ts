import { type Context, type Statement, statement, tenantOf } from '../db/index.js'
import { invalidData, limits, newId, notFound } from '../kernel/index.js'
import { type CommissionRule, commissionFor } from './commission.js'
import type { CommissionRuleInput } from './rules.js'

export interface SimulationInput {
  /** Sales from this moment, until before that one. */
  from: Date
  to: Date
  /** Rules that there are not yet. */
  add: readonly CommissionRuleInput[]
  /** Ids of rules that would be no more. */
  remove: readonly string[]
}

/** What the sales of one vendor in one currency paid, and what they would have paid. */
export interface SimulatedCommission {
  vendor_id: string
  vendor_name: string
  currency_code: string
  lines: number
  base_minor: bigint
  actual_minor: bigint
  simulated_minor: bigint
}

/** Lines that are alike: the same rule would take the same of each. */
interface SoldRow {
  vendor_id: string
  vendor_name: string
  product_type_id: string | null
  category_ids: string[]
  currency_code: string
  base_minor: bigint
  lines: number
  actual_minor: bigint
}

/**
 * What vendors would have paid for sales of the past by other rules. Each line is reckoned as checkout does it, of the base that was frozen
 * with it and of its product's type then; of its categories now, since those of then are not kept. Gift cards, on which nothing is
 * earned, and vendor orders that were canceled are left out; what was refunded since is not.
 * @throws not_found for what a rule to add is limited to; invalid_data for a rule to remove that there is not, and for a time with more different lines than one answer can reckon
 */
export async function simulateCommissions(context: Context, input: SimulationInput): Promise<SimulatedCommission[]> {
  if (input.to.getTime() - input.from.getTime() > limits.simulated_days * 86_400_000) {
    throw invalidData(`Sales of at most ${limits.simulated_days} days are reckoned at once: choose a shorter time with from and to`)
  }
  const tenantId = tenantOf(context)
  const [rules, [missing], sold] = await context.db.readAll(context.scope, [
    activeRulesStatement(tenantId),
    missingStatement(tenantId, input.add),
    soldStatement(tenantId, input.from, input.to),
  ])
  if (missing !== undefined) throw notFound(`${missing.label} with id: ${missing.id} was not found`)
  const unknown = input.remove.find((id) => !rules.some((rule) => rule.id === id))
  if (unknown !== undefined) throw invalidData(`There is no active commission rule with id: ${unknown}`)
  if (sold.length > limits.simulatedLines) {
    throw invalidData(`More than ${limits.simulatedLines} different lines were sold in this time: choose a shorter one with from and to`)
  }
  const wanted = [...rules.filter((rule) => !input.remove.includes(rule.id)), ...input.add.map(ruleOf)]
  return sumByVendor(sold, wanted)
}

function ruleOf(input: CommissionRuleInput): CommissionRule {
  return {
    id: newId('comr'),
    vendor_id: input.vendor_id ?? null,
    product_type_id: input.product_type_id ?? null,
    product_category_id: input.product_category_id ?? null,
    rate_ppm: input.rate_ppm,
    fixed_minor: Number(input.fixed_minor),
    currency_code: input.currency_code ?? null,
  }
}

function sumByVendor(sold: readonly SoldRow[], rules: readonly CommissionRule[]): SimulatedCommission[] {
  const sums = new Map<string, SimulatedCommission>()
  for (const row of sold) {
    const { vendor_id, vendor_name, currency_code, base_minor, lines, actual_minor } = row
    const { amountMinor } = commissionFor(rules, {
      vendorId: vendor_id,
      productTypeId: row.product_type_id,
      categoryIds: row.category_ids,
      currency: currency_code,
      baseMinor: base_minor,
    })
    const key = `${vendor_id} ${currency_code}`
    const sum = sums.get(key) ?? { vendor_id, vendor_name, currency_code, lines: 0, base_minor: 0n, actual_minor: 0n, simulated_minor: 0n }
    sum.lines += lines
    sum.base_minor += base_minor * BigInt(lines)
    sum.actual_minor += actual_minor
    sum.simulated_minor += amountMinor * BigInt(lines)
    sums.set(key, sum)
  }
  return [...sums.values()]
}

function activeRulesStatement(tenantId: string): Statement<CommissionRule> {
  return statement(
    'commissions.active_rules',
    `select id, vendor_id, product_type_id, product_category_id, rate_ppm, fixed_minor::float8 as fixed_minor, currency_code
     from commission_rule where tenant_id = $1 and is_active`,
    [tenantId],
  )
}

/** The first thing that a rule to add is limited to and the store has not. */
function missingStatement(tenantId: string, add: readonly CommissionRuleInput[]): Statement<{ label: string; id: string }> {
  const idsOf = (name: 'vendor_id' | 'product_type_id' | 'product_category_id') => add.flatMap((rule) => rule[name] ?? [])
  return statement(
    'commissions.missing_of_rules',
    `select 'Vendor' as label, w.id from unnest($2::text[]) as w (id)
       where not exists (select 1 from vendor v where v.tenant_id = $1 and v.id = w.id and v.deleted_at is null)
     union all
     select 'Product type', w.id from unnest($3::text[]) as w (id)
       where not exists (select 1 from product_type t where t.tenant_id = $1 and t.id = w.id and t.deleted_at is null)
     union all
     select 'Product category', w.id from unnest($4::text[]) as w (id)
       where not exists (select 1 from product_category c where c.tenant_id = $1 and c.id = w.id and c.deleted_at is null)
     limit 1`,
    [tenantId, idsOf('vendor_id'), idsOf('product_type_id'), idsOf('product_category_id')],
  )
}

function soldStatement(tenantId: string, from: Date, to: Date): Statement<SoldRow> {
  return statement(
    'commissions.sold',
    `select v.vendor_id, d.name as vendor_name, i.snapshot ->> 'product_type_id' as product_type_id, k.category_ids, c.currency_code, c.base_minor,
            count(*)::int as lines, sum(c.amount_minor)::bigint as actual_minor
     from orders o
     join vendor_order v on v.tenant_id = o.tenant_id and v.order_id = o.id
     join vendor d on d.tenant_id = v.tenant_id and d.id = v.vendor_id
     join commission_line c on c.tenant_id = v.tenant_id and c.vendor_order_id = v.id
     join order_line_item i on i.tenant_id = v.tenant_id and i.id = c.order_line_item_id
     cross join lateral (select array(select l.product_category_id from product_category_product l
       where l.tenant_id = $1 and l.product_id = i.product_id order by 1) as category_ids) k
     where o.tenant_id = $1 and o.created_at >= $2 and o.created_at < $3 and v.status <> 'canceled' and not i.is_giftcard and i.quantity > 0
     group by 1, 2, 3, 4, 5, 6 order by 2, 1, 5 limit ${limits.simulatedLines + 1}`,
    [tenantId, from, to],
  )
}
