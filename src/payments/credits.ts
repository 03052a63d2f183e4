import { type Statement, statement } from '../db/index.js'
import { allocate, newId } from '../kernel/index.js'

/**
 * What of the store's commission goes back with a refund: as large a part as of the rest; all of it before the vendor gives anything; or
 * none, so that the vendor gives that as well, and may owe more than its share was.
 */
export type CommissionPolicy = 'proportional' | 'return' | 'keep'

/** What is left of a sold line or shipping method after every credit so far, in minor units. */
export interface OpenPart {
  vendor_order_id: string
  vendor_id: string
  order_line_item_id: string | null
  order_shipping_method_id: string | null
  /** What the shopper has of it: vendor, commission and tax, less what others paid of those. */
  amount_minor: bigint
  vendor_amount_minor: bigint
  commission_minor: bigint
  tax_minor: bigint
  /** What gift cards that this line bought hold or were spent of: not given back before they are void. Not within the others. */
  held_minor: bigint
  /** Discounts that the store and the platform paid for: they have them back in the same measure as the shopper. */
  store_discount_minor: bigint
  platform_discount_minor: bigint
  /** The store's, for what is refunded. What is sold no more, or is exchanged, goes back in proportion. */
  commission_policy?: CommissionPolicy
}

/** The amounts of a part. */
export const creditedAmounts = [
  'amount_minor',
  'vendor_amount_minor',
  'commission_minor',
  'tax_minor',
  'store_discount_minor',
  'platform_discount_minor',
] as const

/**
 * The parts of an order with what is left of each. Credits that wait for a provider count as given: what two refunds
 * take at once is never the same money. Read under the order's lock.
 */
export function openPartsStatement(tenantId: string, orderId: string): Statement<OpenPart> {
  return statement(
    'payments.open_parts',
    `with credit as (
       select order_line_item_id, order_shipping_method_id, sum(vendor_amount_minor) as vendor, sum(commission_minor) as commission,
              sum(tax_minor) as tax, sum(store_discount_minor) as store_discount, sum(platform_discount_minor) as platform_discount,
              sum(amount_minor) as amount
       from order_credit where tenant_id = $1 and order_id = $2 and state <> 'void' group by 1, 2
     ), held as (
       select order_line_item_id, sum(value_minor - voided_minor) as amount from gift_card
       where tenant_id = $1 and order_id = $2 group by 1
     ), part as (
       select i.vendor_order_id, i.vendor_id, i.id as order_line_item_id, null as order_shipping_method_id,
              i.subtotal_minor - i.vendor_discount_minor as sale_minor, i.store_discount_minor, i.platform_discount_minor,
              i.tax_minor, i.total_minor, coalesce(k.amount_minor, 0) - i.commission_returned_minor as commission_minor
       from order_line_item i left join commission_line k on k.tenant_id = i.tenant_id and k.order_line_item_id = i.id
       where i.tenant_id = $1 and i.order_id = $2
       union all
       select m.vendor_order_id, m.vendor_id, null, m.id, m.subtotal_minor - m.vendor_discount_minor, m.store_discount_minor,
              m.platform_discount_minor, m.tax_minor, m.total_minor, 0
       from order_shipping_method m where m.tenant_id = $1 and m.order_id = $2
     )
     select p.vendor_order_id, p.vendor_id, p.order_line_item_id, p.order_shipping_method_id,
            (p.total_minor - coalesce(c.amount, 0) - coalesce(h.amount, 0))::bigint as amount_minor,
            coalesce(h.amount, 0)::bigint as held_minor,
            (p.sale_minor - p.commission_minor - coalesce(c.vendor, 0) - coalesce(h.amount, 0))::bigint as vendor_amount_minor,
            (p.store_discount_minor - coalesce(c.store_discount, 0))::bigint as store_discount_minor,
            (p.platform_discount_minor - coalesce(c.platform_discount, 0))::bigint as platform_discount_minor,
            (p.commission_minor - coalesce(c.commission, 0))::bigint as commission_minor,
            (p.tax_minor - coalesce(c.tax, 0))::bigint as tax_minor,
            (select s.commission_on_refund from store s where s.tenant_id = $1) as commission_policy
     from part p left join credit c on c.order_line_item_id is not distinct from p.order_line_item_id
       and c.order_shipping_method_id is not distinct from p.order_shipping_method_id
     left join held h on h.order_line_item_id = p.order_line_item_id
     order by p.order_line_item_id, p.order_shipping_method_id`,
    [tenantId, orderId],
  )
}

