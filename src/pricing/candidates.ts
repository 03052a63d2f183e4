import { type Statement, statement } from '../db/index.js'

/** A price that holds in its context, as SQL hands it out; amounts in minor units. Which of them applies is chosen afterwards. */
export interface PriceCandidate {
  id: string
  amount_minor: number
  compare_at_minor: number | null
  min_quantity: number | null
  max_quantity: number | null
  price_list_id: string | null
  price_list_type: 'sale' | 'override' | null
  /** Conditions of the price and of its list, all of them met; the quantity window is not counted. */
  rules_count: number
  /** It is for one region alone. */
  is_regional: boolean
}

/** SQL expressions of what prices depend on. */
export interface PriceParameters {
  currency: string
  regionId: string
  /** Groups of the shopper, text[]. */
  groups: string
  /** The moment at which price lists must run, timestamptz. */
  now: string
  /** What rules about a total are held against, in minor units; where it is left out, prices with such rules do not hold. */
  itemTotal?: string
  /** What rules about any other attribute are held against, jsonb of texts; the region where it is left out. */
  facts?: string
}

/**
 * SQL for the prices of a set that hold in a context, as JSON. Everything but the quantity is decided here, so that the
 * lists of other customer groups stay where they are.
 */
export function priceCandidatesSql(priceSet: string, parameters: PriceParameters): string {
  const { currency, regionId, groups, now, itemTotal, facts = `jsonb_build_object('region_id', ${regionId})` } = parameters
  const totals = itemTotal === undefined ? 'cp.item_total_rules is null' : itemTotalHolds(itemTotal)
  return `coalesce((select json_agg(json_build_object('id', x.id, 'amount_minor', x.amount_minor, 'compare_at_minor', x.compare_at_minor,
      'min_quantity', x.min_quantity, 'max_quantity', x.max_quantity, 'price_list_id', x.price_list_id,
      'price_list_type', x.price_list_type, 'rules_count', x.rules_count, 'is_regional', x.is_regional))
    from (
      select pr.id, pr.amount_minor, pr.compare_at_minor, pr.min_quantity, pr.max_quantity, null::text as price_list_id,
             null::text as price_list_type, 0 as rules_count, false as is_regional
      from price pr where pr.tenant_id = $1 and pr.price_set_id = ${priceSet} and pr.currency_code = ${currency}
      union all
      select cp.id, cp.amount_minor, null, cp.min_quantity, cp.max_quantity, cp.price_list_id, pl.type,
             (cp.region_id is not null)::int + (cp.customer_group_id is not null)::int
               + coalesce(jsonb_array_length(cp.item_total_rules), 0) + coalesce(pl.is_for_groups, false)::int
               + ${countSql('cp.other_rules')} + ${countSql('pl.other_rules')},
             cp.region_id is not null
      from conditional_price cp
      left join price_list pl on pl.tenant_id = cp.tenant_id and pl.id = cp.price_list_id
      where cp.tenant_id = $1 and cp.price_set_id = ${priceSet} and cp.currency_code = ${currency}
        and (cp.region_id is null or cp.region_id = ${regionId})
        and (cp.customer_group_id is null or cp.customer_group_id = any(${groups}))
        and ${totals}
        and (cp.other_rules is null or app.price_rules_hold(cp.other_rules, ${facts}))
        and (cp.price_list_id is null or (pl.status = 'active' and pl.deleted_at is null
          and (pl.starts_at is null or pl.starts_at <= ${now}) and (pl.ends_at is null or pl.ends_at > ${now})
          and (pl.other_rules is null or app.price_rules_hold(pl.other_rules, ${facts}))
          and (not pl.is_for_groups or exists (select 1 from price_list_customer_group pg
            where pg.tenant_id = $1 and pg.price_list_id = pl.id and pg.customer_group_id = any(${groups})))))
    ) x), '[]')`
}

/** How many rules there are. No sub-select, so nothing more to plan. */
const countSql = (rules: string) => `coalesce(jsonb_array_length(jsonb_path_query_array(${rules}, '$.keyvalue()')), 0)`

/** `offset 0` has the total reckoned, and planned, once instead of once for each operator. */
function itemTotalHolds(total: string): string {
  return `not exists (
          select 1 from jsonb_to_recordset(cp.item_total_rules) as rule (operator text, value_minor bigint)
          cross join lateral (select ${total} as minor offset 0) total
          where not case rule.operator when 'gt' then total.minor > rule.value_minor when 'gte' then total.minor >= rule.value_minor
            when 'lt' then total.minor < rule.value_minor when 'lte' then total.minor <= rule.value_minor
            else total.minor = rule.value_minor end)`
}

/**
 * SQL for the groups of a customer. Only of one with an account: whoever types a guest's e-mail would otherwise see, and
 * be given, what was agreed with somebody else.
 */
export function groupsOfCustomerSql(customer: string): string {
  return `array(select cg.customer_group_id from customer_group_customer cg
      join customer_group g on g.tenant_id = cg.tenant_id and g.id = cg.customer_group_id and g.deleted_at is null
      join customer cu on cu.tenant_id = cg.tenant_id and cu.id = cg.customer_id and cu.has_account and cu.deleted_at is null
      where cg.tenant_id = $1 and cg.customer_id = ${customer})`
}

/**
 * SQL for what rules may ask of the cart `cart` and who shops with it, as Medusa names it. Of whom it is they know for
 * customers with an account only, as groups do. Nothing of its totals: they come from the prices.
 */
export const cartFactsSql = `(jsonb_build_object('id', cart.id, 'region_id', cart.region_id, 'region.id', cart.region_id,
      'sales_channel_id', cart.sales_channel_id, 'locale', cart.locale, 'shipping_address.city', cart.shipping_address ->> 'city',
      'shipping_address.country_code', cart.shipping_address ->> 'country_code',
      'shipping_address.province', cart.shipping_address ->> 'province',
      'shipping_address.postal_code', cart.shipping_address ->> 'postal_code')
    || coalesce((select jsonb_build_object('customer_id', cu.id, 'customer.id', cu.id, 'customer.email', cu.email, 'email', cart.email)
      from customer cu where cu.tenant_id = $1 and cu.id = cart.customer_id and cu.has_account and cu.deleted_at is null), '{}'))`

/** The prices that hold for a price set, for who has nothing else to read beside them. */
export function priceCandidatesStatement(
  tenantId: string,
  wanted: { priceSetId: string; currency: string; regionId: string; customerId: string | null; now: Date },
): Statement<{ prices: PriceCandidate[] }> {
  return statement(
    'pricing.candidates',
    `select ${priceCandidatesSql('$2::text', {
      currency: '$3::text',
      regionId: '$4::text',
      groups: groupsOfCustomerSql('$5::text'),
      now: '$6::timestamptz',
    })} as prices`,
    [tenantId, wanted.priceSetId, wanted.currency, wanted.regionId, wanted.customerId, wanted.now],
  )
}
