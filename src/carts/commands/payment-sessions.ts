import { type Context, statement, tenantOf } from '../../db/index.js'
import { invalidData, StoaError } from '../../kernel/index.js'
import { changeAmountStatement, type Collection, isBegun, paymentProviderOf, replaceSession, startSession } from '../../payments/index.js'
import { changeCart } from '../change.js'
import { chooseShipping, openProfiles } from '../choose-shipping.js'
import { promoteToPay } from '../promote.js'
import { type LoadedCart, loadCartOfCollectionStatement } from '../queries/load-cart.js'
import { applyCredit, dueOf } from '../render.js'

/** A collection with its cart's region, which says who can be paid through. */
export interface CollectionOfCart {
  collection: Collection
  providers: string[]
}

/** Makes what is to be paid for a cart, or finds it. Its amount is the cart's total: what the shopper is about to pay is what the prices are now. */
export async function createPaymentCollection(context: Context, cartId: string): Promise<CollectionOfCart> {
  return collectionOf(await changeCart(context, cartId, { variantIds: [], toPay: true, opensPayment: true }, () => undefined))
}

function collectionOf(cart: LoadedCart): CollectionOfCart {
  return { collection: cart.collection as Collection, providers: cart.region.payment_providers }
}

/**
 * Starts paying a cart through a provider; sessions before it end. The provider is asked outside any transaction, with a key
 * of this session, and the answer is kept only if the cart still costs the same.
 * @param data what the client keeps with a session that no provider elsewhere knows
 * @returns null for a collection that is no open cart's: an order's is paid by other rules (see payments)
 * @throws invalid_data for a provider that the region does not have, and when the cart changed meanwhile
 */
export async function createPaymentSession(
  context: Context,
  collectionId: string,
  providerId: string,
  data: Record<string, unknown>,
): Promise<CollectionOfCart | null> {
  const tenantId = tenantOf(context)
  const [found] = await context.db.read(context.scope, loadCartOfCollectionStatement(tenantId, collectionId))
  if (found === undefined || found.order_id !== null || found.is_draft) return null
  const provider = paymentProviderOf(providerId)
  if (provider === undefined || !found.region.payment_providers.includes(providerId)) {
    throw invalidData(`Payment provider ${providerId} is not enabled in the cart's region ${found.region.id}.`)
  }
  const cart = await withShipping(context, found, provider.remote !== undefined)
  // What is asked for is what the cart costs now: promotions end while it waits.
  promoteToPay(cart, context.clock.now())
  applyCredit(cart)
  const amountMinor = dueOf(cart)
  // The shopper may have paid half of what was begun.
  const { collection } = cart
  const isSame = collection !== null && BigInt(collection.amount_minor) === amountMinor
  if (provider.remote !== undefined && isSame && isBegun(collection, providerId, amountMinor)) return collectionOf(cart)
  const begun = await startSession(context, provider, collectionId, { amountMinor, currency: cart.currency_code })
  const changed = await changeCart(context, cart.id, { toPay: true }, async (work) => {
    const { unit, cart: locked } = work
    applyCredit(locked)
    const total = dueOf(locked)
    // Another region can cost as many units of another currency.
    const stays = total === amountMinor && locked.currency_code === cart.currency_code && locked.region_id === cart.region_id
    if (!stays) throw invalidData('The cart changed while its payment was started. Try again.')
    if (locked.collection?.amount_minor !== Number(total)) {
      await unit.run(changeAmountStatement(tenantId, collectionId, { currencyCode: locked.currency_code, totalMinor: total }))
    }
    const kept = provider.remote === undefined ? { ...begun, data: { ...data, ...begun.data } } : begun
    await replaceSession(unit, kept, context.clock.now())
    work.isCollectionWritten = true
    // Written just now: what follows must not take it for stale.
    if (locked.collection !== null) locked.collection.amount_minor = Number(total)
  })
  return collectionOf(changed)
}

/**
 * What the shopper left open is chosen now, as completing the cart would choose it, with the promotions on it: a storefront with
 * one choice of shipping then shows what the order will cost, and what a provider elsewhere is asked for cannot grow.
 * @throws invalid_data where there is nothing to choose and the provider is elsewhere: others are paid when the cart is completed
 */
async function withShipping(context: Context, cart: LoadedCart, isElsewhere: boolean): Promise<LoadedCart> {
  if (cart.methods.length === 0 || openProfiles(cart).length === 0) return cart
  const [store] = await context.db.read(
    context.scope,
    statement<{ auto_pick_shipping: boolean }>('carts.picks_shipping', 'select auto_pick_shipping from store where tenant_id = $1', [
      tenantOf(context),
    ]),
  )
  if (store?.auto_pick_shipping !== true) return cart
  const chosen = changeCart(context, cart.id, { looksAtShipping: true }, async (work) => {
    await chooseShipping(work, true)
  })
  return isElsewhere ? chosen : chosen.catch((error) => (isInvalid(error) ? cart : Promise.reject(error)))
}

const isInvalid = (error: unknown) => error instanceof StoaError && error.type === 'invalid_data'
