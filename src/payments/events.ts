import { type Context, type Database, statement, tenantOf } from '../db/index.js'
import { nudgeAfter } from '../events/index.js'
import { type Clock, conflict, invalidData, notFound } from '../kernel/index.js'
import { accountById } from './accounts.js'
import type { CompleteCart, Settled } from './commands/settle-payment.js'
import { settlePayment } from './commands/settle-payment.js'
import { hashOfHookToken } from './hook-token.js'
import { keepEventStatement } from './keep-event.js'
import { accountOfOperator, operatorAccountStatement } from './operator-accounts.js'
import { receiveOperatorEvent } from './operator-events.js'
import { emitParked } from './parked-events.js'
import type { PaymentAccount, PaymentProvider, Touch } from './provider.js'
import { paymentProviderOf, slugOf } from './registry.js'

/** What a provider sent, as it came. */
export interface HookDelivery {
  /** As addresses name it: `stripe`. */
  provider: string
  token: string
  raw: Buffer
  headers: Record<string, string>
  requestId: string
}

/**
 * Takes in what a provider tells: checks its signature with the secrets of the account that the address names, never of
 * one that the body names, and writes the event and the job that handles it in one transaction. Nothing else is done here.
 * @throws not_found for an address that is nobody's; invalid_data for a signature that is forged, too old or too new, and
 * for a body that is none
 */
export async function receivePaymentEvent(services: { db: Database; clock: Clock }, delivery: HookDelivery): Promise<void> {
  const { tenantId, account } = await accountAt(services.db, delivery)
  const provider = paymentProviderOf(account.providerId)
  if (provider?.remote === undefined) throw unknownAddress()
  const event = provider.remote.verifyWebhook(account, delivery.raw, delivery.headers, services.clock.now())
  if (event === null)
    throw invalidData(
      'This event is not signed with a secret of this account within five minutes of now. Check the clock of this server; connect the account again where its secret was lost.',
    )
  if (tenantId === null) {
    const by = { requestId: delivery.requestId, now: services.clock.now() }
    return receiveOperatorEvent(services.db, provider.remote, account, event, by)
  }
  await services.db.unitOfWork({ role: 'store', tenantId }, async (unit) => {
    const written = unit.run(keepEventStatement(tenantId, account, event, delivery.requestId))
    unit.commitAlong()
    await written
    nudgeAfter(unit)
  })
}

const unknownAddress = () => notFound('This address takes no events')

interface Addressee {
  /** Null for the operator's account. */
  tenantId: string | null
  account: PaymentAccount
}

/**
 * Whose an address is, kept for a while: what is read for each event would be two of its three round trips. An address is
 * made anew whenever an account's secrets change, and those before it stay good for theirs.
 */
const addressees = new Map<string, { at_ms: number; addressee: Addressee }>()
const addresseeKept_ms = 60_000
const addresseesMost = 1_000

async function accountAt(db: Database, { provider, token }: HookDelivery): Promise<Addressee> {
  const hash = hashOfHookToken(token)
  const kept = addressees.get(hash)
  const addressee = kept !== undefined && Date.now() - kept.at_ms < addresseeKept_ms ? kept.addressee : await readAddressee(db, hash)
  if (addressee === undefined || slugOf(addressee.account.providerId) !== provider) throw unknownAddress()
  if (kept?.addressee !== addressee) {
    if (addressees.size >= addresseesMost) addressees.clear()
    addressees.set(hash, { at_ms: Date.now(), addressee })
  }
  return addressee
}

async function readAddressee(db: Database, hash: string): Promise<Addressee | undefined> {
  const [route] = await db.read(
    { role: 'platform' },
    statement<{ tenant_id: string | null; payment_account_id: string }>(
      'payments.hook_route',
      'select tenant_id, payment_account_id from platform.payment_hook_route where token_hash = $1',
      [hash],
    ),
  )
  if (route === undefined) return undefined
  const { tenant_id: tenantId, payment_account_id: id } = route
  if (tenantId === null) return readOperator(db, id)
  const account = await accountById(db, { role: 'store', tenantId }, id)
  return account === null ? undefined : { tenantId, account }
}

async function readOperator(db: Database, id: string): Promise<Addressee | undefined> {
  const [row] = await db.read({ role: 'platform' }, operatorAccountStatement(id))
  return row === undefined ? undefined : { tenantId: null, account: accountOfOperator(row) }
}

