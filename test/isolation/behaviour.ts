import type pg from 'pg'
import {
  insertText,
  readTables,
  type Reference,
  type Row,
  type Seeded,
  seed,
  type Table,
  tenantA,
  tenantB,
  twins,
  vendorId,
} from './rows.js'

/** Somebody whose rows are known, acting under a run-time role. */
export interface Actor {
  label: string
  role: string
  tenant: string
  vendor: string
}

/** A seeded database inside one transaction of the superuser, who takes on the actors' roles and sees what they did. */
export interface World {
  client: pg.ClientBase
  tables: Table[]
  seeded: Seeded[]
  privileges: Map<string, Privileges>
  checksums: Map<string, string | null>
}

interface Privileges {
  select: boolean
  insert: boolean
  delete: boolean
  /** A column that may be updated, if any. */
  update: string | null
}

/** What an actor must not be able to do: a line per violation, so that it can be asked of a database broken on purpose. */
export type Behaviour = (world: World, table: Table, actor: Actor) => Promise<string[]>

export const storeOfA: Actor = { label: 'the store of tenant A', role: 'app_store', tenant: tenantA, vendor: '' }
export const platformInA: Actor = { label: 'the platform in tenant A', role: 'app_platform', tenant: tenantA, vendor: '' }
export const vendorOfA: Actor = { label: 'vendor 1 of tenant A', role: 'app_vendor', tenant: tenantA, vendor: vendorId(1) }
/** Owns the tables: row-level security binds it because it is forced. */
export const ownerInA: Actor = { label: 'the owner of the tables in tenant A', role: 'app_owner', tenant: tenantA, vendor: '' }

/** Seeds the twins and opens the transaction in which everything else happens. */
export async function openWorld(client: pg.ClientBase): Promise<World> {
  await client.query('begin')
  const tables = await readTables(client)
  const seeded = await seed(client, tables)
  await client.query('commit')
  await client.query('begin')
  return { client, tables, seeded, privileges: await readPrivileges(client), checksums: new Map() }
}

async function readPrivileges(client: pg.ClientBase): Promise<Map<string, Privileges>> {
  const { rows } = await client.query<Privileges & { key: string }>(`
    select r.rolname || ' ' || c.relname as key,
           has_table_privilege(r.oid, c.oid, 'select') as select, has_table_privilege(r.oid, c.oid, 'insert') as insert,
           has_table_privilege(r.oid, c.oid, 'delete') as delete,
           (select min(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
              and a.attgenerated = '' and has_column_privilege(r.oid, c.oid, a.attnum, 'update')) as update
    from pg_roles r cross join pg_class c join pg_namespace n on n.oid = c.relnamespace
    where r.rolname like 'app\\_%' and n.nspname = 'app' and c.relkind in ('r', 'p')`)
  return new Map(rows.map((row) => [row.key, row]))
}

export function privilegesOf(world: World, table: Table, actor: Actor): Privileges {
  return world.privileges.get(`${actor.role} ${table.name}`) ?? { select: false, insert: false, delete: false, update: null }
}

/** Whether a row is the actor's: its tenant's, and where rows have vendors, its vendor's. */
function owns(table: Table, actor: Actor, row: Row): boolean {
  const ofVendor = actor.vendor === '' || table.vendorColumn === null || row[table.vendorColumn] === actor.vendor
  return row.tenant_id === actor.tenant && ofVendor
}

const seededIn = (world: World, table: Table) => world.seeded.filter((entry) => entry.table === table.name).map((entry) => entry.row)
export const ownRows = (world: World, table: Table, actor: Actor) => seededIn(world, table).filter((row) => owns(table, actor, row))

/** Rows that are not the actor's, a twin of each kind: another tenant's, and another vendor's of the same tenant. */
function foreignRows(world: World, table: Table, actor: Actor): Row[] {
  const foreign = seededIn(world, table).filter((row) => !owns(table, actor, row))
  const otherTenant = foreign.filter((row) => row.tenant_id !== actor.tenant)
  const otherVendor = foreign.filter((row) => row.tenant_id === actor.tenant)
  return [...otherTenant.slice(0, twins.length), ...otherVendor.slice(0, 1)]
}

