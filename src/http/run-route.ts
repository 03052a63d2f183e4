import type { Context as KoaContext } from 'koa'
import { z } from 'zod'
import { abilityOf, type Identified, type Tenant, isPermission, type Permission, permits, sessionCookie } from '../access/index.js'
import { auditedDatabase, type AuditedDatabase } from '../audit/index.js'
import type { Context, Scope } from '../db/index.js'
import { forbidden, invalidData, limits, unauthorized, unexpectedState } from '../kernel/index.js'
import { parseJson, readBody } from './body.js'
import { fieldTree } from './fields.js'
import { once } from './idempotency.js'
import { parseQuery } from './query.js'
import { Reply, type Route } from './route.js'
import type { Page, RequestContext, Services } from './services.js'
import { nothing, parseWith } from './validation.js'

export interface RequestState {
  requestId: string
  identified: Identified
  /** The matched route's path, for logs and metrics. */
  route?: string
}

const wholeNumber = z.coerce.number().int()
/** An empty text is no number, though JavaScript makes 0 of it. */
const ofText = <Schema extends z.ZodType>(number: Schema) => z.preprocess((sent) => (sent === '' ? Number.NaN : sent), number)
const noFields = fieldTree({ defaults: [] }, undefined)
/** Whoever asks for more gets a full page, whose `limit` says how long it is: Medusa's own software asks for 999 where it wants all. */
const limitText = wholeNumber.min(0).transform((value) => Math.min(value, limits.page))
const pageQuery = z.object({
  limit: ofText(limitText.optional()),
  offset: ofText(wholeNumber.min(0).max(limits.offset).optional()),
  order: z.string().max(100).optional(),
  // Clients of lists may say it. What was deleted is gone from every answer all the same.
  with_deleted: z.preprocess((value) => (value === 'true' || value === 'false' ? value === 'true' : value), z.boolean().optional()),
})

/** Everything between a matched route and its answer: authorise, limit, parse, handle once, send. */
export async function runRoute(services: Services, route: Route, ctx: KoaContext): Promise<void> {
  const state = ctx.state as RequestState
  state.route = route.path
  const { identified } = state
  // A key that was revoked names no store either: its sender must hear of the key.
  if (identified.scope === null && ctx.get('authorization') !== '') authorise(route, identified)
  const scope = scopeOf(route, identified)
  authorise(route, identified)
  ctx.set(await services.rates.take(rateClassOf(route), callerOf(ctx, identified)))
  const parsed = await parseRequest(route, ctx)
  const audit = auditOf(services, route, ctx)
  const heard: Services = audit === undefined ? services : { ...services, db: audit }
  const request: RequestContext = {
    ...parsed,
    services: heard,
    context: contextOf(heard, state, scope),
    get tenant() {
      if (identified.tenant === null) throw unexpectedState('This request has no tenant')
      return identified.tenant
    },
    key: identified.key,
    actor: identified.actor,
    get ability() {
      return abilityOf(identified.actor)
    },
    params: ctx.params as Record<string, string>,
    ip: ctx.ip,
    locale: localeOf(ctx),
    sent: {
      bearer: /^bearer (\S+)$/i.exec(ctx.get('authorization'))?.[1] ?? '',
      session: ctx.cookies.get(sessionCookie) ?? '',
      accept: ctx.get('accept'),
    },
  }
  const key = route.method === 'GET' ? '' : ctx.get('idempotency-key')
  const handle = async () => {
    const result = await route.handle(request)
    await audit?.recordOutstanding(scope)
    return result
  }
  if (key === '') return send(ctx, route, await handle())
  const owner = ownerOf(identified, `${route.method} ${ctx.path}`)
  const content = `${ctx.querystring}\n${parsed.raw.toString('base64')}`
  const answer = await once(services, scope, { key, owner, content }, async () => {
    const reply = replyOf(route, await handle())
    // A cookie is for the first answer alone: it is kept nowhere but as a hash.
    ctx.set(reply.headers)
    return { status: reply.status, response: JSON.stringify(reply.body) }
  })
  if (answer.replayed) ctx.set('Idempotency-Replayed', 'true')
  ctx.status = answer.status
  ctx.type = 'application/json'
  ctx.body = answer.response
}

/** An identity that has no actor yet is still somebody: two of them must not be given each other's answers. */
function ownerOf({ actor }: Identified, request: string): string {
  return `${actor?.type ?? 'guest'}:${actor?.id || actor?.identityId || ''}\n${request}`
}

