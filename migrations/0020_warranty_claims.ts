import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** Keys and checks of tables in use are validated beside their writers, each in a transaction of its own. */
export const config = { transaction: false }

const added = {
  order_credit_exchange: [
    'order_credit',
    'foreign key (tenant_id, order_id, exchange_id) references app.order_exchange (tenant_id, order_id, id)',
  ],
  order_change_types: [
    'order_change',
    `check (change_type in ('update_order', 'return_request', 'return_receive', 'edit', 'exchange', 'exchange_cancel', 'claim', 'claim_cancel'))`,
  ],
} as const

/** Goods that were wrong, broken or missing: an exchange whose worth is that of what is claimed, whether or not it comes back. */
export async function up(knex: Knex): Promise<void> {
  // A run that was broken off while it validated begins with the rest.
  if (!(await knex.schema.withSchema('app').hasTable('order_claim_item'))) {
    await knex.transaction(async (transaction) => {
      // Columns with a constant default rewrite nothing.
      await transaction.raw(`
        alter table app.order_exchange
          add column type text not null default 'exchange' check (type in ('exchange', 'refund', 'replace'))`)
      await claimItems(transaction)
      await transaction.raw('alter table app.order_credit add column exchange_id text collate "C"')
      for (const [name, [table, text]] of Object.entries(added)) {
        await transaction.raw(`alter table app.${table} add constraint ${name} ${text} not valid`)
      }
      await transaction.raw('alter table app.order_change drop constraint order_change_kind')
    })
  }
  for (const [name, [table]] of Object.entries(added)) await knex.raw(`alter table app.${table} validate constraint ${name}`)
}

async function claimItems(knex: Knex): Promise<void> {
  await tenantTable(knex, 'order_claim_item', {
    columns: `
      exchange_id text collate "C" not null,
      order_line_item_id text collate "C" not null,
      quantity integer not null check (quantity >= 1),
      reason text not null check (reason in ('missing_item', 'wrong_item', 'production_failure', 'other')),
      note text,
      metadata jsonb,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { exchange_id: 'order_exchange', order_line_item_id: 'order_line_item' },
    constraints: ['unique (tenant_id, exchange_id, order_line_item_id)'],
    vendor: 'none',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