export interface Outcome {
  rows: Row[]
  count: number
  /** SQLSTATE when the statement was refused. */
  code: string | null
  /** Tables in which rows changed that are not the actor's. */
  changed: string[]
}

export interface AttemptOptions {
  values?: unknown[]
  /** Where to look for changed rows of others. */
  watch?: readonly Table[]
  /** Run as superuser before it, and undone with it. */
  before?: string
  /** Runs without foreign keys, to see what policies alone let through. */
  withoutKeys?: boolean
}

/** Runs one statement as the actor, looks at what it did, and undoes it. */
export async function attempt(world: World, actor: Actor, text: string, options: AttemptOptions = {}): Promise<Outcome> {
  const { client } = world
  const watched = options.watch ?? []
  for (const table of watched) await knownChecksum(world, table, actor)
  await client.query('savepoint attempt')
  try {
    if (options.before !== undefined) await client.query(options.before)
    if (options.withoutKeys === true) await client.query(`set local session_replication_role = replica`)
    await client.query(
      `select set_config('role', $1, true), set_config('app.tenant_id', $2, true), set_config('app.vendor_id', $3, true)`,
      [actor.role, actor.tenant, actor.vendor],
    )
    const result = await client.query<Row>(text, options.values ?? [])
    await client.query(`select set_config('role', 'none', true)`)
    const changed: string[] = []
    for (const table of watched) {
      if ((await readChecksum(world, table, actor)) !== (await knownChecksum(world, table, actor))) changed.push(table.name)
    }
    return { rows: result.rows, count: result.rowCount ?? 0, code: null, changed }
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code === undefined) throw error
    return { rows: [], count: 0, code, changed: [] }
  } finally {
    await client.query('rollback to savepoint attempt')
  }
}

/** md5 of the rows of a table that are not the actor's. */
async function readChecksum(world: World, table: Table, actor: Actor): Promise<string | null> {
  const ofOtherVendors = table.vendorColumn === null || actor.vendor === '' ? '' : `or t.${table.vendorColumn} is distinct from $2`
  const { rows } = await world.client.query<{ sum: string | null }>(
    `select md5(string_agg(t::text, '' order by t::text)) as sum from app.${table.name} t where t.tenant_id::text <> $1 ${ofOtherVendors}`,
    ofOtherVendors === '' ? [actor.tenant] : [actor.tenant, actor.vendor],
  )
  return rows[0]?.sum ?? null
}

async function knownChecksum(world: World, table: Table, actor: Actor): Promise<string | null> {
  const key = `${table.name} ${actor.tenant} ${actor.vendor}`
  const known = world.checksums.get(key)
  if (known !== undefined) return known
  const sum = await readChecksum(world, table, actor)
  world.checksums.set(key, sum)
  return sum
}

/** The table and every table that a deletion in it can reach through foreign keys. */
function reachedFrom(world: World, table: Table): Table[] {
  const reached = new Set([table])
  for (const parent of reached) {
    for (const child of world.tables) if (child.references.some((key) => key.parent === parent.name)) reached.add(child)
  }
  return [...reached]
}

/** Violations of an outcome: rows that are not the actor's, seen or changed. */
function foreignIn(table: Table, actor: Actor, what: string, outcome: Outcome): string[] {
  const seen = outcome.rows.filter((row) => !owns(table, actor, row)).length
  const found = seen > 0 ? [`${table.name}: ${what} showed ${seen} rows of somebody else`] : []
  for (const name of outcome.changed) found.push(`${table.name}: ${what} changed rows of somebody else in ${name}`)
  return found
}

/** Violations of an outcome that must be a refusal. */
function unlessRefused(table: Table, what: string, outcome: Outcome, code = '42501'): string[] {
  return outcome.code === code
    ? []
    : [`${table.name}: ${what} was not refused with ${code} but ${outcome.code ?? `touched ${outcome.count} rows`}`]
}

