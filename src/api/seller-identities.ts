import { z } from 'zod'
import { type Context, tenantOf } from '../db/index.js'
import { limits, notFound, type Sealer } from '../kernel/index.js'
import { sellerIdentitiesStatement, viewOfIdentity } from '../reports/index.js'
import { retrieveVendorStatement } from '../vendors/index.js'
import { knownCountry } from './known-country.js'

const text = z.string().trim().min(1).max(limits.name_characters).nullish()
/** Numbers that offices and banks give out: letters, digits, and what people put between them. */
const number = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ./-]{0,58}[A-Za-z0-9]$/)
  .nullish()

const earliestBirth = '1900-01-01'

/** What a seller states of itself for tax offices. */
export const sellerIdentityBody = z.strictObject({
  kind: z.enum(['individual', 'company']),
  legal_name: text,
  first_name: text,
  last_name: text,
  address: z.strictObject({
    address_1: z.string().trim().min(1).max(300),
    address_2: z.string().max(300).nullish(),
    city: z.string().trim().min(1).max(300),
    postal_code: z.string().trim().min(1).max(50),
    province: z.string().max(300).nullish(),
    country_code: knownCountry,
  }),
  tax_number: number,
  tax_number_country: knownCountry.nullish(),
  vat_number: number,
  registration_number: number,
  birth_date: z.iso
    .date()
    .refine((day) => day >= earliestBirth, `is before ${earliestBirth}: nobody who sells is that old`)
    .nullish(),
  birth_place: text,
  residence_countries: z.array(knownCountry).max(10).optional(),
  establishment_countries: z.array(knownCountry).max(30).optional(),
  account_identifier: number,
  account_identifier_type: z.enum(['IBAN', 'OBAN', 'other']).nullish(),
  account_holder: text,
})

/** @throws not_found for a vendor that there is not, and before the seller has stated anything */
export async function answerSellerIdentity(context: Context, sealer: Sealer, vendorId: string): Promise<object> {
  const [row] = await context.db.read(context.scope, sellerIdentitiesStatement(tenantOf(context), [vendorId]))
  if (row === undefined) {
    const [vendor] = await context.db.read(context.scope, retrieveVendorStatement(tenantOf(context), vendorId))
    throw notFound(vendor === undefined ? `Vendor with id: ${vendorId} was not found` : 'The seller has not stated who it is yet')
  }
  return { seller_identity: viewOfIdentity(sealer, row) }
}
