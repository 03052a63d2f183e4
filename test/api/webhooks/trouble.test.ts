import assert from 'node:assert/strict'
import { setTimeout as pause } from 'node:timers/promises'
import type { Database, Unit } from '../../../src/db/index.js'
import { queueWebhooks } from '../../../src/webhooks/index.js'
import { buy } from '../../support/after-sale.js'
import { useApp } from '../../support/app.js'
import { asAdmin } from '../../support/database.js'
import { good } from '../../support/http.js'
import { jobContext } from '../../support/payouts.js'
import { createTestStore, type TestStore } from '../../support/store.js'
import { type Receiver, startReceiver } from '../../support/webhooks.js'

describe('webhooks: what goes wrong between', () => {
  const app = useApp({ settings: { WEBHOOKS_TO_LOOPBACK: 'true' } })
  let receiver: Receiver
  let store: TestStore
  let base: string
  let id: string

  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())
  beforeEach(async () => {
    store = await createTestStore(app(), { vendors: 1 })
    const { webhook } = good(await store.admin.post('/admin/webhooks', { url: `${receiver.url}/hook`, event_types: ['order.placed'] }))
    id = webhook.id
    base = `/admin/webhooks/${id}`
    receiver.got.length = 0
    receiver.answer = () => ({ status: 200 })
  })

  const deliveries = async () => good(await store.admin.get(`${base}/deliveries`)).webhook_deliveries
  const state = async () => good(await store.admin.get(base)).webhook.state
  const change = (sql: string) => asAdmin(app().adminUrl, sql, [store.tenantId])

  const facts = () =>
    asAdmin<{ id: string; payload: Record<string, unknown> }>(
      app().adminUrl,
      `select id, payload from app.outbox_event where tenant_id = $1 and handler = 'queue_webhooks'`,
      [store.tenantId],
    )

  /** Jobs that were to come later come now, as if so much time had gone by for them alone. */
  const jobsComeNow = async () => {
    await change(`update app.outbox_event set available_at = now() where tenant_id = $1 and name = 'webhook.due' and state = 'queued'`)
    await app().drain()
  }

  /** Time goes by for everything. */
  const later = async () => {
    const by = (column: string) => `${column} = ${column} - interval '1 day'`
    await change(`update app.webhook_endpoint set ${by('busy_until')}, ${by('looked_at_again')} where tenant_id = $1`)
    await change(`update app.webhook_delivery set ${by('next_attempt_at')} where tenant_id = $1`)
    await jobsComeNow()
  }

  it('is delivered after the time of a job that never came back', async () => {
    await change(`update app.webhook_endpoint set busy_until = now() + interval '1 minute' where tenant_id = $1`)
    await Promise.all([buy(store), buy(store)])
    await app().drain()
    assert.equal(receiver.got.length, 0)
    const waiting = await change(`select id from app.outbox_event where tenant_id = $1 and name = 'webhook.due' and state = 'queued'`)
    assert.equal(waiting.length, 1, 'one job looks again, however many have found it busy')
    await later()
    assert.equal(receiver.got.length, 2)
  })

  it('is delivered, and booked, where booking failed once', async () => {
    await asAdmin(app().adminUrl, `alter table app.webhook_delivery add constraint no_299 check (response_status <> 299)`)
    receiver.answer = () => ({ status: receiver.got.length === 1 ? 299 : 200 })
    await buy(store)
    await app().drain()
    await jobsComeNow()
    assert.deepEqual([receiver.got.length, (await deliveries())[0].state], [1, 'pending'])
    await later()
    assert.deepEqual([receiver.got.length, (await deliveries())[0].state], [2, 'delivered'])
    await asAdmin(app().adminUrl, `alter table app.webhook_delivery drop constraint no_299`)
  })

  it('is tried again where the secret cannot be read, until there is a new one', async () => {
    await change(`update app.webhook_endpoint set secret_sealed = 'of another key' where tenant_id = $1`)
    await buy(store)
    await app().drain()
    const [{ state, error }] = await deliveries()
    assert.deepEqual([state, error], ['pending', 'its secret cannot be read any more: make a new one'])
    good(await store.admin.post(`${base}/rotate-secret`))
    await later()
    assert.deepEqual([receiver.got.length, (await deliveries())[0].state], [1, 'delivered'])
  })

  it('is sent again where that was asked for while it was on its way, be it by the last try', async () => {
    await change(`update app.webhook_endpoint set busy_until = now() + interval '1 minute' where tenant_id = $1`)
    await buy(store)
    await app().drain()
    const [{ id: delivery }] = await deliveries()
    await change(`update app.webhook_delivery set attempts = 9 where tenant_id = $1`)
    receiver.answer = async () => {
      if (receiver.got.length > 1) return { status: 200 }
      good(await store.admin.post(`${base}/deliveries/${delivery}/replay`))
      return { status: 500 }
    }
    await later()
    assert.deepEqual([receiver.got.length, await state()], [1, 'enabled'])
    await later()
    assert.deepEqual([receiver.got.length, (await deliveries())[0].state], [2, 'delivered'])
  })

  it('does not hold against a new address what the one before answered', async () => {
    receiver.answer = async ({ path }) => {
      if (path === '/new') return { status: 200 }
      good(await store.admin.post(base, { url: `${receiver.url}/new` }))
      return { status: 410 }
    }
    await buy(store)
    await app().drain()
    assert.deepEqual([receiver.got.length, await state()], [1, 'enabled'])
    await later()
    assert.deepEqual([receiver.at('/new').length, (await deliveries())[0].state], [1, 'delivered'])
  })

  it('is forgotten after 30 days, also where nobody listens any more', async () => {
    await buy(store)
    await app().drain()
    const [fact] = await facts()
    await change(`update app.webhook_delivery set created_at = now() - interval '31 days' where tenant_id = $1`)
    good(await store.admin.post(base, { state: 'disabled' }))
    await queueWebhooks(jobContext(app(), store), fact?.payload ?? {}, fact?.id as string)
    assert.deepEqual(await deliveries(), [])
  })

  it('is forgotten with its endpoint, be it noted in that moment', async () => {
    await buy(store)
    const { db } = app()
    let deleting: Promise<unknown> = Promise.resolve()
    const unitOfWork: Database['unitOfWork'] = (scope, work) =>
      db.unitOfWork(scope, (unit) => {
        const run: Unit['run'] = async (statement) => {
          if (statement.name === 'webhooks.queue') {
            deleting = store.admin.delete(base).then(good)
            await pause(200)
          }
          return unit.run(statement)
        }
        return work(Object.assign(Object.create(unit), { run }))
      })
    const context = { ...jobContext(app(), store), db: Object.assign(Object.create(db), { unitOfWork }) }
    const [fact] = await facts()
    await change(`delete from app.webhook_delivery where tenant_id = $1`)
    await queueWebhooks(context, fact?.payload ?? {}, fact?.id as string)
    await deleting
    assert.deepEqual(await change(`select id from app.webhook_delivery where tenant_id = $1`), [])
  })

  it('is tested by one test at a time, be it a replay', async () => {
    receiver.answer = async () => {
      await pause(300)
      return { status: 200 }
    }
    const [first, second] = await Promise.all([1, 2].map(() => store.admin.post(`${base}/test`)))
    const tested = [first, second].find((one) => one?.status === 200)?.body.webhook_delivery
    assert.equal([first, second].filter((one) => one?.status === 400).length, 1)
    await app().drain()
    let inside: { status: number; body: { type: string; message: string } }[] = []
    receiver.answer = async () => {
      inside = [await store.admin.post(`${base}/test`), await store.admin.post(`${base}/deliveries/${tested.id}/replay`)]
      return { status: 200 }
    }
    good(await store.admin.post(`${base}/deliveries/${tested.id}/replay`))
    await app().drain()
    for (const { status, body } of inside) assert.deepEqual([status, body.type, /wait/.test(body.message)], [400, 'not_allowed', true])
    assert.deepEqual([inside.length, receiver.got.length], [2, 2])
  })

  it('takes no more than half of what a process does at once, however many hang: mails go out meanwhile', async () => {
    const silent = await startReceiver({ isSilent: true })
    try {
      for (let n = 0; n < 6; n += 1) {
        const made = good(await store.admin.post('/admin/webhooks', { url: `${silent.url}/${n}`, event_types: ['order.placed'] }))
        good(await store.admin.post(`/admin/webhooks/${made.webhook.id}/test`))
      }
      while (silent.got.length < 2) await pause(20)
      await pause(300)
      assert.equal(silent.got.length, 2)
      const began = performance.now()
      const roles = good(await store.admin.get('/admin/roles', { q: 'store_support' })).roles
      good(await store.admin.post('/admin/invites', { email: 'meanwhile@staff.example', role_id: roles[0].id }))
      while (!app().mails.some(({ to }) => to === 'meanwhile@staff.example')) await pause(20)
      assert.ok(performance.now() - began < 5_000, 'before the first of them is given up')
    } finally {
      await silent.close()
    }
    for (let left = 1; left > 0; await pause(50)) {
      const [row] = await asAdmin<{ count: number }>(
        app().adminUrl,
        `select count(*)::int as count from app.webhook_delivery where tenant_id = $1 and state = 'pending'`,
        [store.tenantId],
      )
      left = row?.count ?? 0
    }
  })
})
