import assert from 'node:assert/strict'
import { routes } from '../../../src/api/index.js'
import { pages } from '../../../src/web/index.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { askPage, cookieOf, hostOf, type PageRequest, sentCookie } from '../../support/pages.js'
import { signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('storefront', () => {
  const app = useApp()
  let store: TestStore
  let other: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, tax_ppm: 100_000 })
    other = await createTestStore(app(), { vendors: 1 })
  })

  const ask = (path: string, { of = store, ...request }: PageRequest & { of?: TestStore } = {}) => askPage(app(), of, path, request)

  async function filledCart(of = store): Promise<string> {
    const answer = await ask('/cart/items', {
      of,
      form: { variant_id: of.vendors[0]?.products[0]?.variantIds[0] as string, quantity: '2' },
    })
    assert.equal(answer.status, 303, answer.text)
    return cookieOf(answer, 'cart')?.split(';')[0] as string
  }

  describe('what everybody is shown', () => {
    it('may be kept by caches, is asked for again by its ETag, and changes when the product does', async () => {
      const first = await ask('/products/thing-1-1')
      assert.equal(first.status, 200)
      assert.equal(first.headers['cache-control'], 'public, max-age=0, s-maxage=5, stale-while-revalidate=60, stale-if-error=600')
      assert.equal(first.headers['set-cookie'], undefined)
      const etag = first.headers.etag as string
      const again = await ask('/products/thing-1-1', { headers: { 'if-none-match': etag } })
      assert.deepEqual([again.status, again.text], [304, ''])
      await store.admin.post(`/admin/products/${store.vendors[0]?.products[0]?.id}`, { title: 'Another thing' })
      const until = Date.now() + 8_000
      let later = again
      while (later.status === 304 && Date.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 250))
        later = await ask('/products/thing-1-1', { headers: { 'if-none-match': etag } })
      }
      assert.equal(later.status, 200)
      assert.match(later.text, /<h1>Another thing<\/h1>/)
    }).timeout(15_000)

    it('says nothing of who looks: neither names nor prices that are theirs', async () => {
      const { token, id } = await signUp(app(), store, 'ada@example.com')
      const { customer_group: group } = good(await store.admin.post('/admin/customer-groups', { name: 'Friends' }))
      good(await store.admin.post(`/admin/customer-groups/${group.id}/customers`, { add: [id] }))
      const prices = store.vendors[0]?.products[0]?.variantIds.map((variant_id) => ({ variant_id, currency_code: 'usd', amount: 3.21 }))
      const friends = { title: 'Friends', status: 'active', rules: { 'customer.groups.id': [group.id] }, prices }
      good(await store.admin.post('/admin/price-lists', { description: 'For friends', ...friends }))
      const session = await fetch(`${app().url}/auth/session`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
      const cookie = `${session.headers.get('set-cookie')?.split(';')[0]}; ${await filledCart()}`
      const [signedIn, guest] = [await ask('/products?a', { headers: { cookie } }), await ask('/products?b')]
      assert.equal(signedIn.text, guest.text)
      assert.doesNotMatch(signedIn.text, /\$3\.21/)
      assert.match(
        (
          await ask('/cart', {
            headers: {
              cookie: sentCookie(
                await ask('/cart/items', {
                  form: { variant_id: prices?.[0]?.variant_id as string },
                  headers: { cookie: session.headers.get('set-cookie')?.split(';')[0] as string },
                }),
                'cart',
              ),
            },
          })
        ).text,
        /\$3\.21/,
      )
      assert.equal(signedIn.headers.etag, guest.headers.etag)
      const status = await ask('/status.json', { headers: { cookie } })
      assert.deepEqual(JSON.parse(status.text), { cartCount: 2, name: 'Ada' })
      assert.equal(status.headers['cache-control'], 'private, no-store')
    })

    it('is light: a category page with everything but pictures, and the script', async () => {
      const page = await ask('/products')
      const assets = [...page.text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map((match) => match[1] as string)
      const sizes = await Promise.all(assets.map(async (path) => [path, Buffer.byteLength((await ask(path)).text)] as const))
      const script = sizes.filter(([path]) => path.endsWith('.js')).reduce((sum, [, size]) => sum + size, 0)
      const all = sizes.reduce((sum, [, size]) => sum + size, Buffer.byteLength(page.text))
      assert.ok(assets.length >= 3, assets.join())
      const [sheet] = assets.filter((path) => path.includes('/theme.'))
      assert.match((await ask(sheet as string)).headers['cache-control'] as string, /immutable/)
      const before = await ask('/assets/theme.0123456789ab.css')
      assert.deepEqual([before.status, before.headers['cache-control']], [200, 'no-cache'], 'a page of before finds its looks')
      assert.equal((await ask('/assets/other.0123456789ab.css')).status, 404)
      assert.ok(script <= 50_000, `${script} bytes of script`)
      assert.ok(all <= 100_000, `${all} bytes in all`)
      const packed = await ask(assets[0] as string, { headers: { 'accept-encoding': 'gzip, deflate, br' } })
      assert.deepEqual([packed.headers['content-encoding'], packed.headers.vary], ['br', 'accept-encoding'])
      for (const path of ['/', '/products', '/products/thing-1-1', '/vendors']) {
        const { text } = await ask(path)
        for (const picture of text.match(/<img [^>]+>/g) ?? [])
          assert.match(picture, /width="\d+" height="\d+"/, 'nothing moves when it comes')
        for (const script of text.match(/<script [^>]*src[^>]*>/g) ?? [])
          assert.match(script, / (defer|async|type="module")/, 'nothing waits for it')
      }
    })

    it('describes a product to search engines, with its one true address', async () => {
      const { text } = await ask('/products/thing-2-1?option.Size=M')
      const address = `http://${hostOf(app(), store)}/products/thing-2-1`
      assert.ok(text.includes(`<link rel="canonical" href="${address}"`))
      const data = [...text.matchAll(/<script type="application\/ld\+json">(.+?)<\/script>/g)].map((match) =>
        JSON.parse(match[1] as string),
      )
      const product = data.find((thing) => thing['@type'] === 'Product')
      assert.deepEqual(
        [product.name, product.offers.length, product.offers[0].price, product.offers[0].priceCurrency],
        ['Thing 2.1', 2, '20', 'USD'],
      )
      assert.deepEqual(data.find((thing) => thing['@type'] === 'BreadcrumbList').itemListElement.at(-1).item, address)
      const sitemap = await ask('/sitemap.xml')
      assert.ok(sitemap.text.includes(`<loc>${address}</loc>`))
      assert.match((await ask('/robots.txt')).text, /Sitemap: http/)
    })
  })

  describe('keeps safe', () => {
    it('runs and styles nothing that is written into a page, and lets no other page frame or read it', async () => {
      const { headers, text } = await ask('/', { headers: { origin: 'http://evil.example' } })
      const policy = headers['content-security-policy'] as string
      assert.match(policy, /default-src 'none'/)
      assert.doesNotMatch(policy, /unsafe|https?:|\*/)
      assert.match(policy, /frame-ancestors 'none'/)
      assert.equal(headers['access-control-allow-origin'], undefined)
      assert.doesNotMatch(text, /style=|<style|onclick|<script(?! type="(module|application\/ld\+json)")/)
      const outside = [...text.matchAll(/(?:src|href|action)="(https?:[^"]+)"/g)].map((match) => new URL(match[1] as string).host)
      assert.deepEqual(
        [...new Set(outside)].filter((host) => host !== hostOf(app(), store)),
        [],
      )
    })

    it('shows words of others as words', async () => {
      await store.admin.post(`/admin/products/${store.vendors[1]?.products[0]?.id}`, {
        description: '</script><script>alert(1)</script><b>bold</b>',
      })
      const { text } = await ask('/products/thing-2-1?x=1')
      assert.doesNotMatch(text, /<script>alert|<b>bold/)
      assert.equal((await ask('/search?q=a%00b%%0000')).text.includes('\0'), false)
      const searched = await ask(`/search?q=${encodeURIComponent('"><script>alert(1)</script>')}`)
      assert.doesNotMatch(searched.text, /<script>alert/)
    })

    it('takes forms from its own pages alone', async () => {
      const form = { variant_id: store.vendors[0]?.products[0]?.variantIds[0] as string }
      for (const origin of ['http://evil.example', `http://${hostOf(app(), other)}`, 'null']) {
        const refused = await ask('/cart/items', { form, headers: { origin } })
        assert.equal(refused.status, 403, origin)
        assert.equal(refused.headers['set-cookie'], undefined)
      }
    })

    it('puts into the cart no other number than was typed', async () => {
      const variant_id = store.vendors[0]?.products[0]?.variantIds[0] as string
      for (const quantity of ['-3', '0', 'two', '1.5', '1e9', '']) {
        const refused = await ask('/cart/items', { form: { variant_id, quantity } })
        assert.deepEqual([refused.status, cookieOf(refused, 'cart')], [400, undefined], quantity)
        assert.match(refused.text, /Give the quantity as a whole number/)
      }
    })

    it('gives cookies that no script reads and that other sites do not send', async () => {
      const cart = await ask('/cart/items', { form: { variant_id: store.vendors[0]?.products[0]?.variantIds[0] as string } })
      assert.match((cookieOf(cart, 'cart') as string).toLowerCase(), /; path=\/; .*httponly; samesite=lax/)
    })
  })

  describe('keeps stores apart', () => {
    /** For each kind of thing that an address names: one of the other store's. */
    async function foreign(): Promise<Record<string, string>> {
      const [vendor] = other.vendors
      const cart = await other.shopper.post('/store/carts', { items: [{ variant_id: vendor?.products[0]?.variantIds[0], quantity: 1 }] })
      const category = await other.admin.post('/admin/product-categories', { name: 'Theirs', handle: 'theirs', is_active: true })
      const collection = await other.admin.post('/admin/collections', { title: 'Theirs', handle: 'theirs' })
      await other.admin.post(`/admin/products/${vendor?.products[0]?.id}`, { handle: 'thing-of-theirs' })
      assert.deepEqual([cart.status, category.status, collection.status], [200, 200, 200])
      return {
        product: 'thing-of-theirs',
        vendor: vendor?.id as string,
        category: 'theirs',
        collection: 'theirs',
        cart: cart.body.cart.id,
        line_item: cart.body.cart.items[0].id,
        order: 'order_01KAAAAAAAAAAAAAAAAAAAAAAA',
        order_collection: 'pay_col_01KAAAAAAAAAAAAAAAAAAAAAAA',
        page: 'theirs',
        wish_list_token: 'f'.repeat(64),
        transfer_token: 'f'.repeat(64),
      }
    }

    it("does not find another store's things, whatever page is asked for them", async () => {
      const theirs = await foreign()
      const { token } = await signUp(app(), store, 'grace@example.com')
      const session = await fetch(`${app().url}/auth/session`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
      const cookie = session.headers.get('set-cookie')?.split(';')[0] as string
      for (const page of pages) {
        const names = [...page.path.matchAll(/:(\w+)/g)].map((match) => match[1] as string)
        if (names.length === 0) continue
        const path = page.path.replace(/:(\w+)/g, (_all, name: string) => {
          const value = theirs[page.ids?.[name] as string]
          assert.ok(value, `${page.method} ${page.path} does not say what :${name} names, or no foreign one is known`)
          return value
        })
        const answer = await ask(path, {
          headers: { cookie },
          ...(page.method === 'POST' ? { form: { quantity: '3', answer: 'accept', code: 'x' } } : {}),
        })
        // A line of no cart of ours, and a token of nothing, change nothing.
        const harmless = page.path === '/cart/items/:line_id' ? 303 : page.path.includes('/transfer/') && page.method === 'GET' ? 200 : 404
        assert.equal(answer.status, harmless, `${page.method} ${path}`)
        assert.doesNotMatch(answer.text, /Thing 1\.1 of theirs/)
      }
      const { body } = await other.shopper.get('/store/products', { handle: 'thing-of-theirs' })
      assert.equal(body.count, 1, 'it is there, in its own store')
    })

    it("ignores another store's cart and session", async () => {
      const cart = await filledCart(other)
      const { token } = await signUp(app(), other, 'ada@example.com')
      const session = await fetch(`${app().url}/auth/session`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
      const cookie = `${cart}; ${session.headers.get('set-cookie')?.split(';')[0]}`
      assert.deepEqual(JSON.parse((await ask('/status.json', { of: other, headers: { cookie } })).text), { cartCount: 2, name: 'Ada' })
      assert.deepEqual(JSON.parse((await ask('/status.json', { headers: { cookie } })).text), { cartCount: 0, name: null })
      assert.match((await ask('/cart', { headers: { cookie } })).text, /Your cart is empty/)
      assert.equal((await ask('/account', { headers: { cookie } })).headers.location, '/sign-in?next=%2Faccount')
    })

    it('is nobody’s where the host is no store’s, and leaves the API its paths', async () => {
      const bare = await fetch(`${app().url}/`)
      assert.deepEqual([bare.status, bare.headers.get('content-type')], [404, 'application/json; charset=utf-8'])
      const first = new Set(routes.map((route) => route.path.split('/')[1]))
      for (const page of pages) assert.ok(!first.has(page.path.split('/')[1] as string), page.path)
    })
  })

  describe('says what is wrong', () => {
    it('with the right status, in the looks of the store', async () => {
      for (const path of [
        '/products/none',
        '/categories/none',
        '/collections/none',
        '/vendors/none',
        '/pages/none',
        '/orders/none',
        '/%E0%A4%A',
        '/x/y/z',
      ]) {
        const { status, text, headers } = await ask(path)
        assert.deepEqual([path, status, headers['content-type']], [path, 404, 'text/html; charset=utf-8'])
        assert.match(text, /There is nothing here/)
      }
      for (const [path, page] of [
        ['/products/', '/products'],
        ['/cart/codes', '/cart'],
        ['/cart/items/none', '/cart'],
        ['/sign-out', '/'],
      ] as const) {
        assert.equal((await ask(path)).headers.location, page, 'an address that forms go to is opened again')
      }
    })

    it('beside the fields, and keeps what was typed', async () => {
      const cookie = await filledCart()
      const form = { email: 'no address', first_name: 'Ada', city: '<London>', step: 'pay' }
      const { status, text } = await ask('/checkout', { form, headers: { cookie } })
      assert.equal(status, 400)
      assert.match(text, /aria-invalid="true"[^>]*aria-describedby="[^"]*field-email-problem"/)
      assert.match(text, /value="no address"/)
      assert.match(text, /value="Ada"/)
      assert.match(text, /value="&lt;London>"/)
      const registered = await ask('/register', { form: { email: 'a@b.example', first_name: 'Ada', password: 'short' } })
      assert.equal(registered.status, 400)
      assert.match(registered.text, /value="a@b.example"/)
      assert.doesNotMatch(registered.text, /value="short"/)
      const wrong = await ask('/sign-in', { form: { email: 'a@b.example', password: 'wrong words' } })
      assert.deepEqual([wrong.status, wrong.headers['set-cookie']], [401, undefined])
    })

    it('of a cart whose product has left the store', async () => {
      const [, vendor] = store.vendors
      const made = await ask('/cart/items', { form: { variant_id: vendor?.products[0]?.variantIds[0] as string } })
      const cookie = cookieOf(made, 'cart')?.split(';')[0] as string
      await store.admin.post(`/admin/products/${vendor?.products[0]?.id}`, { status: 'draft' })
      const { status, text } = await ask('/cart', { headers: { cookie } })
      assert.equal(status, 200)
      assert.match(text, /This is not sold any more/)
      assert.doesNotMatch(text, /Go to checkout/)
      assert.equal((await ask('/checkout', { headers: { cookie } })).headers.location, '/cart')
      await store.admin.post(`/admin/products/${vendor?.products[0]?.id}`, { status: 'published' })
    })

    it('of pieces that are not there, and of what nobody sells', async () => {
      const variant = store.vendors[0]?.products[0]?.variantIds[0] as string
      const many = await ask('/cart/items', { form: { variant_id: variant, quantity: '999' } })
      assert.equal(many.status, 409)
      assert.match(many.text, /not as many in stock/)
      const cookie = await filledCart()
      const line = /action="(\/cart\/items\/cali_\w+)"/.exec((await ask('/cart', { headers: { cookie } })).text)?.[1] as string
      const changed = await ask(line, { form: { quantity: '998' }, headers: { cookie } })
      assert.equal(changed.status, 409)
      assert.match(changed.text, /value="998"[^>]*aria-invalid="true"[\s\S]*Only \d+ of these are left/)
      const none = await ask('/cart/items', { form: { variant_id: 'variant_none' } })
      assert.ok(none.status === 400 || none.status === 404)
      assert.match(none.text, /cannot be put into the cart/)
    })
  })

  it('puts a thing into the cart once for two clicks, and again for a later one', async () => {
    const cookie = await filledCart()
    const form = { variant_id: store.vendors[1]?.products[0]?.variantIds[0] as string, quantity: '1' }
    const [one, two] = await Promise.all([
      ask('/cart/items', { form, headers: { cookie } }),
      ask('/cart/items', { form, headers: { cookie } }),
    ])
    assert.deepEqual([one.status, two.status], [303, 303])
    const later = cookieOf(one, 'cart')?.split(';')[0] as string
    assert.equal(JSON.parse((await ask('/status.json', { headers: { cookie: later } })).text).cartCount, 3)
    await ask('/cart/items', { form, headers: { cookie: later } })
    assert.equal(JSON.parse((await ask('/status.json', { headers: { cookie: later } })).text).cartCount, 4)
  })
})
