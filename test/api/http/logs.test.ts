import assert from 'node:assert/strict'
import { pino } from 'pino'
import { useApp } from '../../support/app.js'
import { type Client, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('the log', () => {
  const app = useApp({ settings: { LOG_LEVEL: 'info' } })
  const lines: string[] = []
  let store: TestStore

  before(async () => {
    const log = app().stoa.services.log as unknown as Record<symbol, { write(line: string): void }>
    log[pino.symbols.streamSym] = { write: (line) => lines.push(line) }
    store = await createTestStore(app())
  })
  beforeEach(() => {
    lines.length = 0
  })

  const entries = () => lines.map((line) => JSON.parse(line))

  it('has one line for each request: who, what, how it ended and what it cost', async () => {
    await store.shopper.get('/store/regions', {}, { 'x-request-id': 'trace-7' })
    const [entry, ...more] = entries()
    assert.deepEqual(more, [])
    assert.equal(entry.request_id, 'trace-7')
    assert.equal(entry.tenant, store.slug)
    assert.deepEqual([entry.method, entry.route, entry.status, entry.msg], ['GET', '/store/regions', 200, 'request'])
    assert.ok(entry.duration_ms > 0 && entry.statements >= 1 && entry.round_trips >= 1)
  })

  it('names the route and not the address that was asked for', async () => {
    await store.shopper.get('/store/products/prod_secret')
    await store.shopper.get('/store/nothing/of/this')
    assert.deepEqual(
      entries().map((entry) => [entry.route, entry.status]),
      [
        ['/store/products/:id', 404],
        ['none', 404],
      ],
    )
    assert.doesNotMatch(lines.join(''), /prod_secret|of\/this/)
  })

  it('joins what a request began with the jobs that it caused', async () => {
    const variantIds = [store.vendors[0]?.products[0]?.variantIds[0] as string]
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    await store.shopper.post(`/store/carts/${cartId}/complete`, {}, { 'x-request-id': 'trace-buy' })
    await app().drain()
    const done = entries().find((entry) => entry.msg === 'job done' && entry.handler === 'send_order_confirmation')
    assert.equal(done?.tenant, store.tenantId)
    assert.ok(entries().some((entry) => entry.request_id === 'trace-buy' && entry.route === '/store/carts/:id/complete'))
  })

  it('never holds a token, a key, a password, an e-mail address, an address or the value of a query', async () => {
    const secrets = [
      'a very secret password',
      'ada@example.com',
      '1 Main Street',
      'Byron',
      'hush-query',
      'hush-header',
      'hush-body',
      '127.0.0.1',
    ]
    const { body } = await client(app(), { tenant: store.slug }).post('/auth/user/emailpass', store.owner)
    const staff = client(app(), { token: body.token })
    secrets.push(body.token, store.owner.password, store.owner.email, store.publishableKey, store.secretKey)
    await client(app(), { tenant: store.slug }).post('/auth/user/emailpass', {
      email: 'ada@example.com',
      password: 'a very secret password',
    })
    await fillCart(store.shopper, { regionId: store.regionId, variantIds: [store.vendors[0]?.products[0]?.variantIds[0] as string] })
    for (const asker of [store.shopper, staff, store.admin]) await asker.get('/store/products', { q: 'hush-query' })
    await staff.get(
      '/admin/products',
      { q: 'hush-query' },
      { referer: 'https://x.example/hush-header', cookie: 'hush-header', 'user-agent': 'hush-header' },
    )
    await store.shopper.post('/store/carts', { metadata: { note: 'hush-body' } })
    await store.shopper.post('/store/carts', '{"hush-body', { 'content-type': 'application/json' })
    await fails(store.shopper)
    assert.ok(lines.length > 12, 'there is something to look at')
    const text = lines.join('')
    for (const secret of secrets) assert.ok(!text.includes(secret), `${secret} is in the log`)
  })

  it('tells of a fault with its request, its message and where it was', async () => {
    await fails(store.shopper)
    const fault = entries().find((entry) => entry.msg === 'request failed')
    assert.equal(fault.request_id, 'trace-fault')
    assert.match(fault.error, /permission denied/)
    assert.match(fault.stack, /at /)
  })

  /** A request that ends in a fault of ours. */
  async function fails(asker: Client) {
    await asAdmin(app().adminUrl, 'revoke insert on app.cart from app_store')
    const { status, body } = await asker.post(
      '/store/carts',
      { email: 'ada@example.com', metadata: { note: 'hush-body' } },
      { 'x-request-id': 'trace-fault' },
    )
    await asAdmin(app().adminUrl, 'grant insert on app.cart to app_store')
    assert.deepEqual([status, body], [500, { code: 'unknown_error', type: 'unknown_error', message: 'An unknown error occurred.' }])
  }
})
