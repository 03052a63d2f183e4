import { statement, tenantOf, type Unit } from '../db/index.js'
import { duplicate, invalidData, isDuplicate, newId, notFound } from '../kernel/index.js'
import { fieldsOf, type Reference, referenceOf } from './references.js'

export interface NewTranslation {
  reference: Reference
  reference_id: string
  locale_code: string
  translations: Record<string, string>
}

export interface TranslationPatch {
  id: string
  translations: Record<string, string>
}

export interface TranslationChanges {
  create: readonly NewTranslation[]
  update: readonly TranslationPatch[]
  delete: readonly string[]
}

/**
 * Makes, changes and removes translations, all or none. An update replaces the words that it names; an empty word takes
 * the translation away, and the store's own shows again.
 * @returns the ids of what was made
 * @throws not_found for a thing or translation that the store does not have; duplicate_error for a second translation
 * into one language; invalid_data for a text that cannot be translated
 */
export async function changeTranslations(unit: Unit, changes: TranslationChanges): Promise<string[]> {
  for (const { reference, reference_id, translations } of changes.create) {
    if (referenceOf(reference_id) !== reference) throw invalidData(`${reference_id} is not the id of a ${reference}`)
    refuseUnknownFields(reference, translations)
  }
  await refuseUnknownThings(unit, changes.create)
  await remove(unit, changes.delete)
  await update(unit, changes.update)
  return create(unit, changes.create)
}

function refuseUnknownFields(reference: Reference, translations: Record<string, string>): void {
  const unknown = Object.keys(translations).find((name) => !fieldsOf(reference).includes(name))
  if (unknown !== undefined)
    throw invalidData(`${unknown} of a ${reference} cannot be translated; what can: ${fieldsOf(reference).join(', ')}`)
}

async function refuseUnknownThings(unit: Unit, translations: readonly NewTranslation[]): Promise<void> {
  for (const reference of new Set(translations.map((translation) => translation.reference))) {
    const ids = [...new Set(translations.filter((one) => one.reference === reference).map((one) => one.reference_id))]
    const rows = await unit
      .knex(reference)
      .where({ tenant_id: tenantOf(unit) })
      .whereIn('id', ids)
      .whereNull('deleted_at')
      .select<{ id: string }[]>('id')
    const missing = ids.find((id) => !rows.some((row) => row.id === id))
    if (missing !== undefined) throw notFound(`${reference} with id: ${missing} was not found`)
  }
}

async function remove(unit: Unit, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return
  const rows = await unit.run(
    statement<{ id: string }>('translations.delete', 'delete from translation where tenant_id = $1 and id = any($2::text[]) returning id', [
      tenantOf(unit),
      ids,
    ]),
  )
  refuseMissing(ids, rows)
}

async function update(unit: Unit, patches: readonly TranslationPatch[]): Promise<void> {
  if (patches.length === 0) return
  const ids = patches.map((patch) => patch.id)
  const rows = await unit.run(
    statement<{ id: string; reference: Reference }>(
      'translations.lock',
      'select id, reference from translation where tenant_id = $1 and id = any($2::text[]) order by id for update',
      [tenantOf(unit), ids],
    ),
  )
  refuseMissing(ids, rows)
  for (const patch of patches) {
    const { reference } = rows.find((row) => row.id === patch.id) as { reference: Reference }
    refuseUnknownFields(reference, patch.translations)
  }
  await unit.run(
    statement(
      'translations.update',
      `update translation t set translations = t.translations || u.words, updated_at = now()
       from unnest($2::text[], $3::jsonb[]) as u (id, words) where t.tenant_id = $1 and t.id = u.id`,
      [tenantOf(unit), ids, patches.map((patch) => JSON.stringify(patch.translations))],
    ),
  )
}

function refuseMissing(wanted: readonly string[], rows: readonly { id: string }[]): void {
  const missing = wanted.find((id) => !rows.some((row) => row.id === id))
  if (missing !== undefined) throw notFound(`Translation with id: ${missing} was not found`)
}

async function create(unit: Unit, translations: readonly NewTranslation[]): Promise<string[]> {
  if (translations.length === 0) return []
  const ids = translations.map(() => newId('trans'))
  try {
    await unit.run(
      statement(
        'translations.create',
        `insert into translation (tenant_id, id, reference, reference_id, locale_code, translations)
         select $1, n.* from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::jsonb[]) as n`,
        [
          tenantOf(unit),
          ids,
          translations.map((one) => one.reference),
          translations.map((one) => one.reference_id),
          translations.map((one) => one.locale_code),
          translations.map((one) => JSON.stringify(one.translations)),
        ],
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw duplicate('There is a translation of this into this locale already')
    throw error
  }
  return ids
}
