import assert from 'node:assert/strict'
import { addIdentity, ensureOperator, hashPassword, revokeTokens } from '../../../src/access/index.js'
import { ensureAccountStatement } from '../../../src/customers/index.js'
import { systemClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const claimsOf = (token: string) => JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString('utf8'))

describe('signing in', () => {
  const app = useApp()
  let store: TestStore
  let other: TestStore
  const shopper = { email: 'grace@example.com', password: 'a password of hers' }
  const operator = { email: 'operator@stoa.example', password: 'the operator of tests' }

  before(async () => {
    store = await createTestStore(app())
    other = await createTestStore(app())
    const passwordHash = await hashPassword(shopper.password)
    await app().db.unitOfWork(store.scope, async (unit) => {
      const [customer] = await unit.run(
        ensureAccountStatement(store.tenantId, { email: shopper.email, firstName: 'Grace', lastName: null }),
      )
      await addIdentity(unit, { actorType: 'customer', actorId: customer?.id as string, email: shopper.email, passwordHash })
    })
    const context = { db: app().db, scope: { role: 'platform' as const }, clock: systemClock, requestId: 'test', actorId: 'test' }
    await ensureOperator(context, operator)
  })

  it('gives a customer a token that names the customer and the store', async () => {
    const { status, body } = await store.shopper.post('/auth/customer/emailpass', { ...shopper, email: ' GRACE@example.com ' })
    assert.equal(status, 200)
    const claims = claimsOf(body.token)
    assert.match(claims.actor_id, /^cus_/)
    assert.equal(claims.actor_type, 'customer')
    assert.equal(claims.tenant_id, store.publicId)
    assert.deepEqual(claims.app_metadata, { customer_id: claims.actor_id })
  })

  it('gives a member of a vendor a token that opens the vendor API', async () => {
    const vendor = store.vendors[0] as TestStore['vendors'][0]
    const { status, body } = await client(app(), { tenant: store.slug }).post('/auth/member/emailpass', {
      email: vendor.email,
      password: vendor.password,
    })
    assert.equal(status, 200)
    const me = await client(app(), { token: body.token }).get('/vendor/me')
    assert.equal(me.status, 200)
    assert.equal(me.body.vendor.id, vendor.id)
  })

  it('gives staff a token of their own kind, which does not open the vendor API', async () => {
    const { status, body } = await client(app(), { tenant: store.slug }).post('/auth/user/emailpass', store.owner)
    assert.equal(status, 200)
    assert.equal(claimsOf(body.token).actor_type, 'user')
    assert.equal((await client(app(), { token: body.token }).get('/vendor/me')).status, 401)
  })

  it('signs an operator in without a store', async () => {
    const { status, body } = await client(app()).post('/auth/operator/emailpass', operator)
    assert.equal(status, 200)
    assert.equal(claimsOf(body.token).actor_type, 'operator')
    assert.equal(claimsOf(body.token).tenant_id, undefined)
  })

  it('answers a wrong password and an unknown account in the same words', async () => {
    for (const credentials of [
      { ...shopper, password: 'wrong password' },
      { ...shopper, email: 'nobody@example.com' },
    ]) {
      const { status, body } = await store.shopper.post('/auth/customer/emailpass', credentials)
      assert.equal(status, 401)
      assert.deepEqual(body, { type: 'unauthorized', message: 'Invalid email or password' })
    }
    const { status, body } = await client(app()).post('/auth/operator/emailpass', { ...operator, password: 'wrong password' })
    assert.equal(status, 401)
    assert.equal(body.message, 'Invalid email or password')
  })

  it('knows no account of another store, and none of another kind of person', async () => {
    assert.equal((await other.shopper.post('/auth/customer/emailpass', shopper)).status, 401)
    const vendor = store.vendors[0] as TestStore['vendors'][0]
    const member = { email: vendor.email, password: vendor.password }
    assert.equal((await client(app(), { tenant: other.slug }).post('/auth/member/emailpass', member)).status, 401)
    assert.equal((await client(app(), { tenant: store.slug }).post('/auth/user/emailpass', member)).status, 401)
  })

  it('wants to know which store', async () => {
    const { status, body } = await client(app()).post('/auth/customer/emailpass', shopper)
    assert.equal(status, 400)
    assert.match(body.message, /No store was named/)
  })

  it('refuses a body with anything missing or of the wrong kind', async () => {
    const bad = [{}, { email: shopper.email }, { email: 'no address', password: 'x' }, { email: shopper.email, password: 5 }]
    for (const body of bad) assert.equal((await store.shopper.post('/auth/customer/emailpass', body)).status, 401, JSON.stringify(body))
    const endless = { email: shopper.email, password: 'x'.repeat(201) }
    assert.equal((await store.shopper.post('/auth/customer/emailpass', endless)).status, 400)
  })

  it('exchanges a good token for a new one', async () => {
    const first = (await store.shopper.post('/auth/customer/emailpass', shopper)).body.token as string
    const { status, body } = await client(app(), { token: first }).post('/auth/token/refresh')
    assert.equal(status, 200)
    const { iat: _i, exp: _e, ...claims } = claimsOf(body.token)
    const { iat: _i1, exp: _e1, ...before } = claimsOf(first)
    assert.deepEqual(claims, before)
    const ofOperator = (await client(app()).post('/auth/operator/emailpass', operator)).body.token as string
    assert.equal((await client(app(), { token: ofOperator }).post('/auth/token/refresh')).status, 200)
  })

  it('exchanges no forged token, no key and nothing at all', async () => {
    for (const token of ['eyJhbGciOiJIUzI1NiJ9.e30.x', store.vendors[0]?.apiKey as string, undefined]) {
      const caller = client(app(), token === undefined ? {} : { token })
      assert.equal((await caller.post('/auth/token/refresh')).status, 401)
    }
  })

  it('does not prolong a token that was revoked a moment ago', async () => {
    const vendor = store.vendors[0] as TestStore['vendors'][0]
    const { body } = await client(app(), { tenant: store.slug }).post('/auth/member/emailpass', {
      email: vendor.email,
      password: vendor.password,
    })
    const bearer = client(app(), { token: body.token })
    assert.equal((await bearer.post('/auth/token/refresh')).status, 200)
    const context = { db: app().db, scope: store.scope, clock: systemClock, requestId: 'test', actorId: 'test' }
    await revokeTokens(context, claimsOf(body.token).auth_identity_id)
    assert.equal((await bearer.post('/auth/token/refresh')).status, 401)
  })
})

describe('sign-in limits', () => {
  const app = useApp({ settings: { RATE_LIMIT_SCALE: '1' } })

  it('slow down guesses at one account, and leave other accounts alone', async () => {
    const store = await createTestStore(app())
    const guess = () => store.shopper.post('/auth/customer/emailpass', { email: 'target@example.com', password: 'a guess' })
    for (let attempt = 0; attempt < 10; attempt += 1) assert.equal((await guess()).status, 401)
    const refused = await guess()
    assert.equal(refused.status, 429)
    assert.ok(Number(refused.headers.get('retry-after')) >= 1)
    const elsewhere = await store.shopper.post('/auth/customer/emailpass', { email: 'somebody@example.com', password: 'a guess' })
    assert.equal(elsewhere.status, 401)
  })
})
