import type { Call } from './call.js'
import { StripeFailure } from './errors.js'
import type { PaymentMethod } from './objects.js'
import { type Behaviour, behaviourOfNumber, magicBehaviour } from './payment-methods.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

function addMethod(account: Account, behaviour: Behaviour): PaymentMethod {
  const { brand, last4, type } = behaviour
  const details =
    type === 'card'
      ? { card: { brand, display_brand: brand, last4, country: 'US', exp_month: 12, exp_year: 2034, funding: 'credit' } }
      : { us_bank_account: { last4, bank_name: 'STRIPE TEST BANK', routing_number: '110000000' } }
  const method = account.add<PaymentMethod>(
    filled<PaymentMethod>('PaymentMethod', {
      id: account.newId('pm'),
      object: 'payment_method',
      allow_redisplay: 'unspecified',
      billing_details: {},
      created: account.world.now_s(),
      customer: null,
      livemode: false,
      metadata: {},
      type,
      ...details,
    }),
  )
  account.behaviours.set(method.id, behaviour)
  return method
}

/** Stripe.js makes payment methods of card numbers. */
export function createMethod(call: Call): PaymentMethod {
  return methodOfData(call.account, call.parameters)
}

function methodOfData(account: Account, data: Record<string, unknown>): PaymentMethod {
  const card = (data.card ?? {}) as { number?: string; token?: string }
  const behaviour = behaviourOfNumber(card.number ?? '') ?? magicBehaviour((card.token ?? '').replace(/^tok_/, 'pm_card_'))
  if (behaviour === undefined) {
    const message = 'Your card number is incorrect. The simulator knows those that Stripe documents for tests.'
    throw new StripeFailure(402, { type: 'card_error', code: 'incorrect_number', message, param: 'number' }, true)
  }
  return addMethod(account, behaviour)
}

/** The method that a request names: a magic id, one made before, card data, or a confirmation token. */
export function methodFrom({ account, parameters }: Call): PaymentMethod | undefined {
  const { confirmation_token, payment_method, payment_method_data } = parameters
  if (confirmation_token !== undefined) {
    const token = account.get('confirmation_token', String(confirmation_token), 'confirmation_token')
    return account.get<PaymentMethod>('payment_method', String(token.payment_method))
  }
  if (payment_method_data !== undefined) return methodOfData(account, payment_method_data as Record<string, unknown>)
  if (payment_method === undefined) return undefined
  const id = String(payment_method)
  const magic = magicBehaviour(id)
  return magic === undefined ? account.get<PaymentMethod>('payment_method', id, 'payment_method') : addMethod(account, magic)
}
