import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notFound } from '../../kernel/index.js'
import { type ConditionalPriceInput, putListPrices, rulesText } from './conditional-prices.js'

export interface PriceListInput {
  title: string
  description?: string | undefined
  type?: 'sale' | 'override' | undefined
  status?: 'draft' | 'active' | undefined
  starts_at?: Date | null | undefined
  ends_at?: Date | null | undefined
  /** Whom it is for; null for everybody. */
  customer_group_ids?: readonly string[] | null | undefined
  /** What else it asks for, by attribute; null for nothing. A product's page meets its region, a cart what is known of it. */
  other_rules?: Readonly<Record<string, readonly string[]>> | null | undefined
  metadata?: object | null | undefined
}

export interface ListPriceInput extends ConditionalPriceInput {
  variant_id: string
}

/** A change of a list's price: what is named is set. */
export interface ListPricePatch extends Partial<ConditionalPriceInput> {
  id: string
  variant_id: string
}

const columns = ['title', 'description', 'type', 'status', 'starts_at', 'ends_at', 'metadata'] as const

/** Makes a list with its prices. Throws not_found for a variant, region or group; invalid_data for an end before the start. */
export async function createPriceList(unit: Unit, input: PriceListInput & { prices: readonly ListPriceInput[] }): Promise<string> {
  const id = newId('plist')
  refuseDates(input.starts_at, input.ends_at)
  const values = Object.fromEntries(columns.filter((name) => input[name] !== undefined).map((name) => [name, input[name]]))
  await refuseUnknownRegions(unit, input.other_rules)
  await unit.knex('price_list').insert({
    id,
    ...values,
    is_for_groups: input.customer_group_ids != null,
    other_rules: input.other_rules == null ? null : JSON.stringify(input.other_rules),
  })
  await insertGroups(unit, id, input.customer_group_ids ?? [])
  await addListPrices(unit, id, input.prices)
  return id
}

/** Changes a list: what is named is set. Throws as creating does, and not_found for the list. */
export async function updatePriceList(unit: Unit, id: string, patch: Partial<PriceListInput>): Promise<void> {
  const list = await lockList(unit, id)
  const given = <Value>(value: Value | undefined, known: Value) => (value === undefined ? known : value)
  refuseDates(given(patch.starts_at, list.starts_at), given(patch.ends_at, list.ends_at))
  const changes = Object.fromEntries(columns.filter((name) => patch[name] !== undefined).map((name) => [name, patch[name]]))
  const { customer_group_ids: groups, other_rules: others } = patch
  await refuseUnknownRegions(unit, others)
  await unit
    .knex('price_list')
    .where({ tenant_id: tenantOf(unit), id })
    .update({
      ...changes,
      ...(groups === undefined ? {} : { is_for_groups: groups !== null }),
      ...(others === undefined ? {} : { other_rules: others === null ? null : JSON.stringify(others) }),
      updated_at: new Date(),
    })
  if (groups === undefined) return
  await unit
    .knex('price_list_customer_group')
    .where({ tenant_id: tenantOf(unit), price_list_id: id })
    .delete()
  await insertGroups(unit, id, groups ?? [])
}

/** Ends a list at once. Orders keep what they paid. Throws not_found. */
export async function deletePriceList(unit: Unit, id: string): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      'pricing.delete_list',
      'update price_list set deleted_at = now(), updated_at = now() where tenant_id = $1 and id = $2 and deleted_at is null returning id',
      [tenantOf(unit), id],
    ),
  )
  if (gone.length === 0) throw notFound(`Price list with id: ${id} was not found`)
}

export interface ListPriceChanges {
  create: readonly ListPriceInput[]
  update: readonly ListPricePatch[]
  remove: readonly string[]
}

/**
 * Changes the prices of a list, all or none.
 * @returns ids of the prices that were made, changed and removed
 * @throws not_found for the list, one of its prices, or a variant
 */
export async function changeListPrices(
  unit: Unit,
  id: string,
  change: ListPriceChanges,
): Promise<{ created: string[]; updated: string[]; deleted: string[] }> {
  await lockList(unit, id)
  await removePrices(unit, id, change.remove)
  for (const patch of change.update) await changePrice(unit, id, patch)
  const created = await addListPrices(unit, id, change.create)
  await touch(unit, id)
  return { created, updated: change.update.map((patch) => patch.id), deleted: [...change.remove] }
}

/** Takes products out of a list with all their variants' prices. Products that are not in it change nothing. Throws not_found. */
export async function removeProductsFromList(unit: Unit, id: string, productIds: readonly string[]): Promise<void> {
  await lockList(unit, id)
  const gone = await unit.run(
    statement<{ id: string }>(
      'pricing.remove_products',
      `delete from conditional_price c using product_variant v
       where c.tenant_id = $1 and c.price_list_id = $2 and v.tenant_id = $1 and v.price_set_id = c.price_set_id and v.product_id = any($3)
       returning c.id`,
      [tenantOf(unit), id, productIds],
    ),
  )
  if (gone.length > 0) await touch(unit, id)
}

