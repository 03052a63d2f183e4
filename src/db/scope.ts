/** The database role a unit of work takes on. See migrations/0001 for what each may touch. */
export type Role = 'store' | 'vendor' | 'platform' | 'worker'

/**
 * Whose rows a unit of work may see. Without a tenant a unit sees no tenant row at all; role `vendor` also needs a
 * vendor. The database enforces it (row-level security); this type only says what to ask for.
 */
export interface Scope {
  readonly role: Role
  /** The tenant's uuid, never its public id. */
  readonly tenantId?: string
  readonly vendorId?: string
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const vendorPattern = /^vend_[0-9A-Za-z]{1,64}$/
const roleNames: Record<Role, string> = {
  store: 'app_store',
  vendor: 'app_vendor',
  platform: 'app_platform',
  worker: 'app_worker',
}

/**
 * The one message that opens every unit of work: BEGIN and the context in a single simple-protocol round, so that
 * both travel with the first statement. Values are checked against their exact patterns before they are put in,
 * since the simple protocol has no parameters. What writes asks by keys, and is planned once: by itself PostgreSQL plans the
 * first five uses on each connection, 2 to 4 ms each for a cart or an order.
 */
export function openingOf(scope: Scope, mode: 'write' | 'read' | 'read planned once'): string {
  const role = Object.hasOwn(roleNames, scope.role) ? roleNames[scope.role] : undefined
  const tenant = scope.tenantId ?? ''
  const vendor = scope.vendorId ?? ''
  if (role === undefined) throw new TypeError(`unknown database role ${JSON.stringify(scope.role)}`)
  if (tenant !== '' && !uuidPattern.test(tenant)) throw new TypeError('a scope names its tenant by uuid')
  if (vendor !== '' && !vendorPattern.test(vendor)) throw new TypeError('a scope names its vendor by vend_ id')
  if (scope.role === 'vendor' && (tenant === '' || vendor === '')) {
    throw new TypeError('role vendor needs a tenant and a vendor')
  }
  if (scope.role === 'store' && tenant === '') throw new TypeError('role store needs a tenant')
  const begin = mode === 'write' ? 'begin' : 'begin read only'
  const planning = mode === 'read' ? '' : `, set_config('plan_cache_mode', 'force_generic_plan', true)`
  return (
    `${begin}; select set_config('role', '${role}', true), ` +
    `set_config('app.tenant_id', '${tenant}', true), set_config('app.vendor_id', '${vendor}', true)${planning}`
  )
}
