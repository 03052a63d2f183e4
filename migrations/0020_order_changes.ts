import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** Checks of a table in use are validated beside its writers, each in a transaction of its own. */
export const config = { transaction: false }

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** Checks by their name, where they are, and what the ones that give way have in their text. */
const replaced = [
  {
    table: 'order_line_item',
    name: 'order_line_item_pieces',
    // A line whose pieces were all taken out of its order stays: commissions, credits and the books refer to it.
    check: 'quantity between 0 and 1000000',
    givesWay: '((quantity >= 1) AND (quantity <= 1000000))',
  },
  {
    table: 'order_change',
    name: 'order_change_type',
    check: `change_type in ('update_order', 'return_request', 'return_receive', 'edit')`,
    givesWay: 'change_type = ANY',
  },
]

/** What is planned to be changed of an order's lines and shipping, before it is. */
export async function up(knex: Knex): Promise<void> {
  // A run that was broken off while it validated begins with the rest.
  if (!(await knex.schema.withSchema('app').hasTable('order_edit'))) {
    await knex.transaction(async (transaction) => {
      await edits(transaction)
      // Columns with a constant default rewrite nothing.
      await transaction.raw(`
        alter table app.order_line_item
          add column commission_returned_minor bigint not null default 0 check (commission_returned_minor >= 0)`)
      for (const { table, name, check, givesWay } of replaced) {
        await dropCheck(transaction, table, givesWay)
        await transaction.raw(`alter table app.${table} add constraint ${name} check (${check}) not valid`)
      }
    })
  }
  for (const { table, name } of replaced) await knex.raw(`alter table app.${table} validate constraint ${name}`)
}

async function edits(knex: Knex): Promise<void> {
  await tenantTable(knex, 'order_edit', {
    columns: `
      order_id text collate "C" not null,
      status text not null default 'pending' check (status in ('pending', 'requested', 'confirmed', 'canceled')),
      description text,
      internal_note text,
      metadata jsonb,
      created_by text,
      requested_by text,
      requested_at timestamptz(3),
      confirmed_by text,
      confirmed_at timestamptz(3),
      canceled_by text,
      canceled_at timestamptz(3),${dates}`,
    references: { order_id: 'orders' },
    indexes: [
      { columns: 'order_id, id' },
      // Two who begin at once: one of them is told that there is one.
      { columns: 'order_id', unique: true, where: `status in ('pending', 'requested')`, name: 'order_edit_open' },
    ],
    vendor: 'none',
  })
  // What is added is kept as it would be sold, price and taxes included: what was shown to the shopper is what is confirmed.
  await tenantTable(knex, 'order_edit_action', {
    columns: `
      order_edit_id text collate "C" not null,
      action text not null check (action in ('ITEM_ADD', 'ITEM_UPDATE', 'SHIPPING_ADD')),
      order_line_item_id text collate "C",
      quantity integer not null check (quantity between 0 and 1000000),
      added jsonb,
      allow_backorder boolean not null default false,
      internal_note text,${dates},
      check ((action = 'ITEM_UPDATE') = (order_line_item_id is not null)),
      check (action = 'ITEM_UPDATE' or added is not null)`,
    references: { order_edit_id: 'order_edit', order_line_item_id: 'order_line_item' },
    indexes: [
      {
        columns: 'order_edit_id, order_line_item_id',
        unique: true,
        where: 'order_line_item_id is not null',
        name: 'order_edit_action_line',
      },
    ],
    vendor: 'none',
  })
}

async function dropCheck(knex: Knex, table: string, text: string): Promise<void> {
  const { rows } = await knex.raw<{ rows: { name: string }[] }>(
    `select conname as name from pg_constraint
     where conrelid = ?::regclass and contype = 'c' and strpos(pg_get_constraintdef(oid), ?) > 0`,
    [`app.${table}`, text],
  )
  if (rows.length !== 1) throw new Error(`app.${table} has ${rows.length} checks of ${text}, and should have one`)
  await knex.raw(`alter table app.${table} drop constraint ${rows[0]?.name}`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
