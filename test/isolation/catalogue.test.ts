import assert from 'node:assert/strict'
import pg from 'pg'
import { type TestDatabase, testDatabase } from '../support/database.js'
import { checks } from './catalogue.js'

describe('isolation: the catalogue', () => {
  let database: TestDatabase
  let admin: pg.Client

  before(async () => {
    database = await testDatabase()
    admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
  })

  after(async () => {
    await admin?.end()
    await database?.close()
  })

  it('has tables to look at', async () => {
    const { rows } = await admin.query<{ count: number }>(`select count(*)::int as count from pg_tables where schemaname = 'app'`)
    assert.ok((rows[0]?.count ?? 0) >= 60, `${rows[0]?.count} tables`)
  })

  for (const [name, check] of Object.entries(checks)) {
    it(name, async () => {
      assert.deepEqual(await check(admin), [])
    })
  }
})
