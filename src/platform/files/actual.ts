import fs from 'node:fs'
import path from 'node:path'
import { isOurs } from '../../files/index.js'
import { type Database, type Scope, type Statement, statement } from '../../db/index.js'
import type { TenantRow } from '../queries.js'
import { type Item, type ItemKind, sha256 } from './desired.js'

interface ItemRow {
  key: string
  value: Record<string, unknown>
}

/** What files can translate: tables, ids, and the names that desired.ts has for them. `$1` is the tenant. */
export const translatableThings = `
  select 'product' as reference, p.id, p.handle as name from product p where p.tenant_id = $1 and p.deleted_at is null
  union all select 'product_category', c.id, c.handle from product_category c where c.tenant_id = $1 and c.deleted_at is null
  union all select 'product_collection', l.id, l.handle from product_collection l where l.tenant_id = $1 and l.deleted_at is null
  union all select 'vendor', v.id, v.handle from vendor v where v.tenant_id = $1 and v.deleted_at is null
  union all select 'region', r.id, r.name from region r where r.tenant_id = $1 and r.deleted_at is null
  union all select 'shipping_option', s.id, v.handle || '/' || s.name from shipping_option s
    join vendor v on v.tenant_id = $1 and v.id = s.vendor_id where s.tenant_id = $1 and s.deleted_at is null
  union all select 'return_reason', e.id, e.label from return_reason e where e.tenant_id = $1 and e.deleted_at is null
  union all select 'product_option', o.id, p.handle || '/' || o.title from product_option o
    join product p on p.tenant_id = $1 and p.id = o.product_id
    where o.tenant_id = $1 and o.deleted_at is null and p.deleted_at is null
  union all select 'product_option_value', w.id, p.handle || '/' || o.title || '/' || w.value from product_option_value w
    join product_option o on o.tenant_id = $1 and o.id = w.option_id join product p on p.tenant_id = $1 and p.id = o.product_id
    where w.tenant_id = $1 and w.deleted_at is null and o.deleted_at is null and p.deleted_at is null`

