import { statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'

const hour_ms = 3_600_000
const day_ms = 24 * hour_ms
/** When most stores sleep, in UTC. Accounts are spread over the hours after it, so that not all ask their provider at once. */
const night_ms = 2 * hour_ms
const spread_ms = 3 * hour_ms

/** The next night's moment of an account, always the same of the night. */
function nextNight(accountId: string, now: Date): Date {
  const place = [...accountId].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % spread_ms, 0)
  const today = Math.floor(now.getTime() / day_ms) * day_ms + night_ms + place
  return new Date(today > now.getTime() ? today : today + day_ms)
}

/** Sees to it that an account is reconciled the next night: once, however often it is connected and whoever asks. */
export function scheduleReconciliation(unit: Unit, accountId: string, now: Date): Promise<void> {
  return scheduleOnce(unit, 'reconciliation.due', accountId, nextNight(accountId, now))
}

/** Sees to it that what the provider told of an account is listed in an hour, in the same way. */
export function scheduleEventListing(unit: Unit, accountId: string, now: Date): Promise<void> {
  return scheduleOnce(unit, 'payment_events.due', accountId, new Date(now.getTime() + hour_ms))
}

async function scheduleOnce(
  unit: Unit,
  name: 'reconciliation.due' | 'payment_events.due',
  accountId: string,
  availableAt: Date,
): Promise<void> {
  const tenantId = tenantOf(unit)
  // Two that ask at once ask one after the other.
  await unit.run(
    statement('payments.lock_account', 'select id from payment_account where tenant_id = $1 and id = $2 for update', [tenantId, accountId]),
  )
  const scheduled = await unit.run(
    statement<{ id: string }>(
      'payments.scheduled_of_account',
      `select id from outbox_event where tenant_id = $1 and state = 'queued' and name = $3
         and payload = jsonb_build_object('payment_account_id', $2::text) limit 1`,
      [tenantId, accountId, name],
    ),
  )
  if (scheduled.length > 0) return
  await emit(unit, name, { payment_account_id: accountId }, { availableAt })
}