/** Who calls a route from inside the process, as a request says it. */
export interface Caller extends Pick<RequestContext, 'ip' | 'locale' | 'sent'> {
  identified: Identified
  requestId: string
}

/** What a request to a route holds. */
export interface Call {
  params?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, unknown>>
  body?: unknown
  /** Calls of one sender with the same key and body are made once, and answered alike. */
  idempotencyKey?: string
}

/**
 * Calls a route of shoppers without HTTP: limited, authorised, validated and handled as a request from outside.
 * @throws what the route answers as an error
 */
export async function callRoute(services: Services, route: Route, caller: Caller, call: Call): Promise<Reply> {
  const { identified, requestId, ...sender } = caller
  const scope = scopeOf(route, identified)
  authorise(route, identified)
  const { tenant, actor, key } = identified
  await services.rates.take(rateClassOf(route), `${tenant?.id ?? '-'}:${actor?.id ?? ''}:${sender.ip}`)
  const request: RequestContext = {
    ...sender,
    ...parseParameters(route, { ...call.query }),
    body: route.method === 'GET' ? {} : parseWith(route.body ?? nothing, call.body ?? {}),
    raw: empty,
    services,
    context: contextOf(services, { requestId, identified }, scope),
    tenant: tenant as Tenant,
    key,
    actor,
    ability: abilityOf(actor),
    params: call.params ?? {},
  }
  if (call.idempotencyKey === undefined) return replyOf(route, await route.handle(request))
  const owner = ownerOf(identified, `${route.method} ${route.path} ${JSON.stringify(call.params)}`)
  const answer = await once(services, scope, { key: call.idempotencyKey, owner, content: JSON.stringify(call.body) }, async () => {
    const { status, body } = replyOf(route, await route.handle(request))
    return { status, response: JSON.stringify(body) }
  })
  return new Reply(JSON.parse(answer.response), { status: answer.status })
}

const auditedSurfaces: readonly string[] = ['admin', 'vendor', 'platform']

/** What writes for a store, a vendor or the platform is given a database that keeps a record of it. */
function auditOf(services: Services, route: Route, ctx: KoaContext): AuditedDatabase | undefined {
  if (route.method === 'GET' || !auditedSurfaces.includes(route.surface)) return undefined
  const { requestId, identified } = ctx.state as RequestState
  // Where something is says nothing of what it is.
  const names = [...route.path.matchAll(/:([a-z_]+)/g)].map((match) => match[1] as string).filter((name) => name !== 'location_id')
  const last = names.at(-1)
  return auditedDatabase(services.db, {
    actorType: identified.actor?.type ?? 'guest',
    actorId: identified.actor?.id ?? null,
    action: `${route.method} ${route.path}`,
    requestId,
    objectId: last === undefined ? null : ((ctx.params as Record<string, string>)[last] ?? null),
  })
}

function scopeOf(route: Route, identified: Identified): Scope {
  if (route.withoutTenant === true) return { role: 'platform' }
  if (identified.scope === null) {
    throw invalidData('No store was named. Send x-publishable-api-key, a token, a secret key or x-tenant, or use the host of a store.')
  }
  return identified.scope
}

function authorise(route: Route, identified: Identified): void {
  const { access } = route
  if (access === 'public') return
  const { actor } = identified
  if (actor === null) throw unauthorized()
  if (access === 'authenticated') return
  if (access === 'customer') {
    if (actor.type !== 'customer' || actor.id === '') throw unauthorized()
    return
  }
  // A sign-in that waits for its account or its invitation is nobody yet.
  if (!actorsOf[route.surface].includes(actor.type) || actor.id === '') throw unauthorized()
  // A vendor's key opens the vendor's surface only; a store's key has no vendor whose rows that surface could show.
  if ((route.surface === 'vendor') !== (actor.vendorId !== null) && actor.type === 'api_key') throw unauthorized()
  if (!permits(abilityOf(actor), access as Permission)) throw forbidden(`This needs the permission ${access}`)
}

const actorsOf: Record<Route['surface'], readonly string[]> = {
  store: ['customer'],
  auth: ['customer', 'member', 'user', 'operator'],
  vendor: ['member', 'api_key'],
  admin: ['user', 'api_key'],
  platform: ['operator'],
}

/** Fails at start-up for a route that names no access, or a permission that does not exist. */
export function checkRoute(route: Route): void {
  const name = `${route.method} ${route.path}`
  const access = route.access as string | undefined
  if (access === undefined) throw new Error(`${name} names no permission`)
  if (!['public', 'authenticated', 'customer'].includes(access) && !isPermission(access)) {
    throw new Error(`${name} names the permission ${access}, which is not in the catalogue`)
  }
  for (const [, parameter] of route.path.matchAll(/:([a-z_]+)/g)) {
    if (route.ids?.[parameter as string] === undefined) throw new Error(`${name} does not say what :${parameter} names`)
  }
}

