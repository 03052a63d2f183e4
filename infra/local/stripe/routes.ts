import { accountV1, createAccount, createAccountLink, createAccountSession, profileOf, setState, updateAccount } from './accounts.js'
import {
  closeAccountV2,
  connectedAccount,
  createAccountLinkV2,
  createAccountV2,
  listAccountsV2,
  retrieveAccountV2,
  updateAccountV2,
} from './accounts-v2.js'
import { matchesTransaction, retrieveBalance } from './balance.js'
import type { Call } from './call.js'
import { updateCharge } from './charges.js'
import {
  attachMethod,
  cancelSetupIntent,
  confirmSetupIntent,
  createConfirmationToken,
  createCustomer,
  createEphemeralKey,
  createSetupIntent,
  deleteCustomer,
  detachMethod,
  retrieveConfirmationToken,
  updateCustomer,
} from './customers.js'
import { acceptDispute, updateDispute } from './disputes.js'
import { missing, refused } from './errors.js'
import { createEndpoint, deleteEndpoint, updateEndpoint } from './events.js'
import { cancelIntent, captureIntent, confirmIntent, createIntent, intentOf, updateIntent } from './intents.js'
import { createMethod } from './methods.js'
import type { StripeObject, Transfer } from './objects.js'
import { balanceSettings, cancelPayout, createPayout, updateBalanceSettings } from './payouts.js'
import { listOf } from './present.js'
import { cancelRefund, createRefund, updateRefund } from './refunds.js'
import { by, limitDefault, list, type Route, retrieve, shown } from './route.js'
import {
  createDestination,
  deleteDestination,
  listDestinations,
  listThinEvents,
  retrieveDestination,
  switchDestination,
  updateDestination,
} from './thin-events.js'
import { createReversal, createTransfer, updateTransfer } from './transfers.js'

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

const transfers: Route[] = [
  { method: 'POST', path: '/v1/transfers', takes: 'TransferCreateParams', run: shown(createTransfer) },
  {
    method: 'GET',
    path: '/v1/transfers',
    takes: 'TransferListParams',
    run: list('transfer', '/v1/transfers', by('destination', 'transfer_group')),
  },
  { method: 'GET', path: '/v1/transfers/:', takes: 'TransferRetrieveParams', run: retrieve('transfer') },
  { method: 'POST', path: '/v1/transfers/:', takes: 'TransferUpdateParams', run: shown(updateTransfer) },
  { method: 'POST', path: '/v1/transfers/:/reversals', takes: 'TransferCreateReversalParams', run: shown(createReversal) },
  { method: 'GET', path: '/v1/transfers/:/reversals', takes: 'TransferListReversalsParams', run: listReversals },
  {
    method: 'GET',
    path: '/v1/transfers/:/reversals/:',
    takes: 'TransferRetrieveReversalParams',
    run: (call, _, id) => retrieve('transfer_reversal')(call, id as string),
  },
  { method: 'POST', path: '/v1/payouts', takes: 'PayoutCreateParams', run: shown(createPayout) },
  { method: 'GET', path: '/v1/payouts', takes: 'PayoutListParams', run: list('payout', '/v1/payouts', by('destination', 'status')) },
  { method: 'GET', path: '/v1/payouts/:', takes: 'PayoutRetrieveParams', run: retrieve('payout') },
  { method: 'POST', path: '/v1/payouts/:/cancel', takes: 'PayoutCancelParams', run: shown(cancelPayout) },
  { method: 'GET', path: '/v1/balance_settings', takes: 'BalanceSettingsRetrieveParams', run: ({ account }) => balanceSettings(account) },
  { method: 'POST', path: '/v1/balance_settings', takes: 'BalanceSettingsUpdateParams', run: updateBalanceSettings },
  { method: 'GET', path: '/v1/disputes', takes: 'DisputeListParams', run: list('dispute', '/v1/disputes', by('charge', 'payment_intent')) },
  { method: 'GET', path: '/v1/disputes/:', takes: 'DisputeRetrieveParams', run: retrieve('dispute') },
  { method: 'POST', path: '/v1/disputes/:', takes: 'DisputeUpdateParams', run: shown(updateDispute) },
  { method: 'POST', path: '/v1/disputes/:/close', takes: 'DisputeCloseParams', run: shown(acceptDispute) },
]

const customers: Route[] = [
  { method: 'POST', path: '/v1/customers', takes: 'CustomerCreateParams', run: shown(createCustomer) },
  { method: 'GET', path: '/v1/customers', takes: 'CustomerListParams', run: list('customer', '/v1/customers', by('email')) },
  { method: 'GET', path: '/v1/customers/:', takes: 'CustomerRetrieveParams', run: retrieve('customer') },
  { method: 'POST', path: '/v1/customers/:', takes: 'CustomerUpdateParams', run: shown(updateCustomer) },
  { method: 'DELETE', path: '/v1/customers/:', run: shown(deleteCustomer) },
  { method: 'POST', path: '/v1/payment_methods/:/attach', takes: 'PaymentMethodAttachParams', run: shown(attachMethod) },
  { method: 'POST', path: '/v1/payment_methods/:/detach', takes: 'PaymentMethodDetachParams', run: shown(detachMethod) },
  { method: 'POST', path: '/v1/setup_intents', takes: 'SetupIntentCreateParams', run: shown(createSetupIntent) },
  { method: 'GET', path: '/v1/setup_intents/:', takes: 'SetupIntentRetrieveParams', run: retrieve('setup_intent') },
  { method: 'POST', path: '/v1/setup_intents/:/confirm', takes: 'SetupIntentConfirmParams', browser: true, run: shown(confirmSetupIntent) },
  { method: 'POST', path: '/v1/setup_intents/:/cancel', takes: 'SetupIntentCancelParams', run: shown(cancelSetupIntent) },
  { method: 'POST', path: '/v1/ephemeral_keys', takes: 'EphemeralKeyCreateParams', run: shown(createEphemeralKey) },
  {
    method: 'POST',
    path: '/v1/confirmation_tokens',
    browser: true,
    run: (call) => retrieveConfirmationToken(call, createConfirmationToken(call).id),
  },
  {
    method: 'POST',
    path: '/v1/test_helpers/confirmation_tokens',
    run: (call) => retrieveConfirmationToken(call, createConfirmationToken(call).id),
  },
  {
    method: 'GET',
    path: '/v1/confirmation_tokens/:',
    takes: 'ConfirmationTokenRetrieveParams',
    run: (call, id) => retrieveConfirmationToken(call, id as string),
  },
]

