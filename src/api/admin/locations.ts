import { z } from 'zod'
import { tenantOf, type Unit, wordPatterns } from '../../db/index.js'
import { countryCode, type FieldsPolicy, freeObject, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import {
  changeLocationChannels,
  changeLocationProviders,
  createFulfillmentSet,
  createServiceZone,
  createStockLocation,
  deleteFulfillmentSet,
  deleteServiceZone,
  deleteStockLocation,
  fulfillmentSetStatement,
  listStockLocationsStatement,
  type StockLocationRow,
  updateServiceZone,
  updateStockLocation,
} from '../../shipping/index.js'
import {
  type AnyRequest,
  deleted,
  findWithin,
  id,
  ids,
  links,
  name,
  ownerOf,
  q,
  reach,
  reading,
  readWithin,
  removal,
  write,
} from './shared.js'
import { readOptionsOfZones } from './shipping.js'

const fields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    'id',
    'name',
    'vendor_id',
    'metadata',
    'created_at',
    'updated_at',
    'deleted_at',
    'address.*',
    'sales_channels.*',
    'fulfillment_providers.*',
    'fulfillment_sets.*',
    'fulfillment_sets.service_zones.*',
    'fulfillment_sets.service_zones.geo_zones.*',
  ],
  extra: [
    'fulfillment_sets.service_zones.shipping_options.*',
    'fulfillment_sets.service_zones.shipping_options.rules.*',
    'fulfillment_sets.service_zones.shipping_options.shipping_profile.*',
    'fulfillment_sets.service_zones.shipping_options.type.*',
    'fulfillment_sets.service_zones.shipping_options.prices.*',
  ],
}
const setFields: FieldsPolicy = {
  defaults: ['id', 'name', 'type', 'location_id', 'created_at', 'updated_at', 'deleted_at', 'service_zones.*', 'service_zones.geo_zones.*'],
}

const locations = reading({
  path: '/admin/stock-locations',
  singular: 'stock_location',
  plural: 'stock_locations',
  label: 'Stock location',
  access: 'shipping:read',
  query: z.strictObject({ q, id: ids, name: oneOrMany.optional(), sales_channel_id: ids }),
  narrowing: { table: 'stock_location', columns: { name: 'text' } },
  fields,
  limit: 20,
  orderable: ['id', 'created_at', 'updated_at', 'name'],
  async load(request, query, page) {
    const filter = {
      id: query.id ?? null,
      name: query.name ?? null,
      q: wordPatterns(query.q),
      salesChannelId: query.sales_channel_id ?? null,
      vendorIds: reach(request, 'shipping:read'),
    }
    const { context, fields: tree } = request
    const rows = await context.db.read(context.scope, listStockLocationsStatement(tenantOf(context), filter, page))
    return tree.has('fulfillment_sets.service_zones.shipping_options') ? withOptions(request, rows) : rows
  },
})

/** Locations whose zones tell which ways of delivery there are in them. */
async function withOptions(request: AnyRequest, locations: StockLocationRow[]): Promise<StockLocationRow[]> {
  const options = await readOptionsOfZones(
    request,
    locations.flatMap(({ fulfillment_sets: sets }) => sets.flatMap(({ service_zones: zones }) => zones.map(({ id: zone }) => zone))),
  )
  return locations.map((location) => ({
    ...location,
    fulfillment_sets: location.fulfillment_sets.map((set) => ({
      ...set,
      service_zones: set.service_zones.map((zone) => ({ ...zone, shipping_options: options.get(zone.id) ?? [] })),
    })),
  }))
}

const place = z.string().max(300).nullish()
const address = z.object({
  address_1: z.string().trim().min(1).max(300),
  country_code: countryCode,
  address_2: place,
  company: place,
  city: place,
  phone: place,
  postal_code: place,
  province: place,
  metadata,
})

/** One that a client sends back with its id keeps it. */
const zoneId = { id: id.optional() }
const geoZone = z.discriminatedUnion('type', [
  z.object({ ...zoneId, type: z.literal('country'), country_code: countryCode }),
  z.object({ ...zoneId, type: z.literal('province'), country_code: countryCode, province_code: name }),
  z.object({ ...zoneId, type: z.literal('city'), country_code: countryCode, province_code: name, city: name }),
  z.object({
    ...zoneId,
    type: z.literal('zip'),
    country_code: countryCode,
    province_code: name,
    city: name,
    // Postal codes; or an expression as Medusa's clients write one, which codes that it has as keys meet.
    postal_expression: z.union([z.array(z.string().max(20)).min(1).max(1_000), freeObject]),
  }),
])

/** Changes what the path names, where it is of a vendor whose shipping the caller may change. Answers its id. */
async function change(
  request: AnyRequest,
  table: 'stock_location' | 'fulfillment_set',
  fn: (unit: Unit, id: string) => Promise<unknown>,
): Promise<string> {
  const wanted = request.params.id as string
  await write(request, async (unit) => {
    await findWithin(unit, request, 'shipping:write', table, wanted)
    await fn(unit, wanted)
  })
  return wanted
}

