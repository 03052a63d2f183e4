import type pg from 'pg'

/**
 * What must be true of every table, key, view, function and role, read from the catalogue of a migrated database. Each
 * check returns a line per violation, so that the same checks can be asked of a database that was broken on purpose.
 */
export type Check = (admin: pg.ClientBase) => Promise<string[]>

/** Roles that requests and jobs run as. */
export const runtimeRoles = ['app_login', 'app_store', 'app_vendor', 'app_platform', 'app_worker', 'search_reader']

export const canonicalTenant = `(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)`
const canonicalVendor = (column: string) => `(${column} = NULLIF(current_setting('app.vendor_id'::text, true), ''::text))`

/** Policies beside the two canonical ones, each reviewed: why it is there stands in its migration. */
const reviewedPolicies = [
  'outbox_event dispatch permissive * to app_worker using true',
  `outbox_event sweep restrictive d to app_worker using (state = 'done'::text)`,
  'product search_read permissive r to search_reader using true',
  'product_variant search_read permissive r to search_reader using true',
  'translation search_read permissive r to search_reader using true',
]
/** What a vendor may touch although its rows carry no vendor: vocabulary and settings that a whole store shares. */
const sharedWithVendors = [
  'outbox_event',
  'price_preference',
  'product_category',
  'product_collection',
  'product_tag',
  'product_type',
  'region',
  'region_country',
  'sales_channel',
  'store',
  'store_currency',
]
/** SECURITY DEFINER functions, each reviewed. */
const reviewedDefiners = [
  'app.search_products(text,integer)',
  'app.search_products(text[],integer)',
  'app.search_products_ranked(text[],boolean,text,text[],text[],integer)',
  'app.search_translations(text,text[],integer)',
  'app.search_translations(text[],text[],integer)',
]
/**
 * Indexes that row-level security keeps from being used, each reviewed: used by the search reader's policy, or, as the last, there to
 * keep rows apart, and read by its first columns alone.
 */
const reviewedIndexes = ['product_search', 'product_variant_search', 'translation_search', 'conditional_price_apart']
/**
 * Columns named like a reference that have no foreign key, each reviewed: names of providers and of requests, ids of
 * things that outlive or precede their row, and references to one of several tables.
 */
const reviewedLooseColumns = new Set([
  'audit_record.actor_id',
  'audit_record.object_id',
  'audit_record.request_id',
  'audit_record.vendor_id',
  'auth_identity.actor_id',
  'role_grant.subject_id',
  'outbox_event.request_id',
  'cart.order_id',
  'cart_line_item.shipping_profile_id',
  'cart_shipping_method.vendor_id',
  'cart_shipping_method.shipping_profile_id',
  // A line of credit has no row of its own, and what staff say that it is for is theirs.
  'order_credit.credit_line_id',
  'order_credit.reference_id',
  'checkout.payment_session_id',
  'payment.payment_session_id',
  'payment_account.operator_account_id',
  'reservation.cart_line_item_id',
  'reservation.order_line_item_id',
  'orders.display_id',
  'vendor_order.display_id',
  'vendor_order.region_id',
  'order_line_item.product_id',
  'order_line_item.variant_id',
  'order_line_item.shipping_profile_id',
  'order_shipping_method.shipping_option_id',
  'fulfillment.shipping_option_id',
  'commission_line.commission_rule_id',
  'ledger_account.party_id',
  'translation.reference_id',
  'ledger_account.order_id',
  'tax_rate_rule.reference_id',
  'order_sequence.next_display_id',
  'order_sequence.next_return_display_id',
  'order_sequence.next_draft_display_id',
  'order_return.display_id',
  'draft_order.display_id',
  'order_exchange.display_id',
  'order_sequence.next_exchange_display_id',
  'store_credit_transaction.reference_id',
  'webhook_delivery.event_id',
  'webhook_delivery.object_id',
])

const fromSql =
  (text: string, values: (admin: pg.ClientBase) => unknown[] = () => []): Check =>
  async (admin) =>
    (await admin.query<{ violation: string }>(text, values(admin))).rows.map((row) => row.violation)

const appTables = `(select c.* from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = 'app' and c.relkind in ('r', 'p')) t`

const rowSecurity = fromSql(`
  select t.relname || ': row-level security is not enabled' as violation from ${appTables} where not t.relrowsecurity
  union all
  select t.relname || ': row-level security is not forced' from ${appTables} where not t.relforcerowsecurity`)

const plannedForTheLargest: Check = async (admin) => {
  const { rows } = await admin.query<{ line: string }>(
    `select c.relname || '.' || a.attname as line from pg_class c join pg_attribute a on a.attrelid = c.oid
     where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and a.attname in ('tenant_id', 'vendor_id', 'sales_channel_id')
       and not coalesce('n_distinct=1' = any(a.attoptions), false)
     order by 1`,
  )
  return rows.map(({ line }) => line)
}

