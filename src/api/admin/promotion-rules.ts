import { z } from 'zod'
import { readPage, singlePage, tenantOf, wordPatterns } from '../../db/index.js'
import { oneOrMany, type Route, route } from '../../http/index.js'
import { currencyCodes, currencyOf, invalidData, limits, notFound, StoaError } from '../../kernel/index.js'
import {
  attributeOf,
  listPromotionsStatement,
  operatorLabel,
  type PromotionRow,
  type Rule,
  type RuleAttribute,
  type RuledPromotion,
  ruleAttributes,
  type RuleType,
  ruleTypes,
  ruleValuesStatement,
} from '../../promotions/index.js'
import { countryOf, everyCountry } from '../../regions/index.js'
import { type AnyRequest, q } from './shared.js'

// What conditions of promotions can ask for, what they can be met by, and what those of one promotion say.

const about = {
  promotion_type: z.enum(['standard', 'buyget']).optional(),
  application_method_type: z.enum(['fixed', 'percentage']).optional(),
  application_method_target_type: z.enum(['items', 'shipping_methods', 'order']).optional(),
}
const aboutQuery = z.strictObject(about)

const ruledBy = (query: z.output<typeof aboutQuery>): RuledPromotion => ({
  type: query.promotion_type,
  method_type: query.application_method_type,
  target_type: query.application_method_target_type,
})

function ruleTypeOf(request: AnyRequest): RuleType {
  const type = ruleTypes.find((known) => known === request.params.rule_type)
  if (type === undefined) throw invalidData(`Invalid param rule_type (${request.params.rule_type})`)
  return type
}

interface Value {
  value: string
  label: string
}
interface ValuePage {
  limit: number
  offset: number
}

/** What conditions are met by that is no row of the store. */
const world: Record<string, () => Value[]> = {
  country: () => everyCountry.map((iso2) => ({ value: iso2, label: countryOf(iso2).display_name })),
  currency_code: () => currencyCodes.map((code) => ({ value: code, label: currencyOf(code).name })),
}

/** A page of what a condition can be met by: ids, and what they are called. */
async function valuesOf(
  request: AnyRequest,
  attribute: RuleAttribute,
  filter: { q?: string | undefined; ids: string[] | null },
  page: ValuePage,
): Promise<{ values: Value[]; count: number }> {
  const all = world[attribute.id]
  if (all !== undefined) {
    const wanted = filter.q?.toLowerCase() ?? ''
    const found = all().filter(({ value, label }) => (filter.ids?.includes(value) ?? true) && label.toLowerCase().includes(wanted))
    found.sort((a, b) => (a.value < b.value ? -1 : 1))
    return { values: found.slice(page.offset, page.offset + page.limit), count: found.length }
  }
  const { context } = request
  const wanted = { q: wordPatterns(filter.q), id: filter.ids }
  const statementOf = (part: ValuePage) => ruleValuesStatement(tenantOf(context), attribute.id, wanted, part)
  if (statementOf(page) === null) return { values: [], count: 0 }
  const { rows, count } = await readPage(context, page, (part) => statementOf(part) as NonNullable<ReturnType<typeof statementOf>>)
  return { values: rows.map(({ value, label }) => ({ value, label })), count }
}

const everyPromotion = { q: null, campaignId: null, status: null, vendorId: null, isAutomatic: null, currency: null }

/** A promotion is found by its code as well. Throws not_found. */
export async function findPromotion(request: AnyRequest, wanted: string): Promise<PromotionRow> {
  const { context } = request
  const tenantId = tenantOf(context)
  const [[byId], [byCode]] = await context.db.readAll(context.scope, [
    listPromotionsStatement(tenantId, { ...everyPromotion, id: [wanted], code: null }, singlePage),
    listPromotionsStatement(tenantId, { ...everyPromotion, id: null, code: [wanted] }, singlePage),
  ])
  const found = byId ?? byCode
  if (found === undefined) throw notFound(`Promotion with id or code: ${wanted} was not found`)
  const { count: _count, ...promotion } = found
  return promotion
}

const operatorOf = (operator: Rule['operator']) => ({ id: operator, value: operator, label: operatorLabel(operator) })
const shown = (attribute: RuleAttribute) => ({ ...attribute, operators: attribute.operators.map(operatorOf) })

const namesOf = (values: readonly Value[]) => new Map(values.map(({ value, label }) => [value, label]))

