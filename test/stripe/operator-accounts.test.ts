import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { stripeOptionsFor } from '../../infra/local/stripe/index.js'
import { ensureOperator } from '../../src/access/index.js'
import { type Mail, sendOperatorAlarm } from '../../src/notifications/index.js'
import { type Client, client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { type StripeStore, stripeId, useStripe } from '../support/stripe.js'

describe("accounts of the operator's, one after the other, that keep another currency than shoppers pay in", () => {
  const world = useStripe({ virtualTime: true, simulator: { settlement: { currency: 'usd', rates: { eur: 1.1 } } } })
  let operator: Client
  let stripe: Stripe
  let store: StripeStore

  before(async function () {
    this.timeout(60_000)
    const { app, simulator } = world()
    const person = { email: 'operator@platform.example', password: 'correct horse battery' }
    const context = { db: app.db, clock: simulator.control, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
    await ensureOperator(context, person)
    operator = client(app, { token: (await client(app).post('/auth/operator/emailpass', person)).body.token })
    stripe = new Stripe('sk_test_operator', stripeOptionsFor(simulator))
    store = await world().openStore({ currency: 'eur', price_minor: 1_999n, vendors: 2 })
    good(await operator.post('/platform/payment-accounts', { provider_id: stripeId, secret_key: 'sk_test_operator' }))
    good(await operator.post(`/platform/tenants/${store.publicId}`, { payment_account: 'operator' }))
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))

  const sql = <Row extends object>(text: string, values: unknown[] = []) => asAdmin<Row>(world().app.adminUrl, text, values)

  it('tells operators of what waits for a person, in one mail and each day again, until somebody has seen to it', async () => {
    const { app, simulator } = world()
    await sql(
      `insert into platform.operator (id, email, password_hash, permissions) values ('oper_stores', 'stores@platform.example', '', '{platform:tenants:read}')`,
    )
    const { latest_charge } = await stripe.paymentIntents.create({
      amount: 1_000,
      currency: 'usd',
      confirm: true,
      payment_method: 'pm_card_visa',
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      metadata: { note: 'of nobody' },
    })
    await simulator.control.openDispute(latest_charge as string)
    await world().settle()
    const waiting = async () =>
      good(await operator.get('/platform/payment-events', { state: 'parked', order: 'received_at' })).payment_events
    const parked = await waiting()
    assert.ok(parked.length > 1)
    const mails: Mail[] = []
    let isRefusing = false
    const mailer = {
      async send(mail: Mail) {
        if (isRefusing) throw new Error('mail server is busy')
        mails.push(mail)
      },
      close: () => undefined,
    }
    const start = simulator.control.now().getTime()
    const tell = (minutes: number) => {
      const clock = { now: () => new Date(start + minutes * 60_000) }
      const context = { db: app.db, clock, scope: { role: 'platform' as const }, requestId: 'test', actorId: 'system' }
      return sendOperatorAlarm(context, { mailer, fromAddress: 'stoa@platform.example', publicUrl: 'https://platform.example' })
    }
    await tell(1)
    assert.equal(mails.length, 0, 'what comes together is told of together')
    // All three come before one of them is through.
    const gate = sql(
      `select pg_sleep(0.3) from (select count(*) from (select id from platform.payment_event where state = 'parked' for update) held) c`,
    )
    await Promise.all([tell(6), tell(6), tell(6), gate])
    await tell(12)
    assert.deepEqual(
      mails.map(({ to, subject }) => [to, subject]),
      [['operator@platform.example', `${parked.length} payment events wait for you`]],
    )
    const [mail] = mails as [Mail]
    for (const { id, object_reference } of parked) {
      assert.ok([mail.text, mail.html].every((text) => text.includes(`${id}: charge.dispute`) && text.includes(object_reference)))
    }
    assert.match(mail.text, /https:\/\/platform\.example\/platform\/payment-events\?state=parked/)
    assert.doesNotMatch(mail.text, /of nobody|metadata/)
    isRefusing = true
    await assert.rejects(tell(25 * 60))
    isRefusing = false
    await tell(25 * 60 + 1)
    assert.equal(mails.length, 1, 'who fails is followed after some minutes')
    await tell(25 * 60 + 6)
    assert.equal(mails.length, 2)
    assert.match(mails[1]?.text ?? '', /received 25 h ago/)
    // Once its object turns out to be a store's, it is that store's to read.
    const [first, ...others] = parked
    const retry = () => operator.post(`/platform/payment-events/${first.id}/retry`)
    const nobodys = await retry()
    assert.deepEqual([nobodys.status, nobodys.body.code], [400, 'payment_object_unknown'])
    assert.match(nobodys.body.message, /nothing that was made for a store/)
    const touched = `select unnest(touched) as reference from platform.payment_event where id = $1`
    await sql(
      `insert into platform.payment_reference (payment_account_id, reference, tenant_id)
       select $2, reference, $3 from (${touched}) t`,
      [first.id, first.payment_account_id, store.tenantId],
    )
    good(await operator.post(`/platform/payment-events/${first.id}/ignore`))
    const { payment_event: handed } = good(await retry())
    assert.deepEqual([handed.state, handed.tenant_id], ['handed', store.publicId])
    const kept = await sql(`select id from app.payment_event where tenant_id = $1 and event_reference = $2`, [
      store.tenantId,
      first.reference,
    ])
    assert.equal(kept.length, 1)
    assert.equal((await retry()).status, 400)
    for (const { id } of others) good(await operator.post(`/platform/payment-events/${id}/ignore`))
    await tell(50 * 60)
    assert.deepEqual([mails.length, await waiting()], [2, []])
    // It knows no such dispute, and sets the event aside in its own list.
    await sql(`delete from platform.payment_reference where tenant_id = $2 and reference in (${touched})`, [first.id, store.tenantId])
    await sql(`delete from app.outbox_event where tenant_id = $1 and name = 'payment.event_received' and state <> 'done'`, [store.tenantId])
    await sql(`delete from app.payment_event where tenant_id = $1 and event_reference = $2`, [store.tenantId, first.reference])
  })
})
