import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const stamps = `
      metadata jsonb,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3)`

/** A tenant's store, its channels, currencies, regions and taxes, and the vendors with their people and places. */
export async function up(knex: Knex): Promise<void> {
  await store(knex)
  await vendors(knex)
  await regionsAndTax(knex)
}

async function store(knex: Knex): Promise<void> {
  await tenantTable(knex, 'sales_channel', {
    columns: `
      name text not null,
      description text,
      is_disabled boolean not null default false,
      ${stamps}`,
    vendor: 'shared',
  })
  await tenantTable(knex, 'store', {
    columns: `
      name text not null,
      default_sales_channel_id text collate "C",
      default_region_id text collate "C",
      default_location_id text collate "C",
      auto_pick_shipping boolean not null default true,
      payment_capture text not null default 'manual' check (payment_capture in ('manual', 'automatic')),
      mail_from_name text,
      metadata jsonb,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    references: { default_sales_channel_id: 'sales_channel' },
    vendor: 'shared',
  })
  await tenantTable(knex, 'store_currency', {
    columns: `
      currency_code text collate "C" not null check (currency_code ~ '^[a-z]{3}$'),
      is_default boolean not null default false,
      created_at timestamptz(3) not null default now()`,
    key: ['currency_code'],
    vendor: 'shared',
  })
  // What the platform takes of this store's orders: a copy of its plan's fee, kept by the platform.
  await tenantTable(knex, 'store_fee', {
    columns: `
      rate_ppm integer not null default 0 check (rate_ppm between 0 and 1000000),
      fixed jsonb not null default '{}',
      updated_at timestamptz(3) not null default now()`,
    vendor: 'none',
  })
  await knex.raw('revoke insert, update, delete on app.store_fee from app_store')
  // Order numbers are handed out from one locked row per store, as late as possible in the order's transaction.
  await tenantTable(knex, 'order_sequence', {
    columns: 'next_display_id integer not null default 1',
    vendor: 'none',
  })
  await tenantTable(knex, 'customer', {
    columns: `
      email text collate "C" not null,
      has_account boolean not null default false,
      first_name text,
      last_name text,
      company_name text,
      phone text,
      created_by text,
      ${stamps}`,
    indexes: [{ columns: 'email, has_account', unique: true, where: 'deleted_at is null' }],
    vendor: 'none',
  })
}

async function vendors(knex: Knex): Promise<void> {
  await tenantTable(knex, 'vendor', {
    columns: `
      handle text collate "C" not null check (handle ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9]){0,1}$'),
      name text not null,
      description text,
      email text,
      phone text,
      logo text,
      status text not null default 'active' check (status in ('pending', 'active', 'suspended', 'terminated')),
      is_house boolean not null default false,
      ${stamps}`,
    indexes: [
      { columns: 'handle', unique: true, where: 'deleted_at is null' },
      { columns: 'is_house', unique: true, where: 'is_house' },
    ],
    vendor: 'own',
    vendorColumn: 'id',
  })
  await tenantTable(knex, 'vendor_member', {
    columns: `
      vendor_id text collate "C" not null,
      email text collate "C" not null,
      first_name text,
      last_name text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3)`,
    references: { vendor_id: 'vendor' },
    indexes: [{ columns: 'email', unique: true, where: 'deleted_at is null' }],
    vendor: 'own-read',
  })
  await tenantTable(knex, 'role_grant', {
    columns: `
      subject_type text not null check (subject_type in ('user', 'member')),
      subject_id text collate "C" not null,
      role_id text collate "C" not null,
      vendor_id text collate "C",
      created_at timestamptz(3) not null default now()`,
    references: { role_id: 'role', vendor_id: 'vendor' },
    indexes: [{ columns: 'subject_type, subject_id' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'api_key', {
    columns: `
      type text not null check (type in ('publishable', 'secret', 'vendor')),
      title text not null,
      token_hash text collate "C" not null,
      token text,
      redacted text not null,
      vendor_id text collate "C",
      permissions text[] not null default '{}',
      created_by text,
      expires_at timestamptz(3),
      last_used_at timestamptz(3),
      revoked_at timestamptz(3),
      revoked_by text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      check ((type = 'vendor') = (vendor_id is not null)),
      check (type = 'publishable' or token is null)`,
    references: { vendor_id: 'vendor' },
    indexes: [{ columns: 'token_hash', unique: true }],
    vendor: 'own-read',
  })
  await tenantTable(knex, 'api_key_sales_channel', {
    columns: `
      api_key_id text collate "C" not null,
      sales_channel_id text collate "C" not null`,
    key: ['api_key_id', 'sales_channel_id'],
    references: { api_key_id: 'api_key on delete cascade', sales_channel_id: 'sales_channel on delete cascade' },
    vendor: 'none',
  })
  await tenantTable(knex, 'stock_location', {
    columns: `
      vendor_id text collate "C" not null,
      name text not null,
      address jsonb,
      ${stamps}`,
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)'],
    vendor: 'own',
  })
  await tenantTable(knex, 'sales_channel_location', {
    columns: `
      sales_channel_id text collate "C" not null,
      stock_location_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['sales_channel_id', 'stock_location_id'],
    references: { sales_channel_id: 'sales_channel on delete cascade' },
    constraints: [
      `foreign key (tenant_id, vendor_id, stock_location_id)
        references app.stock_location (tenant_id, vendor_id, id) on delete cascade`,
    ],
    indexes: [{ columns: 'stock_location_id' }],
    vendor: 'own',
  })
}

