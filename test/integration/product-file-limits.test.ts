import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { adminClient, type Sdk } from '../support/admin-client.js'
import { useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { createTestStore, type TestStore } from '../support/store.js'

describe('product files of a store, beside others', () => {
  const app = useApp()
  let store: TestStore
  let sdk: Sdk

  before(async () => {
    store = await createTestStore(app(), { vendors: 1, productsPerVendor: 1 })
    sdk = adminClient(app(), store)
  })

  const fileOf = (text: string, name = 'products.csv') => new File([text], name, { type: 'text/csv' })
  const bring = (text: string) => sdk.admin.product.createImport({ file: fileOf(text) })
  const importOf = async (id: string) => good(await store.admin.get(`/admin/imports/${id}`)).import

  it('leave alone what staff change beside them', async () => {
    const product = store.vendors[0]?.products[0]
    const variant = product?.variantIds[0] as string
    const change = (prices: object[]) => store.admin.post(`/admin/products/${product?.id}/variants/${variant}`, { prices })
    good(await change([10, 8].map((amount, index) => ({ currency_code: 'usd', amount, ...(index === 0 ? {} : { min_quantity: 10 }) }))))
    const { transaction_id } = await bring(`Product Id,Variant Id,Variant Price USD\n${product?.id},${variant},12`)
    const holder = new pg.Client({ connectionString: app().adminUrl })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query('select id from app.product where id = $1 for update', [product?.id])
      await sdk.admin.product.confirmImport(transaction_id)
      const written = app().drain()
      for (const until = Date.now() + 10_000; ; await pause(10)) {
        assert.ok(Date.now() < until, 'nobody waits for the product')
        const waiting = await asAdmin(
          app().adminUrl,
          `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%product%'`,
        )
        if (waiting.length > 0) break
      }
      await holder.query(`update app.price set amount_minor = 700 where tenant_id = $1 and min_quantity = 10`, [store.tenantId])
      await holder.query('commit')
      await written
    } finally {
      await holder.end()
    }
    const done = await importOf(transaction_id)
    assert.deepEqual([done.state, done.updated_count, done.error_count], ['done', 1, 0])
    const { prices } = good(await store.admin.get(`/admin/products/${product?.id}/variants/${variant}`)).variant
    assert.deepEqual(
      prices.map((price: { amount: number; min_quantity: number | null }) => [price.amount, price.min_quantity]),
      [
        [12, null],
        [7, 10],
      ],
      'the price for pieces has no column: it is as staff left it',
    )
  })
})
