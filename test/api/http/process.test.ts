import assert from 'node:assert/strict'
import { freePort } from '../../../infra/local/postgres.js'
import { startTestApp, type TestApp, useApp } from '../../support/app.js'
import { client } from '../../support/client.js'
import { asAdmin } from '../../support/database.js'

describe('what a process says of itself', () => {
  const app = useApp()

  it('is alive at /health', async () => {
    const { status, body } = await client(app()).get('/health')
    assert.deepEqual([status, body], [200, 'OK'])
  })

  it('is ready when database, migrations and queue are', async () => {
    const { status, body } = await client(app()).get('/ready')
    assert.equal(status, 200)
    assert.deepEqual(body, { database: 'ready', migrations: 'ready', queue: 'ready' })
  })

  it('counts what it answered, by route and not by address, for Prometheus', async () => {
    await client(app()).get('/store/products/prod_of_nobody')
    const { status, body, headers } = await client(app()).get('/metrics')
    assert.equal(status, 200)
    assert.match(headers.get('content-type') ?? '', /^text\/plain/)
    assert.match(body, /^stoa_http_requests_total \d+$/m)
    assert.match(body, /^stoa_http_request_duration_seconds_bucket\{le="0.005",method="GET",route="none",status="400"\}/m)
    assert.match(body, /^stoa_db_round_trips_total \d+$/m)
    assert.match(body, /^process_cpu_seconds_total/m)
    assert.doesNotMatch(body, /prod_of_nobody/)
  })

  it('tells its figures to those alone who hold the token, where there is one, and in production to nobody else', async () => {
    const token = 'a token for Prometheus'
    const statuses = async (settings: Record<string, string>) => {
      const other = await startTestApp({ settings })
      try {
        const all = [{}, { token: `${token}s` }, { token }].map((credentials) => client(other, credentials).get('/metrics'))
        return (await Promise.all(all)).map(({ status }) => status)
      } finally {
        await other.stop()
      }
    }
    assert.deepEqual(await statuses({ METRICS_TOKEN: token }), [401, 401, 200])
    const port = String(await freePort())
    const production = { NODE_ENV: 'production', PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}`, RATE_LIMIT_SCALE: '1' }
    assert.deepEqual(await statuses(production), [404, 404, 404])
  })

  it('knows no other addresses', async () => {
    for (const path of ['/', '/nothing', '/storefront', '/store']) {
      const { status, body } = await client(app()).get(path, {}, { 'x-publishable-api-key': '' })
      assert.ok(status === 404 || status === 400, `${path}: ${status}`)
      assert.ok(typeof body.message === 'string', path)
    }
  })
})

describe('a process whose database has gone', () => {
  const server = () => process.env.STOA_TEST_DATABASE as string
  let app: TestApp
  let name: string

  before(async function () {
    this.timeout(60_000)
    app = await startTestApp()
    name = new URL(app.adminUrl).pathname.slice(1)
    await asAdmin(server(), `alter database ${name} allow_connections false`)
    await asAdmin(server(), 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
  })
  after(async () => {
    await asAdmin(server(), `alter database ${name} allow_connections true`)
    await app.stop()
  })

  it('is alive, and says that it is not ready and what is not', async () => {
    const { status, body } = await client(app).get('/ready')
    assert.equal(status, 503)
    assert.equal(body.database, 'not ready')
    assert.equal(body.queue, 'ready')
    assert.equal((await client(app).get('/health')).status, 200)
  })

  it('tells nobody of its inside', async () => {
    const { status, body } = await client(app, { publishableKey: `pk_${'0'.repeat(64)}` }).get('/store/regions')
    assert.ok(status >= 500, String(status))
    assert.doesNotMatch(JSON.stringify(body), new RegExp(`${name}|postgres|connection`, 'i'))
  })

  it('serves again when the database is back', async function () {
    this.timeout(20_000)
    await asAdmin(server(), `alter database ${name} allow_connections true`)
    for (let attempt = 0; attempt < 50; attempt += 1) {
      if ((await client(app).get('/ready')).status === 200) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    assert.fail('not ready within five seconds')
  })
})
