import type { Database, Scope, Statement } from '../db/index.js'
import { type Clock, forbidden, notAllowed } from '../kernel/index.js'
import type { Actor, Grant, Identified, Key, Tenant } from './actor.js'
import { remembered } from './cache.js'
import { isKey, keyHash } from './keys.js'
import { operatorPermissions, type Permission, vendorKeyPermissions } from './permissions.js'
import {
  identityStatement,
  keyStatement,
  operatorStatement,
  ownChannelStatement,
  type TenantRow,
  tenantByDomainStatement,
  tenantByKeyStatement,
  tenantByPublicIdStatement,
  tenantBySlugStatement,
  touchKeyStatement,
} from './queries.js'
import { sessionStatement } from './sessions.js'
import type { TokenClaims, Tokens } from './tokens.js'

/** What a request says of where it belongs and who sends it. Empty text: not said. */
export interface Hints {
  surface: 'store' | 'auth' | 'vendor' | 'admin' | 'platform'
  host: string
  authorization: string
  publishableKey: string
  tenantSlug: string
  /** Value of the session cookie. */
  session: string
  /** The page that a browser sends the request for, as its Origin header says. */
  origin: string
}

export interface Gatekeeper {
  /**
   * Finds the store and the sender of a request. A token that is wrong or over counts as none.
   * @throws not_allowed for missing or unknown keys and for hints that name two stores; forbidden for suspended ones
   */
  identify(hints: Hints): Promise<Identified>
  /**
   * The same for a page of a store's own storefront: the store of the host with its own sales channel, and the customer
   * whose session the browser holds.
   * @returns null for a host that is no store's
   * @throws forbidden for a suspended store
   */
  identifyShopper(host: string, session: string): Promise<Identified | null>
  /** Whether a store is to be found at a host, be it suspended. */
  isHosted(host: string): Promise<boolean>
  /** Forgets what is remembered of keys, tokens and stores in this process: after a change that must show at once. */
  forget(): void
  /** The same for a session that has ended. */
  forgetSession(value: string): void
  /** The same for an identity whose tokens were ended. */
  forgetIdentity(tenantId: string, identityId: string): void
}

interface FoundKey {
  tenant: Tenant
  key: Key
  vendorId: string | null
  vendorStatus: string | null
  permissions: readonly Permission[]
  endsAt: Date | null
}

const platform: Scope = { role: 'platform' }
const missingKey =
  'Publishable API key required in the request header: x-publishable-api-key. You can manage your keys in settings in the dashboard.'
const invalidKey = 'A valid publishable key is required to proceed with the request'

/** Whose session counts where. A person who runs a store and buys in it is two people, with one cookie on one host. */
const sessionsOn: Record<Hints['surface'], readonly string[]> = {
  store: ['customer'],
  auth: ['customer', 'member', 'user', 'operator'],
  vendor: ['member'],
  admin: ['user'],
  platform: ['operator'],
}

/** What is looked up for requests, believed for a short while. */
function lookupsOf(db: Database, baseDomain: string) {
  const suffix = `.${baseDomain}`
  const one = async <Row>(scope: Scope, statement: Statement<Row>): Promise<Row | null> => (await db.read(scope, statement))[0] ?? null
  const bySlug = remembered(async (slug) => tenantOf(await one(platform, tenantBySlugStatement(slug))))
  const byDomain = remembered(async (host) => tenantOf(await one(platform, tenantByDomainStatement(host))))
  const byPublicId = remembered(async (id) => tenantOf(await one(platform, tenantByPublicIdStatement(id))))
  const byKey = remembered((hash) => findKey(db, hash))
  const byIdentity = remembered((key) => {
    const [tenantId, identityId] = key.split(' ') as [string, string]
    return one({ role: 'store', tenantId }, identityStatement(tenantId, identityId))
  })
  const ownKey = remembered(async (tenantId): Promise<Key> => {
    const channels = await db.read({ role: 'store', tenantId }, ownChannelStatement(tenantId))
    return { id: 'storefront', type: 'publishable', salesChannelIds: channels.map((channel) => channel.id) }
  })
  const byOperator = remembered((id) => one(platform, operatorStatement(id)))
  const bySession = remembered((hash) => one(platform, sessionStatement(hash)))

  return {
    bySlug,
    byPublicId,
    byKey,
    byIdentity,
    byOperator,
    bySession,
    ownKey,
    async byHost(host: string): Promise<Tenant | null> {
      if (host.endsWith(suffix)) return bySlug(host.slice(0, -suffix.length).toLowerCase())
      // Addresses and the bare base domain belong to no store.
      if (host === baseDomain || !host.includes('.') || /^[\d.:[\]]+$/.test(host)) return null
      return byDomain(host.toLowerCase())
    },
    forget() {
      for (const lookup of [bySlug, byDomain, byPublicId, byKey, byIdentity, byOperator, bySession, ownKey]) lookup.forget()
    },
  }
}

type Lookups = ReturnType<typeof lookupsOf>

