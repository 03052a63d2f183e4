import type { IncomingHttpHeaders } from 'node:http'
import Stripe from 'stripe'
import type { Call } from './call.js'
import { refused, StripeFailure } from './errors.js'
import { readForm } from './form.js'
import type { Answer } from './idempotency.js'
import type { objectRoots } from './roots.js'
import { expand } from './present.js'
import type { Route } from './route.js'
import { routes } from './routes.js'
import { readParameters, type Violation, violationsOf } from './schema.js'
import type { Account, World } from './world.js'

export interface Request {
  method: string
  path: string
  query: string
  headers: IncomingHttpHeaders
  body: string
}

type Fault = 'after' | 'before' | 'drop' | 'limit' | 'lock'

const keyFormat = /^(sk|rk|pk)_test_([A-Za-z0-9_]+)$/
type Shapes = Record<string, (typeof objectRoots)[number]>

/** The type that an answer must be of, by its `object`. */
const shapes: Shapes = {
  account: 'Account',
  account_link: 'AccountLink',
  account_session: 'AccountSession',
  balance: 'Balance',
  balance_settings: 'BalanceSettings',
  balance_transaction: 'BalanceTransaction',
  charge: 'Charge',
  confirmation_token: 'ConfirmationToken',
  customer: 'Customer',
  dispute: 'Dispute',
  ephemeral_key: 'EphemeralKey',
  payment_intent: 'PaymentIntent',
  payment_method: 'PaymentMethod',
  payout: 'Payout',
  refund: 'Refund',
  setup_intent: 'SetupIntent',
  transfer: 'Transfer',
  transfer_reversal: 'TransferReversal',
  webhook_endpoint: 'WebhookEndpoint',
  'v2.core.account': 'V2.Core.Account',
  'v2.core.account_link': 'V2.Core.AccountLink',
  'v2.core.event_destination': 'V2.Core.EventDestination',
}

const deletedShapes: Shapes = {
  account: 'DeletedAccount',
  customer: 'DeletedCustomer',
  'v2.core.event_destination': 'V2.DeletedObject',
  webhook_endpoint: 'DeletedWebhookEndpoint',
}

/** What the key says about who asks. */
interface Asker {
  account: Account
  publishable: boolean
  restricted: boolean
}

/** The API: who asks, what for, whether it is a repetition, then the doing of it. */
export class Api {
  readonly violations: string[] = []

  constructor(readonly world: World) {}

  /** A fault that strikes this request, or undefined. */
  fault(request: Request): Fault | undefined {
    const { faults } = this.world.settings
    const purpose = `fault/${explicit(request.headers['idempotency-key'])}/${request.method} ${request.path}`
    const struck = (probability: number, kind: string) => probability > 0 && this.world.chance.draw(`${purpose}/${kind}`) < probability
    if (struck(faults.rateLimit429, 'limit')) return 'limit'
    if (struck(faults.lockTimeout429, 'lock')) return 'lock'
    if (struck(faults.failBefore500, 'before')) return 'before'
    if (request.method === 'POST' && struck(faults.failAfter500, 'after')) return 'after'
    return struck(faults.dropAfter, 'drop') ? 'drop' : undefined
  }

  async answer(request: Request, fault: Fault | undefined): Promise<Answer> {
    const requestId = `req_${this.world.chance.letters('request', 14)}`
    const version = request.headers['stripe-version']
    const headers = { 'request-id': requestId, 'stripe-version': typeof version === 'string' ? version : Stripe.API_VERSION }
    try {
      if (fault === 'limit') throw rateLimited()
      if (fault === 'lock') throw lockTimeout()
      if (fault === 'before') throw failed()
      const asker = this.#asker(request)
      return await this.#once(request, asker, requestId, headers, fault === 'after')
    } catch (error) {
      return this.#failure(error, headers, request.path)
    }
  }