const tenantColumn = fromSql(
  `select t.relname || ': tenant_id is not uuid, not null, with the default of the context' as violation
   from ${appTables}
   where not exists (
     select 1 from pg_attribute a join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
     where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnotnull and a.atttypid = 'uuid'::regtype
       and pg_get_expr(d.adbin, d.adrelid) = $1)`,
  () => [canonicalTenant.slice('(tenant_id = '.length, -1)],
)

async function policies(admin: pg.ClientBase): Promise<string[]> {
  const actual = await admin.query<{ line: string }>(`
    select format('%s %s %s %s to %s using %s%s', t.relname, p.polname,
             case when p.polpermissive then 'permissive' else 'restrictive' end, p.polcmd,
             case when p.polroles = '{0}' then 'public'
                  else (select string_agg(rolname, ',' order by rolname) from pg_roles where oid = any(p.polroles)) end,
             pg_get_expr(p.polqual, p.polrelid), ' check ' || pg_get_expr(p.polwithcheck, p.polrelid)) as line
    from ${appTables} join pg_policy p on p.polrelid = t.oid`)
  const tables = await admin.query<{ name: string; vendor_column: string | null; vendor_may: boolean }>(`
    select t.relname as name,
           case when t.relname = 'vendor' then 'id'
                when exists (select 1 from pg_attribute where attrelid = t.oid and attname = 'vendor_id' and not attisdropped)
                then 'vendor_id' end as vendor_column,
           has_any_column_privilege('app_vendor', t.oid, 'select, insert, update')
             or has_table_privilege('app_vendor', t.oid, 'delete') as vendor_may
    from ${appTables}`)
  const expected = new Set(reviewedPolicies)
  const violations: string[] = []
  for (const table of tables.rows) {
    expected.add(`${table.name} tenant_isolation permissive * to public using ${canonicalTenant}`)
    if (!table.vendor_may) continue
    if (table.vendor_column !== null) {
      expected.add(`${table.name} vendor_scope restrictive * to app_vendor using ${canonicalVendor(table.vendor_column)}`)
    } else if (!sharedWithVendors.includes(table.name)) {
      violations.push(`${table.name}: vendors may touch it, but it has no vendor_id and is not reviewed as shared`)
    }
  }
  const found = new Set(actual.rows.map((row) => row.line))
  for (const line of expected) if (!found.has(line)) violations.push(`policy is missing: ${line}`)
  for (const line of found) if (!expected.has(line)) violations.push(`policy is not reviewed: ${line}`)
  return violations
}

const pairs = `(select k.ordinality, ca.attname as child, pa.attname as parent
  from unnest(f.conkey, f.confkey) with ordinality as k (child, parent, ordinality)
  join pg_attribute ca on ca.attrelid = f.conrelid and ca.attnum = k.child
  join pg_attribute pa on pa.attrelid = f.confrelid and pa.attnum = k.parent)`

const foreignKeys = fromSql(`
  select format('%s: %s does not lead tenant_id to tenant_id', t.relname, f.conname) as violation
  from ${appTables} join pg_constraint f on f.conrelid = t.oid and f.contype = 'f'
  where not exists (select 1 from ${pairs} k where k.ordinality = 1 and k.child = 'tenant_id' and k.parent = 'tenant_id')
  union all
  select format('%s: %s would set tenant_id to null', t.relname, f.conname)
  from ${appTables} join pg_constraint f on f.conrelid = t.oid and f.contype = 'f' and f.confdeltype in ('n', 'd')
  where f.confdelsetcols is null
     or exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnum = any(f.confdelsetcols))
  union all
  select format('%s: %s is not validated', t.relname, f.conname)
  from ${appTables} join pg_constraint f on f.conrelid = t.oid and f.contype = 'f' where not f.convalidated`)

/** Foreign keys do not ask policies: where a vendor writes, the key itself must hold the vendor. */
const vendorKeys = fromSql(`
  select format('%s: %s lets a vendor point at another vendor''s row', t.relname, f.conname) as violation
  from ${appTables} join pg_constraint f on f.conrelid = t.oid and f.contype = 'f'
  where has_table_privilege('app_vendor', t.oid, 'insert')
    and exists (select 1 from pg_attribute where attrelid = f.conrelid and attname = 'vendor_id')
    and exists (select 1 from pg_attribute where attrelid = f.confrelid and attname = 'vendor_id')
    and not exists (select 1 from ${pairs} k where k.child = 'vendor_id' and k.parent = 'vendor_id')`)

