import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`
const stamps = `
      metadata jsonb,${dates},
      deleted_at timestamptz(3)`
const vendorColumn = 'vendor_id text collate "C" not null'

/** Stock with its promises, and how a vendor sends what it sells. */
export async function up(knex: Knex): Promise<void> {
  await inventory(knex)
  await shipping(knex)
}

async function inventory(knex: Knex): Promise<void> {
  await tenantTable(knex, 'inventory_item', {
    columns: `
      ${vendorColumn},
      sku text collate "C",
      title text,
      requires_shipping boolean not null default true,${stamps}`,
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)'],
    vendor: 'own',
  })
  await tenantTable(knex, 'variant_inventory_item', {
    columns: `
      variant_id text collate "C" not null,
      inventory_item_id text collate "C" not null,
      ${vendorColumn},
      required_quantity integer not null default 1 check (required_quantity between 1 and 1000000)`,
    key: ['variant_id', 'inventory_item_id'],
    constraints: [
      `foreign key (tenant_id, vendor_id, variant_id)
        references app.product_variant (tenant_id, vendor_id, id) on delete cascade`,
      `foreign key (tenant_id, vendor_id, inventory_item_id)
        references app.inventory_item (tenant_id, vendor_id, id) on delete cascade`,
    ],
    indexes: [{ columns: 'inventory_item_id' }],
    vendor: 'own',
  })
  // reserved_quantity is what is promised and not sent yet. Whatever a command does, the checks hold: stock is never
  // promised twice and never negative.
  await tenantTable(knex, 'inventory_level', {
    columns: `
      inventory_item_id text collate "C" not null,
      location_id text collate "C" not null,
      ${vendorColumn},
      stocked_quantity integer not null default 0 check (stocked_quantity >= 0),
      reserved_quantity integer not null default 0 check (reserved_quantity >= 0),
      incoming_quantity integer not null default 0 check (incoming_quantity >= 0),${dates},
      check (reserved_quantity <= stocked_quantity)`,
    constraints: [
      `foreign key (tenant_id, vendor_id, inventory_item_id)
        references app.inventory_item (tenant_id, vendor_id, id) on delete cascade`,
      `foreign key (tenant_id, vendor_id, location_id)
        references app.stock_location (tenant_id, vendor_id, id) on delete cascade`,
      'unique (tenant_id, inventory_item_id, location_id)',
    ],
    indexes: [{ columns: 'location_id' }],
    vendor: 'own',
  })
}

async function shipping(knex: Knex): Promise<void> {
  await tenantTable(knex, 'fulfillment_set', {
    columns: `
      ${vendorColumn},
      name text not null,
      type text not null default 'shipping',
      location_id text collate "C" not null,${stamps}`,
    constraints: [
      'unique (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, location_id) references app.stock_location (tenant_id, vendor_id, id) on delete cascade',
    ],
    indexes: [{ columns: 'location_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'service_zone', {
    columns: `
      ${vendorColumn},
      name text not null,
      fulfillment_set_id text collate "C" not null,${stamps}`,
    constraints: [
      'unique (tenant_id, vendor_id, id)',
      `foreign key (tenant_id, vendor_id, fulfillment_set_id)
        references app.fulfillment_set (tenant_id, vendor_id, id) on delete cascade`,
    ],
    indexes: [{ columns: 'fulfillment_set_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'geo_zone', {
    columns: `
      ${vendorColumn},
      service_zone_id text collate "C" not null,
      type text not null default 'country' check (type in ('country', 'province', 'city', 'zip')),
      country_code text collate "C" not null,
      province_code text,
      city text,
      postal_expression jsonb,${stamps}`,
    constraints: [
      `foreign key (tenant_id, vendor_id, service_zone_id)
        references app.service_zone (tenant_id, vendor_id, id) on delete cascade`,
    ],
    indexes: [{ columns: 'service_zone_id' }, { columns: 'country_code' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'shipping_option_type', {
    columns: `
      ${vendorColumn},
      label text not null,
      description text,
      code text not null,${stamps}`,
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)'],
    vendor: 'own',
  })
  await tenantTable(knex, 'shipping_option', {
    columns: `
      ${vendorColumn},
      name text not null,
      price_type text not null default 'flat' check (price_type in ('flat', 'calculated')),
      service_zone_id text collate "C" not null,
      shipping_profile_id text collate "C" not null,
      shipping_option_type_id text collate "C" not null,
      provider_id text not null default 'manual_manual',
      price_set_id text collate "C" not null,
      data jsonb,
      is_return boolean not null default false,
      enabled_in_store boolean not null default true,${stamps}`,
    constraints: [
      `foreign key (tenant_id, vendor_id, service_zone_id)
        references app.service_zone (tenant_id, vendor_id, id) on delete cascade`,
      `foreign key (tenant_id, vendor_id, shipping_profile_id)
        references app.shipping_profile (tenant_id, vendor_id, id)`,
      `foreign key (tenant_id, vendor_id, shipping_option_type_id)
        references app.shipping_option_type (tenant_id, vendor_id, id)`,
      'foreign key (tenant_id, vendor_id, price_set_id) references app.price_set (tenant_id, vendor_id, id)',
    ],
    indexes: [
      { columns: 'shipping_profile_id' },
      { columns: 'service_zone_id' },
      { columns: 'price_set_id' },
      { columns: 'shipping_option_type_id' },
    ],
    vendor: 'own',
  })
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
