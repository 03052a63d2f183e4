import {
  type CartLine,
  type LoadedCart,
  loadCartStatement,
  methodOf,
  newLine,
  outOfStock,
  readChoices,
  reprice,
  taxesOf,
} from '../../carts/index.js'
import { type PurchasableVariant, purchasableVariantsStatement } from '../../catalog/index.js'
import { checkoutSettingsStatement } from '../../checkout/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, limits, newId, notFound, toMinor } from '../../kernel/index.js'
import { type LoadedOrder, loadOrderStatement, type OrderLineRow } from '../../orders/index.js'
import { openPartsStatement } from '../../payments/index.js'
import { isTaxInclusive } from '../../pricing/index.js'
import { taxRatesStatement } from '../../tax/index.js'
import { changeEdit, type EditTarget } from '../locks.js'
import { lineOf, planEdit } from '../plan.js'
import type { EditAction } from '../queries/edits.js'

type Noted = { internal_note?: string | null | undefined }

export interface AddedItem extends Noted {
  variant_id: string
  quantity: number
  /** Major units of the order's currency; what the variant costs for this order now when absent. */
  unit_price?: number | null | undefined
  /** What it is shown to have cost before. */
  compare_at_unit_price?: number | null | undefined
  allow_backorder?: boolean | undefined
  metadata?: Record<string, unknown> | null | undefined
}

