import { lockCartStatement } from '../carts/index.js'
import { statement, tenantOf, type Unit } from '../db/index.js'
import { conflict, invalidData, notFound } from '../kernel/index.js'
import { type DraftOrderRow, draftOrderStatement } from './queries/draft-orders.js'

export function unknownDraftOrder(id: string) {
  return notFound(`Order id not found: ${id}`)
}

/**
 * Locks a draft order that can still be changed: its cart, as whoever changes or completes that does. Its own row is
 * written under that lock alone, and what it says is read under it.
 * @throws not_found; invalid_data for one that has become an order; conflict while it is becoming one
 */
export async function lockDraftOrder(unit: Unit, id: string): Promise<DraftOrderRow> {
  const tenantId = tenantOf(unit)
  const [found] = await unit.run(draftOrderStatement(tenantId, id))
  if (found === undefined) throw unknownDraftOrder(id)
  const [[cart], [draft], [open]] = await Promise.all([
    unit.run(lockCartStatement(tenantId, found.cart_id)),
    unit.run(draftOrderStatement(tenantId, id)),
    unit.run(
      statement<{ id: string }>(
        'draft_orders.open_checkout',
        `select id from checkout where tenant_id = $1 and cart_id = $2 and state = 'open'`,
        [tenantId, found.cart_id],
      ),
    ),
  ])
  if (cart === undefined || draft === undefined) throw unknownDraftOrder(id)
  if (cart.order_id !== null) throw invalidData(`Order ${id} is not a draft order`)
  if (open !== undefined) throw conflict('The draft order is becoming an order. Try again in a moment.', 'cart_being_completed')
  return draft
}
