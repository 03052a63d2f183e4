import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notFound } from '../../kernel/index.js'

/** An image that shows a variant, and no longer all of them. */
export interface VariantImage {
  variantId: string
  imageId: string
}

/**
 * Says which images of a product show which of its variants. Links that are there, and such as are not, change nothing.
 * @param of the image or variant whose links change
 * @throws not_found for an image or a variant that the product does not have
 */
export async function changeVariantImages(
  unit: Unit,
  productId: string,
  of: Partial<VariantImage>,
  change: { add: readonly VariantImage[]; remove: readonly VariantImage[] },
): Promise<void> {
  const tenantId = tenantOf(unit)
  await refuseUnknown(unit, productId, [of, ...change.add, ...change.remove])
  await unit.run(
    statement(
      'catalog.unlink_images',
      `delete from product_variant_image l using unnest($2::text[], $3::text[]) as w (variant_id, image_id)
       where l.tenant_id = $1 and l.variant_id = w.variant_id and l.image_id = w.image_id`,
      [tenantId, change.remove.map((link) => link.variantId), change.remove.map((link) => link.imageId)],
    ),
  )
  await unit.run(
    statement(
      'catalog.link_images',
      `insert into product_variant_image (tenant_id, variant_id, image_id, vendor_id)
       select $1, w.variant_id, w.image_id, v.vendor_id from unnest($2::text[], $3::text[]) as w (variant_id, image_id)
       join product_variant v on v.tenant_id = $1 and v.id = w.variant_id on conflict do nothing`,
      [tenantId, change.add.map((link) => link.variantId), change.add.map((link) => link.imageId)],
    ),
  )
}

async function refuseUnknown(unit: Unit, productId: string, links: readonly Partial<VariantImage>[]): Promise<void> {
  const [missing] = await unit.run(
    statement<{ kind: string; id: string }>(
      'catalog.unknown_images',
      `select 'Variant' as kind, w.id from unnest($3::text[]) as w (id) where not exists (
         select 1 from product_variant v where v.tenant_id = $1 and v.product_id = $2 and v.id = w.id and v.deleted_at is null)
       union all select 'Product image', w.id from unnest($4::text[]) as w (id) where not exists (
         select 1 from product_image i where i.tenant_id = $1 and i.product_id = $2 and i.id = w.id and i.deleted_at is null)
       limit 1`,
      [tenantOf(unit), productId, links.flatMap((link) => link.variantId ?? []), links.flatMap((link) => link.imageId ?? [])],
    ),
  )
  if (missing !== undefined) throw notFound(`${missing.kind} with id: ${missing.id} was not found`)
}
