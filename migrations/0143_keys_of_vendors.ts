import type { Knex } from 'knex'

/** Vendors manage keys of their own: what became of a key that was replaced, and the rights of vendors' owners. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.api_key add column replaced_by text collate "C",
      add constraint api_key_replaced_by foreign key (tenant_id, replaced_by)
        references app.api_key (tenant_id, id) on delete set null (replaced_by);
    create index api_key_replaced_by on app.api_key (tenant_id, replaced_by)`)
  await allowOwners(knex)
}

/** Roles are rows of each store. Row-level security binds migrations too, so it goes store by store. */
async function allowOwners(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        update app.role set permissions = permissions || array['api_keys:read', 'api_keys:write']
          where tenant_id = store.id and name = 'vendor_owner' and not permissions @> array['api_keys:read', 'api_keys:write'];
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
