import fs from 'node:fs'
import path from 'node:path'
import {
  createCategory,
  createCollection,
  createProduct,
  lockProduct,
  ensureWords,
  type PriceInput,
  updateProduct,
  type VariantInput,
} from '../../catalog/index.js'
import { createCommissionRule } from '../../commissions/index.js'
import { type Database, type Scope, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId } from '../../kernel/index.js'
import { createRegion, type RegionInput, updateRegion } from '../../regions/index.js'
import { createReason, updateReason } from '../../returns/index.js'
import { storesStatement, updateStore } from '../../stores/index.js'
import { createTaxRate, createTaxRegion } from '../../tax/index.js'
import { setTheme } from '../../themes/index.js'
import { addShippingOption, createVendor, updateVendor } from '../../vendors/index.js'
import { updateTenant } from '../commands/change-tenant.js'
import type { TenantRow } from '../queries.js'
import { copyTranslations } from './apply-translations.js'
import type { Difference } from './compare.js'
import type { ItemKind } from './desired.js'

/** What a change works with. */
export interface Work {
  db: Database
  tenant: TenantRow
  filesDirectory: string
  pictures: ReadonlyMap<string, Buffer>
  /** Pieces on the shelf of new variants, by `vendor sku`. */
  stock: ReadonlyMap<string, number>
}

// biome-ignore lint/suspicious/noExplicitAny: a difference's value has the form that desired.ts gives its kind
type Value = Record<string, any>

/** Makes one difference go away, of whatever but translations: one unit of work, so that an interrupted run leaves whole things and goes on next time. */
export async function applyChange(work: Work, difference: Difference): Promise<void> {
  const value = difference.value as Value
  const scope: Scope = { role: 'platform', tenantId: work.tenant.id }
  if (difference.kind === 'picture') return writePicture(work, difference.key)
  if (difference.kind === 'tenant') return updateTenant(work.db, work.tenant.public_id, { name: value.name, plan: value.plan })
  await work.db.unitOfWork(scope, (unit) => writers[difference.kind as WrittenKind](unit, work, difference, value))
}

/** Writes the plan that a store's file names. A store's own fee follows when the store is written. */
export async function applyPlan(db: Database, name: string, fee: { rate_ppm: number; fixed: Record<string, number> }): Promise<void> {
  await db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(
      statement(
        'platform.files.write_plan',
        `insert into platform.plan (id, name, fee_rate_ppm, fee_fixed) values ($1, $2, $3, $4)
         on conflict (name) do update set fee_rate_ppm = excluded.fee_rate_ppm, fee_fixed = excluded.fee_fixed`,
        [newId('plan'), name, fee.rate_ppm, JSON.stringify(fee.fixed)],
      ),
    ),
  )
}

function writePicture(work: Work, name: string): void {
  const folder = path.join(work.filesDirectory, work.tenant.public_id)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(path.join(folder, name), work.pictures.get(name) as Buffer)
}

type WrittenKind = Exclude<ItemKind, 'picture' | 'tenant' | 'translation'>
type Writer = (unit: Unit, work: Work, difference: Difference, value: Value) => Promise<void>

const writers: Record<WrittenKind, Writer> = {
  store: writeStore,
  region: writeRegion,
  'tax region': writeTaxRegion,
  category: writeCategory,
  collection: writeCollection,
  'return reason': writeReturnReason,
  vendor: writeVendor,
  'shipping option': writeShippingOption,
  product: writeProduct,
  'commission rule': writeCommissionRule,
  storefront: (unit, _work, _difference, value) => setTheme(unit, value.theme),
}

/** The id of a thing by what files call it. Throws for one that is not there: it was removed by hand meanwhile. */
async function idOf(unit: Unit, table: string, column: string, key: string | null): Promise<string | null> {
  if (key === null) return null
  const row = await unit
    .knex(table)
    .where({ tenant_id: tenantOf(unit), [column]: key })
    .whereNull('deleted_at')
    .first<{ id: string } | undefined>('id')
  if (row === undefined) throw invalidData(`There is no ${table} with ${column} ${key}`)
  return row.id
}

