import { z } from 'zod'
import { countryCode } from '../http/index.js'

/** What a vendor is called in addresses. */
export const vendorHandle = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'holds lower-case letters, digits and dashes only')

const place = z.string().max(300).nullish()

/** Where a vendor keeps its goods. */
export const vendorAddress = z.strictObject({
  address_1: place,
  address_2: place,
  company: place,
  city: place,
  province: place,
  postal_code: place,
  phone: place,
  country_code: countryCode.nullish(),
})
