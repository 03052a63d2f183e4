import { matchesTransaction, retrieveBalance } from './balance.js'
import type { Call } from './call.js'
import { updateCharge } from './charges.js'
import { refused } from './errors.js'
import { createEndpoint, deleteEndpoint, updateEndpoint } from './events.js'
import { cancelIntent, captureIntent, confirmIntent, createIntent, intentOf, updateIntent } from './intents.js'
import { createMethod } from './methods.js'
import type { StripeObject } from './objects.js'
import { listOf, presented } from './present.js'
import { cancelRefund, createRefund, updateRefund } from './refunds.js'
import type { SchemaName } from './schema.js'

export interface Route {
  method: 'GET' | 'POST' | 'DELETE'
  /** Each `:` stands for one id. */
  path: string
  /** The type of its parameters; without one it takes none. */
  takes?: SchemaName
  /** Where a browser may ask, with the publishable key. */
  browser?: boolean
  run: (call: Call, ...ids: string[]) => Record<string, unknown>
}

const limitMax = 100
const limitDefault = 10

type Matches = (call: Call, object: StripeObject) => boolean

/** Equal to every parameter of that name. */
const by =
  (...names: string[]): Matches =>
  ({ parameters }, object) =>
    names.every((name) => parameters[name] === undefined || parameters[name] === object[name])

/** Newest first, page by page, filtered by creation and by whatever `matches` says. */
export function list(kind: string, path: string, matches: Matches): Route['run'] {
  return (call) => {
    const { account, parameters } = call
    const limit = (parameters.limit as number | undefined) ?? limitDefault
    if (limit < 1 || limit > limitMax)
      throw refused(`This value must be between 1 and ${limitMax}.`, { code: 'parameter_invalid_integer', param: 'limit' })
    let found = account.all(kind).filter((object) => createdWithin(object, parameters.created) && matches(call, object))
    const position = (id: unknown, parameter: string) => {
      account.get(kind, String(id), parameter)
      return found.findIndex((object) => object.id === id)
    }
    if (parameters.starting_after !== undefined) found = found.slice(0, position(parameters.starting_after, 'starting_after'))
    if (parameters.ending_before !== undefined) {
      found = found.slice(position(parameters.ending_before, 'ending_before') + 1)
      const page = listOf(account, found.slice(0, limit), path, limit)
      return { ...page, has_more: found.length > limit }
    }
    return { ...listOf(account, found, path, limit) }
  }
}

type Range = { gt?: number; gte?: number; lt?: number; lte?: number }

function createdWithin(object: StripeObject, range: unknown): boolean {
  if (range === undefined) return true
  const created = object.created as number
  if (typeof range === 'number') return created === range
  const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = range as Range
  return created > gt && created >= gte && created < lt && created <= lte
}

const retrieve =
  (kind: string): Route['run'] =>
  ({ account }, id) =>
    presented(account, account.get(kind, id as string))

/** What `run` returns, as it is shown. */
const shown =
  (run: (call: Call, id: string) => StripeObject): Route['run'] =>
  (call, id) =>
    presented(call.account, run(call, id as string))

