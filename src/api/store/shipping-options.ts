import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { booleanText, type FieldsPolicy, type RequestContext, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { pricingContextStatement } from '../../pricing/index.js'
import { pricedOptions, renderShippingOption, validShippingOptionsStatement } from '../../shipping/index.js'
import { translated } from '../../translations/index.js'

const price = [
  'id',
  'calculated_amount',
  'original_amount',
  'currency_code',
  'raw_calculated_amount',
  'raw_original_amount',
  'calculated_amount_with_tax',
  'calculated_amount_without_tax',
  'original_amount_with_tax',
  'original_amount_without_tax',
  'is_calculated_price_price_list',
  'is_calculated_price_tax_inclusive',
  'is_original_price_price_list',
  'is_original_price_tax_inclusive',
  'calculated_price.*',
  'original_price.*',
]

/** What a shipping option's answers hold (Store API contract, shipping options list), and whose it is. */
const optionFields: FieldsPolicy = {
  relationsLimit: 4,
  defaults: [
    'id',
    'name',
    'price_type',
    'service_zone_id',
    'shipping_profile_id',
    'shipping_option_type_id',
    'provider_id',
    'data',
    'metadata',
    'amount',
    'is_tax_inclusive',
    'insufficient_inventory',
    'vendor_id',
    'carries_items',
    'type.*',
    'provider.*',
    'rules.*',
    'prices.*',
    'prices.price_rules.*',
    'service_zone.*',
    'service_zone.fulfillment_set.*',
    'service_zone.fulfillment_set.location.*',
    'service_zone.fulfillment_set.location.address.*',
    ...price.map((field) => `calculated_price.${field}`),
  ],
}

/** A list's options have all of it, whatever is named: Medusa reads them so for their prices, and answers what it has read. */
const listFields: FieldsPolicy = { ...optionFields, always: optionFields.defaults }

/** The options of a cart with their prices, in one round trip. Throws not_found for an unknown cart. */
async function optionsOf(
  request: RequestContext<unknown, unknown>,
  cartId: string,
  wanted: { isReturn?: boolean; withCalculated?: boolean },
): Promise<Record<string, unknown>[]> {
  const { context } = request
  const tenantId = tenantOf(context)
  const [contexts, options] = await context.db.readAll(context.scope, [
    pricingContextStatement(tenantId, { cartId, regionId: null, countryCode: null, province: null }),
    validShippingOptionsStatement(tenantId, cartId, context.clock.now(), wanted.isReturn === true),
  ])
  const [pricing] = contexts
  if (pricing === undefined) throw notFound(`Cart id not found: ${cartId}`)
  const rendered = pricedOptions(options).map((option) => renderShippingOption(option, pricing, wanted.withCalculated))
  await translated(context, request.locale, rendered)
  return rendered
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/shipping-options',
    summary: 'How a cart can be sent',
    access: 'public',
    query: z.strictObject({ cart_id: z.string().max(64), is_return: booleanText.optional() }),
    fields: listFields,
    // Every option is answered, since a page could leave a vendor's out; clients send these with every list.
    page: { limit: 20, orderable: ['id'] },
    ids: { cart_id: 'cart' },
    async handle(request) {
      const options = await optionsOf(request, request.query.cart_id, { isReturn: request.query.is_return === true })
      return { shipping_options: options.map((option) => request.fields.project(option)) }
    },
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/shipping-options/:id/calculate',
    summary: 'What a shipping option costs for a cart',
    access: 'public',
    body: z.strictObject({ cart_id: z.string().max(64), data: z.record(z.string().max(200), z.unknown()).optional() }),
    fields: optionFields,
    ids: { id: 'shipping_option', cart_id: 'cart' },
    async handle(request) {
      const options = await optionsOf(request, request.body.cart_id, { withCalculated: true })
      const option = options.find((candidate) => candidate.id === request.params.id)
      if (option === undefined) throw notFound(`Shipping option with id: ${request.params.id} is not available for the cart`)
      return { shipping_option: request.fields.project(option) }
    },
  }),
]
