import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { placeHold } from '../payouts/index.js'
import { letSellerGo } from './let-seller-go.js'
import { missingOf, type SellerIdentityRow, sellerIdentitiesStatement } from './seller-identity.js'

// Directive 2011/16/EU, annex V, section IV.A, as Directive (EU) 2021/514 adds it: a seller that does not state what is asked of it is
// reminded twice after the first request; not before 60 days are over, the platform closes its account, or withholds what it is owed
// until it has. Here it is withheld. National law may differ; this is no legal advice.

const day_ms = 86_400_000
/** Reminders after the first request. */
const remindersMost = 2
const betweenReminders_days = 28
const withheldAfter_days = 60
const page = 200

/** Of fewer sales and no more than this in a year, a seller of goods is not reported, and is not asked. The amount is in euro; of another currency, as if it were. */
const notAskedBelow = { sales: 30, consideration_minor: 200_000 }

interface Seller {
  id: string
  asked_at: Date | null
  reminded_at: Date | null
  reminders: number
  withheld_at: Date | null
}

export interface SellerReminders {
  /** When sellers are looked at next; null where the store does not remind them. */
  next_at: Date | null
}

export async function sellerReminders(context: Context): Promise<SellerReminders> {
  const [store] = await context.db.read(
    context.scope,
    statement<SellerReminders>('reports.seller_reminders', 'select seller_reminders_at as next_at from store where tenant_id = $1', [
      tenantOf(context),
    ]),
  )
  return store ?? { next_at: null }
}

/** Has sellers reminded each night from now on, or no more. What is withheld already stays so until the seller has stated itself, or staff lift it. */
export async function remindSellersNightly(unit: Unit, context: Context, isWanted: boolean): Promise<void> {
  await schedule(unit, context, isWanted ? context.clock.now() : null)
}

/** Only the date that is noted counts: an event of another does nothing. */
async function schedule(unit: Unit, context: Context, at: Date | null): Promise<void> {
  await unit.run(
    statement('reports.schedule_reminders', 'update store set seller_reminders_at = $2 where tenant_id = $1', [tenantOf(unit), at]),
  )
  if (at === null) return
  await emit(unit, 'seller_reminders.due', { due_at: at.toISOString() }, { availableAt: at, requestId: context.requestId })
}

/**
 * Asks each seller that is to be reported and has not said who it is, reminds it twice, and then withholds what it is owed. One that
 * has said it is let go there and then (`stateSellerIdentity`); who is found to have done so is let go here. Handler of `seller_reminders.due`; may run any number of times.
 */
export async function remindSellers(context: Context, { due_at }: { due_at: string }): Promise<void> {
  // The next night first: what one seller's trouble breaks off today is looked at again tomorrow.
  const tomorrow = new Date(context.clock.now().getTime() + day_ms)
  const isDue = await context.db.unitOfWork(context.scope, async (unit) => {
    const [store] = await unit.run(
      statement<{ next_at: Date | null }>(
        'reports.lock_seller_reminders',
        'select seller_reminders_at as next_at from store where tenant_id = $1 for no key update',
        [tenantOf(unit)],
      ),
    )
    if (store?.next_at?.toISOString() !== due_at) return false
    await schedule(unit, context, tomorrow)
    return true
  })
  if (!isDue) return
  let after = ''
  for (;;) {
    const sellers = await context.db.read(context.scope, sellersStatement(tenantOf(context), context.clock.now(), after))
    const rows = await context.db.read(
      context.scope,
      sellerIdentitiesStatement(
        tenantOf(context),
        sellers.map(({ id }) => id),
      ),
    )
    const stated = new Map(rows.map((row): [string, SellerIdentityRow] => [row.vendor_id, row]))
    for (const seller of sellers) await act(context, seller, stated.get(seller.id))
    const last = sellers.at(-1)
    if (last === undefined || sellers.length < page) break
    after = last.id
  }
}