const payments: Route[] = [
  { method: 'POST', path: '/v1/payment_intents', takes: 'PaymentIntentCreateParams', run: shown(createIntent) },
  {
    method: 'GET',
    path: '/v1/payment_intents',
    takes: 'PaymentIntentListParams',
    run: list('payment_intent', '/v1/payment_intents', by('customer')),
  },
  { method: 'GET', path: '/v1/payment_intents/search', takes: 'PaymentIntentSearchParams', run: searchIntents },
  { method: 'GET', path: '/v1/payment_intents/:', takes: 'PaymentIntentRetrieveParams', browser: true, run: shown(intentOf) },
  { method: 'POST', path: '/v1/payment_intents/:', takes: 'PaymentIntentUpdateParams', run: shown(updateIntent) },
  { method: 'POST', path: '/v1/payment_intents/:/confirm', takes: 'PaymentIntentConfirmParams', browser: true, run: shown(confirmIntent) },
  { method: 'POST', path: '/v1/payment_intents/:/capture', takes: 'PaymentIntentCaptureParams', run: shown(captureIntent) },
  { method: 'POST', path: '/v1/payment_intents/:/cancel', takes: 'PaymentIntentCancelParams', run: shown(cancelIntent) },
  { method: 'POST', path: '/v1/payment_methods', takes: 'PaymentMethodCreateParams', browser: true, run: shown(createMethod) },
  { method: 'GET', path: '/v1/payment_methods/:', takes: 'PaymentMethodRetrieveParams', run: retrieve('payment_method') },
  {
    method: 'GET',
    path: '/v1/charges',
    takes: 'ChargeListParams',
    run: list('charge', '/v1/charges', by('customer', 'payment_intent', 'transfer_group')),
  },
  { method: 'GET', path: '/v1/charges/:', takes: 'ChargeRetrieveParams', run: retrieve('charge') },
  { method: 'POST', path: '/v1/charges/:', takes: 'ChargeUpdateParams', run: shown(updateCharge) },
  { method: 'POST', path: '/v1/refunds', takes: 'RefundCreateParams', run: shown(createRefund) },
  { method: 'GET', path: '/v1/refunds', takes: 'RefundListParams', run: list('refund', '/v1/refunds', by('charge', 'payment_intent')) },
  { method: 'GET', path: '/v1/refunds/:', takes: 'RefundRetrieveParams', run: retrieve('refund') },
  { method: 'POST', path: '/v1/refunds/:', takes: 'RefundUpdateParams', run: shown(updateRefund) },
  { method: 'POST', path: '/v1/refunds/:/cancel', takes: 'RefundCancelParams', run: shown(cancelRefund) },
]

const money: Route[] = [
  { method: 'GET', path: '/v1/balance', takes: 'BalanceRetrieveParams', run: retrieveBalance },
  {
    method: 'GET',
    path: '/v1/balance_transactions',
    takes: 'BalanceTransactionListParams',
    run: list('balance_transaction', '/v1/balance_transactions', matchesTransaction),
  },
  { method: 'GET', path: '/v1/balance_transactions/:', takes: 'BalanceTransactionRetrieveParams', run: retrieve('balance_transaction') },
]

const webhooks: Route[] = [
  { method: 'POST', path: '/v1/webhook_endpoints', takes: 'WebhookEndpointCreateParams', run: shown(createEndpoint) },
  {
    method: 'GET',
    path: '/v1/webhook_endpoints',
    takes: 'WebhookEndpointListParams',
    run: list('webhook_endpoint', '/v1/webhook_endpoints', () => true),
  },
  { method: 'GET', path: '/v1/webhook_endpoints/:', takes: 'WebhookEndpointRetrieveParams', run: retrieve('webhook_endpoint') },
  { method: 'POST', path: '/v1/webhook_endpoints/:', takes: 'WebhookEndpointUpdateParams', run: shown(updateEndpoint) },
  { method: 'DELETE', path: '/v1/webhook_endpoints/:', run: (call, id) => deleteEndpoint(call, id as string) },
  { method: 'GET', path: '/v1/events', takes: 'EventListParams', run: list('event', '/v1/events', matchesEvent) },
  { method: 'GET', path: '/v1/events/:', takes: 'EventRetrieveParams', run: retrieve('event') },
]

export const routes: readonly Route[] = [...payments, ...money, ...webhooks]

function matchesEvent({ parameters }: Call, event: StripeObject): boolean {
  const types = parameters.types as string[] | undefined
  const type = parameters.type as string | undefined
  if (types !== undefined) return types.includes(event.type as string)
  return type === undefined || type === event.type || (type.endsWith('.*') && (event.type as string).startsWith(type.slice(0, -1)))
}

/** Stripe's search of metadata: `metadata['op']:'value'`, several joined by AND. */
function searchIntents({ account, parameters }: Call): Record<string, unknown> {
  const terms = [...String(parameters.query).matchAll(/metadata\[["']([^"']+)["']\]\s*:\s*["']([^"']*)["']/g)]
  if (terms.length === 0) throw refused(`We were unable to parse your search query: ${parameters.query}`, { param: 'query' })
  const found = account.all('payment_intent').filter((intent) => {
    const metadata = intent.metadata as Record<string, string>
    return terms.every(([, name, value]) => metadata[name as string] === value)
  })
  const { data, has_more, url } = listOf(
    account,
    found,
    '/v1/payment_intents/search',
    (parameters.limit as number | undefined) ?? limitDefault,
  )
  return { object: 'search_result', data, has_more, next_page: null, url }
}
