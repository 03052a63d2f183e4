import { type Database, type Statement, statement } from '../db/index.js'
import { notFound } from '../kernel/index.js'

export interface TenantRow {
  /** The uuid that rows carry; stays inside. */
  id: string
  public_id: string
  slug: string
  name: string
  status: 'active' | 'suspended'
  suspended_reason: string | null
  /** Where its shoppers are charged. */
  payment_account: 'own' | 'operator'
  plan: { id: string; name: string; fee_rate_ppm: number }
  domains: { id: string; hostname: string; verified_at: string | null }[]
  created_at: Date
  updated_at: Date
}

const columns = `
  t.id, t.public_id, t.slug, t.name, t.status, t.suspended_reason, t.payment_account, t.created_at, t.updated_at,
  (select json_build_object('id', p.id, 'name', p.name, 'fee_rate_ppm', p.fee_rate_ppm) from platform.plan p where p.id = t.plan_id) as plan,
  coalesce((select json_agg(json_build_object('id', d.id, 'hostname', d.hostname, 'verified_at', d.verified_at) order by d.id)
            from platform.domain d where d.tenant_id = t.id), '[]') as domains`

export function listTenantsStatement(filter: {
  q: string | null
  limit: number
  offset: number
}): Statement<TenantRow & { count: number }> {
  return statement(
    'platform.list_tenants',
    `select ${columns}, count(*) over ()::int as count from platform.tenant t
     where $1::text is null or t.slug ilike $1 or t.name ilike $1 order by t.created_at, t.id limit $2 offset $3`,
    [filter.q === null ? null : `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`, filter.limit, filter.offset],
  )
}

/** A tenant by public id or slug. Throws not_found. */
export async function retrieveTenant(db: Database, publicIdOrSlug: string): Promise<TenantRow> {
  const [row] = await db.read(
    { role: 'platform' },
    statement<TenantRow>('platform.tenant', `select ${columns} from platform.tenant t where t.public_id = $1 or t.slug = $1`, [
      publicIdOrSlug,
    ]),
  )
  if (row === undefined) throw notFound(`Tenant with id: ${publicIdOrSlug} was not found`)
  return row
}

export interface TenantUsage {
  vendors: number
  products: number
  orders: number
  staff: number
  failed_jobs: number
}

/** How much a store holds; read in its own context. */
export function tenantUsageStatement(tenantId: string): Statement<TenantUsage> {
  return statement(
    'platform.usage',
    `select (select count(*) from vendor where tenant_id = $1 and not is_house and deleted_at is null)::int as vendors,
            (select count(*) from product where tenant_id = $1 and deleted_at is null)::int as products,
            (select count(*) from orders where tenant_id = $1)::int as orders,
            (select count(*) from store_user where tenant_id = $1 and deleted_at is null)::int as staff,
            (select count(*) from outbox_event where tenant_id = $1 and state = 'failed')::int as failed_jobs`,
    [tenantId],
  )
}
