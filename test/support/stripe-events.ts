import assert from 'node:assert/strict'
import Stripe from 'stripe'
import { sealerOf } from '../../src/kernel/index.js'
import { asAdmin } from './database.js'
import type { StripeStore, StripeWorld } from './stripe.js'

/** Where a store's account sends its events to, and what it signs them with. */
export async function endpointOf(world: StripeWorld, { stripe, tenantId }: StripeStore): Promise<{ url: string; secret: string }> {
  const url = (await stripe.webhookEndpoints.list()).data.at(-1)?.url as string
  const [row] = await asAdmin<{ credentials: string }>(
    world.app.adminUrl,
    'select credentials from app.payment_account where tenant_id = $1',
    [tenantId],
  )
  const sealer = sealerOf('a secret for tests, of no use elsewhere', 'stoa payment accounts')
  const { webhook_secrets } = JSON.parse(sealer.open(row?.credentials as string))
  return { url, secret: webhook_secrets[0] }
}

/** An event's body: of a payment that nobody has made, unless it says more. */
export function eventOf(id: string, more: object = {}): string {
  return JSON.stringify({
    id,
    object: 'event',
    type: 'payment_intent.succeeded',
    livemode: false,
    created: 1_700_000_000,
    data: { object: { id: 'pi_nobody' } },
    ...more,
  })
}

/** Sends it to the store's account as Stripe does, or with another secret, time or signature. @returns the status of the answer */
export async function sendEvent(
  world: StripeWorld,
  store: StripeStore,
  payload: string,
  how: { at_s?: number; secret?: string; signature?: string } = {},
): Promise<number> {
  const { url, secret } = await endpointOf(world, store)
  const timestamp = Math.floor(Date.now() / 1_000) + (how.at_s ?? 0)
  const signed = Stripe.webhooks.generateTestHeaderString({ payload, secret: how.secret ?? secret, timestamp })
  const response = await fetch(url, { method: 'POST', headers: { 'stripe-signature': how.signature ?? signed }, body: payload })
  if (response.status === 400) assert.match(await response.text(), /not signed with a secret of this account .* Check the clock/)
  return response.status
}
