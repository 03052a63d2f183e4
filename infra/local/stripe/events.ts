import Stripe from 'stripe'
import type { Call } from './call.js'
import { refused } from './errors.js'
import type { Event, StripeObject, WebhookEndpoint } from './objects.js'
import { presented } from './present.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

const endpointsMax = 16

/** Says that something happened, with the object as it is now. */
export function emit(account: Account, type: string, object: StripeObject, cause?: Call): Event {
  const { world, platform } = account
  const event = account.add<Event>({
    id: account.newId('evt'),
    object: 'event',
    ...(account.connected ? { account: account.id } : {}),
    api_version: Stripe.API_VERSION,
    created: world.now_s(),
    data: { object: structuredClone(presented(account, object)) },
    livemode: false,
    pending_webhooks: 0,
    request: { id: cause?.requestId ?? null, idempotency_key: cause?.idempotencyKey ?? null },
    type,
  })
  const endpoints = platform.own.all<WebhookEndpoint>('webhook_endpoint').filter((endpoint) => listens(platform.own, endpoint, event))
  event.pending_webhooks = endpoints.length
  for (const endpoint of endpoints) {
    const secret = platform.own.secrets.get(endpoint.id) ?? ''
    world.deliveries.add(JSON.stringify(event, null, 2), { url: endpoint.url, secret })
  }
  return event
}

/** An endpoint is the platform's own or for connected accounts, never both. */
function listens(owner: Account, endpoint: WebhookEndpoint, event: Event): boolean {
  if (endpoint.status !== 'enabled' || owner.forConnected.has(endpoint.id) !== (event.account !== undefined)) return false
  return endpoint.enabled_events.includes('*') || endpoint.enabled_events.includes(event.type)
}

export function createEndpoint(call: Call): StripeObject {
  const { account, parameters } = call
  const url = String(parameters.url)
  if (!URL.canParse(url))
    throw refused('Invalid URL: An explicit scheme (such as https) must be provided.', { code: 'url_invalid', param: 'url' })
  if (account.all('webhook_endpoint').length >= endpointsMax) {
    throw refused(`You have reached the maximum of ${endpointsMax} test webhook endpoints.`)
  }
  const endpoint = account.add<WebhookEndpoint>(
    filled<WebhookEndpoint>('WebhookEndpoint', {
      id: account.newId('we'),
      object: 'webhook_endpoint',
      api_version: (parameters.api_version as string | undefined) ?? null,
      created: account.world.now_s(),
      description: (parameters.description as string | undefined) ?? null,
      enabled_events: parameters.enabled_events as string[],
      livemode: false,
      metadata: parameters.metadata || {},
      status: 'enabled',
      url,
    }),
  )
  const secret = `whsec_${account.world.chance.letters(`${account.id}/whsec`, 32)}`
  account.secrets.set(endpoint.id, secret)
  if (parameters.connect === true) account.forConnected.add(endpoint.id)
  return { ...endpoint, secret }
}

export function updateEndpoint(call: Call, id: string): StripeObject {
  const endpoint = call.account.get<WebhookEndpoint>('webhook_endpoint', id)
  const { disabled, enabled_events, ...rest } = call.parameters
  if (enabled_events !== undefined) endpoint.enabled_events = enabled_events as string[]
  if (disabled !== undefined) endpoint.status = disabled === true ? 'disabled' : 'enabled'
  return Object.assign(endpoint, rest)
}

export function deleteEndpoint(call: Call, id: string): StripeObject {
  call.account.get('webhook_endpoint', id)
  call.account.remove('webhook_endpoint', id)
  return { id, object: 'webhook_endpoint', deleted: true }
}
