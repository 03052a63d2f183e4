import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export interface WishListItem {
  id: string
  variant_id: string
  product_id: string
  created_at: string
  variant: { id: string; title: string; sku: string | null; thumbnail: string | null }
  product: { id: string; title: string; handle: string; thumbnail: string | null }
}

export interface WishList {
  id: string
  name: string
  share_token: string | null
  created_at: Date
  updated_at: Date
  items: WishListItem[]
  count: number
}

/** A customer's lists, or the one with a share token. */
export type WishListFilter = { customerId: string; id: string | null } | { shareToken: string }

/**
 * Wish lists with what is on them, newest things first. What is not sold any more (in these channels) is kept and not
 * shown: it may come back.
 */
export function listWishListsStatement(
  tenantId: string,
  filter: WishListFilter,
  salesChannelIds: readonly string[],
  page: ListPage,
): Statement<WishList> {
  const order = orderBy('w', page.order)
  const shared = 'shareToken' in filter
  const values = shared ? [null, null, filter.shareToken] : [filter.customerId, filter.id, null]
  return statement(
    `wish_lists.list.${order.name}`,
    `select w.id, w.name, w.share_token, w.created_at, w.updated_at, count(*) over ()::int as count,
            coalesce((select json_agg(json_build_object('id', i.id, 'variant_id', i.variant_id, 'product_id', p.id, 'created_at', i.created_at,
                'variant', json_build_object('id', v.id, 'title', v.title, 'sku', v.sku, 'thumbnail', v.thumbnail),
                'product', json_build_object('id', p.id, 'title', p.title, 'handle', p.handle, 'thumbnail', p.thumbnail))
                order by i.id desc)
              from wish_list_item i
              join product_variant v on v.tenant_id = i.tenant_id and v.id = i.variant_id and v.deleted_at is null
              join product p on p.tenant_id = v.tenant_id and p.id = v.product_id and p.deleted_at is null and p.status = 'published'
              where i.tenant_id = $1 and i.wish_list_id = w.id
                and exists (select 1 from product_sales_channel h where h.tenant_id = $1 and h.product_id = p.id and h.sales_channel_id = any($5::text[]))
                and exists (select 1 from vendor d where d.tenant_id = $1 and d.id = p.vendor_id and d.status = 'active')), '[]') as items
     from wish_list w
     where w.tenant_id = $1 and case when $4::text is null then w.customer_id = $2 and ($3::text is null or w.id = $3) else w.share_token = $4 end
     ${order.sql} limit $6 offset $7`,
    [tenantId, ...values, salesChannelIds, page.limit, page.offset],
  )
}
