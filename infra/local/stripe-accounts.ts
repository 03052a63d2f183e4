import Stripe from 'stripe'
import type { DemoTenant } from '../../seeds/demo.js'
import type { Config } from '../../src/config.js'

/** What the demo stores charge cards on. */
export interface DemoStripe {
  secretKeyOf(slug: string): string
  publishableKeyOf(slug: string): string
  webhookSecret: string | undefined
  /** Where the simulator is; undefined for Stripe itself. */
  simulatorUrl: string | undefined
}

/** The account that was given, or one of the simulator for each store. */
export function demoStripe(config: Config, simulatorUrl: string | undefined): DemoStripe {
  const { stripeSecretKey: secret, stripePublishableKey: publishable } = config
  return {
    secretKeyOf: (slug) => secret ?? `sk_test_${nameOf(slug)}`,
    publishableKeyOf: (slug) => publishable ?? `pk_test_${nameOf(slug)}`,
    webhookSecret: config.stripeWebhookSecret,
    simulatorUrl,
  }
}

/** Keys have eight characters behind their prefix at least. */
const nameOf = (slug: string) => `demostore${slug.replaceAll('-', '')}`

const endpointsMax = 100

/**
 * Connects each demo store's account, as its staff would: by the Admin API. An account that is the same keeps its id, and
 * one whose events still come is left alone: each time it is connected it would be told of everything once more.
 */
export async function connectDemoAccounts(baseUrl: string, tenants: readonly DemoTenant[], stripe: DemoStripe): Promise<void> {
  for (const tenant of tenants) {
    const headers = { authorization: `Basic ${Buffer.from(`${tenant.secret_key}:`).toString('base64')}` }
    const { simulatorUrl } = stripe
    if (simulatorUrl !== undefined) {
      const simulated = clientOf(simulatorUrl, stripe.secretKeyOf(tenant.slug))
      if ((await isConnected(baseUrl, headers, simulated)) && (await tells(simulated, baseUrl))) continue
      await forgetEndpoints(simulated)
    }
    const response = await fetch(`${baseUrl}/admin/payment-accounts`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({
        provider_id: 'pp_stripe_stripe',
        secret_key: stripe.secretKeyOf(tenant.slug),
        publishable_key: stripe.publishableKeyOf(tenant.slug),
        ...(stripe.webhookSecret === undefined ? {} : { webhook_secret: stripe.webhookSecret }),
      }),
    })
    if (!response.ok) throw new Error(`the store ${tenant.slug} could not be connected to Stripe: ${(await response.text()).slice(0, 500)}`)
  }
}

function clientOf(simulatorUrl: string, key: string): Stripe {
  const { hostname: host, port } = new URL(simulatorUrl)
  return new Stripe(key, { host, port: Number(port), protocol: 'http', telemetry: false })
}

async function isConnected(baseUrl: string, headers: Record<string, string>, simulated: Stripe): Promise<boolean> {
  const { id } = await simulated.accounts.retrieveCurrent()
  const response = await fetch(`${baseUrl}/admin/payment-accounts?provider_id=pp_stripe_stripe`, { headers })
  const { payment_accounts: known = [] } = (await response.json()) as { payment_accounts?: { reference: string; status: string }[] }
  return known.some(({ reference, status }) => reference === id && status === 'active')
}

/** Whether the account's events come to this deployment, at the address that it has now. */
async function tells(simulated: Stripe, baseUrl: string): Promise<boolean> {
  const { data } = await simulated.webhookEndpoints.list({ limit: endpointsMax })
  return data.some(({ url }) => url.startsWith(`${baseUrl}/hooks/`))
}

/** Of an address or a database of before. */
async function forgetEndpoints(simulated: Stripe): Promise<void> {
  for (const { id } of (await simulated.webhookEndpoints.list({ limit: endpointsMax })).data) await simulated.webhookEndpoints.del(id)
  for (const { id } of (await simulated.v2.core.eventDestinations.list()).data) await simulated.v2.core.eventDestinations.del(id)
}
