import assert from 'node:assert/strict'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import knexFactory from 'knex'
import { migrate } from '../../src/db/index.js'
import { asAdmin } from '../support/database.js'

const migrations = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../migrations')
const tenants = ['0000000c-0000-4000-8000-00000000000c', '0000000d-0000-4000-8000-00000000000d']

describe('products that were there before price ranges', () => {
  const server = process.env.STOA_TEST_DATABASE as string
  const name = `test_ranges_${process.pid}`
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
    await migrateTo(9)
    await sql(`insert into platform.plan (id, name) values ('plan_1', 'Standard')`)
    for (const [index, tenant] of tenants.entries()) await addProduct(tenant, index + 1)
    await migrate({ adminUrl: url.href, appPassword: process.env.STOA_TEST_APP_PASSWORD as string })
  })
  after(() => asAdmin(server, `drop database if exists ${name} with (force)`))

  async function migrateTo(count: number): Promise<void> {
    const knex = knexFactory({
      client: 'pg',
      connection: { connectionString: url.href, options: '-c role=app_owner -c search_path=app,platform,public' },
      pool: { min: 0, max: 1 },
      migrations: { directory: migrations, loadExtensions: ['.js'], schemaName: 'platform' },
    })
    try {
      for (let done = 0; done < count; done += 1) await knex.migrate.up()
    } finally {
      await knex.destroy()
    }
  }

  /** A product of two variants, the second with a price for ten pieces, and a third that was removed. */
  async function addProduct(tenant: string, number: number): Promise<void> {
    await sql(`insert into platform.tenant (id, public_id, slug, name, plan_id) values ($1, $2, $2, $2, 'plan_1')`, [
      tenant,
      `ten-${number}`,
    ])
    await sql(`insert into app.vendor (tenant_id, id, handle, name) values ($1, 'vend_1', 'one', 'One')`, [tenant])
    await sql(`insert into app.product (tenant_id, id, vendor_id, title, handle) values ($1, 'prod_1', 'vend_1', 'Thing', 'thing')`, [
      tenant,
    ])
    for (const variant of [1, 2, 3]) {
      await sql(`insert into app.price_set (tenant_id, id, vendor_id) values ($1, $2, 'vend_1')`, [tenant, `pset_${variant}`])
      await sql(
        `insert into app.product_variant (tenant_id, id, product_id, vendor_id, title, price_set_id, deleted_at)
         values ($1, $2, 'prod_1', 'vend_1', 'V', $3, case when $4 then now() end)`,
        [tenant, `variant_${variant}`, `pset_${variant}`, variant === 3],
      )
      await sql(
        `insert into app.price (tenant_id, id, price_set_id, vendor_id, currency_code, amount_minor, min_quantity)
         values ($1, $2, $3, 'vend_1', 'usd', $4, null), ($1, $2 || '_ten', $3, 'vend_1', 'usd', 1, 10)`,
        [tenant, `price_${variant}`, `pset_${variant}`, variant * 100 * number],
      )
    }
  }

  it('are found by their prices', async () => {
    const rows = await sql(
      'select tenant_id, product_id, currency_code, lowest_minor::int, highest_minor::int from app.product_price_range order by tenant_id',
    )
    assert.deepEqual(
      rows,
      tenants.map((tenant_id, index) => ({
        tenant_id,
        product_id: 'prod_1',
        currency_code: 'usd',
        lowest_minor: 100 * (index + 1),
        highest_minor: 200 * (index + 1),
      })),
    )
  })
})
