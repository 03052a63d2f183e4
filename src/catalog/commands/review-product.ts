import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { notAllowed, notFound } from '../../kernel/index.js'
import { lockProduct } from './lock-product.js'

export interface ProductDecision {
  status: 'approved' | 'rejected' | 'changes_requested'
  /** What the vendor is told. */
  message: string | null
}

const statusOf = { approved: 'published', rejected: 'rejected', changes_requested: 'draft' } as const

/**
 * Decides about a product that a vendor proposed: it is on sale, is rejected, or is a draft again. A mail tells the vendor's people.
 * @throws not_found; not_allowed for one that was decided about or withdrawn meanwhile
 */
export async function reviewProduct(context: Context, unit: Unit, id: string, decision: ProductDecision): Promise<void> {
  const tenantId = tenantOf(unit)
  const [review] = await unit.run(
    statement<{ product_id: string }>(
      'catalog.product_of_review',
      'select product_id from product_review where tenant_id = $1 and id = $2',
      [tenantId, id],
    ),
  )
  if (review === undefined) throw notFound(`Product review with id: ${id} was not found`)
  // Whoever changes a product's status holds the product: the review stands still behind it.
  await lockProduct(unit, review.product_id)
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
