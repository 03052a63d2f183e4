import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { password, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString('utf8'))
}

describe('registering', () => {
  const app = useApp()
  let store: TestStore
  let other: TestStore
  const bearer = (token: string) => client(app(), { publishableKey: store.publishableKey, token })

  before(async () => {
    store = await createTestStore(app())
    other = await createTestStore(app())
  })

  it('gives a token without an actor, which opens nothing but the account', async () => {
    const { status, body } = await store.shopper.post('/auth/customer/emailpass/register', { email: 'One@Example.com', password })
    assert.deepEqual([status, Object.keys(body)], [200, ['token']])
    const claims = claimsOf(body.token)
    assert.deepEqual([claims.actor_id, claims.actor_type, claims.app_metadata, claims.mfa_enabled], ['', 'customer', {}, false])
    const me = await bearer(body.token).get('/store/customers/me')
    assert.deepEqual([me.status, me.body], [401, { message: 'Unauthorized' }])
    assert.equal((await bearer(body.token).get('/store/orders')).status, 401)
    const made = await bearer(body.token).post('/store/customers', { email: 'one@example.com', phone: '1' })
    assert.deepEqual([made.status, made.body.customer.has_account, made.body.customer.phone], [200, true, '1'])
    assert.equal((await bearer(body.token).get('/store/customers/me')).status, 200, 'at once, with the token at hand')
    const again = (await store.shopper.post('/auth/customer/emailpass', { email: 'one@example.com', password })).body.token
    assert.deepEqual(claimsOf(again).app_metadata, { customer_id: made.body.customer.id })
  })

  it('refuses an e-mail that has an account, and lets who got no further try again', async () => {
    await signUp(app(), store, 'two@example.com')
    const taken = await store.shopper.post('/auth/customer/emailpass/register', { email: 'two@example.com', password })
    assert.deepEqual([taken.status, taken.body], [401, { type: 'unauthorized', message: 'Identity with email already exists' }])
    const register = (with_: string) =>
      store.shopper.post('/auth/customer/emailpass/register', { email: 'three@example.com', password: with_ })
    const first = await register(password)
    const second = await register(password)
    assert.equal(claimsOf(second.body.token).auth_identity_id, claimsOf(first.body.token).auth_identity_id)
    assert.equal((await register('another password')).body.message, 'Identity with email already exists')
  })

  it('is for one store', async () => {
    await signUp(app(), store, 'four@example.com')
    assert.equal((await other.shopper.post('/auth/customer/emailpass', { email: 'four@example.com', password })).status, 401)
    const there = await signUp(app(), other, 'four@example.com')
    assert.match(there.id, /^cus_/)
  })

  it('of many at once with one e-mail makes one sign-in', async () => {
    const tries = await Promise.all(
      Array.from({ length: 5 }, (_, index) =>
        store.shopper.post('/auth/customer/emailpass/register', { email: 'five@example.com', password: `${password} ${index}` }),
      ),
    )
    assert.equal(tries.filter((answer) => answer.status === 200).length, 1)
    const [row] = await asAdmin<{ identities: number }>(
      app().adminUrl,
      `select count(*)::int as identities from app.auth_identity where email = 'five@example.com'`,
    )
    assert.equal(row?.identities, 1)
  })

  it('takes the password that a shopper chooses; without one, and for people who are invited, it is refused', async () => {
    const chosen = (word: string) => store.shopper.post('/auth/customer/emailpass/register', { email: 'six@example.com', password: word })
    assert.deepEqual([(await chosen('')).body.type, (await chosen('short')).status], ['unauthorized', 200])
    for (const path of ['/auth/member/emailpass/register', '/auth/operator/emailpass/register']) {
      const { status, body } = await client(app(), { tenant: store.slug }).post(path, { email: 'six@example.com', password })
      assert.deepEqual([status, body.type], [400, 'not_allowed'], path)
    }
  })

  describe('and the account', () => {
    it('is opened once, however many ask at the same moment', async () => {
      const { body } = await store.shopper.post('/auth/customer/emailpass/register', { email: 'seven@example.com', password })
      const tries = await Promise.all(
        Array.from({ length: 5 }, () => bearer(body.token).post('/store/customers', { email: 'seven@example.com' })),
      )
      assert.deepEqual(tries.map((answer) => answer.status).sort(), [200, 400, 400, 400, 400])
      const late = await bearer(body.token).post('/store/customers', { email: 'seven@example.com' })
      assert.deepEqual([late.status, late.body.message], [400, 'Request already authenticated as a customer.'])
    })

    it('needs a token, and an e-mail that has none', async () => {
      const none = await store.shopper.post('/store/customers', { email: 'eight@example.com' })
      assert.deepEqual([none.status, none.body], [401, { message: 'Unauthorized' }])
      await signUp(app(), store, 'eight@example.com')
      const { body } = await store.shopper.post('/auth/customer/emailpass/register', { email: 'nine@example.com', password })
      const taken = await bearer(body.token).post('/store/customers', { email: 'eight@example.com' })
      assert.deepEqual(
        [taken.status, taken.body.type, taken.body.message],
        [422, 'duplicate_error', 'Customer with this email already has an account'],
      )
      assert.equal(
        (await bearer(body.token).post('/store/customers', { email: 'nine@example.com' })).status,
        200,
        'and may be tried with another',
      )
    })

    it('is another customer than the guest of the same e-mail', async () => {
      await store.shopper.post('/store/carts', { email: 'ten@example.com' })
      const shopper = await signUp(app(), store, 'ten@example.com')
      const rows = await asAdmin<{ id: string; has_account: boolean }>(
        app().adminUrl,
        `select id, has_account from app.customer where email = 'ten@example.com' order by has_account`,
      )
      assert.deepEqual(
        rows.map((row) => row.has_account),
        [false, true],
      )
      assert.equal(rows[1]?.id, shopper.id)
    })
  })

  it('and signing in by GET work alike, and what is not there is named', async () => {
    const shopper = await signUp(app(), store, 'eleven@example.com')
    const got = await store.shopper.get('/auth/customer/emailpass', { email: shopper.email, password })
    assert.equal(claimsOf(got.body.token).actor_id, shopper.id)
    const { body } = await store.shopper.get('/auth/customer/providers')
    assert.deepEqual(body, {
      providers: [{ id: 'emailpass', identifier: 'emailpass', display_name: 'Email and password', flow: 'credentials' }],
    })
    for (const path of ['/auth/customer/google', '/auth/robot/emailpass', '/auth/customer/google/callback']) {
      const { status, body: refused } = await store.shopper.post(path, { email: shopper.email, password, more: { of: 'it' } })
      const [, , actor, provider] = path.split('/')
      const message = `The actor type ${actor} is not allowed to use the auth provider ${provider}`
      assert.deepEqual([status, refused], [400, { type: 'not_allowed', message }], path)
    }
    assert.equal((await store.shopper.get('/auth/customer/google/callback', { code: '1', state: '2' })).status, 400)
  })
})
