import { statement, tenantOf, type Unit } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { duplicate, invalidData, isDuplicate, newId, notAllowed, notFound, type Sealer, toMinor } from '../../kernel/index.js'
import { type CreditCounterpart, post, storeCreditEntry } from '../../ledger/index.js'
import { keptCode, newCode } from '../codes.js'
import { moveCredit } from '../move.js'

export interface NewGiftCard {
  currency_code: string
  /** Major units. */
  value: number
  /** Made up unless given. */
  code?: string | undefined
  expires_at?: Date | null | undefined
  customer_id?: string | null | undefined
  note?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

interface By {
  actorId: string
  now: Date
}

/**
 * Staff give a gift card away. An expense of the store's, until it is spent.
 * @returns its id
 * @throws duplicate_error for a code that another card has; not_found for an unknown customer
 */
export async function createGiftCard(unit: Unit, sealer: Sealer, input: NewGiftCard, by: By): Promise<string> {
  const valueMinor = toMinor(input.value, input.currency_code)
  if (valueMinor <= 0n) throw invalidData('The value must be more than nothing')
  const card = { ...input, valueMinor, createdBy: by.actorId, sold: null }
  try {
    const [made] = await insertGiftCards(unit, sealer, [card])
    await bookIssue(unit, [made as MadeCard], () => 'store', by)
    return (made as MadeCard).id
  } catch (error) {
    if (isDuplicate(error, 'gift_card_code')) throw duplicate('Another gift card has this code.')
    throw error
  }
}

interface CardToMake extends Omit<NewGiftCard, 'value'> {
  valueMinor: bigint
  createdBy: string
  sold: { order_id: string; order_line_item_id: string; piece: number } | null
}

export interface MadeCard {
  id: string
  accountId: string
  currency: string
  valueMinor: bigint
  order_line_item_id: string | null
}

/** Writes cards, each with an empty account. */
export async function insertGiftCards(unit: Unit, sealer: Sealer, cards: readonly CardToMake[]): Promise<MadeCard[]> {
  const rows = cards.map((card) => ({
    ...keptCode(sealer, card.code ?? newCode()),
    id: newId('gcard'),
    account_id: newId('sca'),
    value_minor: String(card.valueMinor),
    currency_code: card.currency_code,
    expires_at: card.expires_at ?? null,
    customer_id: card.customer_id ?? null,
    note: card.note ?? null,
    metadata: card.metadata ?? null,
    created_by: card.createdBy,
    ...card.sold,
  }))
  await unit.run(
    statement(
      'credit.insert_gift_cards',
      `with card as (
         select * from jsonb_to_recordset($2::jsonb) as c (id text, account_id text, code_hash text, code_sealed text, last_characters text,
           value_minor bigint, currency_code text, expires_at timestamptz, customer_id text, note text, metadata jsonb, created_by text,
           order_id text, order_line_item_id text, piece integer)
       ), account as (
         insert into store_credit_account (tenant_id, id, currency_code) select $1, c.account_id, c.currency_code from card c
       )
       insert into gift_card (tenant_id, id, account_id, code_hash, code_sealed, last_characters, value_minor, currency_code, expires_at,
         customer_id, note, metadata, created_by, order_id, order_line_item_id, piece)
       select $1, c.id, c.account_id, c.code_hash, c.code_sealed, c.last_characters, c.value_minor, c.currency_code, c.expires_at,
              c.customer_id, c.note, c.metadata, c.created_by, c.order_id, c.order_line_item_id, c.piece from card c`,
      [tenantOf(unit), JSON.stringify(rows)],
    ),
  )
  return rows.map((row, index) => ({
    id: row.id,
    accountId: row.account_id,
    currency: row.currency_code,
    valueMinor: (cards[index] as CardToMake).valueMinor,
    order_line_item_id: cards[index]?.sold?.order_line_item_id ?? null,
  }))
}

/** Puts their value on new cards, and books what gave rise to it. */
export async function bookIssue(
  unit: Unit,
  cards: readonly MadeCard[],
  counterpartOf: (card: MadeCard) => CreditCounterpart,
  by: By,
): Promise<void> {
  const sources = await moveCredit(
    unit,
    cards.map((card) => ({
      accountId: card.accountId,
      type: 'credit',
      amountMinor: card.valueMinor,
      reference: 'gift-card',
      referenceId: card.id,
    })),
    { createdBy: by.actorId },
  )
  await post(
    unit,
    cards.map((card, index) =>
      storeCreditEntry({
        source: sources[index] as string,
        type: 'credit',
        counterpart: counterpartOf(card),
        currency: card.currency,
        amountMinor: card.valueMinor,
        occurredAt: by.now,
      }),
    ),
  )
}

/** Changes what is said of a card. Its value and code stay. Throws not_found. */
export async function updateGiftCard(
  unit: Unit,
  id: string,
  patch: Partial<Pick<NewGiftCard, 'expires_at' | 'note' | 'metadata'>>,
): Promise<void> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'credit.update_gift_card',
      `update gift_card set expires_at = case when $3 then $4 else expires_at end, note = case when $5 then $6 else note end,
         metadata = case when $7 then $8 else metadata end, updated_at = now()
       where tenant_id = $1 and id = $2 returning id`,
      [
        tenantOf(unit),
        id,
        patch.expires_at !== undefined,
        patch.expires_at ?? null,
        patch.note !== undefined,
        patch.note ?? null,
        patch.metadata !== undefined,
        patch.metadata == null ? null : JSON.stringify(patch.metadata),
      ],
    ),
  )
  if (rows.length === 0) throw unknownCard(id)
}

