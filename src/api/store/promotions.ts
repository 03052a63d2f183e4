import { z } from 'zod'
import { addPromotions, removePromotions } from '../../carts/index.js'
import { type Route, route } from '../../http/index.js'
import { cartFields } from './cart-fields.js'
import { answerCart, promoCodes } from './carts.js'

export const routes: Route[] = [
  route({
    surface: 'store',
    method: 'POST',
    path: '/store/carts/:id/promotions',
    summary: 'Add promotion codes to a cart; none at all takes its codes away',
    access: 'public',
    body: z.strictObject({ promo_codes: promoCodes }),
    fields: cartFields,
    ids: { id: 'cart' },
    async handle(request) {
      return answerCart(request, await addPromotions(request.context, request.params.id as string, request.body.promo_codes))
    },
  }),
  route({
    surface: 'store',
    method: 'DELETE',
    path: '/store/carts/:id/promotions',
    summary: 'Take promotion codes away from a cart',
    access: 'public',
    body: z.strictObject({ promo_codes: promoCodes }),
    fields: cartFields,
    ids: { id: 'cart' },
    async handle(request) {
      return answerCart(request, await removePromotions(request.context, request.params.id as string, request.body.promo_codes))
    },
  }),
]
