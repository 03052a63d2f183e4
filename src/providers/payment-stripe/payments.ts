import Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'
import type { Money, MoneyMovement, Outcome, PaymentSnapshot, ProviderCall, RefundSnapshot, RemotePayment } from '../../payments/index.js'
import { fromStripeAmount, refuseTooLittle, toStripeAmount } from './amounts.js'
import { accountOf, type StripeAccess } from './client.js'
import { movementOf } from './movements.js'
import { attempt } from './outcomes.js'

type Data = Record<string, unknown>
const refundsPage = 100
/** More than one payment can have, and what one call reads at most. */
const refundsMost = 1_000

const intentIdOf = (data: Data): string => {
  if (typeof data.id !== 'string') throw new Error('The data of a Stripe payment names its intent')
  return data.id
}

/** What is kept of an intent. The client's secret is the browser's, and stays with the session. */
const dataOf = (intent: Stripe.PaymentIntent): Data => ({
  id: intent.id,
  status: intent.status,
  amount: intent.amount,
  currency: intent.currency,
  latest_charge: typeof intent.latest_charge === 'string' ? intent.latest_charge : (intent.latest_charge?.id ?? null),
})

/** In Stripe's metadata, so that what a crash has left unknown can be found by it. */
const metadataOf = (call: ProviderCall, more: Record<string, string> = {}) => ({
  operation: call.operationKey,
  tenant: call.tenantId,
  ...more,
})

/** An intent that takes the money in two steps: authorised by the shopper, captured when the order is placed. */
export function startSession(
  access: StripeAccess,
  call: ProviderCall,
  money: Money,
  about: { collectionId: string },
): Promise<Outcome<Data>> {
  assertNoUnit('starting a payment')
  const account = accountOf(call)
  return attempt(async () => {
    const amount = toStripeAmount(money)
    refuseTooLittle(amount, money.currency)
    const intent = await access.clientOf(account).paymentIntents.create(
      {
        amount,
        currency: money.currency,
        capture_method: 'manual',
        automatic_payment_methods: { enabled: true },
        transfer_group: about.collectionId,
        metadata: metadataOf(call, { payment_collection: about.collectionId }),
      },
      { idempotencyKey: call.operationKey },
    )
    return { kind: 'ok', value: { ...dataOf(intent), client_secret: intent.client_secret, publishable_key: account.publishableKey } }
  })
}

const unconfirmed = 'The shopper has not confirmed the payment yet'

/** Looks at what the shopper agreed to in the browser; an amount or currency that is not the cart's is refused. */
export function authorize(access: StripeAccess, call: ProviderCall, money: Money, data: Data): Promise<Outcome<PaymentSnapshot>> {
  assertNoUnit('authorising a payment')
  return attempt<PaymentSnapshot>(async () => {
    const intent = await access.clientOf(accountOf(call)).paymentIntents.retrieve(intentIdOf(data))
    if (intent.currency !== money.currency || fromStripeAmount(intent.amount, intent.currency) !== money.amountMinor) {
      return { kind: 'rejected', code: 'amount_mismatch', message: 'The payment at Stripe is for another amount than the cart' }
    }
    switch (intent.status) {
      case 'requires_capture':
        return { kind: 'ok', value: { status: 'authorized', data: dataOf(intent) } }
      case 'succeeded':
        // Somebody took a part of it in Stripe's own pages, and let the rest go.
        if (intent.amount_received !== intent.amount)
          return { kind: 'rejected', code: 'amount_mismatch', message: 'Stripe took another amount than the cart costs' }
        return { kind: 'ok', value: { status: 'captured', data: dataOf(intent) } }
      case 'processing':
        return { kind: 'ok', value: { status: 'pending_authorization', data: dataOf(intent) } }
      case 'requires_payment_method':
        // After a refusal Stripe waits for another card in the same payment: what the bank said stands until then.
        if (intent.last_payment_error !== null)
          return { kind: 'declined', message: intent.last_payment_error.message ?? 'The bank refused the payment' }
        return { kind: 'requires_more', message: unconfirmed }
      case 'requires_confirmation':
      case 'requires_action':
        return { kind: 'requires_more', message: unconfirmed }
      case 'canceled':
        return { kind: 'declined', message: 'The payment was canceled. Start another payment session.' }
      default:
        return { kind: 'unknown', message: `Stripe gives the payment the status ${intent.status}` }
    }
  })
}

/** What an intent became, where a call about it came too late. */
function intentOfError(error: unknown): Stripe.PaymentIntent | undefined {
  if (!(error instanceof Stripe.errors.StripeError) || error.code !== 'payment_intent_unexpected_state') return undefined
  return error.payment_intent as Stripe.PaymentIntent | undefined
}

