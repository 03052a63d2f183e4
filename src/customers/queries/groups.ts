import { hasWords, type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

/** Members that an answer about a group shows: of a large group, the first. */
const membersShown = 200

export interface CustomerGroupRow {
  id: string
  name: string
  metadata: Record<string, unknown> | null
  created_by: string | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  customers: Record<string, unknown>[]
  count: number
}

const memberColumns = [
  'id',
  'email',
  'company_name',
  'first_name',
  'last_name',
  'phone',
  'has_account',
  'metadata',
  'created_by',
  'created_at',
  'updated_at',
]

const membersJson = `coalesce((
  select json_agg(json_build_object(${memberColumns.map((name) => `'${name}', m.${name}`).join(', ')}) order by m.id)
  from (select c.* from customer_group_customer l join customer c on c.tenant_id = l.tenant_id and c.id = l.customer_id
        where l.tenant_id = $1 and l.customer_group_id = g.id and c.deleted_at is null order by c.id limit ${membersShown}) m), '[]')`

/** What a list of groups is narrowed by; null does not narrow. */
export interface CustomerGroupFilter {
  id: readonly string[] | null
  name: readonly string[] | null
  /** Groups with one of these customers. */
  customers: readonly string[] | null
  /** Words of the name, as `wordPatterns` makes them. */
  q: readonly string[] | null
}

export function listCustomerGroupsStatement(tenantId: string, filter: CustomerGroupFilter, page: ListPage): Statement<CustomerGroupRow> {
  const order = orderBy('g', page.order)
  return statement(
    `customers.list_groups.${order.name}`,
    `select g.id, g.name, g.metadata, g.created_by, g.created_at, g.updated_at, g.deleted_at, g.count, ${membersJson} as customers
     from (
       select g.*, count(*) over ()::int as count from customer_group g
       where g.tenant_id = $1 and g.deleted_at is null and ($2::text[] is null or g.id = any($2)) and ($3::text[] is null or g.name = any($3))
         and ($4::text[] is null or exists (select 1 from customer_group_customer l
              where l.tenant_id = $1 and l.customer_group_id = g.id and l.customer_id = any($4)))
         and ${hasWords('$5', 'g.name')}
       ${order.sql} limit $6 offset $7) g
     ${order.sql}`,
    [tenantId, filter.id, filter.name, filter.customers, filter.q, page.limit, page.offset],
  )
}
