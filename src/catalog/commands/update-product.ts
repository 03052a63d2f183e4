import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, invalidData, isDuplicate, limits, newId, notFound } from '../../kernel/index.js'
import { clearConditionalPrices } from '../../pricing/index.js'
import { Price, ProductImage, ProductVariant } from '../models.js'
import { addVariants, chosenValues, describing, insertPrices } from './add-variants.js'
import type { ProductInput, VariantInput } from './input.js'
import { lockProduct } from './lock-product.js'
import { setOptions } from './option-links.js'
import { optionsOfProduct } from './option-values.js'
import { changeOptions, type OptionPatch } from './options.js'
import { followStatus, statusFor } from './proposals.js'
import { renameItem, stockVariant } from './stock-variant.js'
import { refuseTwinsOf } from './twin-variants.js'
import {
  bringNumbers,
  type ChangedNumber,
  changedNumbers,
  lockNumbers,
  numberTaken,
  refuseSharedNumbers,
  releaseSkus,
} from './variant-numbers.js'

export interface VariantPatch extends Partial<Omit<VariantInput, 'options' | 'stock'>> {
  /** The variant to change; without it the variant is new, and must say its title, options and prices. */
  id?: string
  options?: Record<string, string>
  stock?: number
  /**
   * What the prices that are given take the place of: of all there are outside price lists, of those in their currencies, or,
   * where it is left out, of those in their currencies that have no rules.
   */
  replaces?: 'all_prices' | 'currencies'
}

export type ProductPatch = Partial<Omit<ProductInput, 'vendor_id' | 'variants' | 'options'>> & {
  options?: OptionPatch[]
  /** All the options that it is to have, shared ones and its own. */
  option_ids?: string[]
  variants?: VariantPatch[]
  /** The variants that are given are all it is to have: others are taken out. */
  replacesVariants?: boolean
}

const columns = [
  'title',
  'handle',
  'subtitle',
  'description',
  'thumbnail',
  'collection_id',
  'type_id',
  'shipping_profile_id',
  'discountable',
  'is_giftcard',
  'external_id',
  'weight',
  'length',
  'height',
  'width',
  'hs_code',
  'mid_code',
  'origin_country',
  'material',
  'metadata',
] as const

/**
 * Changes a product: what is named is set, what is not stays. Variants with an id are changed, others are added, and none is
 * removed unless the patch says that it replaces them. Prices that are given replace the variant's prices in their currencies,
 * or more, as their patch says; stock is set at the vendor's first location. What a vendor publishes may be proposed instead.
 * @throws not_found for a product or variant that the caller cannot see; invalid_data for a taken handle or SKU
 */
export async function updateProduct(unit: Unit, id: string, patch: ProductPatch): Promise<void> {
  const tenantId = tenantOf(unit)
  const product = await lockProduct(unit, id)
  if (bringNumbers(patch.variants ?? [])) await lockNumbers(unit, [product.vendor_id])
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  if (patch.is_giftcard === true) changes.discountable = false
  const status = patch.status === undefined ? product.status : statusFor(unit, patch.status, product)
  try {
    await unit
      .knex('product')
      .where({ tenant_id: tenantId, id })
      .update({ ...changes, status, ...mergedMetadata(unit, patch), updated_at: new Date() })
  } catch (error) {
    if (isDuplicate(error)) throw alreadyExists(`Product with handle: ${patch.handle}, already exists.`)
    throw error
  }
  await followStatus(unit, product, product.status, status)
  if (patch.images !== undefined) await replaceImages(unit, id, product.vendor_id, patch.images)
  await replaceLinks(unit, id, product.vendor_id, patch)
  // First, so that what only they use can go with them.
  if (patch.replacesVariants === true && patch.variants !== undefined) await removeOthers(unit, id, patch.variants)
  if (patch.options !== undefined) await changeOptions(unit, id, patch.options)
  if (patch.option_ids !== undefined) await setOptions(unit, { id, vendor_id: product.vendor_id }, patch.option_ids)
  await changeVariants(unit, id, product.vendor_id, patch.variants ?? [])
}

