import type Koa from 'koa'
import type { Context as KoaContext } from 'koa'
import { render } from 'preact-render-to-string'
import { type Identified, sessionCookie } from '../access/index.js'
import { type Caller, encodingFor, readBody, type Route, type Services } from '../http/index.js'
import { invalidData, limits, notFound, StoaError, toErrorBody } from '../kernel/index.js'
import { apiOf, type RouteTable, routeTable } from './api.js'
import { sendAsset } from './assets.js'
import type { Category } from './answers.js'
import { type Document, isDocument, type Page, type Shown } from './page.js'
import { errorDocument } from './pages/errors.js'
import { topCategories } from './pages/home.js'
import { pages } from './pages/index.js'
import { Layout, type Personal } from './parts/layout.js'
import { allowStripe, isOwnForm, securityHeaders } from './security.js'
import { etagOf, type SharedPage, sharedCaching, sharedPage } from './shared-page.js'
import { readShop, type Shop } from './shops.js'
import { ShortMemory } from './short-memory.js'
import { personalOf } from './pages/status.js'
import { type Place, placeOf, type Visit, visitOf } from './visit.js'

/** First parts of paths that are the API's, or the process's own. */
const notPages = new Set('store auth admin vendor platform hooks openapi docs health ready metrics files'.split(' '))

/** Whether a path can be a page's of a storefront. */
function isPagePath(path: string): boolean {
  return !notPages.has(path.split('/', 2)[1] ?? '')
}

interface Matched {
  page: Page
  params: Record<string, string>
}

const patterns = pages.map((page) => ({
  page,
  pattern: new RegExp(`^${page.path.replace(/[.]/g, '\\.').replace(/:(\w+)/g, '(?<$1>[^/]{1,300})')}$`),
}))

function match(method: string, path: string): Matched | null {
  const wanted = method === 'HEAD' ? 'GET' : method
  for (const { page, pattern } of patterns) {
    const found = page.method === wanted ? pattern.exec(path) : null
    if (found !== null) return { page, params: { ...found.groups } }
  }
  return null
}

/**
 * Where a path leads that is no page's: to the page that it is but for a slash at its end, or from where a form was sent
 * to the page above it, as when such an address is opened again. Only to pages that there are: `//elsewhere.example/`
 * would lead to another host.
 */
function nearestPage(path: string): string | null {
  let near = path.replace(/\/+$/, '')
  if (match('GET', near) !== null) return near
  if (match('POST', near) === null) return null
  while (near !== '' && match('GET', near) === null) near = near.slice(0, near.lastIndexOf('/'))
  return near || '/'
}

interface Storefront {
  services: Services
  table: RouteTable
  pages: ShortMemory<SharedPage>
  shops: ShortMemory<Shop>
  departments: ShortMemory<readonly Category[]>
}

const pagesKept = 400
const shopsKept = 10_000

/** The storefronts of all stores: each at its own host, made of what the Store API answers. */
export function storefront(services: Services, routes: readonly Route[]): Koa.Middleware {
  const front: Storefront = {
    services,
    table: routeTable(routes),
    pages: new ShortMemory(pagesKept),
    shops: new ShortMemory(shopsKept),
    departments: new ShortMemory(shopsKept),
  }
  return async (ctx, next) => {
    if (!isPagePath(ctx.path)) return next()
    const identified = await services.gatekeeper.identifyShopper(ctx.hostname.toLowerCase(), ctx.cookies.get(sessionCookie) ?? '')
    if (identified?.tenant == null) return next()
    // Who has not given a second factor yet, or has no account, is nobody here.
    const known: Identified = identified.actor?.id ? identified : { ...identified, actor: null }
    ctx.state.identified = known
    securityHeaders(ctx)
    const { tenant } = identified
    const shop = await front.shops.get(tenant.id, () => readShop(services.db, tenant))
    await visitStore(front, ctx as KoaContext, known, shop)
  }
}

async function visitStore(front: Storefront, ctx: KoaContext, identified: Identified, shop: Shop): Promise<void> {
  const place = placeOf(shop, ctx.path)
  ctx.state.route = 'storefront'
  const visit = visitFor(front, ctx, { identified, shop, place, params: {}, form: new URLSearchParams() })
  try {
    if (place.path.startsWith('/assets/') && (await sendAsset(ctx, shop.theme, place.path))) return
    const matched = match(ctx.method, place.path)
    if (matched === null) {
      const near = ctx.method === 'POST' ? null : nearestPage(place.path)
      if (near === null) throw notFound('There is no such page')
      return ctx.redirect(visit.to(near))
    }
    ctx.state.route = `storefront ${matched.page.path}`
    const { page, params } = matched
    if (page.shared === true) return await sendShared(front, ctx, page, { ...visit, params: decoded(params) })
    if (page.customer === true && identified.actor === null) return signInFirst(visit)
    const form = page.method === 'POST' ? await formOf(ctx) : new URLSearchParams()
    await send(front, { ...visit, params: decoded(params), form }, await page.show({ ...visit, params: decoded(params), form }))
  } catch (error) {
    await sendError(front, visit, error)
  }
}

type Parts = Pick<Visit, 'identified' | 'shop' | 'params' | 'form'> & { place: Place }

