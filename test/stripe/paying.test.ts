import assert from 'node:assert/strict'
import { type PaymentProvider, paymentProviderOf, readingCall, registerPaymentProvider, type RemotePort } from '../../src/payments/index.js'
import { good, refusedAsConflict } from '../support/http.js'
import { asAdmin } from '../support/database.js'
import { jobContext } from '../support/payouts.js'
import { brokenInvariants } from '../support/invariants.js'
import { connectAccount, type StripeStore, stripeId, useStripe } from '../support/stripe.js'

describe('paying with a card', () => {
  const world = useStripe()
  let store: StripeStore
  before(async function () {
    this.timeout(30_000)
    store = await world().openStore({ vendors: 2 })
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))
  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)
  const complete = (cartId: string) => store.shopper.post(`/store/carts/${cartId}/complete`)

  async function balances(): Promise<Record<string, number>> {
    const rows = await sql<{ code: string; balance: string }>(
      `select a.code, sum(p.amount_minor) as balance from app.ledger_posting p
       join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id where p.tenant_id = $1 group by 1`,
      [store.tenantId],
    )
    return Object.fromEntries(rows.map((row) => [row.code, Number(row.balance)]))
  }

  /** What the provider's account came to, by the provider. */
  const netAtStripe = () =>
    world()
      .simulator.control.snapshot()
      .balanceTransactions.filter((transaction) => transaction.account.includes(store.accountName))
      .reduce((sum, transaction) => sum + (transaction.net as number), 0)

  it('hands the browser what Stripe Elements needs, and takes the money when the order is placed', async () => {
    const { cartId, intentId } = await store.cartToPay()
    const { cart } = good(await store.shopper.get(`/store/carts/${cartId}`, { fields: '+payment_collection.payment_sessions,+total' }))
    const [session] = cart.payment_collection.payment_sessions
    assert.equal(session.provider_id, stripeId)
    assert.match(session.data.client_secret, /^pi_.+_secret_/)
    assert.equal(session.data.amount, Math.round(cart.total * 100))
    assert.equal(session.data.publishable_key, `pk_test_${store.accountName}`)
    await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
    const completed = good(await complete(cartId))
    assert.equal(completed.type, 'order')
    assert.equal(completed.order.payment_status, 'captured')
    assert.equal((await store.stripe.paymentIntents.retrieve(intentId)).status, 'succeeded')
  })

  it('books what Stripe kept when Stripe tells of it: clearing is what the account holds', async () => {
    await store.buy()
    await world().settle()
    const books = await balances()
    assert.ok((books['E:psp_fee'] ?? 0) > 0, JSON.stringify(books))
    assert.equal(books['A:psp_clearing'], netAtStripe())
    assert.equal(books['A:shopper'], 0)
    await world().settle()
    assert.deepEqual(await balances(), books)
  })

  it('waits for a shopper who has not confirmed, and takes another card after one that was declined', async () => {
    const { cartId, intentId } = await store.cartToPay()
    assert.equal(good(await complete(cartId)).error.type, 'payment_requires_more_error')
    await world().simulator.control.confirmPayment(intentId, 'pm_card_chargeDeclined')
    const { type, error, cart } = good(await complete(cartId))
    assert.deepEqual([type, cart.id, cart.completed_at ?? null], ['cart', cartId, null])
    assert.deepEqual(error, { message: 'Payment authorization failed', name: 'Error', type: 'payment_authorization_error' })
    const [attempt] = await sql<{ failure: string }>(`select failure from app.checkout where cart_id = $1 order by id desc limit 1`, [
      cartId,
    ])
    assert.match(attempt?.failure ?? '', /card was declined/)
    await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
    assert.equal(good(await complete(cartId)).type, 'order')
  })

  it('asks the shopper to prove who they are, where the bank wants it', async () => {
    const { cartId, intentId } = await store.cartToPay()
    await world().simulator.control.confirmPayment(intentId, 'pm_card_threeDSecure2Required')
    assert.equal(good(await complete(cartId)).error.type, 'payment_requires_more_error')
    await world().simulator.control.complete3ds(intentId, 'fail')
    assert.equal(good(await complete(cartId)).error.type, 'payment_authorization_error', 'who did not, is refused')
    await world().simulator.control.confirmPayment(intentId, 'pm_card_threeDSecure2Required')
    await world().simulator.control.complete3ds(intentId, 'succeed')
    assert.equal(good(await complete(cartId)).type, 'order')
  })

  it('places the order of a shopper who closed the page after paying', async () => {
    const { cartId, intentId } = await store.cartToPay()
    await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
    await world().settle()
    const [cart] = await sql<{ order_id: string | null }>('select order_id from app.cart where id = $1', [cartId])
    assert.ok(cart?.order_id)
    const again = good(await complete(cartId))
    assert.equal(again.order.id, cart?.order_id)
    assert.equal((await store.stripe.paymentIntents.retrieve(intentId)).status, 'succeeded')
  })

  it('goes on with the payment that was begun, and lets it go when the cart changes', async () => {
    const { cartId, intentId } = await store.cartToPay()
    const { cart } = good(await store.shopper.get(`/store/carts/${cartId}`, { fields: '+payment_collection.id' }))
    const path = `/store/payment-collections/${cart.payment_collection.id}/payment-sessions`
    const again = good(await store.shopper.post(path, { provider_id: stripeId }))
    assert.equal(again.payment_collection.payment_sessions[0].data.id, intentId)
    await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
    const variant_id = store.vendors[1]?.products[0]?.variantIds[0]
    good(await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id, quantity: 1 }))
    await world().app.drain()
    assert.equal((await store.stripe.paymentIntents.retrieve(intentId)).status, 'canceled')
    const restarted = good(await store.shopper.post(path, { provider_id: stripeId }))
    const [session] = restarted.payment_collection.payment_sessions
    assert.notEqual(session.data.id, intentId)
    await world().simulator.control.confirmPayment(session.data.id, 'pm_card_visa')
    assert.equal(good(await complete(cartId)).type, 'order')
  })

  for (const [what, change, reason] of [
    ['amount', { amount: 60 }, /a payment of 60 usd in minor units, and was asked for/],
    ['currency', { currency: 'eur' }, /eur in minor units, and was asked for .* usd/],
  ] as const) {
    it(`refuses a payment that is for another ${what} than the cart`, async () => {
      const { cartId, intentId } = await store.cartToPay()
      await store.stripe.paymentIntents.update(intentId, change)
      await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
      assert.equal(good(await complete(cartId)).error.type, 'payment_authorization_error')
      await world().settle()
      const [cart] = await sql<{ order_id: string | null }>('select order_id from app.cart where id = $1', [cartId])
      assert.equal(cart?.order_id, null)
      const parked = good(await store.admin.get('/admin/payment-events', { state: 'parked' })).payment_events
      assert.ok(
        parked.some(
          (event: { object_reference: string; reason: string }) => event.object_reference === intentId && reason.test(event.reason),
        ),
        JSON.stringify(parked),
      )
    })
  }

  it('captures once where the connection is cut after Stripe has done it', async () => {
    const { cartId, intentId } = await store.cartToPay()
    await world().simulator.control.confirmPayment(intentId, 'pm_card_visa')
    world().simulator.control.setFaults({ dropAfter: 1 })
    const unsure = await complete(cartId)
    refusedAsConflict(unsure)
    world().simulator.control.setFaults({ dropAfter: 0 })
    const completed = good(await complete(cartId))
    assert.equal(completed.type, 'order')
    assert.equal(completed.order.payment_status, 'captured')
    const charges = world()
      .simulator.control.snapshot()
      .charges.filter((charge) => charge.payment_intent === intentId)
    assert.equal(charges.length, 1)
  }).timeout(60_000)

  it('is captured by hand where the store wants it so, refunded in parts, and told of in the books', async () => {
    const careful = await world().openStore({ paymentCapture: 'manual' })
    const { order, intentId, paymentId } = await careful.buy()
    assert.equal(order.payment_status, 'authorized')
    assert.equal((await careful.stripe.paymentIntents.retrieve(intentId)).status, 'requires_capture')
    good(await careful.admin.post(`/admin/payments/${paymentId}/capture`))
    assert.equal((await careful.stripe.paymentIntents.retrieve(intentId)).amount_received, Math.round(order.total * 100))
    good(await careful.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 3 }))
    good(await careful.admin.post(`/admin/payments/${paymentId}/refund`))
    const refunds = await careful.stripe.refunds.list({ payment_intent: intentId })
    assert.equal(
      refunds.data.reduce((sum, refund) => sum + refund.amount, 0),
      Math.round(order.total * 100),
    )
    const refused = await careful.admin.post(`/admin/payments/${paymentId}/refund`, { amount: 1 })
    assert.equal(refused.status, 400)
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, careful.tenantId, { atRest: false }), [])
  })

  it('captures a part once: the rest is let go, said so, and left to another payment', async () => {
    const careful = await world().openStore({ paymentCapture: 'manual' })
    const { order, paymentId } = await careful.buy()
    const capture = (body?: object) => careful.admin.post(`/admin/payments/${paymentId}/capture`, body)
    // Two members of staff at once, who want different amounts.
    const answers = await Promise.all([capture({ amount: 3 }), capture({ amount: 4 })])
    assert.deepEqual(answers.map(({ status }) => status === 200).sort(), [false, true])
    const { payment } = good(await careful.admin.get(`/admin/payments/${paymentId}`))
    assert.ok(payment.captured_at !== null && payment.captured_amount < payment.amount)
    const more = await capture({ amount: 1 })
    assert.equal(more.body.type, 'not_allowed')
    assert.match(more.body.message, /captures a payment once/)
    assert.equal(good(await capture()).payment.captures.length, 1)
    const { order: now } = good(await careful.admin.get(`/admin/orders/${order.id}`))
    assert.equal(now.payment_status, 'partially_captured')
    assert.deepEqual(
      now.payment_collections.map(({ status, amount }: { status: string; amount: number }) => ({ status, amount })),
      [
        { status: 'completed', amount: payment.captured_amount },
        { status: 'not_paid', amount: order.total - payment.captured_amount },
      ],
    )
    await world().settle()
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, careful.tenantId, { atRest: false }), [])
  })

  it('asks the bank anew after it has declined a capture, and takes the money once', async () => {
    const careful = await world().openStore({ paymentCapture: 'manual' })
    const { order, paymentId } = await careful.buy()
    const provider = paymentProviderOf(stripeId) as PaymentProvider
    const keys: string[] = []
    registerPaymentProvider({
      ...provider,
      capture: (call, money, data) => {
        keys.push(call.operationKey)
        if (keys.length <= 2) return Promise.resolve({ kind: 'declined', message: 'Insufficient funds' })
        return provider.capture(call, money, data)
      },
    })
    try {
      const capture = () => careful.admin.post(`/admin/payments/${paymentId}/capture`)
      assert.match((await capture()).body.message, /Insufficient funds/)
      assert.match((await capture()).body.message, /Insufficient funds/)
      const answers = await Promise.all([capture(), capture()])
      for (const answer of answers) assert.equal(good(answer).payment.captured_amount, order.total)
    } finally {
      registerPaymentProvider(provider)
    }
    assert.equal(new Set(keys.slice(0, 3)).size, 3)
    assert.deepEqual([...new Set(keys.slice(2))], keys.slice(2, 3))
    assert.equal(good(await careful.admin.get(`/admin/payments/${paymentId}`)).payment.captures.length, 1)
  })

  it('is read with more refunds than Stripe lists at once', async () => {
    const many = 101
    const buyer = await world().openStore()
    const { intentId } = await buyer.buy()
    world().simulator.control.setFaults({ delivery: { drop: 1 } })
    for (let made = 0; made < many; made += 1) await buyer.stripe.refunds.create({ payment_intent: intentId, amount: 1 })
    world().simulator.control.setFaults({ delivery: { drop: 0 } })
    const provider = paymentProviderOf(stripeId) as PaymentProvider & { remote: RemotePort }
    const found = await provider.remote.fetchPayment(await readingCall(jobContext(world().app, buyer), provider), intentId)
    assert.ok(found.kind === 'ok' && found.value.refunds.length === many)
  })

  it('gives the authorisation up with a canceled order, and the money where it was taken', async () => {
    const careful = await world().openStore({ paymentCapture: 'manual' })
    const held = await careful.buy()
    good(await careful.admin.post(`/admin/orders/${held.order.id}/cancel`))
    await world().app.drain()
    assert.equal((await careful.stripe.paymentIntents.retrieve(held.intentId)).status, 'canceled')
    assert.deepEqual(await brokenInvariants(world().app.adminUrl, careful.tenantId, { atRest: false }), [])
    const taken = await store.buy()
    good(await store.admin.post(`/admin/orders/${taken.order.id}/cancel`))
    await world().settle()
    const [refund] = (await store.stripe.refunds.list({ payment_intent: taken.intentId })).data
    assert.equal(refund?.amount, Math.round(taken.order.total * 100))
  })

  it('needs an account', async () => {
    const bare = await world().openStore()
    const { payment_accounts } = good(await bare.admin.get('/admin/payment-accounts'))
    good(await bare.admin.delete(`/admin/payment-accounts/${payment_accounts[0].id}`))
    const offered = async () => {
      const { payment_providers } = good(await bare.shopper.get('/store/payment-providers', { region_id: bare.regionId }))
      return payment_providers.map(({ id }: { id: string }) => id)
    }
    assert.deepEqual(await offered(), ['pp_system_default'])
    // A page that was open before asks all the same, and says nothing of what is for staff.
    await assert.rejects(bare.cartToPay(), /cannot be paid through pp_stripe_stripe at the moment. Choose another way to pay/)
    await connectAccount(bare, 'accountofbare')
    assert.deepEqual((await offered()).sort(), ['pp_stripe_stripe', 'pp_system_default'])
    await bare.cartToPay()
  })

  it('needs an account of the store itself: another store’s is not seen, and wrong keys are refused by name', async () => {
    const other = await world().openStore()
    const [row] = await sql<{ id: string }>('select id from app.payment_account where tenant_id = $1', [store.tenantId])
    assert.equal((await other.admin.get(`/admin/payment-accounts/${row?.id}`)).status, 404)
    const body = { provider_id: stripeId, secret_key: 'sk_live_12345678' }
    const live = await other.admin.post('/admin/payment-accounts', body)
    assert.equal(live.status, 400)
    assert.match(live.body.message, /live key is refused while a simulator/)
    const nonsense = await other.admin.post('/admin/payment-accounts', { provider_id: stripeId, secret_key: 'password' })
    assert.match(nonsense.body.message, /no secret or restricted key/)
    const manual = await other.admin.post('/admin/payment-accounts', { provider_id: 'pp_system_default', secret_key: 'sk_test_12345678' })
    assert.match(manual.body.message, /needs no account/)
  })
})
