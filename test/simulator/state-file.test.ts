import assert from 'node:assert/strict'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Stripe from 'stripe'
import { type SimulatorOptions, type StripeSimulator, startStripeSimulator, stripeOptionsFor } from '../../infra/local/stripe/index.js'
import { startReceiver } from './simulator.js'

const day_ms = 86_400_000

describe('the state file of the Stripe simulator', () => {
  let directory: string
  let running: StripeSimulator[]

  beforeEach(() => {
    directory = fs.mkdtempSync(path.join(os.tmpdir(), 'stoa-simulator-'))
    running = []
  })
  afterEach(async () => {
    for (const simulator of running) await simulator.stop()
    fs.rmSync(directory, { recursive: true })
  })

  const file = () => path.join(directory, 'home', 'simulator.json')
  const clientOf = (simulator: StripeSimulator) => new Stripe('sk_test_shop', { ...stripeOptionsFor(simulator), maxNetworkRetries: 0 })

  async function start(options: SimulatorOptions = {}): Promise<StripeSimulator> {
    const simulator = await startStripeSimulator({ stateFile: file(), ...options })
    running.push(simulator)
    return simulator
  }

  async function stop(): Promise<void> {
    await running.pop()?.stop()
  }

  const authorised = (stripe: Stripe, payment_method = 'pm_card_visa') =>
    stripe.paymentIntents.create({ amount: 5_000, currency: 'usd', capture_method: 'manual', confirm: true, payment_method })

  it('lets what was authorised be captured, refunded and paid on after a restart, at the same address', async () => {
    const first = await start()
    const before = clientOf(first)
    const intent = await authorised(before)
    const account = await before.v2.core.accounts.create({
      configuration: { recipient: { capabilities: { stripe_balance: { stripe_transfers: { requested: true } } } } },
    })
    await first.control.verifyAccount(account.id)
    await stop()

    const second = await start()
    assert.equal(second.url, first.url)
    const stripe = clientOf(second)
    const captured = await stripe.paymentIntents.capture(intent.id)
    assert.equal(captured.status, 'succeeded')
    const source_transaction = captured.latest_charge as string
    await stripe.transfers.create({ amount: 1_000, currency: 'usd', destination: account.id, source_transaction })
    await stripe.refunds.create({ payment_intent: intent.id, amount: 500 })
    await stop()

    const third = await start()
    const { intents, transfers, refunds } = third.control.snapshot()
    assert.deepEqual([intents.length, transfers.length, refunds[0]?.amount], [1, 1, 500])
    assert.equal((await clientOf(third).charges.retrieve(source_transaction)).amount_refunded, 500)
  })

  it('answers the same under the same key, and draws no id twice', async () => {
    const create = (stripe: Stripe, idempotencyKey?: string) =>
      stripe.paymentIntents.create({ amount: 1_000, currency: 'usd' }, idempotencyKey === undefined ? {} : { idempotencyKey })
    const before = clientOf(await start())
    const [first, other] = [await create(before, 'cart-1'), await create(before)]
    await stop()
    const stripe = clientOf(await start())
    const again = await create(stripe, 'cart-1')
    assert.deepEqual([again.id, again.lastResponse.headers['idempotent-replayed']], [first.id, 'true'])
    assert.notEqual((await create(stripe)).id, other.id)
    assert.equal((await stripe.paymentIntents.list()).data.length, 3)
  })

  it('goes on with its clock, and with what was to happen', async () => {
    const simulator = await start({ startAt: new Date('2026-01-01T00:00:00Z') })
    const stripe = clientOf(simulator)
    const left = await authorised(stripe)
    const disputed = await authorised(stripe, 'pm_card_createDispute')
    await stripe.paymentIntents.capture(disputed.id)
    await simulator.control.advance(day_ms)
    await stop()

    const { control } = await start()
    assert.equal(control.now().toISOString(), '2026-01-02T00:00:00.000Z')
    assert.equal(control.snapshot().disputes.length, 1)
    await control.closeDispute(control.snapshot().disputes[0]?.id as string, 'won')
    await control.advance(6 * day_ms)
    assert.equal(control.snapshot().intents.find(({ id }) => id === left.id)?.status, 'canceled')
    assert.equal(control.snapshot().disputes[0]?.balance_transactions.length, 2)
  })

  it('still delivers what was not delivered, signed as before', async () => {
    const receiver = await startReceiver()
    const first = await start()
    const stripe = clientOf(first)
    const endpoint = await stripe.webhookEndpoints.create({ url: receiver.url, enabled_events: ['payment_intent.created'] })
    await stripe.paymentIntents.create({ amount: 1_000, currency: 'usd' })
    await stop()

    const second = await start()
    assert.equal(await second.control.deliver(), 1)
    const { body, signature } = receiver.received[0] as { body: string; signature: string }
    const event = Stripe.webhooks.constructEvent(body, signature, endpoint.secret as string)
    assert.equal(event.type, 'payment_intent.created')
    await clientOf(second).paymentIntents.create({ amount: 2_000, currency: 'usd' })
    assert.equal(await second.control.deliver(), 1)
    await receiver.stop()
  })

  it('has written what happened before a process dies, and takes another port where its own is taken', async () => {
    const dying = await start()
    const intent = await authorised(clientOf(dying))
    await sleep(250)
    const heir = await start()
    assert.notEqual(heir.port, dying.port)
    assert.equal((await clientOf(heir).paymentIntents.capture(intent.id)).status, 'succeeded')
    assert.equal(fs.statSync(file()).mode & 0o777, 0o600)
    assert.deepEqual(fs.readdirSync(path.dirname(file())), ['simulator.json'])
  })

  it('refuses a file that it cannot read, and leaves it as it is', async () => {
    fs.mkdirSync(path.dirname(file()))
    fs.writeFileSync(file(), '{"format": 1, "world"')
    await assert.rejects(start(), /simulator\.json holds no state of the Stripe simulator .*remove it to begin anew/)
    assert.equal(fs.readFileSync(file(), 'utf8'), '{"format": 1, "world"')
  })
})