export function capture(access: StripeAccess, call: ProviderCall, money: Money, data: Data): Promise<Outcome<PaymentSnapshot>> {
  assertNoUnit('capturing a payment')
  const done = (intent: Stripe.PaymentIntent): Outcome<PaymentSnapshot> => ({
    kind: 'ok',
    value: { status: 'captured', data: dataOf(intent) },
  })
  return attempt(async () => {
    const client = access.clientOf(accountOf(call))
    const id = intentIdOf(data)
    const isDone = (intent: Stripe.PaymentIntent) =>
      intent.status === 'succeeded' && fromStripeAmount(intent.amount_received, intent.currency) === money.amountMinor
    if (call.firstSentAt !== null) {
      // Stripe may have forgotten the key, or keep an error of its own under it: what became of the intent is what counts.
      const seen = await client.paymentIntents.retrieve(id)
      if (isDone(seen)) return done(seen)
    }
    try {
      const amount_to_capture = toStripeAmount(money)
      return done(
        await client.paymentIntents.capture(id, { amount_to_capture, metadata: metadataOf(call) }, { idempotencyKey: call.operationKey }),
      )
    } catch (error) {
      const intent = intentOfError(error)
      if (intent !== undefined && isDone(intent)) return done(intent)
      throw error
    }
  })
}

export function cancel(access: StripeAccess, call: ProviderCall, data: Data): Promise<Outcome<{ data: Data }>> {
  assertNoUnit('cancelling a payment')
  return attempt(async () => {
    const client = access.clientOf(accountOf(call))
    try {
      const intent = await client.paymentIntents.cancel(intentIdOf(data), {}, { idempotencyKey: call.operationKey })
      return { kind: 'ok', value: { data: dataOf(intent) } }
    } catch (error) {
      const intent = intentOfError(error)
      if (intent?.status === 'canceled') return { kind: 'ok', value: { data: dataOf(intent) } }
      if (intent?.status === 'succeeded')
        return { kind: 'rejected', code: 'already_captured', message: 'The money was taken already: refund it' }
      throw error
    }
  })
}

export function refund(
  access: StripeAccess,
  call: ProviderCall,
  money: Money,
  data: Data,
): Promise<Outcome<{ data: Data; reference: string }>> {
  assertNoUnit('refunding a payment')
  return attempt(async () => {
    const client = access.clientOf(accountOf(call))
    const payment_intent = intentIdOf(data)
    const amount = toStripeAmount(money)
    const earlier =
      call.firstSentAt === null
        ? undefined
        : (await client.refunds.list({ payment_intent, limit: refundsPage }).autoPagingToArray({ limit: refundsMost })).find(
            (made) => made.metadata?.operation === call.operationKey,
          )
    const made =
      earlier ??
      (await client.refunds.create({ payment_intent, amount, metadata: metadataOf(call) }, { idempotencyKey: call.operationKey }))
    if (made.status === 'failed' || made.status === 'canceled')
      return { kind: 'declined', message: 'The bank does not take the money back' }
    return { kind: 'ok', value: { data, reference: made.id } }
  })
}

const statuses: Readonly<Record<string, RemotePayment['status']>> = {
  requires_payment_method: 'open',
  requires_confirmation: 'open',
  requires_action: 'open',
  processing: 'processing',
  requires_capture: 'authorized',
  succeeded: 'captured',
  canceled: 'canceled',
}

/** The authoritative read: intent, charge, refunds, and what Stripe booked for each. Two calls, and one more for every hundred refunds. */
export function fetchPayment(access: StripeAccess, call: ProviderCall, reference: string): Promise<Outcome<RemotePayment>> {
  assertNoUnit('reading a payment')
  return attempt(async () => {
    const client = access.clientOf(accountOf(call))
    const [intent, refunds] = await Promise.all([
      client.paymentIntents.retrieve(reference, { expand: ['latest_charge.balance_transaction'] }),
      client.refunds
        .list({ payment_intent: reference, limit: refundsPage, expand: ['data.balance_transaction'] })
        .autoPagingToArray({ limit: refundsMost }),
    ])
    const { currency } = intent
    const charge = typeof intent.latest_charge === 'object' ? intent.latest_charge : null
    const captured = fromStripeAmount(intent.amount_received, currency)
    return {
      kind: 'ok',
      value: {
        reference: intent.id,
        status: statuses[intent.status] ?? 'unrecognised',
        currency,
        amountMinor: fromStripeAmount(intent.amount, currency),
        capturedMinor: captured,
        refunds: refunds.map((made) => refundOf(made, currency)),
        movements: [
          // Of what was captured in part the whole came in; that the rest goes out again is in the account's list.
          ...movementsOf(charge?.balance_transaction ?? null, intent.id, {
            amountMinor: fromStripeAmount(charge?.amount ?? 0, currency),
            currency,
          }),
          ...refunds.flatMap((made) =>
            movementsOf(made.balance_transaction, intent.id, { amountMinor: -fromStripeAmount(made.amount, currency), currency }),
          ),
        ],
        data: dataOf(intent),
      },
    }
  })
}

const refundStatuses: Readonly<Record<string, RefundSnapshot['status']>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
}

function refundOf(made: Stripe.Refund, currency: string): RefundSnapshot {
  const operation = made.metadata?.operation ?? ''
  return {
    reference: made.id,
    refundId: operation.startsWith('refund:') ? operation.slice('refund:'.length) : null,
    amountMinor: fromStripeAmount(made.amount, currency),
    status: refundStatuses[made.status ?? 'pending'] ?? 'unrecognised',
  }
}

function movementsOf(transaction: string | Stripe.BalanceTransaction | null, payment: string, original: Money): MoneyMovement[] {
  if (transaction === null || typeof transaction === 'string') return []
  return [movementOf(transaction, payment, original)]
}
