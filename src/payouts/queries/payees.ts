import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

/** Who a vendor is to a payment provider. */
export interface PayeeRow {
  id: string
  /** Null for the store itself, which is paid from the operator's account. */
  vendor_id: string | null
  payment_account_id: string
  provider_id: string
  reference: string | null
  kind: 'individual' | 'company'
  status: string
  requirements: string[]
  country: string
  currency_code: string
  failure: string | null
  synced_at: Date | null
  /** Why nothing is released to it, where the operator holds it. */
  held_reason: string | null
  /** When another one took its place: what was released to it, and what is taken back of that, stays its own. */
  replaced_at: Date | null
  created_at: Date
  updated_at: Date
  count: number
}

export interface PayeeFilter {
  id?: string[] | undefined
  vendorIds?: string[] | undefined
  status?: string[] | undefined
  isReplaced?: boolean | undefined
  /** The store's own, or vendors'. */
  isOfStore?: boolean | undefined
}

export function listPayeesStatement(tenantId: string, filter: PayeeFilter, page: ListPage): Statement<PayeeRow> {
  const order = orderBy('y', page.order)
  return statement(
    `payouts.payees.${order.name}`,
    `select y.id, y.vendor_id, y.payment_account_id, y.provider_id, y.reference, y.kind, y.status, y.requirements, y.country, y.currency_code,
            y.failure, y.synced_at, y.held_reason, y.replaced_at, y.created_at, y.updated_at, count(*) over ()::int as count
     from payee y where y.tenant_id = $1 and ($2::text[] is null or y.id = any($2)) and ($3::text[] is null or y.vendor_id = any($3))
       and ($4::text[] is null or y.status = any($4)) and ($5::boolean is null or (y.replaced_at is not null) = $5)
       and ($6::boolean is null or (y.vendor_id is null) = $6)
     ${order.sql} limit $7 offset $8`,
    [
      tenantId,
      filter.id ?? null,
      filter.vendorIds ?? null,
      filter.status ?? null,
      filter.isReplaced ?? null,
      filter.isOfStore ?? null,
      page.limit,
      page.offset,
    ],
  )
}
