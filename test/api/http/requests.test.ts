import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import { limits } from '../../../src/kernel/index.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { openLines } from '../../support/http.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const json = { 'content-type': 'application/json' }

describe('requests', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { productsPerVendor: 3 })
  })

  describe('ids of requests', () => {
    it('are given back as they came', async () => {
      const { headers } = await store.shopper.get('/store/regions', {}, { 'x-request-id': 'trace-1.2:3_x' })
      assert.equal(headers.get('x-request-id'), 'trace-1.2:3_x')
    })

    it('are made where there is none, or one that could break a log', async () => {
      for (const given of [undefined, 'a b', '{"x":1}', 'x'.repeat(101)]) {
        const { headers } = await store.shopper.get('/store/regions', {}, given === undefined ? {} : { 'x-request-id': given })
        assert.match(headers.get('x-request-id') ?? '', /^req_[0-9a-f-]{36}$/)
      }
    })

    it('are on refusals and unknown addresses too', async () => {
      for (const path of ['/store/nothing', '/nothing']) {
        const { headers, status } = await store.shopper.get(path, {}, { 'x-request-id': 'lost' })
        assert.deepEqual([status, headers.get('x-request-id')], [404, 'lost'], path)
      }
    })
  })

  describe('bodies', () => {
    const cart = (body: string | Uint8Array, headers: Record<string, string> = json) => store.shopper.post('/store/carts', body, headers)

    it('may be none at all, also with the content type of JSON', async () => {
      const { status, body } = await cart('')
      assert.equal(status, 200, JSON.stringify(body))
    })

    it('are refused when they are not JSON, or no object', async () => {
      const broken = await cart('{"email": ')
      assert.deepEqual(
        [broken.status, broken.body],
        [400, { type: 'invalid_data', message: 'Invalid request: the body is not valid JSON' }],
      )
      for (const other of ['[]', '"text"', '7', 'null']) {
        const { status, body } = await cart(other)
        assert.deepEqual([status, body.type], [400, 'invalid_data'], other)
      }
    })

    it('are refused with every key that nobody knows', async () => {
      const { status, body } = await store.shopper.post('/store/carts', { foo: 1, bar: 2 })
      assert.deepEqual([status, body], [400, { type: 'invalid_data', message: "Invalid request: Unrecognized fields: 'foo, bar'" }])
    })

    it('are refused with the field, what was expected, and what came', async () => {
      const messages: [unknown, string][] = [
        [{ items: [{ variant_id: 'x' }] }, "Invalid request: Field 'items, 0, quantity' is required"],
        [{ email: 5 }, "Invalid request: Expected type: 'string' for field 'email', got: '5'"],
        [
          { items: [{ variant_id: 'x', quantity: 0 }] },
          "Invalid request: Value for field 'items, 0, quantity' too small, expected at least: '0'",
        ],
      ]
      for (const [sent, message] of messages) {
        const { status, body } = await store.shopper.post('/store/carts', sent)
        assert.deepEqual([status, body.message], [400, message])
      }
    })

    it('are refused with three problems at most', async () => {
      const { body } = await store.shopper.post('/store/carts', { email: 1, locale: 2, region_id: 3, sales_channel_id: 4, promo_codes: 5 })
      assert.equal(body.message.split('; ').length, 3)
    })

    it('are refused when they are huge, declared or not', async () => {
      const huge = JSON.stringify({ email: 'x'.repeat(limits.body_bytes) })
      const declared = await cart(huge)
      assert.deepEqual([declared.status, declared.body.type, declared.body.code], [413, 'invalid_data', 'payload_too_large'])
      const pieces = await openLines(app().url, {
        method: 'POST',
        path: '/store/carts',
        headers: { 'x-publishable-api-key': store.publishableKey, ...json },
        pieces: Array.from({ length: 12 }, () => 'x'.repeat(limits.body_bytes / 10)),
      })
      assert.equal(pieces.status, 413)
    })

    it('are refused when they go down further than anything we read', async () => {
      const nested = (levels: number) => `{"metadata":{"a":${'['.repeat(levels)}${']'.repeat(levels)}}}`
      assert.equal((await cart(nested(limits.bodyLevels - 2))).status, 200)
      for (const levels of [limits.bodyLevels, 100_000]) {
        const { status, body } = await cart(nested(levels))
        assert.deepEqual([status, body.message], [400, 'Invalid request: the body is nested too deeply'], String(levels))
      }
    })

    it('are refused with what a client keeps in them when that is large', async () => {
      const { body: made } = await cart('{}')
      const large = { a: 'x'.repeat(limits.metadata_characters) }
      const choice = { option_id: store.vendors[0]?.shippingOptionId, data: large }
      for (const answer of [
        await store.shopper.post('/store/carts', { metadata: large }),
        await store.shopper.post(`/store/carts/${made.cart.id}/shipping-methods`, choice),
      ]) {
        assert.equal(answer.status, 400)
        assert.match(answer.body.message, /is larger than 16000 characters/)
      }
    })

    it('are refused with what the database cannot keep or read, and that is no error of the house', async () => {
      const asked = [
        await store.shopper.post('/store/carts', { metadata: { a: 'a\u0000' } }),
        await store.shopper.post('/store/carts', { shipping_address: { city: '\u0000' } }),
        await store.shopper.get('/store/products', { 'created_at[$gt]': '1' }),
        await store.shopper.get('/store/products', { 'created_at[$gt]': '+275760-09-13' }),
        await store.shopper.get('/store/products', { 'title[$ilike]': '%\\' }),
      ]
      assert.deepEqual(
        asked.map(({ status, body }) => [status, body.type]),
        asked.map(() => [400, 'invalid_data']),
      )
    })

    it('are refused when they are compressed: a small one can unpack to anything', async () => {
      const { status, body } = await cart(gzipSync('{}'), { ...json, 'content-encoding': 'gzip' })
      assert.deepEqual([status, body.message], [400, 'Compressed request bodies are not accepted'])
    })

    it('of DELETE are read like others, and an empty one is none', async () => {
      const created = await store.shopper.post('/store/carts', {
        region_id: store.regionId,
        items: [{ variant_id: store.vendors[0]?.products[0]?.variantIds[0], quantity: 1 }],
      })
      const path = `/store/carts/${created.body.cart.id}/line-items/${created.body.cart.items[0].id}`
      const unknown = await store.shopper.delete(path, { foo: 1 })
      assert.deepEqual([unknown.status, unknown.body.message], [400, "Invalid request: Unrecognized fields: 'foo'"])
      const { status, body } = await store.shopper.delete(path, '', json)
      assert.deepEqual([status, body.deleted], [200, true])
    })
  })

  describe('queries', () => {
    const idsOf = async (query: string) => {
      const { status, body } = await store.shopper.get(`/store/products?${query}`)
      assert.equal(status, 200, JSON.stringify(body))
      return body.products.map((product: { id: string }) => product.id).sort()
    }

    it('take lists in every way that clients write them', async () => {
      const [first, second] = (store.vendors[0]?.products.map((product) => product.id).sort() ?? []) as [string, string]
      const ways = [
        `id[]=${first}&id[]=${second}`,
        `id[0]=${first}&id[1]=${second}`,
        `id[]=${first},${second}`,
        `id=${first}&id=${second}`,
        `id%5B%5D=${first}&id%5B%5D=${second}`,
        `$or[0][id][0]=${first}&$or[1][id][0]=${second}`,
      ]
      for (const way of ways) assert.deepEqual(await idsOf(way), [first, second], way)
      assert.deepEqual(await idsOf(`id=${first}`), [first])
    })

    it('take nested keys with brackets and with dots', async () => {
      const wanted = [store.vendors[0]?.products[0]?.id]
      assert.deepEqual(await idsOf('variants[sku]=V1-1-S'), wanted)
      assert.deepEqual(await idsOf('variants.sku=V1-1-S'), wanted)
    })

    it('may ask for more than a page holds, and are told how long it is', async () => {
      const { body } = await store.shopper.get('/store/products?limit=9999')
      assert.deepEqual([body.limit, body.products.length], [limits.page, body.count])
    })

    it('are refused with keys that nobody knows, too deep, or of the wrong type', async () => {
      const cases: [string, RegExp][] = [
        ['colour=red', /^Invalid request: Unrecognized fields: 'colour'$/],
        ['a.b.c=1', /nested too deeply/],
        [`${'a[b]'.padEnd(60, '[c]')}=1`, /nested too deeply/],
        ['limit=many', /limit/],
        ['offset=-1', /offset/],
        ['order=colour', /Order field colour is not valid/],
      ]
      for (const [query, message] of cases) {
        const { status, body } = await store.shopper.get(`/store/products?${query}`)
        assert.equal(status, 400, query)
        assert.match(body.message, message, query)
      }
    })

    it('are not understood by routes that answer no list and choose no fields', async () => {
      for (const query of ['limit=1', 'order=id']) {
        const { status } = await store.shopper.get(`/store/regions/${store.regionId}?${query}`)
        assert.equal(status, 400, query)
      }
    })
  })

  describe('browsers of other origins', () => {
    const origin = { origin: 'https://shop.example' }

    it('are told what they may send', async () => {
      const response = await fetch(`${app().url}/store/carts`, {
        method: 'OPTIONS',
        headers: { ...origin, 'access-control-request-method': 'POST' },
      })
      assert.equal(response.status, 204)
      assert.equal(response.headers.get('access-control-allow-origin'), 'https://shop.example')
      assert.match(response.headers.get('access-control-allow-methods') ?? '', /POST.*DELETE/)
      for (const header of ['x-publishable-api-key', 'authorization', 'content-type', 'idempotency-key']) {
        assert.ok(response.headers.get('access-control-allow-headers')?.includes(header), header)
      }
    })

    it('may read answers and refusals, each for its own origin', async () => {
      for (const path of ['/store/regions', '/store/regions/reg_none', '/nothing']) {
        const { headers } = await store.shopper.get(path, {}, origin)
        assert.equal(headers.get('access-control-allow-origin'), 'https://shop.example', path)
        assert.match(headers.get('access-control-expose-headers') ?? '', /x-request-id/, path)
        assert.match(headers.get('vary') ?? '', /origin/i, path)
      }
      assert.equal((await store.shopper.get('/store/regions')).headers.get('access-control-allow-origin'), null)
    })

    it('keep no answer, and guess no type', async () => {
      const { headers } = await client(app(), { publishableKey: store.publishableKey }).get('/store/regions')
      assert.equal(headers.get('cache-control'), 'no-store')
      assert.equal(headers.get('x-content-type-options'), 'nosniff')
    })
  })
})
