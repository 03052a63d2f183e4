import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import knexFactory from 'knex'
import { migrate } from '../../src/db/index.js'
import { asAdmin } from '../support/database.js'

const migrations = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../migrations')
const tenant = '0000000c-0000-4000-8000-00000000000c'

/** Brings an empty database to the first so many migrations. */
async function migrateTo(url: string, count: number): Promise<void> {
  const knex = knexFactory({
    client: 'pg',
    connection: { connectionString: url, options: '-c role=app_owner -c search_path=app,platform,public' },
    pool: { min: 0, max: 1 },
    migrations: { directory: migrations, loadExtensions: ['.js'], schemaName: 'platform' },
  })
  try {
    for (let done = 0; done < count; done += 1) await knex.migrate.up()
  } finally {
    await knex.destroy()
  }
}

describe('a store that was there before customer accounts', () => {
  const server = process.env.STOA_TEST_DATABASE as string
  const name = `test_upgrade_${process.pid}`
  const url = new URL(server)
  url.pathname = `/${name}`
  const sql = <Row extends Record<string, unknown>>(text: string, values: unknown[] = []) => asAdmin<Row>(url.href, text, values)

  before(async function () {
    this.timeout(60_000)
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
    await migrateTo(url.href, 7)
    await sql(`insert into platform.plan (id, name) values ('plan_1', 'Standard')`)
    await sql(`insert into platform.tenant (id, public_id, slug, name, plan_id) values ($1, 'ten_1', 'old', 'Old', 'plan_1')`, [tenant])
    for (const [role, permissions] of [
      ['store_owner', ['orders:read', 'staff:write']],
      ['store_support', ['orders:read']],
      ['vendor_owner', ['orders:read']],
    ] as const) {
      await sql(`insert into app.role (tenant_id, id, name, scope, permissions) values ($1, $2, $2, 'tenant', $3)`, [
        tenant,
        role,
        permissions,
      ])
    }
    for (const [key, permissions] of [
      ['whole', ['staff:write', 'orders:read']],
      ['part', ['orders:read']],
    ] as const) {
      await sql(
        `insert into app.api_key (tenant_id, id, type, title, token_hash, redacted, permissions) values ($1, $2, 'secret', $2, $2, $2, $3)`,
        [tenant, key, permissions],
      )
    }
    await migrate({ adminUrl: url.href, appPassword: process.env.STOA_TEST_APP_PASSWORD as string })
  })
  after(() => asAdmin(server, `drop database if exists ${name} with (force)`))

  it('lets those look after customers who looked after the store, and nobody else', async () => {
    const roles = await sql<{ id: string; permissions: string[] }>('select id, permissions from app.role order by id')
    const mayDo = Object.fromEntries(roles.map((role) => [role.id, role.permissions.filter((one) => one.startsWith('customers:')).sort()]))
    assert.deepEqual(mayDo, { store_owner: ['customers:read', 'customers:write'], store_support: ['customers:read'], vendor_owner: [] })
    const keys = await sql<{ id: string; permissions: string[] }>('select id, permissions from app.api_key order by id')
    assert.deepEqual(
      keys.map((key) => [key.id, key.permissions.includes('customers:write')]),
      [
        ['part', false],
        ['whole', true],
      ],
    )
  })
})
