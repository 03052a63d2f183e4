import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { conflict, notAllowed, notFound } from '../../kernel/index.js'

export interface ProductDecision {
  status: 'approved' | 'rejected' | 'changes_requested'
  /** What the vendor is told. */
  message: string | null
  /** When the product that was looked at was last changed; null to decide about whatever it is now. */
  productUpdatedAt: Date | null
}

const statusOf = { approved: 'published', rejected: 'rejected', changes_requested: 'draft' } as const

/**
 * Decides about a product that a vendor proposed: it is on sale, is rejected, or is a draft again. A mail tells the vendor's people.
 * @param vendorIds whose products the actor may decide about; null for all
 * @throws not_found; not_allowed for one that was decided about or withdrawn meanwhile; conflict for one that was changed since it was looked at
 */
export async function reviewProduct(
  context: Context,
  unit: Unit,
  id: string,
  decision: ProductDecision,
  vendorIds: readonly string[] | null,
): Promise<void> {
  const tenantId = tenantOf(unit)
  // Whoever changes a product's status holds the product: the review stands still behind it.
  const [product] = await unit.run(
    statement<{ updated_at: Date }>(
      'catalog.lock_reviewed',
      `select p.updated_at from product_review w
       join product p on p.tenant_id = w.tenant_id and p.id = w.product_id and p.deleted_at is null
       where w.tenant_id = $1 and w.id = $2 and ($3::text[] is null or w.vendor_id = any($3)) for update of p`,
      [tenantId, id, vendorIds],
    ),
  )
  if (product === undefined) throw notFound(`Product review with id: ${id} was not found`)
  const { productUpdatedAt: seen } = decision
  if (seen !== null && seen.getTime() !== product.updated_at.getTime()) {
    throw conflict('The product was changed since you read it: look at it again', 'product_changed')
  }
  const decided = await unit.run(
    statement<{ id: string }>(
      'catalog.decide_review',
      `with decided as (
         update product_review set status = $3, message = $4, decided_by = $5, decided_at = now(), updated_at = now()
         where tenant_id = $1 and id = $2 and status = 'open' returning id, product_id)
       update product p set status = $6, updated_at = now() from decided d where p.tenant_id = $1 and p.id = d.product_id returning d.id`,
      [tenantId, id, decision.status, decision.message, context.actorId, statusOf[decision.status]],
    ),
  )
  if (decided.length === 0) throw notAllowed('Only a product that waits for an answer is decided about: list those with status=open')
  await emit(unit, 'product.reviewed', { product_review_id: id }, { requestId: context.requestId })
}
