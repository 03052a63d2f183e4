import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { newId } from '../kernel/index.js'
import {
  clawbackEntry,
  conversionEntries,
  type LedgerEntry,
  post,
  releaseEntry,
  reserveEntry,
  reserveReleaseEntry,
  writeOffEntry,
} from '../ledger/index.js'
import { type Assessment, type Facts, type HoldFact, lesser, type PaymentFact, type Settled, type WaitingFor } from './policy.js'

/** What is left open of a release after this is taken up by the worker. */
const resumeAfter_ms = 30_000

/** Notes how a vendor order stands, for lists, balances and other orders of the vendor. */
export async function savePayable(
  unit: Unit,
  facts: Facts,
  assessed: Assessment,
  waitingFor: WaitingFor | null,
): Promise<{ isLookingAgain: boolean }> {
  // Of a date that is noted already there is an event already.
  const [row] = await unit.run(
    statement<{ is_new: boolean }>(
      'payouts.save_payable',
      `with known as (select look_again_at from payable where tenant_id = $1 and vendor_order_id = $2)
       insert into payable as p (tenant_id, vendor_order_id, order_id, vendor_id, currency_code, due_minor, released_minor, available_minor,
         reserved_minor, waiting_for, look_again_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
       on conflict (tenant_id, vendor_order_id) do update set due_minor = $6, released_minor = $7, available_minor = $8, reserved_minor = $9,
         waiting_for = $10, look_again_at = $11, updated_at = now()
       returning look_again_at is not null and look_again_at is distinct from (select look_again_at from known) as is_new`,
      [
        tenantOf(unit),
        facts.vendor_order_id,
        facts.order_id,
        facts.vendor_id,
        facts.currency_code,
        assessed.dueMinor,
        assessed.releasedMinor,
        assessed.availableMinor,
        assessed.reservedMinor,
        waitingFor,
        assessed.lookAgainAt,
      ],
    ),
  )
  return { isLookingAgain: row?.is_new === true }
}

interface NewRelease {
  method: 'provider' | 'manual' | 'offset'
  state: 'pending' | 'awaiting' | 'succeeded'
  amountMinor: bigint
  payment?: PaymentFact
  /** What goes out, where the provider keeps another currency than the order's. */
  settled?: Settled | null
}

/** Whose a release is: a vendor's for its order, or the store's of the operator's account. */
type ReleaseOf = Pick<Facts, 'vendor_id' | 'vendor_order_id' | 'order_id' | 'currency_code'> | StoreOf

interface StoreOf {
  vendor_id: null
  vendor_order_id: null
  order_id: null
  currency_code: string
  payment_account_id: string
  payee_id: string
}

