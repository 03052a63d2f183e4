import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { createTestStore, type TestStore } from '../../support/store.js'

// A hundredth of the real limits for reads and writes (30 and 12 a minute), a tenth for signing in (6, and 1 for an account) and for codes (6).

describe('callers that ask too often', () => {
  const app = useApp({ settings: { RATE_LIMIT_SCALE: '0.01', TRUST_PROXY: 'true' } })
  let store: TestStore
  let other: TestStore

  before(async () => {
    store = await createTestStore(app())
    other = await createTestStore(app())
  })

  const from = (address: string) => ({ 'x-forwarded-for': address })

  async function untilRefused(ask: () => ReturnType<Client['get']>) {
    for (let count = 1; count <= 100; count += 1) {
      const answer = await ask()
      if (answer.status === 429) return { count: count - 1, answer }
      assert.equal(answer.headers.get('ratelimit-remaining'), String(Number(answer.headers.get('ratelimit-limit')) - count))
    }
    throw new Error('was never refused')
  }

  it('are told how often they may, and refused when it is too often', async () => {
    const { count, answer } = await untilRefused(() => store.shopper.get('/store/regions', {}, from('198.51.100.1')))
    assert.equal(count, 30)
    assert.equal(answer.body.type, 'too_many_requests')
    assert.equal(answer.headers.get('ratelimit-limit'), '30')
    assert.equal(answer.headers.get('ratelimit-remaining'), '0')
    const retry_s = Number(answer.headers.get('retry-after'))
    assert.ok(retry_s >= 1 && retry_s <= 60, String(retry_s))
    assert.equal(answer.body.message, `Too many requests. Try again in ${retry_s} seconds.`)
  })

  it('may write less often than they read', async () => {
    const { count } = await untilRefused(() => store.shopper.post('/store/carts', {}, from('198.51.100.2')))
    assert.equal(count, 12)
    assert.equal((await store.shopper.get('/store/regions', {}, from('198.51.100.2'))).status, 200)
    const upload = await store.admin.post('/admin/uploads', {}, from('198.51.100.2'))
    assert.equal(upload.headers.get('ratelimit-limit'), '1', 'and hand in pictures less often still')
  })

  it('keep nobody else from asking: not from another address, and not in another store', async () => {
    await untilRefused(() => store.shopper.get('/store/regions', {}, from('198.51.100.3')))
    assert.equal((await store.shopper.get('/store/regions', {}, from('198.51.100.4'))).status, 200)
    assert.equal((await other.shopper.get('/store/regions', {}, from('198.51.100.3'))).status, 200)
  })

  it('are the same from an address that the proxy vouches for, whatever they say came before it', async () => {
    let made = 0
    await untilRefused(() => {
      made += 1
      return store.shopper.get('/store/regions', {}, from(`203.0.113.${made}, 198.51.100.6`))
    })
    assert.equal(made, 31)
  })

  it('are refused before anything is written', async () => {
    await untilRefused(() => store.shopper.post('/store/carts', {}, from('198.51.100.5')))
    const { body } = await store.shopper.post(
      '/store/carts',
      { email: 'late@example.com' },
      { ...from('198.51.100.5'), 'idempotency-key': 'late' },
    )
    assert.equal(body.type, 'too_many_requests')
    const later = await store.shopper.post(
      '/store/carts',
      { email: 'late@example.com' },
      { ...from('198.51.100.6'), 'idempotency-key': 'late' },
    )
    assert.equal(later.headers.get('idempotency-replayed'), null)
  })
})

describe('callers that guess passwords and codes', () => {
  const app = useApp({ settings: { RATE_LIMIT_SCALE: '0.1', TRUST_PROXY: 'true' } })
  let store: TestStore

  before(async () => {
    store = await createTestStore(app())
  })

  const guess = (email: string, address: string) =>
    client(app(), { tenant: store.slug }).post('/auth/user/emailpass', { email, password: 'a guess' }, { 'x-forwarded-for': address })

  it('are stopped for an account, from wherever they try', async () => {
    assert.equal((await guess('victim@example.com', '203.0.113.1')).status, 401)
    const second = await guess('victim@example.com', '203.0.113.2')
    assert.equal(second.status, 429)
    assert.match(second.headers.get('retry-after') ?? '', /^\d+$/)
    assert.equal((await guess('VICTIM@example.com', '203.0.113.3')).status, 429, 'capitals make no other account')
  })

  it('are stopped for an address, whatever accounts they try', async () => {
    const statuses: number[] = []
    for (let count = 0; count < 7; count += 1) statuses.push((await guess(`person-${count}@example.com`, '203.0.113.9')).status)
    assert.deepEqual(statuses, [401, 401, 401, 401, 401, 401, 429])
  })

  it('are stopped for an address, whichever gift cards they try, in a cart or by themselves', async () => {
    const sent = { 'x-forwarded-for': '203.0.113.10' }
    const { body } = await store.shopper.post('/store/carts', {}, sent)
    const statuses: number[] = []
    for (let count = 0; count < 3; count += 1) {
      statuses.push((await store.shopper.get(`/store/gift-cards/GUESS-${count}`, {}, sent)).status)
      statuses.push((await store.shopper.post(`/store/carts/${body.cart.id}/gift-cards`, { code: `GUESS-${count}` }, sent)).status)
    }
    assert.deepEqual(statuses, [404, 404, 404, 404, 404, 404])
    assert.equal((await store.shopper.get('/store/gift-cards/GUESS-3', {}, sent)).status, 429)
    assert.equal((await store.shopper.get('/store/regions', {}, sent)).status, 200)
  })
})
