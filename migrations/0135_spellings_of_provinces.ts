import type { Knex } from 'knex'
import { provinceSpellings } from '../src/regions/index.js'

interface Province {
  country_code: string
  province_code: string
}

/**
 * Tax regions and geo zones keep how their province may be written: addresses say `NY`, `US-NY` or `New York`. Row-level security
 * binds migrations too: what changes rows goes store by store.
 */
export async function up(knex: Knex): Promise<void> {
  for (const table of ['tax_region', 'geo_zone']) {
    await knex.raw(`alter table app.${table} add column province_spellings text[] not null default '{}'`)
  }
  const { rows: stores } = await knex.raw<{ rows: { id: string }[] }>('select id from platform.tenant')
  for (const { id } of stores) {
    await knex.raw(`select set_config('app.tenant_id', ?, true)`, [id])
    for (const table of ['tax_region', 'geo_zone']) await spellProvinces(knex, table, id)
  }
  await knex.raw(`select set_config('app.tenant_id', '', true)`)
}

async function spellProvinces(knex: Knex, table: string, tenantId: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: Province[] }>(
    `select distinct country_code, province_code from app.${table}
     where tenant_id = ? and province_code is not null ${table === 'tax_region' ? 'and deleted_at is null' : ''}`,
    [tenantId],
  )
  const spelt = await Promise.all(
    rows.map(async (row) => ({ ...row, spellings: await provinceSpellings(row.country_code, row.province_code) })),
  )
  for (const one of spelt) {
    const { country_code, province_code, spellings } = one
    if (table === 'tax_region' && spelt.some((other) => other !== one && isSameProvince(one, other))) continue
    await knex.raw(`update app.${table} set province_spellings = ? where tenant_id = ? and country_code = ? and province_code = ?`, [
      spellings,
      tenantId,
      country_code,
      province_code,
    ])
  }
}

type Spelt = Province & { spellings: string[] }

/** A store may tax a province twice, as `us-ny` and as `ny`, since only one of them was ever found: it goes on being that one. */
const isSameProvince = (one: Spelt, other: Spelt) =>
  one.country_code === other.country_code && one.spellings.some((spelling) => other.spellings.includes(spelling))

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
