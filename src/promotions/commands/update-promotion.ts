import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, notAllowed, notFound } from '../../kernel/index.js'
import type { Promotion } from '../promotion.js'
import { wireValue } from '../render-applied.js'
import { areOther, budgetCurrencyOf } from './campaigns.js'
import { codeInUse, refuseTooManyAutomatic } from './create-promotion.js'
import { checkRules, type MethodInput, methodColumns } from './promotion-row.js'

/** A change of a promotion: what is named is set. Who pays is settled when it is made. */
export interface PromotionPatch {
  code?: string | undefined
  type?: Promotion['type'] | undefined
  is_automatic?: boolean | undefined
  is_tax_inclusive?: boolean | undefined
  status?: 'draft' | 'active' | 'inactive' | undefined
  limit?: number | null | undefined
  campaign_id?: string | null | undefined
  application_method?: { [Name in keyof MethodInput]?: MethodInput[Name] | undefined } | undefined
  metadata?: object | null | undefined
}

/** A promotion as a change finds it, locked. */
export type LockedPromotion = Omit<Promotion, 'campaign' | 'value_minor'> & {
  value_minor: bigint | null
  campaign_id: string | null
  description: string | null
}

/** Locks a promotion's row until the transaction ends. Throws not_found. */
export async function lockPromotion(unit: Unit, id: string): Promise<LockedPromotion> {
  const [row] = await unit.run(
    statement<LockedPromotion>(
      'promotions.lock',
      `select id, code, type, is_automatic, is_tax_inclusive, usage_limit, used, funder, vendor_id, method_type, target_type, allocation,
              value_minor, value_ppm, currency_code, max_quantity, apply_to_quantity, buy_rules_min_quantity, rules, target_rules,
              buy_rules, campaign_id, description
       from promotion where tenant_id = $1 and id = $2 and deleted_at is null for update`,
      [tenantOf(unit), id],
    ),
  )
  if (row === undefined) throw notFound(`Promotion with id: ${id} was not found`)
  return row
}

/** What the platform has agreed to pay for stays what it was: the store can only start and stop it. Throws not_allowed. */
export function refusePlatformFunded(promotion: Pick<Promotion, 'funder'>): void {
  if (promotion.funder === 'platform') throw notAllowed('The platform pays for this promotion: only its status can be changed')
}

/**
 * Changes a promotion. Carts follow at their next change, orders stay as they were sold.
 * @throws as creating does; not_found; invalid_data for a limit below what was used; not_allowed where the platform pays
 */
export async function updatePromotion(unit: Unit, id: string, patch: PromotionPatch): Promise<void> {
  const known = await lockPromotion(unit, id)
  const { status, ...rest } = patch
  const changesMore = Object.values(rest).some((value) => value !== undefined)
  if (changesMore) refusePlatformFunded(known)
  if (patch.limit != null && patch.limit < known.used)
    throw invalidData(`Promotion limit (${patch.limit}) cannot be less than current usage (${known.used})`)
  if (patch.campaign_id != null) {
    const budget = await budgetCurrencyOf(unit, patch.campaign_id)
    if (budget === undefined) throw invalidData(`Could not find campaign with id ${patch.campaign_id}`)
    if (areOther(budget, patch.application_method?.currency_code ?? known.currency_code)) {
      throw invalidData(`Currency code doesn't match for campaign (${patch.campaign_id}) and promotion (${id})`)
    }
  }
  const type = patch.type ?? known.type
  const isOtherType = type !== known.type
  const changesMethod = isOtherType || patch.application_method !== undefined
  const method = changesMethod ? methodColumns(type, mergedMethod(known, patch.application_method ?? {}), false) : {}
  const shape = { ...known, ...method, type }
  // Nothing has to be bought for a standard discount.
  const buyRules = type === 'standard' ? [] : known.buy_rules
  checkRules('buy-rules', shape, buyRules)
  checkRules('target-rules', shape, known.target_rules)
  const changes = {
    code: patch.code,
    ...(isOtherType ? { type, buy_rules: JSON.stringify(buyRules) } : {}),
    is_automatic: patch.is_automatic,
    is_tax_inclusive: patch.is_tax_inclusive,
    status,
    usage_limit: patch.limit,
    campaign_id: patch.campaign_id,
    ...mergedMetadata(unit, patch),
    ...method,
    updated_at: new Date(),
  }
  const named = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined))
  try {
    await unit
      .knex('promotion')
      .where({ tenant_id: tenantOf(unit), id })
      .update(named)
  } catch (error) {
    throw codeInUse(error, patch.code)
  }
  await refuseTooManyAutomatic(unit)
}

function mergedMethod(known: LockedPromotion, patch: NonNullable<PromotionPatch['application_method']>): MethodInput {
  const value = wireValue({ ...known, value_minor: known.value_minor === null ? null : Number(known.value_minor) })
  const isOtherType = patch.type !== undefined && patch.type !== known.method_type
  const isOtherCurrency = known.method_type === 'fixed' && patch.currency_code !== undefined && patch.currency_code !== known.currency_code
  if ((isOtherType || isOtherCurrency) && patch.value === undefined)
    throw invalidData('application_method.value is required with another type or currency')
  const named = Object.fromEntries(Object.entries(patch).filter(([, given]) => given !== undefined))
  const { method_type, target_type, allocation, currency_code, max_quantity, apply_to_quantity, buy_rules_min_quantity, description } =
    known
  return {
    type: method_type,
    target_type,
    allocation,
    value,
    currency_code,
    max_quantity,
    apply_to_quantity,
    buy_rules_min_quantity,
    description,
    ...named,
    // One amount for all counts no pieces, whatever else is said.
    ...(patch.allocation === 'across' ? { max_quantity: null } : {}),
  }
}

/** Ends a promotion; its code is free again. Orders keep what it gave them. Throws not_found. */
export async function deletePromotion(unit: Unit, id: string): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      'promotions.delete',
      'update promotion set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantOf(unit), id],
    ),
  )
  if (gone.length === 0) throw notFound(`Promotion with id: ${id} was not found`)
}
