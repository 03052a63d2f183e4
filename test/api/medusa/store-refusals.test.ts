import assert from 'node:assert/strict'
import { addReturnOption, buy, packAll } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { type Answer, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { codeIn, password, type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

function refused(answer: Answer, status: number, type: string, message: string): void {
  assert.deepEqual({ status: answer.status, body: answer.body }, { status, body: { type, message } })
}

describe('what the Store API refuses, in the words of Medusa', () => {
  const app = useApp()
  let store: TestStore
  let shopper: Shopper

  before(async () => {
    store = await createTestStore(app())
    shopper = await signUp(app(), store, 'ada@example.com')
  })

  describe('lists', () => {
    it('with numbers that are none, and with parts that only lists have', async () => {
      const list = (query: Record<string, string>) => store.shopper.get('/store/products', query)
      refused(await list({ limit: 'many' }), 400, 'invalid_data', "Invalid request: Expected type: 'number' for field 'limit', got: 'many'")
      refused(await list({ limit: '' }), 400, 'invalid_data', "Invalid request: Expected type: 'number' for field 'limit', got: ''")
      refused(await list({ offset: '' }), 400, 'invalid_data', "Invalid request: Expected type: 'number' for field 'offset', got: ''")
      refused(await list({ offset: 'x1' }), 400, 'invalid_data', "Invalid request: Expected type: 'number' for field 'offset', got: 'x1'")
      refused(
        await list({ with_deleted: 'maybe' }),
        400,
        'invalid_data',
        "Invalid request: Expected type: 'boolean' for field 'with_deleted', got: 'maybe'",
      )
      refused(
        await list({ is_giftcard: 'maybe' }),
        400,
        'invalid_data',
        "Invalid request: Expected type: 'boolean' for field 'is_giftcard', got: 'maybe'",
      )
      assert.equal((await list({ with_deleted: 'true' })).status, 200)
      refused(
        await store.shopper.get(`/store/regions/${store.regionId}`, { with_deleted: 'true', limit: '1' }),
        400,
        'invalid_data',
        "Invalid request: Unrecognized fields: 'limit, with_deleted'",
      )
    })

    it('for a region that the store does not have', async () => {
      for (const path of ['/store/products', '/store/product-variants']) {
        refused(
          await store.shopper.get(path, { region_id: 'reg_none' }),
          400,
          'invalid_data',
          'Region with id reg_none not found when populating the pricing context',
        )
      }
    })

    it('of a channel that is not the key’s, before saying that the key has none', async () => {
      const { body } = await store.admin.post('/admin/api-keys', { title: 'Closed', type: 'publishable' })
      const closed = client(app(), { publishableKey: body.api_key.token })
      refused(await closed.get('/store/products'), 400, 'invalid_data', 'Publishable key needs to have a sales channel configured')
      refused(
        await closed.get('/store/products', { sales_channel_id: 'sc_other' }),
        400,
        'invalid_data',
        'Requested sales channel is not part of the publishable key',
      )
    })
  })

  it('regions, addresses and orders that there are not', async () => {
    refused(await store.shopper.get('/store/regions/reg_none'), 404, 'not_found', 'Region with id: reg_none was not found')
    refused(
      await shopper.client.get('/store/customers/me/addresses/cuaddr_none'),
      404,
      'not_found',
      'Address with id: cuaddr_none was not found',
    )
    refused(await store.shopper.get('/store/orders/order_none'), 404, 'not_found', 'Order id not found: order_none')
    refused(await shopper.client.post('/store/orders/order_none/transfer/request'), 404, 'not_found', 'Order id not found: order_none')
  })

  describe('signing in and registering', () => {
    const both = ['', '/register'].map((end) => `/auth/customer/emailpass${end}`)

    it('without a password or an e-mail, which is no sign-in', async () => {
      for (const path of both) {
        refused(await store.shopper.post(path, { email: 'ada@example.com' }), 401, 'unauthorized', 'Password should be a string')
        refused(
          await store.shopper.post(path, { email: 'ada@example.com', password: 5 }),
          401,
          'unauthorized',
          'Password should be a string',
        )
        refused(await store.shopper.post(path, { password }), 401, 'unauthorized', 'Email should be a string')
      }
      refused(await store.shopper.post(both[0] as string, { email: 'nobody', password }), 401, 'unauthorized', 'Invalid email or password')
    })

    it('but not for what a form holds beside the two', async () => {
      const extra = { email: 'form@example.com', password, first_name: 'Ada' }
      for (const path of [...both].reverse()) {
        const { status, body } = await store.shopper.post(path, extra)
        assert.deepEqual([status, Object.keys(body)], [200, ['token']], path)
      }
    })

    it('a new password by a token that is none, whatever comes with it', async () => {
      refused(await shopper.client.post('/auth/customer/emailpass/update', {}), 401, 'unauthorized', 'Invalid token')
    })

    it('the end of a session that nobody has', async () => {
      for (const caller of [store.shopper, shopper.client]) {
        const { status, body } = await caller.delete('/auth/session')
        assert.deepEqual([status, body], [401, { message: 'Unauthorized' }])
      }
    })
  })

  it('an account without an e-mail, with what is none, and a second one', async () => {
    const { body } = await store.shopper.post('/auth/customer/emailpass/register', { email: 'half@example.com', password })
    const half = client(app(), { publishableKey: store.publishableKey, token: body.token })
    refused(await half.post('/store/customers', { first_name: 'Ada' }), 400, 'invalid_data', 'Email is required to create a customer')
    refused(await half.post('/store/customers', { email: 'half' }), 400, 'invalid_data', 'Invalid request: Invalid email address')
    refused(
      await shopper.client.post('/store/customers', { email: 'ada@example.com' }),
      400,
      'invalid_data',
      'Request already authenticated as a customer.',
    )
    assert.equal((await half.post('/store/customers', { email: 'half@example.com' })).status, 200, 'and nothing of it is kept')
  })

  describe('the transfer of an order', () => {
    let orderId: string
    let mailed: string
    const ask = (by = shopper) => by.client.post(`/store/orders/${orderId}/transfer/request`)
    const settle = (word: string, token: string) => store.shopper.post(`/store/orders/${orderId}/transfer/${word}`, { token })

    beforeEach(async () => {
      const bought = await buy(store)
      orderId = bought.id
      mailed = bought.order.email
    })

    it('that nobody asked for', async () => {
      const none = 'An active Order Change is required to proceed'
      refused(await settle('accept', 'x'), 400, 'invalid_data', `Order ${orderId} does not have an order transfer request.`)
      refused(await settle('decline', 'x'), 400, 'invalid_data', none)
      refused(await shopper.client.post(`/store/orders/${orderId}/transfer/cancel`), 400, 'invalid_data', none)
      refused(await settle('accept', ''), 400, 'invalid_data', "Invalid request: Value for field 'token' too small, expected at least: '1'")
    })

    it('that is asked for already, or with a token of another', async () => {
      assert.equal((await ask()).status, 200)
      const second = await signUp(app(), store, `second.${orderId.slice(-6).toLowerCase()}@example.com`)
      const until = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10)
      const active = `Order (${orderId}) already has an existing active order change`
      const message = `${active}: an account asks for it until ${until}. Cancel that transfer, or wait.`
      assert.deepEqual((await ask(second)).body, { type: 'invalid_data', code: 'order_transfer_open', message }, 'with what to do')
      refused(
        await second.client.post(`/store/orders/${orderId}/transfer/cancel`),
        400,
        'not_allowed',
        'This customer is not allowed to cancel the transfer.',
      )
      for (const word of ['accept', 'decline']) refused(await settle(word, 'x'), 400, 'not_allowed', 'Invalid token.')
    })

    it('that was canceled, except that it can be declined', async () => {
      await ask()
      await app().drain()
      const token = codeIn(app().mails, mailed)
      await asAdmin(app().adminUrl, `update app.orders set status = 'canceled' where id = $1`, [orderId])
      const gone = `Order with id ${orderId} has been canceled.`
      refused(await ask(), 400, 'invalid_data', gone)
      refused(await settle('accept', token), 400, 'invalid_data', gone)
      refused(await shopper.client.post(`/store/orders/${orderId}/transfer/cancel`), 400, 'invalid_data', gone)
      assert.equal((await settle('decline', token)).status, 200)
    })
  })

  describe('a return', () => {
    let optionId: string
    before(async () => {
      optionId = await addReturnOption(store)
    })
    const ask = (order_id: string, item: object) =>
      store.shopper.post('/store/returns', { order_id, items: [item], return_shipping: { option_id: optionId } })

    it('of more than was packed, and with reasons that there are not or that stand over others', async () => {
      const { return_reason: over } = (await store.admin.post('/admin/return-reasons', { value: 'size', label: 'Size' })).body
      const below = { value: 'large', label: 'Too large', parent_return_reason_id: over.id }
      const { return_reason: closer } = (await store.admin.post('/admin/return-reasons', below)).body
      const bought = await buy(store)
      await packAll(store, bought, 1)
      const [line] = bought.lines as [string]
      refused(
        await ask(bought.id, { id: line, quantity: 2 }),
        400,
        'invalid_data',
        `Cannot request to return more items than what was fulfilled for item ${line}.`,
      )
      refused(
        await ask(bought.id, { id: line, quantity: 1, reason_id: 'rr_none' }),
        400,
        'invalid_data',
        'Return reason with id rr_none does not exists.',
      )
      refused(
        await ask(bought.id, { id: line, quantity: 1, reason_id: over.id }),
        400,
        'invalid_data',
        `Cannot apply return reason with id ${over.id} to order with id ${bought.id}. Return reason has nested reasons.`,
      )
      assert.equal((await ask(bought.id, { id: line, quantity: 1, reason_id: closer.id })).status, 200)
    })

    it('of an order that there is not, or that was canceled', async () => {
      refused(await ask('order_none', { id: 'ordli_x', quantity: 1 }), 404, 'not_found', 'Order id not found: order_none')
      const bought = await buy(store)
      assert.equal((await store.admin.post(`/admin/orders/${bought.id}/cancel`)).status, 200)
      const item = { id: bought.lines[0], quantity: 1 }
      refused(await ask(bought.id, item), 400, 'invalid_data', `Order with id ${bought.id} has been canceled.`)
    })
  })
})
