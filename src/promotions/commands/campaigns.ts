import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, invalidData, isDuplicate, newId, notAllowed, notFound, toMinor } from '../../kernel/index.js'
import type { BudgetType } from '../promotion.js'

/** What a campaign may use: money, or a number of orders; of all customers together, or of each. */
export interface CampaignBudget {
  type: BudgetType
  /** By what customers are told apart, where each has a budget. */
  attribute?: 'customer_id' | 'customer_email' | null | undefined
  /** Of a budget of money. */
  currency_code?: string | null | undefined
  /** Major units, or a number of times; null for no limit. */
  limit?: number | null | undefined
}

export interface CampaignInput {
  name: string
  campaign_identifier: string
  description?: string | null | undefined
  starts_at?: Date | null | undefined
  ends_at?: Date | null | undefined
  budget?: CampaignBudget | null | undefined
  metadata?: object | null | undefined
}

/** A change of a campaign: what is named is set. What a budget counts is settled when it is made. */
export type CampaignPatch = { [Name in keyof Omit<CampaignInput, 'budget'>]?: CampaignInput[Name] | undefined } & {
  budget?: Pick<CampaignBudget, 'limit'> | undefined
}

/**
 * Makes a campaign.
 * @returns its id
 * @throws invalid_data for an end before the start, or a budget of money without a currency; invalid_data
 */
export async function createCampaign(unit: Unit, input: CampaignInput): Promise<string> {
  const { budget } = input
  refuseDates(input.starts_at, input.ends_at)
  if (budget != null) refuseBudget(budget)
  const id = newId('procamp')
  const row = {
    id,
    name: input.name,
    campaign_identifier: input.campaign_identifier,
    description: input.description ?? null,
    starts_at: input.starts_at ?? null,
    ends_at: input.ends_at ?? null,
    budget_type: budget?.type ?? null,
    budget_attribute: budget?.attribute ?? null,
    budget_currency_code: budget?.currency_code ?? null,
    budget_limit_minor: budget == null ? null : limitOf(budget.limit, budget.currency_code ?? null),
    metadata: input.metadata == null ? null : JSON.stringify(input.metadata),
  }
  try {
    await unit.knex('campaign').insert({ tenant_id: tenantOf(unit), ...row })
  } catch (error) {
    throw identifierInUse(error, input.campaign_identifier)
  }
  return id
}

/**
 * Changes a campaign. Throws as creating does; not_found; invalid_data for a budget below what was used of it, or of a
 * campaign without one; not_allowed where the platform pays for its promotions.
 */
export async function updateCampaign(unit: Unit, id: string, patch: CampaignPatch): Promise<void> {
  const known = await lockCampaign(unit, id)
  const given = <Value>(value: Value | undefined, before: Value) => (value === undefined ? before : value)
  refuseDates(given(patch.starts_at, known.starts_at), given(patch.ends_at, known.ends_at))
  const allows = patch.budget !== undefined || patch.starts_at !== undefined || patch.ends_at !== undefined
  if (allows && known.is_platform_funded) throw notAllowed('The platform pays for promotions of this campaign: its budget and dates stay')
  const { budget, metadata: _metadata, ...rest } = patch
  const changes: Record<string, unknown> = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  if (budget?.limit !== undefined) {
    if (known.budget_type === null) throw invalidData('The campaign has no budget')
    const limit = limitOf(budget.limit, known.budget_currency_code)
    const isShared = !isByAttribute(known.budget_type)
    if (isShared && limit !== null && BigInt(limit) < known.budget_used_minor) throw invalidData('More of the budget was used already')
    changes.budget_limit_minor = limit
  }
  try {
    await unit
      .knex('campaign')
      .where({ tenant_id: tenantOf(unit), id })
      .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
  } catch (error) {
    throw identifierInUse(error, patch.campaign_identifier)
  }
}

/** Ends a campaign. Its promotions stop: without its budget and dates they would have no end. Throws not_found. */
export async function deleteCampaign(unit: Unit, id: string): Promise<void> {
  await unit.run(
    statement(
      'promotions.stop_campaign',
      `with held as materialized (
         select id from promotion where tenant_id = $1 and campaign_id = $2 and deleted_at is null and status = 'active'
         order by id for update
       )
       update promotion p set status = 'inactive', updated_at = now() from held where p.tenant_id = $1 and p.id = held.id`,
      [tenantOf(unit), id],
    ),
  )
  const gone = await unit.run(
    statement<{ id: string }>(
      'promotions.delete_campaign',
      'update campaign set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantOf(unit), id],
    ),
  )
  if (gone.length === 0) throw notFound(`Campaign with id: ${id} was not found`)
}

/**
 * Puts promotions into a campaign and takes others out, all or none. Throws not_found, also for one that is in a campaign
 * already; invalid_data for one of another currency than a budget of money; not_allowed where the platform pays.
 */