async function references(admin: pg.ClientBase): Promise<string[]> {
  const { rows } = await admin.query<{ name: string }>(`
    select t.relname || '.' || a.attname as name
    from ${appTables} join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
    where a.attname like '%\\_id' and a.attname not in ('tenant_id', 'external_id', 'provider_id')
      and not exists (select 1 from pg_constraint f where f.conrelid = t.oid and f.contype = 'f' and a.attnum = any(f.conkey))
    order by 1`)
  return rows.filter((row) => !reviewedLooseColumns.has(row.name)).map((row) => `${row.name}: refers to something without a foreign key`)
}

const uniqueIndexes = fromSql(`
  select format('%s: %s does not begin with tenant_id', t.relname, i.indexrelid::regclass) as violation
  from ${appTables} join pg_index i on i.indrelid = t.oid and (i.indisunique or i.indisexclusion)
  where not exists (
    select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnum = i.indkey[0])
  union all
  select t.relname || ': has no primary key' from ${appTables}
  where not exists (select 1 from pg_index i where i.indrelid = t.oid and i.indisprimary)`)

const otherRelations = fromSql(
  `select format('%s: a view that runs with its owner''s rights', c.oid::regclass) as violation
   from pg_class c join pg_namespace n on n.oid = c.relnamespace
   where n.nspname in ('app', 'platform') and c.relkind = 'v'
     and not coalesce('security_invoker=true' = any(c.reloptions) or 'security_invoker=on' = any(c.reloptions), false)
   union all
   select format('%s: row-level security cannot cover it, and %s may use it', c.oid::regclass, g.grantee::regrole)
   from pg_class c join pg_namespace n on n.oid = c.relnamespace
   cross join lateral aclexplode(c.relacl) g
   where n.nspname = 'app' and (c.relkind in ('m', 'f', 'S') or c.relispartition)
     and (g.grantee = 0 or pg_get_userbyid(g.grantee) = any($1))`,
  () => [runtimeRoles],
)

const definers = fromSql(
  `select format('%s: SECURITY DEFINER and not reviewed', p.oid::regprocedure) as violation
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
     and not (format('%s.%s(%s)', n.nspname, p.proname, replace(pg_get_function_identity_arguments(p.oid), ', ', ',')) = any($1)
              or p.oid = any(select to_regprocedure(name) from unnest($1::text[]) name))
   union all
   select format('%s: search_path is not set', p.oid::regprocedure) from pg_proc p
   join pg_namespace n on n.oid = p.pronamespace
   where p.prosecdef and n.nspname = 'app' and not exists (select 1 from unnest(p.proconfig) c where c like 'search_path=%')
   union all
   select format('%s: its owner %s bypasses policies or owns the tables', p.oid::regprocedure, r.rolname)
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace join pg_roles r on r.oid = p.proowner
   where p.prosecdef and n.nspname = 'app' and (r.rolsuper or r.rolbypassrls or r.rolcanlogin or r.rolname = 'app_owner')
   union all
   select format('%s: PUBLIC may execute it', p.oid::regprocedure)
   from pg_proc p join pg_namespace n on n.oid = p.pronamespace
   cross join lateral aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) g
   where p.prosecdef and n.nspname = 'app' and g.grantee = 0`,
  () => [reviewedDefiners],
)

const roles = fromSql(
  `with runtime as (select * from pg_roles where rolname = any($1))
   select name || ': the role is missing' as violation from unnest($1::text[]) name
   where name not in (select rolname from runtime)
   union all
   select rolname || ': may do more than a run-time role' from pg_roles
   where rolname = any($1 || '{app_owner}'::text[])
     and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication or (rolcanlogin and rolname <> 'app_login'))
   union all
   select r.rolname || ': owns ' || pg_describe_object(d.classid, d.objid, d.objsubid)
   from runtime r join pg_shdepend d on d.refclassid = 'pg_authid'::regclass and d.refobjid = r.oid and d.deptype = 'o'
     and d.dbid in (0, (select oid from pg_database where datname = current_database()))
   where not (d.classid = 'pg_proc'::regclass and d.objid = any(select to_regprocedure(name) from unnest($2::text[]) name))
   union all
   select 'app_login: inherits what it may become' from runtime where rolname = 'app_login' and rolinherit
   union all
   select format('%s: is a member of %s (inherit %s, admin %s)', r.rolname, m.roleid::regrole, m.inherit_option, m.admin_option)
   from runtime r join pg_auth_members m on m.member = r.oid
   where r.rolname <> 'app_login' or m.inherit_option or m.admin_option
      or m.roleid::regrole::text not in ('app_store', 'app_vendor', 'app_platform', 'app_worker')`,
  () => [runtimeRoles, reviewedDefiners],
)

