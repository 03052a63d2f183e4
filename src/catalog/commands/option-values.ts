import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, limits, newId } from '../../kernel/index.js'
import { ProductOption, ProductOptionValue } from '../models.js'
import { optionsJsonSql } from '../queries/options-sql.js'
import type { CreatedOption } from './add-variants.js'

/** The options of a product with their values, in their order. */
export async function optionsOfProduct(unit: Unit, productId: string): Promise<CreatedOption[]> {
  const [row] = await unit.run(
    statement<{ options: CreatedOption[] }>(
      'catalog.option_values_of_product',
      `select coalesce(${optionsJsonSql('$2', { option: `'id', o.id, 'title', o.title`, value: `'id', w.id, 'value', w.value` })}, '[]') as options`,
      [tenantOf(unit), productId],
    ),
  )
  return row?.options ?? []
}

/**
 * Gives a product the options and values that it lacks; those it has stay. The variants that are there have no value of
 * a new option, so it is for products without variants unless its maker says otherwise.
 * @throws invalid_data for a new option where there are variants
 */
export async function ensureOptionValues(
  unit: Unit,
  product: { id: string; vendor_id: string },
  wanted: readonly { title: string; values: readonly string[] }[],
  { besideVariants = false }: { besideVariants?: boolean } = {},
): Promise<void> {
  const known = await optionsOfProduct(unit, product.id)
  const { vendor_id } = product
  for (const option of wanted) {
    const existing = known.find((candidate) => candidate.title === option.title)
    if (existing === undefined && !besideVariants) await refuseVariants(unit, product.id, option.title)
    const id = existing?.id ?? (await addOption(product, option.title, known.length))
    if (existing === undefined) known.push({ id, title: option.title, values: [] })
    const has = new Set(existing?.values.map((value) => value.value))
    const missing = [...new Set(option.values)].filter((value) => !has.has(value))
    if (missing.length === 0) continue
    const rows = missing.map((value, index) => ({ id: newId('optval'), option_id: id, vendor_id, value, rank: has.size + index }))
    await ProductOptionValue.query().insert(rows)
    if (existing !== undefined) await useValues(unit, product.id, id)
  }
}

/** A product uses the values that were added for it, where the option is one that it shares. */
async function useValues(unit: Unit, productId: string, optionId: string): Promise<void> {
  await unit.run(
    statement(
      'catalog.use_new_values',
      `insert into product_shared_option (tenant_id, product_id, option_id, option_value_id, vendor_id)
       select $1, $2, o.id, w.id, o.vendor_id from product_option o
       join product_option_value w on w.tenant_id = o.tenant_id and w.option_id = o.id and w.deleted_at is null
       where o.tenant_id = $1 and o.id = $3 and o.product_id is null on conflict do nothing`,
      [tenantOf(unit), productId, optionId],
    ),
  )
}

async function refuseVariants(unit: Unit, productId: string, title: string): Promise<void> {
  const [variant] = await unit.run(
    statement<{ id: string }>(
      'catalog.any_variant',
      'select id from product_variant where tenant_id = $1 and product_id = $2 and deleted_at is null limit 1',
      [tenantOf(unit), productId],
    ),
  )
  if (variant !== undefined) throw invalidData(`The product has variants without the option ${title}: it cannot be added any more`)
}

async function addOption(product: { id: string; vendor_id: string }, title: string, rank: number): Promise<string> {
  if (rank >= limits.optionsOfProduct) throw invalidData(`A product has at most ${limits.optionsOfProduct} options`)
  const id = newId('opt')
  await ProductOption.query().insert({ id, title, rank, vendor_id: product.vendor_id, product_id: product.id })
  return id
}
