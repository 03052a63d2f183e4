import assert from 'node:assert/strict'
import { type PayeeSnapshot, receivePaymentEvent } from '../../../src/payments/index.js'
import { syncPayee } from '../../../src/payouts/index.js'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { brokenInvariants } from '../../support/invariants.js'
import { openBank, type PayingBank } from '../../support/paying-bank.js'
import { addPayee, jobContext, releasedMinor, sell, type Sold } from '../../support/payouts.js'
import { addStaff } from '../../support/people.js'
import { fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('a payee', () => {
  const app = useApp()
  let store: TestStore
  let bank: PayingBank

  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    bank = await openBank(app(), store)
  })

  const released = (sold: Sold, vendor = 0) => releasedMinor(app(), store, sold.parts[vendor]?.id as string)

  it('is made at the provider once, and is sent to say who it is', async () => {
    assert.equal((await store.vendor(0).get('/vendor/payee')).status, 404)
    const nowhere = await store.vendor(0).post('/vendor/payee', { country: 'zz', kind: 'company' })
    assert.deepEqual([nowhere.status, /Country with code: zz is not known/.test(nowhere.body.message)], [400, true])
    const { payee } = good(await store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    assert.equal(payee.status, 'onboarding')
    assert.deepEqual(payee.requirements, ['identity'])
    const again = good(await store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    assert.equal(again.payee.id, payee.id)
    const moved = await store.vendor(0).post('/vendor/payee', { country: 'de', kind: 'individual', email: 'new@stall.example' })
    assert.deepEqual([moved.status, moved.body.code], [400, 'payee_facts_differ'])
    assert.match(moved.body.message, /kind \(company\), country \(us\), email/, 'the provider has it already')
    for (const [id, words] of [
      ['pp_nobody', /There is no payment provider pp_nobody/],
      ['pp_system_default', /pp_system_default pays nobody by itself/],
    ] as const) {
      const other = await store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company', provider_id: id })
      assert.deepEqual([other.status, other.body.type], [400, 'invalid_data'])
      assert.match(other.body.message, words)
    }
    assert.equal(bank.payees.size, 1)
    const urls = { return_url: 'https://stall.example/back', refresh_url: 'https://stall.example/again' }
    const { onboarding_link } = good(await store.vendor(0).post('/vendor/payee/onboarding-link', urls))
    assert.match(onboarding_link.url, /^https:\/\/bank\.example\//)
  })

  it('is made once when the provider made it and its answer was lost', async () => {
    bank.moods.push({ method: 'createPayee', mood: 'did it, and says nothing' })
    const lost = await store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' })
    assert.equal(lost.status, 409)
    assert.equal(lost.body.code, 'payment_outcome_unknown')
    good(await store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' }))
    assert.equal(bank.payees.size, 1)
  })

  it('may be tried again with other answers when the provider refused, and not while its answer is lost', async () => {
    const ask = (country: string) => store.vendor(0).post('/vendor/payee', { country, kind: 'individual' })
    bank.moods.push({ method: 'createPayee', mood: 'refuses' })
    const refused = await ask('us')
    assert.deepEqual([refused.status, refused.body.code], [400, 'payee_refused'])
    assert.equal(good(await store.vendor(0).get('/vendor/payee')).payee.failure, 'the bank refuses')
    bank.moods.push({ method: 'createPayee', mood: 'did it, and says nothing' })
    assert.equal((await ask('de')).status, 409)
    const other = await store.vendor(0).post('/vendor/payee', { country: 'fr', kind: 'company' })
    assert.deepEqual([other.status, other.body.code], [400, 'payee_facts_differ'], 'what was asked first was sent')
    assert.match(other.body.message, /kind \(individual\), country \(de\)/)
    const { payee } = good(await ask('de'))
    assert.deepEqual([payee.kind, payee.country, payee.failure, bank.payees.size], ['individual', 'de', null, 1])
  })

  it('is the same for who asks the same again, whatever the provider has made of it', async () => {
    const ask = (currency_code: string) =>
      store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company', currency_code, email: 'stall@stall.example' })
    const { payee } = good(await ask('usd'))
    const [[reference, made]] = [...bank.payees] as [[string, PayeeSnapshot]]
    bank.payees.set(reference, { ...made, country: 'ca', currency: 'cad' })
    await syncPayee(jobContext(app(), store), payee.id)
    const again = good(await ask('usd')).payee
    assert.deepEqual([again.id, again.country, again.currency_code], [payee.id, 'ca', 'cad'])
    const differs = await ask('cad')
    assert.deepEqual([differs.status, differs.body.code], [400, 'payee_facts_differ'])
    assert.match(differs.body.message, /another currency_code \(usd\),/)
  })

  it('is one, however many ask for it at once', async () => {
    // What would make each one waits at the vendor's row, until all of them do.
    const gate = asAdmin(
      app().adminUrl,
      'select pg_sleep(0.5) from (select id from app.vendor where tenant_id = $1 and id = $2 for update) held',
      [store.tenantId, store.vendors[0]?.id],
    )
    const asked = await Promise.all(
      ['us', 'us', 'us', 'us'].map((country) => store.vendor(0).post('/vendor/payee', { country, kind: 'company' })),
    )
    await gate
    const answers = asked.map(({ status, body }) => [status, body.payee?.id ?? body.message])
    assert.deepEqual([new Set(answers.map(String)).size, answers[0]?.[0], bank.payees.size], [1, 200, 1], JSON.stringify(answers))
  })

  it('is what the provider says when an event points at it, whatever the event says', async () => {
    const reference = await addPayee(store, bank, 0, 'onboarding')
    const sold = await sell(store)
    await app().drain()
    assert.equal(await released(sold), 0)
    const noted = await asAdmin<{ waiting_for: string }>(app().adminUrl, 'select waiting_for from app.payable where tenant_id = $1', [
      store.tenantId,
    ])
    assert.deepEqual(
      noted.map((row) => row.waiting_for),
      ['payee', 'payee'],
    )
    bank.setStatus(reference, 'active')
    const token = 'a token of this test'
    await asAdmin(
      app().adminUrl,
      `update platform.payment_hook_route set token_hash = encode(sha256($2::bytea), 'hex') where tenant_id = $1`,
      [store.tenantId, token],
    )
    const raw = Buffer.from(JSON.stringify({ id: 'e1', status: 'rejected', touches: [{ kind: 'payee', reference }] }))
    const delivery = { provider: 'test', token, raw, headers: { 'x-signature': 'good' }, requestId: 'req_test' }
    await receivePaymentEvent(app().stoa.services, delivery)
    await app().drain()
    const { payee } = good(await store.vendor(0).get('/vendor/payee'))
    assert.equal(payee.status, 'active')
    assert.equal(await released(sold), 1_400, 'what was waiting went out')
  })

  it('is answered to who may pay and not look, when they have it read anew, and shown to them at no other time', async () => {
    const reference = await addPayee(store, bank, 0, 'onboarding')
    const [{ id }] = good(await store.admin.get('/admin/payees')).payees
    await asAdmin(
      app().adminUrl,
      `insert into app.role (tenant_id, id, name, scope, permissions) values ($1, 'role_payer', 'payer', 'tenant', '{payouts:write}')`,
      [store.tenantId],
    )
    const payer = client(app(), { token: await addStaff(app(), store, 'payer' as never) })
    bank.setStatus(reference, 'active')
    assert.equal(good(await payer.post(`/admin/payees/${id}/sync`)).payee.status, 'active')
    const held = good(await payer.post('/admin/holds', { vendor_id: store.vendors[0]?.id, reason: 'legal' })).hold
    assert.ok(good(await payer.post(`/admin/holds/${held.id}/release`)).hold.lifted_at)
    assert.deepEqual([(await payer.get(`/admin/payees/${id}`)).status, (await payer.get('/admin/holds')).status], [403, 403])
    const limited = client(app(), { token: await addStaff(app(), store, 'store_manager', store.vendors[0]?.id) })
    for (const path of [`/admin/payees/${id}`, '/admin/payees', `/admin/holds/${held.id}`])
      assert.equal((await limited.get(path)).status, 403)
    assert.equal((await limited.post(`/admin/payees/${id}/sync`)).status, 403)
  })

  it('is refused where the store pays by hand', async () => {
    await asAdmin(app().adminUrl, `update app.payment_account set status = 'disabled' where tenant_id = $1`, [store.tenantId])
    const refused = await store.vendor(0).post('/vendor/payee', { country: 'us', kind: 'company' })
    assert.equal(refused.status, 400)
    assert.equal(refused.body.code, 'paid_by_hand')
  })

  it('is paid its own share of an order, whatever the others wait for, and sees no other', async () => {
    await addPayee(store, bank, 1)
    const sold = await sell(store)
    await app().drain()
    // 20.00 less 10 % and 6.00 of shipping.
    assert.deepEqual([await released(sold, 0), await released(sold, 1)], [0, 2_400])
    const payables = good(await store.admin.get('/admin/payables', { is_open: true })).payables
    assert.deepEqual(
      payables.map((one: { vendor_id: string; due: number; waiting_for: string }) => [one.vendor_id, one.due, one.waiting_for]),
      [[store.vendors[0]?.id, 14, 'payee']],
    )
    assert.equal((await store.vendor(0).get('/vendor/payee')).status, 404)
    assert.equal(good(await store.vendor(0).get('/vendor/releases')).count, 0)
    assert.equal(good(await store.vendor(0).get('/vendor/balance')).balances[0].paid, 0)
    const [own] = good(await store.vendor(1).get('/vendor/releases')).releases
    assert.deepEqual([own.amount, own.vendor_id], [24, undefined])
    await addPayee(store, bank, 0)
    await app().drain()
    assert.equal(await released(sold, 0), 1_400)
  })

  it('is not paid what is on a gift card that it sold', async () => {
    await addPayee(store, bank)
    const { product } = good(
      await store.admin.post('/admin/products', {
        title: 'Gift card',
        vendor_id: store.vendors[0]?.id,
        is_giftcard: true,
        status: 'published',
        options: [{ title: 'Value', values: ['50'] }],
        variants: [{ title: '50', options: { Value: '50' }, manage_inventory: false, prices: [{ currency_code: 'usd', amount: 50 }] }],
      }),
    )
    const variantIds = [store.vendors[0]?.products[0]?.variantIds[0] as string, product.variants[0].id]
    const cartId = await fillCart(store.shopper, { regionId: store.regionId, variantIds })
    const { body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(body.type, 'order', JSON.stringify(body))
    await app().drain()
    const { releases } = good(await store.admin.get('/admin/releases', { order_id: body.order.id }))
    // 9.00 and 5.00 of shipping; the 50.00 are owed to whoever holds the card.
    assert.deepEqual(
      releases.map((one: { amount: number; state: string }) => [one.amount, one.state]),
      [[14, 'awaiting']],
    )
  })

  describe('that its provider has rejected or closed', () => {
    const begin = (vendor = 0) => store.vendor(vendor).post('/vendor/payee', { country: 'us', kind: 'company' })
    const transfersTo = (reference: string) =>
      [...bank.transfers.values()].filter((one) => one.payee === reference).map((one) => Number(one.amountMinor - one.returnedMinor))
    /** What the provider says of the vendor's account, and whether we have heard of it. */
    const turn = async (reference: string, status: 'rejected' | 'closed' | 'restricted' | 'active') => {
      bank.setStatus(reference, status)
      const { payees } = good(await store.admin.get('/admin/payees', { is_replaced: false }))
      good(await store.admin.post(`/admin/payees/${payees[0].id}/sync`))
    }

    for (const status of ['rejected', 'closed'] as const) {
      it(`is followed by another (${status}): the one before keeps its releases, what is owed from now on goes to the next`, async () => {
        const first = await addPayee(store, bank)
        const before = await sell(store)
        await app().drain()
        await turn(first, status)
        const between = await sell(store)
        await app().drain()
        assert.equal(await released(between), 0)
        const { payee } = good(await begin())
        assert.equal(payee.status, 'onboarding')
        assert.equal(good(await store.vendor(0).get('/vendor/payee')).payee.id, payee.id)
        const second = await addPayee(store, bank)
        await app().drain()
        assert.notEqual(second, first)
        assert.deepEqual([transfersTo(first), transfersTo(second)], [[1_400], [1_400]])
        const { payees } = good(await store.admin.get('/admin/payees', { order: 'created_at' }))
        assert.deepEqual(
          payees.map((one: { reference: string; status: string; replaced_at: string | null }) => [
            one.reference,
            one.status,
            one.replaced_at !== null,
          ]),
          [
            [first, status, true],
            [second, 'active', false],
          ],
        )
        // What is refunded is taken back from whom it was sent to.
        good(await store.admin.post(`/admin/payments/${before.paymentId}/refund`))
        await app().drain()
        assert.deepEqual([transfersTo(first), transfersTo(second)], [[0], [1_400]])
        assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
      })
    }

    it('is made good by the next sales where it gives nothing back', async () => {
      const first = await addPayee(store, bank)
      const before = await sell(store)
      await app().drain()
      bank.empty(first)
      await turn(first, 'closed')
      good(await store.admin.post(`/admin/payments/${before.paymentId}/refund`))
      await app().drain()
      good(await begin())
      const second = await addPayee(store, bank)
      await sell(store)
      await app().drain()
      assert.deepEqual(transfersTo(second), [], 'the debt of the first account is netted')
      await sell(store)
      await app().drain()
      assert.deepEqual(transfersTo(second), [1_400])
    })

    it('keeps a release that was under way: it is not made a second time to the next one', async () => {
      const first = await addPayee(store, bank)
      bank.moods.push({ method: 'release', mood: 'did it, and says nothing' })
      const sold = await sell(store)
      await app()
        .drain()
        .catch(() => undefined)
      await turn(first, 'rejected')
      good(await begin())
      const second = await addPayee(store, bank)
      await app().drain({ retrying: true })
      assert.deepEqual([transfersTo(first), transfersTo(second)], [[1_400], []])
      assert.equal(await released(sold), 1_400)
    })

    it('is in use again where the provider has taken its rejection back meanwhile', async () => {
      const first = await addPayee(store, bank)
      await turn(first, 'rejected')
      bank.setStatus(first, 'active')
      const { payee } = good(await begin())
      assert.deepEqual([payee.status, bank.payees.size], ['active', 1])
    })

    it('is not left for another while it is only restricted', async () => {
      const first = await addPayee(store, bank)
      await turn(first, 'restricted')
      good(await begin())
      assert.equal(bank.payees.size, 1)
    })

    it('is followed by one, however many ask at once', async () => {
      const first = await addPayee(store, bank)
      await turn(first, 'rejected')
      const answers = await Promise.all([begin(), begin(), begin()])
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 200, 200],
      )
      assert.equal(new Set(answers.map(({ body }) => body.payee.id)).size, 1)
      assert.equal(bank.payees.size, 2)
    })

    it('is followed by no more than three in a month', async () => {
      for (let round = 0; round < 4; round += 1) await turn(await addPayee(store, bank), 'rejected')
      const refused = await begin()
      assert.deepEqual([refused.status, refused.body.code], [400, 'payee_replaced_too_often'])
      assert.equal(good(await store.vendor(0).get('/vendor/payee')).payee.status, 'rejected')
    })

    it('of another vendor stays as it is', async () => {
      const first = await addPayee(store, bank)
      const other = await addPayee(store, bank, 1)
      bank.setStatus(first, 'rejected')
      await asAdmin(app().adminUrl, `update app.payee set status = 'rejected' where tenant_id = $1`, [store.tenantId])
      good(await begin())
      const rows = await asAdmin<{ reference: string }>(
        app().adminUrl,
        'select reference from app.payee where tenant_id = $1 and replaced_at is null',
        [store.tenantId],
      )
      assert.ok(rows.some(({ reference }) => reference === other))
    })
  })
})