/** One statement per kind; `$1` is the tenant. The values have the form of desired.ts, keys in the same order. */
const queries: Partial<Record<ItemKind, string>> = {
  translation: `
    select t.locale_code || ' ' || t.reference || ' ' || x.name as key, json_build_object('words',
      (select coalesce(json_object_agg(w.key, w.value), '{}') from jsonb_each_text(t.translations) w where w.value <> '')) as value
    from translation t join (${translatableThings}) x on x.reference = t.reference and x.id = t.reference_id
    where t.tenant_id = $1 and $2::text is not null order by 1`,
  storefront: `
    select $2::text as key, json_build_object('theme', t.theme) as value
    from store_theme t where t.tenant_id = $1 and t.name = 'storefront' and $2::text is not null`,
  store: `
    select $2::text as key, json_build_object('name', s.name,
      'default_currency', (select c.currency_code from store_currency c where c.tenant_id = $1 and c.is_default),
      'currencies', array(select c.currency_code from store_currency c where c.tenant_id = $1 order by 1),
      'locales', array(select l.locale_code from store_locale l where l.tenant_id = $1 order by l.is_default desc, 1),
      'auto_pick_shipping', s.auto_pick_shipping, 'payment_capture', s.payment_capture, 'mail_from_name', s.mail_from_name,
      'payment_instructions', s.payment_instructions) as value
    from store s where s.tenant_id = $1 and $2::text is not null`,
  region: `
    select r.name as key, json_build_object('currency', r.currency_code,
      'countries', array(select c.iso_2 from region_country c where c.tenant_id = $1 and c.region_id = r.id order by 1),
      'tax_inclusive', coalesce((select p.is_tax_inclusive from price_preference p
        where p.tenant_id = $1 and p.attribute = 'region_id' and p.value = r.id), false),
      'automatic_taxes', r.automatic_taxes,
      'payment_providers', array(select p.provider_id from region_payment_provider p
        where p.tenant_id = $1 and p.region_id = r.id and p.is_enabled order by 1),
      'is_default', exists (select 1 from store s where s.tenant_id = $1 and s.default_region_id = r.id)) as value
    from region r where r.tenant_id = $1 and r.deleted_at is null and $2::text is not null order by r.id`,
  'tax region': `
    select t.country_code || coalesce('-' || regexp_replace(t.province_code, '^' || t.country_code || '-', ''), '') as key, json_build_object('rates', coalesce((
      select json_agg(json_build_object('code', x.code, 'name', x.name, 'rate_ppm', x.rate_ppm, 'is_default', x.is_default,
        'is_combinable', x.is_combinable,
        'product_types', array(select y.value from tax_rate_rule u join product_type y on y.tenant_id = u.tenant_id and y.id = u.reference_id
          where u.tenant_id = $1 and u.tax_rate_id = x.id and u.reference = 'product_type' order by y.value collate "C")) order by x.code collate "C")
      from tax_rate x where x.tenant_id = $1 and x.tax_region_id = t.id and x.deleted_at is null), '[]')) as value
    from tax_region t where t.tenant_id = $1 and t.deleted_at is null and $2::text is not null order by t.id`,
  category: `
    select c.handle as key, json_build_object('name', c.name, 'description', c.description,
      'parent', (select p.handle from product_category p where p.tenant_id = $1 and p.id = c.parent_category_id), 'rank', c.rank) as value
    from product_category c where c.tenant_id = $1 and c.deleted_at is null and $2::text is not null order by c.id`,
  collection: `
    select c.handle as key, json_build_object('title', c.title) as value
    from product_collection c where c.tenant_id = $1 and c.deleted_at is null and $2::text is not null order by c.id`,
  'return reason': `
    select r.value as key, json_build_object('label', r.label, 'description', r.description) as value
    from return_reason r where r.tenant_id = $1 and r.deleted_at is null and $2::text is not null order by r.id`,
  vendor: `
    select v.handle as key, json_build_object('name', v.name, 'description', v.description, 'email', v.email,
      'logo', regexp_replace(v.logo, '^/files/[^/]+/', ''), 'location', l.name, 'address', l.address) as value
    from vendor v left join lateral (select x.name, x.address from stock_location x where x.tenant_id = $1 and x.vendor_id = v.id
      and x.deleted_at is null order by x.id limit 1) l on true
    where v.tenant_id = $1 and v.deleted_at is null and not v.is_house and $2::text is not null order by v.id`,
  'shipping option': `
    select v.handle || ' / ' || o.name as key, json_build_object('vendor', v.handle, 'name', o.name, 'type', t.code,
      'countries', array(select distinct g.country_code from geo_zone g where g.tenant_id = $1 and g.service_zone_id = o.service_zone_id
        and g.deleted_at is null order by 1),
      'prices', coalesce((select json_object_agg(p.currency_code, p.amount_minor order by p.currency_code) from price p
        where p.tenant_id = $1 and p.price_set_id = o.price_set_id), '{}'), 'is_return', o.is_return) as value
    from shipping_option o join vendor v on v.tenant_id = o.tenant_id and v.id = o.vendor_id
    join shipping_option_type t on t.tenant_id = o.tenant_id and t.id = o.shipping_option_type_id
    where o.tenant_id = $1 and o.deleted_at is null and not v.is_house and $2::text is not null order by o.id`,
  product: `
    select p.handle as key, json_build_object('vendor', v.handle, 'title', p.title, 'subtitle', p.subtitle,
      'description', p.description, 'status', p.status,
      'type', (select t.value from product_type t where t.tenant_id = $1 and t.id = p.type_id),
      'tags', array(select t.value from product_tag_product l join product_tag t on t.tenant_id = l.tenant_id and t.id = l.product_tag_id
        where l.tenant_id = $1 and l.product_id = p.id order by t.value collate "C"),
      'categories', array(select c.handle from product_category_product l
        join product_category c on c.tenant_id = l.tenant_id and c.id = l.product_category_id
        where l.tenant_id = $1 and l.product_id = p.id order by c.handle),
      'collection', (select c.handle from product_collection c where c.tenant_id = $1 and c.id = p.collection_id),
      'images', array(select regexp_replace(i.url, '^/files/[^/]+/', '') from product_image i
        where i.tenant_id = $1 and i.product_id = p.id and i.deleted_at is null order by i.rank, i.id),
      'material', p.material, 'origin_country', p.origin_country, 'weight', p.weight,
      'options', coalesce((select json_agg(json_build_object('title', o.title, 'values',
          array(select w.value from product_option_value w where w.tenant_id = $1 and w.option_id = o.id and w.deleted_at is null
            order by w.rank, w.id)) order by o.rank, o.id)
        from product_option o where o.tenant_id = $1 and o.product_id = p.id and o.deleted_at is null), '[]'),
      'variants', coalesce((select json_agg(json_build_object('sku', x.sku, 'title', x.title, 'barcode', x.barcode,
          'options', coalesce((select json_object_agg(o.title, w.value order by o.title collate "C") from product_variant_option l
            join product_option o on o.tenant_id = l.tenant_id and o.id = l.option_id
            join product_option_value w on w.tenant_id = l.tenant_id and w.id = l.option_value_id
            where l.tenant_id = $1 and l.variant_id = x.id), '{}'),
          'prices', coalesce((select json_object_agg(r.currency_code, r.amount_minor order by r.currency_code) from price r
            where r.tenant_id = $1 and r.price_set_id = x.price_set_id), '{}'),
          'compare_at', coalesce((select json_object_agg(r.currency_code, r.compare_at_minor order by r.currency_code) from price r
            where r.tenant_id = $1 and r.price_set_id = x.price_set_id and r.compare_at_minor is not null), '{}'),
          'manage_inventory', x.manage_inventory, 'allow_backorder', x.allow_backorder) order by x.variant_rank, x.id)
        from product_variant x where x.tenant_id = $1 and x.product_id = p.id and x.deleted_at is null), '[]')) as value
    from product p join vendor v on v.tenant_id = p.tenant_id and v.id = p.vendor_id
    where p.tenant_id = $1 and p.deleted_at is null and $2::text is not null order by p.id`,
  'commission rule': `
    select r.name as key, json_build_object('rate_ppm', r.rate_ppm, 'fixed_minor', r.fixed_minor, 'currency', r.currency_code,
      'vendor', (select v.handle from vendor v where v.tenant_id = $1 and v.id = r.vendor_id),
      'category', (select c.handle from product_category c where c.tenant_id = $1 and c.id = r.product_category_id),
      'type', (select t.value from product_type t where t.tenant_id = $1 and t.id = r.product_type_id)) as value
    from commission_rule r where r.tenant_id = $1 and r.is_active and $2::text is not null order by r.id`,
}

