import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { addressIn, fillCart } from '../../support/purchase.js'
import { type Shopper, signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

describe('a customer', () => {
  const app = useApp()
  let store: TestStore
  let shopper: Shopper
  let variantId: string
  let count = 0

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
  })
  beforeEach(async () => {
    count += 1
    shopper = await signUp(app(), store, `ada-${count}@example.com`)
  })

  const order = async (by: Shopper | null, email = 'guest@example.com') => {
    const caller = by?.client ?? store.shopper
    const cartId = await fillCart(caller, { regionId: store.regionId, variantIds: [variantId], ...(by === null ? { email } : {}) })
    const { body } = await caller.post(`/store/carts/${cartId}/complete`)
    assert.equal(body.type, 'order', JSON.stringify(body))
    return body.order as { id: string; email: string; display_id: number }
  }

  it('sees themselves whole, and with their orders when they ask', async () => {
    const { body } = await shopper.client.get('/store/customers/me')
    assert.deepEqual(Object.keys(body.customer).sort(), [
      'addresses',
      'company_name',
      'created_at',
      'deleted_at',
      'email',
      'first_name',
      'has_account',
      'id',
      'last_name',
      'metadata',
      'phone',
      'updated_at',
    ])
    assert.deepEqual([body.customer.first_name, body.customer.has_account, body.customer.addresses], ['Ada', true, []])
    const placed = await order(shopper)
    const more = await shopper.client.get('/store/customers/me', { fields: '*orders' })
    assert.deepEqual(
      more.body.customer.orders.map((one: { id: string }) => one.id),
      [placed.id],
    )
    assert.equal(typeof more.body.customer.orders[0].total, 'number')
    const less = await shopper.client.get('/store/customers/me', { fields: 'email,created_by,groups' })
    assert.deepEqual(Object.keys(less.body.customer).sort(), ['email', 'id'])
  })

  it('changes what is theirs to change, and not the e-mail', async () => {
    const changed = await shopper.client.post('/store/customers/me', {
      company_name: 'Analytical',
      last_name: null,
      metadata: { size: 'M' },
    })
    const { company_name, first_name, last_name, metadata } = changed.body.customer
    assert.deepEqual([company_name, first_name, last_name, metadata], ['Analytical', 'Ada', null, { size: 'M' }])
    const refused = await shopper.client.post('/store/customers/me', { email: 'other@example.com' })
    assert.deepEqual([refused.status, refused.body.message], [400, "Invalid request: Unrecognized fields: 'email'"])
    assert.equal((await store.shopper.get('/store/customers/me')).status, 401)
  })

  describe('keeps addresses', () => {
    const path = '/store/customers/me/addresses'
    const add = (body: object) => shopper.client.post(path, body)

    it('which are added, changed, listed and removed, each with its own envelope', async () => {
      const added = await add({
        address_name: 'Home',
        first_name: 'Ada',
        city: 'London',
        country_code: 'GB',
        postal_code: 'N1',
        metadata: { bell: 2 },
      })
      assert.deepEqual([added.status, added.body.customer.id, added.body.address], [200, shopper.id, undefined])
      const [address] = added.body.customer.addresses
      assert.match(address.id, /^cuaddr_/)
      assert.deepEqual(
        [address.country_code, address.customer_id, address.is_default_shipping, address.address_2],
        ['gb', shopper.id, false, null],
      )
      const changed = await shopper.client.post(`${path}/${address.id}`, { city: 'Ockham' })
      assert.deepEqual([changed.body.customer.addresses[0].city, changed.body.customer.addresses[0].address_name], ['Ockham', 'Home'])
      const one = await shopper.client.get(`${path}/${address.id}`)
      assert.deepEqual([one.body.address.id, one.body.address.city, one.body.address.metadata], [address.id, 'Ockham', { bell: 2 }])
      await add({ city: 'Paris', country_code: 'fr' })
      const listed = await shopper.client.get(path, { country_code: 'GB' })
      assert.deepEqual([listed.body.addresses.length, listed.body.count, listed.body.offset, listed.body.limit], [1, 1, 0, 50])
      assert.equal((await shopper.client.get(path, { q: 'pari' })).body.addresses[0].city, 'Paris')
      assert.equal((await shopper.client.get(path, { order: '-postal_code' })).status, 200)
      const streets = (await shopper.client.get(path, { order: '-address_1', fields: 'address_1' })).body.addresses
      assert.deepEqual(
        streets.map((found: { address_1: string | null }) => found.address_1),
        [null, address.address_1],
      )
      assert.equal((await shopper.client.get(path, { order: 'metadata' })).body.message, 'Order field metadata is not valid')
      const gone = await shopper.client.delete(`${path}/${address.id}`)
      assert.deepEqual(
        [gone.body.id, gone.body.object, gone.body.deleted, gone.body.parent.addresses.length],
        [shopper.id, 'address', true, 1],
      )
    })

    it('of which one is the default for each purpose, whoever asks at the same moment', async () => {
      const first = await add({ city: 'One', is_default_shipping: true, is_default_billing: true })
      const second = await add({ city: 'Two', is_default_shipping: true })
      const flags = (body: { customer: { addresses: { city: string; is_default_shipping: boolean; is_default_billing: boolean }[] } }) =>
        body.customer.addresses.map((one) => [one.city, one.is_default_shipping, one.is_default_billing])
      assert.deepEqual(flags(first.body), [['One', true, true]])
      assert.deepEqual(flags(second.body), [
        ['One', false, true],
        ['Two', true, false],
      ])
      const tries = await Promise.all(Array.from({ length: 6 }, (_, index) => add({ city: `City ${index}`, is_default_shipping: true })))
      assert.deepEqual(
        tries.map((answer) => answer.status),
        [200, 200, 200, 200, 200, 200],
      )
      const { body } = await shopper.client.get('/store/customers/me')
      assert.equal(body.customer.addresses.filter((one: { is_default_shipping: boolean }) => one.is_default_shipping).length, 1)
      assert.equal(body.customer.addresses.length, 8)
    })

    it('that nobody else sees, changes or removes', async () => {
      const neighbour = await signUp(app(), store, `neighbour-${count}@example.com`)
      const { body } = await add({ city: 'Mine' })
      const id = body.customer.addresses[0].id as string
      for (const answer of [
        await neighbour.client.get(`${path}/${id}`),
        await neighbour.client.post(`${path}/${id}`, { city: 'Theirs' }),
        await neighbour.client.delete(`${path}/${id}`),
      ]) {
        assert.deepEqual([answer.status, answer.body], [404, { type: 'not_found', message: `Address with id: ${id} was not found` }])
      }
      assert.equal((await shopper.client.get(`${path}/${id}`)).body.address.city, 'Mine')
      assert.equal((await store.shopper.get(path)).status, 401)
      assert.equal((await add({ city: 'Mine', colour: 'red' })).body.message, "Invalid request: Unrecognized fields: 'colour'")
    })

    it('of which there are a hundred at most', async () => {
      await asAdmin(
        app().adminUrl,
        `insert into app.customer_address (tenant_id, id, customer_id) select $1, 'cuaddr_' || n, $2 from generate_series(1, 100) n`,
        [store.tenantId, shopper.id],
      )
      const { status, body } = await add({ city: 'Too many' })
      assert.deepEqual([status, body.type], [400, 'not_allowed'])
      await asAdmin(app().adminUrl, 'delete from app.customer_address where tenant_id = $1', [store.tenantId])
    })
  })

  describe('has carts', () => {
    it('that are theirs from the start, with an address that they keep', async () => {
      const { body: me } = await shopper.client.post('/store/customers/me/addresses', {
        first_name: 'Ada',
        address_1: '12 St James',
        country_code: 'us',
        metadata: { bell: 2 },
      })
      const saved = me.customer.addresses[0].id
      const { body } = await shopper.client.post('/store/carts', { shipping_address: saved, billing_address: saved })
      assert.deepEqual([body.cart.email, body.cart.customer.id], [shopper.email, shopper.id])
      assert.deepEqual([body.cart.shipping_address.address_1, body.cart.billing_address.first_name], ['12 St James', 'Ada'])
      assert.match(body.cart.shipping_address.id, /^caaddr_/, 'a copy')
      const neighbour = await signUp(app(), store, `stranger-${count}@example.com`)
      for (const caller of [neighbour.client, store.shopper]) {
        const refused = await caller.post('/store/carts', { shipping_address: saved })
        assert.deepEqual([refused.status, refused.body.message], [404, `Address with id: ${saved} was not found`])
      }
      const other = await shopper.client.post('/store/carts', {})
      const moved = await shopper.client.post(`/store/carts/${other.body.cart.id}`, { shipping_address: saved })
      assert.equal(moved.body.cart.shipping_address.address_1, '12 St James')
    })

    it('that they filled as a guest and take over when they sign in', async () => {
      const { body } = await store.shopper.post('/store/carts', {
        email: 'before@example.com',
        items: [{ variant_id: variantId, quantity: 1 }],
      })
      const path = `/store/carts/${body.cart.id}/customer`
      assert.equal((await store.shopper.post(path)).status, 401)
      const taken = await shopper.client.post(path)
      assert.deepEqual(
        [taken.status, taken.body.cart.email, taken.body.cart.customer.id, taken.body.cart.items.length],
        [200, shopper.email, shopper.id, 1],
      )
      assert.equal((await shopper.client.post(path)).status, 200, 'again')
      assert.equal((await shopper.client.post(path, { customer_id: 'cus_1' })).status, 400)
      const neighbour = await signUp(app(), store, `taker-${count}@example.com`)
      const refused = await neighbour.client.post(path)
      assert.deepEqual([refused.status, refused.body.type], [400, 'not_allowed'])
      assert.equal((await shopper.client.post('/store/carts/cart_none/customer')).status, 404)
    })

    it('that show the groups they are in', async () => {
      const { body } = await store.admin.post('/admin/customer-groups', { name: `VIP ${count}` })
      await store.admin.post(`/admin/customer-groups/${body.customer_group.id}/customers`, { add: [shopper.id] })
      const cart = await shopper.client.post('/store/carts', {})
      assert.deepEqual(cart.body.cart.customer.groups, [{ id: body.customer_group.id }])
    })
  })

  describe('has orders', () => {
    it('of their own alone, the newest first, in pages', async () => {
      const placed = [await order(shopper), await order(shopper), await order(shopper)]
      const neighbour = await signUp(app(), store, `buyer-${count}@example.com`)
      await order(neighbour)
      const { status, body } = await shopper.client.get('/store/orders', { limit: 2, offset: 0, order: '-created_at' })
      assert.deepEqual([status, body.count, body.offset, body.limit], [200, 3, 0, 2])
      assert.deepEqual(
        body.orders.map((one: { id: string }) => one.id),
        [placed[2]?.id, placed[1]?.id],
      )
      const next = await shopper.client.get('/store/orders', { limit: 2, offset: 2, order: '-created_at' })
      assert.deepEqual(
        next.body.orders.map((one: { id: string }) => one.id),
        [placed[0]?.id],
      )
      assert.equal((await store.shopper.get('/store/orders')).status, 401)
    })

    it('with what a list shows by default, and the rest on request', async () => {
      await order(shopper)
      const { body } = await shopper.client.get('/store/orders')
      assert.deepEqual(Object.keys(body.orders[0]).sort(), [
        'created_at',
        'currency_code',
        'custom_display_id',
        'display_id',
        'fulfillment_status',
        'id',
        'items',
        'metadata',
        'payment_status',
        'status',
        'summary',
        'total',
        'updated_at',
      ])
      assert.deepEqual([body.orders[0].items[0].tax_lines, body.orders[0].items[0].adjustments], [[], []])
      const asked = await shopper.client.get('/store/orders', { fields: '*items,+items.metadata,*items.variant,*items.product', limit: 10 })
      const [item] = asked.body.orders[0].items
      assert.deepEqual([item.variant.id, typeof item.product.title, typeof item.total], [variantId, 'string', 'number'])
    })

    it('that are found by id and status, and are never drafts or another’s', async () => {
      const [first, second] = [await order(shopper), await order(shopper)]
      const found = async (query: Record<string, string>) =>
        (await shopper.client.get('/store/orders', query)).body.orders.map((one: { id: string }) => one.id)
      assert.deepEqual(await found({ 'id[0]': first.id }), [first.id])
      await asAdmin(app().adminUrl, `update app.orders set status = 'completed' where id = $1`, [second.id])
      assert.deepEqual(await found({ status: 'completed' }), [second.id])
      assert.deepEqual(await found({ order: '-status' }), [first.id, second.id])
      assert.deepEqual(await found({ 'status[0]': 'pending', 'status[1]': 'canceled' }), [first.id])
      await asAdmin(app().adminUrl, `update app.orders set status = 'draft' where id = $1`, [second.id])
      assert.deepEqual(await found({}), [first.id])
      assert.deepEqual(await found({ status: 'draft' }), [])
      const foreign = await order(await signUp(app(), store, `elsewhere-${count}@example.com`))
      assert.deepEqual(await found({ id: foreign.id }), [])
    })
  })

  it('who is removed is signed out, and may register again', async () => {
    assert.equal((await store.admin.delete(`/admin/customers/${shopper.id}`)).status, 200)
    assert.equal((await shopper.client.get('/store/customers/me')).status, 401)
    const again = await signUp(app(), store, shopper.email)
    assert.notEqual(again.id, shopper.id)
  })

  it('gives no address to who is not of the store’s country, as guests do not', async () => {
    const { body } = await shopper.client.post('/store/customers/me/addresses', { ...addressIn('fr') })
    const refused = await shopper.client.post('/store/carts', { shipping_address: body.customer.addresses[0].id })
    assert.deepEqual([refused.status, refused.body.type], [400, 'invalid_data'])
  })
})
