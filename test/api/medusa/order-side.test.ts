import assert from 'node:assert/strict'
import { buy, packAll } from '../../support/after-sale.js'
import { useAfterSale } from '../../support/admin-client.js'
import { useApp } from '../../support/app.js'
import { good } from '../../support/http.js'
import { promote } from '../../support/promotions.js'
import { fillCart } from '../../support/purchase.js'
import { codeIn, signUp } from '../../support/shopper.js'

/** What of an order's side of Medusa's Admin API its own software calls beside the steps that have suites of their own. */
describe("Medusa's Admin API on the side of orders", () => {
  const app = useApp()
  const { store, sdk } = useAfterSale(app)

  describe('orders that change hands', () => {
    it('are asked for by staff for an account, and the request is taken back', async () => {
      const bought = await buy(store())
      const { id: customer_id } = await signUp(app(), store(), 'wants-it@example.com')
      await sdk().admin.order.requestTransfer(bought.id, { customer_id, internal_note: 'called' })
      await app().drain()
      assert.ok(codeIn(app().mails, 'ada@example.com'))
      const twice = await store().admin.post(`/admin/orders/${bought.id}/transfer`, { customer_id })
      assert.equal(twice.status, 400)
      const { order: preview } = good(await store().admin.get(`/admin/orders/${bought.id}/preview`))
      assert.deepEqual([preview.order_change.change_type, preview.order_change.status], ['transfer', 'requested'])
      await sdk().admin.order.cancelTransfer(bought.id)
      const { order_changes } = await sdk().admin.order.listChanges(bought.id)
      assert.deepEqual([order_changes[0]?.change_type, order_changes[0]?.status], ['transfer', 'canceled'])
      const nothing = await store().admin.post(`/admin/orders/${bought.id}/transfer/cancel`, {})
      assert.deepEqual(nothing.body, { type: 'invalid_data', message: 'An active Order Change is required to proceed' })
    })

    it('go to a guest at once, and to no account without its owner being asked', async () => {
      const bought = await buy(store())
      const { order } = await sdk().admin.order.transferToGuest(bought.id, { email: 'other@example.com' })
      assert.equal(order.email, 'other@example.com')
      assert.notEqual(order.customer_id, bought.order.customer_id)
      const again = await store().admin.post(`/admin/orders/${bought.id}/transfer/guest`, { email: 'other@example.com' })
      assert.deepEqual([again.status, again.body.type], [400, 'invalid_data'])
      await signUp(app(), store(), 'account@example.com')
      const account = await store().admin.post(`/admin/orders/${bought.id}/transfer/guest`, { email: 'account@example.com' })
      assert.match(account.body.message, /Only guest customers are allowed/)
    })
  })

  describe('ways of delivery', () => {
    it("are listed for an order's own vendors, with what each location is short of", async () => {
      const bought = await buy(store())
      const { shipping_options } = await sdk().admin.order.listShippingOptions(bought.id)
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      const options = shipping_options as any[]
      assert.deepEqual(new Set(options.map((option) => option.vendor_id)), new Set(store().vendors.map((vendor) => vendor.id)))
      assert.equal(typeof options[0].insufficient_inventory, 'boolean')
      assert.equal(options[0].service_zone.fulfillment_set.type, 'shipping')
    })

    it('are of types that can be renamed, and taken away when nothing is of them', async () => {
      const made = (await sdk().admin.shippingOptionType.create({ label: 'Slow', code: 'slow' })).shipping_option_type
      const changed = await sdk().admin.shippingOptionType.update(made.id, { label: 'Slower' })
      assert.deepEqual([changed.shipping_option_type.label, changed.shipping_option_type.code], ['Slower', 'slow'])
      assert.deepEqual(await sdk().admin.shippingOptionType.delete(made.id), {
        id: made.id,
        object: 'shipping_option_type',
        deleted: true,
      })
      const { shipping_options } = await sdk().admin.shippingOption.list({ limit: 1 })
      const used = await store().admin.delete(`/admin/shipping-option-types/${shipping_options[0]?.type.id}`)
      const message = 'Cannot delete shipping option type because some shipping options are using it.'
      assert.deepEqual([used.status, used.body], [400, { type: 'invalid_data', message }])
    })

    it('are asked of their provider, and read by their zone', async () => {
      const { fulfillment_options } = await sdk().admin.fulfillmentProvider.listFulfillmentOptions('manual_manual')
      assert.deepEqual(
        fulfillment_options.map((option) => option.id),
        ['manual-fulfillment', 'manual-fulfillment-return'],
      )
      const { stock_locations } = await sdk().admin.stockLocation.list()
      const set = stock_locations[0]?.fulfillment_sets?.[0]
      const zone = set?.service_zones[0]
      const { service_zone } = await sdk().admin.fulfillmentSet.retrieveServiceZone(set?.id as string, zone?.id as string)
      assert.deepEqual([service_zone.id, service_zone.geo_zones[0]?.country_code], [zone?.id, 'us'])
    })
  })

  describe('lists', () => {
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
    const list = async (path: string, query: Record<string, string> = {}): Promise<any> => good(await store().admin.get(path, query))

    it('of orders are narrowed by $and and $or, operators, several customers and plain days', async () => {
      const [one, two] = [await buy(store()), await buy(store())]
      const found = async (query: Record<string, string>) =>
        (await list('/admin/orders', query)).orders.map((order: { id: string }) => order.id)
      assert.deepEqual(await found({ '$or[0][id]': one.id, '$or[1][display_id]': String(two.order.display_id) }), [one.id, two.id])
      assert.deepEqual(await found({ '$and[0][id]': one.id, '$and[1][status]': 'canceled' }), [])
      assert.deepEqual(await found({ 'id[$in][0]': two.id, 'status[$ne]': 'canceled' }), [two.id])
      assert.deepEqual(await found({ 'customer_id[0]': one.order.customer_id, 'customer_id[1]': 'cus_none', id: one.id }), [one.id])
      assert.deepEqual(await found({ 'created_at[$gte]': '2100-01-01' }), [])
      assert.deepEqual(await found({ 'created_at[$gte]': '2020-01-01', 'id[0]': one.id, '$or[0][email][$like]': 'ada@%' }), [one.id])
    })

    it('of orders, and an order, answer the columns that are asked for', async () => {
      const bought = await buy(store())
      const { orders } = await list('/admin/orders', { fields: 'id,status,email,display_id,payment_status,total', id: bought.id })
      const [order] = orders
      assert.deepEqual([order.id, order.status, order.display_id], [bought.id, 'pending', bought.order.display_id])
      assert.deepEqual([typeof order.email, typeof order.payment_status, typeof order.total], ['string', 'string', 'number'])
      assert.equal('items' in order || 'currency_code' in order, false)
      const { order: one } = await list(`/admin/orders/${bought.id}`, { fields: 'email,*summary' })
      assert.deepEqual([one.email, typeof one.summary.paid_total], [order.email, 'number'])
    })

    it("have Medusa's number of rows where none is asked for", async () => {
      const limits = {
        orders: 15,
        returns: 15,
        exchanges: 15,
        claims: 15,
        'refund-reasons': 15,
        'return-reasons': 20,
        'api-keys': 20,
        payments: 20,
        'shipping-profiles': 20,
        'shipping-option-types': 10,
        regions: 50,
        'draft-orders': 50,
      }
      for (const [name, limit] of Object.entries(limits)) assert.equal((await list(`/admin/${name}`)).limit, limit, name)
    })

    it('of customers and groups are narrowed by the other, as an object too', async () => {
      const { customer_group: group } = good(await store().admin.post('/admin/customer-groups', { name: 'Regulars' }))
      const { customer } = good(await store().admin.post('/admin/customers', { email: 'regular@example.com' }))
      good(await store().admin.post(`/admin/customer-groups/${group.id}/customers`, { add: [customer.id] }))
      const { customers } = await list('/admin/customers', { 'groups[id]': group.id })
      assert.deepEqual(
        customers.map((one: { id: string }) => one.id),
        [customer.id],
      )
      const { customer_groups } = await list('/admin/customer-groups', { 'customers[id][0]': customer.id })
      assert.deepEqual(
        customer_groups.map((one: { id: string }) => one.id),
        [group.id],
      )
    })
  })

  it('puts a draft together with ways of delivery as its client writes them', async () => {
    const { draft_order } = good(
      await store().admin.post('/admin/draft-orders', {
        email: 'draft@example.com',
        region_id: store().regionId,
        shipping_address: { country_code: 'us' },
        items: [{ variant_id: store().vendors[0]?.products[0]?.variantIds[0], quantity: 1 }],
        shipping_methods: [{ shipping_option_id: store().vendors[0]?.shippingOptionId, name: 'By hand', amount: '3.50', data: {} }],
      }),
    )
    assert.equal(draft_order.shipping_methods[0].amount, 3.5)
  })

  describe('an order', () => {
    it('shows its channel, its region and its transactions where they are asked for', async () => {
      const bought = await buy(store())
      const fields = '*sales_channel,*region,*transactions'
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      const { order } = (await sdk().admin.order.retrieve(bought.id, { fields })) as any
      assert.deepEqual(
        [order.sales_channel.id, order.region.id, order.region.currency_code],
        [store().salesChannelId, store().regionId, 'usd'],
      )
      assert.deepEqual(
        order.transactions.map((one: { amount: number; reference: string }) => [one.amount, one.reference]),
        [[order.total, 'capture']],
      )
      const plain = good(await store().admin.get(`/admin/orders/${bought.id}`))
      assert.equal(plain.order.sales_channel, undefined)
      const { orders } = good(await store().admin.get('/admin/orders', { id: bought.id, fields: 'id,sales_channel.name' }))
      assert.deepEqual(Object.keys(orders[0].sales_channel).sort(), ['id', 'name'])
    })

    it('keeps its language, and who changed it, in changes that can be picked and noted upon', async () => {
      const bought = await buy(store())
      const { order } = good(await store().admin.post(`/admin/orders/${bought.id}`, { locale: 'fr-FR' }))
      assert.equal(order.locale, 'fr-FR')
      const nobody = await store().admin.post(`/admin/orders/${bought.id}`, { email: 'nobody' })
      assert.deepEqual([nobody.status, nobody.body], [400, { type: 'invalid_data', message: 'The email is not valid' }])
      await sdk().admin.orderEdit.initiateRequest({ order_id: bought.id, internal_note: 'first' })
      const { order_changes } = await sdk().admin.order.listChanges(bought.id, { change_type: 'edit' } as never)
      assert.deepEqual(
        order_changes.map((change) => [change.change_type, change.status, change.internal_note, change.confirmed_at]),
        [['edit', 'pending', 'first', null]],
      )
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      const noted = (await sdk().admin.order.updateOrderChange(order_changes[0]?.id as string, { internal_note: 'second' } as never)) as any
      assert.equal(noted.order_change.internal_note, 'second')
      const carried = await store().admin.post(`/admin/order-changes/${order_changes[0]?.id}`, { carry_over_promotions: true })
      assert.deepEqual([carried.status, carried.body.type], [400, 'not_allowed'])
      const changes = `/admin/orders/${bought.id}/changes`
      assert.deepEqual(good(await store().admin.get(changes, { id: noted.order_change.id })).order_changes.length, 1)
      assert.deepEqual(good(await store().admin.get(changes, { status: 'declined' })).order_changes, [])
      const all = good(await store().admin.get(changes, { status: 'confirmed' })).order_changes
      const [update] = all
      assert.deepEqual(
        [update.change_type, update.actions[0].action, update.actions[0].order_change_id, update.actions[0].details.new],
        ['update_order', 'UPDATE_ORDER_PROPERTIES', update.id, 'fr-FR'],
      )
      await sdk().admin.orderEdit.cancelRequest(bought.id)
    })

    it('is edited with prices as clients write them: what was sold keeps its own', async () => {
      const bought = await buy(store())
      await sdk().admin.orderEdit.initiateRequest({ order_id: bought.id })
      const path = `/admin/order-edits/${bought.id}/items/item/${bought.lines[0]}`
      const lowered = await store().admin.post(path, { quantity: 1, unit_price: 1 })
      assert.deepEqual([lowered.status, lowered.body.type], [400, 'invalid_data'])
      good(await store().admin.post(path, { quantity: 1, unit_price: 10, compare_at_unit_price: null, metadata: {} }))
      const variant_id = store().vendors[0]?.products[1]?.variantIds[0] as string
      const items = [{ variant_id, quantity: 1, unit_price: 7, compare_at_unit_price: 9, metadata: { gift: true } }]
      const { order_preview } = await sdk().admin.orderEdit.addItems(bought.id, { items } as never)
      const added = order_preview.items.find((item) => item.variant_id === variant_id)
      assert.deepEqual([added?.unit_price, added?.compare_at_unit_price], [7, 9])
      const actionOf = (variant: string | undefined) => {
        const line = order_preview.items.find(({ id, variant_id: of }) => of === variant || id === variant)
        const action = line?.actions?.at(-1) as Record<string, unknown> | undefined
        return [action?.reference, action?.reference_id, action?.amount, (action?.details as Record<string, unknown> | undefined)?.metadata]
      }
      assert.deepEqual(actionOf(variant_id), [null, null, 7, { gift: true }])
      assert.equal(actionOf(bought.lines[0])[2], 10 * (1 - (bought.order.items[0]?.quantity ?? 0)), 'what is less than was sold')
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      const [action] = (added as any).actions
      const { order_preview: again } = good(
        await store().admin.post(`/admin/order-edits/${bought.id}/items/${action.id}`, { unit_price: 6, compare_at_unit_price: 8 }),
      )
      const changed = again.items.find((item: { variant_id: string }) => item.variant_id === variant_id)
      assert.deepEqual([changed.unit_price, changed.compare_at_unit_price], [6, 8])
      await sdk().admin.orderEdit.cancelRequest(bought.id)
    })

    it('is previewed with what its return would bring back', async () => {
      const bought = await buy(store())
      await packAll(store(), bought)
      const begun = await sdk().admin.return.initiateRequest({ order_id: bought.id, location_id: store().vendors[0]?.locationId } as never)
      const items = [{ id: bought.lines[0] as string, quantity: 1 }]
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      const { order_preview } = (await sdk().admin.return.addReturnItem(begun.return.id, { items })) as any
      assert.equal(order_preview.return_requested_total, 11)
      // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
      const { order } = (await sdk().client.fetch(`/admin/orders/${bought.id}/preview`)) as any
      const line = order.items.find((item: { id: string }) => item.id === bought.lines[0])
      assert.deepEqual([line.detail.return_requested_quantity, line.return_requested_total, line.refundable_total], [1, 11, 11])
      const { return_id, reference, applied, amount } = line.actions[0]
      assert.deepEqual([return_id, reference, applied, amount], [begun.return.id, 'return', false, 10], 'at its price')
      const { change_type, status, actions, requested_at, carry_over_promotions } = order.order_change
      assert.deepEqual([requested_at, carry_over_promotions], [null, null])
      assert.deepEqual(
        [change_type, status, actions.length, order.order_change.return_id],
        ['return_request', 'pending', 1, begun.return.id],
      )
    })

    it('has lines that are picked by their ids', async () => {
      const bought = await buy(store())
      const { order_items } = good(await store().admin.get(`/admin/orders/${bought.id}/line-items`, { item_id: bought.lines[1] as string }))
      assert.deepEqual(
        order_items.map((line: { item_id: string }) => line.item_id),
        [bought.lines[1]],
      )
    })
  })

  it('shows staff with a picture and what is noted of them', async () => {
    const { users } = await sdk().admin.user.list({ limit: 1 })
    const change = { avatar_url: 'https://pictures.example/me.png', metadata: { desk: 4 } }
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
    const { user } = (await sdk().admin.user.update(users[0]?.id as string, change as never)) as any
    assert.deepEqual([user.avatar_url, user.metadata], [change.avatar_url, { desk: 4 }])
    const script = await store().admin.post(`/admin/users/${user.id}`, { avatar_url: 'javascript:alert(1)' })
    assert.equal(script.status, 400)
  })

  it('finds promotions and campaigns by their currency, and keeps what a rule is described as', async () => {
    const rules = [{ attribute: 'currency_code', operator: 'eq', values: ['usd'], description: 'Dollars only' }]
    const fixed = await promote(store(), { code: 'FIXED', type: 'fixed', value: 1, more: { rules } })
    await promote(store(), { code: 'SHARE' })
    const { promotions } = good(await store().admin.get('/admin/promotions', { 'application_method[currency_code]': 'usd', q: 'FIXED' }))
    assert.deepEqual([promotions.length, promotions[0].id, promotions[0].rules[0].description], [1, fixed.id, 'Dollars only'])
    const none = good(await store().admin.get('/admin/promotions', { 'application_method[currency_code]': 'eur' }))
    assert.equal(none.count, 0)
    const budget = { type: 'spend', currency_code: 'eur', limit: 5 }
    const { campaign } = good(await store().admin.post('/admin/campaigns', { name: 'Euro', campaign_identifier: 'euro', budget }))
    const { campaigns } = good(await store().admin.get('/admin/campaigns', { 'budget[currency_code]': 'eur' }))
    assert.deepEqual(
      campaigns.map((one: { id: string }) => one.id),
      [campaign.id],
    )
  })

  describe('a budget of each customer', () => {
    const cartOf = async (email: string, code: string) => {
      const variantIds = [store().vendors[0]?.products[0]?.variantIds[0] as string]
      const cartId = await fillCart(store().shopper, { regionId: store().regionId, variantIds, email })
      const { cart } = good(await store().shopper.post(`/store/carts/${cartId}/promotions`, { promo_codes: [code] }))
      const { payment_collection } = good(await store().shopper.post('/store/payment-collections', { cart_id: cartId }))
      const session = { provider_id: 'pp_system_default' }
      good(await store().shopper.post(`/store/payment-collections/${payment_collection.id}/payment-sessions`, session))
      return { id: cartId, discount: cart.discount_total as number }
    }
    const usedOnce = { type: 'use_by_attribute', limit: 1 }
    const campaignOf = async (attribute: string, code: string, budget: object = usedOnce) => {
      const { campaign } = await sdk().admin.campaign.create({
        name: code,
        campaign_identifier: code,
        starts_at: '2020-01-01',
        budget: { ...budget, attribute },
      } as never)
      await promote(store(), { code, more: { campaign_id: campaign.id } })
      return campaign
    }
    const complete = async (cart: { id: string }) => store().shopper.post(`/store/carts/${cart.id}/complete`)

    it('is used up by one and not by another', async () => {
      const campaign = await campaignOf('customer_email', 'ONCE')
      assert.deepEqual(
        [campaign.budget.type, (campaign.budget as { attribute?: string }).attribute],
        ['use_by_attribute', 'customer_email'],
      )
      const first = await cartOf('one@example.com', 'ONCE')
      assert.equal(first.discount, 1.1)
      assert.equal((await complete(first)).body.type, 'order')
      assert.equal((await cartOf('one@example.com', 'ONCE')).discount, 0)
      assert.equal((await complete(await cartOf('two@example.com', 'ONCE'))).body.type, 'order')
      const { campaign: after } = await sdk().admin.campaign.retrieve(campaign.id)
      assert.equal(after.budget.used, 2)
    })

    it('is so much money for one and as much for another', async () => {
      const campaign = await campaignOf('customer_email', 'PURSE', { type: 'spend_by_attribute', currency_code: 'usd', limit: 1.5 })
      const first = await cartOf('rich@example.com', 'PURSE')
      assert.equal(first.discount, 1.1)
      assert.equal((await complete(first)).body.type, 'order')
      assert.equal((await cartOf('rich@example.com', 'PURSE')).discount, 0)
      const others = [await cartOf('poor@example.com', 'PURSE'), await cartOf('poor@example.com', 'PURSE')]
      assert.deepEqual(
        others.map((cart) => cart.discount),
        [1.1, 1.1],
      )
      const answers = await Promise.all(others.map(complete))
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 400])
      const { campaign: after } = await sdk().admin.campaign.retrieve(campaign.id)
      assert.deepEqual([after.budget.type, after.budget.limit, after.budget.used], ['spend_by_attribute', 1.5, 2])
    })

    it('is used once by carts that are completed at the same moment', async () => {
      await campaignOf('customer_id', 'RACE')
      const carts = [
        await cartOf('three@example.com', 'RACE'),
        await cartOf('three@example.com', 'RACE'),
        await cartOf('three@example.com', 'RACE'),
      ]
      const answers = await Promise.all(carts.map(complete))
      assert.deepEqual(answers.map((answer) => answer.status).sort(), [200, 400, 400])
      const refused = answers.find((answer) => answer.status === 400)
      assert.deepEqual(refused?.body, { type: 'not_allowed', message: 'Promotion usage exceeds the budget limit.' })
    })

    it('says by what customers are told apart', async () => {
      const body = { name: 'X', campaign_identifier: 'X', budget: { type: 'use_by_attribute', limit: 1 } }
      assert.equal((await store().admin.post('/admin/campaigns', body)).status, 400)
    })
  })

  it('says what it is made of, as a dashboard asks when it starts', async () => {
    const { feature_flags } = good(await store().shopper.get('/admin/feature-flags'))
    assert.equal(feature_flags.rbac, false)
    assert.deepEqual(await sdk().admin.plugin.list({} as never), { plugins: [] })
  })
})
