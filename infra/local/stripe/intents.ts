import { settled } from './balance.js'
import { type Call, refuseIgnored } from './call.js'
import { authorisation_ms, captureCharge, createCharge } from './charges.js'
import { mergedMetadata } from './metadata.js'
import { checkAmount, checkChargeable, currencyOf, written } from './currencies.js'
import { impossible, missing, refused, StripeFailure } from './errors.js'
import { openDispute } from './disputes.js'
import { emit } from './events.js'
import { methodFrom } from './methods.js'
import type { Charge, Intent } from './objects.js'
import type { Behaviour } from './payment-methods.js'
import { presented } from './present.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

/** A bank debit is known to have worked so much later. */
const bankDays_ms = 4 * 86_400_000
const unauthenticated = {
  code: 'authentication_required',
  decline_code: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
}
const dispute_ms = 60_000
/** Other kinds of charges: the simulator has separate charges and transfers only. */
const notSimulated = ['application_fee_amount', 'hooks', 'on_behalf_of', 'transfer_data']
const beforeConfirmation = ['requires_payment_method', 'requires_confirmation', 'requires_action'] as const

export function createIntent(call: Call): Intent {
  const { account, parameters } = call
  refuseIgnored(parameters, notSimulated)
  const currency = currencyOf(String(parameters.currency))
  checkChargeable(parameters.amount as number, currency)
  // Refuses a currency that has no rate now, not when the charge is settled.
  settled(account, parameters.amount as number, currency)
  if (parameters.customer !== undefined) account.get('customer', String(parameters.customer), 'customer')
  const id = account.newId('pi')
  const { amount, description, receipt_email, setup_future_usage, shipping, statement_descriptor, transfer_group } = parameters
  const types = (parameters.allowed_payment_method_types as string[] | undefined) ?? ['card']
  const intent = filled<Intent>('PaymentIntent', {
    id,
    object: 'payment_intent',
    amount: amount as number,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    allowed_payment_method_types: (parameters.allowed_payment_method_types as string[] | undefined) ?? null,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    capture_method: (parameters.capture_method as Intent['capture_method'] | undefined) ?? 'automatic_async',
    client_secret: `${id}_secret_${account.world.chance.letters(`${account.id}/secret`)}`,
    confirmation_method: parameters.confirmation_method ?? 'automatic',
    created: account.world.now_s(),
    currency,
    customer: (parameters.customer as string | undefined) ?? null,
    description: (description as string | undefined) ?? null,
    latest_charge: null,
    livemode: false,
    metadata: mergedMetadata({}, parameters.metadata ?? {}),
    next_action: null,
    payment_method: null,
    payment_method_options: { card: { installments: null, mandate_options: null, network: null, request_three_d_secure: 'automatic' } },
    payment_method_types: types,
    receipt_email: receipt_email ?? null,
    setup_future_usage: setup_future_usage ?? null,
    shipping: shipping ?? null,
    statement_descriptor: statement_descriptor ?? null,
    status: 'requires_payment_method',
    transfer_group: (transfer_group as string | undefined) ?? null,
  })
  const method = methodFrom(call)
  if (method !== undefined) Object.assign(intent, { payment_method: method.id, status: 'requires_confirmation' })
  account.add(intent)
  emit(account, 'payment_intent.created', intent, call)
  return parameters.confirm === true ? confirm(call, intent) : intent
}

/** A browser sees a payment whose secret it knows, and that one alone. */
export function intentOf(call: Call, id: string): Intent {
  const intent = call.account.get<Intent>('payment_intent', id, 'intent')
  if (call.publishable && call.parameters.client_secret !== intent.client_secret) throw missing('payment_intent', id, 'intent')
  return intent
}

export function updateIntent(call: Call, id: string): Intent {
  const intent = intentOf(call, id)
  const { amount, currency, metadata, payment_method, client_secret: _, expand: __, ...rest } = call.parameters
  if (amount !== undefined || currency !== undefined) {
    allow(intent, 'update', beforeConfirmation)
    const wanted = currency === undefined ? intent.currency : currencyOf(String(currency))
    checkChargeable((amount as number | undefined) ?? intent.amount, wanted)
    Object.assign(intent, { amount: amount ?? intent.amount, currency: wanted })
  }
  if (payment_method !== undefined) {
    allow(intent, 'update', beforeConfirmation)
    Object.assign(intent, { payment_method: methodFrom(call)?.id ?? null, status: 'requires_confirmation' })
  }
  if (metadata !== undefined) intent.metadata = mergedMetadata(intent.metadata, metadata)
  for (const name of ['description', 'receipt_email', 'shipping', 'transfer_group', 'setup_future_usage', 'customer']) {
    if (name in rest) intent[name] = rest[name] === '' ? null : rest[name]
  }
  return intent
}

