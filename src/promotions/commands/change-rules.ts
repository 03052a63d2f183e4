import { tenantOf, type Unit } from '../../db/index.js'
import { invalidData, notFound } from '../../kernel/index.js'
import type { Rule } from '../promotion.js'
import type { RuleType } from '../rules.js'
import { checkRules, newRules, type RuleInput } from './promotion-row.js'
import { lockPromotion, refusePlatformFunded } from './update-promotion.js'

/** A change of a rule: what is named is set. */
export type RulePatch = { id: string } & { [Name in keyof RuleInput]?: RuleInput[Name] | undefined }

export interface RuleChanges {
  create: readonly RuleInput[]
  update: readonly RulePatch[]
  remove: readonly string[]
}

const columns = { rules: 'rules', 'target-rules': 'target_rules', 'buy-rules': 'buy_rules' } as const

/**
 * Changes the rules of one kind, all or none.
 * @returns the rules that were made and changed
 * @throws not_found for the promotion or a rule to remove; invalid_data for one to change that is not there and for one that
 *   makes no sense; not_allowed where
 *   the platform pays
 */
export async function changeRules(
  unit: Unit,
  id: string,
  type: RuleType,
  change: RuleChanges,
): Promise<{ created: Rule[]; updated: Rule[] }> {
  const promotion = await lockPromotion(unit, id)
  refusePlatformFunded(promotion)
  const column = columns[type]
  const known = promotion[column]
  const isMissing = (wanted: string) => !known.some((rule) => rule.id === wanted)
  const unchanged = change.update.map((patch) => patch.id).filter(isMissing)
  if (unchanged.length > 0) throw invalidData(`Promotion rules with id - ${unchanged.join(', ')} not found`)
  const unremoved = change.remove.find(isMissing)
  if (unremoved !== undefined) throw notFound(`Promotion rule with id: ${unremoved} was not found`)
  const created = newRules(change.create)
  const kept = known.filter((rule) => !change.remove.includes(rule.id)).map((rule) => patched(rule, change.update))
  const rules = [...kept, ...created]
  checkRules(type, promotion, rules)
  await unit
    .knex('promotion')
    .where({ tenant_id: tenantOf(unit), id })
    .update({ [column]: JSON.stringify(rules), updated_at: new Date() })
  return { created, updated: kept.filter((rule) => change.update.some((patch) => patch.id === rule.id)) }
}

function patched(rule: Rule, patches: readonly RulePatch[]): Rule {
  const patch = patches.find((candidate) => candidate.id === rule.id)
  if (patch === undefined) return rule
  const { attribute = rule.attribute, operator = rule.operator, values = rule.values } = patch
  const description = patch.description === undefined ? rule.description : patch.description
  return { id: rule.id, attribute, operator, values, ...(description == null ? {} : { description }) }
}
