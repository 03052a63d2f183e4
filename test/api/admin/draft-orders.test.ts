import assert from 'node:assert/strict'
import { prepareCheckout } from '../../../src/checkout/prepare.js'
import { systemClock } from '../../../src/kernel/index.js'
import { booksOf, shelf } from '../../support/after-sale.js'
import { adminClient, refused, type Sdk } from '../../support/admin-client.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { brokenInvariants } from '../../support/invariants.js'
import { promote } from '../../support/promotions.js'
import { addressIn } from '../../support/purchase.js'
import { signUp } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

// biome-ignore lint/suspicious/noExplicitAny: what Stoa adds is in none of the client's types
type Wire = any

describe("draft orders, with Medusa's own client", function () {
  this.timeout(30_000)
  const app = useApp()
  let store: TestStore
  let drafts: Sdk['admin']['draftOrder']
  let variants: string[]
  let house: string

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, tax_ppm: 100_000, stock: 60 })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    drafts = adminClient(app(), store).admin.draftOrder
    const [row] = await asAdmin<{ id: string }>(app().adminUrl, 'select id from app.vendor where tenant_id = $1 and is_house', [
      store.tenantId,
    ])
    house = row?.id as string
    // Not verified: no mail leads there.
    await asAdmin(
      app().adminUrl,
      `insert into platform.domain (id, tenant_id, hostname) values ('dom_unproved', $1, 'a.unproved.example')`,
      [store.tenantId],
    )
  })

  const shipping = () => store.vendors.map((vendor) => ({ shipping_option_id: vendor.shippingOptionId }))
  const usual = () => ({
    region_id: store.regionId,
    email: 'grace@example.com',
    shipping_address: addressIn('us') as Wire,
    items: [{ variant_id: variants[0] as string, quantity: 2 }],
  })
  const create = async (more: object = {}): Promise<Wire> => (await drafts.create({ ...usual(), ...more })).draft_order

  it('are put together with lines, prices by hand, codes and shipping, and are read as an order', async () => {
    await promote(store, { code: 'TENTH' })
    const draft = await create({
      items: [
        { variant_id: variants[0], quantity: 2 },
        { variant_id: variants[1], quantity: 1, unit_price: 7.5, metadata: { asked: 'by phone' } },
      ],
      promo_codes: ['TENTH'],
      shipping_methods: shipping(),
      metadata: { channel: 'phone' },
    })
    assert.match(draft.id, /^order_/)
    assert.deepEqual(
      [draft.status, draft.payment_status, draft.is_draft_order, draft.email],
      ['draft', 'not_paid', true, 'grace@example.com'],
    )
    assert.deepEqual(
      draft.items.map((item: Wire) => [
        item.variant_id,
        item.quantity,
        item.unit_price,
        item.is_custom_price,
        item.detail.fulfilled_quantity,
      ]),
      [
        [variants[0], 2, 10, false, 0],
        [variants[1], 1, 7.5, true, 0],
      ],
    )
    // 27.50 less a tenth, 11.00 of shipping, and a tenth of both as tax.
    assert.deepEqual([draft.item_subtotal, draft.discount_subtotal, draft.shipping_subtotal, draft.total], [27.5, 2.75, 11, 39.33])
    assert.deepEqual([draft.summary.pending_difference, draft.metadata], [39.33, { channel: 'phone' }])
    assert.deepEqual(
      draft.promotions.map((one: Wire) => one.code),
      ['TENTH'],
    )
    assert.equal(draft.region.currency_code, 'usd')
    assert.doesNotMatch(JSON.stringify(draft), /cart_0|cart_id/, 'whoever knows the id of its cart could buy it')
    assert.deepEqual((await drafts.retrieve(draft.id)).draft_order, JSON.parse(JSON.stringify(draft)))
    assert.deepEqual(await shelf(app(), store), { stocked: 60, reserved: 0 }, 'nothing is promised yet')
  })

  it('are no orders before they are converted, and no drafts afterwards', async () => {
    const draft = await create({ shipping_methods: shipping().slice(0, 1), email: 'once@example.com' })
    const listed = async () => {
      const { draft_orders, count } = await drafts.list({ q: 'once@example' })
      const { orders } = good(await store.admin.get('/admin/orders', { q: 'once@example' }))
      assert.equal(draft_orders.length, count)
      return [draft_orders.map((one) => one.id), orders.map((one: Wire) => one.id)]
    }
    assert.deepEqual(await listed(), [[draft.id], []])
    const shown = good(await store.admin.get(`/admin/orders/${draft.id}`)).order
    assert.deepEqual([shown.status, shown.is_draft_order, shown.total], ['draft', true, draft.total], "Medusa's dashboard reads it here")
    assert.equal((await store.shopper.get(`/store/orders/${draft.id}`)).status, 404)
    const { order } = await drafts.convertToOrder(draft.id)
    assert.deepEqual([order.id, order.status, draft.custom_display_id], [draft.id, 'pending', `D${draft.display_id}`])
    assert.deepEqual(await listed(), [[], [draft.id]])
    assert.equal((await refused(drafts.retrieve(draft.id))).status, 404)
    assert.equal(good(await store.shopper.get(`/store/orders/${draft.id}`)).order.total, draft.total)
  })

  it('become orders that nobody has paid, with stock promised, vendors’ parts and books', async () => {
    const draft = await create({
      items: variants.map((variant_id) => ({ variant_id, quantity: 3, unit_price: 5 })),
      shipping_methods: shipping(),
    })
    const { reserved } = await shelf(app(), store)
    const { order } = (await drafts.convertToOrder(draft.id)) as { order: Wire }
    for (const name of ['total', 'subtotal', 'tax_total', 'item_total', 'shipping_total', 'discount_total']) {
      assert.equal(order[name], draft[name], name)
    }
    assert.deepEqual([order.payment_status, order.summary.paid_total, order.summary.pending_difference], ['not_paid', 0, order.total])
    const [collection] = order.payment_collections
    assert.deepEqual(
      [collection.status, collection.amount, collection.authorized_amount, collection.captured_amount, collection.payments],
      ['not_paid', order.total, 0, 0, []],
    )
    assert.deepEqual(
      order.vendor_orders.map((part: Wire) => [part.vendor.id, part.paid_at]),
      store.vendors.map((vendor) => [vendor.id, null]),
    )
    assert.equal((await shelf(app(), store)).reserved, reserved + 3)
    assert.equal((await booksOf(store, order.id))['A:shopper'], order.total, 'the shopper owes it')
    await app().drain()
    const mails = app().mails.filter((mail) => mail.to === 'grace@example.com' && mail.subject.includes(`#${order.display_id} `))
    assert.equal(mails.length, 1)
    assert.match(mails[0]?.text ?? '', new RegExp(`Pay here: http://${store.slug}\\.localhost:\\d+/orders/${order.id}/pay\\n`))
    const packed = await store.admin.post(`/admin/orders/${order.id}/fulfillments`, {
      items: [{ id: order.items[0].id, quantity: 3 }],
    })
    assert.equal(good(packed).order.fulfillment_status, 'partially_fulfilled')
  })

  it('are paid where there is nothing to pay', async () => {
    const draft = await create({ items: [{ title: 'A favour', quantity: 1, unit_price: 0 }] })
    const { order } = (await drafts.convertToOrder(draft.id)) as { order: Wire }
    assert.deepEqual([order.total, order.payment_status, order.payment_collections], [0, 'captured', undefined])
  })

  it('are converted once, however many ask at once', async () => {
    const draft = await create({ shipping_methods: shipping().slice(0, 1) })
    const answers = await Promise.all(Array.from({ length: 4 }, () => drafts.convertToOrder(draft.id)))
    assert.deepEqual(new Set(answers.map(({ order }) => order.id)), new Set([draft.id]))
    assert.equal((await drafts.convertToOrder(draft.id)).order.id, draft.id, 'and so is who asks later')
    assert.equal((await refused(drafts.update(draft.id, { email: 'late@example.com' }))).status, 400)
    assert.equal((await refused(drafts.delete(draft.id))).status, 400)
  })

  it('end as an order, as a draft that is edited, or as nothing, when all of these are asked for at once', async () => {
    const made = await Promise.all(Array.from({ length: 3 }, () => create({ shipping_methods: shipping().slice(0, 1) })))
    for (const draft of made) {
      const [converted, begun, gone] = await Promise.allSettled([
        drafts.convertToOrder(draft.id),
        drafts.beginEdit(draft.id),
        drafts.delete(draft.id),
        drafts.update(draft.id, { metadata: { late: true } }),
      ])
      const [order, left] = await Promise.all([store.admin.get(`/admin/orders/${draft.id}`), drafts.list({ id: draft.id })])
      const isOrder = order.body.order?.status === 'pending'
      assert.deepEqual([isOrder, gone.status], converted.status === 'fulfilled' ? [true, 'rejected'] : [false, gone.status])
      assert.equal(left.count, converted.status === 'rejected' && gone.status === 'rejected' ? 1 : 0)
      assert.ok([converted, begun, gone].some(({ status }) => status === 'fulfilled'))
    }
  })

  it('become orders although the process that converts them dies in between, and change no more meanwhile', async () => {
    const draft = await create({ shipping_methods: shipping().slice(0, 1) })
    const [row] = await asAdmin<{ cart_id: string }>(app().adminUrl, 'select cart_id from app.draft_order where id = $1', [draft.id])
    const context = { db: app().db, scope: store.scope, clock: systemClock, requestId: 'req_test', actorId: 'system' }
    // The first half of it.
    await prepareCheckout(context, row?.cart_id as string, 3_600_000, { isStaffs: true })
    const late = [drafts.update(draft.id, { email: 'eve@example.com' }), drafts.delete(draft.id), drafts.beginEdit(draft.id)]
    for (const failure of await Promise.all(late.map(refused))) {
      assert.deepEqual([failure.status, failure.message], [409, 'The draft order is becoming an order. Try again in a moment.'])
    }
    // The worker finds what is left open when its time has come.
    await asAdmin(app().adminUrl, `update app.outbox_event set available_at = now() where name = 'checkout.opened' and state = 'queued'`)
    await app().drain()
    const { order } = good(await store.admin.get(`/admin/orders/${draft.id}`))
    assert.deepEqual([order.payment_status, order.total, order.payment_collections[0].status], ['not_paid', draft.total, 'not_paid'])
  })

  it('are unknown to the Store API by their cart’s id, before they are converted and after', async () => {
    const draft = await create({ shipping_methods: shipping().slice(0, 1) })
    const [row] = await asAdmin<{ cart_id: string }>(app().adminUrl, 'select cart_id from app.draft_order where id = $1', [draft.id])
    const cart = row?.cart_id as string
    const { shopper } = store
    const tried = async () => {
      const answers = await Promise.all([
        shopper.get(`/store/carts/${cart}`),
        shopper.post(`/store/carts/${cart}`, { email: 'eve@example.com' }),
        shopper.post(`/store/carts/${cart}/line-items`, { variant_id: variants[0], quantity: 1 }),
        shopper.post(`/store/carts/${cart}/complete`),
        shopper.post('/store/payment-collections', { cart_id: cart }),
        shopper.get('/store/shipping-options', { cart_id: cart }),
      ])
      return answers.map(({ status }) => status)
    }
    const unknown = [404, 404, 404, 404, 404, 404]
    assert.deepEqual(await tried(), unknown)
    assert.equal((await drafts.retrieve(draft.id)).draft_order.email, 'grace@example.com')
    await drafts.convertToOrder(draft.id)
    assert.deepEqual(await tried(), unknown)
  })

  it('are canceled, when nobody wants to pay them', async () => {
    const draft = await create({ shipping_methods: shipping().slice(0, 1) })
    const { order } = await drafts.convertToOrder(draft.id)
    const canceled = good(await store.admin.post(`/admin/orders/${order.id}/cancel`)).order
    assert.deepEqual([canceled.status, canceled.payment_status, canceled.summary.pending_difference], ['canceled', 'canceled', 0])
    assert.deepEqual(await booksOf(store, order.id), {})
  })

  it('promise nothing that is gone when they are converted', async () => {
    const draft = await create({ items: [{ variant_id: variants[1], quantity: 5 }], shipping_methods: shipping().slice(1) })
    await asAdmin(
      app().adminUrl,
      `update app.inventory_level l set stocked_quantity = reserved_quantity from app.variant_inventory_item k
       where l.tenant_id = $1 and k.tenant_id = $1 and k.inventory_item_id = l.inventory_item_id and k.variant_id = $2`,
      [store.tenantId, variants[1]],
    )
    const short = await refused(drafts.convertToOrder(draft.id))
    assert.deepEqual([short.status, short.message], [400, 'Some variant does not have the required inventory'])
    await asAdmin(
      app().adminUrl,
      `update app.inventory_level l set stocked_quantity = reserved_quantity + 20 from app.variant_inventory_item k
       where l.tenant_id = $1 and k.tenant_id = $1 and k.inventory_item_id = l.inventory_item_id and k.variant_id = $2`,
      [store.tenantId, variants[1]],
    )
    assert.equal((await drafts.convertToOrder(draft.id)).order.id, draft.id)
  })

  it('are sold as they are shown: a promotion that has ended is seen first', async () => {
    const ending = await promote(store, { code: 'ENDING', value: 50 })
    const draft = await create({ promo_codes: ['ENDING'], shipping_methods: shipping().slice(0, 1) })
    assert.equal(draft.discount_subtotal, 10)
    good(await store.admin.post(`/admin/promotions/${ending.id}`, { status: 'inactive' }))
    const failure = await refused(drafts.convertToOrder(draft.id))
    assert.equal(failure.message, 'The promotions of the draft order have changed. Update it, look at it and try again.')
    assert.equal(((await drafts.update(draft.id, {})).draft_order as Wire).discount_subtotal, 0)
    assert.equal(((await drafts.convertToOrder(draft.id)).order as Wire).discount_total, 0)
  })

  it('hold things that the store does not list, sold by its own vendor or by one that is named', async () => {
    const items = [
      { title: 'Engraving', quantity: 2, unit_price: 4, variant_sku: 'ENG' },
      { title: 'Repair', quantity: 1, unit_price: '30.50', vendor_id: store.vendors[1]?.id },
    ]
    const draft = await create({ items })
    assert.deepEqual(
      draft.items.map((item: Wire) => [
        item.title,
        item.vendor.id,
        item.variant_id,
        item.unit_price,
        item.requires_shipping,
        item.tax_total,
      ]),
      [
        ['Engraving', house, null, 4, false, 0.8],
        ['Repair', store.vendors[1]?.id, null, 30.5, false, 3.05],
      ],
    )
    const { order } = (await drafts.convertToOrder(draft.id)) as { order: Wire }
    assert.deepEqual([order.items.length, order.shipping_methods.length, order.total], [2, 0, 42.35])
    const part = order.vendor_orders.find((one: Wire) => one.vendor.id === store.vendors[1]?.id)
    const seen = good(await store.vendor(1).get(`/vendor/orders/${part.id}`)).order
    assert.deepEqual([seen.items[0].title, seen.total], ['Repair', 33.55])
    const packed = await store.vendor(1).post(`/vendor/orders/${part.id}/fulfillments`, { items: [{ id: seen.items[0].id, quantity: 1 }] })
    assert.equal(good(packed).order.fulfillment_status, 'fulfilled')
  })

  it('are for a customer, at the prices of their groups and to an address that they keep', async () => {
    const ada = await signUp(app(), store, 'ada@example.com')
    const group = good(await store.admin.post('/admin/customer-groups', { name: 'Friends' })).customer_group.id
    good(await store.admin.post(`/admin/customer-groups/${group}/customers`, { add: [ada.id] }))
    const price = { variant_id: variants[0], currency_code: 'usd', amount: 6 }
    good(
      await store.admin.post('/admin/price-lists', {
        title: 'Friends',
        description: 'Less for friends',
        status: 'active',
        rules: { 'customer.groups.id': [group] },
        prices: [price],
      }),
    )
    const kept = good(await ada.client.post('/store/customers/me/addresses', addressIn('us'))).customer.addresses[0]
    const draft = await create({ email: undefined, customer_id: ada.id, shipping_address: kept.id })
    assert.deepEqual([draft.email, draft.customer.id, draft.items[0].unit_price], ['ada@example.com', ada.id, 6])
    assert.equal(draft.shipping_address.address_1, addressIn('us').address_1)
    const other = await create()
    assert.equal(other.items[0].unit_price, 10)
    const given = (await drafts.update(other.id, { customer_id: ada.id, locale: 'de-DE' })).draft_order as Wire
    assert.deepEqual([given.email, given.items[0].unit_price, given.locale], ['ada@example.com', 6, 'de-DE'])
    assert.deepEqual((await drafts.list({ customer_id: [ada.id] })).draft_orders.map((one) => one.id).sort(), [draft.id, other.id].sort())
  })

  it('are changed and thrown away', async () => {
    const draft = await create()
    const { draft_order } = await drafts.update(draft.id, {
      email: 'new@example.com',
      shipping_address: { ...addressIn('us'), city: 'Elsewhere' } as Wire,
      metadata: { seen: true },
    })
    assert.deepEqual(
      [draft_order.email, draft_order.shipping_address?.city, draft_order.metadata],
      ['new@example.com', 'Elsewhere', { seen: true }],
    )
    assert.deepEqual(await drafts.delete(draft.id), { id: draft.id, object: 'draft-order', deleted: true })
    const late = [drafts.retrieve(draft.id), drafts.update(draft.id, {}), drafts.convertToOrder(draft.id), drafts.beginEdit(draft.id)]
    for (const failure of await Promise.all(late.map(refused))) {
      assert.deepEqual([failure.status, failure.message], [404, `Order id not found: ${draft.id}`])
    }
    const carts = await asAdmin(app().adminUrl, `select id from app.cart where tenant_id = $1 and email = 'new@example.com'`, [
      store.tenantId,
    ])
    assert.deepEqual(carts, [])
  })

  it('are on record with what was put into them, and at what price', async () => {
    const draft = await create({ items: [{ variant_id: variants[0], quantity: 1, unit_price: 2 }] })
    await drafts.beginEdit(draft.id)
    await drafts.updateItem(draft.id, draft.items[0].id, { quantity: 1, unit_price: 1 })
    await drafts.confirmEdit(draft.id)
    const { audit_records: records } = good(await store.admin.get('/admin/audit', { object_id: draft.id }))
    const [confirmed] = records
    const created = records.at(-1)
    assert.deepEqual(
      [created.action, created.before, created.after.status, created.after.lines[draft.items[0].id].unit_price_minor],
      ['POST /admin/draft-orders', null, 'draft', 200],
    )
    assert.deepEqual(
      [confirmed.action, confirmed.before.lines, confirmed.after.lines],
      [
        'POST /admin/draft-orders/:id/edit/confirm',
        { [draft.items[0].id]: { unit_price_minor: 200 } },
        { [draft.items[0].id]: { unit_price_minor: 100 } },
      ],
    )
    assert.doesNotMatch(JSON.stringify(records), /grace@example|Main Street/, 'who it is for is not the log’s business')
  })

  it('tell nobody by mail when staff want to do it themselves', async () => {
    const draft = await create({ email: 'quiet@example.com', no_notification_order: true, shipping_methods: shipping().slice(0, 1) })
    await drafts.convertToOrder(draft.id)
    await app().drain()
    assert.equal(
      app().mails.some((mail) => mail.to === 'quiet@example.com'),
      false,
    )
  })

  it('refuse what makes no sense, in words that say what to do', async () => {
    const why = async (more: object) => (await refused(create(more))).message
    assert.equal(await why({ email: undefined }), 'Invalid request: Either email or customer_id must be provided')
    assert.equal(await why({ customer_id: 'cus_none' }), 'Customer with id: cus_none was not found')
    assert.equal(await why({ region_id: 'reg_none' }), 'No regions found')
    assert.equal(await why({ currency_code: 'eur' }), "Currency code eur does not match the region's currency code usd")
    assert.match(await why({ shipping_address: addressIn('de') }), /^Country with code de is not within region/)
    assert.match(
      await why({ items: [{ variant_id: 'variant_none', quantity: 1 }] }),
      /do not exist or belong to a product that is not published/,
    )
    assert.equal(await why({ items: [{ title: 'Air', quantity: 1 }] }), 'An item without a variant needs a title and a unit_price')
    assert.equal(
      await why({ items: [{ title: 'Air', quantity: 1, unit_price: 1, vendor_id: 'vend_none' }] }),
      'Vendor with id: vend_none was not found',
    )
    assert.match(await why({ items: [{ variant_id: variants[0], quantity: 1, unit_price: 0.001 }] }), /finer than USD allows/)
    assert.match(await why({ items: [{ variant_id: variants[0], quantity: 1, unit_price: -1 }] }), /unit_price/)
    assert.equal(await why({ shipping_methods: [{ shipping_option_id: 'so_none' }] }), 'Shipping Options are invalid for cart.')
    assert.equal(await why({ promo_codes: ['NOPE'] }), 'The promotion code NOPE is invalid')
    await asAdmin(app().adminUrl, 'update app.vendor set is_house = false where tenant_id = $1', [store.tenantId])
    const message = await why({ items: [{ title: 'Air', quantity: 1, unit_price: 1 }] })
    assert.equal(message, 'The item Air has no variant, and the store has no vendor of its own to sell it: name a vendor_id')
    await asAdmin(app().adminUrl, 'update app.vendor set is_house = true where id = $1', [house])
    const unsent = await create()
    assert.equal(
      (await refused(drafts.convertToOrder(unsent.id))).message,
      'No shipping method selected but the cart contains items that require shipping.',
    )
    const empty = await create({ items: [] })
    assert.equal((await refused(drafts.convertToOrder(empty.id))).message, 'Cannot complete a cart with no items')
  })

  it('have left every invariant whole', async () => {
    await app().drain()
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
  })
})
