import { hasWords, type ListPage, orderBy, type Statement, statement } from '../db/index.js'

export interface StoreLocale {
  locale_code: string
  is_default: boolean
  created_at: Date
}

/** The languages that a store offers. */
export function storeLocalesStatement(tenantId: string): Statement<StoreLocale> {
  return statement(
    'translations.store_locales',
    'select l.locale_code, l.is_default, l.created_at from store_locale l where l.tenant_id = $1 order by l.locale_code',
    [tenantId],
  )
}

export interface Translation {
  id: string
  reference: string
  reference_id: string
  locale_code: string
  translations: Record<string, string>
  created_at: Date
  updated_at: Date
  deleted_at: null
  count: number
}

export interface TranslationFilter {
  id: string[] | null
  /** Words, as `wordPatterns` makes them, of what is translated. */
  q: readonly string[] | null
  reference: string[] | null
  reference_id: string[] | null
  locale_code: string[] | null
}

export function listTranslationsStatement(tenantId: string, filter: TranslationFilter, page: ListPage): Statement<Translation> {
  const order = orderBy('t', page.order)
  return statement(
    `translations.list.${order.name}`,
    `select t.id, t.reference, t.reference_id, t.locale_code, t.translations, t.created_at, t.updated_at, null as deleted_at,
            count(*) over ()::int as count
     from translation t
     where t.tenant_id = $1 and ($2::text[] is null or t.id = any($2)) and ${hasWords('$3', 't.translations::text')}
       and ($4::text[] is null or t.reference = any($4)) and ($5::text[] is null or t.reference_id = any($5))
       and ($6::text[] is null or t.locale_code = any($6))
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.q, filter.reference, filter.reference_id, filter.locale_code, page.limit, page.offset],
  )
}
