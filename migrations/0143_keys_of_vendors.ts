import type { Knex } from 'knex'
import { eachStore } from '../src/db/index.js'

/** Vendors manage keys of their own: what became of a key that was replaced, and the rights of vendors' owners. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.api_key add column replaced_by text collate "C",
      add constraint api_key_replaced_by foreign key (tenant_id, replaced_by)
        references app.api_key (tenant_id, id) on delete set null (replaced_by);
    create index api_key_replaced_by on app.api_key (tenant_id, replaced_by)`)
  await eachStore(
    knex,
    `update app.role set permissions = permissions || array['api_keys:read', 'api_keys:write']
       where tenant_id = store.id and name = 'vendor_owner' and not permissions @> array['api_keys:read', 'api_keys:write'];`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
