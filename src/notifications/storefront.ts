import { type Context, statement, tenantOf } from '../db/index.js'

export interface StorefrontSettings {
  /** Of this deployment; '' where the process does not know it. */
  publicUrl: () => string
  /** Stores that name no storefront of their own are served at `<slug>.<base domain>`. */
  baseDomain: string
}

/** Where a store's shoppers are, without a slash at the end: the storefront that the store names, or the one at its host. Null where neither is known. */
export async function storefrontOf(context: Context, { publicUrl, baseDomain }: StorefrontSettings): Promise<string | null> {
  const tenantId = tenantOf(context)
  const [store] = await context.db.read(
    context.scope,
    statement<{ url: string | null }>(
      'notifications.storefront',
      `select rtrim(storefront_url, '/') as url from store where tenant_id = $1`,
      [tenantId],
    ),
  )
  if (store?.url != null) return store.url
  const base = publicUrl()
  if (base === '') return null
  const [tenant] = await context.db.read(
    { role: 'platform' },
    statement<{ slug: string; hostname: string | null }>(
      'notifications.host',
      // A domain that is not verified finds no store, and may be somebody else's.
      `select t.slug, (select d.hostname from platform.domain d where d.tenant_id = t.id and d.verified_at is not null
         order by d.hostname limit 1) as hostname
       from platform.tenant t where t.id = $1`,
      [tenantId],
    ),
  )
  if (tenant === undefined) return null
  const url = new URL(base)
  url.hostname = tenant.hostname ?? `${tenant.slug}.${baseDomain}`
  return url.origin
}
