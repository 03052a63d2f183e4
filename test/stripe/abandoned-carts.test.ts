import assert from 'node:assert/strict'
import { sweepCarts } from '../../src/checkout/index.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { jobContext } from '../support/payouts.js'
import { copiesOf, readyCart } from '../support/ready-cart.js'
import { type StripeStore, useStripe } from '../support/stripe.js'

describe('a cart that nobody completes', () => {
  const world = useStripe({ virtualTime: true })
  let store: StripeStore
  beforeEach(async function () {
    this.timeout(30_000)
    store = await world().openStore({ vendors: 2, stock: 10 })
  })
  afterEach(async () => assert.deepEqual(await brokenInvariants(world().app.adminUrl, store.tenantId, { atRest: false }), []))

  const sql = <Row extends object>(text: string, values: unknown[] = []) =>
    asAdmin<Row>(world().app.adminUrl, text, [store.tenantId, ...values])
  const items = () => [{ variant_id: store.vendors[0]?.products[0]?.variantIds[0] as string, quantity: 1 }]
  const carts = async () => (await sql<{ id: string }>('select id from app.cart where tenant_id = $1 order by id')).map(({ id }) => id)
  /** All that is dated of a store's carts becomes older by so many days. */
  const age = async (days: number) => {
    for (const table of ['cart', 'payment_session']) {
      await sql(`update app.${table} set updated_at = updated_at - $2 * interval '1 day' where tenant_id = $1`, [days])
    }
  }
  const sweep = () => sweepCarts(jobContext(world().app, store, world().simulator.control.now()))
  const statusOf = async (intentId: string) => (await store.stripe.paymentIntents.retrieve(intentId)).status
  const rowsOf = async (table: string) =>
    (await sql<{ count: number }>(`select count(*)::int as count from app.${table} where tenant_id = $1`))[0]?.count

  it('goes after 90 days with all that is its own, and not a day earlier', async () => {
    await readyCart(store, { items: items() })
    await age(89)
    await sweep()
    assert.equal((await carts()).length, 1)
    await age(2)
    await sweep()
    assert.deepEqual(await carts(), [])
    for (const table of ['cart_line_item', 'cart_shipping_method', 'payment_collection', 'payment_session']) {
      assert.equal(await rowsOf(table), 0, table)
    }
  })

  it('goes in whatever batch it is, and what is kept before it holds nothing up', async () => {
    const cartId = await readyCart(store, { items: items() })
    const copies = await copiesOf(world().app, cartId, 410)
    await age(91)
    // The oldest batch is kept, and the rest is of one moment.
    const kept = copies.slice(0, 205)
    await sql(`update app.cart set updated_at = updated_at - interval '1 day' where tenant_id = $1 and id = any($2)`, [kept])
    await sql(
      `insert into app.checkout (tenant_id, id, cart_id, attempt, state, amount_minor, currency_code)
       select $1, 'chk_' || right(c, 26), c, 1, 'open', 1, 'usd' from unnest($2::text[]) c`,
      [kept],
    )
    await sweep()
    assert.equal((await carts()).length, kept.length)
    await sql('delete from app.checkout where tenant_id = $1')
    await sweep()
    assert.deepEqual(await carts(), [])
  })

  it('goes in the night, and the next night is looked again', async () => {
    await readyCart(store, { items: items() })
    await age(91)
    const queued = () =>
      sql<{ id: string; hours: number }>(
        `select id, extract(epoch from available_at - now())::float8 / 3600 as hours from app.outbox_event
         where tenant_id = $1 and name = 'carts.outdated' and state = 'queued'`,
      )
    const context = jobContext(world().app, store)
    await sweepCarts({ ...context, clock: { now: () => new Date(Date.now() - 200 * 86_400_000) } })
    assert.equal((await carts()).length, 1, 'by a clock that is behind it is young')
    const [first, ...more] = await queued()
    assert.ok(first !== undefined && more.length === 0)
    await sql(`update app.outbox_event set available_at = now() where tenant_id = $1 and id = $2`, [first.id])
    await world().app.drain()
    assert.deepEqual(await carts(), [])
    const next = await queued()
    assert.ok(next.length === 1 && next[0]?.id !== first.id && (next[0]?.hours ?? 0) <= 24)
    // Several that look at once, as two of a night would: each cart goes once, and one next night waits.
    await readyCart(store, { items: items() })
    await age(91)
    await sql(`delete from app.outbox_event where tenant_id = $1 and name = 'carts.outdated' and state = 'queued'`)
    await Promise.all([sweep(), sweep(), sweep(), sweep()])
    assert.deepEqual(await carts(), [])
    assert.equal((await queued()).length, 1)
  })

  it('stays while anything is open of it at its provider, and for 400 days after it was given up there', async () => {
    const { intentId } = await store.cartToPay()
    await age(91)
    await sweep()
    assert.equal((await carts()).length, 1, 'the intent waits for a card')
    assert.equal(await statusOf(intentId), 'requires_payment_method')
    // A day in which the provider says nothing: the poller gives it up.
    for (let hour = 0; hour < 48; hour += 1) {
      await world().simulator.control.advance(3_600_000)
      await sql(`update app.outbox_event set available_at = now() where tenant_id = $1 and state = 'queued' and available_at <= $2`, [
        world().simulator.control.now(),
      ])
      await world().app.drain()
    }
    assert.equal(await statusOf(intentId), 'canceled')
    await age(91)
    await sweep()
    assert.equal((await carts()).length, 1)
    await age(400)
    await sweep()
    assert.deepEqual(await carts(), [])
  })

  it('stays while it is not known whether its provider has given it up', async () => {
    const { intentId } = await store.cartToPay()
    await sql(`update app.payment_session set status = 'canceled' where tenant_id = $1`)
    await sql(
      `insert into app.outbox_event (tenant_id, id, name, handler, payload, state)
       select $1, 'evt_stuck', 'payment_session.ended', 'end_payment_session', jsonb_build_object('payment_session_id', s.id), 'failed'
       from app.payment_session s where s.tenant_id = $1`,
    )
    await age(500)
    await sweep()
    assert.equal((await carts()).length, 1, 'a person has a failed job to look at')
    assert.equal(await statusOf(intentId), 'requires_payment_method')
  })

  it('goes with its failed attempts, and stock and promotions are as they were', async () => {
    const cartId = await readyCart(store, { items: items(), providerId: 'pp_stripe_stripe' })
    const refused = good(await store.shopper.post(`/store/carts/${cartId}/complete`))
    assert.equal(refused.type, 'cart', 'nobody has confirmed the card')
    assert.equal(await rowsOf('checkout'), 1)
    await sql(`update app.payment_session set status = 'canceled', updated_at = now() - interval '401 days' where tenant_id = $1`)
    await age(91)
    await sweep()
    assert.deepEqual(await carts(), [])
    assert.equal(await rowsOf('checkout'), 0)
    const [level] = await sql<{ reserved: number }>(
      'select sum(reserved_quantity)::int as reserved from app.inventory_level where tenant_id = $1',
    )
    assert.equal(level?.reserved, 0)
  })

  it('is not one that became an order, is being completed, is a draft, or is touched at this moment', async () => {
    const bought = await store.buy()
    await world().settle()
    const open = await readyCart(store, { items: items() })
    await sql(
      `insert into app.checkout (tenant_id, id, cart_id, attempt, state, currency_code, amount_minor) values ($1, 'chk_open', $2, 1, 'open', 'usd', 0)`,
      [open],
    )
    const draft = good(
      await store.admin.post('/admin/draft-orders', {
        region_id: store.regionId,
        email: 'ada@example.com',
        items: [{ variant_id: items()[0]?.variant_id, quantity: 1 }],
      }),
    )
    assert.ok(draft.draft_order.id)
    const young = await readyCart(store, { items: items() })
    await age(500)
    good(await store.shopper.post(`/store/carts/${young}`, { email: 'bob@example.com' }))
    const before = await carts()
    assert.equal(before.length, 4)
    await sweep()
    assert.deepEqual(await carts(), before)
    assert.equal(good(await store.admin.get(`/admin/orders/${bought.order.id}`)).order.id, bought.order.id)
    await sql(`delete from app.checkout where tenant_id = $1 and id = 'chk_open'`)
  })

  it('waits for whoever changes it, and goes or stays as a whole', async () => {
    const ids = await Promise.all(Array.from({ length: 6 }, () => readyCart(store, { items: items() })))
    await age(91)
    const [answers] = await Promise.all([
      Promise.all(ids.map((id) => store.shopper.post(`/store/carts/${id}`, { email: 'carol@example.com' }))),
      sweep(),
      sweep(),
    ])
    const left = new Set(await carts())
    for (const [index, { status }] of answers.entries()) {
      assert.ok(status === 200 || status === 404, String(status))
      assert.equal(left.has(ids[index] as string), status === 200)
    }
  })
})
