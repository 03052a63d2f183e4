import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'
import { lockPromotion } from './update-promotion.js'

/**
 * Says that the platform pays for a store's promotion from now on, as it is: the store can start and stop it, and change
 * nothing else. Without a limit, of its own or its campaign's, nobody could say how much.
 * @throws not_found; invalid_data for a promotion of a vendor, or without any limit
 */
export async function fundByPlatform(unit: Unit, id: string): Promise<void> {
  const promotion = await lockPromotion(unit, id)
  if (promotion.funder === 'vendor') throw invalidData('A vendor pays for this promotion')
  if (promotion.usage_limit === null && !(await hasBudget(unit, promotion.campaign_id))) {
    throw invalidData('A promotion that the platform pays for needs a limit, or a campaign with a budget')
  }
  await unit
    .knex('promotion')
    .where({ tenant_id: tenantOf(unit), id })
    .update({ funder: 'platform', updated_at: new Date() })
}

async function hasBudget(unit: Unit, campaignId: string | null): Promise<boolean> {
  const [campaign] = await unit.run(
    statement<{ id: string }>(
      'promotions.limiting_campaign',
      'select id from campaign where tenant_id = $1 and id = $2 and budget_limit_minor is not null and deleted_at is null',
      [tenantOf(unit), campaignId],
    ),
  )
  return campaign !== undefined
}
