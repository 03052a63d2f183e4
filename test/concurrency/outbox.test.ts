import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import { openDatabase } from '../../src/db/index.js'
import { handlersOf } from '../../src/events/index.js'
import { type Handler, type Handlers, startWorker, type Worker } from '../../src/jobs/index.js'
import { systemClock } from '../../src/kernel/index.js'
import { manyConnections, useApp } from '../support/app.js'
import { asAdmin } from '../support/database.js'
import { createTestStore } from '../support/store.js'

interface Crew {
  stop(): Promise<void>
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const redisUrl = process.env.STOA_TEST_REDIS
let prefixes = 0

describe('events and their handlers', function () {
  this.timeout(60_000)
  const app = useApp({ settings: { ...manyConnections, PROCESS: 'api' } })
  const crews: Crew[] = []

  afterEach('stops the workers', async () => {
    await Promise.all(crews.splice(0).map((crew) => crew.stop()))
    await asAdmin(app().adminUrl, 'delete from app.outbox_event')
  })

  /** A worker with connections of its own, as a second process has them. `handle` stands for every handler. */
  async function hire(handle: (tag: string, tenantId: string) => Promise<void>, redisPrefix?: string): Promise<Worker> {
    const db = openDatabase({ url: app().stoa.services.config.databaseAppUrl as string, poolMax: 6, preparedStatements: true })
    const handler: Handler = (context, payload) => handle(payload.tag as string, context.scope.tenantId as string)
    const handlers = Object.fromEntries(
      Object.values(handlersOf)
        .flat()
        .map((name) => [name, handler]),
    ) as Handlers
    const worker = await startWorker({
      db,
      clock: systemClock,
      log: quiet,
      handlers,
      pollInterval_ms: 20,
      ...(redisPrefix === undefined ? {} : { redisUrl: redisUrl as string, redisPrefix }),
    })
    crews.push({
      async stop() {
        await worker.stop()
        await db.close()
      },
    })
    return worker
  }

  /** Queues events as transactions leave them, oldest first. */
  async function queue(tenantId: string, count: number, prefix: string): Promise<void> {
    await asAdmin(
      app().adminUrl,
      `insert into app.outbox_event (tenant_id, id, name, handler, payload, available_at)
       select $1, 'evt_' || $3::text || lpad(n::text, 6, '0'), 'order.placed', 'send_order_confirmation', jsonb_build_object('tag', $3::text || n),
              now() - interval '1 minute' + n * interval '1 millisecond'
       from generate_series(1, $2::int) n`,
      [tenantId, count, prefix],
    )
  }

  async function until(what: string, holds: () => Promise<boolean> | boolean): Promise<void> {
    const limit = Date.now() + 30_000
    while (!(await holds())) {
      if (Date.now() > limit) throw new Error(`waited too long for ${what}`)
      await pause(20)
    }
  }

  const states = async () => {
    const rows = await asAdmin<{ state: string; count: number }>(
      app().adminUrl,
      'select state, count(*)::int as count from app.outbox_event group by state',
    )
    return Object.fromEntries(rows.map((row) => [row.state, row.count]))
  }
  const eventOf = async (tag: string) => {
    const rows = await asAdmin<{ state: string; attempts: number }>(
      app().adminUrl,
      `select state, attempts from app.outbox_event where payload ->> 'tag' = $1`,
      [tag],
    )
    return rows[0]
  }
  /** Ends the lease of whoever took the event, as five minutes without a word do. */
  const endLease = (tag: string) =>
    asAdmin(
      app().adminUrl,
      `update app.outbox_event set available_at = now(), leased_until = now() where payload ->> 'tag' = $1 and state = 'leased'`,
      [tag],
    )

  const transports: { name: string; prefix: () => string | undefined }[] = [{ name: 'in their own processes', prefix: () => undefined }]
  if (redisUrl !== undefined) {
    transports.push({
      name: 'over Redis',
      prefix() {
        prefixes += 1
        return `crew-${process.pid}-${prefixes}`
      },
    })
  }

  for (const transport of transports) {
    it(`are handled once each by two workers that run them ${transport.name}`, async () => {
      const stores = [await createTestStore(app()), await createTestStore(app()), await createTestStore(app())]
      for (const [index, store] of stores.entries()) await queue(store.tenantId, 60, `s${index}-`)
      const running = new Set<string>()
      const overlaps: string[] = []
      const handled: string[] = []
      const by = [0, 0]
      const prefix = transport.prefix()
      const handle = (worker: number) => async (tag: string) => {
        if (running.has(tag)) overlaps.push(tag)
        running.add(tag)
        await pause(5)
        running.delete(tag)
        handled.push(tag)
        by[worker] = (by[worker] ?? 0) + 1
      }
      await Promise.all([hire(handle(0), prefix), hire(handle(1), prefix)])
      await until('180 events', async () => (await states()).done === 180)
      assert.deepEqual(overlaps, [])
      assert.equal(handled.length, 180)
      assert.equal(new Set(handled).size, 180)
      assert.ok(
        by.every((count) => count > 0),
        `one worker did everything: ${by}`,
      )
    })
  }

  it('are taken up again when the lease of whoever had them has ended', async () => {
    const { tenantId } = await createTestStore(app())
    await queue(tenantId, 1, 'left')
    await asAdmin(
      app().adminUrl,
      `update app.outbox_event set state = 'leased', attempts = 1, leased_until = now() + interval '1 hour', available_at = now() + interval '1 hour'`,
    )
    const handled: string[] = []
    await hire(async (tag) => void handled.push(tag))
    await pause(200)
    assert.deepEqual(handled, [], "a lease that has not ended is another worker's")
    await endLease('left1')
    await until('the event', async () => (await eventOf('left1'))?.state === 'done')
    assert.deepEqual(handled, ['left1'])
    assert.deepEqual(await eventOf('left1'), { state: 'done', attempts: 2 })
  })

  it('are not noted as done or failed by a worker that was too slow to keep its lease', async () => {
    const { tenantId } = await createTestStore(app())
    await queue(tenantId, 1, 'slow')
    let release: () => void = () => undefined
    let began = false
    const slow = new Promise<void>((resolve) => {
      release = resolve
    })
    let calls = 0
    const worker = await hire(async () => {
      calls += 1
      if (calls > 1) return
      began = true
      await slow
      throw new Error('too late to matter')
    })
    await until('the slow try', () => began)
    await endLease('slow1')
    worker.nudge()
    await until('the second try', async () => (await eventOf('slow1'))?.state === 'done')
    release()
    await pause(200)
    assert.deepEqual(await eventOf('slow1'), { state: 'done', attempts: 2 })
    assert.equal(calls, 2)
  })

  it('of a store with three are handled among the first twenty, though another store has a thousand waiting', async () => {
    // Both ways round: the order of the stores' ids must not decide who waits.
    const [one, two] = await Promise.all([createTestStore(app()), createTestStore(app())])
    for (const [busy, small] of [
      [one, two],
      [two, one],
    ] as const) {
      await queue(busy.tenantId, 1_000, 'busy')
      await queue(small.tenantId, 3, 'small')
      await asAdmin(app().adminUrl, `update app.outbox_event set available_at = now() where payload ->> 'tag' like 'small%'`)
      const handled: string[] = []
      await hire(async (tag) => void handled.push(tag))
      await until('some events', () => handled.length >= 40)
      await Promise.all(crews.splice(0).map((crew) => crew.stop()))
      await asAdmin(app().adminUrl, 'delete from app.outbox_event')
      const last = Math.max(...['small1', 'small2', 'small3'].map((tag) => handled.indexOf(tag) + 1 || Number.POSITIVE_INFINITY))
      assert.ok(last <= 20, `the last of the three was number ${last}`)
    }
  })

  it('of every store are reached, though there are more stores than a worker has hands', async () => {
    const stores = await Promise.all(Array.from({ length: 7 }, () => createTestStore(app())))
    for (const [index, store] of stores.entries()) await queue(store.tenantId, 100, `many${index}-`)
    const order: string[] = []
    await hire(async (_tag, tenantId) => void order.push(tenantId))
    await until('some events', () => order.length >= 100)
    const reached = new Set(order.slice(0, 100))
    assert.equal(reached.size, stores.length)
  })
})
