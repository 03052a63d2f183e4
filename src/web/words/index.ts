import { de } from './de.js'
import { ar } from './ar.js'
import { en, type Words } from './en.js'

export type { Words } from './en.js'

const languages: Readonly<Record<string, Words>> = { en, de, ar }
const rightToLeft = new Set(['ar', 'arc', 'dv', 'fa', 'ha', 'he', 'khw', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'])

export const languageOf = (locale: string) => locale.split('-')[0] as string

/** What pages say by themselves. A language that they do not speak hears English around the store's own words. */
export function wordsOf(locale: string): Words {
  return languages[languageOf(locale)] ?? en
}

export function directionOf(locale: string): 'ltr' | 'rtl' {
  return rightToLeft.has(languageOf(locale)) ? 'rtl' : 'ltr'
}

/** A language as those who speak it call it. */
export function languageName(locale: string): string {
  return new Intl.DisplayNames([locale], { type: 'language' }).of(locale) ?? locale
}
