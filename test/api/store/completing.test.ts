import assert from 'node:assert/strict'
import { completeCart } from '../../../src/checkout/index.js'
import { newId, systemClock } from '../../../src/kernel/index.js'
import { type Outcome, type PaymentSnapshot, registerPaymentProvider } from '../../../src/payments/index.js'
import { useApp } from '../../support/app.js'
import type { Answer } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { plainConflict } from '../../support/http.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

function refused(answer: Answer, status: number, body: object): void {
  assert.deepEqual({ status: answer.status, body: answer.body }, { status, body })
}

const invalid = (message: string) => ({ type: 'invalid_data', message })

describe('what refuses to become an order', () => {
  const app = useApp()
  let store: TestStore
  let variantId: string
  const sql = (text: string, values: unknown[] = []) => asAdmin(app().adminUrl, text, values)

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, stock: 10 })
    variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
  })

  async function newCart(body: object = {}): Promise<string> {
    const { body: answer } = await store.shopper.post('/store/carts', body)
    return answer.cart.id
  }

  async function fullCart(): Promise<string> {
    return fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
  }

  describe('completing a cart', () => {
    const complete = (cartId: string) => store.shopper.post(`/store/carts/${cartId}/complete`)
    const addTo = (cartId: string, id = variantId) =>
      store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: id, quantity: 1 })
    async function startPaying(cartId: string, provider_id = 'pp_system_default') {
      const { body } = await store.shopper.post('/store/payment-collections', { cart_id: cartId })
      return store.shopper.post(`/store/payment-collections/${body.payment_collection.id}/payment-sessions`, { provider_id })
    }

    it('that has no items', async () => {
      refused(await complete(await newCart()), 400, invalid('Cannot complete a cart with no items'))
    })

    it('when an attempt at it is resumed that has ended meanwhile', async () => {
      const cartId = await fullCart()
      const context = { db: app().db, scope: store.scope, clock: systemClock, requestId: 'req_test', actorId: 'system' }
      const resumed = completeCart(context, cartId, { resumeAfter_ms: 60_000 }, { resumed: newId('chk') })
      await assert.rejects(resumed, { type: 'not_allowed' })
      assert.deepEqual(await sql('select id from app.checkout where cart_id = $1', [cartId]), [])
    })

    it('before its payment was begun', async () => {
      const cartId = await newCart()
      await addTo(cartId)
      refused(await complete(cartId), 400, invalid('Payment collection has not been initiated for cart'))
      await store.shopper.post('/store/payment-collections', { cart_id: cartId })
      refused(await complete(cartId), 400, invalid('Payment sessions are required to complete cart'))
    })

    it('whose total changed after its payment was begun', async () => {
      const cartId = await fullCart()
      await addTo(cartId)
      refused(await complete(cartId), 400, invalid('Payment sessions are required to complete cart'))
    })

    it('without shipping for what must be sent', async () => {
      const cartId = await newCart()
      await addTo(cartId)
      await startPaying(cartId)
      refused(await complete(cartId), 400, invalid('No shipping method selected but the cart contains items that require shipping.'))
    })

    it('with shipping for one of two vendors, where the store chooses none by itself', async () => {
      const strict = await createTestStore(app(), { vendors: 2, autoPickShipping: false })
      const ids = strict.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
      const cartId = await fillCart(strict.shopper, { regionId: strict.regionId, variantIds: ids })
      refused(
        await strict.shopper.post(`/store/carts/${cartId}/complete`),
        400,
        invalid('The cart items require shipping profiles that are not satisfied by the current shipping methods'),
      )
    })

    it('through a provider that the region no longer has', async () => {
      const moody = await createTestStore(app())
      const ids = [moody.vendors[0]?.products[0]?.variantIds[0] as string]
      const cartId = await fillCart(moody.shopper, { regionId: moody.regionId, variantIds: ids })
      await sql('update app.region_payment_provider set is_enabled = false where tenant_id = $1', [moody.tenantId])
      refused(
        await moody.shopper.post(`/store/carts/${cartId}/complete`),
        400,
        invalid(`Payment provider pp_system_default is not enabled in the cart's region ${moody.regionId}.`),
      )
    })

    it('with a thing whose vendor was suspended since', async () => {
      const risky = await createTestStore(app())
      const id = risky.vendors[0]?.products[0]?.variantIds[0] as string
      const cartId = await fillCart(risky.shopper, { regionId: risky.regionId, variantIds: [id] })
      await sql(`update app.vendor set status = 'suspended' where tenant_id = $1`, [risky.tenantId])
      refused(
        await risky.shopper.post(`/store/carts/${cartId}/complete`),
        400,
        invalid(`Variants ${id} do not exist or belong to a product that is not published`),
      )
      const rows = await sql(`select 1 from app.reservation where tenant_id = $1`, [risky.tenantId])
      assert.equal(rows.length, 0)
    })

    describe('through a provider', () => {
      let answer: Outcome<PaymentSnapshot> = { kind: 'declined', message: 'no' }
      let captured: Outcome<PaymentSnapshot> | undefined
      let voided: Outcome<{ data: Record<string, unknown> }> = { kind: 'unknown', message: 'not asked here' }
      const voids: string[] = []
      before(async () => {
        registerPaymentProvider({
          id: 'pp_scripted_test',
          startSession: async () => ({ kind: 'ok', value: { client_secret: 'secret' } }),
          authorize: async () => answer,
          capture: async () => captured ?? answer,
          refund: async () => ({ kind: 'unknown', message: 'not asked here' }),
          async cancel(call, money, data) {
            voids.push(`${call.operationKey.split(':')[0]} ${money.amountMinor} ${JSON.stringify(data)}`)
            return voided
          },
        })
        await sql(`insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_scripted_test')`, [
          store.tenantId,
          store.regionId,
        ])
      })

      async function cartWithProvider(): Promise<string> {
        const cartId = await fullCart()
        await startPaying(cartId, 'pp_scripted_test')
        return cartId
      }

      it('that declines, or wants to know more, and leaves the cart open', async () => {
        const cartId = await cartWithProvider()
        answer = { kind: 'declined', message: 'no' }
        const declined = await complete(cartId)
        assert.equal(declined.status, 200)
        assert.equal(declined.body.type, 'cart')
        assert.equal(declined.body.cart.id, cartId)
        assert.deepEqual(declined.body.error, {
          message: 'Payment authorization failed',
          name: 'Error',
          type: 'payment_authorization_error',
        })
        answer = { kind: 'requires_more', message: 'confirm' }
        const more = await complete(cartId)
        assert.deepEqual(more.body.error, {
          message: 'More information is required for payment',
          name: 'Error',
          type: 'payment_requires_more_error',
        })
        const held = await sql(
          `select 1 from app.reservation r join app.checkout k on k.tenant_id = r.tenant_id and k.id = r.checkout_id where k.cart_id = $1 and r.state = 'active'`,
          [cartId],
        )
        assert.equal(held.length, 0)
        answer = { kind: 'ok', value: { status: 'captured', data: { client_secret: 'secret', card_last4: '4242' } } }
        const { body } = await complete(cartId)
        assert.equal(body.type, 'order')
        const { order } = (await store.shopper.get(`/store/orders/${body.order.id}`, { fields: '*payment_collections.payments' })).body
        assert.deepEqual(order.payment_collections[0].payments[0].data, { card_last4: '4242' })
      })

      it('that agrees and then does not pay: what it held is let go, and the cart can be paid otherwise', async () => {
        const cartId = await cartWithProvider()
        const { total } = (await store.shopper.get(`/store/carts/${cartId}`)).body.cart
        answer = { kind: 'ok', value: { status: 'authorized', data: { intent: 'one' } } }
        captured = { kind: 'declined', message: 'expired' }
        assert.equal((await complete(cartId)).body.code, plainConflict.code, 'nobody knows yet whether the card is free again')
        voided = { kind: 'ok', value: { data: {} } }
        const { body: refusal } = await complete(cartId)
        assert.deepEqual([refusal.type, refusal.error.type], ['cart', 'payment_authorization_error'])
        assert.deepEqual(voids, Array(2).fill(`void ${Math.round(total * 100)} {"intent":"one"}`))
        const left = await sql(`select state from app.checkout where cart_id = $1`, [cartId])
        assert.deepEqual(left, [{ state: 'failed' }])
        captured = undefined
        answer = { kind: 'ok', value: { status: 'captured', data: {} } }
        assert.equal((await complete(cartId)).body.type, 'order')
      })

      it('that does not answer: the cart stays as it is until it does', async () => {
        const cartId = await cartWithProvider()
        answer = { kind: 'unknown', message: 'timeout' }
        refused(await complete(cartId), 409, plainConflict)
        refused(await addTo(cartId), 409, plainConflict)
        answer = { kind: 'ok', value: { status: 'captured', data: {} } }
        assert.equal((await complete(cartId)).body.type, 'order')
      })

      it('that agreed to less than the cart costs with the shipping of all its vendors', async () => {
        const both = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
        const picks = (isOn: boolean) => sql('update app.store set auto_pick_shipping = $2 where tenant_id = $1', [store.tenantId, isOn])
        await picks(false)
        const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds: both })
        await startPaying(cartId, 'pp_scripted_test')
        await picks(true)
        refused(
          await complete(cartId),
          400,
          invalid("The payment sessions of the cart do not cover its total. Refresh the cart's payment collection and try again."),
        )
      })
    })
  })
})
