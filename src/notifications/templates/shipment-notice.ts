import type { OrderMailRow, ShipmentMailRow } from '../queries.js'
import { escapeHtml, page, type RenderedMail } from './layout.js'

/** The mail when a vendor has sent a parcel, with the means to follow it. */
export function shipmentNotice(order: OrderMailRow, shipment: ShipmentMailRow): RenderedMail {
  const subject = `${shipment.vendor} has sent your parcel (order #${order.display_id})`
  const items = shipment.items.map((item) => `${item.quantity} × ${item.title}`)
  const tracking = shipment.labels.map((label) =>
    label.tracking_url === null ? label.tracking_number : `${label.tracking_number} (${label.tracking_url})`,
  )
  const text = [`On its way from ${shipment.vendor}:`, ...items.map((item) => `  ${item}`), '']
  if (tracking.length > 0) text.push(`Tracking: ${tracking.join(', ')}`)
  const list = items.map((item) => `<li>${escapeHtml(item)}</li>`).join('')
  const follow = tracking.length === 0 ? '' : `<p>Tracking: ${escapeHtml(tracking.join(', '))}</p>`
  const html = page(subject, `<p>On its way from ${escapeHtml(shipment.vendor)}:</p><ul>${list}</ul>${follow}`, order.store_name)
  return { subject, text: text.join('\n'), html }
}
