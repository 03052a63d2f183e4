import type { TestApp } from './app.js'
import { asAdmin } from './database.js'
import type { TestStore } from './store.js'

/**
 * A second region of a store, with a currency of its own: every variant and shipping option costs there as many minor
 * units as it does in the first, and the manual provider is paid.
 * @returns the region's id
 */
export async function addRegion(app: TestApp, store: TestStore, region: { country: string; currency: string }): Promise<string> {
  const id = `reg_${region.currency}`
  const values = [store.tenantId, id, region.country, region.currency]
  const statements: [string, unknown[]][] = [
    [`insert into app.region (tenant_id, id, name, currency_code) values ($1, $2, 'Region ' || $3::text, $4)`, values],
    ['insert into app.region_country (tenant_id, region_id, iso_2) values ($1, $2, $3)', values.slice(0, 3)],
    [
      `insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_system_default')`,
      values.slice(0, 2),
    ],
    [
      `insert into app.price (tenant_id, id, vendor_id, price_set_id, currency_code, amount_minor)
       select tenant_id, 'price_' || $2::text || row_number() over (), vendor_id, price_set_id, $2, amount_minor
       from app.price where tenant_id = $1 and currency_code = $3`,
      [store.tenantId, region.currency, store.currency],
    ],
    [
      `insert into app.geo_zone (tenant_id, id, vendor_id, service_zone_id, country_code)
       select tenant_id, 'fgz_' || $2::text || row_number() over (), vendor_id, service_zone_id, $2 from app.geo_zone where tenant_id = $1`,
      [store.tenantId, region.country],
    ],
  ]
  for (const [text, list] of statements) await asAdmin(app.adminUrl, text, list)
  return id
}
