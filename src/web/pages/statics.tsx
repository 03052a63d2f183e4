import { notFound } from '../../kernel/index.js'
import { encode } from '../xml.js'
import type { Category, Collection, Product, Vendor } from '../answers.js'
import { type Page, type Shown, seeOther } from '../page.js'
import { Trail } from '../parts/trail.js'
import { addressOf, type Visit } from '../visit.js'
import { cartOf } from '../cookies.js'

async function showStatic(visit: Visit): Promise<Shown> {
  const page = visit.shop.theme.pages.find((candidate) => candidate.handle === visit.params.handle)
  if (page === undefined) throw notFound('There is no such page')
  const title = visit.say(page.title)
  return {
    title,
    canonical: `/pages/${page.handle}`,
    kind: 'narrow',
    body: (
      <>
        <Trail visit={visit} steps={[]} here={title} />
        <article class="static">
          <h1>{title}</h1>
          {page.body.map((part) => {
            if ('heading' in part) return <h2 key={visit.say(part.heading)}>{visit.say(part.heading)}</h2>
            if ('text' in part) return <p key={visit.say(part.text)}>{visit.say(part.text)}</p>
            return (
              <ul key={part.list.map((entry) => visit.say(entry)).join()}>
                {part.list.map((entry) => (
                  <li key={visit.say(entry)}>{visit.say(entry)}</li>
                ))}
              </ul>
            )
          })}
        </article>
      </>
    ),
  }
}

const sitemapMaximum = 5_000
const pageOfApi = 200

/** Addresses of all that can be found here, each in every language. */
async function sitemap(visit: Visit): Promise<Shown> {
  const { api, shop, market, origin } = visit
  const [{ product_categories }, { collections }, { vendors }] = await Promise.all([
    api.get<{ product_categories: Category[] }>('/store/product-categories', { query: { limit: pageOfApi, fields: 'id,handle' } }),
    api.get<{ collections: Collection[] }>('/store/collections', { query: { limit: pageOfApi, fields: 'id,handle' } }),
    api.get<{ vendors: Vendor[] }>('/store/vendors', { query: { limit: pageOfApi, fields: 'id,handle' } }),
  ])
  const paths = [
    '/',
    '/products',
    '/vendors',
    ...product_categories.map(({ handle }) => `/categories/${handle}`),
    ...collections.map(({ handle }) => `/collections/${handle}`),
    ...vendors.map(({ handle }) => `/vendors/${handle}`),
    ...shop.theme.pages.map(({ handle }) => `/pages/${handle}`),
  ]
  for (let offset = 0; offset < sitemapMaximum; offset += pageOfApi) {
    const query = { fields: 'id,handle', limit: pageOfApi, offset }
    const { products } = await api.get<{ products: Product[] }>('/store/products', { query })
    paths.push(...products.map(({ handle }) => `/products/${handle}`))
    if (products.length < pageOfApi) break
  }
  const entry = (path: string) => {
    const of = (locale: string) => encode(`${origin}${addressOf(shop, market, locale, path)}`)
    const others =
      shop.locales.length < 2
        ? ''
        : shop.locales.map((locale) => `<xhtml:link rel="alternate" hreflang="${locale}" href="${of(locale)}"/>`).join('')
    return `<url><loc>${of(shop.locales[0])}</loc>${others}</url>`
  }
  const head = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
  return { type: 'application/xml', text: `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${paths.map(entry).join('\n')}\n</urlset>\n` }
}

const personal = ['/account', '/cart', '/checkout', '/orders', '/search', '/sign-in', '/register']

async function robots(visit: Visit): Promise<Shown> {
  const lines = ['User-agent: *', ...personal.map((path) => `Disallow: ${path}`), `Sitemap: ${visit.origin}/sitemap.xml`, '']
  return { type: 'text/plain', text: lines.join('\n') }
}

/** The same page for another region and in another language. The cart goes along. */
async function prefer(visit: Visit): Promise<Shown> {
  const { shop, form, api } = visit
  const market = shop.markets.find((candidate) => candidate.id === form.get('region')) ?? visit.market
  const locale = shop.locales.find((candidate) => candidate === form.get('language')) ?? visit.locale
  const given = form.get('path') ?? '/'
  const path = /^\/(?!\/)[\w\-/.]{0,300}$/.test(given) ? given : '/'
  const cart = cartOf(visit)
  if (cart !== null) {
    const body = { locale, ...(market.id === visit.market.id ? {} : { region_id: market.id }) }
    // A cart that is gone, or paid, stays what it is.
    await api.post('/store/carts/:id', { params: { id: cart.id }, body }).catch(() => undefined)
  }
  return seeOther(addressOf(shop, market, locale, path))
}

export const pages: Page[] = [
  { method: 'GET', path: '/pages/:handle', shared: true, ids: { handle: 'page' }, show: showStatic },
  { method: 'GET', path: '/sitemap.xml', shared: true, show: sitemap },
  { method: 'GET', path: '/robots.txt', shared: true, show: robots },
  { method: 'POST', path: '/preferences', show: prefer },
]
