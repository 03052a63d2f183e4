import type { OrderMailRow, ShipmentMailRow } from '../queries.js'
import { mailWordsOf } from '../words/index.js'
import { closingLines, escapeHtml, page, paragraph, type RenderedMail } from './layout.js'

/** The mail when a vendor has sent a parcel, with the means to follow it. */
export function shipmentNotice(order: OrderMailRow, shipment: ShipmentMailRow): RenderedMail {
  const words = mailWordsOf(order.locale)
  const subject = words.sent(shipment.vendor, `#${order.display_id}`)
  const items = shipment.items.map((item) => `${item.quantity} × ${item.title}`)
  const numbers = shipment.labels.map((label) =>
    label.tracking_url === null ? label.tracking_number : `${label.tracking_number} (${label.tracking_url})`,
  )
  const tracking = numbers.length === 0 ? [] : [words.tracking(numbers.join(', '))]
  const lead = words.onItsWay(shipment.vendor)
  const text = [lead, ...items.map((item) => `  ${item}`), '', ...tracking, '', ...closingLines(words, order)].join('\n')
  const list = `<ul>${items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')}</ul>`
  return { subject, text, html: page(subject, `${paragraph(lead)}${list}${tracking.map(paragraph).join('')}`, words, order) }
}
