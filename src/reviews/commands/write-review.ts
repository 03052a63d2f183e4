import { statement, tenantOf, type Unit } from '../../db/index.js'
import { duplicate, newId, notAllowed, notFound } from '../../kernel/index.js'
import { type ReviewSubject, reviewSubjectStatement } from '../queries.js'

export interface ReviewText {
  rating: number
  title: string | null
  content: string | null
}

/**
 * A customer's review of a product or vendor that they bought. It waits for the store's staff unless the store publishes
 * at once. Author's name is what the customer is called now, the last name by its first letter.
 * @returns the review's id
 * @throws not_found for what is not there to be seen; not_allowed for who did not buy it; duplicate_error for a second one
 */
export async function writeReview(unit: Unit, customerId: string, subject: ReviewSubject, text: ReviewText): Promise<string> {
  const tenantId = tenantOf(unit)
  const [found] = await unit.run(reviewSubjectStatement(tenantId, subject))
  if (found === undefined) throw 'vendor' in subject ? unknownVendor(subject.vendor) : unknownProduct(subject.productId)
  const what = found.product_id === null ? 'vendor' : 'product'
  if (!(await hasBought(unit, customerId, found)))
    throw notAllowed(`Only who bought ${what === 'product' ? 'this product' : 'from this vendor'} can review it`)
  const id = newId('rev')
  const rows = await unit.run(
    statement<{ id: string }>(
      'reviews.write',
      `insert into review (tenant_id, id, vendor_id, product_id, customer_id, rating, title, content, author_name, status)
       select $1, $2, $3, $4, c.id, $6, $7, $8,
              nullif(concat_ws(' ', nullif(c.first_name, ''), left(nullif(c.last_name, ''), 1) || '.'), ''), ${newStatus}
       from customer c where c.tenant_id = $1 and c.id = $5 and c.deleted_at is null
       on conflict (tenant_id, customer_id, vendor_id, product_id) do nothing returning id`,
      [tenantId, id, found.vendor_id, found.product_id, customerId, text.rating, text.title, text.content],
    ),
  )
  if (rows.length === 0) throw duplicate(`You have reviewed this ${what} already: change that review`)
  return id
}

export const unknownProduct = (id: string) => notFound(`Product with id: ${id} was not found`)
export const unknownVendor = (handle: string) => notFound(`Vendor with handle: ${handle} was not found`)

const newStatus = `(select case when s.review_moderation then 'pending' else 'published' end from store s where s.tenant_id = $1)`

/** Bought is what was paid for or has arrived, and was not canceled. */
async function hasBought(unit: Unit, customerId: string, found: { vendor_id: string; product_id: string | null }): Promise<boolean> {
  const [row] = await unit.run(
    statement<{ bought: boolean }>(
      'reviews.bought',
      `select exists (
         select 1 from orders o
         join vendor_order v on v.tenant_id = o.tenant_id and v.order_id = o.id and v.vendor_id = $3 and v.status <> 'canceled'
         join order_line_item l on l.tenant_id = v.tenant_id and l.vendor_order_id = v.id
         where o.tenant_id = $1 and o.customer_id = $2 and o.status not in ('draft', 'canceled')
           and ($4::text is null or l.product_id = $4) and (l.delivered_quantity > 0 or v.paid_at is not null)) as bought`,
      [tenantOf(unit), customerId, found.vendor_id, found.product_id],
    ),
  )
  return row?.bought === true
}

export type ReviewPatch = { [Name in keyof ReviewText]?: ReviewText[Name] | undefined }

/** Changes the customer's own review: what is named is set. It waits for the staff again. Throws not_found. */
export async function updateOwnReview(unit: Unit, customerId: string, id: string, patch: ReviewPatch): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'reviews.update_own',
      `update review set rating = coalesce($4, rating), title = case when $5 then $6 else title end,
         content = case when $7 then $8 else content end, status = ${newStatus}, moderated_at = null, moderated_by = null, updated_at = now()
       where tenant_id = $1 and id = $2 and customer_id = $3 returning id`,
      [
        tenantOf(unit),
        id,
        customerId,
        patch.rating ?? null,
        patch.title !== undefined,
        patch.title ?? null,
        patch.content !== undefined,
        patch.content ?? null,
      ],
    ),
  )
  if (rows.length === 0) throw notFound(`Review with id: ${id} was not found`)
}

/** Takes the customer's own review back. Throws not_found. */
export async function deleteOwnReview(unit: Unit, customerId: string, id: string): Promise<void> {
  const gone = await unit
    .knex('review')
    .where({ tenant_id: tenantOf(unit), id, customer_id: customerId })
    .delete()
  if (gone === 0) throw notFound(`Review with id: ${id} was not found`)
}
