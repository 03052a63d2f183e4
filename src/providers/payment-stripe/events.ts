import type Stripe from 'stripe'
import { assertNoUnit } from '../../db/index.js'
import type { EventPage, Outcome, ProviderCall, VerifiedEvent } from '../../payments/index.js'
import { ownEvents, thinEvents } from './accounts.js'
import { accountOf, type StripeAccess } from './client.js'
import { attempt } from './outcomes.js'
import { type AnyEvent, eventOf } from './webhooks.js'

const page = 100
/** A list is asked for by so many types at most. */
const typesMost = 20
/** The second version pages by addresses that are good for a while only: all pages are read at once. */
const thinMost = 1_000

type List = (client: Stripe, since: Date, after: string | null) => Promise<{ events: VerifiedEvent[]; after: string | null }>

/** One list after another; a cursor says which, and after what. */
const lists: readonly List[] = [
  ...Array.from({ length: Math.ceil(ownEvents.length / typesMost) }, (_, index) =>
    snapshotsOf(ownEvents.slice(index * typesMost, (index + 1) * typesMost)),
  ),
  thin,
]

/** The account's own events by their types, the newest first. */
function snapshotsOf(types: string[]): List {
  return async (client, since, after) => {
    const listed = await client.events.list({
      types,
      created: { gte: Math.floor(since.getTime() / 1_000) },
      limit: page,
      ...(after === null ? {} : { starting_after: after }),
    })
    const last = listed.has_more ? listed.data.at(-1)?.id : undefined
    return { events: listed.data.map((event) => eventOf(event as unknown as AnyEvent)), after: last ?? null }
  }
}

/** Thin events of vendors' accounts, the newest first. Older ones than are read say nothing of an account that a newer one does not. */
async function thin(client: Stripe, since: Date): ReturnType<List> {
  const events: VerifiedEvent[] = []
  for await (const listed of client.v2.core.events.list({ types: thinEvents, limit: page })) {
    const event = eventOf(listed as unknown as AnyEvent)
    if (event.occurredAt < since || events.length === thinMost) break
    events.push(event)
  }
  return { events, after: null }
}

/**
 * What Stripe told since a moment (it keeps 30 days), delivered or not: of the store's own account, and of its vendors' v2 accounts.
 * What is of vendors' v1 events says nothing that thin ones do not.
 */
export function listEvents(access: StripeAccess, call: ProviderCall, since: Date, cursor: string | null): Promise<Outcome<EventPage>> {
  assertNoUnit('listing events')
  return attempt(async () => {
    const [index = '0', after = ''] = cursor?.split(' ') ?? []
    const list = lists[Number(index)]
    if (list === undefined) return { kind: 'ok', value: { events: [], next: null } }
    const listed = await list(access.clientOf(accountOf(call)), since, after === '' ? null : after)
    const nextList = Number(index) + 1
    const next = listed.after !== null ? `${index} ${listed.after}` : nextList < lists.length ? `${nextList} ` : null
    return { kind: 'ok', value: { events: listed.events, next } }
  })
}
