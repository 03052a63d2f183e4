import { pairs } from '../../db/index.js'
import { type PriceParameters, priceCandidatesSql } from '../../pricing/index.js'
import { optionsJsonSql } from './options-sql.js'

/** The relations of a product that an answer can hold; each costs a sub-select, so only what is asked for is read. */
export const productRelations = [
  'type',
  'collection',
  'tags',
  'images',
  'options',
  'variants',
  'categories',
  'vendor',
  'variants.options',
  'variants.images',
  'variants.calculated_price',
  'variants.inventory_quantity',
  'variants.inventory_items',
  'variants.prices',
] as const
/** The last two are for those who sell: with each value all of its option, and which variants an image is said to show. */
export type ProductRelation = (typeof productRelations)[number] | 'variants.options.option' | 'images.variants'

export const productColumns = [
  'id',
  'title',
  'subtitle',
  'description',
  'handle',
  'is_giftcard',
  'discountable',
  'thumbnail',
  'collection_id',
  'type_id',
  'weight',
  'length',
  'height',
  'width',
  'hs_code',
  'origin_country',
  'mid_code',
  'material',
  'created_at',
  'updated_at',
  'metadata',
  'status',
  'external_id',
  'deleted_at',
]
export const variantColumns = [
  'id',
  'title',
  'sku',
  'barcode',
  'ean',
  'upc',
  'allow_backorder',
  'manage_inventory',
  'variant_rank',
  'thumbnail',
  'hs_code',
  'origin_country',
  'mid_code',
  'material',
  'weight',
  'length',
  'height',
  'width',
  'metadata',
  'product_id',
  'created_at',
  'updated_at',
  'deleted_at',
]

/** SQL of a product's or a variant's columns, but for what its store keeps with it: many at once are not to be read for that. */
export const describedPairs = (alias: string, columns: readonly string[]) =>
  pairs(
    alias,
    columns.filter((column) => column !== 'metadata'),
  )

/** Parameters that the fragments below refer to, by number. $1 is the tenant. */
export interface FragmentParameters {
  /** SQL of what prices depend on; null where no prices are asked for. */
  prices: PriceParameters | null
  /** SQL of the sales channel that stock is counted for. */
  channel: string
}

/**
 * One product as JSON, with the relations asked for. Relations are aggregated each by its own sub-select over an
 * index: a join of images × variants × options would multiply rows.
 */
export function productJsonSql(relations: ReadonlySet<ProductRelation>, parameters: FragmentParameters): string {
  const parts = [pairs('p', productColumns)]
  const add = (relation: ProductRelation, name: string, sql: string) => {
    if (relations.has(relation)) parts.push(`'${name}', ${sql}`)
  }
  add(
    'type',
    'type',
    one('product_type', 'p.type_id', ['id', 'value', 'external_id', 'metadata', 'created_at', 'updated_at', 'deleted_at']),
  )
  add(
    'collection',
    'collection',
    one('product_collection', 'p.collection_id', [
      'id',
      'title',
      'handle',
      'external_id',
      'metadata',
      'created_at',
      'updated_at',
      'deleted_at',
    ]),
  )
  add('vendor', 'vendor', one('vendor', 'p.vendor_id', ['id', 'name', 'handle']))
  add('tags', 'tags', tagsSql)
  add('images', 'images', relations.has('images.variants') ? imagesWithVariantsSql : imagesSql)
  add('options', 'options', optionsSql)
  add('categories', 'categories', categoriesSql)
  if (relations.has('variants')) parts.push(`'variants', ${variantsSql(relations, parameters)}`)
  return `json_build_object(${parts.join(', ')})`
}

function one(table: string, id: string, columns: readonly string[]): string {
  return `(select json_build_object(${pairs('x', columns)}) from ${table} x where x.tenant_id = $1 and x.id = ${id})`
}

function many(select: string): string {
  return `coalesce((${select}), '[]')`
}

const tagsSql = many(`
  select json_agg(json_build_object('id', t.id, 'value', t.value, 'external_id', t.external_id, 'metadata', t.metadata,
    'created_at', t.created_at, 'updated_at', t.updated_at, 'deleted_at', t.deleted_at) order by t.value)
  from product_tag_product l join product_tag t on t.tenant_id = l.tenant_id and t.id = l.product_tag_id
  where l.tenant_id = $1 and l.product_id = p.id and t.deleted_at is null`)

