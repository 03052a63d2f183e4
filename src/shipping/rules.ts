import { invalidData, limits, newId, notFound } from '../kernel/index.js'

export const ruleOperators = ['in', 'eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'nin'] as const

/** What must hold of a cart for an option to be offered to it. */
export interface OptionRule {
  id: string
  attribute: string
  operator: (typeof ruleOperators)[number]
  value: string | string[]
}
export type OptionRuleInput = Omit<OptionRule, 'id'> & { id?: string | undefined }

/** The two rules that every option has are columns of its row: lists select by them. */
const flags = ['is_return', 'enabled_in_store'] as const
type Flag = (typeof flags)[number]
export interface RuledOption extends Record<Flag, boolean> {
  id: string
  rules: readonly OptionRule[]
}

const isFlag = (attribute: string): attribute is Flag => (flags as readonly string[]).includes(attribute)
const flagRuleId = (optionId: string, flag: Flag) => `${optionId.replace(/^so_/, 'sorul_')}_${flag}`

/** Every rule of an option as clients know them, each with an id: those that were given before those that every option has. */
export function rulesOf(option: RuledOption): OptionRule[] {
  const own = flags.map((flag) => ({
    id: flagRuleId(option.id, flag),
    attribute: flag,
    operator: 'eq' as const,
    value: String(option[flag]),
  }))
  return [...option.rules, ...own]
}

/**
 * Rules as they are kept: flags as columns, those that are not given being absent, and the rest as a whole set.
 * @param known ids that rules of the option have: others that a client sends say nothing
 * @throws invalid_data for a flag that is given twice or is not true or false, and for too many rules
 */
export function splitRules(
  given: readonly OptionRuleInput[],
  known: ReadonlySet<string>,
): Partial<Record<Flag, boolean>> & { rules: OptionRule[] } {
  const columns: Partial<Record<Flag, boolean>> = {}
  const rules: OptionRule[] = []
  for (const { id, ...rule } of given) {
    if (!isFlag(rule.attribute)) {
      if ((rule.operator === 'in' || rule.operator === 'nin') && !Array.isArray(rule.value)) {
        throw invalidData('Rule value must be an array for in/nin operators')
      }
      rules.push({ id: id !== undefined && known.has(id) ? id : newId('sorul'), ...rule })
      continue
    }
    if (columns[rule.attribute] !== undefined) throw invalidData('A rule is given twice')
    if (rule.operator !== 'eq' || (rule.value !== 'true' && rule.value !== 'false')) {
      throw invalidData(`The rule ${rule.attribute} is 'eq' to 'true' or 'false'`)
    }
    columns[rule.attribute] = rule.value === 'true'
  }
  if (rules.length > limits.rulesOfShippingOption) throw invalidData(`A shipping option has at most ${limits.rulesOfShippingOption} rules`)
  return { ...columns, rules }
}

export interface RuleChanges {
  create: readonly OptionRuleInput[]
  update: readonly ({ [Name in Exclude<keyof OptionRule, 'id'>]?: OptionRule[Name] | undefined } & { id: string })[]
  delete: readonly string[]
}

/** What every option is without a rule that says otherwise. */
const usually: Record<Flag, string> = { is_return: 'false', enabled_in_store: 'true' }

/**
 * An option's rules after some are made, changed and taken away. A flag that is taken away is what it is for every option.
 * @throws not_found for a rule that the option does not have; invalid_data as splitRules does
 */
export function changedRules(option: RuledOption, changes: RuleChanges): { all: OptionRule[]; createdIds: string[] } {
  const known = rulesOf(option)
  const named = [...changes.update.map((rule) => rule.id), ...changes.delete]
  const unknown = named.find((id) => !known.some((rule) => rule.id === id))
  if (unknown !== undefined) throw notFound(`Shipping option rule with id: ${unknown} was not found`)
  const created = changes.create.map((rule) => ({
    ...rule,
    id: isFlag(rule.attribute) ? flagRuleId(option.id, rule.attribute) : newId('sorul'),
  }))
  const kept = known
    // Every option has the flags: making one is setting it.
    .filter((rule) => !created.some((one) => one.id === rule.id))
    .map((rule) => {
      if (changes.delete.includes(rule.id)) return isFlag(rule.attribute) ? { ...rule, value: usually[rule.attribute] } : null
      const given = changes.update.find((one) => one.id === rule.id)
      return given === undefined
        ? rule
        : { ...rule, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) }
    })
    .filter((rule) => rule !== null)
  return { all: [...kept, ...created], createdIds: created.map((rule) => rule.id) }
}

const compare = (a: string, b: string) =>
  Number.isNaN(Number(a)) || Number.isNaN(Number(b)) ? (a < b ? -1 : a > b ? 1 : 0) : Number(a) - Number(b)

const holds: Record<OptionRule['operator'], (known: string | undefined, wanted: readonly string[]) => boolean> = {
  in: (known, wanted) => known !== undefined && wanted.includes(known),
  eq: (known, wanted) => known !== undefined && wanted.includes(known),
  nin: (known, wanted) => known === undefined || !wanted.includes(known),
  ne: (known, wanted) => known === undefined || !wanted.includes(known),
  gt: (known, [wanted = '']) => known !== undefined && compare(known, wanted) > 0,
  gte: (known, [wanted = '']) => known !== undefined && compare(known, wanted) >= 0,
  lt: (known, [wanted = '']) => known !== undefined && compare(known, wanted) < 0,
  lte: (known, [wanted = '']) => known !== undefined && compare(known, wanted) <= 0,
}

/** Whether all rules hold of a cart. What is not known of it is equal to nothing. */
export function allHold(rules: readonly OptionRule[], facts: Record<string, unknown>): boolean {
  return rules.every(({ attribute, operator, value }) => {
    const known = attribute.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | null | undefined)?.[key], facts)
    return holds[operator](known == null ? undefined : String(known), [value].flat())
  })
}