const accounts: Route[] = [
  { method: 'GET', path: '/v1/account', takes: 'AccountRetrieveParams', run: ({ account }) => accountV1(account) },
  { method: 'POST', path: '/v1/accounts', takes: 'AccountCreateParams', run: createAccount },
  { method: 'GET', path: '/v1/accounts', takes: 'AccountListParams', run: listAccounts },
  {
    method: 'GET',
    path: '/v1/accounts/:',
    takes: 'AccountRetrieveParams',
    run: (call, id) => accountV1(ownOrConnected(call, id as string)),
  },
  {
    method: 'POST',
    path: '/v1/accounts/:',
    takes: 'AccountUpdateParams',
    run: (call, id) => updateAccount(call, ownOrConnected(call, id as string)),
  },
  { method: 'DELETE', path: '/v1/accounts/:', run: deleteAccount },
  { method: 'POST', path: '/v1/account_links', takes: 'AccountLinkCreateParams', run: (call) => createAccountLink(call, named(call)) },
  { method: 'POST', path: '/v1/account_sessions', takes: 'AccountSessionCreateParams', run: (call) => createAccountSession(named(call)) },
  { method: 'POST', path: '/v2/core/accounts', takes: 'V2.Core.AccountCreateParams', run: createAccountV2 },
  { method: 'GET', path: '/v2/core/accounts', takes: 'V2.Core.AccountListParams', run: listAccountsV2 },
  {
    method: 'GET',
    path: '/v2/core/accounts/:',
    takes: 'V2.Core.AccountRetrieveParams',
    run: (call, id) => retrieveAccountV2(call, id as string),
  },
  {
    method: 'POST',
    path: '/v2/core/accounts/:',
    takes: 'V2.Core.AccountUpdateParams',
    run: (call, id) => updateAccountV2(call, id as string),
  },
  {
    method: 'POST',
    path: '/v2/core/accounts/:/close',
    takes: 'V2.Core.AccountCloseParams',
    run: (call, id) => closeAccountV2(call, id as string),
  },
  { method: 'POST', path: '/v2/core/account_links', takes: 'V2.Core.AccountLinkCreateParams', run: createAccountLinkV2 },
]

const destinations: Route[] = [
  { method: 'POST', path: '/v2/core/event_destinations', takes: 'V2.Core.EventDestinationCreateParams', run: createDestination },
  { method: 'GET', path: '/v2/core/event_destinations', takes: 'V2.Core.EventDestinationListParams', run: listDestinations },
  {
    method: 'GET',
    path: '/v2/core/event_destinations/:',
    takes: 'V2.Core.EventDestinationRetrieveParams',
    run: (call, id) => retrieveDestination(call, id as string),
  },
  {
    method: 'POST',
    path: '/v2/core/event_destinations/:',
    takes: 'V2.Core.EventDestinationUpdateParams',
    run: (call, id) => updateDestination(call, id as string),
  },
  { method: 'POST', path: '/v2/core/event_destinations/:/enable', run: (call, id) => switchDestination(call, id as string, 'enabled') },
  { method: 'POST', path: '/v2/core/event_destinations/:/disable', run: (call, id) => switchDestination(call, id as string, 'disabled') },
  { method: 'DELETE', path: '/v2/core/event_destinations/:', run: (call, id) => deleteDestination(call, id as string) },
  { method: 'GET', path: '/v2/core/events', takes: 'V2.Core.EventListParams', run: listThinEvents },
  { method: 'GET', path: '/v2/core/events/:', run: retrieve('v2.core.event') },
]

export const routes: readonly Route[] = [...payments, ...money, ...transfers, ...customers, ...accounts, ...destinations, ...webhooks]

function listReversals(call: Call, transferId?: string): Record<string, unknown> {
  const transfer = call.account.get<Transfer>('transfer', transferId as string)
  return list('transfer_reversal', `/v1/transfers/${transfer.id}/reversals`, (_, reversal) => reversal.transfer === transfer.id)(call)
}

function ownOrConnected(call: Call, id: string) {
  return id === call.account.id ? call.account : connectedAccount(call, id)
}

const named = (call: Call) => connectedAccount(call, String(call.parameters.account))

function listAccounts({ account, parameters }: Call): Record<string, unknown> {
  const { limit = limitDefault } = parameters as { limit?: number }
  const all = [...account.platform.connected.values()].reverse()
  return { object: 'list', data: all.slice(0, limit).map(accountV1), has_more: all.length > limit, url: '/v1/accounts' }
}

function deleteAccount(call: Call, id?: string): StripeObject {
  const account = connectedAccount(call, id as string)
  if (profileOf(account).state === 'closed') throw missing('account', account.id)
  setState(account, 'closed', null, call)
  call.account.platform.connected.delete(account.id)
  return { id: account.id, object: 'account', deleted: true }
}

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
