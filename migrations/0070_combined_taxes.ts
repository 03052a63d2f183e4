import type { Knex } from 'knex'
import { eachStore } from '../src/db/index.js'

/**
 * A combinable rate is added to that of the region above, as in Medusa, and no longer to the default beside it. Rates that were
 * there go on taxing what they taxed: those with rules take the default beside them in, and defaults, which were never added to
 * anything, stay alone. Rates are few: looking through them all takes milliseconds.
 */
export async function up(knex: Knex): Promise<void> {
  await eachStore(
    knex,
    `
      update app.tax_rate r set rate_ppm = least(1000000, r.rate_ppm + d.rate_ppm), is_combinable = false, updated_at = now()
      from app.tax_rate d
      where r.tenant_id = store.id and r.is_combinable and not r.is_default and r.deleted_at is null
        and d.tenant_id = store.id and d.tax_region_id = r.tax_region_id and d.is_default and d.deleted_at is null;
      update app.tax_rate set is_combinable = false, updated_at = now()
      where tenant_id = store.id and is_default and is_combinable and deleted_at is null;`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
