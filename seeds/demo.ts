import {
  addIdentity,
  builtInRoles,
  createApiKey,
  ensureOperator,
  generatedPassword,
  hashPassword,
  vendorKeyPermissions,
} from '../src/access/index.js'
import { ensureAccountStatement } from '../src/customers/index.js'
import { type Context, type Database, type Scope, type Statement, statement, type Unit } from '../src/db/index.js'
import { addMember } from '../src/vendors/index.js'

export interface SignIn {
  email: string
  password: string
}

export interface DemoVendor extends SignIn {
  handle: string
  name: string
  api_key: string
}

export interface DemoTenant {
  slug: string
  host: string
  publishable_key: string
  secret_key: string
  staff: SignIn
  vendors: DemoVendor[]
  customer: SignIn
}

/** Everything with which the demo can be signed in to, as `demo.json` keeps it. */
export interface Demo {
  base_url: string
  operator: SignIn
  tenants: DemoTenant[]
}

export interface DemoOptions {
  /** Slugs of the stores that are the demo's; others are left alone. */
  slugs: readonly string[]
  /** Stores answer at `<slug>.<baseDomain>`. */
  baseDomain: string
  /** Where the storefronts answer, so that links in mails lead there; absent where it is not known yet. */
  storefrontPort?: number
  /** What was known at the last start. Null: everything is made anew, and what was handed out before is ended. */
  known: Pick<Demo, 'operator' | 'tenants'> | null
}

/** Marks keys as the demo's, so that they can be told from those that people made. */
const createdBy = 'demo'

/**
 * Gives the demo stores an owner, a member and an API key for each vendor, and a customer. What `known` names and the
 * database has is kept; passwords and keys of everything else are made, or made anew, since only their hashes are kept.
 * A second run with what the first answered changes nothing.
 */
export async function seedDemo(context: Context, options: DemoOptions): Promise<Pick<Demo, 'operator' | 'tenants'>> {
  const { db } = context
  const rows = await db.read({ role: 'platform' }, tenantsStatement(options.slugs))
  const tenants: DemoTenant[] = []
  for (const row of rows) {
    const known = options.known?.tenants.find((tenant) => tenant.slug === row.slug)
    const host = `${row.slug}.${options.baseDomain}`
    if (options.storefrontPort !== undefined) {
      const url = `http://${host}:${options.storefrontPort}`
      await db.unitOfWork({ role: 'platform', tenantId: row.id }, (unit) => unit.run(nameStorefrontStatement(row.id, host, url)))
    }
    tenants.push(await demoTenant(db, row, host, known))
  }
  const isOurs = (known: DemoTenant) => tenants.some((tenant) => tenant.publishable_key === known.publishable_key)
  const known = options.known === null || !options.known.tenants.every(isOurs) ? undefined : options.known.operator
  return { operator: await demoOperator(context, known), tenants }
}

async function demoOperator(context: Context, known: SignIn | undefined): Promise<SignIn> {
  const operator = known ?? signInOf('operator@stoa.example')
  const [row] = await context.db.read({ role: 'platform' }, operatorStatement(operator.email))
  if (known !== undefined && row !== undefined) return known
  await ensureOperator(context, operator)
  return operator
}

function signInOf(email: string): SignIn {
  return { email, password: generatedPassword() }
}

async function demoTenant(db: Database, tenant: TenantRow, host: string, known: DemoTenant | undefined): Promise<DemoTenant> {
  const scope: Scope = { role: 'platform', tenantId: tenant.id }
  const [[store], vendors] = await db.readAll(scope, [storeStatement(tenant.id), vendorsStatement(tenant.id)])
  if (store === undefined) throw new Error(`the store ${tenant.slug} has no owner or no publishable key`)
  // A key that the database does not have says that the file is of another database.
  const kept = store.publishable_keys.includes(known?.publishable_key ?? '') ? known : undefined
  const made: DemoTenant = {
    slug: tenant.slug,
    host,
    publishable_key: kept?.publishable_key ?? (store.publishable_keys[0] as string),
    secret_key: kept?.secret_key ?? '',
    staff: kept?.staff ?? signInOf(store.owner),
    vendors: [],
    customer: kept?.customer ?? signInOf(`shopper@${tenant.slug}.example`),
  }
  const missing: { id: string; entry: DemoVendor }[] = []
  for (const { id, handle, name } of vendors) {
    const before = kept?.vendors.find((entry) => entry.handle === handle)
    const entry = before ?? { handle, name, ...signInOf(`${handle}@${tenant.slug}.example`), api_key: '' }
    made.vendors.push(entry)
    if (before === undefined) missing.push({ id, entry })
  }
  if (kept !== undefined && missing.length === 0) return made
  // Hashing is slow on purpose, so it is done before the transaction.
  const hashes = new Map<string, string>()
  for (const { email, password } of [...(kept === undefined ? [made.staff, made.customer] : []), ...missing.map(({ entry }) => entry)]) {
    hashes.set(email, await hashPassword(password))
  }
  await db.unitOfWork(scope, async (unit) => {
    if (kept === undefined) await makeStore(unit, tenant.id, made, hashes)
    for (const { id, entry } of missing) await makeVendor(unit, tenant.id, id, entry, hashes.get(entry.email) as string)
  })
  return made
}

