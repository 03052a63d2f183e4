import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, limits, notAllowed, notFound } from '../../kernel/index.js'
import { changeLinkedValues, type LinkedValuesPatch, linkOptions, type OptionLink, unlinkOptions } from './option-links.js'
import { lockProduct } from './lock-product.js'
import { ensureOptionValues, optionsOfProduct } from './option-values.js'
import { createSharedOption, lockOption, type SharedOptionInput } from './shared-options.js'

export interface OptionInput {
  title: string
  values: readonly string[]
}

/** Adds an option to a product; variants that are there have no value of it yet. Throws not_found, and invalid_data for one that is there. */
export async function createOption(unit: Unit, productId: string, input: OptionInput): Promise<void> {
  const product = await lockProduct(unit, productId)
  const known = await unit
    .knex('product_option')
    .where({ tenant_id: tenantOf(unit), product_id: productId, title: input.title })
    .whereNull('deleted_at')
    .first('id')
  if (known !== undefined) throw invalidData(`The product has the option ${input.title} already`)
  await ensureOptionValues(unit, product, [input], { besideVariants: true })
}

/**
 * Renames an option, or sets its values: those that are missing are added, those that are left out go.
 * @throws not_found; not_allowed for a value that a variant has
 */
export async function updateOption(
  unit: Unit,
  productId: string,
  optionId: string,
  patch: { title?: string | undefined; values?: readonly string[] | undefined },
): Promise<void> {
  const product = await lockProduct(unit, productId)
  const tenantId = tenantOf(unit)
  const [option] = await unit.run(
    statement<{ title: string }>(
      'catalog.lock_option',
      'select title from product_option where tenant_id = $1 and id = $2 and product_id = $3 and deleted_at is null for update',
      [tenantId, optionId, productId],
    ),
  )
  if (option === undefined) throw notFound(`Product option with id: ${optionId} was not found`)
  const { values } = patch
  if (values !== undefined) {
    if (values.length > limits.variantsOfProduct) throw invalidData(`An option has at most ${limits.variantsOfProduct} values`)
    await ensureOptionValues(unit, product, [{ title: option.title, values }])
    await removeValues(unit, optionId, values)
  }
  const { title } = patch
  if (title !== undefined)
    await unit.knex('product_option').where({ tenant_id: tenantId, id: optionId }).update({ title, updated_at: new Date() })
}

export interface OptionPatch {
  /** The option to change; without it one of the title is meant, or a new one. */
  id?: string | undefined
  title?: string | undefined
  values?: readonly string[] | undefined
}

/** Changes options of a product and adds those that it lacks; others stay. Throws as the single changes do. */
export async function changeOptions(unit: Unit, productId: string, patches: readonly OptionPatch[]): Promise<void> {
  const known = await optionsOfProduct(unit, productId)
  for (const { id, title, values } of patches) {
    const optionId = id ?? known.find((option) => option.title === title)?.id
    if (optionId !== undefined) await updateOption(unit, productId, optionId, { title, values })
    else if (title !== undefined) await createOption(unit, productId, { title, values: values ?? [] })
    else throw invalidData('A new option needs a title')
  }
}

export interface ProductOptionChanges {
  /** Ids of options, options with some of their values, and new ones. */
  add: readonly (string | SharedOptionInput | Required<OptionLink>)[]
  /** Ids of options. */
  remove: readonly string[]
  update: readonly LinkedValuesPatch[]
}

/** Changes what options a product has, all or none. Throws as the single changes do. */
export async function changeProductOptions(unit: Unit, productId: string, changes: ProductOptionChanges): Promise<void> {
  const product = await lockProduct(unit, productId)
  const links: OptionLink[] = []
  for (const entry of changes.add) {
    if (typeof entry === 'string') links.push({ id: entry })
    else if ('id' in entry) links.push(entry)
    else links.push({ id: await createSharedOption(unit, product.vendor_id, entry) })
  }
  const touched = [...links.map((link) => link.id), ...changes.update.map((patch) => patch.product_option_id)]
  for (const id of [...new Set(touched)].sort()) await lockOption(unit, id)
  await linkOptions(unit, product, links)
  await unlinkOptions(unit, product, changes.remove)
  for (const patch of changes.update) await changeLinkedValues(unit, product, patch)
}

async function removeValues(unit: Unit, optionId: string, kept: readonly string[]): Promise<void> {
  const values = [tenantOf(unit), optionId, kept]
  const [used] = await unit.run(
    statement<{ value: string }>(
      'catalog.used_values',
      `select w.value from product_option_value w
       join product_variant_option l on l.tenant_id = w.tenant_id and l.option_value_id = w.id
       join product_variant v on v.tenant_id = l.tenant_id and v.id = l.variant_id and v.deleted_at is null
       where w.tenant_id = $1 and w.option_id = $2 and w.value <> all($3) and w.deleted_at is null limit 1`,
      values,
    ),
  )
  if (used !== undefined) throw notAllowed(`A variant has the value ${used.value}: change it first`)
  await unit.run(
    statement(
      'catalog.remove_values',
      `update product_option_value set deleted_at = now(), updated_at = now()
       where tenant_id = $1 and option_id = $2 and value <> all($3) and deleted_at is null`,
      values,
    ),
  )
}

/** Takes an option off a product and its variants. Throws not_found; not_allowed where two variants differ by nothing else. */
export async function deleteOption(unit: Unit, productId: string, optionId: string): Promise<void> {
  await lockProduct(unit, productId)
  const tenantId = tenantOf(unit)
  const gone = await unit.run(
    statement<{ id: string }>(
      'catalog.delete_option',
      `update product_option set deleted_at = now(), updated_at = now()
       where tenant_id = $1 and id = $2 and product_id = $3 and deleted_at is null returning id`,
      [tenantId, optionId, productId],
    ),
  )
  if (gone.length === 0) throw notFound(`Product option with id: ${optionId} was not found`)
  const changed = await unit.run(
    statement<{ variant_id: string }>(
      'catalog.let_go_option',
      'delete from product_variant_option where tenant_id = $1 and option_id = $2 returning variant_id',
      [tenantId, optionId],
    ),
  )
  const [twins] = await unit.run(
    statement<{ values: string[] }>(
      'catalog.twin_variants',
      `select c.values from (
         select v.id, array_agg(l.option_value_id order by l.option_value_id) as values from product_variant v
         left join product_variant_option l on l.tenant_id = v.tenant_id and l.variant_id = v.id
         where v.tenant_id = $1 and v.product_id = $2 and v.deleted_at is null group by v.id) c
       group by c.values having count(*) > 1 and bool_or(c.id = any($3)) limit 1`,
      [tenantId, productId, changed.map((row) => row.variant_id)],
    ),
  )
  if (twins !== undefined) throw notAllowed('Variants of the product differ by this option alone: remove those first')
}
