import fs from 'node:fs'
import path from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'
import type { Demo, DemoTenant, SignIn } from '../../seeds/demo.js'
import { chromiumBinary, chromiumFlags } from './chromium.js'

// Started by infra/screenshots.mjs. Takes the addresses of a running demo from demo.json, and leaves its pictures beside it.

const widths = { phone: 390, desk: 1280 }
const height = 844
const home = path.resolve(process.env.STOA_HOME || '.stoa')

/** What is looked at in each store: a name for the picture, and where it is. */
const pages: Record<string, readonly [name: string, path: string][]> = {
  bazaar: [
    ['home', '/'],
    ['category', '/categories/table-and-kitchen'],
    ['product', '/products/speckled-mug'],
    ['vendor', '/vendors/kiln-and-clay'],
    ['search', '/search?q=coffee'],
    ['arabic', '/ar/products/speckled-mug'],
    ['german', '/in-europe/de/categories/lighting'],
    ['makers', '/vendors'],
    ['register', '/register'],
    ['delivery', '/pages/delivery'],
    ['missing', '/nothing-here'],
  ],
  harvest: [
    ['home', '/'],
    ['category', '/categories/tea'],
    ['product', '/products/ceremonial-matcha'],
    ['vendor', '/vendors/sakai-works'],
    ['japanese', '/ja/products/iga-clay-pot'],
    ['french', '/fr'],
  ],
}
/** Of three vendors, for the cart. */
const bought: Record<string, readonly string[]> = {
  bazaar: ['/products/espresso-cup-pair', '/products/quayside-espresso', '/products/cedar-pencils'],
  harvest: ['/products/ceremonial-matcha', '/products/petty-knife', '/products/shibazuke-pickles'],
}

const buyer: Record<string, Record<string, string>> = {
  bazaar: {
    email: 'ada@example.com',
    first_name: 'Ada',
    last_name: 'Byron',
    address_1: '12 Analytical Row',
    postal_code: '94110',
    city: 'San Francisco',
    province: 'ca',
  },
  harvest: {
    email: 'ada@example.com',
    first_name: 'Ada',
    last_name: 'Byron',
    address_1: '1-2 Gion',
    postal_code: '605-0001',
    city: 'Kyoto',
  },
}

await main()

async function main(): Promise<void> {
  const executablePath = chromiumBinary()
  if (executablePath === undefined) return refuse('there is no Chromium on the PATH. Install it, for example: apt-get install chromium')
  const file = path.join(home, 'demo.json')
  if (!fs.existsSync(file)) return refuse(`nothing runs: there is no ${file}. Start the demo first with npm start`)
  const demo = JSON.parse(fs.readFileSync(file, 'utf8')) as Demo
  const wanted = process.argv.slice(2)
  const folder = path.join(home, 'screenshots')
  fs.mkdirSync(folder, { recursive: true })
  const browser = await chromium.launch({ executablePath, args: chromiumFlags })
  try {
    for (const tenant of demo.tenants) {
      const address = `http://${tenant.host}:${new URL(demo.base_url).port}`
      for (const [device, width] of Object.entries(widths)) {
        for (const colorScheme of ['light', 'dark'] as const) {
          const context = await browser.newContext({ baseURL: address, viewport: { width, height }, colorScheme, bypassCSP: true })
          await shoot(context, {
            slug: tenant.slug,
            shopper: tenant.customer,
            send: () => send(demo, tenant),
            name: `${device}${colorScheme === 'dark' ? '-dark' : ''}`,
            folder,
            wanted,
          })
          await context.close()
        }
      }
    }
  } finally {
    await browser.close()
  }
  console.log(folder)
}

interface Shooting {
  slug: string
  shopper: SignIn
  /** The newest order's first part is packed and sent. */
  send(): Promise<void>
  /** Of the device and its colours. */
  name: string
  folder: string
  /** Names of pages; empty for all. */
  wanted: readonly string[]
}

