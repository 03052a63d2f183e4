import { tenantOf } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { optionsOfOrderStatement, renderOrderOption } from '../../shipping/index.js'
import { needWholeStore } from './shared.js'
import { wireOrder } from './order-answers.js'

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/orders/:id/shipping-options',
    summary: 'How what is in an order can be sent, and come back',
    access: 'orders:read',
    fields: {
      relationsLimit: 4,
      defaults: ['*', 'type.*', 'provider.*', 'rules.*', 'service_zone.*', 'service_zone.fulfillment_set.*'].concat([
        'service_zone.fulfillment_set.location.*',
        'service_zone.fulfillment_set.location.address.*',
      ]),
    },
    // Every option is answered, since a page could leave a vendor's out; clients send these with every list.
    page: { limit: 100, orderable: ['id'] },
    ids: { id: 'order' },
    async handle(request) {
      needWholeStore(request, 'orders:read')
      const { context, fields } = request
      const orderId = request.params.id as string
      await wireOrder(request, orderId)
      const options = await context.db.read(context.scope, optionsOfOrderStatement(tenantOf(context), orderId))
      return { shipping_options: options.map((option) => fields.project(renderOrderOption(option))) }
    },
  }),
]
