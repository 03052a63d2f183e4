import type { Address, Order, OrderCollection, VendorOrder } from '../answers.js'
import { showsTaxIn, type Visit } from '../visit.js'
import { townLines } from './address-fields.js'
import { Picture } from './picture.js'
import { TotalsList } from './totals.js'

const steps = ['ordered', 'packed', 'sent', 'delivered'] as const

/** How far a vendor's part has come: the number of its steps that are done. */
function stepsDone({ fulfillment_status: status }: VendorOrder): number {
  if (status === 'delivered') return 4
  if (status === 'shipped' || status.endsWith('delivered')) return 3
  if (status === 'fulfilled' || status.endsWith('shipped')) return 2
  return 1
}

function Progress({ visit, part }: { visit: Visit; part: VendorOrder }) {
  const { words } = visit
  if (part.status === 'canceled') return <p class="said">{words.canceled}</p>
  const done = stepsDone(part)
  return (
    <ol class="progress" aria-label={words.progressOf(part.vendor.name)}>
      {steps.map((step, index) => (
        <li key={step} class={index < done ? 'done' : ''} {...(index === done - 1 ? { 'aria-current': 'step' } : {})}>
          {words.steps[step]}
          <span class="unseen">{index < done ? `: ${words.done}` : ''}</span>
        </li>
      ))}
    </ol>
  )
}

export function AddressLines({ visit, address }: { visit: Visit; address: Address }) {
  const country =
    address.country_code === null ? null : new Intl.DisplayNames([visit.locale], { type: 'region' }).of(address.country_code.toUpperCase())
  const lines = [
    [address.first_name, address.last_name],
    [address.company ?? null],
    [address.address_1],
    [address.address_2],
    ...townLines(address).map((line) => [line]),
    [country ?? null],
  ]
  return (
    <address>
      {lines
        .map((parts) => parts.filter((part) => part !== null && part !== '').join(' '))
        .filter((line) => line !== '')
        .map((line) => (
          <span key={line}>{line}</span>
        ))}
    </address>
  )
}

/** What of an order its shopper is still to pay, if anything. */
export function openCollection(order: Order): OrderCollection | undefined {
  if (order.status === 'canceled') return undefined
  return order.payment_collections?.find(({ status, amount }) => amount > 0 && (status === 'not_paid' || status === 'failed'))
}

/** An order with a line of progress for each vendor, as whoever knows its id may see it. */
export function OrderView({ visit, order }: { visit: Visit; order: Order }) {
  const { words } = visit
  const country = order.shipping_address?.country_code ?? order.billing_address?.country_code
  const gross = country == null || showsTaxIn([country])
  return (
    <div class="basket">
      <div class="parts">
        {order.vendor_orders.map((part) => (
          <section key={part.id} class="part" aria-labelledby={`part-${part.id}`}>
            <h2 id={`part-${part.id}`}>{words.parcelOf(part.vendor.name)}</h2>
            <Progress visit={visit} part={part} />
            <ul>
              {order.items
                .filter((item) => item.vendor.id === part.vendor.id)
                .map((item) => (
                  <li key={item.id} class="line">
                    <Picture visit={visit} url={item.thumbnail} alt="" size={120} />
                    <div class="line-words">
                      <h3>{item.product_title}</h3>
                      {item.variant_title !== null && item.variant_title !== 'Default' && <p class="note">{item.variant_title}</p>}
                      <p class="note">
                        {words.quantity}: {item.quantity}
                      </p>
                      {visit.identified.actor !== null && (
                        <p class="note">
                          <a href={visit.to(`/products/${item.product_handle}/review`)}>{words.reviewLink(item.product_title)}</a>
                        </p>
                      )}
                    </div>
                    <p class="price">{visit.money(gross ? item.original_total : item.subtotal, order.currency_code)}</p>
                  </li>
                ))}
            </ul>
          </section>
        ))}
      </div>
      <aside class="summary" aria-labelledby="summary">
        <h2 id="summary">{words.summary}</h2>
        <TotalsList visit={visit} totals={order} gross={gross} placed />
        {order.shipping_address !== null && (
          <>
            <h3>{words.address}</h3>
            <AddressLines visit={visit} address={order.shipping_address} />
          </>
        )}
      </aside>
    </div>
  )
}
