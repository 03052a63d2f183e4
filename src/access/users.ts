import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export interface UserRow {
  id: string
  email: string
  first_name: string | null
  last_name: string | null
  avatar_url: string | null
  metadata: object | null
  created_at: Date
  updated_at: Date
  deleted_at: Date | null
  /** Names of the roles that the user has. */
  roles: string[]
  count: number
}

/** The store's staff. */
export function listUsersStatement(
  tenantId: string,
  filter: { id: string[] | null; email: string[] | null; q: readonly string[] | null },
  page: ListPage,
): Statement<UserRow> {
  const order = orderBy('u', page.order)
  return statement(
    `access.list_users.${order.name}`,
    `select u.id, u.email, u.first_name, u.last_name, u.avatar_url, u.metadata, u.created_at, u.updated_at, u.deleted_at, count(*) over ()::int as count,
            array(select r.name from role_grant g join role r on r.tenant_id = g.tenant_id and r.id = g.role_id
                  where g.tenant_id = $1 and g.subject_type = 'user' and g.subject_id = u.id order by r.name) as roles
     from store_user u
     where u.tenant_id = $1 and u.deleted_at is null and ($2::text[] is null or u.id = any($2))
       and ($3::text[] is null or u.email = any($3))
       and ${hasWords('$4', 'u.email', 'u.first_name', 'u.last_name')}
     ${order.sql} limit $5 offset $6`,
    [tenantId, filter.id, filter.email, filter.q, page.limit, page.offset],
  )
}