const imagesOf = (more = '') =>
  many(`
  select json_agg(json_build_object('id', i.id, 'url', i.url, 'rank', i.rank, 'metadata', i.metadata,
    'product_id', i.product_id, 'created_at', i.created_at, 'updated_at', i.updated_at, 'deleted_at', i.deleted_at${more})
    order by i.rank, i.id)
  from product_image i where i.tenant_id = $1 and i.product_id = p.id and i.deleted_at is null`)

/** SQL: the images of product `p`. */
export const imagesSql = imagesOf()

const imagesWithVariantsSql = imagesOf(
  `, 'variants', ${many(`select json_agg(json_build_object('id', l.variant_id) order by l.variant_id)
      from product_variant_image l join product_variant w on w.tenant_id = l.tenant_id and w.id = l.variant_id and w.deleted_at is null
      where l.tenant_id = $1 and l.image_id = i.id`)}`,
)

/** SQL: the options of product `p`, with their values. */
export const optionsSql = many(
  optionsJsonSql('p.id', {
    option: `'id', o.id, 'title', o.title, 'is_exclusive', o.is_exclusive, 'metadata', o.metadata,
    'product_id', o.product_id, 'created_at', o.created_at, 'updated_at', o.updated_at, 'deleted_at', o.deleted_at`,
    value: `'id', w.id, 'value', w.value, 'rank', w.rank, 'metadata', w.metadata, 'option_id', w.option_id,
        'created_at', w.created_at, 'updated_at', w.updated_at, 'deleted_at', w.deleted_at`,
  }),
)

const categoriesSql = many(`
  select json_agg(json_build_object('id', c.id, 'name', c.name, 'description', c.description, 'handle', c.handle,
    'rank', c.rank, 'external_id', c.external_id, 'parent_category_id', c.parent_category_id, 'metadata', c.metadata,
    'created_at', c.created_at, 'updated_at', c.updated_at, 'deleted_at', c.deleted_at) order by c.rank, c.id)
  from product_category_product l join product_category c on c.tenant_id = l.tenant_id and c.id = l.product_category_id
  where l.tenant_id = $1 and l.product_id = p.id and c.is_active and not c.is_internal and c.deleted_at is null`)

function variantsSql(relations: ReadonlySet<ProductRelation>, parameters: FragmentParameters): string {
  return many(`
    select json_agg(${variantJsonSql(relations, parameters)} order by v.variant_rank, v.id)
    from product_variant v where v.tenant_id = $1 and v.product_id = p.id and v.deleted_at is null`)
}

/** One variant `v` as JSON. */
export function variantJsonSql(relations: ReadonlySet<ProductRelation>, parameters: FragmentParameters): string {
  const parts = [pairs('v', variantColumns)]
  if (relations.has('variants.options')) {
    parts.push(`'options', ${relations.has('variants.options.option') ? variantWholeOptionsSql : variantOptionsSql}`)
  }
  if (relations.has('variants.images')) parts.push(`'images', ${variantImagesSql}`)
  if (relations.has('variants.calculated_price') && parameters.prices !== null) {
    parts.push(`'price_set_id', v.price_set_id, 'price_candidates', ${priceCandidatesSql('v.price_set_id', parameters.prices)}`)
  }
  if (relations.has('variants.inventory_quantity')) {
    parts.push(`'inventory_quantity', ${inventoryQuantitySql('v', parameters.channel)}`)
  }
  if (relations.has('variants.inventory_items')) parts.push(`'inventory_items', ${variantInventoryItemsSql}`)
  if (relations.has('variants.prices')) parts.push(`'prices', ${variantPricesSql}`)
  return `json_build_object(${parts.join(', ')})`
}

/** What a piece of the variant takes from stock. How much there is, and where, is for who keeps it. */
const variantInventoryItemsSql = many(`
  select json_agg(json_build_object('variant_id', k.variant_id, 'inventory_item_id', k.inventory_item_id,
    'required_quantity', k.required_quantity) order by k.inventory_item_id)
  from variant_inventory_item k where k.tenant_id = $1 and k.variant_id = v.id`)

