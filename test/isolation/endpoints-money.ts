import type { TestApp } from '../support/app.js'
import { good } from '../support/http.js'
import { openBank, PayingBank } from '../support/paying-bank.js'
import { monthsAgo, moveToMonth } from '../support/payouts.js'
import type { TestStore } from '../support/store.js'

/** Both worlds' stores have accounts at the same bank. */
const bank = new PayingBank()

/** Who the vendors are to the bank that pays them, and something that was kept back of each until yesterday. */
export async function addPayees(app: TestApp, store: TestStore): Promise<void> {
  await openBank(app, store, bank)
  const until = new Date(Date.now() - 86_400_000).toISOString()
  for (const index of [0, 1]) {
    good(await store.vendor(index).post('/vendor/payee', { country: 'us', kind: 'company' }))
    const address = { address_1: 'Main Street 1', city: 'Town', postal_code: '12345', country_code: 'us' }
    const identity = { kind: 'company', legal_name: 'Twin Ltd', address }
    good(await store.vendor(index).post('/vendor/seller-identity', identity))
    const { orders } = good(await store.vendor(index).get('/vendor/orders', { limit: 1, order: 'id' }))
    good(await store.admin.post('/admin/holds', { vendor_order_id: orders[0].id, reason: 'manual', amount: 1, until }))
    await moveToMonth(app, store, orders[0].id, monthsAgo(1))
  }
  await app.drain()
  good(await store.admin.post('/admin/payouts/run'))
  good(await store.admin.post('/admin/invoices', { period: monthsAgo(1) }))
}