export function confirmIntent(call: Call, id: string): Intent {
  return confirm(call, intentOf(call, id))
}

function allow(intent: Intent, verb: string, states: readonly Intent['status'][]): void {
  if (states.includes(intent.status)) return
  const wanted = states.join(', ')
  throw impossible(
    'payment_intent_unexpected_state',
    `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be ${verb === 'cancel' ? 'canceled' : `${verb}ed`.replace('eed', 'ed')}: ${wanted}.`,
    { payment_intent: { ...intent } },
  )
}

function confirm(call: Call, intent: Intent): Intent {
  allow(intent, 'confirm', beforeConfirmation)
  const method = methodFrom(call)
  if (method !== undefined) intent.payment_method = method.id
  if (intent.payment_method === null) {
    throw impossible(
      'payment_intent_unexpected_state',
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method or ConfirmationToken.",
      { payment_intent: { ...intent } },
    )
  }
  const behaviour = behaviourOf(call.account, intent)
  Object.assign(intent, { last_payment_error: null, next_action: null })
  if (behaviour.authentication === true) {
    const { error_on_requires_action, off_session } = call.parameters
    if (error_on_requires_action === true || off_session === true)
      return attempt(call.account, intent, { ...behaviour, decline: unauthenticated }, call)
    intent.status = 'requires_action'
    intent.next_action = nextAction(call, intent)
    emit(call.account, 'payment_intent.requires_action', intent, call)
    return intent
  }
  return attempt(call.account, intent, behaviour, call)
}

function behaviourOf(account: Account, intent: Intent): Behaviour {
  const behaviour = account.behaviours.get(intent.payment_method ?? '')
  if (behaviour === undefined)
    throw refused(`No such PaymentMethod: '${intent.payment_method}'`, { code: 'resource_missing', param: 'payment_method' })
  return behaviour
}

