import { timingSafeEqual } from 'node:crypto'
import { ensureGuestStatement } from '../../customers/index.js'
import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { invalidData, isDuplicate, newId, notAllowed, notFound } from '../../kernel/index.js'
import { isLapsedSql, lapseSql, refuseOpenChange } from '../queries/open-change.js'

// An order goes to another account when whoever gets the mail at its own address says so. The token of that mail is
// derived from the request's id (access, mailedToken): no row tells it, and it is good while the request is open, seven days at most.

export interface TransferRequest {
  orderId: string
  /** The account that wants the order. */
  customerId: string
  description: string | null
  /** The account's e-mail becomes the order's too. */
  updatesOrderEmail: boolean
  /** What staff note of it for each other. */
  internalNote?: string | null | undefined
}

/** Makes the token of a request from its id. */
export type TransferToken = (transferId: string) => string

const unknownOrder = (id: string) => notFound(`Order id not found: ${id}`)

interface OrderLock {
  customer_id: string | null
  email: string | null
  status: string
}

const refuseCanceled = (order: OrderLock, id: string) => {
  if (order.status === 'canceled') throw invalidData(`Order with id ${id} has been canceled.`)
}
const nothingAsked = () => invalidData('An active Order Change is required to proceed')
const alreadyOwned = (orderId: string, customerId: string) => invalidData(`Order: ${orderId} already belongs to customer: ${customerId}`)

/**
 * Every step of a transfer starts here, with an end of what nobody answered in time, so that of accepting, declining and cancelling at once one is done. `no key
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
  await unit.run(
    statement(
      'orders.end_lapsed_transfer',
      `update order_transfer t set status = 'canceled', settled_at = ${lapseSql('t')}, updated_at = now()
       where t.tenant_id = $1 and t.order_id = $2 and ${isLapsedSql('t')}`,
      [tenantOf(unit), orderId],
    ),
  )
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
 * @throws not_found for the order; invalid_data for a customer without an account, and for an order that is the customer's
 * already, and while another change of the order is open; not_allowed for one that nobody can be asked about
 */
export async function requestOrderTransfer(context: Context, request: TransferRequest): Promise<void> {
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const order = await lockOrder(unit, request.orderId)
    const [customer] = await unit.run(
      statement<{ has_account: boolean; email: string }>(
        'orders.transfer_customer',
        'select has_account, email from customer where tenant_id = $1 and id = $2 and deleted_at is null',
        [tenantId, request.customerId],
      ),
    )
    if (customer === undefined) throw notFound(`Customer id not found: ${request.customerId}`)
    refuseCanceled(order, request.orderId)
    if (!customer.has_account) throw invalidData(`Cannot transfer order: ${request.orderId} to a guest customer account: ${customer.email}`)
    if (order.customer_id === request.customerId) throw alreadyOwned(request.orderId, request.customerId)
    await refuseOpenChange(unit, request.orderId)
    if (order.email === null) throw notAllowed(`Order ${request.orderId} has no email that could be asked.`)
    const id = await insertTransfer(context, unit, request, order.email)
    await emit(unit, 'order.transfer_requested', { order_transfer_id: id, order_id: request.orderId }, { requestId: context.requestId })
  })
}

