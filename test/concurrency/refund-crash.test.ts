import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type Stoa, startStoa } from '../../src/main.js'
import { loadConfig } from '../../src/config.js'
import { registerPaymentProvider } from '../../src/payments/index.js'
import { useApp } from '../support/app.js'
import { bankCalls, bankId, bankProvider } from '../support/bank.js'
import { client } from '../support/client.js'
import { asAdmin } from '../support/database.js'
import { brokenInvariants } from '../support/invariants.js'
import { type Death, startMortal } from '../support/mortal.js'
import { readyCart } from '../support/ready-cart.js'
import { createTestStore, type TestStore } from '../support/store.js'

/** Where what is left behind changes: around the bank's act, and around each COMMIT, heard or not. */
function deathsOf(steps: readonly string[]): { name: string; death: Death }[] {
  return steps.flatMap((step, index) => {
    const at = [{ name: `${index}: ${step}`, death: { step: index, underway: false } }]
    if (step.startsWith('the bank')) return at
    if (/COMMIT;/.test(step))
      return step.startsWith('sent') ? [...at, { name: `${index}: ${step}, on its way`, death: { step: index, underway: true } }] : at
    return []
  })
}

describe('a process killed while it gives money back', function () {
  this.timeout(180_000)
  const app = useApp({ settings: { PROCESS: 'api' } })
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-bank-'))
  const bankFile = path.join(directory, 'calls')
  let store: TestStore
  let worker: Stoa | undefined

  const settings = (role: string): Record<string, string> => {
    const { config } = app().stoa.services
    return {
      NODE_ENV: 'test',
      PORT: '0',
      HOST: '127.0.0.1',
      STOA_HOME: config.home,
      DATABASE_APP_URL: config.databaseAppUrl as string,
      DATABASE_POOL_MAX: '2',
      TOKEN_SECRET: config.tokenSecret as string,
      RATE_LIMIT_SCALE: '0',
      LOG_LEVEL: 'silent',
      JOB_POLL_INTERVAL_MS: '50',
      PROCESS: role,
    }
  }
  const begin = (death: Death | null) => startMortal({ settings: settings('api'), bankFile, death })

  before(async () => {
    registerPaymentProvider(bankProvider(bankFile, () => undefined))
    store = await createTestStore(app(), { vendors: 2, tax_ppm: 82_500 })
    await asAdmin(app().adminUrl, 'insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, $3)', [
      store.tenantId,
      store.regionId,
      bankId,
    ])
  })
  after(async () => {
    await worker?.stop()
    fs.rmSync(directory, { recursive: true, force: true })
  })

  async function paidPayment(): Promise<string> {
    const items = store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 1 }))
    const cartId = await readyCart(store, { items, shippingOf: [0, 1], providerId: bankId })
    const { body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
    assert.equal(body.type, 'order', JSON.stringify(body))
    const { body: listed } = await store.admin.get('/admin/payments', { order_id: body.order.id })
    return listed.payments[0].id
  }
  const refundAt = (mortal: { url: string }, paymentId: string) =>
    client(mortal, { secretKey: store.secretKey }).post(`/admin/payments/${paymentId}/refund`, { amount: 12.34 })

  it('gives it back once, wherever it dies', async () => {
    const whole = await begin(null)
    const first = await paidPayment()
    const prior = (await whole.steps()).length
    assert.equal((await refundAt(whole, first)).status, 200)
    const steps = (await whole.steps()).slice(prior)
    await whole.kill()
    const deaths = deathsOf(steps)
    assert.ok(deaths.length >= 8, `${deaths.length} points: ${steps.join('\n')}`)
    const victims: { name: string; paymentId: string }[] = []
    for (const { name, death } of deaths) {
      const paymentId = await paidPayment()
      const mortal = await begin({ ...death, step: death.step + prior })
      await assert.rejects(refundAt(mortal, paymentId), Error, `${name}: the shop answered`)
      assert.equal(await mortal.ended, 'SIGKILL')
      victims.push({ name, paymentId })
    }
    worker = await startStoa(loadConfig(settings('worker')), { mailer: { send: async () => undefined, close: () => undefined } })
    await asAdmin(app().adminUrl, `update app.outbox_event set available_at = now() where tenant_id = $1 and state = 'queued'`, [
      store.tenantId,
    ])
    await app().drain()
    const found = new Map<string, number>()
    for (const { name, paymentId } of victims) {
      // Whoever clicked clicks again when nothing came of it.
      const shown = (await store.admin.get(`/admin/payments/${paymentId}`)).body.payment
      found.set(String(shown.refunds.length), (found.get(String(shown.refunds.length)) ?? 0) + 1)
      if (shown.refunds.length === 0) assert.equal((await refundAt(app(), paymentId)).status, 200, name)
      const after = (await store.admin.get(`/admin/payments/${paymentId}`)).body.payment
      assert.deepEqual([after.refunded_amount, after.refunds.length], [12.34, 1], name)
      const keys = bankCalls(bankFile).filter((call) => call.key === `refund:${after.refunds[0].id}`)
      assert.ok(keys.length >= 1, `${name}: the bank was never asked`)
    }
    assert.deepEqual([...found.keys()].sort(), ['0', '1'], 'some died before anything was noted, the others were resumed')
    const refunds = new Set(
      bankCalls(bankFile)
        .filter((call) => call.method === 'refund')
        .map((call) => call.key),
    )
    assert.equal(refunds.size, victims.length + 1, 'no refund under two keys')
    assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
  })
})
