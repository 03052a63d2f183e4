import { codeHash, findGiftCard, listAccountsStatement } from '../../credit/index.js'
import { type Context, singlePage } from '../../db/index.js'
import { invalidData, limits, newId, notAllowed, notFound, type Sealer, toMinor } from '../../kernel/index.js'
import { changeCart } from '../change.js'
import type { LoadedCart } from '../queries/load-cart.js'

/**
 * Has a cart paid with a gift card, as far as the card goes and the cart needs it. A card that it has already stays.
 * @throws not_found for an unknown code; not_allowed for a card that is spent, void, has expired or is of another currency
 */
export function addGiftCard(context: Context, sealer: Sealer, cartId: string, code: string): Promise<LoadedCart> {
  return changeCart(context, cartId, { variantIds: [] }, async ({ unit, cart }) => {
    const card = await findGiftCard(unit, sealer, code)
    if (card.currency_code !== cart.currency_code) {
      throw notAllowed(`The gift card is in ${card.currency_code.toUpperCase()}, the cart in ${cart.currency_code.toUpperCase()}`)
    }
    if (cart.credit_lines.some((line) => line.gift_card_id === card.id)) return
    if (cart.credit_lines.length >= limits.giftCardsOfCart) throw invalidData(`A cart has at most ${limits.giftCardsOfCart} gift cards`)
    addLine(cart, { id: card.account_id, customer_id: null, balance_minor: card.balance_minor }, card.id, null)
  })
}

/** Takes a gift card from a cart. Throws not_found for one that it does not have. */
export function removeGiftCard(context: Context, sealer: Sealer, cartId: string, code: string): Promise<LoadedCart> {
  const wanted = codeHash(sealer, code)
  return changeCart(context, cartId, { variantIds: [] }, ({ cart }) => {
    const gone = cart.credit_accounts.find(
      ({ gift_card }) => gift_card !== null && codeHash(sealer, sealer.open(gift_card.code_sealed)) === wanted,
    )
    if (gone === undefined) throw notFound('Gift card not found')
    cart.credit_lines = cart.credit_lines.filter((line) => line.account_id !== gone.id)
  })
}

/**
 * Has a cart paid with the store credit of the customer whose it is.
 * @param amount no more than this, in major units; nothing at all for 0, as much as there is without it
 * @throws not_allowed for a cart of somebody else's and for more than the account holds
 */
export function useStoreCredit(context: Context, cartId: string, customerId: string, amount: number | undefined): Promise<LoadedCart> {
  return changeCart(context, cartId, { variantIds: [] }, async ({ unit, tenantId, cart }) => {
    if (cart.customer_id !== customerId) throw notAllowed(`Cart ${cartId} belongs to another customer.`)
    cart.credit_lines = cart.credit_lines.filter((line) => line.gift_card_id !== null)
    if (amount === 0) return
    const filter = { id: null, customerId: [customerId], currencyCode: cart.currency_code }
    const [account] = await unit.run(listAccountsStatement(tenantId, filter, singlePage))
    if (account === undefined || account.balance_minor === 0n) throw notAllowed('There is no store credit in the currency of the cart')
    const wanted = amount === undefined ? null : toMinor(amount, cart.currency_code)
    if (wanted !== null && wanted > account.balance_minor) throw notAllowed('The store credit account does not hold as much.')
    addLine(cart, account, null, wanted === null ? null : Number(wanted))
  })
}

/** What it gives is reckoned when the cart is written. */
function addLine(
  cart: LoadedCart,
  account: { id: string; customer_id: string | null; balance_minor: bigint },
  giftCardId: string | null,
  wanted: number | null,
): void {
  if (!cart.credit_accounts.some((known) => known.id === account.id)) {
    cart.credit_accounts.push({
      id: account.id,
      customer_id: account.customer_id,
      currency_code: cart.currency_code,
      spendable_minor: Number(account.balance_minor),
      gift_card: null,
    })
  }
  cart.credit_lines.push({
    id: newId('cacl'),
    account_id: account.id,
    gift_card_id: giftCardId,
    wanted_minor: wanted,
    amount_minor: 0,
    created_at: new Date().toISOString(),
  })
}