/**
 * What the shopper has paid, in money and credit, beyond what is left to pay for: goods that were taken out of the order after
 * they were paid. Giving it back credits nothing of the order.
 * @param moneyMinor captured for the order and neither refunded nor about to be
 */
export function overpaid(
  order: { credit_minor: bigint; credit_returned_minor: bigint },
  moneyMinor: bigint,
  parts: readonly OpenPart[],
): bigint {
  const owed = parts.reduce((sum, part) => sum + part.amount_minor + part.held_minor, 0n)
  const beyond = moneyMinor + order.credit_minor - order.credit_returned_minor - owed
  return beyond > 0n ? beyond : 0n
}

/** What of an order's captured money was given back as store credit: it stays with the store. */
export function keptAsCredit(order: { credit_minor: bigint; credit_returned_minor: bigint }): bigint {
  const beyond = order.credit_returned_minor - order.credit_minor
  return beyond > 0n ? beyond : 0n
}

export const lesserOf = (one: bigint, other: bigint) => (one < other ? one : other)

export const sumOf = (parts: readonly { amount_minor: bigint }[]) => parts.reduce((sum, part) => sum + part.amount_minor, 0n)

/**
 * Divides an amount among parts of an order by what is left of each, and each share among vendor, commission and tax
 * in the same way, with as much of the discounts that others paid for. Over what remains and never again over what was sold: so no share is ever negative or above what
 * its part was sold for, and the last credit ends at nothing exactly.
 * @throws RangeError for more than is left
 */
export function divideCredit(amountMinor: bigint, parts: readonly OpenPart[]): OpenPart[] {
  return divide(amountMinor, parts, () => 'proportional')
}

/**
 * The same for what a shopper gets back: of an order that stands, the store's policy says who of vendor and store gives it. Of a
 * canceled one nothing was sold: everybody gives all of it back. What was refunded before it was canceled stays as it was divided.
 */
export function divideRefund(order: { status: string }, amountMinor: bigint, parts: readonly OpenPart[]): OpenPart[] {
  if (order.status === 'canceled') return divideCredit(amountMinor, parts)
  return divide(amountMinor, parts, (part) => part.commission_policy ?? 'proportional')
}

function divide(amountMinor: bigint, parts: readonly OpenPart[], policyOf: (part: OpenPart) => CommissionPolicy): OpenPart[] {
  const left = parts.map((part) => part.amount_minor)
  const shares = allocate(amountMinor, left, { caps: left })
  return parts.flatMap((part, index) => {
    const share = shares[index] as bigint
    if (share === 0n) return []
    return [shareOf(part, share, policyOf(part))]
  })
}

/** A part as far as the shopper gets `share` of it back. */
function shareOf(part: OpenPart, share: bigint, policy: CommissionPolicy): OpenPart {
  const discounts = [part.store_discount_minor, part.platform_discount_minor]
  const [funded = 0n] = allocate(
    discounts.reduce((sum, one) => sum + one, 0n),
    [share, part.amount_minor - share],
  )
  const [store = 0n, platform = 0n] = funded === 0n ? [] : allocate(funded, discounts, { caps: discounts })
  return {
    ...part,
    amount_minor: share,
    ...givenUp(part, share + funded, policy),
    store_discount_minor: store,
    platform_discount_minor: platform,
  }
}

