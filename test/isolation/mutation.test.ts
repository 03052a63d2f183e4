import assert from 'node:assert/strict'
import pg from 'pg'
import { type TestDatabase, testDatabase } from '../support/database.js'
import { type Actor, behaviours, firstViolation, openWorld, ownerInA, storeOfA, vendorOfA, type World } from './behaviour.js'
import { catalogueViolations, checks } from './catalogue.js'
import { droppedKeys, type Mutation, ofKey, ofSchema, ofTable, ofVendors } from './mutations.js'
import { readTables, type Table } from './rows.js'

describe('isolation: the proof of the proof', () => {
  describe('the catalogue’s checks, each table and key broken in turn', () => {
    let database: TestDatabase
    let admin: pg.Client
    let tables: Table[]

    before(async () => {
      database = await testDatabase()
      admin = new pg.Client({ connectionString: database.adminUrl })
      await admin.connect()
      tables = await readTables(admin)
      await admin.query('begin')
    })

    after(async () => {
      await admin?.query('rollback')
      await admin?.end()
      await database?.close()
    })

    /** Mutations that were not noticed by name. Those of a group are made together, each in another table. */
    async function survivors(groups: readonly (readonly Mutation[])[]): Promise<string[]> {
      const survived: string[] = []
      for (const group of groups) {
        await admin.query('savepoint mutation')
        await admin.query(group.map((mutation) => mutation.sql).join(';\n'))
        const found = new Map<string | undefined, string[]>()
        for (const mutation of group) {
          const check = mutation.check === undefined ? catalogueViolations : checks[mutation.check]
          assert.ok(check, `no check is named ${mutation.check}`)
          const violations = found.get(mutation.check) ?? (await check(admin))
          found.set(mutation.check, violations)
          const named = new RegExp(`\\b${mutation.names.replace(/[.()]/g, '\\$&')}(?!\\w)`)
          if (!violations.some((line) => named.test(line))) survived.push(`${mutation.what} (${mutation.names})`)
        }
        await admin.query('rollback to savepoint mutation')
      }
      return survived
    }

    /** One group for each kind of mutation, with all tables in it. */
    const byKind = (mutations: readonly Mutation[]) =>
      [...new Set(mutations.map((mutation) => mutation.what))].map((what) => mutations.filter((mutation) => mutation.what === what))
    const oneByOne = (mutations: readonly Mutation[]) => mutations.map((mutation) => [mutation])

    it('begins sound', async () => {
      assert.deepEqual(await catalogueViolations(admin), [])
    })

    it('notices every table that loses its row-level security, policy, default or narrow grants', async function () {
      this.timeout(60_000)
      const mutations = tables.flatMap(ofTable)
      assert.ok(mutations.length > 1_000, `${mutations.length} mutations`)
      assert.deepEqual(await survivors(byKind(mutations)), [])
    })

    it('notices every table that opens to vendors or loses its vendor policy', async function () {
      this.timeout(30_000)
      const { rows } = await admin.query<{ name: string; may: boolean; scoped: boolean }>(`
        select c.relname as name, has_any_column_privilege('app_vendor', c.oid, 'select, insert, update') as may,
               exists (select 1 from pg_policy p where p.polrelid = c.oid and p.polname = 'vendor_scope') as scoped
        from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'app' and c.relkind = 'r'`)
      const mutations = tables.flatMap((table) => {
        const row = rows.find((candidate) => candidate.name === table.name)
        return ofVendors(table, row?.may === true, row?.scoped === true)
      })
      assert.ok(mutations.length > 100, `${mutations.length} mutations`)
      assert.deepEqual(await survivors(byKind(mutations)), [])
    })

    it('notices every foreign key that forgets its tenant or its vendor', async function () {
      this.timeout(30_000)
      const { rows } = await admin.query<{ name: string }>(
        `select relname as name from pg_class where relnamespace = 'app'::regnamespace and relkind = 'r' and has_table_privilege('app_vendor', oid, 'insert')`,
      )
      const vendorTables = new Set(rows.map((row) => row.name))
      const mutations = tables.flatMap((table) =>
        table.references.flatMap((key, number) => ofKey(table, key, number, vendorTables.has(table.name))),
      )
      assert.ok(mutations.length > 300, `${mutations.length} mutations`)
      assert.deepEqual(await survivors(byKind(mutations)), [])
    })

    it('notices every foreign key that is gone', async function () {
      this.timeout(30_000)
      const mutations = tables.flatMap(droppedKeys)
      assert.ok(mutations.length > 60, `${mutations.length} mutations`)
      assert.deepEqual(await survivors(byKind(mutations)), [])
    })

    it('notices views, functions, roles, grants and indexes that open a way round', async () => {
      assert.deepEqual(await survivors(oneByOne(ofSchema)), [])
    })

    it('is red as a whole, not only in the check that was meant', async () => {
      const [table] = tables as [Table]
      const unaimed = ofTable(table)
        .slice(0, 3)
        .map(({ check: _check, ...mutation }) => mutation)
      assert.deepEqual(await survivors(oneByOne(unaimed)), [])
    })
  })

  describe('the behaviour’s checks, each table broken in turn', () => {
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

    async function survivors(actor: Actor, tables: readonly Table[], sqlOf: (table: Table) => string): Promise<string[]> {
      const survived: string[] = []
      for (const table of tables) {
        await admin.query('savepoint mutation')
        await admin.query(sqlOf(table))
        if ((await firstViolation(world, table, actor)) === undefined) survived.push(table.name)
        await admin.query('rollback to savepoint mutation')
      }
      return survived
    }

    it('has no check that cannot fail', async () => {
      const table = world.tables.find((candidate) => candidate.name === 'product') as Table
      const silent: string[] = []
      for (const [name, behaviour] of Object.entries(behaviours)) {
        assert.deepEqual(await behaviour(world, table, storeOfA), [], name)
        await admin.query('savepoint mutation')
        // Taking its own rows away shows in one check, opening those of others in all the rest.
        await admin.query(
          name.startsWith('inserts for itself')
            ? 'drop policy tenant_isolation on app.product'
            : 'alter table app.product disable row level security',
        )
        if ((await behaviour(world, table, storeOfA)).length === 0) silent.push(name)
        await admin.query('rollback to savepoint mutation')
      }
      assert.deepEqual(silent, [])
    })

    it('notices every policy that is dropped', async function () {
      this.timeout(30_000)
      assert.deepEqual(await survivors(storeOfA, world.tables, ({ name }) => `drop policy tenant_isolation on app.${name}`), [])
    })

    it('notices every table whose row-level security is off', async function () {
      this.timeout(30_000)
      assert.deepEqual(await survivors(storeOfA, world.tables, ({ name }) => `alter table app.${name} disable row level security`), [])
    })

    it('notices every table whose owner is not bound', async function () {
      this.timeout(30_000)
      assert.deepEqual(await survivors(ownerInA, world.tables, ({ name }) => `alter table app.${name} no force row level security`), [])
    })

    it('notices every vendor policy that is dropped', async function () {
      this.timeout(30_000)
      const { rows } = await admin.query<{ name: string }>(
        `select polrelid::regclass::text as name from pg_policy where polname = 'vendor_scope'`,
      )
      const names = new Set(rows.map((row) => row.name.replace(/^app\./, '')))
      const tables = world.tables.filter((table) => names.has(table.name))
      assert.ok(tables.length > 30, `${tables.length} tables`)
      assert.deepEqual(await survivors(vendorOfA, tables, ({ name }) => `drop policy vendor_scope on app.${name}`), [])
    })
  })
})
