import { type Statement, statement } from '../db/index.js'
import { invalidData, limits } from '../kernel/index.js'
import type { Promotion } from './promotion.js'
import type { Buyer } from './usage.js'

const columns = [
  'id',
  'code',
  'type',
  'is_automatic',
  'is_tax_inclusive',
  'usage_limit',
  'used',
  'funder',
  'vendor_id',
  'method_type',
  'target_type',
  'allocation',
  'value_minor',
  'value_ppm',
  'currency_code',
  'max_quantity',
  'apply_to_quantity',
  'buy_rules_min_quantity',
  'rules',
  'target_rules',
  'buy_rules',
]

/** SQL of what was used of campaign `k`: by this buyer, where each has so much; all of it for a buyer who is not known yet. */
const usedSql = ({ customerId, email }: BuyerSql) => `case when k.budget_attribute is not null then coalesce(
            case when (case k.budget_attribute when 'customer_id' then ${customerId} else ${email} end) is null then k.budget_limit_minor end,
            (select u.used + u.spent_minor from campaign_use u where u.tenant_id = $1 and u.campaign_id = k.id
               and u.attribute_value = case k.budget_attribute when 'customer_id' then ${customerId} else lower(${email}) end), 0)
          else k.budget_used_minor end`

/** SQL expressions of who buys. */
interface BuyerSql {
  customerId: string
  email: string
}

const promotionJson = (buyer: BuyerSql) => `json_build_object(${columns.map((column) => `'${column}', p.${column}`).join(', ')},
      'campaign', (select json_build_object('id', k.id, 'starts_at', k.starts_at, 'ends_at', k.ends_at,
          'budget_type', k.budget_type, 'budget_attribute', k.budget_attribute, 'budget_currency_code', k.budget_currency_code, 'budget_limit_minor', k.budget_limit_minor,
          'budget_used_minor', ${usedSql(buyer)})
        from campaign k where k.tenant_id = $1 and k.id = p.campaign_id and k.deleted_at is null))`

/**
 * SQL for the promotions that a cart may come to, as a JSON array: the active ones that start by themselves, and those
 * of `codes`, an SQL expression. $1 is the tenant. A store without promotions pays two looks into indexes.
 */
export const candidatesJsonSql = (codes: string, buyer: BuyerSql) => `coalesce((
    select json_agg(${promotionJson(buyer)} order by p.id) from promotion p
    where p.tenant_id = $1 and p.id in (
      (select a.id from promotion a where a.tenant_id = $1 and a.is_automatic and a.status = 'active' and a.deleted_at is null
       order by a.id limit ${limits.automaticPromotions})
      union all
      (select b.id from promotion b where b.tenant_id = $1 and b.code = any(${codes}) and b.status = 'active' and b.deleted_at is null))), '[]')`

/** What is found of codes. */
export interface FoundCodes {
  /** The candidates of the cart that holds them. */
  promotions: Promotion[]
  /** Those of any promotion: one that is a draft, or has been stopped, is known and takes nothing off. */
  known: string[]
}

/** The candidates of a buyer's cart that holds these codes. */
export function candidatesStatement(tenantId: string, codes: readonly string[], buyer: Buyer): Statement<FoundCodes> {
  const sql = candidatesJsonSql('$2::text[]', { customerId: '$3::text', email: '$4::text' })
  return statement(
    'promotions.candidates',
    `select ${sql} as promotions, array(select p.code from promotion p
       where p.tenant_id = $1 and p.code = any($2) and p.deleted_at is null) as known`,
    [tenantId, codes, buyer.customerId, buyer.email],
  )
}

/** What state the promotions of these codes are in. */
export function codeStatesStatement(
  tenantId: string,
  codes: readonly string[],
): Statement<{ code: string; status: 'draft' | 'active' | 'inactive' }> {
  return statement(
    'promotions.code_states',
    'select p.code, p.status from promotion p where p.tenant_id = $1 and p.code = any($2) and p.deleted_at is null',
    [tenantId, codes],
  )
}

/**
 * Refuses codes of no promotion. One that does not suit the cart is known all the same.
 * @throws invalid_data; also for a budget that each customer has, where nobody knows yet whose this is
 */
export function refuseUnknownCodes(found: FoundCodes | undefined, codes: readonly string[], buyer: Buyer): void {
  const { known = [], promotions = [] } = found ?? {}
  const unknown = codes.find((code) => !known.includes(code))
  if (unknown !== undefined) throw invalidData(`The promotion code ${unknown} is invalid`)
  for (const { code, campaign } of promotions) {
    const attribute = campaign?.budget_attribute ?? null
    if (attribute === null || !codes.includes(code)) continue
    if ((attribute === 'customer_id' ? buyer.customerId : buyer.email) !== null) continue
    throw invalidData(`Attribute value for "${attribute}" is required by promotion campaing budget`)
  }
}
