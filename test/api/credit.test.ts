import assert from 'node:assert/strict'
import { useApp } from '../support/app.js'
import { booksOf } from '../support/after-sale.js'
import { registerAgreeable } from '../support/agreeable.js'
import { client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { addStaff } from '../support/people.js'
import { readyCart, startPayment } from '../support/ready-cart.js'
import { type Shopper, signUp } from '../support/shopper.js'
import { createTestStore, type TestStore } from '../support/store.js'

const address = { first_name: 'Ada', address_1: '1 Main Street', city: 'Town', postal_code: '12345', country_code: 'us' }

describe('gift cards and store credit', () => {
  const app = useApp()
  let store: TestStore
  let variants: string[]
  let buyer: Shopper
  let declines = false
  registerAgreeable('pp_test_declining', async (_call, _money, data) =>
    declines ? { kind: 'declined', message: 'no' } : { kind: 'ok', value: { status: 'authorized', data } },
  )

  before(async () => {
    // Goods of 20.00 and shipping of 5.00 and 6.00, taxed at 10 %.
    store = await createTestStore(app(), { vendors: 2, price_minor: 2_000n, tax_ppm: 100_000 })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    buyer = await signUp(app(), store, 'buyer@example.com')
    await asAdmin(
      app().adminUrl,
      `insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_test_declining')`,
      [store.tenantId, store.regionId],
    )
  })

  afterEach('leaves every invariant whole', async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })

  const issue = async (value: number, more: object = {}) =>
    good(await store.admin.post('/admin/gift-cards', { value, currency_code: 'usd', ...more })).gift_card
  const cardOf = async (id: string) => good(await store.admin.get(`/admin/gift-cards/${id}`)).gift_card
  const balanceOf = async (id: string) => (await cardOf(id)).balance as number
  const apply = (cartId: string, code: string) => store.shopper.post(`/store/carts/${cartId}/gift-cards`, { code })
  const cartOf = async (cartId: string) => good(await store.shopper.get(`/store/carts/${cartId}`)).cart
  const complete = async (cartId: string) => good(await store.shopper.post(`/store/carts/${cartId}/complete`))
  const cartFor = (vendors: readonly number[] = [0]) =>
    readyCart(store, { items: vendors.map((index) => ({ variant_id: variants[index] as string, quantity: 1 })), shippingOf: vendors })

  it('are issued with a code that is shown to who may issue, kept unreadable, and found in any spelling', async () => {
    const card = await issue(50, { note: 'Sorry', expires_at: '2999-01-01T00:00:00.000Z' })
    assert.match(card.code, /^([2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}$/)
    assert.deepEqual([card.status, card.value, card.balance, card.note], ['pending', 50, 50, 'Sorry'])
    const rows = await asAdmin(app().adminUrl, 'select * from app.gift_card where id = $1', [card.id])
    assert.ok(!JSON.stringify(rows).includes(card.code))
    const spelled = card.code.replaceAll('-', '').toLowerCase()
    const seen = good(await store.shopper.get(`/store/gift-cards/${spelled}`)).gift_card
    assert.deepEqual([seen.id, seen.balance, seen.note, seen.customer_id], [card.id, 50, undefined, undefined])
    assert.deepEqual((await store.shopper.get('/store/gift-cards/AAAA-BBBB-CCCC-DDDD')).body, {
      type: 'not_found',
      message: 'Gift card not found',
    })
    assert.equal(good(await store.admin.get('/admin/gift-cards', { code: spelled })).gift_cards[0].id, card.id)
    const support = client(app(), { token: await addStaff(app(), store, 'store_support') })
    const masked = good(await support.get(`/admin/gift-cards/${card.id}`)).gift_card
    assert.equal(masked.code, `****${card.code.slice(-4)}`)
    assert.equal((await support.post('/admin/gift-cards', { value: 1, currency_code: 'usd' })).status, 403)
    const limited = client(app(), { token: await addStaff(app(), store, 'store_manager', store.vendors[0]?.id as string) })
    for (const path of ['/admin/gift-cards', '/admin/store-credit-accounts']) assert.equal((await limited.get(path)).status, 403, path)
    assert.equal((await limited.post('/admin/gift-cards', { value: 1, currency_code: 'usd' })).status, 403)
    assert.equal((await store.admin.post('/admin/gift-cards', { value: 1, currency_code: 'usd', code: spelled })).status, 422)
    const patch = { expires_at: null, note: 'Changed' }
    const changed = good(await store.admin.post(`/admin/gift-cards/${card.id}`, patch)).gift_card
    assert.deepEqual([changed.expires_at, changed.note, changed.value], [null, 'Changed', 50])
    const records = good(await store.admin.get('/admin/audit', { object_id: card.id })).audit_records
    assert.equal(records.length, 2)
    assert.ok(!JSON.stringify(records).includes(card.code) && !JSON.stringify(records).includes('code_'))
  })

  it('pay a part of a cart: totals, payment and books agree', async () => {
    const card = await issue(10)
    const cartId = await cartFor([0, 1])
    const { cart } = good(await apply(cartId, card.code))
    // 2 × 20.00 and 11.00 of shipping, and a tenth of tax.
    assert.deepEqual([cart.total, cart.credit_line_total, cart.gift_card_total, cart.item_total], [46.1, 10, 10, 44])
    assert.equal(cart.total, cart.subtotal + cart.tax_total - cart.discount_subtotal - cart.credit_line_total)
    assert.deepEqual(
      cart.credit_lines.map((line: { reference: string; reference_id: string; amount: number }) => [
        line.reference,
        line.reference_id,
        line.amount,
      ]),
      [['gift-card', card.id, 10]],
    )
    assert.match(cart.credit_lines[0].id, /^cacl_/)
    assert.deepEqual([cart.gift_cards[0].code, cart.gift_cards[0].balance], [card.code, 10])
    assert.equal((await cartOf(cartId)).gift_cards, undefined)
    assert.deepEqual([cart.payment_collection.amount, cart.payment_collection.payment_sessions], [46.1, []])
    await startPayment(store, cartId)
    const { order } = await complete(cartId)
    assert.deepEqual([order.total, order.credit_line_total, order.gift_card_total, order.payment_status], [46.1, 10, 10, 'captured'])
    assert.equal(order.summary.pending_difference, 0)
    assert.deepEqual([(await cardOf(card.id)).status, await balanceOf(card.id)], ['redeemed', 0])
    await app().drain()
    const mail = app().mails.find(({ subject }) => subject.startsWith(`Your order #${order.display_id} `))
    assert.match(mail?.text ?? '', /Total \$56\.10, .*\$10\.00 of it paid with gift cards and store credit/)
    const staffs = good(await store.admin.get(`/admin/orders/${order.id}`)).order
    assert.equal(staffs.credit_lines[0].amount, 10)
    assert.equal(staffs.payment_collections[0].payments[0].amount, 46.1)
    const parts = staffs.vendor_orders.reduce((sum: number, part: { total: number }) => sum + part.total, 0)
    assert.equal(Math.round(parts * 100), 5_610)
    assert.equal((await apply(await cartFor(), card.code)).body.message, 'Gift card has already been redeemed')
  })

  it('pay a whole cart without a payment, never more than the total, and follow the cart', async () => {
    const first = await issue(15)
    const second = await issue(100)
    const cartId = await cartFor()
    good(await apply(cartId, first.code))
    const { cart } = good(await apply(cartId, second.code))
    assert.deepEqual([cart.total, cart.credit_line_total], [0, 27.5])
    assert.deepEqual(
      cart.credit_lines.map((line: { amount: number }) => line.amount),
      [15, 12.5],
    )
    const more = good(await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variants[0], quantity: 4 })).cart
    assert.deepEqual([more.total, more.credit_line_total], [0.5, 115])
    const line = more.items[0].id
    good(await store.shopper.post(`/store/carts/${cartId}/line-items/${line}`, { quantity: 1 }))
    const without = good(await store.shopper.delete(`/store/carts/${cartId}/gift-cards`, { code: first.code })).cart
    assert.deepEqual([without.total, without.credit_lines[0].amount, without.gift_cards.length], [0, 27.5, 1])
    assert.equal((await store.shopper.delete(`/store/carts/${cartId}/gift-cards`, { code: first.code })).status, 404)
    const { order } = await complete(cartId)
    assert.deepEqual([order.total, order.payment_status, order.credit_lines[0].amount], [0, 'captured', 27.5])
    assert.deepEqual([await balanceOf(first.id), await balanceOf(second.id)], [15, 72.5])
    assert.equal((await booksOf(store, order.id))['A:shopper'], undefined)
  })

  it('give back what a declined payment took', async () => {
    const card = await issue(10)
    const cartId = await cartFor()
    good(await apply(cartId, card.code))
    await startPayment(store, cartId, 'pp_test_declining')
    declines = true
    const declined = await complete(cartId)
    assert.equal(declined.type, 'cart')
    assert.equal(declined.cart.credit_line_total, 10)
    assert.equal(await balanceOf(card.id), 10)
    declines = false
    assert.equal((await complete(cartId)).order.total, 17.5)
    assert.equal(await balanceOf(card.id), 0)
  })

  it('refuse what cannot be spent, in the cart and when it is completed', async () => {
    const expired = await issue(10, { expires_at: '2020-01-01T00:00:00.000Z' })
    const cartId = await cartFor()
    assert.deepEqual((await apply(cartId, expired.code)).body, { type: 'not_allowed', message: 'Gift card has expired' })
    assert.equal((await apply(cartId, 'nothing')).status, 404)
    const euros = await issue(10, { currency_code: 'eur' })
    assert.equal((await apply(cartId, euros.code)).body.type, 'not_allowed')
    const card = await issue(100)
    good(await apply(cartId, card.code))
    good(await store.admin.delete(`/admin/gift-cards/${card.id}`))
    const refused = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.deepEqual([refused.status, refused.body.code], [400, 'insufficient_credit'])
    // Whoever starts to pay again pays what holds.
    await startPayment(store, cartId)
    assert.equal((await complete(cartId)).order.total, 27.5)
    assert.equal((await cardOf(card.id)).status, 'canceled')
  })

  it('are claimed into an account, which pays for carts of its owner alone', async () => {
    const card = await issue(30)
    const claim = () => buyer.client.post('/store/store-credit-accounts/claim', { code: card.code })
    const { store_credit_account: account } = good(await claim())
    assert.deepEqual([account.customer_id, account.currency_code, account.balance], [buyer.id, 'usd', 30])
    assert.equal((await claim()).body.message, 'Gift card has already been redeemed')
    assert.equal((await buyer.client.get('/store/store-credit-accounts')).status, 400)
    const listed = good(await buyer.client.get('/store/store-credit-accounts', { currency_code: 'usd' }))
    assert.deepEqual([listed.count, listed.store_credit_accounts[0].id], [1, account.id])
    assert.equal(good(await buyer.client.get(`/store/store-credit-accounts/${account.id}`)).store_credit_account.balance, 30)
    const other = await signUp(app(), store, 'other@example.com')
    assert.equal((await other.client.get(`/store/store-credit-accounts/${account.id}`)).status, 404)
    const cartId = await cartFor()
    assert.equal((await buyer.client.post(`/store/carts/${cartId}/store-credits`, {})).status, 400)
    good(await buyer.client.post(`/store/carts/${cartId}/customer`))
    assert.equal((await other.client.post(`/store/carts/${cartId}/store-credits`, {})).status, 400)
    assert.equal((await buyer.client.post(`/store/carts/${cartId}/store-credits`, { amount: 31 })).status, 400)
    const some = good(await buyer.client.post(`/store/carts/${cartId}/store-credits`, { amount: 5 })).cart
    assert.deepEqual([some.total, some.credit_line_total, some.gift_card_total], [22.5, 5, 0])
    const all = good(await buyer.client.post(`/store/carts/${cartId}/store-credits`, {})).cart
    assert.deepEqual([all.total, all.credit_lines[0].reference, all.credit_lines.length], [0, 'store-credit', 1])
    const none = good(await buyer.client.post(`/store/carts/${cartId}/store-credits`, { amount: 0 })).cart
    assert.deepEqual([none.total, none.credit_lines], [27.5, []])
    good(await buyer.client.post(`/store/carts/${cartId}/store-credits`, {}))
    await complete(cartId)
    assert.equal(good(await store.admin.get(`/admin/store-credit-accounts/${account.id}`)).store_credit_account.balance, 2.5)
  })

  it('are given and taken by staff, with a note, and never below nothing', async () => {
    const person = await signUp(app(), store, 'corrected@example.com')
    const { store_credit_account: account } = good(
      await store.admin.post('/admin/store-credit-accounts', { customer_id: person.id, currency_code: 'usd' }),
    )
    const path = `/admin/store-credit-accounts/${account.id}`
    good(await store.admin.post(`${path}/credit`, { amount: 20, note: 'For the trouble' }))
    const { balance, credits, debits } = good(await store.admin.post(`${path}/debit`, { amount: 5 })).store_credit_account
    assert.deepEqual([balance, credits, debits], [15, 20, 5])
    assert.deepEqual((await store.admin.post(`${path}/debit`, { amount: 15.01 })).body.code, 'insufficient_credit')
    const { transactions, count } = good(await store.admin.get(`${path}/transactions`, { order: 'created_at' }))
    assert.equal(count, 2)
    assert.deepEqual(
      transactions.map((one: { type: string; amount: number; note: string | null }) => [one.type, one.amount, one.note]),
      [
        ['credit', 20, 'For the trouble'],
        ['debit', 5, null],
      ],
    )
    const { balances } = good(await store.admin.get('/admin/ledger/balances'))
    assert.ok(balances.some((row: { code: string }) => row.code === 'E:credit'))
  })

  describe('sold as products', () => {
    let giftVariant: string

    before(async () => {
      const { product } = good(
        await store.admin.post('/admin/products', {
          vendor_id: store.vendors[0]?.id,
          title: 'Gift card',
          is_giftcard: true,
          status: 'published',
          options: [{ title: 'Value', values: ['25'] }],
          variants: [{ title: '25', options: { Value: '25' }, manage_inventory: false, prices: [{ currency_code: 'usd', amount: 25 }] }],
          sales_channels: [{ id: store.salesChannelId }],
        }),
      )
      giftVariant = product.variants[0].id
    })

    async function buyCards(target: TestStore, quantity: number, email = 'giver@example.com') {
      const { cart } = good(
        await target.shopper.post('/store/carts', {
          region_id: target.regionId,
          email,
          shipping_address: address,
          items: [{ variant_id: giftVariant, quantity }],
        }),
      )
      await startPayment(target, cart.id)
      const { order } = good(await target.shopper.post(`/store/carts/${cart.id}/complete`))
      await app().drain()
      const { gift_cards: cards } = good(await target.admin.get('/admin/gift-cards', { order_id: order.id }))
      return { order, cards }
    }

    it('become a card for each piece, once, mailed to the buyer; the store owes them and the vendor earned nothing', async () => {
      const { order, cards } = await buyCards(store, 2)
      assert.equal(order.total, 50)
      assert.deepEqual(
        cards.map((card: { value: number; balance: number }) => [card.value, card.balance]),
        [
          [25, 25],
          [25, 25],
        ],
      )
      const mails = app().mails.filter((mail) => mail.to === 'giver@example.com' && mail.subject.includes('gift cards'))
      assert.equal(mails.length, 1)
      for (const card of cards) assert.ok(mails[0]?.text.includes(card.code))
      await asAdmin(
        app().adminUrl,
        `update app.outbox_event set state = 'queued', available_at = now(), finished_at = null where tenant_id = $1 and handler = 'issue_gift_cards'`,
        [store.tenantId],
      )
      await app().drain()
      assert.equal(good(await store.admin.get('/admin/gift-cards', { order_id: order.id })).count, 2)
      const staffs = good(await store.admin.get(`/admin/orders/${order.id}`)).order
      assert.equal(staffs.vendor_orders[0].commission_total, 0)
      const notifications = good(await store.admin.get('/admin/notifications', { template: 'gift-cards' }))
      assert.ok(!JSON.stringify(notifications).includes(cards[0].code))
    })

    it('are a hundred in one cart and no more', async () => {
      const items = [{ variant_id: giftVariant, quantity: 100 }]
      const { cart } = good(await store.shopper.post('/store/carts', { region_id: store.regionId, items }))
      const again = { variant_id: giftVariant, quantity: 1, metadata: { to: 'Eve' } }
      assert.equal((await store.shopper.post(`/store/carts/${cart.id}/line-items`, again)).body.type, 'invalid_data')
      const line = `/store/carts/${cart.id}/line-items/${cart.items[0].id}`
      assert.equal((await store.shopper.post(line, { quantity: 101 })).body.type, 'invalid_data')
    })

    it('are made when all of the money is captured, and not before', async () => {
      const capture = (mode: string) =>
        asAdmin(app().adminUrl, 'update app.store set payment_capture = $2 where tenant_id = $1', [store.tenantId, mode])
      await capture('manual')
      const { order, cards } = await buyCards(store, 1, 'later@example.com')
      await capture('automatic')
      assert.deepEqual(cards, [])
      const { payments } = good(await store.admin.get('/admin/payments', { order_id: order.id }))
      for (const [amount, count] of [
        [10, 0],
        [15, 1],
      ]) {
        good(await store.admin.post(`/admin/payments/${payments[0].id}/capture`, { amount }))
        await app().drain()
        assert.equal(good(await store.admin.get('/admin/gift-cards', { order_id: order.id })).count, count)
      }
    })

    it('cannot be refunded while they hold, can when they are void, and are void when their order is canceled', async () => {
      const { order, cards } = await buyCards(store, 2, 'refunded@example.com')
      const { payments } = good(await store.admin.get('/admin/payments', { order_id: order.id }))
      const refund = (amount: number) => store.admin.post(`/admin/payments/${payments[0].id}/refund`, { amount })
      assert.equal((await refund(25)).body.type, 'not_allowed')
      good(await store.admin.delete(`/admin/gift-cards/${cards[0].id}`))
      assert.equal((await refund(25.01)).body.type, 'not_allowed')
      good(await refund(25))
      good(await store.admin.post(`/admin/orders/${order.id}/cancel`))
      await app().drain()
      const { gift_cards: left } = good(await store.admin.get('/admin/gift-cards', { order_id: order.id }))
      assert.deepEqual(
        left.map((card: { status: string; balance: number }) => [card.status, card.balance]),
        [
          ['canceled', 0],
          ['canceled', 0],
        ],
      )
      assert.equal(good(await store.admin.get('/admin/payments', { order_id: order.id })).payments[0].refunded_amount, 50)
      assert.deepEqual(await booksOf(store, order.id), {})
    })

    it('keep their order from being canceled once one was used', async () => {
      const { order, cards } = await buyCards(store, 1, 'used@example.com')
      const cartId = await cartFor()
      good(await apply(cartId, cards[0].code))
      await startPayment(store, cartId)
      assert.equal((await complete(cartId)).order.credit_line_total, 25)
      assert.equal((await store.admin.post(`/admin/orders/${order.id}/cancel`)).body.type, 'not_allowed')
    })
  })

  describe('of an order', () => {
    /** 27.50 of goods and shipping, 10.00 of it with a card. */
    async function paidInPart() {
      const card = await issue(10)
      const cartId = await cartFor()
      good(await apply(cartId, card.code))
      await startPayment(store, cartId)
      const { order } = await complete(cartId)
      const { payments } = good(await store.admin.get('/admin/payments', { order_id: order.id }))
      return { card, order, paymentId: payments[0].id as string }
    }

    it('are given back when it is canceled, and the money by its provider', async () => {
      const { card, order } = await paidInPart()
      good(await store.admin.post(`/admin/orders/${order.id}/cancel`))
      await app().drain()
      assert.equal(await balanceOf(card.id), 10)
      const canceled = good(await store.admin.get(`/admin/orders/${order.id}`)).order
      assert.deepEqual([canceled.summary.refunded_total, canceled.summary.pending_difference], [17.5, 0])
      assert.deepEqual(await booksOf(store, order.id), {})
    })

    it('are given back after the money: that to the payment, the rest to the card', async () => {
      const { card, order, paymentId } = await paidInPart()
      const refund = (amount?: number) => store.admin.post(`/admin/payments/${paymentId}/refund`, amount === undefined ? {} : { amount })
      const credit = (amount: number) => store.admin.post(`/admin/orders/${order.id}/credit-lines`, { amount, note: 'Broken' })
      assert.equal((await refund(17.51)).body.type, 'invalid_data')
      good(await refund())
      assert.equal((await credit(10.01)).body.type, 'not_allowed')
      good(await credit(4))
      good(await credit(6))
      assert.equal((await credit(0.01)).status, 400)
      assert.equal(await balanceOf(card.id), 10)
      assert.deepEqual(await booksOf(store, order.id), {})
    })

    it('can be given of captured money to the account of a customer, which is not given a second time', async () => {
      const cartId = await cartFor()
      good(await buyer.client.post(`/store/carts/${cartId}/customer`))
      await startPayment(store, cartId)
      const { order } = good(await buyer.client.post(`/store/carts/${cartId}/complete`))
      const before = good(await store.admin.get('/admin/store-credit-accounts', { customer_id: buyer.id })).store_credit_accounts[0].balance
      const { order: credited } = good(await store.admin.post(`/admin/orders/${order.id}/credit-lines`, { amount: 20 }))
      assert.equal(credited.summary.pending_difference, 0)
      const after = good(await store.admin.get('/admin/store-credit-accounts', { customer_id: buyer.id })).store_credit_accounts[0].balance
      assert.equal(Math.round((after - before) * 100), 2_000)
      const { payments } = good(await store.admin.get('/admin/payments', { order_id: order.id }))
      assert.equal((await store.admin.post(`/admin/payments/${payments[0].id}/refund`, { amount: 7.51 })).body.type, 'not_allowed')
      good(await store.admin.post(`/admin/orders/${order.id}/cancel`))
      await app().drain()
      assert.deepEqual(await booksOf(store, order.id), { 'A:psp_clearing pp_system_default': 20, 'L:credit': 20 })
      const { total, summary } = good(await store.admin.get(`/admin/orders/${order.id}`)).order
      assert.deepEqual([total, summary.current_order_total, summary.refunded_total, summary.pending_difference], [20, 20, 7.5, 0])
    })
  })
})
