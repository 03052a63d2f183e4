import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'
import { withdrawProposal } from './proposals.js'

/** Takes a product and its variants out of the catalogue. Orders keep what they say of it. */
export async function deleteProduct(unit: Unit, id: string): Promise<void> {
  const values = [tenantOf(unit), id]
  const rows = await unit.run(
    statement(
      'catalog.delete_product',
      'update product set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      values,
    ),
  )
  if (rows.length === 0) throw notFound(`Product with id: ${id} was not found`)
  await withdrawProposal(unit, id)
  await unit.run(
    statement(
      'catalog.delete_variants',
      'update product_variant set deleted_at = now(), updated_at = now() where tenant_id = $1 and product_id = $2 and deleted_at is null',
      values,
    ),
  )
}
