import { statement, tenantOf, type Unit } from '../../db/index.js'
import { alreadyExists } from '../../kernel/index.js'
import type { VariantInput } from './input.js'

/** What a variant is told apart by, unless it is empty: one of each of a vendor has it. What several vendors sell has the same numbers at each. */
const numbers = ['sku', 'barcode', 'ean', 'upc'] as const
type Numbered = Pick<VariantInput, (typeof numbers)[number]>

export const numberTaken = (name: string, value: string) => alreadyExists(`Product variant with ${name}: ${value}, already exists.`)

const knownSql = (name: string, place: number) => `select '${name}' as name, ${name} as value from product_variant
  where tenant_id = $1 and vendor_id = $2 and ${name} = any($${place}::text[]) and deleted_at is null and ($3::text is null or id <> $3)`

/**
 * Refuses numbers that another variant of the vendor has, as Medusa does. An index is the last word on SKUs; of the others a store may
 * have had two of one before they were looked at.
 * @param except the variant that is changed
 * @throws invalid_data
 */
export async function refuseKnownNumbers(unit: Unit, vendorId: string, inputs: readonly Numbered[], except?: string): Promise<void> {
  const given = numbers.map((name) => ({ name, values: inputs.flatMap((input) => input[name] || []) }))
  for (const { name, values } of given) {
    const twice = values.find((value, index) => values.indexOf(value) !== index)
    if (twice !== undefined) throw numberTaken(name, twice)
  }
  if (given.every(({ values }) => values.length === 0)) return
  const [known] = await unit.run(
    statement<{ name: string; value: string }>(
      'catalog.known_numbers',
      `${given.map(({ name }, index) => knownSql(name, index + 4)).join(' union all ')} limit 1`,
      [tenantOf(unit), vendorId, except ?? null, ...given.map(({ values }) => values)],
    ),
  )
  if (known !== undefined) throw numberTaken(known.name, known.value)
}
