import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { limits } from '../../src/kernel/index.js'
import { adminClient, refused, type Sdk } from '../support/admin-client.js'
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

  it('say before they are confirmed which variants could not be written, and which prices nobody would pay', async () => {
    const vendor = store.vendors[0]
    const [small, medium] = (vendor?.products[0]?.variantIds ?? []) as [string, string]
    const head = 'Product Id,Product Handle,Product Title,Product Vendor,Variant Id,Variant Title,Variant Sku'
    const options = ',Variant Option 1 Name,Variant Option 1 Value'
    const row = (variant: string) => `${vendor?.products[0]?.id},,Thing,${vendor?.handle},${variant}`
    const cases: [file: string, message: RegExp][] = [
      [
        `${head}${options}\n,a,A,,,One,,Size,S\n,a,A,,,Two,,Size,M\n,a,A,,,Three,,Size,S`,
        /^Row 3: The variant has the same options as that of row 1: each of a product has its own$/,
      ],
      [
        `${head}\n,a,A,${vendor?.handle},,One,FREE\n,b,B,${vendor?.handle},,Two,V1-1-S`,
        /^Row 2: Product variant with sku: V1-1-S, already exists\. It is of the product thing-1-1$/,
      ],
      [`${head}\n${row(small)},S,V1-1-M`, /^Row 1: Product variant with sku: V1-1-M, already exists\./],
    ]
    for (const [file, message] of cases) assert.match((await refused(bring(file))).message, message)

    const file = `${head},Variant Price JPY\n${row(small)},S,V1-1-M,\n${row(medium)},M,V1-1-S,800`
    const brought = (await bring(file)) as Awaited<ReturnType<typeof bring>> & { warnings: string[] }
    assert.match(brought.warnings.join(), /^There are prices in JPY, the first in row 2, which the store does not sell in: /)
    await sdk.admin.product.confirmImport(brought.transaction_id)
    await app().drain()
    assert.equal((await importOf(brought.transaction_id)).error_count, 0)
    const { variants } = good(await store.admin.get(`/admin/products/${vendor?.products[0]?.id}`)).product
    const skus = new Map(variants.map(({ id, sku }: { id: string; sku: string }) => [id, sku]))
    assert.deepEqual([skus.get(small), skus.get(medium)], ['V1-1-M', 'V1-1-S'], 'those that were mixed up are put right')
  })

  it('are handed in only so many at once', async () => {
    const headers = { authorization: `Basic ${Buffer.from(`${store.secretKey}:`).toString('base64')}` }
    const handIn = async (names: readonly string[], fields = 0) => {
      const form = new FormData()
      for (let index = 0; index < fields; index += 1) form.append('words', 'said')
      for (const name of names) form.append('files', fileOf('Product Handle,Product Title\na,A', name))
      const answer = await fetch(`${app().url}/admin/uploads`, { method: 'POST', body: form, headers })
      return { status: answer.status, ...((await answer.json()) as { message: string; files: object[] }) }
    }
    const keptFiles = () => asAdmin(app().adminUrl, 'select id from app.import_file where tenant_id = $1', [store.tenantId])
    const before = await keptFiles()
    const names = Array.from({ length: limits.filesAtOnce + 1 }, (_none, index) => `${index}.csv`)
    const many = await handIn(names)
    assert.deepEqual([many.status, many.message], [400, `At most ${limits.filesAtOnce} files are taken at once`])
    const long = await handIn(['a.csv'], limits.formParts)
    assert.deepEqual([long.status, long.message], [400, `A form has at most ${limits.formParts} parts`])
    assert.deepEqual(await keptFiles(), before, 'none of them is kept')
    assert.equal((await handIn(names.slice(1))).files.length, limits.filesAtOnce)
  })

  it('are kept for a day, and only so many', async () => {
    const file = 'Product Handle,Product Title\nlate,Late'
    const asked = await bring(file)
    await asAdmin(app().adminUrl, `update app.import_job set expires_at = now() - '1 s'::interval where id = $1`, [asked.transaction_id])
    const late = await refused(sdk.admin.product.confirmImport(asked.transaction_id))
    assert.deepEqual([late.status, /was not confirmed in time/.test(late.message)], [400, true])
    const files = await asAdmin<{ id: string }>(app().adminUrl, 'select id from app.import_file where tenant_id = $1', [store.tenantId])
    await asAdmin(app().adminUrl, `update app.outbox_event set available_at = now() where tenant_id = $1 and name like 'import%.expired'`, [
      store.tenantId,
    ])
    await app().drain()
    const over = await importOf(asked.transaction_id)
    assert.deepEqual([over.state, over.failure], ['failed', 'It was not confirmed in time'])
    const gone = await refused(
      sdk.client.fetch('/admin/products/imports', { method: 'POST', body: { file_key: files[0]?.id, originalname: 'a' } }),
    )
    assert.deepEqual([gone.status, /^File with key: .* was not found/.test(gone.message)], [404, true])
    for (let index = 0; index < limits.importFiles + 2; index += 1) await bring(file.replace('late', `late-${index}`))
    const kept = await asAdmin<{ files: number; waiting: number }>(
      app().adminUrl,
      `select (select count(*) from app.import_file where tenant_id = $1)::int as files,
         (select count(*) from app.import_job where tenant_id = $1 and state = 'waiting')::int as waiting`,
      [store.tenantId],
    )
    assert.deepEqual(kept[0], { files: limits.importFiles, waiting: limits.importFiles })
    // What was to take away those that made room is over, too.
    await app().drain()
    const events = await asAdmin<{ name: string; count: number }>(
      app().adminUrl,
      `select name, count(*)::int as count from app.outbox_event
       where tenant_id = $1 and name in ('import.expired', 'import_file.expired') and state = 'queued' group by name order by name`,
      [store.tenantId],
    )
    assert.deepEqual(events, [
      { name: 'import.expired', count: limits.importFiles },
      { name: 'import_file.expired', count: limits.importFiles },
    ])
  })
})
