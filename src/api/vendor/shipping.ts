import { z } from 'zod'
import { readPage, singlePage, tenantOf, type Unit, vendorOf } from '../../db/index.js'
import { countryCode, currencyCode, type FieldsPolicy, type Route, route } from '../../http/index.js'
import { invalidData, limits, toMinor } from '../../kernel/index.js'
import { storeCurrenciesStatement } from '../../regions/index.js'
import { offeredOptionsStatement, renderOfferedOption } from '../../shipping/index.js'
import { addShippingOption } from '../../vendors/index.js'
import { listed } from '../store/shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'name',
    'price_type',
    'service_zone_id',
    'shipping_profile_id',
    'provider_id',
    'location_id',
    'enabled_in_store',
    'countries',
    'metadata',
    'created_at',
    'updated_at',
    'type.*',
    'prices.*',
  ],
}

const id = z.string().min(1).max(64)
const name = z.string().trim().min(1).max(limits.name_characters)
const body = z.strictObject({
  name,
  countries: z.array(countryCode).min(1).max(250),
  prices: z
    .array(z.strictObject({ currency_code: currencyCode, amount: z.number().min(0) }))
    .min(1)
    .max(limits.pricesOfVariant),
  type_code: name.optional(),
  type_label: name.optional(),
  location_id: id.optional(),
  shipping_profile_id: id.optional(),
})
type Prices = z.output<typeof body>['prices']

async function chargeable(unit: Unit, prices: Prices) {
  const known = await unit.run(storeCurrenciesStatement(tenantOf(unit)))
  const seen = new Set<string>()
  return prices.map(({ currency_code, amount }) => {
    if (!known.some((row) => row.currency_code === currency_code)) {
      throw invalidData(`Currency with code: ${currency_code} is not one of the store's`)
    }
    if (seen.has(currency_code)) throw invalidData(`There are two prices in ${currency_code}`)
    seen.add(currency_code)
    return { currency_code, amount_minor: toMinor(amount, currency_code) }
  })
}

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/shipping-options',
    summary: 'List the ways of delivery that the vendor offers',
    access: 'shipping:read',
    fields,
    page: { limit: 50, orderable: ['id'] },
    async handle(request) {
      const { context, page } = request
      const { rows, count } = await readPage(context, page, (part) => offeredOptionsStatement(tenantOf(context), null, part))
      return listed('shipping_options', rows.map(renderOfferedOption), request, count)
    },
  }),
  route({
    surface: 'vendor',
    method: 'POST',
    path: '/vendor/shipping-options',
    summary: 'Offer a way of delivery at a flat price',
    access: 'shipping:write',
    body,
    fields,
    ids: { location_id: 'stock_location', shipping_profile_id: 'shipping_profile' },
    async handle(request) {
      const { context } = request
      const { name: title, countries, prices, type_code, type_label, location_id, shipping_profile_id } = request.body
      const made = await context.db.unitOfWork(context.scope, async (unit) =>
        addShippingOption(unit, {
          vendor_id: vendorOf(context),
          name: title,
          countries,
          prices: await chargeable(unit, prices),
          type_code: type_code ?? 'standard',
          ...(type_label === undefined ? {} : { type_label }),
          ...(location_id === undefined ? {} : { location_id }),
          ...(shipping_profile_id === undefined ? {} : { profile_id: shipping_profile_id }),
        }),
      )
      const [row] = await context.db.read(context.scope, offeredOptionsStatement(tenantOf(context), made, singlePage))
      return { shipping_option: request.fields.project(renderOfferedOption(row as NonNullable<typeof row>)) }
    },
  }),
]
