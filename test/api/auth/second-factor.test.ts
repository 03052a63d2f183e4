import assert from 'node:assert/strict'
import { ensureOperator } from '../../../src/access/index.js'
import { totpCode, totpStep } from '../../../src/access/totp.js'
import { manualClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { password, type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split('.')[1] as string, 'base64url').toString('utf8'))
}

describe('a second factor', () => {
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
    shopper = await signUp(app(), store, `careful-${count}@example.com`)
  })

  const code = (secret: string) => totpCode(secret, totpStep(clock.now()))
  const nextCode = (secret: string) => {
    clock.advance(30_000)
    return code(secret)
  }
  const bearer = (token: string) => client(app(), { publishableKey: store.publishableKey, token })
  const signIn = () => store.shopper.post('/auth/customer/emailpass', { email: shopper.email, password })

  async function enable(caller: Client = shopper.client): Promise<{ id: string; secret: string }> {
    const started = await caller.post('/auth/mfa/factors', { provider: 'totp', label: 'Phone' })
    assert.equal(started.status, 200, JSON.stringify(started.body))
    const { secret, mfa_factor: factor } = started.body
    const verified = await caller.post(`/auth/mfa/factors/${factor.id}/verify`, { code: code(secret) })
    assert.deepEqual([verified.status, verified.body.mfa_factor?.status], [200, 'enabled'], JSON.stringify(verified.body))
    return { id: factor.id, secret }
  }

  it('is begun with a secret that is shown once, and counts from its first code', async () => {
    const { body } = await shopper.client.post('/auth/mfa/factors', { provider: 'totp' })
    assert.deepEqual([body.mfa_factor.provider, body.mfa_factor.status], ['totp', 'pending'])
    assert.match(body.otpauth_url, new RegExp(`^otpauth://totp/.*${encodeURIComponent(shopper.email)}\\?secret=${body.secret}&`))
    assert.equal((await signIn()).body.mfa_required, undefined, 'a factor that was never finished asks nobody')
    const listed = await shopper.client.get('/auth/mfa/factors')
    assert.ok(!JSON.stringify(listed.body).includes(body.secret))
    const [row] = await asAdmin<{ secret: string }>(app().adminUrl, 'select secret from app.mfa_factor where id = $1', [body.mfa_factor.id])
    assert.ok(row !== undefined && !row.secret.includes(body.secret), 'sealed')
    const wrong = await shopper.client.post(`/auth/mfa/factors/${body.mfa_factor.id}/verify`, { code: '000000' })
    assert.deepEqual([wrong.status, wrong.body.type], [400, 'not_allowed'])
  })

  it('is asked for at the next sign-in, and until it is given the token opens nothing', async () => {
    const { secret } = await enable()
    const { body } = await signIn()
    assert.equal(body.mfa_required, true)
    assert.deepEqual(
      [body.mfa_challenge.methods, body.mfa_challenge.attempts, body.mfa_challenge.max_attempts],
      [['totp', 'recovery_code'], 0, 5],
    )
    assert.deepEqual([claimsOf(body.token).actor_id, claimsOf(body.token).mfa_enabled], ['', true])
    const half = bearer(body.token)
    assert.equal((await half.get('/store/customers/me')).status, 401)
    assert.equal((await half.post('/store/customers', { email: 'another@example.com' })).status, 401)
    assert.equal((await half.get('/auth/mfa/factors')).status, 401)
    assert.equal((await half.post('/auth/mfa/recovery-codes')).status, 401)
    const cookie = (await half.post('/auth/session')).headers.getSetCookie()[0]?.split(';')[0] as string
    assert.equal((await store.shopper.get('/store/customers/me', {}, { cookie })).status, 401, 'nor does its session')
    const again = (await half.post('/auth/token/refresh')).body
    assert.equal(again.mfa_required, true, 'nor is it prolonged into a whole one')
    const met = await half.post(`/auth/mfa/challenges/${body.mfa_challenge.id}/verify`, { method: 'totp', code: nextCode(secret) })
    assert.equal(met.status, 200, JSON.stringify(met.body))
    assert.ok(claimsOf(met.body.token).mfa_challenge_completed_at)
    assert.equal((await bearer(met.body.token).get('/store/customers/me')).body.customer.id, shopper.id)
    const prolonged = await bearer(met.body.token).post('/auth/token/refresh')
    assert.equal(claimsOf(prolonged.body.token).mfa_challenge_completed_at, claimsOf(met.body.token).mfa_challenge_completed_at)
  })

  it('is good once: the same code does not meet two challenges at the same moment', async () => {
    const { secret } = await enable()
    const [a, b] = [(await signIn()).body, (await signIn()).body]
    const given = { method: 'totp', code: nextCode(secret) }
    const tries = await Promise.all(
      [a, b].map((one) => bearer(one.token).post(`/auth/mfa/challenges/${one.mfa_challenge.id}/verify`, given)),
    )
    assert.deepEqual(tries.map((answer) => answer.status).sort(), [200, 400])
  })

  it('takes a recovery code instead, once, and from one of many at the same moment', async () => {
    await enable()
    const { body } = await shopper.client.post('/auth/mfa/recovery-codes', { count: 2 })
    assert.equal(body.recovery_codes.length, 2)
    const [first] = body.recovery_codes as string[]
    const challenges = [await signIn(), await signIn(), await signIn()]
    const given = { method: 'recovery_code', code: ` ${first?.toUpperCase()} ` }
    const tries = await Promise.all(
      challenges.map((one) => bearer(one.body.token).post(`/auth/mfa/challenges/${one.body.mfa_challenge.id}/verify`, given)),
    )
    assert.deepEqual(tries.map((answer) => answer.status).sort(), [200, 400, 400])
    const more = await shopper.client.post('/auth/mfa/recovery-codes')
    assert.deepEqual([more.status, more.body.type], [400, 'not_allowed'], 'a token from before the factor cannot make new ones')
    const whole = tries.find((answer) => answer.status === 200)?.body.token as string
    assert.equal((await bearer(whole).post('/auth/mfa/recovery-codes')).body.recovery_codes.length, 10)
  })

  it('ends a challenge after five wrong codes, and looks at none after ten', async () => {
    const { secret } = await enable()
    const first = (await signIn()).body
    const guess = (one: { token: string; mfa_challenge: { id: string } }, given: string) =>
      bearer(one.token).post(`/auth/mfa/challenges/${one.mfa_challenge.id}/verify`, { method: 'totp', code: given })
    for (let wrong = 0; wrong < 5; wrong += 1) {
      const { status, body } = await guess(first, '000000')
      assert.deepEqual([status, body], [400, { type: 'not_allowed', message: 'Invalid MFA challenge code' }])
    }
    const path = `/auth/mfa/challenges/${first.mfa_challenge.id}/verify`
    const other = await bearer(first.token).post(path, { method: 'sms', code: '000000' })
    assert.deepEqual([other.status, other.body.message], [400, 'MFA challenge does not support method "sms"'])
    const over = await guess(first, nextCode(secret))
    assert.deepEqual(over.body, { type: 'not_allowed', message: 'MFA challenge has too many failed attempts' })
    const second = (await signIn()).body
    for (let wrong = 0; wrong < 5; wrong += 1) await guess(second, '000000')
    const third = (await signIn()).body
    assert.equal((await guess(third, nextCode(secret))).status, 429)
    clock.advance(16 * 60_000)
    const fourth = (await signIn()).body
    assert.equal((await guess(fourth, nextCode(secret))).status, 200)
  })

  it('is not given late, or by somebody else', async () => {
    const { secret } = await enable()
    const { body } = await signIn()
    const neighbour = await signUp(app(), store, `neighbour-${count}@example.com`)
    const path = `/auth/mfa/challenges/${body.mfa_challenge.id}/verify`
    assert.equal((await neighbour.client.post(path, { method: 'totp', code: nextCode(secret) })).status, 404)
    clock.advance(11 * 60_000)
    assert.equal((await bearer(body.token).post(path, { method: 'totp', code: code(secret) })).status, 400)
  })

  it('is removed by whoever has it, and by nobody with a token from before', async () => {
    const { id, secret } = await enable()
    const neighbour = await signUp(app(), store, `other-${count}@example.com`)
    assert.equal((await neighbour.client.delete(`/auth/mfa/factors/${id}`)).status, 404)
    assert.equal((await shopper.client.delete(`/auth/mfa/factors/${id}`)).status, 400)
    assert.equal((await shopper.client.delete(`/auth/mfa/factors/${id}`, { code: '000000' })).status, 400)
    const gone = await shopper.client.delete(`/auth/mfa/factors/${id}`, { method: 'totp', code: nextCode(secret) })
    assert.deepEqual([gone.status, gone.body.mfa_factor.status], [200, 'disabled'])
    assert.equal((await signIn()).body.mfa_required, undefined)
  })

  it('is asked for when a token from before is prolonged', async () => {
    await enable()
    const { body } = await shopper.client.post('/auth/token/refresh')
    assert.equal(body.mfa_required, true)
    assert.equal((await bearer(body.token).get('/store/customers/me')).status, 401)
  })

  it('guards vendors, staff and operators as well', async () => {
    const vendor = store.vendors[0] as TestStore['vendors'][0]
    const operator = { email: `operator-${count}@example.com`, password }
    await ensureOperator({ db: app().db, clock, scope: { role: 'platform' }, requestId: 'test', actorId: 'system' }, operator)
    const people = [
      {
        path: '/auth/member/emailpass',
        credentials: { email: vendor.email, password: vendor.password },
        probe: '/vendor/me',
        tenant: store.slug,
      },
      { path: '/auth/user/emailpass', credentials: store.owner, probe: '/admin/orders', tenant: store.slug },
      { path: '/auth/operator/emailpass', credentials: operator, probe: '/platform/tenants' },
    ]
    for (const { path, credentials, probe, tenant } of people) {
      const anyone = client(app(), tenant === undefined ? {} : { tenant })
      const plain = client(app(), { token: (await anyone.post(path, credentials)).body.token })
      assert.equal((await plain.get(probe)).status, 200, path)
      const { secret } = await enable(plain)
      const { body } = await anyone.post(path, credentials)
      assert.equal(body.mfa_required, true, path)
      const half = client(app(), { token: body.token })
      assert.ok([401, 403].includes((await half.get(probe)).status), path)
      const met = await half.post(`/auth/mfa/challenges/${body.mfa_challenge.id}/verify`, { method: 'totp', code: nextCode(secret) })
      assert.equal(met.status, 200, `${path}: ${JSON.stringify(met.body)}`)
      assert.equal((await client(app(), { token: met.body.token }).get(probe)).status, 200, path)
    }
  })
})
