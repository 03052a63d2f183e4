import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

/** Checks of a table in use are validated beside its writers, each in a transaction of its own. */
export const config = { transaction: false }

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`
const currency = `currency_code text collate "C" not null check (currency_code ~ '^[a-z]{3}$')`

/** Money that the store owes to whoever holds a gift card or an account, and what orders were paid with it. */
export async function up(knex: Knex): Promise<void> {
  // A run that was broken off while it validated begins with the rest.
  if (!(await knex.schema.withSchema('app').hasTable('gift_card'))) {
    await knex.transaction(async (transaction) => {
      await accounts(transaction)
      await giftCards(transaction)
      await orders(transaction)
      // Columns with a constant default rewrite nothing.
      await transaction.raw(`alter table app.cart add column credits jsonb not null default '[]'`)
      await allowStaff(transaction)
    })
  }
  await knex.raw('alter table app.orders validate constraint orders_credit')
}

async function accounts(knex: Knex): Promise<void> {
  // Its balance is counted in its row: whoever takes of it holds the row's lock. The last line behind the code is its check.
  await tenantTable(knex, 'store_credit_account', {
    columns: `
      customer_id text collate "C",
      ${currency},
      balance_minor bigint not null default 0 check (balance_minor between 0 and 999999999999999),
      metadata jsonb,${dates}`,
    references: { customer_id: 'customer' },
    indexes: [
      { columns: 'customer_id, currency_code', unique: true, where: 'customer_id is not null', name: 'store_credit_account_owner' },
    ],
    vendor: 'none',
  })
  await tenantTable(knex, 'store_credit_transaction', {
    columns: `
      account_id text collate "C" not null,
      type text not null check (type in ('credit', 'debit')),
      amount_minor bigint not null check (amount_minor > 0),
      ${currency},
      reference text collate "C" not null,
      reference_id text collate "C",
      note text,
      created_by text,
      created_at timestamptz(3) not null default now()`,
    references: { account_id: 'store_credit_account' },
    indexes: [
      { columns: 'reference_id, reference, account_id, type', unique: true, where: `reference = 'checkout'`, name: 'store_credit_once' },
    ],
    vendor: 'none',
    appendOnly: true,
  })
}

async function giftCards(knex: Knex): Promise<void> {
  await tenantTable(knex, 'gift_card', {
    columns: `
      account_id text collate "C" not null,
      code_hash text collate "C" not null,
      code_sealed text not null,
      last_characters text not null,
      value_minor bigint not null check (value_minor > 0),
      voided_minor bigint not null default 0 check (voided_minor between 0 and value_minor),
      ${currency},
      expires_at timestamptz(3),
      canceled_at timestamptz(3),
      customer_id text collate "C",
      order_id text collate "C",
      order_line_item_id text collate "C",
      piece integer check (piece >= 1),
      note text,
      metadata jsonb,
      created_by text,${dates},
      check ((order_id is null) = (order_line_item_id is null) and (order_id is null) = (piece is null))`,
    references: { account_id: 'store_credit_account', customer_id: 'customer', order_id: 'orders', order_line_item_id: 'order_line_item' },
    indexes: [
      { columns: 'code_hash', unique: true, name: 'gift_card_code' },
      { columns: 'account_id', unique: true, name: 'gift_card_account' },
      { columns: 'order_line_item_id, piece', unique: true, where: 'order_line_item_id is not null', name: 'gift_card_piece' },
    ],
    vendor: 'none',
  })
}

async function orders(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table app.orders
      add column credit_minor bigint not null default 0,
      add column credit_returned_minor bigint not null default 0,
      add constraint orders_credit check (credit_minor >= 0 and credit_minor <= total_minor and credit_returned_minor >= 0) not valid`)
  await tenantTable(knex, 'order_credit_line', {
    columns: `
      order_id text collate "C" not null,
      account_id text collate "C" not null,
      gift_card_id text collate "C",
      amount_minor bigint not null check (amount_minor > 0),
      returned_minor bigint not null default 0 check (returned_minor between 0 and amount_minor),${dates}`,
    references: { order_id: 'orders', account_id: 'store_credit_account', gift_card_id: 'gift_card' },
    vendor: 'none',
  })
}

const list = (values: readonly string[]) => `array[${values.map((value) => `'${value}'`).join(', ')}]`
const reads = ['gift_cards:read', 'store_credit:read']
const all = [...reads, 'gift_cards:write', 'store_credit:write']
const grantedTo = { store_owner: all, store_manager: all, store_support: reads }

/** Roles and keys are rows of each store. Row-level security binds migrations too, so it goes store by store. */
async function allowStaff(knex: Knex): Promise<void> {
  const roles = Object.entries(grantedTo).map(
    ([name, permissions]) => `
        update app.role set permissions = permissions || ${list(permissions)}
          where tenant_id = store.id and name = '${name}' and not permissions @> ${list(permissions)};`,
  )
  await knex.raw(`
    do $$
    declare
      store record;
    begin
      for store in select id from platform.tenant loop
        perform set_config('app.tenant_id', store.id::text, true);
        update app.api_key k set permissions = k.permissions || ${list(all)}
          where k.tenant_id = store.id and k.type = 'secret' and k.permissions @> (
            select r.permissions from app.role r where r.tenant_id = store.id and r.name = 'store_owner');
        ${roles.join('')}
      end loop;
      perform set_config('app.tenant_id', '', true);
    end $$`)
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
