import type { Knex } from 'knex'
import { tenantTable } from '../src/db/index.js'

const dates = `
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()`
const stamps = `
      metadata jsonb,${dates},
      deleted_at timestamptz(3)`
const dimensions = `
      weight double precision,
      length double precision,
      height double precision,
      width double precision,
      hs_code text,
      origin_country text,
      mid_code text,
      material text`
/** Rows below a product carry its vendor, and a key over both, so that a vendor's row can never hang on another's product. */
const ofProduct = `foreign key (tenant_id, vendor_id, product_id)
        references app.product (tenant_id, vendor_id, id) on delete cascade`
const ofVariant = `foreign key (tenant_id, vendor_id, variant_id)
        references app.product_variant (tenant_id, vendor_id, id) on delete cascade`

/** Products with everything that describes them, and the one door for searching them. */
export async function up(knex: Knex): Promise<void> {
  await vocabulary(knex)
  await products(knex)
  await variants(knex)
  await search(knex)
}

async function vocabulary(knex: Knex): Promise<void> {
  await tenantTable(knex, 'product_type', {
    columns: `value text not null, external_id text,${stamps}`,
    indexes: [{ columns: 'value', unique: true, where: 'deleted_at is null' }],
    vendor: 'shared-append',
  })
  await tenantTable(knex, 'product_tag', {
    columns: `value text not null, external_id text,${stamps}`,
    indexes: [{ columns: 'value', unique: true, where: 'deleted_at is null' }],
    vendor: 'shared-append',
  })
  await tenantTable(knex, 'product_collection', {
    columns: `title text not null, handle text collate "C" not null, external_id text,${stamps}`,
    indexes: [{ columns: 'handle', unique: true, where: 'deleted_at is null' }],
    vendor: 'shared',
  })
  await tenantTable(knex, 'product_category', {
    columns: `
      name text not null,
      description text not null default '',
      handle text collate "C" not null,
      parent_category_id text collate "C",
      rank integer not null default 0,
      is_active boolean not null default true,
      is_internal boolean not null default false,
      external_id text,${stamps}`,
    references: { parent_category_id: 'product_category' },
    indexes: [{ columns: 'handle', unique: true, where: 'deleted_at is null' }],
    vendor: 'shared',
  })
}

