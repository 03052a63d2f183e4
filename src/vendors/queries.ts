import { wordPatterns, hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'
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
  q: string | undefined
}

/** A page of the store's vendors. */
export function listVendorsStatement(tenantId: string, filter: VendorFilter, page: ListPage): Statement<VendorRow & { count: number }> {
  const order = orderBy('v', page.order)
  return statement(
    `vendors.list.${order.name}`,
    `select ${columns}, count(*) over ()::int as count from vendor v
     where v.tenant_id = $1 and v.deleted_at is null and ($2::text[] is null or v.status = any($2))
       and ${hasWords('$3', 'v.name')}
     ${order.sql} limit $4 offset $5`,
    [tenantId, filter.status, wordPatterns(filter.q), page.limit, page.offset],
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

export function listMembersStatement(tenantId: string, vendorId: string, page: ListPage): Statement<MemberRow> {
  const order = orderBy('m', page.order)
  return statement(
    `vendors.list_members.${order.name}`,
    `select m.id, m.vendor_id, m.email, m.first_name, m.last_name, m.created_at, m.updated_at, count(*) over ()::int as count
     from vendor_member m where m.tenant_id = $1 and m.vendor_id = $2 and m.deleted_at is null ${order.sql} limit $3 offset $4`,
    [tenantId, vendorId, page.limit, page.offset],
  )
}
