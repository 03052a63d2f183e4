import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, limits, notFound } from '../../kernel/index.js'
import { optionsOfProduct } from './option-values.js'
import { insertValues, type LockedOption, lockOption, valueMissing } from './shared-options.js'

/** An option that a product is to use; all of its values where none are named. */
export interface OptionLink {
  id: string
  value_ids?: readonly string[] | undefined
}

interface Product {
  id: string
  vendor_id: string
}

/**
 * Lets a product use shared options of its vendor. Options are locked in the order of their ids.
 * @throws not_found for an option or value; invalid_data for one that it uses already, that is another product's alone, or
 *   that is another vendor's
 */
export async function linkOptions(unit: Unit, product: Product, links: readonly OptionLink[]): Promise<void> {
  const twice = links.find((link, index) => links.findIndex((other) => other.id === link.id) !== index)
  if (twice !== undefined) throw invalidData(`The product has duplicate option assignments: [${twice.id}]`)
  const known = await optionsOfProduct(unit, product.id)
  if (known.length + links.length > limits.optionsOfProduct) {
    throw invalidData(`A product has at most ${limits.optionsOfProduct} options`)
  }
  for (const link of [...links].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const option = await lockOption(unit, link.id)
    if (known.some((other) => other.id === link.id)) throw invalidData(`Product options are already linked to products: ${link.id}`)
    await refuseStrange(unit, product, option)
    await linkValues(unit, product, option, link.value_ids ?? null)
  }
}

/** Throws invalid_data for options to share that are not there. */
export async function refuseUnknownOptions(unit: Unit, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const missing = await unit.run(
    statement<{ id: string }>(
      'catalog.unknown_options',
      `select w.id from unnest($2::text[]) as w (id)
       where not exists (select 1 from product_option o where o.tenant_id = $1 and o.id = w.id and o.deleted_at is null)`,
      [tenantOf(unit), ids],
    ),
  )
  if (missing.length > 0) throw invalidData(`Some product options were not found: [${missing.map(({ id }) => id).join(', ')}]`)
}

async function refuseStrange(unit: Unit, product: Product, option: LockedOption): Promise<void> {
  if (option.vendor_id !== product.vendor_id) throw invalidData(`Product option ${option.id} is another vendor's than the product`)
  const users = await unit.run(
    statement<{ product_id: string }>(
      'catalog.users_of_option',
      'select product_id from product_shared_option where tenant_id = $1 and option_id = $2 limit 1',
      [tenantOf(unit), option.id],
    ),
  )
  const isTaken = option.product_id !== null || (option.is_exclusive && users.length > 0)
  if (isTaken) throw invalidData(`Product options are already assigned to another product: ${option.id}`)
}

async function linkValues(unit: Unit, product: Product, option: LockedOption, valueIds: readonly string[] | null): Promise<void> {
  const linked = await unit.run(
    statement<{ option_value_id: string }>(
      'catalog.link_values',
      `with wanted as (
         select w.id from product_option_value w where w.tenant_id = $1 and w.option_id = $3 and w.deleted_at is null
           and ($5::text[] is null or w.id = any($5))
       ), made as (
         insert into product_shared_option (tenant_id, product_id, option_id, option_value_id, vendor_id)
         select $1, $2, $3, w.id, $4 from wanted w on conflict do nothing)
       select id as option_value_id from wanted`,
      [tenantOf(unit), product.id, option.id, product.vendor_id, valueIds],
    ),
  )
  const missing = valueIds?.find((id) => !linked.some((row) => row.option_value_id === id))
  if (missing !== undefined) throw valueMissing(option.id, missing)
  if (linked.length === 0) throw invalidData(`Product option ${option.id} has no values that the product could have`)
}

/**
 * Takes options off a product: shared ones are no longer used, and those that are its own alone go.
 * @throws not_found for one that it does not have; invalid_data while variants have values of it
 */
