import type { Database, Scope, Statement } from '../db/index.js'
import { forbidden, notAllowed } from '../kernel/index.js'
import type { Actor, Grant, Identified, Key, Tenant } from './actor.js'
import { remembered } from './cache.js'
import { isKey, keyHash } from './keys.js'
import { operatorPermissions, type Permission } from './permissions.js'
import {
  identityStatement,
  keyStatement,
  operatorStatement,
  type TenantRow,
  tenantByDomainStatement,
  tenantByKeyStatement,
  tenantByPublicIdStatement,
  tenantBySlugStatement,
  touchKeyStatement,
} from './queries.js'
import type { TokenClaims, Tokens } from './tokens.js'

/** What a request says of where it belongs and who sends it. Empty text: not said. */
export interface Hints {
  surface: 'store' | 'auth' | 'vendor' | 'admin' | 'platform'
  host: string
  authorization: string
  publishableKey: string
  tenantSlug: string
}

export interface Gatekeeper {
  /**
   * Finds the store and the sender of a request. A token that is wrong or over counts as none.
   * @throws not_allowed for missing or unknown keys and for hints that name two stores; forbidden for suspended ones
   */
  identify(hints: Hints): Promise<Identified>
  /** Forgets what is remembered of keys, tokens and stores in this process: after a change that must show at once. */
  forget(): void
}

interface FoundKey {
  tenant: Tenant
  key: Key
  vendorId: string | null
  vendorStatus: string | null
  permissions: readonly Permission[]
}

const platform: Scope = { role: 'platform' }
const missingKey =
  'Publishable API key required in the request header: x-publishable-api-key. You can manage your keys in settings in the dashboard.'
const invalidKey = 'A valid publishable key is required to proceed with the request'

export function gatekeeperOf(options: { db: Database; tokens: Tokens; baseDomain: string }): Gatekeeper {
  const { db, tokens } = options
  const suffix = `.${options.baseDomain}`

  const one = async <Row>(scope: Scope, statement: Statement<Row>): Promise<Row | null> => (await db.read(scope, statement))[0] ?? null
  const bySlug = remembered(async (slug) => tenantOf(await one(platform, tenantBySlugStatement(slug))))
  const byDomain = remembered(async (host) => tenantOf(await one(platform, tenantByDomainStatement(host))))
  const byPublicId = remembered(async (id) => tenantOf(await one(platform, tenantByPublicIdStatement(id))))
  const byKey = remembered((hash) => findKey(db, hash))
  const byIdentity = remembered((key) => {
    const [tenantId, identityId] = key.split(' ') as [string, string]
    return one({ role: 'store', tenantId }, identityStatement(tenantId, identityId))
  })
  const byOperator = remembered((id) => one(platform, operatorStatement(id)))

  async function tenantOfHost(host: string): Promise<Tenant | null> {
    if (host.endsWith(suffix)) return bySlug(host.slice(0, -suffix.length).toLowerCase())
    // Addresses and the bare base domain belong to no store.
    if (host === options.baseDomain || !host.includes('.') || /^[\d.:[\]]+$/.test(host)) return null
    return byDomain(host.toLowerCase())
  }

  async function actorOf(claims: TokenClaims, tenant: Tenant | null): Promise<Actor | null> {
    if (claims.actor_type === 'operator') {
      const operator = await byOperator(claims.auth_identity_id)
      if (operator === null || operator.token_version !== claims.token_version) return null
      const allowed = operator.permissions.filter((permission) => operatorPermissions.includes(permission))
      return actor('operator', operator.id, operator, null, allowed.map((permission) => ({ permission, vendorId: null })))
    }
    if (tenant === null) return null
    const identity = await byIdentity(`${tenant.id} ${claims.auth_identity_id}`)
    if (identity === null || identity.token_version !== claims.token_version) return null
    if (identity.actor_type === 'member') {
      if (identity.vendor_id === null) return null
      refuseSuspendedVendor(identity.vendor_status)
    }
    const grants = identity.grants
      .flatMap((grant) => grant.permissions.map((permission): Grant => ({ permission, vendorId: grant.vendor_id })))
      // A member's rights end with the member's vendor, whatever a grant says.
      .filter((grant) => identity.actor_type !== 'member' || grant.vendorId === identity.vendor_id)
    return actor(identity.actor_type, identity.actor_id ?? '', identity, identity.vendor_id, grants)
  }

  return {
    async identify(hints) {
      const found = new Map<string, Tenant>()
      const publishable = await publishableOf(hints, byKey)
      if (publishable !== null) found.set('the publishable key', publishable.tenant)
      const credential = credentialOf(hints.authorization)
      const held = isKey(credential) ? await byKey(keyHash(credential)) : null
      if (held !== null) found.set('the API key', held.tenant)
      const claims = credential === '' || isKey(credential) ? null : await tokens.read(credential)
      const ofToken = claims?.tenant_id === undefined ? null : await byPublicId(claims.tenant_id)
      if (ofToken !== null) found.set('the token', ofToken)
      if (hints.tenantSlug !== '') {
        const named = await bySlug(hints.tenantSlug.toLowerCase())
        if (named === null) throw notAllowed(`x-tenant names no store: ${hints.tenantSlug.slice(0, 63)}`)
        found.set('x-tenant', named)
      }
      const ofHost = await tenantOfHost(hints.host)
      if (ofHost !== null) found.set('the host', ofHost)
      const tenant = agreed(found)
      if (tenant?.status === 'suspended' && hints.surface !== 'platform') {
        throw forbidden('This store is suspended.', 'tenant_suspended')
      }
      const who = held !== null ? keyActor(held) : claims === null ? null : await actorOf(claims, ofToken)
      const key = publishable?.key ?? held?.key ?? null
      return { tenant, key, actor: who, scope: scopeOf(hints, tenant, who) }
    },
    forget() {
      for (const lookup of [bySlug, byDomain, byPublicId, byKey, byIdentity, byOperator]) lookup.forget()
    },
  }
}

async function publishableOf(hints: Hints, byKey: (hash: string) => Promise<FoundKey | null>): Promise<FoundKey | null> {
  if (hints.publishableKey === '') {
    if (hints.surface === 'store') throw notAllowed(missingKey)
    return null
  }
  const found = isKey(hints.publishableKey) ? await byKey(keyHash(hints.publishableKey)) : null
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

function agreed(found: ReadonlyMap<string, Tenant>): Tenant | null {
  const [first, ...others] = found
  if (first === undefined) return null
  for (const [name, tenant] of others) {
    if (tenant.id !== first[1].id) throw notAllowed(`${capital(first[0])} and ${name} name two different stores. Send one of them.`)
  }
  return first[1]
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
  }
}

function keyActor(found: FoundKey): Actor | null {
  if (found.key.type === 'publishable') return null
  if (found.key.type === 'vendor') refuseSuspendedVendor(found.vendorStatus)
  const grants = found.permissions.map((permission): Grant => ({ permission, vendorId: found.vendorId }))
  return actor('api_key', found.key.id, null, found.vendorId, grants)
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
): Actor {
  return { type, id, identityId: identity?.id ?? null, tokenVersion: identity?.token_version ?? null, vendorId, grants }
}
