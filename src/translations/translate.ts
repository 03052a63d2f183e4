import { type Context, type Statement, statement, tenantOf } from '../db/index.js'
import { fieldsOf, referenceOf } from './references.js'

/** The languages that answer a wish, the closest first: `de-CH`, then `de`. None for the store's own words. */
export function localesOf(locale: string | null): readonly string[] {
  if (locale === null) return []
  const [language] = locale.split('-') as [string]
  return language === locale ? [locale] : [locale, language]
}

interface Words {
  reference_id: string
  locale_code: string
  translations: Record<string, unknown>
}

function wordsStatement(tenantId: string, ids: readonly string[], locales: readonly string[]): Statement<Words> {
  return statement(
    'translations.words',
    `select t.reference_id, t.locale_code, t.translations from translation t
     where t.tenant_id = $1 and t.reference_id = any($2::text[]) and t.locale_code = any($3::text[])`,
    [tenantId, ids, locales],
  )
}

type Thing = Record<string, unknown> & { id: string }

/**
 * Puts the words of a language into an answer before it is sent: of everything in it that can be translated, at any
 * depth, by one statement. What has no translation keeps the store's own words. Changes the things given.
 */
export async function translated(context: Context, locale: string | null, answer: readonly object[]): Promise<void> {
  const locales = localesOf(locale)
  if (locales.length === 0) return
  const things = new Map<string, Thing[]>()
  collect(answer, things)
  if (things.size === 0) return
  const rows = await context.db.read(context.scope, wordsStatement(tenantOf(context), [...things.keys()], locales))
  // The closest language last, so that its words stay.
  for (const row of rows.sort((a, b) => locales.indexOf(b.locale_code) - locales.indexOf(a.locale_code))) {
    for (const thing of things.get(row.reference_id) ?? []) put(thing, row.translations)
  }
}

function put(thing: Thing, words: Record<string, unknown>): void {
  const reference = referenceOf(thing.id)
  for (const field of reference === undefined ? [] : fieldsOf(reference)) {
    const word = words[field]
    if (field in thing && typeof word === 'string' && word !== '') thing[field] = word
  }
}

function collect(value: unknown, things: Map<string, Thing[]>): void {
  if (Array.isArray(value)) {
    for (const entry of value) collect(entry, things)
    return
  }
  if (value === null || typeof value !== 'object' || value instanceof Date) return
  const thing = value as Thing
  if (typeof thing.id === 'string' && referenceOf(thing.id) !== undefined) {
    const same = things.get(thing.id)
    if (same === undefined) things.set(thing.id, [thing])
    else same.push(thing)
  }
  for (const [name, entry] of Object.entries(thing)) {
    if (name !== 'metadata' && typeof entry === 'object') collect(entry, things)
  }
}
