import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, type LocalPostgres, startPostgres } from '../../infra/local/postgres.js'
import { seedCatalogue } from '../../seeds/catalogue.js'
import { sealerOf } from '../../src/kernel/index.js'
import { loadConfig } from '../../src/config.js'
import { migrate, openDatabase } from '../../src/db/index.js'
import { startStoa } from '../../src/main.js'
import { applyTenants } from '../../src/platform/index.js'
import type { TestApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { createTestStore } from '../support/store.js'
import type { FloorPlan, FloorRequest } from './floor.js'
import type { Step } from './load.js'
import { tenantsFolder } from './page-speed.js'
import { asText, madeSince, watch, watchSteps } from './watch.js'
import type { Shop, Workload } from './workloads.js'

const dist = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const appPassword = 'bench-only'
export const catalogue = { products: sizeFrom('products', 1_000, 1_000_000), variantsPerProduct: 3, seed: 1 }
/** Stores in the same database, the measured one included. */
const stores = sizeFrom('stores', 1, 10_000)
/** Products that the server gathers its first statistics from: without any, filling a large catalogue grows quadratic. */
const firstProducts = 500
export const benchSlug = 'bench'
export const poolMax = 10

const tokenSecret = 'a secret for the bench, of no use elsewhere'

/** A database with a catalogue, and what the workloads need of it. */
export interface Stage {
  adminUrl: string
  appUrl: string
  tenantId: string
  publishableKey: string
  shop: Shop
  /** The server's process. */
  postmaster: number
  stop(): Promise<void>
}

/** Brings up a PostgreSQL with its usual settings (what is committed is flushed) and fills it. */
export async function makeStage(): Promise<Stage> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-bench-'))
  fs.chmodSync(directory, 0o755)
  const dataDirectory = path.join(directory, 'postgres')
  const postgres = await startPostgres({ dataDirectory, password: appPassword })
  const stop = async () => {
    await postgres.stop()
    fs.rmSync(directory, { recursive: true, force: true })
  }
  try {
    const postmaster = Number(fs.readFileSync(path.join(dataDirectory, 'postmaster.pid'), 'utf8').split('\n')[0])
    const filled = await fill(postgres)
    await addDemoStores(filled)
    return { ...filled, postmaster, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function fill(postgres: LocalPostgres): Promise<Omit<Stage, 'postmaster' | 'stop'>> {
  const adminUrl = postgres.urlOf('postgres')
  await migrate({ adminUrl, appPassword })
  const url = new URL(adminUrl)
  url.username = 'app_login'
  url.password = appPassword
  const appUrl = url.href
  const db = openDatabase({ url: appUrl, poolMax: 2, preparedStatements: true })
  try {
    const options = { slug: benchSlug, vendors: 3, productsPerVendor: 10, stock: 1_000_000_000 }
    const store = await createTestStore({ db, adminUrl, url: '' } as TestApp, options)
    for (let other = 1; other < stores; other += 1) await createTestStore({ db, adminUrl, url: '' } as TestApp, { slug: `other-${other}` })
    if (catalogue.products > 10 * firstProducts) {
      await seedCatalogue(db, store.tenantId, { ...catalogue, products: firstProducts, seed: catalogue.seed + 1 })
      await vacuumFilled(adminUrl)
    }
    await seedCatalogue(db, store.tenantId, catalogue)
    await vacuumFilled(adminUrl)
    const products = await asAdmin<{ id: string; handle: string }>(
      adminUrl,
      'select id, handle from app.product where tenant_id = $1 order by id',
      [store.tenantId],
    )
    const categories = await asAdmin<{ handle: string }>(
      adminUrl,
      'select handle from app.product_category where tenant_id = $1 order by id',
      [store.tenantId],
    )
    const hook = await addHook(adminUrl, store.tenantId)
    const shop: Shop = {
      hook,
      productHandles: products.map((product) => product.handle),
      categoryHandles: categories.map((category) => category.handle),
      regionId: store.regionId,
      productIds: products.map((product) => product.id),
      variantsByVendor: store.vendors.map((vendor) => vendor.products.flatMap((product) => product.variantIds)),
    }
    return { adminUrl, appUrl, tenantId: store.tenantId, publishableKey: store.publishableKey, shop }
  } finally {
    await db.close()
  }
}

/** Whose pages a browser is shown. Through an app, which knows the ways to pay that the stores' files name. */
async function addDemoStores(stage: Pick<Stage, 'appUrl'>): Promise<void> {
  const stoa = await startStoa(loadConfig({ ...settingsOf(stage), PORT: '0' }))
  try {
    const { db, filesDirectory } = stoa.services
    await applyTenants({ db, directory: tenantsFolder, filesDirectory })
  } finally {
    await stoa.stop()
  }
}

/** An account at Stripe as connecting one leaves it. */
async function addHook(adminUrl: string, tenantId: string): Promise<Shop['hook']> {
  const token = 'a-token-of-the-bench'
  const secret = 'whsec_of_the_bench'
  const credentials = sealerOf(tokenSecret, 'stoa payment accounts').seal(
    JSON.stringify({ secret_key: 'sk_test_bench', webhook_secrets: [secret] }),
  )
  await asAdmin(
    adminUrl,
    `with account as (
       insert into app.payment_account (tenant_id, id, provider_id, mode, reference, country, credentials, hook_token_hash)
       values ($1, 'pacct_bench', 'pp_stripe_stripe', 'test', 'acct_bench', 'us', $2, encode(sha256($3::bytea), 'hex')))
     insert into platform.payment_hook_route (token_hash, tenant_id, payment_account_id)
     values (encode(sha256($3::bytea), 'hex'), $1, 'pacct_bench')`,
    [tenantId, credentials, token],
  )
  return { path: `/hooks/payment/stripe/${token}`, secret }
}

/** As autovacuum does: what is empty it never visits, and plans for what fills later would be made for nothing. */
async function vacuumFilled(adminUrl: string): Promise<void> {
  const filled = await asAdmin<{ name: string }>(
    adminUrl,
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace in ('app'::regnamespace, 'platform'::regnamespace) and c.relkind = 'r' and pg_relation_size(c.oid) > 0`,
  )
  for (const { name } of filled) await asAdmin(adminUrl, `vacuum analyze ${name}`)
}

/** `--products 100000`, `--stores 1000`. */
function sizeFrom(name: string, usual: number, most: number): number {
  const at = process.argv.indexOf(`--${name}`)
  if (at === -1) return usual
  const value = Number(process.argv[at + 1])
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  console.error(`stoa: --${name} ${process.argv[at + 1]}: a whole number from 1 to ${most}`)
  process.exit(1)
}

/** A server under measurement, in a process of its own. */
export interface Served {
  url: string
  pid: number
  stop(): Promise<void>
}

/** The production entry, API only: jobs are the worker's. */
export async function serveApi(stage: Stage): Promise<Served> {
  const port = await freePort()
  const environment = { ...settingsOf(stage), PORT: String(port) }
  return serve([path.join(dist, 'src', 'serve.js')], environment, port)
}

function settingsOf(stage: Pick<Stage, 'appUrl'>): Record<string, string> {
  return {
    NODE_ENV: 'test',
    PROCESS: 'api',
    HOST: '127.0.0.1',
    STOA_HOME: path.join(os.tmpdir(), 'stoa-bench-home'),
    DATABASE_APP_URL: stage.appUrl,
    DATABASE_POOL_MAX: String(poolMax),
    TOKEN_SECRET: tokenSecret,
    RATE_LIMIT_SCALE: '0',
    LOG_LEVEL: 'warn',
  }
}

/** The floor of those workloads that have one. */
export async function serveFloor(stage: Stage, workloads: readonly Workload[]): Promise<Served> {
  const port = await freePort()
  const file = path.join(os.tmpdir(), `stoa-floor-${process.pid}.json`)
  const sent = await watchWorkloads(stage, workloads)
  const plan: FloorPlan = { port, databaseUrl: stage.adminUrl, tenantId: stage.tenantId, poolMax, ...sent }
  fs.writeFileSync(file, asText(plan))
  const served = await serve([path.join(dist, 'test', 'bench', 'floor.js'), file], {}, port)
  return { ...served, stop: () => served.stop().finally(() => fs.rmSync(file, { force: true })) }
}

/** Asks an API in this process for each path, and for an operation of each workload that writes: what it sends is the floor's. */
async function watchWorkloads(
  { appUrl, adminUrl, tenantId, publishableKey }: Stage,
  workloads: readonly Workload[],
): Promise<Pick<FloorPlan, 'reads' | 'writes' | 'owned'>> {
  const watched = watch()
  const stoa = await startStoa(loadConfig({ ...settingsOf({ appUrl }), PORT: '0' }))
  const since_ms = Date.now()
  try {
    const headers = { 'x-publishable-api-key': publishableKey }
    // Whose key it is, the first request of all asks.
    await fetch(`${stoa.url}/store/regions`, { headers })
    const reads: FloorPlan['reads'] = {}
    for (const each of workloads.flatMap((workload) => workload.reads)) {
      const [request] = await watchSteps(watched, [{ method: 'GET', path: () => each }], stoa.url, headers)
      reads[each] = request as FloorRequest
    }
    const writes: FloorPlan['writes'] = {}
    for (const { name, steps } of workloads.filter((workload) => workload.writes === true)) {
      writes[codeOf(name)] = await watchSteps(watched, steps, stoa.url, headers)
    }
    // Accounts of an order in the books have ids that are made of what they are for.
    const accounts = await asAdmin<{ id: string }>(
      adminUrl,
      'select id from app.ledger_account where tenant_id = $1 and order_id is not null',
      [tenantId],
    )
    return { reads, writes, owned: [...madeSince(since_ms, Object.values(writes).flat()), ...accounts.map(({ id }) => id)] }
  } finally {
    watched.stop()
    await stoa.stop()
  }
}

/** The same operations as the floor is asked for them. */
export function floorStepsOf({ name, steps, writes }: Workload): readonly Step[] {
  if (writes !== true) return steps
  let operation = 0
  return steps.map((_step, index) => ({
    method: 'POST',
    path(memory) {
      if (index === 0) memory.operation = ++operation
      return `/writes/${codeOf(name)}/${index}/${memory.operation}`
    },
  }))
}

/** W5 of W5 checkout. */
const codeOf = (name: string) => name.split(' ')[0] as string

/** Starts a server on the core that is kept for it (BENCH_PIN), and waits until it answers. */
async function serve(args: readonly string[], environment: Record<string, string>, port: number): Promise<Served> {
  const pin = (process.env.BENCH_PIN ?? '').split(' ').filter((word) => word !== '')
  const [command, ...rest] = [...pin, process.execPath, ...args]
  const child = spawn(command as string, rest, { env: { PATH: process.env.PATH, ...environment }, stdio: ['ignore', 'inherit', 'inherit'] })
  const url = `http://127.0.0.1:${port}`
  for (let attempt = 0; attempt < 200; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${args[0]} ended with code ${child.exitCode}`)
    const answered = await fetch(`${url}/health`).then(
      () => true,
      () => false,
    )
    if (answered) return { url, pid: child.pid as number, stop: () => ended(child) }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  child.kill('SIGKILL')
  throw new Error(`${args[0]} does not answer`)
}

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill('SIGTERM')
  })
}
