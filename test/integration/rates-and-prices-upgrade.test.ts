import assert from 'node:assert/strict'
import { type OlderDatabase, olderDatabase } from '../support/older-database.js'

const tenants = ['0000000c-0000-4000-8000-00000000000c', '0000000d-0000-4000-8000-00000000000d']

describe('rates that were there before a combinable one was added to its country’s, and prices before they could ask for anything', () => {
  let database: OlderDatabase
  const sql: OlderDatabase['sql'] = (text, values) => database.sql(text, values)

  before(async function () {
    this.timeout(60_000)
    database = await olderDatabase('0070')
    for (const [index, tenant] of tenants.entries()) await addRates(tenant, index + 1)
    await database.upgrade()
  })
  after(() => database?.drop())

  /** A province with a default and two rates beside it, one combinable, and a country with a combinable rate alone. */
  async function addRates(tenant: string, number: number): Promise<void> {
    await sql(`insert into platform.tenant (id, public_id, slug, name, plan_id) values ($1, $2, $2, $2, 'plan_1')`, [
      tenant,
      `ten-${number}`,
    ])
    await sql(
      `insert into app.tax_region (tenant_id, id, country_code, province_code, parent_id) values
       ($1, 'us', 'us', null, null), ($1, 'ca', 'us', 'us-ca', 'us'), ($1, 'ny1', 'us', 'us-ny', 'us'), ($1, 'ny2', 'us', 'ny', 'us')`,
      [tenant],
    )
    await sql(
      `insert into app.tax_rate (tenant_id, id, tax_region_id, name, code, rate_ppm, is_default, is_combinable) values
       ($1, 'default', 'ca', 'Sales tax', 'CA', $2, true, true),
       ($1, 'fee', 'ca', 'Battery fee', 'FEE', 15000, false, true),
       ($1, 'reduced', 'ca', 'Reduced', 'RED', 20000, false, false),
       ($1, 'federal', 'us', 'Federal fee', 'FED', 5000, false, true)`,
      [tenant, 70_000 + number],
    )
    await sql(`insert into app.vendor (tenant_id, id, handle, name) values ($1, 'vend_1', 'one', 'One')`, [tenant])
    await sql(`insert into app.price_set (tenant_id, id, vendor_id) values ($1, 'pset_1', 'vend_1')`, [tenant])
    await sql(
      `insert into app.conditional_price (tenant_id, id, price_set_id, vendor_id, currency_code, amount_minor, item_total_rules)
       values ($1, 'price_1', 'pset_1', 'vend_1', 'usd', 500, '[{"operator": "gt", "value_minor": 100}]')`,
      [tenant],
    )
  }

  it('tell prices of one set apart by what else they ask for', async () => {
    const add = (id: string, rules: object | null) =>
      sql(
        `insert into app.conditional_price (tenant_id, id, price_set_id, vendor_id, currency_code, amount_minor, item_total_rules, other_rules)
         values ($1, $2, 'pset_1', 'vend_1', 'usd', 400, '[{"operator": "gt", "value_minor": 100}]', $3)`,
        [tenants[0], id, rules],
      )
    await add('price_2', { locale: 'de-DE' })
    await assert.rejects(add('price_3', { locale: 'de-DE' }), /conditional_price_apart/)
    await assert.rejects(add('price_3', null), /conditional_price_apart/, 'the one that was there')
  })

  it('know how their province is written', async () => {
    const [region] = await sql(`select province_spellings from app.tax_region where tenant_id = $1 and id = 'ca'`, [tenants[1]])
    assert.deepEqual(region?.province_spellings, ['us-ca', 'ca', 'california'])
    const twice = await sql(`select province_spellings from app.tax_region where tenant_id = $1 and id like 'ny%'`, [tenants[1]])
    assert.deepEqual(twice, [{ province_spellings: [] }, { province_spellings: [] }], 'one that is taxed twice goes on as it was')
  })

  it('tax what they taxed', async () => {
    const rates = await sql('select tenant_id, id, rate_ppm, is_combinable from app.tax_rate order by tenant_id, id')
    assert.deepEqual(
      rates,
      tenants.flatMap((tenant_id, index) => [
        { tenant_id, id: 'default', rate_ppm: 70_001 + index, is_combinable: false },
        { tenant_id, id: 'federal', rate_ppm: 5_000, is_combinable: true },
        { tenant_id, id: 'fee', rate_ppm: 85_001 + index, is_combinable: false },
        { tenant_id, id: 'reduced', rate_ppm: 20_000, is_combinable: false },
      ]),
    )
  })
})
