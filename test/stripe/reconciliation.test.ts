import assert from 'node:assert/strict'
import { client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { addStaff } from '../support/people.js'
import { connectAccount, type StripeStore, stripeId, useStripe } from '../support/stripe.js'

// biome-ignore lint/suspicious/noExplicitAny: exceptions are read as a client reads them
type Seen = any

describe('a reconciliation', () => {
  const world = useStripe()
  const control = () => world().simulator.control
  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)

  /** Runs one now, and says what is open. */
  async function reconcile(store: StripeStore): Promise<Seen[]> {
    good(await store.admin.post('/admin/reconciliation/runs', {}))
    await world().app.drain()
    const { reconciliation_runs } = good(await store.admin.get('/admin/reconciliation/runs'))
    assert.equal(reconciliation_runs[0].state, 'done')
    return good(await store.admin.get('/admin/reconciliation/exceptions', { state: 'open' })).reconciliation_exceptions
  }
  const short = (exceptions: Seen[]) => exceptions.map(({ kind, reference, amount }) => ({ kind, reference, amount }))
  /** Everything that was written, to see that nothing changes. */
  const written = (store: StripeStore) =>
    sql<{ rows: unknown }>(
      `select jsonb_build_array(
         (select jsonb_agg(to_jsonb(m) order by m.id) from app.payment_movement m where m.tenant_id = $1),
         (select jsonb_agg(to_jsonb(t) order by t.id) from app.ledger_transaction t where t.tenant_id = $1),
         (select jsonb_agg(to_jsonb(e) order by e.id) from app.reconciliation_exception e where e.tenant_id = $1),
         (select jsonb_agg(to_jsonb(r) order by r.id) from app.refund r where r.tenant_id = $1),
         (select jsonb_agg(to_jsonb(p) order by p.id) from app.payment p where p.tenant_id = $1)) as rows`,
      [store.tenantId],
    )
  async function balanceOf(store: StripeStore, code: string): Promise<number> {
    const [row] = await sql<{ sum: string | null }>(
      `select sum(p.amount_minor) as sum from app.ledger_posting p join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id
       where p.tenant_id = $1 and a.code = $2`,
      [store.tenantId, code],
    )
    return Number(row?.sum ?? 0)
  }
  const netAtStripe = (store: StripeStore) =>
    control()
      .snapshot()
      .balanceTransactions.filter(({ account }) => account.includes(store.accountName))
      .reduce((sum, { net }) => sum + (net as number), 0)
  const accountOf = (store: StripeStore) => `acct_${store.accountName}`

  describe('of a store whose events all came', () => {
    let store: StripeStore
    before(async function () {
      this.timeout(30_000)
      store = await world().openStore({ vendors: 2 })
    })
    afterEach(async () => {
      assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), [])
      assert.equal(await balanceOf(store, 'A:psp_clearing'), netAtStripe(store))
    })

    /** Enough to be paid out. */
    const several = () => [{ variant_id: store.vendors[0]?.products[0]?.variantIds[0] as string, quantity: 5 }]

    it('finds nothing after sales, a refund, a dispute, a payout and a fee of Stripe’s own, and changes nothing when it is repeated', async () => {
      const first = await store.buy(several())
      const second = await store.buy()
      await world().settle()
      good(await store.admin.post(`/admin/payments/${first.paymentId}/refund`, { amount: 2 }))
      const intent = await store.stripe.paymentIntents.retrieve(second.intentId)
      await control().openDispute(intent.latest_charge as string)
      await world().settle()
      await world().settle(3 * 86_400_000)
      await control().takeFee(accountOf(store), 120, 'usd')
      const fees = await balanceOf(store, 'E:psp_fee')
      assert.ok((await control().payOut(accountOf(store), 'usd')) !== undefined)
      await world().settle()
      assert.deepEqual(await reconcile(store), [])
      assert.equal((await balanceOf(store, 'E:psp_fee')) - fees, 120)
      assert.ok((await balanceOf(store, 'A:bank')) > 0)
      const before = await written(store)
      assert.deepEqual(await reconcile(store), [])
      assert.deepEqual(await written(store), before)
    })

    it('finds a payout that came back, without an exception', async () => {
      await store.buy(several())
      await world().settle(3 * 86_400_000)
      const payout = (await control().payOut(accountOf(store), 'usd')) as string
      assert.deepEqual(await reconcile(store), [])
      await control().failPayout(payout)
      assert.deepEqual(await reconcile(store), [])
    })

    it('pages through more than one job takes on', async () => {
      const many = 520
      const fees = await balanceOf(store, 'E:psp_fee')
      for (let fee = 0; fee < many; fee += 1) await control().takeFee(accountOf(store), 1, 'usd')
      assert.deepEqual(await reconcile(store), [])
      assert.equal((await balanceOf(store, 'E:psp_fee')) - fees, many)
      const { reconciliation_runs } = good(await store.admin.get('/admin/reconciliation/runs'))
      assert.ok(reconciliation_runs[0].movements >= many)
    })
  })

  describe('of a store whose events were lost', () => {
    let store: StripeStore
    before(async () => {
      store = await world().openStore({ vendors: 2, paymentCapture: 'manual' })
    })
    afterEach(async () => {
      assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), [])
      assert.equal(await balanceOf(store, 'A:psp_clearing'), netAtStripe(store))
    })
    const someTime_ms = 60_000
    const paymentOf = async (orderId: string) => good(await store.admin.get('/admin/payments', { order_id: orderId })).payments[0]

    it('settles a capture, a refund and a dispute that were made elsewhere, and finds nothing then', async () => {
      const { order, intentId } = await store.buy()
      await store.stripe.paymentIntents.capture(intentId)
      await control().advance(someTime_ms)
      assert.deepEqual(await reconcile(store), [])
      assert.equal((await paymentOf(order.id)).captured_amount, order.total)
      await store.stripe.refunds.create({ payment_intent: intentId, amount: 250 })
      assert.deepEqual(await reconcile(store), [])
      const refunded = await paymentOf(order.id)
      assert.equal(refunded.refunded_amount, 2.5)
      assert.match(refunded.refunds[0].note, /Made at the payment provider: re_/)
      const intent = await store.stripe.paymentIntents.retrieve(intentId)
      const reference = await control().openDispute(intent.latest_charge as string, { amount: 300 })
      assert.deepEqual(await reconcile(store), [])
      const { disputes } = good(await store.admin.get('/admin/disputes', { order_id: order.id }))
      assert.equal(disputes[0].reference, reference)
      assert.equal(await balanceOf(store, 'A:dispute_hold'), 300)
      await control().closeDispute(reference, 'won')
      assert.deepEqual(await reconcile(store), [])
      assert.equal(await balanceOf(store, 'A:dispute_hold'), 0)
    })

    it('makes the order of a payment that was taken while the shopper was gone', async () => {
      const { cartId, intentId } = await store.cartToPay()
      await control().confirmPayment(intentId, 'pm_card_visa')
      await store.stripe.paymentIntents.capture(intentId)
      await control().advance(someTime_ms)
      assert.deepEqual(await reconcile(store), [])
      const completed = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
      assert.equal(completed.type, 'order')
      assert.equal((await paymentOf(completed.order.id)).captured_amount, completed.order.total)
    })
  })

  describe('finds', () => {
    let store: StripeStore
    before(async function () {
      this.timeout(30_000)
      store = await world().openStore()
      await store.buy()
      await world().settle()
      assert.deepEqual(await reconcile(store), [])
    })
    /** An entry that no rule made: so much into the provider's clearing account, out of its fees. */
    const book = (source: string, kind: string, minor: number) =>
      sql(
        `with account as (
           select id, code, row_number() over (order by code) as place from app.ledger_account
           where tenant_id = $1 and code in ('A:psp_clearing', 'E:psp_fee') and currency_code = 'usd'
         ), entry as (
           insert into app.ledger_transaction (tenant_id, id, source, kind, occurred_at) values ($1, 'ltx_' || $2, $2, $3, now()) returning id
         )
         insert into app.ledger_posting (tenant_id, transaction_id, position, account_id, amount_minor, currency_code)
         select $1, e.id, a.place, a.id, case when a.code = 'A:psp_clearing' then $4::bigint else -$4::bigint end, 'usd' from entry e, account a`,
        [store.tenantId, source, kind, minor],
      )
    const resolved = async () =>
      good(await store.admin.get('/admin/reconciliation/exceptions', { state: 'resolved' })).reconciliation_exceptions
    const movementOf = (source: unknown) =>
      control()
        .snapshot()
        .balanceTransactions.find((one) => one.source === source)?.id

    it('a transfer that the books do not know, until they do', async () => {
      const ofOneVendor = client(world().app, { token: await addStaff(world().app, store, 'store_owner', store.vendors[0]?.id) })
      const payee = await store.stripe.v2.core.accounts.create({
        identity: { country: 'us', entity_type: 'individual' },
        configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
      })
      await control().verifyAccount(payee.id)
      await control().advance(3 * 86_400_000)
      const transfer = await store.stripe.transfers.create({ amount: 300, currency: 'usd', destination: payee.id })
      const found = await reconcile(store)
      assert.deepEqual(short(found), [{ kind: 'movement_unmatched', reference: movementOf(transfer.id), amount: -3 }])
      assert.deepEqual(short(await reconcile(store)), short(found))
      const told = world().app.mails.filter(({ subject }) => subject.includes('in the reconciliation'))
      assert.deepEqual(
        told.map(({ to, subject }) => [to, subject.replace(/^.*: /, '')]),
        [[store.owner.email, '1 new exception to look at in the reconciliation']],
        'staff of the whole store are told of it, once',
      )
      for (const path of ['runs', `runs/${found[0].id}`, 'exceptions', `exceptions/${found[0].id}`]) {
        assert.equal((await ofOneVendor.get(`/admin/reconciliation/${path}`)).status, 403, path)
      }
      for (const [path, body] of [
        ['runs', {}],
        [`exceptions/${found[0].id}/acknowledge`, { note: 'Seen.' }],
      ] as const) {
        assert.equal((await ofOneVendor.post(`/admin/reconciliation/${path}`, body)).status, 403, path)
      }
      assert.ok(told[0]?.text.includes(`movement unmatched (${movementOf(transfer.id)}, -$3.00)`), told[0]?.text)
      await sql(
        `insert into app.release (tenant_id, id, vendor_id, vendor_order_id, order_id, method, currency_code, amount_minor, state, reference)
         select $1, 'rel_late', v.vendor_id, v.id, v.order_id, 'manual', 'usd', 300, 'succeeded', $2 from app.vendor_order v
         where v.tenant_id = $1 order by v.id limit 1`,
        [store.tenantId, transfer.id],
      )
      await book('rel_late', 'release', -300)
      assert.deepEqual(await reconcile(store), [])
      const [gone] = await resolved()
      assert.equal(gone.id, found[0].id)
      assert.ok(gone.resolved_at >= gone.first_seen_at)
      assert.equal((await store.admin.post(`/admin/reconciliation/exceptions/${gone.id}/acknowledge`, { note: 'Late.' })).status, 400)
    })

    it('a wrong entry in the books, to the cent, until it is corrected', async () => {
      await book('wrong', 'payment', 517)
      const found = await reconcile(store)
      assert.deepEqual(short(found), [{ kind: 'ledger_difference', reference: `${stripeId}:usd`, amount: 5.17 }])
      await book('corrected', 'payment', -517)
      assert.deepEqual(await reconcile(store), [])
      await book('wrong again', 'payment', 1)
      const again = await reconcile(store)
      assert.deepEqual(short(again), [{ kind: 'ledger_difference', reference: `${stripeId}:usd`, amount: 0.01 }])
      assert.equal(again[0].id, found[0].id)
      assert.ok(again[0].first_seen_at > found[0].first_seen_at)
      await book('corrected again', 'payment', -1)
      assert.deepEqual(await reconcile(store), [])
    })

    it('a movement that was tampered with: the books and the provider’s balance both say so', async () => {
      const tamper = (minor: number) =>
        sql(
          `update app.payment_movement set net_minor = net_minor + $2 where tenant_id = $1
             and id = (select min(id) from app.payment_movement where tenant_id = $1)`,
          [store.tenantId, minor],
        )
      await tamper(100)
      const found = short(await reconcile(store)).sort((a, b) => (a.kind < b.kind ? -1 : 1))
      assert.deepEqual(found, [
        { kind: 'balance_difference', reference: 'usd', amount: -1 },
        { kind: 'ledger_difference', reference: `${stripeId}:usd`, amount: -1 },
      ])
      await tamper(-100)
      assert.deepEqual(await reconcile(store), [])
    })

    it('a capture that nothing moved for, after three days and not before', async () => {
      const { paymentId } = await store.buy()
      assert.deepEqual(await reconcile(store), [], 'the provider has not booked it yet, and may take its time')
      await sql(`update app.payment_account set created_at = created_at - interval '10 days' where tenant_id = $1`, [store.tenantId])
      await sql(`update app.reconciliation_run set seen_until = seen_until - interval '10 days' where tenant_id = $1`, [store.tenantId])
      const [capture] = await sql<{ id: string; amount_minor: string }>(
        `update app.capture set created_at = created_at - interval '4 days' where tenant_id = $1 and payment_id = $2 returning id, amount_minor`,
        [store.tenantId, paymentId],
      )
      assert.deepEqual(short(await reconcile(store)), [
        { kind: 'capture_unmoved', reference: capture?.id, amount: Number(capture?.amount_minor) / 100 },
      ])
      await world().settle()
      assert.deepEqual(await reconcile(store), [])
      assert.equal((await resolved())[0].kind, 'capture_unmoved')
    })

    it('a payment that is nobody’s, and keeps what staff say of it', async () => {
      const charge = await store.stripe.paymentIntents.create({
        amount: 4_200,
        currency: 'usd',
        confirm: true,
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      })
      await world().settle()
      const found = await reconcile(store)
      assert.deepEqual(short(found), [{ kind: 'movement_unmatched', reference: movementOf(charge.latest_charge), amount: 42 }])
      const path = `/admin/reconciliation/exceptions/${found[0].id}/acknowledge`
      assert.equal((await store.admin.post(path, { note: ' ' })).status, 400)
      good(await store.admin.post(path, { note: 'Sold at the fair.' }))
      const before = await written(store)
      assert.equal((await reconcile(store))[0].note, 'Sold at the fair.')
      assert.deepEqual(await written(store), before)
    })

    it('what does not come to rest: unanswered operations, parked events, orders and vendors that owe', async () => {
      const { order } = await store.buy()
      await world().settle()
      await sql(
        `update app.payment_operation set state = 'sending', created_at = now() - interval '61 minutes'
         where tenant_id = $1 and id = (select min(id) from app.payment_operation where tenant_id = $1)`,
        [store.tenantId],
      )
      await sql(
        `insert into app.payment_event (tenant_id, id, payment_account_id, event_reference, type, payload, state, occurred_at)
         select $1, 'pevt_parked', id, 'evt_parked', 'charge.odd', '{}', 'parked', now() from app.payment_account where tenant_id = $1`,
        [store.tenantId],
      )
      await sql(
        `with party as (select distinct code, party_id, order_id, id from app.ledger_account where tenant_id = $1
           and (code = 'A:shopper' and order_id = $2 or code = 'L:vendor')),
         entry as (insert into app.ledger_transaction (tenant_id, id, source, kind, occurred_at)
           values ($1, 'ltx_old', 'old', 'write_off', now() - interval '8 days') returning id)
         insert into app.ledger_posting (tenant_id, transaction_id, position, account_id, amount_minor, currency_code)
         select $1, e.id, case p.code when 'L:vendor' then 0 else 1 end, p.id, case p.code when 'L:vendor' then 9000000 else -9000000 end, 'usd'
         from entry e, party p`,
        [store.tenantId, order.id],
      )
      // The books are not to be changed: the sale only looks older to the probe than it is.
      await sql(`alter table app.ledger_transaction disable trigger ledger_transaction_append_only`)
      await sql(
        `update app.ledger_transaction set occurred_at = occurred_at - interval '2 days' where tenant_id = $1 and id <> 'ltx_old'`,
        [store.tenantId],
      )
      await sql(`alter table app.ledger_transaction enable trigger ledger_transaction_append_only`)
      const found = short(await reconcile(store))
        .filter(({ kind }) => kind !== 'movement_unmatched')
        .sort((a, b) => (a.kind < b.kind ? -1 : 1))
      assert.deepEqual(
        found.map(({ kind }) => kind),
        ['event_parked', 'operation_unanswered', 'shopper_unsettled', 'vendor_debit'],
      )
      assert.deepEqual(found[0], { kind: 'event_parked', reference: 'evt_parked', amount: null })
      assert.deepEqual(found[2], { kind: 'shopper_unsettled', reference: order.id, amount: -90_000 })
    })
  })

  it('comes every night, once for each account, and the next night again', async () => {
    const store = await world().openStore()
    const id = await connectAccount(store, store.accountName)
    const due = () =>
      sql<{ id: string; hours: number }>(
        `select id, extract(epoch from available_at - now())::float8 / 3600 as hours from app.outbox_event
         where tenant_id = $1 and name = 'reconciliation.due' and state = 'queued'`,
        [store.tenantId],
      )
    const [first, ...more] = await due()
    assert.deepEqual(more, [])
    assert.ok(first !== undefined && first.hours > 0 && first.hours <= 24)
    await sql(`update app.outbox_event set available_at = now() where id = $1`, [first.id])
    await world().app.drain()
    const { reconciliation_runs } = good(await store.admin.get('/admin/reconciliation/runs', { payment_account_id: id }))
    assert.deepEqual(
      reconciliation_runs.map(({ state, requested_by }: Seen) => ({ state, requested_by })),
      [{ state: 'done', requested_by: null }],
    )
    const next = await due()
    assert.equal(next.length, 1)
    assert.notEqual(next[0]?.id, first.id)
  })
})

