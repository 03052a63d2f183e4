import {
  type CartChange,
  changeInUnit,
  changeLine,
  chooseMethods,
  type LineChange,
  type LoadedCart,
  loadCartStatement,
  type PutLine,
  putLines,
  replaceCodes,
  type SetMethod,
} from '../../carts/index.js'
import { type Context, keptOpen, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, limits, newId, notFound, toMajor } from '../../kernel/index.js'
import { codeStatesStatement } from '../../promotions/index.js'
import type { DraftAction, DraftEdit, MethodChange } from '../edit.js'
import { lockDraftOrder } from '../locks.js'
import type { DraftOrderRow } from '../queries/draft-orders.js'
import { saveEditStatement } from '../queries/write-draft-order.js'
import { withSellers } from '../sellers.js'

/** A draft order as it would be after an edit, or as it is after one. */
export interface DraftPreview {
  draft: DraftOrderRow
  /** Without the edit, and with it. */
  before: LoadedCart
  cart: LoadedCart
  edit: DraftEdit
}

type Alter = (edit: DraftEdit, unit: Unit) => Promise<void> | void

/** Omits from each member of a union. */
type Fresh<Action> = Action extends unknown ? Omit<Action, 'id' | 'created_at'> : never

/**
 * Begins to change what a draft order holds.
 * @throws not_found; invalid_data when an edit is open already, and when it has become an order
 */
export function beginEdit(context: Context, id: string): Promise<DraftPreview> {
  return inEdit(context, id, (draft) => {
    if (draft.edit !== null) throw invalidData(`Order (${id}) already has an existing active order change`)
    const edit: DraftEdit = {
      id: newId('ordch'),
      status: 'pending',
      created_by: context.actorId,
      created_at: context.clock.now().toISOString(),
      requested_by: null,
      requested_at: null,
      actions: [],
    }
    return edit
  })
}

/** Gives up what was to be changed. Throws not_found; invalid_data when nothing was. */
export async function cancelEdit(context: Context, id: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    openEdit(await lockDraftOrder(unit, id))
    await unit.run(saveEditStatement(tenantOf(unit), id, null))
  })
}

/** What the open edit would come to, and nothing is kept of it. Throws as addEditItems. */
export function previewEdit(context: Context, id: string): Promise<DraftPreview> {
  return context.db.unitOfWork(context.scope, async (whole) => {
    const unit = keptOpen(whole)
    const draft = await lockDraftOrder(unit, id)
    return tried(context, unit, draft, openEdit(draft))
  })
}

/** Says that an edit is ready to be confirmed. Throws as addEditItems. */
export function requestEdit(context: Context, id: string): Promise<DraftPreview> {
  return alterEdit(context, id, (edit) => {
    edit.status = 'requested'
    edit.requested_by = context.actorId
    edit.requested_at = context.clock.now().toISOString()
  })
}

/** Does what an edit says. Throws as addEditItems. */
export function confirmEdit(context: Context, id: string): Promise<DraftPreview> {
  return context.db.unitOfWork(context.scope, async (whole) => {
    const unit = keptOpen(whole)
    const draft = await lockDraftOrder(unit, id)
    const edit = openEdit(draft)
    const before = await cartOf(unit, draft)
    const cart = await applied(context, unit, draft, edit)
    await unit.run(saveEditStatement(tenantOf(unit), id, null))
    return { draft, before, cart, edit }
  })
}

/**
 * Adds lines to an edit.
 * @throws not_found; invalid_data without an open edit; whatever the carts throw for what could not be done
 */
export function addEditItems(context: Context, id: string, items: readonly (PutLine & { internal_note?: string | null })[]) {
  return alterEdit(context, id, async (edit, unit) => {
    for (const { internal_note, ...details } of await withSellers(unit, items)) {
      const reference_id = newId('cali')
      note(context, edit, {
        action: 'ITEM_ADD',
        reference_id,
        details: { ...details, id: reference_id },
        internal_note: internal_note ?? null,
      })
    }
  })
}

/** Changes a line, also one that the edit adds. Throws as addEditItems. */
export function changeEditItem(
  context: Context,
  id: string,
  itemId: string,
  { internal_note, ...details }: LineChange & { internal_note?: string | null },
) {
  return alterEdit(context, id, (edit) => {
    const known = edit.actions.find(({ action, reference_id }) => action.startsWith('ITEM') && reference_id === itemId)
    if (known !== undefined) merge(known, details, internal_note)
    else note(context, edit, { action: 'ITEM_UPDATE', reference_id: itemId, details, internal_note: internal_note ?? null })
  })
}

/** Chooses shipping in an edit, in place of what has the same profile. Throws as addEditItems. */
export function addEditMethod(
  context: Context,
  id: string,
  { internal_note, ...details }: SetMethod & { internal_note?: string | null | undefined },
) {
  return alterEdit(context, id, (edit) => {
    const reference_id = newId('casm')
    note(context, edit, {
      action: 'SHIPPING_ADD',
      reference_id,
      details: { ...details, id: reference_id },
      internal_note: internal_note ?? null,
    })
  })
}

