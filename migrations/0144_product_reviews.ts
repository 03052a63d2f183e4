import type { Knex } from 'knex'
import { eachStore, tenantTable } from '../src/db/index.js'

/** What a store has said of the products that its vendors proposed to it, and whether it looks at each before it is sold. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table app.store add column product_moderation boolean not null default false')
  await tenantTable(knex, 'product_review', {
    columns: `
      vendor_id text collate "C" not null,
      product_id text collate "C" not null,
      status text not null default 'open' check (status in ('open', 'approved', 'rejected', 'changes_requested', 'withdrawn')),
      message text,
      decided_by text,
      decided_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { vendor_id: 'vendor' },
    constraints: [
      'foreign key (tenant_id, vendor_id, product_id) references app.product (tenant_id, vendor_id, id) on delete cascade',
      `check ((status = 'open') = (decided_at is null))`,
    ],
    indexes: [
      { columns: 'product_id, id' },
      { columns: 'product_id', unique: true, where: `status = 'open'`, name: 'product_review_open' },
    ],
    vendor: 'own-read',
  })
  // A vendor proposes, and takes that back; no words of it and no decider are a vendor's to write.
  await knex.raw(`
    grant insert (tenant_id, id, vendor_id, product_id) on app.product_review to app_vendor;
    grant update (status, decided_at, updated_at) on app.product_review to app_vendor`)
  // What is proposed already waits for an answer, too.
  await eachStore(
    knex,
    `insert into app.product_review (tenant_id, id, vendor_id, product_id, created_at)
       select p.tenant_id, 'prorev_' || right(p.id, 26), p.vendor_id, p.id, p.updated_at
       from app.product p where p.tenant_id = store.id and p.status = 'proposed' and p.deleted_at is null;`,
  )
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
