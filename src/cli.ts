import fs from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { ensureOperator, generatedPassword } from './access/index.js'
import { type Config, loadConfig } from './config.js'
import { type Context, checkDatabase, type Database, migrate, openDatabase } from './db/index.js'
import { type Sealer, systemClock } from './kernel/index.js'
import { registerPaymentProvider } from './payments/index.js'
import { applyTenants, describe, planTenants, type TenantPlan } from './platform/index.js'
import { manualPaymentProvider } from './providers/payment-manual/index.js'
import { stripePaymentProvider } from './providers/payment-stripe/index.js'
import { refuseToStart } from './startup.js'

const help = `stoa: looks after a deployment from the command line

  stoa tenants plan [folder]     what would change in the database to be as the files say
  stoa tenants apply [folder]    change it; a second time changes nothing
  stoa tenants drift [folder]    what differs, with what is in the database alone; exit code 2 when something does
  stoa operator <email>          make an operator, or give one a new password; it is printed this once
  stoa migrate                   bring the database up to date (needs DATABASE_URL and DATABASE_APP_PASSWORD)
  stoa help, --help              this text

The folder is tenants/ unless another is named. The database is DATABASE_APP_URL, or that of a running npm start
(STOA_HOME, .stoa unless set). A command that is not understood ends with exit code 2, one that fails with 1.`

/** A command that is not understood. */
class UsageError extends Error {}

/** What such a command ends with. */
const misused = 2

const refuse = () => {
  throw new Error('the command line asks no payment provider')
}
/** Files name providers; their credentials are the API's and the worker's alone, and so is the secret that opens them. */
const noSealer: Sealer = { seal: refuse, open: refuse, fingerprint: refuse }

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) refuseToStart(error)
  console.error(`stoa: ${error.message}`)
  process.exitCode = misused
}

async function main(argv: string[]): Promise<number> {
  const { positionals, values } = parse(argv)
  const [noun, verb, ...rest] = positionals
  if (values.help === true || noun === undefined || noun === 'help') {
    console.log(help)
    return 0
  }
  const config = loadConfig({ LOG_LEVEL: 'warn', ...process.env })
  if (noun === 'migrate') {
    if (verb !== undefined) throw new UsageError(`stoa migrate takes nothing, not ${verb}`)
    return migrateDatabase(config)
  }
  if (noun === 'operator') {
    if (rest.length > 0) throw new UsageError('stoa operator <email>: name one e-mail address')
    return makeOperator(config, verb)
  }
  if (noun !== 'tenants') throw new UsageError(`there is no command ${noun}; stoa help lists them`)
  if (rest.length > 1) throw new UsageError('name one folder at most')
  const directory = rest[0] ?? 'tenants'
  if (verb === 'plan') return withDatabase(config, (db) => printPlan(db, config, directory, false))
  if (verb === 'drift') return withDatabase(config, (db) => printPlan(db, config, directory, true))
  if (verb === 'apply') return withDatabase(config, (db) => apply(db, config, directory))
  throw new UsageError(`stoa tenants ${verb ?? ''}: say plan, apply or drift`)
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, allowPositionals: true, options: { help: { type: 'boolean', short: 'h' } } })
  } catch (error) {
    // Node adds advice for programmers after the first sentence.
    const [what = ''] = (error as Error).message.split(/\.\s/)
    throw new UsageError(`${what.charAt(0).toLowerCase()}${what.slice(1)}; stoa help lists what there is`)
  }
}

async function withDatabase(config: Config, work: (db: Database) => Promise<number>): Promise<number> {
  registerPaymentProvider(manualPaymentProvider)
  registerPaymentProvider(stripePaymentProvider({ sealer: noSealer }))
  const db = openDatabase({ url: databaseUrl(config), poolMax: 2, preparedStatements: config.databasePreparedStatements })
  try {
    return await work(db)
  } finally {
    await db.close()
  }
}

function databaseUrl(config: Config): string {
  if (config.databaseAppUrl !== undefined) return config.databaseAppUrl
  const running = path.join(config.home, 'running.json')
  if (!fs.existsSync(running)) {
    throw new Error(`no database: set DATABASE_APP_URL, or run npm start beside this (nothing runs over ${path.resolve(config.home)})`)
  }
  return (JSON.parse(fs.readFileSync(running, 'utf8')) as { database_app_url: string }).database_app_url
}

function filesDirectory(config: Config): string {
  return path.resolve(config.home, 'files')
}

async function printPlan(db: Database, config: Config, directory: string, withExtra: boolean): Promise<number> {
  const plans = await planTenants({ db, directory, filesDirectory: filesDirectory(config) })
  let shown = 0
  for (const plan of plans) shown += print(plan, withExtra)
  if (shown === 0) console.log(withExtra ? 'Nothing differs.' : 'Nothing to change.')
  else console.log(withExtra ? `${shown} differences.` : `${shown} changes. stoa tenants apply makes them.`)
  return withExtra && shown > 0 ? 2 : 0
}

function print(plan: TenantPlan, withExtra: boolean): number {
  const lines = plan.differences.filter((difference) => withExtra || difference.what !== 'extra').map(describe)
  if (lines.length > 0) console.log(`${plan.slug}${plan.isNew ? ' (a new store)' : ''}`)
  for (const line of lines) console.log(`  ${line}`)
  return lines.length
}

async function apply(db: Database, config: Config, directory: string): Promise<number> {
  const applied = await applyTenants({ db, directory, filesDirectory: filesDirectory(config), say: (line) => console.log(line) })
  console.log(applied.changes === 0 ? 'Nothing to change.' : `${applied.changes} changes made.`)
  for (const { slug, tenant } of applied.created) {
    console.log(`\n${slug} is new. Shown this once:`)
    console.log(`  publishable key  ${tenant.publishableKey}`)
    console.log(`  secret key       ${tenant.secretKey}`)
    console.log(`  owner            ${tenant.owner.email}  ${tenant.owner.password}`)
  }
  return 0
}

async function makeOperator(config: Config, email: string | undefined): Promise<number> {
  const address = email?.trim().toLowerCase() ?? ''
  if (!/^[^\s@]+@[^\s@]+$/.test(address)) throw new UsageError('stoa operator <email>: name an e-mail address')
  const password = generatedPassword()
  return withDatabase(config, async (db) => {
    const context: Context = { db, clock: systemClock, scope: { role: 'platform' }, requestId: 'cli', actorId: 'system' }
    await ensureOperator(context, { email: address, password })
    console.log(`${address}  ${password}`)
    return 0
  })
}

async function migrateDatabase(config: Config): Promise<number> {
  const { databaseUrl: adminUrl, databaseAppPassword: appPassword } = config
  if (adminUrl === undefined) throw new Error('DATABASE_URL is not set: migrations need the administrative login')
  if (appPassword === undefined) throw new Error('DATABASE_APP_PASSWORD is not set: it becomes the password of app_login')
  await checkDatabase('DATABASE_URL', adminUrl)
  const names = await migrate({ adminUrl, appPassword })
  for (const name of names) console.log(`migrated ${name}`)
  console.log(names.length === 0 ? 'The database is up to date.' : `${names.length} migrations run.`)
  return 0
}
