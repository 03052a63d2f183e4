import type { OrderMailRow } from '../queries.js'
import { escapeHtml, formatMoney, page, type RenderedMail } from './layout.js'

/** The mail after the purchase: one payment, and what each vendor will send. `payUrl`: where what is not paid yet is paid, as of a draft order. */
export function orderConfirmation(order: OrderMailRow, payUrl: string | null): RenderedMail {
  const money = (minor: bigint | number) => formatMoney(minor, order.currency_code)
  const subject = `Your order #${order.display_id} at ${order.store_name}`
  const lines: string[] = []
  const blocks: string[] = []
  for (const part of order.parts) {
    lines.push('', `From ${part.vendor} (${part.display_id})`)
    const rows: string[] = []
    for (const item of part.items) {
      const title = item.subtitle === null ? item.title : `${item.title}, ${item.subtitle}`
      lines.push(`  ${item.quantity} × ${title}   ${money(item.total_minor)}`)
      rows.push(row(`${item.quantity} × ${title}`, money(item.total_minor)))
    }
    for (const method of part.shipping) {
      lines.push(`  ${method.name}   ${money(method.total_minor)}`)
      rows.push(row(method.name, money(method.total_minor)))
    }
    blocks.push(
      `<h2 style="font-size:16px;margin:24px 0 4px">${escapeHtml(part.vendor)}</h2>` +
        `<table style="width:100%;border-collapse:collapse">${rows.join('')}</table>`,
    )
  }
  const credit = order.credit_minor === 0n ? '' : `, ${money(order.credit_minor)} of it paid with gift cards and store credit`
  const total = `Total ${money(order.total_minor)}, of which tax ${money(order.tax_total_minor)}${credit}`
  const name = order.shipping_address?.first_name ?? ''
  const greeting = name === '' ? 'Thank you for your order.' : `Thank you for your order, ${name}.`
  const due = order.open_minor > 0n && payUrl !== null ? `Still to be paid: ${money(order.open_minor)}.` : null
  const toPay = due === null ? [] : [due, `Pay here: ${payUrl}`, '']
  const text = [greeting, ...lines, '', total, '', ...toPay, `Each vendor sends its own parcel. ${order.store_name}`].join('\n')
  const html = page(
    subject,
    `<p>${escapeHtml(greeting)}</p>${blocks.join('')}<p style="margin-top:24px"><strong>${escapeHtml(total)}</strong></p>` +
      (due === null ? '' : `<p>${escapeHtml(due)} <a href="${escapeHtml(payUrl ?? '')}">Pay here</a></p>`) +
      `<p>Each vendor sends its own parcel.</p>`,
    order.store_name,
  )
  return { subject, text, html }
}

function row(label: string, amount: string): string {
  return (
    `<tr><td style="padding:4px 0">${escapeHtml(label)}</td>` +
    `<td style="padding:4px 0;text-align:right;white-space:nowrap">${escapeHtml(amount)}</td></tr>`
  )
}
