import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`
const vendorColumn = 'vendor_id text collate "C" not null'

/** What was bought, who is owed what for it, and the books. */
export async function up(knex: Knex): Promise<void> {
  await orders(knex)
  await fulfillments(knex)
  await commissions(knex)
  await ledger(knex)
}

async function orders(knex: Knex): Promise<void> {
  await tenantTable(knex, 'orders', {
    columns: `
      display_id integer not null,
      cart_id text collate "C" not null,
      status text not null default 'pending' check (status in
        ('pending', 'completed', 'draft', 'archived', 'canceled', 'requires_action')),
      region_id text collate "C" not null,
      customer_id text collate "C",
      sales_channel_id text collate "C" not null,
      email text,
      currency_code text collate "C" not null,
      locale text,
      version integer not null default 1,
      shipping_address jsonb,
      billing_address jsonb,
      total_minor bigint not null check (total_minor >= 0),
      tax_total_minor bigint not null check (tax_total_minor >= 0),
      metadata jsonb,
      canceled_at timestamptz(3),${dates}`,
    references: { region_id: 'region', customer_id: 'customer', sales_channel_id: 'sales_channel', cart_id: 'cart' },
    constraints: ['unique (tenant_id, display_id)', 'unique (tenant_id, cart_id)'],
    vendor: 'none',
  })
  await knex.raw(`
    alter table app.payment_collection
      add foreign key (tenant_id, order_id) references app.orders (tenant_id, id)`)
  // The vendor's part carries what the vendor needs to fulfil it: a vendor has no access to the parent order.
  await tenantTable(knex, 'vendor_order', {
    columns: `
      order_id text collate "C" not null,
      ${vendorColumn},
      display_id text not null,
      status text not null default 'pending' check (status in ('pending', 'completed', 'canceled')),
      email text,
      region_id text collate "C" not null,
      currency_code text collate "C" not null,
      shipping_address jsonb,
      item_total_minor bigint not null check (item_total_minor >= 0),
      shipping_total_minor bigint not null check (shipping_total_minor >= 0),
      tax_total_minor bigint not null check (tax_total_minor >= 0),
      total_minor bigint not null check (total_minor >= 0),
      commission_minor bigint not null check (commission_minor >= 0),
      vendor_amount_minor bigint not null,
      paid_at timestamptz(3),
      canceled_at timestamptz(3),${dates},
      check (total_minor = item_total_minor + shipping_total_minor),
      check (vendor_amount_minor = total_minor - tax_total_minor - commission_minor)`,
    references: { order_id: 'orders', vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, order_id, vendor_id)', 'unique (tenant_id, vendor_id, id)'],
    indexes: [{ columns: 'vendor_id, created_at, id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'order_line_item', {
    columns: `
      order_id text collate "C" not null,
      vendor_order_id text collate "C" not null,
      ${vendorColumn},
      product_id text collate "C",
      variant_id text collate "C",
      quantity integer not null check (quantity between 1 and 1000000),
      unit_price_minor bigint not null check (unit_price_minor >= 0),
      compare_at_unit_price_minor bigint,
      is_tax_inclusive boolean not null,
      is_custom_price boolean not null default false,
      is_discountable boolean not null default true,
      is_giftcard boolean not null default false,
      requires_shipping boolean not null default true,
      title text not null,
      subtitle text,
      thumbnail text,
      snapshot jsonb not null default '{}',
      tax_lines jsonb not null default '[]',
      adjustments jsonb not null default '[]',
      subtotal_minor bigint not null check (subtotal_minor >= 0),
      tax_minor bigint not null check (tax_minor >= 0),
      total_minor bigint not null check (total_minor = subtotal_minor + tax_minor),
      fulfilled_quantity integer not null default 0 check (fulfilled_quantity between 0 and quantity),
      shipped_quantity integer not null default 0 check (shipped_quantity between 0 and fulfilled_quantity),
      delivered_quantity integer not null default 0 check (delivered_quantity between 0 and shipped_quantity),
      metadata jsonb,${dates}`,
    references: { order_id: 'orders' },
    constraints: [
      'unique (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, vendor_order_id) references app.vendor_order (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'vendor_order_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'order_shipping_method', {
    columns: `
      order_id text collate "C" not null,
      vendor_order_id text collate "C" not null,
      ${vendorColumn},
      shipping_option_id text collate "C",
      name text not null,
      description text,
      amount_minor bigint not null check (amount_minor >= 0),
      is_tax_inclusive boolean not null,
      data jsonb,
      tax_lines jsonb not null default '[]',
      adjustments jsonb not null default '[]',
      subtotal_minor bigint not null check (subtotal_minor >= 0),
      tax_minor bigint not null check (tax_minor >= 0),
      total_minor bigint not null check (total_minor = subtotal_minor + tax_minor),
      metadata jsonb,${dates}`,
    references: { order_id: 'orders' },
    constraints: ['foreign key (tenant_id, vendor_id, vendor_order_id) references app.vendor_order (tenant_id, vendor_id, id)'],
    indexes: [{ columns: 'vendor_order_id' }],
    vendor: 'own-read',
  })
  // A vendor records what it sent. What was sold, to whom and for how much is not the vendor's to change.
  await knex.raw('revoke insert, update, delete on app.vendor_order, app.order_line_item from app_vendor')
  await knex.raw('grant update (status, canceled_at, updated_at) on app.vendor_order to app_vendor')
  await knex.raw('grant update (fulfilled_quantity, shipped_quantity, delivered_quantity, updated_at) on app.order_line_item to app_vendor')
}

async function fulfillments(knex: Knex): Promise<void> {
  await tenantTable(knex, 'fulfillment', {
    columns: `
      vendor_order_id text collate "C" not null,
      order_id text collate "C" not null,
      ${vendorColumn},
      location_id text collate "C",
      provider_id text not null default 'manual_manual',
      shipping_option_id text collate "C",
      requires_shipping boolean not null default true,
      packed_at timestamptz(3),
      shipped_at timestamptz(3),
      delivered_at timestamptz(3),
      canceled_at timestamptz(3),
      data jsonb,
      metadata jsonb,
      created_by text,
      marked_shipped_by text,${dates}`,
    references: { order_id: 'orders' },
    constraints: [
      'unique (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, vendor_order_id) references app.vendor_order (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, location_id) references app.stock_location (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'vendor_order_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'fulfillment_item', {
    columns: `
      fulfillment_id text collate "C" not null,
      order_line_item_id text collate "C" not null,
      ${vendorColumn},
      title text not null,
      sku text,
      quantity integer not null check (quantity >= 1),
      created_at timestamptz(3) not null default now()`,
    constraints: [
      'foreign key (tenant_id, vendor_id, fulfillment_id) references app.fulfillment (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, order_line_item_id) references app.order_line_item (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'fulfillment_id' }, { columns: 'order_line_item_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'fulfillment_label', {
    columns: `
      fulfillment_id text collate "C" not null,
      ${vendorColumn},
      tracking_number text not null,
      tracking_url text,
      label_url text,
      created_at timestamptz(3) not null default now()`,
    constraints: ['foreign key (tenant_id, vendor_id, fulfillment_id) references app.fulfillment (tenant_id, vendor_id, id)'],
    indexes: [{ columns: 'fulfillment_id' }],
    vendor: 'own',
  })
}

async function commissions(knex: Knex): Promise<void> {
  await tenantTable(knex, 'commission_rule', {
    columns: `
      name text not null,
      vendor_id text collate "C",
      product_type_id text collate "C",
      product_category_id text collate "C",
      rate_ppm integer not null default 0 check (rate_ppm between 0 and 1000000),
      fixed_minor bigint not null default 0 check (fixed_minor >= 0),
      currency_code text collate "C",
      is_active boolean not null default true,${dates},
      check (fixed_minor = 0 or currency_code is not null)`,
    references: {
      vendor_id: 'vendor on delete cascade',
      product_type_id: 'product_type on delete cascade',
      product_category_id: 'product_category on delete cascade',
    },
    constraints: [`unique nulls not distinct (tenant_id, vendor_id, product_type_id, product_category_id, currency_code)`],
    vendor: 'none',
  })
  await tenantTable(knex, 'commission_line', {
    columns: `
      order_id text collate "C" not null,
      vendor_order_id text collate "C" not null,
      ${vendorColumn},
      order_line_item_id text collate "C" not null,
      commission_rule_id text collate "C",
      rate_ppm integer not null,
      fixed_minor bigint not null,
      base_minor bigint not null check (base_minor >= 0),
      amount_minor bigint not null check (amount_minor between 0 and base_minor),
      currency_code text collate "C" not null,
      created_at timestamptz(3) not null default now()`,
    references: { order_id: 'orders' },
    constraints: [
      'foreign key (tenant_id, vendor_id, vendor_order_id) references app.vendor_order (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, order_line_item_id) references app.order_line_item (tenant_id, vendor_id, id)',
      'unique (tenant_id, order_line_item_id)',
    ],
    indexes: [{ columns: 'vendor_order_id' }],
    vendor: 'own-read',
    appendOnly: true,
  })
}

async function ledger(knex: Knex): Promise<void> {
  await tenantTable(knex, 'ledger_account', {
    columns: `
      code text collate "C" not null,
      party_id text collate "C",
      order_id text collate "C",
      currency_code text collate "C" not null,
      normal text not null check (normal in ('debit', 'credit')),
      created_at timestamptz(3) not null default now()`,
    constraints: [
      'unique nulls not distinct (tenant_id, code, party_id, order_id, currency_code)',
      'unique (tenant_id, id, currency_code)',
    ],
    vendor: 'none',
    appendOnly: true,
  })
  // (source, kind) makes posting idempotent: the same fact booked twice is refused.
  await tenantTable(knex, 'ledger_transaction', {
    columns: `
      source text collate "C" not null,
      kind text not null,
      memo text,
      reverses_id text collate "C",
      occurred_at timestamptz(3) not null,
      created_at timestamptz(3) not null default now()`,
    references: { reverses_id: 'ledger_transaction' },
    indexes: [{ columns: 'source, kind', unique: true }],
    vendor: 'none',
    appendOnly: true,
  })
  await tenantTable(knex, 'ledger_posting', {
    columns: `
      transaction_id text collate "C" not null,
      position integer not null check (position between 0 and 100000),
      account_id text collate "C" not null,
      amount_minor bigint not null check (amount_minor <> 0),
      currency_code text collate "C" not null`,
    key: ['transaction_id', 'position'],
    references: { transaction_id: 'ledger_transaction' },
    constraints: [
      // The account's currency is the posting's: money of two currencies never meets in one account.
      `foreign key (tenant_id, account_id, currency_code) references app.ledger_account (tenant_id, id, currency_code)`,
    ],
    indexes: [{ columns: 'account_id' }],
    vendor: 'none',
    appendOnly: true,
  })
  await knex.raw(`
    create function app.ledger_refuse_change() returns trigger language plpgsql set search_path = app as $$
    begin
      raise exception 'the ledger is append-only: correct by a new transaction' using errcode = '23514';
    end $$`)
  await knex.raw(`
    create function app.ledger_check_balance() returns trigger language plpgsql set search_path = app as $$
    declare
      entry text collate "C";
    begin
      -- Two tables share this function, and PL/pgSQL would resolve new.id for both: a posting has none.
      entry := coalesce(to_jsonb(new) ->> 'transaction_id', to_jsonb(new) ->> 'id');
      if not exists (select 1 from app.ledger_posting p
                     where p.tenant_id = new.tenant_id and p.transaction_id = entry) then
        raise exception 'ledger transaction % has no postings', entry using errcode = '23514';
      end if;
      if exists (select 1 from app.ledger_posting p
                 where p.tenant_id = new.tenant_id and p.transaction_id = entry
                 group by p.currency_code having sum(p.amount_minor) <> 0) then
        raise exception 'ledger transaction % does not balance', entry using errcode = '23514';
      end if;
      return null;
    end $$`)
  for (const table of ['ledger_account', 'ledger_transaction', 'ledger_posting']) {
    await knex.raw(`
      create trigger ${table}_append_only before update or delete on app.${table}
      for each row execute function app.ledger_refuse_change()`)
  }
  // Checked when the transaction commits: once for the entry, and again should a posting be added to an old one.
  for (const table of ['ledger_transaction', 'ledger_posting']) {
    await knex.raw(`
      create constraint trigger ${table}_balanced after insert on app.${table}
      deferrable initially deferred for each row execute function app.ledger_check_balance()`)
  }
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
