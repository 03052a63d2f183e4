/** Where a permission can be granted: on the platform, in a store, or in one vendor of a store. */
export type PermissionScope = 'platform' | 'tenant' | 'vendor'

/** The catalogue: every permission, where it can be granted, and what it lets one do. Routes name these and no others. */
export const permissions = {
  'platform:tenants:read': { scopes: ['platform'], meaning: 'see stores, plans and domains' },
  'platform:tenants:write': { scopes: ['platform'], meaning: 'create, change, suspend and resume stores' },
  'platform:jobs:read': { scopes: ['platform'], meaning: 'see failed jobs' },
  'platform:jobs:write': { scopes: ['platform'], meaning: 'retry failed jobs' },
  'platform:payments:read': { scopes: ['platform'], meaning: "see the operator's accounts at payment providers and their events" },
  'platform:payments:write': { scopes: ['platform'], meaning: "connect and disable the operator's accounts, and charge stores on them" },
  'settings:read': { scopes: ['tenant'], meaning: 'see store, regions, taxes, channels' },
  'settings:write': { scopes: ['tenant'], meaning: 'change store, regions, taxes, channels' },
  'catalog:write': { scopes: ['tenant'], meaning: 'change categories, collections, types and tags' },
  'customers:read': { scopes: ['tenant'], meaning: 'see customers, their addresses and groups' },
  'customers:write': { scopes: ['tenant'], meaning: 'change customers, their addresses and groups' },
  'vendors:read': { scopes: ['tenant'], meaning: 'see vendors and their people' },
  'vendors:write': { scopes: ['tenant'], meaning: 'create, approve and suspend vendors, invite their people' },
  'staff:write': { scopes: ['tenant'], meaning: 'add staff and grant roles' },
  'api_keys:read': { scopes: ['tenant', 'vendor'], meaning: 'see API keys, without their tokens' },
  'api_keys:write': { scopes: ['tenant', 'vendor'], meaning: 'create, replace and revoke API keys' },
  'commissions:read': { scopes: ['tenant'], meaning: 'see commission rules' },
  'commissions:write': { scopes: ['tenant'], meaning: 'change commission rules' },
  'orders:write': { scopes: ['tenant'], meaning: 'change, complete, archive and cancel orders' },
  'returns:write': { scopes: ['tenant'], meaning: 'take goods back, and say why goods and money go back' },
  'payments:refund': { scopes: ['tenant'], meaning: 'give money back' },
  'payments:capture': { scopes: ['tenant'], meaning: 'take authorised money' },
  'payment_accounts:read': { scopes: ['tenant'], meaning: 'see accounts at payment providers, without their keys' },
  'payment_accounts:write': { scopes: ['tenant'], meaning: 'connect accounts at payment providers and change their keys' },
  'payouts:read': { scopes: ['tenant', 'vendor'], meaning: 'see what vendors are owed and were paid' },
  'payouts:write': { scopes: ['tenant'], meaning: 'release money to vendors, and hold it' },
  'payees:write': { scopes: ['vendor'], meaning: 'say where the vendor is to be paid' },
  'disputes:read': { scopes: ['tenant'], meaning: 'see disputes' },
  'disputes:write': { scopes: ['tenant'], meaning: 'answer disputes' },
  'reconciliation:read': { scopes: ['tenant'], meaning: 'see where payment providers and the books differ' },
  'reconciliation:write': { scopes: ['tenant'], meaning: 'hold payment providers against the books, and take note of what differs' },
  'ledger:read': { scopes: ['tenant'], meaning: 'see the books' },
  'products:read': { scopes: ['tenant', 'vendor'], meaning: 'see products, drafts included' },
  'products:write': { scopes: ['tenant', 'vendor'], meaning: 'create, change and remove products' },
  'inventory:read': { scopes: ['tenant', 'vendor'], meaning: 'see stock' },
  'inventory:write': { scopes: ['tenant', 'vendor'], meaning: 'change stock' },
  'orders:read': { scopes: ['tenant', 'vendor'], meaning: 'see orders' },
  'orders:fulfil': { scopes: ['tenant', 'vendor'], meaning: 'pack, send and deliver' },
  'imports:read': { scopes: ['tenant', 'vendor'], meaning: 'see imports and their errors' },
  'imports:write': { scopes: ['tenant', 'vendor'], meaning: 'bring products in files' },
  'exports:read': { scopes: ['tenant'], meaning: 'see exports, and fetch their files' },
  'exports:write': { scopes: ['tenant'], meaning: 'have products and orders written to files' },
  'shipping:read': { scopes: ['tenant', 'vendor'], meaning: 'see locations, shipping profiles and options' },
  'shipping:write': { scopes: ['tenant', 'vendor'], meaning: 'change locations, shipping profiles and options' },
  'reviews:read': { scopes: ['tenant', 'vendor'], meaning: 'see reviews, those that wait or were rejected included' },
  'reviews:write': { scopes: ['tenant'], meaning: 'publish and reject reviews' },
  'reviews:answer': { scopes: ['vendor'], meaning: 'answer reviews' },
  'translations:read': { scopes: ['tenant'], meaning: 'see translations' },
  'prices:read': { scopes: ['tenant'], meaning: 'see price lists' },
  'prices:write': { scopes: ['tenant'], meaning: 'change price lists' },
  'promotions:read': { scopes: ['tenant'], meaning: 'see promotions and campaigns' },
  'promotions:write': { scopes: ['tenant'], meaning: 'change promotions and campaigns' },
  'gift_cards:read': { scopes: ['tenant'], meaning: 'see gift cards, without their codes' },
  'gift_cards:write': { scopes: ['tenant'], meaning: 'issue, change and void gift cards, and see their codes' },
  'store_credit:read': { scopes: ['tenant'], meaning: 'see store credit' },
  'store_credit:write': { scopes: ['tenant'], meaning: 'give store credit and take it back' },
  'audit:read': { scopes: ['tenant'], meaning: 'see who changed what' },
  'translations:write': { scopes: ['tenant'], meaning: 'change translations' },
  'team:read': { scopes: ['vendor'], meaning: "see the vendor's people and whom they invited" },
  'team:write': { scopes: ['vendor'], meaning: "invite people to the vendor's team, change their roles and remove them" },
  'webhooks:read': { scopes: ['tenant', 'vendor'], meaning: 'see webhooks, without their secrets, and what they were sent' },
  'webhooks:write': { scopes: ['tenant', 'vendor'], meaning: 'have webhooks sent, and send them again' },
  'profile:read': { scopes: ['vendor'], meaning: "see the vendor's own profile" },
  'profile:write': { scopes: ['vendor'], meaning: "change the vendor's own profile" },
} as const satisfies Record<string, { scopes: readonly PermissionScope[]; meaning: string }>

