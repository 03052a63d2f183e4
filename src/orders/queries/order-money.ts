import { type LineTotals, type RootTotals, sumTotals } from '../../carts/index.js'
import { type CreditTotals, renderCreditLines, sumCredit } from '../../credit/index.js'
import { allocate, divideRounded, isId, toMajor, worthOfPieces } from '../../kernel/index.js'
import type { LoadedOrder, OrderCollectionRow, OrderCredit, ReturnOfOrder } from './load-order.js'
import { type OrderLineRow, soldTotals } from './order-parts.js'

/**
 * What an order comes to now, as Medusa tells it: goods that came back are no part of it, sending them back is, and credit pays its
 * part. The rows and the books stay as they were sold; only answers are reckoned here.
 */
export interface OrderMoney {
  totals: RootTotals
  credit: CreditTotals
  /** Of it, what gift cards and store credit paid. */
  paidWithMinor: bigint
  creditLines: object[]
  /** How goods are sent back, with what it costs. */
  returnMethods: Record<string, unknown>[]
  summary: Record<string, number>
}

/** Reckons an order. */
export function moneyOf(order: LoadedOrder): OrderMoney {
  const currency = order.currency_code
  const sent = order.returns.filter((row) => row.shipping_name !== null).map((row) => ({ row, minor: chargedFor(row, order) }))
  const totals = sumTotals(order.lines.map(currentTotals), [...order.methods.map(soldTotals), ...sent.map(({ minor }) => untaxed(minor))])
  const paidWith = sumCredit(order.credit_lines)
  const given = withinTotal(givenBeyondReturns(order), totals.total - paidWith.total + order.credit_returned_minor)
  const beyond = given.reduce((sum, one) => sum + one.beyondMinor, 0n) - order.credit_returned_minor
  const credit = { total: paidWith.total + beyond, giftCards: paidWith.giftCards }
  return {
    totals,
    credit,
    paidWithMinor: paidWith.total,
    creditLines: [
      ...renderCreditLines(order.credit_lines, currency),
      ...given.filter((one) => one.beyondMinor > 0n).map((one) => renderGiven(one, order)),
      ...returnedToAccounts(order),
    ],
    returnMethods: sent.map(({ row, minor }) => renderReturnMethod(row, minor, order)),
    summary: summaryOf(order, totals.total - credit.total, given),
  }
}

/** Totals of a line's pieces that did not come back: as large a part of what was sold, so that what went and what stays are all of it. */
export function currentTotals(line: OrderLineRow): LineTotals {
  const sold = soldTotals(line)
  const gone = line.return_received_quantity + line.return_dismissed_quantity
  if (gone === 0 || line.quantity === 0) return sold
  const kept = (minor: bigint) => minor - divideRounded(minor * BigInt(gone), BigInt(line.quantity))
  const total = kept(sold.total)
  const discountSubtotal = kept(sold.discountSubtotal)
  const tax = kept(sold.tax)
  const originalTax = tax + kept(sold.originalTax - sold.tax)
  const share = (amount: bigint, parts: readonly bigint[]) => (parts.some((part) => part > 0n) ? allocate(amount, parts) : [...parts])
  return {
    ...sold,
    subtotal: total - tax + discountSubtotal,
    discountSubtotal,
    tax,
    originalTax,
    total,
    taxParts: share(tax, sold.taxParts),
    originalTaxParts: share(originalTax, sold.originalTaxParts),
  }
}

/** What some pieces of a line were sold for, behind those that went before; minor units. */
export function worthOf(line: { total_minor: number | bigint; quantity: number }, pieces: number, before = 0): bigint {
  return worthOfPieces({ total: BigInt(line.total_minor), quantity: line.quantity }, pieces, before)
}

const worthOfItems = (row: ReturnOfOrder, order: LoadedOrder): bigint =>
  row.items.reduce((sum, item) => {
    const line = order.lines.find((candidate) => candidate.id === item.line_id)
    return line === undefined ? sum : sum + worthOf(line, item.quantity, item.before)
  }, 0n)

/** What the shopper pays for sending goods back: nothing for what is claimed, and no more than they are worth. */
function chargedFor(row: ReturnOfOrder, order: LoadedOrder): bigint {
  if (isId(row.exchange_id, 'claim')) return 0n
  const worth = worthOfItems(row, order)
  const charged = BigInt(row.shipping_minor)
  return charged < worth ? charged : worth
}

const untaxed = (minor: bigint) => ({ subtotal: minor, discountSubtotal: 0n, tax: 0n, originalTax: 0n, total: minor })

