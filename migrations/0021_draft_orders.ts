import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** What a store's staff put together for a customer, to be sold later: a cart with an order's id set aside. */
export async function up(knex: Knex): Promise<void> {
  await tenantTable(knex, 'draft_order', {
    columns: `
      cart_id text collate "C" not null,
      display_id integer not null,
      no_notification boolean not null default false,
      edit jsonb,
      created_by text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { cart_id: 'cart on delete cascade' },
    constraints: ['unique (tenant_id, display_id)'],
    indexes: [{ columns: 'cart_id', unique: true }],
    vendor: 'none',
  })
  // Columns with a constant default rewrite nothing.
  await knex.raw(`
    alter table app.order_sequence add column next_draft_display_id integer not null default 1;
    alter table app.cart_line_item add column is_custom_item boolean not null default false;
    alter table app.cart_shipping_method add column is_custom_amount boolean not null default false`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
