import assert from 'node:assert/strict'
import { manualClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { type Answer, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { codeIn, password, type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

function cookieOf(answer: Answer): { value: string; text: string } {
  const text = answer.headers.getSetCookie()[0] ?? ''
  return { value: text.split(';')[0] ?? '', text }
}

describe('a session', () => {
  const clock = manualClock(new Date())
  const app = useApp({ clock })
  let store: TestStore
  let other: TestStore
  let shopper: Shopper
  let count = 0

  before(async () => {
    store = await createTestStore(app())
    other = await createTestStore(app())
  })
  beforeEach(async () => {
    count += 1
    shopper = await signUp(app(), store, `session-${count}@example.com`)
  })

  async function begin(token = shopper.token, headers: Record<string, string> = {}): Promise<string> {
    const answer = await client(app(), { publishableKey: store.publishableKey, token }).post('/auth/session', {}, headers)
    assert.equal(answer.status, 200, JSON.stringify(answer.body))
    return cookieOf(answer).value
  }
  const me = (cookie: string, headers: Record<string, string> = {}) => store.shopper.get('/store/customers/me', {}, { cookie, ...headers })

  it('is begun by a token, lasts ten hours, and is a cookie that scripts cannot read', async () => {
    const answer = await shopper.client.post('/auth/session')
    const { user } = answer.body
    assert.deepEqual(
      [user.actor_id, user.actor_type, user.auth_provider, user.app_metadata],
      [shopper.id, 'customer', 'emailpass', { customer_id: shopper.id }],
    )
    const { text, value } = cookieOf(answer)
    assert.match(text, /^connect\.sid=[\w-]{43}; Path=\/; Max-Age=36000; HttpOnly; SameSite=Lax$/)
    assert.equal((await me(value)).body.customer.id, shopper.id)
    clock.advance(10 * 3_600_000 + 1_000)
    assert.equal((await me(value)).status, 401)
  })

  it('needs a good token, and is not begun by a key or by another session', async () => {
    const cookie = await begin()
    const none = await store.shopper.post('/auth/session', {}, { cookie })
    assert.deepEqual([none.status, none.body], [401, { message: 'Unauthorized' }])
    assert.equal((await client(app(), { secretKey: store.secretKey }).post('/auth/session')).status, 401)
  })

  it('comes before a token, and ends when it is told to', async () => {
    const second = await signUp(app(), store, `second-${count}@example.com`)
    const cookie = await begin()
    assert.equal((await second.client.get('/store/customers/me', {}, { cookie })).body.customer.id, shopper.id)
    const refreshed = await store.shopper.post('/auth/token/refresh', {}, { cookie })
    assert.equal(typeof refreshed.body.token, 'string')
    const ended = await store.shopper.delete('/auth/session', undefined, { cookie })
    assert.deepEqual([ended.status, ended.body], [200, { success: true }])
    assert.match(cookieOf(ended).text, /^connect\.sid=; Path=\/; Max-Age=0/)
    assert.equal((await me(cookie)).status, 401)
    assert.equal((await second.client.get('/store/customers/me', {}, { cookie })).body.customer.id, second.id, 'the token counts again')
    assert.equal((await store.shopper.delete('/auth/session', undefined, { cookie })).status, 401, 'but once')
  })

  it('of whoever signs in next takes the place of the one before', async () => {
    const second = await signUp(app(), store, `next-${count}@example.com`)
    const before = await begin()
    const after = await begin(second.token, { cookie: before })
    assert.notEqual(after, before)
    assert.equal((await me(after)).body.customer.id, second.id)
    assert.equal((await me(before)).status, 401)
  })

  it('of one store is nobody in another, and breaks nothing there', async () => {
    const cookie = await begin()
    assert.equal((await other.shopper.get('/store/customers/me', {}, { cookie })).status, 401)
    assert.equal((await other.shopper.get('/store/products', {}, { cookie })).status, 200)
  })

  it('is not believed from a page of another store, or of anybody else', async () => {
    const cookie = await begin()
    for (const origin of [`http://${other.slug}.localhost:8000`, 'https://evil.example', 'null']) {
      assert.equal((await me(cookie, { origin })).status, 401, origin)
    }
    const host = new URL(app().url).hostname
    for (const origin of [`http://${store.slug}.localhost:8000`, `http://${host}:8000`])
      assert.equal((await me(cookie, { origin })).status, 200, origin)
  })

  it('of a shopper is nobody to the store’s staff pages', async () => {
    const cookie = await begin()
    assert.equal((await client(app(), { tenant: store.slug }).get('/admin/orders', {}, { cookie })).status, 401)
    const owner = await client(app(), { tenant: store.slug }).post('/auth/user/emailpass', store.owner)
    const begun = await client(app(), { token: owner.body.token }).post('/auth/session')
    const staff = cookieOf(begun).value
    assert.equal((await client(app(), { tenant: store.slug }).get('/admin/orders', {}, { cookie: staff })).status, 200)
    assert.equal((await client(app()).get('/admin/orders', {}, { cookie: staff })).status, 200, 'it names its store')
    assert.equal((await me(staff)).status, 401)
  })

  it('ends with the password that it was begun by', async () => {
    const cookie = await begin()
    await store.shopper.post('/auth/customer/emailpass/reset-password', { identifier: shopper.email })
    await app().drain()
    const bearer = client(app(), { publishableKey: store.publishableKey, token: codeIn(app().mails, shopper.email) })
    assert.equal((await bearer.post('/auth/customer/emailpass/update', { password: `${password}!` })).status, 200)
    assert.equal((await me(cookie)).status, 401)
  })

  it('is kept as a hash, and swept when it is over', async () => {
    const value = (await begin()).split('=')[1] as string
    const rows = () => asAdmin<{ row: string }>(app().adminUrl, 'select s::text as row from platform.auth_session s')
    assert.ok((await rows()).length > 0)
    assert.ok(!(await rows()).some(({ row }) => row.includes(value)))
    clock.advance(11 * 3_600_000)
    await begin()
    assert.equal((await rows()).length, 1)
  })

  it('of two that register with the same idempotency key is each its own', async () => {
    const [a, b] = await Promise.all(
      ['left', 'right'].map((name) =>
        store.shopper.post('/auth/customer/emailpass/register', { email: `${name}-${count}@example.com`, password }),
      ),
    )
    const headers = { 'idempotency-key': `same-${count}` }
    const cookies: string[] = []
    for (const one of [a, b]) {
      const answer = await client(app(), { publishableKey: store.publishableKey, token: one?.body.token }).post(
        '/auth/session',
        {},
        headers,
      )
      assert.equal(answer.headers.get('idempotency-replayed'), null)
      cookies.push(cookieOf(answer).value)
    }
    assert.equal(new Set(cookies).size, 2)
  })
})
