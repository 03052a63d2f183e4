import { type Call, refuseIgnored } from './call.js'
import { refused } from './errors.js'
import type { StripeObject } from './objects.js'
import type { Account } from './world.js'

// Stripe's second version of events: they name what changed and hold none of it. They go to event destinations.

export interface EventDestination extends StripeObject {
  object: 'v2.core.event_destination'
  enabled_events: string[]
  event_payload: 'snapshot' | 'thin'
  status: 'enabled' | 'disabled'
  webhook_endpoint: { url: string }
}

const destinationsMax = 16

/** As the second version dates. */
export const date = (at_ms: number) => new Date(at_ms).toISOString()

/** Says that a connected account changed; `data` is what the stored event tells beyond that. */
export function emitThin(account: Account, type: string, cause?: Call, data: Record<string, unknown> = {}): void {
  if (account.profile?.api !== 'v2') return
  const { own } = account.platform
  const { world } = account
  const request =
    cause === undefined ? null : { type: 'request', request: { id: cause.requestId, idempotency_key: cause.idempotencyKey ?? '' } }
  const event = {
    id: own.newId('evt_test'),
    object: 'v2.core.event',
    created: date(world.now_ms()),
    livemode: false,
    reason: request,
    related_object: { id: account.id, type: 'v2.core.account', url: `/v2/core/accounts/${account.id}` },
    type,
  }
  own.add({ ...event, data })
  for (const destination of own.all<EventDestination>('v2.core.event_destination')) {
    const wanted = destination.enabled_events.includes('*') || destination.enabled_events.includes(type)
    if (destination.status !== 'enabled' || !wanted) continue
    const secret = own.secrets.get(destination.id) ?? ''
    world.deliveries.add(JSON.stringify(event), { url: destination.webhook_endpoint.url, secret })
  }
}

export function createDestination(call: Call): StripeObject {
  const { account, parameters } = call
  const { world } = account
  const endpoint = parameters.webhook_endpoint as { url: string } | undefined
  if (parameters.type !== 'webhook_endpoint' || endpoint === undefined) {
    throw refused('The simulator delivers to destinations of type webhook_endpoint only.', { param: 'type' })
  }
  if (account.all('v2.core.event_destination').length >= destinationsMax) {
    throw refused(`You have reached the maximum of ${destinationsMax} event destinations.`)
  }
  const now = date(world.now_ms())
  const destination = account.add<EventDestination>({
    id: account.newId('ed_test'),
    object: 'v2.core.event_destination',
    created: now,
    description: parameters.description ?? '',
    enabled_events: parameters.enabled_events as string[],
    event_payload: parameters.event_payload as EventDestination['event_payload'],
    events_from: parameters.events_from ?? ['self'],
    livemode: false,
    metadata: parameters.metadata ?? {},
    name: parameters.name,
    status: 'enabled',
    type: 'webhook_endpoint',
    updated: now,
    webhook_endpoint: { url: endpoint.url },
  })
  account.secrets.set(destination.id, `whsec_${world.chance.letters(`${account.id}/whsec`, 32)}`)
  return shownDestination(call, destination, true)
}

/** The secret is told when the destination is made, and only to who asks for it. */
function shownDestination({ account, parameters }: Call, destination: EventDestination, made = false): StripeObject {
  const include = (parameters.include as string[] | undefined) ?? []
  const { url } = destination.webhook_endpoint
  const secret = made && include.includes('webhook_endpoint.signing_secret') ? { signing_secret: account.secrets.get(destination.id) } : {}
  return { ...destination, webhook_endpoint: { ...(include.includes('webhook_endpoint.url') ? { url } : {}), ...secret } }
}

export function retrieveDestination(call: Call, id: string): StripeObject {
  return shownDestination(call, call.account.get<EventDestination>('v2.core.event_destination', id))
}

export function updateDestination(call: Call, id: string): StripeObject {
  const destination = call.account.get<EventDestination>('v2.core.event_destination', id)
  const { include: _, webhook_endpoint, ...rest } = call.parameters
  Object.assign(destination, rest, { updated: date(call.account.world.now_ms()) })
  if (webhook_endpoint !== undefined) Object.assign(destination.webhook_endpoint, webhook_endpoint)
  return shownDestination(call, destination)
}

export function switchDestination(call: Call, id: string, status: EventDestination['status']): StripeObject {
  const destination = call.account.get<EventDestination>('v2.core.event_destination', id)
  destination.status = status
  return shownDestination(call, destination)
}

export function deleteDestination({ account }: Call, id: string): StripeObject {
  account.get('v2.core.event_destination', id)
  account.remove('v2.core.event_destination', id)
  return { id, object: 'v2.core.event_destination' }
}

/** Newest first, page by page, of one object and of some types if so asked. */
export function listThinEvents({ account, parameters }: Call): Record<string, unknown> {
  refuseIgnored(parameters, ['created'])
  const { object_id, types, limit = 20, page } = parameters as { object_id?: string; types?: string[]; limit?: number; page?: string }
  const events = account
    .all('v2.core.event')
    .filter((event) => object_id === undefined || (event.related_object as { id: string }).id === object_id)
    .filter((event) => types === undefined || types.includes(String(event.type)))
    .reverse()
  const start = page === undefined ? 0 : events.findIndex((event) => event.id === page)
  const next = events[start + limit]
  const filters = [`limit=${limit}`, ...(object_id === undefined ? [] : [`object_id=${object_id}`])]
  filters.push(...(types ?? []).map((type, index) => `types[${index}]=${encodeURIComponent(type)}`))
  const next_page_url = next === undefined ? null : `/v2/core/events?${filters.join('&')}&page=${next.id}`
  return { data: events.slice(start, start + limit), next_page_url, previous_page_url: null }
}

export function listDestinations(call: Call): Record<string, unknown> {
  const all = call.account.all<EventDestination>('v2.core.event_destination')
  return { data: all.map((one) => shownDestination(call, one)), next_page_url: null, previous_page_url: null }
}
