import { checkoutSettingsStatement, type OrderLine, type OrderMethod } from '../../checkout/index.js'
import { type Context, tenantOf } from '../../db/index.js'
import { notFound, toMajor, toMinor } from '../../kernel/index.js'
import {
  type LoadedOrder,
  loadOrderStatement,
  moneyOf,
  type OrderCredit,
  type OrderLineRow,
  type OrderMethodRow,
  type OrderPartRow,
  type Pictures,
  type ReturnOfOrder,
  renderOrder,
} from '../../orders/index.js'
import { type OpenPart, openPartsStatement } from '../../payments/index.js'
import { type EditPlan, planEdit } from '../plan.js'
import { type OrderEdit, openEditStatement, renderAction, renderEdit } from './edits.js'

/**
 * An order as it would be if its open edit were confirmed now, in wire shape: each item and shipping method with the actions
 * that made it what it is, and the edit as `order_change`. Without an open edit, the order as it is.
 * @param comingBack what of the order is planned to come back, with the edit or by itself
 * @throws not_found for the order; as planEdit does where the order has changed so that the edit cannot be confirmed any more
 */
export async function previewOrder(
  context: Context,
  orderId: string,
  pictures: Pictures,
  comingBack?: ComingBack,
): Promise<Record<string, unknown>> {
  const tenantId = tenantOf(context)
  const [order] = await context.db.read(context.scope, loadOrderStatement(tenantId, orderId))
  if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
  const [edit] = await context.db.read(context.scope, openEditStatement(tenantId, orderId))
  const actions = edit === undefined ? new Map<string, object[]>() : actionsOf(edit, order)
  for (const [id, more] of comingBack?.actions ?? []) actions.set(id, [...(actions.get(id) ?? []), ...more])
  const after = edit === undefined ? order : await editedOrder(context, order, edit, comingBack)
  const counted = after.lines.map((line) => ({ ...line, claimed_quantity: order.claimed[line.id] ?? 0 }))
  const planned = {
    ...after,
    lines: counted.map((line) => comingBack?.pieces(line) ?? line),
    returns: [...order.returns, ...(comingBack?.returns ?? [])],
  }
  const change = edit === undefined ? null : { ...renderEdit(edit, order.currency_code, order.lines), version: order.version + 1 }
  const order_change = (change && { ...change, return_id: comingBack?.returnId ?? null }) ?? comingBack?.change ?? null
  const rendered = withActions(renderOrder(planned, pictures, actions), actions)
  return { ...rendered, summary: plannedSummary(rendered, order, order_change !== null), order_change }
}

/**
 * Where the order would stand. What is planned is compared with what the order came to before it; `pending_difference` leaves out
 * what is owed for goods on their way back, as Medusa's previews do, and `difference_due` is with it.
 */
function plannedSummary(rendered: Record<string, unknown>, order: LoadedOrder, isPlanned: boolean): Record<string, unknown> {
  const summary = rendered.summary as Record<string, number>
  const minor = (name: string) => toMinor(summary[name] as number, order.currency_code)
  return {
    ...summary,
    ...(isPlanned ? { original_order_total: moneyOf(order).summary.current_order_total, credit_line_total: 0 } : {}),
    pending_difference: toMajor(minor('current_order_total') - minor('transaction_total'), order.currency_code),
    difference_due: summary.pending_difference,
  }
}

async function editedOrder(context: Context, order: LoadedOrder, edit: OrderEdit, comingBack?: ComingBack): Promise<LoadedOrder> {
  const tenantId = tenantOf(context)
  const parts = await context.db.read(context.scope, openPartsStatement(tenantId, order.id))
  const [settings] = await context.db.read(context.scope, checkoutSettingsStatement(tenantId, order.cart_id))
  const credits = comingBack?.credits(order, parts) ?? []
  const after = afterEdit(order, planEdit(order, parts, edit.actions, settings?.rules ?? []), credits)
  return credits.length === 0 ? after : { ...after, credits: [...order.credits, plannedCredit(credits, edit, comingBack?.returns ?? [])] }
}

