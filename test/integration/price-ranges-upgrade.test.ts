import assert from 'node:assert/strict'
import { type OlderDatabase, olderDatabase } from '../support/older-database.js'

const tenants = ['0000000c-0000-4000-8000-00000000000c', '0000000d-0000-4000-8000-00000000000d']

describe('products that were there before price ranges, and before the search for variants', () => {
  let database: OlderDatabase
  const sql: OlderDatabase['sql'] = (text, values) => database.sql(text, values)

  before(async function () {
    this.timeout(60_000)
    database = await olderDatabase('0010')
    for (const [index, tenant] of tenants.entries()) await addProduct(tenant, index + 1)
    await database.upgrade()
  })
  after(() => database?.drop())

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

  it('are found by words of their variants, each in its store alone', async () => {
    const found = (tenant: string, words: string[]) =>
      sql(`select s.id from (select set_config('app.tenant_id', $1, true)) c, app.search_products($2::text[], 10) s`, [
        tenant,
        words.map((word) => `%${word}%`),
      ])
    const [here, elsewhere] = tenants as [string, string]
    await sql(`update app.product_variant set sku = 'X-1' where tenant_id = $1 and id = 'variant_1'`, [here])
    await sql(`update app.product_variant set sku = 'X-3' where tenant_id = $1 and id = 'variant_3'`, [elsewhere])
    assert.deepEqual(await found(here, ['x-1', 'thing']), [{ id: 'prod_1' }])
    assert.deepEqual([await found(elsewhere, ['x-1']), await found(elsewhere, ['x-3'])], [[], []], 'nor by what was removed')
  })

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
