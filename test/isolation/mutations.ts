import type { Reference, Table } from './rows.js'

/** One thing broken in an otherwise sound database, what must notice it, and whose name it must say. */
export interface Mutation {
  what: string
  sql: string
  /** The check that must go red; any of the catalogue unless given. */
  check?: string
  names: string
}

const rowSecurity = 'every table enables and forces row-level security'
const tenantColumn = 'every table has tenant_id with the default of the context'
const policies = 'every table has exactly the policies it must have, word for word'
const foreignKeys = 'every foreign key leads tenant_id to tenant_id'
const references = 'every reference has a foreign key'
const vendorKeys = 'foreign keys of rows that vendors write hold the vendor'
const uniqueIndexes = 'every unique index begins with tenant_id'
const relations = 'views run with their caller’s rights; nothing that policies cannot cover is granted'
const definers = 'SECURITY DEFINER functions are the reviewed ones'
const roles = 'run-time roles bypass nothing, own nothing and inherit nothing'
const grants = 'grants are no wider than the four row operations, and the login has none'
const leakproof = 'index columns have leakproof operators'

const tenantSetting = `nullif(current_setting('app.tenant_id', true), '')::uuid`

/** Every way to break one table's row-level security, columns and grants. */
export function ofTable(table: Table): Mutation[] {
  const { name } = table
  const alter = `alter table app.${name}`
  const policy = (text: string) => `drop policy tenant_isolation on app.${name}; create policy tenant_isolation on app.${name} ${text}`
  return [
    { what: 'row-level security disabled', sql: `${alter} disable row level security`, check: rowSecurity, names: name },
    { what: 'FORCE dropped', sql: `${alter} no force row level security`, check: rowSecurity, names: name },
    { what: 'tenant_isolation dropped', sql: `drop policy tenant_isolation on app.${name}`, check: policies, names: name },
    { what: 'tenant_isolation true', sql: policy('using (true)'), check: policies, names: name },
    {
      what: 'tenant_isolation with a bypass',
      sql: policy(`using (tenant_id = ${tenantSetting} or current_setting('app.bypass', true) = 'on')`),
      check: policies,
      names: name,
    },
    {
      what: 'tenant_isolation open when unset',
      sql: policy(`using (current_setting('app.tenant_id', true) is null or tenant_id = ${tenantSetting})`),
      check: policies,
      names: name,
    },
    {
      what: 'tenant_isolation for reading only',
      sql: policy(`for select using (tenant_id = ${tenantSetting})`),
      check: policies,
      names: name,
    },
    {
      what: 'tenant_isolation with an open check',
      sql: policy(`using (tenant_id = ${tenantSetting}) with check (true)`),
      check: policies,
      names: name,
    },
    {
      what: 'tenant_isolation for one role',
      sql: policy(`to app_store using (tenant_id = ${tenantSetting})`),
      check: policies,
      names: name,
    },
    {
      what: 'a second permissive policy',
      sql: `create policy helpful on app.${name} for select using (true)`,
      check: policies,
      names: name,
    },
    { what: 'TRUNCATE granted', sql: `grant truncate on app.${name} to app_store`, check: grants, names: name },
    { what: 'REFERENCES granted', sql: `grant references on app.${name} to app_platform`, check: grants, names: name },
    { what: 'a column granted to the login', sql: `grant select (tenant_id) on app.${name} to app_login`, check: grants, names: name },
    { what: 'granted to PUBLIC', sql: `grant select on app.${name} to public`, check: grants, names: name },
    {
      what: 'granted with the right to grant',
      sql: `grant select on app.${name} to app_store with grant option`,
      check: grants,
      names: name,
    },
    { what: 'the default of tenant_id dropped', sql: `${alter} alter tenant_id drop default`, check: tenantColumn, names: name },
    {
      what: 'a unique index without the tenant',
      sql: `create unique index mutant_${name} on app.${name} (${table.primaryKey[1]})`,
      check: uniqueIndexes,
      names: `mutant_${name}`,
    },
    {
      what: 'a numeric column behind the tenant in an index',
      sql: `${alter} add mutant numeric; create index mutant_${name} on app.${name} (tenant_id, mutant)`,
      check: leakproof,
      names: `mutant_${name}`,
    },
    {
      what: 'a view that runs with its owner’s rights',
      sql: `create view app.mutant_${name} as select * from app.${name}`,
      check: relations,
      names: `mutant_${name}`,
    },
    {
      what: 'owned by a run-time role',
      sql: `grant create on schema app to app_store; alter table app.${name} owner to app_store`,
      check: roles,
      names: name,
    },
    ...(name === 'outbox_event'
      ? []
      : [{ what: 'granted to the dispatcher', sql: `grant select on app.${name} to app_worker`, check: grants, names: name }]),
  ]
}

