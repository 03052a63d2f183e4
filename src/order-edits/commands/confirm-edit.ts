import { variantsForSaleStatement } from '../../catalog/index.js'
import {
  checkoutSettingsStatement,
  feeOf,
  insertCommissionLinesStatement,
  insertLinesStatement,
  insertMethodsStatement,
} from '../../checkout/index.js'
import { takeCreditOff } from '../../credit/index.js'
import { type Context, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { changeOrderStock } from '../../inventory/index.js'
import { invalidData, notAllowed, notFound } from '../../kernel/index.js'
import { creditEntry, platformFeeEntry, post, saleEntry } from '../../ledger/index.js'
import { type LoadedOrder, loadOrderStatement, lockLinesOfOrderStatement } from '../../orders/index.js'
import {
  fitCollections,
  lockPartsStatement,
  lockPaymentsOfOrderStatement,
  notePaidStatement,
  type OpenPart,
  openPartsStatement,
} from '../../payments/index.js'
import { lockEdit } from '../locks.js'
import { type EditPlan, planEdit } from '../plan.js'
import { actionDetails, type EditAction } from '../queries/edits.js'
import { type ChangeType, insertHistoryStatement, reduceLinesStatement, sumOrderStatement, sumVendorOrdersStatement } from '../rows.js'
import { setStatus } from './begin-edit.js'

/** What is done to an order's lines and shipping, and what else at the same time. */
export interface OrderChange {
  /** Of its entry in the history. */
  id: string
  type: ChangeType
  /** The fact's id in the books. */
  source: string
  actions: readonly EditAction[]
  /** Further credits of the order, behind the lines and before anything is asked for or called paid. */
  credit?(unit: Unit, order: LoadedOrder, parts: readonly OpenPart[]): Promise<void>
}

interface Confirmed {
  change: OrderChange
  order: LoadedOrder
  plan: EditPlan
  now: Date
}

/**
 * Does what an edit plans, in one transaction or not at all: lines, stock, commissions, books, and what is to be paid. What
 * comes to more is asked for with a payment collection of its own; what comes to less, and was paid, is there to be
 * refunded; credit that pays too much goes back.
 * @throws invalid_data when no edit is open; not_allowed for one that changes nothing, with code `insufficient_inventory`, and for a
 * canceled order; invalid_data for what the order does not allow any more since it was planned
 */
export function confirmEdit(context: Context, orderId: string): Promise<void> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const { edit } = await lockEdit(unit, { orderId, exchangeId: null })
    if (edit.actions.length === 0) throw notAllowed('This edit changes nothing yet: add or change an item first')
    await changeOrder(unit, context, orderId, { id: edit.id, type: 'edit', source: edit.id, actions: edit.actions })
    await setStatus(unit, context, edit.id, 'confirmed')
    await emit(unit, 'order.edit_confirmed', { order_id: orderId, order_edit_id: edit.id }, { requestId: context.requestId })
  })
}

