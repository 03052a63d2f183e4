import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { liftHold } from '../payouts/index.js'

/**
 * Ends what a seller was asked, and what it is withheld for that, once it has stated all of it; does nothing for one that was not
 * asked. The unit has role `store` and holds the vendor's lock: whoever comes second finds nothing to do.
 */
export async function letSellerGo(unit: Unit, context: Context, vendorId: string): Promise<void> {
  const tenantId = tenantOf(unit)
  const asked = await unit.run(
    statement<{ id: string }>(
      'reports.end_asking',
      `update vendor set identity_asked_at = null, identity_reminders = 0, identity_reminded_at = null, identity_withheld_at = null
       where tenant_id = $1 and id = $2 and identity_asked_at is not null returning id`,
      [tenantId, vendorId],
    ),
  )
  if (asked.length === 0) return
  // None where staff have lifted it themselves.
  const held = await unit.run(
    statement<{ id: string }>(
      'reports.holds_of_reminders',
      `select id from hold where tenant_id = $1 and vendor_id = $2 and reason = 'identity' and lifted_at is null order by id`,
      [tenantId, vendorId],
    ),
  )
  for (const { id } of held) await liftHold(unit, context, id)
}
