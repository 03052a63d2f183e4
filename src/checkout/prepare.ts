import { isDeepStrictEqual } from 'node:util'
import { variantsForSaleStatement } from '../catalog/index.js'
import {
  adjustMethods,
  applyCredit,
  adjustmentsOf,
  chooseShipping,
  dueOf,
  type LoadedCart,
  loadCartStatement,
  lockCartStatement,
  promotionsInUse,
  writeCreditLinesStatement,
  writeMethodsStatement,
} from '../carts/index.js'
import { takeCredit } from '../credit/index.js'
import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { reserveForCart } from '../inventory/index.js'
import { invalidData, newId, notAllowed, notFound } from '../kernel/index.js'
import { ensureCollectionStatement, paymentProviderOf } from '../payments/index.js'
import { takeUses, withoutLimits } from '../promotions/index.js'
import { resumeEventOf } from './order-rows.js'
import { type CheckoutSettings, checkoutSettingsStatement } from './settings.js'

/** What the first transaction leaves: an order that is there already, or an attempt to be paid. */
export type Prepared =
  | { orderId: string }
  | {
      orderId: null
      checkoutId: string
      attempt: number
      /** Staff put it together: it is sold unpaid. */
      isDraft: boolean
      amountMinor: bigint
      currency: string
      /** As it is written, and stays while the attempt is open: changes of it are refused. */
      cart: LoadedCart
      settings: CheckoutSettings
      session: { id: string; providerId: string; accountId: string | null; data: Record<string, unknown> } | null
    }

/** Who asks for a cart to be completed, where it is not its shopper. */
export interface Asked {
  resumed?: string
  isStaffs?: boolean
}

/**
 * The first transaction of completing a cart: under the cart's lock, everything is checked, shipping that the shopper
 * left open is chosen, the stock is promised, promotions are used up, and the attempt is noted. Whoever finds an open
 * attempt goes on with it.
 * @param asked.resumed the attempt that is taken up, if one is: then none is begun
 * @param asked.isStaffs staff ask, for a draft order: to others its cart is unknown
 * @throws as the Store API contract lists for `complete`, in its order; not_allowed when the resumed one is over
 */
export async function prepareCheckout(context: Context, cartId: string, resumeAfter_ms: number, asked: Asked = {}): Promise<Prepared> {
  const { resumed } = asked
  const tenantId = tenantOf(context)
  const now = context.clock.now()
  return context.db.unitOfWork(context.scope, async (unit) => {
    const [[lock], [cart], [settings], forSale] = await Promise.all([
      unit.run(lockCartStatement(tenantId, cartId)),
      unit.run(loadCartStatement(tenantId, cartId)),
      unit.run(checkoutSettingsStatement(tenantId, cartId)),
      unit.run(variantsForSaleStatement(tenantId, { variantIds: [], cartId })),
    ])
    if (lock === undefined || cart === undefined || settings === undefined) throw notFound(`Cart id not found: ${cartId}`)
    const isDraft = settings.draft !== null
    if (isDraft && asked.isStaffs !== true && resumed === undefined) throw notFound(`Cart id not found: ${cartId}`)
    if (lock.order_id !== null) return { orderId: lock.order_id }
    const currency = cart.currency_code
    const open = cart.checkout
    // It ended while the worker came to it: only the shopper begins another.
    if (resumed !== undefined && open?.id !== resumed) throw notAllowed(`The attempt ${resumed} to complete cart ${cartId} is over`)
    if (open !== null) {
      const session = sessionOf(cart, open.payment_session_id)
      return {
        orderId: null,
        checkoutId: open.id,
        attempt: open.attempt,
        isDraft,
        amountMinor: BigInt(open.amount_minor),
        currency,
        cart,
        settings,
        session,
      }
    }
    if (settings.draft?.is_edited === true) throw notAllowed('The draft order is being edited: confirm or cancel that edit first')
    checkPayment(cart, isDraft)
    const isChosen = await chooseShipping({ unit, tenantId, cart, now, choices: null }, settings.auto_pick_shipping)
    confirmDiscounts(cart, now, isChosen, isDraft)
    refuseWithdrawn(cart, new Set(forSale.map((variant) => variant.variant_id)))
    // Shipping chosen just now may be paid with credit too.
    if (isChosen) applyCredit(cart)
    const amountMinor = dueOf(cart)
    const session = amountMinor === 0n || isDraft ? null : coveringSession(cart, amountMinor)
    const checkout = { id: newId('chk'), attempt: settings.attempts + 1 }
    const availableAt = new Date(now.getTime() + resumeAfter_ms)
    // Sent together, run in this order: stock, promotions and credit last, because their locks are the ones that other shoppers wait for.
    await Promise.all([
      isDraft && amountMinor > 0n
        ? unit.run(ensureCollectionStatement(tenantId, { id: cartId, currencyCode: currency, totalMinor: amountMinor }))
        : [],
      isChosen ? unit.run(writeMethodsStatement(tenantId, cart.id, cart.methods)) : [],
      isChosen && cart.credit_lines.length > 0 ? unit.run(writeCreditLinesStatement(tenantId, cart.id, cart.credit_lines)) : [],
      insertCheckout(unit, cart, checkout, amountMinor, session?.id ?? null),
      emit(
        unit,
        'checkout.opened',
        { cart_id: cartId, checkout_id: checkout.id },
        {
          id: resumeEventOf(checkout.id),
          availableAt,
          requestId: context.requestId,
        },
      ),
      reserveForCart(unit, cartId, checkout.id),
      takeUses(
        unit,
        { checkoutId: checkout.id, currency, buyer: { customerId: cart.customer_id, email: cart.email } },
        [...promotionsInUse(cart)].map(([promotionId, used]) => ({ promotionId, amountMinor: used })),
      ),
      takeCredit(unit, checkout.id, spendingOf(cart)),
    ])
    return { orderId: null, checkoutId: checkout.id, attempt: checkout.attempt, isDraft, amountMinor, currency, cart, settings, session }
  })
}