/** A field of how the promotion discounts, as a condition beside the others; null where it has none and needs none. */
async function disguisedRule(request: AnyRequest, promotion: PromotionRow, attribute: RuleAttribute): Promise<object | null> {
  const known = promotion[attribute.id as keyof PromotionRow] as string | number | null
  if (known === null && !attribute.required) return null
  const { id: _id, value: _value, ...rest } = shown(attribute)
  const rule = { ...rest, attribute: attribute.id, attribute_label: attribute.label, operator: 'eq', operator_label: operatorLabel('eq') }
  if (attribute.field_type === 'number') return { ...rule, values: known }
  if (known === null) return { ...rule, values: [] }
  const { values } = await valuesOf(request, attribute, { ids: [String(known)] }, { limit: 1, offset: 0 })
  return { ...rule, values: [{ label: namesOf(values).get(String(known)) ?? String(known), value: known }] }
}

/** The same where nothing is said yet. */
function unansweredRule(attribute: RuleAttribute): object {
  const { id: _id, value: _value, ...rest } = shown(attribute)
  return {
    ...rest,
    attribute: attribute.id,
    attribute_label: attribute.label,
    operator: 'eq',
    operator_label: operatorLabel('eq'),
    values: [],
  }
}

/** A condition with what its values are called. */
async function namedRule(request: AnyRequest, rule: Rule, attribute: RuleAttribute): Promise<object> {
  const page = { limit: limits.idsInFilter, offset: 0 }
  const { values } = await valuesOf(request, attribute, { ids: [...rule.values] }, page)
  const names = namesOf(values)
  return {
    ...shown(attribute),
    description: null,
    ...rule,
    attribute_label: attribute.label,
    operator_label: operatorLabel(rule.operator),
    values: rule.values.map((value) => ({ value, label: names.get(value) ?? value })),
  }
}

/** A condition that the store has no name for says what it was written as. */
const unknownAttribute = (name: string): RuleAttribute => ({
  id: name,
  value: name,
  label: name,
  required: false,
  field_type: 'multiselect',
  operators: ['in', 'eq', 'ne'],
})

const ruleColumns = { rules: 'rules', 'target-rules': 'target_rules', 'buy-rules': 'buy_rules' } as const

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/promotions/rule-attribute-options/:rule_type',
    summary: 'What rules of promotions can ask for',
    access: 'promotions:read',
    query: aboutQuery,
    ids: { rule_type: 'promotion_rule_type' },
    async handle(request) {
      return { attributes: ruleAttributes(ruleTypeOf(request), ruledBy(request.query)).map(shown) }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/promotions/rule-value-options/:rule_type/:rule_attribute_id',
    summary: 'What a condition of promotions can be met by',
    access: 'promotions:read',
    query: z.strictObject({ q, value: oneOrMany.optional(), ...about }),
    page: { limit: 100, orderable: ['id'] },
    ids: { rule_type: 'promotion_rule_type', rule_attribute_id: 'promotion_rule_attribute' },
    async handle(request) {
      const { page, params, query } = request
      const { offset, limit } = page
      const offered = ruleAttributes(ruleTypeOf(request), ruledBy(query))
      const attribute = offered.find((one) => one.id === params.rule_attribute_id)
      if (attribute === undefined) throw invalidData(`Invalid rule attribute - ${params.rule_attribute_id}`)
      return { ...(await valuesOf(request, attribute, { q: query.q, ids: query.value ?? null }, page)), offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/promotions/:id/:rule_type',
    summary: 'The rules of a promotion, with what their values are called',
    access: 'promotions:read',
    query: aboutQuery,
    ids: { id: 'promotion', rule_type: 'promotion_rule_type' },
    async handle(request) {
      const type = ruleTypeOf(request)
      const isPlanned = request.query.promotion_type !== undefined
      const promotion = await findPromotion(request, request.params.id as string).catch((error: unknown) => {
        // A form for one that is yet to be made says by the query what it will be, and its id is none.
        if (isPlanned && error instanceof StoaError && error.type === 'not_found') return null
        throw error
      })
      const offered = ruleAttributes(type, promotion ?? ruledBy(request.query))
      if (promotion === null) return { rules: offered.filter((one) => one.disguised && one.required).map(unansweredRule) }
      const rules: (object | null)[] = []
      for (const attribute of offered.filter((one) => one.disguised)) rules.push(await disguisedRule(request, promotion, attribute))
      for (const rule of promotion[ruleColumns[type]]) {
        const attribute = offered.find((one) => one.value === attributeOf(rule.attribute)) ?? unknownAttribute(rule.attribute)
        rules.push(await namedRule(request, rule, attribute))
      }
      return { rules: rules.filter((rule) => rule !== null) }
    },
  }),
]
