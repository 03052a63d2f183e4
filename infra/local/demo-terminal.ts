import fs from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { styleText } from 'node:util'
import type { DemoTenant, DemoVendor } from '../../seeds/demo.js'

// What the purchase demo talks through: the API, and the terminal.

export { pause }

// biome-ignore lint/suspicious/noExplicitAny: the demo reads answers of every shape, as a storefront does
export type Body = any
type Headers = Record<string, string>

/** A reason to end that the person at the terminal can do something about. */
export class DemoEnds extends Error {}

export interface Api {
  get(url: string, headers: Headers): Promise<Body>
  post(url: string, headers: Headers, body?: object): Promise<Body>
  /** Sends a file. */
  send(url: string, headers: Headers, content: Uint8Array, type: string): Promise<Body>
  /** Only how a question was answered. */
  status(url: string, headers: Headers): Promise<number>
}

export function apiOf(baseUrl: string): Api {
  const ask = async (url: string, init: RequestInit) => {
    try {
      return await fetch(baseUrl + url, init)
    } catch (error) {
      const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException
      throw new DemoEnds(`nothing answers at ${baseUrl}${code === undefined ? '' : ` (${code})`}: start the demo first with npm start`)
    }
  }
  const call = async (url: string, init: RequestInit) => {
    const response = await ask(url, init)
    const text = await response.text()
    if (!response.ok) throw new DemoEnds(`${init.method ?? 'GET'} ${url}: ${response.status} ${text.slice(0, 300)}`)
    return JSON.parse(text)
  }
  return {
    get: (url, headers) => call(url, { headers }),
    post: (url, headers, body = {}) =>
      call(url, { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    send: (url, headers, content, type) =>
      call(url, { method: 'POST', headers: { ...headers, 'content-type': type }, body: Buffer.from(content) }),
    status: async (url, headers) => (await ask(url, { headers })).status,
  }
}

const importWait_ms = 60_000

/**
 * Brings each CSV file of a folder into one of the store's first vendors.
 * @returns the ids of the products that the files brought
 * @throws DemoEnds for a folder without such files, with more than there are vendors, or a file that cannot be read
 */
export async function importFiles(api: Api, store: DemoTenant, folder: string): Promise<ReadonlySet<string>> {
  const names = fs.existsSync(folder)
    ? fs
        .readdirSync(folder)
        .filter((name) => name.toLowerCase().endsWith('.csv'))
        .sort()
    : []
  if (names.length === 0) throw new DemoEnds(`no .csv file is in ${path.resolve(folder)}`)
  if (names.length > store.vendors.length)
    throw new DemoEnds(`${names.length} files are more than the ${store.vendors.length} vendors of ${store.slug}`)
  say(`${names.length} vendors bring Shopify's product files.`)
  const products = new Set<string>()
  for (const [index, name] of names.entries()) {
    const vendor = store.vendors[index] as DemoVendor
    for (const id of await importFile(api, vendor, path.join(folder, name))) products.add(id)
  }
  return products
}

async function importFile(api: Api, vendor: DemoVendor, file: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${vendor.api_key}` }
  const name = path.basename(file)
  const asked = await api.send(`/vendor/imports?file_name=${encodeURIComponent(name)}`, headers, fs.readFileSync(file), 'text/csv')
  const until = Date.now() + importWait_ms
  let job = asked.import
  while (['queued', 'running'].includes(job.state)) {
    if (Date.now() > until) throw new DemoEnds(`${name} is still ${job.state} after ${importWait_ms / 1_000} s`)
    await pause(200)
    job = (await api.get(`/vendor/imports/${job.id}`, headers)).import
  }
  if (job.state === 'failed') throw new DemoEnds(`${name}: ${job.failure}`)
  tell(`${vendor.name} ← ${name}: products created ${job.created_count}, updated ${job.updated_count}, problems ${job.error_count}`)
  if (job.error_count > 0) {
    const { import_errors: problems } = await api.get(`/vendor/imports/${job.id}/errors?limit=3`, headers)
    for (const problem of problems)
      tell(paint('red', `  line ${problem.line}${problem.column === null ? '' : `, ${problem.column}`}: ${problem.reason}`))
  }
  const { products } = await api.get('/vendor/products?limit=200&order=-updated_at&fields=id,updated_at,external_id', headers)
  const isOfFile = (product: Body) => product.external_id?.startsWith('shopify:') && product.updated_at >= job.started_at
  return products.filter(isOfFile).map((product: Body) => product.id)
}

const isColoured = process.stdout.isTTY === true && process.env.NO_COLOR === undefined

/** Colours a text where there is a terminal to show it. */
export function paint(style: 'bold' | 'dim' | 'green' | 'red', text: string): string {
  return isColoured ? styleText(style, text) : text
}

export function money(amount: number, currency: string): string {
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount)
}

let steps = 0

export function say(line: string): void {
  steps += 1
  console.log(`\n${paint('bold', `${steps}. ${line}`)}`)
}

export function tell(line: string): void {
  console.log(`   ${line}`)
}

/** Columns as wide as they need to be; those that hold amounts stand to the right. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => (row[column] as string).length)))
  const isAmount = titles.map(
    (_title, column) =>
      column > 0 && rows.every((row) => /\d|^$/.test(row[column] as string)) && rows.some((row) => /[\d.]+$/.test(row[column] as string)),
  )
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isAmount[column] ? cell.padStart(widths[column] as number) : cell.padEnd(widths[column] as number)))
      .join('  ')
      .trimEnd()
  tell(paint('dim', line(titles)))
  for (const row of rows) tell(line(row))
}

/** Ends the demo with one clear line. */
export function end(error: unknown): never {
  const { message, stack } = error as Error
  console.error(`stoa: ${error instanceof DemoEnds ? message : (stack ?? message)}`)
  process.exit(1)
}
