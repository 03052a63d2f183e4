import assert from 'node:assert/strict'
import { manyConnections, useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { brokenInvariants, deadlocksOf } from '../support/invariants.js'
import { copiesOf, readyCart } from '../support/ready-cart.js'
import { type SocketAnswer, separateSockets } from '../support/sockets.js'
import { createTestStore, type TestStore } from '../support/store.js'

describe('many shoppers at once', function () {
  this.timeout(60_000)
  const app = useApp({ settings: manyConnections })

  const variantsOf = (store: TestStore) => store.vendors.flatMap((vendor) => vendor.products.flatMap((product) => product.variantIds))

  async function stockOf(store: TestStore, variantId: string) {
    const [row] = await asAdmin<{ stocked: number; reserved: number }>(
      app().adminUrl,
      `select sum(l.stocked_quantity)::int as stocked, sum(l.reserved_quantity)::int as reserved
       from app.inventory_level l join app.variant_inventory_item k on k.tenant_id = l.tenant_id and k.inventory_item_id = l.inventory_item_id
       where l.tenant_id = $1 and k.variant_id = $2`,
      [store.tenantId, variantId],
    )
    return row
  }

  const isOrder = ({ status, body }: SocketAnswer) => status === 200 && body.type === 'order'

  it('are sold 50 pieces when 200 of them buy a thing of which there are 50', async () => {
    const store = await createTestStore(app(), { stock: 50 })
    const [variant_id] = variantsOf(store) as [string]
    const carts = await copiesOf(app(), await readyCart(store, { items: [{ variant_id, quantity: 1 }] }), 200)
    const deadlocks = await deadlocksOf(app().adminUrl)
    const { post } = separateSockets(app(), store)
    const started = Date.now()
    const answers = await Promise.all(carts.map((cartId) => post(`/store/carts/${cartId}/complete`)))
    console.log(`      200 at once were answered in ${Date.now() - started} ms`)
    const refused = answers.filter((answer) => !isOrder(answer))
    assert.equal(answers.length - refused.length, 50)
    for (const answer of refused) {
      assert.deepEqual(answer, {
        status: 400,
        body: { type: 'not_allowed', code: 'insufficient_inventory', message: 'Some variant does not have the required inventory' },
      })
    }
    const numbers = answers.filter(isOrder).map(({ body }) => body.order.display_id as number)
    assert.deepEqual(
      numbers.sort((a, b) => a - b),
      Array.from({ length: 50 }, (_, index) => index + 1),
    )
    assert.deepEqual(await stockOf(store, variant_id), { stocked: 50, reserved: 50 })
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
    assert.equal(await deadlocksOf(app().adminUrl), deadlocks)
    const late = await store.shopper.post('/store/carts', { region_id: store.regionId, items: [{ variant_id, quantity: 1 }] })
    assert.equal(late.body.code, 'insufficient_inventory')
  })

  it('are sold whole carts only, when pieces run out that their carts share', async () => {
    const store = await createTestStore(app(), { vendors: 2, stock: 10 })
    const [a, , b] = variantsOf(store) as [string, string, string]
    const quantities = [
      [1, 1],
      [2, 1],
      [3, 1],
      [1, 2],
      [2, 2],
    ] as const
    const carts: string[] = []
    for (const [ofA, ofB] of quantities) {
      const first = await readyCart(store, {
        items: [
          { variant_id: a, quantity: ofA },
          { variant_id: b, quantity: ofB },
        ],
      })
      carts.push(...(await copiesOf(app(), first, 6)))
    }
    const { post } = separateSockets(app(), store)
    const answers = await Promise.all(carts.map((cartId) => post(`/store/carts/${cartId}/complete`)))
    for (const answer of answers) assert.ok(isOrder(answer) || answer.body.code === 'insufficient_inventory', JSON.stringify(answer.body))
    const sold = (variantId: string) =>
      answers.filter(isOrder).reduce((total, { body }) => {
        const line = body.order.items.find((item: { variant_id: string }) => item.variant_id === variantId)
        return total + line.quantity
      }, 0)
    for (const variantId of [a, b]) assert.deepEqual(await stockOf(store, variantId), { stocked: 10, reserved: sold(variantId) })
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })

  it('never wait for one another in a circle, with the same two things in opposite order', async () => {
    const store = await createTestStore(app(), { vendors: 2, stock: 1_000 })
    const [a, , b] = variantsOf(store) as [string, string, string]
    const [forth, back] = await Promise.all(
      [
        [a, b],
        [b, a],
      ].map(async (order) => {
        const first = await readyCart(store, { items: order.map((variant_id) => ({ variant_id, quantity: 1 })) })
        return copiesOf(app(), first, 50)
      }),
    )
    const carts = (forth as string[]).flatMap((cartId, index) => [cartId, (back as string[])[index] as string])
    const deadlocks = await deadlocksOf(app().adminUrl)
    const { post } = separateSockets(app(), store)
    const answers = await Promise.all(carts.map((cartId) => post(`/store/carts/${cartId}/complete`)))
    assert.deepEqual(
      answers.filter((answer) => !isOrder(answer)),
      [],
    )
    for (const variantId of [a, b]) assert.deepEqual(await stockOf(store, variantId), { stocked: 1_000, reserved: 100 })
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
    assert.equal(await deadlocksOf(app().adminUrl), deadlocks)
  })

  it('lose no piece when they put into one cart all at once', async () => {
    const store = await createTestStore(app(), { productsPerVendor: 2, stock: 1_000 })
    const variants = variantsOf(store)
    const created = await store.shopper.post('/store/carts', { region_id: store.regionId })
    const cartId = created.body.cart.id as string
    const { post } = separateSockets(app(), store)
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) =>
        post(`/store/carts/${cartId}/line-items`, { variant_id: variants[index % variants.length], quantity: 1 + (index % 3) }),
      ),
    )
    for (const answer of answers) assert.equal(answer.status, 200, JSON.stringify(answer.body))
    const { body } = await store.shopper.get(`/store/carts/${cartId}`)
    const quantities = body.cart.items.map((item: { quantity: number }) => item.quantity) as number[]
    assert.equal(body.cart.items.length, variants.length)
    assert.equal(
      quantities.reduce((sum, quantity) => sum + quantity, 0),
      120,
    )
    const cents = body.cart.items.reduce(
      (sum: number, item: { unit_price: number; quantity: number }) => sum + Math.round(item.unit_price * 100) * item.quantity,
      0,
    )
    assert.equal(Math.round(body.cart.total * 100), cents)
  })
})
