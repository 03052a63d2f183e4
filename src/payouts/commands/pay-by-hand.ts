import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { notAllowed, notFound } from '../../kernel/index.js'
import { post, releaseEntry } from '../../ledger/index.js'
import { lockVendorStatement } from '../facts.js'

interface PayoutLock {
  id: string
  vendor_id: string
  state: 'open' | 'paid' | 'canceled'
}

/** @throws not_found; not_allowed for one that is paid or canceled */
async function lockOpen(unit: Unit, id: string): Promise<PayoutLock> {
  const tenantId = tenantOf(unit)
  const find = statement<PayoutLock>(
    'payouts.payout_of_vendor',
    'select id, vendor_id, state from payout where tenant_id = $1 and id = $2',
    [tenantId, id],
  )
  const [seen] = await unit.run(find)
  if (seen === undefined) throw notFound(`Payout with id: ${id} was not found`)
  await unit.run(lockVendorStatement(tenantId, seen.vendor_id))
  const [payout = seen] = await unit.run(find)
  if (payout.state !== 'open') throw notAllowed(`The payout: ${id} is ${payout.state} already`)
  return payout
}

/**
 * Notes that a payout was paid by hand, and books its releases: from the store's bank to its vendor.
 * @throws not_found; not_allowed for one that is paid or canceled
 */
export async function markPaid(unit: Unit, context: Context, id: string, input: { note?: string | null | undefined }): Promise<void> {
  const tenantId = tenantOf(unit)
  const payout = await lockOpen(unit, id)
  const now = context.clock.now()
  await unit.run(
    statement(
      'payouts.mark_paid',
      `update payout set state = 'paid', paid_at = $3, paid_by = $4, note = $5, updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantId, id, now, context.actorId, input.note ?? null],
    ),
  )
  const releases = await unit.run(
    statement<{ id: string; currency_code: string; amount_minor: bigint }>(
      'payouts.settle_by_hand',
      `update release set state = 'succeeded', settled_at = $3, updated_at = now() where tenant_id = $1 and payout_id = $2 and state = 'awaiting'
       returning id, currency_code, amount_minor`,
      [tenantId, id, now],
    ),
  )
  await post(
    unit,
    releases.map((release) =>
      releaseEntry({
        source: release.id,
        to: { vendorId: payout.vendor_id },
        from: { code: 'A:bank' },
        currency: release.currency_code,
        amountMinor: release.amount_minor,
        occurredAt: now,
      }),
    ),
  )
}

/**
 * Gives a payout up that was not paid: its releases wait again, and follow what is due.
 * @throws not_found; not_allowed for one that is paid or canceled
 */
export async function cancelPayout(unit: Unit, context: Context, id: string): Promise<void> {
  const tenantId = tenantOf(unit)
  const payout = await lockOpen(unit, id)
  await unit.run(
    statement(
      'payouts.cancel_payout',
      `with gone as (
         update payout set state = 'canceled', canceled_at = $3, updated_at = now() where tenant_id = $1 and id = $2
       ), freed as (
         update release set payout_id = null, updated_at = now() where tenant_id = $1 and payout_id = $2 and state = 'awaiting'
         returning vendor_order_id, amount_minor
       ), summed as (select vendor_order_id, sum(amount_minor)::bigint as amount from freed group by 1)
       update payable p set released_minor = p.released_minor - s.amount, updated_at = now()
       from summed s where p.tenant_id = $1 and p.vendor_order_id = s.vendor_order_id`,
      [tenantId, id, context.clock.now()],
    ),
  )
  await emit(unit, 'vendor.payable_changed', { vendor_id: payout.vendor_id }, { requestId: context.requestId })
}
