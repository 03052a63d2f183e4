import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'

/**
 * Publishes or rejects a review; either can be undone by the other.
 * @param vendorIds whose reviews the actor may decide about; null for all
 * @throws not_found for a review that is not there or outside what the actor may decide about
 */
export async function moderateReview(
  unit: Unit,
  id: string,
  decision: { status: 'published' | 'rejected'; moderatedBy: string; vendorIds: readonly string[] | null },
): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'reviews.moderate',
      `update review set status = $3, moderated_at = now(), moderated_by = $4, updated_at = now()
       where tenant_id = $1 and id = $2 and ($5::text[] is null or vendor_id = any($5)) returning id`,
      [tenantOf(unit), id, decision.status, decision.moderatedBy, decision.vendorIds],
    ),
  )
  if (rows.length === 0) throw notFound(`Review with id: ${id} was not found`)
}
