import { z } from 'zod'
import { paragraph, line, type Words, wordsIn } from '../themes/index.js'

const providersMaximum = 20

/**
 * What a store says of ways to pay that a person sees to, by payment provider: what each is called, and how it is done. Words
 * in the store's own language, or in several by language tag.
 */
export const paymentInstructions = z
  .record(
    z.string().regex(/^pp_[\w-]{1,96}$/, 'is not the id of a payment provider like pp_system_default'),
    z.strictObject({ name: line, text: paragraph }),
  )
  .refine((entries) => Object.keys(entries).length <= providersMaximum, `names more than ${providersMaximum} providers`)

export type PaymentInstructions = Readonly<Record<string, { name: Words; text: Words }>>

/** What is said of one way to pay, in one language. Undefined where the store says nothing of it. */
export interface Instructions {
  name: string
  text: string
}

/** @param own the store's own language */
export function instructionsIn(all: PaymentInstructions, providerId: string, locale: string, own: string): Instructions | undefined {
  const said = Object.hasOwn(all, providerId) ? all[providerId] : undefined
  return said === undefined ? undefined : { name: wordsIn(said.name, locale, own), text: wordsIn(said.text, locale, own) }
}