export async function unlinkOptions(unit: Unit, product: Product, optionIds: readonly string[]): Promise<void> {
  const tenantId = tenantOf(unit)
  const known = await optionsOfProduct(unit, product.id)
  for (const id of [...optionIds].sort()) {
    const option = known.find((other) => other.id === id)
    if (option === undefined) throw notFound(`Product option with id: ${id} was not found`)
    const users = await usersOf(
      unit,
      product.id,
      option.values.map((value) => value.id),
    )
    if (users.length > 0) throw invalidData('Cannot unassign product option from product which has variants for that option')
    await unit.knex('product_shared_option').where({ tenant_id: tenantId, product_id: product.id, option_id: id }).delete()
    // Nothing else can use what was one product's alone.
    await unit.knex('product_option').where({ tenant_id: tenantId, id, is_exclusive: true }).update({ deleted_at: new Date() })
  }
}

/** What variants of a product have any of these values. */
function usersOf(unit: Unit, productId: string, valueIds: readonly string[]): Promise<{ title: string }[]> {
  return unit.run(
    statement<{ title: string }>(
      'catalog.variants_with_values',
      `select distinct v.title from product_variant v join product_variant_option l on l.tenant_id = v.tenant_id and l.variant_id = v.id
       where v.tenant_id = $1 and v.product_id = $2 and v.deleted_at is null and l.option_value_id = any($3) order by v.title`,
      [tenantOf(unit), productId, valueIds],
    ),
  )
}

export interface LinkedValuesPatch {
  product_option_id: string
  /** Ids of values, or values that the option may not have yet. */
  add?: readonly (string | { value: string })[] | undefined
  remove?: readonly string[] | undefined
}

/**
 * Gives a product more values of an option that it uses, or fewer.
 * @throws invalid_data for an option that it does not use, and for a value that a variant has; not_found for a value
 */
export async function changeLinkedValues(unit: Unit, product: Product, patch: LinkedValuesPatch): Promise<void> {
  const { product_option_id: optionId, add = [], remove = [] } = patch
  const option = await lockOption(unit, optionId)
  const known = (await optionsOfProduct(unit, product.id)).find((other) => other.id === optionId)
  if (known === undefined) throw invalidData(`Some product options are not linked to products: [${product.id}:${optionId}]`)
  const users = await usersOf(unit, product.id, remove)
  if (users.length > 0) {
    const titles = users.map((user) => user.title).join(', ')
    throw invalidData(`Cannot unassign option values from product because the following variant(s) are using it: ${titles}`)
  }
  const all = await unit
    .knex('product_option_value')
    .where({ tenant_id: tenantOf(unit), option_id: optionId })
    .whereNull('deleted_at')
    .select<{ id: string; value: string }[]>('id', 'value')
  const strange = [...add, ...remove].find((entry) => typeof entry === 'string' && !all.some((row) => row.id === entry))
  if (strange !== undefined) throw valueMissing(optionId, strange as string)
  const named = add.flatMap((entry) => (typeof entry === 'string' ? [] : [entry.value.trim()])).filter((value) => value !== '')
  const missing = [...new Set(named)].filter((value) => !all.some((row) => row.value === value))
  const made = await insertValues(optionId, option.vendor_id, missing, {}, all.length)
  const found = all.filter((row) => named.includes(row.value)).map((row) => row.id)
  const ids = [...add.filter((entry) => typeof entry === 'string'), ...found, ...made]
  if (option.product_id === null) {
    if (ids.length > 0) await linkValues(unit, product, option, ids)
    await unit
      .knex('product_shared_option')
      .where({ tenant_id: tenantOf(unit), product_id: product.id, option_id: optionId })
      .whereIn('option_value_id', [...remove])
      .delete()
  } else {
    await unit
      .knex('product_option_value')
      .where({ tenant_id: tenantOf(unit), option_id: optionId })
      .whereIn('id', [...remove])
      .update({ deleted_at: new Date() })
  }
}

/** The options that a product is to have, by their ids: it gets those that it lacks, and loses the others. Throws as those do. */
export async function setOptions(unit: Unit, product: Product, optionIds: readonly string[]): Promise<void> {
  const known = (await optionsOfProduct(unit, product.id)).map((option) => option.id)
  const added = optionIds.filter((id) => !known.includes(id))
  await refuseUnknownOptions(unit, added)
  await linkOptions(
    unit,
    product,
    added.map((id) => ({ id })),
  )
  await unlinkOptions(
    unit,
    product,
    known.filter((id) => !optionIds.includes(id)),
  )
}
