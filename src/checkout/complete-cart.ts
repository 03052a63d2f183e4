import { type Context, statement, tenantOf } from '../db/index.js'
import { conflict, StoaError, unexpectedState } from '../kernel/index.js'
import { lockCartStatement } from '../carts/index.js'
import { giveBackCredit } from '../credit/index.js'
import { releaseStatement } from '../inventory/index.js'
import { returnUses } from '../promotions/index.js'
import {
  keptMoney,
  moneyOf,
  type Outcome,
  type PaymentProvider,
  paymentProviderOf,
  type PaymentSnapshot,
  perform,
  readingCall,
} from '../payments/index.js'
import { type Agreed, placeOrder } from './place-order.js'
import { type Asked, type Prepared, prepareCheckout } from './prepare.js'

/** What completing a cart came to: an order, or a cart still open because its payment was not agreed to. */
export type Completion =
  | { type: 'order'; orderId: string }
  | { type: 'cart'; error: { message: string; name: 'Error'; type: 'payment_authorization_error' | 'payment_requires_more_error' } }

export interface CheckoutSettingsOfProcess {
  /** An attempt that is still open after this is resumed by the worker. */
  resumeAfter_ms: number
}

/**
 * Completes a cart: promises its stock, asks the payment provider outside any transaction, and places the order.
 * Any number of calls at once, a crash between any two steps, and the resuming job all end in the one same order:
 * whoever finds an open attempt goes on with it, under the same key at the provider.
 * @param asked.resumed an attempt that is to be gone on with, and no other begun
 * @param asked.isStaffs staff ask, for a draft order: to others its cart is unknown
 * @throws the refusals of the Store API contract; conflict while the provider's answer is not known
 */
export async function completeCart(
  context: Context,
  cartId: string,
  settings: CheckoutSettingsOfProcess,
  asked: Asked = {},
): Promise<Completion> {
  const prepared = await prepareCheckout(context, cartId, settings.resumeAfter_ms, asked)
  if (prepared.orderId !== null) return { type: 'order', orderId: prepared.orderId }
  const outcome = await agree(context, prepared)
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict(
      'The payment provider has not answered yet. The order will be placed when it does; try again.',
      'payment_outcome_unknown',
    )
  }
  if (outcome.kind !== 'ok') {
    await failCheckout(context, cartId, prepared.checkoutId, outcome.message)
    const requiresMore = outcome.kind === 'requires_more'
    return {
      type: 'cart',
      error: {
        message: requiresMore ? 'More information is required for payment' : 'Payment authorization failed',
        name: 'Error',
        type: requiresMore ? 'payment_requires_more_error' : 'payment_authorization_error',
      },
    }
  }
  return { type: 'order', orderId: await placeOrder(context, prepared, outcome.value) }
}

type Attempt = Extract<Prepared, { orderId: null }>

/** The provider's agreement, under a key that belongs to this attempt. Nothing to pay, and a draft, need nobody's agreement. */
async function agree(context: Context, attempt: Attempt): Promise<Outcome<Agreed>> {
  const { checkoutId, session } = attempt
  if (session === null) {
    const status = attempt.isDraft && attempt.amountMinor > 0n ? 'not_paid' : 'captured'
    return { kind: 'ok', value: { checkoutId, sessionId: null, providerId: null, status, data: {} } }
  }
  const provider = paymentProviderOf(session.providerId)
  if (provider === undefined) throw unexpectedState(`Payment provider ${session.providerId} is not installed in this process`)
  const money = { amountMinor: attempt.amountMinor, currency: attempt.currency }
  const agreed = (snapshot: PaymentSnapshot): Agreed => ({ checkoutId, sessionId: session.id, providerId: session.providerId, ...snapshot })
  // What the shopper agreed to with a provider elsewhere is only looked at.
  const reading = await readingCall(context, provider, session.accountId)
  const authorized = await provider.authorize({ ...reading, operationKey: `authorize:${checkoutId}` }, money, session.data)
  if (authorized.kind !== 'ok') return authorized
  if (waitsForStaff(attempt, provider) || authorized.value.status !== 'authorized') return { kind: 'ok', value: agreed(authorized.value) }
  const { data } = authorized.value
  const request = { money: keptMoney(money) }
  const { accountId } = session
  const captured = await perform(context, provider, { key: `capture:${checkoutId}`, kind: 'capture', accountId, request }, (call, kept) =>
    provider.capture(call, moneyOf(kept), data),
  )
  if (captured.kind === 'ok') return { kind: 'ok', value: agreed(captured.value) }
  if (captured.kind === 'unknown' || captured.kind === 'throttled') return captured
  // What was agreed to and cannot be taken would stay held on the shopper's card for days.
  const released = await perform(context, provider, { key: `void:${checkoutId}`, kind: 'cancel', accountId, request }, (call, kept) =>
    provider.cancel(call, moneyOf(kept), data),
  )
  return released.kind === 'unknown' || released.kind === 'throttled' ? released : captured
}

/**
 * Whether what was agreed to is taken by staff: where the store takes all money so, and where it tells its shoppers how they pay by
 * hand. A transfer is no money before it came, though the provider that stands for it would say so at once.
 */
const waitsForStaff = ({ settings, session }: Attempt, provider: PaymentProvider) =>
  settings.payment_capture === 'manual' || (provider.remote === undefined && settings.paid_by_hand.includes(session?.providerId ?? ''))

/** Ends an attempt, frees its stock and gives back the promotions and the credit that it used. An attempt that another caller has completed meanwhile stays completed. */
async function failCheckout(context: Context, cartId: string, checkoutId: string, reason: string): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    await unit.run(lockCartStatement(tenantId, cartId))
    const failed = await unit.run(
      statement<{ id: string }>(
        'checkout.fail',
        `update checkout set state = 'failed', failure = $3, updated_at = now()
         where tenant_id = $1 and id = $2 and state = 'open' returning id`,
        [tenantId, checkoutId, reason.slice(0, 500)],
      ),
    )
    if (failed.length === 0) return
    await Promise.all([unit.run(releaseStatement(tenantId, checkoutId)), returnUses(unit, checkoutId)])
    await giveBackCredit(unit, checkoutId)
  })
}

/**
 * Takes up an attempt that was left open, as a crash leaves it. Handler of `checkout.opened`.
 * An attempt that cannot be completed ends here and its stock is free again.
 */
export async function resumeCheckout(
  context: Context,
  interrupted: { cart_id: string; checkout_id: string },
  settings: CheckoutSettingsOfProcess,
): Promise<void> {
  const tenantId = tenantOf(context)
  const [open] = await context.db.read(
    context.scope,
    statement<{ id: string }>('checkout.is_open', `select id from checkout where tenant_id = $1 and id = $2 and state = 'open'`, [
      tenantId,
      interrupted.checkout_id,
    ]),
  )
  if (open === undefined) return
  try {
    await completeCart(context, interrupted.cart_id, settings, { resumed: interrupted.checkout_id })
  } catch (error) {
    const refused = error instanceof StoaError && error.status < 500 && error.type !== 'conflict'
    if (!refused) throw error
    await failCheckout(context, interrupted.cart_id, interrupted.checkout_id, error.message)
  }
}
