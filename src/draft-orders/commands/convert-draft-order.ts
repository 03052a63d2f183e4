import { type CheckoutSettingsOfProcess, completeCart } from '../../checkout/index.js'
import { type Context, tenantOf } from '../../db/index.js'
import { unexpectedState } from '../../kernel/index.js'
import { unknownDraftOrder } from '../locks.js'
import { draftOrderStatement } from '../queries/draft-orders.js'

/**
 * Makes an order of a draft order, on the way that every cart takes: stock is promised, promotions are used up, and the
 * order is written once, whoever asks how often. Nobody has paid: its payment collection says what is to be paid.
 * @returns the order's id, which the draft order had
 * @throws not_found; not_allowed while it is being edited; as completing a cart does
 */
export async function convertDraftOrder(context: Context, id: string, settings: CheckoutSettingsOfProcess): Promise<string> {
  const [draft] = await context.db.read(context.scope, draftOrderStatement(tenantOf(context), id))
  if (draft === undefined) throw unknownDraftOrder(id)
  const done = await completeCart(context, draft.cart_id, settings, { isStaffs: true })
  if (done.type !== 'order') throw unexpectedState(`Draft order ${id} asked a payment provider`)
  return done.orderId
}
