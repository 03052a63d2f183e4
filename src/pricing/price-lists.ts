import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import { toMajor } from '../kernel/index.js'
import { type PriceConditions, rulesOfPrice } from './rules.js'

/** A price of a list; amounts in minor units. */
export interface ListPriceRow extends PriceConditions {
  id: string
  variant_id: string | null
  price_set_id: string
  price_list_id: string
  currency_code: string
  amount_minor: number
  min_quantity: number | null
  max_quantity: number | null
  created_at: string
  updated_at: string
}

export interface PriceListRow {
  id: string
  title: string
  description: string
  type: 'sale' | 'override'
  status: 'draft' | 'active'
  starts_at: Date | null
  ends_at: Date | null
  is_for_groups: boolean
  customer_group_ids: string[]
  other_rules: Record<string, string[]> | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  prices: ListPriceRow[]
  count: number
}

const priceJson = `json_build_object('id', c.id, 'variant_id', (select v.id from product_variant v
      where v.tenant_id = $1 and v.price_set_id = c.price_set_id), 'price_set_id', c.price_set_id, 'price_list_id', c.price_list_id,
    'currency_code', c.currency_code,
    'amount_minor', c.amount_minor, 'min_quantity', c.min_quantity, 'max_quantity', c.max_quantity, 'region_id', c.region_id,
    'customer_group_id', c.customer_group_id, 'other_rules', c.other_rules, 'created_at', c.created_at, 'updated_at', c.updated_at)`

export interface PriceListFilter {
  id: string[] | null
  q: readonly string[] | null
  status: string[] | null
  type: string[] | null
}

/** A page of lists, each with the first `mostPrices` of its prices. */
export function listPriceListsStatement(
  tenantId: string,
  filter: PriceListFilter,
  page: ListPage,
  mostPrices: number,
): Statement<PriceListRow> {
  const order = orderBy('l', page.order)
  return statement(
    `pricing.price_lists.${order.name}`,
    `select l.id, l.title, l.description, l.type, l.status, l.starts_at, l.ends_at, l.is_for_groups, l.other_rules, l.metadata, l.created_at,
            l.updated_at, array(select g.customer_group_id from price_list_customer_group g
              where g.tenant_id = $1 and g.price_list_id = l.id order by 1) as customer_group_ids,
            coalesce((select json_agg(${priceJson} order by c.id) from (
              select * from conditional_price c where c.tenant_id = $1 and c.price_list_id = l.id order by c.id limit $6) c), '[]') as prices,
            count(*) over ()::int as count
     from price_list l
     where l.tenant_id = $1 and l.deleted_at is null and ($2::text[] is null or l.id = any($2))
       and ${hasWords('$3', 'l.title', 'l.description')} and ($4::text[] is null or l.status = any($4))
       and ($5::text[] is null or l.type = any($5))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.q, filter.status, filter.type, mostPrices, page.limit, page.offset],
  )
}

/** A page of a list's prices; with `ids`, those. */
export function listPricesStatement(
  tenantId: string,
  listId: string,
  ids: readonly string[] | null,
  page: ListPage,
): Statement<{ price: ListPriceRow; count: number }> {
  const order = orderBy('c', page.order)
  return statement(
    `pricing.list_prices.${order.name}`,
    `select ${priceJson} as price, count(*) over ()::int as count from conditional_price c
     where c.tenant_id = $1 and c.price_list_id = $2 and ($3::text[] is null or c.id = any($3)) ${order.sql} limit $4 offset $5`,
    [tenantId, listId, ids, page.limit, page.offset],
  )
}

/** A price in wire shape, its amount in major units. */
export function renderListPrice({ amount_minor, region_id, customer_group_id, other_rules, ...price }: ListPriceRow) {
  const rules = rulesOfPrice({ region_id, customer_group_id, other_rules })
  const amount = toMajor(amount_minor, price.currency_code)
  return { ...price, title: null, amount, rules, rules_count: Object.keys(rules).length, deleted_at: null }
}

/** A list in wire shape. */
export function renderPriceList({ is_for_groups, customer_group_ids, other_rules, prices, ...list }: PriceListRow): object {
  const rules = { ...(is_for_groups ? { 'customer.groups.id': customer_group_ids } : {}), ...other_rules }
  return { ...list, rules, rules_count: Object.keys(rules).length, prices: prices.map(renderListPrice) }
}
