import type { ShippingOption } from '../answers.js'
import type { Delivery, VendorPart } from '../carts.js'
import type { Visit } from '../visit.js'

export const deliveryPrefix = 'delivery.'

function priceOf(visit: Visit, option: ShippingOption): string {
  return option.amount === 0 ? visit.words.free : visit.money(option.amount, option.calculated_price.currency_code)
}

/** How a vendor's goods are to be sent: a choice for each parcel. */
export function Deliveries({ visit, part }: { visit: Visit; part: VendorPart }) {
  const { words } = visit
  const sends = part.lines.some((line) => line.requires_shipping)
  if (part.deliveries.length === 0)
    return sends ? <p class="problem">{words.noDelivery(part.vendor.name)}</p> : <p class="note">{words.nothingSent}</p>
  return (
    <>
      {part.deliveries.map((delivery) => (
        <Choices key={delivery.profileId} visit={visit} delivery={delivery} vendor={part.vendor.name} />
      ))}
    </>
  )
}

function Choices({ visit, delivery, vendor }: { visit: Visit; delivery: Delivery; vendor: string }) {
  const checked = delivery.chosen ?? delivery.options[0]
  return (
    <fieldset class="choices">
      <legend>{visit.words.deliveryOf(vendor)}</legend>
      {delivery.options.map((option) => (
        <label key={option.id} class="choice">
          <input
            type="radio"
            name={`${deliveryPrefix}${delivery.profileId}`}
            value={option.id}
            checked={option.id === checked?.id}
            data-renew
          />
          <span>{option.name}</span>
          <span class="choice-price">{priceOf(visit, option)}</span>
        </label>
      ))}
    </fieldset>
  )
}
