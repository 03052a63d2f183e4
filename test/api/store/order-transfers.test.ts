import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { fillCart } from '../../support/purchase.js'
import { codeIn, type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('an order that another account asks for', () => {
  const app = useApp()
  let store: TestStore
  let shopper: Shopper
  let orderId: string
  let buyer: string
  let count = 0

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
  })
  beforeEach(async () => {
    count += 1
    buyer = `guest-${count}@example.com`
    shopper = await signUp(app(), store, `claimer-${count}@example.com`)
    const variantIds = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds, email: buyer })
    orderId = (await store.shopper.post(`/store/carts/${cartId}/complete`)).body.order.id
  })

  const path = (word: string) => `/store/orders/${orderId}/transfer/${word}`
  const settle = (word: 'accept' | 'decline', token: string) => store.shopper.post(path(word), { token })
  const own = async (by = shopper) => (await by.client.get('/store/orders')).body.orders.map((one: { id: string }) => one.id)

  async function ask(body: object = {}, by = shopper): Promise<string> {
    const answer = await by.client.post(path('request'), body)
    assert.deepEqual([answer.status, answer.body.order?.id], [200, orderId], JSON.stringify(answer.body))
    await app().drain()
    return codeIn(app().mails, buyer)
  }

  it('is handed over by the token that its buyer was mailed', async () => {
    const token = await ask({ description: 'Mine, bought as a guest' })
    const mail = app().mails.find(({ to, text }) => to === buyer && text.includes(token))
    assert.match(mail?.text ?? '', new RegExp(`${shopper.email}[\\s\\S]*${orderId}`))
    assert.deepEqual(await own(), [])
    const accepted = await settle('accept', token)
    assert.deepEqual([accepted.status, accepted.body.order.email], [200, buyer])
    assert.deepEqual(await own(), [orderId])
    const again = await settle('accept', token)
    assert.deepEqual(
      [again.status, again.body],
      [400, { type: 'invalid_data', message: `Order ${orderId} does not have an order transfer request.` }],
    )
  })

  it('changes its address with its owner when that was asked for, for its vendors as well', async () => {
    const token = await ask({ update_order_email: true })
    assert.equal((await settle('accept', token)).body.order.email, shopper.email)
    const parts = await store.vendor(0).get('/vendor/orders')
    assert.equal(parts.body.orders[0].email, shopper.email)
  })

  it('stays where it is when its buyer declines, or the account takes the request back', async () => {
    const first = await ask()
    assert.equal((await settle('decline', first)).status, 200)
    assert.equal((await settle('accept', first)).status, 400)
    const second = await ask()
    assert.notEqual(second, first)
    assert.equal((await shopper.client.post(path('cancel'))).status, 200)
    assert.equal((await settle('accept', second)).status, 400)
    assert.deepEqual(await own(), [])
    const nothing = await shopper.client.post(path('cancel'))
    assert.deepEqual([nothing.status, nothing.body.type], [400, 'invalid_data'])
  })

  it('is asked for by one at a time, and not by who has it', async () => {
    const token = await ask()
    const second = await signUp(app(), store, `second-${count}@example.com`)
    const refused = await second.client.post(path('request'))
    assert.deepEqual([refused.status, refused.body.type], [400, 'invalid_data'])
    assert.equal((await second.client.post(path('cancel'))).status, 400, 'nor is it another’s to take back')
    await settle('accept', token)
    const mine = await shopper.client.post(path('request'))
    assert.deepEqual([mine.status, mine.body.message], [400, `Order: ${orderId} already belongs to customer: ${shopper.id}`])
    buyer = buyer.toLowerCase()
    const handedOn = await ask({}, second)
    await settle('accept', handedOn)
    assert.deepEqual([await own(), await own(second)], [[], [orderId]])
  })

  it('is asked for once by many requests at the same moment', async () => {
    const tries = await Promise.all(Array.from({ length: 5 }, () => shopper.client.post(path('request'))))
    assert.deepEqual(tries.map((answer) => answer.status).sort(), [200, 400, 400, 400, 400])
  })

  it('is accepted, declined or taken back, but one of them, when all come at the same moment', async () => {
    const token = await ask()
    const tries = await Promise.all([
      settle('accept', token),
      settle('decline', token),
      shopper.client.post(path('cancel')),
      settle('accept', token),
    ])
    assert.deepEqual(tries.map((answer) => answer.status).sort(), [200, 400, 400, 400])
    const accepted = tries[0]?.status === 200 || tries[3]?.status === 200
    assert.deepEqual(await own(), accepted ? [orderId] : [])
  })

  it('is not handed over by a token of another order, an empty one, or without one', async () => {
    await ask()
    assert.equal((await settle('accept', 'f'.repeat(64))).body.message, 'Invalid token.')
    assert.equal((await settle('accept', '')).status, 400)
    assert.equal((await store.shopper.post(path('accept'), {})).body.message, "Invalid request: Field 'token' is required")
    assert.equal((await store.shopper.post(path('request'))).status, 401)
    const unknown = await shopper.client.post('/store/orders/order_none/transfer/request')
    assert.deepEqual([unknown.status, unknown.body.message], [404, 'Order id not found: order_none'])
  })
})
