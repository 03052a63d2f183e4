import { impossible } from './errors.js'
import type { BalanceTransaction, Charge, Dispute, Refund, StripeObject, Transfer, TransferReversal } from './objects.js'
import type { Account } from './world.js'

const embeddedMax = 10
const expandDepthMax = 4

/** An object as it is shown: without what Stripe keeps to itself, with what depends on the time. */
export function presented(account: Account, object: StripeObject): StripeObject {
  if (object.object === 'balance_transaction') return presentedTransaction(account, object as BalanceTransaction)
  if (object.object === 'transfer')
    return {
      ...object,
      reversals: listOf(account, reversalsOf(account, object as Transfer), `/v1/transfers/${object.id}/reversals`, embeddedMax),
    }
  if (object.object === 'dispute') {
    const transactions = (object as Dispute).balance_transactions.map((transaction) => presentedTransaction(account, transaction))
    return { ...object, balance_transactions: transactions }
  }
  return { ...object }
}

function presentedTransaction(account: Account, { payout: _, ...transaction }: BalanceTransaction): StripeObject {
  return { ...transaction, status: transaction.available_on <= account.world.now_s() ? 'available' : 'pending' }
}

export function reversalsOf(account: Account, transfer: Transfer): TransferReversal[] {
  return account.all<TransferReversal>('transfer_reversal').filter((reversal) => reversal.transfer === transfer.id)
}

export interface List {
  object: 'list'
  data: StripeObject[]
  has_more: boolean
  url: string
}

/** Newest first. */
export function listOf(account: Account, oldestFirst: readonly StripeObject[], url: string, limit: number): List {
  const data = [...oldestFirst].reverse().slice(0, limit)
  return { object: 'list', data: data.map((one) => presented(account, one)), has_more: oldestFirst.length > limit, url }
}

/** Puts objects in the place of their ids, as `expand` asks. */
export function expand(account: Account, answer: Record<string, unknown>, paths: readonly string[]): void {
  for (const path of paths) {
    const names = path.split('.')
    if (names.length > expandDepthMax + (names[0] === 'data' ? 1 : 0)) {
      throw impossible(
        'property_expansion_max_depth',
        `You cannot expand more than ${expandDepthMax} levels of a property. Property: ${path}`,
      )
    }
    expandAlong(account, answer, names, path)
  }
}

function expandAlong(account: Account, holder: Record<string, unknown>, names: readonly string[], path: string): void {
  const [name, ...rest] = names
  if (name === undefined) return
  if (name === 'data' && Array.isArray(holder.data)) {
    for (const one of holder.data) expandAlong(account, one, rest, path)
    return
  }
  if (name === 'refunds' && holder.object === 'charge') holder.refunds = refundsOf(account, holder as unknown as Charge)
  const value = holder[name]
  if (value === undefined) {
    throw impossible('property_cannot_be_expanded', `This property cannot be expanded (${name}).`)
  }
  if (typeof value === 'string') {
    const found = account.anything(value) ?? account.platform.own.anything(value)
    if (found === undefined) throw impossible('property_cannot_be_expanded', `This property cannot be expanded (${path}).`)
    holder[name] = presented(account, found)
  }
  const inner = holder[name]
  if (Array.isArray(inner)) for (const one of inner) expandAlong(account, one, rest, path)
  else if (typeof inner === 'object' && inner !== null) expandAlong(account, inner as Record<string, unknown>, rest, path)
}

function refundsOf(account: Account, charge: Charge): List {
  const refunds = account.all<Refund>('refund').filter((refund) => refund.charge === charge.id)
  return listOf(account, refunds, `/v1/charges/${charge.id}/refunds`, embeddedMax)
}
