import { asAdmin } from '../support/database.js'
import { brokenInvariants } from '../support/invariants.js'
import type { Snapshot } from '../../infra/local/stripe/index.js'
import type { StripeStore, StripeWorld } from '../support/stripe.js'

interface PaymentRow {
  reference: string
  captured_minor: string
  refunded_minor: string
}

interface BooksRow {
  clearing: string
  held: string
  released: string
  unbalanced: number
  strangers: number
}

/**
 * What must be true between a store's rows, its books and Stripe whenever nothing is under way, by the provider's own
 * account of it: names of what is not. For currencies whose minor units are Stripe's.
 *
 * @param snapshot one that was taken since anything happened, where several stores are looked at
 */
export async function brokenTruths(
  world: StripeWorld,
  store: StripeStore,
  snapshot: Snapshot = world.simulator.control.snapshot(),
): Promise<string[]> {
  const { adminUrl } = world.app
  const broken = await brokenInvariants(adminUrl, store.tenantId, { atRest: false })
  const sessions = await asAdmin<{ reference: string }>(
    adminUrl,
    'select reference from app.payment_session where tenant_id = $1 and reference is not null',
    [store.tenantId],
  )
  const payments = await asAdmin<PaymentRow>(
    adminUrl,
    'select reference, captured_minor, refunded_minor from app.payment where tenant_id = $1',
    [store.tenantId],
  )
  const ours = new Set(sessions.map((row) => row.reference))
  const paymentOf = new Map(payments.map((row) => [row.reference, row]))
  const refundsOf = listsBy(snapshot.refunds, (one) => one.payment_intent)
  const disputesOf = listsBy(snapshot.disputes, (one) => one.payment_intent)
  const chargesOf = listsBy(snapshot.charges, (one) => one.payment_intent)
  const transfersOf = listsBy(snapshot.transfers, (one) => one.source_transaction)
  const sum = <T>(list: readonly T[], amount: (one: T) => unknown) => list.reduce((total, one) => total + Number(amount(one)), 0)
  const say = (isTrue: boolean, what: string) => isTrue || broken.push(what)

  for (const intent of snapshot.intents.filter((one) => ours.has(one.id))) {
    const payment = paymentOf.get(intent.id)
    const refunded = sum(
      refundsOf(intent.id).filter((one) => one.status !== 'failed' && one.status !== 'canceled'),
      (one) => one.amount,
    )
    const lost = sum(
      disputesOf(intent.id).filter((one) => one.status === 'lost'),
      (one) => one.amount,
    )
    const received = intent.amount_received as number
    const charges = chargesOf(intent.id).filter((one) => one.captured === true)
    say(charges.length <= 1, `charged ${charges.length} times: ${intent.id}`)
    say(refunded + lost <= received, `${refunded} refunded and ${lost} lost of ${received}: ${intent.id}`)
    if (payment === undefined) {
      say(received === refunded, `paid, and no order: ${intent.id}`)
      say(intent.status !== 'requires_capture', `held, and no order: ${intent.id}`)
      continue
    }
    say(Number(payment.captured_minor) === received, `captured ${received}, booked ${payment.captured_minor}: ${intent.id}`)
    say(Number(payment.refunded_minor) === refunded, `refunded ${refunded}, booked ${payment.refunded_minor}: ${intent.id}`)
    const [charge] = charges
    const transfers = charge === undefined ? [] : transfersOf(charge.id)
    say(sum(transfers, (one) => one.amount) <= received, `more was transferred than ${received}: ${intent.id}`)
    for (const transfer of transfers) {
      const reversed = sum(transfer.reversal_list, (one) => one.amount)
      say(reversed === transfer.amount_reversed && reversed <= (transfer.amount as number), `${transfer.id} was reversed by ${reversed}`)
    }
  }

  const books = await booksOf(adminUrl, store)
  const charges = new Set(snapshot.charges.filter((one) => ours.has(one.payment_intent as string)).map((one) => one.id))
  const transferred = sum(
    // One that was sent anew after it came back is paid from the balance, and names no charge.
    snapshot.transfers.filter((one) => (one.metadata as Record<string, string>).tenant === store.tenantId),
    (one) => (one.amount as number) - (one.amount_reversed as number),
  )
  const net = sum(
    snapshot.balanceTransactions.filter((one) => one.account.includes(store.accountName)),
    (one) => one.net,
  )
  const held = sum(
    snapshot.disputes.filter((one) => charges.has(one.charge as string) && ['needs_response', 'under_review'].includes(one.status)),
    (one) => one.amount,
  )
  say(Number(books.clearing) === net, `the account holds ${net}, the books say ${books.clearing}`)
  say(Number(books.held) === held, `banks hold ${held}, the books say ${books.held}`)
  say(Number(books.released) === transferred, `vendors, and the store, were sent ${transferred}, the books say ${books.released}`)
  say(books.unbalanced === 0, `${books.unbalanced} entries do not balance`)
  say(books.strangers === 0, `${books.strangers} postings are in another store's accounts`)
  return broken
}

/** The list of each key. */
function listsBy<T>(list: readonly T[], keyOf: (one: T) => unknown): (key: string) => readonly T[] {
  const lists = new Map<unknown, T[]>()
  for (const one of list) {
    const known = lists.get(keyOf(one))
    if (known === undefined) lists.set(keyOf(one), [one])
    else known.push(one)
  }
  return (key) => lists.get(key) ?? []
}

async function booksOf(adminUrl: string, store: StripeStore): Promise<BooksRow> {
  const [row] = await asAdmin<BooksRow & Record<string, unknown>>(
    adminUrl,
    `with line as (
       select p.transaction_id, p.amount_minor, p.currency_code, a.code, t.kind from app.ledger_posting p
       join app.ledger_account a on a.tenant_id = p.tenant_id and a.id = p.account_id
       join app.ledger_transaction t on t.tenant_id = p.tenant_id and t.id = p.transaction_id where p.tenant_id = $1)
     select coalesce(sum(amount_minor) filter (where code = 'A:psp_clearing'), 0) as clearing,
            coalesce(sum(amount_minor) filter (where code = 'A:dispute_hold'), 0) as held,
            -coalesce(sum(amount_minor) filter (where code = 'A:psp_clearing' and kind in ('release', 'clawback')), 0) as released,
            (select count(*) from (select 1 from line group by transaction_id, currency_code having sum(amount_minor) <> 0) u)::int as unbalanced,
            (select count(*) from app.ledger_posting p where p.tenant_id = $1
               and not exists (select 1 from app.ledger_account a where a.tenant_id = $1 and a.id = p.account_id))::int as strangers
     from line`,
    [store.tenantId],
  )
  return row as BooksRow
}

/** Vendors that Stripe pays: what they are owed is transferred as orders are paid, and comes back with refunds. @returns Stripe's names for them */
export async function addPayees(world: StripeWorld, store: StripeStore): Promise<string[]> {
  for (const index of store.vendors.keys()) await store.vendor(index).post('/vendor/payee', { country: 'us', kind: 'company' })
  const rows = await asAdmin<{ reference: string }>(
    world.app.adminUrl,
    'select reference from app.payee where tenant_id = $1 order by id',
    [store.tenantId],
  )
  for (const { reference } of rows) await world.simulator.control.verifyAccount(reference)
  await world.settle()
  return rows.map((row) => row.reference)
}

/** A random sequence that a seed repeats (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