/** What vendor, store and tax office give up of a part. Nobody gives what is not left of theirs, but a vendor whose store keeps its commission. */
function givenUp(
  part: OpenPart,
  amountMinor: bigint,
  policy: CommissionPolicy,
): Pick<OpenPart, 'vendor_amount_minor' | 'commission_minor' | 'tax_minor'> {
  const sale = part.vendor_amount_minor + part.commission_minor
  if (policy === 'proportional') {
    // Of a vendor that gave more than its share before, less than the commission is left of both.
    const vendorMost = part.vendor_amount_minor > 0n ? part.vendor_amount_minor : 0n
    const within = [vendorMost, sale - vendorMost, part.tax_minor]
    const [vendor = 0n, commission = 0n, tax = 0n] = allocate(amountMinor, within, { caps: within })
    return { vendor_amount_minor: vendor, commission_minor: commission, tax_minor: tax }
  }
  const within = [sale, part.tax_minor]
  const [rest = 0n, tax = 0n] = allocate(amountMinor, within, { caps: within })
  const commission = policy === 'keep' ? 0n : lesserOf(rest, part.commission_minor)
  return { vendor_amount_minor: rest - commission, commission_minor: commission, tax_minor: tax }
}

/** Whole parts of which the shopper pays nothing, because others pay for all of it: nothing given back would reach them. */
export function freeParts(parts: readonly OpenPart[]): OpenPart[] {
  return parts.filter((part) => part.amount_minor === 0n && part.vendor_amount_minor + part.commission_minor + part.tax_minor > 0n)
}

/** The same parts after credits were given of them. */
export function lessCredits(parts: readonly OpenPart[], credits: readonly OpenPart[]): OpenPart[] {
  return parts.map((part) => {
    const credit = credits.find(
      (candidate) =>
        candidate.order_line_item_id === part.order_line_item_id && candidate.order_shipping_method_id === part.order_shipping_method_id,
    )
    if (credit === undefined) return part
    return { ...part, ...Object.fromEntries(creditedAmounts.map((name) => [name, part[name] - credit[name]])) }
  })
}

export function insertCreditsStatement(
  tenantId: string,
  of: {
    orderId: string
    refundId: string | null
    disputeId?: string
    returnId?: string | null
    exchangeId?: string
    currency: string
    state: 'pending' | 'booked'
  },
  credits: readonly OpenPart[],
): Statement<{ id: string }> {
  const rows = credits.map(({ held_minor: _held, ...credit }) => ({
    ...credit,
    id: newId('ocred'),
    ...Object.fromEntries(creditedAmounts.map((name) => [name, String(credit[name])])),
  }))
  return statement(
    'payments.insert_credits',
    `insert into order_credit (tenant_id, order_id, refund_id, currency_code, state, id, vendor_order_id, vendor_id,
       order_line_item_id, order_shipping_method_id, amount_minor, vendor_amount_minor, commission_minor, tax_minor,
       store_discount_minor, platform_discount_minor, return_id, exchange_id, dispute_id)
     select $1, $2, $3, $4, $5, c.id, c.vendor_order_id, c.vendor_id, c.order_line_item_id, c.order_shipping_method_id,
            c.amount_minor, c.vendor_amount_minor, c.commission_minor, c.tax_minor, c.store_discount_minor, c.platform_discount_minor,
            $7, $8, $9
     from jsonb_to_recordset($6::jsonb) as c (id text, vendor_order_id text, vendor_id text, order_line_item_id text,
       order_shipping_method_id text, amount_minor bigint, vendor_amount_minor bigint, commission_minor bigint, tax_minor bigint,
       store_discount_minor bigint, platform_discount_minor bigint)
     returning id`,
    [
      tenantId,
      of.orderId,
      of.refundId,
      of.currency,
      of.state,
      JSON.stringify(rows),
      of.returnId ?? null,
      of.exchangeId ?? null,
      of.disputeId ?? null,
    ],
  )
}
