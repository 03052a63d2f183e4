import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { manyConnections, useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { deadlocksOf } from '../support/invariants.js'
import { createTestStore, type TestStore } from '../support/store.js'

describe('numbers of variants that two bring at once', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  /** Holds rows of vendors, which whoever makes a product of theirs waits for, until so many wait. */
  async function behindBarrier<T>(waiting: number, run: () => Promise<T>): Promise<T> {
    const holder = new pg.Client({ connectionString: app().adminUrl })
    await holder.connect()
    try {
      await holder.query('begin')
      await holder.query('select 1 from app.vendor where tenant_id = $1 for update', [store.tenantId])
      const result = run()
      for (const until = Date.now() + 20_000; ; ) {
        assert.ok(Date.now() < until, 'nobody waits')
        const rows = await asAdmin<{ count: number }>(
          app().adminUrl,
          `select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        )
        if ((rows[0]?.count ?? 0) >= waiting) break
        await pause(10)
      }
      await holder.query('commit')
      return await result
    } finally {
      await holder.end()
    }
  }

  const productOf = (vendor: number, title: string, number: object) => ({
    title,
    vendor_id: store.vendors[vendor]?.id,
    options: [{ title: 'size', values: ['one'] }],
    variants: [{ title: 'one', options: { size: 'one' }, prices: [], ...number }],
  })

  for (const name of ['ean', 'upc', 'barcode']) {
    it(`lets one of two products of a vendor have an ${name}`, async () => {
      const make = (title: string) => store.admin.post('/admin/products', productOf(0, `${title} ${name}`, { [name]: '4006381333931' }))
      const answers = await behindBarrier(2, () => Promise.all([make('First'), make('Second')]))
      const refused = answers.find(({ status }) => status !== 200)
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400])
      assert.equal(refused?.body.message, `Product variant with ${name}: 4006381333931, already exists.`)
    })
  }

  it('holds no two batches up for good, whatever order they are in', async () => {
    const before = await deadlocksOf(app().adminUrl)
    const batch = (letter: string, vendors: number[]) => ({
      create: vendors.map((vendor) => productOf(vendor, `Batch ${letter} ${vendor}`, { ean: `${letter}${vendor}` })),
      update: vendors.map((vendor) => {
        const product = store.vendors[vendor]?.products[0]
        return { id: product?.id, variants: [{ id: product?.variantIds[0], barcode: `${letter}${vendor}` }] }
      }),
    })
    const bodies = [batch('a', [0, 1]), batch('b', [1, 0])]
    const answers = await behindBarrier(2, () => Promise.all(bodies.map((body) => store.admin.post('/admin/products/batch', body))))
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200],
      JSON.stringify(answers.map(({ body }) => body.message)),
    )
    assert.equal(await deadlocksOf(app().adminUrl), before)
  })
})