/** Takes the variants out of the catalogue that a whole list of them does not name. */
async function removeOthers(unit: Unit, productId: string, patches: readonly VariantPatch[]): Promise<void> {
  await unit.run(
    statement(
      'catalog.remove_other_variants',
      `update product_variant set deleted_at = now(), updated_at = now()
       where tenant_id = $1 and product_id = $2 and deleted_at is null and id <> all($3::text[])`,
      [tenantOf(unit), productId, patches.flatMap((patch) => patch.id ?? [])],
    ),
  )
}

async function replaceImages(unit: Unit, productId: string, vendorId: string, images: { url: string; id?: string }[]): Promise<void> {
  if (images.length > limits.imagesOfProduct) throw invalidData(`A product has at most ${limits.imagesOfProduct} images`)
  const ofProduct = { tenant_id: tenantOf(unit), product_id: productId }
  const named = images.flatMap((image) => image.id ?? [])
  const known = await unit.knex('product_image').where(ofProduct).whereIn('id', named).pluck('id')
  const missing = named.find((id) => !known.includes(id))
  if (missing !== undefined) throw notFound(`Product image with id: ${missing} was not found`)
  await unit.knex('product_image').where(ofProduct).whereNotIn('id', named).delete()
  const kept = images.flatMap(({ id, url }, rank) => (id === undefined ? [] : [{ id, url, rank }]))
  if (kept.length > 0) await unit.run(placeImagesStatement(tenantOf(unit), productId, kept))
  const rows = images.flatMap(({ id, url }, rank) =>
    id === undefined ? [{ id: newId('img'), vendor_id: vendorId, product_id: productId, url, rank }] : [],
  )
  if (rows.length > 0) await ProductImage.query().insert(rows)
}

function placeImagesStatement(tenantId: string, productId: string, images: readonly { id: string; url: string; rank: number }[]) {
  return statement(
    'catalog.place_images',
    `update product_image i set url = n.url, rank = n.rank, updated_at = now()
     from unnest($3::text[], $4::text[], $5::int[]) as n (id, url, rank)
     where i.tenant_id = $1 and i.product_id = $2 and i.id = n.id`,
    [tenantId, productId, images.map(({ id }) => id), images.map(({ url }) => url), images.map(({ rank }) => rank)],
  )
}

async function replaceLinks(unit: Unit, productId: string, vendorId: string, patch: ProductPatch): Promise<void> {
  const links = [
    ['product_category_product', 'product_category_id', patch.category_ids],
    ['product_tag_product', 'product_tag_id', patch.tag_ids],
    ['product_sales_channel', 'sales_channel_id', patch.sales_channel_ids],
  ] as const
  for (const [table, column, ids] of links) {
    if (ids === undefined) continue
    await unit
      .knex(table)
      .where({ tenant_id: tenantOf(unit), product_id: productId })
      .delete()
    const rows = [...new Set(ids)].map((id) => ({ [column]: id, product_id: productId, vendor_id: vendorId }))
    if (rows.length > 0) await unit.knex(table).insert(rows)
  }
}

async function changeVariants(unit: Unit, productId: string, vendorId: string, patches: readonly VariantPatch[]): Promise<void> {
  const known = patches.filter((patch) => patch.id !== undefined)
  await releaseSkus(unit, productId, known)
  const renumbered: ChangedNumber[] = []
  for (const patch of known) renumbered.push(...(await changeVariant(unit, productId, vendorId, patch)))
  const added = await addPatches(
    unit,
    productId,
    vendorId,
    patches.filter((patch) => patch.id === undefined),
  )
  const chosen = known.filter((patch) => patch.options !== undefined).map((patch) => patch.id as string)
  await refuseTwinsOf(unit, productId, [...chosen, ...added])
  await refuseSharedNumbers(unit, vendorId, renumbered)
}

