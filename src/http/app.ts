import { createHash, randomUUID, timingSafeEqual } from 'node:crypto'
import Router from '@koa/router'
import Koa, { type Context as KoaContext, type Next } from 'koa'
import { sessionCookie } from '../access/index.js'
import { counting, newStatistics } from '../db/index.js'
import { type ErrorBody, limits, notFound, plainConflict, toErrorBody, unauthorized, unavailable } from '../kernel/index.js'
import { compressedAnswers } from './compression.js'
import { documentationRouter } from './documentation.js'
import { exportedFilesRouter } from './exported-files.js'
import { filesRouter } from './files.js'
import { hooksRouter } from './hooks.js'
import { type Metrics, metricsOf } from './metrics.js'
import { RateLimitError } from './rate-limits.js'
import type { Route, Surface } from './route.js'
import { checkRoute, type RequestState, runRoute } from './run-route.js'
import type { Services } from './services.js'

/**
 * The HTTP application: everything a request goes through, in the order it goes through it.
 * @param pages answers what is a page, and hands everything else on
 */
export function createApp(services: Services, routes: readonly Route[], pages: Koa.Middleware): Koa {
  // Of a chain of addresses the last is the proxy's word; those before it are whatever the sender made up.
  const app = new Koa({ proxy: services.config.trustProxy, maxIpsCount: 1, asyncLocalStorage: false })
  const metrics = metricsOf(services)
  app.use(requestIds)
  app.use(logs(services, metrics))
  app.use(errors(services))
  app.use((ctx, next) => timeLimit(ctx, () => pages(ctx, next)))
  app.use(crossOrigin)
  app.use(securityHeaders)
  app.use(processRoutes(services, metrics).routes())
  app.use(documentationRouter(routes, services.publicUrl).routes())
  app.use(filesRouter(services.filesDirectory).routes())
  app.use(exportedFilesRouter(services).routes())
  app.use(hooksRouter(services).routes())
  app.use(compressedAnswers)
  app.use(identify(services))
  app.use(routing(services, routes))
  return app
}

const requestIdPattern = /^[\w.:-]{1,100}$/

async function requestIds(ctx: KoaContext, next: Next): Promise<void> {
  const given = ctx.get('x-request-id')
  const requestId = requestIdPattern.test(given) ? given : `req_${randomUUID()}`
  ;(ctx.state as RequestState).requestId = requestId
  ctx.set('x-request-id', requestId)
  await next()
}

/** One line per request. No bodies, no query values, no tokens, no addresses: nothing of a person. */
function logs(services: Services, metrics: Metrics) {
  return async (ctx: KoaContext, next: Next) => {
    const started = performance.now()
    const statistics = newStatistics()
    await counting(statistics, next)
    const duration_ms = performance.now() - started
    const state = ctx.state as RequestState
    const route = state.route ?? 'none'
    metrics.note(ctx.method, route, ctx.status, duration_ms / 1_000)
    if (!services.log.isLevelEnabled('info')) return
    services.log.info(
      {
        request_id: state.requestId,
        tenant: state.identified?.tenant?.slug,
        method: ctx.method,
        route,
        status: ctx.status,
        duration_ms: Math.round(duration_ms * 10) / 10,
        statements: statistics.statements,
        round_trips: statistics.roundTrips,
      },
      'request',
    )
  }
}

function errors(services: Services) {
  return async (ctx: KoaContext, next: Next) => {
    try {
      await next()
      if (ctx.status === 404 && ctx.body === undefined) throw notFound(`Cannot ${ctx.method} ${ctx.path.slice(0, 200)}`)
    } catch (error) {
      const { status, body } = toErrorBody(error)
      if (error instanceof RateLimitError) ctx.set(error.headers)
      if (status >= 500) {
        const { stack, message } = error instanceof Error ? error : new Error(String(error))
        services.log.error({ request_id: (ctx.state as RequestState).requestId, error: message, stack }, 'request failed')
      }
      if (status === 413) ctx.set('connection', 'close')
      ctx.status = status
      ctx.type = 'application/json'
      ctx.body = JSON.stringify(ctx.path.startsWith('/store/') ? toldToShoppers(services, ctx, body) : body)
    }
  }
}

/** Medusa's clients know one conflict alone. What was in whose way is in the log, by the request's id. */
function toldToShoppers(services: Services, ctx: KoaContext, body: ErrorBody): ErrorBody {
  if (body.type !== 'conflict') return body
  const { code, message } = body
  services.log.info({ request_id: (ctx.state as RequestState).requestId, code, message }, 'conflict')
  return plainConflict
}