/** Those that sold enough this year or the last, and those of which something is withheld. */
function sellersStatement(tenantId: string, now: Date, after: string) {
  const from = new Date(Date.UTC(now.getUTCFullYear() - 1, 0, 1))
  return statement<Seller>(
    'reports.sellers_to_remind',
    `select d.id, d.identity_asked_at as asked_at, d.identity_reminded_at as reminded_at, d.identity_reminders as reminders,
            d.identity_withheld_at as withheld_at
     from vendor d where d.tenant_id = $1 and d.id > $3 and d.deleted_at is null and not d.is_house
       and (d.identity_asked_at is not null or exists (
         select 1 from vendor_order v where v.tenant_id = $1 and v.vendor_id = d.id and v.created_at >= $2
         group by extract(year from v.created_at at time zone 'UTC'), v.currency_code
         having count(*) >= $4 or sum(v.vendor_amount_minor) > $5))
     order by d.id limit ${page}`,
    [tenantId, from, after, notAskedBelow.sales, notAskedBelow.consideration_minor],
  )
}

type Deed = 'ask' | 'remind' | 'withhold' | 'let_go' | null

/** What is to be done about a seller now. Pure. */
export function deedOf(seller: Omit<Seller, 'id'>, isMissing: boolean, now: Date): Deed {
  if (!isMissing) return seller.asked_at === null ? null : 'let_go'
  const daysSince = (at: Date) => (now.getTime() - at.getTime()) / day_ms
  if (seller.asked_at === null) return 'ask'
  if (seller.reminders < remindersMost) return daysSince(seller.reminded_at ?? seller.asked_at) >= betweenReminders_days ? 'remind' : null
  return seller.withheld_at === null && daysSince(seller.asked_at) >= withheldAfter_days ? 'withhold' : null
}

async function act(context: Context, seller: Seller, stated: SellerIdentityRow | undefined): Promise<void> {
  const now = context.clock.now()
  if (deedOf(seller, missingIn(stated).length > 0, now) === null) return
  await context.db.unitOfWork(context.scope, async (unit) => {
    // Another worker may have done it meanwhile: of the same state it is done once.
    const [own] = await unit.run(
      statement<{ id: string }>(
        'reports.lock_seller',
        `select id from vendor where tenant_id = $1 and id = $2 and identity_reminders = $3 and identity_asked_at is not distinct from $4
           and identity_withheld_at is not distinct from $5 for no key update`,
        [tenantOf(unit), seller.id, seller.reminders, seller.asked_at, seller.withheld_at],
      ),
    )
    if (own === undefined) return
    // Whoever states itself takes the same lock: what it has said by now counts.
    const [current] = await unit.run(sellerIdentitiesStatement(tenantOf(unit), [seller.id]))
    const missing = missingIn(current)
    const deed = deedOf(seller, missing.length > 0, now)
    if (deed !== null) await write(unit, context, { seller, deed, missing, now })
  })
}

const missingIn = (stated: SellerIdentityRow | undefined) => (stated === undefined ? ['who it is'] : missingOf(stated))

async function write(
  unit: Unit,
  context: Context,
  { seller, deed, missing, now }: { seller: Seller; deed: Exclude<Deed, null>; missing: string[]; now: Date },
): Promise<void> {
  if (deed === 'let_go') return letSellerGo(unit, context, seller.id)
  const next = { ...seller }
  if (deed === 'ask') next.asked_at = now
  if (deed === 'remind') Object.assign(next, { reminders: seller.reminders + 1, reminded_at: now })
  if (deed === 'withhold') {
    const note = `DAC7: the seller was asked and reminded twice, and has not stated: ${missing.join(', ')}`
    await placeHold(unit, context, { vendor_id: seller.id, reason: 'identity', note })
    next.withheld_at = now
  }
  await unit.run(
    statement(
      'reports.note_reminder',
      `update vendor set identity_asked_at = $3, identity_reminders = $4, identity_reminded_at = $5, identity_withheld_at = $6
       where tenant_id = $1 and id = $2`,
      [tenantOf(unit), seller.id, next.asked_at, next.reminders, next.reminded_at, next.withheld_at],
    ),
  )
  if (next.asked_at === null) return
  const withheld_from = new Date(next.asked_at.getTime() + withheldAfter_days * day_ms).toISOString().slice(0, 10)
  const told = { vendor_id: seller.id, missing, withheld_from, is_withheld: deed === 'withhold', asked: next.reminders + 1 }
  await emit(unit, 'seller.reminded', told, { requestId: context.requestId })
}
