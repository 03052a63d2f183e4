import { statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import type { ProductInput } from './input.js'
import type { LockedProduct } from './lock-product.js'

export type ProductStatus = NonNullable<ProductInput['status']>

/**
 * What a product becomes of which somebody wants a status: where its store looks at products before they are sold, a vendor's is
 * proposed instead of published. One that is on sale already stays so.
 */
export function statusFor(unit: Unit, wanted: ProductStatus, product: LockedProduct): ProductStatus {
  const waits = unit.scope.role === 'vendor' && product.is_moderated && product.status !== 'published'
  return wanted === 'published' && waits ? 'proposed' : wanted
}

/** What staff say of a proposal by giving its product another status. */
const meaningOf = { published: 'approved', rejected: 'rejected', draft: 'changes_requested' } as const

/** Opens a review of a product that is proposed from now on, and ends the one of a product that is so no longer. */
export async function followStatus(
  unit: Unit,
  product: { id: string; vendor_id: string },
  before: ProductStatus | null,
  after: ProductStatus,
): Promise<void> {
  if (before === after) return
  if (after === 'proposed') return open(unit, product)
  if (before === 'proposed') await close(unit, product.id, unit.scope.role === 'vendor' ? 'withdrawn' : meaningOf[after])
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

async function close(unit: Unit, productId: string, status: 'withdrawn' | (typeof meaningOf)[keyof typeof meaningOf]): Promise<void> {
  const [review] = await unit.run(
    statement<{ id: string }>(
      'catalog.close_review',
      `update product_review set status = $3, decided_at = now(), updated_at = now()
       where tenant_id = $1 and product_id = $2 and status = 'open' returning id`,
      [tenantOf(unit), productId, status],
    ),
  )
  // Products that were proposed before reviews were kept have none.
  if (review !== undefined && status !== 'withdrawn') await emit(unit, 'product.reviewed', { product_review_id: review.id })
}
