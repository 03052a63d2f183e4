import ipaddr from 'ipaddr.js'
import { invalidData, limits } from '../kernel/index.js'

/** Where webhooks may go. What a store names is called by our machine, which reaches what the store's people do not. */
export interface WebhookReach {
  /** Not in production. */
  allowsHttp: boolean
  /** This machine itself, for trying webhooks out. */
  allowsLoopback: boolean
}

/** What the deployment's settings allow. */
export const webhookReach = (config: { environment: string; webhooksToLoopback: boolean }): WebhookReach => ({
  allowsHttp: config.environment !== 'production',
  allowsLoopback: config.webhooksToLoopback,
})

/** The part of IPv6 that is given out to the world; the rest leads to networks of one's own, or wraps an address of IPv4. */
const worldOfIpv6 = ipaddr.parseCIDR('2000::/3') as [ipaddr.IPv6, number]

/**
 * Why no webhook goes to an address; null for one that is open to the world. Unknown ranges are refused: what is let through is
 * named, what is not is not.
 */
export function refusalOf(address: string, reach: WebhookReach): string | null {
  if (!ipaddr.isValid(address)) return `${address} is no address`
  // Of an IPv4 address in IPv6's clothes: what is inside counts.
  const parsed = ipaddr.process(address)
  const range = parsed.range()
  if (range === 'loopback') return reach.allowsLoopback ? null : refused(address, range)
  if (range !== 'unicast') return refused(address, range)
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(worldOfIpv6)) return refused(address, 'outside of the public networks')
  return null
}

const refused = (address: string, range: string) => `Webhooks do not go to ${address} (${range}): name a host that is open to the world`

/** The host of an address as it is looked up: IPv6 without its brackets. */
export const hostOf = (url: URL) => url.hostname.replace(/^\[|\]$/g, '')

/**
 * Reads where a webhook is to go. A host's name is looked at again each time it is called, since it may lead elsewhere by then.
 * @throws invalid_data that says what is wrong with it
 */
export function webhookUrl(text: string, reach: WebhookReach): string {
  const url = URL.canParse(text) ? new URL(text) : null
  const schemes = reach.allowsHttp ? ['https:', 'http:'] : ['https:']
  if (url === null || !schemes.includes(url.protocol)) throw invalidData(`A webhook's url begins with ${schemes.join('// or ')}//`)
  if (url.href.length > limits.webhookUrl_characters)
    throw invalidData(`A webhook's url has at most ${limits.webhookUrl_characters} characters`)
  if (url.username !== '' || url.password !== '') throw invalidData("A webhook's url has no user name and no password: check the signature")
  const host = hostOf(url)
  const refusal = ipaddr.isValid(host) ? refusalOf(host, reach) : null
  if (refusal !== null) throw invalidData(refusal)
  return url.href
}
