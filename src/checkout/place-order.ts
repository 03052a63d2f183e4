import {
  type CartLine,
  dueOf,
  type LineTotals,
  type LoadedCart,
  lockCartStatement,
  promotionsInUse,
  totalsOfCart,
  totalsOfLine,
  totalsOfMethod,
} from '../carts/index.js'
import { insertOrderCreditLinesStatement, sumCredit } from '../credit/index.js'
import { commissionFor, type CommissionRule } from '../commissions/index.js'
import { type Context, tenantOf } from '../db/index.js'
import { emit } from '../events/index.js'
import { attachToOrderStatement } from '../inventory/index.js'
import { newId, notFound, unexpectedState } from '../kernel/index.js'
import { type LedgerEntry, paymentEntry, platformFeeEntry, post, saleEntry, storeCreditEntry } from '../ledger/index.js'
import type { FundedDiscount } from '../promotions/index.js'
import {
  type AgreedStatus,
  closeCheckoutStatement,
  fundedColumns,
  insertCommissionLinesStatement,
  insertLinesStatement,
  insertMethodsStatement,
  insertOrderStatement,
  insertPaymentStatement,
  insertVendorOrdersStatement,
  openAttemptStatement,
  type OrderLine,
  type OrderMethod,
  type VendorOrder,
} from './order-rows.js'
import type { CheckoutSettings } from './settings.js'

/** What the provider has agreed to, told to the second transaction. */
export interface Agreed {
  checkoutId: string
  sessionId: string | null
  providerId: string | null
  status: AgreedStatus
  data: Record<string, unknown>
}

interface OrderPlan {
  orderId: string
  vendorOrders: VendorOrder[]
  lines: OrderLine[]
  methods: OrderMethod[]
}

/**
 * The second transaction: under the cart's lock, the order and everything that follows from it, or nothing. Whoever
 * comes later finds the cart completed and answers the same order.
 * @param prepared the cart as the first transaction left it: while its attempt is open nobody changes it
 * @returns the order's id
 */
export async function placeOrder(
  context: Context,
  prepared: { cart: LoadedCart; settings: CheckoutSettings },
  agreed: Agreed,
): Promise<string> {
  const { cart, settings } = prepared
  const cartId = cart.id
  const tenantId = tenantOf(context)
  return context.db.unitOfWork(context.scope, async (unit) => {
    const [[lock], [open]] = await Promise.all([
      unit.run(lockCartStatement(tenantId, cartId)),
      unit.run(openAttemptStatement(tenantId, cartId)),
    ])
    if (lock === undefined) throw notFound(`Cart id not found: ${cartId}`)
    if (lock.order_id !== null) return lock.order_id
    const totals = totalsOfCart(cart)
    const due = dueOf(cart)
    if (open?.id !== agreed.checkoutId || open.amount_minor !== due) {
      throw unexpectedState(`Checkout ${agreed.checkoutId} of cart ${cartId} is not as it was prepared`)
    }
    const plan = planOrder(cart, settings)
    const { orderId } = plan
    const payment = paymentOf(agreed, cart, open.collection_id)
    const currency = cart.currency_code
    const entries = entriesOf({ cart, plan, fee: settings.fee, payment, now: context.clock.now() })
    const lineIds = plan.lines.map((line) => ({ cartLineId: line.cart_line_id, orderLineId: line.id }))
    // Sent together, run in this order: parents before children, the number of the order as late as may be.
    const sent = [
      unit.run(insertOrderStatement(tenantId, orderId, cart, totals, [...promotionsInUse(cart).keys()])),
      unit.run(insertVendorOrdersStatement(tenantId, orderId, cart, plan.vendorOrders)),
      unit.run(insertLinesStatement(tenantId, orderId, plan.lines)),
      unit.run(insertMethodsStatement(tenantId, orderId, plan.methods)),
      unit.run(insertCommissionLinesStatement(tenantId, orderId, currency, plan.lines)),
      ...(payment === null ? [] : [unit.run(insertPaymentStatement(tenantId, payment))]),
      unit.run(attachToOrderStatement(tenantId, agreed.checkoutId, lineIds)),
      ...(cart.credit_lines.length === 0 ? [] : [unit.run(insertOrderCreditLinesStatement(tenantId, orderId, cart.credit_lines))]),
      post(unit, entries),
      emit(unit, 'order.placed', { order_id: orderId }, { requestId: context.requestId }),
      ...(agreed.status === 'captured' && plan.lines.some((line) => line.is_giftcard)
        ? [emit(unit, 'order.payment_captured', { order_id: orderId }, { requestId: context.requestId })]
        : []),
      unit.run(
        closeCheckoutStatement(tenantId, {
          cartId,
          orderId,
          checkoutId: agreed.checkoutId,
          collectionId: open.collection_id,
          sessionId: agreed.sessionId,
          status: agreed.status,
        }),
      ),
    ]
    unit.commitAlong()
    await Promise.all(sent)
    return orderId
  })
}

