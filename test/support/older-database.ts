import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import knexFactory from 'knex'
import { migrate } from '../../src/db/index.js'
import { asAdmin } from './database.js'

const migrations = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../migrations')

/** A database as an earlier version left it, to be filled and then brought to the present. */
export interface OlderDatabase {
  sql<Row extends Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>
  /** Runs the migrations that are left. */
  upgrade(): Promise<void>
  drop(): Promise<void>
}

let counter = 0

/** @param until number of the first migration that is not run yet, such as '0010' */
export async function olderDatabase(until: string): Promise<OlderDatabase> {
  counter += 1
  const server = process.env.STOA_TEST_DATABASE as string
  const name = `test_older_${process.pid}_${counter}`
  const url = new URL(server)
  url.pathname = `/${name}`
  const sql: OlderDatabase['sql'] = (text, values = []) => asAdmin(url.href, text, values)
  await asAdmin(server, `create database ${name}`)
  for (const text of [
    'create extension if not exists pg_trgm with schema public',
    'create extension if not exists btree_gin with schema public',
    'create schema app authorization app_owner',
    'create schema platform authorization app_owner',
    'grant usage on schema app to app_store, app_vendor, app_platform, app_worker, search_reader',
    'grant usage on schema platform to app_platform',
  ]) {
    await sql(text)
  }
  await migrateUntil(url.href, until)
  await sql(`insert into platform.plan (id, name) values ('plan_1', 'Standard')`)
  return {
    sql,
    upgrade: async () => void (await migrate({ adminUrl: url.href, appPassword: process.env.STOA_TEST_APP_PASSWORD as string })),
    drop: async () => void (await asAdmin(server, `drop database if exists ${name} with (force)`)),
  }
}

async function migrateUntil(url: string, until: string): Promise<void> {
  const knex = knexFactory({
    client: 'pg',
    connection: { connectionString: url, options: '-c role=app_owner -c search_path=app,platform,public' },
    pool: { min: 0, max: 1 },
    migrations: { directory: migrations, loadExtensions: ['.js'], schemaName: 'platform' },
  })
  try {
    const before = fs.readdirSync(migrations).filter((file) => file.endsWith('.js') && file < until)
    for (const _file of before) await knex.migrate.up()
  } finally {
    await knex.destroy()
  }
}
