import type { DemoTenant } from '../../seeds/demo.js'
import type { Config } from '../../src/config.js'

/** What the demo stores charge cards on. */
export interface DemoStripe {
  secretKeyOf(slug: string): string
  publishableKeyOf(slug: string): string
  webhookSecret: string | undefined
}

/** The account that was given, or one of the simulator for each store. */
export function demoStripe(config: Config): DemoStripe {
  const { stripeSecretKey: secret, stripePublishableKey: publishable } = config
  return {
    secretKeyOf: (slug) => secret ?? `sk_test_${nameOf(slug)}`,
    publishableKeyOf: (slug) => publishable ?? `pk_test_${nameOf(slug)}`,
    webhookSecret: config.stripeWebhookSecret,
  }
}

/** Keys have eight characters behind their prefix at least. */
const nameOf = (slug: string) => `demostore${slug.replaceAll('-', '')}`

/**
 * Connects each demo store's account, as its staff would: by the Admin API. Done at each start, since a simulator forgets
 * when it ends; an account that is the same keeps its id.
 */
export async function connectDemoAccounts(baseUrl: string, tenants: readonly DemoTenant[], stripe: DemoStripe): Promise<void> {
  for (const tenant of tenants) {
    const response = await fetch(`${baseUrl}/admin/payment-accounts`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${tenant.secret_key}:`).toString('base64')}`, 'content-type': 'application/json' },
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
