import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId, notAllowed, notFound } from '../../kernel/index.js'
import { lockOrderStatement, refuseOpenChange } from '../../orders/index.js'
import { changeEdit, lockOrderToEdit, openEditOf } from '../locks.js'

export interface EditInput {
  order_id: string
  description?: string | null | undefined
  internal_note?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Begins an edit of an order: what is to be changed is planned next, and nothing is changed before it is confirmed.
 * @returns its id
 * @throws not_found; invalid_data for an order that is canceled, and while another change of it is open; not_allowed
 *   for one that is archived
 */
export function beginEdit(context: Context, input: EditInput): Promise<string> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    await lockOrderToEdit(unit, input.order_id)
    return insertEdit(unit, context, input, null)
  })
}

/** The same under the order's lock, for an exchange where one is named. */
export async function insertEdit(unit: Unit, context: Context, input: EditInput, exchangeId: string | null): Promise<string> {
  const tenantId = tenantOf(unit)
  await refuseOpenChange(unit, input.order_id)
  const id = newId('ordch')
  await unit.run(
    statement(
      'order_edits.insert',
      `insert into order_edit (tenant_id, id, order_id, exchange_id, description, internal_note, metadata, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        tenantId,
        id,
        input.order_id,
        exchangeId,
        input.description ?? null,
        input.internal_note ?? null,
        input.metadata == null ? null : JSON.stringify(input.metadata),
        context.actorId,
      ],
    ),
  )
  return id
}

/** Notes that an edit was shown to the shopper, who is to agree to it. A second time changes nothing. Throws not_found; not_allowed while it changes nothing. */
export function requestEdit(context: Context, orderId: string): Promise<void> {
  return changeEdit(context, { orderId, exchangeId: null }, async (unit, { edit }) => {
    if (edit.actions.length === 0) throw notAllowed('This edit changes nothing yet: add or change an item first')
    await setStatus(unit, context, edit.id, 'requested')
    await emit(unit, 'order.edit_requested', { order_id: orderId, order_edit_id: edit.id }, { requestId: context.requestId })
  })
}

/**
 * Gives an edit up: the order stays as it is.
 * @returns the edit's id
 * @throws not_found for the order; invalid_data when no edit is open
 */
export function cancelEdit(context: Context, orderId: string): Promise<string> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const [order] = await unit.run(lockOrderStatement(tenantOf(unit), orderId))
    if (order === undefined || order.status === 'draft') throw notFound(`Order id not found: ${orderId}`)
    const edit = await openEditOf(unit, { orderId, exchangeId: null })
    await setStatus(unit, context, edit.id, 'canceled')
    return edit.id
  })
}

/** Brings an edit to its next state, which says who did it and when. */
export async function setStatus(
  unit: Unit,
  context: Context,
  editId: string,
  status: 'requested' | 'confirmed' | 'canceled',
): Promise<void> {
  await unit.run(
    statement(
      `order_edits.set_${status}`,
      `update order_edit set status = '${status}', ${status}_at = coalesce(${status}_at, $3), ${status}_by = coalesce(${status}_by, $4),
         updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantOf(unit), editId, context.clock.now(), context.actorId],
    ),
  )
}
