import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import { lockVendorStatement } from '../facts.js'
import { closing_ms, issueInvoices, monthBefore } from './issue-invoices.js'
import { settleVendor } from './settle-vendor-order.js'

/** Vendors whose payouts one run makes at a time. */
const page = 500

/**
 * Collects what waits to be paid by hand into payouts, one for a vendor and currency, where it comes to the store's
 * minimum; and groups what providers paid since the last run, for statements. What a vendor owes is netted before.
 * @returns ids of the payouts that were made
 */
export async function runPayouts(context: Context): Promise<string[]> {
  const made: string[] = []
  let after = ''
  for (;;) {
    const vendors = await context.db.read(
      context.scope,
      statement<{ id: string }>(
        'payouts.vendors_to_pay',
        `select v.id from vendor v where v.tenant_id = $1 and v.id > $2
           and (exists (select 1 from release r where r.tenant_id = $1 and r.vendor_id = v.id and r.payout_id is null and r.state in ('awaiting', 'succeeded'))
             or exists (select 1 from clawback c where c.tenant_id = $1 and c.vendor_id = v.id and c.payout_id is null and c.state = 'succeeded'))
         order by v.id limit $3`,
        [tenantOf(context), after, page],
      ),
    )
    for (const { id } of vendors) {
      await settleVendor(context, { vendor_id: id })
      made.push(...(await context.db.unitOfWork(context.scope, (unit) => collect(unit, context, id))))
    }
    const last = vendors.at(-1)
    if (last === undefined || vendors.length < page) return made
    after = last.id
  }
}

/** Under the vendor's lock: no release of it is written, canceled or netted meanwhile. */
async function collect(unit: Unit, context: Context, vendorId: string): Promise<string[]> {
  const tenantId = tenantOf(unit)
  await unit.run(lockVendorStatement(tenantId, vendorId))
  const sums = await unit.run(
    statement<{ method: 'manual' | 'provider'; currency_code: string; amount_minor: bigint; minimum_minor: bigint }>(
      'payouts.to_collect',
      `with move as (
         select case state when 'awaiting' then 'manual' else 'provider' end as method, currency_code, amount_minor
         from release where tenant_id = $1 and vendor_id = $2 and payout_id is null and (state = 'awaiting' or state = 'succeeded')
         union all
         select 'provider', currency_code, -amount_minor from clawback
         where tenant_id = $1 and vendor_id = $2 and payout_id is null and state = 'succeeded'
       )
       select m.method, m.currency_code, sum(m.amount_minor)::bigint as amount_minor,
              coalesce((s.payout_minimums ->> m.currency_code)::bigint, 0) as minimum_minor
       from move m cross join store s where s.tenant_id = $1 group by m.method, m.currency_code, s.payout_minimums
       order by m.method, m.currency_code`,
      [tenantId, vendorId],
    ),
  )
  const made: string[] = []
  for (const { method, currency_code, amount_minor, minimum_minor } of sums) {
    if (method === 'manual' && amount_minor < minimum_minor) continue
    const payout = { id: newId('pout'), vendorId, method, currency: currency_code, amountMinor: amount_minor }
    await insertPayout(unit, context, payout)
    made.push(payout.id)
  }
  return made
}

interface NewPayout {
  id: string
  vendorId: string
  method: 'manual' | 'provider'
  currency: string
  amountMinor: bigint
}

async function insertPayout(unit: Unit, context: Context, payout: NewPayout): Promise<void> {
  const tenantId = tenantOf(unit)
  const isPaid = payout.method === 'provider'
  await unit.run(
    statement(
      'payouts.insert_payout',
      `insert into payout (tenant_id, id, vendor_id, method, currency_code, amount_minor, state, paid_at, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [
        tenantId,
        payout.id,
        payout.vendorId,
        payout.method,
        payout.currency,
        payout.amountMinor,
        isPaid ? 'paid' : 'open',
        isPaid ? context.clock.now() : null,
        context.actorId,
      ],
    ),
  )
  const values = [tenantId, payout.id, payout.vendorId, payout.currency]
  if (isPaid) {
    await unit.run(
      statement(
        'payouts.group_paid',
        `with taken as (
           update clawback set payout_id = $2 where tenant_id = $1 and vendor_id = $3 and currency_code = $4 and payout_id is null
             and state = 'succeeded'
         )
         update release set payout_id = $2 where tenant_id = $1 and vendor_id = $3 and currency_code = $4 and payout_id is null
           and state = 'succeeded'`,
        values,
      ),
    )
    return
  }
  // What is in a payout is on its way: a change of what is due does not change it any more.
  await unit.run(
    statement(
      'payouts.collect_awaiting',
      `with gathered as (
         update release set payout_id = $2, updated_at = now() where tenant_id = $1 and vendor_id = $3 and currency_code = $4
           and payout_id is null and state = 'awaiting' returning vendor_order_id, amount_minor
       ), summed as (select vendor_order_id, sum(amount_minor)::bigint as amount from gathered group by 1)
       update payable p set released_minor = p.released_minor + s.amount, available_minor = greatest(p.available_minor - s.amount, 0),
         updated_at = now()
       from summed s where p.tenant_id = $1 and p.vendor_order_id = s.vendor_order_id`,
      values,
    ),
  )
}

/**
 * Says when the store's next run is, by its setting; none where it is 0. What was said before does not count any more.
 */
export async function schedulePayouts(unit: Unit, context: Context): Promise<void> {
  const [store] = await unit.run(
    statement<{ payout_run_at: Date | null }>(
      'payouts.schedule',
      `update store set payout_run_at = case when payout_interval_days > 0 then $2::timestamptz + payout_interval_days * interval '1 day' end
       where tenant_id = $1 returning payout_run_at`,
      [tenantOf(unit), context.clock.now()],
    ),
  )
  if (store?.payout_run_at == null) return
  await emit(
    unit,
    'payout_run.due',
    { due_at: store.payout_run_at.toISOString() },
    { availableAt: store.payout_run_at, requestId: context.requestId },
  )
}

/** The store's run that is due, with last month's invoices, and then the next one. Handler of `payout_run.due`; one that was put off since does nothing. */
export async function runDuePayouts(context: Context, { due_at }: { due_at: string }): Promise<void> {
  const find = () =>
    statement<{ id: string; payout_interval_days: number }>(
      'payouts.due_run',
      'select id, payout_interval_days from store where tenant_id = $1 and payout_run_at = $2',
      [tenantOf(context), due_at],
    )
  const [due] = await context.db.read(context.scope, find())
  if (due === undefined) return
  await runPayouts(context)
  await issueInvoices(context, monthBefore(new Date(context.clock.now().getTime() - closing_ms)))
  await context.db.unitOfWork(context.scope, async (unit) => {
    const rows = await unit.run(
      statement<{ id: string }>(
        'payouts.close_run',
        'update store set payout_run_at = null where tenant_id = $1 and payout_run_at = $2 returning id',
        [tenantOf(context), due_at],
      ),
    )
    if (rows.length > 0) await schedulePayouts(unit, context)
  })
}
