import { createHash } from 'node:crypto'
import { statement, tenantOf, type Unit } from '../db/index.js'
import { newId } from '../kernel/index.js'

/** An account by what it is for. `code` is the chart's; party and order make it one of many. */
export interface AccountRef {
  code: AccountCode
  partyId?: string
  orderId?: string
}

/** The chart of accounts, per store and currency. See README.md for what each means. */
export const chart = {
  'A:psp_clearing': 'debit',
  'A:shopper': 'debit',
  'A:platform': 'debit',
  'A:bank': 'debit',
  'A:dispute_hold': 'debit',
  'A:fx_clearing': 'debit',
  'L:vendor': 'credit',
  'L:tax': 'credit',
  'L:commission_tax': 'credit',
  'L:platform_fee': 'credit',
  'L:credit': 'credit',
  'L:reserve': 'credit',
  'R:commission': 'credit',
  'E:platform_fee': 'debit',
  'E:promotion': 'debit',
  'E:credit': 'debit',
  'E:psp_fee': 'debit',
  'E:dispute_fee': 'debit',
  'E:dispute_loss': 'debit',
  'E:bad_debt': 'debit',
  'E:exchange': 'debit',
} as const
export type AccountCode = keyof typeof chart

/** Money that moves: `from` is credited, `to` is debited. Amounts of nothing are left out. */
export interface Posting {
  from: AccountRef
  to: AccountRef
  amountMinor: bigint
}

export interface LedgerEntry {
  /** The fact's id, for example an order's. With `kind` it makes posting idempotent. */
  source: string
  kind:
    | 'sale'
    | 'payment'
    | 'platform_fee'
    | 'platform_fee_credit'
    | 'commission_tax'
    | 'credit'
    | 'credit_reversal'
    | 'cancellation'
    | 'reduction'
    | 'refund'
    | 'refund_failed'
    | 'store_credit'
    | 'psp_fee'
    | 'conversion'
    | 'exchange'
    | 'release'
    | 'clawback'
    | 'reserve'
    | 'reserve_release'
    | 'write_off'
    | 'dispute'
    | 'dispute_fee'
    | 'dispute_won'
    | 'dispute_lost'
    | 'dispute_returned'
    | 'dispute_returned_reversal'
    | 'payout'
  currency: string
  occurredAt: Date
  memo?: string
  postings: readonly Posting[]
}

interface Leg {
  entry: number
  position: number
  account_id: string
  amount_minor: string
  currency_code: string
}

/** An account's id follows from what it is for, so that nobody must look it up and two that make it at once agree. */
function accountId(account: AccountRef, currency: string): string {
  const text = [account.code, account.partyId ?? '', account.orderId ?? '', currency].join('\n')
  return `lacc_${createHash('sha256').update(text).digest('hex').slice(0, 26)}`
}

/**
 * Books entries in the caller's unit of work, two statements for any number. An entry with the same source and kind
 * as one already booked is left out. That each balances is checked again by the database when the unit commits.
 * @throws RangeError for a negative amount
 */
export async function post(unit: Unit, entries: readonly LedgerEntry[]): Promise<void> {
  const accounts = new Map<string, { id: string; account: AccountRef; currency: string }>()
  const legs: Leg[] = []
  for (const [index, entry] of entries.entries()) {
    for (const posting of entry.postings) {
      if (posting.amountMinor < 0n) throw new RangeError(`a posting of ${posting.amountMinor} has its accounts the wrong way round`)
      if (posting.amountMinor === 0n) continue
      for (const [account, amount] of [
        [posting.to, posting.amountMinor],
        [posting.from, -posting.amountMinor],
      ] as const) {
        const id = accountId(account, entry.currency)
        accounts.set(id, { id, account, currency: entry.currency })
        const position = legs.filter((leg) => leg.entry === index).length
        legs.push({ entry: index, position, account_id: id, amount_minor: String(amount), currency_code: entry.currency })
      }
    }
  }
  const used = entries.map((entry, index) => ({ entry, index })).filter(({ index }) => legs.some((leg) => leg.entry === index))
  if (used.length === 0) return
  const tenantId = tenantOf(unit)
  // In key order: two orders that make the same accounts at once wait for one another in the same order.
  const list = [...accounts.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
  await Promise.all([
    unit.run(
      statement(
        'ledger.ensure_accounts',
        `insert into ledger_account (tenant_id, id, code, party_id, order_id, currency_code, normal)
         select $1, a.id, a.code, a.party_id, a.order_id, a.currency_code, a.normal
         from jsonb_to_recordset($2::jsonb) as a (id text, code text, party_id text, order_id text, currency_code text, normal text)
         on conflict do nothing`,
        [
          tenantId,
          JSON.stringify(
            list.map(({ id, account, currency }) => ({
              id,
              code: account.code,
              party_id: account.partyId ?? null,
              order_id: account.orderId ?? null,
              currency_code: currency,
              normal: chart[account.code],
            })),
          ),
        ],
      ),
    ),
    unit.run(
      statement(
        'ledger.post',
        `with entry as (
           select * from jsonb_to_recordset($2::jsonb) as e (position integer, id text, source text, kind text, memo text, occurred_at timestamptz)
         ), made as (
           insert into ledger_transaction (tenant_id, id, source, kind, memo, occurred_at)
           select $1, e.id, e.source, e.kind, e.memo, e.occurred_at from entry e
           on conflict (tenant_id, source, kind) do nothing returning id
         )
         insert into ledger_posting (tenant_id, transaction_id, position, account_id, amount_minor, currency_code)
         select $1, made.id, l.position, l.account_id, l.amount_minor, l.currency_code
         from jsonb_to_recordset($3::jsonb) as l (entry integer, position integer, account_id text, amount_minor bigint, currency_code text)
         join entry e on e.position = l.entry join made on made.id = e.id`,
        [
          tenantId,
          JSON.stringify(
            used.map(({ entry, index }) => ({
              position: index,
              id: newId('ltx'),
              source: entry.source,
              kind: entry.kind,
              memo: entry.memo ?? null,
              occurred_at: entry.occurredAt,
            })),
          ),
          JSON.stringify(legs),
        ],
      ),
    ),
  ])
}