/** Writes a release. One that a provider is to be asked for has the event that resumes it. */
export async function insertRelease(unit: Unit, context: Context, of: ReleaseOf, release: NewRelease): Promise<string> {
  const id = newId('rel')
  await unit.run(
    statement(
      'payouts.insert_release',
      `insert into release (tenant_id, id, vendor_id, vendor_order_id, order_id, method, payment_id, payee_id, currency_code, amount_minor, state,
         created_by, settled_at, settled_minor, settled_currency_code)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
      [
        tenantOf(unit),
        id,
        of.vendor_id,
        of.vendor_order_id,
        of.order_id,
        release.method,
        release.payment?.id ?? null,
        'payee_id' in of ? of.payee_id : (release.payment?.payee_id ?? null),
        of.currency_code,
        release.amountMinor,
        release.state,
        context.actorId,
        release.state === 'succeeded' ? context.clock.now() : null,
        release.settled?.amountMinor ?? null,
        release.settled?.currency ?? null,
      ],
    ),
  )
  if (release.state === 'pending') await emitResume(unit, context, of.vendor_id === null ? of.payment_account_id : of, id)
  return id
}

/** @param of the vendor order, or the account that the store is paid from */
async function emitResume(unit: Unit, context: Context, of: { vendor_order_id: string } | string, id: string): Promise<void> {
  const later = { availableAt: new Date(context.clock.now().getTime() + resumeAfter_ms), requestId: context.requestId }
  if (typeof of === 'string') await emit(unit, 'store_balance.due', { payment_account_id: of }, later)
  else await emit(unit, 'release.requested', { vendor_order_id: of.vendor_order_id, id }, later)
}

type ClawbackOf =
  | { vendorId: string; vendorOrderId: string; currency: string }
  | { vendorId: null; vendorOrderId: null; currency: string; accountId: string }

export async function insertClawback(
  unit: Unit,
  context: Context,
  of: ClawbackOf,
  clawback: {
    method: 'provider' | 'offset' | 'write_off'
    releaseId?: string
    offsetReleaseId?: string
    amountMinor: bigint
    /** Of one that the provider has made without being asked by us. */
    reference?: string
    settled?: Settled | null
  },
): Promise<string> {
  const id = newId('clawb')
  const isAsked = clawback.method === 'provider' && clawback.reference === undefined
  await unit.run(
    statement(
      'payouts.insert_clawback',
      `insert into clawback (tenant_id, id, vendor_id, vendor_order_id, release_id, offset_release_id, currency_code, amount_minor, method, state,
         settled_at, reference, settled_minor, settled_currency_code)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
      [
        tenantOf(unit),
        id,
        of.vendorId,
        of.vendorOrderId,
        clawback.releaseId ?? null,
        clawback.offsetReleaseId ?? null,
        of.currency,
        clawback.amountMinor,
        clawback.method,
        isAsked ? 'pending' : 'succeeded',
        isAsked ? null : context.clock.now(),
        clawback.reference ?? null,
        clawback.settled?.amountMinor ?? null,
        clawback.settled?.currency ?? null,
      ],
    ),
  )
  if (isAsked) await emitResume(unit, context, of.vendorId === null ? of.accountId : { vendor_order_id: of.vendorOrderId }, id)
  return id
}

export async function cancelAwaiting(unit: Unit, releaseIds: readonly string[]): Promise<void> {
  await unit.run(
    statement(
      'payouts.cancel_awaiting',
      `update release set state = 'canceled', updated_at = now()
       where tenant_id = $1 and id = any($2) and state = 'awaiting' and payout_id is null`,
      [tenantOf(unit), releaseIds],
    ),
  )
}

/** Nets what a vendor was paid too much for one order with what it is owed for this one. No money moves. */
export async function offset(unit: Unit, context: Context, facts: Facts, debtor: string, amountMinor: bigint): Promise<void> {
  const releaseId = await insertRelease(unit, context, facts, { method: 'offset', state: 'succeeded', amountMinor })
  const tenantId = tenantOf(unit)
  const paid = await unit.run(
    statement<{ id: string; open_minor: bigint }>(
      'payouts.open_releases_of_debtor',
      `select r.id, (r.amount_minor - coalesce((select sum(c.amount_minor) from clawback c where c.tenant_id = $1 and c.release_id = r.id
                and c.state in ('pending', 'succeeded')), 0))::bigint as open_minor
       from release r where r.tenant_id = $1 and r.vendor_order_id = $2 and r.state = 'succeeded'
       order by r.id desc`,
      [tenantId, debtor],
    ),
  )
  const of = { vendorId: facts.vendor_id, vendorOrderId: debtor, currency: facts.currency_code }
  let left = amountMinor
  for (const { id, open_minor } of paid) {
    const part = lesser(open_minor, left)
    if (part <= 0n) continue
    await insertClawback(unit, context, of, { method: 'offset', releaseId: id, offsetReleaseId: releaseId, amountMinor: part })
    left -= part
  }
  // What is in a payout by hand may still be canceled: it is no release to take this from.
  if (left > 0n) await insertClawback(unit, context, of, { method: 'offset', offsetReleaseId: releaseId, amountMinor: left })
  await noteForgiven(unit, debtor, amountMinor)
}

