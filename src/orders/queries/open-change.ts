import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'

/**
 * One change of an order is agreed on at a time, as Medusa has it, so that none is agreed to that another made untrue. Read under
 * the order's lock. What is packed, sent, received and given back meanwhile is no such change; nor is a return that is put together,
 * of which there may be several, a vendor's each: it is looked at again when it is requested.
 * @throws invalid_data while a transfer waits and, with code `order_edit_open`, while an edit, exchange or claim is open
 */
export async function refuseOpenChange(unit: Unit, orderId: string): Promise<void> {
  const [open] = await unit.run(
    statement<{ kind: 'edit' | 'transfer' }>(
      'orders.open_change',
      `select 'edit' as kind from order_edit where tenant_id = $1 and order_id = $2 and status in ('pending', 'requested')
       union all
       select 'transfer' from order_transfer where tenant_id = $1 and order_id = $2 and status = 'requested' limit 1`,
      [tenantOf(unit), orderId],
    ),
  )
  if (open === undefined) return
  throw invalidData(`Order (${orderId}) already has an existing active order change`, open.kind === 'edit' ? 'order_edit_open' : undefined)
}
