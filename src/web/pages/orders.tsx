import type { Order } from '../answers.js'
import { cartOf, forgetCart } from '../cookies.js'
import type { Page, Shown } from '../page.js'
import { readOrder } from '../orders.js'
import { openCollection, OrderView, paidOf } from '../parts/order-view.js'
import { dayText, type Visit } from '../visit.js'
import { afterSaleWordsOf } from '../words/after-sale.js'
import { orderPayingWordsOf } from '../words/order-paying.js'

/** An order: how far it is, what came of it, and what can be done about it. */
async function show(visit: Visit): Promise<Shown> {
  const { words } = visit
  const order = await readOrder(visit)
  const cart = cartOf(visit)
  // One that was begun since stays.
  if (cart !== null && cart.id === order.cart?.id) forgetCart(visit)
  const placed = visit.query.get('placed') === 'true'
  return {
    title: words.orderNumber(order.display_id),
    body: (
      <>
        <header class="list-head">
          <h1>{placed ? words.thanks : words.orderNumber(order.display_id)}</h1>
          <p>
            {placed ? `${words.orderNumber(order.display_id)}. ` : ''}
            {words.orderedOn(dayText(visit, order.created_at))} {placed && words.confirmationTo(order.email)}
          </p>
          {order.status === 'canceled' && (
            <p class="said">{paidOf(order) === 0 ? words.canceled : afterSaleWordsOf(visit.locale).canceledMoney}</p>
          )}
        </header>
        <Payment visit={visit} order={order} />
        {visit.query.get('returned') === 'true' && order.returns.length > 0 && (
          <p class="said" role="status">
            {words.returned}
          </p>
        )}
        <OrderView visit={visit} order={order} />
        <p class="block hero-links">
          {order.items.some((item) => item.detail.fulfilled_quantity > 0) && (
            <a class="button quiet" href={visit.to(`/orders/${order.id}/return`)}>
              {words.returnLink}
            </a>
          )}
          <a class="button quiet" href={visit.to('/products')}>
            {words.toProducts}
          </a>
        </p>
      </>
    ),
  }
}

/** What is still to be paid of the order, and what became of a payment that was just made. */
function Payment({ visit, order }: { visit: Visit; order: Order }) {
  const words = orderPayingWordsOf(visit.locale)
  const open = openCollection(order)
  const isComing = order.payment_collections?.some(({ status }) => status === 'awaiting') === true
  const asked = visit.query.get('payment')
  const came = new Map([
    ['noted', words.noted],
    ['paid', words.paid],
    ['coming', words.onItsWay],
  ])
  const said = isComing ? words.onItsWay : came.get(asked ?? '')
  return (
    <>
      {said !== undefined && (
        <p class="said" role="status">
          {said}
        </p>
      )}
      {open !== undefined && asked !== 'coming' && (
        <p class="block hero-links">
          <strong>{words.toPay(visit.money(open.amount, open.currency_code))}</strong>{' '}
          <a class="button" href={visit.to(`/orders/${order.id}/pay`)}>
            {words.pay}
          </a>
        </p>
      )}
    </>
  )
}

export const pages: Page[] = [{ method: 'GET', path: '/orders/:id', ids: { id: 'order' }, show }]
