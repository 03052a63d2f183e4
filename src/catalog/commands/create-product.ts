import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, invalidData, limits, newId } from '../../kernel/index.js'
import { ProductImage, ProductOption, ProductOptionValue } from '../models.js'
import { addVariants, type CreatedOption } from './add-variants.js'
import { type ProductInput, type ProductStatus, slugOf } from './input.js'
import { linkOptions, refuseUnknownOptions } from './option-links.js'
import { optionsOfProduct } from './option-values.js'
import { createSharedOption } from './shared-options.js'
import { followStatus } from './proposals.js'
import { bringNumbers, lockNumbers } from './variant-numbers.js'

/**
 * Creates a product with everything below it, in the caller's unit of work.
 * A handle that another product of the store has gets the end of the vendor's id behind it, then of its own: two vendors may
 * sell things of one name. A handle asked for outright must be free. What a vendor publishes is proposed where its store looks at
 * products before they are sold.
 * @returns the product's id
 * @throws invalid_data, invalid_data
 */
export async function createProduct(unit: Unit, input: ProductInput): Promise<string> {
  await refuseUnknownOptions(
    unit,
    (input.option_links ?? []).map((link) => link.id),
  )
  checkSizes(input)
  if (bringNumbers(input.variants ?? [])) await lockNumbers(unit, [input.vendor_id])
  const productId = newId('prod')
  await insertProduct(unit, productId, input)
  await insertImages(unit, productId, input)
  const own = await insertOptions(unit, productId, input)
  const options = await shareOptions(unit, productId, input, own)
  await addVariants(unit, { productId, vendorId: input.vendor_id, options, firstRank: 0 }, input.variants ?? [])
  await linkProduct(unit, productId, input)
  return productId
}

function checkSizes(input: ProductInput): void {
  if ((input.variants?.length ?? 0) > limits.variantsOfProduct)
    throw invalidData(`A product has at most ${limits.variantsOfProduct} variants`)
  if ((input.options?.length ?? 0) > limits.optionsOfProduct) throw invalidData(`A product has at most ${limits.optionsOfProduct} options`)
  if ((input.images?.length ?? 0) > limits.imagesOfProduct) throw invalidData(`A product has at most ${limits.imagesOfProduct} images`)
  const links = (input.option_links ?? []).map((link) => link.id)
  const repeated = links.filter((id, index) => links.indexOf(id) !== index)
  if (repeated.length > 0) throw invalidData(`Product "${input.title}" has duplicate option assignments: [${repeated.join(', ')}]`)
  const titles = (input.options ?? []).map((option) => option.title)
  if (new Set(titles).size !== titles.length) throw invalidData('Two options of a product have the same title')
}

async function insertProduct(unit: Unit, id: string, input: ProductInput): Promise<void> {
  if (input.handle !== undefined) {
    if (!(await tryInsert(unit, id, input, input.handle))) throw alreadyExists(`Product with handle: ${input.handle}, already exists.`)
    return
  }
  const slug = slugOf(input.title)
  // The last is the product's own: titles without Latin letters all make the same slug.
  const candidates = [slug, ...[input.vendor_id.slice(-6), id.slice(-10)].map((end) => `${slug}-${end.toLowerCase()}`)]
  for (const candidate of candidates) if (await tryInsert(unit, id, input, candidate)) return
  throw alreadyExists(`Product with handle: ${slug}, already exists.`)
}

/** False when the handle is taken; a conflict with a row that the caller may not see says no more than that. */
async function tryInsert(unit: Unit, id: string, input: ProductInput, handle: string): Promise<boolean> {
  const [product] = await unit.run(
    statement<{ status: ProductStatus }>(
      'catalog.insert_product',
      `insert into product (tenant_id, id, vendor_id, title, subtitle, description, handle, status, thumbnail, is_giftcard,
         discountable, collection_id, type_id, shipping_profile_id, external_id, weight, length, height, width, hs_code,
         origin_country, material, metadata, mid_code)
       values ($1, $2, $3, $4, $5, $6, $7,
         case when $26::boolean and (select s.product_moderation from store s where s.tenant_id = $1) then 'proposed' else $8 end, $9, $10, $11, $12, $13,
         case when $25::boolean then (select s.id from shipping_profile s where s.tenant_id = $1 and s.vendor_id = $3
                                      and s.deleted_at is null order by s.id limit 1) else $14 end,
         $15, $16, $17, $18, $19, $20, $21, $22, $23, $24)
       on conflict (tenant_id, handle) where deleted_at is null do nothing returning status`,
      [
        tenantOf(unit),
        id,
        input.vendor_id,
        input.title,
        input.subtitle ?? null,
        input.description ?? null,
        handle,
        input.status ?? 'draft',
        input.thumbnail ?? input.images?.[0]?.url ?? null,
        input.is_giftcard ?? false,
        // A gift card is worth what is paid for it.
        input.is_giftcard === true ? false : (input.discountable ?? true),
        input.collection_id ?? null,
        input.type_id ?? null,
        input.shipping_profile_id ?? null,
        input.external_id ?? null,
        input.weight ?? null,
        input.length ?? null,
        input.height ?? null,
        input.width ?? null,
        input.hs_code ?? null,
        input.origin_country ?? null,
        input.material ?? null,
        input.metadata === undefined || input.metadata === null ? null : JSON.stringify(input.metadata),
        input.mid_code ?? null,
        input.shipping_profile_id === undefined,
        unit.scope.role === 'vendor' && input.status === 'published',
      ],
    ),
  )
  if (product === undefined) return false
  await followStatus(unit, { id, vendor_id: input.vendor_id }, null, product.status)
  return true
}

