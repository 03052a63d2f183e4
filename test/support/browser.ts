import assert from 'node:assert/strict'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContext, chromium, type Locator, type Page } from 'playwright-core'
import { chromiumFlags } from '../../infra/local/chromium.js'
import { applyTenants } from '../../src/platform/index.js'
import { asAdmin } from './database.js'
import type { TestApp } from './app.js'

const tenantsFolder = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../../tenants')
/** Longer than any page of a busy machine takes. */
const wait_ms = 15_000

/** A browser for the tests of the describe block that calls it; without a Chromium they are skipped, and in CI they fail. */
export function useBrowser(): () => Browser {
  let browser: Browser | undefined
  before(async function () {
    this.timeout(60_000)
    const executablePath = process.env.STOA_TEST_CHROMIUM ?? ''
    if (executablePath === '') {
      assert.notEqual(process.env.CI, 'true', 'STOA_TEST_CHROMIUM is not set: in CI the browser suites must run')
      this.skip()
    }
    browser = await chromium.launch({ executablePath, args: chromiumFlags })
  })
  after(async () => browser?.close())
  return () => browser as Browser
}

/** Fills the app with the demo stores, as their files describe them. */
export async function applyDemo(app: TestApp): Promise<void> {
  await applyTenants({ db: app.db, directory: tenantsFolder, filesDirectory: app.stoa.services.filesDirectory })
  app.stoa.services.gatekeeper.forget()
}

export const addressOf = (app: TestApp, slug: string) => `http://${slug}.localhost:${new URL(app.url).port}`

export interface Looks {
  width?: 390 | 1280
  script?: boolean
  dark?: boolean
}

/** A shopper's browser window in a store. */
export async function open(browser: Browser, address: string, { width = 1280, script = true, dark = false }: Looks = {}): Promise<Page> {
  const context = await browser.newContext({
    baseURL: address,
    viewport: { width, height: 844 },
    javaScriptEnabled: script,
    colorScheme: dark ? 'dark' : 'light',
  })
  context.setDefaultTimeout(wait_ms)
  return context.newPage()
}

export async function close(page: Page): Promise<void> {
  await (page.context() as BrowserContext).close()
}

export async function wordsIn(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? ''
}

const axeSource = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe finds wrong with a page by WCAG 2.2 AA and its own best practices: a line for each place. */
export async function violationsOf(page: Page): Promise<string[]> {
  await page.evaluate(axeSource)
  // Told of violations alone, it is a seventh faster.
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], resultTypes: ['violations'] })`,
  )) as { violations: { id: string; nodes: { html: string; failureSummary: string }[] }[] }
  return found.violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${page.url()} ${id}: ${node.html.slice(0, 200)} ${node.failureSummary}`),
  )
}

/** Somebody else has bought all that was left of a variant. */
export async function sellOut(app: TestApp, sku: string): Promise<void> {
  const changed = await asAdmin(
    app.adminUrl,
    `update app.inventory_level l set stocked_quantity = l.reserved_quantity
     from app.product_variant v join app.variant_inventory_item k on k.tenant_id = v.tenant_id and k.variant_id = v.id
     where v.sku = $1 and l.tenant_id = k.tenant_id and l.inventory_item_id = k.inventory_item_id returning l.id`,
    [sku],
  )
  assert.ok(changed.length > 0, `no stock of ${sku}`)
}
