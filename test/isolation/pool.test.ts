import assert from 'node:assert/strict'
import pg from 'pg'
import { type Scope, statement, type Unit } from '../../src/db/index.js'
import { asAdmin, type TestDatabase, testDatabase } from '../support/database.js'
import { readTables, seed, tenantA, tenantB } from './rows.js'

interface Seen {
  tenant_id: string
  vendor_id: string
  tenant: string
  vendor: string
  role: string
  backend: number
}

const roundsOfRequests = 160
const requestsPerRound = 16
const poolMax = 2
const rowsOf: Record<string, number> = { [tenantA]: 2, [tenantB]: 3 }

/** Every row that can be seen, with the context in which it was seen. The statement itself names no tenant. */
const seen = statement<Seen>(
  'test.seen',
  `select tenant_id, vendor_id, current_setting('app.tenant_id', true) as tenant, current_setting('app.vendor_id', true) as vendor,
          current_user::text as role, pg_backend_pid() as backend from product`,
)
const backendOf = statement<{ backend: number }>('test.backend', 'select pg_backend_pid() as backend')
const sleeping = statement('test.sleeping', 'select pg_sleep(0.5)')

/** mulberry32: the same numbers for the same seed. */
function randomOf(seedNumber: number): () => number {
  let state = seedNumber
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

describe('isolation: a pool of two connections', () => {
  let database: TestDatabase
  let admin: pg.Client
  /** The pool's own connections, to be looked at while nobody uses them. */
  const connections: pg.Client[] = []
  const connect = pg.Client.prototype.connect

  before(async () => {
    database = await testDatabase({ poolMax })
    admin = new pg.Client({ connectionString: database.adminUrl })
    await admin.connect()
    await admin.query('begin')
    await seed(admin, await readTables(admin))
    await admin.query('commit')
    pg.Client.prototype.connect = function (this: pg.Client, ...values: Parameters<typeof connect>) {
      if (this.user === 'app_login') connections.push(this)
      return connect.apply(this, values)
    } as typeof connect
  })

  after(async () => {
    pg.Client.prototype.connect = connect
    await admin?.end()
    await database?.close()
  })

  /** What a backend still knows between two requests: nothing of the last one. */
  async function assertConnectionsClean(): Promise<number> {
    let looked = 0
    for (const connection of connections) {
      const { rows } = await connection
        .query<{ role: string; tenant: string | null; vendor: string | null; timeout: string; inside: boolean }>(
          `select current_user::text as role, current_setting('app.tenant_id', true) as tenant, current_setting('app.vendor_id', true) as vendor,
                  current_setting('statement_timeout') as timeout, pg_current_xact_id_if_assigned() is not null as inside`,
        )
        // Connections that were killed on purpose.
        .catch(() => ({ rows: [] }))
      for (const row of rows) {
        looked += 1
        assert.deepEqual(
          { ...row, tenant: row.tenant ?? '', vendor: row.vendor ?? '' },
          { role: 'app_login', tenant: '', vendor: '', timeout: '15s', inside: false },
        )
      }
    }
    return looked
  }

  function assertOwn(scope: Scope, rows: readonly Seen[], answered: Map<string, number>): void {
    const tenant = scope.tenantId ?? ''
    const ofVendor = scope.role === 'vendor'
    assert.equal(rows.length, ofVendor ? rows.length : (rowsOf[tenant] ?? 0), `rows of ${tenant} as ${scope.role}`)
    assert.ok(tenant === '' || rows.length > 0)
    for (const row of rows) {
      assert.deepEqual([row.tenant_id, row.tenant, row.vendor, row.role], [tenant, tenant, scope.vendorId ?? '', `app_${scope.role}`])
      if (ofVendor) assert.equal(row.vendor_id, scope.vendorId)
    }
    answered.set(`${scope.role} ${tenant}`, (answered.get(`${scope.role} ${tenant}`) ?? 0) + 1)
  }

  const scopes: Scope[] = [
    { role: 'store', tenantId: tenantA },
    { role: 'store', tenantId: tenantB },
    { role: 'platform', tenantId: tenantA },
    { role: 'platform' },
    { role: 'vendor', tenantId: tenantA, vendorId: 'vend_1' },
    { role: 'vendor', tenantId: tenantB, vendorId: 'vend_2' },
  ]

  const writable = (scope: Scope) => scope.role === 'store'
  const touch = (scope: Scope) =>
    statement<Seen>(
      'test.touch',
      `update product set title = $1 returning tenant_id, vendor_id, $2::text as tenant, '' as vendor, current_user::text as role, 0 as backend`,
      [scope.tenantId, scope.tenantId],
    )

  /** The kinds of requests: good ones, and every way in which one can go wrong. `code` is how it must end, when it must fail. */
  const requests: {
    name: string
    weight: number
    code?: RegExp
    run: (scope: Scope, check: (rows: readonly Seen[]) => void) => Promise<void>
  }[] = [
    {
      name: 'a read',
      weight: 8,
      run: async (scope, check) => check(await database.db.read(scope, seen)),
    },
    {
      name: 'two reads together',
      weight: 4,
      run: async (scope, check) => {
        for (const rows of await database.db.readAll(scope, [seen, seen])) check(rows)
      },
    },
    {
      name: 'a unit that reads and writes',
      weight: 6,
      run: async (scope, check) =>
        database.db.unitOfWork(scope, async (unit) => {
          const [first] = await Promise.all([unit.run(seen), ...(writable(scope) ? [unit.run(touch(scope)).then(check)] : [])])
          check(first)
          check(await unit.run(seen))
        }),
    },
    {
      name: 'a unit with savepoints',
      weight: 3,
      run: async (scope, check) =>
        database.db.unitOfWork(scope, async (unit) => {
          await unit.knex.raw('savepoint inner_work')
          await assert.rejects(unit.run(statement('test.broken', 'select 1 / 0')))
          await unit.knex.raw('rollback to savepoint inner_work')
          check(await unit.run(seen))
        }),
    },
    {
      name: 'a read that fails in SQL',
      weight: 2,
      code: /^22012$/,
      run: async (scope, check) => {
        for (const rows of await database.db.readAll(scope, [seen, statement('test.broken', 'select 1 / 0')])) check(rows as Seen[])
      },
    },
    {
      name: 'a unit that throws',
      weight: 3,
      code: /^thrown$/,
      run: async (scope, check) =>
        database.db.unitOfWork(scope, async (unit) => {
          check(await unit.run(seen))
          throw Object.assign(new Error('thrown'), { code: 'thrown' })
        }),
    },
    {
      name: 'a unit that fails in SQL while others of its statements are on their way',
      weight: 3,
      code: /^22012$/,
      run: async (scope, check) =>
        database.db.unitOfWork(scope, async (unit) => {
          const answers = [unit.run(seen).then(check), unit.run(statement('test.broken', 'select 1 / 0')), unit.run(seen)]
          await Promise.all(answers)
        }),
    },
    {
      name: 'a unit that runs out of time',
      weight: 1,
      code: /^57014$/,
      run: async (scope, check) =>
        database.db.unitOfWork(scope, async (unit) => {
          check(await unit.run(seen))
          await unit.run(statement('test.timeout', `select set_config('statement_timeout', '3', true)`))
          await unit.run(sleeping)
        }),
    },
    {
      name: 'a unit that is cancelled',
      weight: 1,
      code: /^57014$/,
      run: async (scope, check) => interrupted(scope, check, 'pg_cancel_backend'),
    },
    {
      name: 'a unit whose connection is killed',
      weight: 1,
      code: /^(57P01|ECONNRESET|EPIPE|lost)$/,
      run: async (scope, check) => interrupted(scope, check, 'pg_terminate_backend'),
    },
    {
      name: 'a unit whose opening fails',
      weight: 2,
      code: /^42501$/,
      run: async (_scope, check) =>
        database.db.unitOfWork({ role: 'worker' }, async (unit) => {
          check(await unit.run(seen))
        }),
    },
  ]

  async function interrupted(scope: Scope, check: (rows: readonly Seen[]) => void, how: string): Promise<void> {
    await database.db.unitOfWork(scope, async (unit: Unit) => {
      const [backend] = await unit.run(backendOf)
      check(await unit.run(seen))
      await Promise.all([unit.run(sleeping), interrupt(how, backend?.backend ?? 0)])
    })
  }

  /** Waits until the backend is asleep in its own unit, so that it is hit, and no other statement. */
  async function interrupt(how: string, backend: number): Promise<void> {
    const text = `select ${how}(pid) from pg_stat_activity where pid = $1 and wait_event = 'PgSleep'`
    for (let hits = 0; hits === 0; ) hits = (await admin.query(text, [backend])).rowCount ?? 0
  }

  function pick(random: () => number) {
    let at = random() * requests.reduce((sum, request) => sum + request.weight, 0)
    for (const request of requests) {
      at -= request.weight
      if (at < 0) return request
    }
    return requests[0] as (typeof requests)[number]
  }

  it('never answers a row of another tenant or vendor, whatever goes wrong beside it', async function () {
    this.timeout(60_000)
    const random = randomOf(20_260_102)
    const answered = new Map<string, number>()
    const outcomes = new Map<string, number>()
    let looked = 0
    await asAdmin(database.adminUrl, 'revoke app_worker from app_login')
    try {
      for (let round = 0; round < roundsOfRequests; round += 1) {
        const running = Array.from({ length: requestsPerRound }, async () => {
          const request = pick(random)
          const scope = scopes[Math.floor(random() * scopes.length)] as Scope
          const check = (rows: readonly Seen[]) => assertOwn(scope, rows, answered)
          const code = await request.run(scope, check).then(() => 'done', codeOf)
          outcomes.set(`${request.name}: ${code}`, (outcomes.get(`${request.name}: ${code}`) ?? 0) + 1)
          assert.match(code, request.code ?? /^done$/, `${request.name} as ${scope.role} ended with ${code}`)
        })
        await Promise.all(running)
        looked += await assertConnectionsClean()
      }
    } finally {
      await asAdmin(database.adminUrl, 'grant app_worker to app_login')
    }
    for (const request of requests) {
      const count = [...outcomes].filter(([name]) => name.startsWith(`${request.name}:`)).reduce((sum, [, times]) => sum + times, 0)
      assert.ok(count > 20, `${request.name} happened ${count} times`)
    }
    for (const scope of scopes)
      assert.ok((answered.get(`${scope.role} ${scope.tenantId ?? ''}`) ?? 0) > 200, `${scope.role} ${scope.tenantId}`)
    assert.ok(looked > roundsOfRequests, `${looked} looks at idle connections`)
  })

  it('leaves nothing on the connection after each kind of request', async () => {
    await asAdmin(database.adminUrl, 'revoke app_worker from app_login')
    try {
      for (const request of requests) {
        for (const scope of scopes) {
          const code = await request.run(scope, (rows) => assertOwn(scope, rows, new Map())).then(() => 'done', codeOf)
          assert.match(code, request.code ?? /^done$/, `${request.name} as ${scope.role} ended with ${code}`)
          await assertConnectionsClean()
        }
      }
    } finally {
      await asAdmin(database.adminUrl, 'grant app_worker to app_login')
    }
  })

  it('opens no more connections than it may', async () => {
    const { rows } = await admin.query<{ count: number }>(
      `select count(*)::int as count from pg_stat_activity where datname = current_database() and usename = 'app_login'`,
    )
    assert.ok((rows[0]?.count ?? 0) <= poolMax, `${rows[0]?.count}`)
  })
})

/** SQLSTATE or other code of a failure, 'lost' for a connection that is gone; assertions of the test itself pass through. */
function codeOf(error: unknown): string {
  if (error instanceof assert.AssertionError) throw error
  const { code, message } = error as { code?: string; message: string }
  return code ?? (message.includes('Connection terminated') ? 'lost' : message)
}