/** What the database and the files' folder hold of a store. */
export async function actualItems(db: Database, tenant: TenantRow, filesDirectory: string): Promise<Item[]> {
  const scope: Scope = { role: 'platform', tenantId: tenant.id }
  const kinds = Object.keys(queries) as ItemKind[]
  const statements = kinds.map(
    (kind): Statement<ItemRow> => statement(`platform.files.${kind.replace(' ', '_')}`, queries[kind] as string, [tenant.id, tenant.slug]),
  )
  const [fees, ...rows] = await db.readAll(scope, [feeStatement(tenant.id), ...statements])
  const items = kinds.flatMap((kind, index) => ((rows[index] ?? []) as ItemRow[]).map((row): Item => ({ kind, ...row })))
  return [
    { kind: 'tenant', key: tenant.slug, value: { name: tenant.name, plan: tenant.plan.name, fee: fees?.[0] } },
    ...items,
    ...pictureItems(path.join(filesDirectory, tenant.public_id)),
  ]
}

function feeStatement(tenantId: string): Statement<{ rate_ppm: number; fixed: Record<string, number> }> {
  return statement('platform.files.fee', 'select rate_ppm, fixed from store_fee where tenant_id = $1', [tenantId])
}

function pictureItems(folder: string): Item[] {
  if (!fs.existsSync(folder)) return []
  return (
    fs
      .readdirSync(folder)
      // What was handed in over HTTP is no matter of files.
      .filter((name) => !isOurs(name) && !name.startsWith('.'))
      .map((name): Item => ({ kind: 'picture', key: name, value: { sha256: sha256(fs.readFileSync(path.join(folder, name))) } }))
  )
}
