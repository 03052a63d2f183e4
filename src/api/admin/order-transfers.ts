import { z } from 'zod'
import { email, type Route, route } from '../../http/index.js'
import { cancelOrderTransfer, requestOrderTransfer, transferOrderToGuest } from '../../orders/index.js'
import { answerOrder, orderFields as fields } from './order-answers.js'
import { id, needWholeStore, text } from './shared.js'

const notes = { description: text.optional(), internal_note: text.optional() }

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/transfer',
    summary: 'Ask for an order for the account of a customer: a mail asks whoever it was placed by',
    access: 'orders:write',
    body: z.strictObject({ customer_id: id, ...notes, update_order_email: z.boolean().optional() }),
    fields,
    ids: { id: 'order', customer_id: 'customer' },
    async handle(request) {
      const orderId = request.params.id as string
      needWholeStore(request, 'orders:write')
      const { customer_id, description = null, internal_note, update_order_email = false } = request.body
      await requestOrderTransfer(request.context, {
        orderId,
        customerId: customer_id,
        description,
        internalNote: internal_note,
        updatesOrderEmail: update_order_email,
      })
      return answerOrder(request, orderId)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/transfer/guest',
    summary: 'Hand an order to a guest, by the e-mail',
    access: 'orders:write',
    body: z.strictObject({ email, ...notes }),
    fields,
    ids: { id: 'order' },
    async handle(request) {
      const orderId = request.params.id as string
      needWholeStore(request, 'orders:write')
      const { email: to, description = null, internal_note = null } = request.body
      await transferOrderToGuest(request.context, { orderId, email: to, description, internalNote: internal_note })
      return answerOrder(request, orderId)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/orders/:id/transfer/cancel',
    summary: 'Take a request for an order back, whosever it is',
    access: 'orders:write',
    fields,
    ids: { id: 'order' },
    async handle(request) {
      const orderId = request.params.id as string
      needWholeStore(request, 'orders:write')
      await cancelOrderTransfer(request.context, orderId, null)
      return answerOrder(request, orderId)
    },
  }),
]
