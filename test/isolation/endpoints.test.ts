import assert from 'node:assert/strict'
import pg from 'pg'
import { routes } from '../../src/api/index.js'
import type { Route } from '../../src/http/index.js'
import { type TestApp, useApp } from '../support/app.js'
import { type Answer, type Client, client } from '../support/client.js'
import { good } from '../support/http.js'
import { signedInOperator } from '../support/people.js'
import { type Case, matrixOf, ofVendors, type Place, requestOf } from './endpoints.js'
import { prepared } from './endpoints-prepared.js'
import type { Prepare } from './endpoints-spares.js'
import { addFailedJob, buildWorld, type Ids, noteIds, type World } from './endpoints-world.js'
import { countWrites, type Held, heldBy, idsOfTenant, untilAtRest } from './endpoints-rows.js'

const nameOf = (route: Route) => `${route.method} ${route.path}`
const matrices = routes
  .map((route) => ({ route, matrix: matrixOf(route) }))
  .filter(({ matrix }) => matrix.cases.length + matrix.unknown.length > 0)
const idPattern = /\b[a-z]+(?:_[a-z]+)?_[0-9A-HJKMNP-TV-Z]{26}\b/g

/** Lists take the ids to look for in their query, and find nothing. */
const isList = (route: Route) => route.method === 'GET' && !/:[a-z_]+$/.test(route.path)

