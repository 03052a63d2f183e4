import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { addressOf, close, type Looks, open, sellOut, useBrowser, violationsOf, wordsIn } from '../support/browser.js'
import { raise } from '../support/after-sale.js'
import { asAdmin } from '../support/database.js'
import { good } from '../support/http.js'
import { signUp } from '../support/shopper.js'
import { type StripeStore, useStripe } from '../support/stripe.js'

const good_card = '4242 4242 4242 4242'
const declined_card = '4000 0000 0000 9995'
const asking_card = '4000 0000 0000 3220'
const buyer = { first_name: 'Ada', last_name: 'Byron', address_1: '12 Analytical Row', postal_code: '94110', city: 'San Francisco' }

describe('storefront: paying with a card for things of three vendors', function () {
  this.timeout(60_000)
  const world = useStripe()
  const browser = useBrowser()
  let store: StripeStore
  let people = 0
  const blocked: string[] = []

  before(async () => {
    store = await world().openStore({ vendors: 3 })
    const { body } = await store.admin.get('/admin/stores')
    const supported_locales = [{ locale_code: 'en', is_default: true }, { locale_code: 'de' }]
    good(await store.admin.post(`/admin/stores/${body.stores[0].id}`, { supported_locales }))
  })
  afterEach(() => assert.deepEqual(blocked.splice(0), [], 'the policy of the page blocked something'))

  const email = () => `card-${people++}@example.com`
  const payButton = (page: Page) => page.locator('button[value="pay"]')

  interface Shopper extends Looks {
    /** What is known of the shopper before the page is opened. */
    known?: { email: string; shipping_address: object }
    /** Which size of the thing of each vendor is in the cart. */
    size?: number
    customer?: string
  }

  /** A shopper's window on the store, with a thing of each vendor in the cart. */
  async function shopperWith({ known, size = 0, customer, ...looks }: Shopper): Promise<Page> {
    const address = addressOf(world().app, store.slug)
    const page = await open(browser(), address, looks)
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) blocked.push(message.text())
    })
    const items = store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[size], quantity: 1 }))
    const { cart } = good(await store.shopper.post('/store/carts', { region_id: store.regionId, items, ...known }))
    await page.context().addCookies([{ name: 'cart', value: `${cart.id}.mark`, url: address }])
    if (customer !== undefined) {
      const { token, client } = await signUp(world().app, store, customer)
      good(await client.post(`/store/carts/${cart.id}/customer`))
      const session = await fetch(`${world().app.url}/auth/session`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
      const cookie = /^([^=]+)=([^;]+)/.exec(session.headers.get('set-cookie') ?? '') ?? []
      await page.context().addCookies([{ name: cookie[1] as string, value: cookie[2] as string, url: address }])
    }
    return page
  }

  async function fillAddress(page: Page, address: string) {
    await page.fill('[name="email"]', address)
    for (const [name, value] of Object.entries(buyer)) await page.fill(`[name="${name}"]`, value)
    await page.selectOption('[name="province"]', 'ca')
    await page.locator('#delivery-choices:not([aria-busy])').waitFor()
  }

  async function fillCard(page: Page, number: string) {
    await page.getByLabel('Card number').fill(number)
    await page.getByLabel('Expiry date').fill('12/34')
    await page.getByLabel('Security code').fill('123')
  }

  /** At the checkout, with an address that the cart knows already. */
  async function atCounter(address: string, shopper: Shopper = { width: 390 }): Promise<Page> {
    const known = { email: address, shipping_address: { ...buyer, province: 'ca', country_code: 'us' } }
    const page = await shopperWith({ ...shopper, known })
    await page.goto('/checkout')
    return page
  }

  const ordersOf = (address: string) =>
    asAdmin<{ id: string; vendor_orders: number; captured: string }>(
      world().app.adminUrl,
      `select o.id, (select count(*)::int from app.vendor_order v where v.tenant_id = o.tenant_id and v.order_id = o.id) as vendor_orders,
              (select sum(p.captured_minor)::text from app.payment p join app.payment_collection k
                 on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id where k.tenant_id = o.tenant_id and k.order_id = o.id) as captured
       from app.orders o where o.email = $1`,
      [address],
    )

  const charged = () =>
    world()
      .simulator.control.snapshot()
      .charges.filter((charge) => charge.captured).length

  async function oneOrder(page: Page, address: string) {
    await page.waitForURL(/\/orders\/order_/).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${page.url()} says: ${(await wordsIn(page.locator('body'))).slice(0, 500)}`)
    })
    assert.equal(await page.locator('.progress').count(), 3)
    // Things for 10, 20 and 30 dollars, sent for 5, 6 and 7.
    assert.deepEqual(
      (await ordersOf(address)).map((order) => [order.vendor_orders, order.captured]),
      [[3, '7800']],
    )
  }

  it('as a guest on a phone; reloading and going back afterwards change nothing', async () => {
    const address = email()
    const before = charged()
    const page = await shopperWith({ width: 390 })
    await page.goto('/checkout')
    await fillAddress(page, address)
    assert.match(await wordsIn(payButton(page)), /\$78\.00/, 'the button says what is paid')
    await fillCard(page, good_card)
    assert.deepEqual(await violationsOf(page), [])
    let returned = ''
    page.on('request', (request) => {
      if (request.url().includes('/checkout/return/')) returned = request.url()
    })
    await payButton(page).click()
    await oneOrder(page, address)
    const order = page.url()
    await page.reload()
    await page.goto(returned)
    assert.equal(page.url(), order, 'the address that the bank leads to shows the order')
    await page.goto('/checkout')
    await page.waitForURL(/\/cart$/)
    await page.goBack()
    await oneOrder(page, address)
    assert.equal(charged(), before + 1)
    await close(page)
  })

  it('as a customer at a desk, clicking twice', async () => {
    const address = email()
    const before = charged()
    const page = await atCounter(address, { width: 1280, customer: address })
    await fillCard(page, good_card)
    await payButton(page).dblclick()
    await oneOrder(page, address)
    assert.equal(charged(), before + 1)
    await page.goto('/account/orders')
    assert.equal(await page.locator('.order-rows li').count(), 1)
    await close(page)
  })

  it('keeps everything when the card is declined, says so at the card, and takes another at once', async () => {
    const address = email()
    const page = await atCounter(address)
    await fillCard(page, '4242')
    await payButton(page).click()
    await page.locator('#card-problem', { hasText: 'Your card number is incomplete.' }).waitFor()
    await fillCard(page, declined_card)
    await payButton(page).click()
    await page.locator('#card-problem', { hasText: 'insufficient funds' }).waitFor()
    assert.equal(await page.evaluate(() => document.activeElement?.closest('#card') !== null), true, 'the card has the focus')
    assert.equal(await page.inputValue('[name="email"]'), address)
    assert.equal(await page.inputValue('[name="address_1"]'), buyer.address_1)
    assert.deepEqual(await violationsOf(page), [])
    await fillCard(page, good_card)
    await payButton(page).click()
    await oneOrder(page, address)
    await close(page)
  })

  it('says what is missing in the address, and keeps the card', async () => {
    const address = email()
    const page = await atCounter(address, { width: 1280 })
    await fillCard(page, good_card)
    await page.fill('[name="city"]', '')
    await payButton(page).click()
    await page.locator('#problems', { hasText: 'Type the city.' }).waitFor()
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'problems')
    assert.equal(await page.getByLabel('Card number').inputValue(), good_card)
    await page.fill('[name="city"]', buyer.city)
    await payButton(page).click()
    await oneOrder(page, address)
    await close(page)
  })

  it('asks the bank, says at the card when it refuses, and places the order when it agrees', async () => {
    const address = email()
    const page = await atCounter(address)
    await fillCard(page, asking_card)
    await payButton(page).click()
    await page.getByRole('button', { name: 'Fail' }).waitFor()
    await page.goBack()
    await fillCard(page, asking_card)
    await payButton(page).click()
    await page.getByRole('button', { name: 'Fail' }).click()
    await page.waitForURL(/\/checkout\?/)
    await page.locator('#card-problem', { hasText: 'your bank did not confirm it. Nothing was charged.' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.closest('#card') != null)
    assert.equal(await page.inputValue('[name="address_1"]'), buyer.address_1)
    assert.deepEqual(await ordersOf(address), [])
    await fillCard(page, asking_card)
    await payButton(page).click()
    await page.getByRole('button', { name: 'Complete' }).click()
    await oneOrder(page, address)
    await close(page)
  })

  it('takes on the page of an order what it came to more, after another card was declined', async () => {
    const { order } = await store.buy()
    await raise(store, order.id, store.vendors[0]?.products[0]?.variantIds[0] as string)
    const page = await open(browser(), addressOf(world().app, store.slug), { width: 390 })
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) blocked.push(message.text())
    })
    await page.goto(`/orders/${order.id}`)
    await page.getByRole('link', { name: 'Pay now' }).click()
    await fillCard(page, declined_card)
    assert.match(await wordsIn(payButton(page)), /\$10\.00/)
    assert.deepEqual(await violationsOf(page), [])
    await payButton(page).click()
    await page.locator('#card-problem:not(:empty)').waitFor()
    await fillCard(page, good_card)
    await payButton(page).click()
    await page.waitForURL(/payment=paid$/)
    await page.getByText('Your payment has arrived.').waitFor()
    const paid = good(await store.shopper.get(`/store/orders/${order.id}`)).order
    assert.deepEqual([paid.payment_status, paid.summary.pending_difference], ['captured', 0])
    await close(page)
  })

  it('places the order of who closes the page after paying', async () => {
    const address = email()
    const page = await atCounter(address)
    await page.route('**/checkout/return/*', (route) => route.abort())
    await fillCard(page, good_card)
    const left = page.waitForRequest('**/checkout/return/*')
    await payButton(page).click()
    await left
    assert.deepEqual(await ordersOf(address), [])
    await world().settle()
    assert.equal((await ordersOf(address)).length, 1)
    await page.unroute('**/checkout/return/*')
    await page.goto('/checkout')
    await oneOrder(page, address)
    await close(page)
  })

  it('speaks the page’s language about the card, too', async () => {
    const page = await atCounter(email())
    await page.goto('/de/checkout')
    await page.getByLabel('Kartennummer').fill(good_card)
    await page.getByLabel('Prüfziffer').waitFor()
    await close(page)
  })

  it('lets in what takes cards where cards are taken, and nowhere else', async () => {
    const page = await shopperWith({ script: false })
    const policyOf = async (path: string) => (await page.goto(path))?.headers()['content-security-policy'] ?? ''
    const { url } = world().simulator
    const policy = await policyOf('/checkout')
    for (const directive of [`script-src 'self' ${url}`, `connect-src 'self' ${url}`, `frame-src ${url}`]) {
      assert.ok(policy.split('; ').includes(directive), policy)
    }
    assert.doesNotMatch(policy, /unsafe/)
    assert.doesNotMatch(await policyOf('/cart'), /http/)
    await close(page)
  })

  it('offers the other ways without JavaScript, and says why', async () => {
    const page = await shopperWith({ script: false })
    await page.goto('/checkout')
    assert.equal(await page.locator('[name="payment"][value="pp_stripe_stripe"]').isVisible(), false)
    assert.equal(await page.locator('[name="payment"][value="pp_system_default"]').isChecked(), true)
    assert.match(await wordsIn(page.locator('#payment-part')), /Paying with a card needs JavaScript/)
    await close(page)
  })

  it('says so when Stripe cannot be reached, and takes the order another way', async () => {
    const address = email()
    const known = { email: address, shipping_address: { ...buyer, province: 'ca', country_code: 'us' } }
    const page = await shopperWith({ known })
    await page.route(`${world().simulator.url}/**`, (route) => route.abort())
    await page.goto('/checkout')
    await page.locator('#card-problem', { hasText: 'could not be loaded. Nothing was charged.' }).waitFor()
    await page.getByLabel('Pay later').check()
    assert.equal(await page.locator('#card').isVisible(), false)
    await payButton(page).click()
    await page.waitForURL(/\/orders\/order_/)
    await close(page)
  })

  it('takes no money for what sold out between payment and order, and says so', async () => {
    const address = email()
    const before = charged()
    const page = await atCounter(address, { width: 390, size: 1 })
    await page.route('**/checkout/return/*', async (route) => {
      await sellOut(world().app, 'V2-1-M')
      await route.continue()
    })
    await fillCard(page, good_card)
    await payButton(page).click()
    await page.locator('#problems', { hasText: 'Nothing was charged' }).waitFor()
    assert.match(await wordsIn(page.locator('.line', { hasText: 'Thing 2.1' })), /sold out since you put it in/)
    assert.deepEqual([await ordersOf(address), charged()], [[], before])
    await page.getByRole('button', { name: 'Remove Thing 2.1' }).click()
    await page.waitForURL(/\/cart$/)
    await world().settle()
    const last = world().simulator.control.snapshot().intents.at(-1)
    assert.equal(last?.status, 'canceled', 'the bank holds nothing any more')
    await close(page)
  })
})
