import type { PutLine } from '../carts/index.js'
import { statement, tenantOf, type Unit } from '../db/index.js'
import { notFound } from '../kernel/index.js'

/**
 * Lines with who sells what is no variant: the vendor that is named, or the store's own. A variant is its vendor's.
 * @throws not_found for a vendor that is not there
 */
export async function withSellers<Line extends PutLine>(unit: Unit, lines: readonly Line[]): Promise<Line[]> {
  const unlisted = lines.filter((line) => line.variant_id == null)
  if (unlisted.length === 0) return [...lines]
  const vendors = await unit.run(
    statement<{ id: string; is_house: boolean }>(
      'draft_orders.sellers',
      `select id, is_house from vendor where tenant_id = $1 and deleted_at is null and status = 'active' and (is_house or id = any($2))`,
      [tenantOf(unit), unlisted.flatMap((line) => line.vendor_id ?? [])],
    ),
  )
  return lines.map((line) => {
    if (line.variant_id != null) return line
    const seller = vendors.find((vendor) => (line.vendor_id === undefined ? vendor.is_house : vendor.id === line.vendor_id))
    if (seller === undefined && line.vendor_id !== undefined) throw notFound(`Vendor with id: ${line.vendor_id} was not found`)
    return { ...line, vendor_id: seller?.id }
  })
}
