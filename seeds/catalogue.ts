import { type Database, type Scope, type Statement, statement, type Unit } from '../src/db/index.js'
import { exponentOf, limits } from '../src/kernel/index.js'
import { adjectives, colours, materials, nouns, sizes, uses } from './words.js'

export interface CatalogueSize {
  products: number
  variantsPerProduct: number
  /** Two catalogues of one tenant need two seeds: ids, handles and SKUs are made from it. */
  seed: number
}

/** Where the products hang: what createTenant has made. */
interface Home {
  vendor_id: string
  sales_channel_id: string
  location_id: string
  shipping_profile_id: string
  currencies: string[]
}

const productsPerUnit = 500
const categories = 10
const collections = 5
const stockOfVariant = 1_000_000

/**
 * Fills a tenant with a large catalogue for measurements: published products of its house vendor with an image, two
 * options, variants with prices in every currency of the store and stock, spread over categories and collections. The
 * same size and seed give the same rows, ids included; only their dates differ.
 * @throws RangeError for a size out of bounds; Error when the tenant has no house vendor, channel, location or profile
 */
export async function seedCatalogue(db: Database, tenantId: string, options: CatalogueSize): Promise<void> {
  check(options)
  const scope: Scope = { role: 'platform', tenantId }
  const [home] = await db.read(scope, homeStatement(tenantId))
  if (home === undefined)
    throw new Error('a catalogue needs a tenant with a house vendor, a channel, a stock location and a shipping profile')
  await db.unitOfWork(scope, (unit) => insertShelves(unit, tenantId, options.seed))
  const random = mulberry32(options.seed)
  for (let first = 0; first < options.products; first += productsPerUnit) {
    const batch = batchOf(home, options, first, Math.min(first + productsPerUnit, options.products), random)
    await db.unitOfWork(scope, (unit) => insertBatch(unit, tenantId, home, batch))
  }
}

function check({ products, variantsPerProduct, seed }: CatalogueSize): void {
  const whole = (value: number, least: number, most: number) => Number.isInteger(value) && value >= least && value <= most
  if (!whole(products, 1, 10_000_000)) throw new RangeError('products: 1 to 10 000 000')
  if (!whole(variantsPerProduct, 1, limits.variantsOfProduct)) throw new RangeError(`variantsPerProduct: 1 to ${limits.variantsOfProduct}`)
  if (!whole(seed, 0, 0xffff_ffff)) throw new RangeError('seed: an unsigned number of 32 bits')
}

function homeStatement(tenantId: string): Statement<Home> {
  return statement<Home>(
    'seeds.home',
    `select v.id as vendor_id, s.default_sales_channel_id as sales_channel_id, l.id as location_id, p.id as shipping_profile_id,
            array(select c.currency_code from store_currency c where c.tenant_id = $1 order by c.currency_code) as currencies
     from store s
     join vendor v on v.tenant_id = s.tenant_id and v.is_house
     join lateral (select l.id from stock_location l where l.tenant_id = $1 and l.vendor_id = v.id and l.deleted_at is null
                   order by l.id limit 1) l on true
     join lateral (select p.id from shipping_profile p where p.tenant_id = $1 and p.vendor_id = v.id and p.deleted_at is null
                   order by p.id limit 1) p on true
     where s.tenant_id = $1 and s.default_sales_channel_id is not null`,
    [tenantId],
  )
}

/** A generator of numbers in [0, 1) out of one number: small, fast, and the same everywhere. */
function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** What stands behind an id's prefix: as long as a ULID, and in the order of the products. */
function suffix(seed: number, product: number, part: number): string {
  const text = (value: number, length: number) => value.toString(36).toUpperCase().padStart(length, '0')
  return text(seed, 8) + text(product, 9) + text(part, 9)
}

