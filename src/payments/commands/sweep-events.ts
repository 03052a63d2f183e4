import { type Context, type Statement, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'

/** Stripe repeats an event for 30 days at most, and lists it for as long. */
export const eventsKept_days = 90
const batch = 500
/** A worker has two minutes for a job: what is left goes on in another. */
const batchesOfJob = 20

/**
 * Removes a store's events that were settled, or asked for nothing, 90 days ago. Those that wait for their object or were set
 * aside for a person stay. Handler of `payment_events.outdated`; may run any number of times.
 *
 * One that is told again after its row is gone is taken in as new: what it points at is read anew, and our rows, which are there
 * already, have nowhere to move to.
 */
export async function sweepPaymentEvents(context: Context): Promise<void> {
  const before = new Date(context.clock.now().getTime() - eventsKept_days * 86_400_000)
  for (let done = 0; done < batchesOfJob; done += 1) {
    const gone = await context.db.unitOfWork(context.scope, (unit) => unit.run(sweepStatement(tenantOf(unit), before)))
    if (gone.length < batch) return
  }
  await context.db.unitOfWork(context.scope, (unit) => emit(unit, 'payment_events.outdated', {}))
}

function sweepStatement(tenantId: string, before: Date): Statement<{ id: string }> {
  return statement(
    'payments.sweep_events',
    `delete from payment_event where tenant_id = $1 and id in (
       select id from payment_event where tenant_id = $1 and state in ('done', 'ignored') and settled_at < $2
       order by settled_at limit $3 for update skip locked)
     returning id`,
    [tenantId, before, batch],
  )
}
