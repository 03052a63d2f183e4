import assert from 'node:assert/strict'
import { ensureOperator } from '../../../src/access/index.js'
import { systemClock } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { createTestStore } from '../../support/store.js'

describe('platform API: stores', () => {
  const app = useApp()
  let operator: Client

  before(async () => {
    const credentials = { email: 'operator@platform.example', password: 'correct horse battery' }
    const context = { db: app().db, clock: systemClock, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
    await ensureOperator(context, credentials)
    const { body } = await client(app()).post('/auth/operator/emailpass', credentials)
    operator = client(app(), { token: body.token })
  })

  const wanted = (slug: string) => ({ slug, name: 'A store', default_currency: 'eur', owner: { email: `owner@${slug}.example` } })

  it('creates a store that can sell in one call', async () => {
    const { status, body } = await operator.post('/platform/tenants', wanted('first'))
    assert.equal(status, 200, JSON.stringify(body))
    assert.match(body.tenant.id, /^ten_/)
    assert.equal(body.tenant.slug, 'first')
    assert.equal(Object.hasOwn(body.tenant, 'uuid'), false)
    const shopper = client(app(), { publishableKey: body.publishable_key })
    const regions = await shopper.get('/store/regions')
    assert.equal(regions.body.regions[0].currency_code, 'eur')
    assert.ok(regions.body.regions[0].countries.length >= 20)
    const owner = await client(app(), { tenant: 'first' }).post('/auth/user/emailpass', {
      email: body.owner.email,
      password: body.owner.password,
    })
    assert.equal(owner.status, 200, JSON.stringify(owner.body))
    assert.equal((await client(app(), { secretKey: body.secret_key }).get('/admin/stores')).status, 200)
  })

  it('creates only the store, a channel and keys with defaults: false', async () => {
    const { body } = await operator.post('/platform/tenants', {
      ...wanted('bare'),
      defaults: false,
      owner: { email: 'o@bare.example', password: 'chosen password' },
    })
    assert.equal(body.owner.password, undefined, 'a password that the caller chose is not told back')
    assert.equal((await client(app(), { publishableKey: body.publishable_key }).get('/store/regions')).body.count, 0)
    assert.equal((await client(app(), { publishableKey: body.publishable_key }).get('/store/products')).status, 200)
  })

  it('lists, shows with usage, renames, and gives a plan whose fee the store then pays', async () => {
    const store = await createTestStore(app(), { vendors: 2 })
    const list = await operator.get('/platform/tenants', { q: store.slug })
    assert.deepEqual(
      list.body.tenants.map((tenant: { slug: string }) => tenant.slug),
      [store.slug],
    )
    const plan = await operator.post('/platform/plans', { name: 'Pro', fee_rate: 1.5, fee_fixed: { usd: 0.25 } })
    assert.equal(plan.status, 200)
    const changed = await operator.post(`/platform/tenants/${store.publicId}`, { name: 'Renamed', plan: 'Pro' })
    assert.deepEqual([changed.body.tenant.name, changed.body.tenant.plan.name, changed.body.tenant.plan.fee_rate], ['Renamed', 'Pro', 1.5])
    const [fee] = await asAdmin(app().adminUrl, 'select rate_ppm, fixed from app.store_fee where tenant_id = $1', [store.tenantId])
    assert.deepEqual(fee, { rate_ppm: 15_000, fixed: { usd: 25 } })
    const one = await operator.get(`/platform/tenants/${store.publicId}`)
    assert.deepEqual(one.body.tenant.usage, { vendors: 2, products: 2, orders: 0, staff: 1, failed_jobs: 0 })
  })

  it('suspends a store for everybody at once, and resumes it', async () => {
    const store = await createTestStore(app())
    assert.equal((await store.shopper.get('/store/products')).status, 200)
    assert.equal((await operator.post(`/platform/tenants/${store.publicId}/suspend`, { reason: 'unpaid' })).body.tenant.status, 'suspended')
    for (const [api, path] of [
      [store.shopper, '/store/products'],
      [store.admin, '/admin/stores'],
      [store.vendor(0), '/vendor/me'],
    ] as const) {
      const { status, body } = await api.get(path)
      assert.deepEqual([status, body.code], [403, 'tenant_suspended'], path)
    }
    await operator.post(`/platform/tenants/${store.publicId}/resume`)
    assert.equal((await store.shopper.get('/store/products')).status, 200)
  })

  it('keeps domains, which find their store only once they are verified', async () => {
    const store = await createTestStore(app())
    const added = await operator.post(`/platform/tenants/${store.publicId}/domains`, { hostname: 'Shop.Example.com' })
    const [domain] = added.body.tenant.domains
    assert.deepEqual([domain.hostname, domain.verified_at], ['shop.example.com', null])
    const twice = await operator.post(`/platform/tenants/${store.publicId}/domains`, { hostname: 'shop.example.com' })
    assert.deepEqual([twice.status, twice.body.code], [422, 'invalid_request_error'])
    assert.deepEqual([twice.body.type, twice.body.message], ['duplicate_error', 'The domain shop.example.com is in use already'])
    const made = { slug: `hosts-${process.pid}`, name: 'Hosts', default_currency: 'usd', owner: { email: 'owner@hosts.example' } }
    for (const hostname of ['nonsense', 'x.localhost', 'http://a.b.c']) {
      const answers = [
        await operator.post(`/platform/tenants/${store.publicId}/domains`, { hostname }),
        await operator.post('/platform/tenants', { ...made, domains: ['fine.example.com', hostname] }),
      ]
      for (const answer of answers) assert.deepEqual([answer.status, answer.body.type], [400, 'invalid_data'], hostname)
      assert.equal(answers[0]?.body.message, answers[1]?.body.message)
    }
    // Who serves TLS makes certificates for hosts of stores, and for no others.
    const allowed = async (host: string) => (await client(app()).get('/platform/domains/allow', { domain: host })).status
    assert.deepEqual([await allowed('shop.example.com'), await allowed(`${store.slug}.localhost`)], [404, 200])
    assert.deepEqual([await allowed('nobody.localhost'), await allowed('localhost'), await allowed('a\u0000b.com')], [404, 404, 400])
    await asAdmin(app().adminUrl, 'update platform.domain set verified_at = now() where hostname = $1', ['shop.example.com'])
    app().stoa.services.gatekeeper.forget()
    assert.equal(await allowed('SHOP.example.com'), 200)
    const removed = await operator.delete(`/platform/tenants/${store.publicId}/domains/${domain.id}`)
    assert.deepEqual(removed.body, { id: domain.id, object: 'domain', deleted: true })
  })

  for (const [what, change, status] of [
    ['an unknown key', { colour: 'red' }, 400],
    ['a slug with a space', { slug: 'a b' }, 400],
    ['a currency that is none', { default_currency: 'zzz' }, 400],
    ['a missing owner', { owner: undefined }, 400],
    ['a short password', { owner: { email: 'a@b.example', password: 'short' } }, 400],
    ['a plan that is not there', { plan: 'Nonesuch' }, 404],
    ['a slug that is taken', { slug: 'first' }, 422],
  ] as const) {
    it(`refuses ${what}, and makes nothing`, async () => {
      const count = async () => (await operator.get('/platform/tenants')).body.count
      const before = await count()
      const { status: answered, body } = await operator.post('/platform/tenants', { ...wanted('refused'), ...change })
      assert.equal(answered, status, JSON.stringify(body))
      assert.ok(body.message.length > 10)
      assert.equal(await count(), before)
    })
  }

  it('answers 404 for stores that are not there, and 401 to anyone but an operator', async () => {
    assert.equal((await operator.get('/platform/tenants/ten_01ARZ3NDEKTSV4RRFFQ69G5FAV')).status, 404)
    assert.equal((await operator.post('/platform/tenants/ten_none/suspend')).status, 404)
    const store = await createTestStore(app())
    assert.equal((await client(app()).get('/platform/tenants')).status, 401)
    assert.equal((await store.admin.get('/platform/tenants')).status, 401)
  })
})