async function insertShelves(unit: Unit, tenantId: string, seed: number): Promise<void> {
  const numbers = (count: number) => Array.from({ length: count }, (_, index) => index)
  const shelves = [
    ['product_category', 'pcat', 'name', 'Category', numbers(categories)],
    ['product_collection', 'pcol', 'title', 'Collection', numbers(collections)],
  ] as const
  for (const [table, prefix, column, label, members] of shelves) {
    await unit.run(
      statement(
        `seeds.insert_${table}`,
        `insert into ${table} (tenant_id, id, ${column}, handle)
         select $1, '${prefix}_' || r.suffix, '${label} ' || r.number, lower('${label}') || '-' || $4::bigint || '-' || r.number
         from unnest($2::text[], $3::int[]) as r (suffix, number)`,
        [tenantId, members.map((index) => suffix(seed, index, 0)), members.map((index) => index + 1), seed],
      ),
    )
  }
}

interface Batch {
  products: object[]
  values: object[]
  variants: object[]
  prices: object[]
}

function batchOf(home: Home, { seed, variantsPerProduct }: CatalogueSize, first: number, end: number, random: () => number): Batch {
  const batch: Batch = { products: [], values: [], variants: [], prices: [] }
  const below = (count: number) => Math.floor(random() * count)
  const one = (words: readonly string[]) => words[below(words.length)] as string
  for (let number = first; number < end; number += 1) {
    const product = suffix(seed, number, 0)
    const material = one(materials)
    const title = `${one(adjectives)} ${material} ${one(nouns)}`
    batch.products.push({
      suffix: product,
      title,
      handle: `${title.toLowerCase().replaceAll(' ', '-')}-${seed}-${number + 1}`,
      description: `${title}, made ${one(uses)}. ${material} of one mill, checked piece by piece before it leaves the house.`,
      material,
      weight: 50 + below(3_000),
      category: suffix(seed, below(categories), 0),
      collection: suffix(seed, below(collections), 0),
      image: `https://pictures.example/${seed}/${number + 1}.svg`,
    })
    addVariants(batch, home, { seed, number, count: variantsPerProduct, price: 5 + below(196) })
  }
  return batch
}

/** Variants in Size × Colour, all sizes of the first colour first; larger sizes cost one unit of the currency more. */
function addVariants(batch: Batch, home: Home, product: { seed: number; number: number; count: number; price: number }): void {
  const { seed, number, count } = product
  const parent = suffix(seed, number, 0)
  const sizeValues = sizes.slice(0, count)
  const colourValues = Array.from({ length: Math.ceil(count / sizes.length) }, (_, index) => colourAt(index))
  const valueSuffix = (option: number, index: number) => suffix(seed, number, option * limits.variantsOfProduct + index)
  for (const [option, values] of [sizeValues, colourValues].entries()) {
    const rows = values.map((value, rank) => ({ suffix: valueSuffix(option, rank), option: suffix(seed, number, option), value, rank }))
    batch.values.push(...rows)
  }
  for (let rank = 0; rank < count; rank += 1) {
    const size = rank % sizes.length
    const colour = Math.floor(rank / sizes.length)
    const variant = suffix(seed, number, rank)
    batch.variants.push({
      suffix: variant,
      product: parent,
      title: `${sizes[size]} / ${colourAt(colour)}`,
      sku: `B${seed}-${number + 1}-${rank + 1}`,
      rank,
      size_option: suffix(seed, number, 0),
      size_value: valueSuffix(0, size),
      colour_option: suffix(seed, number, 1),
      colour_value: valueSuffix(1, colour),
    })
    for (const [index, currency] of home.currencies.entries()) {
      const exponent = exponentOf(currency)
      const unit = exponent === 0 ? 100 : 10 ** exponent
      batch.prices.push({
        suffix: suffix(seed, number, rank * home.currencies.length + index),
        price_set: variant,
        currency,
        amount: (product.price + size) * unit,
      })
    }
  }
}

function colourAt(index: number): string {
  const round = Math.floor(index / colours.length)
  return round === 0 ? (colours[index] as string) : `${colours[index % colours.length]} ${round + 1}`
}