export type Permission = keyof typeof permissions

export const permissionNames = Object.keys(permissions) as Permission[]

export function isPermission(name: string): name is Permission {
  return Object.hasOwn(permissions, name)
}

function grantableIn(scope: PermissionScope): Permission[] {
  return permissionNames.filter((name) => (permissions[name].scopes as readonly string[]).includes(scope))
}

/** Roles that every store has from the start. A store may add its own. */
export const builtInRoles = {
  store_owner: { scope: 'tenant', permissions: grantableIn('tenant') },
  store_manager: {
    scope: 'tenant',
    permissions: grantableIn('tenant').filter((name) => name !== 'staff:write' && name !== 'api_keys:write'),
  },
  store_support: { scope: 'tenant', permissions: grantableIn('tenant').filter((name) => name.endsWith(':read')) },
  vendor_owner: { scope: 'vendor', permissions: grantableIn('vendor') },
  vendor_packer: { scope: 'vendor', permissions: ['orders:read', 'orders:fulfil', 'inventory:read', 'profile:read'] },
} as const satisfies Record<string, { scope: 'tenant' | 'vendor'; permissions: readonly Permission[] }>

export type BuiltInRole = keyof typeof builtInRoles

/**
 * What a vendor's key may do at most: all that is a vendor's but keys and people. Whoever found one would go on with keys of their own making,
 * or as a person whom they invited.
 */
export const vendorKeyPermissions: readonly Permission[] = grantableIn('vendor').filter(
  (name) => !name.startsWith('api_keys:') && name !== 'team:write',
)

/** What an operator of the platform may do. */
export const operatorPermissions: readonly Permission[] = grantableIn('platform')
