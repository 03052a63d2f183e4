import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { parse } from 'csv-parse/sync'
import pg from 'pg'
import { dropExport, runExport } from '../../src/exports/index.js'
import { limits, systemClock } from '../../src/kernel/index.js'
import { adminClient, type Sdk } from '../support/admin-client.js'
import { manyConnections, useApp } from '../support/app.js'
import { client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { addStaff } from '../support/people.js'
import { fillCart } from '../support/purchase.js'
import { createTestStore, type TestStore } from '../support/store.js'

interface FeedData {
  title: string
  description: string
  file?: { filename: string; url: string; mimeType: string }
}
type Row = Record<string, string>

describe('exports of a store', () => {
  const app = useApp({ settings: manyConnections })
  let store: TestStore
  let sdk: Sdk

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2, stock: 50 })
    sdk = adminClient(app(), store)
  })

  /** What the feed says last, once everything is done. */
  async function told(of = sdk): Promise<FeedData> {
    await app().drain()
    const { notifications } = await of.admin.notification.list({ channel: 'feed', order: '-created_at', limit: 1 })
    return notifications[0]?.data as unknown as FeedData
  }
  const fetched = async (data: FeedData) => fetch(data.file?.url as string)
  const rowsOf = (text: string): Row[] => parse(text, { columns: true })
  const context = () => ({ db: app().db, scope: store.scope, clock: systemClock, requestId: 'test', actorId: 'test' })

  it('write products in the columns of Medusa, those of the store behind them', async () => {
    const vendor_id = store.vendors[1]?.id
    const { region } = good(await store.admin.post('/admin/regions', { name: 'the North', currency_code: 'usd', countries: ['ca'] }))
    const { product_tag } = good(await store.admin.post('/admin/product-tags', { value: 'odd, "quoted"' }))
    const { product } = good(
      await store.admin.post('/admin/products', {
        title: '=1+1',
        vendor_id,
        images: Array.from({ length: 11 }, (_none, index) => ({ url: `https://pictures.example/${index}.png` })),
        tags: [{ id: product_tag.id }],
        options: [{ title: 'Size', values: ['S', 'M'] }],
        metadata: { grown: 'here' },
        variants: ['S', 'M'].map((size) => ({
          title: size,
          sku: `ODD-${size}`,
          options: { Size: size },
          manage_inventory: false,
          prices: [
            { currency_code: 'usd', amount: 10.5, compare_at_amount: 12 },
            { currency_code: 'usd', amount: 9.25, rules: { region_id: region.id } },
            { currency_code: 'usd', amount: 8, min_quantity: 10 },
          ],
        })),
      }),
    )
    const { transaction_id } = await sdk.admin.product.export({}, { limit: 20, offset: 0, q: '1+1' })
    const data = await told()
    assert.deepEqual([data.title, data.description], ['Product export', 'Product export completed successfully!'])
    assert.match(data.file?.filename ?? '', /^\d+-product-exports\.csv$/)
    const answer = await fetched(data)
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-disposition'), `attachment; filename="${data.file?.filename}"`)
    assert.match(answer.headers.get('content-type') ?? '', /^text\/csv/)
    const text = await answer.text()
    const header = text.slice(0, text.indexOf('\r\n')).split(',')
    assert.deepEqual(header.slice(0, 6), [
      'Product Id',
      'Product Handle',
      'Product Title',
      'Product Subtitle',
      'Product Description',
      'Product Status',
    ])
    assert.ok(header.indexOf('Product Image 2') < header.indexOf('Product Image 10'), 'pictures keep their order')
    assert.ok(header.indexOf('Product Updated At') < header.indexOf('Shipping Profile Id'))
    assert.ok(header.indexOf('Shipping Profile Id') < header.indexOf('Variant Id'))
    assert.deepEqual(header.slice(-3), ['Product Metadata', 'Product Vendor', 'Variant Compare At Price USD'])
    const rows = rowsOf(text)
    assert.deepEqual(
      rows.map((row) => [row['Product Id'], row['Variant Sku'], row['Variant Option 1 Name'], row['Variant Option 1 Value']]),
      [
        [product.id, 'ODD-S', 'Size', 'S'],
        [product.id, 'ODD-M', 'Size', 'M'],
      ],
    )
    const [row] = rows as [Row]
    assert.equal(row['Product Title'], "'=1+1", 'no spreadsheet runs it')
    assert.equal(row['Product Tag 1'], 'odd, "quoted"')
    assert.equal(row['Product Vendor'], store.vendors[1]?.handle)
    assert.deepEqual(
      [row['Variant Price USD'], row['Variant Price The North [USD]'], row['Variant Compare At Price USD']],
      ['10.5', '9.25', '12'],
    )
    const one = good(await store.admin.get(`/admin/exports/${transaction_id}`)).export
    assert.deepEqual([one.kind, one.state, one.row_count, one.url], ['products', 'done', 2, data.file?.url])
  })

  it('write orders as Medusa has them', async () => {
    const variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds, quantity: 2 })
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    await sdk.admin.order.export({ status: ['pending'] })
    const data = await told()
    assert.deepEqual([data.title, data.description], ['Order export', 'Order export completed successfully!'])
    const text = await (await fetched(data)).text()
    assert.ok(text.startsWith('Order_ID,Display_ID,Order status,Date,Customer First name,Customer Last name,Customer Email,Customer ID,'))
    const rows = rowsOf(text)
    assert.deepEqual(
      rows.map((row) => [
        row.Order_ID,
        row['Payment Status'],
        row['Fulfillment Status'],
        Number(row.Total),
        row['Currency Code'],
        row.Vendors,
      ]),
      [[order.id, 'captured', 'not_fulfilled', order.total, 'usd', store.vendors.map((vendor) => vendor.handle).join(' ')]],
    )
    await sdk.admin.order.export({ status: ['canceled'] })
    assert.equal(rowsOf(await (await fetched(await told())).text()).length, 0, 'a file without rows is a file')
  })

  it('go on where they were broken off, and write no row twice', async () => {
    const export_job_id = 'exp_01K00000000000000000000000'
    await asAdmin(
      app().adminUrl,
      `insert into app.export_job (tenant_id, id, kind, file_name, expires_at) values ($1, $2, 'products', 'all.csv', now() + '1 h')`,
      [store.tenantId, export_job_id],
    )
    const settings = { publicUrl: app().url, slice_ms: 0, page: 1 }
    // What they hand on is begun by the worker, while another of them reads the page that it has written.
    const lists: string[] = []
    app().db.observe((when, text) => {
      if (when === 'sent' && text.includes('page as materialized')) lists.push(text)
    })
    await Promise.all([1, 2, 3].map(() => runExport(context(), { export_job_id }, settings)))
    await app().drain()
    app().db.observe(undefined)
    assert.ok(lists.length > 0 && lists.every((text) => !text.includes('select count(*) from product')), 'no page counts what there is')
    const data = await told()
    const ids = rowsOf(await (await fetched(data)).text()).map((row) => row['Variant Id'])
    assert.equal(new Set(ids).size, ids.length)
    const { variants } = good(await store.admin.get('/admin/product-variants', { limit: 100 }))
    assert.deepEqual(ids.toSorted(), variants.map((variant: { id: string }) => variant.id).toSorted())
    await dropExport(context(), { export_job_id })
    assert.equal((await fetched(data)).status, 404)
  })

  it('are told and opened to nobody else', async () => {
    const { transaction_id } = await sdk.admin.product.export({})
    const data = await told()
    const url = data.file?.url as string
    const other = await createTestStore(app(), { vendors: 1, productsPerVendor: 0 })
    const exchanged = url.replace(store.publicId, other.publicId)
    const forged = url.slice(0, -1) + (url.endsWith('0') ? '1' : '0')
    for (const wrong of [exchanged, forged, url.slice(0, -64)]) assert.equal((await fetch(wrong)).status, 404, wrong)
    const become = (status: string) =>
      asAdmin(app().adminUrl, 'update platform.tenant set status = $2 where id = $1', [store.tenantId, status])
    await become('suspended')
    const closed = await fetch(url)
    await become('active')
    assert.deepEqual([closed.status, (await fetch(url)).status], [404, 200], 'a suspended store is closed to everybody')
    assert.equal((await other.admin.get(`/admin/exports/${transaction_id}`)).status, 404)
    assert.equal((await store.vendor(0).get('/admin/exports')).status, 401)
    const limited = client(app(), { token: await addStaff(app(), store, 'store_manager', store.vendors[0]?.id) })
    assert.equal((await limited.get('/admin/exports')).status, 403, 'an export holds every vendor’s rows')
    assert.equal((await limited.post('/admin/products/export', {})).status, 403)
    const feed = (await limited.get('/admin/notifications', { channel: 'feed' })).body.notifications ?? []
    assert.ok(!JSON.stringify(feed).includes('/exports/'), 'nor is the address told')
    const support = client(app(), { token: await addStaff(app(), store, 'store_support') })
    assert.equal((await support.post('/admin/orders/export', {})).status, 403)
    const none = await store.admin.post('/admin/orders/export?status=foo', {})
    assert.deepEqual([none.status, none.body.message.slice(0, 28)], [400, 'No order has the status foo:'])
    assert.equal(good(await support.get(`/admin/exports/${transaction_id}`)).export.url, url)
  })

  it('are counted one after the other when many are asked for at the same moment', async () => {
    const holder = new pg.Client({ connectionString: app().adminUrl })
    await holder.connect()
    try {
      const turn = `hashtextextended('exports:' || $1::uuid, 0)`
      await holder.query(`select pg_advisory_lock(${turn})`, [store.tenantId])
      await holder.query('begin')
      // None of them is done, and says so in the feed, before all are counted.
      await holder.query('lock table app.notification in exclusive mode')
      const wanted = limits.exportsAtOnce + 3
      const asked = Array.from({ length: wanted }, () => store.admin.post('/admin/orders/export', {}))
      for (const until = Date.now() + 10_000; ; await pause(10)) {
        assert.ok(Date.now() < until, 'they do not wait for one another')
        const waiting = await asAdmin(
          app().adminUrl,
          `select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like '%exports:%'`,
        )
        if (waiting.length === wanted) break
      }
      await holder.query(`select pg_advisory_unlock(${turn})`, [store.tenantId])
      const taken = (await Promise.all(asked)).filter((answer) => answer.status === 202)
      assert.equal(taken.length, limits.exportsAtOnce)
      await holder.query('commit')
    } finally {
      await holder.end()
    }
    await app().drain()
  })

  it('that cannot be written say why, are few at once, and go when their time is over', async () => {
    // Of no job: none of them is done before the next is asked for.
    const queued = Array.from({ length: limits.exportsAtOnce }, (_none, index) => `exp_01K1000000000000000000000${index}`)
    for (const id of queued)
      await asAdmin(
        app().adminUrl,
        `insert into app.export_job (tenant_id, id, kind, file_name, expires_at) values ($1, $2, 'products', 'all.csv', now() + '1 h')`,
        [store.tenantId, id],
      )
    const surplus = await store.admin.post('/admin/orders/export', {})
    assert.deepEqual([surplus.status, surplus.body.type], [429, 'too_many_requests'])
    const [export_job_id, ...others] = queued as [string, ...string[]]
    for (const id of others) await dropExport(context(), { export_job_id: id })
    assert.equal((await store.admin.post('/admin/orders/export', {})).status, 202)
    await app().drain()
    await asAdmin(app().adminUrl, 'update app.export_job set row_count = $1 where id = $2', [limits.exportRows, export_job_id])
    await runExport(context(), { export_job_id }, { publicUrl: app().url })
    const failed = good(await store.admin.get(`/admin/exports/${export_job_id}`)).export
    assert.deepEqual([failed.state, failed.url], ['failed', null])
    assert.match(failed.failure, /more than 100000 rows/)
    assert.equal((await told()).description, 'Failed to export products, please try again later.')
    await sdk.admin.product.export({})
    const data = await told()
    await asAdmin(app().adminUrl, `update app.outbox_event set available_at = now() where name = 'export.expired'`)
    await app().drain()
    assert.equal((await fetched(data)).status, 404)
    await dropExport(context(), { export_job_id })
    const left = await asAdmin<{ rows: number }>(
      app().adminUrl,
      `select ((select count(*) from app.export_job where tenant_id = $1) + (select count(*) from app.export_chunk where tenant_id = $1))::int as rows`,
      [store.tenantId],
    )
    assert.equal(left[0]?.rows, 0)
  })
})
