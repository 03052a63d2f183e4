import { ar } from './ar.js'
import { de } from './de.js'
import { en, type MailWords } from './en.js'
import { fr } from './fr.js'
import { ja } from './ja.js'

export type { MailWords } from './en.js'

const languages: Readonly<Record<string, MailWords>> = { en, de, fr, ar, ja }

/** A language that mails do not speak hears English. */
export function mailWordsOf(locale: string): MailWords {
  const [language] = locale.split('-') as [string]
  return Object.hasOwn(languages, language) ? (languages[language] as MailWords) : en
}
