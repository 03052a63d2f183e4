import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import {
  budgetTypes,
  type CampaignInput,
  changeCampaignPromotions,
  createCampaign,
  deleteCampaign,
  listCampaignsStatement,
  renderCampaign,
  updateCampaign,
} from '../../promotions/index.js'
import { deleted, ids, links, moment, name, q, reading, text, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'name',
    'description',
    'campaign_identifier',
    'starts_at',
    'ends_at',
    'budget.*',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
  ],
  extra: ['promotions.*'],
}

const campaigns = reading({
  path: '/admin/campaigns',
  singular: 'campaign',
  plural: 'campaigns',
  label: 'Campaign',
  access: 'promotions:read',
  query: z.strictObject({
    q,
    id: ids,
    campaign_identifier: oneOrMany.optional(),
    budget: z.strictObject({ currency_code: currencyCode.optional() }).optional(),
  }),
  narrowing: { table: 'campaign', columns: { name: 'text', campaign_identifier: 'text', starts_at: 'date', ends_at: 'date' } },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'name', 'description', 'starts_at', 'ends_at'],
  load({ context, fields: asked }, query, page) {
    const filter = {
      id: query.id ?? null,
      q: wordPatterns(query.q),
      identifier: query.campaign_identifier ?? null,
      currency: query.budget?.currency_code ?? null,
      withPromotions: asked.has('promotions'),
    }
    return context.db.read(context.scope, listCampaignsStatement(tenantOf(context), filter, page))
  },
  render: renderCampaign,
})

const limit = z.number().min(0).max(1e15).nullish()
const columns = {
  description: text.nullish(),
  starts_at: moment.nullish(),
  ends_at: moment.nullish(),
  metadata,
  // Medusa hands this to hooks of its own; here it means nothing.
  additional_data: metadata,
}

/** A campaign as it is made, alone or with its promotion. */
export const newCampaign = z.strictObject({
  name,
  campaign_identifier: name,
  ...columns,
  budget: z
    .strictObject({
      type: z.enum(budgetTypes),
      attribute: z.enum(['customer_id', 'customer_email']).nullish(),
      currency_code: currencyCode.nullish(),
      limit,
    })
    .nullish(),
}) satisfies z.ZodType<CampaignInput>

export const routes: Route[] = [
  ...campaigns.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/campaigns',
    summary: 'Create a campaign',
    access: 'promotions:write',
    body: newCampaign,
    fields,
    async handle(request) {
      return campaigns.answer(request, await write(request, (unit) => createCampaign(unit, request.body)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/campaigns/:id',
    summary: 'Change a campaign',
    access: 'promotions:write',
    body: z.strictObject({
      name: name.optional(),
      campaign_identifier: name.optional(),
      ...columns,
      budget: z.strictObject({ limit }).optional(),
    }),
    fields,
    ids: { id: 'campaign' },
    async handle(request) {
      const wanted = request.params.id as string
      const { additional_data: _data, ...patch } = request.body
      await write(request, (unit) => updateCampaign(unit, wanted, patch))
      return campaigns.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/campaigns/:id',
    summary: 'End a campaign and its promotions',
    access: 'promotions:write',
    ids: { id: 'campaign' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteCampaign(unit, wanted))
      return deleted('campaign', wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/campaigns/:id/promotions',
    summary: 'Put promotions into a campaign, and take others out',
    access: 'promotions:write',
    body: links,
    fields,
    ids: { id: 'campaign', add: 'promotion', remove: 'campaign_promotion' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => changeCampaignPromotions(unit, wanted, request.body))
      return campaigns.answer(request, wanted)
    },
  }),
]