async function regionsAndTax(knex: Knex): Promise<void> {
  await tenantTable(knex, 'region', {
    columns: `
      name text not null,
      currency_code text collate "C" not null,
      automatic_taxes boolean not null default true,
      ${stamps}`,
    vendor: 'shared',
  })
  await knex.raw(`
    alter table app.store
      add foreign key (tenant_id, default_region_id) references app.region (tenant_id, id),
      add foreign key (tenant_id, default_location_id) references app.stock_location (tenant_id, id)`)
  await tenantTable(knex, 'region_country', {
    columns: `
      iso_2 text collate "C" not null check (iso_2 ~ '^[a-z]{2}$'),
      region_id text collate "C" not null,
      created_at timestamptz(3) not null default now()`,
    key: ['iso_2'],
    references: { region_id: 'region on delete cascade' },
    vendor: 'shared',
  })
  await tenantTable(knex, 'region_payment_provider', {
    columns: `
      region_id text collate "C" not null,
      provider_id text collate "C" not null,
      is_enabled boolean not null default true`,
    key: ['region_id', 'provider_id'],
    references: { region_id: 'region on delete cascade' },
    vendor: 'none',
  })
  await tenantTable(knex, 'price_preference', {
    columns: `
      attribute text not null check (attribute in ('region_id', 'currency_code')),
      value text collate "C" not null,
      is_tax_inclusive boolean not null default false,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`,
    indexes: [{ columns: 'attribute, value', unique: true }],
    vendor: 'shared',
  })
  await tenantTable(knex, 'tax_region', {
    columns: `
      country_code text collate "C" not null,
      province_code text collate "C",
      parent_id text collate "C",
      provider_id text not null default 'tp_system',
      ${stamps}`,
    references: { parent_id: 'tax_region on delete cascade' },
    constraints: ['unique nulls not distinct (tenant_id, country_code, province_code)'],
    vendor: 'none',
  })
  await tenantTable(knex, 'tax_rate', {
    columns: `
      tax_region_id text collate "C" not null,
      name text not null,
      code text not null,
      rate_ppm integer not null check (rate_ppm between 0 and 1000000),
      is_default boolean not null default false,
      is_combinable boolean not null default false,
      ${stamps}`,
    references: { tax_region_id: 'tax_region on delete cascade' },
    indexes: [{ columns: 'tax_region_id', unique: true, where: 'is_default and deleted_at is null', name: 'tax_rate_default' }],
    vendor: 'none',
  })
  await tenantTable(knex, 'tax_rate_rule', {
    columns: `
      tax_rate_id text collate "C" not null,
      reference text not null check (reference in ('product', 'product_type', 'shipping_option')),
      reference_id text collate "C" not null,
      created_at timestamptz(3) not null default now()`,
    references: { tax_rate_id: 'tax_rate on delete cascade' },
    indexes: [{ columns: 'tax_rate_id, reference, reference_id', unique: true }, { columns: 'reference, reference_id' }],
    vendor: 'none',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
