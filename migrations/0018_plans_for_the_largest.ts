import type { Knex } from 'knex'
import { planForTheLargest } from '../src/db/index.js'

/** Outside a transaction: each table is held for a moment only, against nothing but other changes of its shape. */
export const config = { transaction: false }

/**
 * Makes kept plans good for a store that holds most of the rows, and has statistics gathered anew, which is when it
 * takes effect. See decisions/0002.
 */
export async function up(knex: Knex): Promise<void> {
  const { rows } = (await knex.raw(`
    select c.relname as name, pg_relation_size(c.oid) > 0 as has_rows from pg_class c
    where c.relnamespace = 'app'::regnamespace and c.relkind = 'r'
      and exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id')
    order by c.relname`)) as { rows: { name: string; has_rows: boolean }[] }
  for (const { name, has_rows } of rows) {
    await planForTheLargest(knex, name)
    // Of a table that it has never looked at PostgreSQL expects some pages; of one that it found empty it expects none, and
    // keeps plans that read it from end to end while it fills.
    if (has_rows) await knex.raw(`analyze app.${name}`)
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
