import { invalidData } from '../kernel/index.js'

const names = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' })

/** Whether a text is a language tag (BCP 47) of a language that has a name. */
export function isLocale(code: string): boolean {
  return nameOf(code) !== undefined
}

/** A language's name in English, `German (Switzerland)`. Throws invalid_data for what is no language. */
export function localeName(code: string): string {
  const name = nameOf(code)
  if (name === undefined) throw invalidData(`Locale with code: ${code} is not known`)
  return name
}

function nameOf(code: string): string | undefined {
  if (!/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/.test(code)) return undefined
  try {
    return names.of(code)
  } catch {
    return undefined
  }
}

const rightToLeft = new Set(['ar', 'arc', 'dv', 'fa', 'ha', 'he', 'khw', 'ks', 'ku', 'ps', 'sd', 'ug', 'ur', 'yi'])

/** In which direction a language is written. */
export function directionOf(locale: string): 'ltr' | 'rtl' {
  return rightToLeft.has(locale.split('-')[0] as string) ? 'rtl' : 'ltr'
}

/** Languages as stores usually name them, for choosing from; others are accepted by their tag. */
export const worldLocales: readonly string[] = [
  'ar-AE',
  'ar-EG',
  'ar-SA',
  'bg-BG',
  'bn-BD',
  'ca-ES',
  'cs-CZ',
  'da-DK',
  'de-AT',
  'de-CH',
  'de-DE',
  'el-GR',
  'en-AU',
  'en-CA',
  'en-GB',
  'en-IE',
  'en-IN',
  'en-NZ',
  'en-US',
  'en-ZA',
  'es-AR',
  'es-CL',
  'es-CO',
  'es-ES',
  'es-MX',
  'et-EE',
  'eu-ES',
  'fa-IR',
  'fi-FI',
  'fil-PH',
  'fr-BE',
  'fr-CA',
  'fr-CH',
  'fr-FR',
  'ga-IE',
  'gl-ES',
  'he-IL',
  'hi-IN',
  'hr-HR',
  'hu-HU',
  'id-ID',
  'is-IS',
  'it-CH',
  'it-IT',
  'ja-JP',
  'ka-GE',
  'kk-KZ',
  'ko-KR',
  'lt-LT',
  'lv-LV',
  'mk-MK',
  'ms-MY',
  'mt-MT',
  'nb-NO',
  'nl-BE',
  'nl-NL',
  'pl-PL',
  'pt-BR',
  'pt-PT',
  'ro-RO',
  'ru-RU',
  'sk-SK',
  'sl-SI',
  'sq-AL',
  'sr-RS',
  'sv-SE',
  'sw-KE',
  'ta-IN',
  'th-TH',
  'tr-TR',
  'uk-UA',
  'ur-PK',
  'uz-UZ',
  'vi-VN',
  'zh-CN',
  'zh-HK',
  'zh-TW',
]
