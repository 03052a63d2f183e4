import { hash, verify } from '@node-rs/argon2'
import { invalidData, unavailable } from '../kernel/index.js'

/** OWASP's password storage cheat sheet, argon2id: 19 MiB, two passes, one lane. */
const options = { algorithm: 2 as const, memoryCost: 19_456, timeCost: 2, parallelism: 1 }
/** Of those who work for a store. The Store API knows no rule for shoppers: their storefront says what it asks for. */
const characters = { minimum: 8, maximum: 200 }
/** Hashing is slow on purpose: more at once than this would starve everything else. */
const waitingMaximum = 64

let waiting = 0

async function bounded<T>(work: () => Promise<T>): Promise<T> {
  if (waiting >= waitingMaximum) throw unavailable('Too many sign-ins at once. Try again in a moment.')
  waiting += 1
  try {
    return await work()
  } finally {
    waiting -= 1
  }
}

/** @throws invalid_data for passwords too short for whom they are, or too long */
export function hashPassword(password: string, of: 'customer' | 'staff' = 'staff'): Promise<string> {
  const minimum = of === 'customer' ? 1 : characters.minimum
  if (password.length < minimum || password.length > characters.maximum) {
    throw invalidData(`A password has ${minimum} to ${characters.maximum} characters`)
  }
  return bounded(() => hash(password, options))
}

let decoy: Promise<string> | undefined

/** Compares in the same time whether or not there is a hash to compare with, so that the time tells nothing. */
export async function passwordMatches(stored: string | undefined, password: string): Promise<boolean> {
  decoy ??= hash('no account has this password', options)
  const against = stored ?? (await decoy)
  const matches = await bounded(() => verify(against, password.slice(0, characters.maximum)))
  return matches && stored !== undefined && password.length <= characters.maximum
}