async function addListPrices(unit: Unit, listId: string, prices: readonly ListPriceInput[]): Promise<string[]> {
  const owners = await ownersOf(
    unit,
    prices.map((price) => price.variant_id),
  )
  return putListPrices(
    unit,
    prices.map(({ variant_id, ...price }) => ({ ...price, ...(owners.get(variant_id) as Owner), price_list_id: listId })),
  )
}

interface Owner {
  price_set_id: string
  vendor_id: string
}

async function ownersOf(unit: Unit, variantIds: readonly string[]): Promise<Map<string, Owner>> {
  const wanted = [...new Set(variantIds)]
  const rows = await unit.run(
    statement<Owner & { id: string }>(
      'pricing.sets_of_variants',
      'select id, price_set_id, vendor_id from product_variant where tenant_id = $1 and id = any($2) and deleted_at is null',
      [tenantOf(unit), wanted],
    ),
  )
  const owners = new Map(rows.map(({ id, ...owner }) => [id, owner]))
  const missing = wanted.filter((id) => !owners.has(id))
  if (missing.length > 0) throw invalidData(`No price set exist for variants: ${missing.join(', ')}`)
  return owners
}

async function changePrice(unit: Unit, listId: string, patch: ListPricePatch): Promise<void> {
  const { id, variant_id, amount_minor, item_total_rules: _rules, other_rules: others, ...rest } = patch
  const owner = (await ownersOf(unit, [variant_id])).get(variant_id) as Owner
  const changes = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined))
  const changed = await unit
    .knex('conditional_price')
    .where({ tenant_id: tenantOf(unit), price_list_id: listId, id })
    .update({
      ...changes,
      ...owner,
      ...(others === undefined ? {} : { other_rules: rulesText(others) }),
      ...(amount_minor === undefined ? {} : { amount_minor: String(amount_minor) }),
      updated_at: new Date(),
    })
  if (changed === 0) throw notFound(`Price with id: ${id} was not found`)
}

async function removePrices(unit: Unit, listId: string, ids: readonly string[]): Promise<void> {
  const gone = await unit.run(
    statement<{ id: string }>(
      'pricing.remove_prices',
      'delete from conditional_price where tenant_id = $1 and price_list_id = $2 and id = any($3) returning id',
      [tenantOf(unit), listId, ids],
    ),
  )
  const missing = ids.find((id) => !gone.some((row) => row.id === id))
  if (missing !== undefined) throw notFound(`Price with id: ${missing} was not found`)
}

async function insertGroups(unit: Unit, listId: string, groupIds: readonly string[]): Promise<void> {
  const wanted = [...new Set(groupIds)]
  const made = await unit.run(
    statement<{ customer_group_id: string }>(
      'pricing.add_list_groups',
      `insert into price_list_customer_group (tenant_id, price_list_id, customer_group_id)
       select $1, $2, g.id from customer_group g where g.tenant_id = $1 and g.id = any($3) and g.deleted_at is null
       returning customer_group_id`,
      [tenantOf(unit), listId, wanted],
    ),
  )
  const missing = wanted.find((id) => !made.some((row) => row.customer_group_id === id))
  if (missing !== undefined) throw notFound(`Customer group with id: ${missing} was not found`)
}

async function refuseUnknownRegions(unit: Unit, rules: PriceListInput['other_rules']): Promise<void> {
  const wanted = rules?.region_id ?? []
  if (wanted.length === 0) return
  const [missing] = await unit.run(
    statement<{ id: string }>(
      'pricing.unknown_regions',
      `select w.id from unnest($2::text[]) as w (id) where not exists (
         select 1 from region r where r.tenant_id = $1 and r.id = w.id and r.deleted_at is null) limit 1`,
      [tenantOf(unit), wanted],
    ),
  )
  if (missing !== undefined) throw notFound(`Region with id: ${missing.id} was not found`)
}

async function lockList(unit: Unit, id: string): Promise<{ starts_at: Date | null; ends_at: Date | null }> {
  const [list] = await unit.run(
    statement<{ starts_at: Date | null; ends_at: Date | null }>(
      'pricing.lock_list',
      'select starts_at, ends_at from price_list where tenant_id = $1 and id = $2 and deleted_at is null for update',
      [tenantOf(unit), id],
    ),
  )
  if (list === undefined) throw notFound(`Price lists with id: ${id} was not found`)
  return list
}

async function touch(unit: Unit, id: string): Promise<void> {
  await unit
    .knex('price_list')
    .where({ tenant_id: tenantOf(unit), id })
    .update({ updated_at: new Date() })
}

function refuseDates(startsAt: Date | null | undefined, endsAt: Date | null | undefined): void {
  if (startsAt != null && endsAt != null && endsAt < startsAt) throw invalidData('A price list cannot end before it starts')
}
