import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { registerAgreeable } from '../support/agreeable.js'
import { manyConnections, useApp } from '../support/app.js'
import type { Answer } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { good, refusedAsConflict } from '../support/http.js'
import { brokenInvariants } from '../support/invariants.js'
import { copiesOf, readyCart, startPayment } from '../support/ready-cart.js'
import { addRegion } from '../support/region.js'
import { type Caller, type SocketAnswer, separateSockets } from '../support/sockets.js'
import { createTestStore, type TestStore } from '../support/store.js'

/** A provider that keeps everybody waiting until the test opens its gate. */
function gatedProvider(id: string) {
  let open: () => void = () => undefined
  let gate = Promise.resolve()
  let asked: () => void = () => undefined
  let answer: 'ok' | 'declined' | 'unknown' = 'ok'
  registerAgreeable(id, async (_call, _money, data) => {
    asked()
    await gate
    return answer === 'ok' ? { kind: 'ok', value: { status: 'authorized', data } } : { kind: answer, message: 'no' }
  })
  return {
    /** Shuts the gate; resolves when somebody stands before it. */
    shut(): Promise<void> {
      gate = new Promise((resolve) => {
        open = resolve
      })
      return new Promise((resolve) => {
        asked = resolve
      })
    },
    open: () => open(),
    answerWith(next: typeof answer) {
      answer = next
    },
  }
}

