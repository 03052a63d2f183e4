import { invalidData } from '../kernel/index.js'

/** Vendors in one report: it is answered at once, and read by people and by programs that file it. */
export const vendorsMaximum = 10_000

/** A calendar year in UTC: its first moment, and the next one's. */
export function yearOf(year: number): { from: Date; to: Date } {
  return { from: new Date(Date.UTC(year, 0, 1)), to: new Date(Date.UTC(year + 1, 0, 1)) }
}

/** @throws invalid_data */
export function refuseTooMany(found: number, most: number): void {
  if (found > most) throw invalidData(`More than ${vendorsMaximum} vendors sold in this year: one report does not hold them`)
}
