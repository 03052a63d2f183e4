import { type Database, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'
import { changeTranslations, type Reference } from '../../translations/index.js'
import type { TenantRow } from '../queries.js'
import { translatableThings } from './actual.js'
import type { Difference } from './compare.js'

/** A store has hundreds: one at a time, they were half of what applying the demo's stores took. */
export const translationsTogether = 200

interface Wanted {
  locale: string
  reference: Reference
  name: string
  words: Record<string, string>
  isNew: boolean
}

/** Makes up to `translationsTogether` differences between translations go away in one unit of work, all or none. */
export async function applyTranslations(db: Database, tenant: TenantRow, differences: readonly Difference[]): Promise<void> {
  const wanted = differences.map(({ key, what, value }): Wanted => {
    const [, locale, reference, name] = /^(\S+) (\S+) (.+)$/s.exec(key) as unknown as [string, string, Reference, string]
    return { locale, reference, name, words: value?.words as Record<string, string>, isNew: what === 'missing' }
  })
  await db.unitOfWork({ role: 'platform', tenantId: tenant.id }, async (unit) => {
    const ids = await idsOf(unit, wanted)
    const named = wanted.map((one, index) => ({ ...one, reference_id: ids[index] as string }))
    await changeTranslations(unit, {
      create: named
        .filter(({ isNew }) => isNew)
        .map(({ reference, reference_id, locale, words }) => ({ reference, reference_id, locale_code: locale, translations: words })),
      update: await updatesOf(
        unit,
        named.filter(({ isNew }) => !isNew),
      ),
      delete: [],
    })
  })
}

/** The ids of what is translated, in the same order. Throws for what is not there: it was removed by hand meanwhile. */
async function idsOf(unit: Unit, wanted: readonly Wanted[]): Promise<string[]> {
  const rows = await unit.run(
    statement<{ id: string | null }>(
      'platform.files.translated_things',
      `with x as materialized (${translatableThings})
       select min(x.id) as id from unnest($2::text[], $3::text[]) with ordinality as w (reference, name, position)
       left join x on x.reference = w.reference and x.name = w.name group by w.position order by w.position`,
      [tenantOf(unit), wanted.map(({ reference }) => reference), wanted.map(({ name }) => name)],
    ),
  )
  return rows.map(({ id }, index) => {
    if (id === null) throw invalidData(`There is no ${wanted[index]?.reference} named ${wanted[index]?.name}`)
    return id
  })
}

/** An empty word takes away what is translated no longer. */
async function updatesOf(unit: Unit, named: readonly (Wanted & { reference_id: string })[]) {
  const known = await unit.run(
    statement<{ id: string; reference_id: string; locale_code: string; fields: string[] }>(
      'platform.files.translations',
      `select t.id, t.reference_id, t.locale_code, array(select jsonb_object_keys(t.translations)) as fields from translation t
       where t.tenant_id = $1 and t.reference_id = any($2::text[])`,
      [tenantOf(unit), named.map(({ reference_id }) => reference_id)],
    ),
  )
  return named.map(({ reference_id, locale, words, reference, name }) => {
    const row = known.find((one) => one.reference_id === reference_id && one.locale_code === locale)
    if (row === undefined) throw invalidData(`The ${locale} words of ${reference} ${name} were removed meanwhile: apply once more`)
    return { id: row.id, translations: { ...Object.fromEntries(row.fields.map((field) => [field, ''])), ...words } }
  })
}

/** Gives a thing the words of those that it takes the place of. They keep theirs: orders go on to name them. */
export async function copyTranslations(unit: Unit, reference: Reference, from: readonly string[], to: string): Promise<void> {
  const words = await unit.run(
    statement<{ locale_code: string; translations: Record<string, string> }>(
      'platform.files.words_to_copy',
      `select distinct on (t.locale_code) t.locale_code, t.translations from translation t
       where t.tenant_id = $1 and t.reference_id = any($2::text[]) order by t.locale_code, t.reference_id desc`,
      [tenantOf(unit), from],
    ),
  )
  const create = words.map((row) => ({ reference, reference_id: to, ...row }))
  await changeTranslations(unit, { create, update: [], delete: [] })
}