function unlessCounted(table: Table, what: string, outcome: Outcome, expected: number): string[] {
  if (outcome.code !== null) return [`${table.name}: ${what} failed with ${outcome.code}`]
  return outcome.count === expected ? [] : [`${table.name}: ${what} found ${outcome.count} rows instead of ${expected}`]
}

const selects: Behaviour = async (world, table, actor) => {
  const may = privilegesOf(world, table, actor)
  const all = await attempt(world, actor, `select * from app.${table.name}`)
  if (!may.select) return unlessRefused(table, 'reading without a grant', all)
  const own = ownRows(world, table, actor).length
  const counted = await attempt(world, actor, `select count(*)::int as count from app.${table.name}`)
  const named = await attempt(world, actor, `select * from app.${table.name} where tenant_id = $1`, { values: [tenantB] })
  return [
    ...foreignIn(table, actor, 'reading', all),
    ...unlessCounted(table, 'reading', all, own),
    ...unlessCounted(table, 'counting', { ...counted, count: Number(counted.rows[0]?.count) }, own),
    ...unlessCounted(table, "reading the other tenant's rows", named, 0),
  ]
}

const locks: Behaviour = async (world, table, actor) => {
  const may = privilegesOf(world, table, actor)
  const violations: string[] = []
  for (const strength of ['update', 'share']) {
    const locked = await attempt(world, actor, `select * from app.${table.name} for ${strength}`)
    if (!may.select || may.update === null) violations.push(...unlessRefused(table, `locking for ${strength} without a grant`, locked))
    else
      violations.push(
        ...foreignIn(table, actor, `locking for ${strength}`, locked),
        ...unlessCounted(table, 'locking', locked, ownRows(world, table, actor).length),
      )
  }
  return violations
}

const joins: Behaviour = async (world, table, actor) => {
  const violations: string[] = []
  for (const key of table.references) {
    const parent = world.tables.find((candidate) => candidate.name === key.parent) as Table
    // Twins have the same ids: without the tenant in the condition, a leak on either side would multiply the rows.
    const conditions = key.columns.flatMap((column, index) =>
      column === 'tenant_id' ? [] : [`c.${column} = p.${key.parentColumns[index]}`],
    )
    const text = `select to_jsonb(c) as child, to_jsonb(p) as parent from app.${table.name} c join app.${parent.name} p on ${conditions.join(' and ')}`
    const joined = await attempt(world, actor, text)
    const what = `joining ${parent.name} through ${key.name}`
    if (!privilegesOf(world, table, actor).select || !privilegesOf(world, parent, actor).select) {
      violations.push(...unlessRefused(table, `${what} without a grant`, joined))
      continue
    }
    const children = joined.rows.map((row) => row.child as Row)
    const parents = joined.rows.map((row) => row.parent as Row)
    violations.push(
      ...foreignIn(table, actor, what, { ...joined, rows: children }),
      ...foreignIn(parent, actor, what, { ...joined, rows: parents }),
      ...unlessCounted(table, what, joined, ownPairs(world, table, parent, key, actor)),
    )
  }
  return violations
}

/** How many of the actor's rows have a parent that is the actor's too. */
function ownPairs(world: World, table: Table, parent: Table, key: Reference, actor: Actor): number {
  const parents = ownRows(world, parent, actor)
  const hasParent = (row: Row) =>
    parents.some((candidate) => key.columns.every((column, index) => row[column] === candidate[key.parentColumns[index] as string]))
  return ownRows(world, table, actor).filter(hasParent).length
}

const updates: Behaviour = async (world, table, actor) => {
  const { update: column } = privilegesOf(world, table, actor)
  const own = ownRows(world, table, actor).length
  const violations: string[] = []
  const anyColumn = column ?? (table.primaryKey[1] as string)
  const everything = await attempt(world, actor, `update app.${table.name} set ${anyColumn} = ${anyColumn} returning *`, { watch: [table] })
  if (column === null) violations.push(...unlessRefused(table, 'updating without a grant', everything))
  else violations.push(...foreignIn(table, actor, 'updating', everything), ...unlessCounted(table, 'updating', everything, own))
  const moved = await attempt(world, actor, `update app.${table.name} set tenant_id = $1`, { values: [tenantB], watch: [table] })
  violations.push(...unlessRefused(table, 'moving rows to the other tenant', moved))
  if (actor.vendor !== '' && table.vendorColumn !== null) {
    const given = await attempt(world, actor, `update app.${table.name} set ${table.vendorColumn} = $1`, {
      values: [vendorId(2)],
      watch: [table],
    })
    violations.push(...unlessRefused(table, 'giving rows to the other vendor', given))
  }
  return violations
}

