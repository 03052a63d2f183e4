import type { Knex } from 'knex'
import type { Unit } from './database.js'

/**
 * The change that a patch makes to `metadata`, for Knex' update: keys that are not named stay, an empty text takes a key
 * away, null takes all. Nothing where the patch does not name it.
 */
export function mergedMetadata(unit: Unit, patch: { metadata?: object | null | undefined }): { metadata?: Knex.Raw } {
  if (patch.metadata === undefined) return {}
  const given = patch.metadata === null ? null : JSON.stringify(patch.metadata)
  return { metadata: unit.knex.raw('app.merged_metadata(metadata, ?::jsonb)', [given]) }
}

type Metadata = Record<string, unknown>

/** The same in memory, for what is changed as a whole under its lock. */
export function withMetadata(known: Metadata | null, given: Metadata | null | undefined): Metadata | null {
  if (given === undefined) return known
  if (given === null) return null
  return Object.fromEntries(Object.entries({ ...known, ...given }).filter(([, value]) => value !== ''))
}
