import type pg from 'pg'

/** A table of schema `app`, as the catalogue has it. */
export interface Table {
  name: string
  columns: Column[]
  primaryKey: string[]
  references: Reference[]
  /** The column that names the row's vendor; null where rows belong to the whole store. */
  vendorColumn: string | null
}

interface Column {
  name: string
  type: string
  nullable: boolean
  hasDefault: boolean
  generated: boolean
}

export interface Reference {
  name: string
  columns: string[]
  parent: string
  parentColumns: string[]
}

export type Row = Record<string, unknown>

/** A row as it was inserted. */
export interface Seeded {
  table: string
  tenant: string
  copy: number
  row: Row
}

export const tenantA = '0000000a-0000-4000-8000-00000000000a'
export const tenantB = '0000000b-0000-4000-8000-00000000000b'
/** Copies 1 and 2 are in both tenants, under the same ids, and belong to vendors 1 and 2. */
export const twins = [1, 2]
/** In tenant B alone, and there a row of vendor 1: what a row of tenant A must never be able to point at. */
export const strangerCopy = 3
export const vendorId = (copy: number) => `vend_${copy}`

type Demanded = string | number | null | ((copy: number) => string | number)

const oneOf = (first: string, second: string, third: string) => (copy: number) => [first, second, third][copy - 1] ?? first

/**
 * Values that a check, a key or a trigger demands, by table and column. Every other column is filled by its type, every
 * foreign key with the parent of the same copy.
 */
const demanded: Record<string, Record<string, Demanded>> = {
  api_key: { type: 'vendor' },
  audit_record: { vendor_id: vendorId },
  auth_identity: { actor_type: 'customer' },
  auth_token: { purpose: 'password_reset' },
  auth_verification: { entity_type: 'email' },
  cart_shipping_method: { vendor_id: vendorId },
  checkout: { state: 'open' },
  clawback: { method: 'offset', currency_code: 'usd', amount_minor: 10, state: 'succeeded' },
  conditional_price: { currency_code: 'usd', item_total_rules: null, other_rules: null },
  export_job: { kind: 'products' },
  gift_card: { value_minor: 100, currency_code: 'usd', piece: 1 },
  hold: { reason: 'manual' },
  idempotency_key: { state: 'done' },
  import_job: { kind: 'products', on_error: 'skip' },
  invoice: { kind: 'invoice', period: '2026-01', currency_code: 'usd', total_minor: 100, lines: '[]', pdf: '\\x00' },
  ledger_account: { currency_code: 'usd', normal: 'debit' },
  ledger_posting: { position: 0, amount_minor: 100 },
  dispute: { status: 'needs_response', amount_minor: 100 },
  payment_account: { mode: 'test', credentials: 'sealed' },
  order_change: { change_type: 'update_order' },
  order_credit: { state: 'booked', amount_minor: 100, vendor_amount_minor: 80, commission_minor: 10, tax_minor: 10 },
  order_credit_line: { amount_minor: 100 },
  order_claim_item: { reason: 'other' },
  order_edit: { status: 'confirmed' },
  order_edit_action: { action: 'ITEM_UPDATE' },
  order_line_item: { subtotal_minor: 100, tax_minor: 20, total_minor: 120 },
  order_shipping_method: { subtotal_minor: 10, tax_minor: 2, total_minor: 12 },
  payable: { currency_code: 'usd' },
  payee: { kind: 'company', currency_code: 'usd' },
  payout: { method: 'manual', currency_code: 'usd', state: 'paid' },
  price: { currency_code: 'usd' },
  promotion: {
    type: 'standard',
    funder: 'vendor',
    method_type: 'percentage',
    target_type: 'items',
    allocation: 'each',
    value_ppm: 100_000,
  },
  price_preference: { attribute: 'region_id' },
  region_country: { iso_2: oneOf('de', 'fr', 'it') },
  // Prices in the first currency make a range of their own.
  product_price_range: { currency_code: 'eur', lowest_minor: 100, highest_minor: 100 },
  release: { method: 'manual', currency_code: 'usd', state: 'succeeded', amount_minor: 100 },
  review: { rating: 5 },
  role: { scope: 'tenant' },
  role_grant: { subject_type: 'user' },
  // One for a vendor: the stranger's is a vendor's of its own.
  seller_identity: { vendor_id: vendorId, kind: 'company' },
  store_credit_account: { currency_code: 'usd' },
  store_credit_transaction: { type: 'credit', amount_minor: 100, currency_code: 'usd', reference: 'staff' },
  store_currency: { currency_code: oneOf('usd', 'eur', 'gbp') },
  store_locale: { locale_code: oneOf('de', 'fr', 'it') },
  translation: { reference: 'product', locale_code: oneOf('de', 'fr', 'it') },
  tax_rate_rule: { reference: 'product' },
  vendor_application: { vendor_id: vendorId },
  vendor: { id: vendorId, handle: (copy) => `stall-${copy}` },
  vendor_order: {
    item_total_minor: 120,
    shipping_total_minor: 12,
    tax_total_minor: 22,
    total_minor: 132,
    commission_minor: 10,
    vendor_amount_minor: 100,
  },
}

/** Second rows of a copy, where a table wants more than one: a ledger entry balances. */
const companions: Record<string, Record<string, Demanded>> = {
  ledger_posting: { position: 1, amount_minor: -100 },
}

const byType: Record<string, (label: string, copy: number) => unknown> = {
  text: (label, copy) => `${label} ${copy}`,
  'text[]': () => [],
  integer: (_label, copy) => copy,
  bigint: (_label, copy) => 100 * copy,
  'double precision': (_label, copy) => copy,
  boolean: () => false,
  jsonb: () => '{}',
  'timestamp(3) with time zone': () => '2026-01-02T03:04:05Z',
}

