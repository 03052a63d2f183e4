import { setTimeout as pause } from 'node:timers/promises'
import type { Client } from '../support/client.js'
import { good } from '../support/http.js'
import type { TestStore } from '../support/store.js'

// Webhooks of the store and of its vendors. They are disabled: what is sent by itself later would pass for what a request wrote.

const ofStore = (table: string) => ({ sql: `select id from app.${table} where tenant_id = $1 and vendor_id is null`, ofVendor: false })
const ofVendor = (table: string) => ({ sql: `select id from app.${table} where tenant_id = $1 and vendor_id = $2`, ofVendor: true })

export const webhookKinds = {
  webhook: ofStore('webhook_endpoint'),
  webhook_delivery: ofStore('webhook_delivery'),
  vendor_webhook: ofVendor('webhook_endpoint'),
  vendor_webhook_delivery: ofVendor('webhook_delivery'),
}

/** One with a delivery, which leads nowhere: the name is this machine's, and webhooks do not go there. */
async function addWebhook(surface: string, client: Client): Promise<string> {
  const { webhook } = good(await client.post(`/${surface}/webhooks`, { url: 'https://localhost:1/', event_types: ['order.placed'] }))
  good(await client.post(`/${surface}/webhooks/${webhook.id}`, { state: 'disabled' }))
  good(await client.post(`/${surface}/webhooks/${webhook.id}/test`))
  return webhook.id
}

export async function addWebhooks(store: TestStore): Promise<void> {
  await addWebhook('admin', store.admin)
  for (const index of [0, 1]) await addWebhook('vendor', store.vendor(index))
}

interface World {
  store: TestStore
}

/** One whose test has come to an end: another one, or its replay, waits for that. Throws after 10 s. */
async function tested(surface: string, client: Client, prefix = ''): Promise<Record<string, string>> {
  const id = await addWebhook(surface, client)
  for (let waited_ms = 0; waited_ms < 10_000; waited_ms += 20) {
    const [{ id: delivery, state }] = good(await client.get(`/${surface}/webhooks/${id}/deliveries`)).webhook_deliveries
    if (state !== 'pending') return { [`${prefix}webhook`]: id, [`${prefix}webhook_delivery`]: delivery }
    await pause(20)
  }
  throw new Error('the test of a webhook does not end')
}

const again = ['test', 'deliveries/:delivery_id/replay']
type Prepare = (world: World, vendor: number) => Promise<Record<string, string>>
const ofStoreAgain: Prepare = ({ store }) => tested('admin', store.admin)
const ofVendorAgain: Prepare = ({ store }, vendor) => tested('vendor', store.vendor(vendor), 'vendor_')

export const preparedWebhooks: Record<string, Prepare> = {
  ...Object.fromEntries(again.map((path) => [`POST /admin/webhooks/:id/${path}`, ofStoreAgain])),
  ...Object.fromEntries(again.map((path) => [`POST /vendor/webhooks/:id/${path}`, ofVendorAgain])),
  'DELETE /admin/webhooks/:id': async ({ store }) => ({ webhook: await addWebhook('admin', store.admin) }),
  'DELETE /vendor/webhooks/:id': async ({ store }, vendor) => ({ vendor_webhook: await addWebhook('vendor', store.vendor(vendor)) }),
}
