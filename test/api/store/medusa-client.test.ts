import assert from 'node:assert/strict'
import MedusaSdk from '@medusajs/js-sdk'
import { useApp } from '../../support/app.js'
import { addressIn } from '../../support/purchase.js'
import { createTestStore, type TestStore } from '../../support/store.js'

// Its types describe the package's other build, whose default is one level deeper.
const Medusa = MedusaSdk as unknown as typeof MedusaSdk.default

describe("Medusa's own client", () => {
  const app = useApp()
  let store: TestStore
  let sdk: InstanceType<typeof Medusa>

  before(async () => {
    store = await createTestStore(app(), { vendors: 2 })
    sdk = new Medusa({ baseUrl: app().url, publishableKey: store.publishableKey })
  })

  it('buys from two vendors without knowing of vendors', async () => {
    const { regions } = await sdk.store.region.list()
    const region = regions[0]
    assert.ok(region)
    const { products } = await sdk.store.product.list({ region_id: region.id, fields: '*variants.calculated_price' })
    const { cart } = await sdk.store.cart.create({ region_id: region.id })
    for (const product of products) {
      await sdk.store.cart.createLineItem(cart.id, { variant_id: product.variants?.[0]?.id as string, quantity: 2 })
    }
    const filled = await sdk.store.cart.update(cart.id, {
      email: 'ada@example.com',
      shipping_address: addressIn('us'),
      billing_address: addressIn('us'),
    })
    const line = filled.cart.items?.[0]
    assert.ok(line)
    await sdk.store.cart.updateLineItem(cart.id, line.id, { quantity: 1 })
    const { shipping_options } = await sdk.store.fulfillment.listCartOptions({ cart_id: cart.id })
    const chosen = await sdk.store.cart.addShippingMethod(cart.id, { option_id: shipping_options[0]?.id as string })
    const { payment_providers } = await sdk.store.payment.listPaymentProviders({ region_id: region.id })
    await sdk.store.payment.initiatePaymentSession(chosen.cart, { provider_id: payment_providers[0]?.id as string })
    const done = await sdk.store.cart.complete(cart.id)
    assert.equal(done.type, 'order')
    assert.ok(done.type === 'order')
    const { order } = await sdk.store.order.retrieve(done.order.id, {
      fields: '*payment_collections.payments,*items,*items.metadata,*items.variant,*items.product',
    })
    assert.equal(order.items?.length, 2)
    assert.equal(order.payment_collections?.[0]?.payments?.[0]?.amount, order.total)
    assert.equal(order.shipping_methods?.length, 2)
  })

  it('is told what it did wrong', async () => {
    const { cart } = await sdk.store.cart.create({})
    const gone = await sdk.store.cart.deleteLineItem(cart.id, 'cali_none').catch((error: { status: number; message: string }) => error)
    assert.deepEqual(
      [(gone as { status: number }).status, (gone as { message: string }).message],
      [404, 'Line item with id: cali_none was not found'],
    )
  })
})
