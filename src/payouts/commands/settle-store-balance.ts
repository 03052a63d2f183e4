import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { conflict, unexpectedState } from '../../kernel/index.js'
import { clawbackEntry, post } from '../../ledger/index.js'
import { paymentProviderOf, type PaymentProvider, readingCall } from '../../payments/index.js'
import { ask } from '../ask.js'
import { day_ms, patience_ms } from '../policy.js'
import { insertClawback, insertRelease } from '../rows.js'
import {
  lockStorePayee,
  nextStoreStep,
  pendingOfStoreStatement,
  refusedLatelyStatement,
  releasesOfStoreStatement,
  storeBalancesStatement,
  type StorePayee,
} from '../store-balance.js'

/** Of each currency one release, or what is taken back of a few: what wants more goes round in a circle. */
const stepsMaximum = 200

type Asked = { kind: 'release' | 'clawback'; id: string }

/**
 * Pays a store what of the operator's account is its own, and takes back what it was paid too much, by the rows and calls that pay
 * vendors. Called each night after the account was reconciled, and when the store's payee becomes active; may be called any number
 * of times and by several at once. What is taken back and is not there is netted with what comes in: it is paid only when the balance
 * is above nothing again.
 * @throws conflict while the provider's answer is not known
 */
export async function settleStoreBalance(
  context: Context,
  { payment_account_id: accountId }: { payment_account_id: string },
): Promise<void> {
  for (let count = 0; count < stepsMaximum; count += 1) {
    const asked = await context.db.unitOfWork(context.scope, (unit) => takeStep(unit, context, accountId))
    if (asked === null) return
    await ask(context, asked.kind, asked.id)
  }
  throw unexpectedState(`The store's share of account ${accountId} did not come to rest after ${stepsMaximum} steps`)
}

async function takeStep(unit: Unit, context: Context, accountId: string): Promise<Asked | null> {
  const payee = await lockStorePayee(unit, accountId)
  if (payee === undefined) return null
  const tenantId = tenantOf(unit)
  const now = context.clock.now()
  const [pending] = await unit.run(pendingOfStoreStatement(tenantId, accountId))
  if (pending !== undefined) return pending
  const balances = await unit.run(storeBalancesStatement(tenantId, accountId, now))
  const refused = await unit.run(refusedLatelyStatement(tenantId, accountId, new Date(now.getTime() - patience_ms)))
  const stepMinor = (id: string, currency: string) => paymentProviderOf(id)?.payees?.stepMinor?.(currency) ?? 1n
  for (const balance of balances) {
    const { currency_code: currency } = balance
    const yesterday = new Date(now.getTime() - day_ms)
    const releases = balance.own_minor < 0n ? await unit.run(releasesOfStoreStatement(tenantId, accountId, currency, yesterday)) : []
    const wasRefused = refused.some((one) => one.currency_code === currency)
    const step = nextStoreStep({ balance, payee, releases, wasRefused, stepMinor })
    if (step.kind === 'pay') return { kind: 'release', id: await pay(unit, context, { payee, accountId, currency }, step.amountMinor) }
    if (step.kind !== 'clawback') continue
    const { releaseId, amountMinor } = step
    const of = { vendorId: null, vendorOrderId: null, currency, accountId }
    return { kind: 'clawback', id: await insertClawback(unit, context, of, { method: 'provider', releaseId, amountMinor }) }
  }
  return null
}

const pay = (
  unit: Unit,
  context: Context,
  { payee, accountId, currency }: { payee: StorePayee; accountId: string; currency: string },
  amountMinor: bigint,
) =>
  insertRelease(
    unit,
    context,
    { vendor_id: null, vendor_order_id: null, order_id: null, currency_code: currency, payment_account_id: accountId, payee_id: payee.id },
    { method: 'provider', state: 'pending', amountMinor },
  )

/**
 * Books what the operator took back of the store's in the provider's own pages, and holds what is the store's from then on: whoever
 * took it back by hand did not mean it to be paid again the next night. Told twice, it is booked once.
 * @throws conflict while the provider does not say
 */
export async function noteTakenBackOfStore(
  context: Context,
  provider: PaymentProvider,
  release: { id: string; reference: string; payment_account_id: string },
): Promise<void> {
  const found = await provider.payees?.fetchRelease(await readingCall(context, provider, release.payment_account_id), release.reference)
  if (found === undefined) return
  // The event is told again: nothing else says what was taken back by hand.
  if (found.kind !== 'ok') throw conflict(`What the provider took back of release ${release.id} is not known. Try again.`)
  if (found.value.takenBack.length === 0) return
  const { takenBack } = found.value
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockStorePayee(unit, release.payment_account_id)
    const rows = await unit.run(clawbacksStatement(tenantOf(unit), release.id))
    const known = rows.filter(({ id }) => id !== null)
    const told = takenBack.filter((one) => !known.some(({ id, reference }) => id === one.clawbackId || reference === one.reference))
    const [{ currency_code: currency } = { currency_code: '' }] = rows
    for (const { reference, amountMinor } of told) {
      const of = { vendorId: null, vendorOrderId: null, currency, accountId: release.payment_account_id }
      const source = await insertClawback(unit, context, of, { method: 'provider', releaseId: release.id, amountMinor, reference })
      const from = { code: 'A:psp_clearing', partyId: provider.id } as const
      await post(unit, [clawbackEntry({ source, to: 'store', from, currency, amountMinor, occurredAt: context.clock.now() })])
    }
    if (told.length > 0) await hold(unit, release.id, `Taken back at the payment provider: ${told.map((one) => one.reference).join(', ')}`)
  })
}

/** The release itself with what was taken back of it: at least one row, which says its currency. */
const clawbacksStatement = (tenantId: string, releaseId: string) =>
  statement<{ id: string | null; reference: string | null; currency_code: string }>(
    'payouts.clawbacks_of_store_release',
    `select c.id, c.reference, r.currency_code from release r left join clawback c on c.tenant_id = $1 and c.release_id = r.id
     where r.tenant_id = $1 and r.id = $2`,
    [tenantId, releaseId],
  )

const reasonMost = 500

async function hold(unit: Unit, releaseId: string, reason: string): Promise<void> {
  await unit.run(
    statement(
      'payouts.hold_store_payee',
      `update payee set held_reason = coalesce(held_reason, $3), updated_at = now() where tenant_id = $1 and vendor_id is null and replaced_at is null
         and payment_account_id = (select y.payment_account_id from release r join payee y on y.tenant_id = $1 and y.id = r.payee_id
           where r.tenant_id = $1 and r.id = $2)`,
      [tenantOf(unit), releaseId, reason.slice(0, reasonMost)],
    ),
  )
}