/** A vendor order of which so much was netted or written off. */
async function noteForgiven(unit: Unit, vendorOrderId: string, amountMinor: bigint): Promise<void> {
  await unit.run(
    statement(
      'payouts.note_forgiven',
      'update payable set released_minor = released_minor - $3, updated_at = now() where tenant_id = $1 and vendor_order_id = $2',
      [tenantOf(unit), vendorOrderId, amountMinor],
    ),
  )
}

/** Gives up what a vendor was paid too much for an order: a loss of the store's. */
export async function writeOff(
  unit: Unit,
  context: Context,
  of: { vendorId: string; vendorOrderId: string; currency: string },
  amountMinor: bigint,
): Promise<void> {
  const source = await insertClawback(unit, context, of, { method: 'write_off', amountMinor })
  const { vendorId, currency } = of
  await post(unit, [writeOffEntry({ source, vendorId, currency, amountMinor, occurredAt: context.clock.now() })])
  await noteForgiven(unit, of.vendorOrderId, amountMinor)
}

/** Keeps a part of what a vendor is owed back for some time. */
export async function reserve(unit: Unit, context: Context, facts: Facts, amountMinor: bigint, until: Date): Promise<void> {
  const id = newId('hold')
  await unit.run(
    statement(
      'payouts.insert_reserve',
      `insert into hold (tenant_id, id, vendor_id, vendor_order_id, reason, amount_minor, currency_code, until, created_by)
       values ($1, $2, $3, $4, 'reserve', $5, $6, $7, $8)`,
      [tenantOf(unit), id, facts.vendor_id, facts.vendor_order_id, amountMinor, facts.currency_code, until, context.actorId],
    ),
  )
  await post(unit, [reserveEntry(reserveOf(context, facts, id, amountMinor))])
}

const reserveOf = (context: Context, facts: { vendor_id: string; currency_code: string }, holdId: string, amountMinor: bigint) => ({
  holdId,
  vendorId: facts.vendor_id,
  currency: facts.currency_code,
  amountMinor,
  occurredAt: context.clock.now(),
})

/**
 * Ends a reserve, in the books too. Once: who comes second finds it ended.
 * @returns whether it was this caller who did
 */
export async function liftReserve(
  unit: Unit,
  context: Context,
  of: { vendor_id: string; currency_code: string },
  hold: Pick<HoldFact, 'id' | 'amount_minor'>,
): Promise<boolean> {
  const lifted = await unit.run(
    statement<{ id: string }>(
      'payouts.lift_hold',
      `update hold set lifted_at = $3, lifted_by = $4, updated_at = now() where tenant_id = $1 and id = $2 and lifted_at is null returning id`,
      [tenantOf(unit), hold.id, context.clock.now(), context.actorId],
    ),
  )
  if (lifted.length === 0) return false
  await post(unit, [reserveReleaseEntry(reserveOf(context, of, hold.id, hold.amount_minor ?? 0n))])
  return true
}

export interface PendingRow {
  id: string
  /** Null, as the two below, where it is the store's. */
  vendor_id: string | null
  vendor_order_id: string | null
  order_id: string | null
  amount_minor: bigint
  currency_code: string
  /** What moves, where the provider keeps another currency than the order's. */
  settled_minor: bigint | null
  settled_currency_code: string | null
  provider_id: string
  payment_account_id: string | null
  data: Record<string, unknown>
  /** The provider's name for the payee. */
  payee_reference: string
  /** The provider's name for the release that a clawback is of. */
  release_reference: string | null
}

const pendingFrom = `r.vendor_id, r.vendor_order_id, r.order_id, r.currency_code, y.provider_id, y.payment_account_id,
  coalesce(p.data, '{}') as data, y.reference as payee_reference, r.reference as release_reference`
const pendingJoin = `join payee y on y.tenant_id = $1 and y.id = r.payee_id left join payment p on p.tenant_id = $1 and p.id = r.payment_id`

