import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData } from '../../kernel/index.js'

/** How long whoever placed an order may answer who asks for it; an invitation to staff is good for as long. */
const answerable = "interval '7 days'"

/** SQL for whether request `transfer` was not answered in time: it is over, whether or not a row says so yet. */
export const isLapsedSql = (transfer: string) => `(${transfer}.status = 'requested' and ${transfer}.created_at <= now() - ${answerable})`

/** SQL for when it ended, or will. */
export const lapseSql = (transfer: string) => `${transfer}.created_at + ${answerable}`

/**
 * One change of an order is agreed on at a time, as Medusa has it, so that none is agreed to that another made untrue. Read under
 * the order's lock. What is packed, sent, received and given back meanwhile is no such change; nor is a return that is put together,
 * of which there may be several, a vendor's each: it is looked at again when it is requested.
 * @throws invalid_data, with code `order_transfer_open` while a transfer waits for its answer, and with code `order_edit_open` while
 *   an edit, exchange or claim is open
 */
export async function refuseOpenChange(unit: Unit, orderId: string): Promise<void> {
  const [open] = await unit.run(
    statement<{ transfer_until: Date | null }>(
      'orders.open_change',
      `select null::timestamptz as transfer_until from order_edit where tenant_id = $1 and order_id = $2 and status in ('pending', 'requested')
       union all
       select ${lapseSql('t')} from order_transfer t
       where t.tenant_id = $1 and t.order_id = $2 and t.status = 'requested' and not ${isLapsedSql('t')} limit 1`,
      [tenantOf(unit), orderId],
    ),
  )
  if (open === undefined) return
  const refused = `Order (${orderId}) already has an existing active order change`
  if (open.transfer_until === null) throw invalidData(refused, 'order_edit_open')
  const until = open.transfer_until.toISOString().slice(0, 10)
  throw invalidData(`${refused}: an account asks for it until ${until}. Cancel that transfer, or wait.`, 'order_transfer_open')
}