/** Reads every table of schema `app`, parents before children. */
export async function readTables(admin: pg.ClientBase): Promise<Table[]> {
  const { rows } = await admin.query<Omit<Table, 'vendorColumn'>>(`
    select c.relname as name,
      (select json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'nullable', not a.attnotnull, 'hasDefault', a.atthasdef, 'generated', a.attgenerated <> '') order by a.attnum)
        from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      coalesce((select json_agg(a.attname order by k.ordinality)
        from pg_index i cross join lateral unnest(i.indkey::int2[]) with ordinality as k (number, ordinality)
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.number
        where i.indrelid = c.oid and i.indisprimary), '[]') as "primaryKey",
      coalesce((select json_agg(json_build_object('name', f.conname, 'parent', p.relname,
          'columns', (select json_agg(a.attname order by k.ordinality) from unnest(f.conkey) with ordinality as k (number, ordinality)
                      join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number),
          'parentColumns', (select json_agg(a.attname order by k.ordinality) from unnest(f.confkey) with ordinality as k (number, ordinality)
                      join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number)) order by f.conname)
        from pg_constraint f join pg_class p on p.oid = f.confrelid where f.conrelid = c.oid and f.contype = 'f'), '[]') as "references"
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'app' and c.relkind in ('r', 'p') order by c.relname`)
  const tables = rows.map((row) => ({ ...row, vendorColumn: vendorColumnOf(row) }))
  return parentsFirst(tables)
}

function vendorColumnOf(table: Omit<Table, 'vendorColumn'>): string | null {
  if (table.name === 'vendor') return 'id'
  return table.columns.some((column) => column.name === 'vendor_id') ? 'vendor_id' : null
}

function parentsFirst(tables: readonly Table[]): Table[] {
  const ordered: Table[] = []
  const waiting = new Set(tables)
  while (waiting.size > 0) {
    const before = waiting.size
    for (const table of waiting) {
      const open = table.references.some((key) => key.parent !== table.name && [...waiting].some((other) => other.name === key.parent))
      if (open) continue
      ordered.push(table)
      waiting.delete(table)
    }
    if (waiting.size === before) {
      const names = [...waiting].map((table) => table.name).join(', ')
      throw new Error(`foreign keys run in a circle through ${names}: seed() in test/isolation/rows.ts must fill one of them later`)
    }
  }
  return ordered
}

/** The row that a table has in copy `copy`: the same in every tenant, and without the tenant's id. */
export function rowOf(tables: readonly Table[], name: string, copy: number): Row {
  const table = tables.find((candidate) => candidate.name === name)
  if (table === undefined) throw new Error(`no table app.${name}`)
  const wanted = demanded[name] ?? {}
  const row: Row = {}
  for (const column of table.columns) {
    if (column.name === 'tenant_id' || column.generated) continue
    const given = wanted[column.name]
    if (given !== undefined) row[column.name] = typeof given === 'function' ? given(copy) : given
    else if (column.name === 'id') row.id = `${name}_${copy}`
  }
  for (const key of table.references) fillFromParent(tables, table, key, copy, row)
  for (const column of table.columns) {
    const open = column.name !== 'tenant_id' && !column.generated && !column.hasDefault && !column.nullable
    if (!open || row[column.name] !== undefined) continue
    const make = byType[column.type]
    if (make === undefined) throw new Error(advice(name, `column ${column.name} has type ${column.type}, which no generator makes`))
    row[column.name] = make(`${name} ${column.name}`, copy)
  }
  return row
}

function fillFromParent(tables: readonly Table[], table: Table, key: Reference, copy: number, row: Row): void {
  // The stranger's rows are vendor 1's, so that a key which forgets the tenant would accept them.
  const parentCopy = key.parent === 'vendor' && copy === strangerCopy ? 1 : copy
  const parent = key.parent === table.name ? row : rowOf(tables, key.parent, parentCopy)
  for (const [index, column] of key.columns.entries()) {
    if (column === 'tenant_id' || row[column] !== undefined) continue
    row[column] = parent[key.parentColumns[index] as string]
  }
}

function advice(table: string, reason: string): string {
  return `app.${table}: ${reason}. Add what it needs to "demanded" in test/isolation/rows.ts, under ${table}.`
}

/** `insert into app.table (…) values (…)` for a row. */
export function insertText(table: string, row: Row): string {
  const names = Object.keys(row)
  return `insert into app.${table} (${names.join(', ')}) values (${names.map((_name, index) => `$${index + 1}`).join(', ')})`
}

/**
 * Fills every table: two twins in each of two tenants, and in tenant B a third row that tenant A does not have.
 * @throws an error that says which values a new table needs, when its generated row is refused
 */
export async function seed(admin: pg.ClientBase, tables: readonly Table[]): Promise<Seeded[]> {
  const seeded: Seeded[] = []
  for (const table of tables) {
    for (const [tenant, copies] of [
      [tenantA, twins],
      [tenantB, [...twins, strangerCopy]],
    ] as const) {
      for (const copy of copies) {
        const row = rowOf(tables, table.name, copy)
        const second = companions[table.name]
        for (const complete of second === undefined ? [row] : [row, { ...row, ...second }]) {
          await insertSeed(admin, table.name, { tenant_id: tenant, ...complete })
          seeded.push({ table: table.name, tenant, copy, row: { tenant_id: tenant, ...complete } })
        }
      }
    }
  }
  return seeded
}

async function insertSeed(admin: pg.ClientBase, table: string, row: Row): Promise<void> {
  try {
    await admin.query(insertText(table, row), Object.values(row))
  } catch (error) {
    throw new Error(advice(table, `the generated row was refused, ${(error as Error).message}`), { cause: error })
  }
}
