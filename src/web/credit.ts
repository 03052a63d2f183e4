import { limits } from '../kernel/index.js'
import type { Cart } from './answers.js'
import { cartFields } from './carts.js'
import { refusalIn } from './refusals.js'
import type { Visit } from './visit.js'

/** What a cart's shopper has given: codes of promotions, and of gift cards. Promotions that apply by themselves have none. */
export function codesOf(cart: Cart): string[] {
  return [...promotionCodes(cart), ...(cart.gift_cards ?? []).map((card) => card.code)]
}

function promotionCodes(cart: Cart): string[] {
  return cart.promotions.flatMap(({ code, is_automatic }) => (code === null || is_automatic ? [] : [code]))
}

/** A code is of a promotion or of a gift card, whichever may be longer. */
export const code_characters = Math.max(limits.promotionCode_characters, limits.giftCardCode_characters)

/** A code as it was typed; '' for none. */
export const typedCode = ({ form }: Visit): string => (form.get('code') ?? '').trim().slice(0, code_characters)

async function change(visit: Visit, cart: Cart, promo_codes: readonly string[]): Promise<Cart> {
  const call = { params: { id: cart.id }, query: { fields: cartFields }, body: { promo_codes } }
  return (await visit.api.post<{ cart: Cart }>('/store/carts/:id', call)).cart
}

/** Only a refusal is an answer: that the shop is busy, or the cart is being paid, is another thing. */
function refused(error: unknown): null {
  const { type, code } = refusalIn(error)
  if (type === 'conflict' || code === 'cart_being_completed') throw error
  return null
}

/**
 * Uses a code: of a promotion or of a gift card, shoppers need not know which.
 * @returns the cart with it; null where the code counts for nothing
 */
export async function takeCode(visit: Visit, cart: Cart, code: string): Promise<Cart | null> {
  const kept = promotionCodes(cart)
  // Codes of promotions are as they were written, mostly in capitals; people type them as they like.
  for (const spelled of new Set([code, code.toUpperCase()])) {
    const tried = await change(visit, cart, [...kept, spelled]).catch(refused)
    if (tried !== null && promotionCodes(tried).includes(spelled)) return tried
    // One that does not count is not kept, or it would begin to count unseen.
    if (tried !== null) await change(visit, cart, kept)
  }
  const call = { params: { id: cart.id }, query: { fields: cartFields }, body: { code } }
  return (await visit.api.post<{ cart: Cart }>('/store/carts/:id/gift-cards', call).catch(refused))?.cart ?? null
}

/** Takes a code back; one that is not there is gone already. */
export async function dropCode(visit: Visit, cart: Cart, code: string): Promise<Cart> {
  const kept = promotionCodes(cart)
  if (kept.includes(code)) {
    return change(
      visit,
      cart,
      kept.filter((one) => one !== code),
    )
  }
  const call = { params: { id: cart.id }, query: { fields: cartFields }, body: { code } }
  return (await visit.api.delete<{ cart: Cart }>('/store/carts/:id/gift-cards', call).catch(refused))?.cart ?? cart
}

/** The customer's store credit in the currency of a cart; 0 for guests. */
export async function readStoreCredit({ api, identified }: Visit, cart: Cart): Promise<number> {
  if (identified.actor === null) return 0
  const query = { currency_code: cart.currency_code, limit: 1 }
  const { store_credit_accounts } = await api.get<{ store_credit_accounts: { balance: number }[] }>('/store/store-credit-accounts', {
    query,
  })
  return store_credit_accounts[0]?.balance ?? 0
}

export const usesStoreCredit = (cart: Cart): boolean => cart.credit_lines.some(({ reference }) => reference === 'store-credit')

/** Pays a cart with as much store credit as there is, or with none. */
export async function useStoreCredit(visit: Visit, cart: Cart, wanted: boolean): Promise<Cart> {
  const call = { params: { id: cart.id }, query: { fields: cartFields }, body: wanted ? {} : { amount: 0 } }
  return (await visit.api.post<{ cart: Cart }>('/store/carts/:id/store-credits', call).catch(refused))?.cart ?? cart
}
