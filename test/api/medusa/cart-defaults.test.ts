import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { good } from '../../support/http.js'
import { type MedusaShop, medusaShop } from './shop.js'

describe('what a cart is when nobody says so, and what it refuses', () => {
  const app = useApp()
  let shop: MedusaShop
  let variantId: string

  before(async () => {
    shop = await medusaShop(app())
    variantId = (await shop.product({ shipping_profile_id: shop.profileId })).variants[0]?.id as string
  })

  const items = (id = variantId, quantity = 1) => [{ variant_id: id, quantity }]
  const create = (body: object) => shop.shopper.post('/store/carts', body)
  const cartOf = async (more: object = {}) => good(await create({ ...shop.place, ...more })).cart
  const change = (id: string, body: object) => shop.shopper.post(`/store/carts/${id}`, body)

  it('names what it was not given, and what does not fit', async () => {
    const { sales_channel: closed } = await shop.make('/admin/sales-channels', { name: 'Closed', is_disabled: true })
    const cart = await cartOf({ region_id: shop.regionId })
    const disabled = { type: 'invalid_data', message: 'Unable to assign cart to disabled Sales Channel: Closed' }
    const refused: [Awaited<ReturnType<typeof create>>, number, object][] = [
      [await create({ ...shop.place, region_id: 'reg_nowhere' }), 404, { type: 'not_found', message: 'No regions found' }],
      [
        await create({ ...shop.place, sales_channel_id: 'sc_nowhere' }),
        404,
        { type: 'not_found', message: 'SalesChannel with id: sc_nowhere was not found' },
      ],
      [await create({ ...shop.place, sales_channel_id: closed.id }), 400, disabled],
      [
        await create({ ...shop.place, shipping_address: 5 }),
        400,
        { type: 'invalid_data', message: "Invalid request: Expected type: 'object, string' for field 'shipping_address', got: '5'" },
      ],
      [await change(cart.id, { sales_channel_id: closed.id }), 400, disabled],
      [
        await create({ ...shop.place, currency_code: 'eur' }),
        400,
        { type: 'invalid_data', message: "Currency code eur does not match the region's currency code usd" },
      ],
    ]
    for (const [answer, status, body] of refused) assert.deepEqual([answer.status, answer.body], [status, body])
  })

  it('is taxed by a request that says in its body which fields it is for, and enters no region that there is not', async () => {
    const { id } = await cartOf()
    assert.equal((await shop.shopper.post(`/store/carts/${id}/taxes`, { fields: 'id' })).status, 200)
    const { status, body } = await change(id, { region_id: 'reg_nowhere' })
    assert.deepEqual([status, body], [404, { type: 'not_found', message: 'Region id not found: reg_nowhere' }])
  })

  it('holds what is sold whole when it is asked for, and its payment with its times', async () => {
    const { id } = await cartOf({ items: items() })
    await shop.make(`/admin/regions/${shop.regionId}`, { payment_providers: ['pp_system_default'] })
    const { payment_collection } = good(await shop.shopper.post('/store/payment-collections', { cart_id: id }))
    const sessions = `/store/payment-collections/${payment_collection.id}/payment-sessions`
    const [session] = good(await shop.shopper.post(sessions, { provider_id: 'pp_system_default' })).payment_collection.payment_sessions
    assert.deepEqual([session.metadata, Date.parse(session.created_at) > 0, Date.parse(session.updated_at) > 0], [null, true, true])
    assert.deepEqual([session.payment, session.deleted_at, payment_collection.id], [null, null, session.payment_collection_id])
    const [line] = good(await shop.shopper.get(`/store/carts/${id}`, { fields: '*items.variant,*items.product' })).cart.items
    const { variant, product } = line
    assert.deepEqual([variant.id, variant.ean, variant.variant_rank, variant.hs_code, variant.deleted_at], [variantId, null, 0, null, null])
    assert.deepEqual([product.material, product.status, product.external_id, 'metadata' in product], [null, 'published', null, false])
  })

  it('tells of its region and addresses all that is kept of them when it is asked', async () => {
    const metadata = { floor: 3 }
    const { id, region: usual } = await cartOf({ shipping_address: { city: 'Town', country_code: 'us', metadata } })
    const { region } = good(await shop.shopper.get(`/store/regions/${shop.regionId}`))
    const { countries: _countries, payment_providers: _providers, ...own } = region
    const fields = '*region,+shipping_address.metadata,+shipping_address.customer_id'
    const cart = good(await shop.shopper.get(`/store/carts/${id}`, { fields })).cart
    assert.deepEqual(cart.region, { ...own, automatic_taxes: true, countries: region.countries })
    assert.deepEqual([cart.shipping_address.metadata, cart.shipping_address.customer_id], [metadata, null])
    const [country] = usual.countries
    const { created_at, updated_at } = region
    assert.deepEqual(country, { ...country, iso_2: 'us', region_id: region.id, created_at, updated_at, deleted_at: null })
  })

  it('is in any region where none is named', async () => {
    assert.equal((await cartOf({ region_id: null })).region_id, shop.regionId)
  })

  it('takes an empty text for nothing chosen', async () => {
    const chosen = { region_id: '', sales_channel_id: '', shipping_address: { city: 'Town', country_code: '' } }
    const { cart } = good(await create(chosen))
    assert.deepEqual([cart.shipping_address.city, cart.shipping_address.country_code], ['Town', null])
    const { cart: kept } = good(await change(cart.id, { region_id: '', shipping_address: { city: 'Village', country_code: '' } }))
    assert.deepEqual([kept.region_id, kept.shipping_address.city, kept.shipping_address.country_code], [cart.region_id, 'Village', null])
  })

  it('has the e-mail that its signed-in customer names, or else the account’s', async () => {
    const person = { email: 'ada@defaults.example', password: 'correct horse battery' }
    const { token: registered } = good(await shop.shopper.post('/auth/customer/emailpass/register', person))
    const { api_key } = await shop.make('/admin/api-keys', { title: 'Signed in', type: 'publishable' })
    const as = (token: string) => client(app(), { publishableKey: api_key.token, token })
    const { customer } = good(await as(registered).post('/store/customers', { email: person.email }))
    const ada = as(good(await shop.shopper.post('/auth/customer/emailpass', person)).token)
    const mails = async (more: object) => {
      const { cart } = good(await ada.post('/store/carts', { ...shop.place, ...more }, { fields: '+customer.id' }))
      return [cart.email, cart.customer.id]
    }
    assert.deepEqual(await mails({}), [person.email, customer.id])
    assert.deepEqual(await mails({ email: 'office@defaults.example' }), ['office@defaults.example', customer.id])
  })

  it('changes its own address where the id says so, and takes another for what it is', async () => {
    const { shipping_address: first, id } = await cartOf({
      shipping_address: { first_name: 'Ada', address_1: 'Old Street 1', city: 'Town', country_code: 'us' },
    })
    const changed = good(await change(id, { shipping_address: { id: first.id, city: 'Village' } })).cart.shipping_address
    assert.deepEqual(
      [changed.id, changed.first_name, changed.address_1, changed.city, changed.country_code],
      [first.id, 'Ada', 'Old Street 1', 'Village', 'us'],
    )
    const other = good(await change(id, { shipping_address: { address_1: 'New Street 2', country_code: 'us' } })).cart.shipping_address
    assert.deepEqual([other.first_name, other.address_1, other.city], [null, 'New Street 2', null])
    assert.notEqual(other.id, first.id)
  })

  it('goes nowhere after a move to a region of several countries, unless it is told to which', async () => {
    const { region } = await shop.make('/admin/regions', { name: 'North', currency_code: 'eur', countries: ['dk', 'se'] })
    const { id } = await cartOf({ shipping_address: { city: 'Town', country_code: 'us' } })
    const moved = good(await change(id, { region_id: region.id, shipping_address: { city: 'Malmö' } })).cart
    assert.deepEqual([moved.shipping_address, moved.currency_code], [null, 'eur'])
  })

  it('needs no shipping for what is counted and has no profile', async () => {
    const { variants } = await shop.product({
      title: 'Download',
      variants: [{ title: 'Large', options: { size: 'large' }, allow_backorder: true, prices: [{ currency_code: 'usd', amount: 15 }] }],
    })
    assert.equal((await cartOf({ items: items(variants[0]?.id) })).items[0].requires_shipping, false)
  })

  it('sells nothing of stock that no location of its channel keeps', async () => {
    const { stock_location: location } = await shop.make('/admin/stock-locations', { name: 'Elsewhere' })
    const { stock_location: linked } = await shop.make('/admin/stock-locations', { name: 'Here' })
    await shop.make(`/admin/stock-locations/${linked.id}/sales-channels`, { add: [shop.channelId] })
    const { variants } = await shop.product({
      title: 'Kept',
      variants: [{ title: 'Large', options: { size: 'large' }, prices: [{ currency_code: 'usd', amount: 15 }] }],
    })
    const [variant] = variants
    const stock = variant?.inventory_items[0]?.inventory_item_id
    await shop.make(`/admin/inventory-items/${stock}/location-levels`, { location_id: location.id, stocked_quantity: 10 })
    const cart = await cartOf()
    const refused = await shop.shopper.post(`/store/carts/${cart.id}/line-items`, { variant_id: variant?.id, quantity: 1 })
    const message = `Sales channel ${shop.channelId} is not associated with any stock location for variant ${variant?.id}.`
    assert.deepEqual([refused.status, refused.body], [400, { type: 'invalid_data', message }])
    await shop.make(`/admin/inventory-items/${stock}/location-levels`, { location_id: linked.id, stocked_quantity: 1 })
    const short = await shop.shopper.post(`/store/carts/${cart.id}/line-items`, { variant_id: variant?.id, quantity: 2 })
    assert.deepEqual([short.status, short.body.code], [400, 'insufficient_inventory'])
  })

  it('is offered all shipping of its vendors, and loses what carries nothing once there is more than one', async () => {
    const { shipping_profile: other } = await shop.make('/admin/shipping-profiles', { name: 'Bulky', type: 'bulky' })
    const [light, bulky] = [
      await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 5 }]),
      await shop.shipping(other.id, [{ currency_code: 'usd', amount: 50 }]),
    ]
    const cart = await cartOf({ items: items() })
    const { shipping_options: offered } = good(await shop.shopper.get('/store/shipping-options', { cart_id: cart.id }))
    const carries = Object.fromEntries(offered.map((option: { id: string; carries_items: boolean }) => [option.id, option.carries_items]))
    assert.deepEqual([carries[light], carries[bulky]], [true, false])
    const choose = async (...ids: string[]) => {
      const body = ids.map((option_id) => ({ option_id }))
      const { cart: now } = good(await shop.shopper.post(`/store/carts/${cart.id}/shipping-methods`, body))
      return now.shipping_methods.map((method: { shipping_option_id: string }) => method.shipping_option_id)
    }
    assert.deepEqual(await choose(bulky), [bulky])
    assert.deepEqual(await choose(light), [light])
    const line = `/store/carts/${cart.id}/line-items/${cart.items[0].id}`
    const { parent } = good(await shop.shopper.delete(line))
    assert.deepEqual(
      parent.shipping_methods.map((method: { shipping_option_id: string }) => method.shipping_option_id),
      [light],
    )
  })

  it('is offered what goes anywhere where neither it nor its region says to which country it goes', async () => {
    const optionId = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 5 }])
    const offeredIn = async (countries: string[]) => {
      const { region } = await shop.make('/admin/regions', { name: 'Unsaid', currency_code: 'usd', countries })
      const cart = await cartOf({ region_id: region.id, items: items() })
      const { shipping_options: offered } = good(await shop.shopper.get('/store/shipping-options', { cart_id: cart.id }))
      return offered.some((option: { id: string }) => option.id === optionId)
    }
    assert.deepEqual([await offeredIn([]), await offeredIn(['no', 'fi'])], [true, false])
  })

  it('loses the shipping that the channel it moves to does not have', async () => {
    const optionId = await shop.shipping(shop.profileId, [{ currency_code: 'usd', amount: 5 }])
    const { sales_channel: market } = await shop.make('/admin/sales-channels', { name: 'Market' })
    const cart = await cartOf({ items: items() })
    good(await shop.shopper.post(`/store/carts/${cart.id}/shipping-methods`, { option_id: optionId }))
    const moved = good(await change(cart.id, { sales_channel_id: market.id })).cart
    assert.deepEqual([moved.sales_channel_id, moved.shipping_methods], [market.id, []])
  })

  it('is not taxed on demand before anybody says in which country', async () => {
    const { region } = await shop.make('/admin/regions', { name: 'Alps', currency_code: 'usd', countries: ['at', 'ch'] })
    const cart = await cartOf({ region_id: region.id, items: items() })
    const refused = await shop.shopper.post(`/store/carts/${cart.id}/taxes`)
    const message = 'country code is required to calculate taxes'
    assert.deepEqual([refused.status, refused.body], [400, { type: 'invalid_data', message }])
  })

  it('takes what extensions send, and is strict about nothing but its own names', async () => {
    const odd = { ...items()[0], unit_price: 1, note: 'odd' }
    const cart = await cartOf({ items: [odd], additional_data: { from: 'a test' } })
    assert.deepEqual([cart.items[0].unit_price, cart.items.length], [15, 1])
    good(await change(cart.id, { additional_data: { from: 'a test' }, metadata: { a: 1 } }))
    const refused = await create({ ...shop.place, note: 'odd' })
    assert.deepEqual([refused.status, refused.body.message], [400, "Invalid request: Unrecognized fields: 'note'"])
    good(await shop.shopper.post(`/store/carts/${cart.id}/shipping-methods`, []))
  })

  it('keeps with a session what its client says of the payment', async () => {
    const cart = await cartOf({ items: items() })
    const { payment_collection } = good(await shop.shopper.post('/store/payment-collections', { cart_id: cart.id }))
    const body = { provider_id: 'pp_system_default', data: { door: 'back' } }
    const started = good(await shop.shopper.post(`/store/payment-collections/${payment_collection.id}/payment-sessions`, body))
    const [session] = started.payment_collection.payment_sessions
    assert.deepEqual([session.data, session.amount, session.status], [{ door: 'back' }, cart.total, 'pending'])
  })

  it('is paid through nobody in a region that is not known', async () => {
    const answer = good(await shop.shopper.get('/store/payment-providers', { region_id: 'reg_nowhere' }))
    assert.deepEqual(answer, { payment_providers: [], count: 0, offset: 0, limit: 20 })
  })

  it('is taxed at the closest rate of its province, and at its country’s besides where they combine', async () => {
    const { region } = await shop.make('/admin/regions', { name: 'Canada', currency_code: 'usd', countries: ['ca'] })
    const rate = (name: string, percent: number, more: object = {}) => ({ name, code: name, rate: percent, ...more })
    const { tax_region: country } = await shop.make('/admin/tax-regions', { country_code: 'ca', default_tax_rate: rate('GST', 5) })
    const province = (code: string, default_tax_rate: object) =>
      shop.make('/admin/tax-regions', { country_code: 'ca', province_code: code, parent_id: country.id, default_tax_rate })
    await province('qc', rate('QST', 10, { is_combinable: true }))
    await province('on', rate('HST', 13))
    const taxesIn = async (code: string) => {
      const shipping_address = { country_code: 'ca', province: code }
      const cart = await cartOf({ region_id: region.id, items: items(), shipping_address })
      return cart.items[0].tax_lines.map(({ code: of, rate: percent, provider_id }: Record<string, unknown>) => [of, percent, provider_id])
    }
    assert.deepEqual(await taxesIn('qc'), [
      ['QST', 10, 'system'],
      ['GST', 5, 'system'],
    ])
    assert.deepEqual(await taxesIn('ON'), [['HST', 13, 'system']])
    assert.deepEqual(await taxesIn('bc'), [['GST', 5, 'system']])
  })
})