const grants = fromSql(
  `with granted as (
     select n.nspname as schema, c.oid::regclass::text as object, g.privilege_type as privilege,
            case when g.grantee = 0 then 'public' else pg_get_userbyid(g.grantee) end as grantee, g.is_grantable
     from pg_class c join pg_namespace n on n.oid = c.relnamespace and n.nspname in ('app', 'platform')
     cross join lateral (
       select * from aclexplode(c.relacl)
       union all
       select x.* from pg_attribute a cross join lateral aclexplode(a.attacl) x where a.attrelid = c.oid
     ) g
     where g.grantee <> c.relowner)
   select format('%s: %s holds %s', object, grantee, privilege) as violation from granted
   where privilege not in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') or is_grantable
      or grantee in ('public', 'app_login')
      or grantee <> all($1)
      or (schema = 'platform' and grantee <> 'app_platform')
      or (grantee = 'app_worker' and object <> 'app.outbox_event' and object <> 'outbox_event')
      or (grantee = 'search_reader' and (privilege <> 'SELECT' or object not in ('app.product', 'product', 'app.product_variant', 'product_variant', 'app.translation', 'translation')))
   union all
   select format('schema %s: %s holds %s', n.nspname, g.grantee::regrole, g.privilege_type)
   from pg_namespace n cross join lateral aclexplode(n.nspacl) g
   where n.nspname in ('app', 'platform') and g.grantee <> n.nspowner
     and (g.privilege_type <> 'USAGE' or g.grantee = 0 or g.grantee::regrole::text = 'app_login'
          or (n.nspname = 'platform' and g.grantee::regrole::text <> 'app_platform'))
   union all
   select 'schema public: everybody may create in it' where has_schema_privilege('app_store', 'public', 'create')
   union all
   select format('default privileges would grant to %s', g.grantee::regrole)
   from pg_default_acl d cross join lateral aclexplode(d.defaclacl) g
   where g.grantee = 0 or pg_get_userbyid(g.grantee) = any($1)`,
  () => [runtimeRoles],
)

/** Under row-level security an index column whose operator is not leakproof is dead weight: the next `numeric` column. */
const leakproofIndexes = fromSql(
  `with columns as (
     select t.relname, i.indexrelid, x.relname as index, i.indexprs is not null as has_expression, am.amname,
            oc.opcfamily, oc.opcintype, k.ordinality
     from ${appTables} join pg_index i on i.indrelid = t.oid join pg_class x on x.oid = i.indexrelid
     join pg_am am on am.oid = x.relam
     cross join lateral unnest(i.indclass::oid[]) with ordinality as k (class, ordinality)
     join pg_opclass oc on oc.oid = k.class
     where k.ordinality > 1 and k.ordinality <= i.indnkeyatts)
   select format('%s: column %s of %s has an operator that is not leakproof', relname, ordinality, index) as violation
   from columns
   where index <> all($1)
     and (has_expression or not exists (
       select 1 from pg_amop o join pg_operator op on op.oid = o.amopopr join pg_proc p on p.oid = op.oprcode
       where o.amopfamily = opcfamily and o.amoplefttype = opcintype and o.amoprighttype = opcintype
         and op.oprname = '=' and p.proleakproof))
   union all
   select name || ': reviewed index does not exist' from unnest($1::text[]) name
   where not exists (select 1 from columns where index = name)`,
  () => [reviewedIndexes],
)

/** Every check by the name that its test carries. */
export const checks: Readonly<Record<string, Check>> = {
  'every table enables and forces row-level security': rowSecurity,
  'every table has tenant_id with the default of the context': tenantColumn,
  'every table has exactly the policies it must have, word for word': policies,
  'plans are made for the store, vendor and channel that hold the most': plannedForTheLargest,
  'every foreign key leads tenant_id to tenant_id': foreignKeys,
  'foreign keys of rows that vendors write hold the vendor': vendorKeys,
  'every reference has a foreign key': references,
  'every unique index begins with tenant_id': uniqueIndexes,
  'views run with their caller’s rights; nothing that policies cannot cover is granted': otherRelations,
  'SECURITY DEFINER functions are the reviewed ones': definers,
  'run-time roles bypass nothing, own nothing and inherit nothing': roles,
  'grants are no wider than the four row operations, and the login has none': grants,
  'index columns have leakproof operators': leakproofIndexes,
}

/** All violations of all checks. Empty for a sound database. */
export async function catalogueViolations(admin: pg.ClientBase): Promise<string[]> {
  const found: string[] = []
  for (const check of Object.values(checks)) found.push(...(await check(admin)))
  return found
}