/** What the books say of a sale: who is owed what, what credit pays of it, and what was taken at once. */
function entriesOf(sold: {
  cart: LoadedCart
  plan: OrderPlan
  fee: CheckoutSettings['fee']
  payment: ReturnType<typeof paymentOf>
  now: Date
}): LedgerEntry[] {
  const { cart, plan, payment, now } = sold
  const { orderId } = plan
  const totals = totalsOfCart(cart)
  const currency = cart.currency_code
  // Of what the shopper pays for goods and shipping: nobody owes a fee of a discount, nor of a gift card before it buys something.
  const platformFee = feeOf(sold.fee, currency, totals.subtotal - totals.discountSubtotal - giftCardsSold(plan))
  const entries = [
    saleEntry({
      orderId,
      currency,
      occurredAt: now,
      parts: plan.vendorOrders.map((part) => ({
        vendorId: part.vendor_id,
        vendorAmountMinor: part.vendor_amount_minor,
        commissionMinor: part.commission_minor,
        taxMinor: part.tax_total_minor,
        storeDiscountMinor: part.store_discount_minor,
        platformDiscountMinor: part.platform_discount_minor,
      })),
    }),
    platformFeeEntry({ orderId, currency, amountMinor: platformFee, occurredAt: now }),
    storeCreditEntry({
      source: orderId,
      type: 'debit',
      counterpart: { orderId },
      currency,
      amountMinor: sumCredit(cart.credit_lines).total,
      occurredAt: now,
    }),
  ]
  if (payment?.capture_id != null) {
    entries.push(
      paymentEntry({
        captureId: payment.capture_id,
        orderId,
        providerId: payment.provider_id,
        currency,
        amountMinor: dueOf(cart),
        occurredAt: now,
      }),
    )
  }
  return entries
}

function paymentOf(agreed: Agreed, cart: LoadedCart, collectionId: string | null) {
  if (agreed.sessionId === null || agreed.providerId === null || collectionId === null) return null
  // Nobody has promised the money yet.
  if (agreed.status === 'pending_authorization') return null
  return {
    id: newId('pay'),
    capture_id: agreed.status === 'captured' ? newId('capt') : null,
    payment_collection_id: collectionId,
    payment_session_id: agreed.sessionId,
    provider_id: agreed.providerId,
    currency_code: cart.currency_code,
    amount_minor: dueOf(cart),
    data: agreed.data,
  }
}

const giftCardsSold = (plan: OrderPlan) =>
  plan.lines.reduce((sum, line) => (line.is_giftcard ? sum + line.totals.subtotal - line.totals.discountSubtotal : sum), 0n)

