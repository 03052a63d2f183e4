import assert from 'node:assert/strict'
import { buy } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { askPage, sentCookie } from '../../support/pages.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('storefront: how to pay where a person sees to it', () => {
  const app = useApp()
  let store: TestStore
  let storeId: string

  const instructions = {
    pp_system_default: {
      name: { en: 'Bank transfer', de: 'Überweisung' },
      text: {
        en: 'Pay within seven days to\nDE02 1203 0000 0000 2020 51.',
        de: 'Zahlen Sie in sieben Tagen auf\nDE02 1203 0000 0000 2020 51.',
      },
    },
  }

  before(async () => {
    store = await createTestStore(app())
    storeId = good(await store.admin.get('/admin/stores')).stores[0].id
    const locales = [{ locale_code: 'en', is_default: true }, { locale_code: 'de' }]
    const patch = { payment_instructions: instructions, supported_locales: locales, payment_capture: 'automatic' }
    assert.deepEqual(good(await store.admin.post(`/admin/stores/${storeId}`, patch)).store.payment_instructions, instructions)
    app().stoa.services.gatekeeper.forget()
  })

  const wordsOf = async (path: string, cookie = '') =>
    (await askPage(app(), store, path, { headers: { cookie } })).text.replace(/<[^>]+>/g, ' ').replace(/\s+/g, ' ')

  it('is said at the checkout, on the order’s page until it is paid, and in the confirmation', async () => {
    const variant = store.vendors[0]?.products[0]?.variantIds[0] as string
    const cookie = sentCookie(await askPage(app(), store, '/cart/items', { form: { variant_id: variant } }), 'cart')
    assert.match(await wordsOf('/checkout', cookie), /Bank transfer Pay within seven days to DE02 1203/)
    assert.match(await wordsOf('/de/checkout', cookie), /Überweisung Zahlen Sie in sieben Tagen/)
    const bought = await buy(store)
    assert.equal(bought.order.payment_status, 'authorized', 'a transfer is no money before it came, though the store takes money at once')
    const [payable] = good(await store.vendor(0).get('/vendor/payables')).payables
    assert.ok(payable === undefined || payable.available === 0)
    const total = `\\$${bought.order.total.toFixed(2)}`
    const said = new RegExp(`How to pay: Bank transfer Pay within seven days .*Amount ${total} Reference ${bought.order.display_id} `)
    assert.match(await wordsOf(`/orders/${bought.id}`), said)
    assert.match(await wordsOf(`/de/orders/${bought.id}`), /So bezahlen Sie: Überweisung Zahlen Sie/)
    await app().drain()
    const mail = app().mails.find(({ subject }) => subject.includes(`#${bought.order.display_id} at`))
    assert.match(
      mail?.text ?? '',
      new RegExp(`Bank transfer\nPay within seven days to\nDE02 .*51\\.\nAmount: ${total}\nReference: #${bought.order.display_id}\n`),
    )
    assert.match(mail?.html ?? '', /Pay within seven days to\nDE02/)
    good(await store.admin.post(`/admin/payments/${bought.paymentId}/capture`))
    assert.equal(good(await store.admin.get(`/admin/orders/${bought.id}`)).order.payment_status, 'captured')
    assert.doesNotMatch(await wordsOf(`/orders/${bought.id}`), /How to pay/)
  })

  it('asks for what is left to pay when staff have taken something off', async () => {
    const bought = await buy(store)
    const said = async () => {
      const words = await wordsOf(`/orders/${bought.id}`)
      const named = (label: string) => words.match(new RegExp(`${label} (-?\\$[\\d.]+)`))?.[1]
      return { amount: named('Amount'), credited: named('Credited'), total: named('Total') }
    }
    const dollars = (amount: number) => `$${amount.toFixed(2)}`
    const whole = dollars(bought.order.total)
    assert.deepEqual(await said(), { amount: whole, credited: undefined, total: whole })
    const taken = { amount: 1.5, reference: 'goodwill', reference_id: 'late' }
    good(await store.admin.post(`/admin/orders/${bought.id}/credit-lines`, taken))
    const less = dollars(bought.order.total - 1.5)
    assert.deepEqual(await said(), { amount: less, credited: '-$1.50', total: less })
    good(await store.admin.post('/admin/order-edits', { order_id: bought.id }))
    good(await store.admin.post(`/admin/order-edits/${bought.id}/items/item/${bought.lines[0]}`, { quantity: 1 }))
    good(await store.admin.post(`/admin/order-edits/${bought.id}/confirm`))
    const { order } = good(await store.admin.get(`/admin/orders/${bought.id}`))
    assert.ok(order.total < bought.order.total - 1.5)
    assert.equal(order.summary.pending_difference, order.total)
    assert.deepEqual(await said(), { amount: dollars(order.total), credited: '-$1.50', total: dollars(order.total) })
  })

  it('is told to other storefronts that ask for it', async () => {
    const path = '/store/payment-providers'
    const asked = { region_id: store.regionId, fields: '+instructions.name,+instructions.text', locale: 'de' }
    const { payment_providers } = good(await store.shopper.get(path, asked))
    assert.deepEqual(payment_providers, [
      {
        id: 'pp_system_default',
        is_enabled: true,
        instructions: { name: 'Überweisung', text: instructions.pp_system_default.text.de },
      },
    ])
    const plain = good(await store.shopper.get(path, { region_id: store.regionId }))
    assert.deepEqual(plain.payment_providers, [{ id: 'pp_system_default', is_enabled: true }])
  })

  it('is refused of a provider that there is not, and of words in no language', async () => {
    const say = (payment_instructions: object) => store.admin.post(`/admin/stores/${storeId}`, { payment_instructions })
    const unknown = await say({ pp_nobody: { name: 'Nobody', text: 'Nothing' } })
    assert.deepEqual([unknown.status, unknown.body.message], [400, 'Payment provider with id: pp_nobody is not installed'])
    assert.equal((await say({ pp_system_default: { name: {}, text: 'x' } })).status, 400)
    const asText = `{"payment_instructions":{"__proto__":{"name":"x","text":"y"}}}`
    const hidden = await store.admin.post(`/admin/stores/${storeId}`, asText, { 'content-type': 'application/json' })
    assert.deepEqual([hidden.status, hidden.body.message], [400, 'Invalid request: a key cannot be __proto__'])
    assert.equal((await say({ constructor: { name: 'x', text: 'y' } })).status, 400)
    const card = await say({ pp_stripe_stripe: { name: 'Card', text: 'By card' } })
    assert.equal(card.status, 400)
    assert.match(card.body.message, /takes the money itself/)
    assert.deepEqual(good(await store.admin.get('/admin/stores')).stores[0].payment_instructions, instructions)
  })
})
