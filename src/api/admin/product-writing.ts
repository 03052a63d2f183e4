import type { output } from 'zod'
import { createProduct, updateProduct } from '../../catalog/index.js'
import type { Unit } from '../../db/index.js'
import { parseWith } from '../../http/index.js'
import type { ProductBodies } from '../../imports/index.js'
import { createBody, type KnownPrices, productInputOf, productPatchOf, refuseRetired, updateBody } from './product-body.js'

/** Makes a product of a body. Throws as `createProduct`, and not_found for parts that were taken out of use. */
export async function createOf(unit: Unit, vendorId: string, body: output<typeof createBody>): Promise<string> {
  await refuseRetired(unit, body, true)
  return createProduct(unit, productInputOf(vendorId, body))
}

/** The same for changes. */
export async function updateOf(
  unit: Unit,
  id: string,
  body: output<typeof updateBody>,
  known?: KnownPrices,
  whole?: boolean,
): Promise<void> {
  await refuseRetired(unit, body, false)
  await updateProduct(unit, id, productPatchOf(body, known, whole))
}

/** Staff's requests as imports of files make them. */
export const productBodies: ProductBodies = {
  check(kind, body) {
    // Amounts are read when the body becomes what the catalogue takes.
    if (kind === 'create') productInputOf('', parseWith(createBody, body))
    else productPatchOf(parseWith(updateBody, body), undefined, false)
  },
  create: (unit, vendorId, body) => createOf(unit, vendorId, parseWith(createBody, body)),
  // A file names the variants and currencies that it has something to say of.
  update: (unit, id, body) => updateOf(unit, id, parseWith(updateBody, body), undefined, false),
}
