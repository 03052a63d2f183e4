import { fundsOf, move, settled } from './balance.js'
import type { Call } from './call.js'
import { mergedMetadata } from './metadata.js'
import { checkAmount, currencyOf, written } from './currencies.js'
import { impossible, refused } from './errors.js'
import { emit } from './events.js'
import type { BalanceTransaction, Charge, Intent, Transfer, TransferReversal } from './objects.js'
import { transferable } from './profile.js'
import { filled } from './schema.js'
import type { Account } from './world.js'

/** Transfers between these countries need no agreement with Stripe; within one country they never do. */
const freeBorders = new Set(
  'US GB CA CH AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
)

export function createTransfer(call: Call): Transfer {
  const { account, parameters } = call
  const currency = currencyOf(String(parameters.currency))
  const destination = destinationOf(account, String(parameters.destination))
  const charge = parameters.source_transaction === undefined ? undefined : sourceOf(account, String(parameters.source_transaction))
  const amount = (parameters.amount as number | undefined) ?? charge?.amount_captured
  if (amount === undefined) throw refused('Missing required param: amount.', { code: 'parameter_missing', param: 'amount' })
  checkAmount(amount, currency)
  if (charge === undefined) checkFunds(account, amount, currency, 'transfer')
  else checkSource(account, charge, amount, currency)
  const transaction = account.find<BalanceTransaction>('balance_transaction', charge?.balance_transaction ?? '')
  const available_s = Math.max(0, (transaction?.available_on ?? 0) - account.world.now_s())
  const id = account.newId('tr')
  const arrival = arrive(destination, { id, amount, currency, available_s })
  const transfer = account.add(
    filled<Transfer>('Transfer', {
      id,
      object: 'transfer',
      amount,
      amount_reversed: 0,
      balance_transaction: move(account, {
        type: 'transfer',
        reporting_category: 'transfer',
        amount: -amount,
        currency,
        source: id,
        available_s,
      }).id,
      created: account.world.now_s(),
      currency,
      description: (parameters.description as string | undefined) ?? null,
      destination: destination.id,
      destination_payment: arrival.id,
      livemode: false,
      metadata: mergedMetadata({}, parameters.metadata ?? {}),
      reversals: { object: 'list', data: [], has_more: false, url: `/v1/transfers/${id}/reversals` },
      reversed: false,
      source_transaction: charge?.id ?? null,
      source_type: 'card',
      transfer_group: groupOf(account, charge, parameters.transfer_group as string | undefined),
    }),
  )
  emit(account, 'transfer.created', transfer, call)
  return transfer
}

function destinationOf(account: Account, id: string): Account {
  const destination = account.platform.connected.get(id)
  if (destination === undefined) throw refused(`No such destination: '${id}'`, { code: 'resource_missing', param: 'destination' })
  if (!transferable(destination)) {
    const message = `The account ${id} cannot receive transfers: its capability is not active.`
    throw impossible('transfers_not_allowed', message, { param: 'destination' })
  }
  const [from, to] = [account.world.settings.country, destination.profile?.country ?? '']
  if (from !== to && !(freeBorders.has(from) && freeBorders.has(to))) {
    throw impossible('transfers_not_allowed', `Funds can't be sent to accounts located in ${to} from an account in ${from}.`)
  }
  return destination
}

function sourceOf(account: Account, id: string): Charge {
  const charge = account.get<Charge>('charge', id, 'source_transaction')
  if (charge.status !== 'succeeded' || !charge.captured) {
    throw impossible(undefined, `The charge ${id} cannot be the source of a transfer: it is not captured.`, { param: 'source_transaction' })
  }
  return charge
}

/** Whatever was sent from a charge counts, also what came back. */
function checkSource(account: Account, charge: Charge, amount: number, currency: string): void {
  const came = cameIn(account, charge)
  const currencyThere = came.currency
  if (currencyThere !== currency) {
    const message = `The currency of source_transaction's balance transaction (${currencyThere}) must be the same as the transfer currency (${currency})`
    throw impossible(undefined, message, { param: 'currency' })
  }
  const sent = account.all<Transfer>('transfer').filter((transfer) => transfer.source_transaction === charge.id)
  const left = came.amount - sent.reduce((sum, transfer) => sum + transfer.amount, 0)
  if (amount > left) {
    const message = `The transfer of ${written(amount, currency)} is more than what is left of the source ${charge.id}: ${written(left, currency)}.`
    throw impossible(undefined, message, { param: 'amount' })
  }
}

/** What a charge brought, by what was booked of it; before that, by today's rate. */
function cameIn(account: Account, charge: Charge): { amount: number; currency: string } {
  const booked = account.all<BalanceTransaction>('balance_transaction').filter(({ source }) => source === charge.id)
  const [first] = booked
  if (first === undefined) return settled(account, charge.amount_captured, charge.currency)
  return { amount: booked.reduce((sum, { amount }) => sum + amount, 0), currency: first.currency }
}

