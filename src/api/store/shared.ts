import type { RequestContext } from '../../http/index.js'
import { invalidData } from '../../kernel/index.js'

/**
 * The channels that a request may see: the key's, or one of them when it names one.
 * @throws invalid_data for a channel that is not the key's, and for a key without channels
 */
export function salesChannelsOf(request: RequestContext<unknown, unknown>, asked?: readonly string[]): readonly string[] {
  const channels = request.key?.salesChannelIds ?? []
  if (asked?.some((id) => !channels.includes(id)) === true) {
    throw invalidData('Requested sales channel is not part of the publishable key')
  }
  if (channels.length === 0) throw invalidData('Publishable key needs to have a sales channel configured')
  return asked ?? channels
}

/** The channels that products are shown in; null with a key that has none, which lists no products but narrows nothing here. */
export function channelsShown(request: RequestContext<unknown, unknown>): readonly string[] | null {
  return (request.key?.salesChannelIds.length ?? 0) === 0 ? null : salesChannelsOf(request)
}

/** The signed-in customer's id; null for guests. */
export function signedInId({ actor }: RequestContext<unknown, unknown>): string | null {
  return actor?.type === 'customer' && actor.id !== '' ? actor.id : null
}

/** A list's envelope: `{ things, count, offset, limit }`. */
export function listed(
  name: string,
  rows: readonly unknown[],
  request: { page: { limit: number; offset: number }; fields: { project(entity: unknown): unknown } },
  count: number,
): Record<string, unknown> {
  return { [name]: rows.map((row) => request.fields.project(row)), count, offset: request.page.offset, limit: request.page.limit }
}
