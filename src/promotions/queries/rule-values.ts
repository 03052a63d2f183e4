import { hasWords, type Statement, statement } from '../../db/index.js'

/** Conditions that are met by rows of the store: their table, and the column that says what a row is called. */
const tables: Readonly<Record<string, { table: string; label: string }>> = {
  customer_group: { table: 'customer_group', label: 'name' },
  region: { table: 'region', label: 'name' },
  sales_channel: { table: 'sales_channel', label: 'name' },
  product: { table: 'product', label: 'title' },
  product_category: { table: 'product_category', label: 'name' },
  product_collection: { table: 'product_collection', label: 'title' },
  product_type: { table: 'product_type', label: 'value' },
  product_tag: { table: 'product_tag', label: 'value' },
  shipping_option: { table: 'shipping_option', label: 'name' },
  shipping_option_type: { table: 'shipping_option_type', label: 'label' },
}

/**
 * A page of what a condition can be met by, by label: ids, and what they are called. Null for a condition whose values are
 * written by hand.
 * @param attribute the id of the condition, as `ruleAttributes` has it
 */
export function ruleValuesStatement(
  tenantId: string,
  attribute: string,
  filter: { q: readonly string[] | null; id: string[] | null },
  page: { limit: number; offset: number },
): Statement<{ value: string; label: string; count: number }> | null {
  const found = tables[attribute]
  if (found === undefined) return null
  const { table, label } = found
  return statement(
    `promotions.rule_values.${table}`,
    `select x.id as value, x.${label} as label, count(*) over ()::int as count from ${table} x
     where x.tenant_id = $1 and x.deleted_at is null and ${hasWords('$2', `x.${label}`)} and ($3::text[] is null or x.id = any($3))
     order by x.${label}, x.id limit $4 offset $5`,
    [tenantId, filter.q, filter.id, page.limit, page.offset],
  )
}
