import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { askPage, type PageAnswer, type PageRequest, sentCookie } from '../../support/pages.js'
import { promote } from '../../support/promotions.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const home = {
  first_name: 'Ada',
  last_name: 'Byron',
  address_1: '1 Row',
  city: 'Town',
  postal_code: '10001',
  country_code: 'us',
  province: 'ny',
}
const work = { ...home, address_1: '2 Engine Street', city: 'Mill' }
const bill = Object.fromEntries(
  Object.entries({ ...home, address_1: '3 Ledger Lane', country_code: 'jp' }).map(([name, value]) => [`billing.${name}`, value]),
)
const byInvoice = { payment: 'pp_system_default', billing_same: 'true' }

describe('storefront: the checkout', () => {
  const app = useApp()
  let store: TestStore
  let people = 0

  before(async () => {
    // A thing of 20.00, and 5.00 to send it.
    store = await createTestStore(app(), { price_minor: 2_000n })
  })

  const ask = (path: string, request?: PageRequest) => askPage(app(), store, path, request)
  const sumsOf = ({ text }: PageAnswer) =>
    [...text.matchAll(/<dt>([\w ]+)<\/dt><dd[^>]*>([^<]+)</g)].map((found) => found.slice(1)) as [string, string][]
  const fields = (page: PageAnswer) =>
    Object.fromEntries(
      [...page.text.matchAll(/<input ([^>]+)>/g)].flatMap(([, attributes = '']) => {
        const of = (name: string) => new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1]
        const isChosen = of('type') !== 'radio' && of('type') !== 'checkbox' ? true : / checked/.test(` ${attributes}`)
        return isChosen && of('name') !== undefined ? [[of('name') as string, of('value') ?? '']] : []
      }),
    ) as Record<string, string>

  async function filledCart(): Promise<string> {
    const variant = store.vendors[0]?.products[0]?.variantIds[0] as string
    return sentCookie(await ask('/cart/items', { form: { variant_id: variant } }), 'cart')
  }

  async function customer() {
    const email = `payer-${people++}@example.com`
    const form = { email, password: 'correct horse battery', first_name: 'Ada', last_name: 'Byron' }
    const cart = await filledCart()
    const answer = await ask('/register', { form, headers: { cookie: cart } })
    const headers = { cookie: `${cart}; ${sentCookie(answer, 'connect.sid')}` }
    const [found] = good(await store.admin.get('/admin/customers', { q: email })).customers
    return { email, headers, id: found.id as string }
  }

  it('shows in the cart what there will be to pay with the way of delivery that is ticked', async () => {
    const headers = { cookie: await filledCart() }
    const sums = async () => sumsOf(await ask('/cart', { headers }))
    assert.deepEqual(await sums(), [
      ['Goods', '$20.00'],
      ['Delivery', '$5.00'],
      ['Sales tax', 'at checkout'],
      ['Total', '$25.00'],
    ])
    const before = await sums()
    await ask('/checkout', { headers })
    assert.deepEqual(await sums(), before, 'and the same once it is chosen')
  })

  it('offers no way of delivery whose price is not known, and says what one costs whose price is calculated', async () => {
    const mixed = await createTestStore(app(), { price_minor: 2_000n })
    const { shipping_options: all } = good(await mixed.admin.get('/admin/shipping-options'))
    const own = all.find((option: { vendor_id: string }) => option.vendor_id === mixed.vendors[0]?.id)
    const { service_zone_id, shipping_profile_id, provider_id } = own
    const like = { service_zone_id, shipping_profile_id, provider_id, type: { label: 'Post', description: 'By post', code: 'post' } }
    const offer = async (more: object) => good(await mixed.admin.post('/admin/shipping-options', { ...like, price_type: 'flat', ...more }))
    await offer({ name: 'In euros', prices: [{ currency_code: 'eur', amount: 1 }] })
    await offer({ name: 'By weight', price_type: 'calculated', data: { tariff: { usd: { base: 2.5 } } } })
    const askMixed = (path: string, request?: PageRequest) => askPage(app(), mixed, path, request)
    const variant_id = mixed.vendors[0]?.products[0]?.variantIds[0] as string
    const headers = { cookie: sentCookie(await askMixed('/cart/items', { form: { variant_id } }), 'cart') }
    for (const path of ['/cart', '/checkout']) {
      const page = await askMixed(path, { headers })
      assert.equal(page.status, 200, page.text)
      assert.deepEqual(sumsOf(page)[1], ['Delivery', '$2.50'], 'the cheapest')
      assert.doesNotMatch(page.text, /In euros/)
    }
  })

  it('shows sums that add up where tax comes on top and nobody has said yet where things go', async () => {
    const taxed = await createTestStore(app(), { price_minor: 2_000n, tax_ppm: 100_000 })
    const askTaxed = (path: string, request?: PageRequest) => askPage(app(), taxed, path, request)
    const variant_id = taxed.vendors[0]?.products[0]?.variantIds[0] as string
    const headers = { cookie: sentCookie(await askTaxed('/cart/items', { form: { variant_id } }), 'cart') }
    assert.deepEqual(sumsOf(await askTaxed('/cart', { headers })), [
      ['Goods', '$20.00'],
      ['Delivery', '$5.00'],
      ['Sales tax', 'at checkout'],
      ['Total', '$25.00'],
    ])
    const counter = sumsOf(await askTaxed('/checkout', { headers }))
    assert.deepEqual(counter, [
      ['Goods', '$20.00'],
      ['Delivery', '$5.00'],
      ['Sales tax', '$2.50'],
      ['Total', '$27.50'],
    ])
    assert.deepEqual(sumsOf(await askTaxed('/cart', { headers })), counter, 'and the cart then says the same')
  })

  const totalOf = (page: PageAnswer) => fields(page).total as string
  async function orderOf(page: PageAnswer) {
    assert.match(page.headers.location ?? '', /^\/orders\/order_/, page.text)
    const id = (page.headers.location as string).split(/[/?]/)[2] as string
    return good(await store.admin.get(`/admin/orders/${id}`, { fields: '+credit_lines.*,billing_address.*,shipping_address.*' })).order
  }

  it('proposes kept addresses, takes the one that is chosen, keeps a new one once, and bills where it is told', async () => {
    const { email, headers } = await customer()
    await ask('/account/addresses', { form: home, headers })
    await ask('/account/addresses', { form: work, headers })
    const proposed = await ask('/checkout', { headers })
    assert.match(proposed.text, /value="1 Row"/)
    const [, homeId, workId] = /name="kept"[\s\S]*?value="(\w+)"[\s\S]*?value="(\w+)"/.exec(proposed.text) as unknown as string[]
    assert.equal(fields(proposed).kept_shown, homeId)
    const typed = { ...home, ...byInvoice, email, kept: workId as string, kept_shown: homeId as string, total: totalOf(proposed) }
    const unseen = await ask('/checkout', { form: { ...typed, step: 'pay' }, headers })
    assert.equal(unseen.status, 409, 'nothing goes to an address that was not looked at')
    assert.match(unseen.text, /value="2 Engine Street"/)
    const chosen = await ask('/checkout', { form: { ...typed, step: 'renew' }, headers })
    assert.equal(chosen.headers.location, '/checkout?payment=pp_system_default')
    assert.match((await ask('/checkout', { headers })).text, /value="2 Engine Street"/)

    const other = { ...home, address_1: '9 New Way', email, kept: '', kept_shown: '', keep: 'true', payment: 'pp_system_default' }
    const noBill = await ask('/checkout', { form: { ...other, step: 'pay', total: totalOf(proposed) }, headers })
    assert.equal(noBill.status, 400)
    assert.match(noBill.text, /href="#field-billing-address_1"/)
    const paid = await ask('/checkout', { form: { ...other, ...bill, step: 'pay', total: totalOf(proposed) }, headers })
    const order = await orderOf(paid)
    assert.deepEqual(
      [order.shipping_address.address_1, order.billing_address.address_1, order.billing_address.country_code],
      ['9 New Way', '3 Ledger Lane', 'jp'],
    )
    for (const path of ['/checkout', '/cart']) {
      assert.equal((await ask(path, { headers })).headers.location, paid.headers.location, 'an answer that was lost is given again')
    }
    const placed = await ask(paid.headers.location as string, { headers })
    assert.equal(placed.status, 200)
    assert.ok(
      placed.headers['set-cookie']?.some((set) => set.startsWith('cart=;')),
      'and the cart goes once its order is shown',
    )
    const session = headers.cookie.split('; ')[1] as string
    const later = await ask('/checkout', {
      form: { ...other, step: 'pay', cart: fields(proposed).cart as string },
      headers: { cookie: session },
    })
    assert.equal(later.headers.location, paid.headers.location, 'a second window finds the order that the first has placed')
    const gone = await ask('/checkout', { form: { ...other, step: 'pay', cart: `cart_${'0'.repeat(26)}` }, headers: { cookie: session } })
    assert.equal(gone.headers.location, '/cart', 'and a cart that is not there is none')
    const kept = (await ask('/account/addresses', { headers })).text
    assert.equal(kept.split('<address>').length - 1, 3, kept)
  })

  it('takes codes and store credit, says what is left, and asks for no payment where nothing is', async () => {
    const { id, headers, email } = await customer()
    const promotion = await promote(store, { code: `TENTH${'-OF-EVERYTHING'.repeat(4)}` })
    const card = good(await store.admin.post('/admin/gift-cards', { value: 8, currency_code: 'usd' })).gift_card
    const account = good(
      await store.admin.post('/admin/store-credit-accounts', { customer_id: id, currency_code: 'usd' }),
    ).store_credit_account
    good(await store.admin.post(`/admin/store-credit-accounts/${account.id}/credit`, { amount: 30 }))
    const typed = { ...home, ...byInvoice, email, kept: '', kept_shown: '' }
    const send = (form: Record<string, string>) => ask('/checkout', { form: { ...typed, ...form }, headers })
    const unknown = await send({ step: 'code', code: 'NO-SUCH-CODE' })
    assert.equal(unknown.status, 400)
    assert.match(unknown.text, /value="NO-SUCH-CODE"[\s\S]*not known/)
    assert.match(unknown.text, /value="1 Row"/, 'what was typed is there')
    assert.equal(
      (await send({ step: 'renew', code: promotion.code.toLowerCase() })).status,
      303,
      'a code counts whatever button is pressed',
    )
    assert.equal((await send({ step: 'code', code: card.code })).status, 303)
    const page = await ask('/checkout', { headers })
    assert.match(page.text, /Paid with gift cards<\/dt><dd>-\$8\.00[\s\S]*Left to pay<\/dt><dd data-total[^>]*>\$15\.00/)
    assert.match(page.text, /Pay with my store credit \(\$30\.00\)/)
    assert.doesNotMatch(page.text, /funder|funded/i)
    await send({ step: 'use_credit' })
    const covered = await ask('/checkout', { headers })
    assert.match(covered.text, /data-amount="0"[\s\S]*Nothing is left to pay/)
    await send({ step: 'leave_credit' })
    await send({ drop: card.code })
    assert.equal(totalOf(await ask('/checkout', { headers })), '23')
    await send({ step: 'use_credit' })
    const { payment: _none, ...unpaid } = typed
    const order = await orderOf(await ask('/checkout', { form: { ...unpaid, step: 'pay', total: '0' }, headers }))
    assert.deepEqual([order.total, order.credit_line_total], [0, 23])
    assert.equal(good(await store.admin.get(`/admin/gift-cards/${card.id}`)).gift_card.balance, 8, 'what was taken back is whole')
  })
})
