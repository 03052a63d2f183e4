import assert from 'node:assert/strict'
import { taxWithin, taxTreatments } from '../../../src/payouts/commission-tax.js'
import { nextStoreStep, type StoreBalance } from '../../../src/payouts/store-balance.js'

describe('the tax that is in a commission', () => {
  it('is rounded once, to the nearest minor unit, and is none without a rate or where the vendor owes it', () => {
    const standard = (gross: bigint, rate_ppm: number) => taxWithin(gross, { rate_ppm, treatment: 'standard' })
    assert.deepEqual(
      [standard(11_900n, 190_000), standard(100n, 190_000), standard(3n, 190_000), standard(2n, 190_000), standard(100n, 0)],
      [1_900n, 16n, 0n, 0n, 0n],
    )
    assert.equal(standard(21n, 50_000), 1n)
    for (const treatment of taxTreatments.filter((one) => one !== 'standard')) {
      assert.equal(taxWithin(11_900n, { rate_ppm: 190_000, treatment }), 0n)
    }
  })
})

describe("what is done about a store's own share", () => {
  const balance: StoreBalance = {
    payment_account_id: 'pacct_1',
    currency_code: 'kwd',
    held_minor: 5_000n,
    vendors_minor: 0n,
    platform_fee_minor: 0n,
    waiting_minor: 0n,
    own_minor: 5_000n,
    available_minor: 1_239n,
    paid_minor: 0n,
  }
  const payee = { id: 'payee_1', provider_id: 'pp_pays', status: 'active', held_reason: null }
  const facts = { balance, payee, releases: [], wasRefused: false, stepMinor: () => 10n }

  it('is paid in the steps of the provider, and only to who may be paid', () => {
    assert.deepEqual(nextStoreStep(facts), { kind: 'pay', amountMinor: 1_230n })
    for (const other of [
      { ...facts, payee: { ...payee, status: 'restricted' } },
      { ...facts, payee: { ...payee, held_reason: 'A look' } },
      { ...facts, wasRefused: true },
      { ...facts, balance: { ...balance, available_minor: 9n } },
      { ...facts, balance: { ...balance, own_minor: -10n, available_minor: 0n } },
    ]) {
      assert.deepEqual(nextStoreStep(other), { kind: 'rest' })
    }
  })
})
