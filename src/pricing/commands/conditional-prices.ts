import { statement, tenantOf, type Unit } from '../../db/index.js'
import { duplicate, invalidData, isDuplicate, newId } from '../../kernel/index.js'
import type { TotalRule } from '../rules.js'

/** A price that holds under conditions, or in a list; amounts in minor units. */
export interface ConditionalPriceInput {
  /** That of a price which it takes the place of; a new one where it is left out. */
  id?: string | undefined
  currency_code: string
  amount_minor: bigint
  min_quantity?: number | null | undefined
  max_quantity?: number | null | undefined
  region_id?: string | null | undefined
  customer_group_id?: string | null | undefined
  item_total_rules?: readonly TotalRule[] | null | undefined
  /** What else it asks for: text that each attribute must be. */
  other_rules?: Readonly<Record<string, string>> | null | undefined
}

/** What a price belongs to. */
export interface PriceOwner {
  price_set_id: string
  vendor_id: string
  price_list_id?: string | undefined
}

/** Whether a price holds only under conditions; others are plain prices of their set. */
export function isConditional(
  price: Pick<ConditionalPriceInput, 'region_id' | 'customer_group_id' | 'item_total_rules' | 'other_rules'>,
): boolean {
  const { region_id, customer_group_id, item_total_rules, other_rules } = price
  return region_id != null || customer_group_id != null || (item_total_rules?.length ?? 0) > 0 || other_rules != null
}

/**
 * Adds prices with conditions.
 * @returns their ids
 * @throws not_found for a region or customer group; duplicate_error for two under the same conditions; invalid_data for a
 *   window that ends before it begins
 */
export async function insertConditionalPrices(unit: Unit, prices: readonly (ConditionalPriceInput & PriceOwner)[]): Promise<string[]> {
  if (prices.length === 0) return []
  const rows = prices.map(rowOf)
  try {
    await unit.knex('conditional_price').insert(rows)
  } catch (error) {
    if (isDuplicate(error)) throw duplicate('Two prices hold under the same conditions')
    throw error
  }
  return rows.map((row) => row.id)
}

/**
 * Adds prices of a list. As in Medusa, one that holds under the conditions of another takes that one's place, and its id; of
 * two that are given together the later one counts.
 * @returns the ids of the prices that hold now, in the order given
 * @throws not_found for a region or customer group; invalid_data for a window that ends before it begins
 */
export async function putListPrices(unit: Unit, prices: readonly (ConditionalPriceInput & PriceOwner)[]): Promise<string[]> {
  if (prices.length === 0) return []
  const keyOf = (row: ReturnType<typeof rowOf>) =>
    JSON.stringify([row.price_set_id, row.currency_code, row.region_id, row.customer_group_id, row.min_quantity, row.other_rules])
  const rows = [...new Map(prices.map(rowOf).map((row) => [keyOf(row), row])).values()]
  const put = await unit.run(
    statement<{ id: string }>(
      'pricing.put_list_prices',
      `insert into conditional_price as c (tenant_id, id, price_set_id, vendor_id, price_list_id, currency_code, amount_minor, min_quantity,
         max_quantity, region_id, customer_group_id, other_rules)
       select $1, r.id, r.price_set_id, r.vendor_id, r.price_list_id, r.currency_code, r.amount_minor, r.min_quantity, r.max_quantity,
              r.region_id, r.customer_group_id, r.other_rules::jsonb
       from jsonb_to_recordset($2::jsonb) as r (id text, price_set_id text, vendor_id text, price_list_id text, currency_code text,
         amount_minor bigint, min_quantity integer, max_quantity integer, region_id text, customer_group_id text, other_rules text)
       on conflict (tenant_id, price_set_id, currency_code, price_list_id, region_id, customer_group_id, item_total_text, min_quantity,
         (coalesce(other_rules::text, '')))
       do update set amount_minor = excluded.amount_minor, max_quantity = excluded.max_quantity, updated_at = now()
       returning c.id`,
      [tenantOf(unit), JSON.stringify(rows)],
    ),
  )
  return put.map((row) => row.id)
}

function rowOf(price: ConditionalPriceInput & PriceOwner) {
  const { min_quantity: min = null, max_quantity: max = null } = price
  if (min !== null && max !== null && max < min) throw invalidData('The max_quantity of a price is below its min_quantity')
  return {
    id: price.id ?? newId('price'),
    price_set_id: price.price_set_id,
    vendor_id: price.vendor_id,
    price_list_id: price.price_list_id ?? null,
    currency_code: price.currency_code,
    amount_minor: String(price.amount_minor),
    min_quantity: min,
    max_quantity: max,
    region_id: price.region_id ?? null,
    customer_group_id: price.customer_group_id ?? null,
    item_total_rules: (price.item_total_rules?.length ?? 0) > 0 ? JSON.stringify(price.item_total_rules) : null,
    other_rules: rulesText(price.other_rules),
  }
}

/** Rules as a column takes them: by attribute, so that the same rules in another order are the same. */
export function rulesText(rules: ConditionalPriceInput['other_rules']): string | null {
  if (rules == null) return null
  return JSON.stringify(Object.fromEntries(Object.entries(rules).sort(([a], [b]) => (a < b ? -1 : 1))))
}

/** Removes a set's prices with conditions outside lists; with `currencies`, only those in them. */
export async function clearConditionalPrices(unit: Unit, priceSetId: string, currencies?: readonly string[]): Promise<void> {
  const query = unit.knex('conditional_price').where({ tenant_id: tenantOf(unit), price_set_id: priceSetId, price_list_id: null })
  await (currencies === undefined ? query : query.whereIn('currency_code', [...currencies])).delete()
}
