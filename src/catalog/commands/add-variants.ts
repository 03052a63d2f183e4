import type { Unit } from '../../db/index.js'
import { invalidData, newId } from '../../kernel/index.js'
import { insertConditionalPrices, isConditional } from '../../pricing/index.js'
import { InventoryItem, InventoryLevel, Price, PriceSet, ProductVariant, VariantInventoryItem, VariantOption } from '../models.js'
import type { PriceInput, VariantInput } from './input.js'
import { linkInventory } from './link-inventory.js'
import { firstLocation } from './stock-variant.js'
import { refuseKnownNumbers } from './variant-numbers.js'
import { sameCombination } from './twin-variants.js'

export interface CreatedOption {
  id: string
  title: string
  values: { id: string; value: string }[]
}

export interface VariantParent {
  productId: string
  vendorId: string
  options: readonly CreatedOption[]
  firstRank: number
}

/** What a variant says of itself and no rule depends on. */
export const describing = [
  'barcode',
  'ean',
  'upc',
  'weight',
  'length',
  'height',
  'width',
  'hs_code',
  'mid_code',
  'origin_country',
  'material',
  'thumbnail',
] as const

/** What its inventory item has from a variant. */
const stocked = ['weight', 'length', 'height', 'width', 'hs_code', 'mid_code', 'origin_country', 'material'] as const

/**
 * Adds variants with their prices, options and stock, each kind in one insert.
 * @throws invalid_data for a variant that names some options and leaves others open; invalid_data for a SKU or another number that
 *   the vendor has already
 */
export async function addVariants(unit: Unit, parent: VariantParent, inputs: readonly VariantInput[]): Promise<string[]> {
  if (inputs.length === 0) return []
  await refuseKnownNumbers(unit, parent.vendorId, inputs)
  const vendor_id = parent.vendorId
  const variants = inputs.map((input, index) => ({
    input,
    id: newId('variant'),
    priceSetId: newId('pset'),
    inventoryItemId: newId('iitem'),
    rank: input.variant_rank ?? parent.firstRank + index,
    chosen: chosenValues(parent.options, input),
  }))
  refuseTwins(variants)
  await PriceSet.query().insert(variants.map(({ priceSetId }) => ({ id: priceSetId, vendor_id })))
  await ProductVariant.query().insert(
    variants.map(({ input, id, priceSetId, rank }) => ({
      id,
      vendor_id,
      product_id: parent.productId,
      price_set_id: priceSetId,
      title: input.title,
      sku: input.sku ?? null,
      allow_backorder: input.allow_backorder ?? false,
      manage_inventory: input.manage_inventory ?? true,
      ...Object.fromEntries(describing.map((name) => [name, input[name] ?? null])),
      metadata: input.metadata ?? null,
      variant_rank: rank,
    })),
  )
  await insertPrices(
    unit,
    vendor_id,
    variants.map(({ input, priceSetId }) => ({ prices: input.prices, priceSetId })),
  )
  const links = variants.flatMap(({ id, chosen }) =>
    chosen.map(({ optionId, valueId }) => ({ variant_id: id, option_id: optionId, option_value_id: valueId, vendor_id })),
  )
  if (links.length > 0) await VariantOption.query().insert(links)
  await insertStock(unit, vendor_id, variants)
  return variants.map(({ id }) => id)
}

/** A value for each option. Throws invalid_data for a variant that leaves one open, and for what the product does not have. */
export function chosenValues(options: readonly CreatedOption[], input: VariantInput): { optionId: string; valueId: string }[] {
  // As in Medusa, a variant may leave all options open; one that names some names every one.
  const given = Object.entries(input.options ?? {})
  if (given.length === 0) return []
  if (given.length !== options.length) {
    throw invalidData(
      `Product has ${options.length} option values but there were ${given.length} provided option values for the variant: ${input.title}.`,
    )
  }
  return given.map(([title, wanted]) => {
    const option = options.find((candidate) => candidate.title === title)
    const value = option?.values.find((candidate) => candidate.value === wanted)
    if (option === undefined || value === undefined) throw invalidData(`Option value ${wanted} does not exist for option ${title}`)
    return { optionId: option.id, valueId: value.id }
  })
}

