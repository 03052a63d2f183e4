import assert from 'node:assert/strict'
import { type OlderDatabase, olderDatabase } from '../support/older-database.js'

const tenant = '0000000c-0000-4000-8000-00000000000c'

describe('a store that was there before customer accounts', () => {
  let database: OlderDatabase
  const sql: OlderDatabase['sql'] = (text, values) => database.sql(text, values)

  before(async function () {
    this.timeout(60_000)
    database = await olderDatabase('0008')
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
    await sql(`insert into app.vendor (tenant_id, id, handle, name, status) values ($1, 'vend_1', 'old', 'Old', 'active')`, [tenant])
    for (const [key, permissions] of [
      ['vendor_part', ['products:read']],
      ['vendor_whole', ['orders:read']],
    ] as const) {
      await sql(
        `insert into app.api_key (tenant_id, id, type, title, token_hash, redacted, permissions, vendor_id)
         values ($1, $2, 'vendor', $2, $2, $2, $3, 'vend_1')`,
        [tenant, key, permissions],
      )
    }
    await sql(
      `insert into app.import_job (tenant_id, id, vendor_id, kind, content, on_error, state) values ($1, 'imp_1', 'vend_1', 'products', 'a', 'skip', 'done')`,
      [tenant],
    )
    await sql(
      `insert into app.product (tenant_id, id, vendor_id, title, handle, status) values
         ($1, 'prod_01HPROP0SED000000000000000', 'vend_1', 'Jug', 'jug', 'proposed'), ($1, 'prod_2', 'vend_1', 'Mug', 'mug', 'published')`,
      [tenant],
    )
    await database.upgrade()
  })
  after(() => database?.drop())

  it('lets those look after customers who looked after the store, and nobody else', async () => {
    const roles = await sql<{ id: string; permissions: string[] }>('select id, permissions from app.role order by id')
    const mayDo = Object.fromEntries(roles.map((role) => [role.id, role.permissions.filter((one) => one.startsWith('customers:')).sort()]))
    assert.deepEqual(mayDo, { store_owner: ['customers:read', 'customers:write'], store_support: ['customers:read'], vendor_owner: [] })
    const keys = await sql<{ id: string; permissions: string[] }>('select id, permissions from app.api_key order by id')
    assert.deepEqual(
      keys.map((key) => [key.id, key.permissions.includes('customers:write')]),
      [
        ['part', false],
        ['vendor_part', false],
        ['vendor_whole', false],
        ['whole', true],
      ],
    )
  })

  it('lets whoever looks after a store or a vendor see to its webhooks, and keys that may do all', async () => {
    const rows = await sql<{ id: string; permissions: string[] }>(
      'select id, permissions from app.role union all select id, permissions from app.api_key order by id',
    )
    const mayDo = Object.fromEntries(rows.map((row) => [row.id, row.permissions.filter((one) => one.startsWith('webhooks:')).sort()]))
    const all = ['webhooks:read', 'webhooks:write']
    assert.deepEqual(mayDo, {
      part: [],
      store_owner: all,
      store_support: ['webhooks:read'],
      vendor_owner: all,
      vendor_part: [],
      vendor_whole: all,
      whole: all,
    })
  })

  it('lets staff bring and take out files, and leaves imports of vendors what they were', async () => {
    const roles = await sql<{ id: string; permissions: string[] }>('select id, permissions from app.role order by id')
    const mayDo = Object.fromEntries(roles.map((role) => [role.id, role.permissions.filter((one) => /^(im|ex)ports:/.test(one)).sort()]))
    assert.deepEqual(mayDo, {
      store_owner: ['exports:read', 'exports:write', 'imports:read', 'imports:write'],
      store_support: ['exports:read', 'imports:read'],
      vendor_owner: [],
    })
    assert.deepEqual(await sql('select id, vendor_id, source, state, content from app.import_job'), [
      { id: 'imp_1', vendor_id: 'vend_1', source: 'shopify', state: 'done', content: 'a' },
    ])
  })

  it('has staff asked about what vendors had proposed', async () => {
    const reviews = await sql<{ id: string; status: string }>('select id, status from app.product_review')
    assert.deepEqual(reviews, [{ id: 'prorev_01HPROP0SED000000000000000', status: 'open' }])
  })

  it("lets vendors' owners make keys of the vendor's own, and leaves keys that there are what they were", async () => {
    const roles = await sql<{ id: string; permissions: string[] }>(`select permissions from app.role where id = 'vendor_owner'`)
    assert.deepEqual(
      roles.map((role) => role.permissions.filter((one) => one.startsWith('api_keys:'))),
      [['api_keys:read', 'api_keys:write']],
    )
    const keys = await sql(`select id from app.api_key where replaced_by is not null or permissions && '{api_keys:read,api_keys:write}'`)
    assert.deepEqual(keys, [])
  })

  it('has its searches made anew by a run after one that broke, which leaves the searcher no right to create', async () => {
    const mayCreate = `select has_schema_privilege('search_reader', 'app', 'create') as may`
    await sql(`delete from platform.knex_migrations where name like '0098%'`)
    await sql(`create function public.break() returns event_trigger language plpgsql as $$ begin raise exception 'broken off'; end $$`)
    await sql(`create event trigger broken on ddl_command_end when tag in ('ALTER FUNCTION') execute function public.break()`)
    await assert.rejects(database.upgrade(), /broken off/)
    assert.deepEqual(await sql(mayCreate), [{ may: false }])
    await sql('drop event trigger broken')
    await database.upgrade()
    assert.deepEqual(await sql(mayCreate), [{ may: false }])
    assert.deepEqual(
      await sql(
        `select proname, proowner::regrole::text as owner, has_function_privilege('app_store', oid, 'execute') as is_open from pg_proc
         where pronamespace = 'app'::regnamespace and proname in ('search_products', 'search_translations') and proargtypes[0] = 'text[]'::regtype order by 1`,
      ),
      ['search_products', 'search_translations'].map((proname) => ({ proname, owner: 'search_reader', is_open: true })),
    )
  })
})
