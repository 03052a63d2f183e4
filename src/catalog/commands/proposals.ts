import { statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import type { ProductStatus } from './input.js'
import type { LockedProduct } from './lock-product.js'

/**
 * What a product becomes of which somebody wants a status: where its store looks at products before they are sold, a vendor's is
 * proposed instead of published. One that is on sale stays so, and one that was rejected until it is proposed outright: the same file
 * comes again and again.
 */
export function statusFor(unit: Unit, wanted: ProductStatus, product: LockedProduct): ProductStatus {
  if (wanted !== 'published' || unit.scope.role !== 'vendor' || !product.is_moderated) return wanted
  return product.status === 'draft' ? 'proposed' : product.status
}

/** What is said of a proposal by giving its product another status. */
const meaningOf = {
  store: { published: 'approved', rejected: 'rejected', draft: 'changes_requested' },
  // Where nobody looks any more, a vendor's word is enough.
  vendor: { published: 'approved', rejected: 'withdrawn', draft: 'withdrawn' },
} as const

/** Opens a review of a product that is proposed from now on, and ends the one of a product that is so no longer. */
export async function followStatus(
  unit: Unit,
  product: { id: string; vendor_id: string },
  before: ProductStatus | null,
  after: ProductStatus,
): Promise<void> {
  if (before === after) return
  if (after === 'proposed') return open(unit, product)
  if (before === 'proposed') await close(unit, product.id, meaningOf[unit.scope.role === 'vendor' ? 'vendor' : 'store'][after])
}

async function open(unit: Unit, product: { id: string; vendor_id: string }): Promise<void> {
  const id = newId('prorev')
  await unit.run(
    statement('catalog.open_review', 'insert into product_review (tenant_id, id, vendor_id, product_id) values ($1, $2, $3, $4)', [
      tenantOf(unit),
      id,
      product.vendor_id,
      product.id,
    ]),
  )
  if (unit.scope.role === 'vendor') await emit(unit, 'product.proposed', { product_review_id: id })
}

/** Ends the review of a product that is no more. */
export async function withdrawProposal(unit: Unit, productId: string): Promise<void> {
  await close(unit, productId, 'withdrawn')
}

async function close(unit: Unit, productId: string, status: 'approved' | 'rejected' | 'changes_requested' | 'withdrawn'): Promise<void> {
  const [review] = await unit.run(
    statement<{ id: string }>(
      'catalog.close_review',
      `update product_review set status = $3, decided_at = now(), updated_at = now()
       where tenant_id = $1 and product_id = $2 and status = 'open' returning id`,
      [tenantOf(unit), productId, status],
    ),
  )
  if (review !== undefined && status !== 'withdrawn' && unit.scope.role !== 'vendor')
    await emit(unit, 'product.reviewed', { product_review_id: review.id })
}
