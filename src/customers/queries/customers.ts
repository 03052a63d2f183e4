import { hasWords, type ListPage, orderBy, type Statement, statement } from '../../db/index.js'
import { addressesJson, type AddressRow } from './addresses.js'

export interface CustomerRow {
  id: string
  email: string
  company_name: string | null
  first_name: string | null
  last_name: string | null
  phone: string | null
  has_account: boolean
  metadata: Record<string, unknown> | null
  created_by: string | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  addresses: AddressRow[]
  groups: { id: string; name: string; metadata: Record<string, unknown> | null; created_at: string; updated_at: string }[]
}

const columns = `
  c.id, c.email, c.company_name, c.first_name, c.last_name, c.phone, c.has_account, c.metadata, c.created_by,
  c.created_at, c.updated_at, c.deleted_at, ${addressesJson} as addresses,
  coalesce((select json_agg(json_build_object('id', g.id, 'name', g.name, 'metadata', g.metadata, 'created_by', g.created_by,
      'created_at', g.created_at, 'updated_at', g.updated_at, 'deleted_at', g.deleted_at) order by g.id)
    from customer_group_customer m join customer_group g on g.tenant_id = m.tenant_id and g.id = m.customer_group_id
    where m.tenant_id = $1 and m.customer_id = c.id and g.deleted_at is null), '[]') as groups`

/** A customer with addresses and groups, in one statement. */
export function customerStatement(tenantId: string, id: string): Statement<CustomerRow> {
  return statement('customers.one', `select ${columns} from customer c where c.tenant_id = $1 and c.id = $2 and c.deleted_at is null`, [
    tenantId,
    id,
  ])
}

/** What a list of customers is narrowed by; null does not narrow. */
export interface CustomerFilter {
  id: readonly string[] | null
  email: readonly string[] | null
  groups: readonly string[] | null
  hasAccount: boolean | null
  /** Words, as `wordPatterns` makes them, over e-mail, names, company and phone. */
  q: readonly string[] | null
}

export function listCustomersStatement(
  tenantId: string,
  filter: CustomerFilter,
  page: ListPage,
): Statement<CustomerRow & { count: number }> {
  const order = orderBy('c', page.order)
  return statement(
    `customers.list.${order.name}`,
    `select ${columns}, c.count from (
       select c.*, count(*) over ()::int as count from customer c
       where c.tenant_id = $1 and c.deleted_at is null and ($2::text[] is null or c.id = any($2))
         and ($3::text[] is null or c.email = any($3)) and ($4::boolean is null or c.has_account = $4)
         and ($5::text[] is null or exists (select 1 from customer_group_customer m
              where m.tenant_id = $1 and m.customer_id = c.id and m.customer_group_id = any($5)))
         and ${hasWords('$6', 'c.email', 'c.first_name', 'c.last_name', 'c.company_name', 'c.phone')}
       ${order.sql} limit $7 offset $8) c
     ${order.sql}`,
    [tenantId, filter.id, filter.email, filter.hasAccount, filter.groups, filter.q, page.limit, page.offset],
  )
}