const deletes: Behaviour = async (world, table, actor) => {
  const may = privilegesOf(world, table, actor)
  const text = `delete from app.${table.name} returning *`
  // Foreign keys may refuse it because the actor's own rows hang on it; what they cascade to is looked at as well.
  const withKeys = await attempt(world, actor, text, { watch: reachedFrom(world, table) })
  const withoutKeys = await attempt(world, actor, text, { watch: [table], withoutKeys: true })
  if (!may.delete) return [withKeys, withoutKeys].flatMap((outcome) => unlessRefused(table, 'deleting without a grant', outcome))
  return [
    ...foreignIn(table, actor, 'deleting', withKeys),
    ...(withKeys.code === '23503' ? [] : unlessCounted(table, 'deleting', withKeys, ownRows(world, table, actor).length)),
    ...foreignIn(table, actor, 'deleting', withoutKeys),
    ...unlessCounted(table, 'deleting', withoutKeys, ownRows(world, table, actor).length),
  ]
}

const inserts: Behaviour = async (world, table, actor) => {
  const violations: string[] = []
  for (const row of foreignRows(world, table, actor)) {
    const values = Object.values(row)
    const insert = insertText(table.name, row)
    const [first] = Object.keys(row)
    const plain = await attempt(world, actor, insert, { values, watch: [table] })
    const quiet = await attempt(world, actor, `${insert} on conflict do nothing`, { values, watch: [table] })
    const upsert = `${insert} on conflict (${table.primaryKey.join(', ')}) do update set ${first} = excluded.${first}`
    violations.push(
      ...unlessRefused(table, 'inserting for somebody else', plain),
      ...unlessRefused(table, 'inserting for somebody else, conflicts ignored,', quiet),
      ...unlessRefused(table, 'upserting onto somebody else', await attempt(world, actor, upsert, { values, watch: [table] })),
    )
  }
  return violations
}

/** That the refusals above are not for want of a grant: the actor's own row is taken, and lands with the actor without naming the tenant. */
const insertsOwn: Behaviour = async (world, table, actor) => {
  if (!privilegesOf(world, table, actor).insert) return []
  const [own] = ownRows(world, table, actor)
  if (own === undefined) return [`${table.name}: nothing was seeded`]
  const { tenant_id: _tenant, ...row } = own
  const cleared = { values: Object.values(row), withoutKeys: true, watch: [table] }
  const text = `${insertText(table.name, row)} on conflict do nothing`
  const outcome = await attempt(world, actor, text, cleared)
  return outcome.code === null
    ? foreignIn(table, actor, 'inserting', outcome)
    : [`${table.name}: inserting an own row failed with ${outcome.code}`]
}

/** Every behaviour by the name that its test carries. */
export const behaviours: Readonly<Record<string, Behaviour>> = {
  'reads and counts its own rows and no other': selects,
  'locks its own rows and no other': locks,
  'reaches nothing of others through any foreign key': joins,
  'updates its own rows and no other, and moves none away': updates,
  'deletes its own rows and no other, cascades included': deletes,
  'cannot insert for others, nor upsert onto their rows': inserts,
  'inserts for itself without naming the tenant': insertsOwn,
}

/** The first violation that any behaviour finds in a table; undefined in a sound database. */
export async function firstViolation(world: World, table: Table, actor: Actor): Promise<string | undefined> {
  for (const behaviour of Object.values(behaviours)) {
    const [violation] = await behaviour(world, table, actor)
    if (violation !== undefined) return violation
  }
  return undefined
}
