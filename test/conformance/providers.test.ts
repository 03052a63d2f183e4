import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Money, Outcome, PaymentProvider, ProviderCall, Touch } from '../../src/payments/index.js'
import type { Harness, OtherSide } from './harness.js'
import { fakeHarness, manualHarness } from './other-harnesses.js'
import { stripeHarness } from './stripe-harness.js'

process.env.STRIPE_SUPPRESS_NOTICES = 'true'

type Data = Record<string, unknown>
type Remote = NonNullable<PaymentProvider['remote']>
type Payees = NonNullable<PaymentProvider['payees']>
type Disputes = NonNullable<PaymentProvider['disputes']>

/** What the port asks of every adapter, whoever moves the money. */
function conforms(name: string, { start, isRemote }: { start: () => Promise<Harness>; isRemote: boolean }): void {
  describe(`the payment provider ${name}`, () => {
    let harness: Harness
    let provider: PaymentProvider
    let calls = 0
    const usd = (amountMinor: bigint): Money => ({ amountMinor, currency: 'usd' })
    const call = (operationKey = `test:${++calls}`, firstSentAt: Date | null = null): ProviderCall => ({
      operationKey,
      tenantId: 'tenant',
      account: harness.account,
      firstSentAt,
      now: new Date(),
    })
    const again = (first: ProviderCall): ProviderCall => ({ ...first, firstSentAt: first.now })
    const other = () => harness.other as OtherSide
    const remote = () => provider.remote as Remote
    const payees = () => provider.payees as Payees
    const disputes = () => provider.disputes as Disputes
    const reference = (data: Data) => provider.referenceOf?.(data) ?? ''

    before(async () => {
      harness = await start()
      provider = harness.provider
    })
    after(() => harness.stop())
    afterEach(() => harness.other?.breakWay('none'))

    async function started(money = usd(10_000n)): Promise<Data> {
      return ok(await provider.startSession(call(), money, { collectionId: 'pay_col' }))
    }

    async function authorized(money = usd(10_000n)): Promise<Data> {
      const data = await started(money)
      await harness.other?.shopperPays(reference(data))
      return ok(await provider.authorize(call(), money, data)).data
    }

    async function captured(money = usd(10_000n)): Promise<Data> {
      const { data } = ok(await provider.capture(call(), money, await authorized(money)))
      await harness.other?.settle()
      return data
    }

    const about = {
      vendorId: 'vendor',
      email: 'vendor@example.com',
      name: 'Vendor',
      country: 'us',
      currency: 'usd',
      kind: 'company' as const,
    }

    async function payee(): Promise<string> {
      const made = ok(await payees().createPayee(call(), about))
      await other().verifyPayee(made.reference)
      return made.reference
    }

    /** Sent three times: once as if nobody knew, then as after a crash. One effect, one answer. */
    async function hasOneEffect<Value>(effect: string, send: (by: ProviderCall) => Promise<Outcome<Value>>): Promise<Value> {
      const before = harness.other?.effects()[effect] ?? 0
      const by = call()
      const first = await send(by)
      assert.deepEqual(await send(by), first)
      assert.deepEqual(await send(again(by)), first)
      if (harness.other !== null) assert.equal(other().effects()[effect], before + 1, `${effect} must happen once`)
      return ok(first)
    }

    it('starts, captures, refunds and cancels once for each key, and answers the same', async () => {
      const data = await hasOneEffect('session', (by) => provider.startSession(by, usd(10_000n), { collectionId: 'pay_col' }))
      await harness.other?.shopperPays(reference(data))
      const looked = await provider.authorize(call(), usd(10_000n), data)
      assert.deepEqual(await provider.authorize(call(), usd(10_000n), data), looked)
      const paid = await hasOneEffect('capture', (by) => provider.capture(by, usd(10_000n), data))
      assert.equal(paid.status, 'captured')
      await hasOneEffect('refund', (by) => provider.refund(by, usd(3_000n), paid.data))
      await hasOneEffect('refund', (by) => provider.refund(by, usd(3_000n), paid.data))
      const given = await authorized()
      const by = call()
      const first = await provider.cancel(by, usd(10_000n), given)
      assert.equal(first.kind, 'ok')
      assert.deepEqual(await provider.cancel(by, usd(10_000n), given), first)
      assert.deepEqual(await provider.cancel(again(by), usd(10_000n), given), first)
    })

    it('has every part that it says it has, and none of the others', () => {
      assert.deepEqual([provider.remote !== undefined, harness.other !== null], [isRemote, isRemote])
      assert.equal(provider.remote === undefined, provider.referenceOf === undefined)
      // Without payees a store is paid all the same: vendors are then paid by its own hand.
      if (provider.payees === undefined) assert.equal(provider.disputes, undefined)
    })

    if (!isRemote) return
    describe('beyond the network', () => {
      it('takes no lost answer, no failure and no request to wait for a refusal, and goes on from it to one effect', async () => {
        const [first, second] = [await authorized(), await captured()]
        const before = other().effects()
        const capture = call()
        const refund = call()
        const send = (by: (one: ProviderCall) => ProviderCall) =>
          Promise.all([provider.capture(by(capture), usd(10_000n), first), provider.refund(by(refund), usd(1_000n), second)])
        other().breakWay('failing')
        const failing = await send((one) => one)
        other().breakWay('unanswered')
        const unanswered = await send(again)
        other().breakWay('throttled')
        const throttled = [await remote().fetchPayment(call(), reference(first)), await provider.authorize(call(), usd(10_000n), first)]
        other().breakWay('none')
        assert.deepEqual(kinds([...failing, ...unanswered]), ['unknown', 'unknown', 'unknown', 'unknown'])
        assert.deepEqual(kinds(throttled), ['throttled', 'throttled'])
        assert.deepEqual(kinds(await send(again)), ['ok', 'ok'])
        const { capture: captures = 0, refund: refunds = 0 } = other().effects()
        assert.deepEqual([captures, refunds], [(before.capture ?? 0) + 1, (before.refund ?? 0) + 1])
      })

      it('answers whatever the provider says, and throws for none of it', async () => {
        const paid = await captured()
        const asked: Outcome<unknown>[] = await Promise.all([
          remote().fetchPayment(call(), 'nobody_knows'),
          provider.authorize(call(), usd(10_000n), { id: 'nobody_knows' }),
          provider.capture(call(), usd(10_000n), { id: 'nobody_knows' }),
          provider.capture(call(), usd(10_000n), await started()),
          provider.refund(call(), usd(10_001n), paid),
          provider.cancel(call(), usd(10_000n), paid),
          payees().fetchPayee(call(), 'nobody_knows'),
          payees().release(call(), { payee: 'nobody_knows', money: usd(100n), data: paid, orderId: 'order' }),
          payees().clawback(call(), { release: 'nobody_knows', money: usd(100n) }),
          disputes().fetchDispute(call(), 'nobody_knows'),
          disputes().submitEvidence(call(), 'nobody_knows', { product_description: 'A lamp' }),
          remote().connect(call(), { credentials: { secret_key: 'no key of anybody' }, hookUrl: 'http://127.0.0.1:9', previous: null }),
        ])
        assert.deepEqual(
          kinds(asked),
          asked.map(() => 'rejected'),
        )
        assert.equal((await provider.authorize(call(), usd(10_000n), await started())).kind, 'requires_more')
        assert.equal((await provider.authorize(call(), usd(9_999n), await authorized())).kind, 'rejected')
        const canceled = await authorized()
        ok(await provider.cancel(call(), usd(10_000n), canceled))
        assert.equal((await provider.authorize(call(), usd(10_000n), canceled)).kind, 'declined')
      })

      it('counts in our minor units, whatever its own are', async () => {
        const amounts: Money[] = [
          { currency: 'jpy', amountMinor: 1_234n },
          { currency: 'kwd', amountMinor: 12_340n },
          { currency: 'isk', amountMinor: 1_234n },
          { currency: 'ugx', amountMinor: 12_345n },
          { currency: 'mga', amountMinor: 123_400n },
          { currency: 'eur', amountMinor: 1_234n },
        ]
        await Promise.all(
          amounts.map(async (money) => {
            const paid = await captured(money)
            const half = { ...money, amountMinor: money.currency === 'kwd' ? 6_170n : money.currency === 'mga' ? 61_700n : 617n }
            ok(await provider.refund(call(), half, paid))
            const { amountMinor, capturedMinor, currency, refunds } = ok(await remote().fetchPayment(call(), reference(paid)))
            assert.deepEqual(
              [currency, amountMinor, capturedMinor, refunds.map((refund) => refund.amountMinor)],
              [money.currency, money.amountMinor, money.amountMinor, [half.amountMinor]],
            )
          }),
        )
      })

      it('refuses amounts that its steps do not reach, instead of rounding them', async () => {
        const before = other().effects()
        const paid = await captured({ currency: 'kwd', amountMinor: 50_000n })
        for (const money of other().offStep) {
          const refused = await provider.startSession(call(), money, { collectionId: 'pay_col' })
          assert.equal(refused.kind === 'rejected' && refused.code, 'amount_unchargeable')
        }
        const off = other().offStep.find(({ currency }) => currency === 'kwd') as Money
        assert.equal((await provider.refund(call(), off, paid)).kind, 'rejected')
        assert.deepEqual([other().effects().session, other().effects().refund], [(before.session ?? 0) + 1, before.refund])
      })

      it('says of an event what it points at, and nothing of what it claims', async () => {
        const paid = await captured()
        const { raw, headers } = await other().event(reference(paid))
        const account = harness.account as NonNullable<Harness['account']>
        const event = remote().verifyWebhook(account, raw, headers, new Date())
        assert.ok(event !== null)
        const payload = JSON.stringify(event.payload)
        const expected: Touch[] = [{ kind: 'payment', reference: reference(paid) }]
        assert.deepEqual(remote().interpret(event), expected)
        assert.deepEqual(remote().interpret(event), expected)
        assert.equal(JSON.stringify(event.payload), payload)
        const forged = Buffer.from(raw.toString().replace(reference(paid), 'another'))
        const later = new Date(Date.now() + 3_600_000)
        assert.equal(remote().verifyWebhook(account, forged, headers, new Date()), null)
        assert.equal(remote().verifyWebhook(account, raw, {}, new Date()), null)
        assert.equal(remote().verifyWebhook(account, raw, headers, later), null)
        assert.equal(remote().verifyWebhook(account, raw, headers, new Date(Date.now() - 3_600_000)), null)
      })

      it('touches nothing for events that nobody knows, whatever they hold', () => {
        const payload = fc.dictionary(fc.string(), fc.jsonValue() as fc.Arbitrary<unknown>)
        fc.assert(
          fc.property(fc.string(), payload, fc.option(fc.string()), (type, held, connectedAccount) => {
            assert.deepEqual(remote().interpret({ type: `unheard.of.${type}`, payload: held, connectedAccount }), [])
          }),
        )
      })

      it('tells amounts that only grow', async () => {
        const data = await authorized()
        const seen: [string, bigint, bigint][] = []
        const look = async () => {
          const { status, capturedMinor, refunds } = ok(await remote().fetchPayment(call(), reference(data)))
          seen.push([status, capturedMinor, refunds.reduce((sum, one) => sum + one.amountMinor, 0n)])
        }
        await look()
        ok(await provider.capture(call(), usd(8_000n), data))
        await look()
        ok(await provider.refund(call('refund:ref_first'), usd(1_000n), data))
        await look()
        ok(await provider.refund(call('refund:ref_second'), usd(2_000n), data))
        await look()
        assert.deepEqual(seen, [
          ['authorized', 0n, 0n],
          ['captured', 8_000n, 0n],
          ['captured', 8_000n, 1_000n],
          ['captured', 8_000n, 3_000n],
        ])
        const { refunds } = ok(await remote().fetchPayment(call(), reference(data)))
        assert.deepEqual(refunds.map(({ refundId }) => refundId).sort(), ['ref_first', 'ref_second'])
      })

      it('does not guess at a status that it does not know', async () => {
        const [paid, vendor] = [await captured(), await payee()]
        const dispute = await other().openDispute(reference(paid))
        other().speakInTongues(true)
        const said = [
          ok(await remote().fetchPayment(call(), reference(paid))).status,
          ok(await payees().fetchPayee(call(), vendor)).status,
          ok(await disputes().fetchDispute(call(), dispute)).status,
        ]
        const agreed = await provider.authorize(call(), usd(10_000n), paid)
        other().speakInTongues(false)
        assert.deepEqual(said, ['unrecognised', 'unrecognised', 'unrecognised'])
        assert.equal(agreed.kind, 'unknown')
        const { status, amountMinor, paymentReference } = ok(await disputes().fetchDispute(call(), dispute))
        assert.deepEqual([status, amountMinor, paymentReference], ['needs_response', 10_000n, reference(paid)])
        ok(await disputes().submitEvidence(call(), dispute, { product_description: 'A lamp' }))
        assert.equal(ok(await disputes().fetchDispute(call(), dispute)).status, 'under_review')
      })

      it('lets no secret out', async () => {
        const data = await started()
        const connect = () =>
          remote().connect(call(), { credentials: other().credentials, hookUrl: 'http://127.0.0.1:9/hooks', previous: harness.account })
        const said: unknown[] = [data]
        other().breakWay('failing')
        said.push(await provider.capture(call(), usd(10_000n), data), await remote().fetchPayment(call(), reference(data)), await connect())
        const told = JSON.stringify(said, (_, value) => (typeof value === 'bigint' ? `${value}` : value))
        for (const secret of other().secrets) assert.ok(!told.includes(secret), 'a secret was told')
      })

      it('pays a vendor once for each key, and takes back once', async () => {
        const [data, vendor] = [await captured(), await payee()]
        const release = { payee: vendor, money: usd(6_000n), data, orderId: 'order_1' }
        const paid = await hasOneEffect('release', (by) => payees().release(by, release))
        await hasOneEffect('clawback', (by) => payees().clawback(by, { release: paid.reference, money: usd(2_000n) }))
        const tooMuch = await payees().clawback(call(), { release: paid.reference, money: usd(5_000n) })
        assert.equal(tooMuch.kind, 'rejected')
      })

      it('pays no vendor who may not be paid, and asks nobody to', async () => {
        const data = await captured()
        const vendor = ok(await payees().createPayee(call(), about)).reference
        const release = () => payees().release(call(), { payee: vendor, money: usd(1_000n), data, orderId: 'order_2' })
        const before = other().effects().release ?? 0
        const early = await release()
        await other().verifyPayee(vendor)
        ok(await release())
        await other().restrictPayee(vendor)
        const late = await release()
        for (const refused of [early, late]) assert.equal(refused.kind === 'rejected' && refused.code, 'payee_inactive')
        assert.equal(other().effects().release, before + 1)
      })

      it('sends a vendor to a page that tells who they are', async () => {
        const vendor = ok(await payees().createPayee(call(), about)).reference
        const urls = { returnUrl: 'http://store.test/return', refreshUrl: 'http://store.test/refresh' }
        const link = ok(await payees().onboardingLink(call(), vendor, urls))
        assert.ok(URL.canParse(link.url) && link.expiresAt > new Date())
        const { status, requirements } = ok(await payees().fetchPayee(call(), vendor))
        assert.equal(status, 'onboarding')
        assert.notEqual(requirements.length, 0)
      })
    })
  })
}

const kinds = (outcomes: readonly Outcome<unknown>[]) => outcomes.map(({ kind }) => kind)

function ok<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind !== 'ok') throw new Error(`ok was expected: ${JSON.stringify(outcome)}`)
  return outcome.value
}

conforms('stripe', { start: stripeHarness, isRemote: true })
conforms('manual', { start: manualHarness, isRemote: false })
conforms('fake', { start: fakeHarness, isRemote: true })
