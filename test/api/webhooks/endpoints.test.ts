import assert from 'node:assert/strict'
import { buy } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { addPerson, addStaff } from '../../support/people.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const valid = { url: 'https://shop.example/hook', event_types: ['order.placed'] }

describe('webhooks: endpoints', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })

  it('are made, changed and deleted, by a store and by a vendor, each its own', async () => {
    for (const [surface, mine, others] of [
      ['admin', store.admin, [store.vendor(0)]],
      ['vendor', store.vendor(0), [store.vendor(1), store.admin]],
    ] as const) {
      const { webhook } = good(await mine.post(`/${surface}/webhooks`, { ...valid, description: 'Stock' }))
      const { secret, ...kept } = webhook
      assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
      assert.deepEqual([kept.url, kept.description, kept.event_types, kept.state], [valid.url, 'Stock', ['order.placed'], 'enabled'])
      const path = `/${surface}/webhooks/${webhook.id}`
      assert.deepEqual(good(await mine.get(path)).webhook, kept)
      assert.deepEqual(good(await mine.get(`/${surface}/webhooks`)).webhooks, [kept])
      for (const other of others) {
        const theirs = other === store.admin ? 'admin' : 'vendor'
        assert.deepEqual(good(await other.get(`/${theirs}/webhooks`)).webhooks, [])
        for (const below of ['', '/deliveries']) assert.equal((await other.get(`/${theirs}/webhooks/${webhook.id}${below}`)).status, 404)
        for (const below of ['', '/rotate-secret', '/test'])
          assert.equal((await other.post(`/${theirs}/webhooks/${webhook.id}${below}`, {})).status, 404)
        assert.equal((await other.delete(`/${theirs}/webhooks/${webhook.id}`)).status, 404)
      }
      const change = {
        url: 'https://other.example/',
        description: null,
        event_types: ['order.canceled', 'order.canceled'],
        state: 'disabled',
      }
      const changed = good(await mine.post(path, change)).webhook
      assert.deepEqual(
        [changed.url, changed.description, changed.event_types, changed.state],
        ['https://other.example/', null, ['order.canceled'], 'disabled'],
      )
      assert.deepEqual(good(await mine.get(`/${surface}/webhooks`, { state: 'enabled' })).webhooks, [])
      assert.deepEqual(good(await mine.delete(path)), { id: webhook.id, object: 'webhook', deleted: true })
      assert.equal((await mine.get(path)).status, 404)
    }
  })

  it('say what they can be told of; disputes are no vendor’s', async () => {
    const typesOf = (body: { webhook_event_types: { type: string; meaning: string }[] }) => body.webhook_event_types.map(({ type }) => type)
    const all = typesOf(good(await store.admin.get('/admin/webhook-event-types')))
    const own = typesOf(good(await store.vendor(0).get('/vendor/webhook-event-types')))
    assert.ok(all.includes('order.placed') && all.includes('payment.refunded'))
    assert.deepEqual(
      all.filter((type) => !own.includes(type)),
      ['dispute.changed'],
    )
    assert.equal((await store.vendor(0).post('/vendor/webhooks', { ...valid, event_types: ['dispute.changed'] })).status, 400)
  })

  it('are refused where they lead into the house, or are nothing', async () => {
    const wrong = [
      { ...valid, url: 'http://127.0.0.1:9000/admin' },
      { ...valid, url: 'https://169.254.169.254/latest' },
      { ...valid, url: 'https://[::1]/' },
      { ...valid, url: 'https://me:secret@shop.example/' },
      { ...valid, url: 'ftp://shop.example/' },
      { ...valid, url: `https://shop.example/${'x'.repeat(2_000)}` },
      { ...valid, event_types: [] },
      { ...valid, event_types: ['order.sung'] },
      { ...valid, secret: 'mine' },
      { url: valid.url },
    ]
    const { webhook } = good(await store.admin.post('/admin/webhooks', valid))
    for (const body of wrong) {
      assert.equal((await store.admin.post('/admin/webhooks', body)).status, 400, JSON.stringify(body).slice(0, 100))
      if ('event_types' in body) assert.equal((await store.admin.post(`/admin/webhooks/${webhook.id}`, body)).status, 400)
    }
    good(await store.admin.delete(`/admin/webhooks/${webhook.id}`))
  })

  it('whose name leads into the house are not called', async () => {
    const { webhook } = good(
      await store.admin.post('/admin/webhooks', { ...valid, url: `http://localhost:${new URL(app().url).port}/health` }),
    )
    good(await store.admin.post(`/admin/webhooks/${webhook.id}/test`))
    await app().drain()
    const [{ state, response_status, error }] = good(await store.admin.get(`/admin/webhooks/${webhook.id}/deliveries`)).webhook_deliveries
    assert.deepEqual([state, response_status], ['failed', null])
    assert.equal(error, 'localhost leads to no public address: webhooks go to no other')
    good(await store.admin.delete(`/admin/webhooks/${webhook.id}`))
  })

  it('are twenty at most, of the store and of each vendor', async () => {
    const full = await createTestStore(app(), { vendors: 2 })
    for (const [surface, mine] of [
      ['admin', full.admin],
      ['vendor', full.vendor(0)],
    ] as const) {
      const made = await Promise.all(Array.from({ length: 21 }, () => mine.post(`/${surface}/webhooks`, valid)))
      assert.deepEqual([made.filter(({ status }) => status === 200).length, made.filter(({ status }) => status === 400).length], [20, 1])
    }
    good(await full.vendor(1).post('/vendor/webhooks', valid))
  })

  it('are for whom roles let: support sees, who packs does not, and whose grant is one vendor does not see the store’s', async () => {
    const { webhook } = good(await store.admin.post('/admin/webhooks', valid))
    const as = (token: string) => client(app(), { token })
    const support = as(await addStaff(app(), store, 'store_support'))
    const manager = as(await addStaff(app(), store, 'store_manager'))
    const limited = as(await addStaff(app(), store, 'store_manager', store.vendors[0]?.id))
    const packer = as(await addPerson(app(), store, 0, 'vendor_packer'))
    good(await support.get(`/admin/webhooks/${webhook.id}/deliveries`))
    assert.equal((await support.post(`/admin/webhooks/${webhook.id}`, { state: 'disabled' })).status, 403)
    good(await manager.post(`/admin/webhooks/${webhook.id}`, { state: 'disabled' }))
    assert.equal((await limited.get('/admin/webhooks')).status, 403)
    assert.equal((await limited.post(`/admin/webhooks/${webhook.id}/rotate-secret`)).status, 403)
    assert.equal((await packer.get('/vendor/webhooks')).status, 403)
    good(await store.admin.delete(`/admin/webhooks/${webhook.id}`))
  })

  it('keep their secrets: none is in a table, a record or an answer but the first, which is given again to the same key', async () => {
    const key = { 'idempotency-key': 'webhook-once' }
    const made = good(await store.admin.post('/admin/webhooks', valid, key)).webhook
    const again = good(await store.admin.post('/admin/webhooks', valid, key)).webhook
    assert.deepEqual(again, made)
    const path = `/admin/webhooks/${made.id}`
    const rotated = good(await store.admin.post(`${path}/rotate-secret`)).webhook
    assert.ok(Date.parse(rotated.previous_secret_until) > Date.now() + 23 * 3_600_000)
    good(await store.admin.post(path, { description: 'Changed' }))
    good(await store.admin.post(`${path}/test`))
    await buy(store)
    await app().drain()
    const { audit_records: records } = good(await store.admin.get('/admin/audit', { object_id: made.id }))
    assert.deepEqual(records.map(({ action }: { action: string }) => action).sort(), [
      'POST /admin/webhooks',
      'POST /admin/webhooks/:id',
      'POST /admin/webhooks/:id/rotate-secret',
      'POST /admin/webhooks/:id/test',
    ])
    const answers = await Promise.all(['', '/deliveries'].map((below) => store.admin.get(`${path}${below}`)))
    const rows = await Promise.all(
      ['webhook_endpoint', 'webhook_delivery', 'audit_record', 'idempotency_key', 'outbox_event', 'notification'].map((table) =>
        asAdmin(app().adminUrl, `select t::text as row from app.${table} t where tenant_id = $1`, [store.tenantId]),
      ),
    )
    const everything = JSON.stringify([answers.map(({ body }) => body), rows, records])
    for (const secret of [made.secret, rotated.secret]) assert.ok(!everything.includes(secret.slice('whsec_'.length)))
    assert.ok(!JSON.stringify([answers.map(({ body }) => body), records]).includes('sealed'))
  })
})
