import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Demo, seedDemo } from '../../seeds/demo.js'
import { type Config, loadConfig } from '../../src/config.js'
import { type Context, checkDatabase, migrate, openDatabase } from '../../src/db/index.js'
import { sealerOf, systemClock } from '../../src/kernel/index.js'
import { type Stoa, startStoa } from '../../src/main.js'
import { registerPaymentProvider } from '../../src/payments/index.js'
import { applyTenants } from '../../src/platform/index.js'
import { manualPaymentProvider } from '../../src/providers/payment-manual/index.js'
import { stripePaymentProvider } from '../../src/providers/payment-stripe/index.js'
import { listenOn, onStopSignal, refuseToStart } from '../../src/startup.js'
import { databaseDirectory, homeSecrets, lockHome, type Secrets, StartRefused, writePrivately } from './home.js'
import { startMailCatcher } from './mail-catcher.js'
import { startPostgres } from './postgres.js'
import { redisBinary, startRedis } from './redis.js'
import { startStripeSimulator } from './stripe/index.js'
import { connectDemoAccounts, demoStripe } from './stripe-accounts.js'
import { welcome } from './welcome.js'

// Started by infra/start.mjs: brings up what Stoa needs on this machine, fills it with the demo, and starts it.

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..')
const answerTimeout_ms = 5_000

/** What was started, in order: stopped from the last to the first. */
const started: (() => unknown)[] = []
let interrupted = false

try {
  // Requests are logged with LOG_LEVEL=info; at a terminal they would push away the addresses.
  const config = loadConfig({ LOG_LEVEL: 'warn', ...process.env })
  if (config.environment === 'production') await import('../../src/serve.js')
  else await runLocally(config)
} catch (error) {
  await stopAll()
  refuseToStart(error)
}

async function runLocally(config: Config): Promise<void> {
  const starting = bringUp(config)
  onStopSignal(async () => {
    interrupted = true
    await starting.catch(() => undefined)
    console.log('Stopping')
    await stopAll()
  })
  try {
    await starting
  } catch (error) {
    // The signal's own stop ends the process then.
    if (!interrupted) throw error
  }
}

async function stopAll(): Promise<void> {
  for (;;) {
    const stop = started.pop()
    if (stop === undefined) return
    await stop()
  }
}

/** One step that is told of. Nothing new is begun after a signal. */
async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  if (interrupted) throw new StartRefused('interrupted')
  const began = Date.now()
  process.stdout.write(`${title} … `)
  try {
    const result = await work()
    console.log(`done (${((Date.now() - began) / 1_000).toFixed(1)} s)`)
    return result
  } catch (error) {
    console.log('failed')
    throw error
  }
}

async function bringUp(config: Config): Promise<void> {
  const home = path.resolve(config.home)
  started.push(lockHome(home))
  if (config.process !== 'worker') await refuseTakenPort(config)
  const secrets = homeSecrets(home)
  const database = await databaseOf(config, secrets, home)
  // The stoa command finds the database of a running home here.
  writePrivately(path.join(home, 'running.json'), { database_app_url: database.appUrl })
  started.push(() => fs.rmSync(path.join(home, 'running.json'), { force: true }))
  const redis = await redisOf(config, home)
  const mail = await mailOf(config)
  const stripe = await stripeOf(config, home)
  await step('Migrating the database', () => migrate(database))
  const settings: Config = {
    ...config,
    home,
    databaseAppUrl: database.appUrl,
    tokenSecret: config.tokenSecret ?? secrets.token_secret,
    redisUrl: redis,
    smtpUrl: mail.smtpUrl,
    stripeApiUrl: stripe.apiUrl,
  }
  const demo = await seed(settings)
  started.push(noteRunning(home, database.appUrl, mail.pageUrl))
  const stoa = await step('Starting Stoa', () => startStoa(settings))
  started.push(() => stoa.stop())
  if (stoa.url !== '') {
    const accounts = demoStripe(config, stripe.controlUrl === null ? undefined : stripe.apiUrl)
    await step('Connecting the demo stores to Stripe', () => connectDemoAccounts(stoa.url, demo.tenants, accounts))
  }
  const whole: Demo = { base_url: addressOf(stoa, config), ...demo }
  writePrivately(demoFile(home), whole)
  console.log(
    welcome({
      demo: whole,
      process: config.process,
      home,
      jobs: stoa.worker?.transport ?? null,
      mailPage: mail.pageUrl,
      stripePage: stripe.controlUrl,
    }),
  )
}

function demoFile(home: string): string {
  return path.join(home, 'demo.json')
}

/** Tells the `stoa` command where the database is, and the purchase demo where mails are, as long as this runs. */
function noteRunning(home: string, databaseAppUrl: string, mailPageUrl: string | null): () => void {
  const file = path.join(home, 'running.json')
  writePrivately(file, { pid: process.pid, database_app_url: databaseAppUrl, mail_page_url: mailPageUrl })
  return () => fs.rmSync(file, { force: true })
}

function addressOf(stoa: Stoa, config: Config): string {
  return stoa.url === '' ? `http://localhost:${config.port}` : stoa.url
}

/** Looked at before anything slow is started; the server itself looks again when it takes the port. */
async function refuseTakenPort(config: Config): Promise<void> {
  const server = net.createServer()
  await listenOn(server, config)
  await new Promise((resolve) => server.close(resolve))
}

interface Logins {
  adminUrl: string
  appUrl: string
  appPassword: string
}

