import { z } from 'zod'
import {
  addCategory,
  allCategoriesStatement,
  type CategoryOfTree,
  categoriesOfStoreStatement,
  columnsOfCategory,
  deleteCategory,
  updateCategory,
} from '../../catalog/index.js'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { booleanText, type FieldsPolicy, metadata, oneOrMany, type Route, route } from '../../http/index.js'
import { type AnyRequest, handle, id, ids, name, q, reading, removal, text, withAdditional, write } from './shared.js'
import { externalId, gathering, withProducts } from './vocabulary.js'

const categoryFields: FieldsPolicy = {
  defaults: [...columnsOfCategory, 'parent_category.*', 'category_children.*'],
  extra: ['products.*'],
}

const trees = { include_ancestors_tree: booleanText.optional(), include_descendants_tree: booleanText.optional() }

interface Branch extends CategoryOfTree {
  parent_category?: Branch | null
  category_children?: Branch[]
}

/** Rows with all that is above or below them, where that is asked for. No category is below itself, so trees end. */
async function withTrees<Row extends { id: string; rank: number; parent_category_id: string | null }>(
  request: AnyRequest,
  rows: Row[],
): Promise<Row[]> {
  const { include_ancestors_tree: upwards, include_descendants_tree: downwards } = request.query as z.output<z.ZodObject<typeof trees>>
  if ((upwards !== true && downwards !== true) || rows.length === 0) return rows
  const { context } = request
  const all = await context.db.read(context.scope, allCategoriesStatement(tenantOf(context)))
  const byId = new Map(all.map((category) => [category.id, category]))
  const byParent = new Map<string | null, CategoryOfTree[]>()
  for (const category of all) {
    const beside = byParent.get(category.parent_category_id)
    if (beside === undefined) byParent.set(category.parent_category_id, [category])
    else beside.push(category)
  }
  const above = (parentId: string | null): Branch | null => {
    const parent = parentId === null ? undefined : byId.get(parentId)
    return parent === undefined ? null : { ...parent, parent_category: above(parent.parent_category_id) }
  }
  const below = (parentId: string): Branch[] =>
    (byParent.get(parentId) ?? []).map((child) => ({ ...child, category_children: below(child.id) }))
  // Trees stand in the order of their ranks, whatever page they are on; without them categories come as they were made.
  const ranked = rows.toSorted((a, b) => a.rank - b.rank)
  return ranked.map((row) => ({
    ...row,
    ...(upwards === true ? { parent_category: above(row.parent_category_id) } : {}),
    ...(downwards === true ? { category_children: below(row.id) } : {}),
  }))
}

const categoryColumns = {
  description: text.optional(),
  handle,
  parent_category_id: id.nullish(),
  rank: z.int().min(0).max(1_000_000).optional(),
  is_active: z.boolean().optional(),
  is_internal: z.boolean().optional(),
  external_id: externalId,
  metadata,
}

const categories = reading({
  path: '/admin/product-categories',
  singular: 'product_category',
  plural: 'product_categories',
  label: 'Product category',
  access: 'products:read',
  query: z.strictObject({
    q,
    id: ids,
    name: oneOrMany.optional(),
    handle: oneOrMany.optional(),
    parent_category_id: z.union([z.null().transform(() => ['null']), oneOrMany]).optional(),
    ...trees,
  }),
  details: z.strictObject(trees),
  narrowing: {
    table: 'product_category',
    columns: {
      name: 'text',
      handle: 'text',
      description: 'text',
      external_id: 'text',
      is_active: 'boolean',
      is_internal: 'boolean',
      rank: 'number',
    },
  },
  fields: categoryFields,
  orderable: ['id', 'rank', 'created_at', 'updated_at', 'name', 'handle'],
  async load(request, query, page) {
    const filter = {
      id: query.id ?? null,
      q: wordPatterns(query.q),
      name: query.name ?? null,
      handle: query.handle ?? null,
      parentId: query.parent_category_id ?? null,
    }
    const { context } = request
    const rows = await context.db.read(context.scope, categoriesOfStoreStatement(tenantOf(context), filter, page))
    return withTrees(request, await withProducts(request, 'product_category', rows))
  },
})

export const routes: Route[] = [
  ...categories.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/product-categories',
    summary: 'Create a category',
    access: 'catalog:write',
    body: withAdditional(z.strictObject({ name, ...categoryColumns })),
    fields: categoryFields,
    ids: { parent_category_id: 'product_category' },
    async handle(request) {
      const given = Object.fromEntries(Object.entries(request.body).filter(([, value]) => value !== undefined))
      // As in Medusa, shoppers see a category once it is said to be active.
      const input = { is_active: false, ...given, name: request.body.name }
      return categories.answer(request, await write(request, (unit) => addCategory(unit, input)))
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/product-categories/:id',
    summary: 'Change a category, or move it',
    access: 'catalog:write',
    body: withAdditional(z.strictObject({ name: name.optional(), ...categoryColumns })),
    fields: categoryFields,
    ids: { id: 'product_category', parent_category_id: 'product_category' },
    async handle(request) {
      const wanted = request.params.id as string
      await write(request, (unit) => updateCategory(unit, wanted, request.body))
      return categories.answer(request, wanted)
    },
  }),
  removal({
    path: '/admin/product-categories',
    object: 'product_category',
    summary: 'Take a category without others below it out of use',
    access: 'catalog:write',
    remove: deleteCategory,
  }),
  gathering('product_category', {
    path: '/admin/product-categories',
    object: 'product_category',
    fields: categoryFields,
    answer: categories.answer,
  }),
]