/** A table that vendors may touch loses its second fence, or one that they may not is opened to them. */
export function ofVendors(table: Table, vendorMay: boolean, vendorScope: boolean): Mutation[] {
  const { name } = table
  const mutations: Mutation[] = []
  if (vendorScope) {
    const drop = `drop policy vendor_scope on app.${name}`
    const create = `create policy vendor_scope on app.${name}`
    const own = `(${table.vendorColumn} = nullif(current_setting('app.vendor_id', true), ''))`
    mutations.push(
      { what: 'vendor_scope dropped', sql: drop, check: policies, names: name },
      { what: 'vendor_scope permissive', sql: `${drop}; ${create} to app_vendor using ${own}`, check: policies, names: name },
      { what: 'vendor_scope true', sql: `${drop}; ${create} as restrictive to app_vendor using (true)`, check: policies, names: name },
      {
        what: 'vendor_scope for another role',
        sql: `${drop}; ${create} as restrictive to app_store using ${own}`,
        check: policies,
        names: name,
      },
    )
  }
  if (!vendorMay)
    mutations.push({ what: 'granted to vendors', sql: `grant select on app.${name} to app_vendor`, check: policies, names: name })
  return mutations
}

/** A foreign key that forgets the tenant, sets it to null, or forgets the vendor. */
export function ofKey(table: Table, key: Reference, number: number, vendorWrites: boolean): Mutation[] {
  const drop = `alter table app.${table.name} drop constraint ${key.name}`
  const add = `alter table app.${table.name} add constraint mutant_${number} foreign key`
  const names = `${table.name}: mutant_${number}`
  const without = (column: string) => {
    const columns = key.columns.filter((candidate) => candidate !== column)
    const parentColumns = key.parentColumns.filter((_parent, index) => key.columns[index] !== column)
    const target = `app.${key.parent} (${parentColumns.join(', ')})`
    return `${drop}; create unique index if not exists mutant_${key.parent}_${parentColumns.join('_')} on ${target};
      ${add} (${columns.join(', ')}) references ${target}`
  }
  const whole = `(${key.columns.join(', ')}) references app.${key.parent} (${key.parentColumns.join(', ')})`
  const mutations: Mutation[] = [
    { what: 'a foreign key without the tenant', sql: without('tenant_id'), check: foreignKeys, names },
    { what: 'a foreign key that sets the tenant to null', sql: `${drop}; ${add} ${whole} on delete set null`, check: foreignKeys, names },
    { what: 'a foreign key that is not validated', sql: `${drop}; ${add} ${whole} not valid`, check: foreignKeys, names },
  ]
  if (vendorWrites && key.columns.includes('vendor_id') && key.columns.length > 2) {
    mutations.push({ what: 'a foreign key without the vendor', sql: without('vendor_id'), check: vendorKeys, names })
  }
  return mutations
}

/** Foreign keys that are the only one over some column: without them nothing holds that column in its tenant. */
export function droppedKeys(table: Table): Mutation[] {
  const droppable = table.references.flatMap((key) => {
    const held = (column: string) => table.references.some((other) => other !== key && other.columns.includes(column))
    const open = key.columns.find((column) => column !== 'tenant_id' && column.endsWith('_id') && !held(column))
    return open === undefined ? [] : [{ key, open }]
  })
  return droppable.map(({ key, open }, number) => ({
    what: `droppable key ${number + 1} of each table dropped`,
    sql: `alter table app.${table.name} drop constraint ${key.name}`,
    check: references,
    names: `${table.name}.${open}`,
  }))
}

