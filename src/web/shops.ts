import type { Tenant } from '../access/index.js'
import { type Database, singlePage } from '../db/index.js'
import { type PaymentInstructions, type StoreRow, storesStatement } from '../stores/index.js'
import { defaultTheme, type Theme, themeStatement } from '../themes/index.js'
import { notFound } from '../kernel/index.js'
import { listRegionsStatement, regionSlugs, renderRegion } from '../regions/index.js'
import { listTranslationsStatement, localesOf as closestFirst, type Translation } from '../translations/index.js'
import type { Region } from './answers.js'

/** A region as addresses name it: `/in-europe`. The store's own region has no name in them. */
export interface Market extends Region {
  slug: string
  /** The name in other languages, by tag. */
  names: Readonly<Record<string, string>>
}

/** What all pages of a store have in common. */
export interface Shop {
  tenant: Tenant
  name: string
  theme: Theme
  /** The store's own region first. */
  markets: readonly [Market, ...Market[]]
  /** Language tags, the store's own first. */
  locales: readonly [string, ...string[]]
  /** What it says of ways to pay that a person sees to. */
  payment_instructions: PaymentInstructions
}

const regionsMaximum = 100
const namesOfRegions = { id: null, q: null, reference: ['region'], reference_id: null, locale_code: null }
const namesPage = { ...singlePage, limit: 1_000 }

/** @throws not_found for a store without a region */
export async function readShop(db: Database, tenant: Tenant): Promise<Shop> {
  const tenantId = tenant.id
  const everyRegion = { id: null, q: null, name: null, currencyCode: null }
  const [[store], [row], regions, names] = await db.readAll({ role: 'store', tenantId }, [
    storesStatement(tenantId, null),
    themeStatement(tenantId),
    listRegionsStatement(tenantId, everyRegion, { ...singlePage, limit: regionsMaximum }),
    listTranslationsStatement(tenantId, namesOfRegions, namesPage),
  ])
  if (store === undefined) throw notFound('This store is not there')
  const own = store.default_region_id
  const ownFirst = regions
    .map((region) => renderRegion(region) as unknown as Region)
    .sort((a, b) => Number(b.id === own) - Number(a.id === own))
  const slugs = regionSlugs(ownFirst)
  const markets = ownFirst.map((region): Market => ({ ...region, slug: slugs.get(region.id) ?? '', names: namesOf(region.id, names) }))
  const [first, ...others] = markets
  if (first === undefined) throw notFound('This store sells nowhere yet: it has no region')
  return {
    tenant,
    name: store.name,
    theme: row?.theme ?? defaultTheme,
    markets: [first, ...others],
    locales: localesOf(store),
    payment_instructions: store.payment_instructions,
  }
}

function namesOf(regionId: string, translations: readonly Translation[]): Market['names'] {
  const own = translations.filter((translation) => translation.reference_id === regionId)
  return Object.fromEntries(own.map(({ locale_code: locale, translations: words }) => [locale, words.name ?? '']))
}

/** A market as the people of a language call it, or those of the language without its country, as the API has it. */
export function marketName(market: Market, locale: string): string {
  return (
    closestFirst(locale)
      .map((tag) => market.names[tag])
      .find(Boolean) ?? market.name
  )
}

function localesOf(store: StoreRow): readonly [string, ...string[]] {
  const own = store.supported_locales.find((locale) => locale.is_default)?.locale_code ?? 'en'
  const others = store.supported_locales.map((locale) => locale.locale_code).filter((code) => code !== own)
  return [own, ...others]
}
