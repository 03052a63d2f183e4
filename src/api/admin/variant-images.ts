import { changeVariantImages, type VariantImage } from '../../catalog/index.js'
import { type Route, route } from '../../http/index.js'
import { type AnyRequest, findWithin, links, write } from './shared.js'

// Which images of a product show which of its variants (Medusa's Admin API, from either side).

interface Change {
  add: string[]
  remove: string[]
}

async function change(request: AnyRequest & { body: Change }, of: Partial<VariantImage>, linkOf: (other: string) => VariantImage) {
  const { add, remove } = request.body
  const productId = request.params.id as string
  await write(request, async (unit) => {
    await findWithin(unit, request, 'products:write', 'product', productId)
    await changeVariantImages(unit, productId, of, { add: add.map(linkOf), remove: remove.map(linkOf) })
  })
  return { added: add, removed: remove }
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/images/:image_id/variants/batch',
    summary: 'Let an image show some variants of its product, or no longer',
    access: 'products:write',
    body: links,
    ids: { id: 'product', image_id: 'product_image', add: 'variant', remove: 'variant' },
    handle(request) {
      const imageId = request.params.image_id as string
      return change(request, { imageId }, (variantId) => ({ variantId, imageId }))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/products/:id/variants/:variant_id/images/batch',
    summary: 'Let a variant be shown by some images of its product, or no longer',
    access: 'products:write',
    body: links,
    ids: { id: 'product', variant_id: 'variant', add: 'product_image', remove: 'product_image' },
    handle(request) {
      const variantId = request.params.variant_id as string
      return change(request, { variantId }, (imageId) => ({ variantId, imageId }))
    },
  }),
]
