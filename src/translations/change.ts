import { statement, tenantOf, type Unit } from '../db/index.js'
import { alreadyExists, invalidData, isDuplicate, newId, notFound } from '../kernel/index.js'
import { fieldsOf, type Reference, referenceOf } from './references.js'

export interface NewTranslation {
  reference: Reference
  reference_id: string
  locale_code: string
  translations: Record<string, string>
}

/** A change: what is named is set. */
export interface TranslationPatch {
  id: string
  reference?: Reference | undefined
  reference_id?: string | undefined
  locale_code?: string | undefined
  translations?: Record<string, string> | undefined
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
 * @throws not_found for a thing or translation that the store does not have; invalid_data for a second translation
 * into one language, and for a text that cannot be translated
 */
export async function changeTranslations(unit: Unit, changes: TranslationChanges): Promise<string[]> {
  refuseForeignFields(changes.create)
  await refuseUnknownThings(unit, changes.create)
  await remove(unit, changes.delete)
  await update(unit, changes.update)
  return create(unit, changes.create)
}

function refuseForeignFields(translations: readonly Omit<NewTranslation, 'locale_code'>[]): void {
  for (const { reference, reference_id, translations: words } of translations) {
    if (referenceOf(reference_id) !== reference) throw invalidData(`${reference_id} is not the id of a ${reference}`)
    refuseUnknownFields(reference, words)
  }
}

function refuseUnknownFields(reference: Reference, translations: Record<string, string>): void {
  const unknown = Object.keys(translations).find((name) => !fieldsOf(reference).includes(name))
  if (unknown !== undefined)
    throw invalidData(`${unknown} of a ${reference} cannot be translated; what can: ${fieldsOf(reference).join(', ')}`)
}

async function refuseUnknownThings(unit: Unit, translations: readonly Pick<NewTranslation, 'reference' | 'reference_id'>[]): Promise<void> {
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
    statement<{ id: string; reference: Reference; reference_id: string; locale_code: string }>(
      'translations.lock',
      'select id, reference, reference_id, locale_code from translation where tenant_id = $1 and id = any($2::text[]) order by id for update',
      [tenantOf(unit), ids],
    ),
  )
  refuseMissing(ids, rows)
  const after = patches.map((patch) => {
    const known = rows.find((row) => row.id === patch.id) as (typeof rows)[number]
    const { reference = known.reference, reference_id = known.reference_id, locale_code = known.locale_code, translations = {} } = patch
    return { known, reference, reference_id, locale_code, translations }
  })
  const isOther = ({ known, reference, reference_id }: (typeof after)[number]) =>
    reference !== known.reference || reference_id !== known.reference_id
  refuseForeignFields(after)
  await refuseUnknownThings(unit, after.filter(isOther))
  const moved = after.filter((one) => isOther(one) || one.locale_code !== one.known.locale_code)
  await refusingTaken(unit, moved, () =>
    unit.run(
      statement(
        'translations.update',
        `update translation t set translations = t.translations || u.words, reference = u.reference, reference_id = u.reference_id,
           locale_code = u.locale_code, updated_at = now()
         from unnest($2::text[], $3::jsonb[], $4::text[], $5::text[], $6::text[]) as u (id, words, reference, reference_id, locale_code)
         where t.tenant_id = $1 and t.id = u.id`,
        [
          tenantOf(unit),
          ids,
          after.map((one) => JSON.stringify(one.translations)),
          after.map((one) => one.reference),
          after.map((one) => one.reference_id),
          after.map((one) => one.locale_code),
        ],
      ),
    ),
  )
}

type Place = Pick<NewTranslation, 'reference_id' | 'locale_code'>

/** Throws invalid_data for places that have a translation, before they are written to, and where another was faster. */
async function refusingTaken(unit: Unit, places: readonly Place[], write: () => Promise<unknown>): Promise<void> {
  const taken = ({ reference_id, locale_code }: Place) =>
    alreadyExists(`Translation with reference_id: ${reference_id}, locale_code: ${locale_code}, already exists.`)
  if (places.length > 0) {
    const isSame = (one: Place, other: Place) => one.reference_id === other.reference_id && one.locale_code === other.locale_code
    const twice = places.find((place, index) => places.findIndex((other) => isSame(place, other)) !== index)
    const [known = twice] = await unit.run(
      statement<Place>(
        'translations.taken',
        `select t.reference_id, t.locale_code from translation t join unnest($2::text[], $3::text[]) as w (reference_id, locale_code)
           on w.reference_id = t.reference_id and w.locale_code = t.locale_code
         where t.tenant_id = $1 limit 1`,
        [tenantOf(unit), places.map((place) => place.reference_id), places.map((place) => place.locale_code)],
      ),
    )
    if (known !== undefined) throw taken(known)
  }
  try {
    await write()
  } catch (error) {
    throw isDuplicate(error) && places[0] !== undefined ? taken(places[0]) : error
  }
}

function refuseMissing(wanted: readonly string[], rows: readonly { id: string }[]): void {
  const missing = wanted.find((id) => !rows.some((row) => row.id === id))
  if (missing !== undefined) throw notFound(`Translation with id: ${missing} was not found`)
}

async function create(unit: Unit, translations: readonly NewTranslation[]): Promise<string[]> {
  if (translations.length === 0) return []
  const ids = translations.map(() => newId('trans'))
  await refusingTaken(unit, translations, () =>
    unit.run(
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
    ),
  )
  return ids
}
