import type { Cart, Customer } from '../answers.js'
import { cartOf } from '../cookies.js'
import type { Page } from '../page.js'
import type { Personal } from '../parts/layout.js'
import type { Visit } from '../visit.js'

/** What a page says of who looks at it: how much is in the cart, and the name of who is signed in. */
export async function personalOf(visit: Visit): Promise<Personal> {
  const { api, identified } = visit
  const cart = cartOf(visit)
  const [items, customer] = await Promise.all([
    cart === null
      ? []
      : api
          .get<{ cart: Pick<Cart, 'items' | 'completed_at'> }>('/store/carts/:id', {
            params: { id: cart.id },
            query: { fields: 'id,completed_at,items.id,items.quantity' },
          })
          // A cart of another store, or one that is gone.
          .then(({ cart: found }) => (found.completed_at === null ? found.items : []))
          .catch(() => []),
    identified.actor === null
      ? null
      : api.get<{ customer: Customer }>('/store/customers/me', { query: { fields: 'id,first_name,email' } }).catch(() => null),
  ])
  return {
    cartCount: items.reduce((sum, item) => sum + item.quantity, 0),
    name: customer === null ? null : (customer.customer.first_name ?? customer.customer.email),
  }
}

export const pages: Page[] = [
  {
    method: 'GET',
    path: '/status.json',
    show: async (visit) => ({ type: 'application/json', text: JSON.stringify(await personalOf(visit)) }),
  },
]
