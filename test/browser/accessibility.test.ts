import assert from 'node:assert/strict'
import type { Page } from 'playwright-core'
import { totpCode, totpStep } from '../../src/access/totp.js'
import { addReturnOption, buy, packAll } from '../support/after-sale.js'
import { useApp } from '../support/app.js'
import { addressOf, applyDemo, close, open, useBrowser, violationsOf } from '../support/browser.js'
import { good } from '../support/http.js'
import { createTestStore } from '../support/store.js'

describe('storefront: what axe says of every page', () => {
  const app = useApp()
  const browser = useBrowser()

  before(async function () {
    this.timeout(60_000)
    await applyDemo(app())
  })

  async function look(page: Page, paths: readonly string[]): Promise<string[]> {
    const found: string[] = []
    for (const path of paths) {
      await page.goto(path)
      found.push(...(await violationsOf(page)))
    }
    return found
  }

  it('finds what is wrong where something is', async function () {
    this.timeout(60_000)
    const page = await open(browser(), addressOf(app(), 'bazaar'))
    await page.goto('/pages/delivery')
    await page.evaluate(`document.querySelector('main').insertAdjacentHTML('beforeend', '<img src="/favicon.ico"><input>')`)
    const found = (await violationsOf(page)).join()
    assert.match(found, /image-alt/)
    assert.match(found, /label/)
    await close(page)
  })

  for (const { slug, dark, width, paths } of [
    {
      slug: 'bazaar',
      dark: false,
      width: 1280,
      paths: ['/', '/products/speckled-mug', '/categories/cups-and-mugs', '/ar/products/salt-pig', '/search?q=tea', '/nothing-here'],
    },
    { slug: 'bazaar', dark: true, width: 390, paths: ['/', '/products/speckled-mug'] },
    { slug: 'harvest', dark: false, width: 390, paths: ['/', '/products/kamo-aubergine', '/categories/tea'] },
    { slug: 'harvest', dark: true, width: 1280, paths: ['/', '/products/kamo-aubergine'] },
  ] as const) {
    it(`nothing against what ${slug} shows everybody, ${dark ? 'dark' : 'light'}, ${width} pixels wide`, async function () {
      this.timeout(60_000)
      const page = await open(browser(), addressOf(app(), slug), { dark, width })
      assert.deepEqual(await look(page, paths), [])
      await close(page)
    })
  }

  it('nothing against the way to an order and the account', async function () {
    this.timeout(60_000)
    const page = await open(browser(), addressOf(app(), 'bazaar'))
    const found = await look(page, [
      '/vendors',
      '/vendors/loomhouse',
      '/pages/delivery',
      '/cart',
      '/sign-in',
      '/register',
      '/reset-password',
    ])
    await page.goto('/register')
    await page.click('main form button[type="submit"]')
    found.push(...(await violationsOf(page)))
    for (const [name, value] of Object.entries({
      first_name: 'Ada',
      last_name: 'Byron',
      email: 'axe@example.com',
      password: 'correct horse battery',
    })) {
      await page.fill(`[name="${name}"]`, value)
    }
    await page.click('main form button[type="submit"]')
    await page.waitForURL('**/account')
    await page.goto('/products/cedar-pencils')
    await page.click('main button.link')
    await page.waitForURL('**/account/wish-list')
    found.push(...(await violationsOf(page)))
    await page.locator('.wishes form button', { hasText: 'Add to cart' }).click()
    await page.waitForURL(/\/cart\?/)
    found.push(...(await violationsOf(page)))
    await page.goto('/checkout')
    found.push(...(await violationsOf(page)))
    await page.click('button[value="pay"]')
    await page.locator('#problems').waitFor()
    found.push(...(await violationsOf(page)))
    const typed = { first_name: 'Ada', last_name: 'Byron', address_1: '12 Analytical Row', postal_code: '10001', city: 'New York' }
    for (const [name, value] of Object.entries(typed)) await page.fill(`[name="${name}"]`, value)
    await page.selectOption('[name="province"]', 'ny')
    await page
      .locator('.totals div', { hasText: 'Sales tax' })
      .getByText(/\$0\.[1-9]/)
      .waitFor()
    await page.click('button[value="pay"]')
    await page.waitForURL(/\/orders\/order_/)
    found.push(...(await violationsOf(page)))
    const order = new URL(page.url()).pathname
    found.push(
      ...(await look(page, [
        `${order}/return`,
        '/account',
        '/account/orders',
        '/account/addresses',
        '/account/profile',
        '/products/cedar-pencils/review',
      ])),
    )
    assert.deepEqual(found, [])
    await close(page)
  })

  it('nothing against the second step, a kept address, and what follows an order', async function () {
    this.timeout(60_000)
    const store = await createTestStore(app())
    const bought = await buy(store)
    await packAll(store, bought)
    const option_id = await addReturnOption(store)
    const page = await open(browser(), addressOf(app(), store.slug))
    const back = { order_id: bought.id, items: [{ id: bought.lines[0], quantity: 1 }], return_shipping: { option_id } }
    const found = await look(page, [`/orders/${bought.id}/return`])
    good(await store.shopper.post('/store/returns', back))
    found.push(...(await look(page, [`/orders/${bought.id}`, `/order/${bought.id}/transfer/token`, '/verify-email?code=none'])))
    const send = () => page.click('main form button[type="submit"]')
    const fill = async (typed: Record<string, string>) => {
      for (const [name, value] of Object.entries(typed)) await page.fill(`[name="${name}"]`, value)
    }
    const again = async () => found.push(...(await violationsOf(page)))
    const account = { email: 'steps@example.com', password: 'correct horse battery' }
    await page.goto('/register')
    await fill({ first_name: 'Ada', last_name: 'Byron', ...account })
    await send()
    await page.waitForURL('**/account')

    await page.goto('/account/addresses')
    await page.selectOption('[name="country_code"]', 'us')
    await fill({ first_name: 'Ada', last_name: 'Byron', address_1: '1 Row', postal_code: '10001', city: 'Town' })
    await page.selectOption('[name="province"]', 'ny')
    await page.click('.account-page form.plain-form button[type="submit"]')
    await page.locator('.addresses').waitFor()
    await page.goto('/products/thing-1-1')
    await page.click('form.add button')
    await page.waitForURL(/\/cart\?/)
    await page.goto('/checkout')
    assert.equal(await page.inputValue('[name="address_1"]'), '1 Row')
    await page.uncheck('[name="billing_same"]')
    await again()

    await page.goto('/products/thing-1-1')
    await page.click('main button.link')
    await page.waitForURL('**/account/wish-list')
    await page.click('main button.quiet')
    await page.locator('main a[href*="/wish-lists/"]').click()
    await page.waitForURL(/\/wish-lists\//)
    await again()

    await page.goto('/account/security')
    await again()
    await page.click('.account-page form button')
    await page.locator('.qr').waitFor()
    await again()
    const secret = new URL(await page.inputValue('[name="address"]')).searchParams.get('secret') as string
    await fill({ code: totpCode(secret, totpStep(new Date())) })
    await page.click('.account-page form button')
    await page.locator('.recovery-codes').waitFor()
    await again()
    found.push(...(await look(page, ['/account/security', '/account/profile'])))
    await page.click('.account nav form button')
    await page.waitForURL(/localhost:\d+\/$/)
    await page.goto('/sign-in')
    await fill(account)
    await send()
    await page.waitForURL(/second-step/)
    await send()
    await page.locator('#problems').waitFor()
    await again()
    assert.deepEqual(found, [])
    await close(page)
  })
})