/** What an exchange or claim will credit, behind the returns that it is for. */
function plannedCredit(credits: readonly OpenPart[], edit: OrderEdit, returns: readonly ReturnOfOrder[]): OrderCredit {
  const times = [new Date(edit.created_at), ...returns.map((row) => new Date(row.created_at))].map((at) => at.getTime())
  const amount = credits.reduce((sum, credit) => sum + credit.amount_minor, 0n)
  return {
    id: 'ordcl_planned',
    refund_id: null,
    exchange_id: edit.exchange_id,
    dispute_id: null,
    credit_line_id: null,
    reference: null,
    reference_id: null,
    metadata: null,
    amount_minor: Number(amount),
    created_at: new Date(Math.max(...times)).toISOString(),
  }
}

/** What of the order comes back. */
export interface ComingBack {
  /** What the order is credited with for it, where it pays for what is added. */
  credits(order: LoadedOrder, parts: readonly OpenPart[]): OpenPart[]
  /** A line with its pieces that are then on their way back, or back. */
  pieces(line: OrderLineRow): OrderLineRow
  /** By line or shipping method. */
  actions: ReadonlyMap<string, object[]>
  /** Those that are put together: what is chosen of them, and how it is sent. */
  returns: readonly ReturnOfOrder[]
  /** The return that brings back what pays for what is added. */
  returnId: string | null
  /** What it is a change of, where no edit is open. */
  change: object | null
}

/** By what they are of: a line that is raised shows the action, and so does the line that is made for its further pieces. */
function actionsOf(edit: OrderEdit, order: LoadedOrder): Map<string, object[]> {
  const actions = new Map<string, object[]>()
  for (const [index, action] of edit.actions.entries()) {
    const rendered = { ...renderAction(action, edit, order.currency_code, order.lines), version: order.version + 1, ordering: index + 1 }
    for (const id of [action.order_line_item_id, action.added?.id]) if (id != null) actions.set(id, [...(actions.get(id) ?? []), rendered])
  }
  return actions
}

function withActions(rendered: Record<string, unknown>, actions: ReadonlyMap<string, object[]>): Record<string, unknown> {
  // Medusa's clients tell by the key what something is done to.
  const acted = (part: { id: string }) => (actions.has(part.id) ? { ...part, actions: actions.get(part.id) } : part)
  return {
    ...rendered,
    items: (rendered.items as { id: string }[]).map(acted),
    shipping_methods: (rendered.shipping_methods as { id: string }[]).map(acted),
  }
}

/** The order as loaded, with the plan done to it in memory. */
function afterEdit(order: LoadedOrder, plan: EditPlan, credits: readonly OpenPart[]): LoadedOrder {
  const reduced = new Map(plan.reduced.map((line) => [line.id, line]))
  const lines = order.lines.map((line): OrderLineRow => {
    const less = reduced.get(line.id)
    if (less === undefined) return line
    const { share: _share, ...amounts } = less
    const columns = Object.entries(amounts).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : value])
    return { ...line, ...(Object.fromEntries(columns) as Partial<OrderLineRow>) }
  })
  const after = {
    lines: [...lines, ...plan.lines.map((line) => lineRow(line, order))],
    methods: [...order.methods, ...plan.methods.map(methodRow)],
  }
  return {
    ...order,
    ...after,
    total_minor: plan.totalMinor,
    ...creditAfter(order, plan.totalMinor),
    parts: order.parts.map((part) => credited(partAfter(part, plan, [...after.lines, ...after.methods]), credits)),
  }
}

const soldColumns = (part: OrderLine | OrderMethod) => ({
  tax_lines: part.tax_lines.map((line, index) => ({ ...line, amount_minor: Number(part.totals.taxParts[index] ?? 0n) })),
  adjustments: [],
  subtotal_minor: Number(part.totals.subtotal),
  tax_minor: Number(part.totals.tax),
  total_minor: Number(part.totals.total),
  discount_tax_minor: 0,
  vendor_discount_minor: 0,
  store_discount_minor: 0,
  platform_discount_minor: 0,
})

