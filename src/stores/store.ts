import { mergedMetadata, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData, isCurrency, notFound } from '../kernel/index.js'
import { type CommissionPolicy, paymentProviderOf } from '../payments/index.js'
import { setPricePreference } from '../regions/index.js'
import { replaceLocales, type StoreLocaleInput } from '../translations/index.js'
import type { PaymentInstructions } from './payment-instructions.js'

export interface StoreRow {
  id: string
  name: string
  default_sales_channel_id: string | null
  default_region_id: string | null
  default_location_id: string | null
  auto_pick_shipping: boolean
  payment_capture: 'manual' | 'automatic'
  /** Who bears a dispute that is lost. */
  dispute_liability: 'vendor' | 'store'
  /** What of the commission goes back with a refund. */
  commission_on_refund: CommissionPolicy
  mail_from_name: string | null
  /** Where the links in mails lead; the store’s host here unless it is given. */
  storefront_url: string | null
  /** Whose pages links in mails name; null where the address says it. */
  storefront_kind: StorefrontKind | null
  payment_instructions: PaymentInstructions
  /** New reviews wait until the store's staff publishes them. */
  review_moderation: boolean
  product_moderation: boolean
  /** When vendors are released what they are owed, and so many days after delivery. */
  release_policy: 'on_payment' | 'on_shipment' | 'on_delivery' | 'manual'
  release_delay_days: number
  /** A part of each first release is kept back for so many days. */
  reserve_ppm: number
  reserve_days: number
  /** Vendors that are paid by hand are paid so often; never by itself at 0. */
  payout_interval_days: number
  /** By currency, in minor units: less than this waits for the next payout. */
  payout_minimums: Record<string, number>
  metadata: object | null
  created_at: Date
  updated_at: Date
  supported_currencies: { id: string; currency_code: string; is_default: boolean; is_tax_inclusive: boolean; created_at: string }[]
  supported_locales: { locale_code: string; is_default: boolean; created_at: string }[]
  count: number
}

/** Pages as Stoa's own storefronts have them, or as Medusa's starter has. */
export type StorefrontKind = 'stoa' | 'medusa'

/** The tenant's store, with its currencies: its own before the others. */
export function storesStatement(tenantId: string, id: string[] | null): Statement<StoreRow> {
  return statement(
    'stores.list',
    `select s.id, s.name, s.default_sales_channel_id, s.default_region_id, s.default_location_id, s.auto_pick_shipping,
            s.payment_capture, s.dispute_liability, s.commission_on_refund, s.mail_from_name, s.storefront_url, s.storefront_kind, s.payment_instructions, s.review_moderation, s.product_moderation, s.release_policy,
            s.release_delay_days, s.reserve_ppm, s.reserve_days, s.payout_interval_days, s.payout_minimums, s.metadata, s.created_at,
            s.updated_at, count(*) over ()::int as count,
            coalesce((select json_agg(json_build_object('id', replace(s.id, 'store_', 'stocur_') || '_' || c.currency_code,
                'currency_code', c.currency_code, 'is_default', c.is_default,
                'is_tax_inclusive', coalesce((select p.is_tax_inclusive from price_preference p where p.tenant_id = $1
                  and p.attribute = 'currency_code' and p.value = c.currency_code), false),
                'created_at', c.created_at, 'updated_at', c.created_at, 'deleted_at', null) order by c.is_default desc, c.created_at, c.currency_code)
              from store_currency c where c.tenant_id = $1), '[]') as supported_currencies,
            coalesce((select json_agg(json_build_object('locale_code', l.locale_code, 'is_default', l.is_default,
                'created_at', l.created_at) order by l.locale_code)
              from store_locale l where l.tenant_id = $1), '[]') as supported_locales
     from store s where s.tenant_id = $1 and ($2::text[] is null or s.id = any($2))`,
    [tenantId, id],
  )
}

export interface StoreCurrencyInput {
  currency_code: string
  is_default?: boolean | undefined
  is_tax_inclusive?: boolean | undefined
}

export interface StorePatch {
  name?: string | undefined
  default_sales_channel_id?: string | null | undefined
  default_region_id?: string | null | undefined
  default_location_id?: string | null | undefined
  auto_pick_shipping?: boolean | undefined
  /** `automatic`: money is taken when the order is placed, but for what the store has told its shoppers how to pay by hand. */
  payment_capture?: 'manual' | 'automatic' | undefined
  dispute_liability?: 'vendor' | 'store' | undefined
  commission_on_refund?: CommissionPolicy | undefined
  mail_from_name?: string | null | undefined
  storefront_url?: string | null | undefined
  storefront_kind?: StorefrontKind | null | undefined
  /** All of them: a way to pay that is not named is told nothing of. */
  payment_instructions?: PaymentInstructions | undefined
  review_moderation?: boolean | undefined
  /** What vendors publish is proposed, and is sold once staff have approved it. */
  product_moderation?: boolean | undefined
  release_policy?: StoreRow['release_policy'] | undefined
  release_delay_days?: number | undefined
  reserve_ppm?: number | undefined
  reserve_days?: number | undefined
  payout_interval_days?: number | undefined
  payout_minimums?: Record<string, number> | undefined
  metadata?: object | null | undefined
  /** The whole set of languages. */
  supported_locales?: readonly StoreLocaleInput[] | undefined
  /** The whole set: a currency that is not in it is no longer supported. */
  supported_currencies?: StoreCurrencyInput[] | undefined
}

