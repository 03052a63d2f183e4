import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { TestApp } from '../support/app.js'
import type { Client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import type { TestStore } from '../support/store.js'

// Files that staff and vendors bring, and those that are written for them.

interface StoreOfApp {
  app: TestApp
  store: TestStore
}

const rowsOf = (table: string, more = '') => ({ sql: `select id from app.${table} where tenant_id = $1 ${more}`, ofVendor: false })

export const fileKinds = {
  export: rowsOf('export_job'),
  import_file: rowsOf('import_file'),
  store_import: rowsOf('import_job', 'and vendor_id is null'),
}

const brokenCsv = 'Handle,Title,Variant Price\nlamp,Lamp,12.00\nchair,Chair,not a price\n'

export async function addFiles({ admin, vendor }: TestStore): Promise<void> {
  for (const index of [0, 1]) good(await vendor(index).post('/vendor/imports', brokenCsv, { 'content-type': 'text/csv' }))
  await bringFile(admin)
  assert.equal((await admin.post('/admin/products/export', {})).status, 202)
}

let brought = 0

/** An import of the store's that waits to be confirmed, and its file. Each brings another product: one that was confirmed is there. */
async function bringFile(admin: Client): Promise<Record<string, string>> {
  const form = [
    '--part-of-form',
    'content-disposition: form-data; name="files"; filename="twins.csv"',
    'content-type: text/csv',
    '',
    `Product Handle,Product Title\ntwin-of-file-${++brought},Twin\n`,
    '--part-of-form--',
    '',
  ].join('\r\n')
  const { files } = good(await admin.post('/admin/uploads', form, { 'content-type': 'multipart/form-data; boundary=part-of-form' }))
  const asked = await admin.post('/admin/products/imports', { file_key: files[0].id, originalname: 'twins.csv' })
  assert.equal(asked.status, 202, JSON.stringify(asked.body))
  return { import_file: files[0].id, store_import: asked.body.transaction_id }
}

/** A store has only so many exports at once. */
async function exportsDone({ app, store }: StoreOfApp): Promise<Record<string, string>> {
  for (;;) {
    const open = await asAdmin(app.adminUrl, `select id from app.export_job where tenant_id = $1 and state in ('queued', 'running')`, [
      store.tenantId,
    ])
    if (open.length === 0) return {}
    await pause(10)
  }
}

export const preparedFiles: Record<string, (world: StoreOfApp) => Promise<Record<string, string>>> = {
  'POST /admin/products/imports/:transaction_id/confirm': ({ store }) => bringFile(store.admin),
  'POST /admin/products/import/:transaction_id/confirm': ({ store }) => bringFile(store.admin),
  'POST /admin/products/export': exportsDone,
  'POST /admin/orders/export': exportsDone,
}