function rateClassOf(route: Route) {
  if (route.limit !== undefined) return route.limit
  return route.method === 'GET' ? 'read' : 'write'
}

function callerOf(ctx: KoaContext, identified: Identified): string {
  return `${identified.tenant?.id ?? '-'}:${identified.actor?.id ?? ''}:${ctx.ip}`
}

function contextOf(services: Services, state: RequestState, scope: Scope): Context {
  return {
    db: services.db,
    clock: services.clock,
    scope,
    requestId: state.requestId,
    actorId: state.identified.actor?.id ?? '',
  }
}

async function parseRequest(route: Route, ctx: KoaContext) {
  const parsed = parseParameters(route, parseQuery(ctx.querystring))
  if (route.method === 'GET') return { ...parsed, body: {}, raw: empty }
  if (route.raw !== undefined) {
    const type = (ctx.request.type || '').toLowerCase()
    if (!route.raw.types.includes(type)) throw invalidData(`Send the content as ${route.raw.types.join(' or ')}, not as '${type}'`)
    return { ...parsed, body: {}, raw: await readBody(ctx.req, route.raw.limit_bytes) }
  }
  const raw = await readBody(ctx.req, limits.body_bytes)
  return { ...parsed, body: parseWith(route.body ?? nothing, withoutHookData(route, parseJson(raw))), raw }
}

/** Medusa hands `additional_data` to hooks of its own; its clients may send it with any body, and here it means nothing. */
function withoutHookData({ surface }: Route, body: unknown): unknown {
  if (!['admin', 'store'].includes(surface) || typeof body !== 'object' || body === null || !('additional_data' in body)) return body
  const { additional_data: given, ...rest } = body
  return typeof given === 'object' && !Array.isArray(given) ? rest : body
}

function parseParameters(route: Route, query: Record<string, unknown>) {
  const { limit, offset, order, with_deleted, fields, locale: _locale, ...rest } = query
  // What a route does not page or select by, it does not know.
  if (route.page === undefined) Object.assign(rest, without({ limit, offset, order, with_deleted }))
  if (route.fields === undefined) Object.assign(rest, without({ fields }))
  const page = pageOf(route, { limit, offset, order, with_deleted })
  const tree = route.fields === undefined ? noFields : fieldTree(route.fields, textOf(fields))
  return { query: parseWith(route.query ?? nothing, rest), fields: tree, page }
}

const localePattern = /^[a-z]{2,8}(-[a-z0-9]{1,8}){0,4}$/i

/** `?locale=` before the header. What is no language tag is no wish, like the empty header that clients send. */
function localeOf(ctx: KoaContext): string | null {
  const { locale } = parseQuery(ctx.querystring)
  const wanted = typeof locale === 'string' && locale !== '' ? locale : ctx.get('x-medusa-locale')
  return localePattern.test(wanted) ? wanted : null
}

const empty = Buffer.alloc(0)

function without(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined
  if (Array.isArray(value)) return value.join(',')
  if (typeof value !== 'string') throw invalidData("Invalid request: Expected type: 'string' for field 'fields'")
  return value
}

function pageOf(route: Route, given: Record<string, unknown>): Page {
  const policy = route.page
  if (policy === undefined) return { limit: 0, offset: 0, order: { field: 'id', descending: false } }
  const { limit, offset, order } = parseWith(pageQuery, without(given))
  const field = order?.replace(/^-/, '') ?? policy.orderable[0]
  if (!policy.orderable.includes(field)) throw invalidData(`Order field ${field} is not valid`)
  const descending = order === undefined ? (policy.descending ?? false) : order.startsWith('-')
  return { limit: limit ?? policy.limit, offset: offset ?? 0, order: { field, descending } }
}

function replyOf(route: Route, result: unknown): Reply {
  return result instanceof Reply ? result : new Reply(result, { status: route.status ?? 200 })
}

function send(ctx: KoaContext, route: Route, result: unknown): void {
  const reply = replyOf(route, result)
  ctx.status = reply.status
  ctx.set(reply.headers)
  if (typeof reply.body === 'string' || Buffer.isBuffer(reply.body)) {
    ctx.body = reply.body
    return
  }
  ctx.type = 'application/json'
  ctx.body = JSON.stringify(reply.body)
}
