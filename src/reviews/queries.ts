import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export type ReviewStatus = 'pending' | 'published' | 'rejected'

export interface Review {
  id: string
  vendor_id: string
  /** Null for a review of the vendor itself. */
  product_id: string | null
  customer_id: string
  rating: number
  title: string | null
  content: string | null
  author_name: string | null
  status: ReviewStatus
  moderated_at: Date | null
  moderated_by: string | null
  answer: string | null
  answered_at: Date | null
  answered_by: string | null
  created_at: Date
  updated_at: Date
  product: { id: string; title: string; handle: string; thumbnail: string | null } | null
  vendor: { id: string; name: string; handle: string }
  count: number
}

/** Absent means not narrowed. */
export interface ReviewFilter {
  id?: readonly string[] | undefined
  productIds?: readonly string[] | undefined
  vendorIds?: readonly string[] | null | undefined
  customerId?: string | undefined
  status?: readonly ReviewStatus[] | undefined
  rating?: readonly number[] | undefined
  /** Of products, or of vendors themselves. */
  of?: 'product' | 'vendor' | undefined
}

export function listReviewsStatement(tenantId: string, filter: ReviewFilter, page: ListPage): Statement<Review> {
  const order = orderBy('w', page.order)
  return statement(
    `reviews.list.${order.name}`,
    `select w.id, w.vendor_id, w.product_id, w.customer_id, w.rating, w.title, w.content, w.author_name, w.status, w.moderated_at,
            w.moderated_by, w.answer, w.answered_at, w.answered_by, w.created_at, w.updated_at, count(*) over ()::int as count,
            (select json_build_object('id', p.id, 'title', p.title, 'handle', p.handle, 'thumbnail', p.thumbnail)
             from product p where p.tenant_id = $1 and p.id = w.product_id) as product,
            (select json_build_object('id', d.id, 'name', d.name, 'handle', d.handle)
             from vendor d where d.tenant_id = $1 and d.id = w.vendor_id) as vendor
     from review w
     where w.tenant_id = $1 and ($2::text[] is null or w.id = any($2)) and ($3::text[] is null or w.product_id = any($3))
       and ($4::text[] is null or w.vendor_id = any($4)) and ($5::text is null or w.customer_id = $5)
       and ($6::text[] is null or w.status = any($6)) and ($7::int[] is null or w.rating = any($7))
       and ($8::text is null or ($8 = 'vendor') = (w.product_id is null))
     ${order.sql} limit $9 offset $10`,
    [
      tenantId,
      filter.id ?? null,
      filter.productIds ?? null,
      filter.vendorIds ?? null,
      filter.customerId ?? null,
      filter.status ?? null,
      filter.rating ?? null,
      filter.of ?? null,
      page.limit,
      page.offset,
    ],
  )
}

/** What a shopper can see and review: a product of the channels, or a vendor by handle or id. */
export type ReviewSubject = { productId: string; salesChannelIds: readonly string[] } | { vendor: string }

/** Its vendor, and the product; no row for what is not there to be seen. */
export function reviewSubjectStatement(
  tenantId: string,
  subject: ReviewSubject,
): Statement<{ vendor_id: string; product_id: string | null }> {
  if ('vendor' in subject) {
    return statement(
      'reviews.vendor',
      `select d.id as vendor_id, null as product_id from vendor d
       where d.tenant_id = $1 and (d.id = $2 or d.handle = $2) and d.status = 'active' and d.deleted_at is null and not d.is_house`,
      [tenantId, subject.vendor],
    )
  }
  return statement(
    'reviews.product',
    `select p.vendor_id, p.id as product_id from product p
     where p.tenant_id = $1 and p.id = $2 and p.status = 'published' and p.deleted_at is null
       and exists (select 1 from product_sales_channel h where h.tenant_id = $1 and h.product_id = p.id and h.sales_channel_id = any($3::text[]))
       and exists (select 1 from vendor d where d.tenant_id = $1 and d.id = p.vendor_id and d.status = 'active')`,
    [tenantId, subject.productId, subject.salesChannelIds],
  )
}
