import { z } from 'zod'
import { containsPattern, tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { invalidData, toMajor, toMinor } from '../../kernel/index.js'
import {
  createShippingOption,
  createShippingOptionType,
  createShippingProfile,
  deleteShippingOption,
  type ListedShippingOption,
  listShippingOptionsStatement,
  listShippingOptionTypesStatement,
  listShippingProfilesStatement,
  updateShippingOption,
} from '../../shipping/index.js'
import { amount, deleted, findWithin, id, ids, name, ownerOf, q, reach, reading, text, write } from './shared.js'

const profileFields: FieldsPolicy = { defaults: ['id', 'name', 'type', 'vendor_id', 'metadata', 'created_at', 'updated_at'] }
const typeFields: FieldsPolicy = { defaults: ['id', 'label', 'description', 'code', 'vendor_id', 'created_at', 'updated_at'] }
const optionFields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    'id',
    'name',
    'vendor_id',
    'price_type',
    'service_zone_id',
    'shipping_profile_id',
    'shipping_option_type_id',
    'provider_id',
    'data',
    'metadata',
    'created_at',
    'updated_at',
    'type.*',
    'prices.*',
    'rules.*',
    'service_zone.*',
    'service_zone.fulfillment_set.*',
    'shipping_profile.*',
  ],
}

const profiles = reading({
  path: '/admin/shipping-profiles',
  singular: 'shipping_profile',
  plural: 'shipping_profiles',
  label: 'Shipping profile',
  access: 'shipping:read',
  query: z.strictObject({ q, id: ids }),
  fields: profileFields,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listShippingProfilesStatement(
        tenantOf(request.context),
        { id: query.id ?? null, q: containsPattern(query.q), vendorIds: reach(request, 'shipping:read') },
        page,
      ),
    ),
})

const types = reading({
  path: '/admin/shipping-option-types',
  singular: 'shipping_option_type',
  plural: 'shipping_option_types',
  label: 'Shipping option type',
  access: 'shipping:read',
  query: z.strictObject({ q, id: ids }),
  fields: typeFields,
  orderable: ['id', 'created_at', 'updated_at', 'label'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listShippingOptionTypesStatement(
        tenantOf(request.context),
        { id: query.id ?? null, q: containsPattern(query.q), vendorIds: reach(request, 'shipping:read') },
        page,
      ),
    ),
})

/** Amounts in major units; what the row keeps as columns is shown as Medusa's two rules. */
function renderOption(row: ListedShippingOption): object {
  const { is_return, enabled_in_store, prices, ...option } = row
  const rule = (attribute: string, value: boolean) => ({ attribute, operator: 'eq', value: String(value) })
  return {
    ...option,
    rules: [rule('is_return', is_return), rule('enabled_in_store', enabled_in_store)],
    prices: prices.map(({ amount_minor, ...price }) => ({ ...price, amount: toMajor(amount_minor, price.currency_code) })),
  }
}

const options = reading({
  path: '/admin/shipping-options',
  singular: 'shipping_option',
  plural: 'shipping_options',
  label: 'Shipping option',
  access: 'shipping:read',
  query: z.strictObject({ q, id: ids, service_zone_id: ids, shipping_profile_id: ids, stock_location_id: ids }),
  fields: optionFields,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listShippingOptionsStatement(
        tenantOf(request.context),
        {
          id: query.id ?? null,
          q: containsPattern(query.q),
          vendorIds: reach(request, 'shipping:read'),
          serviceZoneId: query.service_zone_id ?? null,
          profileId: query.shipping_profile_id ?? null,
          locationId: query.stock_location_id ?? null,
        },
        page,
      ),
    ),
  render: renderOption,
})

const price = z.strictObject({ currency_code: currencyCode, amount })
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')])
const rule = z.strictObject({ attribute: z.enum(['is_return', 'enabled_in_store']), operator: z.literal('eq'), value: flag })
const parts = {
  type_id: id.optional(),
  type: z.strictObject({ label: name, code: name, description: text.optional() }).optional(),
  rules: z.array(rule).max(2).optional(),
  data: metadata,
  metadata,
}
const createBody = z.strictObject({
  name,
  service_zone_id: id,
  shipping_profile_id: id,
  provider_id: z.literal('manual_manual').default('manual_manual'),
  price_type: z.literal('flat').default('flat'),
  prices: z.array(price).min(1).max(200),
  ...parts,
})
const updateBody = z.strictObject({
  name: name.optional(),
  shipping_profile_id: id.optional(),
  provider_id: z.literal('manual_manual').optional(),
  price_type: z.literal('flat').optional(),
  prices: z.array(price).min(1).max(200).optional(),
  ...parts,
})

