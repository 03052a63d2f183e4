import assert from 'node:assert/strict'
import pg from 'pg'
import {
  assertNoUnit,
  BaseModel,
  counting,
  currentStatistics,
  currentUnit,
  keptOpen,
  newStatistics,
  plannedOnce,
  type Scope,
  statement,
  type Unit,
} from '../../src/db/index.js'
import { asAdmin, type TestDatabase, testDatabase } from '../support/database.js'
import { readTables, seed, tenantA, tenantB } from './rows.js'

const inA: Scope = { role: 'store', tenantId: tenantA }
const inB: Scope = { role: 'store', tenantId: tenantB }
const tenantsOfTags = statement<{ tenant_id: string }>('test.tags', 'select tenant_id from product_tag')
const one = statement<{ one: number }>('test.one', 'select 1 as one')
const failing = statement('test.failing', 'select 1 / 0')
const addTag = (id: string) => statement('test.add_tag', 'insert into product_tag (id, value) values ($1, $1)', [id])

class Tag extends BaseModel {
  static override tableName = 'product_tag'
  declare id: string
  declare value: string
}

describe('isolation: the one door to the database', () => {
  let database: TestDatabase

  before(async () => {
    database = await testDatabase({ poolMax: 1 })
    const admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    await admin.query('begin')
    await seed(admin, await readTables(admin))
    await admin.query('commit')
    // As a server has it that is not for tests.
    await admin.query(`alter database ${database.name} set plan_cache_mode = auto`)
    await admin.end()
  })

  after(() => database?.close())

  const tagExists = async (id: string) => (await asAdmin(database.adminUrl, 'select 1 from app.product_tag where id = $1', [id])).length > 0

  describe('a read', () => {
    it('shows its tenant’s rows, whatever the statement leaves out', async () => {
      const rows = await database.db.read(inA, tenantsOfTags)
      assert.deepEqual(rows, [{ tenant_id: tenantA }, { tenant_id: tenantA }])
    })

    it('cannot write', async () => {
      await assert.rejects(database.db.read(inA, addTag('ptag_read')), { code: '25006' })
    })

    it('keeps the plan of a statement that says so, and that of none beside it', async () => {
      const mode = (name: string) => statement<{ mode: string }>(name, `select current_setting('plan_cache_mode') as mode`)
      assert.deepEqual(await database.db.read(inA, plannedOnce(mode('test.mode'))), [{ mode: 'force_generic_plan' }])
      assert.deepEqual(await database.db.read(inA, mode('test.mode')), [{ mode: 'auto' }])
      assert.deepEqual(await database.db.readAll(inA, [plannedOnce(mode('test.mode')), one]), [[{ mode: 'auto' }], [{ one: 1 }]])
    })

    it('is refused inside a unit of work', async () => {
      await database.db.unitOfWork(inA, async () => {
        await assert.rejects(database.db.read(inA, one), /inside a unit of work/)
        await assert.rejects(database.db.readAll(inA, [one]), /inside a unit of work/)
      })
    })

    it('answers the statements that were sent with a failing one by its error, and the next read well', async () => {
      // Whoever reads it in a log sees who asked.
      await assert.rejects(database.db.readAll(inA, [one, failing, one]), { code: '22012', stack: /door\.test/ })
      assert.deepEqual(await database.db.read(inA, one), [{ one: 1 }])
    })

    it('leaves the connection sound after a value that cannot be sent', async () => {
      const circular: { self?: object } = {}
      circular.self = circular
      for (const value of [circular, { amount: 1n }]) {
        const unsendable = statement('test.unsendable', 'select $1::jsonb as value', [value])
        await assert.rejects(database.db.readAll(inA, [one, unsendable, tenantsOfTags]), TypeError)
        const [[first], tags] = await database.db.readAll(inB, [one, tenantsOfTags])
        assert.deepEqual(first, { one: 1 })
        assert.deepEqual([...new Set(tags.map((row) => row.tenant_id))], [tenantB])
        await assert.rejects(
          database.db.unitOfWork(inA, (unit) => unit.run(unsendable)),
          TypeError,
        )
        assert.deepEqual([...new Set((await database.db.read(inB, tenantsOfTags)).map((row) => row.tenant_id))], [tenantB])
      }
      const sendable = statement<{ value: object }>('test.unsendable', 'select $1::jsonb as value', [{ amount: 1 }])
      assert.deepEqual(await database.db.read(inB, sendable), [{ value: { amount: 1 } }])
    })
  })

  describe('a unit of work', () => {
    it('keeps everything when its function resolves, and nothing when it throws', async () => {
      await database.db.unitOfWork(inA, (unit) => unit.run(addTag('ptag_kept')))
      await assert.rejects(
        database.db.unitOfWork(inA, async (unit) => {
          await unit.run(addTag('ptag_dropped'))
          throw new Error('changed my mind')
        }),
        /changed my mind/,
      )
      assert.deepEqual([await tagExists('ptag_kept'), await tagExists('ptag_dropped')], [true, false])
    })

    it('is refused inside another, and the outer one goes on', async () => {
      await database.db.unitOfWork(inA, async (unit) => {
        await assert.rejects(
          database.db.unitOfWork(inB, async () => undefined),
          /inside a unit of work/,
        )
        await assert.rejects(async () => unit.knex.transaction(async () => undefined), /flat/)
        assert.deepEqual(await unit.run(one), [{ one: 1 }])
      })
    })

    it('does not claim success when a failed statement was caught on the way', async () => {
      let told = false
      const swallowing = database.db.unitOfWork(inA, async (unit) => {
        unit.afterCommit(() => {
          told = true
        })
        await unit.run(addTag('ptag_lost'))
        await unit.run(failing).catch(() => undefined)
        return 'all is well'
      })
      await assert.rejects(swallowing, /could not commit/)
      assert.deepEqual([told, await tagExists('ptag_lost')], [false, false])
    })

    it('that sends its commit along keeps everything, in one round trip less, and asks nothing after it', async () => {
      const statistics = newStatistics()
      const late = await counting(statistics, () =>
        database.db.unitOfWork(inA, async (unit) => {
          // What a part of its work ends with does not end the whole.
          keptOpen(unit).commitAlong()
          const added = unit.run(addTag('ptag_along'))
          unit.commitAlong()
          await added
          return unit.run(one).then(
            () => 'answered',
            (error: Error) => error.message,
          )
        }),
      )
      assert.match(late, /is over/)
      assert.deepEqual([statistics.roundTrips, await tagExists('ptag_along')], [1, true])
    })

    it('that sends its commit along keeps nothing when a statement before it fails, and says why', async () => {
      let told = false
      const failed = database.db.unitOfWork(inA, async (unit) => {
        unit.afterCommit(() => {
          told = true
        })
        const sent = [unit.run(addTag('ptag_refused')), unit.run(failing)]
        unit.commitAlong()
        await Promise.all(sent)
      })
      await assert.rejects(failed, { code: '22012' })
      const swallowing = database.db.unitOfWork(inA, async (unit) => {
        const sent = [unit.run(addTag('ptag_refused')), unit.run(failing).catch(() => undefined)]
        unit.commitAlong()
        await Promise.all(sent)
      })
      await assert.rejects(swallowing, /could not commit/)
      assert.deepEqual([told, await tagExists('ptag_refused')], [false, false])
      assert.deepEqual(await database.db.read(inA, one), [{ one: 1 }])
    })

    it('keeps nothing beside a value that cannot be sent, which the database never hears of', async () => {
      const unsendable = () => statement('test.unsendable_beside', 'select $1::jsonb as value', [{ amount: 1n }])
      const along = database.db.unitOfWork(inA, async (unit) => {
        const sent = [unit.run(addTag('ptag_beside')), unit.run(unsendable())]
        unit.commitAlong()
        await Promise.all(sent)
      })
      await assert.rejects(along, TypeError)
      const swallowing = database.db.unitOfWork(inA, async (unit) => {
        await unit.run(addTag('ptag_beside'))
        await unit.run(unsendable()).catch(() => undefined)
      })
      await assert.rejects(swallowing, /could not commit/)
      assert.equal(await tagExists('ptag_beside'), false)
    })

    it('hands on no connection that was lost in its rollback', async () => {
      const backend = statement<{ pid: number }>('test.backend_of_unit', 'select pg_backend_pid() as pid')
      for (let count = 0; count < 5; count += 1) {
        const lost = database.db.unitOfWork(inA, async (unit) => {
          const [row] = await unit.run(backend)
          await asAdmin(database.adminUrl, 'select pg_terminate_backend($1)', [row?.pid])
          throw new Error('changed my mind')
        })
        await assert.rejects(lost, /changed my mind/)
        assert.deepEqual(await database.db.read(inB, one), [{ one: 1 }])
      }
    })

    it('is over when it is over: a statement that comes late never runs in somebody else’s transaction', async () => {
      let leaked: Unit | undefined
      await database.db.unitOfWork(inA, async (unit) => {
        leaked = unit
      })
      // With a pool of one, this unit has the connection that the leaked one had.
      await database.db.unitOfWork(inB, async (unit) => {
        await unit.run(one)
        await assert.rejects(async () => leaked?.run(tenantsOfTags), /is over/)
      })
      await assert.rejects(async () => leaked?.knex.raw('select 1'), /is over/)
    })

    it('reports why it could not open, not that the transaction is aborted', async () => {
      await asAdmin(database.adminUrl, 'revoke app_worker from app_login')
      try {
        const scope: Scope = { role: 'worker' }
        await assert.rejects(
          database.db.unitOfWork(scope, (unit) => unit.run(one)),
          { code: '42501' },
        )
        await assert.rejects(
          database.db.unitOfWork(scope, async () => 'no statement at all'),
          { code: '42501' },
        )
        await assert.rejects(
          database.db.unitOfWork(scope, (unit) => unit.run(one).catch(() => [])),
          { code: '42501' },
        )
        await assert.rejects(database.db.read(scope, one), { code: '42501' })
        assert.equal(
          (await database.db.read(inB, tenantsOfTags)).every((row) => row.tenant_id === tenantB),
          true,
        )
      } finally {
        await asAdmin(database.adminUrl, 'grant app_worker to app_login')
      }
    })

    it('calls back after the commit, and not after a rollback or a failed commit', async () => {
      const calls: string[] = []
      await database.db.unitOfWork(inA, async (unit) => {
        unit.afterCommit(() => calls.push('first'))
        unit.afterCommit(() => calls.push('second'))
        await unit.run(addTag('ptag_committed'))
        assert.deepEqual(calls, [])
      })
      await database.db
        .unitOfWork(inA, async (unit) => {
          unit.afterCommit(() => calls.push('rolled back'))
          throw new Error('no')
        })
        .catch(() => undefined)
      // Unbalanced books are refused by a constraint that is looked at when the transaction commits.
      const unbalanced = database.db.unitOfWork(inA, async (unit) => {
        unit.afterCommit(() => calls.push('refused at commit'))
        const text = `insert into ledger_transaction (id, source, kind, occurred_at) values ('ltx_1', 'test', 'test', now())`
        await unit.run(statement('test.unbalanced', text))
      })
      await assert.rejects(unbalanced, { code: '23514' })
      assert.deepEqual(calls, ['first', 'second'])
    })

    it('is known to the code inside it, and to nobody outside', async () => {
      assert.throws(() => currentUnit(), /no unit of work/)
      assertNoUnit('a network call')
      await database.db.unitOfWork(inA, async (unit) => {
        assert.equal(currentUnit(), unit)
        assert.throws(() => assertNoUnit('a network call'), /a network call inside a transaction/)
      })
      assert.throws(() => currentUnit(), /no unit of work/)
    })
  })

  describe('an Objection model', () => {
    it('throws outside a unit of work', async () => {
      await assert.rejects(async () => Tag.query(), /no unit of work/)
    })

    it('reads and writes in its unit’s tenant', async () => {
      await database.db.unitOfWork(inB, async () => {
        await Tag.query().insert({ id: 'ptag_model', value: 'model' })
        assert.equal(await Tag.query().resultSize(), 4)
      })
      await database.db.unitOfWork(inA, async () => {
        assert.equal(await Tag.query().findOne({ id: 'ptag_model' }), undefined)
        assert.equal(await Tag.query().patch({ value: 'stolen' }).where({ id: 'ptag_model' }), 0)
        assert.equal(await Tag.query().delete().where({ id: 'ptag_model' }), 0)
      })
    })
  })

  describe('a scope', () => {
    const refused: [string, unknown, RegExp][] = [
      ['an unknown role', { role: 'owner', tenantId: tenantA }, /unknown database role "owner"/],
      ['a role of every object', { role: 'constructor', tenantId: tenantA }, /unknown database role/],
      ['no role', { tenantId: tenantA }, /unknown database role/],
      ['a public id for a tenant', { role: 'store', tenantId: 'ten_01' }, /tenant by uuid/],
      ['an upper-case uuid', { role: 'store', tenantId: tenantA.toUpperCase() }, /tenant by uuid/],
      ['SQL for a tenant', { role: 'platform', tenantId: `${tenantA}', true); drop table app.cart; --` }, /tenant by uuid/],
      ['a line break behind the uuid', { role: 'store', tenantId: `${tenantA}\n` }, /tenant by uuid/],
      ['SQL for a vendor', { role: 'vendor', tenantId: tenantA, vendorId: `vend_1', true); --` }, /vendor by vend_ id/],
      ['another id for a vendor', { role: 'vendor', tenantId: tenantA, vendorId: 'prod_1' }, /vendor by vend_ id/],
      ['a vendor role without vendor', { role: 'vendor', tenantId: tenantA }, /needs a tenant and a vendor/],
      ['a vendor role without tenant', { role: 'vendor', vendorId: 'vend_1' }, /needs a tenant and a vendor/],
      ['a store role without tenant', { role: 'store' }, /needs a tenant/],
    ]
    for (const [what, scope, message] of refused) {
      it(`with ${what} is refused before anything is sent`, async () => {
        const before = { ...database.db.statistics }
        await assert.rejects(database.db.read(scope as Scope, one), message)
        await assert.rejects(
          database.db.unitOfWork(scope as Scope, async () => undefined),
          message,
        )
        assert.deepEqual({ ...database.db.statistics }, before)
      })
    }
  })

  describe('a statement', () => {
    it('of one name has one text', () => {
      statement('test.twice', 'select 1')
      assert.equal(statement('test.twice', 'select 1').text, 'select 1')
      assert.throws(() => statement('test.twice', 'select 2'), /test\.twice has two texts/)
    })

    it('without a name may have any text', () => {
      assert.equal(statement('', 'select 1').name, '')
      assert.equal(statement('', 'select 2').text, 'select 2')
    })
  })

  describe('counting', () => {
    it('a read is one round trip, however many statements travel in it', async () => {
      const single = newStatistics()
      await counting(single, () => database.db.read(inA, one))
      assert.deepEqual(single, { statements: 1, control: 2, roundTrips: 1, transactions: 1 })
      const several = newStatistics()
      await counting(several, () => database.db.readAll(inA, [one, tenantsOfTags, one]))
      assert.deepEqual(several, { statements: 3, control: 2, roundTrips: 1, transactions: 1 })
    })

    it('a unit’s statements that start together travel together, the opening with the first', async () => {
      const counted = newStatistics()
      await counting(counted, () =>
        database.db.unitOfWork(inA, async (unit) => {
          await Promise.all([unit.run(one), unit.run(tenantsOfTags)])
          await unit.run(one)
        }),
      )
      assert.deepEqual(counted, { statements: 3, control: 2, roundTrips: 3, transactions: 1 })
    })

    it('sees what Knex and Objection send too, and nothing that others ask meanwhile', async () => {
      const counted = newStatistics()
      const total = database.db.statistics.statements
      await Promise.all([
        counting(counted, () =>
          database.db.unitOfWork(inA, async (unit) => {
            await unit.knex('product_tag').select('id')
            await Tag.query().resultSize()
          }),
        ),
        database.db.read(inB, one),
      ])
      assert.equal(counted.statements, 2)
      assert.equal(database.db.statistics.statements, total + 3)
      assert.equal(currentStatistics(), undefined)
    })

    it('tells its observer of every message, when sent and when answered', async () => {
      const heard: string[] = []
      database.db.observe((phase, text) => heard.push(`${phase} ${text.split(/[ ;]/)[0]}`))
      await database.db.read(inA, one)
      database.db.observe(undefined)
      await database.db.read(inA, one)
      assert.deepEqual(heard, ['sent begin', 'sent select', 'sent commit', 'answered begin', 'answered select', 'answered commit'])
    })
  })

  it('amounts come back as bigint, exact beyond what a number holds', async () => {
    const wide = statement<{ amount: bigint }>('test.wide', 'select 9000000000000000001::bigint as amount')
    assert.deepEqual(await database.db.read(inA, wide), [{ amount: 9_000_000_000_000_000_001n }])
  })

  it('says that it is reachable', async () => {
    await database.db.ping()
  })
})
