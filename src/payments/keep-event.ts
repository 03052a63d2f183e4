import { type Statement, statement } from '../db/index.js'
import { insertEventSql } from '../events/index.js'
import { newId } from '../kernel/index.js'
import { alarmAfter_minutes } from './parked-events.js'
import type { PaymentAccount, VerifiedEvent } from './provider.js'

/**
 * A store's event and the job that handles it, once. A test's event in a live account's books, or the other way round, is for
 * a person to look at: its job is to tell staff of it.
 */
export function keepEventStatement(
  tenantId: string,
  account: Pick<PaymentAccount, 'id' | 'mode'>,
  event: VerifiedEvent,
  requestId: string,
): Statement<{ id: string }> {
  const isForeign = event.isLive !== (account.mode === 'live')
  return statement(
    'payments.keep_event',
    `with event as (
       insert into payment_event (tenant_id, id, payment_account_id, event_reference, type, object_reference, connected_account, payload, state,
         reason, occurred_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (tenant_id, payment_account_id, event_reference) do nothing
       returning id, state
     ), alarm as (
       ${insertEventSql('payment_events.parked', {
         tenantId: '$1',
         id: '$14',
         payload: `'{}'::jsonb`,
         requestId: '$13',
         from: `event where event.state = 'parked'`,
         availableAt: `now() + $15 * interval '1 minute'`,
       })}
     )
     ${insertEventSql('payment.event_received', {
       tenantId: '$1',
       id: '$12',
       payload: `jsonb_build_object('payment_event_id', event.id)`,
       requestId: '$13',
       from: `event where event.state = 'pending'`,
     })} returning id`,
    [
      tenantId,
      newId('pevt'),
      account.id,
      event.id,
      event.type,
      event.objectId,
      event.connectedAccount,
      JSON.stringify(event.payload),
      isForeign ? 'parked' : 'pending',
      isForeign ? `A ${event.isLive ? 'live' : 'test'} event for an account in ${account.mode} mode` : null,
      event.occurredAt,
      newId('evt'),
      requestId,
      newId('evt'),
      alarmAfter_minutes,
    ],
  )
}
