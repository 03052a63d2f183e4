import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { openLines } from '../../support/http.js'
import { signedInOperator, tokenOf } from '../../support/people.js'
import { createTestStore, type TestStore } from '../../support/store.js'

/** The ways in which a request says which store it means. */
type Hint = 'the publishable key' | 'the API key' | 'the token' | 'x-tenant' | 'the host'
const hints: readonly Hint[] = ['the publishable key', 'the API key', 'the token', 'x-tenant', 'the host']
/** One header cannot hold two. */
const exclude = (one: Hint, other: Hint) => one === 'the API key' && other === 'the token'

describe('the store that a request means', () => {
  const app = useApp()
  let stores: [TestStore, TestStore]
  let tokens: [string, string]

  before(async () => {
    stores = [await createTestStore(app()), await createTestStore(app())]
    tokens = [await tokenOf(app(), stores[0], 'user', stores[0].owner), await tokenOf(app(), stores[1], 'user', stores[1].owner)]
  })

  function headerOf(hint: Hint, which: 0 | 1): Record<string, string> {
    const store = stores[which]
    const headers: Record<Hint, Record<string, string>> = {
      'the publishable key': { 'x-publishable-api-key': store.publishableKey },
      'the API key': { authorization: `Bearer ${store.secretKey}` },
      'the token': { authorization: `Bearer ${tokens[which]}` },
      'x-tenant': { 'x-tenant': store.slug },
      'the host': { host: `${store.slug}.localhost` },
    }
    return headers[hint]
  }

  const ask = (headers: Record<string, string>) => openLines(app().url, { method: 'GET', path: '/admin/stores', headers })

  for (const [index, first] of hints.entries()) {
    for (const second of hints.slice(index + 1).filter((other) => !exclude(first, other))) {
      it(`is none when ${first} and ${second} name two`, async () => {
        for (const [a, b] of [
          [0, 1],
          [1, 0],
        ] as const) {
          const { status, body } = await ask({ ...headerOf(first, a), ...headerOf(second, b) })
          assert.equal(status, 400, JSON.stringify(body))
          assert.equal(body.type, 'not_allowed')
          assert.match(body.message, /name two different stores/)
        }
      })

      it(`is clear when ${first} and ${second} name the same`, async () => {
        const { status, body } = await ask({ ...headerOf(first, 0), ...headerOf(second, 0) })
        const known = [first, second].some((hint) => hint === 'the API key' || hint === 'the token')
        assert.equal(status, known ? 200 : 401, JSON.stringify(body))
      })
    }
  }

  it('is the same in whatever case its host is written', async () => {
    const headers = { ...headerOf('the API key', 0), host: `${stores[1].slug.toUpperCase()}.LOCALHOST` }
    const { status, body } = await ask(headers)
    assert.equal(status, 400, JSON.stringify(body))
    assert.match(body.message, /name two different stores/)
  })

  it('is the one of each hint alone', async () => {
    for (const hint of ['the API key', 'the token'] as const) {
      const { body } = await ask(headerOf(hint, 1))
      assert.equal(body.stores[0].name, `Store ${stores[1].slug}`, hint)
    }
    for (const hint of ['x-tenant', 'the host', 'the publishable key'] as const) {
      const { status } = await openLines(app().url, {
        method: 'POST',
        path: '/auth/user/emailpass',
        headers: { ...headerOf(hint, 1), 'content-type': 'application/json' },
        pieces: [JSON.stringify(stores[1].owner)],
      })
      assert.equal(status, 200, hint)
    }
  })

  it('must be named where one is needed', async () => {
    const nameless = client(app())
    const asked = [
      await nameless.post('/auth/user/emailpass', stores[0].owner),
      await nameless.get('/admin/stores'),
      await nameless.get('/vendor/me'),
    ]
    for (const { status, body } of asked) {
      assert.equal(status, 400)
      assert.match(body.message, /^No store was named/)
    }
    const shopper = await nameless.get('/store/regions')
    assert.equal(shopper.status, 400)
    assert.match(shopper.body.message, /^Publishable API key required/)
  })

  it('must be one that there is', async () => {
    const { status, body } = await client(app(), { tenant: 'nobody' }).get('/admin/stores')
    assert.deepEqual([status, body.message], [400, 'x-tenant names no store: nobody'])
    for (const key of [`pk_${'0'.repeat(64)}`, 'pk_', stores[0].secretKey]) {
      const answer = await client(app(), { publishableKey: key }).get('/store/regions')
      assert.deepEqual([answer.status, answer.body.message], [400, 'A valid publishable key is required to proceed with the request'])
    }
  })

  it('answers nobody but the platform while it is suspended, and everybody again afterwards', async () => {
    const store = await createTestStore(app())
    const operator = await signedInOperator(app())
    const ways = () => [
      store.shopper.get('/store/regions'),
      store.admin.get('/admin/stores'),
      store.vendor(0).get('/vendor/me'),
      client(app(), { tenant: store.slug }).post('/auth/user/emailpass', store.owner),
    ]
    for (const { status } of await Promise.all(ways())) assert.equal(status, 200)
    assert.equal((await operator.post(`/platform/tenants/${store.publicId}/suspend`, { reason: 'unpaid' })).status, 200)
    for (const { status, body } of await Promise.all(ways())) {
      assert.deepEqual([status, body.type, body.code], [403, 'forbidden', 'tenant_suspended'])
      assert.doesNotMatch(body.message, /unpaid/)
    }
    assert.equal((await operator.get(`/platform/tenants/${store.publicId}`)).body.tenant.status, 'suspended')
    assert.equal((await operator.post(`/platform/tenants/${store.publicId}/resume`)).status, 200)
    for (const { status } of await Promise.all(ways())) assert.equal(status, 200)
  })
})
