import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

/** A payout as lists show it; amounts in minor units. */
export interface PayoutRow {
  id: string
  vendor_id: string
  method: string
  currency_code: string
  amount_minor: bigint
  state: string
  note: string | null
  releases: number
  created_by: string | null
  paid_by: string | null
  paid_at: Date | null
  canceled_at: Date | null
  created_at: Date
  updated_at: Date
  count: number
}

export interface PayoutFilter {
  id: string[] | null
  vendorIds: string[] | null
  states: string[] | null
  methods: string[] | null
}

export function listPayoutsStatement(tenantId: string, filter: PayoutFilter, page: ListPage): Statement<PayoutRow> {
  const order = orderBy('p', page.order)
  return statement(
    `payouts.list.${order.name}`,
    `select p.id, p.vendor_id, p.method, p.currency_code, p.amount_minor, p.state, p.note, p.created_by, p.paid_by, p.paid_at, p.canceled_at,
            p.created_at, p.updated_at, count(*) over ()::int as count,
            (select count(*) from release r where r.tenant_id = $1 and r.payout_id = p.id)::int as releases
     from payout p where p.tenant_id = $1 and ($2::text[] is null or p.id = any($2)) and ($3::text[] is null or p.vendor_id = any($3))
       and ($4::text[] is null or p.state = any($4)) and ($5::text[] is null or p.method = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.vendorIds, filter.states, filter.methods, page.limit, page.offset],
  )
}

/** Open payouts to vendors as whoever pays them by hand needs them. */
export interface ExportRow {
  id: string
  vendor_id: string
  handle: string
  name: string
  email: string | null
  currency_code: string
  amount_minor: bigint
  releases: number
  created_at: Date
}

/** What one file holds at most: the oldest come first, and what is paid makes room. */
export const exportMaximum = 10_000

export function exportStatement(tenantId: string): Statement<ExportRow> {
  return statement(
    'payouts.export',
    `select p.id, p.vendor_id, v.handle, v.name, v.email, p.currency_code, p.amount_minor, p.created_at,
            (select count(*) from release r where r.tenant_id = $1 and r.payout_id = p.id)::int as releases
     from payout p join vendor v on v.tenant_id = $1 and v.id = p.vendor_id
     where p.tenant_id = $1 and p.state = 'open' order by p.id limit ${exportMaximum}`,
    [tenantId],
  )
}