describe('a reconciliation of an account that changes what shoppers pay into its own currency', () => {
  const world = useStripe({ simulator: { settlement: { currency: 'eur', rates: { usd: 0.9 } } } })

  it('finds nothing after a sale and a refund, and of somebody else’s sale that alone', async function () {
    this.timeout(30_000)
    const store = await world().openStore({ paymentCapture: 'manual' })
    const control = world().simulator.control
    const open = async () => {
      good(await store.admin.post('/admin/reconciliation/runs', { payment_account_id: await connectAccount(store, store.accountName) }))
      await world().app.drain()
      return good(await store.admin.get('/admin/reconciliation/exceptions', { state: 'open' })).reconciliation_exceptions
    }
    // Nobody tells of the capture and the refund: what they were in dollars is known from the list alone.
    const { intentId } = await store.buy()
    await store.stripe.paymentIntents.capture(intentId)
    await control.advance(60_000)
    await store.stripe.refunds.create({ payment_intent: intentId, amount: 250 })
    assert.deepEqual(await open(), [])
    const clearing = await asAdmin<{ currency_code: string; sum: string }>(
      world().app.adminUrl,
      `select a.currency_code, sum(p.amount_minor)::text as sum from app.ledger_posting p
       join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id
       where p.tenant_id = $1 and a.code = 'A:psp_clearing' group by 1 order by 1`,
      [store.tenantId],
    )
    const net = control.snapshot().balanceTransactions.reduce((sum, transaction) => sum + (transaction.net as number), 0)
    assert.deepEqual(clearing, [
      { currency_code: 'eur', sum: String(net) },
      { currency_code: 'usd', sum: '0' },
    ])
    await store.stripe.paymentIntents.create({
      amount: 1_000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    await control.advance(60_000)
    const found = await open()
    assert.deepEqual(
      found.map(({ kind, amount, currency_code }: Seen) => ({ kind, amount, currency_code })),
      [{ kind: 'movement_unmatched', amount: 9, currency_code: 'eur' }],
    )
  })
})