/** Adds the variants that a product lacks. Answers their ids. */
async function addPatches(unit: Unit, productId: string, vendorId: string, added: readonly VariantPatch[]): Promise<string[]> {
  if (added.length === 0) return []
  const options = await optionsOfProduct(unit, productId)
  const [existing] = await unit.run(
    statement<{ variants: number; rank: number }>(
      'catalog.variants_of_product',
      `select (select count(*) from product_variant v where v.tenant_id = $1 and v.product_id = $2 and v.deleted_at is null)::int as variants,
              (select coalesce(max(v.variant_rank) + 1, 0) from product_variant v where v.tenant_id = $1 and v.product_id = $2)::int as rank`,
      [tenantOf(unit), productId],
    ),
  )
  if ((existing?.variants ?? 0) + added.length > limits.variantsOfProduct) {
    throw invalidData(`A product has at most ${limits.variantsOfProduct} variants`)
  }
  const inputs = added.map((patch): VariantInput => {
    if (patch.title === undefined || patch.prices === undefined) throw invalidData('A new variant needs a title and prices')
    return { ...patch, title: patch.title, prices: patch.prices }
  })
  return addVariants(unit, { productId, vendorId, options, firstRank: existing?.rank ?? 0 }, inputs)
}

const variantColumns = ['title', 'sku', 'allow_backorder', 'manage_inventory', 'variant_rank', 'metadata', ...describing] as const

/** Answers the numbers that it gave the variant, which are looked at when all variants have theirs. */
async function changeVariant(unit: Unit, productId: string, vendorId: string, patch: VariantPatch): Promise<ChangedNumber[]> {
  const id = patch.id as string
  const tenantId = tenantOf(unit)
  const variant = await ProductVariant.query().findOne({ tenant_id: tenantId, id, product_id: productId, deleted_at: null })
  if (variant === undefined) throw notFound(`Variant with id: ${id} was not found`)
  const changes = Object.fromEntries(variantColumns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  try {
    await ProductVariant.query()
      .where({ tenant_id: tenantId, id })
      .patch({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() } as object)
  } catch (error) {
    if (isDuplicate(error)) throw numberTaken('sku', patch.sku as string)
    throw error
  }
  if (patch.prices !== undefined) await replacePrices(unit, vendorId, variant.price_set_id, patch.prices, patch.replaces)
  if (patch.options !== undefined) await chooseOptions(unit, productId, variant, patch.options)
  if (patch.sku !== undefined) await renameItem(unit, id, patch.sku)
  if (patch.stock !== undefined || patch.manage_inventory === true) {
    const sku = patch.sku === undefined ? variant.sku : patch.sku
    await stockVariant(unit, { id, vendor_id: vendorId, title: patch.title ?? variant.title, sku }, patch.stock)
  }
  return changedNumbers(variant, patch)
}

async function replacePrices(
  unit: Unit,
  vendorId: string,
  priceSetId: string,
  prices: VariantInput['prices'],
  replaces: VariantPatch['replaces'],
): Promise<void> {
  const currencies = replaces === 'all_prices' ? undefined : [...new Set(prices.map((price) => price.currency_code))]
  const known = Price.query().where({ tenant_id: tenantOf(unit), price_set_id: priceSetId })
  await (currencies === undefined ? known : known.whereIn('currency_code', currencies)).delete()
  if (replaces !== undefined) await clearConditionalPrices(unit, priceSetId, currencies)
  await insertPrices(unit, vendorId, [{ prices, priceSetId }])
}

/** Gives a variant other values of its options. Throws invalid_data for a value that is not there. */
async function chooseOptions(unit: Unit, productId: string, variant: ProductVariant, wanted: Record<string, string>): Promise<void> {
  const { id, title, vendor_id } = variant
  const tenantId = tenantOf(unit)
  const options = await optionsOfProduct(unit, productId)
  const has = new Set(await unit.knex('product_variant_option').where({ tenant_id: tenantId, variant_id: id }).pluck('option_value_id'))
  const kept = options.flatMap((option) => option.values.filter((value) => has.has(value.id)).map((value) => [option.title, value.value]))
  const chosen = chosenValues(options, { title, prices: [], options: { ...Object.fromEntries(kept), ...wanted } })
  await unit.knex('product_variant_option').where({ tenant_id: tenantId, variant_id: id }).delete()
  if (chosen.length === 0) return
  await unit.knex('product_variant_option').insert(
    chosen.map(({ optionId, valueId }) => ({
      tenant_id: tenantId,
      variant_id: id,
      option_id: optionId,
      option_value_id: valueId,
      vendor_id,
    })),
  )
}
