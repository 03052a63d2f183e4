import { timingSafeEqual } from 'node:crypto'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { invalidData, isDuplicate, newId, notAllowed, notFound } from '../../kernel/index.js'

// An order goes to another account when whoever gets the mail at its own address says so. The token of that mail is
// derived from the request's id (access, mailedToken): no row tells it, and it is good while the request is open.

export interface TransferRequest {
  orderId: string
  /** The account that wants the order. */
  customerId: string
  description: string | null
  /** The account's e-mail becomes the order's too. */
  updatesOrderEmail: boolean
}

/** Makes the token of a request from its id. */
export type TransferToken = (transferId: string) => string

const unknownOrder = (id: string) => notFound(`Order with id: ${id} was not found`)

interface OrderLock {
  customer_id: string | null
  email: string | null
  status: string
}

/**
 * Every step of a transfer starts here, so that of accepting, declining and cancelling at once one is done. `no key
 * update`: packing refers to the order while it holds the vendor order that a transfer changes.
 */
async function lockOrder(unit: Unit, orderId: string): Promise<OrderLock> {
  const [order] = await unit.run(
    statement<OrderLock>(
      'orders.lock_for_transfer',
      'select customer_id, email, status from orders where tenant_id = $1 and id = $2 for no key update',
      [tenantOf(unit), orderId],
    ),
  )
  if (order === undefined || order.status === 'draft') throw unknownOrder(orderId)
  return order
}

interface OpenTransfer {
  id: string
  customer_id: string
  updates_order_email: boolean
}

async function openTransfer(unit: Unit, orderId: string): Promise<OpenTransfer | null> {
  const [transfer] = await unit.run(
    statement<OpenTransfer>(
      'orders.open_transfer',
      `select id, customer_id, updates_order_email from order_transfer where tenant_id = $1 and order_id = $2 and status = 'requested'`,
      [tenantOf(unit), orderId],
    ),
  )
  return transfer ?? null
}

/**
 * Asks for an order for a customer's account; a mail asks whoever it was placed by.
 * @throws not_found for the order; invalid_data for a customer without an account; not_allowed for an order that is the
 * customer's already, that nobody can be asked about, or that is asked for already
 */
export async function requestOrderTransfer(context: Context, request: TransferRequest): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const order = await lockOrder(unit, request.orderId)
    const [customer] = await unit.run(
      statement<{ has_account: boolean }>(
        'orders.transfer_customer',
        'select has_account from customer where tenant_id = $1 and id = $2 and deleted_at is null',
        [tenantId, request.customerId],
      ),
    )
    if (customer?.has_account !== true) throw invalidData(`Cannot transfer order to a guest customer account: ${request.customerId}`)
    if (order.customer_id === request.customerId) throw notAllowed(`Order ${request.orderId} already belongs to this customer.`)
    if (order.email === null) throw notAllowed(`Order ${request.orderId} has no email that could be asked.`)
    const id = newId('ordch')
    try {
      await unit.run(
        statement(
          'orders.request_transfer',
          `insert into order_transfer (tenant_id, id, order_id, customer_id, original_email, updates_order_email, description)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [tenantId, id, request.orderId, request.customerId, order.email, request.updatesOrderEmail, request.description],
        ),
      )
    } catch (error) {
      if (isDuplicate(error)) throw notAllowed(`Order ${request.orderId} already has an active transfer request.`)
      throw error
    }
    await emit(unit, 'order.transfer_requested', { order_transfer_id: id, order_id: request.orderId }, { requestId: context.requestId })
  })
}

async function settle(unit: Unit, transferId: string, status: 'accepted' | 'declined' | 'canceled', at: Date): Promise<void> {
  await unit.run(
    statement(
      'orders.settle_transfer',
      'update order_transfer set status = $3, settled_at = $4, updated_at = $4 where tenant_id = $1 and id = $2',
      [tenantOf(unit), transferId, status, at],
    ),
  )
}

/** Takes a request back. Throws not_found for the order; not_allowed when the customer has no open request for it. */
export async function cancelOrderTransfer(context: Context, orderId: string, customerId: string): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockOrder(unit, orderId)
    const transfer = await openTransfer(unit, orderId)
    if (transfer === null || transfer.customer_id !== customerId) throw notAllowed('This customer is not allowed to cancel the transfer.')
    await settle(unit, transfer.id, 'canceled', context.clock.now())
  })
}

/** Whether a token is the open request's; compared in the same time wherever they differ. */
function isToken(tokenOf: TransferToken, transfer: OpenTransfer | null, given: string): transfer is OpenTransfer {
  const wanted = Buffer.from(tokenOf(transfer?.id ?? 'none'))
  const sent = Buffer.from(given)
  return sent.length === wanted.length && timingSafeEqual(sent, wanted) && transfer !== null
}

/**
 * Hands the order over, to whoever asked for it.
 * @throws not_found for the order; not_allowed `Invalid token.` for a wrong token, and where nothing is asked for
 */
export async function acceptOrderTransfer(context: Context, orderId: string, given: string, tokenOf: TransferToken): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockOrder(unit, orderId)
    const transfer = await openTransfer(unit, orderId)
    if (!isToken(tokenOf, transfer, given)) throw notAllowed('Invalid token.')
    await settle(unit, transfer.id, 'accepted', context.clock.now())
    const moved = await unit.run(
      statement<{ email: string | null }>(
        'orders.hand_over',
        `update orders o set customer_id = c.id, email = case when $4 then c.email else o.email end, updated_at = now()
         from customer c where o.tenant_id = $1 and o.id = $2 and c.tenant_id = $1 and c.id = $3 and c.deleted_at is null returning o.email`,
        [tenantOf(unit), orderId, transfer.customer_id, transfer.updates_order_email],
      ),
    )
    if (moved.length === 0) throw notAllowed('The account that asked for this order is gone.')
    // The vendors' parts carry the address that the vendors write to.
    await unit.run(
      statement('orders.hand_over_parts', 'update vendor_order set email = $3, updated_at = now() where tenant_id = $1 and order_id = $2', [
        tenantOf(unit),
        orderId,
        moved[0]?.email ?? null,
      ]),
    )
  })
}

/** Refuses a request, as `acceptOrderTransfer` accepts it. */
export async function declineOrderTransfer(context: Context, orderId: string, given: string, tokenOf: TransferToken): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockOrder(unit, orderId)
    const transfer = await openTransfer(unit, orderId)
    if (!isToken(tokenOf, transfer, given)) throw notAllowed('Invalid token.')
    await settle(unit, transfer.id, 'declined', context.clock.now())
  })
}
