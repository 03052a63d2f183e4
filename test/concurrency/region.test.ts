import assert from 'node:assert/strict'
import { type PaymentProvider, registerPaymentProvider } from '../../src/payments/index.js'
import { manyConnections, useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants, deadlocksOf } from '../support/invariants.js'
import { copiesOf, readyCart, startPayment } from '../support/ready-cart.js'
import { addRegion } from '../support/region.js'
import { separateSockets } from '../support/sockets.js'
import { createTestStore, type TestStore } from '../support/store.js'

/** A provider that agrees to everything, and keeps whoever asks waiting while one of its gates is shut. */
function gatedProvider(id: string) {
  const gates = new Map<string, { closed: Promise<void>; asked: () => void }>()
  const pass = async (name: string) => {
    const gate = gates.get(name)
    gate?.asked()
    await gate?.closed
  }
  const agreed: PaymentProvider['authorize'] = async (_call, _money, data) => ({ kind: 'ok', value: { status: 'authorized', data } })
  registerPaymentProvider({
    id,
    async startSession(_call, money) {
      await pass('startSession')
      return { kind: 'ok', value: { currency: money.currency } }
    },
    async authorize(...asked) {
      await pass('authorize')
      return agreed(...asked)
    },
    capture: async (_call, _money, data) => ({ kind: 'ok', value: { status: 'captured', data } }),
    refund: async (_call, _money, data) => ({ kind: 'ok', value: { data } }),
    cancel: async (_call, _money, data) => ({ kind: 'ok', value: { data } }),
  })
  /** Shuts a gate. Answers when somebody stands before it, with how to open it. */
  return (name: 'startSession' | 'authorize') => {
    let open: () => void = () => undefined
    const closed = new Promise<void>((resolve) => {
      open = resolve
    })
    const somebody = new Promise<void>((resolve) => gates.set(name, { closed, asked: resolve }))
    return {
      somebody,
      open() {
        gates.delete(name)
        open()
      },
    }
  }
}

describe('a region that changes while a cart is paid', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })
  const shut = gatedProvider('pp_test_border')
  let store: TestStore
  let otherRegion: string
  let items: { variant_id: string; quantity: number }[]

  before(async () => {
    // Without taxes a cart costs as many units in the one region as in the other.
    store = await createTestStore(app(), { vendors: 2, stock: 1_000 })
    otherRegion = await addRegion(app(), store, { country: 'de', currency: 'eur' })
    items = store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 }))
    for (const regionId of [store.regionId, otherRegion]) {
      await asAdmin(
        app().adminUrl,
        `insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_test_border')`,
        [store.tenantId, regionId],
      )
    }
  })

  afterEach('leaves every invariant whole', async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })

  const cartOf = async (cartId: string) => good(await store.shopper.get(`/store/carts/${cartId}`)).cart
  const moveTo = (cartId: string, region_id: string) => store.shopper.post(`/store/carts/${cartId}`, { region_id })

  it('starts no payment in the currency of the region that the shopper has left', async () => {
    const cartId = await readyCart(store, { items, shippingOf: [0, 1] })
    const before = await cartOf(cartId)
    const gate = shut('startSession')
    const starting = store.shopper.post(`/store/payment-collections/${before.payment_collection.id}/payment-sessions`, {
      provider_id: 'pp_test_border',
    })
    await gate.somebody
    good(await moveTo(cartId, otherRegion))
    gate.open()
    const refused = await starting
    assert.deepEqual(
      [refused.status, refused.body],
      [400, { type: 'invalid_data', message: 'The cart changed while its payment was started. Try again.' }],
    )
    const moved = await cartOf(cartId)
    assert.deepEqual([moved.currency_code, moved.total, moved.payment_collection.payment_sessions], ['eur', before.total, []])
    await startPayment(store, cartId, 'pp_test_border')
    const { order } = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.deepEqual([order.currency_code, order.total], ['eur', before.total])
  })

  it('sells what was agreed to, whatever the staff make of the region meanwhile', async () => {
    const cartId = await readyCart(store, { items, shippingOf: [0, 1], providerId: 'pp_test_border' })
    const before = await cartOf(cartId)
    const gate = shut('authorize')
    const completing = store.shopper.post(`/store/carts/${cartId}/complete`)
    await gate.somebody
    const path = `/admin/regions/${store.regionId}`
    const changes = { name: 'Elsewhere', currency_code: 'eur', countries: ['ca'], automatic_taxes: false, payment_providers: [] }
    good(await store.admin.post(path, changes))
    gate.open()
    const { order } = good(await completing)
    for (const name of ['currency_code', 'total', 'subtotal', 'tax_total', 'shipping_total']) assert.equal(order[name], before[name], name)
    assert.equal(order.shipping_address.country_code, 'us')
    const back = {
      currency_code: 'usd',
      countries: ['us'],
      automatic_taxes: true,
      payment_providers: ['pp_system_default', 'pp_test_border'],
    }
    good(await store.admin.post(path, back))
  })

  it('comes to an order as its cart was, or to none, when shopper, buyer and staff are all at it', async () => {
    const carts = await copiesOf(app(), await readyCart(store, { items, shippingOf: [0, 1] }), 6)
    await app().drain()
    const deadlocks = await deadlocksOf(app().adminUrl)
    const { post } = separateSockets(app(), store)
    const staff = [false, true, false, true].map((automatic_taxes) =>
      store.admin.post(`/admin/regions/${store.regionId}`, { automatic_taxes }),
    )
    const answers = await Promise.all(
      carts.map((cartId, index) => {
        const complete = () => post(`/store/carts/${cartId}/complete`)
        const move = () => moveTo(cartId, otherRegion)
        const [first, second] = index % 2 === 0 ? [complete(), move()] : [move(), complete()]
        return Promise.all(index % 2 === 0 ? [first, second] : [second, first])
      }),
    )
    for (const answer of await Promise.all(staff)) good(answer)
    for (const [index, [completed, moved]] of answers.entries()) {
      const cart = await cartOf(carts[index] as string)
      if (completed?.body.type === 'order') {
        const { order } = completed.body
        assert.deepEqual([order.currency_code, order.total], [cart.currency_code, cart.total])
        assert.deepEqual([order.currency_code, [400, 409].includes(moved?.status as number)], ['usd', true], JSON.stringify(moved?.body))
      } else {
        assert.deepEqual([completed?.status, moved?.status, cart.currency_code], [400, 200, 'eur'], JSON.stringify(completed?.body))
      }
    }
    assert.equal(await deadlocksOf(app().adminUrl), deadlocks)
  })
})