async function writeStore(unit: Unit, _work: Work, _difference: Difference, value: Value): Promise<void> {
  const [store] = await unit.run(storesStatement(tenantOf(unit), null))
  await updateStore(unit, store?.id as string, {
    name: value.name,
    auto_pick_shipping: value.auto_pick_shipping,
    payment_capture: value.payment_capture,
    mail_from_name: value.mail_from_name,
    payment_instructions: value.payment_instructions,
    supported_locales: (value.locales as string[] | undefined)?.map((code, index) => ({ locale_code: code, is_default: index === 0 })),
    supported_currencies: (value.currencies as string[]).map((code) => ({
      currency_code: code,
      is_default: code === value.default_currency,
    })),
  })
}

async function writeRegion(unit: Unit, _work: Work, difference: Difference, value: Value): Promise<void> {
  const region: RegionInput = {
    name: difference.key,
    currency_code: value.currency,
    countries: value.countries,
    automatic_taxes: value.automatic_taxes,
    is_tax_inclusive: value.tax_inclusive,
    payment_providers: value.payment_providers,
  }
  let id: string
  if (difference.what === 'missing') id = await createRegion(unit, region)
  else {
    id = (await idOf(unit, 'region', 'name', difference.key)) as string
    await updateRegion(unit, id, region)
  }
  if (value.is_default === true)
    await unit
      .knex('store')
      .where({ tenant_id: tenantOf(unit) })
      .update({ default_region_id: id })
}

/** A province may have been made with its country before its code. Rates are replaced whole: lines and orders keep the tax they were priced with. */
async function writeTaxRegion(unit: Unit, _work: Work, difference: Difference, value: Value): Promise<void> {
  const [country, ...rest] = difference.key.split('-') as [string, ...string[]]
  const province = rest.length === 0 ? null : rest.join('-')
  const known = await unit
    .knex('tax_region')
    .where({ tenant_id: tenantOf(unit), country_code: country })
    .whereRaw(`coalesce(province_code, '') in (?, ?)`, [province ?? '', `${country}-${province ?? ''}`])
    .whereNull('deleted_at')
    .first<{ id: string } | undefined>('id')
  const parentId = province === null ? null : await parentOf(unit, country)
  const id = known?.id ?? (await createTaxRegion(unit, { country_code: country, province_code: province, parent_id: parentId }, null))
  await unit
    .knex('tax_rate')
    .where({ tenant_id: tenantOf(unit), tax_region_id: id })
    .delete()
  for (const rate of value.rates as Value[]) {
    const types = await ensureWords(unit, 'type', rate.product_types)
    const rules = [...types.values()].map((typeId) => ({ reference: 'product_type' as const, reference_id: typeId }))
    const { name, code, rate_ppm, is_default, is_combinable } = rate
    await createTaxRate(unit, { tax_region_id: id, name, code, rate_ppm, is_default, is_combinable, rules }, null)
  }
}

async function parentOf(unit: Unit, country: string): Promise<string> {
  const where = { tenant_id: tenantOf(unit), country_code: country, province_code: null }
  const row = await unit.knex('tax_region').where(where).whereNull('deleted_at').first<{ id: string } | undefined>('id')
  return row?.id ?? createTaxRegion(unit, { country_code: country }, null)
}

async function writeCategory(unit: Unit, _work: Work, difference: Difference, value: Value): Promise<void> {
  const parentId = await idOf(unit, 'product_category', 'handle', value.parent)
  if (difference.what === 'missing') {
    await createCategory(unit, {
      name: value.name,
      handle: difference.key,
      description: value.description,
      parent_category_id: parentId,
      rank: value.rank,
    })
    return
  }
  await unit
    .knex('product_category')
    .where({ tenant_id: tenantOf(unit), handle: difference.key })
    .whereNull('deleted_at')
    .update({ name: value.name, description: value.description, parent_category_id: parentId, rank: value.rank, updated_at: new Date() })
}