function refuseTwins(variants: readonly { input: VariantInput; chosen: { valueId: string }[] }[]): void {
  const seen = new Map<string, string>()
  for (const { input, chosen } of variants) {
    const combination = chosen
      .map(({ valueId }) => valueId)
      .sort()
      .join(' ')
    const other = seen.get(combination)
    if (combination !== '' && other !== undefined) throw invalidData(sameCombination(input.title, other))
    seen.set(combination, input.title)
  }
}

/** Amounts travel as text: `pg` would send a bigint in the same way, and Objection checks types of JSON. */
function priceRow(vendorId: string, priceSetId: string, price: PriceInput) {
  return {
    id: newId('price'),
    vendor_id: vendorId,
    price_set_id: priceSetId,
    currency_code: price.currency_code,
    amount_minor: String(price.amount_minor),
    compare_at_minor: price.compare_at_minor == null ? null : String(price.compare_at_minor),
    min_quantity: price.min_quantity ?? null,
    max_quantity: price.max_quantity ?? null,
  }
}

/** Throws invalid_data for two plain prices of one variant that are for the same currency and quantity. */
function refuseEqualPrices(prices: readonly PriceInput[]): void {
  const seen = new Set<string>()
  for (const price of prices.filter((one) => !isConditional(one))) {
    const key = `${price.currency_code} ${price.min_quantity ?? ''}`
    if (seen.has(key)) throw invalidData(`There are two prices in ${price.currency_code}`)
    seen.add(key)
  }
}

/** Adds the prices of sets, plain ones and those with conditions. Throws invalid_data for equal ones, and as the latter do. */
export async function insertPrices(
  unit: Unit,
  vendorId: string,
  sets: readonly { prices: readonly PriceInput[]; priceSetId: string }[],
): Promise<void> {
  for (const set of sets) refuseEqualPrices(set.prices)
  const prices = sets.flatMap((set) => set.prices.map((price) => ({ price, priceSetId: set.priceSetId })))
  const plain = prices.filter(({ price }) => !isConditional(price))
  const conditional = prices.filter(({ price }) => isConditional(price))
  if (conditional.some(({ price }) => price.compare_at_minor != null)) {
    throw invalidData('A price with rules has no compare_at_amount: put reduced prices into a price list')
  }
  if (plain.length > 0) await Price.query().insert(plain.map(({ price, priceSetId }) => priceRow(vendorId, priceSetId, price)))
  await insertConditionalPrices(
    unit,
    conditional.map(({ price, priceSetId }) => ({ ...price, price_set_id: priceSetId, vendor_id: vendorId })),
  )
}

/** An inventory item for each variant with managed stock that names none, and its level at the vendor's first location. */
async function insertStock(
  unit: Unit,
  vendor_id: string,
  variants: readonly { input: VariantInput; id: string; inventoryItemId: string }[],
): Promise<void> {
  await linkInventory(
    unit,
    vendor_id,
    variants.flatMap(({ input, id: variant_id }) => (input.inventory_items ?? []).map((item) => ({ variant_id, ...item }))),
  )
  const managed = variants.filter(({ input }) => (input.manage_inventory ?? true) && (input.inventory_items ?? []).length === 0)
  if (managed.length === 0) return
  await InventoryItem.query().insert(
    managed.map(({ input, inventoryItemId }) => ({
      id: inventoryItemId,
      vendor_id,
      sku: input.sku ?? null,
      title: input.title,
      description: input.title,
      ...Object.fromEntries(stocked.map((name) => [name, input[name] ?? null])),
    })),
  )
  await VariantInventoryItem.query().insert(
    managed.map(({ id, inventoryItemId }) => ({ variant_id: id, inventory_item_id: inventoryItemId, vendor_id })),
  )
  const locationId = await firstLocation(unit, vendor_id)
  if (locationId === undefined) return
  await InventoryLevel.query().insert(
    managed.map(({ input, inventoryItemId }) => ({
      id: newId('ilev'),
      vendor_id,
      inventory_item_id: inventoryItemId,
      location_id: locationId,
      stocked_quantity: input.stock ?? 0,
    })),
  )
}
