import assert from 'node:assert/strict'
import pg from 'pg'
import { type TestDatabase, testDatabase } from '../support/database.js'
import {
  type Actor,
  attempt,
  type Behaviour,
  behaviours,
  openWorld,
  ownerInA,
  ownRows,
  platformInA,
  privilegesOf,
  storeOfA,
  vendorOfA,
  type World,
} from './behaviour.js'
import {
  insertText,
  type Reference,
  type Row,
  readTables,
  rowOf,
  seed,
  strangerCopy,
  type Table,
  tenantA,
  tenantB,
  twins,
  vendorId,
} from './rows.js'

describe('isolation: the behaviour of every table', () => {
  let database: TestDatabase
  let admin: pg.Client
  let world: World

  before(async () => {
    database = await testDatabase()
    admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    world = await openWorld(admin)
  })

  after(async () => {
    await admin?.query('rollback')
    await admin?.end()
    await database?.close()
  })

  async function violations(behaviour: Behaviour, actor: Actor): Promise<string[]> {
    const found: string[] = []
    for (const table of world.tables) found.push(...(await behaviour(world, table, actor)))
    return found
  }

  it('has twins in every table, and a row that only tenant B has', () => {
    assert.ok(world.tables.length >= 60, `${world.tables.length} tables`)
    for (const table of world.tables) {
      const copies = (tenant: string) =>
        new Set(world.seeded.filter((entry) => entry.table === table.name && entry.tenant === tenant).map((entry) => entry.copy))
      assert.deepEqual([...copies(tenantA)], twins, table.name)
      assert.deepEqual([...copies(tenantB)], [...twins, strangerCopy], table.name)
    }
  })

  for (const actor of [storeOfA, platformInA, vendorOfA]) {
    describe(actor.label, () => {
      for (const [name, behaviour] of Object.entries(behaviours)) {
        it(name, async () => {
          assert.deepEqual(await violations(behaviour, actor), [])
        })
      }
    })
  }

  it('binds the owner of the tables too, because it is forced', async () => {
    const reads = behaviours['reads and counts its own rows and no other'] as Behaviour
    assert.deepEqual(await violations(reads, ownerInA), [])
  })

  it('gives vendors the tables that they work with and no others', () => {
    const closed = [
      'orders',
      'cart',
      'cart_line_item',
      'payment',
      'ledger_posting',
      'customer',
      'tax_rate',
      'commission_rule',
      'auth_identity',
      'role',
    ]
    const may = (name: string) => privilegesOf(world, world.tables.find((table) => table.name === name) as Table, vendorOfA)
    for (const name of closed)
      assert.deepEqual({ name, ...may(name), key: '' }, { name, key: '', select: false, insert: false, delete: false, update: null })
    for (const name of ['product', 'inventory_level', 'fulfillment'])
      assert.ok(may(name).select && may(name).insert && may(name).update !== null, name)
  })

  describe('without a tenant', () => {
    for (const role of ['app_store', 'app_platform', 'app_vendor']) {
      const actor: Actor = { label: role, role, tenant: '', vendor: role === 'app_vendor' ? 'vend_1' : '' }

      it(`${role} sees and changes nothing`, async () => {
        for (const table of world.tables) {
          const may = privilegesOf(world, table, actor)
          const read = await attempt(world, actor, `select * from app.${table.name}`)
          assert.deepEqual([read.code, read.count], [may.select ? null : '42501', 0], table.name)
          const row = { tenant_id: tenantA, ...rowOf(world.tables, table.name, 1) }
          for (const given of [row, rowOf(world.tables, table.name, 1)]) {
            const written = await attempt(world, actor, insertText(table.name, given), { values: Object.values(given) })
            assert.equal(written.code, '42501', `${table.name}: inserting`)
          }
          const column = may.update ?? 'tenant_id'
          const updated = await attempt(world, actor, `update app.${table.name} set ${column} = ${column}`)
          assert.deepEqual([updated.code, updated.count], [may.update === null ? '42501' : null, 0], `${table.name}: updating`)
          const deleted = await attempt(world, actor, `delete from app.${table.name}`)
          assert.deepEqual([deleted.code, deleted.count], [may.delete ? null : '42501', 0], `${table.name}: deleting`)
        }
      })

      it(`${role} with a garbage tenant gets an error, not an answer`, async () => {
        for (const table of world.tables) {
          const read = await attempt(world, { ...actor, tenant: 'garbage' }, `select * from app.${table.name}`)
          // Without a grant the planner may stumble over the setting before the grant is looked at.
          const expected = privilegesOf(world, table, actor).select ? ['22P02'] : ['22P02', '42501']
          assert.ok(expected.includes(read.code ?? 'an answer'), `${table.name}: ${read.code}`)
        }
      })
    }

    it('a vendor role without a vendor sees none of the rows that have vendors', async () => {
      for (const table of world.tables.filter((candidate) => candidate.vendorColumn !== null)) {
        const read = await attempt(world, { ...vendorOfA, vendor: '' }, `select * from app.${table.name}`)
        assert.equal(read.count, 0, table.name)
      }
    })
  })

  describe('the run-time login', () => {
    let login: pg.Client

    before(async () => {
      login = new pg.Client({ connectionString: database.appUrl })
      await login.connect()
    })

    after(() => login?.end())

    it('can touch no table before it has taken on a role', async () => {
      for (const table of world.tables) {
        await assert.rejects(login.query(`select 1 from app.${table.name}`), { code: '42501' }, table.name)
      }
    })

    it('sees nothing on a fresh connection where no setting was ever made', async () => {
      const fresh = new pg.Client({ connectionString: database.appUrl })
      await fresh.connect()
      try {
        await fresh.query('begin')
        await fresh.query('set local role app_store')
        const { rows } = await fresh.query<{ setting: string | null }>(`select current_setting('app.tenant_id', true) as setting`)
        assert.equal(rows[0]?.setting, null)
        for (const table of world.tables) {
          assert.equal((await fresh.query(`select 1 from app.${table.name}`)).rowCount, 0, table.name)
        }
      } finally {
        await fresh.end()
      }
    })

    it('cannot become the owner, the searcher or a superuser', async () => {
      for (const role of ['app_owner', 'search_reader', 'postgres']) {
        await assert.rejects(login.query(`select set_config('role', $1, false)`, [role]), { code: '42501' }, role)
      }
    })
  })

  describe('the dispatcher', () => {
    const worker: Actor = { label: 'the worker', role: 'app_worker', tenant: '', vendor: '' }

    it('sees the outbox of every tenant and no other table', async () => {
      for (const table of world.tables) {
        for (const tenant of ['', tenantA]) {
          const read = await attempt(world, { ...worker, tenant }, `select * from app.${table.name}`)
          const expected = table.name === 'outbox_event' ? [null, 5] : ['42501', 0]
          assert.deepEqual([read.code, read.count], expected, table.name)
        }
      }
    })

    it('writes nothing but the state of an event, and removes finished ones only', async () => {
      for (const table of world.tables.filter((candidate) => candidate.name !== 'outbox_event')) {
        for (const text of [`update app.${table.name} set tenant_id = tenant_id`, `delete from app.${table.name}`]) {
          assert.equal((await attempt(world, worker, text)).code, '42501', text)
        }
      }
      const row = { tenant_id: tenantA, ...rowOf(world.tables, 'outbox_event', 1) }
      assert.equal((await attempt(world, worker, insertText('outbox_event', row), { values: Object.values(row) })).code, '42501')
      assert.equal((await attempt(world, worker, `update app.outbox_event set tenant_id = tenant_id`)).code, '42501')
      assert.equal((await attempt(world, worker, `update app.outbox_event set payload = '{}'`)).code, '42501')
      assert.equal((await attempt(world, worker, `update app.outbox_event set state = 'done'`)).count, 5)
      assert.equal((await attempt(world, worker, `delete from app.outbox_event`)).count, 0)
    })
  })

  it('the search function answers ids of its own tenant only, and none without a tenant', async () => {
    const text = `select id from app.search_products('%', 1000)`
    const products = world.tables.find((table) => table.name === 'product') as Table
    assert.equal((await attempt(world, storeOfA, text)).count, ownRows(world, products, storeOfA).length)
    assert.equal((await attempt(world, { ...storeOfA, tenant: '' }, text)).count, 0)
    assert.equal((await attempt(world, { ...storeOfA, role: 'app_worker' }, text)).code, '42501')
  })

  it('the platform’s own tables are closed to stores, vendors and workers', async () => {
    const { rows } = await admin.query<{ name: string }>(`select tablename as name from pg_tables where schemaname = 'platform'`)
    assert.ok(rows.length >= 6, `${rows.length} tables`)
    for (const { name } of rows) {
      for (const role of ['app_store', 'app_vendor', 'app_worker']) {
        const read = await attempt(world, { ...storeOfA, role }, `select 1 from platform.${name}`)
        assert.equal(read.code, '42501', `${role}: ${name}`)
      }
    }
  })

  it('a row of tenant A cannot point at what only tenant B has, through any foreign key', async () => {
    const accepted: string[] = []
    for (const table of world.tables) {
      for (const key of table.references) {
        const pointing = pointingAtStranger(world.tables, table, key)
        const outcome = await attempt(world, { ...storeOfA, role: 'none' }, insertText(table.name, pointing), {
          values: Object.values(pointing),
          // Its own rows would be in the way of unique keys over references.
          before: `set local session_replication_role = replica; delete from app.${table.name} where tenant_id = '${tenantA}'; set local session_replication_role = origin`,
        })
        if (outcome.code !== '23503') accepted.push(`${table.name}: ${key.name} answered ${outcome.code}`)
      }
    }
    assert.deepEqual(accepted, [])
  })

  it('says what to add when a new table wants values that nobody has given', async () => {
    await admin.query('savepoint newcomer')
    try {
      await admin.query(
        `create table app.newcomer (tenant_id uuid not null, id text not null check (id like 'new%'), mood text not null check (mood in ('good')), primary key (tenant_id, id))`,
      )
      const tables = (await readTables(admin)).filter((table) => table.name === 'newcomer')
      await assert.rejects(
        seed(admin, tables),
        /app\.newcomer: .*newcomer_mood_check.*Add what it needs to "demanded" in test\/isolation\/rows\.ts/,
      )
    } finally {
      await admin.query('rollback to savepoint newcomer')
    }
  })
})

/** A row of tenant A under a new key, with one foreign key pointing at the row that only tenant B has. */
function pointingAtStranger(tables: readonly Table[], table: Table, wanted: Reference): Row {
  const row: Row = { tenant_id: tenantA, ...rowOf(tables, table.name, 1) }
  if (row.id !== undefined) row.id = wanted.parent === table.name ? 'newcomer' : row.id
  const stranger = wanted.parent === 'vendor' ? { id: vendorId(strangerCopy) } : rowOf(tables, wanted.parent, strangerCopy)
  for (const [index, column] of wanted.columns.entries()) {
    if (column !== 'tenant_id') row[column] = (stranger as Row)[wanted.parentColumns[index] as string]
  }
  return row
}