const locationRoutes: Route[] = [
  ...locations.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/stock-locations',
    summary: "Create a stock location of a vendor, or of the store's own",
    access: 'shipping:write',
    body: z.strictObject({ name, vendor_id: id.optional(), address: address.optional(), metadata }),
    fields,
    ids: { vendor_id: 'vendor' },
    async handle(request) {
      const made = await write(request, async (unit) => {
        const vendorId = await ownerOf(unit, request, 'shipping:write', request.body.vendor_id)
        return createStockLocation(unit, { ...request.body, vendor_id: vendorId })
      })
      return locations.answer(request, made)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/stock-locations/:id',
    summary: 'Change a stock location',
    access: 'shipping:write',
    body: z.strictObject({ name: name.optional(), address: address.optional(), metadata }),
    fields,
    ids: { id: 'stock_location' },
    async handle(request) {
      return locations.answer(
        request,
        await change(request, 'stock_location', (unit, locationId) => updateStockLocation(unit, locationId, request.body)),
      )
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/stock-locations/:id/sales-channels',
    summary: 'Let a location serve sales channels, or no longer',
    access: 'shipping:write',
    body: links,
    fields,
    ids: { id: 'stock_location', add: 'sales_channel', remove: 'sales_channel' },
    async handle(request) {
      return locations.answer(
        request,
        await change(request, 'stock_location', (unit, locationId) => changeLocationChannels(unit, locationId, request.body)),
      )
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/stock-locations/:id/fulfillment-sets',
    summary: 'Add a fulfilment set to a location',
    access: 'shipping:write',
    body: z.strictObject({ name, type: name }),
    fields,
    ids: { id: 'stock_location' },
    async handle(request) {
      return locations.answer(
        request,
        await change(request, 'stock_location', (unit, locationId) => createFulfillmentSet(unit, locationId, request.body)),
      )
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/stock-locations/:id/fulfillment-providers',
    summary: 'Say who carries what is sent from a location',
    access: 'shipping:write',
    body: links,
    fields,
    ids: { id: 'stock_location', add: 'fulfillment_provider', remove: 'fulfillment_provider' },
    async handle(request) {
      return locations.answer(
        request,
        await change(request, 'stock_location', (unit, locationId) => changeLocationProviders(unit, locationId, request.body)),
      )
    },
  }),
  removal({
    path: '/admin/stock-locations',
    object: 'stock_location',
    summary: 'Take a location out of use',
    access: 'shipping:write',
    within: 'stock_location',
    remove: deleteStockLocation,
  }),
]

async function setAnswer({ context, fields: tree }: AnyRequest, wanted: string) {
  const [set] = await context.db.read(context.scope, fulfillmentSetStatement(tenantOf(context), wanted))
  return tree.project(set)
}

const setRoutes: Route[] = [
  removal({
    path: '/admin/fulfillment-sets',
    object: 'fulfillment_set',
    summary: 'Take a fulfilment set out of use, with its zones and options',
    access: 'shipping:write',
    within: 'fulfillment_set',
    remove: deleteFulfillmentSet,
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/fulfillment-sets/:id/service-zones',
    summary: 'Add a service zone to a fulfilment set',
    access: 'shipping:write',
    body: z.strictObject({ name, geo_zones: z.array(geoZone).max(500).default([]) }),
    fields: setFields,
    ids: { id: 'fulfillment_set', geo_zones: 'part_sent_back' },
    async handle(request) {
      const wanted = await change(request, 'fulfillment_set', (unit, setId) => createServiceZone(unit, setId, request.body))
      return { fulfillment_set: await setAnswer(request, wanted) }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/fulfillment-sets/:id/service-zones/:zone_id',
    summary: 'A service zone of a fulfilment set',
    access: 'shipping:read',
    fields: { defaults: ['*', 'geo_zones.*'], extra: ['fulfillment_set.*', 'shipping_options.*', 'shipping_options.rules.*'] },
    ids: { id: 'fulfillment_set', zone_id: 'service_zone' },
    async handle(request) {
      const { context, params } = request
      const wanted = params.id as string
      await readWithin(request, 'shipping:read', 'fulfillment_set', wanted)
      const [set] = await context.db.read(context.scope, fulfillmentSetStatement(tenantOf(context), wanted))
      const { service_zones: zones = [], ...ofSet } = set ?? {}
      const zone = zones.find((candidate) => candidate.id === params.zone_id)
      if (zone === undefined) throw notFound(`Service zone with id: ${params.zone_id} not found`)
      const options = request.fields.has('shipping_options') ? await readOptionsOfZones(request, [zone.id]) : new Map<string, object[]>()
      const whole = { ...zone, fulfillment_set: ofSet, shipping_options: options.get(zone.id) ?? [] }
      return { service_zone: request.fields.project(whole) }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/fulfillment-sets/:id/service-zones/:zone_id',
    summary: 'Rename a service zone, or set what it covers',
    access: 'shipping:write',
    body: z.strictObject({ name: name.nullish(), geo_zones: z.array(geoZone).max(500).optional() }),
    fields: setFields,
    ids: { id: 'fulfillment_set', zone_id: 'service_zone', geo_zones: 'part_sent_back' },
    async handle(request) {
      const { name: given, geo_zones } = request.body
      const patch = { name: given ?? undefined, geo_zones }
      const zoneId = request.params.zone_id as string
      const wanted = await change(request, 'fulfillment_set', (unit, setId) => updateServiceZone(unit, setId, zoneId, patch))
      return { fulfillment_set: await setAnswer(request, wanted) }
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/fulfillment-sets/:id/service-zones/:zone_id',
    summary: 'Take a service zone out of use, with its options',
    access: 'shipping:write',
    fields: setFields,
    ids: { id: 'fulfillment_set', zone_id: 'service_zone' },
    async handle(request) {
      const zoneId = request.params.zone_id as string
      const wanted = await change(request, 'fulfillment_set', (unit, setId) => deleteServiceZone(unit, setId, zoneId))
      return { ...deleted('service_zone', zoneId), parent: await setAnswer(request, wanted) }
    },
  }),
]

export const routes: Route[] = [...locationRoutes, ...setRoutes]
