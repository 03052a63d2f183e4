import { createHash, randomBytes } from 'node:crypto'
import { type Context, type Database, statement, tenantOf } from '../db/index.js'
import { emit } from '../events/index.js'
import { type Clock, conflict, invalidData, newId, notFound } from '../kernel/index.js'
import { accountOfRow, accountStatement } from './accounts.js'
import type { CompleteCart, Settled } from './commands/settle-payment.js'
import { settlePayment } from './commands/settle-payment.js'
import type { PaymentProvider, Touch } from './provider.js'
import { paymentProviderOf, slugOf } from './registry.js'

const token_bytes = 24
export const hashOfHookToken = (token: string) => createHash('sha256').update(token).digest('hex')
export const newHookToken = () => randomBytes(token_bytes).toString('base64url')

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
  const [route] = await services.db.read(
    { role: 'platform' },
    statement<{ tenant_id: string; payment_account_id: string }>(
      'payments.hook_route',
      'select tenant_id, payment_account_id from platform.payment_hook_route where token_hash = $1',
      [hashOfHookToken(delivery.token)],
    ),
  )
  const unknown = () => notFound('This address takes no events')
  if (route === undefined) throw unknown()
  const tenantId = route.tenant_id
  const scope = { role: 'store', tenantId } as const
  const [row] = await services.db.read(scope, accountStatement(tenantId, route.payment_account_id))
  const provider = row === undefined ? undefined : paymentProviderOf(row.provider_id)
  if (row === undefined || provider?.remote === undefined || slugOf(provider.id) !== delivery.provider) throw unknown()
  const account = accountOfRow(row)
  const event = provider.remote.verifyWebhook(account, delivery.raw, delivery.headers, services.clock.now())
  if (event === null) throw invalidData('The signature of this event is not valid')
  // A test's event in a live account's books, or the other way round, is for a person to look at.
  const isForeign = event.isLive !== (account.mode === 'live')
  await services.db.unitOfWork(scope, async (unit) => {
    const id = newId('pevt')
    const written = await unit.run(
      statement<{ id: string }>(
        'payments.insert_event',
        `insert into payment_event (tenant_id, id, payment_account_id, event_reference, type, object_reference, connected_account, payload, state, reason,
           occurred_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (tenant_id, payment_account_id, event_reference) do nothing returning id`,
        [
          tenantId,
          id,
          account.id,
          event.id,
          event.type,
          event.objectId,
          event.connectedAccount,
          JSON.stringify(event.payload),
          isForeign ? 'parked' : 'pending',
          isForeign ? `A ${event.isLive ? 'live' : 'test'} event for an account in ${account.mode} mode` : null,
          event.occurredAt,
        ],
      ),
    )
    if (written.length > 0 && !isForeign) {
      await emit(unit, 'payment.event_received', { payment_event_id: id }, { requestId: delivery.requestId })
    }
  })
}

/** Who moves our rows when a provider says that a thing of a kind has changed. */
export type TouchHandlers = Partial<
  Record<Exclude<Touch['kind'], 'payment'>, (context: Context, provider: PaymentProvider, touch: Touch) => Promise<Settled>>
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
      `select e.id, e.type, e.connected_account, e.payload, e.state, e.received_at, a.provider_id
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
  for (const touch of touches) {
    const settled = await settleTouch(context, provider, touch, able)
    if (settled.kind !== 'done') outcome = settled
  }
  if (outcome.kind === 'unknown') {
    if (context.clock.now().getTime() - event.received_at.getTime() < patience_ms) {
      throw conflict(`Nothing of this store is known by what ${event.type} names, yet`, 'payment_object_unknown')
    }
    outcome = { kind: 'parked', reason: 'Nothing of this store is known by what the event names' }
  }
  await noteOutcome(context, event.id, outcome)
}

function settleTouch(
  context: Context,
  provider: PaymentProvider,
  touch: Touch,
  able: { complete: CompleteCart; touches: TouchHandlers },
): Promise<Settled> {
  if (touch.kind === 'payment') return settlePayment(context, provider, touch.reference, able.complete)
  const handler = able.touches[touch.kind]
  return handler === undefined ? Promise.resolve({ kind: 'done' }) : handler(context, provider, touch)
}

async function noteOutcome(context: Context, id: string, outcome: Settled | { kind: 'ignored' }): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement(
        'payments.note_event',
        `update payment_event set state = $3, reason = $4, settled_at = now() where tenant_id = $1 and id = $2 and state = 'pending'`,
        [tenantOf(context), id, outcome.kind, outcome.kind === 'parked' ? outcome.reason : null],
      ),
    ),
  )
}
