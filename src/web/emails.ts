import { email } from '../http/index.js'
import { limits } from '../kernel/index.js'
import type { Visit } from './visit.js'

export const { email_characters } = limits

/** Whether the Store API takes it: what it would refuse is told beside the field. */
export const isEmail = (text: string): boolean => email.safeParse(text).success

export function typedEmail({ form }: Visit): string {
  return (form.get('email') ?? '').trim().toLowerCase().slice(0, email_characters)
}
