import assert from 'node:assert/strict'
import { useApp } from '../../../support/app.js'
import { good } from '../../../support/http.js'
import { createTestStore, type TestStore } from '../../../support/store.js'

interface Category {
  name: string
  parent_category?: Category | null
  category_children?: Category[]
}

describe('the tree of categories', () => {
  const app = useApp()
  let store: TestStore
  let ids: string[]

  before(async () => {
    store = await createTestStore(app(), { vendors: 0 })
    ids = []
    for (const name of ['Garden', 'Tools', 'Spades', 'Small spades', 'Toy spades']) {
      const body = { name, is_active: true, ...(ids.length === 0 ? {} : { parent_category_id: ids.at(-1) }) }
      ids.push(good(await store.admin.post('/admin/product-categories', body)).product_category.id)
    }
    good(await store.admin.post('/admin/product-categories', { name: 'Kept back', is_active: false, parent_category_id: ids[0] }))
    good(
      await store.admin.post('/admin/product-categories', { name: 'Ours', is_active: true, is_internal: true, parent_category_id: ids[0] }),
    )
  })

  const one = async (index: number, query: Record<string, string | boolean> = {}): Promise<Category> =>
    good(await store.shopper.get(`/store/product-categories/${ids[index]}`, query)).product_category
  const below = (category: Category): string[] => (category.category_children ?? []).flatMap((child) => [child.name, ...below(child)])
  const above = (category: Category): string[] =>
    category.parent_category == null ? [] : [category.parent_category.name, ...above(category.parent_category)]

  it('is answered one level up and one down', async () => {
    const spades = await one(2)
    assert.deepEqual([above(spades), below(spades)], [['Tools'], ['Small spades']])
    assert.equal((await one(0)).parent_category, null)
    assert.deepEqual((await one(4)).category_children, [])
  })

  it('is answered down to its leaves when asked', async () => {
    assert.deepEqual(below(await one(0, { include_descendants_tree: true })), ['Tools', 'Spades', 'Small spades', 'Toy spades'])
  })

  it('is answered up to its root when asked', async () => {
    assert.deepEqual(above(await one(4, { include_ancestors_tree: true })), ['Small spades', 'Spades', 'Tools', 'Garden'])
  })

  it('goes as deep as fields name, without being asked', async () => {
    const fields = 'name,*parent_category,*parent_category.parent_category'
    assert.deepEqual(above(await one(2, { fields })), ['Tools', 'Garden'])
  })

  it('shows nothing that is asleep or internal, and no trace of how it is kept', async () => {
    const { product_categories: list } = good(await store.shopper.get('/store/product-categories', { include_descendants_tree: true }))
    const text = JSON.stringify(list)
    assert.doesNotMatch(text, /Kept back|Ours|mpath|is_active|is_internal/)
    const { product_categories: roots } = good(await store.shopper.get('/store/product-categories', { parent_category_id: 'null' }))
    assert.deepEqual(
      roots.map((category: Category) => category.name),
      ['Garden'],
    )
    for (const name of ['description', 'handle', 'rank', 'external_id', 'parent_category_id', 'metadata', 'created_at', 'updated_at']) {
      assert.ok(name in roots[0], name)
    }
    assert.equal(roots[0].description, '')
  })
})