async function insertImages(_unit: Unit, productId: string, input: ProductInput): Promise<void> {
  const images = (input.images ?? []).map((image, rank) => ({
    id: newId('img'),
    vendor_id: input.vendor_id,
    product_id: productId,
    url: image.url,
    rank,
  }))
  if (images.length > 0) await ProductImage.query().insert(images)
}

function rankedValues({ values, ranks = {} }: NonNullable<ProductInput['options']>[number]) {
  // Values are words of the store's, `constructor` among them.
  const given = new Map(Object.entries(ranks))
  return [...new Set(values)].map((value, position) => ({ id: newId('optval'), value, rank: given.get(value) ?? position }))
}

async function insertOptions(_unit: Unit, productId: string, input: ProductInput): Promise<CreatedOption[]> {
  const own = (input.options ?? []).filter((option) => option.is_exclusive !== false)
  const options = own.map((option, rank) => ({
    id: newId('opt'),
    title: option.title,
    rank,
    metadata: option.metadata ?? null,
    values: rankedValues(option),
  }))
  if (options.length === 0) return []
  await ProductOption.query().insert(
    options.map(({ values: _values, ...option }) => ({ ...option, vendor_id: input.vendor_id, product_id: productId })),
  )
  const values = options.flatMap((option) => option.values.map((value) => ({ ...value, option_id: option.id, vendor_id: input.vendor_id })))
  if (values.length > 0) await ProductOptionValue.query().insert(values)
  return options
}

/** Lets the product use the shared options that it names, and those that it brings for others to share. Answers all that it has. */
async function shareOptions(unit: Unit, productId: string, input: ProductInput, own: CreatedOption[]): Promise<CreatedOption[]> {
  const links = [...(input.option_links ?? [])]
  for (const option of input.options ?? []) {
    if (option.is_exclusive === false) links.push({ id: await createSharedOption(unit, input.vendor_id, option) })
  }
  if (links.length === 0) return own
  await linkOptions(unit, { id: productId, vendor_id: input.vendor_id }, links)
  return optionsOfProduct(unit, productId)
}

/** Categories, tags and channels. Ids of another store are not found by their keys and refused. */
async function linkProduct(unit: Unit, productId: string, input: ProductInput): Promise<void> {
  const tenantId = tenantOf(unit)
  await unit.run(
    statement(
      'catalog.link_channels',
      `insert into product_sales_channel (tenant_id, product_id, sales_channel_id, vendor_id)
       select $1, $2, channel, $3
       from unnest(coalesce($4::text[], array(select s.default_sales_channel_id from store s
                   where s.tenant_id = $1 and s.default_sales_channel_id is not null))) as channel
       on conflict do nothing`,
      [tenantId, productId, input.vendor_id, input.sales_channel_ids ?? null],
    ),
  )
  if ((input.category_ids?.length ?? 0) > 0) {
    await unit.run(
      statement(
        'catalog.link_categories',
        `insert into product_category_product (tenant_id, product_id, product_category_id, vendor_id)
         select $1, $2, category, $3 from unnest($4::text[]) as category on conflict do nothing`,
        [tenantId, productId, input.vendor_id, input.category_ids],
      ),
    )
  }
  if ((input.tag_ids?.length ?? 0) > 0) {
    await unit.run(
      statement(
        'catalog.link_tags',
        `insert into product_tag_product (tenant_id, product_id, product_tag_id, vendor_id)
         select $1, $2, tag, $3 from unnest($4::text[]) as tag on conflict do nothing`,
        [tenantId, productId, input.vendor_id, input.tag_ids],
      ),
    )
  }
}
