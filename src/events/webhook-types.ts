import type { EventName } from './catalogue.js'

interface WebhookType {
  /** The facts that it tells of. */
  of: readonly EventName[]
  /** Vendors are told, too, of what concerns their vendor orders. */
  toVendors: boolean
  /** For those who choose what they want to be told. */
  meaning: string
}

/**
 * What webhooks tell of, under Medusa's names where Medusa has one. What their `data` holds is in src/webhooks/README.md. What is
 * taken in the moment that an order is placed has no event of its own, hence two facts for `payment.captured`.
 */
export const webhookTypes = {
  'order.placed': { of: ['order.placed'], toVendors: true, meaning: 'An order was placed' },
  'order.canceled': { of: ['order.canceled'], toVendors: true, meaning: 'An order was canceled as a whole' },
  'payment.captured': { of: ['order.placed', 'order.payment_captured'], toVendors: true, meaning: 'Money was taken for an order' },
  'payment.refunded': { of: ['refund.settled'], toVendors: true, meaning: 'Money of an order went back' },
  'shipment.created': { of: ['fulfillment.shipped'], toVendors: true, meaning: 'A parcel was sent' },
  'delivery.created': { of: ['fulfillment.delivered'], toVendors: true, meaning: 'A parcel has arrived, or was handed over' },
  'order-edit.confirmed': { of: ['order.edit_confirmed'], toVendors: true, meaning: 'An edit was done to an order' },
  'order.return_requested': { of: ['return.requested'], toVendors: true, meaning: 'Pieces of an order are to come back' },
  'order.return_received': { of: ['return.received'], toVendors: true, meaning: 'Pieces of an order came back' },
  'dispute.changed': { of: ['dispute.changed'], toVendors: false, meaning: 'A dispute of a payment was opened, or decided' },
} as const satisfies Record<string, WebhookType>

export type WebhookTypeName = keyof typeof webhookTypes

export const webhookTypeNames = Object.keys(webhookTypes) as WebhookTypeName[]

/** The webhooks that may come of a fact; none for most. */
export function webhookTypesOf(name: EventName): WebhookTypeName[] {
  return webhookTypeNames.filter((type) => (webhookTypes[type].of as readonly EventName[]).includes(name))
}
