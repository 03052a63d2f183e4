import { statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notAllowed, notFound, type Sealer, toMinor } from '../../kernel/index.js'
import { post, storeCreditEntry } from '../../ledger/index.js'
import { codeHash } from '../codes.js'
import { moveCredit } from '../move.js'
import { type GiftCardRow, giftCardStatement } from '../queries.js'

/**
 * Makes a customer's account in a currency, or finds the one there is. That is not locked: balances are changed behind the
 * locks of all the accounts that a change is about, in key order.
 * @throws not_found for a customer who is not there or has not registered
 */
export async function ensureAccount(
  unit: Unit,
  input: { customer_id: string; currency_code: string; metadata?: Record<string, unknown> | null | undefined },
): Promise<string> {
  const tenantId = tenantOf(unit)
  await unit.run(
    statement(
      'credit.ensure_account',
      `insert into store_credit_account (tenant_id, id, customer_id, currency_code, metadata)
       select $1, $2, c.id, $4, $5 from customer c where c.tenant_id = $1 and c.id = $3 and c.has_account and c.deleted_at is null
       on conflict (tenant_id, customer_id, currency_code) where customer_id is not null do nothing`,
      [tenantId, newId('sca'), input.customer_id, input.currency_code, input.metadata == null ? null : JSON.stringify(input.metadata)],
    ),
  )
  const [account] = await unit.run(
    statement<{ id: string }>(
      'credit.account_of_customer',
      'select id from store_credit_account where tenant_id = $1 and customer_id = $2 and currency_code = $3',
      [tenantId, input.customer_id, input.currency_code],
    ),
  )
  if (account === undefined) throw notFound(`Customer with id: ${input.customer_id} was not found, or has no account`)
  return account.id
}

export interface Correction {
  type: 'credit' | 'debit'
  /** Major units of the account's currency. */
  amount: number
  note?: string | null | undefined
}

/**
 * Staff give credit, or take it back. An expense of the store's, until it is spent.
 * @throws not_found; not_allowed for more than the account holds
 */
export async function correctAccount(unit: Unit, id: string, input: Correction, by: { actorId: string; now: Date }): Promise<void> {
  const [account] = await unit.run(
    statement<{ currency_code: string }>(
      'credit.account',
      'select currency_code from store_credit_account where tenant_id = $1 and id = $2 and customer_id is not null',
      [tenantOf(unit), id],
    ),
  )
  if (account === undefined) throw notFound(`Store credit account with id: ${id} was not found`)
  const { currency_code: currency } = account
  const amountMinor = toMinor(input.amount, currency)
  if (amountMinor <= 0n) throw invalidData('The amount must be more than nothing')
  const move = { accountId: id, type: input.type, amountMinor, reference: 'staff' as const, referenceId: null, note: input.note }
  const [source = ''] = await moveCredit(unit, [move], { createdBy: by.actorId })
  await post(unit, [storeCreditEntry({ source, type: input.type, counterpart: 'store', currency, amountMinor, occurredAt: by.now })])
}

/**
 * Puts all that a gift card holds into a customer's account, whose it is from then on.
 * @param by who does it: the customer, or somebody of the staff
 * @returns the account's id
 * @throws not_found for an unknown code; not_allowed for a card that is spent, void or has expired
 */
export async function claimGiftCard(unit: Unit, sealer: Sealer, customerId: string, code: string, by = customerId): Promise<string> {
  const card = await findGiftCard(unit, sealer, code)
  const accountId = await ensureAccount(unit, { customer_id: customerId, currency_code: card.currency_code })
  const move = { amountMinor: card.balance_minor, reference: 'gift-card' as const, referenceId: card.id }
  await moveCredit(
    unit,
    [
      { ...move, accountId: card.account_id, type: 'debit' },
      { ...move, accountId, type: 'credit' },
    ],
    { createdBy: by, spends: true, refusal: 'Gift card has been used meanwhile' },
  )
  await unit.run(
    statement('credit.note_claim', 'update gift_card set customer_id = $3, updated_at = now() where tenant_id = $1 and id = $2', [
      tenantOf(unit),
      card.id,
      customerId,
    ]),
  )
  return accountId
}

/** A gift card that holds something. Throws not_found, and not_allowed for one that is spent, void or has expired. */
export async function findGiftCard(unit: Unit, sealer: Sealer, code: string): Promise<GiftCardRow> {
  const [card] = await unit.run(giftCardStatement(tenantOf(unit), codeHash(sealer, code)))
  if (card === undefined) throw notFound('Gift card not found')
  if (card.status === 'redeemed') throw notAllowed('Gift card has already been redeemed')
  if (card.status === 'canceled') throw notAllowed('Gift card is not valid any more')
  if (card.is_expired) throw notAllowed('Gift card has expired')
  return card
}