function renderReturnMethod(row: ReturnOfOrder, minor: bigint, order: LoadedOrder): Record<string, unknown> {
  const amount = toMajor(minor, order.currency_code)
  const costs = ['amount', 'subtotal', 'total', 'original_subtotal', 'original_total'].map((name) => [name, amount])
  const none = ['discount_total', 'discount_subtotal', 'discount_tax_total', 'tax_total', 'original_tax_total'].map((name) => [name, 0])
  return {
    id: row.id.replace('return_', 'ordsm_'),
    order_id: order.id,
    return_id: row.id,
    ...(isId(row.exchange_id, 'claim') ? { claim_id: row.exchange_id } : { exchange_id: row.exchange_id }),
    shipping_option_id: row.shipping_option_id,
    name: row.shipping_name,
    description: null,
    is_tax_inclusive: false,
    data: {},
    metadata: null,
    tax_lines: [],
    adjustments: [],
    created_at: row.created_at,
    updated_at: row.created_at,
    ...Object.fromEntries([...costs, ...none]),
  }
}

const isGiven = (credit: OrderCredit) =>
  (['refund_id', 'exchange_id', 'dispute_id', 'credit_line_id'] as const).some((name) => credit[name] !== null)

/** A canceled order that nobody has paid: what it was credited with was given to nobody. */
const isWaived = (order: LoadedOrder) =>
  order.status === 'canceled' && order.collections.every(({ captured_minor }) => captured_minor === 0)

interface Given {
  credit: OrderCredit
  /** Of it, what was not for goods that come back. */
  beyondMinor: bigint
}

/**
 * Credits in the order in which they were given. Goods that come back are paid for first, by whatever is given after they were
 * asked for: what is more makes the order come to less. What a canceled order was credited with because nobody paid it was
 * given to nobody.
 */
function givenBeyondReturns(order: LoadedOrder): Given[] {
  const credits = isWaived(order) ? order.credits.filter(isGiven) : order.credits
  let owed = 0n
  const waiting = [...order.returns].sort((one, other) => Date.parse(one.created_at) - Date.parse(other.created_at))
  return credits.map((credit) => {
    while (waiting[0] !== undefined && Date.parse(waiting[0].created_at) <= Date.parse(credit.created_at)) {
      const row = waiting.shift() as ReturnOfOrder
      owed += worthOfItems(row, order) - chargedFor(row, order)
    }
    const amount = BigInt(credit.amount_minor)
    const paid = amount < owed ? amount : owed
    owed -= paid
    return { credit, beyondMinor: amount - paid }
  })
}

/**
 * What was given for nothing before everything came back is for what came back: an order comes to nothing at least, since no more
 * than was paid is ever given back.
 */
function withinTotal(given: Given[], mostMinor: bigint): Given[] {
  let left = mostMinor > 0n ? mostMinor : 0n
  return given.map(({ credit, beyondMinor }) => {
    const counted = beyondMinor < left ? beyondMinor : left
    left -= counted
    return { credit, beyondMinor: counted }
  })
}

/** What was given back, as a line of credit: it says why, where the refund does. */
function renderGiven({ credit, beyondMinor }: Given, order: LoadedOrder): object {
  const { refund_id, exchange_id, dispute_id, credit_line_id, metadata } = credit
  const collection = order.collections.find(({ payments }) => payments.some(({ refunds }) => refunds.some(({ id }) => id === refund_id)))
  const refund = collection?.payments.flatMap(({ refunds }) => refunds).find(({ id }) => id === refund_id)
  const reason = refund?.refund_reason as { label: string; code: string } | null | undefined
  const source = refund_id ?? exchange_id ?? dispute_id ?? credit_line_id ?? credit.id
  const ofOrder = (): [string, string] => {
    if (credit.reference !== null && credit.reference_id !== null) return [credit.reference, credit.reference_id]
    if (exchange_id !== null) return [isId(exchange_id, 'claim') ? 'claim' : 'exchange', exchange_id]
    if (dispute_id !== null) return ['dispute', dispute_id]
    return refund_id === null ? ['store-credit', order.id] : ['payment_collection', (collection ?? order.collections[0])?.id ?? order.id]
  }
  const [reference, reference_id] = reason == null ? ofOrder() : [reason.label, reason.code]
  return creditLine(source, order, { reference, reference_id, minor: beyondMinor, at: credit.created_at, metadata })
}

/** What went to gift cards and store credit instead of to who paid: the order is paid that much less with credit. Each as staff named it, and the rest together. */
function returnedToAccounts(order: LoadedOrder): object[] {
  const named = order.credits_given.map(({ id, amount_minor, created_at, ...rest }) =>
    creditLine(id, order, { ...rest, minor: -BigInt(amount_minor), at: created_at }),
  )
  const rest = order.credits_given.reduce((left, { amount_minor }) => left - BigInt(amount_minor), order.credit_returned_minor)
  if (rest === 0n) return named
  const unnamed = { reference: 'store-credit', reference_id: order.id, minor: -rest, at: order.updated_at }
  return [...named, creditLine(`${order.id}_returned`, order, unnamed)]
}

