import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { signedInOperator } from '../../support/people.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('admin API: who changed what', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  interface Record {
    id: string
    actor_type: string
    actor_id: string
    action: string
    object_type: string | null
    object_id: string | null
    request_id: string
    before: unknown
    after: unknown
  }

  const recordsOf = async (query: { [name: string]: string | number }): Promise<Record[]> =>
    good(await store.admin.get('/admin/audit', query)).audit_records

  it('keeps what was made, what was changed of it, and that it was removed, newest first', async () => {
    const made = good(await store.admin.post('/admin/product-categories', { name: 'Lamps' })).product_category
    good(await store.admin.post(`/admin/product-categories/${made.id}`, { name: 'Lights', is_internal: true }))
    const [change, creation] = (await recordsOf({ object_id: made.id })) as [Record, Record]
    assert.deepEqual(
      [creation.action, creation.object_type, creation.actor_type],
      ['POST /admin/product-categories', 'product_category', 'api_key'],
    )
    assert.equal((creation.after as { name: string }).name, 'Lamps')
    assert.equal(creation.before, null)
    assert.deepEqual(
      [change.action, change.before, change.after],
      ['POST /admin/product-categories/:id', { name: 'Lamps', is_internal: false }, { name: 'Lights', is_internal: true }],
    )
  })

  it('names the price that was changed, and from what to what', async () => {
    const product = store.vendors[0]?.products[0]
    const variantId = product?.variantIds[0]
    good(await store.admin.post(`/admin/products/${product?.id}/variants/${variantId}`, { prices: [{ currency_code: 'usd', amount: 77 }] }))
    const [record] = (await recordsOf({ object_id: variantId as string })) as [Record]
    const amounts = (side: unknown) => Object.values((side as { prices: object }).prices).map((price) => price?.amount_minor ?? null)
    assert.deepEqual(
      [amounts(record.before).sort(), amounts(record.after).sort()],
      [
        [1000, null],
        [7700, null],
      ],
    )
  })

  it('finds records by actor, action, object, request and time, page by page', async () => {
    const answer = await store.admin.post('/admin/product-tags', { value: 'audited' })
    const requestId = answer.headers.get('x-request-id') as string
    const [record] = (await recordsOf({ request_id: requestId })) as [Record]
    assert.equal(record.object_id, answer.body.product_tag.id)
    assert.equal(
      (
        await recordsOf({
          object_type: 'product_tag',
          actor_type: 'api_key',
          action: 'POST /admin/product-tags',
          actor_id: record.actor_id,
        })
      ).length,
      1,
    )
    const future = new Date(Date.now() + 60_000).toISOString()
    assert.equal((await recordsOf({ 'at[$gte]': future })).length, 0)
    assert.equal((await recordsOf({ request_id: requestId, 'at[$lt]': future })).length, 1)
    assert.equal((await recordsOf({ limit: 1 })).length, 1)
    assert.equal(good(await store.admin.get(`/admin/audit/${record.id}`)).audit_record.id, record.id)
  })

  it('leaves nothing of a request that was refused, and one record of one that was sent twice', async () => {
    const refused = await store.admin.post('/admin/product-tags', { value: 'audited' })
    assert.equal(refused.status, 400)
    assert.equal((await recordsOf({ request_id: refused.headers.get('x-request-id') as string })).length, 0)
    const before = (await recordsOf({ object_type: 'product_tag', limit: 100 })).length
    for (let turn = 0; turn < 2; turn += 1)
      good(await store.admin.post('/admin/product-tags', { value: 'sent twice' }, { 'idempotency-key': 'once' }))
    assert.equal((await recordsOf({ object_type: 'product_tag', limit: 100 })).length, before + 1)
  })

  it("shows a vendor's own doing to the store, and keeps it with the vendor", async () => {
    const productId = store.vendors[1]?.products[0]?.id
    good(await store.vendor(1).post(`/vendor/products/${productId}`, { title: 'Renamed' }))
    const [record] = (await recordsOf({ object_id: productId as string, vendor_id: store.vendors[1]?.id as string })) as [Record]
    assert.deepEqual([record.action, (record.after as { title: string }).title], ['POST /vendor/products/:id', 'Renamed'])
    assert.equal((await recordsOf({ object_id: productId as string, vendor_id: store.vendors[0]?.id as string })).length, 0)
  })

  it('keeps no password, token or name', async () => {
    const key = good(await store.admin.post('/admin/api-keys', { title: 'Robot', type: 'secret' })).api_key
    const customer = good(await store.admin.post('/admin/customers', { email: 'private@example.com', first_name: 'Secretive' })).customer
    const cartId = await fillCart(store.shopper, {
      regionId: store.regionId,
      variantIds: [store.vendors[0]?.products[0]?.variantIds[0] as string],
      email: 'private@example.com',
    })
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    good(await store.admin.post(`/admin/orders/${order.id}/cancel`))
    const text = JSON.stringify([
      await recordsOf({ object_id: key.id }),
      await recordsOf({ object_id: customer.id }),
      await recordsOf({ object_id: order.id }),
    ])
    assert.match(text, /canceled/)
    for (const secret of [key.token, 'private@example.com', 'Secretive']) assert.ok(!text.includes(secret), `${secret} is on the record`)
  })

  it("keeps the operator's doing in the store's log, or in the platform's own", async () => {
    const operator = await signedInOperator(app())
    const suspended = await operator.post(`/platform/tenants/${store.publicId}`, { name: 'Another name' })
    const rows = await asAdmin<{ place: string; action: string; actor_type: string }>(
      app().adminUrl,
      `select 'store' as place, action, actor_type from app.audit_record where request_id = $1
       union all select 'platform', action, actor_type from platform.audit_record where request_id = $1`,
      [suspended.headers.get('x-request-id')],
    )
    assert.ok(rows.length > 0)
    assert.deepEqual([rows[0]?.action, rows[0]?.actor_type], ['POST /platform/tenants/:id', 'operator'])
    const made = await operator.post('/platform/plans', { name: `Plan ${store.slug}` })
    const own = good(await operator.get('/platform/audit', { request_id: made.headers.get('x-request-id') as string }))
    assert.deepEqual(
      own.audit_records.map((record: Record) => record.action),
      ['POST /platform/plans'],
    )
  })

  it('is changed by nobody, and shown to no other store', async () => {
    const other = await createTestStore(app())
    assert.equal(good(await other.admin.get('/admin/audit', { object_type: 'product_tag' })).audit_records.length, 0)
    for (const text of ['update audit_record set action = action where tenant_id = $1', 'delete from audit_record where tenant_id = $1']) {
      await assert.rejects(
        app().db.unitOfWork(store.scope, (unit) => unit.run({ name: '', text, values: [store.tenantId] })),
        /permission denied/,
      )
    }
    assert.equal((await client(app(), { publishableKey: store.publishableKey }).get('/admin/audit')).status, 401)
  })
})