/** The given database, or one of our own. */
async function databaseOf(config: Config, secrets: Secrets, home: string): Promise<Logins> {
  if (config.databaseUrl === undefined && config.databaseAppUrl !== undefined) {
    throw new StartRefused('DATABASE_APP_URL is given without DATABASE_URL, which is needed for roles and migrations')
  }
  const given = config.databaseAppUrl === undefined ? '' : decodeURIComponent(new URL(config.databaseAppUrl).password)
  const appPassword = config.databaseAppPassword ?? (given === '' ? secrets.app_password : given)
  let adminUrl = config.databaseUrl
  if (adminUrl === undefined) {
    const notes: string[] = []
    const say = (line: string) => notes.push(line)
    const options = { dataDirectory: databaseDirectory(home), password: secrets.database_password, say }
    const postgres = await step('Starting PostgreSQL', () => startPostgres(options))
    started.push(() => postgres.stop())
    for (const note of notes) console.log(note)
    adminUrl = postgres.urlOf('postgres')
  } else {
    await checkDatabase('DATABASE_URL', adminUrl)
  }
  return { adminUrl, appUrl: config.databaseAppUrl ?? appUrlOf(adminUrl, appPassword), appPassword }
}

function appUrlOf(adminUrl: string, appPassword: string): string {
  const url = new URL(adminUrl)
  url.username = 'app_login'
  url.password = encodeURIComponent(appPassword)
  return url.href
}

/** Address of the given Redis, or of one of our own; undefined where there is none. */
async function redisOf(config: Config, home: string): Promise<string | undefined> {
  if (config.redisUrl !== undefined) {
    await refuseSilentRedis(config.redisUrl)
    return config.redisUrl
  }
  const binary = redisBinary()
  if (binary === undefined) {
    console.log('No redis-server or valkey-server on the PATH and no REDIS_URL: jobs run in the process')
    return undefined
  }
  const redis = await step(`Starting ${path.basename(binary)}`, () => startRedis(binary, path.join(home, 'redis.pid')))
  started.push(() => redis.stop())
  return redis.url
}

async function refuseSilentRedis(redisUrl: string): Promise<void> {
  const { hostname, port } = new URL(redisUrl)
  await new Promise<void>((resolve, reject) => {
    const refuse = (why: string) => reject(new StartRefused(`Redis does not answer at ${hostname}:${port || 6379} (REDIS_URL): ${why}`))
    const socket = net.connect({ host: hostname, port: Number(port || 6379), timeout: answerTimeout_ms })
    socket.once('connect', () => resolve(socket.destroy() && undefined))
    socket.once('timeout', () => {
      socket.destroy()
      refuse(`nothing within ${answerTimeout_ms} ms`)
    })
    socket.once('error', (error) => refuse(error.message))
  })
}

async function mailOf(config: Config): Promise<{ smtpUrl: string; pageUrl: string | null }> {
  if (config.smtpUrl !== undefined) return { smtpUrl: config.smtpUrl, pageUrl: null }
  const catcher = await startMailCatcher()
  started.push(() => catcher.stop())
  return { smtpUrl: catcher.smtpUrl, pageUrl: catcher.pageUrl }
}

/** Stripe itself for keys that were given, a simulator in this process otherwise. */
async function stripeOf(config: Config, home: string): Promise<{ apiUrl: string | undefined; controlUrl: string | null }> {
  if (config.stripeApiUrl !== undefined || config.stripeSecretKey !== undefined) return { apiUrl: config.stripeApiUrl, controlUrl: null }
  // Kept, so that what was paid at an earlier start can still be captured and refunded.
  const stateFile = path.join(home, 'stripe-simulator.json')
  const simulator = await step('Starting the Stripe simulator', () => startStripeSimulator({ clock: 'real', autoDeliver: true, stateFile }))
  started.push(() => simulator.stop())
  return { apiUrl: simulator.url, controlUrl: simulator.controlUrl }
}

/** Applies tenants/, and gives its stores people and keys. */
async function seed(config: Config): Promise<Pick<Demo, 'operator' | 'tenants'>> {
  // The files name it, and it must be known to be named.
  registerPaymentProvider(manualPaymentProvider)
  registerPaymentProvider(stripePaymentProvider({ sealer: sealerOf(config.tokenSecret as string, 'stoa payment accounts') }))
  const db = openDatabase({
    url: config.databaseAppUrl as string,
    poolMax: 2,
    preparedStatements: config.databasePreparedStatements,
  })
  try {
    const known = readDemo(config.home)
    const applied = await step('Applying tenants/', () =>
      applyTenants({ db, directory: path.join(root, 'tenants'), filesDirectory: path.join(config.home, 'files') }),
    ).catch((error: Error) => {
      // Stores that are there stay usable when somebody changed them so that their files no longer fit.
      if (known === null) throw error
      console.log(`  tenants/ does not fit the database any more, which stays as it is: ${error.message}`)
      return null
    })
    if (applied !== null && applied.changes > 0) console.log(`  ${applied.changes} changes made, so that the stores are as their files say`)
    const context: Context = { db, clock: systemClock, scope: { role: 'platform' }, requestId: 'start', actorId: 'system' }
    const slugs = applied?.plans.map((plan) => plan.slug) ?? known?.tenants.map((tenant) => tenant.slug) ?? []
    const storefronts = config.port === 0 ? {} : { storefrontPort: config.port }
    const options = { slugs, baseDomain: config.baseDomain, known, ...storefronts }
    return await step(known === null ? 'Making demo accounts' : 'Checking demo accounts', () => seedDemo(context, options))
  } finally {
    await db.close()
  }
}

function readDemo(home: string): Demo | null {
  const file = demoFile(home)
  if (!fs.existsSync(file)) return null
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as Demo
  } catch {
    // Not ours to keep: it is written anew.
    return null
  }
}
