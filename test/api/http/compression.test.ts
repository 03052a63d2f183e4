import assert from 'node:assert/strict'
import http from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { useApp } from '../../support/app.js'
import { askPage, hostOf, sentCookie } from '../../support/pages.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('compressed answers', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 3 })
  })

  /** Bytes as they come, which `fetch` would unpack. */
  function get(
    path: string,
    headers: Record<string, string>,
  ): Promise<{ status: number; headers: http.IncomingHttpHeaders; body: Buffer }> {
    return new Promise((resolve, reject) => {
      http
        .get(app().url + path, { headers, agent: false }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }))
        })
        .on('error', reject)
    })
  }

  const page = (headers: Record<string, string> = {}) => get('/products/thing-1-1', { host: hostOf(app(), store), ...headers })

  it('are what browsers take of a page that everybody shares, each with an ETag of its own', async () => {
    const plain = await page()
    const small = await page({ 'accept-encoding': 'gzip, deflate, br' })
    const older = await page({ 'accept-encoding': 'gzip' })
    assert.deepEqual(
      [plain, small, older].map(({ headers }) => [headers['content-encoding'], headers.vary]),
      [
        [undefined, 'accept-encoding'],
        ['br', 'accept-encoding'],
        ['gzip', 'accept-encoding'],
      ],
    )
    assert.deepEqual(brotliDecompressSync(small.body), plain.body)
    assert.deepEqual(gunzipSync(older.body), plain.body)
    assert.ok(small.body.length * 3 < plain.body.length, `${small.body.length} of ${plain.body.length}`)
    assert.equal(new Set([plain, small, older].map(({ headers }) => headers.etag)).size, 3)
    const again = await page({ 'accept-encoding': 'br', 'if-none-match': small.headers.etag as string })
    assert.deepEqual([again.status, again.body.length, again.headers.etag], [304, 0, small.headers.etag])
    const other = await page({ 'accept-encoding': 'gzip', 'if-none-match': small.headers.etag as string })
    assert.equal(other.status, 200)
  })

  it('are what clients of the API take of a list', async () => {
    const headers = { 'x-publishable-api-key': store.publishableKey, 'accept-encoding': 'br', origin: 'https://shop.example' }
    const list = await get('/store/products', headers)
    assert.deepEqual([list.status, list.headers['content-encoding'], list.headers.vary], [200, 'br', 'origin, accept-encoding'])
    assert.equal(JSON.parse(brotliDecompressSync(list.body).toString()).products.length, 6)
    const little = await get('/store/products?fields=id&limit=1', headers)
    assert.deepEqual([little.headers['content-encoding'], JSON.parse(little.body.toString()).products.length], [undefined, 1])
  })

  it('are not what a browser is sent that a session’s cookie knows, nor pages that are made for one person', async () => {
    const form = { email: 'packed@example.com', password: 'correct horse battery', first_name: 'Ada', last_name: 'Byron' }
    const cookie = sentCookie(await askPage(app(), store, '/register', { form }), 'connect.sid')
    const host = hostOf(app(), store)
    const answers = [
      await get('/store/products', { 'x-publishable-api-key': store.publishableKey, 'accept-encoding': 'br', cookie }),
      await get('/account', { host, cookie, 'accept-encoding': 'br' }),
      await get('/sign-in', { host, 'accept-encoding': 'br' }),
    ]
    assert.deepEqual(
      answers.map(({ status, headers }) => [status, headers['content-encoding']]),
      [
        [200, undefined],
        [200, undefined],
        [200, undefined],
      ],
    )
  })
})
