import type { Knex } from 'knex'
import { eachStore, planForTheLargest, tenantTable } from '../src/db/index.js'

const open = 'deleted_at is null and accepted_at is null'

/** Who asks to sell in a store, and invitations to a vendor's team beside those to the store's staff. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.invite add column vendor_id text collate "C",
      add constraint invite_vendor foreign key (tenant_id, vendor_id) references app.vendor (tenant_id, id);
    drop index app.invite_open;
    create unique index invite_open on app.invite (tenant_id, email) where ${open} and vendor_id is null;
    create unique index invite_open_of_vendors on app.invite (tenant_id, vendor_id, email) where ${open} and vendor_id is not null;
    create index invite_vendor_id on app.invite (tenant_id, vendor_id)`)
  await planForTheLargest(knex, 'invite')
  // What a person says who asks; the vendor itself is a row of its own from the start, which keeps its handle free of others.
  await tenantTable(knex, 'vendor_application', {
    columns: `
      vendor_id text collate "C" not null,
      email text collate "C" not null check (email = lower(email)),
      first_name text,
      last_name text,
      phone text,
      address jsonb,
      documents jsonb not null default '[]',
      message text,
      status text not null default 'submitted' check (status in ('submitted', 'approved', 'rejected')),
      reason text,
      decided_by text,
      decided_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { vendor_id: 'vendor' },
    indexes: [
      { columns: 'vendor_id', unique: true },
      { columns: 'email', unique: true, where: `status = 'submitted'`, name: 'vendor_application_open' },
    ],
    vendor: 'none',
  })
  await eachStore(
    knex,
    `update app.role set permissions = permissions || array['team:read', 'team:write']
       where tenant_id = store.id and name = 'vendor_owner' and not permissions @> array['team:read', 'team:write'];`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