async function shoot(context: BrowserContext, { slug, shopper, send, name, folder, wanted }: Shooting): Promise<void> {
  const page = await context.newPage()
  const take = async (what: string) => {
    if (wanted.length > 0 && !wanted.includes(what)) return
    await everyPicture(page)
    await page.screenshot({ path: path.join(folder, `${slug}-${what}-${name}.png`), fullPage: true })
  }
  for (const [what, where] of pages[slug] ?? []) {
    if (wanted.length > 0 && !wanted.includes(what)) continue
    await page.goto(where, { waitUntil: 'load' })
    await take(what)
  }
  const isMore = wanted.length === 0 || wanted.some((what) => !pages[slug]?.some(([known]) => known === what))
  if (name.endsWith('dark') || !isMore) return
  await page.goto('/sign-in')
  await take('sign-in')
  await page.fill('[name="email"]', shopper.email)
  await page.fill('[name="password"]', shopper.password)
  await page.locator('main button[type="submit"]').click()
  await page.waitForURL(/\/account$/)
  for (const where of bought[slug] ?? []) {
    await page.goto(where)
    await page.locator('form.add button').click()
    await page.waitForURL(/\/cart\?/)
  }
  await take('cart')
  await page.goto('/checkout')
  // Without a simulator the card's fields are Stripe's, where nothing can be typed from outside: the order is taken without.
  await page.locator('#card-element .note').waitFor({ state: 'detached' })
  await take('checkout')
  await page.locator('[name="payment"][value="pp_system_default"]').check()
  for (const [name, value] of Object.entries(buyer[slug] ?? {})) {
    const field = page.locator(`[name="${name}"]`)
    if ((await field.evaluate((element) => element.tagName)) === 'SELECT') await field.selectOption(value)
    else await field.fill(value)
  }
  // Who keeps addresses has a second such button before it.
  await page.locator('button[value="renew"]').last().click()
  await page.waitForLoadState('load')
  await page.locator('button[value="pay"]').click()
  await page.waitForURL(/\/orders\//)
  await take('confirmation')
  const order = new URL(page.url()).pathname
  await send()
  await page.goto(`${order}/return`)
  await take('return')
  await page.locator('select[name^="quantity."]').first().selectOption('1')
  await page.locator('main form button[type="submit"]').first().click()
  await page.waitForURL(/returned=true/)
  await take('order')
  for (const what of ['', 'orders', 'addresses', 'profile', 'security', 'wish-list']) {
    await page.goto(`/account/${what}`)
    await take(what === '' ? 'account' : what)
  }
}

/** As the first vendor's own software does. */
async function send(demo: Demo, { vendors }: DemoTenant): Promise<void> {
  const [vendor] = vendors
  const ask = async (path: string, body?: object) => {
    const headers = { authorization: `Bearer ${vendor?.api_key}`, 'content-type': 'application/json' }
    const sent = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }
    const response = await fetch(`${demo.base_url}/vendor/orders${path}`, { headers, ...sent })
    if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
    return response.json()
  }
  const [part] = (await ask('?limit=1&order=-created_at')).orders
  const items = part.items.map(({ id, quantity }: { id: string; quantity: number }) => ({ id, quantity }))
  const packed = await ask(`/${part.id}/fulfillments`, { items })
  const labels = [{ tracking_number: 'RB 123 456 789', tracking_url: 'https://carrier.example/RB123456789' }]
  await ask(`/${part.id}/fulfillments/${packed.order.fulfillments[0].id}/shipments`, { labels })
}

/** Pictures that wait for being seen are asked to come, and parts that are laid out only then are. */
async function everyPicture(page: Page): Promise<void> {
  await page.addStyleTag({ content: '* { content-visibility: visible !important }' })
  await page.evaluate(`for (const picture of document.images) picture.loading = 'eager'`)
  await page.waitForFunction(`[...document.images].every((picture) => picture.complete)`)
}

function refuse(reason: string): void {
  console.error(`stoa: ${reason}`)
  process.exitCode = 1
}
