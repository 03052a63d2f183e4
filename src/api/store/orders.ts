import { absoluteUrl } from '../../catalog/index.js'
import { tenantOf } from '../../db/index.js'
import { type RequestContext, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { loadOrderStatement, renderOrder } from '../../orders/index.js'
import { orderFields } from './order-fields.js'

/**
 * An order in wire shape, as the request's fields want it.
 * @throws not_found for an unknown order, and for a draft
 */
export async function answerOrder(request: RequestContext<unknown, unknown>, orderId: string): Promise<unknown> {
  const { context, fields, services } = request
  const [order] = await context.db.read(context.scope, loadOrderStatement(tenantOf(context), orderId))
  if (order === undefined || order.status === 'draft') throw notFound(`Order with id: ${orderId} was not found`)
  return fields.project(renderOrder(order, (url) => absoluteUrl(url, services.publicUrl)))
}

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'GET',
    path: '/store/orders/:id',
    summary: 'An order, to whoever knows its id',
    access: 'public',
    fields: orderFields,
    ids: { id: 'order' },
    async handle(request) {
      return { order: await answerOrder(request, request.params.id as string) }
    },
  }),
]
