import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { loadConfig } from '../../src/config.js'
import { type Stoa, startStoa } from '../../src/main.js'
import type { Mail } from '../../src/notifications/index.js'
import { registerPaymentProvider } from '../../src/payments/index.js'
import { type TestApp, useApp } from '../support/app.js'
import { bankCalls, bankId, bankProvider } from '../support/bank.js'
import { asAdmin } from '../support/database.js'
import { brokenInvariants } from '../support/invariants.js'
import { type Death, type Mortal, startMortal } from '../support/mortal.js'
import { copiesOf, readyCart } from '../support/ready-cart.js'
import { inParallel, separateSockets } from '../support/sockets.js'
import { createTestStore, type TestStore } from '../support/store.js'

const childrenAtOnce = 2

/** What a cart may be found as after a crash. Anything between these is half a purchase. */
type State = 'as before' | 'promised' | 'ordered'

/** A way to buy, with every point of its purchase at which the process is killed. */
interface Victim {
  name: string
  death: Death
  cartId: string
  state?: State
}

const isCommit = (step: string | undefined) => step?.startsWith('sent COMMIT') === true
/** A step after which something is about to leave the process; the others have happened. */
const isAbout = (step: string | undefined) => step !== undefined && /^sent |^the bank is asked/.test(step)

/**
 * Points of a purchase that differ. What is sent together leaves in one piece: it dies before the last of it. Of answers
 * that arrive together only the last counts. Between what has happened and what is about to leave next, nothing changes
 * outside of the process: both are one point, which is named after a COMMIT where there is one. A COMMIT also dies on its
 * way, when nobody can know yet whether it was heard.
 */
function deathsOf(steps: readonly string[]): { name: string; death: Death }[] {
  const phaseOf = (index: number) => steps[index]?.split(' ')[0]
  const isBetween = (index: number) => index >= 0 && !isAbout(steps[index]) && isAbout(steps[index + 1])
  return steps.flatMap((step, index) => {
    const isWithin = phaseOf(index) === phaseOf(index + 1)
    if (isWithin && (phaseOf(index) === 'answered' || phaseOf(index - 1) === 'sent')) return []
    const isNamedByOther = isBetween(index - 1) || (isBetween(index) && isCommit(steps[index + 1]))
    if (isNamedByOther && !isCommit(step)) return []
    const at = [{ name: `${index}: ${step}`, death: { step: index, underway: false } }]
    if (isCommit(step)) at.push({ name: `${index}: ${step}, on its way`, death: { step: index, underway: true } })
    return at
  })
}

const settingsOf = (app: TestApp, more: Record<string, string>): Record<string, string> => {
  const { config } = app.stoa.services
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
    CHECKOUT_RESUME_AFTER_MS: '100',
    ...more,
  }
}

/** Those around the ends of the writing transactions, where what is left behind changes. */
const decisive = (deaths: ReturnType<typeof deathsOf>) => deaths.filter(({ name }) => /COMMIT;/.test(name))

interface Way {
  providerId: string
  /** Vendors whose shipping the shopper chooses. */
  shippingOf: number[]
  /** Who comes first after the crash. */
  retriedBy: 'worker' | 'shopper'
  at: (deaths: ReturnType<typeof deathsOf>) => ReturnType<typeof deathsOf>
}

