import type { OrderMailRow, ShipmentMailRow } from '../queries.js'
import { mailWordsOf } from '../words/index.js'
import { button, closingLines, escapeHtml, page, paragraph, type RenderedMail } from './layout.js'

/** The mail when a vendor has sent a parcel, with the means to follow it, and the order's page where there is one. */
export function shipmentNotice(order: OrderMailRow, shipment: ShipmentMailRow, orderUrl: string | null): RenderedMail {
  const words = mailWordsOf(order.locale)
  const subject = words.sent(shipment.vendor, `#${order.display_id}`)
  const items = shipment.items.map((item) => `${item.quantity} × ${item.title}`)
  const { labels } = shipment
  const numbers = labels.map((label) =>
    label.tracking_url === null ? label.tracking_number : `${label.tracking_number} (${label.tracking_url})`,
  )
  const lead = words.onItsWay(shipment.vendor)
  const text = [
    lead,
    ...items.map((item) => `  ${item}`),
    '',
    ...(numbers.length === 0 ? [] : [words.tracking(numbers.join(', ')), '']),
    ...(orderUrl === null ? [] : [`${words.seeOrder}: ${orderUrl}`, '']),
    ...closingLines(words, order),
  ].join('\n')
  const links = labels.map(({ tracking_number, tracking_url }) => {
    const number = escapeHtml(tracking_number)
    return tracking_url === null ? number : `<a href="${escapeHtml(tracking_url)}">${number}</a>`
  })
  const html = [
    paragraph(lead),
    `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`,
    // The words around the numbers hold no markup, the numbers are escaped.
    ...(links.length === 0 ? [] : [`<p>${words.tracking(links.join(', '))}</p>`]),
    ...(orderUrl === null ? [] : [button(words.seeOrder, orderUrl)]),
  ]
  return { subject, text, html: page(subject, html.join(''), words, order) }
}
