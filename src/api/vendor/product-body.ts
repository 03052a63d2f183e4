import { z } from 'zod'
import {
  ensureWords,
  type PriceInput,
  type ProductInput,
  type ProductPatch,
  refuseSenselessPrice,
  type VariantInput,
} from '../../catalog/index.js'
import { tenantOf, type Unit } from '../../db/index.js'
import { currencyCode, distinctNames, metadata } from '../../http/index.js'
import { invalidData, limits, toMinor } from '../../kernel/index.js'
import { storeCurrenciesStatement } from '../../regions/index.js'
import { knownCountry } from '../known-country.js'

const id = z.string().min(1).max(64)
const name = z.string().trim().min(1).max(limits.name_characters)
const text = z.string().max(limits.text_characters).nullish()
const word = z.string().max(limits.name_characters).nullish()
const measure = z.number().min(0).max(1_000_000_000).nullish()
const address = z
  .union([z.url({ protocol: /^https?$/ }), z.string().regex(/^\/files\/[\w-]+\/[\w-][\w.-]*$/, 'is not the path of an uploaded file')])
  .refine((url) => url.length <= 2_000, 'is too long')
const stock = z.int().min(0).max(1_000_000_000)
const handle = z
  .string()
  .max(limits.name_characters)
  .regex(/^[a-z0-9]+(?:[-_][a-z0-9]+)*$/, 'holds lower-case letters, digits and single dashes only')

const price = z.strictObject({
  currency_code: currencyCode,
  amount: z.number().min(0),
  compare_at_amount: z.number().min(0).nullish(),
  min_quantity: z.int().min(1).max(limits.quantity).nullish(),
  max_quantity: z.int().min(1).max(limits.quantity).nullish(),
})
const prices = z.array(price).max(limits.pricesOfVariant)
const options = z.record(name, name)

const variantColumns = {
  sku: z.string().trim().min(1).max(limits.name_characters).nullish(),
  barcode: word,
  allow_backorder: z.boolean().optional(),
  manage_inventory: z.boolean().optional(),
  weight: measure,
  metadata,
  options: options.optional(),
  stock: stock.optional(),
}
const newVariant = z.strictObject({ title: name, prices, ...variantColumns })
const variantPatch = z.strictObject({ id: id.optional(), title: name.optional(), prices: prices.optional(), ...variantColumns })

/** Words are named by id, or by value: a value that the store does not have yet is added. */
const wordReference = z.union([z.strictObject({ id }), z.strictObject({ value: name })])

const columns = {
  subtitle: text,
  description: text,
  status: z.enum(['draft', 'proposed', 'published']).optional(),
  thumbnail: address.nullish(),
  images: z
    .array(z.strictObject({ url: address }))
    .max(limits.imagesOfProduct)
    .optional(),
  collection_id: id.nullish(),
  type_id: id.nullish(),
  type: name.optional(),
  tags: z.array(wordReference).max(100).optional(),
  categories: z.array(z.strictObject({ id })).max(100).optional(),
  shipping_profile_id: id.nullish(),
  discountable: z.boolean().optional(),
  weight: measure,
  length: measure,
  height: measure,
  width: measure,
  hs_code: word,
  mid_code: word,
  origin_country: knownCountry.nullish(),
  material: word,
  metadata,
  options: z
    .array(z.strictObject({ title: name, values: distinctNames(z.array(name).min(1).max(limits.variantsOfProduct)) }))
    .max(limits.optionsOfProduct)
    .optional(),
}

export const createBody = z.strictObject({
  title: z.string().trim().min(1).max(limits.title_characters),
  handle: handle.optional(),
  external_id: z.string().min(1).max(limits.name_characters).nullish(),
  ...columns,
  variants: z.array(newVariant).max(limits.variantsOfProduct).optional(),
})
export const updateBody = z.strictObject({
  title: z.string().trim().min(1).max(limits.title_characters).optional(),
  handle: handle.optional(),
  ...columns,
  variants: z.array(variantPatch).max(limits.variantsOfProduct).optional(),
})

export const bodyIds = { collection_id: 'collection', type_id: 'product_type', shipping_profile_id: 'shipping_profile' }

type Body = z.output<typeof createBody> | z.output<typeof updateBody>

/** A new product as the catalogue's command takes it. Throws invalid_data for prices that the store cannot charge. */
export async function productInputOf(unit: Unit, vendorId: string, body: z.output<typeof createBody>): Promise<ProductInput> {
  const { variants, ...rest } = await wordsResolved(unit, body)
  const charge = await chargeableOf(unit, body.variants ?? [])
  const inputs = (variants ?? []).map((variant) => ({ ...variant, prices: charge(variant.prices) }) as VariantInput)
  return { ...rest, vendor_id: vendorId, variants: inputs } as ProductInput
}

/** The same for changes. */
export async function productPatchOf(unit: Unit, body: z.output<typeof updateBody>): Promise<ProductPatch> {
  const { variants, options: _options, ...rest } = await wordsResolved(unit, body)
  const charge = await chargeableOf(unit, body.variants ?? [])
  return {
    ...rest,
    ...(variants === undefined
      ? {}
      : {
          variants: variants.map(({ prices: given, ...variant }) => ({
            ...variant,
            ...(given === undefined ? {} : { prices: charge(given) }),
          })),
        }),
  } as ProductPatch
}

async function wordsResolved<Given extends Body>(unit: Unit, body: Given) {
  const { type, tags, categories, ...rest } = body
  if (type !== undefined && body.type_id != null) throw invalidData('Name the type by type or by type_id, not by both')
  const values = (tags ?? []).flatMap((tag) => ('value' in tag ? [tag.value] : []))
  const tagIds = await ensureWords(unit, 'tag', values)
  const typeIds = await ensureWords(unit, 'type', type === undefined ? [] : [type])
  return {
    ...rest,
    ...(type === undefined ? {} : { type_id: typeIds.get(type) as string }),
    ...(tags === undefined ? {} : { tag_ids: tags.map((tag) => ('id' in tag ? tag.id : (tagIds.get(tag.value) as string))) }),
    ...(categories === undefined ? {} : { category_ids: categories.map((category) => category.id) }),
  } as Omit<Given, 'type' | 'tags' | 'categories'> & { tag_ids?: string[]; category_ids?: string[] }
}

/** Turns amounts into minor units, and refuses currencies that the store does not sell in. */
async function chargeableOf(unit: Unit, variants: readonly { prices?: z.output<typeof prices> | undefined }[]) {
  const wanted = variants.some((variant) => (variant.prices?.length ?? 0) > 0)
  const rows = wanted ? await unit.run(storeCurrenciesStatement(tenantOf(unit))) : []
  const known = new Set(rows.map((row) => row.currency_code))
  return (given: z.output<typeof prices>): PriceInput[] =>
    given.map((price) => {
      refuseSenselessPrice(price)
      const { amount, compare_at_amount, currency_code, min_quantity, max_quantity } = price
      if (!known.has(currency_code)) throw invalidData(`Currency with code: ${currency_code} is not one of the store's`)
      return {
        currency_code,
        amount_minor: toMinor(amount, currency_code),
        compare_at_minor: compare_at_amount == null ? null : toMinor(compare_at_amount, currency_code),
        min_quantity: min_quantity ?? null,
        max_quantity: max_quantity ?? null,
      }
    })
}