function purchase(title: string, way: Way): void {
  describe(`a process killed while ${title}`, function () {
    this.timeout(300_000)
    const app = useApp({ settings: { PROCESS: 'api', CHECKOUT_RESUME_AFTER_MS: '100' } })
    const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-bank-'))
    const bankFile = path.join(directory, 'calls')
    const mails: Mail[] = []
    let store: TestStore
    let victims: Victim[] = []
    let worker: Stoa | undefined

    const begin = (death: Death | null) => startMortal({ settings: settingsOf(app(), { PROCESS: 'api' }), bankFile, death })
    const completeAt = (mortal: Mortal, cartId: string) => separateSockets(mortal, store).post(`/store/carts/${cartId}/complete`)

    before(async () => {
      registerPaymentProvider(bankProvider(bankFile, () => undefined))
      store = await createTestStore(app(), { vendors: 3, tax_ppm: 82_500, stock: 1_000 })
      await asAdmin(app().adminUrl, 'insert into app.region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, $3)', [
        store.tenantId,
        store.regionId,
        bankId,
      ])
      const items = store.vendors.map((vendor) => ({ variant_id: vendor.products[0]?.variantIds[0] as string, quantity: 2 }))
      const first = await readyCart(store, { items, shippingOf: way.shippingOf, providerId: way.providerId })
      const mortal = await begin(null)
      const answer = await completeAt(mortal, (await copiesOf(app(), first, 1))[0] as string)
      assert.equal(answer.body?.type, 'order', JSON.stringify(answer.body))
      const deaths = way.at(deathsOf(await mortal.steps()))
      await mortal.kill()
      const carts = await copiesOf(app(), first, deaths.length)
      victims = deaths.map((death, index) => ({ ...death, cartId: carts[index] as string }))
    })

    after(async () => {
      await worker?.stop()
      fs.rmSync(directory, { recursive: true, force: true })
    })

    async function stateOf(cartId: string): Promise<State | string> {
      const [row] = await asAdmin<{ facts: string }>(
        app().adminUrl,
        `select concat_ws(' ',
           (select count(*) from app.orders where cart_id = $1),
           (select coalesce(string_agg(state, ','), 'none') from app.checkout where cart_id = $1),
           (select count(*) from app.reservation r join app.checkout k on k.tenant_id = r.tenant_id and k.id = r.checkout_id
            where k.cart_id = $1 and r.state = 'active'),
           (select count(*) from app.payment p join app.payment_collection k on k.tenant_id = p.tenant_id and k.id = p.payment_collection_id
            where k.cart_id = $1),
           (select count(*) from app.cart where id = $1 and completed_at is not null)) as facts`,
        [cartId],
      )
      const known: Record<string, State> = { '0 none 0 0 0': 'as before', '0 open 3 0 0': 'promised', '1 completed 3 1 1': 'ordered' }
      return known[row?.facts ?? ''] ?? `orders, checkouts, reservations, payments, completed: ${row?.facts}`
    }

    /** Victims of which something does not hold, by the step at which they were hit. */
    async function wrong(check: (victim: Victim) => Promise<string | undefined>): Promise<string[]> {
      const found = await inParallel(victims, 4, async (victim) => {
        const complaint = await check(victim)
        return complaint === undefined ? [] : [`${victim.name} (${victim.state}): ${complaint}`]
      })
      return found.flat()
    }

    async function recover(): Promise<void> {
      const mailer = { send: async (mail: Mail) => void mails.push(mail), close: () => undefined }
      worker ??= await startStoa(loadConfig(settingsOf(app(), { PROCESS: 'worker' })), { mailer })
      await app().drain()
    }

    async function retry(): Promise<void> {
      const complaints = await wrong(async ({ cartId, state }) => {
        const before = await orderOf(cartId)
        const { status, body } = await store.shopper.post(`/store/carts/${cartId}/complete`)
        if (status !== 200 || body.type !== 'order') return JSON.stringify(body)
        if (state === 'ordered' && body.order.id !== before) return `the order was ${before} and is now ${body.order.id}`
        return body.order.items.length === 3 ? undefined : `the order has ${body.order.items.length} items`
      })
      assert.deepEqual(complaints, [])
    }

    async function orderOf(cartId: string): Promise<string | undefined> {
      return (await asAdmin<{ id: string }>(app().adminUrl, 'select id from app.orders where cart_id = $1', [cartId]))[0]?.id
    }

    it('leaves a cart as it was, a promise, or an order, at whatever step it dies', async () => {
      const found = await inParallel(victims, childrenAtOnce, async (victim) => {
        const mortal = await begin(victim.death)
        const [answer, signal] = await Promise.all([completeAt(mortal, victim.cartId), mortal.ended])
        const state = await stateOf(victim.cartId)
        victim.state = state as State
        const isKilled = signal === 'SIGKILL' && answer.status === 0
        return isKilled && ['as before', 'promised', 'ordered'].includes(state)
          ? []
          : [`${victim.name}: ${signal}, ${answer.status}, ${state}`]
      })
      assert.deepEqual(found.flat(), [])
      console.log(`      killed at ${victims.length} steps`)
      // A run that never leaves one of these has not killed where it matters.
      assert.deepEqual([...new Set(victims.map((victim) => victim.state))].sort(), ['as before', 'ordered', 'promised'])
      assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: false }), [])
    })

    if (way.retriedBy === 'worker') {
      it('is taken up by a worker: what was promised becomes an order, what was not stays a cart', async () => {
        await recover()
        const complaints = await wrong(async ({ cartId, state }) => {
          const now = await stateOf(cartId)
          return now === (state === 'as before' ? 'as before' : 'ordered') ? undefined : now
        })
        assert.deepEqual(complaints, [])
        assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
      })
    }

    it('gives the one order to a shopper who tries again', retry)

    it('ends with every cart bought once: stock, money, books and mail', async () => {
      await recover()
      assert.deepEqual(await brokenInvariants(app().adminUrl, store.tenantId, { atRest: true }), [])
      const complaints = await wrong(async ({ cartId }) => {
        const now = await stateOf(cartId)
        return now === 'ordered' ? undefined : now
      })
      assert.deepEqual(complaints, [])
      // Each of the carts, and the one that was completed to learn the steps.
      assert.equal(mails.length, victims.length + 1)
      assert.equal(new Set(mails.map((mail) => mail.messageId)).size, mails.length)
    })

    if (way.providerId !== bankId) return
    it('asks the bank under one key for each purchase, however often it asks', async () => {
      const calls = bankCalls(bankFile)
      for (const method of ['authorize', 'capture'] as const) {
        const asked = calls.filter((call) => call.method === method)
        const keys = new Set(asked.map((call) => call.key))
        assert.equal(keys.size, victims.length + 1, method)
        assert.ok(asked.length > keys.size, `${method} was never repeated`)
      }
      assert.equal(new Set(calls.map((call) => call.amountMinor)).size, 1)
    })
  })
}

purchase('a card is charged', { providerId: bankId, shippingOf: [0, 1, 2], retriedBy: 'worker', at: (deaths) => deaths })
purchase('a cart is paid by hand, with shipping left to the store', {
  providerId: 'pp_system_default',
  shippingOf: [0],
  retriedBy: 'shopper',
  at: decisive,
})
