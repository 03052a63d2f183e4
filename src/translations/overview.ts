import { type ListPage, type Statement, statement } from '../db/index.js'
import { fieldsOf, type Reference } from './references.js'

/** Something that can be translated: its words in the store's own language, and all that they were translated into. */
export interface TranslatableThing {
  id: string
  translations: object[]
  count: number
}

/** A page of things of one kind, whether they are translated or not. */
export function translatableThingsStatement(
  tenantId: string,
  reference: Reference,
  ids: readonly string[] | null,
  page: Pick<ListPage, 'limit' | 'offset'>,
): Statement<TranslatableThing> {
  const words = fieldsOf(reference).map((field) => `x.${field}`)
  return statement(
    `translations.things.${reference}`,
    `select x.id, ${words.join(', ')}, count(*) over ()::int as count,
            coalesce((select json_agg(json_build_object('id', t.id, 'reference', t.reference, 'reference_id', t.reference_id,
                'locale_code', t.locale_code, 'translations', t.translations, 'created_at', t.created_at, 'updated_at', t.updated_at)
                order by t.locale_code)
              from translation t where t.tenant_id = $1 and t.reference_id = x.id), '[]') as translations
     from ${reference} x where x.tenant_id = $1 and x.deleted_at is null and ($2::text[] is null or x.id = any($2))
     order by x.id limit $3 offset $4`,
    [tenantId, ids, page.limit, page.offset],
  )
}

/** How many things there are of a kind, and how many of their words there are in each of some languages. */
export interface TranslatedWords {
  things: number
  words: Record<string, number>
}

export function translatedWordsStatement(tenantId: string, reference: Reference, locales: readonly string[]): Statement<TranslatedWords> {
  return statement(
    `translations.translated.${reference}`,
    `select (select count(*) from ${reference} x where x.tenant_id = $1 and x.deleted_at is null)::int as things,
            coalesce((select json_object_agg(c.locale_code, c.words) from (
              select t.locale_code, sum((select count(*) from jsonb_each_text(t.translations) w where w.key = any($3) and w.value <> ''))::int as words
              from translation t join ${reference} x on x.tenant_id = t.tenant_id and x.id = t.reference_id and x.deleted_at is null
              where t.tenant_id = $1 and t.reference = $4 and t.locale_code = any($2) group by t.locale_code) c), '{}') as words`,
    [tenantId, locales, fieldsOf(reference), reference],
  )
}
