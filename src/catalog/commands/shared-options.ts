import { mergedMetadata, statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists, invalidData, isDuplicate, limits, newId, notFound } from '../../kernel/index.js'
import { ProductOption, ProductOptionValue } from '../models.js'

/** An option by itself. Without `is_exclusive` any product of its vendor can use it, else one alone. */
export interface SharedOptionInput {
  title: string
  values: readonly string[]
  /** Places of values among the others. */
  ranks?: Readonly<Record<string, number>> | undefined
  is_exclusive?: boolean | undefined
  metadata?: object | null | undefined
}

export type SharedOptionPatch = { [Name in keyof SharedOptionInput]?: SharedOptionInput[Name] | undefined }

export interface LockedOption {
  id: string
  title: string
  vendor_id: string
  product_id: string | null
  is_exclusive: boolean
}

/**
 * Adds an option that no product uses yet.
 * @throws invalid_data for a title that another shared option of the vendor has; invalid_data for the rank of no value
 */
export async function createSharedOption(unit: Unit, vendorId: string, input: SharedOptionInput): Promise<string> {
  const { title, ranks = {}, metadata = null, is_exclusive = false } = input
  const values = [...new Set(input.values)]
  refuseRanks(ranks, values)
  if (!is_exclusive) await refuseTitle(unit, vendorId, title, null)
  const id = newId('opt')
  await ProductOption.query().insert({ id, title, vendor_id: vendorId, is_exclusive, metadata } as object)
  await insertValues(id, vendorId, values, ranks, 0)
  return id
}

/** The option, locked. Throws not_found. */
export async function lockOption(unit: Unit, id: string): Promise<LockedOption> {
  const [option] = await unit.run(
    statement<LockedOption>(
      'catalog.lock_shared_option',
      `select id, title, vendor_id, product_id, is_exclusive from product_option
       where tenant_id = $1 and id = $2 and deleted_at is null for update`,
      [tenantOf(unit), id],
    ),
  )
  if (option === undefined) throw notFound(`Product option with id: ${id} was not found`)
  return option
}

/**
 * Changes an option wherever it is used: its values become those that are named.
 * @throws not_found; invalid_data for a taken title; invalid_data for the end of a value that a product has, and for a
 *   shared option that is to become one product's
 */
export async function updateSharedOption(unit: Unit, id: string, patch: SharedOptionPatch): Promise<void> {
  // Before the option, as who gives a product new options and others holds them.
  if (patch.title !== undefined || patch.is_exclusive !== undefined) await lockVendorOf(unit, id)
  const option = await lockOption(unit, id)
  if (patch.is_exclusive === true && !option.is_exclusive) {
    throw invalidData(`Cannot change product option: ${id} from global to exclusive.`)
  }
  const isShared = !(patch.is_exclusive ?? option.is_exclusive)
  if (isShared && (patch.title !== undefined || option.is_exclusive)) {
    await refuseTitle(unit, option.vendor_id, patch.title ?? option.title, id)
  }
  if (isShared && option.product_id !== null) await handOver(unit, id)
  const { title, is_exclusive } = patch
  const changes = Object.entries({ title, is_exclusive }).filter(([, value]) => value !== undefined)
  await unit
    .knex('product_option')
    .where({ tenant_id: tenantOf(unit), id })
    .update({ ...Object.fromEntries(changes), ...mergedMetadata(unit, patch), updated_at: new Date() })
  await setValues(unit, option, patch)
}

/** An option that was one product's is used by that product from now on. */
async function handOver(unit: Unit, id: string): Promise<void> {
  await unit.run(
    statement(
      'catalog.hand_over_option',
      `with used as (
         insert into product_shared_option (tenant_id, product_id, option_id, option_value_id, vendor_id)
         select $1, o.product_id, o.id, w.id, o.vendor_id from product_option o
         join product_option_value w on w.tenant_id = o.tenant_id and w.option_id = o.id and w.deleted_at is null
         where o.tenant_id = $1 and o.id = $2)
       update product_option set product_id = null where tenant_id = $1 and id = $2`,
      [tenantOf(unit), id],
    ),
  )
}

async function setValues(unit: Unit, option: LockedOption, { values, ranks = {} }: SharedOptionPatch): Promise<void> {
  if (values === undefined && Object.keys(ranks).length === 0) return
  const tenantId = tenantOf(unit)
  const known = await unit
    .knex('product_option_value')
    .where({ tenant_id: tenantId, option_id: option.id })
    .whereNull('deleted_at')
    .select<{ id: string; value: string }[]>('id', 'value')
  const wanted = values ?? known.map((row) => row.value)
  refuseRanks(ranks, wanted)
  await retireValues(
    unit,
    known.filter((row) => !wanted.includes(row.value)).map((row) => row.id),
  )
  const missing = [...new Set(wanted)].filter((value) => !known.some((row) => row.value === value))
  await insertValues(option.id, option.vendor_id, missing, ranks, known.length)
  await unit.run(
    statement(
      'catalog.rank_values',
      `update product_option_value w set rank = n.rank, updated_at = now() from unnest($3::text[], $4::int[]) as n (value, rank)
       where w.tenant_id = $1 and w.option_id = $2 and w.value = n.value and w.deleted_at is null`,
      [tenantId, option.id, Object.keys(ranks), Object.values(ranks)],
    ),
  )
}

