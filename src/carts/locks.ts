import { type Statement, statement } from '../db/index.js'

export interface CartLock {
  id: string
  completed_at: Date | null
  order_id: string | null
}

/**
 * Locks a cart until the transaction ends: everything that changes a cart starts here, so that two changes follow one
 * another. Sent as the first statement; what is sent behind it in the same round trip sees what the last holder wrote. The lock's
 * own statement does not: it may have begun to wait before the last holder wrote, so it reads nothing but the cart's row.
 */
export function lockCartStatement(tenantId: string, cartId: string): Statement<CartLock> {
  return statement('carts.lock', 'select id, completed_at, order_id from cart where tenant_id = $1 and id = $2 for update', [
    tenantId,
    cartId,
  ])
}
