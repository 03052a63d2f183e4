import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { useApp } from '../support/app.js'
import { addressOf, applyDemo, close, type Looks, open, sellOut, useBrowser, wordsIn } from '../support/browser.js'
import { asAdmin } from '../support/database.js'

/** Of three vendors, with their SKUs as the address names the variant. */
const wanted = ['/products/espresso-cup-pair', '/products/quayside-espresso', '/products/cedar-pencils']
const password = 'correct horse battery'
const buyer = { first_name: 'Ada', last_name: 'Byron', address_1: '12 Analytical Row', postal_code: '94110', city: 'San Francisco' }

describe('storefront: a purchase from three vendors', () => {
  const app = useApp()
  const browser = useBrowser()
  let people = 0

  before(async function () {
    this.timeout(60_000)
    await applyDemo(app())
  })

  const visit = (looks: Looks) => open(browser(), addressOf(app(), 'bazaar'), looks)
  const email = () => `shopper-${people++}@example.com`

  async function fillCart(page: Page, paths = wanted, press: 'click' | 'dblclick' = 'click') {
    for (const path of paths) {
      await page.goto(path)
      await page.locator('form.add button')[press]()
      // The second click takes the place of what the first has begun to load.
      await page.waitForURL(/\/cart\?/).catch(() => page.waitForURL(/\/cart\?/))
    }
  }

  async function fillAddress(page: Page) {
    for (const [name, value] of Object.entries(buyer)) await page.fill(`[name="${name}"]`, value)
    await page.selectOption('[name="province"]', 'ca')
  }

  /** Without the script the total follows a button; with it, the choice. */
  async function seeTotal(page: Page, script: boolean) {
    if (!script) await page.click('button[value="renew"]')
    await page
      .locator('.totals div', { hasText: 'Sales tax' })
      .getByText(/\$[1-9]/)
      .waitFor()
  }

  async function register(page: Page, address: string) {
    await page.goto('/register')
    for (const [name, value] of Object.entries({ first_name: 'Ada', last_name: 'Byron', email: address, password })) {
      await page.fill(`[name="${name}"]`, value)
    }
    await page.locator('main form button[type="submit"]').dblclick()
    // The second click breaks off what the first began to load.
    await page.waitForURL('**/account').catch(() => page.waitForURL('**/account'))
  }

  async function ordersOf(address: string) {
    return asAdmin<{ id: string; vendor_orders: number; total: string }>(
      app().adminUrl,
      `select o.id, o.total_minor::text as total,
              (select count(*)::int from app.vendor_order v where v.tenant_id = o.tenant_id and v.order_id = o.id) as vendor_orders
       from app.orders o where o.email = $1`,
      [address],
    )
  }

  for (const { who, width, script } of [
    { who: 'guest', width: 390, script: false },
    { who: 'guest', width: 1280, script: true },
    { who: 'customer', width: 390, script: true },
    { who: 'customer', width: 1280, script: false },
  ] as const) {
    it(`as a ${who}, ${width} pixels wide, ${script ? 'with' : 'without'} JavaScript`, async function () {
      this.timeout(60_000)
      const page = await visit({ width, script })
      const address = email()
      if (who === 'customer') await register(page, address)
      await fillCart(page)
      assert.equal(await page.locator('.part').count(), 3, 'a part for each vendor')
      await page.click('.summary a.button')
      await page.waitForURL('**/checkout')
      if (who === 'guest') await page.fill('[name="email"]', address)
      else assert.equal(await page.inputValue('[name="email"]'), address)
      await fillAddress(page)
      await seeTotal(page, script)
      const shown = await wordsIn(page.locator('[data-total]'))
      await page.click('button[value="pay"]')
      await page.waitForURL(/\/orders\/order_/)
      assert.equal(await wordsIn(page.locator('[data-total]')), shown, 'what was shown is what was charged')
      assert.equal(await page.locator('.progress').count(), 3)
      assert.match(await wordsIn(page.locator('.progress').first()), /Ordered/)
      const orders = await ordersOf(address)
      assert.deepEqual(
        orders.map((order) => [order.vendor_orders, `$${(Number(order.total) / 100).toFixed(2)}`]),
        [[3, shown]],
      )
      await page.goto('/cart')
      assert.match(await wordsIn(page.locator('main')), /Your cart is empty/)
      if (who === 'customer') {
        await page.goto('/account/orders')
        assert.equal(await page.locator('.order-rows li').count(), 1)
      }
      await close(page)
    })
  }

  it('clicked twice and gone back at every step comes to one order', async function () {
    this.timeout(60_000)
    const page = await visit({ script: false })
    const address = email()
    await fillCart(page, wanted.slice(0, 2), 'dblclick')
    assert.deepEqual(
      await page.locator('.line [name="quantity"]').evaluateAll((inputs) => inputs.map((input) => (input as HTMLInputElement).value)),
      ['1', '1'],
    )
    await page.goBack()
    await page.goForward()
    await page.goto('/checkout')
    await page.goBack()
    await page.goto('/checkout')
    await page.fill('[name="email"]', address)
    await fillAddress(page)
    await page.locator('button[value="renew"]').dblclick()
    await page
      .locator('.totals div', { hasText: 'Sales tax' })
      .getByText(/\$[1-9]/)
      .waitFor()
    await page.locator('button[value="pay"]').dblclick()
    await page.waitForURL(/\/orders\/order_/).catch(() => page.waitForURL(/\/orders\/order_/))
    const order = page.url()
    assert.equal((await ordersOf(address)).length, 1)
    await page.goBack()
    await page.goto('/checkout')
    await page.waitForURL(/\/cart$/)
    await page.goto(order)
    assert.match(await wordsIn(page.locator('h1')), /Thank you/)
    assert.equal((await ordersOf(address)).length, 1)
    await close(page)
  })

  it('explains what sold out between cart and payment, and charges nothing', async function () {
    this.timeout(60_000)
    const page = await visit({ script: false })
    const address = email()
    await fillCart(page, ['/products/salt-pig', '/products/cedar-pencils'])
    await page.goto('/checkout')
    await page.fill('[name="email"]', address)
    await fillAddress(page)
    await seeTotal(page, false)
    await sellOut(app(), 'KC-SLT')
    await page.click('button[value="pay"]')
    assert.match(await wordsIn(page.locator('.line', { hasText: 'Salt Pig' })), /sold out since you put it in/)
    assert.equal((await ordersOf(address)).length, 0)
    await page.locator('.line', { hasText: 'Salt Pig' }).getByRole('button', { name: 'Remove Salt Pig' }).click()
    await page.click('.summary a.button')
    assert.equal(await page.inputValue('[name="address_1"]'), buyer.address_1, 'what was typed is still there')
    await page.click('button[value="pay"]')
    await page.waitForURL(/\/orders\/order_/)
    await close(page)
  })

  it('speaks another language from right to left, and goes to another region with its prices and its law', async function () {
    this.timeout(60_000)
    const page = await visit({ script: false })
    await fillCart(page, ['/products/espresso-cup-pair'])
    assert.match(await wordsIn(page.locator('.price').first()), /\$28\.00/)
    await page.goto('/products/espresso-cup-pair')
    assert.match(await wordsIn(page.locator('.buy')), /Sales tax and delivery are added at checkout/)
    await page.selectOption('[name="region"]', { label: 'Europe (EUR)' })
    await page.click('.preferences button')
    assert.match(await wordsIn(page.locator('.buy')), /€26\.00[\s\S]*Tax included/)
    await page.goto('/in-europe/cart')
    assert.match(await wordsIn(page.locator('.price').first()), /€26\.00/, 'the cart went along')
    await page.selectOption('[name="language"]', 'ar')
    await page.click('.preferences button')
    assert.equal(await page.locator('html').getAttribute('dir'), 'rtl')
    assert.equal(await page.locator('html').getAttribute('lang'), 'ar')
    await close(page)
  })

  it('puts the parts of every page below one another on a phone, each over the whole width', async function () {
    this.timeout(60_000)
    const page = await visit({ width: 390 })
    for (const path of ['/', '/register', '/sign-in', '/pages/returns', '/cart', '/vendors', '/products/cedar-pencils', '/nothing-here']) {
      await page.goto(path)
      const parts = await page.evaluate(() =>
        [...document.querySelectorAll('main > *')]
          .map((part) => part.getBoundingClientRect())
          .filter(({ height }) => height > 0)
          .map(({ left, right, top, bottom }) => [left, right, top, bottom].map(Math.round) as [number, number, number, number]),
      )
      for (const [index, [left, right, top]] of parts.entries()) {
        assert.deepEqual([path, left <= 20, right >= 370], [path, true, true], `from ${left} to ${right}`)
        assert.ok(top >= (parts[index - 1]?.[3] ?? 0) - 1, `${path}: part ${index} covers the one before`)
      }
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, `${path} is not wider than the screen`)
    }
    await close(page)
  })

  it('is done with the keyboard alone', async function () {
    this.timeout(60_000)
    const page = await visit({ script: true })
    const press = async (until: string) => {
      for (let pressed = 0; pressed < 80; pressed += 1) {
        await page.keyboard.press('Tab')
        if (await page.evaluate((selector) => document.activeElement?.matches(selector) === true, until)) return
      }
      assert.fail(`the Tab key never came to ${until}`)
    }
    await page.goto('/products/cedar-pencils')
    await press('.skip')
    await page.keyboard.press('Enter')
    await press('form.add button')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/cart\?/)
    await press('.summary a.button')
    await page.keyboard.press('Enter')
    await page.waitForURL('**/checkout')
    await press('button[value="pay"]')
    await page.keyboard.press('Enter')
    await page.locator('#problems').waitFor()
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'problems', 'what is wrong is heard at once')
    await press('#problems a')
    await page.keyboard.press('Enter')
    assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('name')), 'email')
    const address = email()
    await page.keyboard.type(address)
    for (const [name, value] of Object.entries(buyer)) {
      await press(`[name="${name}"]`)
      await page.keyboard.type(value)
    }
    await press('[name="province"]')
    await page.keyboard.type('California')
    await page
      .locator('.totals div', { hasText: 'Sales tax' })
      .getByText(/\$[0-9]/)
      .waitFor()
    await press('button[value="pay"]')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/orders\/order_/)
    assert.equal((await ordersOf(address)).length, 1)
    await close(page)
  })
})
