import { invalidData } from '../kernel/index.js'

const hostnamePattern = /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/

/** A hostname that a store can have, in lower case. Throws invalid_data for no hostname, and for one of the platform's own. */
export function hostnameOf(given: string, baseDomain: string): string {
  const name = given.toLowerCase()
  if (!hostnamePattern.test(name)) throw invalidData(`${given} is not a hostname like shop.example.com`)
  if (name === baseDomain || name.endsWith(`.${baseDomain}`)) throw invalidData(`Hosts below ${baseDomain} belong to the platform`)
  return name
}