/** Adds values behind the known ones. Answers their ids. */
export async function insertValues(
  optionId: string,
  vendorId: string,
  values: readonly string[],
  ranks: Readonly<Record<string, number>>,
  known: number,
): Promise<string[]> {
  if (known + values.length > limits.variantsOfProduct) throw invalidData(`An option has at most ${limits.variantsOfProduct} values`)
  if (values.length === 0) return []
  const given = new Map(Object.entries(ranks))
  const rows = values.map((value, index) => ({ id: newId('optval'), value, rank: given.get(value) ?? known + index }))
  await ProductOptionValue.query().insert(rows.map((row) => ({ ...row, option_id: optionId, vendor_id: vendorId })))
  return rows.map((row) => row.id)
}

function refuseRanks(ranks: Readonly<Record<string, number>>, values: readonly string[]): void {
  const unknown = Object.keys(ranks).find((value) => !values.includes(value))
  if (unknown !== undefined) throw invalidData(`Value "${unknown}" is assigned a rank but is not defined in the list of values.`)
}

async function lockVendorOf(unit: Unit, optionId: string): Promise<void> {
  await unit.run(
    statement(
      'catalog.lock_vendor_of_option',
      `select v.id from vendor v where v.tenant_id = $1
         and v.id = (select o.vendor_id from product_option o where o.tenant_id = $1 and o.id = $2) for no key update`,
      [tenantOf(unit), optionId],
    ),
  )
}

/** Two that take one title at once follow one another by their vendor's row. Its keys are left to others. */
async function refuseTitle(unit: Unit, vendorId: string, title: string, self: string | null): Promise<void> {
  const tenantId = tenantOf(unit)
  await unit.run(
    statement('catalog.lock_vendor', 'select id from vendor where tenant_id = $1 and id = $2 for no key update', [tenantId, vendorId]),
  )
  const taken = await unit.run(
    statement<{ id: string }>(
      'catalog.shared_title',
      `select id from product_option where tenant_id = $1 and vendor_id = $2 and title = $3 and product_id is null and not is_exclusive
         and id is distinct from $4 and deleted_at is null limit 1`,
      [tenantId, vendorId, title, self],
    ),
  )
  if (taken.length > 0) throw alreadyExists(`Product option with title: ${title}, already exists.`)
}

/** Takes an option out of use that no product has. Throws not_found, and invalid_data while one has it. */
export async function deleteSharedOption(unit: Unit, id: string): Promise<void> {
  await lockOption(unit, id)
  const tenantId = tenantOf(unit)
  const used = await unit.run(
    statement<{ id: string }>(
      'catalog.products_of_option',
      `select p.id from product p where p.tenant_id = $1 and p.deleted_at is null and p.id = any(array(
         select o.product_id from product_option o where o.tenant_id = $1 and o.id = $2
         union all select s.product_id from product_shared_option s where s.tenant_id = $1 and s.option_id = $2)) limit 1`,
      [tenantId, id],
    ),
  )
  if (used.length > 0) throw invalidData('Cannot delete product options that are associated with products.')
  await unit.knex('product_option').where({ tenant_id: tenantId, id }).update({ deleted_at: new Date(), updated_at: new Date() })
}

/** Changes what a value is called, wherever it is used. Throws not_found, and invalid_data for one that the option has. */
export async function updateOptionValue(
  unit: Unit,
  { optionId, valueId }: { optionId: string; valueId: string },
  patch: { value?: string | undefined; metadata?: object | null | undefined },
): Promise<void> {
  await lockOption(unit, optionId)
  const changes = patch.value === undefined ? {} : { value: patch.value }
  try {
    const changed = await unit
      .knex('product_option_value')
      .where({ tenant_id: tenantOf(unit), option_id: optionId, id: valueId })
      .whereNull('deleted_at')
      .update({ ...changes, ...mergedMetadata(unit, patch), updated_at: new Date() })
    if (changed === 0) throw valueMissing(optionId, valueId)
  } catch (error) {
    if (isDuplicate(error)) throw alreadyExists(`Product option value with option_id: ${optionId}, value: ${patch.value}, already exists.`)
    throw error
  }
}

export const valueMissing = (optionId: string, valueId: string) =>
  notFound(`Product option value with id "${valueId}" was not found for option with id "${optionId}"`)

/** Takes a value off an option. Throws not_found, and invalid_data while a product has it. */
export async function deleteOptionValue(unit: Unit, optionId: string, valueId: string): Promise<void> {
  await lockOption(unit, optionId)
  const [known] = await unit
    .knex('product_option_value')
    .where({ tenant_id: tenantOf(unit), option_id: optionId, id: valueId })
    .whereNull('deleted_at')
    .pluck('id')
  if (known === undefined) throw valueMissing(optionId, valueId)
  await retireValues(unit, [valueId])
}

async function retireValues(unit: Unit, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const values = [tenantOf(unit), ids]
  const used = await unit.run(
    statement<{ id: string }>(
      'catalog.products_of_values',
      `select w.id from product_option_value w join product_option o on o.tenant_id = w.tenant_id and o.id = w.option_id
       where w.tenant_id = $1 and w.id = any($2) and (o.product_id is not null
         or exists (select 1 from product_shared_option s where s.tenant_id = $1 and s.option_value_id = w.id)) limit 1`,
      values,
    ),
  )
  if (used.length > 0) throw invalidData('Cannot delete product option values that are associated with products.')
  await unit.run(
    statement(
      'catalog.retire_values',
      'update product_option_value set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = any($2)',
      values,
    ),
  )
}
