import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** Keys and checks of tables in use are validated beside their writers, each in a transaction of its own. */
export const config = { transaction: false }

const added = {
  order_edit_exchange: [
    'order_edit',
    'foreign key (tenant_id, order_id, exchange_id) references app.order_exchange (tenant_id, order_id, id)',
  ],
  order_return_exchange: [
    'order_return',
    'foreign key (tenant_id, order_id, exchange_id) references app.order_exchange (tenant_id, order_id, id)',
  ],
  order_credit_return: [
    'order_credit',
    'foreign key (tenant_id, order_id, return_id) references app.order_return (tenant_id, order_id, id)',
  ],
  order_change_kind: [
    'order_change',
    `check (change_type in ('update_order', 'return_request', 'return_receive', 'edit', 'exchange', 'exchange_cancel'))`,
  ],
} as const

/** Goods that come back for others: a return and what is added to its order for it, as one change. */
export async function up(knex: Knex): Promise<void> {
  // A run that was broken off while it validated begins with the rest.
  if (!(await knex.schema.withSchema('app').hasTable('order_exchange'))) {
    await knex.transaction(async (transaction) => {
      await transaction.raw('alter table app.order_sequence add column next_exchange_display_id integer not null default 1')
      await exchanges(transaction)
      await transaction.raw('alter table app.order_edit add column exchange_id text collate "C"')
      await transaction.raw('alter table app.order_return add column exchange_id text collate "C"')
      await transaction.raw('alter table app.order_credit add column return_id text collate "C"')
      for (const [name, [table, text]] of Object.entries(added)) {
        await transaction.raw(`alter table app.${table} add constraint ${name} ${text} not valid`)
      }
      await transaction.raw('alter table app.order_change drop constraint order_change_type')
    })
  }
  for (const [name, [table]] of Object.entries(added)) await knex.raw(`alter table app.${table} validate constraint ${name}`)
}

async function exchanges(knex: Knex): Promise<void> {
  await tenantTable(knex, 'order_exchange', {
    columns: `
      order_id text collate "C" not null,
      display_id integer not null,
      status text not null default 'open' check (status in ('open', 'requested', 'canceled')),
      note text,
      metadata jsonb,
      created_by text,
      requested_at timestamptz(3),
      canceled_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { order_id: 'orders' },
    constraints: ['unique (tenant_id, display_id)', 'unique (tenant_id, order_id, id)'],
    vendor: 'none',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
