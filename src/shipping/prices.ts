import { type Statement, statement } from '../db/index.js'
import { toMajor } from '../kernel/index.js'
import { type PriceRuleRow, priceRules } from '../pricing/index.js'

/** A price of an option with its conditions, as SQL hands it out; amounts in minor units. */
export interface SetPrice extends PriceRuleRow {
  currency_code: string
  amount_minor: number
  min_quantity: number | null
  max_quantity: number | null
  created_at: string
  updated_at: string
}

/** SQL for the prices of a set outside lists, as JSON: the plain ones and those with conditions. */
export function pricesJsonSql(priceSet: string): string {
  const columns = `'id', p.id, 'price_set_id', p.price_set_id, 'currency_code', p.currency_code, 'amount_minor', p.amount_minor,
    'min_quantity', p.min_quantity, 'max_quantity', p.max_quantity, 'created_at', p.created_at, 'updated_at', p.updated_at`
  return `coalesce((select json_agg(x.price order by x.id) from (
      select p.id, json_build_object(${columns}) as price from price p where p.tenant_id = $1 and p.price_set_id = ${priceSet}
      union all
      select p.id, json_build_object(${columns}, 'region_id', p.region_id, 'customer_group_id', p.customer_group_id,
        'item_total_rules', p.item_total_rules) from conditional_price p
      where p.tenant_id = $1 and p.price_set_id = ${priceSet} and p.price_list_id is null) x), '[]')`
}

/** The prices of one option. */
export function optionPricesStatement(tenantId: string, optionId: string): Statement<{ prices: SetPrice[] }> {
  return statement(
    'shipping.option_prices',
    `select ${pricesJsonSql('o.price_set_id')} as prices from shipping_option o where o.tenant_id = $1 and o.id = $2`,
    [tenantId, optionId],
  )
}

/** The same in wire shape, amounts in major units. */
export function renderPrices(prices: readonly SetPrice[]): object[] {
  return prices.map(({ amount_minor, region_id, customer_group_id, item_total_rules, ...price }) => {
    const { id: price_id, created_at, updated_at } = price
    const known = priceRules({ id: price_id, region_id, customer_group_id, item_total_rules }, price.currency_code)
    const price_rules = known.map((rule) => ({ ...rule, price_id, priority: 0, created_at, updated_at, deleted_at: null }))
    return {
      ...price,
      amount: toMajor(amount_minor, price.currency_code),
      // Of a price list, or with a title of its own, is none of a shipping option's.
      price_list_id: null,
      price_list: null,
      title: null,
      deleted_at: null,
      rules_count: price_rules.length,
      price_rules,
    }
  })
}
