import { type Context, tenantOf } from '../../db/index.js'
import { invalidData, newId, notFound, paymentAuthorizationError } from '../../kernel/index.js'
import { changeAmountStatement, ensureCollectionStatement, paymentProviderOf, replaceSessionStatements } from '../../payments/index.js'
import { changeCart } from '../change.js'
import { promoteToPay } from '../promote.js'
import { type CartCollection, type LoadedCart, loadCartOfCollectionStatement } from '../queries/load-cart.js'
import { applyCredit, dueOf } from '../render.js'

/** A collection with its cart's region, which says who can be paid through. */
export interface CollectionOfCart {
  collection: CartCollection
  providers: string[]
}

/** Makes what is to be paid for a cart, or finds it. Its amount is the cart's total. */
export async function createPaymentCollection(context: Context, cartId: string): Promise<CollectionOfCart> {
  // What the shopper is about to pay is what the prices are now.
  const cart = await changeCart(context, cartId, { variantIds: [], toPay: true }, async ({ unit, tenantId, cart: loaded }) => {
    applyCredit(loaded)
    const total = dueOf(loaded)
    await unit.run(ensureCollectionStatement(tenantId, { id: cartId, currencyCode: loaded.currency_code, totalMinor: total }))
  })
  return collectionOf(cart)
}

function collectionOf(cart: LoadedCart): CollectionOfCart {
  return { collection: cart.collection as CartCollection, providers: cart.region.payment_providers }
}

/**
 * Starts paying through a provider; sessions before it end. The provider is asked outside any transaction, with a key
 * of this session, and the answer is kept only if the cart still costs the same.
 * @throws not_found for an unknown collection; invalid_data for a provider that the region does not have
 */
export async function createPaymentSession(context: Context, collectionId: string, providerId: string): Promise<CollectionOfCart> {
  const tenantId = tenantOf(context)
  const [cart] = await context.db.read(context.scope, loadCartOfCollectionStatement(tenantId, collectionId))
  if (cart === undefined) throw notFound(`Payment collection with id: ${collectionId} was not found`)
  const provider = paymentProviderOf(providerId)
  if (provider === undefined || !cart.region.payment_providers.includes(providerId)) {
    throw invalidData(`Payment provider ${providerId} is not enabled in the cart's region ${cart.region.id}.`)
  }
  // What is asked for is what the cart costs now: promotions end while it waits.
  promoteToPay(cart, context.clock.now())
  applyCredit(cart)
  const amountMinor = dueOf(cart)
  const started = await provider.startSession({ operationKey: `session:${newId('payses')}` }, { amountMinor, currency: cart.currency_code })
  if (started.kind !== 'ok') throw paymentAuthorizationError(started.message)
  const changed = await changeCart(context, cart.id, { toPay: true }, async ({ unit, cart: locked }) => {
    applyCredit(locked)
    const total = dueOf(locked)
    // Another region can cost as many units of another currency.
    const isSame = total === amountMinor && locked.currency_code === cart.currency_code && locked.region_id === cart.region_id
    if (!isSame) throw invalidData('The cart changed while its payment was started. Try again.')
    if (locked.collection?.amount_minor !== Number(total)) {
      await unit.run(changeAmountStatement(tenantId, collectionId, { currencyCode: locked.currency_code, totalMinor: total }))
    }
    const session = { collectionId, providerId, currencyCode: locked.currency_code, amountMinor: total, data: started.value }
    const [remove, insert] = replaceSessionStatements(tenantId, session)
    await Promise.all([unit.run(remove), unit.run(insert)])
    // Written just now: what follows must not take it for stale.
    if (locked.collection !== null) locked.collection.amount_minor = Number(total)
  })
  return collectionOf(changed)
}
