import assert from 'node:assert/strict'
import { totpCode, totpStep } from '../../../src/access/totp.js'
import { addReturnOption, buy, orderOf, packAll, raise } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { askPage, cookieOf, hostOf, type PageRequest, sentCookie } from '../../support/pages.js'
import { codeIn } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const password = 'correct horse battery'

describe('storefront: accounts and what follows an order', () => {
  const app = useApp()
  let store: TestStore
  let people = 0

  before(async () => {
    store = await createTestStore(app())
  })

  const ask = (path: string, request?: PageRequest) => askPage(app(), store, path, request)
  const variant = () => store.vendors[0]?.products[0]?.variantIds[0] as string

  async function register(): Promise<{ email: string; cookie: string }> {
    const email = `shopper-${people++}@example.com`
    const answer = await ask('/register', { form: { email, password, first_name: 'Ada', last_name: 'Byron' } })
    assert.deepEqual([answer.status, answer.headers.location], [303, '/account'], answer.text)
    return { email, cookie: sentCookie(answer, 'connect.sid') }
  }

  it('registers once for two clicks, signs out and in, and takes the cart along', async () => {
    const email = 'twice@example.com'
    const form = { email, password, first_name: 'Ada', last_name: 'Byron' }
    const both = await Promise.all([ask('/register', { form }), ask('/register', { form })])
    assert.deepEqual(
      both.map(({ status }) => status),
      [303, 303],
    )
    const cookie = sentCookie(both[1] as (typeof both)[0], 'connect.sid')
    assert.match((await ask('/account', { headers: { cookie } })).text, /Hello, Ada/)
    const out = await ask('/sign-out', { form: {}, headers: { cookie } })
    assert.deepEqual([out.status, cookieOf(out, 'connect.sid')], [303, undefined])
    assert.ok(
      out.headers['set-cookie']?.some((set) => set.startsWith('cart=;')),
      'the next person at this browser finds no address',
    )
    assert.equal((await ask('/account', { headers: { cookie } })).status, 303, 'the session has ended')
    const cart = sentCookie(await ask('/cart/items', { form: { variant_id: variant() } }), 'cart')
    const back = await ask('/sign-in', { form: { email, password, next: '/checkout' }, headers: { cookie: cart } })
    assert.equal(back.headers.location, '/checkout')
    const counter = await ask('/checkout', { headers: { cookie: `${cart}; ${sentCookie(back, 'connect.sid')}` } })
    assert.match(counter.text, new RegExp(`name="email"[^>]*value="${email}"|value="${email}"[^>]*name="email"`))
    assert.equal((await ask('/register', { form: { ...form, password: 'another good one' } })).status, 409, 'a taken e-mail says so')
  })

  it('leads nowhere but within the store', async () => {
    const { email } = await register()
    for (const next of ['//evil.example', 'http://evil.example', '/\\evil.example']) {
      assert.equal((await ask('/sign-in', { form: { email, password, next } })).headers.location, '/account')
      assert.equal((await ask('/preferences', { form: { path: next } })).headers.location, '/')
    }
    for (const path of ['//evil.example/', '//evil.example/..//']) {
      const { status, headers } = await ask(path)
      assert.deepEqual([path, status, headers.location], [path, 404, undefined])
    }
  })

  it('leads back to the page whose form was sent when the session is over', async () => {
    const referer = `http://${hostOf(app(), store)}/products/thing-1-1`
    const kept = await ask('/account/wish-list', { form: { variant_id: variant() }, headers: { referer } })
    assert.equal(kept.headers.location, '/sign-in?next=%2Fproducts%2Fthing-1-1')
    const foreign = await ask('/account/wish-list', { form: { variant_id: variant() }, headers: { referer: 'http://evil.example/x' } })
    assert.equal(foreign.headers.location, '/sign-in')
  })

  it('tells whether the e-mail is confirmed, and mails a link that confirms it in any browser', async () => {
    const { email, cookie } = await register()
    const headers = { cookie }
    assert.match((await ask('/account/profile', { headers })).text, /not confirmed yet/)
    assert.equal((await ask('/account/profile/verify', { form: {}, headers })).headers.location, '/account/profile?asked=true')
    await app().drain()
    const form = { code: codeIn(app().mails, email) }
    assert.match((await ask(`/verify-email?code=${form.code}`)).text, /Yes, this is my e-mail/)
    const confirmed = await ask('/verify-email', { form })
    assert.equal(confirmed.headers.location, '/verify-email?done=true')
    const shown = await ask('/verify-email?done=true', { headers: { cookie: sentCookie(confirmed, 'email_confirmed') } })
    assert.match(shown.text, /your e-mail is confirmed/)
    assert.equal((await ask('/verify-email', { form })).status, 400)
    const profile = (await ask('/account/profile', { headers })).text
    assert.match(profile, /\(confirmed\)/)
    assert.doesNotMatch(profile, /Send me a link/)
  })

  it('sets a new password by the mailed link, once', async () => {
    const { email } = await register()
    const asked = await ask('/reset-password', { form: { email } })
    assert.equal(asked.headers.location, '/reset-password?sent=true')
    await app().drain()
    const token = codeIn(app().mails, email)
    assert.match((await ask(`/reset-password?token=${token}&email=${email}`)).text, /autocomplete="new-password"/)
    const form = { token, password: 'a new long password' }
    assert.equal((await ask('/reset-password', { form })).headers.location, '/sign-in')
    assert.equal((await ask('/reset-password', { form })).status, 400)
    assert.equal((await ask('/sign-in', { form: { email, password } })).status, 401)
    assert.equal((await ask('/sign-in', { form: { email, password: form.password } })).status, 303)
    const unknown = await ask('/reset-password', { form: { email: 'nobody@example.com' } })
    assert.equal(unknown.headers.location, asked.headers.location, 'nothing tells whether there is an account')
  })

  it('asks for the second step once it is on, takes a code of the app or a recovery code, and is switched off by one', async () => {
    const { email, cookie } = await register()
    const own = { headers: { cookie } }
    const begun = await ask('/account/security/begin', { form: {}, ...own })
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]+)"`).exec(begun.text)?.[1]?.replaceAll('&amp;', '&') as string
    const [id, address] = [hidden('id'), hidden('address')]
    const secret = new URL(address).searchParams.get('secret') as string
    assert.match(begun.text, /<svg class="qr"/)
    assert.doesNotMatch((await ask('/account/security?done=on', own)).text, /The next sign-in asks/, 'no address says that it is on')
    assert.ok(begun.text.includes(secret.slice(0, 4)) && begun.headers['cache-control'] === 'private, no-store')
    const step = totpStep(new Date())
    const wrong = await ask('/account/security/confirm', { form: { id, address, code: '000000' }, ...own })
    assert.equal(wrong.status, 400)
    assert.match(wrong.text, /<svg class="qr"/, 'the picture is still there to be scanned')
    const form = { id, address, code: totpCode(secret, step - 1) }
    const confirmed = await ask('/account/security/confirm', { form, ...own })
    const codes = [...confirmed.text.matchAll(/<code dir="ltr">([0-9a-f]{10}-[0-9a-f]{10})</g)].map((match) => match[1] as string)
    assert.equal(codes.length, 10, confirmed.text)
    const notices = async () => {
      await app().drain()
      return app()
        .mails.filter(({ to, subject }) => to === email && subject.includes('second step'))
        .map(({ subject }) => subject.replace(store.slug, 'here'))
    }
    assert.deepEqual(await notices(), ['The second step of your sign-in at Store here is on'])
    const again = await ask('/account/security/confirm', { form, ...own })
    assert.equal(again.headers.location, '/account/security?done=on', 'a second click finds it on')

    const first = await ask('/sign-in', { form: { email, password, next: '/checkout' } })
    assert.deepEqual([first.headers.location, cookieOf(first, 'connect.sid')], ['/sign-in/second-step?next=%2Fcheckout', undefined])
    assert.match(cookieOf(first, 'half_sign_in') as string, /; HttpOnly; SameSite=Lax/)
    const half = { headers: { cookie: sentCookie(first, 'half_sign_in') } }
    assert.equal((await ask('/account', half)).status, 303, 'the half opens nothing')
    const mistyped = await ask('/sign-in/second-step', { form: { code: '123', next: '/checkout' }, ...half })
    assert.deepEqual([mistyped.status, cookieOf(mistyped, 'connect.sid')], [400, undefined])
    const signedIn = await ask('/sign-in/second-step', { form: { code: totpCode(secret, step), next: '/checkout' }, ...half })
    assert.equal(signedIn.headers.location, '/checkout')
    const whole = sentCookie(signedIn, 'connect.sid')
    assert.match((await ask('/account', { headers: { cookie: whole } })).text, /Hello, Ada/)
    assert.match(
      (await ask('/sign-in/second-step', { form: { code: codes[0] as string }, ...half })).headers.location as string,
      /over=true/,
    )
    const renewed = { headers: { cookie: sentCookie(await ask('/sign-in', { form: { email, password } }), 'half_sign_in') } }
    const recovered = await ask('/sign-in/second-step', { form: { code: (codes[1] as string).toUpperCase() }, ...renewed })
    assert.equal(recovered.headers.location, '/account')

    assert.equal((await ask('/account/security/end', { form: { code: '' }, ...own })).status, 400, 'a session without a code gives one')
    const ended = await ask('/account/security/end', { form: { code: codes[2] as string }, ...own })
    assert.equal(ended.headers.location, '/account/security?done=off')
    assert.equal((await notices()).at(-1), 'A second step of your sign-in at Store here was removed')
    assert.notEqual(cookieOf(await ask('/sign-in', { form: { email, password } }), 'connect.sid'), undefined)
  })

  it('keeps addresses, the profile and things for later, each once', async () => {
    const { cookie } = await register()
    const headers = { cookie }
    const address = {
      first_name: 'Ada',
      last_name: 'Byron',
      address_1: '1 Row',
      city: 'Town',
      postal_code: '10001',
      country_code: 'us',
      province: 'New York',
    }
    for (let click = 0; click < 2; click += 1) assert.equal((await ask('/account/addresses', { form: address, headers })).status, 303)
    const kept = (await ask('/account/addresses', { headers })).text
    assert.equal(kept.split('<address>').length, 2)
    assert.match(kept, /<span>Town, NY 10001<\/span>/, 'by the code that taxes know')
    assert.equal((await ask('/account/addresses', { form: { ...address, province: 'Nowhere' }, headers })).status, 400)
    const wrong = await ask('/account/addresses', { form: { ...address, city: '', address_1: 'Typed Lane' }, headers })
    assert.equal(wrong.status, 400)
    assert.match(wrong.text, /Type the city\.[\s\S]*value="Typed Lane"/)
    const id = /name="id" value="(cuaddr_\w+)"/.exec(kept)?.[1] as string
    await ask('/account/addresses/remove', { form: { id }, headers })
    assert.doesNotMatch((await ask('/account/addresses', { headers })).text, /<address>/)
    await ask('/account/profile', { form: { first_name: 'Augusta', last_name: 'King' }, headers })
    assert.match((await ask('/account', { headers })).text, /Hello, Augusta/)
    for (let click = 0; click < 2; click += 1)
      assert.equal((await ask('/account/wish-list', { form: { variant_id: variant() }, headers })).status, 303)
    await ask('/account/wish-list/share', { form: {}, headers })
    const list = (await ask('/account/wish-list', { headers })).text
    assert.equal(list.split('class="line"').length, 2)
    const shared = /href="(\/wish-lists\/[\w-]+)"/.exec(list)?.[1] as string
    assert.match((await ask(shared)).text, /Thing 1\.1/)
    await ask('/account/wish-list/share', { form: { end: 'true' }, headers })
    assert.equal((await ask(shared)).status, 404)
  })

  it('shows how far each parcel is, and takes a return once for two clicks', async () => {
    const bought = await buy(store)
    const order = `/orders/${bought.id}`
    assert.doesNotMatch((await ask(order)).text, /Send something back/)
    assert.match((await ask(`${order}/return`)).text, /Nothing of this order can be sent back/)
    await packAll(store, bought)
    assert.match((await ask(order)).text, /aria-current="step"[^>]*>Packed/)
    assert.match((await ask(`${order}/return`)).text, /Returns of this order are arranged by mail/)
    const option = await addReturnOption(store)
    const page = (await ask(`${order}/return`)).text
    assert.match(page, new RegExp(`name="option" value="${option}"`))
    const once = /name="once" value="([^"]+)"/.exec(page)?.[1] as string
    const form = { once, option, [`quantity.${bought.lines[0]}`]: '1', note: 'too small' }
    assert.equal((await ask(`${order}/return`, { form: { ...form, [`quantity.${bought.lines[0]}`]: '0' } })).status, 400)
    for (let click = 0; click < 2; click += 1) {
      assert.equal((await ask(`${order}/return`, { form })).headers.location, `${order}?returned=true`)
    }
    const { body } = await store.shopper.get(`/store/orders/${bought.id}`)
    assert.equal(body.order.items[0].detail.return_requested_quantity, 1)
  })

  it('says what of an order is still to be paid, and takes how, without a script', async () => {
    const bought = await buy(store)
    const order = `/orders/${bought.id}`
    assert.doesNotMatch((await ask(order)).text, /Pay now/)
    assert.equal((await ask(`${order}/pay`)).headers.location, order, 'nothing is to be paid')
    await raise(store, bought.id, variant())
    assert.match((await ask(order)).text, new RegExp(`Still to be paid: \\$10\\.00.*href="${order}/pay"`))
    assert.match((await ask(`${order}/pay`)).text, /Pay \$10\.00/)
    const form = { payment: 'pp_system_default', total: '10' }
    assert.equal((await ask(`${order}/pay`, { form: { ...form, total: '9' } })).status, 409)
    assert.equal((await ask(`${order}/pay`, { form: { ...form, payment: 'pp_stripe_stripe' } })).status, 400)
    assert.equal((await ask(`${order}/pay`, { form })).headers.location, `${order}?payment=noted`)
    assert.match((await ask(`${order}?payment=noted`)).text, /We have noted how you pay\./)
    assert.match((await ask(`${order}?payment=paid`)).text, /Pay now/, 'what is open is shown after another payment, too')
    const open = (await orderOf(store, bought.id)).payment_collections.find(({ status }: { status: string }) => status === 'not_paid')
    assert.equal(open.payment_sessions[0].provider_id, 'pp_system_default', 'staff see how')
    await store.admin.post(`/admin/payment-collections/${open.id}/mark-as-paid`, { order_id: bought.id })
    assert.doesNotMatch((await ask(order)).text, /Pay now/)
  })

  it('takes a review of who has bought the thing, and tells others why not', async () => {
    const { cookie } = await register()
    const path = '/products/thing-1-1/review'
    const nothing = await ask(path, { form: { content: 'Fine words' }, headers: { cookie } })
    assert.equal(nothing.status, 400)
    assert.match(nothing.text, /Choose how many stars[\s\S]*Fine words/)
    const stranger = await ask(path, { form: { rating: '5' }, headers: { cookie } })
    assert.ok(stranger.status >= 400 && stranger.status < 500)
    assert.match(stranger.text, /by who has bought this/)
  })

  it('finds and suggests', async () => {
    assert.match((await ask('/search?q=thing')).text, /Results for “thing”[\s\S]*Thing 1\.1/)
    const suggested = JSON.parse((await ask('/suggest?q=thin')).text)
    assert.deepEqual(suggested[0], { title: 'Thing 1.1', vendor: 'Vendor 1', to: '/products/thing-1-1' })
  })
})