/**
 * Who moves our rows when a provider says that a thing of a kind has changed. It is read through the account that the event
 * came from (`accountId`), which may be one that the store has replaced since.
 */
export type TouchHandlers = Partial<
  Record<
    Exclude<Touch['kind'], 'payment'>,
    (context: Context, provider: PaymentProvider, touch: Touch, accountId: string) => Promise<Settled>
  >
>

/** An event about nothing that we know is looked at again for so long: it may be faster than our own row. Then a person must. */
const patience_ms = 600_000

interface EventRow {
  id: string
  type: string
  connected_account: string | null
  payload: Record<string, unknown>
  state: string
  received_at: Date
  payment_account_id: string
  provider_id: string
}

/**
 * Does what an event asks for: reads what it points at from the provider, and moves our rows towards that. Handler of
 * `payment.event_received`; may run any number of times.
 * @throws conflict while what it points at is not known
 */
export async function handlePaymentEvent(
  context: Context,
  { payment_event_id }: { payment_event_id: string },
  able: { complete: CompleteCart; touches: TouchHandlers },
): Promise<void> {
  const [event] = await context.db.read(
    context.scope,
    statement<EventRow>(
      'payments.event',
      `select e.id, e.type, e.connected_account, e.payload, e.state, e.received_at, e.payment_account_id, a.provider_id
       from payment_event e join payment_account a on a.tenant_id = e.tenant_id and a.id = e.payment_account_id
       where e.tenant_id = $1 and e.id = $2`,
      [tenantOf(context), payment_event_id],
    ),
  )
  if (event === undefined || event.state !== 'pending') return
  const provider = paymentProviderOf(event.provider_id)
  if (provider?.remote === undefined) throw conflict(`Payment provider ${event.provider_id} is not installed in this process`)
  const touches = provider.remote.interpret({ type: event.type, payload: event.payload, connectedAccount: event.connected_account })
  let outcome: Settled | { kind: 'ignored' } = touches.length === 0 ? { kind: 'ignored' } : { kind: 'done' }
  let read: Read | null = null
  for (const touch of touches) {
    const settled = await settleTouch(context, provider, touch, event, able)
    if (settled.kind !== 'done') outcome = settled
    else if (settled.readFrom !== undefined) read = { providerId: provider.id, reference: touch.reference, from: settled.readFrom }
  }
  if (outcome.kind === 'unknown') {
    if (context.clock.now().getTime() - event.received_at.getTime() < patience_ms) {
      throw conflict(`Nothing of this store is known by what ${event.type} names, yet`, 'payment_object_unknown')
    }
    outcome = { kind: 'parked', reason: 'Nothing of this store is known by what the event names' }
  }
  await noteOutcome(context, event.id, outcome, read)
}

function settleTouch(
  context: Context,
  provider: PaymentProvider,
  touch: Touch,
  event: EventRow,
  able: { complete: CompleteCart; touches: TouchHandlers },
): Promise<Settled> {
  if (touch.kind === 'payment') return settlePayment(context, provider, touch.reference, able.complete, event.received_at)
  const handler = able.touches[touch.kind]
  return handler === undefined ? Promise.resolve({ kind: 'done' }) : handler(context, provider, touch, event.payment_account_id)
}

/** A payment that was read and settled in whole, and when its reading began. */
interface Read {
  providerId: string
  reference: string
  from: Date
}

/** With it, that what was told of the same payment before it was read need not be read for again. */
async function noteOutcome(context: Context, id: string, outcome: Settled | { kind: 'ignored' }, read: Read | null): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const noted = await unit.run(
      statement<{ id: string }>(
        'payments.note_event',
        `with session as (
           update payment_session set read_from = greatest(read_from, $7::timestamptz)
           where tenant_id = $1 and provider_id = $5 and reference = $6
         )
         update payment_event set state = $3, reason = $4, settled_at = now() where tenant_id = $1 and id = $2 and state = 'pending' returning id`,
        [
          tenantOf(context),
          id,
          outcome.kind,
          outcome.kind === 'parked' ? outcome.reason : null,
          read?.providerId ?? null,
          read?.reference ?? null,
          read?.from ?? null,
        ],
      ),
    )
    if (outcome.kind === 'parked' && noted.length > 0) await emitParked(unit, context)
  })
}