async function writeCollection(unit: Unit, _work: Work, difference: Difference, value: Value): Promise<void> {
  if (difference.what === 'missing') await createCollection(unit, { title: value.title, handle: difference.key })
  else
    await unit
      .knex('product_collection')
      .where({ tenant_id: tenantOf(unit), handle: difference.key })
      .update({ title: value.title, updated_at: new Date() })
}

async function writeReturnReason(unit: Unit, _work: Work, difference: Difference, value: Value): Promise<void> {
  const reason = { label: value.label as string, description: value.description as string | null }
  if (difference.what === 'missing') await createReason(unit, 'return_reason', { value: difference.key, ...reason })
  else await updateReason(unit, 'return_reason', (await idOf(unit, 'return_reason', 'value', difference.key)) as string, reason)
}

const pictureUrl = (work: Work, name: string | null) => (name === null ? null : `/files/${work.tenant.public_id}/${name}`)

async function writeVendor(unit: Unit, work: Work, difference: Difference, value: Value): Promise<void> {
  const profile = { name: value.name, description: value.description, email: value.email, logo: pictureUrl(work, value.logo) }
  const location = { name: value.location, address: value.address }
  if (difference.what === 'missing') {
    await createVendor(unit, { handle: difference.key, ...profile, location })
    return
  }
  const id = (await idOf(unit, 'vendor', 'handle', difference.key)) as string
  await updateVendor(unit, id, profile)
  await unit.run(
    statement(
      'platform.files.write_location',
      `update stock_location set name = $3, address = $4, updated_at = now() where tenant_id = $1 and id = (
         select l.id from stock_location l where l.tenant_id = $1 and l.vendor_id = $2 and l.deleted_at is null order by l.id limit 1)`,
      [tenantOf(unit), id, location.name, location.address === null ? null : JSON.stringify(location.address)],
    ),
  )
}

/** A changed option takes the place of the old one, with its translations: carts that chose that must choose again, orders keep what they paid. */
async function writeShippingOption(unit: Unit, _work: Work, difference: Difference, value: Value): Promise<void> {
  const vendorId = (await idOf(unit, 'vendor', 'handle', value.vendor)) as string
  const old =
    difference.what === 'missing'
      ? []
      : await unit
          .knex('shipping_option')
          .where({ tenant_id: tenantOf(unit), vendor_id: vendorId, name: value.name })
          .whereNull('deleted_at')
          .update({ deleted_at: new Date(), updated_at: new Date() })
          .returning<{ id: string }[]>('id')
  const id = await addShippingOption(unit, {
    vendor_id: vendorId,
    name: value.name,
    countries: value.countries,
    prices: Object.entries(value.prices as Record<string, number>).map(([currency_code, minor]) => ({
      currency_code,
      amount_minor: BigInt(minor),
    })),
    type_code: value.type,
    is_return: value.is_return,
  })
  const replaced = old.map((option) => option.id)
  await copyTranslations(unit, 'shipping_option', replaced, id)
}

async function writeCommissionRule(unit: Unit, _work: Work, difference: Difference, value: Value): Promise<void> {
  const types = await ensureWords(unit, 'type', value.type === null ? [] : [value.type])
  const rule = {
    name: difference.key,
    vendor_id: await idOf(unit, 'vendor', 'handle', value.vendor),
    product_category_id: await idOf(unit, 'product_category', 'handle', value.category),
    product_type_id: types.get(value.type) ?? null,
    rate_ppm: value.rate_ppm as number,
    fixed_minor: BigInt(value.fixed_minor),
    currency_code: value.currency as string | null,
  }
  if (difference.what === 'missing') {
    await createCommissionRule(unit, rule)
    return
  }
  await unit
    .knex('commission_rule')
    .where({ tenant_id: tenantOf(unit), name: difference.key })
    .update({ ...rule, fixed_minor: String(rule.fixed_minor), updated_at: new Date() })
}

