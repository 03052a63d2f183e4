import { z } from 'zod'
import { toMajor } from '../kernel/index.js'
import type { PlatformFees } from '../payouts/index.js'

export const feesQuery = z.strictObject({
  period: z
    .string()
    .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'is no month, as 2026-01 is one')
    .optional(),
})

/** The platform's fees of a store, as its staff and the operator see them. */
export function renderPlatformFees(fees: readonly PlatformFees[]): { platform_fees: object[] } {
  return {
    platform_fees: fees.map(({ charged_minor, credited_minor, kept_minor, pending_minor, owed_minor, ...of }) => ({
      ...of,
      charged: toMajor(charged_minor, of.currency_code),
      credited: toMajor(credited_minor, of.currency_code),
      kept: toMajor(kept_minor, of.currency_code),
      pending: toMajor(pending_minor, of.currency_code),
      owed: toMajor(owed_minor, of.currency_code),
    })),
  }
}
