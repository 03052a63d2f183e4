import assert from 'node:assert/strict'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { type StripeStore, useStripe } from '../support/stripe.js'
import { addPayees, brokenTruths } from './truths.js'

describe('a vendor whose account at Stripe is over', () => {
  const world = useStripe()
  let store: StripeStore
  let first: string
  beforeEach(async function () {
    this.timeout(30_000)
    store = await world().openStore()
    ;[first] = (await addPayees(world(), store)) as [string]
    await store.buy()
    await world().settle()
  })
  afterEach(async () => assert.deepEqual(await brokenTruths(world(), store), []))

  const payees = () =>
    asAdmin<{ reference: string; status: string; is_replaced: boolean }>(
      world().app.adminUrl,
      'select reference, status, replaced_at is not null as is_replaced from app.payee where tenant_id = $1 order by id',
      [store.tenantId],
    )
  const sentTo = async (destination: string) => (await store.stripe.transfers.list({ destination })).data.map(({ amount }) => amount)

  for (const [what, end] of [
    ['rejected', (id: string) => world().simulator.control.rejectAccount(id)],
    ['closed', (id: string) => store.stripe.v2.core.accounts.close(id).then(() => undefined)],
    ['taken out of reach', (id: string) => world().simulator.control.disconnectAccount(id)],
  ] as const) {
    it(`(${what}) begins anew, and is paid on the next account what the first was not`, async function () {
      this.timeout(30_000)
      await end(first)
      await world().settle()
      const status = what === 'rejected' ? 'rejected' : 'closed'
      assert.deepEqual(await payees(), [{ reference: first, status, is_replaced: false }])
      await store.buy()
      await world().settle()
      good(await store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
      const second = (await payees())[1]?.reference as string
      await world().simulator.control.verifyAccount(second)
      await world().settle()
      assert.deepEqual(await payees(), [
        { reference: first, status, is_replaced: true },
        { reference: second, status: 'active', is_replaced: false },
      ])
      assert.deepEqual([await sentTo(first), await sentTo(second)], [[1_400], [1_400]])
    })
  }
})