const spendingOf = ({ credit_lines }: LoadedCart) =>
  credit_lines
    .filter((line) => line.amount_minor > 0)
    .map((line) => ({ accountId: line.account_id, amountMinor: BigInt(line.amount_minor) }))

function sessionOf(cart: LoadedCart, id: string | null) {
  const session = cart.collection?.payment_sessions.find((candidate) => candidate.id === id)
  return session === undefined
    ? null
    : { id: session.id, providerId: session.provider_id, accountId: session.payment_account_id, data: session.data }
}

function checkPayment(cart: LoadedCart, isDraft: boolean): void {
  if (cart.lines.length === 0) throw invalidData('Cannot complete a cart with no items')
  if (dueOf(cart) === 0n || isDraft) return
  if (cart.collection === null) throw invalidData('Payment collection has not been initiated for cart')
  const session = usableSession(cart)
  if (session === undefined) throw invalidData('Payment sessions are required to complete cart')
  if (!cart.region.payment_providers.includes(session.provider_id) || paymentProviderOf(session.provider_id) === undefined) {
    throw invalidData(`Payment provider ${session.provider_id} is not enabled in the cart's region ${cart.region_id}.`)
  }
}

/** What was put into the cart and has been taken from sale since, or whose vendor has, is not sold. */
function refuseWithdrawn(cart: LoadedCart, purchasable: ReadonlySet<string>): void {
  const gone = cart.lines
    .filter((line) => !line.is_custom_item)
    .map((line) => line.variant_id ?? '')
    .filter((id) => !purchasable.has(id))
  if (gone.length > 0) throw invalidData(`Variants ${gone.join(', ')} do not exist or belong to a product that is not published`)
}

/**
 * The shopper pays what the cart shows: discounts that have ended or changed since are seen before they are paid. One that
 * was used up by others meanwhile is refused where its use is taken. Shipping chosen just now has its discounts.
 * @throws invalid_data when the cart would cost something else
 */
function confirmDiscounts(cart: LoadedCart, now: Date, isChosen: boolean, isDraft: boolean): void {
  const taken = promotionsInUse(cart)
  // Their use is taken under a lock, or refused there.
  const inUse = cart.promotions.filter((promotion) => taken.has(promotion.id)).map(withoutLimits)
  const { items, methods } = adjustmentsOf(cart, now, inUse)
  const stands = ({ id, adjustments }: Discounted, wanted: typeof items) =>
    isDeepStrictEqual(
      adjustments.map(({ id: _id, ...adjustment }) => adjustment),
      wanted.get(id) ?? [],
    )
  const same = cart.lines.every((line) => stands(line, items)) && (isChosen || cart.methods.every((method) => stands(method, methods)))
  if (!same && isDraft) throw invalidData('The promotions of the draft order have changed. Update it, look at it and try again.')
  if (!same) throw invalidData("The promotions of the cart have changed. Refresh the cart's payment collection and try again.")
  if (!isChosen) return
  // A budget that others of the cart draw on already may not hold one more: the cart would be refused for it.
  const budgets = new Set(inUse.map((promotion) => promotion.campaign?.id))
  const more = cart.promotions.filter(
    ({ id, target_type, campaign }) =>
      target_type === 'shipping_methods' && !taken.has(id) && (campaign === null || !budgets.has(campaign.id)),
  )
  adjustMethods(cart, adjustmentsOf(cart, now, [...inUse, ...more]))
}

type Discounted = Pick<LoadedCart['lines'][number], 'id' | 'adjustments'>

function usableSession(cart: LoadedCart) {
  return cart.collection?.payment_sessions.find((session) => !['error', 'canceled'].includes(session.status))
}

/**
 * The session that pays for the order. Shipping chosen just now raises the total: the manual provider's session follows
 * it, since nobody has agreed to an amount with it; any other provider's must be started again.
 * @throws invalid_data when the sessions do not cover the total
 */
function coveringSession(cart: LoadedCart, amountMinor: bigint) {
  const session = usableSession(cart)
  if (session === undefined || cart.collection === null) throw invalidData('Payment sessions are required to complete cart')
  const covered = BigInt(session.amount_minor) === amountMinor && BigInt(cart.collection.amount_minor) === amountMinor
  if (!covered && session.provider_id !== 'pp_system_default') {
    throw invalidData("The payment sessions of the cart do not cover its total. Refresh the cart's payment collection and try again.")
  }
  return { id: session.id, providerId: session.provider_id, accountId: session.payment_account_id, data: session.data }
}

/** Notes the attempt; what is to be paid becomes what the order will cost. */
async function insertCheckout(
  unit: Unit,
  cart: LoadedCart,
  checkout: { id: string; attempt: number },
  amountMinor: bigint,
  sessionId: string | null,
): Promise<void> {
  await unit.run(
    statement(
      'checkout.insert',
      `with session as (
         update payment_session set amount_minor = $7, updated_at = now()
         where tenant_id = $1 and id = $4 and amount_minor <> $7
       ), collection as (
         update payment_collection set amount_minor = $7, updated_at = now()
         where tenant_id = $1 and id = $8 and amount_minor <> $7
       )
       insert into checkout (tenant_id, id, cart_id, payment_session_id, attempt, state, currency_code, amount_minor)
       values ($1, $2, $3, $4, $5, 'open', $6, $7)`,
      [tenantOf(unit), checkout.id, cart.id, sessionId, checkout.attempt, cart.currency_code, amountMinor, cart.collection?.id ?? null],
    ),
  )
}
