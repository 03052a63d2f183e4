import { showsTaxIn } from '../../regions/index.js'
import type { OrderMailRow } from '../queries.js'
import type { MailWords } from '../words/index.js'
import { formatMoney } from './layout.js'

export interface AmountLine {
  label: string
  amount: string
}

/** What was ordered and what it comes to, with the tax in each amount or beside them as the law of the place wants it. */
export interface OrderedLines {
  parts: { heading: string; lines: AmountLine[] }[]
  /** What stands between the parts and the total: discounts, and taxes that are in no line. */
  sums: AmountLine[]
  total: string
}

/** The same sums as on the order's page. */
export function orderedLines(order: OrderMailRow, words: MailWords): OrderedLines {
  const money = (minor: bigint | number) => formatMoney(minor, order.currency_code, order.locale)
  const country = order.shipping_address?.country_code ?? order.billing_country
  const gross = country === null || showsTaxIn([country])
  const shown = (sold: { net_minor: number; gross_minor: number }) => money(gross ? sold.gross_minor : sold.net_minor)
  const discount = order.parts
    .flatMap((part) => [...part.items, ...part.shipping])
    .reduce((sum, sold) => sum + sold.net_discount_minor + (gross ? sold.discount_tax_minor : 0), 0)
  const sums = [
    ...(discount === 0 ? [] : [{ label: words.discount, amount: money(-discount) }]),
    ...(gross ? [] : [{ label: words.tax, amount: money(order.tax_total_minor) }]),
  ]
  const total = [
    words.total(money(order.total_minor)),
    ...(gross ? [words.containedTax(money(order.tax_total_minor))] : []),
    ...(order.credit_minor === 0n ? [] : [words.ofCredit(money(order.credit_minor))]),
  ]
  return {
    parts: order.parts.map((part) => ({
      heading: words.from(part.vendor, part.display_id),
      lines: [
        ...part.items.map((item) => ({
          label: `${item.quantity} × ${[item.title, item.variant?.title].filter(Boolean).join(', ')}`,
          amount: shown(item),
        })),
        ...part.shipping.map((way) => ({ label: way.name, amount: shown(way) })),
      ],
    })),
    sums,
    total: total.join(', '),
  }
}
