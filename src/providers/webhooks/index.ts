import dns from 'node:dns/promises'
import http from 'node:http'
import https from 'node:https'
import { isIP, type LookupFunction } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { assertNoUnit } from '../../db/index.js'
import { limits } from '../../kernel/index.js'
import { hostOf, refusalOf, type WebhookAnswer, type WebhookCaller, type WebhookReach, type WebhookRequest } from '../../webhooks/index.js'

const timeout_ms = 10_000
/** Of the four jobs that a process does at once: whoever hangs takes no more than half of them, whatever else is to be done. */
const callsAtOnce = 2
const turn_ms = 1_000
/** Of an answer only its beginning is kept: what comes behind so much is not waited for. */
const answer_bytes = 16_000

export interface WebhookCallerOptions extends WebhookReach {
  /** All addresses of a host. */
  resolve?: (host: string) => Promise<string[]>
  timeout_ms?: number
  /** Told where a name leads: who owns the webhook is not, since it may be a way into the house. */
  log?: { warn(fields: object, message: string): void }
}

type Outcome = Omit<WebhookAnswer, 'duration_ms'>

/**
 * Calls what stores name. The host is looked up here, each of its addresses is checked, and the connection goes to one that was:
 * looked up again, the name could lead elsewhere. Redirects are answers like others, and not followed.
 */
export function webhookCaller(options: WebhookCallerOptions): WebhookCaller {
  const resolve = options.resolve ?? addressesOf
  let calls = 0
  return {
    async takeTurn() {
      assertNoUnit('waiting for a turn to send a webhook')
      // Most calls take some milliseconds.
      for (const until = performance.now() + turn_ms; calls >= callsAtOnce; await pause(turn_ms / 50)) {
        if (performance.now() > until) return null
      }
      calls += 1
      return () => {
        calls -= 1
      }
    },
    async call(request) {
      assertNoUnit('sending a webhook')
      const began = performance.now()
      const signal = AbortSignal.timeout(options.timeout_ms ?? timeout_ms)
      const answered = await withinTime(attempt(request, resolve, options, signal), signal).catch((error: Error) => ({
        status: null,
        body: null,
        error: signal.aborted ? `no answer within ${(options.timeout_ms ?? timeout_ms) / 1_000} s` : error.message,
      }))
      return { ...answered, duration_ms: Math.round(performance.now() - began) }
    },
  }
}

const addressesOf = async (host: string) => (await dns.lookup(host, { all: true })).map(({ address }) => address)

async function attempt(
  request: WebhookRequest,
  resolve: (host: string) => Promise<string[]>,
  { log, ...reach }: WebhookCallerOptions,
  signal: AbortSignal,
): Promise<Outcome> {
  const url = new URL(request.url)
  if (url.protocol !== 'https:' && !reach.allowsHttp) throw new Error('only https:// is called')
  const host = hostOf(url)
  if (isIP(host) !== 0) {
    const refusal = refusalOf(host, reach)
    if (refusal !== null) throw new Error(refusal)
    return post(url, host, request, signal)
  }
  const addresses = await resolve(host)
  const refusals = addresses.map((one) => refusalOf(one, reach)).filter((refusal) => refusal !== null)
  if (refusals.length > 0) log?.warn({ host, refusals }, 'a webhook was to go where none goes')
  const [address] = addresses
  if (address === undefined || refusals.length > 0) throw new Error(`${host} leads to no public address: webhooks go to no other`)
  return post(url, address, request, signal)
}

/** Whatever the other side does: an attempt that never ends would hold its job for ever. */
function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }))
  return Promise.race([work, late])
}

function post(url: URL, address: string, request: WebhookRequest, signal: AbortSignal): Promise<Outcome> {
  const family = isIP(address)
  const lookup: LookupFunction = (_host, wanted, found) => (wanted.all ? found(null, [{ address, family }]) : found(null, address, family))
  const { request: open } = url.protocol === 'https:' ? https : http
  return new Promise((resolve, reject) => {
    const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(request.body)) }
    let fail: (error: Error) => void = reject
    const sent = open(url, { method: 'POST', headers, lookup, signal, agent: false }, (response) => {
      const chunks: Buffer[] = []
      let length = 0
      const end = () => {
        const status = response.statusCode as number
        const body = Buffer.concat(chunks).toString('utf8').replaceAll('\0', '').slice(0, limits.webhookAnswer_characters)
        const isGood = status >= 200 && status < 300
        resolve({ status, body, error: isGood ? null : `answered ${status}` })
        response.destroy()
      }
      // The status is what counts: a body that breaks off takes nothing of it back.
      fail = end
      response.on('error', end)
      response.on('end', end)
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk)
        length += chunk.length
        if (length >= answer_bytes) end()
      })
    })
    sent.on('error', (error) => fail(error))
    // Another protocol is offered, for which nobody asked.
    sent.on('upgrade', ({ statusCode }, socket) => {
      socket.destroy()
      resolve({ status: statusCode as number, body: '', error: `answered ${statusCode}` })
    })
    sent.on('close', () => fail(new Error('the connection was closed without an answer')))
    sent.end(request.body)
  })
}
