import { z } from 'zod'
import { mailedToken } from '../../access/index.js'
import type { Context } from '../../db/index.js'
import { type RequestContext, type Route, route } from '../../http/index.js'
import {
  acceptOrderTransfer,
  cancelOrderTransfer,
  declineOrderTransfer,
  requestOrderTransfer,
  type TransferToken,
} from '../../orders/index.js'
import { customerIdOf } from './customers.js'
import { orderFields } from './order-fields.js'
import { answerOrder } from './orders.js'

type Settle = (context: Context, orderId: string, given: string, tokenOf: TransferToken) => Promise<void>

/** By whoever got the mail: the token is all that is needed. */
function settledBy(word: 'accept' | 'decline', summary: string, settle: Settle): Route {
  return route({
    surface: 'store',
    method: 'POST',
    path: `/store/orders/:id/transfer/${word}`,
    summary,
    access: 'public',
    limit: 'sign_in',
    body: z.strictObject({ token: z.string().min(1).max(200) }),
    fields: orderFields,
    ids: { id: 'order' },
    async handle(request) {
      const id = request.params.id as string
      const { accountSealer } = request.services
      await settle(request.context, id, request.body.token, (transferId) => mailedToken(accountSealer, 'order_transfer', transferId))
      return { order: await answerOrder(request, id) }
    },
  })
}

async function askForOrder(request: RequestContext<unknown, z.output<typeof wanted>>): Promise<unknown> {
  const { context, services, body, tenant } = request
  const id = request.params.id as string
  await services.rates.take('mail', `transfer:${tenant.id}:${id}`)
  await requestOrderTransfer(context, {
    orderId: id,
    customerId: customerIdOf(request),
    description: body.description ?? null,
    updatesOrderEmail: body.update_order_email ?? false,
  })
  return { order: await answerOrder(request, id) }
}

const wanted = z.strictObject({ description: z.string().max(500).nullish(), update_order_email: z.boolean().optional() })

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/orders/:id/transfer/request',
    summary: 'Ask for an order that was placed with another address',
    access: 'customer',
    limit: 'sign_in',
    body: wanted,
    fields: orderFields,
    ids: { id: 'order' },
    handle: askForOrder,
  }),
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/orders/:id/transfer/cancel',
    summary: 'Take the request for an order back',
    access: 'customer',
    fields: orderFields,
    ids: { id: 'order' },
    async handle(request) {
      const id = request.params.id as string
      await cancelOrderTransfer(request.context, id, customerIdOf(request))
      return { order: await answerOrder(request, id) }
    },
  }),
  settledBy('accept', 'Hand an order over to who asked for it', acceptOrderTransfer),
  settledBy('decline', 'Keep an order that somebody asked for', declineOrderTransfer),
]
