import { type Context, statement, tenantOf } from '../db/index.js'
import type { PaymentProvider, Settled, Touch, TouchHandlers } from '../payments/index.js'
import { noteTakenBackOfStore } from './commands/settle-store-balance.js'
import { settleVendorOrder } from './commands/settle-vendor-order.js'
import { type MadeRelease, syncRelease } from './commands/sync-release.js'
import { syncPayee } from './payees.js'

/** Moves what we have of payees and releases when a provider says that something of them has changed: read again, never believed. */
export const payoutTouches: TouchHandlers = { payee: touchPayee, release: touchRelease }

async function touchPayee(context: Context, provider: PaymentProvider, touch: Touch, accountId: string): Promise<Settled> {
  const rows = await context.db.read(
    context.scope,
    statement<{ id: string }>(
      'payouts.payees_by_reference',
      `select y.id from payee y join payment_account a on a.tenant_id = $1 and a.id = y.payment_account_id
       join payment_account told on told.tenant_id = $1 and told.id = $4 and told.reference = a.reference and told.mode = a.mode
       where y.tenant_id = $1 and y.provider_id = $2 and y.reference = $3 order by y.id`,
      [tenantOf(context), provider.id, touch.reference, accountId],
    ),
  )
  if (rows.length === 0) return { kind: 'unknown' }
  for (const { id } of rows) await syncPayee(context, id, accountId)
  return { kind: 'done' }
}

async function touchRelease(context: Context, provider: PaymentProvider, touch: Touch): Promise<Settled> {
  const [row] = await context.db.read(
    context.scope,
    statement<Omit<MadeRelease, 'vendor_order_id'> & { vendor_order_id: string | null }>(
      'payouts.release_by_reference',
      `select r.id, r.vendor_order_id, r.reference, y.payment_account_id from release r join payee y on y.tenant_id = $1 and y.id = r.payee_id
       where r.tenant_id = $1 and y.provider_id = $2 and r.reference = $3`,
      [tenantOf(context), provider.id, touch.reference],
    ),
  )
  // Its answer may still be under way to its row.
  if (row === undefined) return { kind: 'unknown' }
  const { vendor_order_id } = row
  if (vendor_order_id === null) {
    await noteTakenBackOfStore(context, provider, row)
    return { kind: 'done' }
  }
  await syncRelease(context, provider, { ...row, vendor_order_id })
  await settleVendorOrder(context, vendor_order_id)
  return { kind: 'done' }
}