interface HeldCard {
  id: string
  account_id: string
  value_minor: bigint
  voided_minor: bigint
  balance_minor: bigint
  currency_code: string
  is_canceled: boolean
  vendor_id: string | null
  order_id: string | null
}

/**
 * Cards with what they hold, and who sold them; their orders and accounts are locked, in this order. With those of an order
 * the accounts that paid for it, which get theirs back in the same transaction: all in key order.
 */
async function lockCards(unit: Unit, filter: { id: string | null; orderId: string | null }): Promise<HeldCard[]> {
  const tenantId = tenantOf(unit)
  // What is refunded of an order depends on its cards: both happen under its lock.
  await unit.run(
    statement(
      'credit.lock_order_of_card',
      `select o.id from orders o where o.tenant_id = $1 and o.id = (select g.order_id from gift_card g where g.tenant_id = $1 and g.id = $2)
       for no key update of o`,
      [tenantId, filter.id],
    ),
  )
  await unit.run(
    statement(
      'credit.lock_card_accounts',
      `select a.id from store_credit_account a where a.tenant_id = $1 and a.id in (
         select g.account_id from gift_card g where g.tenant_id = $1 and (g.id = $2 or g.order_id = $3)
         union all select l.account_id from order_credit_line l where l.tenant_id = $1 and l.order_id = $3)
       order by a.id for update`,
      [tenantId, filter.id, filter.orderId],
    ),
  )
  return unit.run(
    statement<HeldCard>(
      'credit.held_cards',
      `select g.id, g.account_id, g.value_minor, g.voided_minor, a.balance_minor, g.currency_code, i.vendor_id, g.order_id,
              g.canceled_at is not null as is_canceled
       from gift_card g join store_credit_account a on a.tenant_id = g.tenant_id and a.id = g.account_id
       left join order_line_item i on i.tenant_id = g.tenant_id and i.id = g.order_line_item_id
       where g.tenant_id = $1 and (g.id = $2 or g.order_id = $3) order by a.id`,
      [tenantId, filter.id, filter.orderId],
    ),
  )
}

/**
 * Takes away what a card still holds; it cannot be used any more. Of one that was sold, that much can be refunded then. Voiding
 * it again takes what an attempt that failed has given back since.
 * @throws not_found
 */
export async function voidGiftCard(unit: Unit, id: string, by: By): Promise<void> {
  const [card] = await lockCards(unit, { id, orderId: null })
  if (card === undefined) throw unknownCard(id)
  await voidCards(unit, [card], by)
  if (card.order_id !== null) await emit(unit, 'order.credited', { order_id: card.order_id })
}

/**
 * Voids the cards that a canceled order bought, under the order's lock.
 * @throws not_allowed when something was spent of one
 */
export async function voidCardsOfOrder(unit: Unit, orderId: string, by: By): Promise<void> {
  const cards = await lockCards(unit, { id: null, orderId })
  if (cards.some((card) => card.balance_minor < card.value_minor - card.voided_minor)) {
    throw notAllowed('A gift card that this order bought has been used: the order cannot be canceled. Void the others, and refund them.')
  }
  await voidCards(unit, cards, by)
}

async function voidCards(unit: Unit, cards: readonly HeldCard[], by: By): Promise<void> {
  const holding = cards.filter((card) => card.balance_minor > 0n)
  const sources = await moveCredit(
    unit,
    holding.map((card) => ({
      accountId: card.account_id,
      type: 'debit',
      amountMinor: card.balance_minor,
      reference: 'gift-card',
      referenceId: card.id,
      note: 'Void',
    })),
    { createdBy: by.actorId },
  )
  await post(
    unit,
    holding.map((card, index) =>
      storeCreditEntry({
        source: sources[index] as string,
        type: 'debit',
        counterpart: card.vendor_id === null ? 'store' : { vendorId: card.vendor_id },
        currency: card.currency_code,
        amountMinor: card.balance_minor,
        occurredAt: by.now,
      }),
    ),
  )
  const changed = cards.filter((card) => !card.is_canceled || card.balance_minor > 0n)
  if (changed.length === 0) return
  await unit.run(
    statement(
      'credit.void_cards',
      `update gift_card g set canceled_at = coalesce(g.canceled_at, $3), voided_minor = g.voided_minor + v.amount, updated_at = now()
       from jsonb_to_recordset($2::jsonb) as v (id text, amount bigint) where g.tenant_id = $1 and g.id = v.id`,
      [tenantOf(unit), JSON.stringify(changed.map((card) => ({ id: card.id, amount: String(card.balance_minor) }))), by.now],
    ),
  )
}

const unknownCard = (id: string) => notFound(`Gift card with id: ${id} was not found`)
