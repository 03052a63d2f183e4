import { type Context, type Statement, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, notAllowed, notFound, unexpectedState } from '../../kernel/index.js'
import { type Collection, collectionJsonSql, isBegun, replaceSession, startSession } from '../collections.js'
import type { OrderCollection } from '../order-collections.js'
import { paymentProviderOf } from '../registry.js'
import { lockCollection } from './order-collections.js'
import { settlePayment } from './settle-payment.js'

/** A collection of an order, with whom its region can be paid through. */
export interface CollectionOfOrder {
  collection: Collection
  providers: string[]
}

interface PayableRow extends CollectionOfOrder {
  order_status: string
  /** The cart that it was paid with; null for what the order came to more. */
  cart_id: string | null
  /** The account that the order belongs to, if it is one's with which somebody can sign in. */
  owner_id: string | null
}

function payableStatement(tenantId: string, collectionId: string): Statement<PayableRow> {
  return statement(
    'payments.payable',
    `select ${collectionJsonSql} as collection, o.status as order_status, k.cart_id, u.id as owner_id,
            array(select w.provider_id from region_payment_provider w
              where w.tenant_id = $1 and w.region_id = o.region_id and w.is_enabled order by w.provider_id) as providers
     from payment_collection k join orders o on o.tenant_id = k.tenant_id and o.id = k.order_id
     left join customer u on u.tenant_id = o.tenant_id and u.id = o.customer_id and u.has_account
     where k.tenant_id = $1 and k.id = $2`,
    [tenantId, collectionId],
  )
}

/**
 * A collection of an order, for its shopper or for whoever holds the link to it: ids cannot be guessed, and another customer
 * who is signed in is nobody.
 * @throws not_found
 */
async function payableOf(context: Context, collectionId: string, shopperId: string | null): Promise<PayableRow> {
  const [found] = await context.db.read(context.scope, payableStatement(tenantOf(context), collectionId))
  const isForeign = found !== undefined && found.owner_id !== null && shopperId !== null && found.owner_id !== shopperId
  if (found === undefined || isForeign) throw notFound(`Payment collection with id: ${collectionId} was not found`)
  return found
}

const nothingToPay = () => notAllowed('The order is canceled: nothing is to be paid for it')

/** Throws not_allowed for a collection that nothing is to be paid of; invalid_data for a cart's, as every change of a completed cart does. */
function refuseUnpayable(orderStatus: string, collection: Pick<OrderCollection, 'is_unbegun' | 'status'>, cartId: string | null): void {
  if (orderStatus === 'canceled') throw nothingToPay()
  if (collection.is_unbegun) return
  if (cartId !== null) throw invalidData(`Cart ${cartId} is already completed.`)
  const isOnItsWay = collection.status === 'awaiting' || collection.status === 'authorized'
  throw notAllowed(isOnItsWay ? 'This is being paid already: the payment is on its way' : 'This is paid, or no longer to be paid')
}

/**
 * Starts paying a collection of an order through a provider: what the order came to more after its sale, or was not paid then.
 * Sessions before it end; a click twice goes on with the first. Asked outside any transaction; kept under the order's lock, if
 * as much is still to be paid.
 * @param shopperId who is signed in, if anybody
 * @throws not_found, also for another customer; invalid_data for a provider that the region does not have, and when the amount
 * changed meanwhile; not_allowed when nothing is to be paid; payment_authorization_error when the provider does not agree
 */
export async function startOrderPayment(
  context: Context,
  collectionId: string,
  providerId: string,
  shopperId: string | null,
): Promise<CollectionOfOrder> {
  const { collection, providers, order_status, cart_id } = await payableOf(context, collectionId, shopperId)
  if (order_status === 'canceled') throw nothingToPay()
  const provider = paymentProviderOf(providerId)
  if (provider === undefined || !providers.includes(providerId)) {
    throw invalidData(`Payment provider ${providerId} is not enabled in the order's region.`)
  }
  const amountMinor = BigInt(collection.amount_minor)
  const check = (unit: Unit) => lockPayable(unit, collectionId, amountMinor, cart_id)
  await context.db.unitOfWork(context.scope, check)
  if (!isBegun(collection, providerId, amountMinor)) {
    const begun = await startSession(context, provider, collectionId, { amountMinor, currency: collection.currency_code })
    await context.db.unitOfWork(context.scope, async (unit) => {
      await check(unit)
      const [current] = await unit.run(payableStatement(tenantOf(unit), collectionId))
      // Another click was faster: the browser may be paying what that one began.
      if (current !== undefined && isBegun(current.collection, providerId, amountMinor)) return
      await replaceSession(unit, begun, context.clock.now())
    })
  }
  return payableOf(context, collectionId, shopperId)
}

async function lockPayable(unit: Unit, collectionId: string, amountMinor: bigint, cartId: string | null): Promise<void> {
  const { order, collection } = await lockCollection(unit, collectionId)
  refuseUnpayable(order.status, collection, cartId)
  if (collection.amount_minor !== amountMinor) {
    throw invalidData('What is to be paid for the order changed while its payment was started. Try again.')
  }
}

/**
 * Looks at what became of the payment that was begun for a collection of an order, as when its shopper comes back from the
 * bank: what the provider took is booked, once, whoever else hears of it.
 * @throws not_found, also for another customer; conflict while the provider does not answer
 */
export async function lookAtOrderPayment(context: Context, collectionId: string, shopperId: string | null): Promise<CollectionOfOrder> {
  const { collection } = await payableOf(context, collectionId, shopperId)
  for (const session of collection.payment_sessions) {
    const provider = paymentProviderOf(session.provider_id)
    const reference = provider?.referenceOf?.(session.data)
    if (provider?.remote === undefined || reference === undefined || session.status === 'error') continue
    await settlePayment(context, provider, reference, () => Promise.reject(unexpectedState('The collection of an order has no cart')))
  }
  return payableOf(context, collectionId, shopperId)
}
