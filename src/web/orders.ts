import { notFound, StoaError } from '../kernel/index.js'
import type { Order } from './answers.js'
import { translated } from '../translations/index.js'
import { contextOf } from './context.js'
import type { Visit } from './visit.js'

const fields = [
  ...[
    '+cart.id',
    '+customer.id',
    '+is_of_account',
    '+credit_paid_total',
    '+credit_returned_total',
    '*fulfillments',
    '*fulfillments.labels',
  ],
  ...['*returns', '*returns.items', '*returns.shipping_methods', '*returns.send_to', '*payment_collections.payments'],
].join()

/**
 * The order that the path names, in the page's language. Whoever knows its id may see it, as the Store API has it, but for
 * the order of an account: that one is shown to its customer alone.
 * @throws not_found; unauthorized where the customer has to sign in first
 */
export async function readOrder(visit: Visit): Promise<Order> {
  const { api, params, identified } = visit
  const id = params.id as string
  const { order } = await api.get<{ order: Order }>('/store/orders/:id', { params: { id }, query: { fields } })
  if (order.is_of_account && order.customer?.id !== identified.actor?.id) {
    if (identified.actor === null) throw new StoaError('unauthorized', 401, 'This order belongs to an account: sign in to see it')
    throw notFound(`Order with id: ${id} was not found`)
  }
  const ways = order.returns.flatMap(({ shipping_methods }) => shipping_methods)
  const options = ways.map(({ shipping_option_id, name }) => ({ id: shipping_option_id ?? '', name }))
  if (visit.locale !== visit.shop.locales[0]) await translated(contextOf(visit), visit.locale, options)
  for (const [index, way] of ways.entries()) way.name = options[index]?.name ?? way.name
  return order
}
