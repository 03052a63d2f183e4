import assert from 'node:assert/strict'
import { type BuiltInRole, vendorKeyPermissions } from '../../../src/access/index.js'
import { manualClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { type Answer, type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { addPerson, tokenOf } from '../../support/people.js'
import { createTestStore, type TestStore, type TestVendor } from '../../support/store.js'

const minute_ms = 60_000

describe("a vendor's API keys", () => {
  const clock = manualClock(new Date())
  const app = useApp({ clock })
  let store: TestStore
  let owner: Client
  let rival: Client

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    const [first, second] = await Promise.all(store.vendors.map((vendor) => tokenOf(app(), store, 'member', vendor)))
    owner = client(app(), { token: first as string })
    rival = client(app(), { token: second as string })
  })

  const made = async (body: object, by = owner) => good(await by.post('/vendor/api-keys', body)).api_key
  const as = (token: string) => client(app(), { token })
  const statusOf = async (token: string) => (await as(token).get('/vendor/orders')).status
  const soon = (by_ms: number) => new Date(clock.now().getTime() + by_ms).toISOString()
  const refusal = ({ status, body }: Answer) => [status, body.type]

  it('are made with the permissions that are named, and may do nothing else', async () => {
    const key = await made({ title: 'Packing robot', permissions: ['orders:read', 'orders:fulfil', 'orders:read'] })
    assert.match(key.token, /^vk_[0-9a-f]{64}$/)
    assert.equal(key.redacted, `${key.token.slice(0, 6)}***${key.token.slice(-3)}`)
    assert.deepEqual(key.permissions, ['orders:read', 'orders:fulfil'])
    assert.match(key.created_by, /^vmem_/)
    assert.equal(await statusOf(key.token), 200)
    const refused = await as(key.token).get('/vendor/products')
    assert.deepEqual([refused.status, refused.body.message], [403, 'This needs the permission products:read'])
    assert.equal((await as(key.token).get('/admin/orders')).status, 401, "the store's API is closed to a vendor's key")
  })

  it('may do all that their maker can grant when nothing is named, and say when they were used', async () => {
    const key = await made({ title: 'Everything' })
    assert.deepEqual([...key.permissions].sort(), [...vendorKeyPermissions].sort())
    assert.deepEqual([key.last_used_at, key.expires_at, key.revoked_at], [null, null, null])
    const { product } = good(
      await as(key.token).post('/vendor/products', { title: 'By a key', options: [{ title: 'Kind', values: ['One'] }] }),
    )
    assert.equal(product.title, 'By a key')
    for (let turn = 0; turn < 100; turn += 1) {
      const { api_key } = good(await owner.get(`/vendor/api-keys/${key.id}`))
      if (api_key.last_used_at !== null) return
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    assert.fail('it was used, and does not say so')
  })

  it('tell their token once: not in a list, not when they are changed, not in the log', async () => {
    const key = await made({ title: 'Quiet till' })
    const path = `/vendor/api-keys/${key.id}`
    const renamed = good(await owner.post(path, { title: 'Quiet old till' }))
    assert.equal(renamed.api_key.title, 'Quiet old till')
    const list = good(await owner.get('/vendor/api-keys', { q: 'till quiet', limit: 1 }))
    assert.deepEqual([list.api_keys.map((one: { id: string }) => one.id), list.count], [[key.id], 1])
    const asked = good(await owner.get('/vendor/api-keys', { fields: '+token,+token_hash,title' }))
    const replaced = good(await owner.post(`${path}/rotate`, {})).api_key
    const told = [renamed, list, asked, good(await owner.get(path)), good(await owner.post(`${path}/revoke`, {}))]
    good(await owner.delete(path))
    const { audit_records: records } = good(await store.admin.get('/admin/audit', { object_id: key.id, order: 'id' }))
    assert.deepEqual(
      records.map((record: { action: string; vendor_id: string; object_type: string }) => [
        record.action,
        record.vendor_id,
        record.object_type,
      ]),
      [
        'POST /vendor/api-keys',
        ...['', '/rotate', '/revoke'].map((step) => `POST /vendor/api-keys/:id${step}`),
        'DELETE /vendor/api-keys/:id',
      ].map((action) => [action, store.vendors[0]?.id, 'api_key']),
    )
    assert.equal(records[2].after.replaced_by, replaced.id)
    const text = JSON.stringify([told, records])
    for (const secret of [key.token, replaced.token, key.token.slice(3, 40)]) assert.ok(!text.includes(secret))
    assert.ok(!text.includes('token_hash'))
  })

  it('run out at their time, and are made for a time to come', async () => {
    const key = await made({ title: 'For an hour', expires_at: soon(60 * minute_ms) })
    assert.equal(key.expires_at, soon(60 * minute_ms))
    clock.advance(60 * minute_ms - 1)
    assert.equal(await statusOf(key.token), 200)
    clock.advance(1)
    assert.equal(await statusOf(key.token), 401)
    const late = await owner.post('/vendor/api-keys', { title: 'Late', expires_at: soon(0) })
    assert.deepEqual([...refusal(late), late.body.message], [400, 'invalid_data', 'expires_at is over: name a moment to come'])
    assert.deepEqual(refusal(await owner.post(`/vendor/api-keys/${key.id}/rotate`, {})), [400, 'not_allowed'])
  })

  it('are replaced: both are good until the overlap is over, the new one as long as the old one would have been', async () => {
    const old = await made({ title: 'Till', permissions: ['orders:read'], expires_at: soon(600 * minute_ms) })
    assert.equal(await statusOf(old.token), 200)
    const path = `/vendor/api-keys/${old.id}`
    const next = good(await owner.post(`${path}/rotate`, { overlap_seconds: 600 })).api_key
    assert.notEqual(next.token, old.token)
    assert.deepEqual([next.title, next.permissions, next.expires_at, next.revoked_at], [old.title, old.permissions, old.expires_at, null])
    const { api_key: shown } = good(await owner.get(path))
    assert.deepEqual([shown.revoked_at, shown.replaced_by], [soon(10 * minute_ms), next.id])
    const twice = await owner.post(`${path}/rotate`, {})
    assert.deepEqual(refusal(twice), [400, 'not_allowed'])
    clock.advance(10 * minute_ms - 1)
    assert.deepEqual([await statusOf(old.token), await statusOf(next.token)], [200, 200])
    clock.advance(1)
    assert.deepEqual([await statusOf(old.token), await statusOf(next.token)], [401, 200])
    const last = good(await owner.post(`/vendor/api-keys/${next.id}/rotate`, { overlap_seconds: 0 })).api_key
    assert.deepEqual([await statusOf(next.token), await statusOf(last.token)], [401, 200])
    const usual = good(await owner.post(`/vendor/api-keys/${last.id}/rotate`, {})).api_key
    assert.equal(good(await owner.get(`/vendor/api-keys/${last.id}`)).api_key.revoked_at, soon(24 * 60 * minute_ms))
    // Who takes the new one away leaves the old one its time.
    good(await owner.post(`/vendor/api-keys/${usual.id}/revoke`, {}))
    good(await owner.delete(`/vendor/api-keys/${usual.id}`))
    assert.equal(good(await owner.get(`/vendor/api-keys/${last.id}`)).api_key.replaced_by, null)
    assert.equal(await statusOf(last.token), 200)
    assert.equal((await owner.post(`${path}/rotate`, { overlap_seconds: 604_801 })).status, 400)
  })

  it('end at once when they are revoked, and can be taken away then', async () => {
    const key = await made({ title: 'Lost' })
    const path = `/vendor/api-keys/${key.id}`
    assert.equal(await statusOf(key.token), 200)
    assert.deepEqual(refusal(await owner.delete(path)), [400, 'not_allowed'])
    const { api_key: revoked } = good(await owner.post(`${path}/revoke`, {}))
    assert.equal(revoked.revoked_at, soon(0))
    assert.equal(await statusOf(key.token), 401)
    assert.deepEqual(good(await owner.delete(path)), { id: key.id, object: 'api_key', deleted: true })
    assert.equal((await owner.get(path)).status, 404)
    assert.equal(await statusOf(key.token), 401)
  })

  it("are unknown to another vendor, as the store's own are to every vendor", async () => {
    const key = await made({ title: 'Mine' })
    const { api_keys } = good(await store.admin.get('/admin/api-keys', { type: 'secret' }))
    for (const [who, id] of [
      [rival, key.id],
      [owner, api_keys[0].id],
    ] as const) {
      const path = `/vendor/api-keys/${id}`
      const answers = [
        await who.get(path),
        await who.post(path, { title: 'Theirs' }),
        await who.post(`${path}/rotate`, {}),
        await who.post(`${path}/revoke`, {}),
        await who.delete(path),
      ]
      for (const { status, body } of answers) assert.deepEqual([status, body.message], [404, `API Key with id: ${id} was not found`])
    }
    assert.equal(await statusOf(key.token), 200)
    const seen = good(await rival.get('/vendor/api-keys')).api_keys.map((one: { title: string }) => one.title)
    assert.deepEqual(seen, ['Test'])
  })

  it('are given by nobody what they lack, and are no way to more keys', async () => {
    await asAdmin(
      app().adminUrl,
      `insert into app.role (tenant_id, id, name, scope, permissions) values ($1, 'role_clerk', 'clerk', 'vendor', $2)`,
      [store.tenantId, ['api_keys:read', 'api_keys:write', 'orders:read']],
    )
    const clerk = as(await addPerson(app(), store, 0, 'clerk' as BuiltInRole))
    const wide = await made({ title: 'Wide' })
    assert.deepEqual(refusal(await clerk.post('/vendor/api-keys', { title: 'More', permissions: ['products:write'] })), [403, 'forbidden'])
    assert.deepEqual(refusal(await clerk.post(`/vendor/api-keys/${wide.id}/rotate`, {})), [403, 'forbidden'])
    assert.equal(await statusOf(wide.token), 200)
    const own = await made({ title: 'Clerk' }, clerk)
    assert.deepEqual(own.permissions, ['orders:read'])
    const keys = await owner.post('/vendor/api-keys', { title: 'Keys', permissions: ['api_keys:write'] })
    assert.deepEqual(refusal(keys), [400, 'invalid_data'])
    // Nor where its row says so, however it came to.
    await asAdmin(app().adminUrl, `update app.api_key set permissions = permissions || '{api_keys:read,api_keys:write}' where id = $1`, [
      wide.id,
    ])
    app().stoa.services.gatekeeper.forget()
    const robot = as(wide.token)
    const path = `/vendor/api-keys/${own.id}`
    const answers = [
      await robot.post('/vendor/invites', { email: 'keeper@team.example', role: 'vendor_owner' }),
      await robot.get('/vendor/api-keys'),
      await robot.post('/vendor/api-keys', { title: 'Child' }),
      await robot.post(`${path}/rotate`, {}),
      await robot.post(`${path}/revoke`, {}),
    ]
    for (const answer of answers) assert.deepEqual(refusal(answer), [403, 'forbidden'])
    const packer = as(await addPerson(app(), store, 0, 'vendor_packer'))
    assert.equal((await packer.get('/vendor/api-keys')).status, 403)
  })

  it('are fifty at most, those included that are about to end', async () => {
    const { id } = store.vendors[1] as TestVendor
    await asAdmin(
      app().adminUrl,
      `insert into app.api_key (tenant_id, id, type, title, token_hash, redacted, vendor_id, revoked_at)
       select $1, 'apk_many_' || n, 'vendor', 'One of many', 'hash ' || n, 'vk_', $2, case when n > 48 then now() - interval '1 hour' end
       from generate_series(1, 60) n`,
      [store.tenantId, id],
    )
    const both = await Promise.all([1, 2].map(() => rival.post('/vendor/api-keys', { title: 'The last' })))
    assert.deepEqual(both.map((answer) => answer.status).sort(), [200, 400])
    const refused = both.find((answer) => answer.status === 400) as Answer
    assert.match(refused.body.message, /^A vendor has at most 50 keys at once: revoke one/)
    assert.deepEqual(refusal(await rival.post('/vendor/api-keys/apk_many_1/rotate', {})), [400, 'not_allowed'])
    good(await rival.post('/vendor/api-keys/apk_many_1/rotate', { overlap_seconds: 0 }))
    good(await rival.post('/vendor/api-keys/apk_many_2/revoke', {}))
    good(await rival.post('/vendor/api-keys', { title: 'One more' }))
  })
})
