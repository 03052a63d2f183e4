import { type Statement, statement } from '../db/index.js'

export interface CartLock {
  id: string
  completed_at: Date | null
  order_id: string | null
  /** The open attempt to complete this cart, if there is one. */
  checkout_id: string | null
}

/**
 * Locks a cart until the transaction ends: everything that changes a cart starts here, so that two changes follow one
 * another. Sent as the first statement; what is sent behind it in the same round trip sees what the last holder wrote.
 */
export function lockCartStatement(tenantId: string, cartId: string): Statement<CartLock> {
  return statement(
    'carts.lock',
    `select c.id, c.completed_at, c.order_id,
            (select k.id from checkout k where k.tenant_id = $1 and k.cart_id = c.id and k.state = 'open') as checkout_id
     from cart c where c.tenant_id = $1 and c.id = $2 for update of c`,
    [tenantId, cartId],
  )
}