/** What is no table's alone: views, functions, roles, grants, indexes. */
export const ofSchema: Mutation[] = [
  { what: 'a table made by hand', sql: 'create table app.mutant (id text primary key)', check: rowSecurity, names: 'mutant' },
  {
    what: 'a table without a primary key',
    sql: 'create table app.mutant (tenant_id uuid not null)',
    check: uniqueIndexes,
    names: 'mutant',
  },
  {
    what: 'a reference without a foreign key',
    sql: 'alter table app.customer add mutant_id text',
    check: references,
    names: 'customer.mutant_id',
  },
  {
    what: 'a granted materialized view',
    sql: 'create materialized view app.mutant as select * from app.product; grant select on app.mutant to app_store',
    check: relations,
    names: 'mutant',
  },
  {
    what: 'a granted sequence',
    sql: 'create sequence app.mutant; grant usage on sequence app.mutant to app_store',
    check: relations,
    names: 'mutant',
  },
  {
    what: 'an enum behind the tenant in an index',
    sql: `create type app.mood as enum ('good'); alter table app.customer add mood app.mood; create index mutant_index on app.customer (tenant_id, mood)`,
    check: leakproof,
    names: 'mutant_index',
  },
  {
    what: 'an expression behind the tenant in an index',
    sql: 'create index mutant_index on app.customer (tenant_id, lower(email))',
    check: leakproof,
    names: 'mutant_index',
  },
  {
    what: 'an exclusion constraint without the tenant',
    sql: 'alter table app.customer add constraint mutant_key exclude using btree (email with =)',
    check: uniqueIndexes,
    names: 'mutant_key',
  },
  {
    what: 'a SECURITY DEFINER function',
    sql: `create function app.mutant() returns bigint language sql security definer set search_path = app as 'select count(*) from app.customer'`,
    check: definers,
    names: 'mutant',
  },
  {
    what: 'a SECURITY DEFINER function outside schema app',
    sql: `create function public.mutant() returns bigint language sql security definer as 'select 1::bigint'`,
    check: definers,
    names: 'mutant',
  },
  {
    what: 'an overload of the reviewed function',
    sql: `create function app.search_products(pattern text) returns setof text language sql security definer set search_path = app as 'select id from app.product'`,
    check: definers,
    names: 'search_products(text)',
  },
  {
    what: 'the reviewed function with the owner’s rights',
    sql: 'alter function app.search_products(text, integer) owner to app_owner',
    check: definers,
    names: 'search_products',
  },
  {
    what: 'the reviewed function without its search_path',
    sql: 'alter function app.search_products(text, integer) reset search_path',
    check: definers,
    names: 'search_products',
  },
  {
    what: 'the reviewed function for everybody',
    sql: 'grant execute on function app.search_products(text, integer) to public',
    check: definers,
    names: 'search_products',
  },
  {
    what: 'a searcher that may read more columns of other tables',
    sql: 'grant select on app.customer to search_reader',
    check: grants,
    names: 'customer',
  },
  { what: 'a searcher that may write', sql: 'grant update on app.product to search_reader', check: grants, names: 'product' },
  {
    what: 'a store that may use the platform’s schema',
    sql: 'grant usage on schema platform to app_store',
    check: grants,
    names: 'platform',
  },
  {
    what: 'a store that may read a table of the platform',
    sql: 'grant select on platform.tenant to app_store',
    check: grants,
    names: 'tenant',
  },
  { what: 'a login that may use the schema', sql: 'grant usage on schema app to app_login', check: grants, names: 'app_login' },
  { what: 'a store that may create tables', sql: 'grant create on schema app to app_store', check: grants, names: 'app_store' },
  { what: 'everybody may create in public', sql: 'grant create on schema public to public', check: grants, names: 'public' },
  {
    what: 'default privileges',
    sql: 'alter default privileges for role app_owner in schema app grant select on tables to app_vendor',
    check: grants,
    names: 'app_vendor',
  },
  { what: 'a store role that bypasses policies', sql: 'alter role app_store bypassrls', check: roles, names: 'app_store' },
  { what: 'an owner that bypasses policies', sql: 'alter role app_owner bypassrls', check: roles, names: 'app_owner' },
  { what: 'a superuser for a login', sql: 'alter role app_login superuser', check: roles, names: 'app_login' },
  { what: 'a login that inherits', sql: 'alter role app_login inherit', check: roles, names: 'app_login' },
  { what: 'a login that may become the owner', sql: 'grant app_owner to app_login', check: roles, names: 'app_owner' },
  { what: 'a login that inherits one role', sql: 'grant app_store to app_login with inherit true', check: roles, names: 'app_store' },
  { what: 'a store that is a member of the platform', sql: 'grant app_platform to app_store', check: roles, names: 'app_platform' },
  { what: 'a vendor role that can log in', sql: 'alter role app_vendor login', check: roles, names: 'app_vendor' },
]
