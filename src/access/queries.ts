import { type Statement, statement } from '../db/index.js'
import type { Permission } from './permissions.js'

export interface TenantRow {
  id: string
  public_id: string
  slug: string
  name: string
  status: 'active' | 'suspended'
}

const tenantColumns = 't.id, t.public_id, t.slug, t.name, t.status'

export function tenantByKeyStatement(hash: string): Statement<TenantRow & { api_key_id: string }> {
  return statement(
    'access.tenant_by_key',
    `select ${tenantColumns}, r.api_key_id from platform.api_key_route r
     join platform.tenant t on t.id = r.tenant_id where r.token_hash = $1`,
    [hash],
  )
}

export function tenantBySlugStatement(slug: string): Statement<TenantRow> {
  return statement('access.tenant_by_slug', `select ${tenantColumns} from platform.tenant t where t.slug = $1`, [slug])
}

export function tenantByPublicIdStatement(publicId: string): Statement<TenantRow> {
  return statement('access.tenant_by_public_id', `select ${tenantColumns} from platform.tenant t where t.public_id = $1`, [publicId])
}

export function tenantByDomainStatement(hostname: string): Statement<TenantRow> {
  return statement(
    'access.tenant_by_domain',
    `select ${tenantColumns} from platform.domain d join platform.tenant t on t.id = d.tenant_id
     where d.hostname = $1 and d.verified_at is not null`,
    [hostname],
  )
}

export interface KeyRow {
  id: string
  type: 'publishable' | 'secret' | 'vendor'
  vendor_id: string | null
  vendor_status: string | null
  permissions: Permission[]
  sales_channel_ids: string[]
  /** When it ends, by being revoked or running out; null for never. */
  ends_at: Date | null
}

/** A key that is neither revoked nor over, with the channels it opens. */
export function keyStatement(tenantId: string, keyId: string): Statement<KeyRow> {
  return statement(
    'access.key',
    `select k.id, k.type, k.vendor_id, v.status as vendor_status, k.permissions, least(k.revoked_at, k.expires_at) as ends_at,
            array(select c.sales_channel_id from api_key_sales_channel c
                  join sales_channel s on s.tenant_id = c.tenant_id and s.id = c.sales_channel_id
                  where c.tenant_id = $1 and c.api_key_id = k.id and not s.is_disabled and s.deleted_at is null
                  order by c.sales_channel_id) as sales_channel_ids
     from api_key k left join vendor v on v.tenant_id = k.tenant_id and v.id = k.vendor_id
     where k.tenant_id = $1 and k.id = $2
       and (k.revoked_at is null or k.revoked_at > now()) and (k.expires_at is null or k.expires_at > now())`,
    [tenantId, keyId],
  )
}

/** The channel that a store's own storefront sells in: its default one, or else its first that is in use. */
export function ownChannelStatement(tenantId: string): Statement<{ id: string }> {
  return statement(
    'access.own_channel',
    `select c.id from sales_channel c join store s on s.tenant_id = c.tenant_id
     where c.tenant_id = $1 and not c.is_disabled and c.deleted_at is null
     order by c.id is not distinct from s.default_sales_channel_id desc, c.id limit 1`,
    [tenantId],
  )
}

/** Notes that a key is in use, at most once a minute. */
export function touchKeyStatement(tenantId: string, keyId: string): Statement<{ id: string }> {
  return statement(
    'access.touch_key',
    `update api_key set last_used_at = now()
     where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at < now() - interval '1 minute')
     returning id`,
    [tenantId, keyId],
  )
}

export interface IdentityRow {
  id: string
  actor_type: 'customer' | 'member' | 'user'
  actor_id: string | null
  password_hash: string
  token_version: number
  vendor_id: string | null
  vendor_status: string | null
  grants: { permissions: Permission[]; vendor_id: string | null }[]
}

const identityColumns = `
  i.id, i.actor_type, i.actor_id, i.password_hash, i.token_version, m.vendor_id, v.status as vendor_status,
  coalesce((select json_agg(json_build_object('permissions', r.permissions, 'vendor_id', g.vendor_id))
            from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
            where g.tenant_id = $1 and g.subject_type = i.actor_type and g.subject_id = i.actor_id), '[]') as grants
  from auth_identity i
  left join vendor_member m on m.tenant_id = i.tenant_id and m.id = i.actor_id and i.actor_type = 'member' and m.deleted_at is null
  left join vendor v on v.tenant_id = m.tenant_id and v.id = m.vendor_id`

export function identityStatement(tenantId: string, identityId: string): Statement<IdentityRow> {
  return statement('access.identity', `select ${identityColumns} where i.tenant_id = $1 and i.id = $2`, [tenantId, identityId])
}

export function identityByEmailStatement(tenantId: string, actorType: string, email: string): Statement<IdentityRow> {
  return statement('access.identity_by_email', `select ${identityColumns} where i.tenant_id = $1 and i.actor_type = $2 and i.email = $3`, [
    tenantId,
    actorType,
    email,
  ])
}

export interface OperatorRow {
  id: string
  password_hash: string
  token_version: number
  permissions: Permission[]
}

export function operatorStatement(id: string): Statement<OperatorRow> {
  return statement('access.operator', 'select id, password_hash, token_version, permissions from platform.operator where id = $1', [id])
}

export function operatorByEmailStatement(email: string): Statement<OperatorRow> {
  return statement(
    'access.operator_by_email',
    'select id, password_hash, token_version, permissions from platform.operator where email = $1',
    [email],
  )
}

export interface VersionRow {
  actor_id: string | null
  token_version: number
}

export function identityVersionStatement(tenantId: string, id: string): Statement<VersionRow> {
  return statement('access.identity_version', 'select actor_id, token_version from auth_identity where tenant_id = $1 and id = $2', [
    tenantId,
    id,
  ])
}

export function operatorVersionStatement(id: string): Statement<VersionRow> {
  return statement('access.operator_version', 'select id as actor_id, token_version from platform.operator where id = $1', [id])
}
