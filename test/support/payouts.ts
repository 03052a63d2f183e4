import assert from 'node:assert/strict'
import type { Context } from '../../src/db/index.js'
import type { TestApp } from './app.js'
import { asAdmin } from './database.js'
import { good } from './http.js'
import { payingBankId, type PayingBank } from './paying-bank.js'
import { readyCart } from './ready-cart.js'
import type { TestStore } from './store.js'

export interface Sold {
  orderId: string
  paymentId: string
  /** One of each vendor, in the order of the store's vendors. */
  parts: { id: string; lineId: string }[]
}

/** An order of the first product of every vendor, paid for at the bank that pays vendors unless another is named. */
export async function sell(store: TestStore, options: { quantity?: number; providerId?: string } = {}): Promise<Sold> {
  const items = store.vendors.map((vendor) => ({
    variant_id: vendor.products[0]?.variantIds[0] as string,
    quantity: options.quantity ?? 1,
  }))
  const shippingOf = store.vendors.map((_vendor, index) => index)
  const cartId = await readyCart(store, { items, shippingOf, providerId: options.providerId ?? payingBankId })
  const { body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
  assert.equal(body.type, 'order', JSON.stringify(body))
  const { order } = good(await store.admin.get(`/admin/orders/${body.order.id}`))
  const parts = store.vendors.map(({ id: vendorId, products }) => {
    const part = order.vendor_orders.find((one: { vendor: { id: string } }) => one.vendor.id === vendorId)
    const line = order.items.find((one: { product_id: string }) => one.product_id === products[0]?.id)
    return { id: part.id as string, lineId: line.id as string }
  })
  return { orderId: order.id, paymentId: order.payment_collections[0].payments[0].id, parts }
}

/** Makes a vendor known to the bank, which says at once that it may be paid. @returns the bank's name for it */
export async function addPayee(
  store: TestStore,
  bank: PayingBank,
  vendor = 0,
  status: 'active' | 'onboarding' = 'active',
): Promise<string> {
  good(await store.vendor(vendor).post('/vendor/payee', { country: 'us', kind: 'company' }))
  const { payees } = good(await store.admin.get('/admin/payees', { vendor_id: store.vendors[vendor]?.id as string, is_replaced: false }))
  bank.setStatus(payees[0].reference, status)
  good(await store.admin.post(`/admin/payees/${payees[0].id}/sync`))
  return payees[0].reference
}

/** As a job has it. */
export const jobContext = (app: TestApp, store: TestStore, at?: Date): Context => ({
  db: app.db,
  scope: store.scope,
  clock: { now: () => at ?? new Date() },
  requestId: 'req_test',
  actorId: 'system',
})

/** Amounts in minor units of a vendor order's releases that were not given up, less what came back. */
export async function releasedMinor(app: TestApp, store: TestStore, partId: string, states = ['succeeded']): Promise<number> {
  const [row] = await asAdmin<{ sum: string }>(
    app.adminUrl,
    `select coalesce((select sum(amount_minor) from app.release where tenant_id = $1 and vendor_order_id = $2 and state = any($3)), 0)
       - coalesce((select sum(amount_minor) from app.clawback where tenant_id = $1 and vendor_order_id = $2 and state = 'succeeded'), 0) as sum`,
    [store.tenantId, partId, states],
  )
  return Number(row?.sum)
}

export async function setStore(store: TestStore, settings: object): Promise<void> {
  const { stores } = good(await store.admin.get('/admin/stores'))
  good(await store.admin.post(`/admin/stores/${stores[0].id}`, settings))
}

/** The month so many months ago, as 2026-01 is one. */
export function monthsAgo(count: number): string {
  const now = new Date()
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - count, 1)).toISOString().slice(0, 7)
}

/** Has a vendor order be of the middle of a month. */
export async function moveToMonth(app: TestApp, store: TestStore, partId: string, month: string): Promise<void> {
  await asAdmin(app.adminUrl, 'update app.vendor_order set created_at = $3 where tenant_id = $1 and id = $2', [
    store.tenantId,
    partId,
    `${month}-15T12:00:00Z`,
  ])
}