  #failure(error: unknown, headers: Record<string, string>, path: string): Answer {
    const failure = error instanceof StripeFailure ? error : this.#bug(error)
    if (failure.status === 409 && path.startsWith('/v2/')) failure.body.type = 'idempotency_error'
    return { status: failure.status, body: JSON.stringify({ error: failure.body }), headers: { ...headers, ...failure.headers } }
  }

  #bug(error: unknown): StripeFailure {
    const told = error instanceof Error ? (error.stack ?? error.message) : String(error)
    this.violations.push(told)
    return new StripeFailure(500, { type: 'api_error', message: `The simulator failed: ${told}` }, false)
  }

  #asker({ headers, body, query }: Request): Asker {
    const given = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1] ?? new URLSearchParams(body || query).get('key') ?? ''
    const [, kind, name] = keyFormat.exec(given) ?? []
    if (kind === undefined || name === undefined) {
      const message = given === '' ? 'You did not provide an API key.' : `Invalid API Key provided: ${given.slice(0, 8)}***`
      throw refused(`${message} The simulator takes sk_test_<name>, rk_test_<name> and pk_test_<name>.`, { status: 401 })
    }
    const platform = this.world.platform(name)
    const rights = { publishable: kind === 'pk', restricted: kind === 'rk' }
    const selected = headers['stripe-account'] ?? headers['stripe-context']
    if (selected === undefined || selected === platform.own.id) return { account: platform.own, ...rights }
    const account = platform.connected.get(String(selected))
    if (account === undefined) {
      const message = `The provided key '${given.slice(0, 8)}***' does not have access to account '${selected}' (or that account does not exist). Application access may have been revoked.`
      throw refused(message, { code: 'account_invalid', status: 403 })
    }
    return { account, ...rights }
  }

  /** Executes what was not executed under this key. */
  async #once(request: Request, asker: Asker, requestId: string, headers: Record<string, string>, failAfter: boolean): Promise<Answer> {
    const header = request.headers['idempotency-key']
    const key = request.method === 'POST' && typeof header === 'string' ? header : undefined
    const kept = asker.account.keys
    if (key !== undefined) {
      const fingerprint = `${request.method} ${request.path} ${request.body}`
      const first = kept.begin(key, fingerprint, this.world.now_ms())
      if (first !== undefined)
        return {
          ...first,
          headers: { ...first.headers, 'idempotent-replayed': 'true', 'original-request': first.headers['request-id'] ?? '' },
        }
    }
    let keep = true
    let answer: Answer
    try {
      await this.#delay()
      const body = JSON.stringify(this.#execute(request, asker, requestId, key ?? null), null, 2)
      answer = { status: 200, body, headers }
      if (failAfter) {
        // The second version finishes on a repetition what failed before; the first keeps the failure.
        if (key !== undefined && request.path.startsWith('/v2/')) kept.keep(key, answer)
        throw failed(!request.path.startsWith('/v2/'))
      }
    } catch (error) {
      keep = error instanceof StripeFailure && error.kept
      answer = this.#failure(error, headers, request.path)
    }
    if (key === undefined) return answer
    if (keep) kept.keep(key, { ...answer, headers: { ...answer.headers, 'idempotency-key': key } })
    else kept.forgetUnanswered(key)
    return { ...answer, headers: { ...answer.headers, 'idempotency-key': key } }
  }

  async #delay(): Promise<void> {
    const [least, most] = this.world.settings.faults.latency_ms
    if (most > 0) await new Promise((resolve) => setTimeout(resolve, this.world.chance.within([least, most], 'latency')))
  }

  #execute(request: Request, asker: Asker, requestId: string, idempotencyKey: string | null): Record<string, unknown> {
    const { route, ids } = this.#route(request)
    if (asker.publishable && route.browser !== true) {
      throw refused('This API call cannot be made with a publishable API key. Please use a secret API key.', {
        status: 401,
        code: 'secret_key_required',
      })
    }
    const prefix = asker.restricted ? asker.account.platform.denied.find((denied) => request.path.startsWith(denied)) : undefined
    if (prefix !== undefined) {
      const message = `The provided key 'rk_test_***' does not have the required permissions for this endpoint (${prefix}).`
      throw refused(message, { status: 403, code: 'more_permissions_required' })
    }
    const { parameters, expansions } = this.#parameters(request, route, asker.publishable)
    const call: Call = { account: asker.account, parameters, requestId, idempotencyKey, publishable: asker.publishable }
    const answer = this.world.because(explicit(idempotencyKey), () => structuredClone(route.run(call, ...ids)))
    expand(asker.account, answer, expansions)
    if (this.world.settings.validate) this.#check(answer, route.method === 'DELETE' ? deletedShapes : shapes)
    return answer
  }

  #route({ method, path }: Request): { route: Route; ids: string[] } {
    const parts = path.split('/')
    for (const route of routes) {
      const pattern = route.path.split('/')
      if (route.method !== method || pattern.length !== parts.length) continue
      if (!pattern.every((part, index) => part === ':' || part === parts[index])) continue
      return { route, ids: parts.filter((_, index) => pattern[index] === ':').map(decodeURIComponent) }
    }
    throw refused(`Unrecognized request URL (${method}: ${path}). The simulator has no such route.`, { status: 404 })
  }

  #parameters(request: Request, route: Route, publishable: boolean): { parameters: Record<string, unknown>; expansions: string[] } {
    const json = request.path.startsWith('/v2/') && request.method === 'POST'
    const given = json ? readJson(request.body) : { ...readForm(request.query), ...readForm(request.body) }
    if (publishable) delete given.key
    // The next page of a v2 list is an address that Stripe gives: what stands in it is no parameter of a client's.
    const { page } = given
    if (request.path.startsWith('/v2/') && page !== undefined) delete given.page
    const read = route.takes === undefined ? { value: given, violations: [] } : readParameters(route.takes, given, !json)
    const wrong = read.violations.find((violation) => !(publishable && violation.kind === 'unknown'))
    if (wrong !== undefined) throw parameterFailure(wrong)
    const { expand: expansions = [], ...parameters } = read.value as Record<string, unknown> & { expand?: string[] }
    return { parameters: page === undefined ? parameters : { ...parameters, page }, expansions }
  }

  /** Answers are held against the SDK's typings: a client that the simulator satisfies must satisfy Stripe, too. */
  #check(answer: Record<string, unknown>, by: Shapes): void {
    if (Array.isArray(answer.data)) {
      for (const one of answer.data) this.#check(one, by)
      return
    }
    const shape = by[String(answer.object)]
    if (shape === undefined) return
    const violations = violationsOf(shape, answer)
    if (violations.length === 0) return
    const told = violations.map(({ kind, path, expected }) => `${kind} ${path.join('.')} (expected ${expected})`).join('; ')
    throw new Error(`the answer is no ${shape}: ${told}`)
  }
}