/** Throws invalid_data for an order that is asked for already. */
async function insertTransfer(context: Context, unit: Unit, request: TransferRequest, originalEmail: string | null): Promise<string> {
  const id = newId('ordch')
  const { orderId, customerId, updatesOrderEmail, description, internalNote } = request
  try {
    await unit.run(
      statement(
        'orders.request_transfer',
        `insert into order_transfer
           (tenant_id, id, order_id, customer_id, original_email, updates_order_email, description, internal_note, created_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [tenantOf(unit), id, orderId, customerId, originalEmail, updatesOrderEmail, description, internalNote ?? null, context.actorId],
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw invalidData(`Order (${orderId}) already has an existing active order change`)
    throw error
  }
  return id
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

/**
 * Takes a request back; whosever it is, where no customer is named.
 * @throws not_found for the order; invalid_data for a canceled one, and when nobody asks for it; not_allowed when another does
 */
export async function cancelOrderTransfer(context: Context, orderId: string, customerId: string | null): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    refuseCanceled(await lockOrder(unit, orderId), orderId)
    const transfer = await openTransfer(unit, orderId)
    if (transfer === null) throw nothingAsked()
    if (customerId !== null && transfer.customer_id !== customerId) throw notAllowed('This customer is not allowed to cancel the transfer.')
    await settle(unit, transfer.id, 'canceled', context.clock.now())
  })
}

/** Whether a token is the request's; compared in the same time wherever they differ. */
function isToken(tokenOf: TransferToken, transfer: OpenTransfer, given: string): boolean {
  const wanted = Buffer.from(tokenOf(transfer.id))
  const sent = Buffer.from(given)
  return sent.length === wanted.length && timingSafeEqual(sent, wanted)
}

/**
 * Hands the order over, to whoever asked for it.
 * @throws not_found for the order; invalid_data for a canceled one, and where nobody asks for it; not_allowed for a wrong token
 */
export async function acceptOrderTransfer(context: Context, orderId: string, given: string, tokenOf: TransferToken): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    refuseCanceled(await lockOrder(unit, orderId), orderId)
    const transfer = await openTransfer(unit, orderId)
    if (transfer === null) throw invalidData(`Order ${orderId} does not have an order transfer request.`)
    if (!isToken(tokenOf, transfer, given)) throw notAllowed('Invalid token.')
    await settle(unit, transfer.id, 'accepted', context.clock.now())
    await handOver(unit, orderId, transfer)
  })
}

/** Throws not_allowed where the customer is gone. */
async function handOver(unit: Unit, orderId: string, to: Omit<OpenTransfer, 'id'>): Promise<void> {
  const moved = await unit.run(
    statement<{ email: string | null }>(
      'orders.hand_over',
      `update orders o set customer_id = c.id, email = case when $4 then c.email else o.email end, updated_at = now()
       from customer c where o.tenant_id = $1 and o.id = $2 and c.tenant_id = $1 and c.id = $3 and c.deleted_at is null returning o.email`,
      [tenantOf(unit), orderId, to.customer_id, to.updates_order_email],
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
}

/**
 * Hands an order to the guest of an e-mail, as staff do whom the shopper told that it changed. Nobody is asked.
 * @throws not_found for the order; invalid_data for a canceled one, and for the address that it has or that an account has;
 *   not_allowed while somebody asks for it
 */
export async function transferOrderToGuest(
  context: Context,
  given: { orderId: string; email: string; description: string | null; internalNote: string | null },
): Promise<void> {
  const { orderId, email } = given
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const order = await lockOrder(unit, orderId)
    const [account] = await unit.run(
      statement<{ id: string }>(
        'orders.account_of_email',
        'select id from customer where tenant_id = $1 and email = $2 and has_account and deleted_at is null',
        [tenantId, email],
      ),
    )
    refuseCanceled(order, orderId)
    if (account !== undefined && account.id === order.customer_id) throw alreadyOwned(orderId, account.id)
    if (account !== undefined)
      throw invalidData(`Cannot transfer order: ${orderId} to registered customer account: ${email}. Only guest customers are allowed.`)
    const [guest] = await unit.run(ensureGuestStatement(tenantId, email))
    const customerId = guest?.id as string
    if (order.customer_id === customerId) throw alreadyOwned(orderId, customerId)
    const id = await insertTransfer(context, unit, { ...given, customerId, updatesOrderEmail: true }, order.email)
    await settle(unit, id, 'accepted', context.clock.now())
    await handOver(unit, orderId, { customer_id: customerId, updates_order_email: true })
  })
}

/** Refuses a request, as `acceptOrderTransfer` accepts it; also for an order that was canceled since. */
export async function declineOrderTransfer(context: Context, orderId: string, given: string, tokenOf: TransferToken): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockOrder(unit, orderId)
    const transfer = await openTransfer(unit, orderId)
    if (transfer === null) throw nothingAsked()
    if (!isToken(tokenOf, transfer, given)) throw notAllowed('Invalid token.')
    await settle(unit, transfer.id, 'declined', context.clock.now())
  })
}
