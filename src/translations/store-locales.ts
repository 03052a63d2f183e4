import { statement, tenantOf, type Unit } from '../db/index.js'
import { invalidData } from '../kernel/index.js'
import { localeName } from './locales.js'

export interface StoreLocaleInput {
  locale_code: string
  is_default?: boolean | undefined
}

/**
 * Sets the languages that the store offers: the whole set. Translations into a language that is no longer offered stay.
 * @throws invalid_data for what is no language, one named twice, or two defaults
 */
export async function replaceLocales(unit: Unit, locales: readonly StoreLocaleInput[]): Promise<void> {
  const codes = locales.map((locale) => locale.locale_code)
  for (const code of codes) localeName(code)
  const twice = codes.filter((code, index) => codes.indexOf(code) !== index)
  if (twice.length > 0) throw invalidData(`Duplicate locale codes: ${[...new Set(twice)].join(', ')}`)
  const defaults = locales.filter((locale) => locale.is_default === true)
  if (defaults.length > 1) throw invalidData('A store has at most one default locale')
  await unit.run(
    statement(
      'translations.replace_locales',
      `with gone as (delete from store_locale where tenant_id = $1 and locale_code <> all($2::text[]))
       insert into store_locale (tenant_id, locale_code, is_default)
       select $1, c, c is not distinct from $3::text from unnest($2::text[]) as c
       on conflict (tenant_id, locale_code) do update set is_default = excluded.is_default`,
      [tenantOf(unit), codes, defaults[0]?.locale_code ?? null],
    ),
  )
}