/** Changes an order that is locked: its payments, vendor orders and lines are locked here. Throws as confirmEdit does. */
export async function changeOrder(unit: Unit, context: Context, orderId: string, change: OrderChange): Promise<void> {
  const tenantId = tenantOf(unit)
  await Promise.all([
    unit.run(lockPaymentsOfOrderStatement(tenantId, orderId)),
    unit.run(lockPartsStatement(tenantId, orderId)),
    unit.run(lockLinesOfOrderStatement(tenantId, orderId)),
  ])
  // Sent behind the locks: what is read is what the last holder left.
  const [[order], parts] = await Promise.all([
    unit.run(loadOrderStatement(tenantId, orderId)),
    unit.run(openPartsStatement(tenantId, orderId)),
  ])
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  const now = context.clock.now()
  const [settings] = await unit.run(checkoutSettingsStatement(tenantId, order.cart_id))
  if (settings === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  const plan = planEdit(order, parts, change.actions, settings.rules)
  await refuseWithdrawn(unit, plan)
  const confirmed = { change, order, plan, now }
  await writeLines(unit, confirmed)
  await changeStock(unit, confirmed)
  await book(unit, confirmed, settings.fee)
  await change.credit?.(unit, order, parts)
  await settle(unit, context, confirmed)
  const actions = change.actions.map((action) => ({ action: action.action, ...actionDetails(action, order.currency_code, order.lines) }))
  // Credit that pays no part of it any more went back.
  const creditOff = order.credit_minor > plan.totalMinor ? order.credit_minor - plan.totalMinor : 0n
  const differenceMinor = plan.totalMinor - order.total_minor + creditOff
  const entry = { id: change.id, orderId, type: change.type, actorId: context.actorId, actions, differenceMinor }
  await unit.run(insertHistoryStatement(tenantId, entry))
}

/** What has been taken from sale since it was planned is not sold. */
async function refuseWithdrawn(unit: Unit, plan: EditPlan): Promise<void> {
  const variantIds = plan.lines.map((line) => line.variant_id as string)
  if (variantIds.length === 0) return
  const known = await unit.run(variantsForSaleStatement(tenantOf(unit), { variantIds, cartId: null }))
  const gone = variantIds.filter((id) => !known.some((variant) => variant.variant_id === id))
  if (gone.length > 0) throw invalidData(`Variants ${gone.join(', ')} do not exist or belong to a product that is not published`)
}

async function writeLines(unit: Unit, { order, plan }: Confirmed): Promise<void> {
  const tenantId = tenantOf(unit)
  await Promise.all([
    unit.run(reduceLinesStatement(tenantId, plan.reduced)),
    unit.run(insertLinesStatement(tenantId, order.id, plan.lines)),
    unit.run(insertMethodsStatement(tenantId, order.id, plan.methods)),
    unit.run(insertCommissionLinesStatement(tenantId, order.id, order.currency_code, plan.lines)),
  ])
}

function changeStock(unit: Unit, { order, plan }: Confirmed): Promise<void> {
  const packed = new Map(order.lines.map((line) => [line.id, line.fulfilled_quantity]))
  return changeOrderStock(unit, {
    salesChannelId: order.sales_channel_id,
    wanted: plan.lines.map((line) => ({
      orderLineId: line.id,
      variantId: line.variant_id as string,
      vendorId: line.vendor_id,
      quantity: line.quantity,
      allowBackorder: plan.beyondStock.has(line.id),
    })),
    openPieces: new Map(plan.reduced.map((line) => [line.id, line.quantity - (packed.get(line.id) ?? 0)])),
  })
}

/** What is added is a sale, what is taken out is none any more: each under the edit's own id. */
async function book(unit: Unit, { change, order, plan, now }: Confirmed, fee: Parameters<typeof feeOf>[0]): Promise<void> {
  const fact = { source: change.source, orderId: order.id, currency: order.currency_code, occurredAt: now }
  const sold = [...plan.lines.map((line) => ({ ...line, commissionMinor: line.commission.amountMinor })), ...plan.methods]
  const parts = sold.map(({ vendor_id, totals, ...part }) => {
    const commissionMinor = 'commissionMinor' in part ? part.commissionMinor : 0n
    return {
      vendorId: vendor_id,
      vendorAmountMinor: totals.total - totals.tax - commissionMinor,
      commissionMinor,
      taxMinor: totals.tax,
      storeDiscountMinor: 0n,
      platformDiscountMinor: 0n,
    }
  })
  const goods = [...plan.lines.filter((line) => !line.is_giftcard), ...plan.methods]
  // By rate alone: what is taken for each order was taken when it was placed.
  const rated = fee === null ? null : { ...fee, fixed: {} }
  const feeMinor = feeOf(
    rated,
    order.currency_code,
    goods.reduce((sum, part) => sum + part.totals.subtotal, 0n),
  )
  await post(unit, [
    saleEntry({ ...fact, parts }),
    creditEntry({ ...fact, kind: 'reduction', parts: plan.reduced.map((line) => line.share) }),
    platformFeeEntry({ ...fact, amountMinor: feeMinor }),
  ])
}

/** The sums of the order and its vendor orders, and what is to be paid by whom. */
async function settle(unit: Unit, context: Context, { change, order, plan, now }: Confirmed): Promise<void> {
  const tenantId = tenantOf(unit)
  const touched = [...new Set([...plan.reduced, ...plan.lines, ...plan.methods].map((part) => part.vendor_order_id))]
  await unit.run(sumVendorOrdersStatement(tenantId, touched, now))
  // Credit pays no more than the order comes to: the database refuses a total below it.
  await takeCreditOff(unit, order, {
    source: change.source,
    amountMinor: order.credit_minor - plan.totalMinor,
    note: 'Order edited',
    createdBy: context.actorId,
    now,
  })
  await unit.run(sumOrderStatement(tenantId, order.id))
  await fitCollections(unit, order)
  // What vendors were released already follows.
  if (plan.reduced.length > 0 || change.credit !== undefined) {
    await emit(unit, 'order.credited', { order_id: order.id }, { requestId: context.requestId })
  }
  const dearer = [...new Set([...plan.lines, ...plan.methods].map((part) => part.vendor_order_id))]
  const paid = await unit.run(notePaidStatement(tenantId, order.id, dearer))
  // Nothing is left to be taken: what is sold by being paid can be given out.
  if (paid.length > 0) await emit(unit, 'order.payment_captured', { order_id: order.id }, { requestId: context.requestId })
}
