import type { Knex } from 'knex'

/** The one policy text (design: decisions/0001). Verbatim everywhere; a test compares it with the catalogue. */
export const tenantPolicy = `tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid`
export const vendorPolicy = (column: string) => `${column} = nullif(current_setting('app.vendor_id', true), '')`

/** What the vendor role may do with a table. */
export type VendorAccess =
  /** Rows carry vendor_id; the vendor reads and writes its own. */
  | 'own'
  /** Rows carry vendor_id; the vendor reads its own. */
  | 'own-read'
  /** Shared by the whole store; the vendor reads them. */
  | 'shared'
  /** Shared vocabulary (tags, types): the vendor reads, and may add. */
  | 'shared-append'
  /** No grant at all. */
  | 'none'

export interface TenantTable {
  /** Column lines in SQL, without tenant_id and id. */
  columns: string
  /** Key columns behind tenant_id; ['id'] unless the table is a link. */
  key?: string[]
  /** `column: 'table'` or `column: 'table on delete cascade'`: composite foreign keys led by tenant_id. */
  references?: Record<string, string>
  /** Further constraints in SQL, for example composite keys over three columns. */
  constraints?: string[]
  /** `[columns, options?]` of further indexes, led by tenant_id by themselves. */
  indexes?: { columns: string; unique?: boolean; where?: string; name?: string }[]
  vendor: VendorAccess
  /** The column that the vendor policy compares; vendor_id unless said otherwise. */
  vendorColumn?: string
  /** Rows are written once: no update and no delete for any run-time role. */
  appendOnly?: boolean
}

/**
 * Creates a table of schema `app` as every tenant table must be: composite key, foreign keys and unique indexes led
 * by tenant_id, row-level security enabled and forced, the one policy, a restrictive policy for the vendor role, and
 * grants to the run-time roles, and plans that suit its largest store. No tenant table is made in another way.
 */
export async function tenantTable(knex: Knex, name: string, table: TenantTable): Promise<void> {
  const key = table.key ?? ['id']
  const lines = [`tenant_id uuid not null default nullif(current_setting('app.tenant_id', true), '')::uuid`]
  if (table.key === undefined) lines.push(`id text collate "C" not null check (length(id) between 1 and 64)`)
  lines.push(table.columns.trim().replace(/,\s*$/, ''))
  lines.push(`primary key (tenant_id, ${key.join(', ')})`)
  for (const [column, target] of Object.entries(table.references ?? {})) {
    const [parent, ...rest] = target.split(' ')
    const action = rest.join(' ').replace(/set null$/, `set null (${column})`)
    lines.push(`foreign key (tenant_id, ${column}) references app.${parent} (tenant_id, id) ${action}`.trimEnd())
  }
  lines.push(...(table.constraints ?? []))
  await knex.raw(`create table app.${name} (\n  ${lines.join(',\n  ')}\n)`)
  await createIndexes(knex, name, table)
  await secure(knex, name, table)
  await planForTheLargest(knex, name)
}

/**
 * Tells the planner that a store, a vendor and a sales channel may each hold every row. A plan that is kept for all
 * stores took them by itself for the average one: with a thousand stores it read all pairs of products and channels of
 * the one large store (13 s for a page; 7 ms since). What is right for the largest is an index walk for the small too.
 * Takes effect when the table is analyzed.
 */
export async function planForTheLargest(knex: Knex, name: string): Promise<void> {
  const { rows } = (await knex.raw(
    `select attname as column from pg_attribute
     where attrelid = 'app.${name}'::regclass and attname in ('tenant_id', 'vendor_id', 'sales_channel_id')`,
  )) as { rows: { column: string }[] }
  for (const { column } of rows) await knex.raw(`alter table app.${name} alter column ${column} set (n_distinct = 1)`)
}

async function createIndexes(knex: Knex, name: string, table: TenantTable): Promise<void> {
  const wanted = [...(table.indexes ?? [])]
  for (const column of Object.keys(table.references ?? {})) {
    // A second index with the same beginning is worse than none: before statistics are gathered the planner may check
    // keys through the shorter one, and reads all of a vendor's rows for each (measured: 5.6 s against 0.7 s for 2 000 variants).
    const covered =
      (table.key ?? [])[0] === column ||
      wanted.some((index) => index.columns.split(/,\s*/)[0] === column) ||
      (table.constraints ?? []).some((constraint) => constraint.startsWith(`unique (tenant_id, ${column}, `))
    if (!covered) wanted.push({ columns: column })
  }
  for (const index of wanted) {
    const label = index.name ?? `${name}_${index.columns.replace(/[^a-z0-9]+/g, '_')}`.slice(0, 60)
    const where = index.where === undefined ? '' : ` where ${index.where}`
    const unique = index.unique === true ? 'unique ' : ''
    await knex.raw(`create ${unique}index ${label} on app.${name} (tenant_id, ${index.columns})${where}`)
  }
}

async function secure(knex: Knex, name: string, table: TenantTable): Promise<void> {
  const write = table.appendOnly === true ? 'select, insert' : 'select, insert, update, delete'
  await knex.raw(`alter table app.${name} enable row level security`)
  await knex.raw(`alter table app.${name} force row level security`)
  await knex.raw(`create policy tenant_isolation on app.${name} using (${tenantPolicy})`)
  await knex.raw(`revoke all on app.${name} from public`)
  await knex.raw(`grant ${write} on app.${name} to app_store, app_platform`)
  if (table.vendor === 'none') return
  const vendorGrants = {
    own: write,
    'own-read': 'select',
    shared: 'select',
    'shared-append': 'select, insert',
  }[table.vendor]
  if (table.vendor === 'own' || table.vendor === 'own-read') {
    const policy = vendorPolicy(table.vendorColumn ?? 'vendor_id')
    await knex.raw(`create policy vendor_scope on app.${name} as restrictive to app_vendor using (${policy})`)
  }
  await knex.raw(`grant ${vendorGrants} on app.${name} to app_vendor`)
}
