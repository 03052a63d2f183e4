import Stripe from 'stripe'
import type { PaymentAccount, Touch, VerifiedEvent } from '../../payments/index.js'
import type { StripeAccess } from './client.js'

const tolerance_s = 300

/**
 * Checks a signature with each secret of the account, old ones included while they are changed. The SDK refuses what is
 * too old and lets pass what is dated ahead (measured: a day): that is refused here.
 */
export function verifyWebhook(
  access: StripeAccess,
  account: PaymentAccount,
  raw: Buffer,
  headers: Record<string, string>,
  now: Date,
): VerifiedEvent | null {
  const header = headers['stripe-signature'] ?? ''
  const stampedAt_s = Number(/(?:^|,)t=(\d{1,12})(?:,|$)/.exec(header)?.[1] ?? Number.NaN)
  if (Number.isNaN(stampedAt_s) || stampedAt_s > now.getTime() / 1_000 + tolerance_s) return null
  const isSigned = access.credentialsOf(account).webhook_secrets.some((secret) => isSignedWith(raw, header, secret, now))
  return isSigned ? parsed(raw) : null
}

function isSignedWith(raw: Buffer, header: string, secret: string, now: Date): boolean {
  try {
    const { signature } = Stripe.webhooks
    return signature?.verifyHeader(raw, header, secret, tolerance_s, undefined, now.getTime()) ?? false
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return false
    throw error
  }
}

/** An event of either version as Stripe tells it. */
export interface AnyEvent {
  id: string
  object: string
  type: string
  livemode: boolean
  created: number | string
  account?: string
  context?: string
  data?: { object?: { id?: string } }
  related_object?: { id?: string } | null
}

function parsed(raw: Buffer): VerifiedEvent | null {
  let event: AnyEvent
  try {
    event = JSON.parse(raw.toString('utf8')) as AnyEvent
  } catch {
    return null
  }
  return typeof event?.id === 'string' && typeof event.type === 'string' ? eventOf(event) : null
}

/** Both kinds: events with a snapshot, and thin ones of v2 that only say what changed. */
export function eventOf(event: AnyEvent): VerifiedEvent {
  return {
    id: event.id,
    type: event.type,
    isLive: event.livemode === true,
    connectedAccount: event.account ?? event.context ?? null,
    objectId: event.data?.object?.id ?? event.related_object?.id ?? null,
    occurredAt: new Date(typeof event.created === 'number' ? event.created * 1_000 : event.created),
    payload: event as unknown as Record<string, unknown>,
  }
}

interface Snapshot {
  id?: string
  payment_intent?: string | { id: string } | null
}

const idOf = (value: string | { id: string } | null | undefined) => (typeof value === 'string' ? value : value?.id)

/** What an event points at. What it says of it is not believed: it may be old, doubled, or come before another. */
export function interpret(event: Pick<VerifiedEvent, 'type' | 'payload' | 'connectedAccount'>): Touch[] {
  const { type, payload, connectedAccount } = event
  const { data, related_object } = payload as unknown as AnyEvent
  const object = (data?.object ?? {}) as Snapshot
  const touch = (kind: Touch['kind'], reference: string | undefined | null): Touch[] => (reference == null ? [] : [{ kind, reference }])
  // `created` says that we asked; acting on it completes carts before they are paid.
  if (type === 'payment_intent.created') return []
  if (type.startsWith('payment_intent.')) return touch('payment', object.id)
  if (type.startsWith('charge.dispute.')) return [...touch('dispute', object.id), ...touch('payment', idOf(object.payment_intent))]
  if (type.startsWith('charge.') || type.startsWith('refund.')) return touch('payment', idOf(object.payment_intent))
  if (type.startsWith('v2.core.account')) return touch('payee', related_object?.id)
  if (type === 'account.updated') return touch('payee', object.id)
  if (type.startsWith('capability.') || type.startsWith('account.')) return touch('payee', connectedAccount)
  if (type.startsWith('transfer.')) return touch('release', object.id)
  // A vendor's own payouts are on their account and in their books.
  if (type.startsWith('payout.')) return connectedAccount === null ? touch('payout', object.id) : []
  return []
}
