import type Stripe from 'stripe'
import type { Outcome, PaymentAccount, ProviderCall } from '../../payments/index.js'
import { modeOfKey, type StripeAccess, type StripeCredentials } from './client.js'
import { attempt } from './outcomes.js'

/** What the store's own account tells, and what its vendors' accounts tell. */
export const ownEvents = [
  'payment_intent.amount_capturable_updated',
  'payment_intent.canceled',
  'payment_intent.payment_failed',
  'payment_intent.processing',
  'payment_intent.succeeded',
  'charge.updated',
  'charge.refunded',
  'refund.created',
  'refund.updated',
  'refund.failed',
  'charge.dispute.created',
  'charge.dispute.updated',
  'charge.dispute.closed',
  'charge.dispute.funds_withdrawn',
  'charge.dispute.funds_reinstated',
  'transfer.created',
  'transfer.reversed',
  'transfer.updated',
  'payout.created',
  'payout.paid',
  'payout.failed',
] as const
const vendorEvents = ['account.updated', 'capability.updated', 'account.application.deauthorized'] as const
export const thinEvents = [
  'v2.core.account.updated',
  'v2.core.account.closed',
  'v2.core.account[requirements].updated',
  'v2.core.account[configuration.recipient].updated',
  'v2.core.account[configuration.recipient].capability_status_updated',
]

/** Of three endpoints each time an account is connected. */
const secretsKept = 12

type Connected = Pick<PaymentAccount, 'mode' | 'reference' | 'country' | 'credentials'>

/**
 * Signs in with a key, registers for events, and says whose account it is. Stripe sends to public https addresses only:
 * elsewhere nothing is registered, the poller alone learns what happened, and a secret of `stripe listen` may be given.
 */
export function connect(
  access: StripeAccess,
  call: Omit<ProviderCall, 'account'>,
  input: { credentials: Record<string, string>; hookUrl: string; previous: PaymentAccount | null },
): Promise<Outcome<Connected>> {
  const key = input.credentials.secret_key ?? ''
  const mode = modeOfKey(key)
  if (mode === null) {
    return Promise.resolve({
      kind: 'rejected',
      code: 'key_unknown',
      message: 'secret_key is no secret or restricted key of Stripe (sk_… or rk_…)',
    })
  }
  if (mode === 'live' && access.isSimulated) {
    return Promise.resolve({ kind: 'rejected', code: 'key_live', message: 'A live key is refused while a simulator stands in for Stripe' })
  }
  return attempt(async () => {
    const client = access.clientFor(key)
    const account = await client.accounts.retrieveCurrent()
    const given = input.credentials.webhook_secret
    const registered =
      access.isSimulated || input.hookUrl.startsWith('https:') ? await register(client, call.operationKey, input.hookUrl) : []
    // Endpoints that were registered before go on sending, signed with their own secrets.
    const before = input.previous?.reference === account.id ? access.credentialsOf(input.previous).webhook_secrets : []
    const secrets = [...(given === undefined ? [] : [given]), ...registered, ...before].slice(0, secretsKept)
    const credentials: StripeCredentials = { secret_key: key, webhook_secrets: secrets }
    return {
      kind: 'ok',
      value: { mode, reference: account.id, country: (account.country ?? '').toLowerCase(), credentials: access.seal(credentials) },
    }
  })
}

/** Stripe tells a secret once, when the endpoint is made. */
async function register(client: Stripe, key: string, url: string): Promise<string[]> {
  const own = await client.webhookEndpoints.create(
    { url, enabled_events: [...ownEvents], connect: false, description: 'Stoa: payments' },
    { idempotencyKey: `${key}:own` },
  )
  const vendors = await client.webhookEndpoints.create(
    { url, enabled_events: [...vendorEvents], connect: true, description: 'Stoa: vendors' },
    { idempotencyKey: `${key}:vendors` },
  )
  const thin = await client.v2.core.eventDestinations.create(
    {
      name: 'Stoa: vendors',
      type: 'webhook_endpoint',
      event_payload: 'thin',
      enabled_events: thinEvents,
      events_from: ['@accounts'],
      include: ['webhook_endpoint.signing_secret'],
      webhook_endpoint: { url },
    },
    { idempotencyKey: `${key}:thin` },
  )
  return [own.secret, vendors.secret, thin.webhook_endpoint?.signing_secret].filter(
    (secret): secret is string => typeof secret === 'string',
  )
}
