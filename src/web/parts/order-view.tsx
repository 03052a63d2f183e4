import { toMajor, toMinor } from '../../kernel/index.js'
import { showsTaxIn } from '../../regions/index.js'
import type { Order, OrderCollection, OrderItem, OrderReturn, VendorOrder } from '../answers.js'
import { dayText, type Visit } from '../visit.js'
import { afterSaleWordsOf } from '../words/after-sale.js'
import { AddressLines } from './address-lines.js'
import { HowToPay } from './payment.js'
import { Picture } from './picture.js'
import { TotalsList } from './totals.js'
import { VariantTitle } from './variant-title.js'

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

/** The numbers of the parcels that were sent, as links to their carrier where the vendor named one. */
function Tracking({ visit, order, part }: { visit: Visit; order: Order; part: VendorOrder }) {
  const sent = order.fulfillments.filter(
    (parcel) => parcel.vendor_order_id === part.id && parcel.shipped_at !== null && parcel.canceled_at === null,
  )
  const labels = sent.flatMap((parcel) => parcel.labels)
  if (labels.length === 0) return null
  return (
    <p class="tracking">
      {afterSaleWordsOf(visit.locale).tracking(labels.length)}{' '}
      {labels.map(({ id, tracking_number, tracking_url }, index) => (
        <span key={id}>
          {index > 0 ? ', ' : ''}
          {tracking_url !== null && /^https?:\/\//.test(tracking_url) ? (
            <a href={tracking_url} rel="noreferrer">
              <bdi>{tracking_number}</bdi>
            </a>
          ) : (
            <bdi>{tracking_number}</bdi>
          )}
        </span>
      ))}
    </p>
  )
}

/** What of an order its shopper is still to pay, if anything. */
export function openCollection(order: Order): OrderCollection | undefined {
  if (order.status === 'canceled') return undefined
  return order.payment_collections?.find(({ status, amount }) => amount > 0 && (status === 'not_paid' || status === 'failed'))
}

/** A line as its prices are: of the pieces that did not come back. */
interface ShownLine extends OrderItem {
  cameBack: number
}

const withoutReturned = (item: OrderItem): ShownLine => {
  const cameBack = item.detail.return_received_quantity + item.detail.return_dismissed_quantity
  return { ...item, quantity: item.quantity - cameBack, cameBack }
}

/** Pieces that staff added to an order stand in lines of their own; to its shopper they are more of the same. */
function together(items: readonly OrderItem[], currency: string): ShownLine[] {
  const sum = (a: number, b: number) => toMajor(toMinor(a, currency) + toMinor(b, currency), currency)
  const lines = new Map<string, ShownLine>()
  for (const item of items.map(withoutReturned)) {
    const key = item.variant_id === null ? item.id : `${item.variant_id} ${item.unit_price} ${item.product_title}`
    const same = lines.get(key)
    lines.set(
      key,
      same === undefined
        ? item
        : {
            ...same,
            quantity: same.quantity + item.quantity,
            cameBack: same.cameBack + item.cameBack,
            original_total: sum(same.original_total, item.original_total),
            subtotal: sum(same.subtotal, item.subtotal),
          },
    )
  }
  return [...lines.values()]
}

/** Goods that were bought and not canceled can be told of. */
const canReview = (visit: Visit, order: Order, part: VendorOrder) =>
  visit.identified.actor !== null && order.status !== 'canceled' && part.status !== 'canceled'

interface PartOf {
  visit: Visit
  order: Order
  part: VendorOrder
  gross: boolean
}