/** Changes a method, also one that the edit adds. Throws as addEditItems. */
export function changeEditMethod(
  context: Context,
  id: string,
  methodId: string,
  { internal_note, ...details }: MethodChange & { internal_note?: string | null | undefined },
) {
  return alterEdit(context, id, (edit) => {
    const known = edit.actions.find(({ action, reference_id }) => action.startsWith('SHIPPING') && reference_id === methodId)
    if (known !== undefined) merge(known, details, internal_note)
    else note(context, edit, { action: 'SHIPPING_UPDATE', reference_id: methodId, details, internal_note: internal_note ?? null })
  })
}

/** Takes a method away; one that the edit adds is added no more. Throws as addEditItems. */
export function removeEditMethod(context: Context, id: string, methodId: string) {
  return alterEdit(context, id, (edit) => {
    const known = edit.actions.filter(({ action, reference_id }) => action.startsWith('SHIPPING') && reference_id === methodId)
    edit.actions = edit.actions.filter((action) => !known.includes(action))
    if (known.some(({ action }) => action === 'SHIPPING_ADD')) return
    note(context, edit, { action: 'SHIPPING_REMOVE', reference_id: methodId, details: {}, internal_note: null })
  })
}

/** Adds or removes promotion codes in an edit. Throws as addEditItems; invalid_data for codes of no promotion, or to add of one that rests. */
export function changeEditPromotions(context: Context, id: string, action: 'PROMOTION_ADD' | 'PROMOTION_REMOVE', codes: readonly string[]) {
  return alterEdit(context, id, async (edit, unit) => {
    await refuseCodes(unit, codes, action === 'PROMOTION_ADD')
    for (const code of codes) note(context, edit, { action, reference_id: code, details: { code }, internal_note: null })
  })
}

async function refuseCodes(unit: Unit, codes: readonly string[], needActive: boolean): Promise<void> {
  const states = new Map((await unit.run(codeStatesStatement(tenantOf(unit), codes))).map(({ code, status }) => [code, status]))
  const named = (wrong: readonly string[]) => `Promotion code${wrong.length === 1 ? '' : 's'} "${wrong.join('", "')}"`
  const missing = codes.filter((code) => !states.has(code))
  if (missing.length > 0) throw invalidData(`${named(missing)} not found`)
  const resting = needActive ? codes.filter((code) => states.get(code) !== 'active') : []
  if (resting.length > 0) throw invalidData(`${named(resting)} ${resting.length === 1 ? 'is' : 'are'} not active`)
}

/** Changes what one step of an edit says. Throws as addEditItems; invalid_data for a step of another kind. */
export function changeEditAction(
  context: Context,
  id: string,
  kind: 'ITEM' | 'SHIPPING',
  actionId: string,
  { internal_note, ...details }: (LineChange | MethodChange) & { internal_note?: string | null | undefined },
) {
  return alterEdit(context, id, (edit) => merge(actionOf(edit, id, kind, actionId, 'request to add item'), details, internal_note))
}

/** Takes one step out of an edit. Throws as changeEditAction. */
export function removeEditAction(context: Context, id: string, kind: 'ITEM' | 'SHIPPING', actionId: string) {
  return alterEdit(context, id, (edit) => {
    const gone = actionOf(edit, id, kind, actionId, 'item found')
    edit.actions = edit.actions.filter((action) => action !== gone)
  })
}

function alterEdit(context: Context, id: string, alter: Alter): Promise<DraftPreview> {
  return inEdit(context, id, async (draft, unit) => {
    const edit = structuredClone(openEdit(draft))
    await alter(edit, unit)
    if (edit.actions.length > limits.cartLines) throw invalidData(`An edit has at most ${limits.cartLines} steps`)
    return edit
  })
}

/** Keeps an edit if it can be done, and answers what it would come to. */
function inEdit(
  context: Context,
  id: string,
  next: (draft: DraftOrderRow, unit: Unit) => Promise<DraftEdit> | DraftEdit,
): Promise<DraftPreview> {
  return context.db.unitOfWork(context.scope, async (whole) => {
    const unit = keptOpen(whole)
    const draft = await lockDraftOrder(unit, id)
    const edit = await next(draft, unit)
    const preview = await tried(context, unit, draft, edit)
    await unit.run(saveEditStatement(tenantOf(unit), id, edit))
    return preview
  })
}

/** An edit is done, looked at and undone. */
async function tried(context: Context, unit: Unit, draft: DraftOrderRow, edit: DraftEdit): Promise<DraftPreview> {
  await unit.run(statement('', 'savepoint before_edit', []))
  const before = await cartOf(unit, draft)
  const cart = await applied(context, unit, draft, edit)
  await unit.run(statement('', 'rollback to savepoint before_edit', []))
  return { draft, before, cart, edit }
}

