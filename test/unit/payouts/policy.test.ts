import assert from 'node:assert/strict'
import fc from 'fast-check'
import { assess, type Facts, nextStep, type ReleaseFact, type Step } from '../../../src/payouts/policy.js'

const now = new Date('2026-03-01T12:00:00Z')
const day_ms = 86_400_000
/** As of a currency with three decimals. */
const step_minor = 10n
const minor = (max: number) => fc.bigInt({ min: 0n, max: BigInt(max) })

const payment = fc.record({
  id: fc.uuid(),
  provider_id: fc.constantFrom('pp_pays', 'pp_by_hand'),
  payment_account_id: fc.constant(null),
  left_minor: minor(1_500),
  payee_id: fc.constant('payee_1'),
  payee_status: fc.constantFrom('active', 'active', 'restricted'),
  payee_reference: fc.constant('acct_1'),
  exchange: fc.option(
    fc.record({ original: minor(4_000).map((o) => o + 1n), changed: minor(9_000).map((o) => o + 1n), currency: fc.constant('eur') }),
  ),
  awaits_exchange: fc.constantFrom(false, false, true),
})
const hold = fc.record({
  id: fc.uuid(),
  vendor_order_id: fc.constantFrom('vord_1', null),
  reason: fc.constantFrom('manual', 'legal'),
  amount_minor: fc.option(minor(900).map((amount) => amount + 1n)),
  until: fc.option(fc.constantFrom(new Date(now.getTime() - day_ms), new Date(now.getTime() + day_ms))),
})
const facts: fc.Arbitrary<Facts> = fc
  .record({
    vendor_amount_minor: minor(2_000),
    booked: minor(2_000),
    pending: minor(2_000),
    is_paid: fc.constantFrom(true, true, true, false),
    is_shipped: fc.boolean(),
    delivered_at: fc.option(fc.constantFrom(new Date(now.getTime() - 5 * day_ms), now)),
    release_policy: fc.constantFrom(
      'on_payment' as const,
      'on_payment' as const,
      'on_shipment' as const,
      'on_delivery' as const,
      'manual' as const,
    ),
    reserve_ppm: fc.constantFrom(0, 150_000, 1_000_000),
    approved_minor: minor(2_000),
    holds: fc.array(hold, { maxLength: 2 }),
    others_open_minor: minor(500),
    debts: fc.array(fc.record({ vendor_order_id: fc.uuid(), owed_minor: minor(400).map((amount) => amount + 1n) }), { maxLength: 2 }),
    payments: fc.array(payment, { maxLength: 3 }),
  })
  .map(({ booked, pending, ...rest }) => {
    const least = (one: bigint, other: bigint) => (one < other ? one : other)
    const booked_credit_minor = least(booked, rest.vendor_amount_minor)
    return {
      ...rest,
      now,
      vendor_order_id: 'vord_1',
      vendor_id: 'vend_1',
      order_id: 'order_1',
      currency_code: 'usd',
      booked_credit_minor,
      pending_credit_minor: least(pending, rest.vendor_amount_minor - booked_credit_minor),
      gift_minor: 0n,
      gift_cards_to_come: false,
      release_delay_days: 3,
      reserve_days: 30,
      has_reserve: false,
      failed_at: null,
      unattached_minor: 0n,
      releases: [],
      pending: null,
      paysVendors: (id: string) => id === 'pp_pays',
      stepMinor: () => step_minor,
    }
  })

