import { z } from 'zod'
import { wordPatterns, singlePage, tenantOf, type Unit } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { alreadyExists, invalidData, limits, notFound, toMajor, toMinor } from '../../kernel/index.js'
import { totalOperators } from '../../pricing/index.js'
import { regionStatement } from '../../regions/index.js'
import {
  changeShippingOptionRules,
  createShippingOption,
  createShippingProfile,
  deleteShippingOption,
  deleteShippingProfile,
  type ListedShippingOption,
  listShippingOptionsStatement,
  listShippingProfilesStatement,
  type OptionPrice,
  optionPricesStatement,
  renderPrices,
  ruleOperators,
  rulesOf,
  type SetPrice,
  updateShippingOption,
  updateShippingProfile,
} from '../../shipping/index.js'
import { type AnyRequest, amount, findWithin, id, ids, name, ownerOf, q, reach, reading, removal, text, write } from './shared.js'

/** Of all zones of a page of locations. */
const optionsOfZones = 1_000

const profileFields: FieldsPolicy = { defaults: ['id', 'name', 'type', 'vendor_id', 'metadata', 'created_at', 'updated_at', 'deleted_at'] }
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
    'deleted_at',
    'type.*',
    'provider.*',
    'prices.*',
    'prices.price_rules.*',
    'rules.*',
    'service_zone.*',
    'service_zone.fulfillment_set.*',
    'shipping_profile.*',
  ],
  extra: ['service_zone.fulfillment_set.location.*'],
}

const profiles = reading({
  path: '/admin/shipping-profiles',
  limit: 20,
  singular: 'shipping_profile',
  plural: 'shipping_profiles',
  label: 'Shipping profile',
  access: 'shipping:read',
  query: z.strictObject({ q, id: ids }),
  narrowing: { table: 'shipping_profile', columns: { name: 'text', type: 'text' } },
  fields: profileFields,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listShippingProfilesStatement(
        tenantOf(request.context),
        { id: query.id ?? null, q: wordPatterns(query.q), vendorIds: reach(request, 'shipping:read') },
        page,
      ),
    ),
})

/** Amounts in major units; what the row keeps as columns is shown as rules, too. */
function renderOption(row: ListedShippingOption): object {
  const { is_return, enabled_in_store, prices, ...option } = row
  const { id: shipping_option_id, created_at, updated_at } = row
  const rules = rulesOf(row).map((rule) => ({ ...rule, shipping_option_id, created_at, updated_at, deleted_at: null }))
  return { ...option, provider: { id: row.provider_id, is_enabled: true }, rules, prices: renderPrices(prices) }
}

/** Ways of delivery by the zone that they are in, as answers show them. */
export async function readOptionsOfZones({ context }: AnyRequest, zoneIds: string[]): Promise<Map<string, object[]>> {
  const filter = { id: null, q: null, vendorIds: null, serviceZoneId: zoneIds, profileId: null, locationId: null }
  const page = { ...singlePage, limit: optionsOfZones }
  const rows = await context.db.read(context.scope, listShippingOptionsStatement(tenantOf(context), filter, page))
  const byZone = new Map<string, object[]>()
  for (const row of rows) byZone.set(row.service_zone_id, [...(byZone.get(row.service_zone_id) ?? []), renderOption(row)])
  return byZone
}

