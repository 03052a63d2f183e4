import { de } from './de.js'
import { ar } from './ar.js'
import { en, type Words } from './en.js'
import { fr } from './fr.js'
import { ja } from './ja.js'

export type { Words } from './en.js'

const languages = { en, de, ar, fr, ja } satisfies Record<string, Words>

/** What pages speak by themselves. */
export type Language = keyof typeof languages
const languageOf = (locale: string) => locale.split('-')[0] as string

/** What pages say by themselves. A language that they do not speak hears English around the store's own words. */
export function wordsOf(locale: string): Words {
  return languages[spokenIn(locale)]
}

/** The language in which pages answer a language tag. */
export function spokenIn(locale: string): Language {
  const language = languageOf(locale)
  return Object.hasOwn(languages, language) ? (language as Language) : 'en'
}

/** A language as those who speak it call it. */
export function languageName(locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale
}