/** Without a source only what is available can be sent. */
export function checkFunds(account: Account, amount: number, currency: string, what: string): void {
  const { available } = fundsOf(account, currency)
  if (available >= amount) return
  const message = `You have insufficient available funds in your Stripe account for this ${what}: ${written(available, currency)} of ${written(amount, currency)}.`
  throw impossible('balance_insufficient', message)
}

function groupOf(account: Account, charge: Charge | undefined, given: string | undefined): string | null {
  const group = given ?? charge?.transfer_group ?? (charge?.payment_intent ? `group_${charge.payment_intent}` : null)
  if (charge === undefined) return group
  charge.transfer_group ??= group
  const intent = account.find<Intent>('payment_intent', charge.payment_intent ?? '')
  if (intent !== undefined) intent.transfer_group ??= group
  return group
}

/** On the other side a transfer is a payment. */
function arrive(account: Account, transfer: { id: string; amount: number; currency: string; available_s: number }): Charge {
  const { amount, currency, available_s } = transfer
  const payment = account.add(
    filled<Charge>('Charge', {
      id: account.newId('py'),
      object: 'charge',
      amount,
      amount_captured: amount,
      amount_refunded: 0,
      balance_transaction: null,
      billing_details: {},
      captured: true,
      created: account.world.now_s(),
      currency,
      disputed: false,
      metadata: {},
      paid: true,
      payment_intent: null,
      payment_method: null,
      refunded: false,
      source_transfer: transfer.id,
      status: 'succeeded',
      transfer_group: null,
    }),
  )
  payment.balance_transaction = move(account, {
    type: 'payment',
    reporting_category: 'transfer',
    amount,
    currency,
    source: payment.id,
    available_s,
  }).id
  return payment
}

export function createReversal(call: Call, transferId: string): TransferReversal {
  const { account, parameters } = call
  const transfer = account.get<Transfer>('transfer', transferId)
  const { currency } = transfer
  const left = transfer.amount - transfer.amount_reversed
  if (left === 0) throw impossible(undefined, `The transfer ${transfer.id} is already fully reversed.`)
  const amount = (parameters.amount as number | undefined) ?? left
  checkAmount(amount, currency)
  if (amount > left) {
    const message = `Reversal amount (${written(amount, currency)}) is greater than unreversed amount on transfer (${written(left, currency)})`
    throw impossible(undefined, message, { param: 'amount' })
  }
  const refund = takeBack(account, transfer, amount)
  const id = account.newId('trr')
  const transaction = move(account, { type: 'transfer_refund', reporting_category: 'transfer_reversal', amount, currency, source: id })
  const reversal = account.add(
    filled<TransferReversal>('TransferReversal', {
      id,
      object: 'transfer_reversal',
      amount,
      balance_transaction: transaction.id,
      created: account.world.now_s(),
      currency,
      destination_payment_refund: refund,
      metadata: mergedMetadata({}, parameters.metadata ?? {}),
      transfer: transfer.id,
    }),
  )
  transfer.amount_reversed += amount
  transfer.reversed = transfer.amount_reversed === transfer.amount
  emit(account, 'transfer.reversed', transfer, call)
  return reversal
}

/** Stripe's documentation says both that a connected account may be overdrawn and that it may not: a setting. */
function takeBack(account: Account, { destination: id, destination_payment, currency }: Transfer, amount: number): string {
  const destination = account.platform.connected.get(id)
  if (destination === undefined) throw impossible('account_invalid', `The account ${id} is not connected any more.`)
  const { available, pending } = fundsOf(destination, currency)
  if (available + pending < amount && !account.world.settings.overdraft) {
    const message = `The connected account ${id} has insufficient funds to reverse this transfer: ${written(available + pending, currency)} of ${written(amount, currency)}.`
    throw impossible('balance_insufficient', message)
  }
  const payment = destination.get<Charge>('charge', destination_payment)
  payment.amount_refunded += amount
  payment.refunded = payment.amount_refunded === payment.amount
  const refund = destination.newId('pyr')
  move(destination, { type: 'payment_refund', reporting_category: 'transfer_reversal', amount: -amount, currency, source: refund })
  return refund
}

export function updateTransfer(call: Call, id: string): Transfer {
  const transfer = call.account.get<Transfer>('transfer', id)
  const { metadata, ...rest } = call.parameters
  Object.assign(transfer, rest)
  if (metadata !== undefined) transfer.metadata = mergedMetadata(transfer.metadata, metadata)
  emit(call.account, 'transfer.updated', transfer, call)
  return transfer
}
