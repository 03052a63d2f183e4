import { z } from 'zod'
import { tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { currencyCode, type FieldsPolicy, metadata, type Route, route } from '../../http/index.js'
import { currencyOf, invalidData, isCurrency, toMajor, toMinor } from '../../kernel/index.js'
import { schedulePayouts } from '../../payouts/index.js'
import { paymentInstructions, type StoreRow, storesStatement, updateStore } from '../../stores/index.js'
import { localeName } from '../../translations/index.js'
import { currencyRoutes } from '../currencies.js'
import { localeCode } from './translations.js'
import { amount, id, ids, name, percent, percentOf, ppmOf, reading, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: [
    'id',
    'name',
    'default_sales_channel_id',
    'default_region_id',
    'default_location_id',
    'auto_pick_shipping',
    'dispute_liability',
    'commission_on_refund',
    'payment_capture',
    'mail_from_name',
    'storefront_url',
    'storefront_kind',
    'payment_instructions',
    'review_moderation',
    'product_moderation',
    'release_policy',
    'release_delay_days',
    'reserve_rate',
    'reserve_days',
    'payout_interval_days',
    'payout_minimums',
    'metadata',
    'created_at',
    'updated_at',
    'supported_currencies.*',
    'supported_currencies.currency.*',
    'supported_locales.*',
    'supported_locales.locale.*',
  ],
}

const stores = reading({
  path: '/admin/stores',
  singular: 'store',
  plural: 'stores',
  label: 'Store',
  access: 'settings:read',
  query: z.strictObject({ id: ids }),
  narrowing: { table: 'store', columns: { name: 'text' } },
  fields,
  orderable: ['id', 'name', 'created_at', 'updated_at'],
  load: (request, query) => request.context.db.read(request.context.scope, storesStatement(tenantOf(request.context), query.id ?? null)),
  render: ({ reserve_ppm, payout_minimums, ...row }: StoreRow) => ({
    ...row,
    reserve_rate: percentOf(reserve_ppm),
    payout_minimums: Object.fromEntries(Object.entries(payout_minimums).map(([currency, minor]) => [currency, toMajor(minor, currency)])),
    supported_locales: row.supported_locales.map((locale) => ({
      ...locale,
      store_id: row.id,
      locale: { code: locale.locale_code, name: localeName(locale.locale_code) },
    })),
    supported_currencies: row.supported_currencies.map((currency) => ({
      ...currency,
      store_id: row.id,
      currency: currencyOf(currency.currency_code),
    })),
  }),
})

/** @throws invalid_data for a currency that nobody knows, and for an amount that is finer than it */
function minimumsOf(wanted: Record<string, number>): Record<string, number> {
  const unknown = Object.keys(wanted).find((code) => !isCurrency(code))
  if (unknown !== undefined) throw invalidData(`Currency with code: ${unknown} is not known`)
  return Object.fromEntries(Object.entries(wanted).map(([code, major]) => [code, Number(toMinor(major, code))]))
}

export const routes: Route[] = [
  ...stores.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/stores/:id',
    summary: 'Change the store: its name, currencies, defaults, and how it completes carts',
    access: 'settings:write',
    body: z.strictObject({
      name: name.optional(),
      supported_locales: z
        .array(z.object({ locale_code: localeCode, is_default: z.boolean().optional() }))
        .max(100)
        .optional(),
      supported_currencies: z
        .array(
          // Clients send back what they were answered, of which the rest is not theirs to say.
          z.object({ currency_code: currencyCode, is_default: z.boolean().optional(), is_tax_inclusive: z.boolean().optional() }),
        )
        .min(1)
        .max(200)
        .optional(),
      default_sales_channel_id: id.nullish(),
      default_region_id: id.nullish(),
      default_location_id: id.nullish(),
      auto_pick_shipping: z.boolean().optional(),
      dispute_liability: z.enum(['vendor', 'store']).optional(),
      commission_on_refund: z.enum(['proportional', 'return', 'keep']).optional(),
      payment_capture: z.enum(['manual', 'automatic']).optional(),
      mail_from_name: name.nullish(),
      review_moderation: z.boolean().optional(),
      product_moderation: z.boolean().optional(),
      release_policy: z.enum(['on_payment', 'on_shipment', 'on_delivery', 'manual']).optional(),
      release_delay_days: z.int().min(0).max(90).optional(),
      reserve_rate: percent.optional(),
      reserve_days: z.int().min(0).max(365).optional(),
      payout_interval_days: z.int().min(0).max(90).optional(),
      payout_minimums: z.record(currencyCode, amount).optional(),
      storefront_url: z
        .url({ protocol: /^https?$/ })
        .max(500)
        .nullish(),
      storefront_kind: z.enum(['stoa', 'medusa']).nullish(),
      payment_instructions: paymentInstructions.optional(),
      metadata,
    }),
    fields,
    ids: { id: 'store', default_sales_channel_id: 'sales_channel', default_region_id: 'region', default_location_id: 'stock_location' },
    async handle(request) {
      const wanted = request.params.id as string
      const { reserve_rate, payout_minimums, ...patch } = request.body
      await write(request, async (unit) => {
        await updateStore(unit, wanted, {
          ...patch,
          reserve_ppm: reserve_rate === undefined ? undefined : ppmOf(reserve_rate),
          payout_minimums: payout_minimums === undefined ? undefined : minimumsOf(payout_minimums),
        })
        if (patch.payout_interval_days !== undefined) await schedulePayouts(unit, request.context)
        if (patch.release_policy !== undefined || patch.release_delay_days !== undefined) {
          await emit(unit, 'store.release_policy_changed', {}, { requestId: request.context.requestId })
        }
      })
      return stores.answer(request, wanted)
    },
  }),
  ...currencyRoutes('admin', 'settings:read'),
]