function openEdit(draft: DraftOrderRow): DraftEdit {
  if (draft.edit === null) throw invalidData('An active Order Change is required to proceed')
  return draft.edit
}

function note(context: Context, edit: DraftEdit, action: Fresh<DraftAction>): void {
  edit.actions.push({ id: newId('ordchact'), created_at: context.clock.now().toISOString(), ...action } as DraftAction)
}

function merge(action: DraftAction, details: object, internalNote: string | null | undefined): void {
  const given = Object.entries(details).filter(([, value]) => value !== undefined)
  action.details = { ...action.details, ...Object.fromEntries(given) } as never
  if (internalNote !== undefined) action.internal_note = internalNote
}

/** @param what how Medusa names an item that is not there: it does so in two ways */
function actionOf(edit: DraftEdit, id: string, kind: 'ITEM' | 'SHIPPING', actionId: string, what: string): DraftAction {
  const found = edit.actions.find((action) => action.id === actionId)
  const isItem = kind === 'ITEM'
  if (found === undefined) throw invalidData(`No ${isItem ? what : 'shipping method found'} for order ${id} in order change ${edit.id}`)
  if (!found.action.startsWith(kind)) throw invalidData(`Action ${actionId} is not adding ${isItem ? 'an item' : 'a shipping method'}`)
  return found
}

/** The cart after the steps of an edit, each of which sees what those before it have left. */
async function applied(context: Context, unit: Unit, draft: DraftOrderRow, edit: DraftEdit): Promise<LoadedCart> {
  for (const steps of inChanges(edit.actions)) {
    const variantIds = steps.flatMap((step) => (step.action === 'ITEM_ADD' ? (step.details.variant_id ?? []) : []))
    await changeInUnit(context, unit, draft.cart_id, { variantIds, isStaffs: true }, async (work) => {
      for (const step of steps) await apply(work, step)
    })
  }
  return cartOf(unit, draft)
}

async function cartOf(unit: Unit, draft: DraftOrderRow): Promise<LoadedCart> {
  const [cart] = await unit.run(loadCartStatement(tenantOf(unit), draft.cart_id))
  return cart as LoadedCart
}

/** Steps that follow one another and are about items alone need nothing of the cart to be written in between. */
function inChanges(actions: readonly DraftAction[]): DraftAction[][] {
  const isItem = (action: DraftAction | undefined) => action?.action.startsWith('ITEM') === true
  return actions.reduce<DraftAction[][]>((changes, action) => {
    const last = changes.at(-1)
    if (last !== undefined && isItem(last[0]) && isItem(action)) last.push(action)
    else changes.push([action])
    return changes
  }, [])
}

function apply(work: CartChange, step: DraftAction): Promise<void> | void {
  const { cart } = work
  switch (step.action) {
    case 'ITEM_ADD':
      // One that was taken out again while the edit was open.
      return step.details.quantity === 0 ? undefined : putLines(work, [step.details])
    case 'ITEM_UPDATE':
      return changeLine(work, step.reference_id, step.details)
    case 'SHIPPING_ADD':
      return chooseMethods(work, [step.details])
    case 'SHIPPING_UPDATE':
      return changeMethod(work, step.reference_id, step.details)
    case 'SHIPPING_REMOVE': {
      const gone = methodOf(work, step.reference_id)
      cart.methods = cart.methods.filter((method) => method !== gone)
      return
    }
    case 'PROMOTION_ADD':
      return replaceCodes(work, [...cart.promo_codes, step.details.code], [step.details.code])
    case 'PROMOTION_REMOVE':
      return replaceCodes(
        work,
        cart.promo_codes.filter((code) => code !== step.details.code),
        [],
      )
  }
}

function methodOf({ cart }: CartChange, methodId: string) {
  const method = cart.methods.find((candidate) => candidate.id === methodId)
  if (method === undefined) throw notFound(`Shipping method with id: ${methodId} was not found`)
  return method
}

function changeMethod(work: CartChange, methodId: string, change: MethodChange): Promise<void> {
  const { cart } = work
  const known = methodOf(work, methodId)
  const set = known.is_custom_amount ? toMajor(known.amount_minor, cart.currency_code) : undefined
  const wanted: SetMethod = {
    id: methodId,
    option_id: change.option_id ?? known.shipping_option_id,
    data: known.data ?? {},
    description: change.description === undefined ? known.description : change.description,
    metadata: change.metadata === undefined ? (known.metadata as SetMethod['metadata']) : change.metadata,
    custom_amount: change.custom_amount === undefined ? set : change.custom_amount,
  }
  // Another option may be of another profile.
  cart.methods = cart.methods.filter((method) => method !== known)
  return chooseMethods(work, [wanted])
}