const columns = [
  'name',
  'default_sales_channel_id',
  'default_region_id',
  'default_location_id',
  'auto_pick_shipping',
  'payment_capture',
  'dispute_liability',
  'commission_on_refund',
  'mail_from_name',
  'storefront_url',
  'storefront_kind',
  'review_moderation',
  'product_moderation',
  'release_policy',
  'release_delay_days',
  'reserve_ppm',
  'reserve_days',
  'payout_interval_days',
  'payout_minimums',
  'metadata',
] as const

/**
 * Changes the store: what is named is set, what is not stays.
 * @throws not_found for a store, channel, region or location that is not there; invalid_data for its currencies, and for
 * instructions of a payment provider that is not installed or takes the money itself
 */
export async function updateStore(unit: Unit, id: string, patch: StorePatch): Promise<void> {
  const tenantId = tenantOf(unit)
  await refuseUnknownDefaults(unit, patch)
  refuseInstructions(Object.keys(patch.payment_instructions ?? {}))
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  const { payment_instructions: instructions } = patch
  const said = instructions === undefined ? {} : { payment_instructions: JSON.stringify(instructions) }
  const changed = await unit
    .knex('store')
    .where({ tenant_id: tenantId, id })
    .update({ ...changes, ...said, ...mergedMetadata(unit, patch), updated_at: new Date() })
  if (changed === 0) throw notFound(`Store with id "${id}" not found`)
  if (patch.supported_locales !== undefined) await replaceLocales(unit, patch.supported_locales)
  if (patch.supported_currencies !== undefined) await replaceCurrencies(unit, patch.supported_currencies)
}

/** @throws invalid_data for a provider that there is not, and for one that takes the money itself */
function refuseInstructions(providers: readonly string[]): void {
  for (const id of providers) {
    const provider = paymentProviderOf(id)
    if (provider === undefined) throw invalidData(`Payment provider with id: ${id} is not installed`)
    if (provider.remote !== undefined) {
      throw invalidData(
        `${id} takes the money itself, and shops show how: what a store says of how to pay is for providers where a person sees to it, as pp_system_default`,
      )
    }
  }
}

async function refuseUnknownDefaults(unit: Unit, patch: StorePatch): Promise<void> {
  const wanted = [patch.default_sales_channel_id ?? null, patch.default_region_id ?? null, patch.default_location_id ?? null]
  const [known] = await unit.run(
    statement<{ channel: boolean; region: boolean; location: boolean }>(
      'stores.known_defaults',
      `select $2::text is null or exists (select 1 from sales_channel c where c.tenant_id = $1 and c.id = $2 and c.deleted_at is null) as channel,
              $3::text is null or exists (select 1 from region r where r.tenant_id = $1 and r.id = $3 and r.deleted_at is null) as region,
              $4::text is null or exists (select 1 from stock_location l where l.tenant_id = $1 and l.id = $4 and l.deleted_at is null) as location`,
      [tenantOf(unit), ...wanted],
    ),
  )
  if (known?.channel !== true) throw notFound(`Sales channel with id: ${wanted[0]} was not found`)
  if (!known.region) throw notFound(`Region with id: ${wanted[1]} was not found`)
  if (!known.location) throw notFound(`Stock location with id: ${wanted[2]} was not found`)
}

async function replaceCurrencies(unit: Unit, currencies: readonly StoreCurrencyInput[]): Promise<void> {
  const codes = currencies.map((currency) => currency.currency_code)
  const unknown = codes.find((code) => !isCurrency(code))
  if (unknown !== undefined) throw invalidData(`Currency with code: ${unknown} is not known`)
  const twice = [...new Set(codes.filter((code, index) => codes.indexOf(code) !== index))]
  if (twice.length > 0) throw invalidData(`Duplicate currency codes: ${twice.join(', ')}`)
  const defaults = currencies.filter((currency) => currency.is_default === true)
  if (defaults.length > 1) throw invalidData('Only one default currency is allowed')
  if (defaults.length === 0) throw invalidData('There should be a default currency set for the store')
  await unit.run(
    statement(
      'stores.replace_currencies',
      `with gone as (delete from store_currency where tenant_id = $1 and currency_code <> all($2::text[]))
       insert into store_currency (tenant_id, currency_code, is_default)
       select $1, c, c = $3 from unnest($2::text[]) as c
       on conflict (tenant_id, currency_code) do update set is_default = excluded.is_default`,
      [tenantOf(unit), codes, defaults[0]?.currency_code],
    ),
  )
  for (const currency of currencies) {
    if (currency.is_tax_inclusive === undefined) continue
    await setPricePreference(unit, {
      attribute: 'currency_code',
      value: currency.currency_code,
      is_tax_inclusive: currency.is_tax_inclusive,
    })
  }
}