/** The platform's fee on what is sold, by rate and by order. */
export function feeOf(fee: CheckoutSettings['fee'], currency: string, subtotal: bigint): bigint {
  if (fee === null) return 0n
  return (subtotal * BigInt(fee.rate_ppm)) / 1_000_000n + BigInt(fee.fixed[currency] ?? 0)
}

/** Divides a cart into what each vendor sends and earns. Every figure is rounded on its line; the rest are sums. */
export function planOrder(cart: LoadedCart, settings: Pick<CheckoutSettings, 'rules'> & Partial<CheckoutSettings>): OrderPlan {
  const orderId = settings.draft?.id ?? newId('order')
  const vendorIds = [...new Set(cart.lines.map((line) => line.vendor_id))]
  const lines: OrderLine[] = []
  const methods: OrderMethod[] = []
  const vendorOrders = vendorIds.map((vendorId, index): VendorOrder => {
    const id = newId('vord')
    const ownLines = cart.lines.filter((line) => line.vendor_id === vendorId)
    const ownMethods = cart.methods.filter((method) => method.vendor_id === vendorId)
    const planned = ownLines.map((line) => sellLine(line, { id: newId('ordli'), vendorOrderId: id }, cart.currency_code, settings.rules))
    const plannedMethods = ownMethods.map(
      (method): OrderMethod => ({ ...method, id: newId('ordsm'), vendor_order_id: id, totals: totalsOfMethod(method) }),
    )
    lines.push(...planned)
    methods.push(...plannedMethods)
    return sumVendorOrder(id, vendorId, index + 1, planned, plannedMethods)
  })
  return { orderId, vendorOrders, lines, methods }
}

/** A line as it is sold: its totals, and the commission that the rules take of it now. */
export function sellLine(
  line: CartLine,
  sold: { id: string; vendorOrderId: string },
  currency: string,
  rules: readonly CommissionRule[],
): OrderLine {
  const totals = totalsOfLine(line)
  const categories = (line.product?.categories ?? []) as { id: string }[]
  // Nothing is earned with a gift card: commission is of what it buys.
  const commission = commissionFor(line.is_giftcard ? [] : rules, {
    vendorId: line.vendor_id,
    productTypeId: (line.snapshot.product_type_id as string | null) ?? null,
    categoryIds: categories.map((category) => category.id),
    currency,
    // A vendor's own discount is a lower price; one that others pay for leaves the vendor's sale whole.
    baseMinor: totals.subtotal - totals.funded.vendorMinor,
  })
  return {
    ...line,
    id: sold.id,
    cart_line_id: line.id,
    vendor_order_id: sold.vendorOrderId,
    totals,
    commission,
    commission_line_id: newId('coml'),
  }
}

function sumVendorOrder(
  id: string,
  vendorId: string,
  position: number,
  lines: readonly OrderLine[],
  methods: readonly OrderMethod[],
): VendorOrder {
  const sum = (parts: readonly { totals: LineTotals }[], name: 'total' | 'tax') =>
    parts.reduce((total, part) => total + part.totals[name], 0n)
  const itemTotal = sum(lines, 'total')
  const shippingTotal = sum(methods, 'total')
  const tax = sum(lines, 'tax') + sum(methods, 'tax')
  const funded = (name: keyof FundedDiscount) => [...lines, ...methods].reduce((total, part) => total + part.totals.funded[name], 0n)
  const discount = { vendorMinor: funded('vendorMinor'), storeMinor: funded('storeMinor'), platformMinor: funded('platformMinor') }
  const commission = lines.reduce((total, line) => total + line.commission.amountMinor, 0n)
  return {
    id,
    vendor_id: vendorId,
    position,
    item_total_minor: itemTotal,
    shipping_total_minor: shippingTotal,
    tax_total_minor: tax,
    total_minor: itemTotal + shippingTotal,
    commission_minor: commission,
    vendor_amount_minor: itemTotal + shippingTotal - tax - commission + discount.storeMinor + discount.platformMinor,
    ...fundedColumns(discount),
  }
}
