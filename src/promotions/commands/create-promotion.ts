import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, invalidData, isDuplicate, limits, newId, notFound } from '../../kernel/index.js'
import type { Promotion } from '../promotion.js'
import { areOther, budgetCurrencyOf, type CampaignInput, createCampaign } from './campaigns.js'
import { checkRules, type MethodInput, methodColumns, newRules, type RuleInput, refuseIncompletePurchase } from './promotion-row.js'

export type { RuleInput }

export interface PromotionInput {
  code: string
  type: Promotion['type']
  is_automatic?: boolean | undefined
  is_tax_inclusive?: boolean | undefined
  status?: 'draft' | 'active' | 'inactive' | undefined
  /** How often it can be used; null for any number of times. */
  limit?: number | null | undefined
  campaign_id?: string | null | undefined
  campaign?: CampaignInput | undefined
  /** Who pays: the store, unless a vendor is named. */
  vendor_id?: string | null | undefined
  application_method: MethodInput & { target_rules?: readonly RuleInput[] | undefined; buy_rules?: readonly RuleInput[] | undefined }
  rules?: readonly RuleInput[] | undefined
  metadata?: object | null | undefined
}

/**
 * Makes a promotion, a draft unless said otherwise.
 * @returns its id
 * @throws invalid_data where it makes no sense; not_found for the campaign or vendor; invalid_data for a code in use
 */
export async function createPromotion(unit: Unit, input: PromotionInput): Promise<string> {
  const { application_method: method, rules = [] } = input
  const { target_rules = [], buy_rules = [] } = method
  const shape = { type: input.type, target_type: method.target_type }
  if (shape.type === 'buyget') refuseIncompletePurchase({ ...method, buy_rules })
  if (shape.target_type === 'order' && target_rules.length > 0) {
    throw invalidData('Target rules for application method with target type (order) is not allowed')
  }
  if (shape.type === 'buyget' && target_rules.length === 0) throw invalidData('Target rules are required for buyget promotion type')
  const columns = methodColumns(input.type, method, true)
  checkRules('rules', shape, rules)
  checkRules('target-rules', shape, target_rules)
  checkRules('buy-rules', shape, buy_rules)
  if (input.campaign != null && input.campaign_id != null) {
    throw invalidData("Provide either the 'campaign' or 'campaign_id' parameter; both cannot be used simultaneously.")
  }
  if (input.campaign?.budget?.type === 'spend' && input.campaign.budget.currency_code !== columns.currency_code) {
    throw invalidData('Currency between promotion and campaigns should match')
  }
  const campaignId = input.campaign === undefined ? (input.campaign_id ?? null) : await createCampaign(unit, input.campaign)
  if (input.campaign_id != null) {
    const budget = await budgetCurrencyOf(unit, input.campaign_id)
    if (budget === undefined) throw notFound(`Could not find campaign with id - ${input.campaign_id}`)
    if (areOther(budget, columns.currency_code)) throw invalidData('Currency between promotion and campaigns should match')
  }
  if (input.vendor_id != null) await requireVendor(unit, input.vendor_id)
  const id = newId('promo')
  try {
    await unit.knex('promotion').insert({
      tenant_id: tenantOf(unit),
      id,
      code: input.code,
      type: input.type,
      is_automatic: input.is_automatic ?? false,
      is_tax_inclusive: input.is_tax_inclusive ?? false,
      status: input.status ?? 'draft',
      usage_limit: input.limit ?? null,
      campaign_id: campaignId,
      funder: input.vendor_id == null ? 'store' : 'vendor',
      vendor_id: input.vendor_id ?? null,
      ...columns,
      rules: JSON.stringify(newRules(rules)),
      target_rules: JSON.stringify(newRules(target_rules)),
      buy_rules: JSON.stringify(newRules(buy_rules)),
      metadata: input.metadata == null ? null : JSON.stringify(input.metadata),
    })
  } catch (error) {
    throw codeInUse(error, input.code)
  }
  await refuseTooManyAutomatic(unit)
  return id
}

/** What a failed write of a code is to its caller. */
export function codeInUse(error: unknown, code: string | undefined): unknown {
  return code !== undefined && isDuplicate(error, 'promotion_code') ? alreadyExists(`Promotion with code: ${code}, already exists.`) : error
}

async function requireVendor(unit: Unit, id: string): Promise<void> {
  const [vendor] = await unit.run(
    statement<{ id: string }>('promotions.vendor', 'select id from vendor where tenant_id = $1 and id = $2', [tenantOf(unit), id]),
  )
  if (vendor === undefined) throw notFound(`Vendor with id: ${id} was not found`)
}

/** Every change of a cart considers all of them. Throws invalid_data. */
export async function refuseTooManyAutomatic(unit: Unit): Promise<void> {
  const [row] = await unit.run(
    statement<{ count: number }>(
      'promotions.count_automatic',
      `select count(*)::int as count from promotion where tenant_id = $1 and is_automatic and status = 'active' and deleted_at is null`,
      [tenantOf(unit)],
    ),
  )
  if ((row?.count ?? 0) > limits.automaticPromotions) {
    throw invalidData(`At most ${limits.automaticPromotions} active promotions start by themselves`)
  }
}
