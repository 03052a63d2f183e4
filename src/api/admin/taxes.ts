import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { countryCode, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import {
  addTaxRateRule,
  createTaxRate,
  createTaxRegion,
  deleteTaxRate,
  deleteTaxRegion,
  listTaxRatesStatement,
  listTaxRegionsStatement,
  removeTaxRateRule,
  type TaxRateView,
  type TaxRegionView,
  updateTaxRate,
  updateTaxRegion,
} from '../../tax/index.js'
import { deleted, id, ids, name, percent, percentOf, ppmOf, q, reading, withAdditional, write } from './shared.js'

const regionFields: FieldsPolicy = {
  defaults: [
    'id',
    'country_code',
    'province_code',
    'parent_id',
    'provider_id',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'tax_rates.*',
    'tax_rates.rules.*',
    'children.*',
    'children.tax_rates.*',
    'children.tax_rates.rules.*',
    'parent.*',
    'created_by',
  ],
  extra: ['provider.*'],
}
const rateFields: FieldsPolicy = {
  defaults: [
    'id',
    'tax_region_id',
    'name',
    'code',
    'rate',
    'is_default',
    'is_combinable',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'created_by',
    'rules.*',
    'tax_region.*',
  ],
}

const renderRate = ({ rate_ppm, ...rate }: Pick<TaxRateView, 'rate_ppm'>) => ({ ...rate, rate: percentOf(rate_ppm) })

// As a query it is a word, which asks for countries: they have no parent.
const parent = z.union([z.null().transform(() => ['null']), oneOrMany]).optional()

const regions = reading({
  path: '/admin/tax-regions',
  singular: 'tax_region',
  plural: 'tax_regions',
  label: 'Tax region',
  access: 'settings:read',
  query: z.strictObject({ id: ids, country_code: oneOrMany.optional(), province_code: oneOrMany.optional(), parent_id: parent }),
  narrowing: { table: 'tax_region', columns: { country_code: 'text', province_code: 'text', parent_id: 'text', provider_id: 'text' } },
  fields: regionFields,
  limit: 20,
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listTaxRegionsStatement(
        tenantOf(context),
        {
          id: query.id ?? null,
          countryCode: query.country_code ?? null,
          provinceCode: query.province_code ?? null,
          parentId: query.parent_id ?? null,
        },
        page,
      ),
    ),
  render: (row: TaxRegionView) => ({
    ...row,
    tax_rates: row.tax_rates.map(renderRate),
    children: row.children.map((child) => ({ ...child, tax_rates: child.tax_rates.map(renderRate) })),
  }),
})

const rates = reading({
  path: '/admin/tax-rates',
  singular: 'tax_rate',
  plural: 'tax_rates',
  label: 'Tax rate',
  missing: (wanted) => `Tax rate with id "${wanted}" not found`,
  access: 'settings:read',
  query: z.strictObject({ q, id: ids, tax_region_id: ids }),
  narrowing: {
    table: 'tax_rate',
    columns: { name: 'text', code: 'text', tax_region_id: 'text', is_default: 'boolean', is_combinable: 'boolean' },
  },
  fields: rateFields,
  limit: 20,
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listTaxRatesStatement(
        tenantOf(context),
        { id: query.id ?? null, taxRegionId: query.tax_region_id ?? null, q: wordPatterns(query.q) },
        page,
      ),
    ),
  render: renderRate,
})

const rule = z.object({ reference: z.enum(['product', 'product_type', 'shipping_option']), reference_id: id })
const rateParts = { is_combinable: z.boolean().optional(), metadata }
const ruledParts = { ...rateParts, is_default: z.boolean().optional(), rules: z.array(rule).max(500).optional() }

const regionRoutes: Route[] = [
  ...regions.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/tax-regions',
    summary: 'Create a tax region for a country, or for a province below its country',
    access: 'settings:write',
    body: withAdditional(
      z.strictObject({
        country_code: countryCode,
        province_code: z.string().min(1).max(20).nullish(),
        parent_id: id.nullish(),
        provider_id: id.nullish(),
        default_tax_rate: z.object({ rate: percent.default(0), code: name, name, ...rateParts }).optional(),
        metadata,
      }),
    ),
    fields: regionFields,
    ids: { parent_id: 'tax_region' },
    async handle(request) {
      const { default_tax_rate: given, ...region } = request.body
      const rate = given === undefined ? undefined : { ...given, rate_ppm: ppmOf(given.rate) }
      const made = await write(request, (unit) => createTaxRegion(unit, { ...region, default_tax_rate: rate }, request.context.actorId))
      return regions.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/tax-regions/:id',
    summary: 'Change a tax region',
    access: 'settings:write',
    body: z.strictObject({ province_code: z.string().min(1).max(20).nullish(), provider_id: id.nullish(), metadata }),
    fields: regionFields,
    ids: { id: 'tax_region' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateTaxRegion(unit, wanted, request.body))
      return regions.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/tax-regions/:id',
    summary: 'Remove a tax region with its provinces and rates',
    access: 'settings:write',
    ids: { id: 'tax_region' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteTaxRegion(unit, wanted))
      return deleted('tax_region', wanted)
    },
  }),
]

const rateRoutes: Route[] = [
  ...rates.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/tax-rates',
    summary: 'Create a tax rate, for everything in its region or for what its rules name',
    access: 'settings:write',
    body: z.strictObject({ rate: percent.default(0), code: name, name, tax_region_id: id, ...ruledParts }),
    fields: rateFields,
    ids: { tax_region_id: 'tax_region' },
    async handle(request) {
      const { rate, ...rest } = request.body
      return rates.answer(
        request,
        await write(request, (unit) => createTaxRate(unit, { ...rest, rate_ppm: ppmOf(rate) }, request.context.actorId)),
      )
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/tax-rates/:id',
    summary: 'Change a tax rate',
    access: 'settings:write',
    body: z.strictObject({ name: name.optional(), code: name.optional(), rate: percent.optional(), ...ruledParts }),
    fields: rateFields,
    ids: { id: 'tax_rate' },
    async handle(request) {
      const { rate, ...rest } = request.body
      const wanted = request.params.id as string
      const patch = { ...rest, ...(rate === undefined ? {} : { rate_ppm: ppmOf(rate) }) }
      await write(request, (unit) => updateTaxRate(unit, wanted, patch, request.context.actorId))
      return rates.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/tax-rates/:id/rules',
    summary: 'Let a tax rate hold for one thing more',
    access: 'settings:write',
    body: rule,
    fields: rateFields,
    ids: { id: 'tax_rate' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => addTaxRateRule(unit, wanted, request.body, request.context.actorId))
      return rates.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/tax-rates/:id/rules/:rule_id',
    summary: 'Let a tax rate no longer hold for something',
    access: 'settings:write',
    fields: rateFields,
    ids: { id: 'tax_rate', rule_id: 'tax_rate_rule' },
    async handle(request) {
      const { id: wanted, rule_id: ruleId } = request.params as { id: string; rule_id: string }
      await write(request, (unit) => removeTaxRateRule(unit, wanted, ruleId))
      return { ...deleted('tax_rate_rule', ruleId), parent: (await rates.answer(request, wanted)).tax_rate }
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/tax-rates/:id',
    summary: 'Remove a tax rate',
    access: 'settings:write',
    ids: { id: 'tax_rate' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteTaxRate(unit, wanted))
      return deleted('tax_rate', wanted)
    },
  }),
]

export const routes: Route[] = [...regionRoutes, ...rateRoutes]
