import { hasWords, type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import { toMajor } from '../../kernel/index.js'
import type { BudgetType } from '../promotion.js'

/** A campaign; a budget of money in minor units, of uses in uses. */
export interface CampaignRow {
  id: string
  name: string
  description: string | null
  campaign_identifier: string
  starts_at: Date | string | null
  ends_at: Date | string | null
  budget_type: BudgetType | null
  budget_attribute: string | null
  budget_currency_code: string | null
  budget_limit_minor: bigint | number | null
  budget_used_minor: bigint | number
  metadata: object | null
  created_at: Date | string
  updated_at: Date | string
}

export const campaignColumns = [
  'id',
  'name',
  'description',
  'campaign_identifier',
  'starts_at',
  'ends_at',
  'budget_type',
  'budget_attribute',
  'budget_currency_code',
  'budget_limit_minor',
  'budget_used_minor',
  'metadata',
  'created_at',
  'updated_at',
] as const

const promotionColumns = [
  'id',
  'code',
  'type',
  'is_automatic',
  'is_tax_inclusive',
  'status',
  'used',
  'campaign_id',
  'metadata',
  'created_at',
]

const promotionsShown = 100

/** The promotions of campaign `k`, without their rules; of many the first, `/admin/promotions?campaign_id=` tells all. */
const promotionsJson = `(select coalesce(json_agg(json_build_object(${promotionColumns.map((name) => `'${name}', p.${name}`).join(', ')},
    'limit', p.usage_limit, 'updated_at', p.updated_at, 'deleted_at', null) order by p.id), '[]')
  from (select * from promotion c where c.tenant_id = $1 and c.campaign_id = k.id and c.deleted_at is null
        order by c.id limit ${promotionsShown}) p)`

export interface CampaignFilter {
  id: string[] | null
  q: readonly string[] | null
  identifier: string[] | null
  /** Of a budget of money. */
  currency: string | null
  /** Whether to read the promotions, too. */
  withPromotions: boolean
}

export function listCampaignsStatement(
  tenantId: string,
  filter: CampaignFilter,
  page: ListPage,
): Statement<CampaignRow & { count: number }> {
  const order = orderBy('k', page.order)
  return statement(
    `promotions.campaigns.${order.name}`,
    `select ${campaignColumns.map((column) => `k.${column}`).join(', ')}, case when $8 then ${promotionsJson} end as promotions,
            count(*) over ()::int as count
     from campaign k
     where k.tenant_id = $1 and k.deleted_at is null and ($2::text[] is null or k.id = any($2))
       and ${hasWords('$3', 'k.name', 'k.campaign_identifier')} and ($4::text[] is null or k.campaign_identifier = any($4))
       and ($7::text is null or k.budget_currency_code = $7)
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.q, filter.identifier, page.limit, page.offset, filter.currency, filter.withPromotions],
  )
}

/** A campaign in wire shape, amounts in major units. */
export function renderCampaign(row: CampaignRow): Record<string, unknown> {
  const { budget_type, budget_attribute, budget_currency_code, budget_limit_minor, budget_used_minor, ...campaign } = row
  const figure = (value: bigint | number) => (budget_currency_code === null ? Number(value) : toMajor(value, budget_currency_code))
  const budget = {
    id: campaign.id.replace('procamp_', 'probudg_'),
    campaign_id: campaign.id,
    type: budget_type,
    currency_code: budget_currency_code,
    attribute: budget_attribute,
    limit: budget_limit_minor === null ? null : figure(budget_limit_minor),
    used: figure(budget_used_minor),
    created_at: campaign.created_at,
    updated_at: campaign.updated_at,
    deleted_at: null,
  }
  return { ...campaign, deleted_at: null, budget: budget_type === null ? null : budget }
}
