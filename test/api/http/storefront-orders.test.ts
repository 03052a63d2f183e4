import assert from 'node:assert/strict'
import { defaultTheme } from '../../../src/themes/index.js'
import { addReturnOption, type Bought, buy, orderOf, packAll, raise } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { askPage, type PageRequest, sentCookie } from '../../support/pages.js'
import { createTestStore, type TestStore } from '../../support/store.js'

const password = 'correct horse battery'

/** What a page says, without its markup. */
const said = (html: string) =>
  html
    .replace(/<[^>]+>/g, ' ')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')

describe('storefront: the page of an order', () => {
  const app = useApp()
  let store: TestStore

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    const locales = [{ locale_code: 'en', is_default: true }, { locale_code: 'de' }, { locale_code: 'ar' }]
    const { body } = await store.admin.get('/admin/stores')
    good(await store.admin.post(`/admin/stores/${body.stores[0].id}`, { supported_locales: locales }))
    const theme = { ...defaultTheme, contact: { email: 'help@shop.example' } }
    await asAdmin(app().adminUrl, `insert into app.store_theme (tenant_id, name, theme) values ($1, 'storefront', $2::jsonb)`, [
      store.tenantId,
      JSON.stringify(theme),
    ])
    app().stoa.services.gatekeeper.forget()
  })

  const ask = (path: string, request?: PageRequest) => askPage(app(), store, path, request)
  const wordsOf = async (path: string, request?: PageRequest) => said((await ask(path, request)).text)
  const variant = (vendor = 0) => store.vendors[vendor]?.products[0]?.variantIds[0] as string
  const admin = async (path: string, body: unknown = {}) => good(await store.admin.post(`/admin${path}`, body))

  async function packed(): Promise<Bought> {
    const bought = await buy(store)
    await packAll(store, bought)
    return bought
  }

  /** As if the account of the e-mail had placed the order. */
  const giveTo = (bought: Bought, email: string) =>
    asAdmin(
      app().adminUrl,
      `update app.orders set customer_id = (select id from app.customer where tenant_id = $1 and email = $3 and has_account)
       where tenant_id = $1 and id = $2`,
      [store.tenantId, bought.id, email],
    )

  it('takes what goes back to each vendor by that vendor’s own ways, and names an address where there is none', async () => {
    const bought = await packed()
    const path = `/orders/${bought.id}/return`
    assert.match(await wordsOf(path), /Returns of this order are arranged by mail\. Please write to us\. Write to us: help@shop\.example/)
    const reason = (await admin('/return-reasons', { value: 'small', label: 'Too small' })).return_reason
    const [first, second] = [await addReturnOption(store, 0), await addReturnOption(store, 1)]
    const page = (await ask(path)).text
    assert.equal(page.split('<form class="plain-form"').length, 3, 'one form for each vendor')
    const form = { option: first, [`quantity.${bought.lines[0]}`]: '2', [`reason.${bought.lines[0]}`]: reason.id }
    // Goods of the other vendor do not go back to this one.
    const answer = await ask(path, { form: { ...form, [`quantity.${bought.lines[1]}`]: '1' } })
    assert.equal(answer.headers.location, `/orders/${bought.id}?returned=true`, answer.text)
    const { returns } = good(await store.admin.get('/admin/returns', { order_id: bought.id }))
    assert.deepEqual(
      returns.map((back: { items: { item_id: string; quantity: number; reason_id: string }[] }) =>
        back.items.map((item) => [item.item_id, item.quantity, item.reason_id]),
      ),
      [[[bought.lines[0], 2, reason.id]]],
    )
    const left = (await ask(path)).text
    assert.doesNotMatch(left, new RegExp(first))
    assert.match(left, new RegExp(second))
  })

  it('shows the numbers of parcels, as links where their carrier has a page', async () => {
    const bought = await buy(store)
    const order = await packAll(store, bought)
    const path = `/orders/${bought.id}`
    assert.doesNotMatch(await wordsOf(path), /Tracking/)
    const parcelOf = (vendor: number) =>
      order.fulfillments.find(({ items }: { items: { line_item_id: string }[] }) => items[0]?.line_item_id === bought.lines[vendor])
    const ship = (vendor: number, labels: object[]) =>
      admin(`/orders/${bought.id}/fulfillments/${parcelOf(vendor).id}/shipments`, {
        items: [{ id: bought.lines[vendor], quantity: 2 }],
        labels,
      })
    await ship(0, [
      { tracking_number: 'AB 1', tracking_url: 'https://carrier.example/?n=AB1&x=1', label_url: '#' },
      { tracking_number: 'AB 2', tracking_url: '#', label_url: '#' },
    ])
    const { text } = await ask(path)
    assert.match(text, /<a href="https:\/\/carrier\.example\/\?n=AB1&amp;x=1" rel="noreferrer"><bdi>AB 1<\/bdi><\/a>/)
    assert.match(said(text), /Tracking numbers: AB 1 , AB 2/)
    assert.equal(text.split('Tracking number').length, 2, 'of the vendor that has sent something')
    await ship(1, [])
    assert.equal((await ask(path)).text.split('Tracking number').length, 2)
    await app().drain()
    const mail = app().mails.find(({ subject }) => subject.includes(`(order #${bought.order.display_id})`))
    assert.match(mail?.html ?? '', /<a href="https:\/\/carrier\.example\/\?n=AB1&amp;x=1">AB 1<\/a>, AB 2/)
    assert.match(mail?.text ?? '', new RegExp(`See your order: http\\S+/orders/${bought.id}\\n`))
  })

  it('says of a return what sending it back costs, and where to', async () => {
    const address = { address_1: '7 Kiln Lane', city: 'Boulder', postal_code: '80301', province: 'co', country_code: 'us' }
    await asAdmin(app().adminUrl, 'update app.stock_location set address = $3 where tenant_id = $1 and vendor_id = $2', [
      store.tenantId,
      store.vendors[0]?.id,
      JSON.stringify(address),
    ])
    const bought = await packed()
    const path = `/orders/${bought.id}`
    const option = await addReturnOption(store)
    await ask(`${path}/return`, { form: { option, [`quantity.${bought.lines[0]}`]: '1' } })
    const page = await wordsOf(path)
    assert.match(page, /Quantity: 2 \$20\.00/)
    assert.match(page, /Send back: \$3\.00, which is kept from what you get back\./)
    assert.match(page, /Send it to: Vendor 1 7 Kiln Lane Boulder, CO 80301 United States/)
    const [{ id }] = good(await store.admin.get('/admin/returns', { order_id: bought.id })).returns
    await admin(`/returns/${id}/receive`)
    await admin(`/returns/${id}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] })
    await admin(`/returns/${id}/receive/confirm`)
    assert.doesNotMatch(await wordsOf(path), /Kiln Lane/, 'nothing is to be sent any more')
    assert.match(await wordsOf(path), /Quantity: 1 Sent back: 1 \$10\.00/, 'pieces and price are of what stayed')
  })

  it('shows how far a return is, and what was given back for it', async () => {
    const bought = await packed()
    const path = `/orders/${bought.id}`
    const option = await addReturnOption(store)
    assert.doesNotMatch(await wordsOf(path), /Returns/)
    const wrong = await ask(`${path}/return`, { form: { option: 'so_none', [`quantity.${bought.lines[0]}`]: '1' } })
    assert.equal(wrong.status, 400)
    await ask(`${path}/return`, { form: { option, [`quantity.${bought.lines[0]}`]: '2' } })
    assert.match(await wordsOf(path), /Return \d+ 2 × Thing 1\.1 Asked for on/)
    const [{ id }] = good(await store.admin.get('/admin/returns', { order_id: bought.id })).returns
    const receive = async () => {
      await admin(`/returns/${id}/receive`)
      await admin(`/returns/${id}/receive-items`, { items: [{ id: bought.lines[0], quantity: 1 }] })
      await admin(`/returns/${id}/receive/confirm`)
    }
    await receive()
    assert.match(await wordsOf(path), /2 × Thing 1\.1 \( ?1 of 2 arrived ?\) A part of it has arrived\./)
    await receive()
    assert.match(await wordsOf(path), /\( ?2 of 2 arrived ?\) Arrived on/)
    assert.doesNotMatch(await wordsOf(path), /Refunded/)
    await admin(`/payments/${bought.paymentId}/refund`, { amount: 17, return_id: id })
    await app().drain()
    const paid = (await orderOf(store, bought.id)).summary.paid_total.toFixed(2)
    assert.match(await wordsOf(path), /\$17\.00 were given back for it\./)
    assert.match(await wordsOf(path), new RegExp(`Paid \\$${paid} Refunded -\\$17\\.00`))
    assert.match(await wordsOf(`/de${path}`), /2 von 2 angekommen/)
  })

  it('tells what a cancellation gave back, and offers no review of what was canceled', async () => {
    const email = 'canceled@example.com'
    const answer = await ask('/register', { form: { email, password, first_name: 'Ada', last_name: 'Byron' } })
    const session = sentCookie(answer, 'connect.sid')
    const bought = await buy(store)
    await giveTo(bought, email)
    const own = { headers: { cookie: session } }
    const path = `/orders/${bought.id}`
    assert.match(await wordsOf(path, own), /Review Thing 1\.1/)
    const { paid_total: paid } = (await orderOf(store, bought.id)).summary
    await admin(`/orders/${bought.id}/cancel`)
    await app().drain()
    const page = await wordsOf(path, own)
    assert.match(page, new RegExp(`Refunded -\\$${paid.toFixed(2)}`))
    assert.match(page, /goes back the way it came/)
    assert.doesNotMatch(page, /Review Thing/)
  })

  it('shows an order of an account to its customer alone, and a guest’s to whoever has its address', async () => {
    const bought = await buy(store)
    const path = `/orders/${bought.id}`
    assert.equal((await ask(path)).status, 200)
    const register = (email: string) => ask('/register', { form: { email, password, first_name: 'Ada', last_name: 'Byron' } })
    const [own, other] = [await register('owner-of-order@example.com'), await register('other@example.com')]
    await giveTo(bought, 'owner-of-order@example.com')
    for (const page of [path, `${path}/return`, `${path}/pay`]) {
      const { status, headers } = await ask(page)
      assert.deepEqual([status, headers.location], [303, `/sign-in?next=${encodeURIComponent(page)}`])
    }
    assert.equal((await ask(path, { headers: { cookie: sentCookie(own, 'connect.sid') } })).status, 200)
    assert.equal((await ask(path, { headers: { cookie: sentCookie(other, 'connect.sid') } })).status, 404)
    good(await store.shopper.get(`/store/orders/${bought.id}`))
  })

  it('calls goods what the page’s language calls them: in the cart, at the checkout and in the order', async () => {
    const { products } = good(await store.shopper.get('/store/products', { handle: 'thing-1-1', fields: 'id,*variants,*variants.options' }))
    const chosen = products[0].variants.find(({ id }: { id: string }) => id === variant())
    const words = chosen.options.map(({ id }: { id: string }) => ({
      reference: 'product_option_value',
      reference_id: id,
      locale_code: 'de',
      translations: { value: 'klein' },
    }))
    const title = { reference: 'product', reference_id: products[0].id, locale_code: 'de', translations: { title: 'Ding Eins' } }
    good(await store.admin.post('/admin/translations/batch', { create: [title, ...words] }))
    const cookie = sentCookie(await ask('/de/cart/items', { form: { variant_id: variant() } }), 'cart')
    const own = { headers: { cookie } }
    assert.match(await wordsOf('/de/cart', own), /Ding Eins klein/)
    assert.match(await wordsOf('/de/checkout', own), /1 × Ding Eins klein/)
    assert.match(await wordsOf('/cart', own), /Thing 1\.1 S/)
    assert.match((await ask('/ar/cart', own)).text, /<bdi>S<\/bdi>/, 'letters keep their own direction')
    const bought = await buy(store)
    assert.match(await wordsOf(`/de/orders/${bought.id}`), /Ding Eins klein/)
    assert.match(await wordsOf(`/orders/${bought.id}`), /Thing 1\.1/)
    good(await store.admin.post(`/admin/products/${products[0].id}`, { title: 'Renamed since' }))
    assert.match(await wordsOf(`/ar/orders/${bought.id}`), /Thing 1\.1/, 'what has no words in the language is called what it was sold as')
    assert.doesNotMatch(await wordsOf(`/ar/orders/${bought.id}`), /Renamed/)
    good(await store.admin.post(`/admin/products/${products[0].id}`, { title: 'Thing 1.1' }))
  })

  it('counts what staff added to the same thing as more of it', async () => {
    const bought = await buy(store)
    await raise(store, bought.id, variant())
    const page = (await ask(`/orders/${bought.id}`)).text
    assert.equal(page.split('<bdi>Thing 1.1</bdi>').length, 2)
    assert.match(said(page), /Thing 1\.1 S Quantity: 3 \$30\.00/)
  })

  it('says that an e-mail is confirmed to nobody but who has confirmed it', async () => {
    const typed = await wordsOf('/verify-email?done=true')
    assert.doesNotMatch(typed, /your e-mail is confirmed/)
    assert.doesNotMatch(typed, /over or was used already/, 'nothing is over')
    assert.match(typed, /Your profile shows whether/)
    assert.match(await wordsOf('/verify-email'), /over or was used already/)
  })
})