const allowedHeaders = 'authorization, content-type, x-publishable-api-key, x-medusa-locale, x-tenant, x-request-id, idempotency-key'
const exposedHeaders = 'x-request-id, idempotency-replayed, ratelimit-limit, ratelimit-remaining, ratelimit-reset, retry-after'

/** Storefronts run in browsers, on hosts of their own. Access is by key and token, not by origin. */
async function crossOrigin(ctx: KoaContext, next: Next): Promise<void> {
  const origin = ctx.get('origin')
  if (origin !== '') {
    ctx.set('access-control-allow-origin', origin)
    ctx.set('access-control-allow-credentials', 'true')
    ctx.set('access-control-expose-headers', exposedHeaders)
    ctx.vary('origin')
  }
  if (ctx.method !== 'OPTIONS') return next()
  ctx.set('access-control-allow-methods', 'GET, POST, DELETE, OPTIONS')
  ctx.set('access-control-allow-headers', allowedHeaders)
  ctx.set('access-control-max-age', '600')
  ctx.status = 204
}

async function securityHeaders(ctx: KoaContext, next: Next): Promise<void> {
  ctx.set('x-content-type-options', 'nosniff')
  ctx.set('referrer-policy', 'no-referrer')
  ctx.set('cache-control', 'no-store')
  await next()
}

function processRoutes(services: Services, metrics: Metrics): Router {
  const router = new Router()
  router.get('/health', (ctx) => {
    ctx.body = 'OK'
  })
  router.get('/ready', async (ctx) => {
    const checks = await Promise.all(
      Object.entries(services.readiness).map(async ([name, check]) => {
        const ready = await check().then(
          () => true,
          () => false,
        )
        return [name, ready ? 'ready' : 'not ready'] as const
      }),
    )
    ctx.status = checks.every(([, state]) => state === 'ready') ? 200 : 503
    ctx.body = Object.fromEntries(checks)
  })
  router.get('/metrics', async (ctx) => {
    // Figures tell outsiders what is sold and when. A proxy on the same machine makes every address a local one.
    const { metricsToken, environment } = services.config
    if (metricsToken === undefined && environment === 'production') throw notFound('Cannot GET /metrics')
    if (metricsToken !== undefined && !isSame(ctx.get('authorization'), `Bearer ${metricsToken}`)) throw unauthorized()
    ctx.type = metrics.registry.contentType
    ctx.body = await metrics.registry.metrics()
  })
  return router
}

/** Compared in the same time wherever they differ. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given), digest(wanted))
}

async function timeLimit(_ctx: KoaContext, next: Next): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(unavailable('The request took too long. Try again, or ask for less at once.')), limits.request_ms)
  })
  try {
    await Promise.race([next(), late])
  } finally {
    clearTimeout(timer)
  }
}

const surfaces: readonly Surface[] = ['store', 'auth', 'vendor', 'admin', 'platform']

function surfaceOf(path: string): Surface | undefined {
  const first = path.slice(1, path.indexOf('/', 1) === -1 ? undefined : path.indexOf('/', 1))
  return surfaces.find((surface) => surface === first)
}

function identify(services: Services) {
  return async (ctx: KoaContext, next: Next) => {
    const surface = surfaceOf(ctx.path)
    if (surface === undefined) return next()
    ;(ctx.state as RequestState).identified = await services.gatekeeper.identify({
      surface,
      host: ctx.hostname.toLowerCase(),
      authorization: ctx.get('authorization'),
      publishableKey: ctx.get('x-publishable-api-key'),
      tenantSlug: ctx.get('x-tenant'),
      // A session is begun by whom the token names, whoever else the browser's cookie still is.
      session: ctx.method === 'POST' && ctx.path === '/auth/session' ? '' : (ctx.cookies.get(sessionCookie) ?? ''),
      origin: ctx.get('origin'),
    })
    await next()
  }
}

/** One router per surface, so that a request is matched against its own surface's routes only. */
function routing(services: Services, routes: readonly Route[]) {
  const routers = new Map<Surface, Koa.Middleware>()
  const seen = new Set<string>()
  for (const surface of surfaces) {
    const router = new Router()
    for (const route of routes.filter((candidate) => candidate.surface === surface)) {
      checkRoute(route)
      const name = `${route.method} ${route.path}`
      if (seen.has(name)) throw new Error(`${name} is declared twice`)
      seen.add(name)
      router.register(route.path, [route.method], (ctx) => runRoute(services, route, ctx as unknown as KoaContext))
    }
    routers.set(surface, router.routes() as unknown as Koa.Middleware)
  }
  return async (ctx: KoaContext, next: Next) => {
    const surface = surfaceOf(ctx.path)
    const router = surface === undefined ? undefined : routers.get(surface)
    return router === undefined ? next() : router(ctx as never, next)
  }
}
