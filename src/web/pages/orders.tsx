import type { Order } from '../answers.js'
import type { Page, Shown } from '../page.js'
import { OrderView } from '../parts/order-view.js'
import { dayText, type Visit } from '../visit.js'

/** An order to whoever knows its id, as the Store API has it. */
async function show(visit: Visit): Promise<Shown> {
  const { api, params, words } = visit
  const { order } = await api.get<{ order: Order }>('/store/orders/:id', { params: { id: params.id as string } })
  const placed = visit.query.get('placed') === 'true'
  return {
    title: words.orderNumber(order.display_id),
    body: (
      <>
        <header class="list-head">
          <h1>{placed ? words.thanks : words.orderNumber(order.display_id)}</h1>
          <p>
            {placed ? `${words.orderNumber(order.display_id)}. ` : ''}
            {words.orderedOn(dayText(visit, order.created_at))} {words.confirmationTo(order.email)}
          </p>
          {order.status === 'canceled' && <p class="said">{words.canceled}</p>}
        </header>
        <OrderView visit={visit} order={order} />
        {visit.query.get('returned') === 'true' && (
          <p class="said" role="status">
            {words.returned}
          </p>
        )}
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

export const pages: Page[] = [{ method: 'GET', path: '/orders/:id', ids: { id: 'order' }, show }]
