import { z } from 'zod'
import {
  type PriceInput,
  type ProductInput,
  type ProductPatch,
  refuseSenselessPrice,
  type VariantInput,
  type VariantPatch,
} from '../../catalog/index.js'
import { statement, tenantOf, type Unit } from '../../db/index.js'
import { booleanText, currencyCode, distinctNames, metadata } from '../../http/index.js'
import { invalidData, limits, notFound, toMinor, unrelated } from '../../kernel/index.js'
import { conditionsOf } from '../../pricing/index.js'
import { amount, id, name, text } from './shared.js'

const word = z.string().max(limits.name_characters).nullish()
const measure = z.number().min(0).max(1_000_000_000).nullish()
/** A picture's address, or its path or name below wherever the storefront looks; nothing that a browser would run. */
const url = z
  .string()
  .max(2_000)
  .refine((value) => /^[^\s\\<>"]+$/.test(value) && isPicture(value), 'is not the address of a picture')
const isPicture = (value: string) => (/^https?:/i.test(value) ? URL.canParse(value) : /^\/?[\w.~%-][^:]*$/.test(value))
const pieces = z.int().min(1).max(limits.quantity).nullish()

/** Where a price holds: in a region, for a customer group, or where any other attribute of the cart is this text. */
export const priceRules = z
  .object({ region_id: id.optional(), 'customer.groups.id': id.optional() })
  .catchall(name)
  .refine((rules) => Object.keys(rules).length <= limits.rulesOfPrice, `A price has at most ${limits.rulesOfPrice} rules`)
  .refine((rules) => Object.keys(rules).every((attribute) => name.safeParse(attribute).success), 'A rule names an attribute of a cart')

/** Clients send prices back as they read them, and with the variant's options: what else there is says nothing, as in Medusa. */
const price = z.object({
  currency_code: currencyCode,
  amount,
  compare_at_amount: amount.nullish(),
  min_quantity: pieces,
  max_quantity: pieces,
  rules: priceRules.optional(),
})
const prices = z.array(price).max(limits.pricesOfVariant)
/** A price that is there may be named, and is then meant where its amount or currency is left out. */
const pricePatch = z.union([
  z.object({ ...price.shape, id, currency_code: currencyCode.optional(), amount: amount.optional() }),
  price.extend({ id: z.undefined().optional() }),
])

const dimensions = {
  weight: measure,
  length: measure,
  height: measure,
  width: measure,
  hs_code: word,
  mid_code: word,
  origin_country: word,
  material: word,
}

const rank = z.int().min(0).max(1_000_000).optional()
/** Medusa hands this to hooks of its own; clients may send it, and here it means nothing. */
const additional_data = metadata

const variantColumns = {
  variant_rank: rank,
  additional_data,
  sku: z.string().trim().min(1).max(limits.name_characters).nullish(),
  barcode: word,
  ean: word,
  upc: word,
  thumbnail: url.nullish(),
  allow_backorder: booleanText.optional(),
  manage_inventory: booleanText.optional(),
  ...dimensions,
  metadata,
}
/** Pieces of an inventory item in one piece of a variant. */
export const requiredQuantity = z.int().min(1).max(1_000_000)
const inventoryItems = z
  .array(z.object({ inventory_item_id: id, required_quantity: requiredQuantity.default(1) }))
  .max(limits.itemsOfVariant)
  .optional()
export const newVariant = z.strictObject({
  title: name,
  prices,
  options: z.record(name, name).optional(),
  inventory_items: inventoryItems,
  ...variantColumns,
})
export const variantPatch = z.strictObject({
  title: name.optional(),
  prices: z.array(pricePatch).max(limits.pricesOfVariant).optional(),
  options: z.record(name, name).optional(),
  ...variantColumns,
})
const variantOfPatch = z.union([z.strictObject({ ...variantPatch.shape, id }), newVariant])

const named = z
  .array(z.object({ id }))
  .max(limits.linksOfProduct)
  .nullish()
  .transform((links) => links ?? undefined)
const imagesOf = <Image extends z.ZodType>(image: Image) =>
  z
    .array(image)
    .max(limits.imagesOfProduct)
    .nullish()
    .transform((images) => images ?? undefined)
const columns = {
  handle: z.string().max(limits.name_characters).nullish(),
  subtitle: text.nullish(),
  description: text.nullish(),
  status: z
    .enum(['draft', 'proposed', 'published', 'rejected'])
    .nullish()
    .transform((status) => status ?? undefined),
  thumbnail: url.nullish(),
  is_giftcard: booleanText.optional(),
  discountable: booleanText.optional(),
  external_id: name.nullish(),
  collection_id: id.nullish(),
  type_id: id.nullish(),
  shipping_profile_id: id.nullish(),
  categories: named,
  tags: named,
  sales_channels: named,
  ...dimensions,
  metadata,
  additional_data,
}

const optionValues = distinctNames(z.array(name).min(1).max(limits.variantsOfProduct))
/** An option by itself, or with its product. */
export const newOption = z.strictObject({
  title: name,
  values: optionValues,
  ranks: z.record(name, z.int()).optional(),
  is_exclusive: z.boolean().optional(),
  metadata,
})
/** One that is there, and is shared. */
const optionLink = z.strictObject({ id })

export const createBody = z.strictObject({
  title: z.string().trim().min(1).max(limits.title_characters),
  vendor_id: id.optional(),
  ...columns,
  images: imagesOf(z.object({ url })),
  options: z
    .array(z.union([newOption, optionLink.extend({ value_ids: z.array(id).max(limits.variantsOfProduct).optional() })]))
    .max(limits.optionsOfProduct)
    .optional(),
  variants: z.array(newVariant).max(limits.variantsOfProduct).optional(),
})
export const updateBody = z.strictObject({
  title: z.string().trim().min(1).max(limits.title_characters).optional(),
  ...columns,
  images: imagesOf(z.object({ url, id: id.optional() })),
  options: z
    .array(z.object({ id: id.optional(), title: name.optional(), values: optionValues.optional() }))
    .max(limits.optionsOfProduct)
    .optional(),
  option_ids: z.array(id).max(limits.optionsOfProduct).optional(),
  variants: z.array(variantOfPatch).max(limits.variantsOfProduct).optional(),
})

const linkedIds = {
  collection_id: 'collection',
  type_id: 'product_type',
  shipping_profile_id: 'shipping_profile',
  categories: 'product_category',
  tags: 'product_tag',
  sales_channels: 'sales_channel',
  inventory_item_id: 'inventory_item',
  'customer.groups.id': 'customer_group',
}
export const bodyIds = { ...linkedIds, options: 'shared_option', value_ids: 'shared_option_value' }
/** What a change can name besides. */
export const changedIds = {
  ...linkedIds,
  images: 'product_image',
  options: 'product_option',
  option_ids: 'product_option',
  prices: 'variant_price',
}

type Prices = z.output<typeof prices>

/** As in Medusa, of prices that hold under the same conditions the last counts. */
function lastOfEqual(given: Prices): Prices {
  const keyOf = ({ currency_code, min_quantity, rules }: Prices[number]) =>
    JSON.stringify([currency_code, min_quantity ?? null, Object.entries(rules ?? {}).sort()])
  return [...new Map(given.map((price) => [keyOf(price), price])).values()]
}

function pricesOf(given: Prices): PriceInput[] {
  return given.map((price) => {
    refuseSenselessPrice(price)
    const { amount: major, compare_at_amount: before, currency_code, min_quantity, max_quantity, rules } = price
    return {
      currency_code,
      amount_minor: toMinor(major, currency_code),
      compare_at_minor: before == null ? null : toMinor(before, currency_code),
      min_quantity: min_quantity ?? null,
      max_quantity: max_quantity ?? null,
      ...conditionsOf(rules ?? {}),
    }
  })
}

export function variantInputOf(variant: z.output<typeof newVariant>): VariantInput {
  const { additional_data: _data, ...rest } = variant
  return { ...rest, prices: pricesOf(lastOfEqual(variant.prices)) } as VariantInput
}

/** Prices of variants by their ids. */
export type KnownPrices = ReadonlyMap<string, { currency_code: string; amount: number }>

/**
 * As in Medusa, prices that are given are all that the variant has outside price lists.
 *
 * @param known prices of the variant by their ids, for those that a patch names without saying all of them
 * @param replaces what they take the place of, where it is less
 */
export function variantPatchOf(
  variant: z.output<typeof variantPatch> & { id?: string },
  known: KnownPrices = new Map(),
  replaces: NonNullable<VariantPatch['replaces']> = 'all_prices',
): VariantPatch {
  const { prices: given, additional_data: _data, ...rest } = variant
  if (given === undefined) return rest as VariantPatch
  const whole = given.map((price) => {
    if (price.id === undefined) return price
    const { id: priceId, ...changes } = price
    const before = known.get(priceId)
    if (before === undefined) throw notFound(`Price with id: ${priceId} was not found`)
    const currency_code = changes.currency_code ?? before.currency_code
    if (changes.amount === undefined && currency_code !== before.currency_code) {
      throw invalidData('A price that changes its currency needs an amount')
    }
    return { ...changes, currency_code, amount: changes.amount ?? before.amount }
  })
  return { ...rest, prices: pricesOf(lastOfEqual(whole)), replaces } as VariantPatch
}

/** True where a patch needs to be told what is there already. */
export const namesPrices = (variants: readonly { prices?: readonly object[] | undefined }[]) =>
  variants.some((variant) => variant.prices?.some((price) => 'id' in price))

const productHandle = /^[a-z0-9]+(?:[-_][a-z0-9]+)*$/

/** A handle as products have it; an empty one is made from the title. Throws invalid_data, in Medusa's words. */
function handleOf({ handle }: { handle?: string | null | undefined }): { handle?: string } {
  if (handle == null || handle === '') return {}
  if (!productHandle.test(handle)) throw invalidData(`Invalid product handle '${handle}'. It must contain URL safe characters`)
  return { handle }
}

type Named = { id: string }[] | undefined

function linksOf(body: { categories?: Named; tags?: Named; sales_channels?: Named }) {
  const idsOf = (key: string, values: Named) => (values === undefined ? {} : { [key]: values.map((value) => value.id) })
  return {
    ...idsOf('category_ids', body.categories),
    ...idsOf('tag_ids', body.tags),
    ...idsOf('sales_channel_ids', body.sales_channels),
  }
}

/** A new product as the catalogue's command takes it, amounts in minor units. Throws invalid_data for amounts. */
export function productInputOf(vendorId: string, body: z.output<typeof createBody>): ProductInput {
  const { variants, options = [], categories: _c, tags: _t, sales_channels: _s, vendor_id: _v, handle: _h, ...others } = body
  const { additional_data: _a, ...rest } = others
  // As in Medusa, what the store itself sells without a profile is not shipped, and without a channel not listed; of a vendor's
  // the first profile is meant, and the store's channel.
  const own = { sales_channel_ids: [], ...(rest.shipping_profile_id === undefined ? { shipping_profile_id: null } : {}) }
  return {
    ...rest,
    ...handleOf(body),
    ...(body.vendor_id === undefined ? own : {}),
    ...linksOf(body),
    vendor_id: vendorId,
    options: options.filter((option) => !('id' in option)),
    option_links: options.filter((option) => 'id' in option),
    variants: (variants ?? []).map(variantInputOf),
  } as ProductInput
}

/**
 * The same for changes. As in Medusa, variants that are given are all that the product is to have, and their prices all of theirs.
 *
 * @param whole false for what says of some variants and currencies only, and leaves others as they are
 */
export function productPatchOf(body: z.output<typeof updateBody>, known?: KnownPrices, whole = true): ProductPatch {
  const { variants, categories: _c, tags: _t, sales_channels: _s, handle: _h, additional_data: _a, ...rest } = body
  const replaces = whole ? 'all_prices' : 'currencies'
  const changed = variants?.map((variant) => ('id' in variant ? variantPatchOf(variant, known, replaces) : variantInputOf(variant)))
  const named = changed === undefined ? {} : { variants: changed, replacesVariants: whole }
  return { ...rest, ...handleOf(body), ...linksOf(body), ...named } as ProductPatch
}

/** As Medusa's workflow, which knows no product without a choice. Throws invalid_data, naming all that have none. */
export function refuseOptionless(bodies: readonly z.output<typeof createBody>[]): void {
  const titles = bodies.filter(({ options = [] }) => options.length === 0).map(({ title }) => title)
  if (titles.length > 0) throw invalidData(`Product options are not provided for: [${titles.join(', ')}].`)
}

const related = (key: string) => (id: string) => unrelated(key, id)
/** What is missing, in Medusa's words where its database says so. */
const missingParts = {
  collection: related('collection_id'),
  type: related('type_id'),
  category: related('product_category_id'),
  tag: related('product_tag_id'),
  tag_of_new: (id: string) => invalidData(`Tag with id ${id} not found. Please create the tag before associating it with the product.`),
  channel: (id: string) => notFound(`Sales channel with id: ${id} was not found`),
  profile: (id: string) => notFound(`Shipping profile with id: ${id} was not found`),
}

/**
 * The keys find rows of other stores; rows that were taken out of use they find too.
 * @param isNew whether it is said of a new product
 * @throws not_found for those; invalid_data for a new product's tag
 */
export async function refuseRetired(
  unit: Unit,
  body: z.output<typeof createBody> | z.output<typeof updateBody>,
  isNew: boolean,
): Promise<void> {
  const [missing] = await unit.run(
    statement<{ kind: keyof typeof missingParts; id: string }>(
      'admin.retired_parts',
      `select 'collection' as kind, w.id from unnest($2::text[]) as w (id) where not exists (
         select 1 from product_collection x where x.tenant_id = $1 and x.id = w.id and x.deleted_at is null)
       union all select 'type', w.id from unnest($3::text[]) as w (id) where not exists (
         select 1 from product_type x where x.tenant_id = $1 and x.id = w.id and x.deleted_at is null)
       union all select 'category', w.id from unnest($4::text[]) as w (id) where not exists (
         select 1 from product_category x where x.tenant_id = $1 and x.id = w.id and x.deleted_at is null)
       union all select $8::text, w.id from unnest($5::text[]) as w (id) where not exists (
         select 1 from product_tag x where x.tenant_id = $1 and x.id = w.id and x.deleted_at is null)
       union all select 'channel', w.id from unnest($6::text[]) as w (id) where not exists (
         select 1 from sales_channel x where x.tenant_id = $1 and x.id = w.id and x.deleted_at is null)
       union all select 'profile', w.id from unnest($7::text[]) as w (id) where not exists (
         select 1 from shipping_profile x where x.tenant_id = $1 and x.id = w.id and x.deleted_at is null)
       limit 1`,
      [
        tenantOf(unit),
        [body.collection_id ?? []].flat(),
        [body.type_id ?? []].flat(),
        (body.categories ?? []).map((value) => value.id),
        (body.tags ?? []).map((value) => value.id),
        (body.sales_channels ?? []).map((value) => value.id),
        [body.shipping_profile_id ?? []].flat(),
        isNew ? 'tag_of_new' : 'tag',
      ],
    ),
  )
  if (missing !== undefined) throw missingParts[missing.kind](missing.id)
}
