import { type ListPage, orderBy, type Statement, statement } from '../db/index.js'
import { toMajor } from '../kernel/index.js'

/** A gift card with what it still holds; amounts in minor units. */
export interface GiftCardRow {
  id: string
  account_id: string
  code_sealed: string
  last_characters: string
  value_minor: bigint
  balance_minor: bigint
  currency_code: string
  status: 'pending' | 'redeemed' | 'canceled'
  expires_at: Date | null
  is_expired: boolean
  customer_id: string | null
  order_id: string | null
  order_line_item_id: string | null
  note: string | null
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
}

const giftCardColumns = `
  g.id, g.account_id, g.code_sealed, g.last_characters, g.value_minor, a.balance_minor, g.currency_code,
  case when g.canceled_at is not null then 'canceled' when a.balance_minor = 0 then 'redeemed' else 'pending' end as status,
  g.expires_at, coalesce(g.expires_at <= now(), false) as is_expired, g.customer_id, g.order_id, g.order_line_item_id, g.note,
  g.metadata, g.created_at, g.updated_at`
const giftCardTables = `gift_card g join store_credit_account a on a.tenant_id = g.tenant_id and a.id = g.account_id`

/** The gift card of a code, by the code's fingerprint. */
export function giftCardStatement(tenantId: string, codeHash: string): Statement<GiftCardRow> {
  return statement('credit.gift_card', `select ${giftCardColumns} from ${giftCardTables} where g.tenant_id = $1 and g.code_hash = $2`, [
    tenantId,
    codeHash,
  ])
}

/** The orders that a card paid for, the newest first. */
export function ordersOfGiftCardStatement(tenantId: string, cardId: string, most: number): Statement<{ order_id: string }> {
  return statement(
    'credit.orders_of_gift_card',
    `select l.order_id from order_credit_line l where l.tenant_id = $1 and l.gift_card_id = $2
     group by l.order_id order by l.order_id desc limit $3`,
    [tenantId, cardId, most],
  )
}

/** What a list of gift cards is narrowed by; null does not narrow. */
export interface GiftCardFilter {
  id: readonly string[] | null
  codeHash: string | null
  customerId: readonly string[] | null
  orderId: readonly string[] | null
}

export function listGiftCardsStatement(
  tenantId: string,
  filter: GiftCardFilter,
  page: ListPage,
): Statement<GiftCardRow & { count: number }> {
  const order = orderBy('g', page.order)
  return statement(
    `credit.list_gift_cards.${order.name}`,
    `select ${giftCardColumns}, count(*) over ()::int as count from ${giftCardTables}
     where g.tenant_id = $1 and ($2::text[] is null or g.id = any($2)) and ($3::text is null or g.code_hash = $3)
       and ($4::text[] is null or g.customer_id = any($4)) and ($5::text[] is null or g.order_id = any($5))
     ${order.sql} limit $6 offset $7`,
    [tenantId, filter.id, filter.codeHash, filter.customerId, filter.orderId, page.limit, page.offset],
  )
}

/** A gift card in wire shape, in major units. @param codeOf the code as whoever asks may see it */
export function renderGiftCard(card: GiftCardRow, codeOf: (card: GiftCardRow) => string): Record<string, unknown> {
  const { code_sealed: _sealed, last_characters: _last, value_minor, balance_minor, is_expired: _expired, ...rest } = card
  const { account_id: store_credit_account_id, order_line_item_id: line_item_id, ...root } = rest
  return {
    ...root,
    code: codeOf(card),
    value: toMajor(value_minor, card.currency_code),
    balance: toMajor(balance_minor, card.currency_code),
    line_item_id,
    reference: card.order_id === null ? null : 'order',
    reference_id: card.order_id,
    store_credit_account_id,
  }
}

/** A customer's credit in one currency. */
export interface AccountRow {
  id: string
  customer_id: string
  currency_code: string
  balance_minor: bigint
  /** All that it was ever given, and all that was taken of it. */
  credits_minor: bigint
  debits_minor: bigint
  metadata: Record<string, unknown> | null
  created_at: Date
  updated_at: Date
}

/** What a list of accounts is narrowed by; null does not narrow. */
export interface AccountFilter {
  id: readonly string[] | null
  customerId: readonly string[] | null
  currencyCode: string | null
}

const sumSql = (type: 'credit' | 'debit') => `coalesce((select sum(t.amount_minor) from store_credit_transaction t
              where t.tenant_id = $1 and t.account_id = a.id and t.type = '${type}'), 0)::bigint`

/** Accounts of customers; those behind gift cards are not among them. */
export function listAccountsStatement(tenantId: string, filter: AccountFilter, page: ListPage): Statement<AccountRow & { count: number }> {
  const order = orderBy('a', page.order)
  return statement(
    `credit.list_accounts.${order.name}`,
    `select a.id, a.customer_id, a.currency_code, a.balance_minor, ${sumSql('credit')} as credits_minor, ${sumSql('debit')} as debits_minor,
            a.metadata, a.created_at, a.updated_at, a.count
     from (select a.*, count(*) over ()::int as count from store_credit_account a
     where a.tenant_id = $1 and a.customer_id is not null and ($2::text[] is null or a.id = any($2))
       and ($3::text[] is null or a.customer_id = any($3)) and ($4::text is null or a.currency_code = $4)
     ${order.sql} limit $5 offset $6) a
     ${order.sql}`,
    [tenantId, filter.id, filter.customerId, filter.currencyCode, page.limit, page.offset],
  )
}

export function renderAccount({ balance_minor, credits_minor, debits_minor, ...account }: AccountRow): Record<string, unknown> {
  const major = (minor: bigint) => toMajor(minor, account.currency_code)
  return { ...account, balance: major(balance_minor), credits: major(credits_minor), debits: major(debits_minor) }
}

/** One change of an account's balance. */
export interface TransactionRow {
  id: string
  account_id: string
  type: 'credit' | 'debit'
  amount_minor: bigint
  currency_code: string
  reference: string
  reference_id: string | null
  note: string | null
  created_by: string | null
  created_at: Date
}

export function listTransactionsStatement(
  tenantId: string,
  accountId: string,
  page: ListPage,
): Statement<TransactionRow & { count: number }> {
  const order = orderBy('t', page.order)
  return statement(
    `credit.list_transactions.${order.name}`,
    `select t.id, t.account_id, t.type, t.amount_minor, t.currency_code, t.reference, t.reference_id, t.note, t.created_by, t.created_at,
            count(*) over ()::int as count
     from store_credit_transaction t where t.tenant_id = $1 and t.account_id = $2 ${order.sql} limit $3 offset $4`,
    [tenantId, accountId, page.limit, page.offset],
  )
}

export function renderTransaction({ amount_minor, ...transaction }: TransactionRow): Record<string, unknown> {
  return { ...transaction, amount: toMajor(amount_minor, transaction.currency_code) }
}
