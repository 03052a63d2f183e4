import { type Context, tenantOf } from '../../db/index.js'
import { lockDraftOrder } from '../locks.js'
import { deleteDraftOrderStatement } from '../queries/write-draft-order.js'

/**
 * Throws a draft order away.
 * @throws not_found; invalid_data when it has become an order; conflict while it is becoming one
 */
export async function deleteDraftOrder(context: Context, id: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const draft = await lockDraftOrder(unit, id)
    await unit.run(deleteDraftOrderStatement(tenantOf(unit), draft))
  })
}
