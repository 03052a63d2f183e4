import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists } from '../../kernel/index.js'
import type { VariantInput } from './input.js'

/** What a variant is told apart by, unless it is empty: one of each of a vendor has it. What several vendors sell has the same numbers at each. */
const numbers = ['sku', 'barcode', 'ean', 'upc'] as const
type Numbered = Pick<VariantInput, (typeof numbers)[number]>

export const numberTaken = (name: string, value: string) => alreadyExists(`Product variant with ${name}: ${value}, already exists.`)

/** What the database has no unique index of: a store may have had two of one before they were looked at. */
const looked = ['barcode', 'ean', 'upc'] as const

export interface ChangedNumber {
  name: (typeof looked)[number]
  value: string
}

/** What a patch gives a variant that it did not have. */
export function changedNumbers(variant: Partial<Numbered>, patch: Partial<Numbered>): ChangedNumber[] {
  return looked.flatMap((name) => {
    const value = patch[name]
    return value && value !== variant[name] ? [{ name, value }] : []
  })
}

/** True for variants that bring a number which only looking keeps apart. */
export const bringNumbers = (inputs: readonly Partial<Numbered>[]) => inputs.some((input) => looked.some((name) => Boolean(input[name])))

/**
 * Holds the numbers of vendors until the unit of work ends, so that of two who bring the same one the second sees the first's. Taken
 * behind the locks of products and before those of options, variants and stock; of several vendors in the order of their ids.
 */
export async function lockNumbers(unit: Unit, vendorIds: readonly string[]): Promise<void> {
  for (const vendorId of [...new Set(vendorIds)].sort()) {
    await unit.run(
      statement(
        'catalog.lock_numbers',
        `select pg_advisory_xact_lock(hashtextextended('variant_numbers:' || $1::uuid || ':' || $2::text, 0))`,
        [tenantOf(unit), vendorId],
      ),
    )
  }
}

const knownSql = (name: string, place: number) => `select '${name}' as name, ${name} as value from product_variant
  where tenant_id = $1 and vendor_id = $2 and ${name} = any($${place}::text[]) and deleted_at is null`

/**
 * Refuses numbers of new variants that another of the vendor has, as Medusa does. An index is the last word on SKUs, the lock of
 * `lockNumbers` on the others.
 * @throws invalid_data
 */
export async function refuseKnownNumbers(unit: Unit, vendorId: string, inputs: readonly Numbered[]): Promise<void> {
  const given = numbers.map((name) => ({ name, values: inputs.flatMap((input) => input[name] || []) }))
  for (const { name, values } of given) {
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined) throw numberTaken(name, twice)
  }
  if (given.every(({ values }) => values.length === 0)) return
  const [known] = await unit.run(
    statement<{ name: string; value: string }>(
      'catalog.known_numbers',
      `${given.map(({ name }, index) => knownSql(name, index + 3)).join(' union all ')} limit 1`,
      [tenantOf(unit), vendorId, ...given.map(({ values }) => values)],
    ),
  )
  if (known !== undefined) throw numberTaken(known.name, known.value)
}

/**
 * Takes the SKUs away that variants of a product get from one another in one request: the index would refuse the first of two that
 * swap theirs.
 */
export async function releaseSkus(unit: Unit, productId: string, patches: readonly (Partial<Numbered> & { id?: string })[]): Promise<void> {
  const given = patches.filter(({ sku }) => Boolean(sku))
  if (given.length < 2) return
  await unit.run(
    statement(
      'catalog.release_skus',
      `update product_variant v set sku = null from unnest($3::text[], $4::text[]) as n (id, sku)
       where v.tenant_id = $1 and v.product_id = $2 and v.id = n.id and v.sku <> n.sku and v.sku = any($4::text[]) and v.deleted_at is null`,
      [tenantOf(unit), productId, given.map(({ id }) => id), given.map(({ sku }) => sku)],
    ),
  )
}

/**
 * Looks at numbers after all variants that get them were written, so that two can swap theirs.
 * @throws invalid_data for one that two variants of the vendor have now
 */
export async function refuseSharedNumbers(unit: Unit, vendorId: string, changed: readonly ChangedNumber[]): Promise<void> {
  if (changed.length === 0) return
  const shared = looked.map((name, index) => `(${knownSql(name, index + 3)} group by ${name} having count(*) > 1)`)
  const values = looked.map((name) => changed.filter((number) => number.name === name).map((number) => number.value))
  const [twice] = await unit.run(
    statement<ChangedNumber>('catalog.shared_numbers', `${shared.join(' union all ')} limit 1`, [tenantOf(unit), vendorId, ...values]),
  )
  if (twice !== undefined) throw numberTaken(twice.name, twice.value)
}
