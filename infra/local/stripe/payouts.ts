import { move } from './balance.js'
import type { Call } from './call.js'
import { mergedMetadata } from './metadata.js'
import { checkAmount, currencyOf } from './currencies.js'
import { impossible, refused } from './errors.js'
import { emit } from './events.js'
import type { BalanceTransaction, Payout } from './objects.js'
import { presented } from './present.js'
import { filled } from './schema.js'
import { checkFunds } from './transfers.js'
import type { Account } from './world.js'

const arrival_ms = 2 * 86_400_000
/** Paid out in whole units only. */
const wholeUnits = new Set(['huf', 'twd'])

export function createPayout(call: Call): Payout {
  const { account, parameters } = call
  const currency = currencyOf(String(parameters.currency))
  const amount = parameters.amount as number
  checkAmount(amount, currency)
  if (wholeUnits.has(currency) && amount % 100 !== 0)
    throw refused(`Payouts in ${currency} must be a multiple of 100.`, { param: 'amount' })
  checkFunds(account, amount, currency, 'payout')
  const metadata = mergedMetadata({}, parameters.metadata ?? {})
  return start(account, { amount, currency, automatic: false, metadata, description: parameters.description as string | undefined }, call)
}

interface PayoutDetails {
  amount: number
  currency: string
  automatic: boolean
  metadata: Record<string, string>
  description: string | undefined
}

function start(account: Account, { amount, currency, automatic, metadata, description }: PayoutDetails, call?: Call): Payout {
  const id = account.newId('po')
  const payout = account.add(
    filled<Payout>('Payout', {
      id,
      object: 'payout',
      amount,
      arrival_date: account.world.now_s() + arrival_ms / 1_000,
      automatic,
      balance_transaction: move(account, { type: 'payout', reporting_category: 'payout', amount: -amount, currency, source: id }).id,
      created: account.world.now_s(),
      currency,
      description: description ?? (automatic ? 'STRIPE PAYOUT' : null),
      livemode: false,
      metadata,
      method: 'standard',
      reconciliation_status: automatic ? 'in_progress' : 'not_applicable',
      source_type: 'card',
      status: 'pending',
      type: 'bank_account',
    }),
  )
  emit(account, 'payout.created', payout, call)
  account.world.later(arrival_ms, 'finish_payout', account, id)
  return payout
}

export function finishPayout(account: Account, id: string): void {
  const payout = account.get<Payout>('payout', id)
  if (payout.status !== 'pending' && payout.status !== 'in_transit') return
  payout.status = 'paid'
  emit(account, 'payout.paid', payout)
  if (!payout.automatic) return
  payout.reconciliation_status = 'completed'
  emit(account, 'payout.reconciliation_completed', payout)
}

/** Everything that is available goes to the bank, and each balance transaction in it is marked with the payout. */
export function payOut(account: Account, currency: string): Payout | undefined {
  const included = account
    .all<BalanceTransaction>('balance_transaction')
    .filter((one) => one.currency === currency && one.payout === undefined && presented(account, one).status === 'available')
  const amount = included.reduce((sum, one) => sum + one.net, 0)
  if (amount <= 0) return undefined
  const payout = start(account, { amount, currency, automatic: true, metadata: {}, description: undefined })
  const own = account.get<BalanceTransaction>('balance_transaction', payout.balance_transaction as string)
  for (const one of [...included, own]) one.payout = payout.id
  return payout
}

function giveBack(account: Account, payout: Payout, type: 'payout_cancel' | 'payout_failure', category: string): string {
  const { amount, currency, id: source } = payout
  return move(account, { type, reporting_category: category, amount, currency, source }).id
}

export function cancelPayout(call: Call, id: string): Payout {
  const payout = call.account.get<Payout>('payout', id)
  if (payout.status !== 'pending' || payout.automatic) {
    throw impossible('payouts_not_allowed', `Payout ${id} cannot be canceled: only pending manual payouts can.`)
  }
  payout.status = 'canceled'
  giveBack(call.account, payout, 'payout_cancel', 'payout_reversal')
  emit(call.account, 'payout.canceled', payout, call)
  return payout
}

/** The bank sends the money back, which it may do days after the payout was paid. */
export function failPayout(account: Account, id: string): void {
  const payout = account.get<Payout>('payout', id)
  if (payout.status === 'canceled' || payout.status === 'failed') throw new Error(`payout ${id} is ${payout.status}`)
  payout.status = 'failed'
  payout.failure_code = 'account_closed'
  payout.failure_message = 'The bank account has been closed.'
  payout.failure_balance_transaction = giveBack(account, payout, 'payout_failure', 'payout_reversal')
  emit(account, 'payout.failed', payout)
}

interface SettingsChange {
  debit_negative_balances?: boolean
  payouts?: {
    schedule?: Record<string, unknown>
    minimum_balance_by_currency?: Record<string, number | ''> | ''
    statement_descriptor?: string
  }
  settlement_timing?: { delay_days_override?: number | '' }
}

/** How an account is paid out. Whatever the schedule, the simulator pays out when `control.payOut` says so. */
export function balanceSettings(account: Account): Record<string, unknown> {
  account.payments ??= {
    debit_negative_balances: true,
    payouts: {
      automatic_transfer_rules_by_currency: null,
      minimum_balance_by_currency: null,
      schedule: { interval: account.connected ? 'daily' : 'manual' },
      statement_descriptor: null,
      status: 'enabled',
    },
    settlement_timing: { delay_days: 2, start_of_day: null },
  }
  return { object: 'balance_settings', payments: account.payments }
}

export function updateBalanceSettings(call: Call): Record<string, unknown> {
  const { account, parameters } = call
  const settings = balanceSettings(account) as {
    payments: { payouts: Record<string, unknown>; settlement_timing: Record<string, unknown> }
  }
  const change = (parameters.payments ?? {}) as SettingsChange
  const { payouts, settlement_timing, debit_negative_balances } = change
  if (debit_negative_balances !== undefined) Object.assign(settings.payments, { debit_negative_balances })
  if (payouts !== undefined) Object.assign(settings.payments.payouts, payouts)
  const days = settlement_timing?.delay_days_override
  if (typeof days === 'number') Object.assign(settings.payments.settlement_timing, { delay_days: days, delay_days_override: days })
  if (days === '') Object.assign(settings.payments, { settlement_timing: { delay_days: 2, start_of_day: null } })
  emit(account, 'balance_settings.updated', { id: '', ...settings, object: 'balance_settings' }, call)
  return settings
}
