import { wordPatterns, hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import type { VendorStatus } from './locks.js'

/** What the person says who asks to sell in a store. */
export interface ApplicationDetails {
  id: string
  status: ApplicationRow['status']
  reason: string | null
  email: string
  first_name: string | null
  last_name: string | null
  phone: string | null
  address: Record<string, string | null> | null
  documents: { name: string; url: string }[]
  message: string | null
  decided_by: string | null
  decided_at: string | null
  created_at: string
}

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

/** For the store's staff: with what was said by who applied, null where nobody did. */
const applicationSql = `(select jsonb_build_object('id', a.id, 'status', a.status, 'reason', a.reason, 'email', a.email, 'first_name', a.first_name,
    'last_name', a.last_name, 'phone', a.phone, 'address', a.address, 'documents', a.documents, 'message', a.message,
    'decided_by', a.decided_by, 'decided_at', a.decided_at, 'created_at', a.created_at)
  from vendor_application a where a.tenant_id = $1 and a.vendor_id = v.id) as application`

export type VendorWithApplication = VendorRow & { application: ApplicationDetails | null }

/** A page of the store's vendors. */
export function listVendorsStatement(
  tenantId: string,
  filter: VendorFilter,
  page: ListPage,
): Statement<VendorWithApplication & { count: number }> {
  const order = orderBy('v', page.order)
  return statement(
    `vendors.list.${order.name}`,
    `select ${columns}, ${applicationSql}, count(*) over ()::int as count from vendor v
     where v.tenant_id = $1 and v.deleted_at is null and ($2::text[] is null or v.status = any($2))
       and ${hasWords('$3', 'v.name')}
     ${order.sql} limit $4 offset $5`,
    [tenantId, filter.status, wordPatterns(filter.q), page.limit, page.offset],
  )
}

export function retrieveVendorForStaffStatement(tenantId: string, id: string): Statement<VendorWithApplication> {
  return statement(
    'vendors.retrieve_for_staff',
    `select ${columns}, ${applicationSql} from vendor v where v.tenant_id = $1 and v.id = $2 and v.deleted_at is null`,
    [tenantId, id],
  )
}

export function retrieveVendorStatement(tenantId: string, id: string): Statement<VendorRow> {
  return statement('vendors.retrieve', `select ${columns} from vendor v where v.tenant_id = $1 and v.id = $2 and v.deleted_at is null`, [
    tenantId,
    id,
  ])
}

export interface ApplicationRow {
  id: string
  vendor_id: string
  handle: string
  name: string
  status: 'submitted' | 'approved' | 'rejected'
  /** Of a rejection. */
  reason: string | null
  decided_at: Date | null
  created_at: Date
  email: string
}

/** How an application stands, with nothing of who made it but the e-mail that answers go to. */
export function applicationStatement(tenantId: string, id: string): Statement<ApplicationRow> {
  return statement(
    'vendors.application',
    `select a.id, a.vendor_id, v.handle, v.name, a.status, a.reason, a.decided_at, a.created_at, a.email
     from vendor_application a join vendor v on v.tenant_id = a.tenant_id and v.id = a.vendor_id
     where a.tenant_id = $1 and a.id = $2`,
    [tenantId, id],
  )
}

export interface MemberRow {
  id: string
  vendor_id: string
  email: string
  first_name: string | null
  last_name: string | null
  /** The name of the member's role. */
  role: string | null
  created_at: Date
  updated_at: Date
  count: number
}

/** A page of a vendor's people, or one of them. Read as the store: roles are not the vendor role's to read. */
export function listMembersStatement(tenantId: string, vendorId: string, page: ListPage, id: string | null = null): Statement<MemberRow> {
  const order = orderBy('m', page.order)
  return statement(
    `vendors.list_members.${order.name}`,
    `select m.id, m.vendor_id, m.email, m.first_name, m.last_name, m.created_at, m.updated_at, count(*) over ()::int as count,
            (select min(r.name) from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
             where g.tenant_id = $1 and g.subject_type = 'member' and g.subject_id = m.id) as role
     from vendor_member m where m.tenant_id = $1 and m.vendor_id = $2 and m.deleted_at is null and ($5::text is null or m.id = $5)
     ${order.sql} limit $3 offset $4`,
    [tenantId, vendorId, page.limit, page.offset, id],
  )
}
