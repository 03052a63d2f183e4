import { type Context, singlePage, statement, tenantOf } from '../db/index.js'
import { limits } from '../kernel/index.js'
import { listRegionsStatement, pagePrefix, regionSlugs } from '../regions/index.js'
import { type StorefrontKind, storesStatement, type StoreRow } from '../stores/index.js'

export interface StorefrontSettings {
  /** Of this deployment; '' where the process does not know it. */
  publicUrl: () => string
  /** Stores that name no storefront of their own are served at `<slug>.<base domain>`. */
  baseDomain: string
}

/** Where a page is looked at: the region's id, the language, and the country that parcels go to; null where it is not known. */
export interface Whereabouts {
  regionId: string | null
  locale: string | null
  country: string | null
}

/** Addresses of pages that mails lead to; null where the storefront has no such page, or no storefront is known. */
export interface Links {
  order(orderId: string): string | null
  /** Where what is not paid of an order is paid. */
  pay(orderId: string): string | null
  resetPassword(token: string, email: string): string | null
  verifyEmail(code: string, email: string): string | null
  transfer(orderId: string, token: string): string | null
}

const nowhere = () => null
const noLinks: Links = { order: nowhere, pay: nowhere, resetPassword: nowhere, verifyEmail: nowhere, transfer: nowhere }

/**
 * The links of a store's mails: to the storefront that it names, or to the one at its host, region and language as the page has
 * them that the reader came from. A store says whose pages those are (`storefront_kind`); where it does not, they are Stoa's at its
 * own host, and those of Medusa's starter elsewhere. What the starter has no page for is left out.
 */
export async function linksOf(context: Context, settings: StorefrontSettings, at: Whereabouts): Promise<Links> {
  const tenantId = tenantOf(context)
  const [store] = await context.db.read(context.scope, storesStatement(tenantId, null))
  const host = await hostOf(context, tenantId)
  const named = store?.storefront_url?.replace(/\/+$/, '') ?? null
  const base = named ?? baseOf(host, settings)
  if (store === undefined || base === null) return noLinks
  const kind = store.storefront_kind ?? kindOf(named, host, settings)
  if (kind === 'medusa') return medusaLinks(`${base}${at.country === null ? '' : `/${at.country.toLowerCase()}`}`, base)
  return stoaLinks(`${base}${await prefixOf(context, store, at)}`)
}

function stoaLinks(base: string): Links {
  return {
    order: (orderId) => `${base}/orders/${orderId}`,
    pay: (orderId) => `${base}/orders/${orderId}/pay`,
    resetPassword: (token, email) => `${base}/reset-password?token=${token}&email=${encodeURIComponent(email)}`,
    verifyEmail: (code, email) => `${base}/verify-email?code=${code}&email=${encodeURIComponent(email)}`,
    transfer: (orderId, token) => `${base}/order/${orderId}/transfer/${token}`,
  }
}

/** The starter leads an address without a country to its visitor's. Its documentation names the page for a new password. */
function medusaLinks(ofCountry: string, base: string): Links {
  return {
    order: (orderId) => `${ofCountry}/order/${orderId}/confirmed`,
    pay: nowhere,
    resetPassword: (token, email) => `${base}/reset-password?token=${token}&email=${encodeURIComponent(email)}`,
    verifyEmail: nowhere,
    transfer: (orderId, token) => `${ofCountry}/order/${orderId}/transfer/${token}`,
  }
}

/** Pages name region and language where they are not the store's own. What the store has no more is its own. */
async function prefixOf(context: Context, store: StoreRow, { regionId, locale }: Whereabouts): Promise<string> {
  const offered = store.supported_locales.find(({ locale_code }) => locale_code.toLowerCase() === locale?.toLowerCase())
  const language = offered === undefined || offered.is_default ? null : offered.locale_code
  if (regionId === null || regionId === store.default_region_id) return pagePrefix(null, language)
  const every = { id: null, q: null, name: null, currencyCode: null }
  const regions = await context.db.read(
    context.scope,
    listRegionsStatement(tenantOf(context), every, { ...singlePage, limit: limits.page }),
  )
  const own = regions.find(({ id }) => id === store.default_region_id)
  const slugs = regionSlugs([...(own === undefined ? [] : [own]), ...regions.filter((region) => region !== own)])
  const isFirst = own === undefined && regions[0]?.id === regionId
  return pagePrefix(isFirst ? null : (slugs.get(regionId) ?? null), language)
}

interface Host {
  slug: string
  hostnames: string[]
}

async function hostOf(context: Context, tenantId: string): Promise<Host | undefined> {
  const [host] = await context.db.read(
    { role: 'platform' },
    statement<Host>(
      'notifications.host',
      // A domain that is not verified finds no store, and may be somebody else's.
      `select t.slug, array(select d.hostname from platform.domain d where d.tenant_id = t.id and d.verified_at is not null
         order by d.hostname) as hostnames
       from platform.tenant t where t.id = $1`,
      [tenantId],
    ),
  )
  return host
}

/** Where Stoa serves the store's pages. */
function baseOf(host: Host | undefined, { publicUrl, baseDomain }: StorefrontSettings): string | null {
  const base = publicUrl()
  if (base === '' || host === undefined) return null
  const url = new URL(base)
  url.hostname = host.hostnames[0] ?? `${host.slug}.${baseDomain}`
  return url.origin
}

function kindOf(named: string | null, host: Host | undefined, { baseDomain }: StorefrontSettings): StorefrontKind {
  if (named === null || !URL.canParse(named)) return 'stoa'
  const { hostname } = new URL(named)
  return host !== undefined && [`${host.slug}.${baseDomain}`, ...host.hostnames].includes(hostname) ? 'stoa' : 'medusa'
}