function creditLine(
  source: string,
  order: LoadedOrder,
  of: { reference: string; reference_id: string; minor: bigint; at: unknown; metadata?: object | null },
) {
  return {
    id: `ordcl_${source.slice(source.indexOf('_') + 1)}`,
    order_id: order.id,
    reference: of.reference,
    reference_id: of.reference_id,
    amount: toMajor(of.minor, order.currency_code),
    metadata: of.metadata ?? null,
    created_at: of.at,
    updated_at: of.at,
  }
}

/**
 * Where an order stands. `original_order_total` and `credit_line_total` are of the last change, as Medusa's are: what the order came
 * to before it, and what it was credited with by it. What is on its way back is owed to the shopper already.
 */
function summaryOf(order: LoadedOrder, total: bigint, given: readonly Given[]): Record<string, number> {
  const major = (minor: bigint) => toMajor(minor, order.currency_code)
  const sum = (name: 'captured_minor' | 'refunded_minor') => BigInt(order.collections.reduce((all, one) => all + one[name], 0))
  const [paid, refunded] = [sum('captured_minor'), sum('refunded_minor')]
  const onTheWay = order.lines.reduce((all, line) => {
    const gone = line.return_received_quantity + line.return_dismissed_quantity
    return all + worthOf(line, line.return_requested_quantity, gone)
  }, 0n)
  // A bank that decided for the shopper has paid already what the order was credited with for it.
  const takenByBanks = order.credits.reduce((all, one) => (one.dispute_id === null ? all : all + BigInt(one.amount_minor)), 0n)
  const last = lastChange(order, given)
  // Nobody is to pay any more what a canceled order comes to: here it is as the books have it.
  const waived = isWaived(order) ? order.credits.filter((credit) => !isGiven(credit)) : []
  const current = waived.reduce((left, credit) => left - BigInt(credit.amount_minor), total)
  return {
    pending_difference: major(current - onTheWay - (paid - refunded) + takenByBanks),
    current_order_total: major(current),
    original_order_total: major(total - last.differenceMinor),
    transaction_total: major(paid - refunded),
    paid_total: major(paid),
    refunded_total: major(refunded),
    accounting_total: major(current),
    credit_line_total: major(last.creditMinor),
  }
}

/** What the last change made the order come to more, and what of that it was credited with. */
function lastChange(order: LoadedOrder, given: readonly Given[]): { differenceMinor: bigint; creditMinor: bigint } {
  const credits = given.map((one) => ({ at: Date.parse(one.credit.created_at), difference: -one.beyondMinor, credit: one.beyondMinor }))
  const changes = order.last_changes.map((change) => ({
    at: Date.parse(change.created_at),
    difference: differenceOf(change, order),
    credit: 0n,
  }))
  const packed = order.fulfillments.map(({ created_at }) => ({ at: Date.parse(created_at), difference: 0n, credit: 0n }))
  const all = [...credits.filter(({ credit }) => credit > 0n), ...changes, ...packed]
  const at = Math.max(...all.map((one) => one.at))
  const last = all.filter((one) => one.at === at)
  return {
    differenceMinor: last.reduce((sum, one) => sum + one.difference, 0n),
    creditMinor: last.reduce((sum, one) => sum + one.credit, 0n),
  }
}

function differenceOf(
  { change_type, return_id, difference_minor, actions }: LoadedOrder['last_changes'][number],
  order: LoadedOrder,
): bigint {
  if (change_type === 'return_request') {
    const row = order.returns.find(({ id }) => id === return_id)
    return row === undefined ? 0n : chargedFor(row, order)
  }
  if (change_type !== 'return_receive') return BigInt(difference_minor ?? 0)
  return actions.reduce((sum, { reference_id, details }) => {
    const line = order.lines.find(({ id }) => id === reference_id)
    const came = (details?.quantity ?? 0) + (details?.damaged_quantity ?? 0)
    if (line === undefined) return sum
    const gone = line.return_received_quantity + line.return_dismissed_quantity
    return sum - worthOf(line, came, gone - came)
  }, 0n)
}

/** Payment status by what the collections have come to. Nothing to pay counts as paid. */
export function paymentStatusOf(all: readonly OrderCollectionRow[]): string {
  // What was given up is no part of it, unless all was.
  const open = all.filter((collection) => collection.status !== 'canceled' || collection.captured_minor > 0)
  const collections = open.length > 0 ? open : all
  const sum = (name: 'amount_minor' | 'authorized_minor' | 'captured_minor' | 'refunded_minor') =>
    collections.reduce((total, collection) => total + collection[name], 0)
  const amount = sum('amount_minor')
  if (sum('refunded_minor') > 0) return sum('refunded_minor') >= sum('captured_minor') ? 'refunded' : 'partially_refunded'
  if (sum('captured_minor') >= amount) return 'captured'
  if (sum('captured_minor') > 0) return 'partially_captured'
  if (collections.every((collection) => collection.status === 'canceled')) return 'canceled'
  if (sum('authorized_minor') >= amount) return 'authorized'
  if (sum('authorized_minor') > 0) return 'partially_authorized'
  return collections.some((collection) => collection.status === 'awaiting') ? 'awaiting' : 'not_paid'
}