/** Keys that the SDK makes up are different each time: nothing can be tied to them. */
function explicit(key: unknown): string {
  return typeof key === 'string' && !key.startsWith('stripe-node-retry-') ? key : ''
}

function readJson(body: string): Record<string, unknown> {
  if (body === '') return {}
  try {
    return JSON.parse(body) as Record<string, unknown>
  } catch {
    throw refused('Invalid JSON in the body of the request.')
  }
}

function parameterFailure({ kind, path, expected }: Violation): StripeFailure {
  const [first, ...rest] = path
  const param = `${first}${rest.map((name) => `[${name}]`).join('')}`
  if (kind === 'unknown') return refused(`Received unknown parameter: ${param}`, { code: 'parameter_unknown', param })
  if (kind === 'missing') return refused(`Missing required param: ${param}.`, { code: 'parameter_missing', param })
  if (expected === 'number') return refused(`Invalid integer for ${param}`, { code: 'parameter_invalid_integer', param })
  return refused(`Invalid ${param}: must be ${expected}`, { param })
}

function rateLimited(): StripeFailure {
  const message = 'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.'
  const body = { type: 'invalid_request_error' as const, code: 'rate_limit', message }
  return new StripeFailure(429, body, false, { 'stripe-rate-limited-reason': 'global-rate', 'stripe-should-retry': 'false' })
}

/** Another request held the object for too long. */
function lockTimeout(): StripeFailure {
  const message = 'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.'
  return new StripeFailure(429, { type: 'invalid_request_error', code: 'lock_timeout', message }, false, {
    'stripe-rate-limited-reason': 'resource-specific',
  })
}

function failed(kept = false): StripeFailure {
  const message = 'An unexpected error occurred on the simulated side of Stripe.'
  return new StripeFailure(500, { type: 'api_error', message }, kept)
}
