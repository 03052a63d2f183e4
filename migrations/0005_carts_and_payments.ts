import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`

/** What a shopper is about to buy, and the money for it. */
export async function up(knex: Knex): Promise<void> {
  await carts(knex)
  await payments(knex)
  await checkouts(knex)
}

async function carts(knex: Knex): Promise<void> {
  // Addresses are snapshots, never shared between carts: a column each, with an id of their own for the wire.
  await tenantTable(knex, 'cart', {
    columns: `
      region_id text collate "C" not null,
      currency_code text collate "C" not null,
      sales_channel_id text collate "C" not null,
      customer_id text collate "C",
      email text,
      locale text,
      shipping_address jsonb,
      billing_address jsonb,
      taxes_calculated boolean not null default false,
      metadata jsonb,
      order_id text collate "C",
      completed_at timestamptz(3),${dates}`,
    references: { region_id: 'region', sales_channel_id: 'sales_channel', customer_id: 'customer' },
    vendor: 'none',
  })
  await tenantTable(knex, 'cart_line_item', {
    columns: `
      cart_id text collate "C" not null,
      vendor_id text collate "C" not null,
      product_id text collate "C",
      variant_id text collate "C",
      shipping_profile_id text collate "C",
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
      metadata jsonb,${dates}`,
    references: {
      cart_id: 'cart on delete cascade',
      vendor_id: 'vendor',
      product_id: 'product on delete set null',
      variant_id: 'product_variant on delete set null',
    },
    vendor: 'none',
  })
  await tenantTable(knex, 'cart_shipping_method', {
    columns: `
      cart_id text collate "C" not null,
      vendor_id text collate "C" not null,
      shipping_option_id text collate "C" not null,
      shipping_profile_id text collate "C" not null,
      name text not null,
      description text,
      amount_minor bigint not null check (amount_minor >= 0),
      is_tax_inclusive boolean not null,
      data jsonb,
      tax_lines jsonb not null default '[]',
      adjustments jsonb not null default '[]',
      metadata jsonb,${dates}`,
    references: { cart_id: 'cart on delete cascade', shipping_option_id: 'shipping_option on delete cascade' },
    indexes: [{ columns: 'cart_id, shipping_profile_id', unique: true }],
    vendor: 'none',
  })
}

async function payments(knex: Knex): Promise<void> {
  await tenantTable(knex, 'payment_collection', {
    columns: `
      cart_id text collate "C",
      order_id text collate "C",
      currency_code text collate "C" not null,
      amount_minor bigint not null check (amount_minor >= 0),
      authorized_minor bigint not null default 0 check (authorized_minor >= 0),
      captured_minor bigint not null default 0 check (captured_minor between 0 and amount_minor),
      refunded_minor bigint not null default 0 check (refunded_minor between 0 and captured_minor),
      status text not null default 'not_paid' check (status in
        ('not_paid', 'awaiting', 'authorized', 'partially_authorized', 'canceled', 'completed', 'failed')),
      completed_at timestamptz(3),
      metadata jsonb,${dates}`,
    references: { cart_id: 'cart' },
    constraints: ['unique (tenant_id, cart_id)'],
    indexes: [{ columns: 'order_id' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'payment_session', {
    columns: `
      payment_collection_id text collate "C" not null,
      provider_id text collate "C" not null,
      currency_code text collate "C" not null,
      amount_minor bigint not null check (amount_minor >= 0),
      status text not null default 'pending' check (status in
        ('pending', 'requires_more', 'authorized', 'captured', 'error', 'canceled', 'pending_authorization')),
      data jsonb not null default '{}',
      context jsonb not null default '{}',
      authorized_at timestamptz(3),${dates}`,
    references: { payment_collection_id: 'payment_collection on delete cascade' },
    indexes: [
      { columns: 'payment_collection_id', unique: true, where: `status not in ('error', 'canceled')`, name: 'payment_session_active' },
    ],
    vendor: 'none',
  })
  await tenantTable(knex, 'payment', {
    columns: `
      payment_collection_id text collate "C" not null,
      payment_session_id text collate "C" not null,
      provider_id text collate "C" not null,
      currency_code text collate "C" not null,
      amount_minor bigint not null check (amount_minor >= 0),
      captured_minor bigint not null default 0 check (captured_minor between 0 and amount_minor),
      refunded_minor bigint not null default 0 check (refunded_minor between 0 and captured_minor),
      data jsonb not null default '{}',
      captured_at timestamptz(3),
      canceled_at timestamptz(3),${dates}`,
    references: { payment_collection_id: 'payment_collection' },
    constraints: ['unique (tenant_id, payment_session_id)'],
    vendor: 'none',
  })
  await tenantTable(knex, 'capture', {
    columns: `
      payment_id text collate "C" not null,
      amount_minor bigint not null check (amount_minor > 0),
      created_by text,
      created_at timestamptz(3) not null default now()`,
    references: { payment_id: 'payment' },
    vendor: 'none',
    appendOnly: true,
  })
}

async function checkouts(knex: Knex): Promise<void> {
  // One row per attempt to complete a cart. An open attempt freezes its cart; a crash leaves it to be resumed.
  await tenantTable(knex, 'checkout', {
    columns: `
      cart_id text collate "C" not null,
      payment_session_id text collate "C",
      attempt integer not null check (attempt >= 1),
      state text not null check (state in ('open', 'completed', 'failed')),
      currency_code text collate "C" not null,
      amount_minor bigint not null check (amount_minor >= 0),
      failure text,${dates}`,
    references: { cart_id: 'cart' },
    constraints: ['unique (tenant_id, cart_id, attempt)'],
    indexes: [{ columns: 'cart_id', unique: true, where: `state in ('open', 'completed')`, name: 'checkout_once' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'reservation', {
    columns: `
      vendor_id text collate "C" not null,
      inventory_item_id text collate "C" not null,
      location_id text collate "C" not null,
      quantity integer not null check (quantity >= 1),
      checkout_id text collate "C",
      cart_line_item_id text collate "C",
      order_line_item_id text collate "C",
      state text not null default 'active' check (state in ('active', 'released', 'consumed')),
      description text,${dates}`,
    references: { checkout_id: 'checkout' },
    constraints: [
      'foreign key (tenant_id, vendor_id, inventory_item_id) references app.inventory_item (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, location_id) references app.stock_location (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'order_line_item_id' }, { columns: 'inventory_item_id, location_id' }],
    vendor: 'own',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