export function gatekeeperOf(options: { db: Database; tokens: Tokens; baseDomain: string; clock: Clock }): Gatekeeper {
  const { tokens, clock } = options
  const lookups = lookupsOf(options.db, options.baseDomain)
  return {
    async identify(hints) {
      const publishable = await publishableOf(lookups, clock, hints)
      const credential = credentialOf(hints.authorization)
      const held = await keyOf(lookups, clock, credential)
      const named = await namedBySlug(lookups, hints.tenantSlug)
      const ofHost = await lookups.byHost(hints.host)
      // A key comes first, then a session, then a token.
      const session = held === null ? await sessionOf(lookups, clock, hints, publishable?.tenant ?? named ?? ofHost) : null
      const claims = session !== null || credential === '' || isKey(credential) ? null : await tokens.read(credential)
      const ofToken = claims?.tenant_id === undefined ? (session?.tenant ?? null) : await lookups.byPublicId(claims.tenant_id)
      const tenant = agreed({
        'the publishable key': publishable?.tenant,
        'the API key': held?.tenant,
        'the token': ofToken,
        'x-tenant': named,
        'the host': ofHost,
      })
      if (hints.surface !== 'platform') refuseSuspended(tenant)
      const who = held !== null ? keyActor(held) : claims === null ? (session?.actor ?? null) : await actorOf(lookups, claims, ofToken)
      const key = publishable?.key ?? held?.key ?? null
      return { tenant, key, actor: who, scope: scopeOf(hints, tenant, who) }
    },
    async identifyShopper(host, session) {
      const tenant = await lookups.byHost(host)
      if (tenant === null) return null
      refuseSuspended(tenant)
      const hints: Hints = { surface: 'store', host, session, origin: '', authorization: '', publishableKey: '', tenantSlug: '' }
      const [key, held] = await Promise.all([lookups.ownKey(tenant.id), sessionOf(lookups, clock, hints, tenant)])
      return { tenant, key, actor: held?.actor ?? null, scope: { role: 'store', tenantId: tenant.id } }
    },
    isHosted: async (host) => (await lookups.byHost(host)) !== null,
    forget: () => lookups.forget(),
    forgetSession: (value) => lookups.bySession.forget(keyHash(value)),
    forgetIdentity: (tenantId, identityId) => lookups.byIdentity.forget(`${tenantId} ${identityId}`),
  }
}

function refuseSuspended(tenant: Tenant | null): void {
  if (tenant?.status === 'suspended') throw forbidden('This store is suspended.', 'tenant_suspended')
}

async function namedBySlug({ bySlug }: Lookups, slug: string): Promise<Tenant | null> {
  if (slug === '') return null
  const tenant = await bySlug(slug.toLowerCase())
  if (tenant === null) throw notAllowed(`x-tenant names no store: ${slug.slice(0, 63)}`)
  return tenant
}

async function actorOf(lookups: Lookups, claims: TokenClaims, tenant: Tenant | null): Promise<Actor | null> {
  if (claims.actor_type === 'operator') {
    const operator = await lookups.byOperator(claims.auth_identity_id)
    if (operator === null || operator.token_version !== claims.token_version) return null
    const allowed = operator.permissions.filter((permission) => operatorPermissions.includes(permission))
    return actor(
      'operator',
      operator.id,
      operator,
      null,
      allowed.map((permission) => ({ permission, vendorId: null })),
      claims,
    )
  }
  if (tenant === null) return null
  const identity = await identityOf(lookups, `${tenant.id} ${claims.auth_identity_id}`, claims)
  if (identity === null || identity.token_version !== claims.token_version) return null
  if (identity.actor_type === 'member') {
    if (identity.vendor_id === null) return null
    refuseSuspendedVendor(identity.vendor_status)
  }
  const grants = identity.grants
    .flatMap((grant) => grant.permissions.map((permission): Grant => ({ permission, vendorId: grant.vendor_id })))
    // A member's rights end with the member's vendor, whatever a grant says.
    .filter((grant) => identity.actor_type !== 'member' || grant.vendorId === identity.vendor_id)
  return actor(identity.actor_type, identity.actor_id ?? '', identity, identity.vendor_id, grants, claims)
}

/** One that has just got its actor, or a new version of its tokens, is not the one that is remembered. */
async function identityOf({ byIdentity }: Lookups, key: string, claims: TokenClaims) {
  const known = await byIdentity(key)
  if (known !== null && known.actor_id !== null && known.token_version >= claims.token_version) return known
  byIdentity.forget(key)
  return byIdentity(key)
}

interface Session {
  actor: Actor
  tenant: Tenant | null
}

/**
 * What a session says. A browser sends its cookie unasked, so it decides nothing: one of another store than the one
 * that is named counts for nothing, and so does one that a page of somebody else's makes the browser send. Stores are
 * neighbours on one domain, where SameSite does not keep them apart.
 */
