import { good } from '../support/http.js'
import type { TestStore } from '../support/store.js'

/** A collection, type, tag, category and subcategory with the first product of each vendor in them. */
export async function addVocabulary({ admin, vendors }: TestStore): Promise<void> {
  const { collection } = good(await admin.post('/admin/collections', { title: 'Twins' }))
  const { product_type } = good(await admin.post('/admin/product-types', { value: 'Twin' }))
  const { product_tag } = good(await admin.post('/admin/product-tags', { value: 'twin' }))
  const { product_category } = good(await admin.post('/admin/product-categories', { name: 'Twins', is_active: true }))
  const { product_category: below } = good(
    await admin.post('/admin/product-categories', { name: 'Small twins', is_active: true, parent_category_id: product_category.id }),
  )
  for (const vendor of vendors) {
    for (const product of vendor.products) {
      const words = { collection_id: collection.id, type_id: product_type.id, tags: [{ id: product_tag.id }] }
      good(await admin.post(`/admin/products/${product.id}`, { ...words, categories: [{ id: product_category.id }, { id: below.id }] }))
    }
  }
}