function visitFor(front: Storefront, ctx: KoaContext, parts: Parts): Visit {
  const caller: Caller = {
    identified: parts.identified,
    requestId: ctx.state.requestId as string,
    ip: ctx.ip,
    locale: parts.place.locale,
    sent: { bearer: '', session: ctx.cookies.get(sessionCookie) ?? '', accept: '' },
  }
  const { services, table } = front
  return visitOf({
    ...parts,
    services,
    ctx,
    api: apiOf(services, table, caller),
    apiWith: (bearer, actor) =>
      apiOf(services, table, { ...caller, identified: { ...parts.identified, actor }, sent: { ...caller.sent, bearer } }),
  })
}

function decoded(params: Record<string, string>): Record<string, string> {
  try {
    return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, decodeURIComponent(value)]))
  } catch {
    throw notFound('There is no such page')
  }
}

/** A form as a page of this store sent it. */
async function formOf(ctx: KoaContext): Promise<URLSearchParams> {
  if (!isOwnForm(ctx)) throw new StoaError('forbidden', 403, 'This form was not sent from a page of this store')
  if (ctx.is('urlencoded') === false) throw invalidData('Forms are sent as application/x-www-form-urlencoded')
  return new URLSearchParams((await readBody(ctx.req, limits.body_bytes)).toString('utf8'))
}

/** What looks alike to everybody is made for nobody: without the customer whose prices might be others. */
async function sendShared(front: Storefront, ctx: KoaContext, page: Page, visit: Visit): Promise<void> {
  const { shop, market, locale, path, params, form } = visit
  const identified: Identified = { ...visit.identified, actor: null }
  const key = `${shop.tenant.id} ${visit.origin} ${ctx.path}?${ctx.querystring}`
  const kept = await front.pages.get(key, async () => {
    const anonymous = visitFor(front, ctx, { identified, shop, place: { market, locale, path }, params, form })
    return shared(front, anonymous, await page.show(anonymous))
  })
  const encoding = encodingFor(ctx, kept.text)
  ctx.status = kept.status
  ctx.set('cache-control', sharedCaching)
  ctx.set('etag', etagOf(kept, encoding))
  ctx.type = kept.type
  if (ctx.fresh) {
    ctx.status = 304
    return
  }
  if (encoding !== null) ctx.set('content-encoding', encoding)
  ctx.body = encoding === null ? kept.text : await kept.compressed.as(encoding)
}

async function shared(front: Storefront, visit: Visit, shown: Shown): Promise<SharedPage> {
  if (isDocument(shown)) return sharedPage(await htmlOf(front, visit, shown, null), shown.status ?? 200, 'text/html')
  if ('redirect' in shown) throw new Error('a shared page leads nowhere else')
  return sharedPage(shown.text, shown.status ?? 200, shown.type)
}

async function send(front: Storefront, visit: Visit, shown: Shown): Promise<void> {
  const { ctx } = visit
  ctx.set('cache-control', 'private, no-store')
  if ('redirect' in shown) {
    ctx.status = 303
    ctx.redirect(shown.redirect)
    ctx.status = 303
    return
  }
  ctx.status = shown.status ?? 200
  if (!isDocument(shown)) {
    ctx.type = shown.type
    ctx.body = shown.text
    return
  }
  if (shown.takesCards === true) allowStripe(ctx, visit.services.config.stripeApiUrl)
  ctx.type = 'text/html'
  ctx.body = await htmlOf(front, visit, shown, await personalOf(visit))
}

async function htmlOf(front: Storefront, visit: Visit, shown: Document, personal: Personal | null): Promise<string> {
  const categories = await departmentsOf(front, visit)
  return `<!doctype html>${render(
    <Layout visit={visit} shown={shown} categories={categories} personal={personal}>
      {shown.body}
    </Layout>,
  )}`
}

function departmentsOf({ departments }: Storefront, visit: Visit): Promise<readonly Category[]> {
  return departments.get(`${visit.shop.tenant.id} ${visit.locale}`, () => topCategories(visit))
}

/** Who is not signed in does so first, and comes back: to the page, or to the one that the form was on. */
function signInFirst(visit: Visit): void {
  const { ctx, shop } = visit
  const before = ctx.get('referer')
  const ofForm = URL.canParse(before) && new URL(before).host === ctx.host ? placeOf(shop, new URL(before).pathname).path : ''
  const wanted = ctx.method === 'POST' ? ofForm : visit.path
  const back = wanted === '' ? '' : `?next=${encodeURIComponent(wanted)}`
  ctx.set('cache-control', 'private, no-store')
  ctx.redirect(`${visit.to('/sign-in')}${back}`)
  ctx.status = 303
}

async function sendError(front: Storefront, visit: Visit, error: unknown): Promise<void> {
  const { ctx, services } = visit
  const { status, body } = toErrorBody(error)
  if (status === 401 && ctx.method === 'GET') return signInFirst(visit)
  if (status >= 500) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error))
    services.log.error({ request_id: ctx.state.requestId, error: message, stack }, 'page failed')
  }
  if (status === 413) ctx.set('connection', 'close')
  const headers = (error as { headers?: Record<string, string> }).headers
  if (status === 429 && headers?.['retry-after'] !== undefined) ctx.set('retry-after', headers['retry-after'])
  const document = errorDocument(visit, status, body.message)
  ctx.set('cache-control', 'private, no-store')
  ctx.status = status
  ctx.type = 'text/html'
  // Nothing that could fail again is asked for.
  const nobody: Personal = { cartCount: 0, name: null }
  const categories = status >= 500 ? [] : await departmentsOf(front, visit).catch(() => [])
  ctx.body = `<!doctype html>${render(
    <Layout visit={visit} shown={document} categories={categories} personal={status === 404 ? null : nobody}>
      {document.body}
    </Layout>,
  )}`
}