describe('an id of another store or vendor', () => {
  let rows: pg.Client
  after(() => rows?.end())
  const app = useApp()
  let a: World
  let b: World
  let clients: Record<string, Client>
  const keptIds = new Map<Prepare, Map<string, Ids>>()
  let known: Held | null = null
  const knownIds = new Map<string, { writes: string; ids: ReadonlySet<string> }>()

  before(async function () {
    this.timeout(120_000)
    const operator = await signedInOperator(app())
    a = await buildWorld(app(), operator)
    b = await buildWorld(app(), operator)
    for (const world of [a, b]) await addFailedJob(world)
    for (const world of [a, b]) await noteIds(world)
    clients = await clientsOf(app(), a)
    rows = new pg.Client({ connectionString: app().adminUrl })
    await rows.connect()
    await countWrites(rows)
    // As the server does by itself a minute after so many rows: without, one statement of a settlement takes 9 ms instead of a third of one.
    await rows.query('analyze')
  })

  it('is another id for each kind of thing, so that no case can meet its own', () => {
    for (const [kind, id] of Object.entries(b.idsOf[0])) assert.notEqual(a.idsOf[0][kind], id, kind)
  })

  for (const { route, matrix } of matrices) {
    it(`${nameOf(route)} does not know it`, async function () {
      this.timeout(60_000)
      assert.deepEqual(matrix.unknown, [], `${nameOf(route)} has ids without a case`)
      const own = await keptIdsFor(a, 0, route)
      await refuses(route, matrix.cases, own, await keptIdsFor(b, 0, route), b.store.tenantId)
      if (route.surface !== 'vendor') return
      await refuses(route, ofVendors(matrix), own, await keptIdsFor(a, 1, route), a.store.tenantId, a.store.vendors[1]?.id)
    })
  }

  it('stands in lists that say past their end, too, how many there are', async function () {
    this.timeout(120_000)
    const wrong: string[] = []
    const lists = routes.filter(({ method, page }) => method === 'GET' && page !== undefined)
    for (const route of lists) {
      const own = await keptIdsFor(a, 0, route)
      const { path } = requestOf(route, { name: 'nothing', foreign: [] }, own, own)
      const sender = clients[route.surface] as Client
      const [first, behind] = [await sender.get(path), await sender.get(`${path}${path.includes('?') ? '&' : '?'}offset=1000`)]
      const isSame = first.status === 200 && behind.status === 200 && first.body.count === behind.body.count
      if (!isSame)
        wrong.push(`${path}: ${first.status} ${first.body.count}, then ${behind.status} ${behind.body.count ?? behind.body.message}`)
    }
    assert.deepEqual(wrong, [])
    assert.ok(lists.length > 100, `${lists.length} lists`)
  })

  /** Sends each case and looks at what was answered, what it tells, and what it wrote. */
  async function refuses(route: Route, cases: readonly Case[], own: Ids, foreign: Ids, ...theirs: [tenantId: string, vendorId?: string]) {
    await untilAtRest(rows)
    known = await heldBy(rows, known)
    const { sums: before } = known
    const foreignIds = await idsOf(known.writes, ...theirs)
    const sentAll: string[] = []
    for (const one of cases) {
      const { answer, path } = await send(route, one, own, foreign, route.surface === 'platform' ? 'admin' : route.surface)
      const said = `${route.method} ${path} (${one.name} foreign): ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`
      await refused(route, one, answer, said)
      const sent = new Set(answer.status === 200 ? [] : one.foreign.map((place) => foreign[place.kind]))
      const told = (JSON.stringify(answer.body).match(idPattern) ?? []).filter((id) => foreignIds.has(id) && !sent.has(id))
      assert.deepEqual(told, [], `${said} tells of the other's ids`)
      sentAll.push(said)
    }
    known = await heldBy(rows, known)
    const { sums } = known
    const written = Object.keys(sums).filter((table) => sums[table] !== before[table])
    assert.deepEqual(written, [], `one of these wrote something:\n${sentAll.join('\n')}`)
  }

  /** The ids of a store or of one of its vendors, looked up again only where something was written since. */
  async function idsOf(writes: string, tenantId: string, vendorId?: string): Promise<ReadonlySet<string>> {
    const key = `${tenantId} ${vendorId}`
    const kept = knownIds.get(key)
    if (kept?.writes === writes) return kept.ids
    const ids = await idsOfTenant(rows, tenantId, vendorId)
    knownIds.set(key, { writes, ids })
    return ids
  }

  async function refused(route: Route, one: Case, answer: Answer, said: string) {
    if (route.surface === 'platform') return assert.equal(answer.status, 401, said)
    if (exporting.has(nameOf(route)) && answer.status === 202) return exportsNothing(answer.body.transaction_id, said)
    if (answer.status !== 200) {
      assert.ok(answer.status === 404 || answer.status === 400, said)
      // An unknown field or a wrong type would be refused for itself, and prove nothing.
      return assert.doesNotMatch(answer.body.message, /^Invalid request: /, said)
    }
    const [place] = one.foreign as [Place]
    if (route.path === '/store/search') {
      // Prices of a cart that is not known are those of no cart.
      if (place.steps.at(-1) === 'cart_id') return
      return assert.deepEqual([answer.body.results[0].hits, answer.body.results[0].count], [[], 0], said)
    }
    if (place.part === 'body') return assert.equal(place.steps[0], 'remove', `${said}: only what is not linked can be unlinked`)
    assert.equal(place.part, 'query', said)
    if (place.steps[0] === 'cart_id') return assert.deepEqual(answer.body, (await unpriced(route)).body, said)
    if (!isList(route)) return
    const list = Object.values(answer.body).find((value) => Array.isArray(value))
    assert.deepEqual({ list, count: answer.body.count ?? 0 }, { list: [], count: 0 }, said)
  }

  /** A list that is written to a file has nothing in it. What is kept of it is taken away: whatever else was written shows. */
  async function exportsNothing(id: string, said: string) {
    await untilAtRest(rows)
    const { rows: found } = await rows.query('select state, row_count from app.export_job where id = $1', [id])
    assert.deepEqual(found, [{ state: 'done', row_count: 0 }], said)
    await rows.query(`delete from app.notification where unique_key = 'export:' || $1`, [id])
    await rows.query(`delete from app.outbox_event where payload ->> 'export_job_id' = $1`, [id])
    await rows.query('delete from app.export_job where id = $1', [id])
  }

  /** The same question without the cart whose prices were asked for. */
  async function unpriced(route: Route): Promise<Answer> {
    const own = await idsFor(a, 0, route)
    return (clients[route.surface] as Client).get(requestOf(route, { name: 'nothing', foreign: [] }, own, own).path)
  }

  describe('while its own ids are known', () => {
    let theirs: ReadonlySet<string>
    before(async () => {
      theirs = await idsOfTenant(rows, b.store.tenantId)
    })

    for (const { route, matrix } of [...matrices].sort(ordered)) {
      it(`${nameOf(route)} answers`, async function () {
        this.timeout(60_000)
        for (const one of distinct(matrix.cases)) {
          const own = await idsFor(a, 0, route)
          const { answer, path } = await send(route, one, own, own, route.surface)
          const said = `${route.method} ${path} (${one.name} its own): ${answer.status} ${JSON.stringify(answer.body).slice(0, 300)}`
          assert.equal(answer.status, expected[nameOf(route)] ?? 200, said)
          if (isAudited(route) && answer.status === 200) await isOnRecord(answer, said)
          if (isList(route) && answer.body.count !== undefined && !empty.has(nameOf(route)))
            assert.ok(answer.body.count > 0, `${said} finds nothing`)
          assert.deepEqual(
            (JSON.stringify(answer.body).match(idPattern) ?? []).filter((id) => theirs.has(id)),
            [],
            said,
          )
        }
      })
    }
  })

  /** Every write of a store, a vendor or the platform leaves a record of itself. */
  async function isOnRecord(answer: Answer, said: string) {
    const { rows: found } = await rows.query(
      `select action from app.audit_record where request_id = $1 union all select action from platform.audit_record where request_id = $1`,
      [answer.headers.get('x-request-id')],
    )
    assert.ok(found.length > 0, `${said} leaves no record`)
  }

  async function idsFor(world: World, vendor: number, route: Route): Promise<Ids> {
    const more = await prepared[nameOf(route)]?.(world, vendor)
    return { ...(world.idsOf[vendor] as Ids), ...more }
  }

  /** What is refused uses nothing up: routes that need the same share it (25 s less for 330 routes). */
  async function keptIdsFor(world: World, vendor: number, route: Route): Promise<Ids> {
    const prepare = prepared[nameOf(route)]
    if (prepare === undefined) return world.idsOf[vendor] as Ids
    const kept = keptIds.get(prepare) ?? new Map<string, Ids>()
    keptIds.set(prepare, kept)
    const key = `${world.store.tenantId} ${vendor}`
    const ids = kept.get(key) ?? (await idsFor(world, vendor, route))
    kept.set(key, ids)
    return ids
  }

  async function send(route: Route, one: Case, own: Ids, foreign: Ids, as: string): Promise<{ answer: Answer; path: string }> {
    const { path, body } = requestOf(route, one, own, foreign)
    const sender = clients[as] as Client
    const answer =
      route.method === 'GET'
        ? await sender.get(path)
        : route.method === 'POST'
          ? await sender.post(path, body ?? {})
          : await sender.delete(path, body)
    return { answer, path }
  }
})

