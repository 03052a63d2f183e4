import { type Context, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'

const day_ms = 86_400_000
/** A browser keeps its cart for 30 days from the last visit; whoever comes back later begins a new one. */
export const abandonedAfter_days = 90
/**
 * A provider was asked for these: what it was asked for has been given up there, and a bank may still send a refund back, or a
 * shopper may ask what became of the money. Longer than any bank takes, and than a year's books are open.
 */
export const askedForAfter_days = 400
const batch = 200
/** A worker has two minutes for a job: what is left goes on in another. */
const batchesOfJob = 25
/** When most stores sleep, in UTC, spread over three hours. */
const night_ms = 2 * 3_600_000
const spread_ms = 3 * 3_600_000

/** Has a store's abandoned carts looked for the next night: once, whoever asks and however often. */
export async function scheduleCartSweep(unit: Unit, now: Date): Promise<void> {
  const tenantId = tenantOf(unit)
  // Two that ask at once ask one after the other.
  await unit.run(statement('checkout.lock_store', 'select id from store where tenant_id = $1 for no key update', [tenantId]))
  const queued = await unit.run(
    statement<{ id: string }>(
      'checkout.queued_sweep',
      `select id from outbox_event where tenant_id = $1 and state = 'queued' and name = 'carts.outdated' limit 1`,
      [tenantId],
    ),
  )
  if (queued.length > 0) return
  const place = Number.parseInt(tenantId.replaceAll('-', '').slice(0, 8), 16) % spread_ms
  const today = Math.floor(now.getTime() / day_ms) * day_ms + night_ms + place
  await emit(unit, 'carts.outdated', {}, { availableAt: new Date(today > now.getTime() ? today : today + day_ms) })
}

/**
 * Removes carts that nobody has touched for 90 days and that became no order, with their attempts and sessions. What is open of
 * one at a provider has ended long before, by the jobs that look after sessions; one of which anything may still be open there is
 * left out, and so is one that is being completed, is a draft of the staff's, or has a payment. Handler of `carts.outdated`; may
 * run any number of times, beside shoppers.
 */
export async function sweepCarts(context: Context, { after = null }: { after?: Place | null } = {}): Promise<void> {
  const now = context.clock.now()
  // The next night first: whatever becomes of this one.
  await context.db.unitOfWork(context.scope, (unit) => scheduleCartSweep(unit, now))
  let last = after
  for (let done = 0; done < batchesOfJob; done += 1) {
    const from = last
    last = await context.db.unitOfWork(context.scope, (unit) => sweepSome(unit, now, from))
    if (last === null) return
  }
  await context.db.unitOfWork(context.scope, (unit) => emit(unit, 'carts.outdated', { after: last }))
}

/** Where a batch ended: what is kept stays behind it, and is not looked at again in the same night. */
interface Place {
  updated_at: string
  id: string
}

/** @returns the place to go on from; null at the end */
async function sweepSome(unit: Unit, now: Date, after: Place | null): Promise<Place | null> {
  const tenantId = tenantOf(unit)
  const before = (days: number) => new Date(now.getTime() - days * day_ms)
  const limits = { before: before(abandonedAfter_days), askedForBefore: before(askedForAfter_days) }
  const found = await unit.run(abandonedStatement(tenantId, limits, { after }))
  if (found.length === 0) return null
  // Looked at again now that they are locked: until then somebody may have begun to pay.
  const ids = found.map(({ id }) => id)
  const values = [tenantId, (await unit.run(abandonedStatement(tenantId, limits, { ids }))).map(({ id }) => id)]
  const attempts = 'select id from checkout where tenant_id = $1 and cart_id = any($2)'
  for (const [name, text] of [
    ['reservations', `delete from reservation where tenant_id = $1 and state = 'released' and checkout_id in (${attempts})`],
    ['uses', `delete from promotion_use where tenant_id = $1 and state = 'returned' and checkout_id in (${attempts})`],
    ['attempts', 'delete from checkout where tenant_id = $1 and cart_id = any($2)'],
    ['collections', 'delete from payment_collection where tenant_id = $1 and cart_id = any($2)'],
    ['carts', 'delete from cart where tenant_id = $1 and id = any($2)'],
  ] as const) {
    await unit.run(statement(`checkout.sweep_${name}`, text, values))
  }
  return found.length < batch ? null : (found.at(-1) as Place)
}

/** Locked until they are gone. A cart that its shopper is changing at this moment is not abandoned. */
function abandonedStatement(
  tenantId: string,
  { before, askedForBefore }: { before: Date; askedForBefore: Date },
  { ids = null, after = null }: { ids?: readonly string[] | null; after?: Place | null },
): Statement<Place> {
  return statement(
    'checkout.abandoned_carts',
    `select c.id, to_json(c.updated_at) #>> '{}' as updated_at from cart c
     where c.tenant_id = $1 and c.completed_at is null and c.updated_at < $2 and ($4::text[] is null or c.id = any($4))
       and (c.updated_at, c.id) > (coalesce($5::timestamptz, '-infinity'), coalesce($6::text, ''))
       and not exists (select 1 from orders o where o.tenant_id = $1 and o.cart_id = c.id)
       and not exists (select 1 from draft_order d where d.tenant_id = $1 and d.cart_id = c.id)
       and not exists (select 1 from checkout a where a.tenant_id = $1 and a.cart_id = c.id and (a.state <> 'failed'
         or exists (select 1 from reservation r where r.tenant_id = $1 and r.checkout_id = a.id and r.state <> 'released')
         or exists (select 1 from promotion_use u where u.tenant_id = $1 and u.checkout_id = a.id and u.state <> 'returned')))
       and not exists (select 1 from payment_collection k where k.tenant_id = $1 and k.cart_id = c.id and (k.order_id is not null
         or exists (select 1 from payment p where p.tenant_id = $1 and p.payment_collection_id = k.id)
         or exists (select 1 from payment_session s where s.tenant_id = $1 and s.payment_collection_id = k.id and s.reference is not null
           and (s.status not in ('canceled', 'error') or s.updated_at >= $3
             or exists (select 1 from outbox_event e where e.tenant_id = $1 and e.state <> 'done' and e.name = 'payment_session.ended'
               and e.payload ->> 'payment_session_id' = s.id)))))
     order by c.updated_at, c.id limit ${batch} for update of c skip locked`,
    [tenantId, before, askedForBefore, ids, after?.updated_at ?? null, after?.id ?? null],
  )
}