const priceColumns = ['id', 'price_set_id', 'currency_code', 'amount_minor', 'min_quantity', 'max_quantity', 'created_at', 'updated_at']

/** What anybody may pay, here or in another region. What is for some alone, and what lists say, is in the calculated price of whom it is for. */
const variantPricesSql = many(`
  select json_agg(r.price order by r.currency_code, r.min_quantity nulls first, r.id) from (
    select r.currency_code, r.min_quantity, r.id,
      json_build_object(${pairs('r', priceColumns)}, 'price_list_id', null, 'rules_count', 0) as price
    from price r where r.tenant_id = $1 and r.price_set_id = v.price_set_id
    union all
    select r.currency_code, r.min_quantity, r.id,
      json_build_object(${pairs('r', priceColumns)}, 'price_list_id', null, 'rules_count', 1)
    from conditional_price r where r.tenant_id = $1 and r.price_set_id = v.price_set_id and r.region_id is not null
      and r.price_list_id is null and r.customer_group_id is null and r.item_total_rules is null and r.other_rules is null) r`)

/** SQL: the variants of product `p`, their columns alone. */
export const memberVariantsSql = many(`
  select json_agg(json_build_object(${describedPairs('v', variantColumns)}) order by v.variant_rank, v.id)
  from product_variant v where v.tenant_id = $1 and v.product_id = p.id and v.deleted_at is null`)

const variantValuesSql = (option: string) =>
  many(`
  select json_agg(json_build_object('id', w.id, 'value', w.value, 'rank', w.rank, 'metadata', w.metadata,
    'option_id', w.option_id, 'option', json_build_object(${option}), 'created_at', w.created_at,
    'updated_at', w.updated_at, 'deleted_at', w.deleted_at) order by o.rank, o.id)
  from product_variant_option l
  join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
  join product_option o on o.tenant_id = l.tenant_id and o.id = l.option_id
  where l.tenant_id = $1 and l.variant_id = v.id`)

/** SQL: the values that variant `v` has of its product's options. */
export const variantOptionsSql = variantValuesSql(`'id', o.id, 'title', o.title`)

/** SQL: the same, with all there is to say of the options. */
export const variantWholeOptionsSql = variantValuesSql(`'id', o.id, 'title', o.title, 'is_exclusive', o.is_exclusive,
    'metadata', o.metadata, 'created_at', o.created_at, 'updated_at', o.updated_at, 'deleted_at', o.deleted_at`)

/** A variant's own images, and those that are no variant's own: they show them all. */
const variantImagesSql = many(`
  select json_agg(json_build_object('id', i.id, 'url', i.url, 'rank', i.rank, 'metadata', i.metadata,
    'product_id', i.product_id, 'created_at', i.created_at, 'updated_at', i.updated_at, 'deleted_at', i.deleted_at)
    order by i.rank, i.id)
  from product_image i where i.tenant_id = $1 and i.product_id = v.product_id and i.deleted_at is null
    and (exists (select 1 from product_variant_image l where l.tenant_id = $1 and l.image_id = i.id and l.variant_id = v.id)
      or not exists (select 1 from product_variant_image l where l.tenant_id = $1 and l.image_id = i.id))`)

/**
 * How many of a variant can be bought in a channel: the scarcest of its inventory items, counted over the locations
 * that serve the channel. Null for variants without managed stock.
 */
export function inventoryQuantitySql(variant: string, channel: string): string {
  return `case when ${variant}.manage_inventory then (
    select min(floor(coalesce((
      select sum(l.stocked_quantity - l.reserved_quantity) from inventory_level l
      join sales_channel_location s on s.tenant_id = l.tenant_id and s.stock_location_id = l.location_id
      where l.tenant_id = $1 and l.inventory_item_id = k.inventory_item_id and s.sales_channel_id = ${channel}), 0)
      / k.required_quantity))::int
    from variant_inventory_item k where k.tenant_id = $1 and k.variant_id = ${variant}.id) end`
}