async function products(knex: Knex): Promise<void> {
  await tenantTable(knex, 'shipping_profile', {
    columns: `vendor_id text collate "C" not null, name text not null, type text not null default 'default',${stamps}`,
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)'],
    vendor: 'own',
  })
  await tenantTable(knex, 'product', {
    columns: `
      vendor_id text collate "C" not null,
      title text not null check (length(title) between 1 and 500),
      subtitle text,
      description text,
      handle text collate "C" not null,
      status text not null default 'draft' check (status in ('draft', 'proposed', 'published', 'rejected')),
      thumbnail text,
      is_giftcard boolean not null default false,
      discountable boolean not null default true,
      collection_id text collate "C",
      type_id text collate "C",
      shipping_profile_id text collate "C",
      external_id text collate "C",${dimensions},${stamps},
      search_text text generated always as
        (lower(title || ' ' || coalesce(subtitle, '') || ' ' || coalesce(description, '') || ' ' || coalesce(material, ''))) stored`,
    references: { vendor_id: 'vendor', collection_id: 'product_collection', type_id: 'product_type' },
    constraints: [
      'unique (tenant_id, vendor_id, id)',
      `foreign key (tenant_id, vendor_id, shipping_profile_id)
        references app.shipping_profile (tenant_id, vendor_id, id)`,
    ],
    indexes: [
      { columns: 'handle', unique: true, where: 'deleted_at is null' },
      { columns: 'vendor_id, external_id', unique: true, where: 'external_id is not null and deleted_at is null' },
      { columns: 'created_at, id' },
      { columns: 'title, id' },
      { columns: 'vendor_id, id', name: 'product_of_vendor' },
      { columns: 'shipping_profile_id' },
    ],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_sales_channel', {
    columns: `
      product_id text collate "C" not null,
      sales_channel_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['sales_channel_id', 'product_id'],
    references: { sales_channel_id: 'sales_channel on delete cascade' },
    constraints: [ofProduct],
    indexes: [{ columns: 'product_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_category_product', {
    columns: `
      product_category_id text collate "C" not null,
      product_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['product_category_id', 'product_id'],
    references: { product_category_id: 'product_category on delete cascade' },
    constraints: [ofProduct],
    indexes: [{ columns: 'product_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_tag_product', {
    columns: `
      product_tag_id text collate "C" not null,
      product_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['product_tag_id', 'product_id'],
    references: { product_tag_id: 'product_tag on delete cascade' },
    constraints: [ofProduct],
    indexes: [{ columns: 'product_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_image', {
    columns: `
      product_id text collate "C" not null,
      vendor_id text collate "C" not null,
      url text not null,
      rank integer not null default 0,${stamps}`,
    constraints: [ofProduct, 'unique (tenant_id, vendor_id, id)'],
    indexes: [{ columns: 'product_id, rank' }],
    vendor: 'own',
  })
}

async function variants(knex: Knex): Promise<void> {
  await tenantTable(knex, 'product_option', {
    columns: `
      product_id text collate "C" not null,
      vendor_id text collate "C" not null,
      title text not null,
      rank integer not null default 0,
      is_exclusive boolean not null default true,${stamps}`,
    constraints: [ofProduct, 'unique (tenant_id, vendor_id, id)'],
    indexes: [{ columns: 'product_id, title', unique: true, where: 'deleted_at is null' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_option_value', {
    columns: `
      option_id text collate "C" not null,
      vendor_id text collate "C" not null,
      value text not null,
      rank integer not null default 0,${stamps}`,
    constraints: [
      `foreign key (tenant_id, vendor_id, option_id)
        references app.product_option (tenant_id, vendor_id, id) on delete cascade`,
      'unique (tenant_id, vendor_id, id)',
    ],
    indexes: [{ columns: 'option_id, value', unique: true, where: 'deleted_at is null' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'price_set', {
    columns: 'vendor_id text collate "C" not null, created_at timestamptz(3) not null default now()',
    references: { vendor_id: 'vendor' },
    constraints: ['unique (tenant_id, vendor_id, id)'],
    vendor: 'own',
  })
  await tenantTable(knex, 'price', {
    columns: `
      price_set_id text collate "C" not null,
      vendor_id text collate "C" not null,
      currency_code text collate "C" not null check (currency_code ~ '^[a-z]{3}$'),
      amount_minor bigint not null check (amount_minor >= 0),
      compare_at_minor bigint check (compare_at_minor >= 0),
      min_quantity integer check (min_quantity >= 0),
      max_quantity integer check (max_quantity >= 1),${dates}`,
    constraints: [
      `foreign key (tenant_id, vendor_id, price_set_id)
        references app.price_set (tenant_id, vendor_id, id) on delete cascade`,
      'unique nulls not distinct (tenant_id, price_set_id, currency_code, min_quantity)',
    ],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_variant', {
    columns: `
      product_id text collate "C" not null,
      vendor_id text collate "C" not null,
      title text not null,
      sku text collate "C",
      barcode text,
      ean text,
      upc text,
      allow_backorder boolean not null default false,
      manage_inventory boolean not null default true,
      variant_rank integer not null default 0,
      thumbnail text,
      price_set_id text collate "C" not null,${dimensions},${stamps}`,
    constraints: [
      ofProduct,
      'unique (tenant_id, vendor_id, id)',
      'foreign key (tenant_id, vendor_id, price_set_id) references app.price_set (tenant_id, vendor_id, id)',
    ],
    indexes: [
      { columns: 'product_id, variant_rank' },
      { columns: 'vendor_id, sku', unique: true, where: 'sku is not null and deleted_at is null' },
      { columns: 'price_set_id' },
    ],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_variant_option', {
    columns: `
      variant_id text collate "C" not null,
      option_id text collate "C" not null,
      option_value_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['variant_id', 'option_id'],
    constraints: [
      ofVariant,
      `foreign key (tenant_id, vendor_id, option_id)
        references app.product_option (tenant_id, vendor_id, id) on delete cascade`,
      `foreign key (tenant_id, vendor_id, option_value_id)
        references app.product_option_value (tenant_id, vendor_id, id) on delete cascade`,
    ],
    indexes: [{ columns: 'option_value_id' }, { columns: 'option_id' }],
    vendor: 'own',
  })
  await tenantTable(knex, 'product_variant_image', {
    columns: `
      variant_id text collate "C" not null,
      image_id text collate "C" not null,
      vendor_id text collate "C" not null`,
    key: ['variant_id', 'image_id'],
    constraints: [
      ofVariant,
      `foreign key (tenant_id, vendor_id, image_id)
        references app.product_image (tenant_id, vendor_id, id) on delete cascade`,
    ],
    indexes: [{ columns: 'image_id' }],
    vendor: 'own',
  })
}

/**
 * Under row-level security an operator that is not leakproof cannot use an index, so a search for part of a word
 * would read every product of the tenant. This function is owned by a role that may only read what is searched; it
 * filters by the tenant itself and answers ids, which its caller reads again under its own policies.
 */
async function search(knex: Knex): Promise<void> {
  await knex.raw('create index product_search on app.product using gin (tenant_id, search_text gin_trgm_ops)')
  await knex.raw('grant select (tenant_id, id, search_text, status, deleted_at) on app.product to search_reader')
  await knex.raw('create policy search_read on app.product for select to search_reader using (true)')
  await knex.raw(`
    create function app.search_products(pattern text, most integer) returns table (id text)
    language sql stable security definer set search_path = app, public
    as $$
      select product.id from app.product
      where product.tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid
        and product.search_text like pattern and product.deleted_at is null
      limit most
    $$`)
  await knex.raw('revoke all on function app.search_products(text, integer) from public')
  await knex.raw('grant execute on function app.search_products(text, integer) to app_store, app_vendor, app_platform')
  // The new owner must be allowed to create in the schema at the moment of the change, and at no other.
  await knex.raw('grant create on schema app to search_reader')
  await knex.raw('alter function app.search_products(text, integer) owner to search_reader')
  await knex.raw('revoke create on schema app from search_reader')
}

export async function down(): Promise<void> {
  throw new Error('migrations go forward only')
}
