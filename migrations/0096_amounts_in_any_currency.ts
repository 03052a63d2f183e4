import type { Knex } from 'knex'

/** Outside a transaction: the check is looked through without holding up writers. Everything is repeated where it was broken off. */
export const config = { transaction: false }

/** A fixed amount without a currency is taken off in every one. Rewrites nothing. */
export async function up(knex: Knex): Promise<void> {
  // The old check was never given a name.
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select conname as name from pg_constraint
     where conrelid = 'app.promotion'::regclass and contype = 'c' and pg_get_constraintdef(oid) like '%CASE method_type%'
       and conname <> 'promotion_valued'`,
  )
  for (const { name } of rows) await knex.raw('alter table app.promotion drop constraint ??', [name])
  await knex.raw(`
    alter table app.promotion drop constraint if exists promotion_valued,
      add constraint promotion_valued
      check (case method_type when 'fixed' then value_minor is not null and value_ppm is null
        else value_ppm is not null and value_minor is null end) not valid`)
  await knex.raw('alter table app.promotion validate constraint promotion_valued')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
