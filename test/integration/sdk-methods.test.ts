import assert from 'node:assert/strict'
import MedusaSdk from '@medusajs/js-sdk'
import type { HttpTypes } from '@medusajs/types'
import { totpCode, totpStep } from '../../src/access/totp.js'
import { useApp } from '../support/app.js'
import { good } from '../support/http.js'
import { addressIn } from '../support/purchase.js'
import { answerChecks } from '../support/sdk-answers.js'
import { methodsOf, noting } from '../support/sdk-methods.js'
import { codeIn, password } from '../support/shopper.js'
import { createTestStore, type TestStore } from '../support/store.js'

// Its types describe the package's other build, whose default is one level deeper.
const Medusa = MedusaSdk as unknown as typeof MedusaSdk.default
type Sdk = InstanceType<typeof Medusa>
type Failure = { status: number; message: string }
describe('every method of Medusa’s SDK for storefronts', () => {
  const app = useApp()
  const called = new Set<string>()
  /** Where an answer is not as Medusa's types say. */
  const complaints = new Set<string>()
  const unchecked = new Set<string>()
  const email = 'ada@example.com'
  let store: TestStore
  let sdk: Sdk
  let shop: Sdk['store']
  let auth: Sdk['auth']
  let region: HttpTypes.StoreRegion
  let variantId: string
  const orders: string[] = []

  before(async function () {
    this.timeout(60_000)
    const check = answerChecks()
    const heard = (method: string, answer: unknown) => {
      const found = check(method, answer)
      if (found === undefined) unchecked.add(method)
      for (const complaint of found ?? []) complaints.add(`${method} ${complaint}`)
    }
    store = await createTestStore(app(), { vendors: 1, productsPerVendor: 2, tax_ppm: 100_000 })
    const { stores } = good(await store.admin.get('/admin/stores'))
    good(await store.admin.post(`/admin/stores/${stores[0].id}`, { supported_locales: [{ locale_code: 'de-DE', is_default: true }] }))
    sdk = new Medusa({ baseUrl: app().url, publishableKey: store.publishableKey, auth: { type: 'jwt', jwtTokenStorageMethod: 'memory' } })
    shop = noting(sdk.store, 'store', called, heard)
    auth = noting(sdk.auth, 'auth', called, heard)
    variantId = store.vendors[0]?.products[0]?.variantIds[0] as string
  })

  const refused = (work: Promise<unknown>): Promise<Failure> =>
    work.then(
      () => assert.fail('was not refused'),
      (error: Failure) => error,
    )

  it('shows what there is', async () => {
    const words = {
      collection: good(await store.admin.post('/admin/collections', { title: 'Spring' })).collection.id as string,
      category: good(await store.admin.post('/admin/product-categories', { name: 'Things', is_active: true })).product_category
        .id as string,
    }
    const regions: HttpTypes.StoreRegionListResponse = await shop.region.list()
    region = regions.regions[0] as HttpTypes.StoreRegion
    const one: HttpTypes.StoreRegionResponse = await shop.region.retrieve(region.id)
    assert.deepEqual([one.region.id, one.region.currency_code, regions.count], [region.id, 'usd', 1])
    const collections: HttpTypes.StoreCollectionListResponse = await shop.collection.list()
    const collection: HttpTypes.StoreCollectionResponse = await shop.collection.retrieve(words.collection)
    assert.deepEqual([collections.count, collection.collection.title], [1, 'Spring'])
    const categories: HttpTypes.StoreProductCategoryListResponse = await shop.category.list()
    const category: HttpTypes.StoreProductCategoryResponse = await shop.category.retrieve(words.category)
    assert.deepEqual([categories.count, category.product_category.name], [1, 'Things'])
    const options: HttpTypes.StoreProductOptionListResponse = await shop.productOption.list()
    const option: HttpTypes.StoreProductOptionResponse = await shop.productOption.retrieve(options.product_options[0]?.id as string)
    assert.equal(option.product_option.id, options.product_options[0]?.id)
    const products: HttpTypes.StoreProductListResponse = await shop.product.list({ region_id: region.id })
    const product: HttpTypes.StoreProductResponse = await shop.product.retrieve(products.products[0]?.id as string)
    assert.deepEqual([products.count, product.product.id], [2, products.products[0]?.id])
    const { locales } = await shop.locale.list()
    assert.deepEqual(
      locales.map((locale) => locale.code),
      ['de-DE'],
    )
  })

  it('makes an account, and proves who one is', async () => {
    await auth.register('customer', 'emailpass', { email, password })
    const made: HttpTypes.StoreCustomerResponse = await shop.customer.create({ email, first_name: 'Ada' })
    assert.equal(typeof (await auth.login('customer', 'emailpass', { email, password })), 'string')
    const renewed = await auth.refresh()
    assert.ok('token' in renewed && typeof renewed.token === 'string')
    const me: HttpTypes.StoreCustomerResponse = await shop.customer.retrieve()
    const changed: HttpTypes.StoreCustomerResponse = await shop.customer.update({ last_name: 'Byron' })
    assert.deepEqual([me.customer.id, changed.customer.last_name], [made.customer.id, 'Byron'])
    await auth.verification.request({ entity_id: email, entity_type: 'email' })
    await app().drain()
    assert.equal((await auth.verification.confirm({ code: codeIn(app().mails, email) })).entity_id, email)
    const callback = await refused(auth.callback('customer', 'google', { code: 'x' }))
    assert.equal(callback.status, 400, 'no provider that sends people back is there')
  })

  it('keeps addresses', async () => {
    const { customer }: HttpTypes.StoreCustomerResponse = await shop.customer.createAddress({ address_name: 'Home', ...addressIn('us') })
    const id = customer.addresses[0]?.id as string
    await shop.customer.updateAddress(id, { city: 'Elsewhere' })
    const listed: HttpTypes.StoreCustomerAddressListResponse = await shop.customer.listAddress()
    const kept: HttpTypes.StoreCustomerAddressResponse = await shop.customer.retrieveAddress(id)
    assert.deepEqual([listed.count, kept.address.city], [1, 'Elsewhere'])
    const gone: HttpTypes.StoreCustomerAddressDeleteResponse = await shop.customer.deleteAddress(id)
    assert.equal(gone.deleted, true)
  })

  /** An order that a guest places. */
  async function place(as: Sdk['store'], guest: string): Promise<string> {
    const { cart } = await as.cart.create({ region_id: region.id })
    await as.cart.createLineItem(cart.id, { variant_id: variantId, quantity: 1 })
    await as.cart.update(cart.id, { email: guest, shipping_address: addressIn('us'), billing_address: addressIn('us') })
    const { shipping_options } = await as.fulfillment.listCartOptions({ cart_id: cart.id })
    const chosen: HttpTypes.StoreCartResponse = await as.cart.addShippingMethod(cart.id, { option_id: shipping_options[0]?.id as string })
    await as.payment.initiatePaymentSession(chosen.cart, { provider_id: 'pp_system_default' })
    const done: HttpTypes.StoreCompleteCartResponse = await as.cart.complete(cart.id)
    assert.ok(done.type === 'order')
    orders.push(done.order.id)
    return done.order.id
  }

  it('fills a cart, changes it, and buys', async () => {
    const { cart }: HttpTypes.StoreCartResponse = await shop.cart.create({ region_id: region.id })
    await shop.cart.transferCart(cart.id)
    const filled: HttpTypes.StoreCartResponse = await shop.cart.createLineItem(cart.id, { variant_id: variantId, quantity: 1 })
    const line = filled.cart.items?.[0]?.id as string
    const more: HttpTypes.StoreCartResponse = await shop.cart.updateLineItem(cart.id, line, { quantity: 2 })
    assert.equal(more.cart.items?.[0]?.quantity, 2)
    const less: HttpTypes.StoreLineItemDeleteResponse = await shop.cart.deleteLineItem(cart.id, line)
    assert.equal(less.deleted, true)
    const application = { type: 'percentage', target_type: 'items', allocation: 'across', value: 10 }
    good(await store.admin.post('/admin/promotions', { code: 'TEN', type: 'standard', status: 'active', application_method: application }))
    await shop.cart.addPromotions(cart.id, { promo_codes: ['TEN'] })
    await shop.cart.removePromotions(cart.id, { promo_codes: ['TEN'] })
    const read: HttpTypes.StoreCartResponse = await shop.cart.retrieve(cart.id)
    assert.deepEqual([read.cart.email, read.cart.items?.length, read.cart.promotions?.length], [email, 0, 0])
    const providers: HttpTypes.StorePaymentProviderListResponse = await shop.payment.listPaymentProviders({ region_id: region.id })
    assert.equal(providers.count, 1)
    const bought = await place(shop, email)
    const order: HttpTypes.StoreOrderResponse = await shop.order.retrieve(bought)
    const listed: HttpTypes.StoreOrderListResponse = await shop.order.list()
    assert.deepEqual([order.order.items?.length, listed.orders.map(({ id }) => id)], [1, [bought]])
  })

  it('asks what shipping costs', async () => {
    const vendor = store.vendors[0]
    const [offered] = good(await store.admin.get('/admin/shipping-options', { id: vendor?.shippingOptionId as string })).shipping_options
    const option = good(
      await store.admin.post('/admin/shipping-options', {
        name: 'By weight',
        service_zone_id: offered.service_zone_id,
        shipping_profile_id: vendor?.profileId,
        provider_id: 'manual_manual',
        price_type: 'calculated',
        data: { tariff: { usd: { base: 3, per_piece: 1 } } },
        type: { label: 'By weight', description: 'Counted', code: 'weight' },
      }),
    ).shipping_option
    const { cart } = await shop.cart.create({ region_id: region.id, items: [{ variant_id: variantId, quantity: 2 }] })
    const asked: HttpTypes.StoreShippingOptionResponse = await shop.fulfillment.calculate(option.id, { cart_id: cart.id })
    assert.equal(asked.shipping_option.amount, 5)
  })

  it('hands orders over from one person to another', async () => {
    const guest = new Medusa({ baseUrl: app().url, publishableKey: store.publishableKey })
    const answers: string[] = []
    for (const end of ['acceptTransfer', 'declineTransfer', 'cancelTransfer'] as const) {
      const address = `${end.toLowerCase()}@example.com`
      const id = await place(guest.store, address)
      const wanted: HttpTypes.StoreOrderResponse = await shop.order.requestTransfer(id, {})
      assert.equal(wanted.order.id, id)
      await app().drain()
      const token = codeIn(app().mails, address)
      const { order } = await (end === 'cancelTransfer' ? shop.order.cancelTransfer(id) : shop.order[end](id, { token }))
      answers.push(order.id)
    }
    assert.deepEqual(answers, orders.slice(-3))
    const { orders: mine } = await shop.order.list()
    assert.deepEqual(mine.map((order) => order.id).sort(), [orders[0], answers[0]].sort())
  })

  it('has second factors and forgotten passwords', async () => {
    const { mfa_factor, secret } = await auth.mfa.start({ provider: 'totp' })
    await auth.mfa.verify(mfa_factor.id, { code: totpCode(secret as string, totpStep(new Date())) })
    const { recovery_codes } = await auth.mfa.generateRecoveryCodes()
    await auth.resetPassword('customer', 'emailpass', { identifier: email })
    await app().drain()
    await auth.updateProvider('customer', 'emailpass', { email, password: 'a new password' }, codeIn(app().mails, email))
    const asked = await auth.login('customer', 'emailpass', { email, password: 'a new password' })
    assert.ok(typeof asked === 'object' && 'mfa_challenge' in asked)
    await auth.mfa.verifyChallenge(asked.mfa_challenge.id, { method: 'recovery_code', code: recovery_codes[0] as string })
    assert.equal((await auth.mfa.list()).mfa_factors.length, 1)
    assert.equal((await auth.mfa.disable(mfa_factor.id)).mfa_factor.status, 'disabled')
    await auth.logout()
    assert.equal((await refused(shop.customer.retrieve())).status, 401)
  })

  it('was answered as Medusa’s types say', () => {
    assert.deepEqual([...complaints].sort(), [])
    const token = ['auth.login', 'auth.mfa.verifyChallenge', 'auth.refresh', 'auth.register']
    const nothing = ['auth.logout', 'auth.resetPassword', 'auth.updateProvider']
    assert.deepEqual([...unchecked].sort(), [...token, ...nothing].sort(), 'all but those that answer a token or nothing')
  })

  it('was called', () => {
    const all = [...methodsOf(sdk.store, 'store'), ...methodsOf(sdk.auth, 'auth')]
    assert.ok(all.length >= 55, `only ${all.length} methods were found`)
    assert.deepEqual(
      all.filter((method) => !called.has(method)),
      [],
    )
  })
})
