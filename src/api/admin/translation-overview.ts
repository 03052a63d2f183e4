import { z } from 'zod'
import { readPage, type Statement, tenantOf } from '../../db/index.js'
import { oneOrMany, type Route, route } from '../../http/index.js'
import {
  fieldsOf,
  type Reference,
  references,
  type TranslatedWords,
  translatableThingsStatement,
  translatedWordsStatement,
} from '../../translations/index.js'
import { needWholeStore } from './shared.js'

// How far a store is translated: what there is to translate, and how much of it is.

const isReference = (name: string): name is Reference => references.includes(name as Reference)

function counted(expected: number, translated: number) {
  return { expected, translated, missing: Math.max(expected - translated, 0) }
}

function statisticsOf(reference: Reference, locales: readonly string[], { things, words }: TranslatedWords) {
  const expected = things * fieldsOf(reference).length
  const translated = locales.map((locale) => words[locale] ?? 0)
  const all = translated.reduce((sum, count) => sum + count, 0)
  const byLocale = locales.map((locale, index) => [locale, counted(expected, translated[index] as number)])
  return { ...counted(expected * locales.length, all), by_locale: Object.fromEntries(byLocale) }
}

const nothing = { expected: 0, translated: 0, missing: 0, by_locale: {} }

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/translations/entities',
    summary: 'List things of a kind with their words and all translations of those',
    access: 'translations:read',
    query: z.strictObject({ type: z.string().max(100), id: oneOrMany.optional() }),
    page: { limit: 20, orderable: ['id'] },
    async handle(request) {
      needWholeStore(request, 'translations:read')
      const { context, query, page } = request
      const { limit, offset } = page
      if (!isReference(query.type)) return { data: [], count: 0, offset, limit }
      const { type, id } = query
      const { rows, count } = await readPage(context, page, (part) =>
        translatableThingsStatement(tenantOf(context), type, id ?? null, part),
      )
      return { data: rows.map(({ count: _count, ...thing }) => thing), count, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/translations/statistics',
    summary: 'How much of what can be translated is',
    access: 'translations:read',
    query: z.strictObject({ locales: oneOrMany, entity_types: oneOrMany }),
    async handle(request) {
      needWholeStore(request, 'translations:read')
      const { context } = request
      const locales = [...new Set(request.query.locales)]
      const kinds = [...new Set(request.query.entity_types)]
      const known = kinds.filter(isReference)
      const statements: Statement<TranslatedWords>[] = known.map((kind) => translatedWordsStatement(tenantOf(context), kind, locales))
      const counts = known.length === 0 ? [] : await context.db.readAll(context.scope, statements)
      const found = new Map(
        known.map((kind, index) => [kind as string, statisticsOf(kind, locales, counts[index]?.[0] as TranslatedWords)]),
      )
      return { statistics: Object.fromEntries(kinds.map((kind) => [kind, found.get(kind) ?? nothing])) }
    },
  }),
]