export const pendingStatement = {
  release: (tenantId: string, id: string) =>
    statement<PendingRow>(
      'payouts.pending_release',
      `select r.id, r.amount_minor, r.settled_minor, r.settled_currency_code, ${pendingFrom} from release r ${pendingJoin} where r.tenant_id = $1 and r.id = $2 and r.state = 'pending'`,
      [tenantId, id],
    ),
  clawback: (tenantId: string, id: string) =>
    statement<PendingRow>(
      'payouts.pending_clawback',
      `select c.id, c.amount_minor, c.settled_minor, c.settled_currency_code, ${pendingFrom}
       from clawback c join release r on r.tenant_id = $1 and r.id = c.release_id ${pendingJoin}
       where c.tenant_id = $1 and c.id = $2 and c.state = 'pending'`,
      [tenantId, id],
    ),
}

export interface Answer {
  state: 'succeeded' | 'failed' | 'insufficient'
  reference: string | null
  failure: string | null
}

const closeTexts = {
  release: `update release set state = $3, reference = $4, failure = $5, settled_at = $6, updated_at = now()
    where tenant_id = $1 and id = $2 and state = 'pending' returning id`,
  clawback: `update clawback set state = $3, reference = $4, failure = $5, settled_at = $6, updated_at = now()
    where tenant_id = $1 and id = $2 and state = 'pending' returning id`,
}

/** A vendor order at rest needs no resuming: what would look at it again finds nothing to do. */
export async function closeResumes(unit: Unit, vendorOrderId: string): Promise<void> {
  await unit.run(
    statement(
      'payouts.close_resumes',
      `update outbox_event set state = 'done', finished_at = now()
       where tenant_id = $1 and state = 'queued' and name = 'release.requested' and payload ->> 'vendor_order_id' = $2
         and available_at > now() - interval '1 day'`,
      [tenantOf(unit), vendorOrderId],
    ),
  )
}

/** Notes a provider's answer and books what moved, in one. Once: who comes second finds it noted. */
export async function noteAnswer(context: Context, what: 'release' | 'clawback', row: PendingRow, answer: Answer): Promise<void> {
  const occurredAt = context.clock.now()
  await context.db.unitOfWork(context.scope, async (unit) => {
    const closed = await unit.run(
      statement<{ id: string }>(`payouts.close_${what}`, closeTexts[what], [
        tenantOf(unit),
        row.id,
        answer.state,
        answer.reference,
        answer.failure?.slice(0, 500) ?? null,
        occurredAt,
      ]),
    )
    if (closed.length === 0 || answer.state !== 'succeeded') return
    const fact = {
      source: row.id,
      to: row.vendor_id === null ? ('store' as const) : { vendorId: row.vendor_id },
      from: { code: 'A:psp_clearing', partyId: row.provider_id } as const,
      currency: row.currency_code,
      amountMinor: row.amount_minor,
      occurredAt,
    }
    const settled = settledOf(row)
    await post(unit, [
      what === 'release' ? releaseEntry(fact) : clawbackEntry(fact),
      ...changedEntries(what, fact, row.provider_id, settled),
    ])
  })
}

/** What of a row moves in another currency than the order's. */
export const settledOf = (row: Pick<PendingRow, 'settled_minor' | 'settled_currency_code'>): Settled | null =>
  row.settled_minor === null || row.settled_currency_code === null
    ? null
    : { amountMinor: row.settled_minor, currency: row.settled_currency_code }

/** What went out, or came back, in the currency that the provider keeps: changed at the rate at which the payment came in. */
export function changedEntries(
  what: 'release' | 'clawback',
  fact: { source: string; currency: string; amountMinor: bigint; occurredAt: Date },
  providerId: string,
  settled: Settled | null,
): LedgerEntry[] {
  if (settled === null) return []
  const signed = (amount: bigint) => (what === 'release' ? -amount : amount)
  return conversionEntries({
    reference: fact.source,
    providerId,
    original: { amountMinor: signed(fact.amountMinor), currency: fact.currency },
    changed: { amountMinor: signed(settled.amountMinor), currency: settled.currency },
    occurredAt: fact.occurredAt,
  })
}
