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

/** A promotion with rules of every kind, in a campaign of its own; it suits no cart. */
export function promotionOf(code: string, campaign_identifier: string) {
  const rule = { attribute: 'items.product.tags.id', operator: 'in', values: ['twin'] }
  return {
    code,
    type: 'buyget',
    limit: 5,
    campaign: { name: 'Twins', campaign_identifier },
    application_method: {
      type: 'percentage',
      target_type: 'items',
      allocation: 'each',
      max_quantity: 1,
      value: 10,
      apply_to_quantity: 1,
      buy_rules_min_quantity: 1,
      target_rules: [rule],
      buy_rules: [rule, rule],
    },
    rules: [{ attribute: 'item_quantity', operator: 'gt', values: ['1000'] }],
  }
}
