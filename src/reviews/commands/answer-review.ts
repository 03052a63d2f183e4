import { statement, tenantOf, type Unit, vendorOf } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'

/** The vendor's answer to a published review; null takes it back. Throws not_found for any other review. */
export async function answerReview(unit: Unit, id: string, answer: string | null, answeredBy: string): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'reviews.answer',
      `update review set answer = $4, answered_at = case when $4::text is not null then now() end,
         answered_by = case when $4::text is not null then $5 end, updated_at = now()
       where tenant_id = $1 and vendor_id = $2 and id = $3 and status = 'published' returning id`,
      [tenantOf(unit), vendorOf(unit), id, answer, answeredBy],
    ),
  )
  if (rows.length === 0) throw notFound(`Review with id: ${id} was not found`)
}
