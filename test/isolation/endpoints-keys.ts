import { createApiKey } from '../../src/access/index.js'
import type { TestApp } from '../support/app.js'
import { good } from '../support/http.js'
import type { TestStore } from '../support/store.js'

// API keys: the store's, of which one can be taken away, and each vendor's own.

interface StoreOfApp {
  app: TestApp
  store: TestStore
}

type Made = Promise<Record<string, string>>

const ofStore = (more: string) => ({
  sql: `select id from app.api_key where tenant_id = $1 and type = 'publishable' ${more}`,
  ofVendor: false,
})
const ofVendor = (more: string) => ({ sql: `select id from app.api_key where tenant_id = $1 and vendor_id = $2 ${more}`, ofVendor: true })

export const keyKinds = {
  api_key: ofStore(''),
  revoked_api_key: ofStore('and revoked_at is not null'),
  vendor_api_key: ofVendor(''),
  revoked_vendor_api_key: ofVendor('and revoked_at is not null'),
}

export async function addKeys(world: StoreOfApp): Promise<void> {
  await revokedKey(world)
  for (const index of world.store.vendors.keys()) await revokedVendorKey(world, index)
}

/** A key that opens something; the one that the test itself sends is better left alone. */
export async function storeKey({ store }: StoreOfApp): Made {
  return { api_key: good(await store.admin.post('/admin/api-keys', { type: 'publishable', title: 'Fresh' })).api_key.id }
}

async function revokedKey(world: StoreOfApp): Made {
  const { api_key } = await storeKey(world)
  good(await world.store.admin.post(`/admin/api-keys/${api_key}/revoke`, {}))
  return { revoked_api_key: api_key as string }
}

async function vendorKey({ app, store }: StoreOfApp, vendor: number): Made {
  const vendorId = store.vendors[vendor]?.id as string
  const key = { type: 'vendor', title: 'Fresh', vendorId, permissions: ['orders:read'] } as const
  const { id } = await app.db.unitOfWork({ role: 'platform', tenantId: store.tenantId }, (unit) => createApiKey(unit, key))
  return { vendor_api_key: id }
}

async function revokedVendorKey(world: StoreOfApp, vendor: number): Made {
  const { vendor_api_key } = await vendorKey(world, vendor)
  good(await world.store.admin.post(`/admin/api-keys/${vendor_api_key}/revoke`, {}))
  return { revoked_vendor_api_key: vendor_api_key as string }
}

export const preparedKeys: Record<string, (world: StoreOfApp, vendor: number) => Made> = {
  'POST /admin/api-keys/:id/revoke': storeKey,
  'DELETE /admin/api-keys/:id': revokedKey,
  'POST /vendor/api-keys/:id/rotate': vendorKey,
  'POST /vendor/api-keys/:id/revoke': vendorKey,
  'DELETE /vendor/api-keys/:id': revokedVendorKey,
}