/** Cases whose requests differ when every id is the sender's own: all that name a place of the path are then the same one. */
function distinct(cases: readonly Case[]): Case[] {
  const isOfPath = (one: Case) => one.foreign.every((place) => place.part === 'path')
  return cases.filter((one) => !isOfPath(one) || one === cases.find(isOfPath))
}

const isAudited = (route: Route) => route.method !== 'GET' && ['admin', 'vendor', 'platform'].includes(route.surface)

/** Deletions last: the ones before them name what they remove. */
function ordered(x: { route: Route }, y: { route: Route }): number {
  return Number(x.route.method === 'DELETE') - Number(y.route.method === 'DELETE')
}

/** Lists that hold nothing in these stores: the vendor that only one of them has sells nothing yet. */
const empty = new Set([
  'GET /store/vendors/:handle/reviews',
  'GET /admin/gift-cards/:id/orders',
  // No provider is tied to the locations of the test's stores.
  'GET /admin/fulfillment-providers',
])

/** Lists that are answered in the background. */
const exporting = new Set(['POST /admin/products/export', 'POST /admin/orders/export'])

/** Answers to good requests that are not 200: the name server knows nothing of a domain made up for a test. */
const expected: Record<string, number> = {
  // Nobody has bought from the vendor that only this store has.
  'POST /store/vendors/:handle/reviews': 400,
  'POST /platform/tenants/:id/domains/:domain_id/verify': 400,
  // A payment by hand cannot be disputed.
  // Nothing is waited for: a manual payment is there at once.
  'POST /admin/orders/:id/payment-sessions/authorize': 400,
  'POST /admin/disputes/:id/evidence': 400,
  // The vendor owes nothing that could be given up.
  'POST /admin/vendors/:id/write-off': 400,
  // Done in the background.
  'POST /admin/products/imports': 202,
  'POST /admin/products/imports/:transaction_id/confirm': 202,
  'POST /admin/products/import/:transaction_id/confirm': 202,
  'POST /admin/products/export': 202,
  'POST /admin/orders/export': 202,
}

async function clientsOf(app: TestApp, { store, operator, customer }: World): Promise<Record<string, Client>> {
  const vendor = store.vendors[0]
  const { token } = good(
    await client(app, { tenant: store.slug }).post('/auth/member/emailpass', { email: vendor?.email, password: vendor?.password }),
  )
  return {
    store: customer.client,
    admin: store.admin,
    vendor: client(app, { token }),
    platform: operator,
    auth: customer.client,
  }
}
