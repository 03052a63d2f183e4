import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { type Answer, client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'
import { addressIn, fillCart } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

function refused(answer: Answer, status: number, body: object): void {
  assert.deepEqual({ status: answer.status, body: answer.body }, { status, body })
}

const invalid = (message: string) => ({ type: 'invalid_data', message })

describe('what the Store API refuses', () => {
  const app = useApp()
  let store: TestStore
  let variantId: string
  const sql = (text: string, values: unknown[] = []) => asAdmin(app().adminUrl, text, values)

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, stock: 10 })
    variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
  })

  async function newCart(body: object = {}): Promise<string> {
    const { body: answer } = await store.shopper.post('/store/carts', body)
    return answer.cart.id
  }

  async function fullCart(): Promise<string> {
    return fillCart(store.shopper, { regionId: store.regionId, variantIds: [variantId] })
  }

  describe('a request', () => {
    it('without a publishable key', async () => {
      refused(await client(app()).get('/store/regions'), 400, {
        type: 'not_allowed',
        message:
          'Publishable API key required in the request header: x-publishable-api-key. You can manage your keys in settings in the dashboard.',
      })
    })

    it('with a key that nobody gave out', async () => {
      refused(await client(app(), { publishableKey: `pk_${'0'.repeat(64)}` }).get('/store/regions'), 400, {
        type: 'not_allowed',
        message: 'A valid publishable key is required to proceed with the request',
      })
    })

    it('with fields that the body does not have, or without those that it needs', async () => {
      const cartId = await newCart()
      refused(
        await store.shopper.post(`/store/carts/${cartId}/line-items`, { variant_id: variantId, quantity: 1, colour: 'red' }),
        400,
        invalid("Invalid request: Unrecognized fields: 'colour'"),
      )
      refused(
        await store.shopper.post(`/store/carts/${cartId}/line-items`, { quantity: 1 }),
        400,
        invalid("Invalid request: Field 'variant_id' is required"),
      )
      refused(await store.shopper.post('/store/payment-collections', {}), 400, invalid("Invalid request: Field 'cart_id' is required"))
      refused(await store.shopper.get('/store/shipping-options'), 400, invalid("Invalid request: Field 'cart_id' is required"))
      refused(await store.shopper.get('/store/payment-providers'), 400, invalid("Invalid request: Field 'region_id' is required"))
      refused(
        await store.shopper.post(`/store/carts/${cartId}/complete`, { now: true }),
        400,
        invalid("Invalid request: Unrecognized fields: 'now'"),
      )
    })
  })

  describe('a cart', () => {
    it('in a region that the store does not have', async () => {
      refused(await store.shopper.post('/store/carts', { region_id: 'reg_none' }), 404, {
        type: 'not_found',
        message: 'No regions found',
      })
    })

    it("in another currency than its region's", async () => {
      const answer = await store.shopper.post('/store/carts', { region_id: store.regionId, currency_code: 'eur' })
      refused(answer, 400, invalid("Currency code eur does not match the region's currency code usd"))
    })

    it('that goes to a country outside its region', async () => {
      const [region] = await asAdmin<{ name: string }>(app().adminUrl, 'select name from app.region where id = $1', [store.regionId])
      const message = `Country with code de is not within region ${region?.name}`
      refused(await store.shopper.post('/store/carts', { shipping_address: addressIn('de') }), 400, invalid(message))
      const cartId = await newCart()
      refused(await store.shopper.post(`/store/carts/${cartId}`, { shipping_address: addressIn('DE') }), 400, invalid(message))
      assert.equal((await store.shopper.get(`/store/carts/${cartId}`)).body.cart.shipping_address.country_code, 'us')
    })

    it("in a channel that is not the key's", async () => {
      const answer = await store.shopper.post('/store/carts', { sales_channel_id: 'sc_other' })
      refused(answer, 400, {
        errors: ['Sales channel ID in payload sc_other is not associated with the Publishable API Key in the header.'],
        message: 'Provided request body contains errors. Please check the data and retry the request',
      })
      const moved = await store.shopper.post(`/store/carts/${await newCart()}`, { sales_channel_id: 'sc_other' })
      refused(moved, 400, invalid('Requested sales channel is not part of the publishable key'))
    })

    it('in no channel, with a key that has several', async () => {
      const wide = await createTestStore(app())
      await sql(`insert into app.sales_channel (tenant_id, id, name) values ($1, 'sc_second', 'Second')`, [wide.tenantId])
      await sql(
        `insert into app.api_key_sales_channel (tenant_id, api_key_id, sales_channel_id)
         select $1, k.id, 'sc_second' from app.api_key k where k.tenant_id = $1 and k.type = 'publishable'`,
        [wide.tenantId],
      )
      const answer = await wide.shopper.post('/store/carts', {})
      refused(answer, 400, {
        errors: [
          'Cannot assign sales channel to cart. The Publishable API Key in the header has multiple associated sales channels. Please provide a sales channel ID in the request body.',
        ],
        message: 'Provided request body contains errors. Please check the data and retry the request',
      })
    })

    it('with a promotion code that does not exist', async () => {
      const message = invalid('The promotion code SUMMER is invalid')
      refused(await store.shopper.post('/store/carts', { promo_codes: ['SUMMER'] }), 400, message)
      const cartId = await newCart()
      refused(await store.shopper.post(`/store/carts/${cartId}`, { promo_codes: ['SUMMER'] }), 400, message)
      assert.equal((await store.shopper.post(`/store/carts/${cartId}`, { promo_codes: [] })).status, 200)
    })

    it('that does not exist', async () => {
      refused(await store.shopper.get('/store/carts/cart_none'), 404, { type: 'not_found', message: "Cart with id 'cart_none' not found" })
      refused(await store.shopper.get('/store/shipping-options', { cart_id: 'cart_none' }), 404, {
        type: 'not_found',
        message: 'Cart id not found: cart_none',
      })
      for (const [path, body] of [
        ['', { email: 'a@example.com' }],
        ['/line-items', { variant_id: variantId, quantity: 1 }],
        ['/complete', {}],
      ] as const) {
        refused(await store.shopper.post(`/store/carts/cart_none${path}`, body), 404, {
          type: 'not_found',
          message: 'Cart id not found: cart_none',
        })
      }
    })

    it('whose first lines cannot be bought, and leaves no cart behind', async () => {
      const count = async () => (await asAdmin<{ carts: number }>(app().adminUrl, 'select count(*)::int as carts from app.cart'))[0]?.carts
      const before = await count()
      const answer = await store.shopper.post('/store/carts', { items: [{ variant_id: 'variant_none', quantity: 1 }] })
      refused(answer, 400, invalid('Variants variant_none do not exist or belong to a product that is not published'))
      assert.equal(await count(), before)
    })
  })

  describe('a line', () => {
    let cartId: string
    beforeEach(async () => {
      cartId = await newCart()
    })
    const add = (body: object) => store.shopper.post(`/store/carts/${cartId}/line-items`, body)

    it('of no, fewer than no, or broken pieces', async () => {
      refused(
        await add({ variant_id: variantId, quantity: 0 }),
        400,
        invalid("Invalid request: Value for field 'quantity' too small, expected at least: '0'"),
      )
      refused(
        await add({ variant_id: variantId, quantity: -2 }),
        400,
        invalid("Invalid request: Value for field 'quantity' too small, expected at least: '0'"),
      )
      refused(
        await add({ variant_id: variantId, quantity: 1.5 }),
        400,
        invalid("Invalid request: Expected type: 'integer' for field 'quantity', got: '1.5'"),
      )
      refused(
        await add({ variant_id: variantId, quantity: '2' }),
        400,
        invalid("Invalid request: Expected type: 'number' for field 'quantity', got: '2'"),
      )
      refused(
        await add({ variant_id: variantId, quantity: 100_001 }),
        400,
        invalid("Invalid request: Value for field 'quantity' too big, expected at most: '100000'"),
      )
      assert.deepEqual((await store.shopper.get(`/store/carts/${cartId}`)).body.cart.items, [])
    })

    it('changed to fewer than no or to broken pieces, while none removes it', async () => {
      const { body } = await add({ variant_id: variantId, quantity: 2 })
      const path = `/store/carts/${cartId}/line-items/${body.cart.items[0].id}`
      refused(
        await store.shopper.post(path, { quantity: -1 }),
        400,
        invalid("Invalid request: Value for field 'quantity' too small, expected at least: '0'"),
      )
      refused(
        await store.shopper.post(path, { quantity: 0.5 }),
        400,
        invalid("Invalid request: Expected type: 'integer' for field 'quantity', got: '0.5'"),
      )
      const removed = await store.shopper.post(path, { quantity: 0 })
      assert.deepEqual([removed.status, removed.body.cart.items, removed.body.cart.total], [200, [], 0])
    })

    it('that the cart does not have', async () => {
      const message = { type: 'not_found', message: 'Line item with id: cali_none was not found' }
      refused(await store.shopper.post(`/store/carts/${cartId}/line-items/cali_none`, { quantity: 1 }), 404, message)
      refused(await store.shopper.delete(`/store/carts/${cartId}/line-items/cali_none`), 404, message)
    })

    it('of a product that is not published', async () => {
      const hidden = await createTestStore(app())
      const [product] = hidden.vendors[0]?.products ?? []
      await sql(`update app.product set status = 'draft' where id = $1`, [product?.id])
      const { body } = await hidden.shopper.post('/store/carts', {})
      const answer = await hidden.shopper.post(`/store/carts/${body.cart.id}/line-items`, {
        variant_id: product?.variantIds[0],
        quantity: 1,
      })
      refused(answer, 400, invalid(`Variants ${product?.variantIds[0]} do not exist or belong to a product that is not published`))
    })

    it("without a price in the cart's currency", async () => {
      const priceless = await createTestStore(app())
      const id = priceless.vendors[0]?.products[0]?.variantIds[0] as string
      await sql(
        `update app.price p set currency_code = 'chf' from app.product_variant v
         where v.id = $1 and p.tenant_id = v.tenant_id and p.price_set_id = v.price_set_id`,
        [id],
      )
      const { body } = await priceless.shopper.post('/store/carts', {})
      refused(
        await priceless.shopper.post(`/store/carts/${body.cart.id}/line-items`, { variant_id: id, quantity: 1 }),
        400,
        invalid(`Variants with IDs ${id} do not have a price`),
      )
    })

    it('of more than the stock holds, counted over both of its lines', async () => {
      const short = { type: 'not_allowed', code: 'insufficient_inventory', message: 'Some variant does not have the required inventory' }
      refused(await add({ variant_id: variantId, quantity: 11 }), 400, short)
      const { body } = await add({ variant_id: variantId, quantity: 6 })
      refused(await add({ variant_id: variantId, quantity: 5 }), 400, short)
      refused(await add({ variant_id: variantId, quantity: 5, metadata: { gift: true } }), 400, short)
      refused(await store.shopper.post(`/store/carts/${cartId}/line-items/${body.cart.items[0].id}`, { quantity: 11 }), 400, short)
    })

    it('of managed stock that no location of the channel has', async () => {
      const placeless = await createTestStore(app())
      const id = placeless.vendors[0]?.products[0]?.variantIds[0] as string
      await sql('delete from app.sales_channel_location where tenant_id = $1', [placeless.tenantId])
      const { body } = await placeless.shopper.post('/store/carts', {})
      const answer = await placeless.shopper.post(`/store/carts/${body.cart.id}/line-items`, { variant_id: id, quantity: 1 })
      refused(
        answer,
        400,
        invalid(`Sales channel ${placeless.salesChannelId} is not associated with any stock location for variant ${id}.`),
      )
    })
  })

  describe('shipping', () => {
    it('by an option that the cart cannot be sent with', async () => {
      const cartId = await fullCart()
      const path = `/store/carts/${cartId}/shipping-methods`
      refused(await store.shopper.post(path, { option_id: 'so_none' }), 400, invalid('Shipping Options are invalid for cart.'))
      refused(
        await store.shopper.post(path, { option_id: store.vendors[1]?.shippingOptionId }),
        400,
        invalid('Shipping Options are invalid for cart.'),
      )
      refused(await store.shopper.post('/store/shipping-options/so_none/calculate', { cart_id: cartId }), 404, {
        type: 'not_found',
        message: 'Shipping option with id: so_none is not available for the cart',
      })
    })

    it("by an option without a price in the cart's currency", async () => {
      const other = await createTestStore(app())
      const option = other.vendors[0]?.shippingOptionId as string
      const { body } = await other.shopper.post('/store/carts', {
        items: [{ variant_id: other.vendors[0]?.products[0]?.variantIds[0], quantity: 1 }],
      })
      await sql(
        `update app.price p set currency_code = 'chf' from app.shipping_option o
         where o.id = $1 and p.tenant_id = o.tenant_id and p.price_set_id = o.price_set_id`,
        [option],
      )
      refused(
        await other.shopper.post(`/store/carts/${body.cart.id}/shipping-methods`, { option_id: option }),
        400,
        invalid(`Shipping options with IDs ${option} do not have a price`),
      )
    })
  })

  describe('payment', () => {
    it('through a provider that the region does not have', async () => {
      const cartId = await fullCart()
      const { body } = await store.shopper.post('/store/payment-collections', { cart_id: cartId })
      const path = `/store/payment-collections/${body.payment_collection.id}/payment-sessions`
      refused(
        await store.shopper.post(path, { provider_id: 'pp_stripe_stripe' }),
        400,
        invalid(`Payment provider pp_stripe_stripe is not enabled in the cart's region ${store.regionId}.`),
      )
    })

    it('of a collection that does not exist', async () => {
      const answer = await store.shopper.post('/store/payment-collections/pay_col_none/payment-sessions', {
        provider_id: 'pp_system_default',
      })
      refused(answer, 404, { type: 'not_found', message: 'Payment collection with id: pay_col_none was not found' })
    })
  })

  describe('a suspended vendor', () => {
    it('takes its products, variants and options out of the store', async () => {
      const shop = await createTestStore(app(), { vendors: 2 })
      const [gone, stays] = shop.vendors
      const product = gone?.products[0]
      await sql(`update app.vendor set status = 'suspended' where id = $1 and tenant_id = $2`, [gone?.id, shop.tenantId])
      const { body } = await shop.shopper.get('/store/products')
      assert.deepEqual(
        body.products.map((found: { id: string }) => found.id),
        [stays?.products[0]?.id],
      )
      refused(await shop.shopper.get(`/store/products/${product?.id}`), 404, {
        type: 'not_found',
        message: `Product with id: ${product?.id} was not found`,
      })
      assert.equal((await shop.shopper.get(`/store/product-variants/${product?.variantIds[0]}`)).status, 404)
      assert.equal((await shop.shopper.get('/store/product-options')).body.count, 1)
      assert.deepEqual(
        (await shop.shopper.get('/store/vendors')).body.vendors.map((vendor: { handle: string }) => vendor.handle),
        [stays?.handle],
      )
      const cart = await shop.shopper.post('/store/carts', {})
      const added = await shop.shopper.post(`/store/carts/${cart.body.cart.id}/line-items`, {
        variant_id: product?.variantIds[0],
        quantity: 1,
      })
      refused(added, 400, invalid(`Variants ${product?.variantIds[0]} do not exist or belong to a product that is not published`))
    })
  })
})
