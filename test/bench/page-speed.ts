import path from 'node:path'
import { type Browser, type BrowserContext, type CDPSession, chromium, type Page } from 'playwright-core'
import { chromiumBinary, chromiumFlags } from '../../infra/local/chromium.js'

/** What a page took, at phone size, on a phone's processor and a slow network, with nothing cached. */
export interface PageSpeed {
  store: string
  page: string
  /** Largest contentful paint. */
  lcp_ms: number
  /** Cumulative layout shift. */
  cls: number
  /** Total blocking time: what long tasks took beyond 50 ms each since something was seen (web.dev: after the first contentful paint). */
  tbt_ms: number
  script_bytes: number
  /** Of everything but pictures, as it came over the wire. */
  lean_bytes: number
  all_bytes: number
}

/** What is thought good at the 75th percentile of visits (web.dev, Core Web Vitals), and our own limits of bytes. */
export const thresholds = { lcp_ms: 2_500, cls: 0.1, tbt_ms: 200, script_bytes: 50_000, lean_bytes: 100_000 } as const

/** A phone of the middle: a quarter of a desk's processor, and the network that Lighthouse calls slow 4G. */
const cpuSlowdown = 4
const network = { offline: false, latency: 150, downloadThroughput: (1_600 * 1_000) / 8, uploadThroughput: (750 * 1_000) / 8 }
const viewport = { width: 390, height: 844 }
const longTask_ms = 50
/** Waited after the load event for what comes late. */
const settle_ms = 1_500
const runs = 3

interface Tour {
  store: string
  category: string
  product: string
}

const tours: readonly Tour[] = [
  { store: 'bazaar', category: '/categories/table-and-kitchen', product: '/products/speckled-mug' },
  { store: 'harvest', category: '/categories/tea', product: '/products/ceremonial-matcha' },
]

/** Stores as files, for whoever fills the database. */
export const tenantsFolder = path.resolve('tenants')

/** Every page of the tours, each the median of three visits. Null without a Chromium on the PATH. */
export async function measurePages(port: number): Promise<PageSpeed[] | null> {
  const executablePath = chromiumBinary()
  if (executablePath === undefined) return null
  const browser = await chromium.launch({ executablePath, args: chromiumFlags })
  try {
    const measured: PageSpeed[] = []
    for (const tour of tours) measured.push(...(await takeTour(browser, `http://${tour.store}.localhost:${port}`, tour)))
    return measured
  } finally {
    await browser.close()
  }
}

async function takeTour(browser: Browser, baseURL: string, { store, category, product }: Tour): Promise<PageSpeed[]> {
  const context = await browser.newContext({ baseURL, viewport, isMobile: true, hasTouch: true, deviceScaleFactor: 2 })
  try {
    const page = await context.newPage()
    await page.goto(product)
    await page.locator('form.add button').click()
    await page.waitForURL(/\/cart\?/)
    await page.close()
    const measured: PageSpeed[] = []
    for (const [name, where] of Object.entries({ home: '/', category, product, cart: '/cart', checkout: '/checkout' })) {
      const visits: Omit<PageSpeed, 'store' | 'page'>[] = []
      for (let run = 0; run < runs; run += 1) visits.push(await visit(context, where))
      measured.push({ store, page: name, ...medians(visits) })
    }
    return measured
  } finally {
    await context.close()
  }
}

function medians(visits: readonly Omit<PageSpeed, 'store' | 'page'>[]): Omit<PageSpeed, 'store' | 'page'> {
  const median = (of: keyof (typeof visits)[number]) => visits.map((one) => one[of]).sort((a, b) => a - b)[visits.length >> 1] as number
  return {
    lcp_ms: median('lcp_ms'),
    cls: median('cls'),
    tbt_ms: median('tbt_ms'),
    script_bytes: median('script_bytes'),
    lean_bytes: median('lean_bytes'),
    all_bytes: median('all_bytes'),
  }
}

interface Seen {
  /** First contentful paint. */
  fcp: number
  lcp: number
  cls: number
  tasks: { startTime: number; duration: number }[]
}

/** Runs in the page before anything of it does. */
const observe = `
  window.__speed = { fcp: 0, lcp: 0, cls: 0, tasks: [] }
  const on = (type, note) => new PerformanceObserver((list) => list.getEntries().forEach(note)).observe({ type, buffered: true })
  on('paint', ({ name, startTime }) => { if (name === 'first-contentful-paint') window.__speed.fcp = startTime })
  on('largest-contentful-paint', (entry) => { window.__speed.lcp = entry.startTime })
  on('layout-shift', (entry) => { if (!entry.hadRecentInput) window.__speed.cls += entry.value })
  on('longtask', ({ startTime, duration }) => { window.__speed.tasks.push({ startTime, duration }) })`

/** Of a task that was under way when something was first seen, the rest counts: nobody waits for an answer of what is not there. */
function blockingTime({ fcp, tasks }: Seen): number {
  return tasks.reduce((sum, { startTime, duration }) => {
    const rest = startTime + duration - Math.max(startTime, fcp)
    return sum + Math.max(0, rest - longTask_ms)
  }, 0)
}

async function visit(context: BrowserContext, where: string): Promise<Omit<PageSpeed, 'store' | 'page'>> {
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  try {
    const bytes = await countBytes(session)
    await session.send('Network.clearBrowserCache')
    await session.send('Network.emulateNetworkConditions', network)
    await session.send('Emulation.setCPUThrottlingRate', { rate: cpuSlowdown })
    await page.addInitScript(observe)
    await page.goto(where, { waitUntil: 'load' })
    await page.waitForTimeout(settle_ms)
    const speed = await speedOf(page)
    return { lcp_ms: speed.lcp, cls: speed.cls, tbt_ms: blockingTime(speed), ...bytes }
  } finally {
    await page.close()
  }
}

function speedOf(page: Page): Promise<Seen> {
  return page.evaluate('window.__speed')
}

async function countBytes(session: CDPSession): Promise<{ script_bytes: number; lean_bytes: number; all_bytes: number }> {
  const counted = { script_bytes: 0, lean_bytes: 0, all_bytes: 0 }
  const types = new Map<string, string>()
  session.on('Network.responseReceived', ({ requestId, type }) => types.set(requestId, type))
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    counted.all_bytes += encodedDataLength
    if (types.get(requestId) === 'Script') counted.script_bytes += encodedDataLength
    if (types.get(requestId) !== 'Image') counted.lean_bytes += encodedDataLength
  })
  await session.send('Network.enable')
  return counted
}
