import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notAllowed } from '../../kernel/index.js'
import { insertEdit, lockOrderToEdit, setStatus } from '../../order-edits/index.js'
import { insertReturn, lockReturn, moveReturn, removeReturn } from '../../returns/index.js'
import { changeExchange, type ExchangeLock, nounOf } from '../locks.js'

export interface ExchangeInput {
  order_id: string
  /** A claim gives money back, or sends something in place of what was wrong. */
  type: 'exchange' | 'refund' | 'replace'
  description?: string | null | undefined
  internal_note?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

/**
 * Begins an exchange, or a claim: what comes back and what is sent for it are planned next. While it is open, no edit of the order is.
 * @returns its id
 * @throws not_found; invalid_data for an order that is canceled, and while another change of it is open; not_allowed
 *   for one that is archived
 */
export function beginExchange(context: Context, input: ExchangeInput): Promise<string> {
  return context.db.unitOfWork(context.scope, async (unit) => {
    const tenantId = tenantOf(unit)
    await lockOrderToEdit(unit, input.order_id)
    const id = newId(input.type === 'exchange' ? 'oexc' : 'claim')
    await unit.run(
      statement(
        'exchanges.insert',
        `with number as (
           update order_sequence set next_exchange_display_id = next_exchange_display_id + 1 where tenant_id = $1
           returning next_exchange_display_id - 1 as display_id
         )
         insert into order_exchange (tenant_id, id, order_id, display_id, note, metadata, created_by, type)
         select $1, $2, $3, number.display_id, $4, $5, $6, $7 from number`,
        [
          tenantId,
          id,
          input.order_id,
          input.internal_note ?? input.description ?? null,
          input.metadata == null ? null : JSON.stringify(input.metadata),
          context.actorId,
          input.type,
        ],
      ),
    )
    const { order_id, description, internal_note } = input
    await insertEdit(unit, context, { order_id, description, internal_note }, id)
    return id
  })
}

/** Throws invalid_data for one that was requested or given up, in Medusa's words. */
export function needOpen(exchange: ExchangeLock): void {
  if (exchange.status === 'canceled') throw invalidData(`${nounOf(exchange.id)} with id ${exchange.id} has been canceled.`)
  if (exchange.status !== 'open') throw invalidData('An active Order Change is required to proceed')
}

/** Throws not_allowed for one that is open still. */
export function needRequested(exchange: ExchangeLock): void {
  if (exchange.status === 'open')
    throw notAllowed(`${nounOf(exchange.id)} ${exchange.id} was not requested: give it up with DELETE …/request instead`)
}

/**
 * The return of an open exchange, begun when something is to come back.
 * @param locationId where the goods go, if it is not to stay as it is
 * @returns its id
 * @throws not_found; invalid_data for an exchange that was requested or given up
 */
export function returnOfExchange(context: Context, exchangeId: string, locationId: string | undefined): Promise<string> {
  return changeExchange(context, exchangeId, async (unit, { exchange }) => {
    needOpen(exchange)
    if (exchange.return_id !== null) {
      if (locationId !== undefined) await moveReturn(unit, await lockReturn(unit, exchange.return_id), locationId)
      return exchange.return_id
    }
    return insertReturn(unit, context, { order_id: exchange.order_id, location_id: locationId, exchange_id: exchangeId })
  })
}

/** Gives an open exchange up. Throws not_found; not_allowed once it was requested: then it is canceled. */
export async function dropExchange(context: Context, exchangeId: string): Promise<void> {
  await changeExchange(context, exchangeId, async (unit, { exchange }) => {
    needOpen(exchange)
    if (exchange.return_id !== null) await removeReturn(unit, await lockReturn(unit, exchange.return_id))
    await setStatus(unit, context, exchange.order_edit_id, 'canceled')
    await setExchangeStatus(unit, context, exchangeId, 'canceled')
  })
}

export async function setExchangeStatus(unit: Unit, context: Context, exchangeId: string, status: 'requested' | 'canceled'): Promise<void> {
  await unit.run(
    statement(
      `exchanges.set_${status}`,
      `update order_exchange set status = '${status}', ${status}_at = $3, updated_at = now() where tenant_id = $1 and id = $2`,
      [tenantOf(unit), exchangeId, context.clock.now()],
    ),
  )
}