function pricesOf(variant: Value): PriceInput[] {
  return Object.entries(variant.prices as Record<string, number>).map(([currency_code, minor]) => ({
    currency_code,
    amount_minor: BigInt(minor),
    compare_at_minor: variant.compare_at[currency_code] === undefined ? null : BigInt(variant.compare_at[currency_code]),
  }))
}

function variantOf(variant: Value): Omit<VariantInput, 'stock'> {
  return {
    title: variant.title,
    sku: variant.sku,
    barcode: variant.barcode,
    options: variant.options,
    manage_inventory: variant.manage_inventory,
    allow_backorder: variant.allow_backorder,
    prices: pricesOf(variant),
  }
}

async function writeProduct(unit: Unit, work: Work, difference: Difference, value: Value): Promise<void> {
  const types = await ensureWords(unit, 'type', value.type === null ? [] : [value.type])
  const tags = await ensureWords(unit, 'tag', value.tags)
  const category_ids: string[] = []
  for (const handle of value.categories as string[]) category_ids.push((await idOf(unit, 'product_category', 'handle', handle)) as string)
  const product = {
    title: value.title,
    subtitle: value.subtitle,
    description: value.description,
    status: value.status,
    type_id: types.get(value.type) ?? null,
    tag_ids: [...tags.values()],
    category_ids,
    collection_id: await idOf(unit, 'product_collection', 'handle', value.collection),
    images: (value.images as string[]).map((name) => ({ url: pictureUrl(work, name) as string })),
    material: value.material,
    origin_country: value.origin_country,
    weight: value.weight,
  }
  const variants = value.variants as Value[]
  const stockOf = (sku: string) => work.stock.get(`${value.vendor} ${sku}`) ?? 0
  if (difference.what === 'missing') {
    await createProduct(unit, {
      ...product,
      vendor_id: (await idOf(unit, 'vendor', 'handle', value.vendor)) as string,
      handle: difference.key,
      options: value.options,
      variants: variants.map((variant) => ({ ...variantOf(variant), stock: stockOf(variant.sku) })),
    })
    return
  }
  for (const field of ['vendor', 'options']) {
    if (difference.fields.includes(field))
      throw invalidData(`Files cannot change the ${field} of a product that is there: give the new one another handle`)
  }
  const id = (await idOf(unit, 'product', 'handle', difference.key)) as string
  await lockProduct(unit, id)
  const known = await unit
    .knex('product_variant')
    .where({ tenant_id: tenantOf(unit), product_id: id })
    .whereNull('deleted_at')
    .select<{ id: string; sku: string | null; price_set_id: string }[]>('id', 'sku', 'price_set_id')
  await updateProduct(unit, id, {
    ...product,
    thumbnail: product.images[0]?.url ?? null,
    replacesVariants: true,
    variants: variants.map((variant, rank) => {
      const existing = known.find((candidate) => candidate.sku === variant.sku)
      const patch = { ...variantOf(variant), variant_rank: rank }
      return existing === undefined ? { ...patch, stock: stockOf(variant.sku) } : { ...patch, id: existing.id }
    }),
  })
  await removeGonePrices(unit, known, variants)
}

/** Prices of variants that stay, in currencies that the file no longer names. */
async function removeGonePrices(
  unit: Unit,
  known: readonly { sku: string | null; price_set_id: string }[],
  variants: readonly Value[],
): Promise<void> {
  for (const { sku, price_set_id } of known) {
    const wanted = variants.find((candidate) => candidate.sku === sku)
    if (wanted === undefined) continue
    await unit
      .knex('price')
      .where({ tenant_id: tenantOf(unit), price_set_id })
      .whereNotIn('currency_code', Object.keys(wanted.prices))
      .delete()
  }
}