export interface ChosenShipping extends Noted {
  shipping_option_id: string
  /** Major units; what the option costs when absent. */
  custom_amount?: number | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/** What prices and taxes of an order follow from: its cart's region, channel and customer, and where it goes now. */
interface Staging {
  unit: Unit
  order: LoadedOrder
  cart: LoadedCart
  isTaxed: boolean
  variants: ReadonlyMap<string, PurchasableVariant>
  actions: EditAction[]
  now: Date
}

/**
 * Changes what an edit plans, under its order's lock. Whatever could not be confirmed as the order is now is refused here
 * already; `change` answers the actions as they are to be.
 */
function stage(
  context: Context,
  target: EditTarget,
  variantIds: (order: LoadedOrder, actions: readonly EditAction[]) => readonly string[],
  change: (work: Staging) => Promise<EditAction[]> | EditAction[],
): Promise<void> {
  const { orderId } = target
  return changeEdit(context, target, async (unit, { edit }) => {
    const tenantId = tenantOf(unit)
    const now = context.clock.now()
    const [[order], parts] = await Promise.all([
      unit.run(loadOrderStatement(tenantId, orderId)),
      unit.run(openPartsStatement(tenantId, orderId)),
    ])
    if (order === undefined) throw notFound(`Order with id: ${orderId} was not found`)
    const { country_code = null, province = null } = order.shipping_address ?? {}
    const wanted = variantIds(order, edit.actions)
    const [[cart], [taxes], variants, [settings]] = await Promise.all([
      unit.run(loadCartStatement(tenantId, order.cart_id)),
      unit.run(taxRatesStatement(tenantId, country_code, province)),
      unit.run(purchasableVariantsStatement(tenantId, { variantIds: wanted, cartId: order.cart_id, now })),
      unit.run(checkoutSettingsStatement(tenantId, order.cart_id)),
    ])
    if (cart === undefined || settings === undefined) throw notFound(`Order with id: ${orderId} was not found`)
    const known = new Map(variants.map((variant) => [variant.variant_id, variant]))
    const missing = wanted.filter((id) => !known.has(id))
    if (missing.length > 0) throw invalidData(`Variants ${missing.join(', ')} do not exist or belong to a product that is not published`)
    const isTaxed = cart.region.automatic_taxes || cart.taxes_calculated
    const placed = { ...cart, rates: taxes?.rates ?? [] }
    const after = await change({ unit, order, cart: placed, isTaxed, variants: known, actions: edit.actions, now })
    if (after.length > limits.cartLines) throw invalidData(`An edit has at most ${limits.cartLines} actions`)
    planEdit(order, parts, after, settings.rules)
    await write(unit, edit.id, edit.actions, after)
  })
}

const noVariants = () => []
const metadataOf = (given: Record<string, unknown> | null | undefined) => given ?? {}

/**
 * Plans lines that are added: at what their variants cost for this order now, or at a price of their own, taxed by where the
 * order goes. No promotion is applied to them.
 * @throws not_found; not_allowed with code `insufficient_inventory`; invalid_data for variants that cannot be bought or have
 * no price, and for vendors from whom the order has nothing
 */
export function addItems(context: Context, target: EditTarget, items: readonly AddedItem[]): Promise<void> {
  const variantIds = [...new Set(items.map((item) => item.variant_id))]
  return stage(
    context,
    target,
    () => variantIds,
    (work) => [
      ...work.actions,
      ...items.map((item): EditAction => {
        const variant = work.variants.get(item.variant_id) as PurchasableVariant
        const allowBackorder = item.allow_backorder ?? false
        if (!allowBackorder) refuseWithoutStock(variant, item.quantity)
        const action = newAction(item.quantity, item.internal_note, allowBackorder)
        return { ...action, action: 'ITEM_ADD', order_line_item_id: null, added: lineFor(work, variant, item) }
      }),
    ],
  )
}

const newAction = (quantity: number, note: string | null | undefined, allowBackorder: boolean) => ({
  id: newId('ordchact'),
  quantity,
  allow_backorder: allowBackorder,
  internal_note: note ?? null,
  created_at: new Date().toISOString(),
})

function lineFor({ cart, isTaxed }: Staging, variant: PurchasableVariant, item: AddedItem): CartLine {
  const line = { ...newLine(variant, { ...item, metadata: metadataOf(item.metadata) }), id: newId('ordli') }
  if (item.unit_price == null) reprice(line, variant, cart)
  else setPrice(line, item.unit_price, cart)
  setFormerPrice(line, item.compare_at_unit_price, cart)
  const taxed = { productId: line.product_id, productTypeId: variant.product_type_id }
  if (isTaxed && !line.is_giftcard) line.tax_lines = taxesOf(cart.rates, [], taxed, 'calitxl')
  return line
}

/** A price that staff name has the tax in it where prices of the order's currency have. */
function setPrice(line: CartLine, unitPrice: number, cart: LoadedCart): void {
  line.unit_price_minor = Number(toMinor(unitPrice, cart.currency_code))
  line.compare_at_unit_price_minor = null
  line.is_custom_price = true
  line.is_tax_inclusive = isTaxInclusive({ is_regional: false }, cart.region)
}

function setFormerPrice(line: CartLine, price: number | null | undefined, cart: LoadedCart): void {
  if (price != null) line.compare_at_unit_price_minor = Number(toMinor(price, cart.currency_code))
}

/** What counts is decided when the edit is confirmed: this tells early. */
function refuseWithoutStock(variant: PurchasableVariant, quantity: number): void {
  if (!variant.manage_inventory || variant.allow_backorder) return
  if (variant.inventory_items.some((item) => item.available < item.required_quantity * quantity)) throw outOfStock()
}

/**
 * Plans how many pieces there are to be of a line: none takes it out. More than there are become a line of their own at the
 * same price, without the promotions of the first.
 * @throws not_found; not_allowed with code `insufficient_inventory`; invalid_data for fewer pieces than are packed
 */
export function changeItem(context: Context, target: EditTarget, itemId: string, change: Noted & { quantity: number }): Promise<void> {
  return stage(
    context,
    target,
    (order) => raisedVariants(lineOf(order, itemId), change.quantity),
    (work) => {
      const row = lineOf(work.order, itemId)
      const known = work.actions.find((action) => action.order_line_item_id === itemId)
      const others = work.actions.filter((action) => action !== known)
      if (change.quantity === row.quantity) return others
      return [...others, updateOf(work, row, change, known)]
    },
  )
}

/** Pieces that are added must be for sale still. */
function raisedVariants(row: OrderLineRow, quantity: number): string[] {
  if (quantity <= row.quantity) return []
  if (row.variant_id === null) throw invalidData(`"${row.title}" is not sold any more: there are no more pieces of it`)
  return [row.variant_id]
}

function updateOf(work: Staging, row: OrderLineRow, change: Noted & { quantity: number }, known: EditAction | undefined): EditAction {
  const more = change.quantity - row.quantity
  const variant = work.variants.get(row.variant_id ?? '')
  if (more > 0 && variant !== undefined) refuseWithoutStock(variant, more)
  const action = known ?? newAction(change.quantity, null, false)
  const note = change.internal_note === undefined ? action.internal_note : change.internal_note
  const base = { ...action, quantity: change.quantity, internal_note: note }
  const added = more > 0 && variant !== undefined ? raisedLine(row, variant, more) : null
  return { ...base, action: 'ITEM_UPDATE', order_line_item_id: row.id, added }
}

/** More pieces of a sold line: at its price and its taxes. */
function raisedLine(row: OrderLineRow, variant: PurchasableVariant, quantity: number): CartLine {
  const { unit_price_minor, compare_at_unit_price_minor, is_tax_inclusive, is_custom_price, title, subtitle, thumbnail, snapshot } = row
  return {
    ...newLine(variant, { variant_id: variant.variant_id, quantity, metadata: row.metadata }),
    id: newId('ordli'),
    ...{ unit_price_minor, compare_at_unit_price_minor, is_tax_inclusive, is_custom_price, title, subtitle, thumbnail, snapshot },
    is_giftcard: row.is_giftcard,
    requires_shipping: row.requires_shipping,
    tax_lines: row.tax_lines.map(({ amount_minor: _amount, ...line }) => line),
  }
}

function actionOf(actions: readonly EditAction[], actionId: string, kinds: readonly EditAction['action'][]): EditAction {
  const action = actions.find((candidate) => candidate.id === actionId && kinds.includes(candidate.action))
  if (action === undefined) throw notFound(`Action with id: ${actionId} was not found`)
  return action
}

const itemKinds = ['ITEM_ADD', 'ITEM_UPDATE'] as const

/** What is named of a planned item is set. A price that something had before is for what is added alone. */
type ItemChange = Noted & {
  quantity?: number | undefined
  unit_price?: number | null | undefined
  compare_at_unit_price?: number | null | undefined
}

/** Changes what is planned of an item. Throws not_found for an unknown action; otherwise as addItems and changeItem do. */
export function changeItemAction(context: Context, target: EditTarget, actionId: string, change: ItemChange): Promise<void> {
  return stage(
    context,
    target,
    (order, actions) => {
      const action = actionOf(actions, actionId, itemKinds)
      if (action.action === 'ITEM_ADD') return [action.added.variant_id as string]
      return raisedVariants(lineOf(order, action.order_line_item_id as string), change.quantity ?? action.quantity)
    },
    (work) => {
      const action = actionOf(work.actions, actionId, itemKinds)
      return work.actions.flatMap((candidate) => (candidate === action ? changedAction(work, action, change) : [candidate]))
    },
  )
}

function changedAction(work: Staging, action: EditAction, change: ItemChange): EditAction[] {
  const quantity = change.quantity ?? action.quantity
  if (action.action === 'ITEM_UPDATE') {
    const row = lineOf(work.order, action.order_line_item_id)
    if (change.unit_price != null) throw invalidData(`"${row.title}" keeps the price at which it was sold`)
    return quantity === row.quantity ? [] : [updateOf(work, row, { ...change, quantity }, action)]
  }
  if (action.action !== 'ITEM_ADD') return [action]
  if (quantity === 0) return []
  const variant = work.variants.get(action.added.variant_id ?? '') as PurchasableVariant
  if (!action.allow_backorder) refuseWithoutStock(variant, quantity)
  const added = { ...action.added, quantity }
  if (change.unit_price != null) setPrice(added, change.unit_price, work.cart)
  else if (quantity !== action.quantity) reprice(added, variant, work.cart)
  setFormerPrice(added, change.compare_at_unit_price, work.cart)
  const note = change.internal_note === undefined ? action.internal_note : change.internal_note
  return [{ ...action, quantity, added, internal_note: note }]
}

/** Takes an item out of the plan. Throws not_found for an unknown action. */
export function removeItemAction(context: Context, target: EditTarget, actionId: string): Promise<void> {
  return removeAction(context, target, actionId, itemKinds)
}

function removeAction(context: Context, target: EditTarget, actionId: string, kinds: readonly EditAction['action'][]): Promise<void> {
  return stage(context, target, noVariants, ({ actions }) => {
    const action = actionOf(actions, actionId, kinds)
    return actions.filter((candidate) => candidate !== action)
  })
}

/** Plans shipping that is added. Throws not_found for an option that does not serve the order; invalid_data for one without a price. */
export function addShipping(context: Context, target: EditTarget, chosen: ChosenShipping): Promise<void> {
  return stage(context, target, noVariants, async (work) => {
    const { cart, order } = work
    const options = await readChoices({ unit: work.unit, tenantId: tenantOf(work.unit), cartId: cart.id, now: work.now })
    const option = options.find((candidate) => candidate.id === chosen.shipping_option_id)
    if (option === undefined) {
      throw notFound(`Shipping option with id: ${chosen.shipping_option_id} was not found among those that serve order ${order.id}`)
    }
    if (option.price === null && chosen.custom_amount == null) {
      throw invalidData(`Shipping option "${option.name}" has no price in ${order.currency_code.toUpperCase()}: name a custom_amount`)
    }
    const method = { ...methodOf(option, cart, work.isTaxed), id: newId('ordsm'), metadata: chosen.metadata ?? null }
    if (chosen.custom_amount != null) method.amount_minor = Number(toMinor(chosen.custom_amount, order.currency_code))
    const added: EditAction = {
      ...newAction(1, chosen.internal_note, false),
      action: 'SHIPPING_ADD',
      order_line_item_id: null,
      added: method,
    }
    const after = [...work.actions, added]
    const methods = order.methods.length + after.filter((action) => action.action === 'SHIPPING_ADD').length
    if (methods > limits.shippingMethods) throw invalidData(`An order has at most ${limits.shippingMethods} shipping methods`)
    return after
  })
}

/** Changes what planned shipping costs. Throws not_found for an unknown action. */
export function changeShippingAction(
  context: Context,
  target: EditTarget,
  actionId: string,
  change: Noted & { custom_amount?: number | null | undefined },
): Promise<void> {
  return stage(context, target, noVariants, ({ actions, order }) => {
    const action = actionOf(actions, actionId, ['SHIPPING_ADD'])
    return actions.map((candidate): EditAction => {
      if (candidate !== action || candidate.action !== 'SHIPPING_ADD') return candidate
      const { added } = candidate
      const amount = change.custom_amount == null ? added.amount_minor : Number(toMinor(change.custom_amount, order.currency_code))
      const note = change.internal_note === undefined ? candidate.internal_note : change.internal_note
      return { ...candidate, internal_note: note, added: { ...added, amount_minor: amount } }
    })
  })
}

/** Takes planned shipping out of the plan. Throws not_found for an unknown action. */
export function removeShippingAction(context: Context, target: EditTarget, actionId: string): Promise<void> {
  return removeAction(context, target, actionId, ['SHIPPING_ADD'])
}

/** Writes what differs. */
async function write(unit: Unit, editId: string, before: readonly EditAction[], after: readonly EditAction[]): Promise<void> {
  const kept = new Set(after.map((action) => action.id))
  const gone = before.filter((action) => !kept.has(action.id)).map((action) => action.id)
  const changed = after.filter((action) => !before.includes(action))
  await unit.run(
    statement('order_edits.delete_actions', 'delete from order_edit_action where tenant_id = $1 and order_edit_id = $2 and id = any($3)', [
      tenantOf(unit),
      editId,
      gone,
    ]),
  )
  await unit.run(
    statement(
      'order_edits.write_actions',
      `insert into order_edit_action (tenant_id, id, order_edit_id, action, order_line_item_id, quantity, added, allow_backorder, internal_note)
       select $1, a.id, $2, a.action, a.order_line_item_id, a.quantity, nullif(a.added, 'null'), a.allow_backorder, a.internal_note
       from jsonb_to_recordset($3::jsonb) as a (id text, action text, order_line_item_id text, quantity integer, added jsonb,
         allow_backorder boolean, internal_note text)
       on conflict (tenant_id, id) do update set quantity = excluded.quantity, added = excluded.added,
         internal_note = excluded.internal_note, updated_at = now()`,
      [tenantOf(unit), editId, JSON.stringify(changed)],
    ),
  )
}
