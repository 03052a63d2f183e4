import { type Context, statement, tenantOf } from '../../db/index.js'
import type { FileProduct } from './read-file.js'

interface KnownRow {
  kind: string
  key: string
  id: string
  /** Of a product, the handle of its vendor; of a region, its currency. */
  more: string | null
}

/** What a file names that the store has, by kind and by what it is named with. */
export interface Known {
  find(kind: string, key: string): { id: string; more: string | null } | undefined
}

/** Looks up everything that a file names, in one question. */
export async function knownOf(context: Context, products: readonly FileProduct[]): Promise<Known> {
  const all = (pick: (product: FileProduct) => string | string[] | null | undefined) => [
    ...new Set(products.flatMap((product) => pick(product) ?? [])),
  ]
  const field = (name: string) => all((product) => product.fields[name] as string | undefined)
  const rows = await context.db.read(
    context.scope,
    statement<KnownRow>(
      'imports.known',
      `select 'product' as kind, p.id as key, p.id, v.handle as more from product p
         join vendor v on v.tenant_id = p.tenant_id and v.id = p.vendor_id
         where p.tenant_id = $1 and p.id = any($2::text[]) and p.deleted_at is null
       union all select 'handle', p.handle, p.id, null from product p
         where p.tenant_id = $1 and p.handle = any($3::text[]) and p.deleted_at is null
       union all select 'vendor', v.handle, v.id, null from vendor v
         where v.tenant_id = $1 and v.handle = any($4::text[]) and v.deleted_at is null
       union all select 'house', '', v.id, v.handle from vendor v where v.tenant_id = $1 and v.is_house and v.deleted_at is null
       union all select 'tag', t.id, t.id, null from product_tag t
         where t.tenant_id = $1 and t.id = any($5::text[]) and t.deleted_at is null
       union all select 'tag value', t.value, t.id, null from product_tag t
         where t.tenant_id = $1 and t.value = any($5::text[]) and t.deleted_at is null
       union all select 'category', c.id, c.id, null from product_category c
         where c.tenant_id = $1 and c.id = any($6::text[]) and c.deleted_at is null
       union all select 'channel', c.id, c.id, null from sales_channel c
         where c.tenant_id = $1 and c.id = any($7::text[]) and c.deleted_at is null
       union all select 'collection', c.id, c.id, null from product_collection c
         where c.tenant_id = $1 and c.id = any($8::text[]) and c.deleted_at is null
       union all select 'type', t.id, t.id, null from product_type t
         where t.tenant_id = $1 and t.id = any($9::text[]) and t.deleted_at is null
       union all select 'profile', s.id, s.id, null from shipping_profile s
         where s.tenant_id = $1 and s.id = any($10::text[]) and s.deleted_at is null
       union all select 'shared option', o.id, o.id, null from product_option o
         where o.tenant_id = $1 and o.id = any($11::text[]) and o.product_id is null and o.deleted_at is null
       union all select 'variant', v.id, v.product_id, null from product_variant v
         where v.tenant_id = $1 and v.id = any($12::text[]) and v.deleted_at is null
       union all select 'currency', s.currency_code, s.currency_code, null from store_currency s where s.tenant_id = $1
       union all select 'region', r.name, r.id, r.currency_code from region r where r.tenant_id = $1 and r.deleted_at is null`,
      [
        tenantOf(context),
        all((product) => product.id),
        all((product) => (product.id === null ? product.handle : null)),
        all((product) => product.vendor),
        all((product) => product.tags),
        all((product) => product.categories),
        all((product) => product.channels),
        field('collection_id'),
        field('type_id'),
        field('shipping_profile_id'),
        all((product) => product.options.flatMap((option) => option.id ?? [])),
        all((product) => product.variants.flatMap((variant) => variant.id ?? [])),
      ],
    ),
  )
  // Files write regions' names in any case, and there may be one of a name for each currency.
  const keyOf = ({ kind, key, more }: KnownRow) => (kind === 'region' ? `region ${key.toLowerCase()} ${more}` : `${kind} ${key}`)
  const byKey = new Map(rows.map((row) => [keyOf(row), { id: row.id, more: row.more }]))
  return { find: (kind, key) => byKey.get(`${kind} ${key}`) }
}
