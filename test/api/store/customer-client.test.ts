import assert from 'node:assert/strict'
import MedusaSdk from '@medusajs/js-sdk'
import { totpCode, totpStep } from '../../../src/access/totp.js'
import { useApp } from '../../support/app.js'
import { addressIn } from '../../support/purchase.js'
import { codeIn, password } from '../../support/shopper.js'
import { createTestStore, type TestStore } from '../../support/store.js'

// Its types describe the package's other build, whose default is one level deeper.
const Medusa = MedusaSdk as unknown as typeof MedusaSdk.default

describe("a shopper with Medusa's own client", () => {
  const app = useApp()
  let store: TestStore
  let sdk: InstanceType<typeof Medusa>
  const email = 'ada@example.com'

  before(async () => {
    store = await createTestStore(app())
    sdk = new Medusa({ baseUrl: app().url, publishableKey: store.publishableKey, auth: { type: 'jwt', jwtTokenStorageMethod: 'memory' } })
  })

  it('registers, opens an account, signs in and is known', async () => {
    await sdk.auth.register('customer', 'emailpass', { email, password })
    const early = await sdk.store.customer.retrieve().catch((error: { statusText: string; status: number }) => error)
    assert.equal((early as { status: number }).status, 401)
    const { customer } = await sdk.store.customer.create({ email, first_name: 'Ada' })
    const token = await sdk.auth.login('customer', 'emailpass', { email, password })
    assert.equal(typeof token, 'string')
    const me = await sdk.store.customer.retrieve()
    assert.equal(me.customer.id, customer.id)
    const changed = await sdk.store.customer.update({ last_name: 'Byron' })
    assert.equal(changed.customer.last_name, 'Byron')
    const taken = await sdk.auth
      .register('customer', 'emailpass', { email, password })
      .catch((error: { statusText: string; message: string }) => error)
    assert.deepEqual(
      [(taken as { statusText: string }).statusText, (taken as { message: string }).message],
      ['Unauthorized', 'Identity with email already exists'],
    )
    await sdk.auth.login('customer', 'emailpass', { email, password })
  })

  it('keeps addresses', async () => {
    const { customer } = await sdk.store.customer.createAddress({ address_name: 'Home', is_default_shipping: true, ...addressIn('us') })
    const id = customer.addresses[0]?.id as string
    await sdk.store.customer.updateAddress(id, { city: 'Elsewhere' })
    const { addresses, count } = await sdk.store.customer.listAddress()
    assert.deepEqual([addresses[0]?.city, count], ['Elsewhere', 1])
    assert.equal((await sdk.store.customer.retrieveAddress(id)).address.id, id)
    const gone = await sdk.store.customer.deleteAddress(id)
    assert.equal(gone.deleted, true)
  })

  it('takes the cart over, buys, and finds the order', async () => {
    const { regions } = await sdk.store.region.list()
    const guest = new Medusa({ baseUrl: app().url, publishableKey: store.publishableKey })
    const variant_id = store.vendors[0]?.products[0]?.variantIds[0] as string
    const { cart } = await guest.store.cart.create({ region_id: regions[0]?.id as string, items: [{ variant_id, quantity: 1 }] })
    const taken = await sdk.store.cart.transferCart(cart.id)
    assert.equal(taken.cart.email, email)
    // The stock storefront warns on every page of a cart not handed over, which it tells by this alone.
    const { customer } = await sdk.store.customer.retrieve()
    const shown = await sdk.store.cart.retrieve(cart.id, { fields: '*items, *region, *items.product, *items.variant, *promotions' })
    assert.equal(shown.cart.customer_id, customer.id)
    await sdk.store.cart.update(cart.id, { shipping_address: addressIn('us'), billing_address: addressIn('us') })
    const { shipping_options } = await sdk.store.fulfillment.listCartOptions({ cart_id: cart.id })
    const chosen = await sdk.store.cart.addShippingMethod(cart.id, { option_id: shipping_options[0]?.id as string })
    await sdk.store.payment.initiatePaymentSession(chosen.cart, { provider_id: 'pp_system_default' })
    const done = await sdk.store.cart.complete(cart.id)
    assert.equal(done.type, 'order')
    const { orders, count } = await sdk.store.order.list({
      limit: 10,
      offset: 0,
      order: '-created_at',
      fields: '*items,+items.metadata,*items.variant,*items.product',
    })
    assert.equal(count, 1)
    assert.equal(orders[0]?.items?.[0]?.variant_id, variant_id)
    assert.ok(done.type === 'order')
    const refused = await sdk.store.order.requestTransfer(done.order.id, {}).catch((error: { status: number }) => error)
    assert.equal((refused as { status: number }).status, 400)
  })

  it('sets a forgotten password anew', async () => {
    await sdk.auth.resetPassword('customer', 'emailpass', { identifier: email })
    await app().drain()
    await sdk.auth.updateProvider('customer', 'emailpass', { email, password: 'a new password' }, codeIn(app().mails, email))
    const token = await sdk.auth.login('customer', 'emailpass', { email, password: 'a new password' })
    assert.equal(typeof token, 'string')
    assert.ok('token' in (await sdk.auth.refresh()))
  })

  it('proves the e-mail, and sets a second factor up', async () => {
    await sdk.auth.verification.request({ entity_id: email, entity_type: 'email' })
    await app().drain()
    const confirmed = await sdk.auth.verification.confirm({ code: codeIn(app().mails, email) })
    assert.equal(confirmed.entity_id, email)
    const { mfa_factor, secret } = await sdk.auth.mfa.start({ provider: 'totp' })
    await sdk.auth.mfa.verify(mfa_factor.id, { code: totpCode(secret as string, totpStep(new Date())) })
    const { recovery_codes } = await sdk.auth.mfa.generateRecoveryCodes()
    const asked = await sdk.auth.login('customer', 'emailpass', { email, password: 'a new password' })
    assert.ok(typeof asked === 'object' && 'mfa_challenge' in asked)
    await sdk.auth.mfa.verifyChallenge(asked.mfa_challenge.id, { method: 'recovery_code', code: recovery_codes[0] as string })
    assert.equal((await sdk.store.customer.retrieve()).customer.email, email)
    const { mfa_factors } = await sdk.auth.mfa.list()
    assert.deepEqual(
      mfa_factors.map((factor) => factor.status),
      ['enabled'],
    )
    assert.equal((await sdk.auth.mfa.disable(mfa_factor.id)).mfa_factor.status, 'disabled')
  })
})
