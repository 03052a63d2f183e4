import type { Call } from './call.js'
import { mergedMetadata } from './metadata.js'
import { impossible, missing } from './errors.js'
import { emit } from './events.js'
import { methodFrom } from './methods.js'
import type { PaymentMethod, StripeObject } from './objects.js'
import { filled } from './schema.js'

const ephemeralKeyLife_s = 3_600
const confirmationTokenLife_s = 12 * 3_600

export function createCustomer(call: Call): StripeObject {
  const { account, parameters } = call
  const { address, description, email, metadata, name, phone, shipping } = parameters
  const customer = account.add(
    filled<StripeObject>('Customer', {
      id: account.newId('cus'),
      object: 'customer',
      created: account.world.now_s(),
      description: description ?? null,
      email: email ?? null,
      invoice_prefix: account.world.chance.letters(`${account.id}/prefix`, 8).toUpperCase(),
      invoice_settings: {},
      metadata: mergedMetadata({}, metadata ?? {}),
      shipping: shipping ?? null,
      ...Object.fromEntries(Object.entries({ address, name, phone }).filter(([, value]) => value !== undefined)),
    }),
  )
  emit(account, 'customer.created', customer, call)
  return customer
}

export function updateCustomer(call: Call, id: string): StripeObject {
  const customer = call.account.get('customer', id)
  const { metadata, ...rest } = call.parameters
  Object.assign(customer, rest)
  if (metadata !== undefined) customer.metadata = mergedMetadata(customer.metadata as Record<string, string>, metadata)
  emit(call.account, 'customer.updated', customer, call)
  return customer
}

export function deleteCustomer(call: Call, id: string): StripeObject {
  const customer = call.account.get('customer', id)
  call.account.remove('customer', id)
  emit(call.account, 'customer.deleted', customer, call)
  return { id, object: 'customer', deleted: true }
}

export function attachMethod(call: Call, id: string): StripeObject {
  const method = methodFrom({ ...call, parameters: { payment_method: id } }) as PaymentMethod
  call.account.get('customer', String(call.parameters.customer), 'customer')
  method.customer = String(call.parameters.customer)
  emit(call.account, 'payment_method.attached', method, call)
  return method
}

export function detachMethod(call: Call, id: string): StripeObject {
  const method = call.account.get<PaymentMethod>('payment_method', id)
  method.customer = null
  emit(call.account, 'payment_method.detached', method, call)
  return method
}

/** Made by Stripe.js from what the shopper typed, or by a test from a payment method. */
export function createConfirmationToken(call: Call): StripeObject {
  const { account, parameters } = call
  const method = methodFrom(call)
  if (method === undefined) throw missing('payment_method', '', 'payment_method')
  const { type, billing_details, card, us_bank_account } = method
  const preview = { type, billing_details, ...(card === undefined ? { us_bank_account } : { card }) }
  return account.add(
    filled<StripeObject>('ConfirmationToken', {
      id: account.newId('ctoken'),
      object: 'confirmation_token',
      created: account.world.now_s(),
      expires_at: account.world.now_s() + confirmationTokenLife_s,
      livemode: false,
      payment_method: method.id,
      payment_method_preview: preview,
      return_url: parameters.return_url ?? null,
      setup_future_usage: parameters.setup_future_usage ?? null,
      shipping: null,
    }),
  )
}

/** The token as it is shown: which payment method stands behind it is Stripe's affair. */
export function retrieveConfirmationToken({ account }: Call, id: string): Record<string, unknown> {
  const { payment_method: _, ...token } = account.get('confirmation_token', id)
  return token
}

export function createEphemeralKey({ account }: Call): StripeObject {
  const created = account.world.now_s()
  const id = account.newId('ephkey')
  return { id, object: 'ephemeral_key', created, expires: created + ephemeralKeyLife_s, livemode: false, secret: `ek_test_${id}` }
}

export function createSetupIntent(call: Call): StripeObject {
  const { account, parameters } = call
  const id = account.newId('seti')
  const intent = account.add(
    filled<StripeObject>('SetupIntent', {
      id,
      object: 'setup_intent',
      automatic_payment_methods: { allow_redirects: 'always', enabled: true },
      client_secret: `${id}_secret_${account.world.chance.letters(`${account.id}/secret`)}`,
      created: account.world.now_s(),
      customer: parameters.customer ?? null,
      livemode: false,
      metadata: mergedMetadata({}, parameters.metadata ?? {}),
      payment_method: null,
      payment_method_types: ['card'],
      status: 'requires_payment_method',
      usage: parameters.usage ?? 'off_session',
    }),
  )
  emit(account, 'setup_intent.created', intent, call)
  if (parameters.payment_method === undefined && parameters.confirmation_token === undefined) return intent
  return parameters.confirm === true ? confirmSetupIntent(call, id) : intent
}

export function confirmSetupIntent(call: Call, id: string): StripeObject {
  const { account } = call
  const intent = account.get('setup_intent', id)
  if (call.publishable && call.parameters.client_secret !== intent.client_secret) throw missing('setup_intent', id)
  const method = methodFrom(call)
  if (intent.status === 'succeeded' || intent.status === 'canceled' || method === undefined) {
    throw impossible('setup_intent_unexpected_state', `You cannot confirm this SetupIntent: its status is ${intent.status}.`, {
      setup_intent: { ...intent },
    })
  }
  method.customer = intent.customer as string | null
  Object.assign(intent, { payment_method: method.id, status: 'succeeded' })
  emit(account, 'setup_intent.succeeded', intent, call)
  return intent
}

export function cancelSetupIntent(call: Call, id: string): StripeObject {
  const intent = call.account.get('setup_intent', id)
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw impossible('setup_intent_unexpected_state', `You cannot cancel this SetupIntent: its status is ${intent.status}.`, {
      setup_intent: { ...intent },
    })
  }
  Object.assign(intent, { status: 'canceled', cancellation_reason: call.parameters.cancellation_reason ?? null })
  emit(call.account, 'setup_intent.canceled', intent, call)
  return intent
}