const options = reading({
  path: '/admin/shipping-options',
  singular: 'shipping_option',
  plural: 'shipping_options',
  label: 'Shipping option',
  limit: 20,
  missing: (wanted) => `Shipping Option with id: ${wanted} not found`,
  access: 'shipping:read',
  query: z.strictObject({ q, id: ids, service_zone_id: ids, shipping_profile_id: ids, stock_location_id: ids }),
  narrowing: {
    table: 'shipping_option',
    columns: {
      name: 'text',
      price_type: 'text',
      provider_id: 'text',
      shipping_option_type_id: 'text',
      is_return: 'boolean',
      enabled_in_store: 'boolean',
    },
  },
  fields: optionFields,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  load: (request, query, page) =>
    request.context.db.read(
      request.context.scope,
      listShippingOptionsStatement(
        tenantOf(request.context),
        {
          id: query.id ?? null,
          q: wordPatterns(query.q),
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

const totalRule = z.strictObject({ attribute: z.literal('item_total'), operator: z.enum(totalOperators), value: amount })
/** Prices are a whole set, in which one keeps the id that it has and is sent back with. */
const priceParts = { id: id.optional(), amount, rules: z.array(totalRule).max(10).optional() }
/** In a currency, or in a region and its currency. Rules are about what the goods cost. */
const price = z.union([z.strictObject({ currency_code: currencyCode, ...priceParts }), z.strictObject({ region_id: id, ...priceParts })])
const prices = z.array(price).max(200)
/** A price that is there is known by its id, and keeps what is not said of it. */
const changedPrices = z
  .array(
    z.union([
      ...price.options,
      z.strictObject({ ...priceParts, id, currency_code: currencyCode.optional(), region_id: id.optional(), amount: amount.optional() }),
    ]),
  )
  .max(200)
const priceType = z.enum(['calculated', 'flat'])
const ruleValue = z.union([z.string().max(500), z.array(z.string().max(500)).max(limits.idsInFilter), z.boolean().transform(String)])
const rule = z.strictObject({ operator: z.enum(ruleOperators), attribute: name, value: ruleValue })
const ruleList = z.array(rule.extend({ id: id.optional() })).max(limits.rulesOfShippingOption + 2)
const ruleBatch = z.strictObject({
  create: z.array(rule).max(limits.rulesOfShippingOption).default([]),
  update: z
    .array(rule.partial().extend({ id }))
    .max(limits.rulesOfShippingOption + 2)
    .default([]),
  delete: z
    .array(id)
    .max(limits.rulesOfShippingOption + 2)
    .default([]),
})
const parts = {
  type_id: id.optional(),
  type: z.strictObject({ label: name, code: name, description: text.optional() }).optional(),
  rules: ruleList.optional(),
  data: metadata,
  metadata,
}
const createBody = z.strictObject({
  name,
  service_zone_id: id,
  shipping_profile_id: id,
  provider_id: id.default('manual_manual'),
  price_type: priceType.default('flat'),
  prices: prices.default([]),
  ...parts,
})
const updateBody = z.strictObject({
  name: name.optional(),
  shipping_profile_id: id.optional(),
  provider_id: id.optional(),
  price_type: priceType.optional(),
  prices: changedPrices.optional(),
  ...parts,
})

/** Throws invalid_data for a total that is compared twice in one way. */
function refuseSecondRule(rules: readonly z.output<typeof totalRule>[]): void {
  const second = rules.find((rule, index) => rules.findIndex((one) => one.operator === rule.operator) < index)
  if (second !== undefined) throw alreadyExists(`Price rule with attribute: item_total, operator: ${second.operator}, already exists.`)
}

/** Prices as commands take them, amounts in minor units. Throws invalid_data for a region that is not there, and for an amount. */
async function pricesOf(unit: Unit, given: readonly z.output<typeof price>[], known: readonly SetPrice[] = []): Promise<OptionPrice[]> {
  const currencies = new Map<string, string>()
  for (const { region_id } of given.filter((one) => 'region_id' in one)) {
    const [region] = await unit.run(regionStatement(tenantOf(unit), region_id))
    if (region === undefined) {
      throw invalidData(`Cannot create prices for non-existent regions. Region with ids [${region_id}] were not found.`)
    }
    currencies.set(region_id, region.currency_code)
  }
  for (const { rules = [] } of given) refuseSecondRule(rules)
  return given.map((one) => {
    const inRegion = 'region_id' in one
    const currency_code = inRegion ? (currencies.get(one.region_id) as string) : one.currency_code
    return {
      ...(known.some((before) => before.id === one.id) ? { id: one.id } : {}),
      currency_code,
      region_id: inRegion ? one.region_id : null,
      amount_minor: toMinor(one.amount, currency_code),
      item_total_rules: (one.rules ?? []).map(({ operator, value }) => ({ operator, value_minor: Number(toMinor(value, currency_code)) })),
    }
  })
}

type ChangedPrice = z.output<typeof changedPrices>[number]

/** A changed price with what it keeps. Throws not_found for one that the option does not have. */
function wholePrice(given: ChangedPrice, known: readonly SetPrice[]): z.output<typeof price> {
  const { id: priceId, amount: major, rules, currency_code, region_id } = { currency_code: undefined, region_id: undefined, ...given }
  const before = known.find((one) => one.id === priceId)
  if (major !== undefined && (currency_code !== undefined || region_id !== undefined)) return given as z.output<typeof price>
  if (before === undefined) throw notFound(`Price with id: ${priceId} was not found`)
  const currency = currency_code ?? before.currency_code
  if (major === undefined && currency !== before.currency_code) throw invalidData('A price that changes its currency needs an amount')
  const region = region_id ?? (currency_code === undefined ? before.region_id : null)
  const keptRules = (before.item_total_rules ?? []).map(({ operator, value_minor }) => ({
    attribute: 'item_total' as const,
    operator,
    value: toMajor(value_minor, before.currency_code),
  }))
  const parts = { id: priceId, amount: major ?? toMajor(before.amount_minor, before.currency_code), rules: rules ?? keptRules }
  return region == null ? { currency_code: currency, ...parts } : { region_id: region, ...parts }
}

/** The prices that an option has from now on. */
async function changedPricesOf(unit: Unit, optionId: string, given: readonly ChangedPrice[]): Promise<OptionPrice[]> {
  const [option] = await unit.run(optionPricesStatement(tenantOf(unit), optionId))
  const known = option?.prices ?? []
  return pricesOf(
    unit,
    given.map((one) => wholePrice(one, known)),
    known,
  )
}

const vocabularyRoutes: Route[] = [
  ...profiles.routes,
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
    path: '/admin/shipping-profiles/:id',
    summary: 'Change a shipping profile',
    access: 'shipping:write',
    body: z.strictObject({ name: name.optional(), type: name.optional(), metadata }),
    fields: profileFields,
    ids: { id: 'shipping_profile' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, async (unit) => {
        await findWithin(unit, request, 'shipping:write', 'shipping_profile', wanted)
        await updateShippingProfile(unit, wanted, request.body)
      })
      return profiles.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/shipping-profiles',
    object: 'shipping_profile',
    kind: 'unused_shipping_profile',
    summary: 'Take a shipping profile that nothing is of out of use',
    access: 'shipping:write',
    within: 'shipping_profile',
    remove: deleteShippingProfile,
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
    ids: {
      service_zone_id: 'service_zone',
      shipping_profile_id: 'shipping_profile',
      type_id: 'shipping_option_type',
      prices: 'part_sent_back',
      rules: 'part_sent_back',
    },
    async handle(request) {
      const { prices: given, ...input } = request.body
      const made = await write(request, async (unit) => {
        await findWithin(unit, request, 'shipping:write', 'service_zone', input.service_zone_id)
        return createShippingOption(unit, { ...input, prices: await pricesOf(unit, given) })
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
    ids: {
      id: 'shipping_option',
      shipping_profile_id: 'shipping_profile',
      type_id: 'shipping_option_type',
      prices: 'part_sent_back',
      rules: 'part_sent_back',
    },
    async handle(request) {
      const wanted = request.params.id as string
      const { prices: given, ...patch } = request.body
      await write(request, async (unit) => {
        await findWithin(unit, request, 'shipping:write', 'shipping_option', wanted)
        await updateShippingOption(
          unit,
          wanted,
          given === undefined ? patch : { ...patch, prices: await changedPricesOf(unit, wanted, given) },
        )
      })
      return options.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/shipping-options/:id/rules/batch',
    summary: 'Make, change and take away rules of a way of delivery',
    access: 'shipping:write',
    body: ruleBatch,
    ids: { id: 'shipping_option', update: 'part_sent_back' },
    async handle(request) {
      const wanted = request.params.id as string
      const { create, update, delete: gone } = request.body
      const changed = await write(request, async (unit) => {
        await findWithin(unit, request, 'shipping:write', 'shipping_option', wanted)
        return changeShippingOptionRules(unit, wanted, { create, update, delete: gone })
      })
      return { ...changed, deleted: { ids: gone, object: 'shipping_option_rule', deleted: true } }
    },
  }),
  removal({
    path: '/admin/shipping-options',
    object: 'shipping_option',
    summary: 'Take a way of delivery out of use',
    access: 'shipping:write',
    within: 'shipping_option',
    remove: deleteShippingOption,
  }),
]

export const routes: Route[] = [...vocabularyRoutes, ...optionRoutes]
