import assert from 'node:assert/strict'
import { sendOnce } from '../../../src/notifications/commands/send-once.js'
import type { Mail } from '../../../src/notifications/index.js'
import { mailWordsOf } from '../../../src/notifications/words/index.js'
import { addReturnOption, type Bought, buy, packAll, raise } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { jobContext } from '../../support/payouts.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('mails of an order', () => {
  const app = useApp()
  /** Without the tax in its prices, and with it. */
  let american: TestStore
  let german: TestStore

  before(async () => {
    american = await createTestStore(app(), { vendors: 2, tax_ppm: 100_000 })
    german = await createTestStore(app(), { country: 'de', currency: 'eur', tax_ppm: 190_000, taxInclusive: true })
    for (const store of [american, german]) {
      const { body } = await store.admin.get('/admin/stores')
      const locales = [{ locale_code: 'en', is_default: true }, { locale_code: 'de' }, { locale_code: 'ar' }]
      good(await store.admin.post(`/admin/stores/${body.stores[0].id}`, { supported_locales: locales }))
    }
  })

  async function newest(orderId: string, template: string): Promise<Mail> {
    await app().drain()
    const [row] = await asAdmin<{ subject: string }>(
      app().adminUrl,
      `select n.subject from app.notification n join app.orders o on o.tenant_id = n.tenant_id and n.data ->> 'display_id' = o.display_id::text
       where o.id = $1 and n.template = $2 order by n.created_at desc limit 1`,
      [orderId, template],
    )
    const mail = app()
      .mails.filter(({ subject }) => subject === row?.subject)
      .at(-1)
    assert.ok(mail !== undefined, `no mail ${template}`)
    return mail
  }

  async function buyIn(store: TestStore, locale: string, options: { country?: string } = {}): Promise<string> {
    const variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    const cart = await fillCart(store.shopper, { regionId: store.regionId, variantIds, ...options })
    good(await store.shopper.post(`/store/carts/${cart}`, { locale }))
    return good(await store.shopper.post(`/store/carts/${cart}/complete`)).order.id
  }

  it('confirm it in its language, with the tax in each price where the law wants that, and a link to its page', async () => {
    const [product] = german.vendors[0]?.products ?? []
    const title = { reference: 'product', reference_id: product?.id, locale_code: 'de', translations: { title: 'Ding Eins' } }
    good(await german.admin.post('/admin/translations/batch', { create: [title] }))
    const order = await buyIn(german, 'de', { country: 'de' })
    const { subject, text, html } = await newest(order, 'order-confirmation')
    assert.match(subject, /^Ihre Bestellung #\d+ bei Store/)
    assert.match(text, /Vielen Dank für Ihre Bestellung, Ada\.[\s\S]*1 × Ding Eins, S {3}10,00\s€\n/)
    assert.match(text, /Summe 15,00\s€, darin Mehrwertsteuer 2,40\s€/)
    assert.doesNotMatch(text, /Umsatzsteuer/)
    assert.match(text, new RegExp(`Ihre Bestellung ansehen: http://${german.slug}\\.localhost:\\d+/de/orders/${order}\\n`))
    assert.match(html, /<html lang="de" dir="ltr">/)
  })

  it('show the tax beside the prices where pages do', async () => {
    const order = await buyIn(american, 'en')
    const { text } = await newest(order, 'order-confirmation')
    assert.match(text, /1 × Thing 1\.1, S {3}\$10\.00\n {2}Standard from vendor-1 {3}\$5\.00\n/)
    assert.match(text, /Sales tax {3}\$\d+\.\d\d\nTotal \$\d+\.\d\d\n/)
    const sums = [...text.matchAll(/ {3}\$([\d.]+)$/gm)].reduce((sum, [, amount]) => sum + Math.round(Number(amount) * 100), 0)
    assert.equal((sums / 100).toFixed(2), /Total \$([\d.]+)/.exec(text)?.[1], 'the lines come to the total')
  })

  it('call goods as they were sold in the store’s own language, and are sent whatever a cart took for a language', async () => {
    const product = american.vendors[1]?.products[0]
    good(await american.admin.post(`/admin/products/${product?.id}/variants/${product?.variantIds[0]}`, { title: 'Gift box' }))
    const { text } = await newest(await buyIn(american, 'en'), 'order-confirmation')
    assert.match(text, /1 × Thing 2\.1, Gift box {3}/)
    const { text: odd } = await newest(await buyIn(american, 'en_US'), 'order-confirmation')
    assert.match(odd, /Total \$\d/)
  })

  it('read from right to left in Arabic', async () => {
    const order = await buyIn(american, 'ar')
    const { html, text } = await newest(order, 'order-confirmation')
    assert.match(html, /<html lang="ar" dir="rtl">/)
    assert.match(text, /شكرًا لطلبك، Ada/)
  })

  it('say where each vendor’s goods are sent back to', async () => {
    for (const [index, city] of ['Delft', 'Boulder'].entries()) {
      const address = { address_1: `${index + 1} Kiln Lane`, city, postal_code: '12345', country_code: 'us' }
      await asAdmin(app().adminUrl, 'update app.stock_location set address = $3 where tenant_id = $1 and vendor_id = $2', [
        american.tenantId,
        american.vendors[index]?.id,
        JSON.stringify(address),
      ])
    }
    const bought = await buy(american)
    await packAll(american, bought)
    const option_id = await addReturnOption(american, 1)
    const items = [{ id: bought.lines[1], quantity: 1 }]
    good(await american.shopper.post('/store/returns', { order_id: bought.id, items, return_shipping: { option_id } }))
    const { text } = await newest(bought.id, 'return-requested')
    assert.match(text, /1 × Thing 2\.1[\s\S]*Where to\n {2}Vendor 2, [^\n]*2 Kiln Lane, 12345, Boulder, US\n/)
    assert.doesNotMatch(text, /Delft/)
  })

  it('tell of money that came later, and not of what the confirmation tells', async () => {
    const bought = await buy(american)
    await app().drain()
    const receipts = () =>
      asAdmin(
        app().adminUrl,
        `select n.id from app.notification n join app.orders o on o.tenant_id = n.tenant_id and n.data ->> 'display_id' = o.display_id::text
         where o.id = $1 and n.template = 'payment-receipt'`,
        [bought.id],
      )
    assert.equal((await receipts()).length, 0)
    await raise(american, bought.id, american.vendors[0]?.products[0]?.variantIds[0] as string)
    const { order } = good(await american.admin.get(`/admin/orders/${bought.id}`))
    const open = order.payment_collections.find(({ status }: { status: string }) => status === 'not_paid')
    good(await american.admin.post(`/admin/payment-collections/${open.id}/mark-as-paid`, { order_id: bought.id }))
    const { subject, text } = await newest(bought.id, 'payment-receipt')
    assert.match(subject, /^Your payment for order #\d+ at Store .* has arrived$/)
    assert.match(text, /We have received \$11\.00 for your order/)
    await app().drain()
    assert.equal((await receipts()).length, 1)
  })

  it('tell that the whole order is canceled, and what becomes of the money, once', async () => {
    const canceled = async (bought: Pick<Bought, 'id'>) => {
      const clicks = await Promise.all([0, 1].map(() => american.admin.post(`/admin/orders/${bought.id}/cancel`)))
      assert.deepEqual(clicks.map(({ status }) => status).sort(), [200, 400])
      return newest(bought.id, 'order-canceled')
    }
    const { text } = await canceled(await buy(american))
    assert.match(text, /is canceled\. Nothing of it is sent\.\nWhat you have paid goes back the way you paid\./)
    const other = await canceled({ id: await buyIn(american, 'de') })
    assert.match(other.subject, /^Die Bestellung #\d+ .* ist storniert$/)
  })

  it('have words for everything in each language that pages speak', () => {
    type Saying = string | ((...given: string[]) => string)
    const texts = (locale: string) =>
      Object.entries(mailWordsOf(locale) as unknown as Record<string, Saying>).map(([name, words]): [string, string] => [
        name,
        typeof words === 'string' ? words : words('A', 'B', 'C'),
      ])
    for (const locale of ['de', 'fr', 'ar', 'ja']) {
      const english = new Map(texts('en'))
      const untranslated = texts(locale).filter(([name, text]) => english.get(name) === text)
      assert.deepEqual(
        untranslated.filter(([name]) => name !== 'total'),
        [],
        locale,
      )
    }
    assert.equal(mailWordsOf('sv'), mailWordsOf('en'))
  })

  it('are sent once, however many handlers are at it in one moment, and by the next one where the mail server refused', async () => {
    let refusals = 1
    const sent: string[] = []
    const mailer = {
      async send({ messageId }: Mail) {
        // All of them have asked for it until then.
        await new Promise((resolve) => setTimeout(resolve, 100))
        if (--refusals >= 0) throw new Error('the mail server is busy')
        sent.push(messageId)
      },
      close: () => undefined,
    }
    const store = { store_name: 'Store', mail_from_name: null, contact_email: null }
    const one = {
      template: 'test',
      recipient: 'ada@example.com',
      uniqueKey: 'test:once',
      data: {},
      mail: { subject: 'Once', text: '', html: '' },
    }
    const send = () => sendOnce(jobContext(app(), american), { mailer, fromAddress: 'shop@example.com' }, store, one)
    const outcomes = async () =>
      (await Promise.allSettled([send(), send(), send()])).map((one) => (one.status === 'rejected' ? one.reason.message : 'done'))
    const another = 'Another job is sending this mail'
    assert.deepEqual((await outcomes()).sort(), [another, another, 'the mail server is busy'].sort())
    assert.deepEqual((await outcomes()).sort(), [another, another, 'done'].sort())
    assert.deepEqual(await outcomes(), ['done', 'done', 'done'])
    assert.equal(sent.length, 1)
  })
})
