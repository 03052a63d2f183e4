import assert from 'node:assert/strict'
import type { Mail } from '../../../src/notifications/index.js'
import { buy, raise } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { askPage, sentCookie } from '../../support/pages.js'
import { fillCart } from '../../support/purchase.js'
import { addRegion } from '../../support/region.js'
import { signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('links in mails', () => {
  const app = useApp()
  let store: TestStore
  let europe: string
  let settings: (patch: object) => Promise<void>

  before(async () => {
    store = await createTestStore(app())
    europe = await addRegion(app(), store, { country: 'de', currency: 'eur' })
    const { stores } = good(await store.admin.get('/admin/stores'))
    settings = async (patch) => void good(await store.admin.post(`/admin/stores/${stores[0].id}`, patch))
    await settings({ supported_locales: [{ locale_code: 'en', is_default: true }, { locale_code: 'de' }] })
    app().stoa.services.gatekeeper.forget()
  })
  afterEach(() => settings({ storefront_url: null, storefront_kind: null }))

  const own = () => `http://${store.slug}.localhost:${new URL(app().url).port}`
  const newest = async (to: string): Promise<Mail> => {
    await app().drain()
    const mail = app()
      .mails.filter((one) => one.to === to)
      .at(-1)
    assert.ok(mail !== undefined, `no mail to ${to}`)
    return mail
  }
  /** An order from abroad, in German. */
  async function buyAbroad(email: string): Promise<string> {
    const variantIds = [store.vendors[0]?.products[0]?.variantIds[0] as string]
    const cart = await fillCart(store.shopper, { regionId: europe, variantIds, country: 'de', email })
    good(await store.shopper.post(`/store/carts/${cart}`, { locale: 'de' }))
    return good(await store.shopper.post(`/store/carts/${cart}/complete`)).order.id
  }

  it('lead to the region and the language that the order was placed in, at a host of the store’s own as well', async () => {
    const order = await buyAbroad('abroad@example.com')
    assert.ok((await newest('abroad@example.com')).text.includes(`${own()}/in-region-de/de/orders/${order}\n`))
    assert.equal((await askPage(app(), store, `/in-region-de/de/orders/${order}`)).status, 200)
    await settings({ storefront_url: `${own()}/` })
    const again = await buyAbroad('abroad@example.com')
    assert.ok((await newest('abroad@example.com')).text.includes(`: ${own()}/in-region-de/de/orders/${again}\n`))
  })

  it('lead to the pages that Medusa’s storefront has where the store has such a one, and to none that it has not', async () => {
    await settings({ storefront_url: 'https://shop.example/' })
    const order = await buyAbroad('medusa@example.com')
    const { text } = await newest('medusa@example.com')
    assert.ok(text.includes(`: https://shop.example/de/order/${order}/confirmed\n`), text)
    const bought = await buy(store)
    await raise(store, bought.id, store.vendors[0]?.products[0]?.variantIds[0] as string)
    const edited = await newest('ada@example.com')
    assert.match(edited.text, /Still to be paid: \$/)
    assert.ok(edited.text.includes(`https://shop.example/us/order/${bought.id}/confirmed`))
    assert.doesNotMatch(edited.text, /\/pay\b/)
    await settings({ storefront_kind: 'stoa' })
    const other = await buyAbroad('elsewhere@example.com')
    assert.ok((await newest('elsewhere@example.com')).text.includes(`https://shop.example/in-region-de/de/orders/${other}\n`))
  })

  it('and the words around them are those of the page that a mail was asked from', async () => {
    const { email } = await signUp(app(), store, 'asks@example.com')
    await askPage(app(), store, '/in-region-de/de/reset-password', { form: { email } })
    const reset = await newest(email)
    assert.match(reset.subject, /^Neues Passwort|Passwort/)
    assert.match(reset.html, /<html lang="de"/)
    assert.ok(reset.text.includes(`${own()}/in-region-de/de/reset-password?token=`), reset.text)
    const signedIn = await askPage(app(), store, '/sign-in', { form: { email, password: 'correct horse battery' } })
    const headers = { cookie: sentCookie(signedIn, 'connect.sid') }
    await askPage(app(), store, '/de/account/profile/verify', { form: {}, headers })
    const verification = await newest(email)
    assert.match(verification.html, /<html lang="de"/)
    assert.ok(verification.text.includes(`${own()}/de/verify-email?code=`), verification.text)
    await store.shopper.post('/auth/customer/emailpass/reset-password', { identifier: email })
    assert.match((await newest(email)).html, /<html lang="en"/, 'the store’s own where no page says another')
  })

  it('name an order by its number where another account asks for it', async () => {
    const order = await buyAbroad('first@example.com')
    const { client } = await signUp(app(), store, 'second@example.com')
    good(await client.post(`/store/orders/${order}/transfer/request`, {}))
    const { text } = await newest('first@example.com')
    const [row] = await asAdmin<{ display_id: number }>(app().adminUrl, 'select display_id from app.orders where id = $1', [order])
    const words = text.replaceAll(/https?:\S+/g, '')
    assert.ok(words.includes(`#${row?.display_id}`) && !words.includes(order), words)
    assert.ok(text.includes(`${own()}/in-region-de/de/order/${order}/transfer/`), text)
  })
})
