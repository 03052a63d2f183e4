import type { Database } from '../../db/index.js'
import { StoaError } from '../../kernel/index.js'
import { type CreatedTenant, createTenant } from '../commands/create-tenant.js'
import { retrieveTenant, type TenantRow } from '../queries.js'
import { actualItems } from './actual.js'
import { applyChange, applyPlan } from './apply-change.js'
import { applyTranslations, translationsTogether } from './apply-translations.js'
import { compareItems, type Difference, describe } from './compare.js'
import { desiredItems, firstStock, planOf } from './desired.js'
import { readTenantFiles, type TenantFiles } from './read.js'

export { type Difference, describe } from './compare.js'
export { TenantFilesError } from './read.js'

export interface TenantFilesOptions {
  db: Database
  /** Folder with a folder for each store. */
  directory: string
  /** Where pictures are served from. */
  filesDirectory: string
  /** Told of each change, for people who wait. */
  say?: (line: string) => void
}

/** Differences of one store. */
export interface TenantPlan {
  slug: string
  /** True for a store that is not there yet. */
  isNew: boolean
  differences: Difference[]
}

export interface TenantsApplied {
  plans: TenantPlan[]
  changes: number
  /** Stores that were made, with what is shown this once. */
  created: { slug: string; tenant: CreatedTenant }[]
}

async function tenantOfFiles(db: Database, files: TenantFiles): Promise<TenantRow | null> {
  try {
    return await retrieveTenant(db, files.slug)
  } catch (error) {
    if (error instanceof StoaError && error.type === 'not_found') return null
    throw error
  }
}

/**
 * Compares every store's files with the database. Changes nothing.
 * @throws TenantFilesError that names every problem of the files
 */
export async function planTenants(options: TenantFilesOptions): Promise<TenantPlan[]> {
  const plans: TenantPlan[] = []
  for (const files of readTenantFiles(options.directory)) {
    const tenant = await tenantOfFiles(options.db, files)
    const actual = tenant === null ? [] : await actualItems(options.db, tenant, options.filesDirectory)
    plans.push({ slug: files.slug, isNew: tenant === null, differences: compareItems(desiredItems(files), actual) })
  }
  return plans
}

/**
 * Makes the database as the files say. What is in the database alone is left there. Applied twice, it changes nothing
 * the second time; interrupted, it goes on where it was.
 * @throws TenantFilesError; invalid_data for what files cannot change
 */
export async function applyTenants(options: TenantFilesOptions): Promise<TenantsApplied> {
  const applied: TenantsApplied = { plans: [], changes: 0, created: [] }
  for (const files of readTenantFiles(options.directory)) {
    const desired = desiredItems(files)
    const plan = planOf(files.store)
    if (plan !== null) await applyPlan(options.db, plan.name, plan.fee)
    let tenant = await tenantOfFiles(options.db, files)
    const isNew = tenant === null
    if (tenant === null) {
      const created = await createFromFiles(options.db, files)
      applied.created.push({ slug: files.slug, tenant: created })
      tenant = await retrieveTenant(options.db, files.slug)
    }
    const differences = compareItems(desired, await actualItems(options.db, tenant, options.filesDirectory))
    const work = { db: options.db, tenant, filesDirectory: options.filesDirectory, pictures: files.pictures, stock: firstStock(files) }
    for (const together of partsOf(differences)) {
      const [first] = together
      try {
        if (first.kind === 'translation') await applyTranslations(options.db, tenant, together)
        else await applyChange(work, first)
      } catch (error) {
        const what = together.length === 1 ? `${first.kind} ${first.key}` : `one of ${together.length} translations`
        if (error instanceof StoaError) throw new StoaError(error.type, error.status, `${files.slug}, ${what}: ${error.message}`)
        throw error
      }
      applied.changes += together.length
      for (const difference of together) options.say?.(`${files.slug} ${describe(difference)}`)
    }
    applied.plans.push({ slug: files.slug, isNew, differences })
  }
  return applied
}

/** What is to be changed, each in a unit of work of its own, but translations, many in one. */
function partsOf(differences: readonly Difference[]): [Difference, ...Difference[]][] {
  const parts: [Difference, ...Difference[]][] = []
  for (const difference of differences) {
    if (difference.what === 'extra') continue
    const last = parts.at(-1)
    if (last !== undefined && last.length < translationsTogether && isTranslation(last[0]) && isTranslation(difference))
      last.push(difference)
    else parts.push([difference])
  }
  return parts
}

const isTranslation = ({ kind }: Difference) => kind === 'translation'

function createFromFiles(db: Database, files: TenantFiles): Promise<CreatedTenant> {
  const { store } = files
  return createTenant(db, {
    slug: store.slug,
    name: store.name,
    default_currency: store.default_currency,
    supported_currencies: store.currencies,
    defaults: false,
    owner: { email: store.owner_email ?? `owner@${store.slug}.example` },
    ...(store.plan === undefined ? {} : { plan: store.plan.name }),
  })
}
