import { move, pending_s, settled } from './balance.js'
import type { Call } from './call.js'
import { emit } from './events.js'
import { mergedMetadata } from './metadata.js'
import type { Charge, Intent } from './objects.js'
import type { Behaviour } from './payment-methods.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

/** An authorisation lapses when it is not captured. */
export const authorisation_ms = 7 * 86_400_000
/** Under asynchronous capture a charge gets its balance transaction so much later. */
const settlement_ms = 5_000

function methodDetails({ brand, last4, type }: Behaviour, capture_before?: number): Record<string, unknown> {
  if (type === 'us_bank_account') return { type, us_bank_account: { bank_name: 'STRIPE TEST BANK', last4 } }
  const held = capture_before === undefined ? {} : { capture_before }
  return { type, card: { brand, country: 'US', exp_month: 12, exp_year: 2034, funding: 'credit', last4, network: brand, ...held } }
}

export function createCharge(account: Account, intent: Intent, behaviour: Behaviour, state: Partial<Charge>): Charge {
  const capture_before = intent.capture_method === 'manual' ? account.world.now_s() + authorisation_ms / 1_000 : undefined
  const charge = account.add<Charge>(
    filled<Charge>('Charge', {
      id: account.newId('ch'),
      object: 'charge',
      amount: intent.amount,
      amount_captured: 0,
      amount_refunded: 0,
      balance_transaction: null,
      billing_details: {},
      calculated_statement_descriptor: 'STOA',
      captured: false,
      created: account.world.now_s(),
      currency: intent.currency,
      customer: intent.customer,
      description: intent.description,
      disputed: false,
      fraud_details: {},
      livemode: false,
      metadata: { ...intent.metadata },
      paid: true,
      payment_intent: intent.id,
      payment_method: intent.payment_method,
      payment_method_details: methodDetails(behaviour, capture_before),
      refunded: false,
      status: 'succeeded',
      transfer_group: intent.transfer_group,
      ...state,
    }),
  )
  intent.latest_charge = charge.id
  return charge
}

/** Takes the money of an authorised charge, or of a part of it. */
export function captureCharge(account: Account, charge: Charge, intent: Intent): void {
  charge.captured = true
  charge.amount_captured = intent.amount_received
  const late = account.world.settings.balanceTransactions === 'async' && intent.capture_method !== 'automatic'
  if (late) account.world.later(settlement_ms, 'settle_charge', account, charge.id)
  else settleCharge(account, charge)
}

export function settleLate(account: Account, id: string): void {
  const charge = account.get<Charge>('charge', id)
  settleCharge(account, charge)
  emit(account, 'charge.updated', charge)
}

/**
 * Books the charge. Of one that was captured in part the whole comes in and the rest goes out again, as Stripe's reports
 * show it.
 */
function settleCharge(account: Account, charge: Charge): void {
  const behaviour = account.behaviours.get(charge.payment_method ?? '')
  const { rate_basisPoints, fixed } = account.world.settings.fees
  const available_s = behaviour?.availableAtOnce === true ? 0 : pending_s
  const { amount, currency, rate } = settled(account, charge.amount, charge.currency)
  const captured = settled(account, charge.amount_captured, charge.currency).amount
  const fee = Math.round((captured * rate_basisPoints) / 10_000) + fixed
  const { id: source, description } = charge
  const type = behaviour?.type === 'us_bank_account' ? 'payment' : 'charge'
  const booking = {
    type,
    reporting_category: 'charge',
    amount,
    fee,
    currency,
    rate,
    source,
    available_s,
    description: description as string | null,
  }
  charge.balance_transaction = move(account, booking).id
  if (captured < amount) {
    move(account, {
      type: 'refund',
      reporting_category: 'partial_capture_reversal',
      amount: captured - amount,
      currency,
      rate,
      source,
      available_s,
    })
  }
}

export function updateCharge(call: Call, id: string): Charge {
  const charge = call.account.get<Charge>('charge', id)
  const { metadata, ...rest } = call.parameters
  Object.assign(charge, rest)
  if (metadata !== undefined) charge.metadata = mergedMetadata(charge.metadata, metadata)
  emit(call.account, 'charge.updated', charge, call)
  return charge
}
