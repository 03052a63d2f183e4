import { owedSql } from '../credit/index.js'
import { type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { insertEventSql } from '../events/index.js'
import { newId } from '../kernel/index.js'
import { lesserOf } from './credits.js'

/** A collection of an order under the order's lock. */
export interface OrderCollection {
  id: string
  order_id: string
  status: string
  currency_code: string
  amount_minor: bigint
  captured_minor: bigint
  /** It asks for something, and nobody has paid or promised anything of it; a session may wait for the shopper. */
  is_unbegun: boolean
}

/** The collections of an order that are not canceled, locked in key order behind the order and its payments. */
export function lockCollectionsStatement(tenantId: string, orderId: string): Statement<OrderCollection> {
  return statement(
    'payments.lock_collections',
    `select k.id, k.order_id, k.status, k.currency_code, k.amount_minor, k.captured_minor,
            k.status in ('not_paid', 'failed') and not exists (
              select 1 from payment p where p.tenant_id = $1 and p.payment_collection_id = k.id) as is_unbegun
     from payment_collection k where k.tenant_id = $1 and k.order_id = $2 and k.status <> 'canceled' order by k.id for update of k`,
    [tenantId, orderId],
  )
}

/**
 * Makes the collections of an order sum to what is to be paid for it, after that has changed. What is more goes to a
 * collection that nobody has begun to pay, or to a new one; what is less comes off those first, then off what was authorised and not
 * captured. What was captured already stays: it is refunded by staff.
 */
export async function fitCollections(unit: Unit, order: { id: string; currency_code: string }): Promise<void> {
  const tenantId = tenantOf(unit)
  const collections = await unit.run(lockCollectionsStatement(tenantId, order.id))
  const missing = await missingOf(unit, order.id)
  const unbegun = collections.filter((collection) => collection.is_unbegun)
  if (missing > 0n) {
    const [open] = unbegun
    await unit.run(
      open === undefined
        ? insertOrderCollectionStatement(tenantId, order, missing)
        : setCollectionAmountStatement(tenantId, open.id, open.amount_minor + missing),
    )
    return
  }
  let surplus = -missing
  for (const collection of [...unbegun, ...collections.filter((candidate) => !candidate.is_unbegun)]) {
    const less = lesserOf(surplus, collection.amount_minor - collection.captured_minor)
    if (less === 0n) continue
    surplus -= less
    const left = collection.amount_minor - less
    await unit.run(
      left === 0n && collection.is_unbegun
        ? deleteCollectionStatement(tenantId, collection.id)
        : setCollectionAmountStatement(tenantId, collection.id, left),
    )
  }
}

/**
 * What is owed of an order and no collection is there to take: below nothing where they would take more than is owed. A
 * refund that waits for its provider counts as given.
 */
export async function missingOf(unit: Unit, orderId: string): Promise<bigint> {
  const [row] = await unit.run(
    statement<{ missing_minor: bigint }>(
      'payments.missing',
      `select (${owedSql}
         - coalesce((select sum(c.amount_minor) from order_credit c where c.tenant_id = $1 and c.order_id = o.id and c.state = 'pending'), 0)
         + coalesce((select sum(r.amount_minor) from refund r where r.tenant_id = $1 and r.order_id = o.id and r.state = 'pending'), 0)
         - coalesce((select sum(k.amount_minor - k.captured_minor) from payment_collection k
             where k.tenant_id = $1 and k.order_id = o.id and k.status <> 'canceled'), 0))::bigint as missing_minor
       from orders o where o.tenant_id = $1 and o.id = $2`,
      [tenantOf(unit), orderId],
    ),
  )
  return row?.missing_minor ?? 0n
}

export function insertOrderCollectionStatement(
  tenantId: string,
  order: { id: string; currency_code: string },
  amountMinor: bigint,
): Statement<{ id: string }> {
  return statement(
    'payments.insert_order_collection',
    `insert into payment_collection (tenant_id, id, order_id, currency_code, amount_minor) values ($1, $2, $3, $4, $5) returning id`,
    [tenantId, newId('pay_col'), order.id, order.currency_code, amountMinor],
  )
}

/**
 * SQL: what was begun of collection $2 and is no payment yet is over. What a provider elsewhere knows is kept, since the shopper
 * may be paying this moment, and given up there after the commit. At most one is active, so its event has one id: $3. One that
 * failed can still be paid at its provider: what comes of it then goes back.
 */
const endBegunSql = (except: string) => `
  open as (
    select s.id, s.reference is not null as is_remote, s.status = 'error' as is_failed from payment_session s
    where s.tenant_id = $1 and s.payment_collection_id = $2 and s.id <> ${except}
      and s.status not in ('canceled', 'pending_authorization')
      and not exists (select 1 from payment p where p.tenant_id = $1 and p.payment_session_id = s.id)
  ), ended as (
    update payment_session s set status = 'canceled', updated_at = now() from open
    where s.tenant_id = $1 and s.id = open.id and open.is_remote returning s.id, open.is_failed
  ), gone as (
    delete from payment_session s using open where s.tenant_id = $1 and s.id = open.id and not open.is_remote
  ), told as (
    ${insertEventSql('payment_session.ended', {
      tenantId: '$1',
      id: '$3',
      payload: `jsonb_build_object('payment_session_id', ended.id)`,
      from: 'ended where not ended.is_failed',
    })}
  )`

/** Ends what was begun of a collection of an order that is locked, and is no payment yet; but for one session, if one is named. */
export function endBegunStatement(tenantId: string, collectionId: string, exceptId = ''): Statement<{ count: string }> {
  return statement('payments.end_begun', `with ${endBegunSql('$4')} select count(*) from ended`, [
    tenantId,
    collectionId,
    newId('evt'),
    exceptId,
  ])
}

/** What was begun for another amount, and is no payment yet, is over. What is captured in whole by it is completed. */
export function setCollectionAmountStatement(tenantId: string, id: string, amountMinor: bigint): Statement<{ id: string }> {
  return statement(
    'payments.set_collection_amount',
    `with ${endBegunSql("''")}
     update payment_collection set amount_minor = $4, updated_at = now(),
       status = case when captured_minor > 0 and captured_minor = $4 then 'completed' else status end,
       completed_at = case when captured_minor > 0 and captured_minor = $4 then coalesce(completed_at, now()) else completed_at end
     where tenant_id = $1 and id = $2 returning id`,
    [tenantId, id, newId('evt'), amountMinor],
  )
}

/** Its sessions go with it. One that a provider elsewhere was asked for is canceled instead: what that still tells is of a session that is there. */
export function deleteCollectionStatement(tenantId: string, id: string): Statement<{ id: string }> {
  return statement(
    'payments.delete_collection',
    `with ${endBegunSql("''")}, known as (
       select exists (select 1 from payment_session s
         where s.tenant_id = $1 and s.payment_collection_id = $2 and s.reference is not null) as is_known
     ), removed as (
       delete from payment_collection k using known where k.tenant_id = $1 and k.id = $2 and not known.is_known
     )
     update payment_collection k set status = 'canceled', updated_at = now() from known
     where k.tenant_id = $1 and k.id = $2 and known.is_known returning k.id`,
    [tenantId, id, newId('evt')],
  )
}

/**
 * Notes on the vendor orders whether the order is paid in whole: what was captured for it, in however many payments, and what
 * credit pays, cover what it comes to. A vendor order that was paid stays so unless it is one of `raised`, which came to cost
 * more. Answers those that became paid.
 */
export function notePaidStatement(tenantId: string, orderId: string, raised: readonly string[] = []): Statement<{ id: string }> {
  return statement(
    'payments.note_paid',
    `with state as (
       select ${owedSql} <= 0 as is_paid from orders o where o.tenant_id = $1 and o.id = $2
     ), unpaid as (
       update vendor_order v set paid_at = null, updated_at = now() from state s
       where v.tenant_id = $1 and v.order_id = $2 and v.id = any($3) and v.paid_at is not null and not s.is_paid
     )
     update vendor_order v set paid_at = now(), updated_at = now() from state s
     where v.tenant_id = $1 and v.order_id = $2 and v.paid_at is null and s.is_paid returning v.id`,
    [tenantId, orderId, raised],
  )
}
