import { type Statement, statement } from '../db/index.js'
import type { VendorStatus } from './commands/change-vendor.js'

/** A vendor as its own people, the store's staff and the operator see it. */
export interface VendorRow {
  id: string
  handle: string
  name: string
  description: string | null
  email: string | null
  phone: string | null
  logo: string | null
  status: VendorStatus
  is_house: boolean
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
}

const columns =
  'v.id, v.handle, v.name, v.description, v.email, v.phone, v.logo, v.status, v.is_house, v.metadata, v.created_at, v.updated_at'

export interface VendorFilter {
  status: readonly VendorStatus[] | null
  /** Part of the name. */
  q: string | null
  limit: number
  offset: number
}

/** A page of the store's vendors, in the order they joined. */
export function listVendorsStatement(tenantId: string, filter: VendorFilter): Statement<VendorRow & { count: number }> {
  return statement(
    'vendors.list',
    `select ${columns}, count(*) over ()::int as count from vendor v
     where v.tenant_id = $1 and v.deleted_at is null and ($2::text[] is null or v.status = any($2))
       and ($3::text is null or v.name ilike $3)
     order by v.id limit $4 offset $5`,
    [tenantId, filter.status, filter.q === null ? null : `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`, filter.limit, filter.offset],
  )
}

export function retrieveVendorStatement(tenantId: string, id: string): Statement<VendorRow> {
  return statement('vendors.retrieve', `select ${columns} from vendor v where v.tenant_id = $1 and v.id = $2 and v.deleted_at is null`, [
    tenantId,
    id,
  ])
}

export interface MemberRow {
  id: string
  vendor_id: string
  email: string
  first_name: string | null
  last_name: string | null
  created_at: Date
  updated_at: Date
  count: number
}

export function listMembersStatement(tenantId: string, vendorId: string, page: { limit: number; offset: number }): Statement<MemberRow> {
  return statement(
    'vendors.list_members',
    `select id, vendor_id, email, first_name, last_name, created_at, updated_at, count(*) over ()::int as count
     from vendor_member where tenant_id = $1 and vendor_id = $2 and deleted_at is null order by id limit $3 offset $4`,
    [tenantId, vendorId, page.limit, page.offset],
  )
}
