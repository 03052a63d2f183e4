import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

/** A release as lists show it; amounts in minor units. */
export interface ReleaseRow {
  id: string
  /** Null, with its order, where it is the store's own of the operator's account. */
  vendor_id: string | null
  vendor_order_id: string | null
  order_id: string | null
  method: string
  payment_id: string | null
  payee_id: string | null
  currency_code: string
  amount_minor: bigint
  clawed_minor: bigint
  /** What went out, where the provider keeps another currency than the order's. */
  settled_minor: bigint | null
  settled_currency_code: string | null
  state: string
  reference: string | null
  failure: string | null
  payout_id: string | null
  created_by: string | null
  settled_at: Date | null
  created_at: Date
  updated_at: Date
  clawbacks: { id: string; amount_minor: number; method: string; state: string; failure: string | null; created_at: string }[]
  count: number
}

export interface ReleaseFilter {
  id: string[] | null
  vendorIds: string[] | null
  vendorOrderIds: string[] | null
  orderIds: string[] | null
  payoutIds: string[] | null
  states: string[] | null
  isOfStore: boolean | null
}

export const anyRelease: ReleaseFilter = {
  id: null,
  vendorIds: null,
  vendorOrderIds: null,
  orderIds: null,
  payoutIds: null,
  states: null,
  isOfStore: null,
}

export function listReleasesStatement(tenantId: string, filter: ReleaseFilter, page: ListPage): Statement<ReleaseRow> {
  const order = orderBy('r', page.order)
  return statement(
    `payouts.releases.${order.name}`,
    `select r.id, r.vendor_id, r.vendor_order_id, r.order_id, r.method, r.payment_id, r.payee_id, r.currency_code, r.amount_minor, r.settled_minor,
            r.settled_currency_code, r.state,
            r.reference, r.failure, r.payout_id, r.created_by, r.settled_at, r.created_at, r.updated_at, count(*) over ()::int as count,
            coalesce((select sum(c.amount_minor) from clawback c where c.tenant_id = $1 and c.release_id = r.id and c.state = 'succeeded'),
              0)::bigint as clawed_minor,
            coalesce((select json_agg(json_build_object('id', c.id, 'amount_minor', c.amount_minor, 'method', c.method, 'state', c.state,
                'failure', c.failure, 'created_at', c.created_at) order by c.id)
              from clawback c where c.tenant_id = $1 and c.release_id = r.id), '[]') as clawbacks
     from release r where r.tenant_id = $1 and ($2::text[] is null or r.id = any($2)) and ($3::text[] is null or r.vendor_id = any($3))
       and ($4::text[] is null or r.vendor_order_id = any($4)) and ($5::text[] is null or r.order_id = any($5))
       and ($6::text[] is null or r.payout_id = any($6)) and ($7::text[] is null or r.state = any($7))
       and ($8::boolean is null or (r.vendor_id is null) = $8)
     ${order.sql} limit $9 offset $10`,
    [
      tenantId,
      filter.id,
      filter.vendorIds,
      filter.vendorOrderIds,
      filter.orderIds,
      filter.payoutIds,
      filter.states,
      filter.isOfStore,
      page.limit,
      page.offset,
    ],
  )
}
