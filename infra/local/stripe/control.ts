import { setState } from './accounts.js'
import type { Api } from './api.js'
import { move } from './balance.js'
import { emit } from './events.js'
import { finishAuthentication, confirmIntent } from './intents.js'
import { presented, reversalsOf } from './present.js'
import { closeDispute, escalateDispute, openDispute, reinstateDispute } from './disputes.js'
import { StripeFailure } from './errors.js'
import { failPayout, payOut } from './payouts.js'
import { failRefund } from './refunds.js'
import type { BalanceTransaction, Charge, Dispute, Event, Intent, Payout, Refund, StripeObject, Transfer } from './objects.js'
import type { SimulatorControl, Snapshot } from './types.js'
import type { World } from './world.js'

export function controlOf(world: World, api: Api): SimulatorControl {
  return {
    now: () => new Date(world.now_ms()),
    async advance(duration_ms) {
      world.advance(duration_ms)
    },
    setFaults({ delivery, ...faults }) {
      Object.assign(world.settings.faults, faults)
      Object.assign(world.settings.faults.delivery, delivery)
    },
    deliver: () => world.deliveries.run(),
    async confirmPayment(intentId, paymentMethod) {
      const account = world.holderOf(intentId)
      const call = {
        account,
        parameters: { payment_method: paymentMethod },
        requestId: 'req_browser',
        idempotencyKey: null,
        publishable: false,
      }
      try {
        confirmIntent(call, intentId)
      } catch (error) {
        // A decline is shown to the shopper, who may try another card.
        if (!(error instanceof StripeFailure) || error.body.type !== 'card_error') throw error
      }
    },
    async complete3ds(intentId, outcome) {
      finishAuthentication(world.holderOf(intentId), intentId, outcome)
    },
    async failRefund(id) {
      failRefund(world.holderOf(id), id)
    },
    async reinstateDispute(id, amount) {
      reinstateDispute(world.holderOf(id), id, amount)
    },
    async verifyAccount(id) {
      setState(world.connected(id), 'active', null)
    },
    async restrictAccount(id, reason) {
      setState(world.connected(id), 'restricted', reason)
    },
    async rejectAccount(id) {
      setState(world.connected(id), 'rejected', 'other')
    },
    async disconnectAccount(id) {
      const account = world.connected(id)
      emit(account, 'account.application.deauthorized', { id: 'ca_simulator', object: 'application', name: account.platform.name })
      account.platform.connected.delete(id)
    },
    denyRestrictedKey(name, pathPrefixes) {
      world.platform(name).denied = pathPrefixes
    },
    async openDispute(chargeId, options) {
      return openDispute(world.holderOf(chargeId), chargeId, options).id
    },
    async escalateDispute(id) {
      escalateDispute(world.holderOf(id), id)
    },
    async closeDispute(id, outcome) {
      closeDispute(world.holderOf(id), id, outcome)
    },
    async payOut(accountId, currency) {
      const account = world.accounts().find(({ id }) => id === accountId)
      if (account === undefined) throw new Error(`the simulator has no ${accountId}`)
      return payOut(account, currency)?.id
    },
    async failPayout(id) {
      failPayout(world.holderOf(id), id)
    },
    async takeFee(accountId, amount, currency) {
      const account = world.accounts().find(({ id }) => id === accountId)
      if (account === undefined) throw new Error(`the simulator has no ${accountId}`)
      const fee = { type: 'stripe_fee', reporting_category: 'fee', amount: -amount, currency, source: null }
      return move(account, { ...fee, description: 'Radar' }).id
    },
    async createEvent(type, objectId) {
      const account = world.holderOf(objectId)
      return emit(account, type, account.anything(objectId) as StripeObject).id
    },
    setRates(rates) {
      const { settlement } = world.settings
      if (settlement === undefined) throw new Error('the simulator settles every charge in its own currency')
      Object.assign(settlement.rates, rates)
    },
    snapshot: () => snapshotOf(world),
    violations: () => [...api.violations],
    reset(seed) {
      world.reset(seed)
      api.violations.length = 0
    },
  }
}

function snapshotOf(world: World): Snapshot {
  const accounts = world.accounts()
  const all = <T extends { id: string; object: string; [field: string]: unknown }>(kind: T['object']): T[] =>
    structuredClone(accounts.flatMap((account) => account.all<T>(kind)))
  return {
    intents: all<Intent>('payment_intent'),
    charges: all<Charge>('charge'),
    refunds: all<Refund>('refund'),
    transfers: accounts.flatMap((account) =>
      account.all<Transfer>('transfer').map((transfer) => structuredClone({ ...transfer, reversal_list: reversalsOf(account, transfer) })),
    ),
    balanceTransactions: accounts.flatMap((account) =>
      account.all<BalanceTransaction>('balance_transaction').map((transaction) => ({
        ...structuredClone(presented(account, transaction) as BalanceTransaction),
        account: account.id,
      })),
    ),
    disputes: all<Dispute>('dispute'),
    payouts: all<Payout>('payout'),
    events: all<Event>('event'),
  }
}
