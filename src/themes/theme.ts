import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import type { Theme } from './schema.js'

/** The store's theme; no row for a store that describes none. */
export function themeStatement(tenantId: string): Statement<{ theme: Theme }> {
  return statement('themes.storefront', `select t.theme from store_theme t where t.tenant_id = $1 and t.name = 'storefront'`, [tenantId])
}

/** Gives the store a theme in place of the one it has. */
export async function setTheme(unit: Unit, theme: Theme): Promise<void> {
  await unit.run(
    statement(
      'themes.set',
      `insert into store_theme (tenant_id, name, theme) values ($1, 'storefront', $2)
       on conflict (tenant_id, name) do update set theme = excluded.theme, updated_at = now()`,
      [tenantOf(unit), JSON.stringify(theme)],
    ),
  )
}
