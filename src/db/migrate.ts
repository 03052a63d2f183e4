import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import knexFactory from 'knex'
import pg from 'pg'
import type { Database } from './database.js'
import { statement } from './statement.js'

export interface MigrateOptions {
  /** Connection string of a role that may create roles and owns, or may create in, the database. */
  adminUrl: string
  /** Password given to the run-time login `app_login`. */
  appPassword: string
}

/** Any two migrating processes exclude each other by this advisory lock, so that several may start at once. */
const migrationLock = 7_261_944_511
const migrationsDirectory = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../migrations')

/**
 * Brings roles and schema up to date. Safe to run at any time and by several processes at once. Roles are made by the
 * administrative login; everything else belongs to `app_owner`, which nobody can log in as.
 * @returns the names of the migrations that were run
 */
export async function migrate(options: MigrateOptions): Promise<string[]> {
  const admin = new pg.Client({ connectionString: options.adminUrl })
  await admin.connect()
  try {
    await admin.query('select pg_advisory_lock($1)', [migrationLock])
    await ensureRoles(admin, options.appPassword)
    return await runMigrations(options.adminUrl)
  } finally {
    await admin.end()
  }
}

async function runMigrations(adminUrl: string): Promise<string[]> {
  const knex = knexFactory({
    client: 'pg',
    connection: { connectionString: adminUrl, options: '-c role=app_owner -c search_path=app,platform,public' },
    pool: { min: 0, max: 1 },
    migrations: { directory: migrationsDirectory, loadExtensions: ['.js'], schemaName: 'platform' },
  })
  try {
    const [, names] = (await knex.migrate.latest()) as [number, string[]]
    return names.map((name) => path.basename(name))
  } finally {
    await knex.destroy()
  }
}

/** Names of migrations on disk that this database has not seen. Empty when it is up to date. */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const rows = await db.read(
    { role: 'platform' },
    statement<{ name: string }>('db.migrations', 'select name from platform.knex_migrations order by name'),
  )
  const seen = new Set(rows.map((row) => row.name))
  const files = (await fs.promises.readdir(migrationsDirectory)).filter((name) => name.endsWith('.js'))
  return files.filter((name) => !seen.has(name)).sort()
}

const groupRoles = ['app_owner', 'app_store', 'app_vendor', 'app_platform', 'app_worker', 'search_reader']

async function ensureRoles(admin: pg.Client, appPassword: string): Promise<void> {
  const { rows } = await admin.query<{ rolname: string }>('select rolname from pg_roles where rolname = any($1)', [
    [...groupRoles, 'app_login'],
  ])
  const existing = new Set(rows.map((row) => row.rolname))
  const attributes = 'nosuperuser nocreatedb nocreaterole nobypassrls'
  for (const role of groupRoles) {
    if (!existing.has(role)) await createRole(admin, `create role ${role} nologin ${attributes}`)
  }
  if (!existing.has('app_login')) await createRole(admin, `create role app_login login noinherit ${attributes}`)
  await admin.query(`alter role app_login password ${pg.escapeLiteral(appPassword)}`)
  const limits = {
    statement_timeout: '15s',
    lock_timeout: '8s',
    idle_in_transaction_session_timeout: '30s',
    transaction_timeout: '30s',
    search_path: 'app, platform, public',
    timezone: 'UTC',
    jit: 'off',
  }
  for (const [name, value] of Object.entries(limits)) {
    await admin.query(`alter role app_login set ${name} = ${name === 'search_path' ? value : pg.escapeLiteral(value)}`)
  }
  await admin.query('grant app_store, app_vendor, app_platform, app_worker to app_login')
  await admin.query('grant app_owner, search_reader to current_user')
  // It may hand a function to the searcher, and does not inherit its sight: the owner stays bound by every policy.
  await admin.query('grant search_reader to app_owner with inherit false, set true')
  await prepareDatabase(admin)
}

/** A role is shared by all databases of a cluster: another process may have made it a moment ago. */
async function createRole(admin: pg.Client, sql: string): Promise<void> {
  try {
    await admin.query(sql)
  } catch (error) {
    const code = (error as { code?: string }).code
    if (code !== '42710' && code !== '23505') throw error
  }
}

async function prepareDatabase(admin: pg.Client): Promise<void> {
  await admin.query('create extension if not exists pg_trgm with schema public')
  await admin.query('create extension if not exists btree_gin with schema public')
  await admin.query('create schema if not exists app authorization app_owner')
  await admin.query('create schema if not exists platform authorization app_owner')
  await admin.query('revoke all on schema app, platform from public')
  await admin.query('revoke create on schema public from public')
  await admin.query('grant usage on schema app to app_store, app_vendor, app_platform, app_worker, search_reader')
  await admin.query('grant usage on schema platform to app_platform')
}