export async function changeCampaignPromotions(
  unit: Unit,
  id: string,
  change: { add: readonly string[]; remove: readonly string[] },
): Promise<void> {
  if ((await budgetCurrencyOf(unit, id)) === undefined) throw notFound(`Campaign with id: ${id} was not found`)
  const wanted = [...new Set([...change.add, ...change.remove])]
  const rows = await unit.run(
    statement<{
      id: string
      funder: string
      campaign_id: string | null
      currency_code: string | null
      budget_currency_code: string | null
    }>(
      'promotions.lock_several',
      `select p.id, p.funder, p.campaign_id, p.currency_code, (select k.budget_currency_code from campaign k
         where k.tenant_id = $1 and k.id = $3 and k.budget_type = 'spend') as budget_currency_code
       from promotion p where p.tenant_id = $1 and p.id = any($2) and p.deleted_at is null order by p.id for update of p`,
      [tenantOf(unit), wanted, id],
    ),
  )
  const find = (one: string) => rows.find((row) => row.id === one)
  const unfit = change.add.filter((one) => find(one)?.campaign_id !== null)
  if (unfit.length > 0) {
    throw notFound(
      `Cannot add promotions (${unfit.join(',')}) to campaign. These promotions are either already part of a campaign or not found.`,
    )
  }
  const missing = change.remove.filter((one) => find(one)?.campaign_id !== id)
  if (missing.length > 0) throw notFound(`Promotions with ids (${missing.join(',')}) not found.`)
  const isForeign = (row: (typeof rows)[number]) => row.budget_currency_code !== null && row.currency_code !== row.budget_currency_code
  if (rows.some((row) => change.add.includes(row.id) && isForeign(row))) {
    throw invalidData("Cannot add promotions to campaign where currency_code don't match.")
  }
  if (rows.some((row) => row.funder === 'platform'))
    throw notAllowed('The platform pays for this promotion: only its status can be changed')
  const set = (promotionIds: readonly string[], campaignId: string | null) =>
    unit
      .knex('promotion')
      .where({ tenant_id: tenantOf(unit) })
      .whereIn('id', [...promotionIds])
      .update({ campaign_id: campaignId, updated_at: new Date() })
  await set(change.remove, null)
  await set(change.add, id)
}

/** The currency of a campaign's budget of money: null without one; undefined where there is no such campaign. */
export async function budgetCurrencyOf(unit: Unit, id: string): Promise<string | null | undefined> {
  const [campaign] = await unit.run(
    statement<{ currency: string | null }>(
      'promotions.budget_currency',
      `select case when budget_type = 'spend' then budget_currency_code end as currency
       from campaign where tenant_id = $1 and id = $2 and deleted_at is null`,
      [tenantOf(unit), id],
    ),
  )
  return campaign?.currency
}

/** Whether a promotion's amount is in another currency than a budget. A percentage in none suits every budget. */
export const areOther = (budget: string | null, promotion: string | null | undefined): boolean =>
  budget !== null && promotion != null && budget !== promotion

interface LockedCampaign {
  starts_at: Date | null
  ends_at: Date | null
  budget_type: BudgetType | null
  budget_currency_code: string | null
  budget_used_minor: bigint
  is_platform_funded: boolean
}

async function lockCampaign(unit: Unit, id: string): Promise<LockedCampaign> {
  const [campaign] = await unit.run(
    statement<LockedCampaign>(
      'promotions.lock_campaign',
      `select k.starts_at, k.ends_at, k.budget_type, k.budget_currency_code, k.budget_used_minor, exists (select 1 from promotion p
         where p.tenant_id = $1 and p.campaign_id = k.id and p.funder = 'platform' and p.deleted_at is null) as is_platform_funded
       from campaign k where k.tenant_id = $1 and k.id = $2 and k.deleted_at is null for update of k`,
      [tenantOf(unit), id],
    ),
  )
  if (campaign === undefined) throw notFound(`Campaign with id "${id}" not found`)
  return campaign
}

const isOfMoney = (type: BudgetType) => type === 'spend' || type === 'spend_by_attribute'
const isByAttribute = (type: BudgetType) => type === 'use_by_attribute' || type === 'spend_by_attribute'

/** Throws invalid_data for a budget that counts something without saying what, in the words of Medusa's validator. */
function refuseBudget({ type, currency_code, attribute }: CampaignBudget): void {
  if (isOfMoney(type) && currency_code == null) {
    throw invalidData(`Invalid request: currency_code is required when budget type is ${type}`)
  }
  if (!isOfMoney(type) && currency_code != null) {
    throw invalidData(`Invalid request: currency_code should not be present when budget type is ${type}`)
  }
  if (isByAttribute(type) && attribute == null) {
    throw invalidData(`Invalid request: campaign budget attribute is required when budget type is USE_BY_ATTRIBUTE or SPEND_BY_ATTRIBUTE`)
  }
  if (!isByAttribute(type) && attribute != null) {
    throw invalidData(`A budget of type ${type} is shared by all customers: it has no attribute`)
  }
}

function limitOf(limit: number | null | undefined, currency: string | null): string | null {
  if (limit == null) return null
  if (currency !== null) return String(toMinor(limit, currency))
  if (!Number.isSafeInteger(limit)) throw invalidData('A budget of uses is a whole number')
  return String(limit)
}

function identifierInUse(error: unknown, identifier: string | undefined): unknown {
  return identifier !== undefined && isDuplicate(error)
    ? alreadyExists(`Promotion campaign with campaign_identifier: ${identifier}, already exists.`)
    : error
}

function refuseDates(startsAt: Date | null | undefined, endsAt: Date | null | undefined): void {
  if (startsAt != null && endsAt != null && endsAt < startsAt) throw invalidData('A campaign cannot end before it starts')
}