function Part({ visit, order, part, gross }: PartOf) {
  const { words } = visit
  const own = order.items.filter((item) => item.vendor.id === part.vendor.id)
  return (
    <section class="part" aria-labelledby={`part-${part.id}`}>
      <h2 id={`part-${part.id}`}>{words.parcelOf(part.vendor.name)}</h2>
      <Progress visit={visit} part={part} />
      <Tracking visit={visit} order={order} part={part} />
      <ul>
        {together(own, order.currency_code).map((item) => (
          <li key={item.id} class="line">
            <Picture visit={visit} url={item.thumbnail} alt="" size={120} />
            <div class="line-words">
              <h3>
                <bdi>{item.product_title}</bdi>
              </h3>
              <VariantTitle line={item} />
              <p class="note">
                {words.quantity}: {item.quantity}
              </p>
              {item.cameBack > 0 && <p class="note">{afterSaleWordsOf(visit.locale).cameBack(item.cameBack)}</p>}
              {canReview(visit, order, part) && (
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
  )
}

/** What is on its way back, or was, and how far it has come. */
function Returns({ visit, order }: { visit: Visit; order: Order }) {
  const words = afterSaleWordsOf(visit.locale)
  if (order.returns.length === 0) return null
  return (
    <section class="part" aria-labelledby="returns">
      <h2 id="returns">{words.returns}</h2>
      <ul class="returns-of-order">
        {order.returns.map((back) => (
          <li key={back.id}>
            <h3>{words.returnNumber(back.display_id)}</h3>
            <ul>
              {back.items.map((item) => (
                <ReturnedItem key={item.id} visit={visit} order={order} item={item} />
              ))}
            </ul>
            <p class="note">{stateOf(visit, back)}</p>
            {back.status !== 'canceled' && <WayBack visit={visit} back={back} currency={order.currency_code} />}
            {back.refund_amount !== null && <p>{words.returnedMoney(visit.money(back.refund_amount, order.currency_code))}</p>}
          </li>
        ))}
      </ul>
    </section>
  )
}

function ReturnedItem({ visit, order, item }: { visit: Visit; order: Order; item: OrderReturn['items'][number] }) {
  const line = order.items.find(({ id }) => id === item.item_id)
  const came = item.received_quantity + item.damaged_quantity
  return (
    <li>
      {item.quantity} × <bdi>{line?.product_title ?? ''}</bdi>
      {came > 0 && <span class="note"> ({afterSaleWordsOf(visit.locale).pieces(came, item.quantity)})</span>}
    </li>
  )
}

/** How it is sent back, what that costs, and where it goes as long as something is expected. */
function WayBack({ visit, back, currency }: { visit: Visit; back: OrderReturn; currency: string }) {
  const words = afterSaleWordsOf(visit.locale)
  // An exchange or a claim counts it otherwise.
  const isKept = back.exchange_id === null && back.claim_id === null
  return (
    <>
      {back.shipping_methods.map((way) => (
        <p key={way.name}>
          {isKept || way.amount === 0
            ? words.wayBack(way.name, way.amount === 0 ? '' : visit.money(way.amount, currency))
            : `${way.name}: ${visit.money(way.amount, currency)}`}
        </p>
      ))}
      {back.status !== 'received' &&
        back.send_to.map(({ vendor, name, address }) => (
          <div key={vendor} class="send-to">
            <p>{words.sendTo}</p>
            {address === null ? (
              <p>{words.addressFollows(vendor)}</p>
            ) : (
              <AddressLines
                visit={visit}
                address={{ ...address, company: name === null || name === vendor ? vendor : `${vendor}, ${name}` }}
              />
            )}
          </div>
        ))}
    </>
  )
}

function stateOf(visit: Visit, { status, requested_at, received_at }: OrderReturn): string {
  const words = afterSaleWordsOf(visit.locale)
  if (status === 'canceled') return words.returnCanceled
  if (status === 'received') return words.received(dayText(visit, received_at ?? requested_at))
  return status === 'partially_received' ? words.partlyReceived : words.asked(dayText(visit, requested_at))
}

/** An order with a line of progress for each vendor, what came back of it, and what was paid and given back. */
export function OrderView({ visit, order }: { visit: Visit; order: Order }) {
  const { words } = visit
  const country = order.shipping_address?.country_code ?? order.billing_address?.country_code
  const gross = country == null || showsTaxIn([country])
  return (
    <div class="basket">
      <div class="parts">
        <HowToPay visit={visit} order={order} />
        {order.vendor_orders.map((part) => (
          <Part key={part.id} visit={visit} order={order} part={part} gross={gross} />
        ))}
        <Returns visit={visit} order={order} />
      </div>
      <aside class="summary" aria-labelledby="summary">
        <h2 id="summary">{words.summary}</h2>
        <TotalsList visit={visit} {...afterSale(order)} gross={gross} placed />
        <GivenBack visit={visit} order={order} />
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

/**
 * What an order came to after its sale: of its credit lines some paid for it, the rest was taken off it (a claim, or money for nothing
 * that came back). What went back as credit is told below, beside what was refunded.
 */
function afterSale(order: Order): { totals: Order; takenOff: number } {
  const minor = (amount: number) => toMinor(amount, order.currency_code)
  const back = minor(order.credit_returned_total)
  const off = minor(order.credit_line_total ?? 0) - minor(order.credit_paid_total) + back
  const total = toMajor(minor(order.total) - back, order.currency_code)
  return { totals: { ...order, total, credit_line_total: order.credit_paid_total }, takenOff: toMajor(off, order.currency_code) }
}

/** What was paid with money and with credit. */
export const paidOf = (order: Order): number => order.summary.paid_total + order.credit_paid_total

/** Money that came back, below what was paid: only where there is some, since the total says the rest. */
function GivenBack({ visit, order }: { visit: Visit; order: Order }) {
  const words = afterSaleWordsOf(visit.locale)
  const { refunded_total: refunded } = order.summary
  const paid = paidOf(order)
  const credit = order.credit_returned_total
  if (refunded === 0 && credit === 0) return null
  const row = (label: string, amount: number) =>
    amount !== 0 && (
      <div>
        <dt>{label}</dt>
        <dd>{visit.money(amount, order.currency_code)}</dd>
      </div>
    )
  return (
    <dl class="totals given-back">
      {row(words.paid, paid)}
      {row(words.refunded, -refunded)}
      {row(words.asCredit, -credit)}
    </dl>
  )
}
