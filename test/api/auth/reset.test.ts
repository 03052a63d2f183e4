import assert from 'node:assert/strict'
import { manualClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { codeIn, password, type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('a forgotten password', () => {
  const clock = manualClock(new Date())
  const app = useApp({ clock })
  let store: TestStore
  let shopper: Shopper
  let count = 0

  before(async () => {
    store = await createTestStore(app())
  })
  beforeEach(async () => {
    count += 1
    shopper = await signUp(app(), store, `forgetful-${count}@example.com`)
  })

  const ask = (identifier: string) => store.shopper.post('/auth/customer/emailpass/reset-password', { identifier })
  const set = (token: string, body: object) =>
    client(app(), { publishableKey: store.publishableKey, token }).post('/auth/customer/emailpass/update', body)
  const signIn = (with_: string) => store.shopper.post('/auth/customer/emailpass', { email: shopper.email, password: with_ })

  async function mailedToken(): Promise<string> {
    assert.equal((await ask(shopper.email)).status, 201)
    await app().drain()
    return codeIn(app().mails, shopper.email)
  }

  it('is answered alike whether or not there is an account, and only an account gets mail', async () => {
    const before = app().mails.length
    const known = await ask(` ${shopper.email.toUpperCase()} `)
    const unknown = await ask('nobody@example.com')
    const nonsense = await ask('no address')
    for (const answer of [known, unknown, nonsense]) assert.deepEqual([answer.status, answer.body], [201, 'Created'])
    await app().drain()
    assert.deepEqual(
      app()
        .mails.slice(before)
        .map((mail) => mail.to),
      [shopper.email],
    )
  })

  it('is set anew by the token from the mail, once, and signs everybody out', async () => {
    const token = await mailedToken()
    const changed = await set(token, { password: 'a new password', email: 'ignored@example.com' })
    assert.deepEqual([changed.status, changed.body], [200, { success: true }])
    assert.equal((await signIn(password)).status, 401)
    const { status, body } = await signIn('a new password')
    assert.equal(status, 200)
    assert.equal((await shopper.client.get('/store/customers/me')).status, 401, 'the token from before')
    const now = client(app(), { publishableKey: store.publishableKey, token: body.token })
    assert.equal((await now.get('/store/customers/me')).status, 200)
    const again = await set(token, { password: 'yet another password' })
    assert.deepEqual([again.status, again.body], [401, { type: 'unauthorized', message: 'Invalid token' }])
  })

  it('is set once by many who have the token at the same moment', async () => {
    const token = await mailedToken()
    const tries = await Promise.all(Array.from({ length: 5 }, (_, index) => set(token, { password: `a new password ${index}` })))
    assert.deepEqual(tries.map((answer) => answer.status).sort(), [200, 401, 401, 401, 401])
  })

  it('is not set by a token that is wrong, late, of another kind of person or of another store', async () => {
    const token = await mailedToken()
    const other = await createTestStore(app())
    const elsewhere = client(app(), { publishableKey: other.publishableKey, token })
    const asStaff = client(app(), { tenant: store.slug, token })
    const wrong = [
      await set('f'.repeat(64), { password: 'a new password' }),
      await set(shopper.token, { password: 'a new password' }),
      await store.shopper.post('/auth/customer/emailpass/update', { password: 'a new password' }),
      await elsewhere.post('/auth/customer/emailpass/update', { password: 'a new password' }),
      await asStaff.post('/auth/user/emailpass/update', { password: 'a new password' }),
    ]
    for (const answer of wrong) assert.deepEqual([answer.status, answer.body.message], [401, 'Invalid token'])
    clock.advance(16 * 60_000)
    assert.equal((await set(token, { password: 'a new password' })).status, 401)
    assert.equal((await signIn(password)).status, 200)
  })

  it('that is too long leaves the token good, and a second token ends with the first', async () => {
    const first = await mailedToken()
    const second = await mailedToken()
    assert.notEqual(first, second)
    assert.equal((await set(first, { password: 'x'.repeat(201) })).status, 400)
    assert.equal((await set(first, { password: 'a new password' })).status, 200)
    assert.equal((await set(second, { password: 'yet another password' })).status, 401)
  })

  it('is in no row of the database, before or after', async () => {
    const token = await mailedToken()
    const found = await asAdmin<{ table: string }>(
      app().adminUrl,
      `select 'outbox' as table from app.outbox_event where payload::text like '%' || $1 || '%'
       union all select 'notification' from app.notification where data::text like '%' || $1 || '%'
       union all select 'auth_token' from app.auth_token where auth_token::text like '%' || $1 || '%'`,
      [token],
    )
    assert.deepEqual(found, [])
  })

  it('of staff and vendors comes by mail too', async () => {
    const vendor = store.vendors[0] as TestStore['vendors'][0]
    const anyone = client(app(), { tenant: store.slug })
    assert.equal((await anyone.post('/auth/member/emailpass/reset-password', { identifier: vendor.email })).status, 201)
    assert.equal((await anyone.post('/auth/user/emailpass/reset-password', { identifier: store.owner.email })).status, 201)
    await app().drain()
    for (const [actor, address] of [
      ['member', vendor.email],
      ['user', store.owner.email],
    ] as const) {
      const bearer = client(app(), { tenant: store.slug, token: codeIn(app().mails, address) })
      assert.equal((await bearer.post(`/auth/${actor}/emailpass/update`, { password: 'a new password' })).status, 200, actor)
      assert.equal((await anyone.post(`/auth/${actor}/emailpass`, { email: address, password: 'a new password' })).status, 200, actor)
    }
  })

  it('is mailed as a link where the store has named its storefront', async () => {
    const { body } = await store.admin.get('/admin/stores')
    const named = await store.admin.post(`/admin/stores/${body.stores[0].id}`, { storefront_url: 'https://shop.example/' })
    assert.equal(named.body.store.storefront_url, 'https://shop.example/')
    await mailedToken()
    const mail = app().mails.at(-1)
    assert.match(
      mail?.text ?? '',
      new RegExp(`https://shop\\.example/reset-password\\?token=[0-9a-f]{64}&email=${encodeURIComponent(shopper.email)}`),
    )
  })
})

describe('a mail with a token', () => {
  const app = useApp({ refuseMails: 1 })

  it('is tried again when the mail server refuses it, and carries a token that is good', async function () {
    this.timeout(30_000)
    const store = await createTestStore(app())
    const shopper = await signUp(app(), store, 'patient@example.com')
    await store.shopper.post('/auth/customer/emailpass/reset-password', { identifier: shopper.email })
    for (let waited = 0; app().mails.length === 0 && waited < 100; waited += 1) {
      app().stoa.worker?.nudge()
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    const [row] = await asAdmin<{ tokens: number }>(app().adminUrl, 'select count(*)::int as tokens from app.auth_token')
    assert.deepEqual([app().mails.length, row?.tokens], [1, 1], 'one token for both tries')
    const bearer = client(app(), { publishableKey: store.publishableKey, token: codeIn(app().mails, shopper.email) })
    assert.equal((await bearer.post('/auth/customer/emailpass/update', { password: 'a new password' })).status, 200)
  })
})

describe('mails that anybody can ask for', () => {
  const app = useApp({ settings: { RATE_LIMIT_SCALE: '1' } })

  it('are few for one address', async () => {
    const store = await createTestStore(app())
    const ask = (identifier: string) => store.shopper.post('/auth/customer/emailpass/reset-password', { identifier })
    for (let asked = 0; asked < 5; asked += 1) assert.equal((await ask('target@example.com')).status, 201)
    assert.equal((await ask('target@example.com')).status, 429)
    assert.equal((await ask('somebody@example.com')).status, 201)
  })
})
