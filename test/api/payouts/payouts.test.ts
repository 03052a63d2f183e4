import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { brokenInvariants } from '../../support/invariants.js'
import { openBank, type PayingBank, payingBankId } from '../../support/paying-bank.js'
import { addPayee, releasedMinor, sell, type Sold } from '../../support/payouts.js'
import { readyCart, startPayment } from '../../support/ready-cart.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('paying vendors by hand', () => {
  const app = useApp()
  let store: TestStore
  let bank: PayingBank
  const tenants: string[] = []

  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 1 })
    bank = await openBank(app(), store)
    tenants.push(store.tenantId)
  })

  const part = (sold: Sold) => sold.parts[0]?.id as string
  const released = (sold: Sold, states?: string[]) => releasedMinor(app(), store, part(sold), states)
  const refund = (sold: Sold, amount?: number) =>
    store.admin.post(`/admin/payments/${sold.paymentId}/refund`, amount === undefined ? {} : { amount })
  const books = async (code: string) => {
    const { balances } = good(await store.admin.get('/admin/ledger/balances'))
    return balances.find((row: { code: string; party_id: string | null }) => row.code === code && row.party_id !== null)?.balance ?? 0
  }

  it('waits to be paid by hand for what no provider can pay, and follows refunds until then', async () => {
    const sold = await sell(store, { providerId: 'pp_system_default' })
    await app().drain()
    assert.equal(await released(sold, ['awaiting']), 1_400)
    assert.equal(await books('L:vendor'), 14, 'nothing is booked before it is paid')
    good(await refund(sold, 7.5))
    await app().drain()
    assert.equal(await released(sold, ['awaiting']), 700)
    good(await refund(sold))
    await app().drain()
    assert.equal(await released(sold, ['awaiting']), 0)
  })

  it('releases of a payment no more than it took: what store credit paid for is paid by hand', async () => {
    await addPayee(store, bank)
    const { gift_card } = good(await store.admin.post('/admin/gift-cards', { value: 5, currency_code: 'usd' }))
    const items = [{ variant_id: store.vendors[0]?.products[0]?.variantIds[0] as string, quantity: 1 }]
    const cartId = await readyCart(store, { items })
    good(await store.shopper.post(`/store/carts/${cartId}/gift-cards`, { code: gift_card.code }))
    await startPayment(store, cartId, payingBankId)
    const { body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(body.type, 'order', JSON.stringify(body))
    await app().drain()
    const { releases } = good(await store.admin.get('/admin/releases', { order_id: body.order.id }))
    const paid = releases.map((one: { method: string; state: string; amount: number }) => [one.method, one.state, one.amount]).sort()
    assert.deepEqual(paid, [
      ['manual', 'awaiting', 4],
      ['provider', 'succeeded', 10],
    ])
  })

  it('leaves books that agree with its rows', async () => {
    for (const tenantId of tenants) assert.deepEqual(await brokenInvariants(app().adminUrl, tenantId, { atRest: false }), [])
  })
})
