import { type ListPage, orderBy, type Statement, statement } from '../../db/index.js'

export const productReviewStatuses = ['open', 'approved', 'rejected', 'changes_requested', 'withdrawn'] as const

export interface ProductReview {
  id: string
  vendor_id: string
  product_id: string
  status: (typeof productReviewStatuses)[number]
  message: string | null
  /** Null where nobody has decided yet, and where the product itself was given another status. */
  decided_by: string | null
  decided_at: Date | null
  created_at: Date
  updated_at: Date
  product: { id: string; title: string; handle: string; thumbnail: string | null; status: string }
  /** What a decision may name, to be about the product that was looked at. */
  product_updated_at: Date
  vendor: { id: string; name: string; handle: string }
  count: number
}

/** Absent means not narrowed. */
export interface ProductReviewFilter {
  id?: readonly string[] | undefined
  productIds?: readonly string[] | undefined
  vendorIds?: readonly string[] | null | undefined
  status?: readonly string[] | undefined
}

/** Proposals and what was said of them, also of products that are gone: nobody takes back by that what was said. */
export function productReviewsStatement(tenantId: string, filter: ProductReviewFilter, page: ListPage): Statement<ProductReview> {
  const order = orderBy('w', page.order)
  return statement(
    `catalog.product_reviews.${order.name}`,
    `select w.id, w.vendor_id, w.product_id, w.status, w.message, w.decided_by, w.decided_at, w.created_at, w.updated_at,
            count(*) over ()::int as count,
            json_build_object('id', p.id, 'title', p.title, 'handle', p.handle, 'thumbnail', p.thumbnail, 'status', p.status) as product,
            p.updated_at as product_updated_at,
            (select json_build_object('id', d.id, 'name', d.name, 'handle', d.handle)
             from vendor d where d.tenant_id = $1 and d.id = w.vendor_id) as vendor
     from product_review w join product p on p.tenant_id = $1 and p.id = w.product_id
     where w.tenant_id = $1 and ($2::text[] is null or w.id = any($2)) and ($3::text[] is null or w.product_id = any($3))
       and ($4::text[] is null or w.vendor_id = any($4)) and ($5::text[] is null or w.status = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id ?? null, filter.productIds ?? null, filter.vendorIds ?? null, filter.status ?? null, page.limit, page.offset],
  )
}
