import { type Context, statement, tenantOf, type Unit } from '../db/index.js'
import { isId, notFound } from '../kernel/index.js'
import { lockOrderStatement, type OrderLock } from '../orders/index.js'

export interface ExchangeLock {
  id: string
  order_id: string
  type: 'exchange' | 'refund' | 'replace'
  status: 'open' | 'requested' | 'canceled'
  return_id: string | null
  order_edit_id: string
}

/** How messages name it: a claim is an exchange with a worth of its own. */
export const nounOf = (id: string) => (isId(id, 'claim') ? 'Claim' : 'Exchange')

/** An exchange behind the lock of its order: whoever changes either waits here. Throws not_found. */
export async function lockExchange(unit: Unit, exchangeId: string): Promise<{ order: OrderLock; exchange: ExchangeLock }> {
  const tenantId = tenantOf(unit)
  const unknown = () => notFound(`Order${nounOf(exchangeId)} id not found: ${exchangeId}`)
  const [found] = await unit.run(
    statement<{ order_id: string }>('exchanges.order_of', 'select order_id from order_exchange where tenant_id = $1 and id = $2', [
      tenantId,
      exchangeId,
    ]),
  )
  if (found === undefined) throw unknown()
  const [[order], [exchange]] = await Promise.all([
    unit.run(lockOrderStatement(tenantId, found.order_id)),
    unit.run(
      statement<ExchangeLock>(
        'exchanges.lock',
        `select x.id, x.order_id, x.type, x.status, r.id as return_id, e.id as order_edit_id from order_exchange x
         join order_edit e on e.tenant_id = x.tenant_id and e.order_id = x.order_id and e.exchange_id = x.id
         left join order_return r on r.tenant_id = x.tenant_id and r.order_id = x.order_id and r.exchange_id = x.id
         where x.tenant_id = $1 and x.id = $2 for update of x`,
        [tenantId, exchangeId],
      ),
    ),
  ])
  if (order === undefined || exchange === undefined) throw unknown()
  return { order, exchange }
}

/** Runs a change of an exchange in a unit of its own, under its locks. */
export function changeExchange<T>(
  context: Context,
  exchangeId: string,
  change: (unit: Unit, locked: { order: OrderLock; exchange: ExchangeLock }) => Promise<T>,
): Promise<T> {
  return context.db.unitOfWork(context.scope, async (unit) => change(unit, await lockExchange(unit, exchangeId)))
}