function lineRow(line: OrderLine, order: LoadedOrder): OrderLineRow {
  const {
    totals: _totals,
    commission: _commission,
    commission_line_id: _id,
    cart_line_id: _cart,
    shipping_profile_id: _profile,
    ...rest
  } = line
  const vendor = order.parts.find((part) => part.id === line.vendor_order_id)?.vendor ?? null
  const sold = order.lines.find((candidate) => candidate.variant_id === line.variant_id)
  return {
    ...rest,
    ...soldColumns(line),
    fulfilled_quantity: 0,
    shipped_quantity: 0,
    delivered_quantity: 0,
    return_requested_quantity: 0,
    return_received_quantity: 0,
    return_dismissed_quantity: 0,
    credited_minor: 0,
    vendor,
    product: sold?.product ?? line.product,
    variant: sold?.variant ?? null,
  }
}

function methodRow(method: OrderMethod): OrderMethodRow {
  const { totals: _totals, shipping_profile_id: _profile, metadata, ...rest } = method
  return { ...rest, ...soldColumns(method), metadata: metadata as Record<string, unknown> | null }
}

/** Credit pays no more than the order comes to; what it pays too much goes back when the edit is confirmed. */
function creditAfter(order: LoadedOrder, totalMinor: bigint): Pick<LoadedOrder, 'credit_minor' | 'credit_lines'> {
  if (order.credit_minor <= totalMinor) return { credit_minor: order.credit_minor, credit_lines: order.credit_lines }
  let left = Number(totalMinor)
  const credit_lines = order.credit_lines.flatMap((line) => {
    const amount_minor = Math.min(left, line.amount_minor)
    left -= amount_minor
    return amount_minor === 0 ? [] : [{ ...line, amount_minor }]
  })
  return { credit_minor: totalMinor, credit_lines }
}

function credited(part: OrderPartRow, credits: readonly OpenPart[]): OrderPartRow {
  const own = credits.filter((credit) => credit.vendor_order_id === part.id)
  const sum = (name: 'amount_minor' | 'vendor_amount_minor' | 'commission_minor') =>
    Number(own.reduce((total, credit) => total + credit[name], 0n))
  return {
    ...part,
    credited_minor: part.credited_minor + sum('amount_minor'),
    credited_vendor_minor: part.credited_vendor_minor + sum('vendor_amount_minor'),
    credited_commission_minor: part.credited_commission_minor + sum('commission_minor'),
  }
}

/** What the vendor is owed and what the store keeps of it, after the plan. */
function partAfter(part: OrderPartRow, plan: EditPlan, after: readonly (OrderLineRow | OrderMethodRow)[]): OrderPartRow {
  const own = <Row extends { vendor_order_id: string }>(rows: readonly Row[]) => rows.filter((row) => row.vendor_order_id === part.id)
  const gone = own(plan.reduced)
  const lines = own(plan.lines)
  const added = [...lines, ...own(plan.methods)]
  const sum = <Row>(rows: readonly Row[], of: (row: Row) => bigint) => Number(rows.reduce((total, row) => total + of(row), 0n))
  const commission = sum(lines, (line) => line.commission.amountMinor)
  return {
    ...part,
    total_minor: part.total_minor + sum(added, (one) => one.totals.total) - sum(gone, (line) => line.share.amount_minor),
    commission_minor: part.commission_minor + commission - sum(gone, (line) => line.share.commission_minor),
    vendor_amount_minor:
      part.vendor_amount_minor +
      sum(added, (one) => one.totals.total - one.totals.tax) -
      commission -
      sum(gone, (line) => line.share.vendor_amount_minor),
    vendor_discount_minor: sum(own(after), (one) => BigInt(one.vendor_discount_minor)),
    store_discount_minor: sum(own(after), (one) => BigInt(one.store_discount_minor)),
    platform_discount_minor: sum(own(after), (one) => BigInt(one.platform_discount_minor)),
  }
}