async function makeStore(unit: Unit, tenantId: string, made: DemoTenant, hashes: ReadonlyMap<string, string>): Promise<void> {
  await unit.run(revokeKeysStatement(tenantId, null))
  const { permissions } = builtInRoles.store_owner
  made.secret_key = (await createApiKey(unit, { type: 'secret', title: 'Demo', permissions, createdBy })).token
  await changePassword(unit, tenantId, 'user', made.staff.email, hashes.get(made.staff.email) as string)
  const { email } = made.customer
  const passwordHash = hashes.get(email) as string
  if (await changePassword(unit, tenantId, 'customer', email, passwordHash)) return
  const [customer] = await unit.run(ensureAccountStatement(tenantId, { email, firstName: 'Ada', lastName: 'Byron' }))
  await addIdentity(unit, { actorType: 'customer', actorId: (customer as { id: string }).id, email, passwordHash })
}

async function makeVendor(unit: Unit, tenantId: string, vendorId: string, entry: DemoVendor, passwordHash: string): Promise<void> {
  await unit.run(revokeKeysStatement(tenantId, vendorId))
  entry.api_key = (
    await createApiKey(unit, { type: 'vendor', title: 'Demo', vendorId, permissions: vendorKeyPermissions, createdBy })
  ).token
  if (await changePassword(unit, tenantId, 'member', entry.email, passwordHash)) return
  await addMember(unit, { vendor_id: vendorId, email: entry.email, password_hash: passwordHash, role: 'vendor_owner' })
}

/** Gives an account another password and ends its tokens. False when there is no such account. */
async function changePassword(unit: Unit, tenantId: string, actorType: string, email: string, passwordHash: string): Promise<boolean> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'seeds.change_password',
      `update auth_identity set password_hash = $4, token_version = token_version + 1, updated_at = now()
       where tenant_id = $1 and actor_type = $2 and email = $3 returning id`,
      [tenantId, actorType, email, passwordHash],
    ),
  )
  return rows.length > 0
}

interface TenantRow {
  id: string
  slug: string
}

function tenantsStatement(slugs: readonly string[]): Statement<TenantRow> {
  return statement('seeds.tenants', 'select id, slug from platform.tenant where slug = any($1) order by slug', [slugs])
}

function operatorStatement(email: string): Statement<{ id: string }> {
  return statement('seeds.operator', 'select id from platform.operator where email = $1', [email])
}

/** A store that names another storefront keeps it. */
function nameStorefrontStatement(tenantId: string, host: string, url: string): Statement<{ id: string }> {
  return statement(
    'seeds.name_storefront',
    `update store set storefront_url = $3 where tenant_id = $1
       and (storefront_url is null or starts_with(storefront_url, 'http://' || $2 || ':') and storefront_url <> $3) returning id`,
    [tenantId, host, url],
  )
}

/** The store's first owner, and its publishable keys that open a channel. */
function storeStatement(tenantId: string): Statement<{ owner: string; publishable_keys: string[] }> {
  return statement(
    'seeds.store',
    `select i.email as owner,
            array(select k.token from api_key k
                  where k.tenant_id = $1 and k.type = 'publishable' and k.token is not null and k.revoked_at is null
                    and exists (select from api_key_sales_channel c where c.tenant_id = $1 and c.api_key_id = k.id)
                  order by k.created_at, k.id) as publishable_keys
     from auth_identity i where i.tenant_id = $1 and i.actor_type = 'user' order by i.created_at, i.id limit 1`,
    [tenantId],
  )
}

function vendorsStatement(tenantId: string): Statement<{ id: string; handle: string; name: string }> {
  return statement(
    'seeds.vendors',
    `select id, handle, name from vendor
     where tenant_id = $1 and not is_house and status = 'active' and deleted_at is null order by created_at, id`,
    [tenantId],
  )
}

/** Ends the demo's earlier keys: of one vendor, or the store's secret ones. */
function revokeKeysStatement(tenantId: string, vendorId: string | null): Statement<{ id: string }> {
  return statement(
    'seeds.revoke_keys',
    `update api_key set revoked_at = now(), revoked_by = $3
     where tenant_id = $1 and vendor_id is not distinct from $2 and created_by = $3 and type <> 'publishable' and revoked_at is null
     returning id`,
    [tenantId, vendorId, createdBy],
  )
}
