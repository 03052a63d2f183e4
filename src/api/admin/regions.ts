import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { countryCode, currencyCode, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { limits } from '../../kernel/index.js'
import {
  createPricePreference,
  createRegion,
  deletePricePreference,
  deleteRegion,
  type ListedRegion,
  listPricePreferencesStatement,
  regionsOfStoreStatement,
  renderRegion,
  updatePricePreference,
  updateRegion,
} from '../../regions/index.js'
import { deleted, ids, name, q, reading, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'name',
    'currency_code',
    'automatic_taxes',
    'is_tax_inclusive',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'countries.*',
    'payment_providers.*',
  ],
}

const regions = reading({
  path: '/admin/regions',
  singular: 'region',
  plural: 'regions',
  label: 'Region',
  missing: (wanted) => `Region with id: ${wanted} not found`,
  access: 'settings:read',
  query: z.strictObject({ q, id: ids, name: oneOrMany.optional(), currency_code: oneOrMany.optional() }),
  narrowing: { table: 'region', columns: { name: 'text', currency_code: 'text' } },
  fields,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      regionsOfStoreStatement(
        tenantOf(context),
        { id: query.id ?? null, q: wordPatterns(query.q), name: query.name ?? null, currencyCode: query.currency_code ?? null },
        page,
      ),
    ),
  render: (row: ListedRegion) => renderRegion(row),
})

const parts = {
  countries: z.array(countryCode).max(250).optional(),
  automatic_taxes: z.boolean().optional(),
  is_tax_inclusive: z.boolean().optional(),
  payment_providers: z.array(z.string().max(limits.name_characters)).max(50).optional(),
  metadata,
}

const preferenceFields: FieldsPolicy = {
  defaults: ['id', 'attribute', 'value', 'is_tax_inclusive', 'created_at', 'updated_at', 'deleted_at'],
}

const preferences = reading({
  path: '/admin/price-preferences',
  singular: 'price_preference',
  plural: 'price_preferences',
  label: 'Price preference',
  access: 'settings:read',
  query: z.strictObject({ id: ids, attribute: oneOrMany.optional(), value: oneOrMany.optional() }),
  narrowing: { table: 'price_preference', columns: { attribute: 'text', value: 'text', is_tax_inclusive: 'boolean' } },
  fields: preferenceFields,
  limit: 300,
  load: ({ context }, query, page) =>
    context.db.read(
      context.scope,
      listPricePreferencesStatement(
        tenantOf(context),
        { id: query.id ?? null, attribute: query.attribute ?? null, value: query.value ?? null },
        page,
      ),
    ),
})

const regionRoutes: Route[] = [
  ...regions.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/regions',
    summary: 'Create a region with its countries and payment providers',
    access: 'settings:write',
    body: z.strictObject({ name, currency_code: currencyCode, ...parts }),
    fields,
    handle: async (request) => regions.answer(request, await write(request, (unit) => createRegion(unit, request.body))),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/regions/:id',
    summary: 'Change a region',
    access: 'settings:write',
    body: z.strictObject({ name: name.optional(), currency_code: currencyCode.optional(), ...parts }),
    fields,
    ids: { id: 'region' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateRegion(unit, wanted, request.body))
      return regions.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/regions/:id',
    summary: 'Take a region out of use',
    access: 'settings:write',
    ids: { id: 'region' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deleteRegion(unit, wanted))
      return deleted('region', wanted)
    },
  }),
]

const preferenceRoutes: Route[] = [
  ...preferences.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/price-preferences',
    summary: 'Say whether prices of a region or currency include tax',
    access: 'settings:write',
    body: z.strictObject({
      attribute: z.enum(['region_id', 'currency_code']),
      value: z.string().min(1).max(64),
      is_tax_inclusive: z.boolean().default(false),
    }),
    fields: preferenceFields,
    ids: { value: 'region' },
    handle: async (request) => preferences.answer(request, await write(request, (unit) => createPricePreference(unit, request.body))),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/price-preferences/:id',
    summary: 'Change a price preference',
    access: 'settings:write',
    body: z.strictObject({
      attribute: z.enum(['region_id', 'currency_code']).optional(),
      value: z.string().min(1).max(64).optional(),
      is_tax_inclusive: z.boolean().optional(),
    }),
    fields: preferenceFields,
    ids: { id: 'price_preference', value: 'region' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updatePricePreference(unit, wanted, request.body))
      return preferences.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/price-preferences/:id',
    summary: 'Remove a price preference',
    access: 'settings:write',
    ids: { id: 'price_preference' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => deletePricePreference(unit, wanted))
      return deleted('price_preference', wanted)
    },
  }),
]

export const routes: Route[] = [...regionRoutes, ...preferenceRoutes]
