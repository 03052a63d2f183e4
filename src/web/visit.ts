import type { Context as KoaContext } from 'koa'
import type { Actor, Identified } from '../access/index.js'
import type { Services } from '../http/index.js'
import { pagePrefix, showsTaxIn } from '../regions/index.js'
import { directionOf } from '../translations/index.js'
import { wordsIn, type Words as ThemeWords } from '../themes/index.js'
import type { Api } from './api.js'
import type { Region } from './answers.js'
import type { Market, Shop } from './shops.js'
import { type Words, wordsOf } from './words/index.js'

/** Where in a store an address leads: for which region, in which language, to what. */
export interface Place {
  market: Market
  locale: string
  /** The path without region and language. */
  path: string
}

/** Reads `/in-europe/de/products/mug`. What is no region or language of the store belongs to the path. */
export function placeOf(shop: Shop, pathname: string): Place {
  const segments = pathname.split('/').slice(1)
  const slug = segments[0]?.startsWith('in-') ? segments[0].slice(3) : undefined
  const market = shop.markets.find((candidate, index) => index > 0 && candidate.slug === slug)
  if (market !== undefined) segments.shift()
  const locale = shop.locales.find((candidate, index) => index > 0 && candidate.toLowerCase() === segments[0]?.toLowerCase())
  if (locale !== undefined) segments.shift()
  return { market: market ?? shop.markets[0], locale: locale ?? shop.locales[0], path: `/${segments.join('/')}` }
}

/** The address of a path for a region and in a language. */
export function addressOf(shop: Shop, market: Market, locale: string, path: string): string {
  const prefix = pagePrefix(market.id === shop.markets[0].id ? null : market.slug, locale === shop.locales[0] ? null : locale)
  return path === '/' && prefix !== '' ? prefix : `${prefix}${path}`
}

/** One request for a page: who looks at what, and everything that a page is made with. */
export interface Visit extends Place {
  services: Services
  shop: Shop
  identified: Identified
  api: Api
  /** The Store API for whoever holds a token, which the browser does not have yet. */
  apiWith(token: string, actor: Actor | null): Api
  words: Words
  /** What was asked for after the `?`. */
  query: URLSearchParams
  params: Readonly<Record<string, string>>
  form: URLSearchParams
  /** `http://bazaar.localhost:9000` */
  origin: string
  ctx: KoaContext
  /** The address of a path in this region and language. */
  to(path: string): string
  /** A theme's words in this language. */
  say(words: ThemeWords): string
  money(amount: number, currency?: string): string
  /** The address of a picture, without the API's own host. */
  picture(url: string): string
}

export interface VisitParts extends Pick<Visit, 'services' | 'shop' | 'identified' | 'ctx' | 'params' | 'form' | 'apiWith'> {
  place: Place
  api: Api
}

export function visitOf({ place, ...parts }: VisitParts): Visit {
  const { shop, services, ctx } = parts
  return {
    ...parts,
    ...place,
    words: wordsOf(place.locale),
    // No page of HTML may hold a zero, and nobody types one.
    query: new URLSearchParams([...new URLSearchParams(ctx.querystring)].map(([name, value]) => [name, value.replaceAll('\0', '')])),
    // Koa's own `origin` is what the browser says of the page before.
    origin: `${ctx.protocol}://${ctx.host}`,
    to: (path) => addressOf(shop, place.market, place.locale, path),
    say: (words) => wordsIn(words, place.locale, shop.locales[0]),
    money: (amount, currency = place.market.currency_code) => moneyText(place.locale, currency, amount),
    picture: (url) => (url.startsWith(services.publicUrl) ? url.slice(services.publicUrl.length) : url),
  }
}

const formats = new Map<string, Intl.NumberFormat>()

/** An amount in major units as people of a language write it. */
export function moneyText(locale: string, currency: string, amount: number): string {
  const key = `${locale} ${currency}`
  let format = formats.get(key)
  if (format === undefined) {
    // Between letters that run to the left, `US$` falls apart.
    const currencyDisplay = directionOf(locale) === 'rtl' ? 'code' : 'symbol'
    format = new Intl.NumberFormat(locale, { style: 'currency', currency: currency.toUpperCase(), currencyDisplay })
    formats.set(key, format)
  }
  return format.format(amount)
}

/** The country that prices are reckoned for before an address is known; none where several have laws of their own. */
export function countryOf(region: Region): string | undefined {
  return region.countries.length === 1 ? region.countries[0]?.iso_2 : undefined
}

/** Whether shoppers of a region must be shown prices with the tax in them. */
export function showsTax(region: Region): boolean {
  return showsTaxIn(region.countries.map((country) => country.iso_2))
}

/** What prices of products depend on, as the Store API wants it. */
export function pricingOf({ market }: Visit): Record<string, string> {
  const country = countryOf(market)
  return { region_id: market.id, ...(country === undefined ? {} : { country_code: country }) }
}

export function dayText({ locale }: Pick<Visit, 'locale'>, day: string | Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(day))
}