/** With a `return_url` the browser is sent to a page, otherwise Stripe.js shows one. */
function nextAction(call: Call, intent: Intent): Record<string, unknown> {
  const return_url = (call.parameters.return_url as string | undefined) ?? null
  const page = `${call.account.world.settings.url}/3ds/${intent.id}?client_secret=${intent.client_secret}`
  if (return_url === null) return { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', stripe_js: page } }
  return { type: 'redirect_to_url', redirect_to_url: { return_url, url: page } }
}

/** Asks the bank. */
function attempt(account: Account, intent: Intent, behaviour: Behaviour, call?: Call): Intent {
  if (behaviour.decline !== undefined) {
    const charge = createCharge(account, intent, behaviour, {
      status: 'failed',
      paid: false,
      failure_code: behaviour.decline.code,
      failure_message: behaviour.decline.message,
    })
    throw declined(account, intent, charge, behaviour.decline, call)
  }
  if (behaviour.type === 'us_bank_account') return startDebit(account, intent, behaviour, call)
  const charge = createCharge(account, intent, behaviour, {})
  if (intent.capture_method === 'manual') {
    Object.assign(intent, { status: 'requires_capture', amount_capturable: intent.amount })
    account.world.later(authorisation_ms, 'lapse', account, intent.id)
    emit(account, 'charge.succeeded', charge, call)
    emit(account, 'payment_intent.amount_capturable_updated', intent, call)
    return intent
  }
  Object.assign(intent, { status: 'succeeded', amount_received: intent.amount })
  captureCharge(account, charge, intent)
  disputeLater(account, charge, behaviour)
  emit(account, 'charge.succeeded', charge, call)
  emit(account, 'payment_intent.succeeded', intent, call)
  return intent
}

export function lapse(account: Account, id: string): void {
  const intent = account.get<Intent>('payment_intent', id)
  if (intent.status !== 'requires_capture') return
  const charge = account.get<Charge>('charge', intent.latest_charge as string)
  Object.assign(charge, { amount_refunded: charge.amount, refunded: true })
  Object.assign(intent, { status: 'canceled', amount_capturable: 0, canceled_at: account.world.now_s(), cancellation_reason: 'automatic' })
  emit(account, 'charge.expired', charge)
  emit(account, 'payment_intent.canceled', intent)
}

/** Some test cards are paid and then disputed. */
function disputeLater(account: Account, charge: Charge, { dispute }: Behaviour): void {
  if (dispute !== undefined) account.world.later(dispute_ms, 'dispute', account, charge.id)
}

export function disputeAsCardSays(account: Account, chargeId: string): void {
  const { payment_method } = account.get<Charge>('charge', chargeId)
  const { dispute } = account.behaviours.get(payment_method ?? '') ?? {}
  for (let number = 0; number < (dispute?.count ?? 0); number++) openDispute(account, chargeId, dispute)
}

function startDebit(account: Account, intent: Intent, behaviour: Behaviour, call?: Call): Intent {
  const charge = createCharge(account, intent, behaviour, { status: 'pending', paid: false })
  intent.status = 'processing'
  emit(account, 'payment_intent.processing', intent, call)
  emit(account, 'charge.pending', charge, call)
  account.world.later(bankDays_ms, 'finish_debit', account, intent.id)
  return intent
}

export function finishDebit(account: Account, id: string): void {
  const intent = account.get<Intent>('payment_intent', id)
  if (intent.status !== 'processing') return
  const charge = account.get<Charge>('charge', intent.latest_charge as string)
  Object.assign(charge, { status: 'succeeded', paid: true })
  Object.assign(intent, { status: 'succeeded', amount_received: intent.amount })
  captureCharge(account, charge, intent)
  emit(account, 'charge.succeeded', charge)
  emit(account, 'payment_intent.succeeded', intent)
}

function declined(
  account: Account,
  intent: Intent,
  charge: Charge,
  decline: NonNullable<Behaviour['decline']>,
  call?: Call,
): StripeFailure {
  const method = account.find('payment_method', intent.payment_method ?? '')
  const error = {
    type: 'card_error' as const,
    charge: charge.id,
    doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll('_', '-')}`,
    ...decline,
    ...(method === undefined ? {} : { payment_method: { ...method } }),
  }
  Object.assign(intent, { status: 'requires_payment_method', payment_method: null, last_payment_error: error })
  emit(account, 'charge.failed', charge, call)
  emit(account, 'payment_intent.payment_failed', intent, call)
  return new StripeFailure(402, { ...error, payment_intent: presented(account, intent) }, true)
}

/** The shopper has proved, or not, that the card is theirs. */
export function finishAuthentication(account: Account, id: string, outcome: 'succeed' | 'fail'): void {
  const intent = account.get<Intent>('payment_intent', id)
  if (intent.status !== 'requires_action') throw new Error(`payment intent ${id} is ${intent.status}: there is nothing to authenticate`)
  intent.next_action = null
  if (outcome === 'succeed') {
    try {
      attempt(account, intent, behaviourOf(account, intent))
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error
    }
    return
  }
  const message = 'We are unable to authenticate your payment method. Please choose a different payment method and try again.'
  const last_payment_error = { type: 'invalid_request_error', code: 'payment_intent_authentication_failure', message }
  Object.assign(intent, { status: 'requires_payment_method', payment_method: null, last_payment_error })
  emit(account, 'payment_intent.payment_failed', intent)
}

export function captureIntent(call: Call, id: string): Intent {
  const { account, parameters } = call
  const intent = intentOf(call, id)
  const amount = (parameters.amount_to_capture as number | undefined) ?? intent.amount_capturable
  if (intent.status !== 'requires_capture') allow(intent, 'capture', ['requires_capture'])
  checkAmount(amount, intent.currency, 'amount_to_capture')
  if (amount > intent.amount_capturable) {
    const [asked, most] = [written(amount, intent.currency), written(intent.amount_capturable, intent.currency)]
    throw impossible('amount_too_large', `The amount to capture (${asked}) must not be more than what is authorised (${most}).`, {
      param: 'amount_to_capture',
    })
  }
  const charge = account.get<Charge>('charge', intent.latest_charge as string)
  Object.assign(intent, { status: 'succeeded', amount_capturable: 0, amount_received: amount })
  captureCharge(account, charge, intent)
  disputeLater(account, charge, behaviourOf(account, intent))
  emit(account, 'charge.captured', charge, call)
  emit(account, 'payment_intent.succeeded', intent, call)
  return intent
}

export function cancelIntent(call: Call, id: string): Intent {
  const { account, parameters } = call
  const intent = intentOf(call, id)
  allow(intent, 'cancel', [...beforeConfirmation, 'requires_capture', 'processing'])
  const held = intent.status === 'requires_capture' ? account.find<Charge>('charge', intent.latest_charge ?? '') : undefined
  Object.assign(intent, {
    status: 'canceled',
    amount_capturable: 0,
    canceled_at: account.world.now_s(),
    cancellation_reason: parameters.cancellation_reason ?? null,
    next_action: null,
  })
  if (held !== undefined) {
    Object.assign(held, { amount_refunded: held.amount, refunded: true })
    emit(account, 'charge.refunded', held, call)
  }
  emit(account, 'payment_intent.canceled', intent, call)
  return intent
}