describe('completing a cart', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })
  const gated = gatedProvider('pp_test_gated')
  let store: TestStore
  let caller: Caller
  let variants: string[]
  let template: string
  let otherRegion: string

  before(async () => {
    store = await createTestStore(app(), { vendors: 3, tax_ppm: 82_500, stock: 1_000 })
    caller = separateSockets(app(), store)
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    otherRegion = await addRegion(app(), store, { country: 'de', currency: 'eur' })
    await asAdmin(
      app().adminUrl,
      `insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_test_gated')`,
      [store.tenantId, store.regionId],
    )
    template = await readyCart(store, { items: variants.map((variant_id) => ({ variant_id, quantity: 2 })) })
  })

  afterEach('leaves every invariant whole', async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })

  const aCart = async () => (await copiesOf(app(), template, 1))[0] as string
  const complete = (cartId: string, headers: Record<string, string> = {}) =>
    caller.post(`/store/carts/${cartId}/complete`, undefined, { headers })
  const cartOf = async (cartId: string) => (await store.shopper.get(`/store/carts/${cartId}`)).body.cart
  const linesOf = (lines: { variant_id: string; quantity: number; unit_price: number; total: number }[]) =>
    lines.map(({ variant_id, quantity, unit_price, total }) => ({ variant_id, quantity, unit_price, total }))

  async function ordersOf(cartId: string): Promise<number> {
    const [row] = await asAdmin<{ count: number }>(app().adminUrl, 'select count(*)::int as count from app.orders where cart_id = $1', [
      cartId,
    ])
    return row?.count as number
  }

  async function promisedTo(cartId: string): Promise<number> {
    const [row] = await asAdmin<{ count: number }>(
      app().adminUrl,
      `select count(*)::int as count from app.reservation r join app.checkout k on k.tenant_id = r.tenant_id and k.id = r.checkout_id
       where k.cart_id = $1 and r.state = 'active'`,
      [cartId],
    )
    return row?.count as number
  }

  /** The order is the cart as it was completed, in every amount that both show. */
  function assertSame(order: Record<string, never>, cart: Record<string, never>): void {
    assert.deepEqual(linesOf(order.items as never), linesOf(cart.items as never))
    for (const name of ['currency_code', 'email', 'total', 'subtotal', 'tax_total', 'item_total', 'shipping_total']) {
      assert.equal(order[name], cart[name], name)
    }
  }

  it('gives five callers at once the same order, twenty times over', async () => {
    const carts = await copiesOf(app(), template, 20)
    const answers = await Promise.all(carts.map((cartId) => Promise.all(Array.from({ length: 5 }, () => complete(cartId)))))
    const ids = new Set<string>()
    for (const [index, five] of answers.entries()) {
      const [first] = five as [SocketAnswer]
      assert.equal(first.status, 200, JSON.stringify(first.body))
      assert.equal(first.body.type, 'order')
      for (const answer of five) assert.deepEqual(answer, first)
      ids.add(first.body.order.id)
      assertSame(first.body.order, await cartOf(carts[index] as string))
      assert.equal(await ordersOf(carts[index] as string), 1)
    }
    assert.equal(ids.size, 20)
  })

  it('gives the same order to whoever asks again later', async () => {
    const cartId = await aCart()
    const first = await complete(cartId)
    assert.equal(first.body.type, 'order')
    assert.deepEqual(await complete(cartId), first)
    const added = await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variants[0], quantity: 1 })
    assert.equal(added.status, 400)
    assert.equal(added.body.message, `Cart ${cartId} is already completed.`)
  })

  it('gives the first answer again for the same Idempotency-Key, and the same order for another', async () => {
    const cartId = await aCart()
    const key = { 'idempotency-key': `key of ${cartId}` }
    const together = await Promise.all(Array.from({ length: 4 }, () => complete(cartId, key)))
    const answered = together.filter((answer) => answer.status === 200)
    assert.ok(answered.length >= 1)
    for (const answer of together)
      assert.ok(answer.status === 200 || (answer.status === 409 && answer.body.code === 'invalid_state_error'), JSON.stringify(answer))
    const again = await complete(cartId, key)
    for (const answer of [...answered, again]) assert.deepEqual(answer, answered[0])
    const other = await complete(cartId, { 'idempotency-key': `another key of ${cartId}` })
    assert.equal(other.body.order.id, again.body.order.id)
  })

  it('keeps a cart as it is while its payment is agreed to', async () => {
    const cartId = await readyCart(store, {
      items: variants.map((variant_id) => ({ variant_id, quantity: 1 })),
      shippingOf: [0, 1, 2],
      providerId: 'pp_test_gated',
    })
    const before = await cartOf(cartId)
    const [line] = before.items
    const asked = gated.shut()
    const completing = complete(cartId)
    await asked
    const changes = await Promise.all([
      store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variants[0], quantity: 1 }),
      store.shopper.post(`/store/carts/${cartId}/line-items/${line.id}`, { quantity: 5 }),
      store.shopper.delete(`/store/carts/${cartId}/line-items/${line.id}`),
      store.shopper.post(`/store/carts/${cartId}`, { region_id: otherRegion }),
      store.shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: store.vendors[0]?.shippingOptionId }),
      store.shopper.post(`/store/payment-collections/${before.payment_collection.id}/payment-sessions`, {
        provider_id: 'pp_system_default',
      }),
    ])
    for (const change of changes) refusedAsConflict(change)
    assert.equal(await promisedTo(cartId), 3)
    const second = complete(cartId)
    gated.open()
    const [first, other] = await Promise.all([completing, second])
    assert.equal(first.body.type, 'order', JSON.stringify(first.body))
    assert.deepEqual(other, first)
    assertSame(first.body.order, before)
  })

  it('gives the stock back when the payment is declined, and sells it when the shopper tries again', async () => {
    const cartId = await readyCart(store, { items: [{ variant_id: variants[0] as string, quantity: 2 }], providerId: 'pp_test_gated' })
    const asked = gated.shut()
    gated.answerWith('declined')
    const callers = [complete(cartId), complete(cartId), complete(cartId)]
    await asked
    assert.equal(await promisedTo(cartId), 1)
    gated.open()
    for (const answer of await Promise.all(callers)) {
      assert.equal(answer.status, 200)
      assert.equal(answer.body.type, 'cart')
      assert.deepEqual(answer.body.error, { message: 'Payment authorization failed', name: 'Error', type: 'payment_authorization_error' })
    }
    assert.equal(await promisedTo(cartId), 0)
    gated.answerWith('ok')
    const grown = await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variants[0], quantity: 1 })
    assert.equal(grown.status, 200)
    await startPayment(store, cartId, 'pp_test_gated')
    const again = await complete(cartId)
    assert.equal(again.body.type, 'order', JSON.stringify(again.body))
    assert.equal(again.body.order.items[0].quantity, 3)
  })

  it('keeps its promise while the provider does not answer, and goes on when it does', async () => {
    const cartId = await readyCart(store, { items: [{ variant_id: variants[0] as string, quantity: 1 }], providerId: 'pp_test_gated' })
    gated.answerWith('unknown')
    const unclear = await complete(cartId)
    refusedAsConflict(unclear)
    assert.equal(await promisedTo(cartId), 1)
    gated.answerWith('ok')
    assert.equal((await complete(cartId)).body.type, 'order')
  })

  describe('against a change of the cart', () => {
    const changes: Record<
      string,
      (cartId: string, lineId: string) => Promise<{ status: number; body: { code?: string; message?: string } }>
    > = {
      'more pieces': (cartId, lineId) => store.shopper.post(`/store/carts/${cartId}/line-items/${lineId}`, { quantity: 5 }),
      'a line removed': (cartId, lineId) => store.shopper.delete(`/store/carts/${cartId}/line-items/${lineId}`),
      'another region': (cartId) => store.shopper.post(`/store/carts/${cartId}`, { region_id: otherRegion }),
      'another thing': (cartId) =>
        store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: store.vendors[0]?.products[0]?.variantIds[1], quantity: 1 }),
    }

    /** Starts requests one after the other behind a lock on the cart, so that they get it in that order. */
    async function inLine<Results extends unknown[]>(
      cartId: string,
      requests: { [Index in keyof Results]: () => Promise<Results[Index]> },
    ): Promise<Results> {
      const holder = new pg.Client({ connectionString: app().adminUrl })
      await holder.connect()
      try {
        await holder.query('begin')
        await holder.query('select 1 from app.cart where id = $1 for update', [cartId])
        const running: Promise<unknown>[] = []
        for (const request of requests) {
          running.push(request())
          await untilWaiting(running.length)
        }
        await holder.query('commit')
        return (await Promise.all(running)) as Results
      } finally {
        await holder.end()
      }
    }

    async function untilWaiting(count: number): Promise<void> {
      for (;;) {
        const [row] = await asAdmin<{ waiting: number }>(
          app().adminUrl,
          `select count(*)::int as waiting from pg_stat_activity
           where datname = current_database() and usename = 'app_login' and wait_event_type = 'Lock'`,
        )
        if (row?.waiting === count) return
        await pause(10)
      }
    }

    async function firstLine(cartId: string): Promise<string> {
      const rows = await asAdmin<{ id: string }>(
        app().adminUrl,
        'select id from app.cart_line_item where cart_id = $1 order by id limit 1',
        [cartId],
      )
      return rows[0]?.id as string
    }

    it('follows another change: of two edits of one line one stands beside that of another line, and what is owed is owed for both', async () => {
      for (const quantities of [[3, 7] as const, [7, 3] as const]) {
        const cartId = await aCart()
        const lineId = await firstLine(cartId)
        const other = (await cartOf(cartId)).items.find(({ id }: { id: string }) => id !== lineId).id as string
        const edit = (id: string, quantity: number) => () => store.shopper.post(`/store/carts/${cartId}/line-items/${id}`, { quantity })
        const [first, last] = [edit(lineId, quantities[0]), edit(lineId, quantities[1])]
        const answers = await inLine<[Answer, Answer, Answer]>(cartId, [first, edit(other, 5), last])
        const cart = await cartOf(cartId)
        for (const [index, told] of [...answers.map((answer) => good(answer).cart), cart].entries()) {
          const lineOf = (id: string) => told.items.find((item: { id: string }) => item.id === id)
          const line = lineOf(lineId)
          // Each answer has its own edit. Who waits for a row is not always let in by turns: the cart has either edit of the line, and the other's.
          const own = [line.quantity === quantities[0], lineOf(other).quantity === 5, line.quantity === quantities[1]][index]
          assert.ok(own ?? (quantities.includes(line.quantity as never) && lineOf(other).quantity === 5), JSON.stringify(told.items))
          assert.equal(line.subtotal, line.unit_price * line.quantity)
          assert.equal(
            told.item_subtotal,
            told.items.reduce((sum: number, item: { subtotal: number }) => sum + item.subtotal, 0),
          )
          assert.equal(told.total, Math.round((told.item_total + told.shipping_total) * 100) / 100)
          // A payment was agreed to for another sum, and is begun anew.
          assert.deepEqual([told.payment_collection.amount, told.payment_collection.payment_sessions], [told.total, []])
        }
        await startPayment(store, cartId)
        const { order } = good(await complete(cartId))
        assert.equal(order.total, cart.total)
        assertSame(order, await cartOf(cartId))
      }
    })

    for (const [name, change] of Object.entries(changes)) {
      it(`sells the cart as it was when the shopper pays before ${name}`, async () => {
        const cartId = await aCart()
        const lineId = await firstLine(cartId)
        const [completed, changed] = await inLine<[SocketAnswer, { status: number; body: { code?: string; message?: string } }]>(cartId, [
          () => complete(cartId),
          () => change(cartId, lineId),
        ])
        assert.equal(completed.body.type, 'order', JSON.stringify(completed.body))
        assert.deepEqual(
          completed.body.order.items.map((item: { quantity: number }) => item.quantity),
          [2, 2, 2],
        )
        assert.equal(completed.body.order.currency_code, 'usd')
        const refusal = changed.body.code ?? changed.body.message
        assert.ok(refusal === 'invalid_state_error' || refusal === `Cart ${cartId} is already completed.`, JSON.stringify(changed))
        assertSame(completed.body.order, await cartOf(cartId))
      })

      it(`sells nothing at a price that was not agreed to when ${name} comes first`, async () => {
        const cartId = await aCart()
        const lineId = await firstLine(cartId)
        const [changed, completed] = await inLine<[{ status: number; body: object }, SocketAnswer]>(cartId, [
          () => change(cartId, lineId),
          () => complete(cartId),
        ])
        assert.equal(changed.status, 200, JSON.stringify(changed.body))
        assert.equal(completed.status, 400, JSON.stringify(completed.body))
        assert.equal(completed.body.type, 'invalid_data')
        assert.deepEqual([await ordersOf(cartId), await promisedTo(cartId)], [0, 0])
      })
    }

    it('ends in one consistent purchase when everything comes at once', async () => {
      const carts = await copiesOf(app(), template, 12)
      await Promise.all(
        carts.map(async (cartId) => {
          const lineId = await firstLine(cartId)
          const [completed, ...changed] = await Promise.all([
            complete(cartId),
            ...Object.values(changes).map((change) => change(cartId, lineId)),
          ])
          for (const answer of changed) assert.ok(answer.status < 500, JSON.stringify(answer.body))
          const cart = await cartOf(cartId)
          if (completed.body.type === 'order') return assertSame(completed.body.order, cart)
          assert.equal(completed.status, 400, JSON.stringify(completed.body))
          assert.deepEqual([await ordersOf(cartId), await promisedTo(cartId)], [0, 0])
        }),
      )
    })
  })

  describe('after something was withdrawn', () => {
    const stateOf = async (cartId: string) => [await ordersOf(cartId), await promisedTo(cartId)]

    it('is refused while a vendor is suspended, and goes through when the vendor is back', async () => {
      const cartId = await aCart()
      const vendorId = store.vendors[1]?.id as string
      assert.equal((await store.admin.post(`/admin/vendors/${vendorId}/suspend`)).status, 200)
      const refused = await complete(cartId)
      assert.deepEqual([refused.status, refused.body.type], [400, 'invalid_data'], JSON.stringify(refused.body))
      assert.deepEqual(await stateOf(cartId), [0, 0])
      assert.equal((await store.admin.post(`/admin/vendors/${vendorId}/resume`)).status, 200)
      assert.equal((await complete(cartId)).body.type, 'order')
    })

    it('is refused for a variant that was deleted, and goes through without it', async () => {
      const product = store.vendors[0]?.products[0]
      const gone = product?.variantIds[1] as string
      const cartId = await readyCart(store, {
        items: [gone, variants[1] as string].map((variant_id) => ({ variant_id, quantity: 1 })),
        shippingOf: [0, 1],
      })
      const deleted = await store.admin.delete(`/admin/products/${product?.id}/variants/${gone}`)
      assert.equal(deleted.status, 200, JSON.stringify(deleted.body))
      const refused = await complete(cartId)
      assert.deepEqual([refused.status, refused.body.type], [400, 'invalid_data'], JSON.stringify(refused.body))
      assert.deepEqual(await stateOf(cartId), [0, 0])
      const line = (await cartOf(cartId)).items.find((item: { variant_id: string | null }) => item.variant_id !== variants[1])
      assert.equal((await store.shopper.delete(`/store/carts/${cartId}/line-items/${line.id}`)).status, 200)
      await startPayment(store, cartId)
      assert.equal((await complete(cartId)).body.type, 'order')
    })

    it('cannot lose its pieces: stock is not set below what is promised', async () => {
      const [level] = await asAdmin<{ item: string; location: string; stocked: number; reserved: number }>(
        app().adminUrl,
        `select l.inventory_item_id as item, l.location_id as location, l.stocked_quantity as stocked, l.reserved_quantity as reserved
         from app.inventory_level l join app.variant_inventory_item k on k.tenant_id = l.tenant_id and k.inventory_item_id = l.inventory_item_id
         where k.variant_id = $1`,
        [variants[2]],
      )
      assert.ok(level !== undefined && level.reserved > 0)
      const { item, location, stocked, reserved } = level
      const set = (stocked_quantity: number) =>
        store.admin.post(`/admin/inventory-items/${item}/location-levels/${location}`, { stocked_quantity })
      const lower = await set(reserved - 1)
      assert.deepEqual([lower.status, lower.body.type], [400, 'invalid_data'], JSON.stringify(lower.body))
      const byVendor = await store.vendor(2).post('/vendor/inventory-levels', { inventory_item_id: item, stocked_quantity: reserved - 1 })
      assert.deepEqual([byVendor.status, byVendor.body.type], [400, 'invalid_data'], JSON.stringify(byVendor.body))
      assert.equal((await set(reserved)).status, 200)
      const soldOut = await complete(await aCart())
      assert.deepEqual([soldOut.status, soldOut.body.code], [400, 'insufficient_inventory'])
      assert.equal((await set(stocked)).status, 200)
      assert.equal((await complete(await aCart())).body.type, 'order')
    })
  })
})
