import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { booleanText, currencyCode, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { invalidData, limits } from '../../kernel/index.js'
import {
  changeRules,
  createPromotion,
  deletePromotion,
  listPromotionsStatement,
  operators,
  renderPromotion,
  renderRule,
  type RuleType,
  ruleTypes,
  updatePromotion,
} from '../../promotions/index.js'
import { newCampaign } from './campaigns.js'
import { findPromotion, routes as ruleReads } from './promotion-rules.js'
import { deleted, id, idList, ids, q, reading, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'code',
    'type',
    'is_automatic',
    'is_tax_inclusive',
    'status',
    'limit',
    'used',
    'funder',
    'vendor_id',
    'campaign_id',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'campaign.*',
    'campaign.budget.*',
    'application_method.*',
    'application_method.target_rules.*',
    'application_method.target_rules.values.*',
    'application_method.buy_rules.*',
    'application_method.buy_rules.values.*',
    'rules.*',
    'rules.values.*',
  ],
}

const promotions = reading({
  path: '/admin/promotions',
  singular: 'promotion',
  plural: 'promotions',
  label: 'Promotion',
  access: 'promotions:read',
  query: z.strictObject({
    q,
    id: ids,
    code: oneOrMany.optional(),
    campaign_id: ids,
    status: oneOrMany.optional(),
    vendor_id: ids,
    is_automatic: booleanText.optional(),
    application_method: z.strictObject({ currency_code: currencyCode.optional() }).optional(),
  }),
  narrowing: { table: 'promotion', columns: { code: 'text', type: 'text', campaign_id: 'text', status: 'text', is_automatic: 'boolean' } },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'code', 'status', 'used', 'is_tax_inclusive'],
  load({ context }, query, page) {
    const filter = {
      id: query.id ?? null,
      q: wordPatterns(query.q),
      code: query.code ?? null,
      campaignId: query.campaign_id ?? null,
      status: query.status ?? null,
      vendorId: query.vendor_id ?? null,
      isAutomatic: query.is_automatic ?? null,
      currency: query.application_method?.currency_code ?? null,
    }
    return context.db.read(context.scope, listPromotionsStatement(tenantOf(context), filter, page))
  },
  render: renderPromotion,
})

const value = z.string().min(1).max(limits.name_characters)
const values = z.union([value.transform((one) => [one]), z.array(value).max(limits.idsInFilter)])
const description = text.nullish()
const attribute = z.string().max(limits.name_characters)
const rule = z.strictObject({ operator: z.enum(operators), attribute, values, description })
const changedRule = z.strictObject({
  id,
  attribute: attribute.optional(),
  operator: z.enum(operators).optional(),
  values: values.optional(),
  description,
})
const rules = z.array(rule).max(limits.rulesOfPromotion)
const pieces = z.int().min(1).max(limits.quantity).nullish()
const code = z.string().trim().min(1).max(limits.promotionCode_characters)
const amount = z.number().min(0)

const method = {
  description,
  currency_code: currencyCode.nullish(),
  max_quantity: pieces,
  apply_to_quantity: pieces,
  buy_rules_min_quantity: pieces,
  allocation: z.enum(['each', 'across', 'once']).optional(),
}
const methodType = z.enum(['fixed', 'percentage'])
const targetType = z.enum(['order', 'shipping_methods', 'items'])
const columns = {
  is_automatic: z.boolean().optional(),
  is_tax_inclusive: z.boolean().optional(),
  status: z.enum(['draft', 'active', 'inactive']).optional(),
  limit: z.int().min(1).max(2_000_000_000).nullish(),
  campaign_id: id.nullish(),
  metadata,
  // Medusa hands this to hooks of its own; here it means nothing.
  additional_data: metadata,
}

const newPromotion = z.strictObject({
  code,
  type: z.enum(['standard', 'buyget']),
  ...columns,
  campaign: newCampaign.optional(),
  vendor_id: id.nullish(),
  application_method: z.strictObject({
    ...method,
    type: methodType,
    target_type: targetType,
    value: amount,
    target_rules: rules.optional(),
    buy_rules: rules.optional(),
  }),
  rules: rules.optional(),
})

const changedPromotion = z.strictObject({
  code: code.optional(),
  type: z.enum(['standard', 'buyget']).optional(),
  ...columns,
  application_method: z
    .strictObject({ ...method, type: methodType.optional(), target_type: targetType.optional(), value: amount.optional() })
    .optional(),
})

/** What starts by itself has no limit of uses. Throws invalid_data. */
function refuseLimited(body: { is_automatic?: boolean | undefined; limit?: number | null | undefined }): void {
  if (body.is_automatic === true && body.limit != null) throw invalidData('Invalid request: Automatic promotions cannot have a usage limit')
}

const writing: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/promotions',
    summary: 'Create a promotion, a draft unless said otherwise',
    access: 'promotions:write',
    body: newPromotion,
    fields,
    ids: { campaign_id: 'campaign' },
    async handle(request) {
      refuseLimited(request.body)
      return promotions.answer(request, await write(request, (unit) => createPromotion(unit, request.body)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/promotions/:id',
    summary: 'Change a promotion',
    access: 'promotions:write',
    body: changedPromotion,
    fields,
    ids: { id: 'promotion', campaign_id: 'campaign' },
    async handle(request) {
      const wanted = request.params.id as string
      refuseLimited(request.body)
      await write(request, (unit) => updatePromotion(unit, wanted, request.body))
      return promotions.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/promotions/:id',
    summary: 'End a promotion',
    access: 'promotions:write',
    ids: { id: 'promotion' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deletePromotion(unit, wanted))
      return deleted('promotion', wanted)
    },
  }),
]

const kindOfRule = { rules: 'promotion_rule', 'target-rules': 'promotion_target_rule', 'buy-rules': 'promotion_buy_rule' } as const

function rulesRoute(type: RuleType): Route {
  return route({
    surface: 'admin',
    method: 'POST',
    path: `/admin/promotions/:id/${type}/batch`,
    summary: `Add, change and remove ${type.replace('-', ' ')} of a promotion, all or none`,
    access: 'promotions:write',
    body: z.strictObject({
      create: rules.default([]),
      update: z.array(changedRule).max(limits.rulesOfPromotion).default([]),
      delete: idList.default([]),
    }),
    ids: { id: 'promotion', update: kindOfRule[type], delete: kindOfRule[type] },
    async handle(request) {
      const { create, update, delete: remove } = request.body
      const { created, updated } = await write(request, (unit) =>
        changeRules(unit, request.params.id as string, type, { create, update, remove }),
      )
      return {
        created: created.map(renderRule),
        updated: updated.map(renderRule),
        deleted: { ids: remove, object: 'promotion-rule', deleted: true },
      }
    },
  })
}

export const routes: Route[] = [
  // Before those of one promotion: their first words are no ids.
  ...ruleReads,
  ...promotions.routes.filter(({ path }) => path === '/admin/promotions'),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/promotions/:id',
    summary: 'A promotion, by its id or its code',
    access: 'promotions:read',
    fields,
    ids: { id: 'promotion' },
    async handle(request) {
      const row = await findPromotion(request, request.params.id as string)
      return { promotion: request.fields.project({ ...renderPromotion(row), deleted_at: null }) }
    },
  }),
  ...writing,
  ...ruleTypes.map(rulesRoute),
]