/** Keys are checked when a statement ends, so rows of several tables may come from one. */
async function insertBatch(unit: Unit, tenantId: string, home: Home, batch: Batch): Promise<void> {
  await Promise.all([
    unit.run(
      statement('seeds.insert_products', productsText, [
        tenantId,
        JSON.stringify(batch.products),
        home.vendor_id,
        home.sales_channel_id,
        home.shipping_profile_id,
      ]),
    ),
    unit.run(statement('seeds.insert_option_values', valuesText, [tenantId, JSON.stringify(batch.values), home.vendor_id])),
    unit.run(
      statement('seeds.insert_variants', variantsText, [
        tenantId,
        JSON.stringify(batch.variants),
        home.vendor_id,
        home.location_id,
        stockOfVariant,
      ]),
    ),
    unit.run(statement('seeds.insert_prices', pricesText, [tenantId, JSON.stringify(batch.prices), home.vendor_id])),
  ])
}

const productsText = `
  with record as materialized (
    select * from jsonb_to_recordset($2::jsonb) as r (suffix text, title text, handle text, description text, material text,
      weight double precision, category text, collection text, image text)
  ), products as (
    insert into product (tenant_id, id, vendor_id, title, description, handle, status, thumbnail, material, weight, collection_id,
      shipping_profile_id)
    select $1, 'prod_' || suffix, $3, title, description, handle, 'published', image, material, weight, 'pcol_' || collection, $5
    from record
  ), channels as (
    insert into product_sales_channel (tenant_id, product_id, sales_channel_id, vendor_id)
    select $1, 'prod_' || suffix, $4, $3 from record
  ), shelves as (
    insert into product_category_product (tenant_id, product_category_id, product_id, vendor_id)
    select $1, 'pcat_' || category, 'prod_' || suffix, $3 from record
  ), images as (
    insert into product_image (tenant_id, id, product_id, vendor_id, url)
    select $1, 'img_' || suffix, 'prod_' || suffix, $3, image from record
  )
  insert into product_option (tenant_id, id, product_id, vendor_id, title, rank)
  select $1, 'opt_' || left(r.suffix, -1) || o.rank, 'prod_' || r.suffix, $3, o.title, o.rank
  from record r cross join (values ('Size', 0), ('Colour', 1)) as o (title, rank)`

const valuesText = `
  insert into product_option_value (tenant_id, id, option_id, vendor_id, value, rank)
  select $1, 'optval_' || suffix, 'opt_' || option, $3, value, rank
  from jsonb_to_recordset($2::jsonb) as r (suffix text, option text, value text, rank integer)`

const variantsText = `
  with record as materialized (
    select * from jsonb_to_recordset($2::jsonb) as r (suffix text, product text, title text, sku text, rank integer,
      size_option text, size_value text, colour_option text, colour_value text)
  ), price_sets as (
    insert into price_set (tenant_id, id, vendor_id) select $1, 'pset_' || suffix, $3 from record
  ), variants as (
    insert into product_variant (tenant_id, id, product_id, vendor_id, title, sku, variant_rank, price_set_id)
    select $1, 'variant_' || suffix, 'prod_' || product, $3, title, sku, rank, 'pset_' || suffix from record
  ), chosen as (
    insert into product_variant_option (tenant_id, variant_id, option_id, option_value_id, vendor_id)
    select $1, 'variant_' || r.suffix, 'opt_' || o.option, 'optval_' || o.value, $3
    from record r cross join lateral (values (r.size_option, r.size_value), (r.colour_option, r.colour_value)) as o (option, value)
  ), items as (
    insert into inventory_item (tenant_id, id, vendor_id, sku, title) select $1, 'iitem_' || suffix, $3, sku, title from record
  ), links as (
    insert into variant_inventory_item (tenant_id, variant_id, inventory_item_id, vendor_id)
    select $1, 'variant_' || suffix, 'iitem_' || suffix, $3 from record
  )
  insert into inventory_level (tenant_id, id, inventory_item_id, location_id, vendor_id, stocked_quantity)
  select $1, 'ilev_' || suffix, 'iitem_' || suffix, $4, $3, $5 from record`

const pricesText = `
  insert into price (tenant_id, id, price_set_id, vendor_id, currency_code, amount_minor)
  select $1, 'price_' || suffix, 'pset_' || price_set, $3, currency, amount
  from jsonb_to_recordset($2::jsonb) as r (suffix text, price_set text, currency text, amount bigint)`
