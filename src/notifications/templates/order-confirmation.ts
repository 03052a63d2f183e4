import { mailWordsOf } from '../words/index.js'
import type { Settling } from './after-sale.js'
import { button, closingLines, escapeHtml, formatMoney, page, paragraph, type RenderedMail } from './layout.js'
import { type AmountLine, orderedLines } from './ordered-lines.js'

/** The mail after the purchase: one payment, what each vendor will send, where to see it, and where to pay what is not paid yet, as of a draft order. */
export function orderConfirmation({ order, orderUrl, payUrl }: Settling): RenderedMail {
  const words = mailWordsOf(order.locale)
  const subject = words.confirmed(`#${order.display_id}`, order.store_name)
  const { parts, sums, total } = orderedLines(order, words)
  const greeting = words.thanks(order.shipping_address?.first_name ?? '')
  const due = payUrl === null ? null : words.stillToPay(formatMoney(order.open_minor, order.currency_code, order.locale))
  const textLine = ({ label, amount }: AmountLine) => `${label}   ${amount}`
  const text = [
    greeting,
    ...parts.flatMap(({ heading, lines }) => ['', heading, ...lines.map((line) => `  ${textLine(line)}`)]),
    '',
    ...sums.map(textLine),
    total,
    '',
    ...(due === null ? [] : [due, `${words.payHere}: ${payUrl}`, '']),
    ...(orderUrl === null ? [] : [`${words.seeOrder}: ${orderUrl}`, '']),
    words.parcels,
    '',
    ...closingLines(words, order),
  ].join('\n')
  const html = page(
    subject,
    [
      paragraph(greeting),
      ...parts.map(({ heading, lines }) => `<h2 style="font-size:16px;margin:24px 0 4px">${escapeHtml(heading)}</h2>${table(lines)}`),
      `<div style="margin-top:24px">${table(sums)}</div><p><strong>${escapeHtml(total)}</strong></p>`,
      ...(due === null ? [] : [paragraph(due), button(words.payHere, payUrl as string)]),
      ...(orderUrl === null ? [] : [button(words.seeOrder, orderUrl)]),
      paragraph(words.parcels),
    ].join(''),
    words,
    order,
  )
  return { subject, text, html }
}

function table(lines: readonly AmountLine[]): string {
  const row = ({ label, amount }: AmountLine) =>
    `<tr><td style="padding:4px 0">${escapeHtml(label)}</td>` +
    `<td style="padding:4px 0;text-align:end;white-space:nowrap">${escapeHtml(amount)}</td></tr>`
  return `<table style="width:100%;border-collapse:collapse">${lines.map(row).join('')}</table>`
}
