import {
  createProduct,
  ensureOptionValues,
  ensureWords,
  type ProductInput,
  slugOf,
  updateProduct,
  type VariantInput,
} from '../../catalog/index.js'
import { type Statement, statement, tenantOf, type Unit, vendorOf } from '../../db/index.js'
import { AlreadyExists, newId } from '../../kernel/index.js'
import type { ProductDraft, VariantDraft } from '../shopify/products.js'

/** What stays the same for every product of a file. */
export interface Surroundings {
  currency: string
  categories: readonly { id: string; name: string }[]
}

interface ExistingProduct {
  id: string
  variants: { id: string; sku: string | null; options: Record<string, string> }[]
}

/** The id under which an imported product is found again, whatever becomes of its title and handle. */
export const externalIdOf = (handle: string) => `shopify:${handle}`

/**
 * Writes one product of a file in the caller's unit of work: made the first time, changed afterwards. Variants that the
 * file does not name any more stay; prices in other currencies stay.
 * @returns which of the two it was
 * @throws invalid_data for what the catalogue refuses
 */
export async function writeProduct(unit: Unit, draft: ProductDraft, around: Surroundings): Promise<'created' | 'updated'> {
  const existing = await findProduct(unit, draft)
  const words = await wordsOf(unit, draft, around)
  if (existing === undefined) await create(unit, draft, words, around)
  else await update(unit, existing, draft, words, around)
  await finish(unit, draft)
  return existing === undefined ? 'created' : 'updated'
}

async function findProduct(unit: Unit, draft: ProductDraft): Promise<ExistingProduct | undefined> {
  const [row] = await unit.run(existingProductStatement(tenantOf(unit), vendorOf(unit), externalIdOf(draft.handle)))
  return row
}

function existingProductStatement(tenantId: string, vendorId: string, externalId: string): Statement<ExistingProduct> {
  return statement(
    'imports.existing_product',
    `select p.id, coalesce((select json_agg(json_build_object('id', v.id, 'sku', v.sku, 'options',
              coalesce((select json_object_agg(o.title, w.value) from product_variant_option l
                        join product_option o on o.tenant_id = l.tenant_id and o.id = l.option_id
                        join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
                        where l.tenant_id = $1 and l.variant_id = v.id), '{}')) order by v.variant_rank, v.id)
            from product_variant v where v.tenant_id = $1 and v.product_id = p.id and v.deleted_at is null), '[]') as variants
     from product p where p.tenant_id = $1 and p.vendor_id = $2 and p.external_id = $3 and p.deleted_at is null`,
    [tenantId, vendorId, externalId],
  )
}

/** Type and tags are made where the store lacks them. Categories are the store's: the last of the path that it has. */
async function wordsOf(
  unit: Unit,
  draft: ProductDraft,
  around: Surroundings,
): Promise<Pick<ProductInput, 'type_id' | 'tag_ids' | 'category_ids'>> {
  const types = await ensureWords(unit, 'type', draft.type === null ? [] : [draft.type])
  const tags = await ensureWords(unit, 'tag', draft.tags)
  const path = (draft.category ?? '').split('>').map((name) => name.trim().toLowerCase())
  const name = path.findLast((step) => around.categories.some((category) => category.name.toLowerCase() === step))
  const category = around.categories.find((candidate) => candidate.name.toLowerCase() === name)
  return {
    ...(types.size === 0 ? {} : { type_id: [...types.values()][0] as string }),
    ...(tags.size === 0 ? {} : { tag_ids: [...tags.values()] }),
    ...(category === undefined ? {} : { category_ids: [category.id] }),
  }
}

/** Shopify's handle if it is free; another vendor's product may have it, and then one is made from the title. */
async function create(unit: Unit, draft: ProductDraft, words: object, around: Surroundings): Promise<void> {
  const input: ProductInput = {
    ...words,
    vendor_id: vendorOf(unit),
    title: draft.title,
    description: draft.description,
    status: draft.status,
    external_id: externalIdOf(draft.handle),
    is_giftcard: draft.isGiftcard,
    images: draft.images.map((url) => ({ url })),
    options: draft.options,
    variants: draft.variants.map((variant) => variantInput(variant, around.currency)),
  }
  try {
    await createProduct(unit, { ...input, handle: handleOf(draft) })
  } catch (error) {
    const taken = error instanceof AlreadyExists
    // A taken handle is refused before anything is written; after that it is a SKU that is taken.
    if (!taken || (await findProduct(unit, draft)) !== undefined) throw error
    await createProduct(unit, input)
  }
}

