import { toMajor } from '../kernel/index.js'

/** How a cart is to be paid in part with credit: an account, and how much it gives as the cart stands. */
export interface CartCreditLine {
  id: string
  account_id: string
  gift_card_id: string | null
  /** No more than this of it; null for as much as there is and the cart needs. */
  wanted_minor: number | null
  amount_minor: number
  created_at: string
}

/** An account that a cart names, as it was when the cart was read. */
export interface CartCreditAccount {
  id: string
  customer_id: string | null
  currency_code: string
  /** Nothing where its gift card has expired or is void. */
  spendable_minor: number
  gift_card: { id: string; code_sealed: string; value_minor: number; balance_minor: number; expires_at: string | null } | null
}

/** SQL: the accounts that cart `c` names, as a JSON array; $1 is the tenant. */
export const cartCreditAccountsSql = `coalesce((
  select json_agg(json_build_object('id', a.id, 'customer_id', a.customer_id, 'currency_code', a.currency_code,
    'spendable_minor', case when g.expires_at <= now() or g.canceled_at is not null then 0 else a.balance_minor end,
    'gift_card', case when g.id is not null then json_build_object('id', g.id, 'code_sealed', g.code_sealed,
      'value_minor', g.value_minor, 'balance_minor', a.balance_minor, 'expires_at', g.expires_at) end))
  from jsonb_array_elements(c.credits) l join store_credit_account a on a.tenant_id = $1 and a.id = l ->> 'account_id'
  left join gift_card g on g.tenant_id = $1 and g.account_id = a.id), '[]')`

/**
 * What each line of credit gives to a cart of this total: gift cards in the order in which they were added, then store
 * credit, none more than it holds and all together no more than the total. Credit of another currency or customer goes.
 */
export function allocateCredit(
  cart: { currency_code: string; customer_id: string | null; credit_accounts: readonly CartCreditAccount[] },
  lines: readonly CartCreditLine[],
  totalMinor: bigint,
): CartCreditLine[] {
  let open = totalMinor
  const giftCardsFirst = [...lines].sort((a, b) => Number(a.gift_card_id === null) - Number(b.gift_card_id === null))
  return giftCardsFirst.flatMap((line) => {
    const account = cart.credit_accounts.find((candidate) => candidate.id === line.account_id)
    if (account === undefined || account.currency_code !== cart.currency_code) return []
    if (account.customer_id !== null && account.customer_id !== cart.customer_id) return []
    const offered = BigInt(Math.min(account.spendable_minor, line.wanted_minor ?? account.spendable_minor))
    const amount = offered < open ? offered : open
    open -= amount
    return [{ ...line, amount_minor: Number(amount) }]
  })
}

/** What credit pays of a cart or order; minor units. */
export interface CreditTotals {
  total: bigint
  giftCards: bigint
}

export function sumCredit(lines: readonly { gift_card_id: string | null; amount_minor: number | bigint }[]): CreditTotals {
  const sum = (some: typeof lines) => some.reduce((total, line) => total + BigInt(line.amount_minor), 0n)
  return { total: sum(lines), giftCards: sum(lines.filter((line) => line.gift_card_id !== null)) }
}

/** Lines of credit on the wire, in major units; those that pay nothing are left out. */
export function renderCreditLines(
  lines: readonly { id: string; account_id: string; gift_card_id: string | null; amount_minor: number; created_at: string }[],
  currency: string,
): object[] {
  return lines
    .filter((line) => line.amount_minor > 0)
    .map((line) => ({
      id: line.id,
      reference: line.gift_card_id === null ? 'store-credit' : 'gift-card',
      reference_id: line.gift_card_id ?? line.account_id,
      amount: toMajor(line.amount_minor, currency),
      metadata: null,
      created_at: line.created_at,
      updated_at: line.created_at,
    }))
}
