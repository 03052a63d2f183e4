import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { limits } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { refusedAsConflict } from '../../support/http.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('a request with an Idempotency-Key', () => {
  const app = useApp()
  let store: TestStore
  let other: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    other = await createTestStore(app())
  })

  const withKey = (key: string = randomUUID()) => ({ 'idempotency-key': key })
  const carts = async () =>
    (await asAdmin<{ count: number }>(app().adminUrl, 'select count(*)::int as count from app.cart', []))[0]?.count as number

  it('is done once, and answered the same again', async () => {
    const key = withKey()
    const count = await carts()
    const first = await store.shopper.post('/store/carts', { email: 'ada@example.com' }, key)
    const second = await store.shopper.post('/store/carts', { email: 'ada@example.com' }, key)
    assert.equal(first.status, 200)
    assert.equal(first.headers.get('idempotency-replayed'), null)
    assert.equal(second.headers.get('idempotency-replayed'), 'true')
    assert.deepEqual([second.status, second.body], [first.status, first.body])
    assert.equal(await carts(), count + 1)
  })

  it('is forgotten by the keys that come after it, once its day is over', async () => {
    const keysOf = async (where: string) => {
      const rows = await asAdmin<{ id: string }>(app().adminUrl, `select id from app.idempotency_key where tenant_id = $1 and ${where}`, [
        store.tenantId,
      ])
      return rows.map(({ id }) => id)
    }
    await store.shopper.post('/store/carts', {}, withKey())
    const [fresh] = await keysOf('true')
    await asAdmin(
      app().adminUrl,
      `insert into app.idempotency_key (tenant_id, id, request_hash, state, created_at)
       select $1, 'old_' || n, 'x', 'done', now() - interval '25 hours' from generate_series(1, 25) n`,
      [store.tenantId],
    )
    await store.shopper.post('/store/carts', {}, withKey())
    assert.equal((await keysOf(`id like 'old%'`)).length, 5)
    await store.shopper.post('/store/carts', {}, withKey())
    assert.deepEqual(await keysOf(`id like 'old%'`), [])
    assert.ok((await keysOf('true')).includes(fresh as string))
  })

  it('is done anew with another key, and with none', async () => {
    const keys = [withKey(), withKey(), {}, {}]
    const ids = await Promise.all(keys.map(async (key) => (await store.shopper.post('/store/carts', {}, key)).body.cart.id))
    assert.equal(new Set(ids).size, 4)
  })

  it('is refused with another body or another query', async () => {
    const key = withKey()
    assert.equal((await store.shopper.post('/store/carts', { email: 'ada@example.com' }, key)).status, 200)
    for (const [path, body] of [
      ['/store/carts', { email: 'eve@example.com' }],
      ['/store/carts?fields=id', { email: 'ada@example.com' }],
    ] as const) {
      const again = await store.shopper.post(path, body, key)
      refusedAsConflict(again)
    }
  })

  it('is another request at another address', async () => {
    const key = withKey()
    const { body } = await store.shopper.post('/store/carts', {}, key)
    const changed = await store.shopper.post(`/store/carts/${body.cart.id}`, {}, key)
    assert.equal(changed.status, 200)
    assert.equal(changed.headers.get('idempotency-replayed'), null)
  })

  it('is done once also when it comes twice at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const key = withKey()
      const count = await carts()
      const answers = await Promise.all([1, 2, 3].map(() => store.shopper.post('/store/carts', {}, key)))
      assert.equal(await carts(), count + 1)
      const done = answers.filter((answer) => answer.status === 200)
      assert.ok(done.length >= 1)
      for (const answer of done) assert.deepEqual(answer.body, done[0]?.body)
      for (const answer of answers.filter((each) => each.status !== 200)) refusedAsConflict(answer)
    }
  })

  it('is not answered with what another store was told', async () => {
    const key = withKey()
    const first = await store.shopper.post('/store/carts', {}, key)
    const second = await other.shopper.post('/store/carts', {}, key)
    assert.equal(second.headers.get('idempotency-replayed'), null)
    assert.notEqual(second.body.cart.id, first.body.cart.id)
  })

  it('is not answered with what another caller was told', async () => {
    const key = withKey()
    const body = { name: 'Second shelf' }
    const first = await store.vendor(0).post('/vendor/stock-locations', body, key)
    const second = await store.vendor(1).post('/vendor/stock-locations', body, key)
    assert.deepEqual([first.status, second.status], [200, 200])
    assert.equal(second.headers.get('idempotency-replayed'), null)
    assert.notEqual(second.body.stock_location.id, first.body.stock_location.id)
    const again = await store.vendor(1).post('/vendor/stock-locations', body, key)
    assert.deepEqual(again.body, second.body)
  })

  it('is refused again for the same reason when it was wrong', async () => {
    const key = withKey()
    const wrong = () => store.shopper.post('/store/carts', { region_id: 'reg_none' }, key)
    const first = await wrong()
    assert.equal(first.status, 404)
    assert.deepEqual((await wrong()).body, first.body)
  })

  it('is tried again when the first try ended in a fault of ours', async () => {
    const key = withKey()
    await asAdmin(app().adminUrl, 'revoke insert on app.cart from app_store')
    const failed = await store.shopper.post('/store/carts', {}, key)
    await asAdmin(app().adminUrl, 'grant insert on app.cart to app_store')
    assert.equal(failed.status, 500)
    const second = await store.shopper.post('/store/carts', {}, key)
    assert.equal(second.status, 200, JSON.stringify(second.body))
    assert.equal(second.headers.get('idempotency-replayed'), null)
  })

  it('is refused with a key that is longer than any that somebody would make', async () => {
    const { status, body } = await store.shopper.post('/store/carts', {}, withKey('k'.repeat(limits.idempotencyKey_characters + 1)))
    assert.deepEqual([status, body.type], [400, 'invalid_data'])
  })

  it('is only read, key or not, when it reads', async () => {
    const key = withKey()
    assert.equal((await store.shopper.get('/store/regions', {}, key)).headers.get('idempotency-replayed'), null)
    assert.equal((await store.shopper.get('/store/regions', {}, key)).headers.get('idempotency-replayed'), null)
  })
})