/** Handles without a letter that an address holds (Japanese ones, for example) would all come out the same. */
function handleOf(draft: ProductDraft): string {
  return /[a-z0-9]/i.test(draft.handle) ? slugOf(draft.handle) : `product-${newId('prod').slice(-10).toLowerCase()}`
}

function variantInput(variant: VariantDraft, currency: string): VariantInput {
  return {
    title: variant.title,
    sku: variant.sku,
    barcode: variant.barcode,
    allow_backorder: variant.allowBackorder,
    manage_inventory: variant.stock !== null,
    weight: variant.weight,
    options: variant.options,
    prices: [{ currency_code: currency, amount_minor: variant.priceMinor, compare_at_minor: variant.compareAtMinor }],
    ...(variant.stock === null ? {} : { stock: variant.stock }),
  }
}

async function update(unit: Unit, existing: ExistingProduct, draft: ProductDraft, words: object, around: Surroundings): Promise<void> {
  const matched = matchVariants(existing, draft.variants)
  await updateProduct(unit, existing.id, {
    ...words,
    title: draft.title,
    description: draft.description,
    status: draft.status,
    thumbnail: draft.images[0] ?? null,
    images: draft.images.map((url) => ({ url })),
    variants: draft.variants.flatMap((variant) => {
      const id = matched.get(variant)
      if (id === undefined) return []
      const { options: _options, sku, barcode, manage_inventory, ...rest } = variantInput(variant, around.currency)
      return [
        {
          id,
          ...rest,
          // What the file leaves empty is not taken away.
          ...(sku == null ? {} : { sku }),
          ...(barcode == null ? {} : { barcode }),
          ...(manage_inventory === true ? { manage_inventory } : {}),
        },
      ]
    }),
  })
  await ensureOptionValues(unit, { id: existing.id, vendor_id: vendorOf(unit) }, draft.options)
  const added = draft.variants.filter((variant) => !matched.has(variant)).map((variant) => variantInput(variant, around.currency))
  if (added.length > 0) await updateProduct(unit, existing.id, { variants: added })
}

/** Which variant of the product each of the file is: the one with its SKU, else the one with its options. */
function matchVariants(existing: ExistingProduct, drafts: readonly VariantDraft[]): Map<VariantDraft, string> {
  const free = new Map(existing.variants.map((variant) => [variant.id, variant]))
  const matched = new Map<VariantDraft, string>()
  const match = (draft: VariantDraft, suits: (variant: ExistingProduct['variants'][number]) => boolean) => {
    const found = [...free.values()].find(suits)
    if (found === undefined) return
    matched.set(draft, found.id)
    free.delete(found.id)
  }
  for (const draft of drafts) if (draft.sku !== null) match(draft, (variant) => variant.sku === draft.sku)
  for (const draft of drafts) if (!matched.has(draft)) match(draft, (variant) => sameOptions(variant.options, draft.options))
  return matched
}

function sameOptions(a: Record<string, string>, b: Record<string, string>): boolean {
  const titles = Object.keys(a)
  return titles.length === Object.keys(b).length && titles.every((title) => a[title] === b[title])
}

/** What the catalogue's commands do not take: pictures of variants, and products that nothing is sent of. */
async function finish(unit: Unit, draft: ProductDraft): Promise<void> {
  const pictured = draft.variants.filter((variant) => variant.image !== null)
  const digital = draft.variants.every((variant) => !variant.requiresShipping)
  if (pictured.length === 0 && !digital) return
  const product = (await findProduct(unit, draft)) as ExistingProduct
  if (digital) await updateProduct(unit, product.id, { shipping_profile_id: null })
  if (pictured.length === 0) return
  const matched = matchVariants(product, draft.variants)
  await unit.run(
    statement(
      'imports.set_variant_pictures',
      `update product_variant v set thumbnail = t.url, updated_at = now() from unnest($2::text[], $3::text[]) as t (id, url)
       where v.tenant_id = $1 and v.id = t.id`,
      [tenantOf(unit), pictured.map((variant) => matched.get(variant)), pictured.map((variant) => variant.image)],
    ),
  )
}
