import { mailWordsOf } from '../words/index.js'
import type { Settling } from './after-sale.js'
import { button, closingLines, escapeHtml, formatMoney, heading, lines, page, paragraph, type RenderedMail } from './layout.js'
import { type AmountLine, orderedLines } from './ordered-lines.js'

/** The mail after the purchase: one payment, what each vendor will send, where to see it, and how to pay what is not paid yet. */
export function orderConfirmation({ order, orderUrl, payUrl, byHand }: Settling): RenderedMail {
  const words = mailWordsOf(order.locale)
  const subject = words.confirmed(`#${order.display_id}`, order.store_name)
  const { parts, sums, total } = orderedLines(order, words)
  const greeting = words.thanks(order.shipping_address?.first_name ?? '')
  const due = order.open_minor === 0n ? null : words.stillToPay(formatMoney(order.open_minor, order.currency_code, order.locale))
  const reference =
    byHand === null ? '' : words.payByHand(formatMoney(byHand.amount_minor, order.currency_code, order.locale), `#${order.display_id}`)
  const textLine = ({ label, amount }: AmountLine) => `${label}   ${amount}`
  const text = [
    greeting,
    ...parts.flatMap((part) => ['', part.heading, ...part.lines.map((line) => `  ${textLine(line)}`)]),
    '',
    ...sums.map(textLine),
    total,
    '',
    ...(byHand === null ? [] : [byHand.name, byHand.text, reference, '']),
    ...(due === null ? [] : [due, ...(payUrl === null ? [] : [`${words.payHere}: ${payUrl}`]), '']),
    ...(orderUrl === null ? [] : [`${words.seeOrder}: ${orderUrl}`, '']),
    words.parcels,
    '',
    ...closingLines(words, order),
  ].join('\n')
  const html = page(
    subject,
    [
      paragraph(greeting),
      ...parts.map((part) => `${heading(part.heading)}${table(part.lines)}`),
      `<div style="margin-top:24px">${table(sums)}</div><p><strong>${escapeHtml(total)}</strong></p>`,
      ...(byHand === null ? [] : [heading(byHand.name), lines(byHand.text), lines(reference)]),
      ...(due === null ? [] : [paragraph(due), ...(payUrl === null ? [] : [button(words.payHere, payUrl)])]),
      ...(orderUrl === null ? [] : [button(words.seeOrder, orderUrl)]),
      paragraph(words.parcels),
    ].join(''),
    words,
    order,
  )
  return { subject, text, html }
}

function table(rows: readonly AmountLine[]): string {
  const row = ({ label, amount }: AmountLine) =>
    `<tr><td style="padding:4px 0">${escapeHtml(label)}</td>` +
    `<td style="padding:4px 0;text-align:end;white-space:nowrap">${escapeHtml(amount)}</td></tr>`
  return `<table style="width:100%;border-collapse:collapse">${rows.map(row).join('')}</table>`
}
