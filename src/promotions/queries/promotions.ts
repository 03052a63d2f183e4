import { hasWords, type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import type { Promotion, Rule } from '../promotion.js'
import { methodIdOf, wireValue } from '../render-applied.js'
import { campaignColumns, type CampaignRow, renderCampaign } from './campaigns.js'

export interface PromotionRow extends Omit<Promotion, 'campaign' | 'value_minor'> {
  value_minor: bigint | null
  status: 'draft' | 'active' | 'inactive'
  campaign_id: string | null
  campaign: CampaignRow | null
  description: string | null
  metadata: object | null
  created_at: Date
  updated_at: Date
}

export interface PromotionFilter {
  id: string[] | null
  q: readonly string[] | null
  code: string[] | null
  /** 'null' finds those of no campaign. */
  campaignId: string[] | null
  status: string[] | null
  vendorId: string[] | null
  isAutomatic: boolean | null
  /** Of a fixed amount. */
  currency?: string | null
}

export function listPromotionsStatement(
  tenantId: string,
  filter: PromotionFilter,
  page: ListPage,
): Statement<PromotionRow & { count: number }> {
  const order = orderBy('p', page.order)
  return statement(
    `promotions.list.${order.name}`,
    `select p.id, p.code, p.type, p.is_automatic, p.is_tax_inclusive, p.status, p.usage_limit, p.used, p.funder, p.vendor_id, p.method_type,
            p.target_type, p.allocation, p.value_minor, p.value_ppm, p.currency_code, p.max_quantity, p.apply_to_quantity,
            p.buy_rules_min_quantity, p.rules, p.target_rules, p.buy_rules, p.campaign_id, p.description, p.metadata, p.created_at,
            p.updated_at, count(*) over ()::int as count,
            (select json_build_object(${campaignColumns.map((column) => `'${column}', k.${column}`).join(', ')})
             from campaign k where k.tenant_id = $1 and k.id = p.campaign_id and k.deleted_at is null) as campaign
     from promotion p
     where p.tenant_id = $1 and p.deleted_at is null and ($2::text[] is null or p.id = any($2)) and ${hasWords('$3', 'p.code')}
       and ($4::text[] is null or p.code = any($4)) and ($5::text[] is null or p.campaign_id = any($5) or (p.campaign_id is null and 'null' = any($5)))
       and ($6::text[] is null or p.status = any($6)) and ($7::text[] is null or p.vendor_id = any($7))
       and ($8::boolean is null or p.is_automatic = $8) and ($11::text is null or p.currency_code = $11)
     ${order.sql} limit $9 offset $10`,
    [
      tenantId,
      filter.id,
      filter.q,
      filter.code,
      filter.campaignId,
      filter.status,
      filter.vendorId,
      filter.isAutomatic,
      page.limit,
      page.offset,
      filter.currency ?? null,
    ],
  )
}

/** A rule in wire shape. */
export function renderRule({ values, ...rule }: Rule): object {
  return { description: null, ...rule, values: values.map((value) => ({ value })) }
}

/** A promotion in wire shape, its value in major units or per cent. */
export function renderPromotion(row: PromotionRow): Record<string, unknown> {
  const {
    method_type,
    target_type,
    allocation,
    value_minor,
    value_ppm,
    currency_code,
    max_quantity,
    apply_to_quantity,
    buy_rules_min_quantity,
    rules,
    target_rules,
    buy_rules,
    usage_limit,
    description,
    campaign,
    ...promotion
  } = row
  const { id, created_at, updated_at } = promotion
  const stamps = { created_at, updated_at, deleted_at: null }
  const rule = (one: Parameters<typeof renderRule>[0]) => ({ ...renderRule(one), ...stamps })
  return {
    ...promotion,
    limit: usage_limit,
    campaign: campaign === null ? null : renderCampaign(campaign),
    application_method: {
      id: methodIdOf(id),
      promotion_id: id,
      type: method_type,
      target_type,
      allocation,
      value: wireValue({ value_minor: value_minor === null ? null : Number(value_minor), value_ppm, currency_code }),
      currency_code,
      max_quantity,
      apply_to_quantity,
      buy_rules_min_quantity,
      description,
      ...stamps,
      target_rules: target_rules.map(rule),
      buy_rules: buy_rules.map(rule),
    },
    rules: rules.map(rule),
  }
}