async function sessionOf(lookups: Lookups, clock: Clock, hints: Hints, named: Tenant | null): Promise<Session | null> {
  if (hints.session === '') return null
  const session = await lookups.bySession(keyHash(hints.session))
  if (session === null || session.expires_at <= clock.now()) return null
  const { claims } = session
  if (!sessionsOn[hints.surface].includes(claims.actor_type)) return null
  const tenant = claims.tenant_id === undefined ? null : await lookups.byPublicId(claims.tenant_id)
  if (named !== null && tenant !== null && named.id !== tenant.id) return null
  const page = hints.origin === '' ? hints.host : hostOf(hints.origin)
  const own = page === hints.host || (tenant !== null && (await lookups.byHost(page))?.id === tenant.id)
  const who = own ? await actorOf(lookups, claims, tenant) : null
  return who === null ? null : { actor: who, tenant }
}

/** A key that is remembered ends in time all the same. */
async function keyOf({ byKey }: Lookups, clock: Clock, text: string): Promise<FoundKey | null> {
  const found = isKey(text) ? await byKey(keyHash(text)) : null
  return found === null || (found.endsAt !== null && found.endsAt <= clock.now()) ? null : found
}

async function publishableOf(lookups: Lookups, clock: Clock, hints: Hints): Promise<FoundKey | null> {
  if (hints.publishableKey === '') {
    if (hints.surface === 'store') throw notAllowed(missingKey)
    return null
  }
  const found = await keyOf(lookups, clock, hints.publishableKey)
  if (found === null || found.key.type !== 'publishable') throw notAllowed(invalidKey)
  return found
}

/** Bearer token or key; Basic with a key plain or as user name, as Medusa's clients send it. */
function credentialOf(authorization: string): string {
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return ''
  if (isKey(value)) return value
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0] ?? ''
}

/** The store that every hint names which names one. */
function agreed(hints: Readonly<Record<string, Tenant | null | undefined>>): Tenant | null {
  const [first, ...others] = Object.entries(hints).flatMap(([name, tenant]) => (tenant == null ? [] : [{ name, tenant }]))
  if (first === undefined) return null
  const other = others.find(({ tenant }) => tenant.id !== first.tenant.id)
  if (other !== undefined) throw notAllowed(`${capital(first.name)} and ${other.name} name two different stores. Send one of them.`)
  return first.tenant
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function scopeOf(hints: Hints, tenant: Tenant | null, who: Actor | null): Scope | null {
  if (tenant === null) return null
  if (hints.surface === 'vendor' && who?.vendorId != null) {
    return { role: 'vendor', tenantId: tenant.id, vendorId: who.vendorId }
  }
  return { role: 'store', tenantId: tenant.id }
}

function tenantOf(row: TenantRow | null): Tenant | null {
  return row === null ? null : { id: row.id, publicId: row.public_id, slug: row.slug, name: row.name, status: row.status }
}

async function findKey(db: Database, hash: string): Promise<FoundKey | null> {
  const [row] = await db.read(platform, tenantByKeyStatement(hash))
  if (row === undefined) return null
  const scope: Scope = { role: 'store', tenantId: row.id }
  const [key] = await db.read(scope, keyStatement(row.id, row.api_key_id))
  if (key === undefined) return null
  // Not awaited: nobody waits for a note.
  db.unitOfWork(scope, (unit) => unit.run(touchKeyStatement(row.id, key.id))).catch(() => undefined)
  return {
    tenant: tenantOf(row) as Tenant,
    key: { id: key.id, type: key.type, salesChannelIds: key.sales_channel_ids },
    vendorId: key.vendor_id,
    vendorStatus: key.vendor_status,
    permissions: key.permissions,
    endsAt: key.ends_at,
  }
}

function keyActor(found: FoundKey): Actor | null {
  if (found.key.type === 'publishable') return null
  const isOfVendor = found.key.type === 'vendor'
  if (isOfVendor) refuseSuspendedVendor(found.vendorStatus)
  const allowed = found.permissions.filter((permission) => !isOfVendor || vendorKeyPermissions.includes(permission))
  const grants = allowed.map((permission): Grant => ({ permission, vendorId: found.vendorId }))
  return actor('api_key', found.key.id, null, found.vendorId, grants, null)
}

function refuseSuspendedVendor(status: string | null): void {
  if (status === 'suspended' || status === 'terminated') throw forbidden('This vendor is suspended.', 'vendor_suspended')
}

function actor(
  type: Actor['type'],
  id: string,
  identity: { id: string; token_version: number } | null,
  vendorId: string | null,
  grants: Grant[],
  claims: TokenClaims | null,
): Actor {
  const sent = { identityId: identity?.id ?? null, tokenVersion: identity?.token_version ?? null }
  const givenAt = claims?.mfa_challenge_completed_at
  const secondFactor = givenAt !== undefined ? new Date(givenAt) : claims?.mfa_enabled === true ? 'wanted' : 'none'
  if (secondFactor === 'wanted') return { type, id: '', ...sent, vendorId: null, grants: [], secondFactor }
  return { type, id, ...sent, vendorId, grants, secondFactor }
}

function hostOf(origin: string): string {
  return URL.canParse(origin) ? new URL(origin).hostname : ''
}
