import assert from 'node:assert/strict'
import { notFoundByTotal } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { brokenInvariants } from '../../support/invariants.js'
import { readyCart } from '../../support/ready-cart.js'
import { signUp } from '../../support/shopper.js'
import { createTestStore } from '../../support/store.js'

describe('a line of credit below nothing', () => {
  const app = useApp()

  it('gives what is owed to the shopper as store credit, and no more', async () => {
    const store = await createTestStore(app(), { vendors: 1, stock: 10 })
    const buyer = await signUp(app(), store, 'buyer@example.com')
    const variant_id = store.vendors[0]?.products[0]?.variantIds[0] as string
    const cartId = await readyCart(store, { items: [{ variant_id, quantity: 2 }], shippingOf: [0] })
    good(await buyer.client.post(`/store/carts/${cartId}/customer`))
    const { order } = good(await buyer.client.post(`/store/carts/${cartId}/complete`))
    const edit = `/admin/order-edits/${order.id}`
    good(await store.admin.post('/admin/order-edits', { order_id: order.id }))
    good(await store.admin.post(`${edit}/items/item/${order.items[0].id}`, { quantity: 1 }))
    good(await store.admin.post(`${edit}/confirm`))
    const { pending_difference: owed } = good(await store.admin.get(`/admin/orders/${order.id}`)).order.summary
    assert.ok(owed < 0)
    const said = { reference: 'edit', reference_id: 'one less', metadata: { asked_by: 'phone' } }
    const settle = (amount: number) => store.admin.post(`/admin/orders/${order.id}/credit-lines`, { amount, ...said })
    const message = 'Cannot create more negative credit lines with amount more than the pending difference'
    assert.deepEqual((await settle(owed - 1)).body, { type: 'invalid_data', message })
    good(await settle(-1))
    const both = await Promise.all([settle(owed + 1), settle(owed + 1)])
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 400], 'what is owed is given once, whoever else gives it')
    const { order: settled } = good(await store.admin.get(`/admin/orders/${order.id}`, { fields: '+summary,*credit_lines' }))
    assert.equal(settled.summary.pending_difference, 0)
    assert.deepEqual(
      settled.credit_lines.map(({ amount, reference, reference_id, metadata }: Record<string, unknown>) => ({
        amount,
        reference,
        reference_id,
        metadata,
      })),
      [
        { amount: -1, ...said },
        { amount: owed + 1, ...said },
      ],
      'each is told with what staff said of it',
    )
    const { store_credit_accounts } = good(await store.admin.get('/admin/store-credit-accounts', { customer_id: buyer.id }))
    assert.equal(store_credit_accounts[0].balance, -owed)
    assert.deepEqual(await notFoundByTotal(store), [])
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })
})
