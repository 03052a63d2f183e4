import assert from 'node:assert/strict'
import type { Client } from './client.js'

export const addressIn = (country: string) => ({
  first_name: 'Ada',
  last_name: 'Byron',
  address_1: '1 Main Street',
  city: 'Town',
  postal_code: '12345',
  country_code: country,
})

/** A cart by HTTP alone, up to the moment before it is completed: lines, address, one shipping choice, payment session. */
export async function fillCart(
  shopper: Client,
  wanted: { regionId: string; variantIds: readonly string[]; quantity?: number; country?: string; email?: string },
): Promise<string> {
  const address = addressIn(wanted.country ?? 'us')
  const created = await shopper.post('/store/carts', {
    region_id: wanted.regionId,
    email: wanted.email ?? 'ada@example.com',
    shipping_address: address,
    billing_address: address,
  })
  assert.equal(created.status, 200, JSON.stringify(created.body))
  const cartId = created.body.cart.id as string
  for (const variant_id of wanted.variantIds) {
    const added = await shopper.post(`/store/carts/${cartId}/line-items`, { variant_id, quantity: wanted.quantity ?? 1 })
    assert.equal(added.status, 200, JSON.stringify(added.body))
  }
  const options = await shopper.get('/store/shipping-options', { cart_id: cartId })
  assert.equal(options.status, 200, JSON.stringify(options.body))
  const chosen = await shopper.post(`/store/carts/${cartId}/shipping-methods`, { option_id: options.body.shipping_options[0].id })
  assert.equal(chosen.status, 200, JSON.stringify(chosen.body))
  const collection = await shopper.post('/store/payment-collections', { cart_id: cartId })
  assert.equal(collection.status, 200, JSON.stringify(collection.body))
  const session = await shopper.post(`/store/payment-collections/${collection.body.payment_collection.id}/payment-sessions`, {
    provider_id: 'pp_system_default',
  })
  assert.equal(session.status, 200, JSON.stringify(session.body))
  return cartId
}
