import { z } from 'zod'
import { wordPatterns, tenantOf } from '../../db/index.js'
import { booleanText, type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { limits, notFound } from '../../kernel/index.js'
import {
  changeTranslations,
  fieldsOf,
  isLocale,
  listTranslationsStatement,
  localeName,
  references,
  worldLocales,
} from '../../translations/index.js'
import { deleted, id, ids, needWholeStore, q, reading, write } from './shared.js'

const fields: FieldsPolicy = {
  defaults: ['id', 'reference', 'reference_id', 'locale_code', 'translations', 'created_at', 'updated_at', 'deleted_at'],
}
const localeFields: FieldsPolicy = { defaults: ['code', 'name'] }
const reference = z.enum(references)
export const localeCode = z.string().max(40).refine(isLocale, 'is no language tag')
const words = z
  .record(z.string().max(50), z.string().max(limits.text_characters))
  .refine((value) => Object.keys(value).length <= 10, 'holds too many texts')

const translations = reading({
  path: '/admin/translations',
  singular: 'translation',
  plural: 'translations',
  label: 'Translation',
  access: 'translations:read',
  query: z.strictObject({
    id: ids,
    q,
    reference: oneOrMany.optional(),
    reference_id: oneOrMany.optional(),
    locale_code: oneOrMany.optional(),
  }),
  fields,
  limit: 20,
  load(request, query, page) {
    const filter = {
      id: query.id ?? null,
      q: wordPatterns(query.q),
      reference: query.reference ?? null,
      reference_id: query.reference_id ?? null,
      locale_code: query.locale_code ?? null,
    }
    return request.context.db.read(request.context.scope, listTranslationsStatement(tenantOf(request.context), filter, page))
  },
})

const most = 250

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/translations/settings',
    summary: 'What can be translated',
    access: 'translations:read',
    query: z.strictObject({ entity_type: reference.optional(), is_active: booleanText.optional() }),
    async handle({ query }) {
      // All kinds of things can be translated, always.
      if (query.is_active === false) return { translation_settings: {} }
      const shown = query.entity_type === undefined ? references : [query.entity_type]
      const settings = shown.map((name) => [name, { id: name, fields: fieldsOf(name), is_active: true, inactive_fields: [] }])
      return { translation_settings: Object.fromEntries(settings) }
    },
  }),
  ...translations.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/translations/batch',
    summary: 'Create, change and delete translations, all or none',
    access: 'translations:write',
    body: z.strictObject({
      create: z
        .array(z.strictObject({ reference, reference_id: id, locale_code: localeCode, translations: words }))
        .max(most)
        .default([]),
      update: z
        .array(
          z.strictObject({
            id,
            reference: reference.optional(),
            reference_id: id.optional(),
            locale_code: localeCode.optional(),
            translations: words.optional(),
          }),
        )
        .max(most)
        .default([]),
      delete: z.array(id).max(most).default([]),
    }),
    ids: { reference_id: 'product', update: 'translation', delete: 'translation' },
    async handle(request) {
      needWholeStore(request, 'translations:write')
      const { context, body } = request
      const created = await write(request, (unit) => changeTranslations(unit, body))
      const updated = body.update.map((one) => one.id)
      const page = { limit: created.length + updated.length, offset: 0, order: { field: 'id', descending: false } }
      const filter = { id: [...created, ...updated], q: null, reference: null, reference_id: null, locale_code: null }
      const rows = await context.db.read(context.scope, listTranslationsStatement(tenantOf(context), filter, page))
      const shown = (wanted: readonly string[]) => rows.filter((row) => wanted.includes(row.id)).map(({ count: _count, ...row }) => row)
      const gone = { ids: body.delete, object: 'translation', deleted: true }
      return { created: shown(created), updated: shown(updated), deleted: gone }
    },
  }),
  route({
    surface: 'admin',
    method: 'DELETE',
    path: '/admin/translations/:id',
    summary: 'Delete a translation',
    access: 'translations:write',
    ids: { id: 'translation' },
    async handle(request) {
      needWholeStore(request, 'translations:write')
      const gone = request.params.id as string
      await write(request, (unit) => changeTranslations(unit, { create: [], update: [], delete: [gone] }))
      return deleted('translation', gone)
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/locales',
    summary: 'List languages to choose from',
    access: 'settings:read',
    query: z.strictObject({ q, code: oneOrMany.optional() }),
    fields: localeFields,
    page: { limit: 200, orderable: ['code'] },
    async handle({ query, page, fields: tree }) {
      const wanted = query.q?.toLowerCase()
      const found = worldLocales
        .filter((code) => query.code?.includes(code) ?? true)
        .map((code) => ({ code, name: localeName(code) }))
        .filter(({ code, name }) => wanted === undefined || `${code} ${name}`.toLowerCase().includes(wanted))
      if (page.order.descending) found.reverse()
      const { limit, offset } = page
      return { locales: found.slice(offset, offset + limit).map((locale) => tree.project(locale)), count: found.length, offset, limit }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/locales/:code',
    summary: 'A language',
    access: 'settings:read',
    fields: localeFields,
    ids: { code: 'locale' },
    async handle({ params, fields: tree }) {
      const code = params.code as string
      if (!isLocale(code)) throw notFound(`Locale with code: ${code} was not found`)
      return { locale: tree.project({ code, name: localeName(code) }) }
    },
  }),
]
