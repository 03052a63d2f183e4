import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { conflict, toMajor } from '../../kernel/index.js'
import { clawbackEntry, post } from '../../ledger/index.js'
import { partAtRate, type PaymentProvider, readingCall, type ReleaseSnapshot } from '../../payments/index.js'
import { lockFacts } from '../facts.js'
import { placeHold } from '../holds.js'
import { assess, lesser, type ReleaseFact, type Settled } from '../policy.js'
import { changedEntries, insertClawback } from '../rows.js'

/** A release that a provider has made. */
export interface MadeRelease {
  id: string
  vendor_order_id: string
  reference: string
  payment_account_id: string
}

/**
 * Books what somebody took back of a release in the provider's own pages. What the vendor is then owed again is held until
 * staff lift the hold: whoever took it back by hand did not mean it to be paid again at once. Told twice, it is booked once.
 * @throws conflict while the provider does not answer
 */
export async function syncRelease(context: Context, provider: PaymentProvider, release: MadeRelease): Promise<void> {
  if (provider.payees === undefined) return
  const found = await provider.payees.fetchRelease(await readingCall(context, provider, release.payment_account_id), release.reference)
  if (found.kind !== 'ok')
    throw conflict(`The payment provider did not say what became of the release: ${found.message}`, 'payment_outcome_unknown')
  const { takenBack } = found.value
  if (takenBack.length > 0) await context.db.unitOfWork(context.scope, (unit) => note(unit, context, provider, release, takenBack))
}

async function note(
  unit: Unit,
  context: Context,
  provider: PaymentProvider,
  release: MadeRelease,
  takenBack: ReleaseSnapshot['takenBack'],
): Promise<void> {
  // Under the vendor's lock: whoever else is told of the same finds it booked.
  const facts = await lockFacts(unit, context, release.vendor_order_id)
  if (facts === undefined) return
  const known = await unit.run(
    statement<{ id: string; reference: string | null }>(
      'payouts.clawbacks_of_release',
      `select id, reference from clawback where tenant_id = $1 and release_id = $2 and method = 'provider'`,
      [tenantOf(unit), release.id],
    ),
  )
  const made = facts.releases.find(({ id }) => id === release.id)
  // One that we asked for is known by its id before its answer has reached its row.
  const told = takenBack.filter((one) => !known.some(({ id, reference }) => id === one.clawbackId || reference === one.reference))
  if (told.length === 0 || made === undefined) return
  const foreign = inOrderCurrency(made, told)
  const of = { vendorId: facts.vendor_id, vendorOrderId: facts.vendor_order_id, currency: facts.currency_code }
  const from = { code: 'A:psp_clearing', partyId: provider.id } as const
  const occurredAt = context.clock.now()
  for (const { reference, amountMinor, settled } of foreign) {
    const source = await insertClawback(unit, context, of, { method: 'provider', releaseId: release.id, amountMinor, reference, settled })
    const fact = { source, currency: of.currency, amountMinor, occurredAt }
    await post(unit, [
      clawbackEntry({ ...fact, to: { vendorId: of.vendorId }, from }),
      ...changedEntries('clawback', fact, provider.id, settled),
    ])
  }
  const after = await lockFacts(unit, context, release.vendor_order_id)
  if (after === undefined) return
  const { dueMinor, releasedMinor } = assess(after)
  const again = lesser(
    foreign.reduce((sum, { amountMinor }) => sum + amountMinor, 0n),
    dueMinor - releasedMinor,
  )
  if (again <= 0n) return
  await placeHold(unit, context, {
    vendor_order_id: facts.vendor_order_id,
    reason: 'manual',
    amount: toMajor(again, of.currency),
    currency_code: of.currency,
    note: `Taken back at the payment provider: ${foreign.map(({ reference }) => reference).join(', ')}`.slice(0, noteMost),
  })
}

interface TakenBack {
  reference: string
  amountMinor: bigint
  settled: Settled | null
}

/** What was taken back in the provider's currency, in the order's: the last of a release with what was rounded off before. */
function inOrderCurrency(release: ReleaseFact, told: ReleaseSnapshot['takenBack']): TakenBack[] {
  const { settled_minor: whole, settled_currency_code: currency } = release
  let { returned_minor: returned, returned_settled_minor: returnedSettled } = release
  return told.map(({ reference, amountMinor }) => {
    if (whole === null || currency === null) return { reference, amountMinor, settled: null }
    returnedSettled += amountMinor
    const part = partAtRate(amountMinor, { original: whole, changed: release.amount_minor })
    const own = returnedSettled >= whole ? release.amount_minor - returned : part
    const counted = own > 0n ? own : 1n
    returned += counted
    return { reference, amountMinor: counted, settled: { amountMinor, currency } }
  })
}

const noteMost = 500
