import assert from 'node:assert/strict'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { promote } from '../../support/promotions.js'
import { addressIn } from '../../support/purchase.js'
import { addRegion } from '../../support/region.js'
import { createTestStore, type TestStore } from '../../support/store.js'

/** What a change leaves as it was is not read again, so that nothing else shows an answer that is not what was written. */
describe('what a change of a cart answers', () => {
  const app = useApp()
  let store: TestStore
  let europe: string
  let variants: string[]
  let card: string

  before(async () => {
    store = await createTestStore(app(), { vendors: 2, productsPerVendor: 2, tax_ppm: 100_000 })
    europe = await addRegion(app(), store, { country: 'de', currency: 'eur' })
    variants = store.vendors.map((vendor) => vendor.products[0]?.variantIds[0] as string)
    await promote(store, { code: 'TEN' })
    await promote(store, { code: 'SHIP', target_type: 'shipping_methods', value: 50 })
    await promote(store, { code: 'SELF', value: 1, type: 'fixed', method: { allocation: 'across' }, more: { is_automatic: true } })
    card = good(await store.admin.post('/admin/gift-cards', { value: 5, currency_code: 'usd' })).gift_card.code
  })

  it('is what a read of the cart answers next, whatever is changed', async () => {
    const cart = good(await store.shopper.post('/store/carts', { region_id: store.regionId })).cart
    const path = `/store/carts/${cart.id}`
    const read = async () => good(await store.shopper.get(path)).cart
    assert.deepEqual(cart, await read())

    let before = cart
    const change = async (what: string, method: 'post' | 'delete', at: string, body?: object) => {
      await asAdmin(app().adminUrl, `update app.cart set updated_at = updated_at - interval '1 hour' where tenant_id = $1`, [
        store.tenantId,
      ])
      const answer = good(await store.shopper[method](`${path}${at}`, body))
      const after = await read()
      const cards = at === '/gift-cards' ? good(await store.shopper.get(path, { fields: '+gift_cards.*' })).cart : after
      assert.deepEqual(answer.cart ?? answer.parent, cards, what)
      assert.ok(after.updated_at >= before.updated_at, `${what} is a change of the cart`)
      before = after
      return after
    }
    const lineOf = (current: { items: { id: string; variant_id: string }[] }) => current.items[0]?.id

    await change('a first line', 'post', '/line-items', { variant_id: variants[0], quantity: 2 })
    await change('a line of another vendor', 'post', '/line-items', {
      variant_id: variants[1],
      quantity: 1,
      metadata: { b: 1, a: { d: 2, c: 3 } },
    })
    await change('the same again', 'post', '/line-items', { variant_id: variants[0], quantity: 1 })
    await change('who and where to', 'post', '', {
      email: 'ada@example.com',
      shipping_address: addressIn('us'),
      billing_address: addressIn('us'),
    })
    await change('another e-mail alone', 'post', '', { email: 'grace@example.com' })
    await change('metadata', 'post', '', { metadata: { note: 'ring twice', z: 1, a: [2, { y: 1, b: 2 }] } })
    await change('a code', 'post', '/promotions', { promo_codes: ['TEN'] })
    await change('two codes', 'post', '/promotions', { promo_codes: ['SHIP'] })
    const { shipping_options } = good(await store.shopper.get('/store/shipping-options', { cart_id: cart.id }))
    for (const { id, name } of shipping_options) await change(name, 'post', '/shipping-methods', { option_id: id })
    const { payment_collection } = good(await store.shopper.post('/store/payment-collections', { cart_id: cart.id }))
    const { payment_providers: _providers, ...made } = payment_collection
    assert.deepEqual({ ...(await read()).payment_collection, ...made }, (await read()).payment_collection)
    const sessions = `/store/payment-collections/${payment_collection.id}/payment-sessions`
    const paying = good(await store.shopper.post(sessions, { provider_id: 'pp_system_default' })).payment_collection
    assert.equal((await read()).payment_collection.payment_sessions[0].id, paying.payment_sessions[0].id)
    const quantity = await change('a quantity', 'post', `/line-items/${lineOf(before)}`, { quantity: 5 })
    assert.equal(quantity.payment_collection.payment_sessions.length, 0, 'what was to be paid before is not paid any more')
    assert.equal(quantity.payment_collection.amount, quantity.total)
    await change('a gift card', 'post', '/gift-cards', { code: card })
    await change('no gift card', 'delete', '/gift-cards', { code: card })
    await change('no code', 'delete', '/promotions', { promo_codes: ['TEN'] })
    await change('another line', 'delete', `/line-items/${lineOf(before)}`)
    await change('taxes', 'post', '/taxes')
    await change('another region', 'post', '', { region_id: europe })
    await change('a line there', 'post', '/line-items', { variant_id: variants[0], quantity: 1 })
    const other = good(await store.shopper.get('/store/shipping-options', { cart_id: cart.id })).shipping_options[0]
    const last = await change('shipping there', 'post', '/shipping-methods', { option_id: other.id })
    assert.equal(last.currency_code, 'eur')
    assert.equal(last.payment_collection.amount, last.total)
  })
})
