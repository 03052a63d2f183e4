import type { Knex } from 'knex'

/**
 * Runs SQL once in each store, for migrations that write rows: row-level security binds those too. The store's id is `store.id`.
 * A migration outside of a transaction may end the SQL with `commit;`, so that no store waits for another.
 */
export async function eachStore(knex: Knex, sql: string): Promise<void> {
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        ${sql}
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}