type Rules = z.output<typeof rule>[] | undefined

function flagsOf(rules: Rules): { is_return?: boolean; enabled_in_store?: boolean } {
  const attributes = (rules ?? []).map((given) => given.attribute)
  if (new Set(attributes).size !== attributes.length) throw invalidData('A rule is given twice')
  return Object.fromEntries((rules ?? []).map((given) => [given.attribute, given.value]))
}

const pricesOf = (prices: z.output<typeof price>[]) =>
  prices.map((given) => ({ currency_code: given.currency_code, amount_minor: toMinor(given.amount, given.currency_code) }))

const vocabularyRoutes: Route[] = [
  ...profiles.routes,
  ...types.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/shipping-profiles',
    summary: "Create a shipping profile of a vendor, or of the store's own",
    access: 'shipping:write',
    body: z.strictObject({ name, type: name.default('default'), vendor_id: id.optional(), metadata }),
    fields: profileFields,
    ids: { vendor_id: 'vendor' },
    async handle(request) {
      const made = await write(request, async (unit) => {
        const vendorId = await ownerOf(unit, request, 'shipping:write', request.body.vendor_id)
        return createShippingProfile(unit, { ...request.body, vendor_id: vendorId })
      })
      return profiles.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/shipping-option-types',
    summary: "Create a kind of delivery of a vendor, or of the store's own",
    access: 'shipping:write',
    body: z.strictObject({ label: name, code: name, description: text.optional(), vendor_id: id.optional() }),
    fields: typeFields,
    ids: { vendor_id: 'vendor' },
    async handle(request) {
      const made = await write(request, async (unit) => {
        const vendorId = await ownerOf(unit, request, 'shipping:write', request.body.vendor_id)
        return createShippingOptionType(unit, { ...request.body, vendor_id: vendorId })
      })
      return types.answer(request, made)
    },
  }),
]

const optionRoutes: Route[] = [
  ...options.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/shipping-options',
    summary: "Offer a way of delivery in a service zone; it is the zone's vendor's",
    access: 'shipping:write',
    body: createBody,
    fields: optionFields,
    ids: { service_zone_id: 'service_zone', shipping_profile_id: 'shipping_profile', type_id: 'shipping_option_type' },
    async handle(request) {
      const { rules, prices, provider_id: _provider, price_type: _type, ...rest } = request.body
      const input = { ...rest, ...flagsOf(rules), prices: pricesOf(prices) }
      const made = await write(request, async (unit) => {
        await findWithin(unit, request, 'shipping:write', 'service_zone', input.service_zone_id)
        return createShippingOption(unit, input)
      })
      return options.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/shipping-options/:id',
    summary: 'Change a way of delivery; prices are a whole set',
    access: 'shipping:write',
    body: updateBody,
    fields: optionFields,
    ids: { id: 'shipping_option', shipping_profile_id: 'shipping_profile', type_id: 'shipping_option_type' },
    async handle(request) {
      const wanted = request.params.id as string
      const { rules, prices, provider_id: _provider, price_type: _type, ...rest } = request.body
      const patch = { ...rest, ...flagsOf(rules), ...(prices === undefined ? {} : { prices: pricesOf(prices) }) }
      await write(request, async (unit) => {
        await findWithin(unit, request, 'shipping:write', 'shipping_option', wanted)
        await updateShippingOption(unit, wanted, patch)
      })
      return options.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/shipping-options/:id',
    summary: 'Take a way of delivery out of use',
    access: 'shipping:write',
    ids: { id: 'shipping_option' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'shipping:write', 'shipping_option', wanted)
        await deleteShippingOption(unit, wanted)
      })
      return deleted('shipping_option', wanted)
    },
  }),
]

export const routes: Route[] = [...vocabularyRoutes, ...optionRoutes]