/** What the rows would say after a step; the provider does what it is asked, or has an answer of its own. */
function after(of: Facts, step: Step, isRefused: boolean): Facts {
  const id = `rel_${String(of.releases.length).padStart(3, '0')}`
  const made = (release: Partial<ReleaseFact>): Facts => ({
    ...of,
    releases: [
      ...of.releases,
      {
        id,
        method: 'provider',
        state: 'succeeded',
        payout_id: null,
        amount_minor: 0n,
        clawed_minor: 0n,
        refused_minor: null,
        provider_id: 'pp_pays',
        settled_minor: null,
        settled_currency_code: null,
        returned_minor: 0n,
        returned_settled_minor: 0n,
        ...release,
      },
    ],
  })
  switch (step.kind) {
    case 'cancel':
      return { ...of, releases: of.releases.filter((release) => !step.releaseIds.includes(release.id)) }
    case 'clawback':
      return {
        ...of,
        releases: of.releases.map((release) => {
          if (release.id !== step.releaseId) return release
          return isRefused
            ? { ...release, refused_minor: step.amountMinor }
            : {
                ...release,
                clawed_minor: release.clawed_minor + step.amountMinor,
                returned_minor: release.returned_minor + step.amountMinor,
                returned_settled_minor: release.returned_settled_minor + (step.settled?.amountMinor ?? 0n),
              }
        }),
      }
    case 'lift_reserve': {
      const kept = step.keepMinor > 0n ? [{ ...step.hold, id: 'hold_kept', amount_minor: step.keepMinor }] : []
      return { ...of, holds: [...of.holds.filter((one) => one.id !== step.hold.id), ...kept] }
    }
    case 'reserve': {
      const reserve = { id: 'hold_1', vendor_order_id: 'vord_1', reason: 'reserve', amount_minor: step.amountMinor, until: step.until }
      return { ...of, has_reserve: true, holds: [...of.holds, reserve] }
    }
    case 'offset':
      return {
        ...made({ method: 'offset', amount_minor: step.amountMinor }),
        debts: of.debts.map((debt) =>
          debt.vendor_order_id === step.debtor ? { ...debt, owed_minor: debt.owed_minor - step.amountMinor } : debt,
        ),
      }
    case 'release':
      if (isRefused) return { ...of, failed_at: now }
      return {
        ...made({
          amount_minor: step.amountMinor,
          settled_minor: step.settled?.amountMinor ?? null,
          settled_currency_code: step.settled?.currency ?? null,
        }),
        payments: of.payments.map((one) => (one.id === step.payment.id ? { ...one, left_minor: one.left_minor - step.amountMinor } : one)),
      }
    case 'pay_by_hand':
      return made({ method: 'manual', state: 'awaiting', amount_minor: step.amountMinor })
    default:
      return of
  }
}

/** Steps until there is none, each looked at before the next. */
function settle(of: Facts, answers: readonly boolean[], look: (before: Facts, step: Step, next: Facts) => void): Facts {
  let current = of
  for (let count = 0; count < 60; count += 1) {
    const { step } = nextStep(current, assess(current))
    if (step.kind === 'rest') return current
    const next = after(current, step, answers[count % answers.length] ?? false)
    look(current, step, next)
    current = next
  }
  return assert.fail('it does not come to rest')
}

const out = (of: Facts) => {
  const { releasedMinor, awaitingMinor } = assess(of)
  return releasedMinor + awaitingMinor
}
const most = (of: Facts) => {
  const { dueMinor, reservedMinor } = assess(of)
  const open = dueMinor - of.pending_credit_minor - reservedMinor
  return open > 0n ? open : 0n
}

/** No release is taken back beyond what went out of it, in either currency, and the provider moves nothing but its steps. */
function lookAtAmounts(step: Step, next: Facts): void {
  for (const release of next.releases) {
    assert.ok(release.clawed_minor <= release.amount_minor)
    const { settled_minor: whole, returned_settled_minor: returned } = release
    if (whole === null) continue
    assert.ok(returned <= whole, `${returned} of ${whole} came back`)
    if (release.returned_minor === release.amount_minor) assert.equal(returned, whole)
  }
  if (step.kind !== 'release' && step.kind !== 'clawback') return
  const moved = step.settled?.amountMinor ?? step.amountMinor
  assert.ok(moved > 0n && moved % step_minor === 0n, `${moved} is no step of the provider's`)
}

describe('what a vendor is released', () => {
  it('comes to rest, and is never made more than is due, nor of a payment more than it holds', () => {
    fc.assert(
      fc.property(facts, facts, fc.array(fc.boolean(), { minLength: 1, maxLength: 5 }), (first, second, answers) => {
        const look = (before: Facts, step: Step, next: Facts) => {
          if (out(next) > out(before)) assert.ok(out(next) <= most(next), `${step.kind}: ${out(next)} of ${most(next)}`)
          for (const one of next.payments) assert.ok(one.left_minor >= 0n)
          for (const debt of next.debts) assert.ok(debt.owed_minor >= 0n)
          lookAtAmounts(step, next)
        }
        const once = settle(first, answers, look)
        // Then everything but what was done is another: more credits, another policy, other holds.
        const { releases, payments, has_reserve } = once
        const reserves = once.holds.filter((one) => one.reason === 'reserve')
        settle({ ...second, releases, payments, has_reserve, holds: [...second.holds, ...reserves] }, answers, look)
      }),
      { numRuns: 500 },
    )
  })

  it('is all that is due where nothing keeps it back', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const payments = given.payments.map((one) => ({ ...one, payee_status: 'active', awaits_exchange: false }))
        const free: Facts = { ...given, is_paid: true, release_policy: 'on_payment', holds: [], payments }
        const end = settle(free, [false], () => undefined)
        assert.equal(out(end), most(end))
      }),
      { numRuns: 300 },
    )
  })
})
