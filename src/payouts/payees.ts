import { asStore, type Context, singlePage, statement, tenantOf, type Unit, vendorOf } from '../db/index.js'
import { emit } from '../events/index.js'
import { conflict, invalidData, isCurrency, newId, notAllowed, notFound, unexpectedState } from '../kernel/index.js'
import {
  accountFor,
  activeAccount,
  type Outcome,
  type PayeePort,
  type PayeeSnapshot,
  type PaymentProvider,
  paymentProviderIds,
  paymentProviderOf,
  perform,
  readingCall,
} from '../payments/index.js'
import { lockStoreStatement, lockVendorStatement } from './facts.js'
import { type Noted, notePayeeStatement } from './queries/note-payee.js'
import { listPayeesStatement, type PayeeFilter, type PayeeRow } from './queries/payees.js'

type Paying = PaymentProvider & { payees: PayeePort }

function payingProvider(id: string): Paying {
  const provider = paymentProviderOf(id)
  if (provider?.payees === undefined) throw unexpectedState(`Payment provider ${id} pays no vendors in this process`)
  return provider as Paying
}

export interface NewPayee {
  country: string
  kind: 'individual' | 'company'
  /** Where several providers of the store pay vendors. */
  provider_id?: string | undefined
  currency_code?: string | undefined
  email?: string | undefined
}

interface Connection {
  id: string
  provider_id: string
  isOfOperator: boolean
}

/**
 * The store's account in use at a provider that pays vendors.
 * @throws invalid_data for a provider that there is not, and for a choice; not_allowed where there is no account
 */
async function accountOf(context: Context, wanted: string | undefined): Promise<Connection> {
  const able = paymentProviderIds()
    .filter((id) => paymentProviderOf(id)?.payees !== undefined)
    .sort()
  if (wanted !== undefined && !able.includes(wanted)) {
    const known = paymentProviderOf(wanted) === undefined ? `There is no payment provider ${wanted}` : `${wanted} pays nobody by itself`
    throw invalidData(able.length === 0 ? known : `${known}. Those that do: ${able.join(', ')}`)
  }
  const found = await Promise.all(able.filter((id) => wanted === undefined || id === wanted).map((id) => activeAccount(context, id)))
  const accounts = found.flatMap((one): Connection[] =>
    one === null ? [] : [{ id: one.id, provider_id: one.providerId, isOfOperator: one.operatorAccountId !== undefined }],
  )
  const [account, another] = accounts
  if (account === undefined) {
    const where = wanted === undefined ? 'a payment provider that pays them' : wanted
    throw notAllowed(`The store pays its vendors by hand: it has no account at ${where}.`, 'paid_by_hand')
  }
  if (another !== undefined) {
    throw invalidData(`Say which provider_id you want to be paid by: ${accounts.map((one) => one.provider_id).join(' or ')}`)
  }
  return account
}

/**
 * Makes the vendor of the token known to the provider that is to pay it. The row comes first and is the provider's key: asked again,
 * after a crash too, the same one is made once; what a provider refused may be tried again with other answers. Where the provider
 * has rejected or closed the vendor's account for good, the vendor begins anew with another one.
 * @returns the payee's id
 * @throws not_allowed where the store pays by hand, for what the provider refuses, for other facts than a payee that it knows was made
 * with, and for one more beginning than a month has; conflict while the provider's answer is not known
 */
export async function createPayee(context: Context, input: NewPayee): Promise<string> {
  const store = asStore(context)
  return makeKnown(store, vendorOf(context), await accountOf(store, input.provider_id), input)
}

/**
 * Makes the store known to the provider on the operator's account, which pays it what there is its own; as a vendor is.
 * @throws not_allowed where the store is charged on its own account, and as `createPayee` does
 */
export async function createStorePayee(context: Context, input: NewPayee): Promise<string> {
  const account = await accountOf(context, input.provider_id)
  if (!account.isOfOperator) {
    throw notAllowed('The store is charged on its own account: what is its own lies there already.', 'own_account')
  }
  return makeKnown(context, null, account, input)
}

/** @param vendorId null for the store */
async function makeKnown(store: Context, vendorId: string | null, account: Connection, input: NewPayee): Promise<string> {
  const provider = payingProvider(account.provider_id)
  const over = await findOver(store, vendorId, account)
  const row = await store.db.unitOfWork(store.scope, async (unit) => {
    if (over !== null) await replacePayee(unit, store, vendorId, over)
    return notePayee(unit, vendorId, account, input)
  })
  if (row.reference !== null) {
    await refuseOtherFacts(store, row, input)
    return row.id
  }
  const about = { vendorId, email: row.email, name: row.name, country: row.country, currency: row.currency_code, kind: row.kind }
  const operation = {
    // After a refusal it is another question; while the answer is not known it is the same, whatever is said now.
    key: operationKeyOf(row),
    kind: 'payee',
    accountId: account.id,
    request: { ...about, money: { amount_minor: '0', currency: row.currency_code } },
  }
  // What was kept first is what is sent.
  const outcome = await perform(store, provider, operation, (call, { money: _none, ...kept }) =>
    provider.payees.createPayee(call, kept as unknown as typeof about),
  )
  if (outcome.kind === 'declined' || outcome.kind === 'rejected') await noteRefusal(store, row, outcome.message)
  await noteSnapshot(store, row.id, settledOutcome(outcome))
  // Somebody who asked otherwise before, and got no answer, may have been the first.
  await refuseOtherFacts(store, row, input)
  return row.id
}

const operationKeyOf = (row: { id: string; refusals: number }) => `payee:${row.id}:${row.refusals}`

/** What a provider was asked to make an account of, as it was kept before it was sent. */
interface Asked {
  kind: 'individual' | 'company'
  country: string
  currency: string
  email: string
}

/**
 * What a provider has made an account of does not change by saying it again: the country and whose account it is are fixed there, and
 * the rest is the account holder's to change in the provider's own pages. What was asked counts: what the provider has made of it (its
 * own currency, an address that was changed there) is not for whoever asks the same again to know.
 * @throws not_allowed that names what is different
 */
async function refuseOtherFacts(context: Context, row: Noted, input: NewPayee): Promise<void> {
  const [kept] = await context.db.read(
    context.scope,
    statement<{ request: Asked }>(
      'payouts.asked_of_payee',
      'select request from payment_operation where tenant_id = $1 and operation_key = $2',
      [tenantOf(context), operationKeyOf(row)],
    ),
  )
  if (kept === undefined) return
  const { kind, country, currency, email } = kept.request
  const differs = [
    input.kind !== kind && `kind (${kind})`,
    input.country !== country && `country (${country})`,
    input.currency_code !== undefined && input.currency_code !== currency && `currency_code (${currency})`,
    input.email !== undefined && input.email !== email && 'email',
  ].filter((what) => what !== false)
  if (differs.length === 0) return
  throw notAllowed(
    `The payment provider has an account with another ${differs.join(', ')}, which does not change here. ` +
      'Change what it lets you in its own pages: ask for an onboarding link.',
    'payee_facts_differ',
  )
}

/** Statuses that no answer of the vendor's changes. */
const over = ['rejected', 'closed']
/** How often a vendor may begin anew: whoever is rejected again and again is a case for the store's staff and the provider. */
const replacedMost = 3
const replacedWithin_days = 30

/** The vendor's payee in use where it is over, as its provider says now: a rejection may have been taken back. */
async function findOver(context: Context, vendorId: string | null, account: Connection): Promise<string | null> {
  const find = () =>
    context.db.read(
      context.scope,
      statement<{ id: string }>(
        'payouts.payee_over',
        `select id from payee where tenant_id = $1 and (vendor_id = $2 or $2::text is null and vendor_id is null) and payment_account_id = $3
           and replaced_at is null and status = any($4) and reference is not null`,
        [tenantOf(context), vendorId, account.id, over],
      ),
    )
  const [seen] = await find()
  if (seen === undefined) return null
  await syncPayee(context, seen.id)
  return (await find())[0]?.id ?? null
}

/**
 * Takes a payee out of use that will not be paid any more. Under the vendor's lock: what was decided to be released before goes
 * to it as its row says, to be made or refused; what is decided from now on goes to the one that comes after it.
 * @throws not_allowed where it was done too often lately
 */
async function replacePayee(unit: Unit, context: Context, vendorId: string | null, id: string): Promise<void> {
  const tenantId = tenantOf(unit)
  const now = context.clock.now()
  await unit.run(vendorId === null ? lockStoreStatement(tenantId) : lockVendorStatement(tenantId, vendorId))
  const [before] = await unit.run(
    statement<{ count: number }>(
      'payouts.payees_replaced',
      `select count(*)::int as count from payee where tenant_id = $1 and (vendor_id = $2 or $2::text is null and vendor_id is null)
         and replaced_at > $3::timestamptz - $4 * interval '1 day'`,
      [tenantId, vendorId, now, replacedWithin_days],
    ),
  )
  if ((before?.count ?? 0) >= replacedMost) {
    throw notAllowed(
      `The payment provider has rejected or closed ${replacedMost} accounts within ${replacedWithin_days} days. Ask whose account the store is charged on: there it is seen why.`,
      'payee_replaced_too_often',
    )
  }
  // Somebody else may have done it meanwhile, or its provider may have taken the rejection back: then it is in use.
  await unit.run(
    statement(
      'payouts.replace_payee',
      `update payee set replaced_at = $3, updated_at = now() where tenant_id = $1 and id = $2 and replaced_at is null and status = any($4)`,
      [tenantId, id, now, over],
    ),
  )
}

/** Once for a question, however many asked it at once. */
async function noteRefusal(context: Context, row: Noted, message: string): Promise<void> {
  await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement(
        'payouts.note_refusal',
        `update payee set refusals = refusals + 1, failure = $4, updated_at = now()
         where tenant_id = $1 and id = $2 and refusals = $3 and reference is null`,
        [tenantOf(unit), row.id, row.refusals, message.slice(0, 500)],
      ),
    ),
  )
}

function settledOutcome(outcome: Outcome<PayeeSnapshot>): PayeeSnapshot {
  if (outcome.kind === 'ok') return outcome.value
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict('The payment provider has not answered yet. Try again in a moment.', 'payment_outcome_unknown')
  }
  throw notAllowed(`The payment provider refused: ${outcome.message}`, 'payee_refused')
}

/** One in use for a vendor, or the store, and account; until the provider has it, the last answers count. @throws invalid_data without an e-mail */
async function notePayee(unit: Unit, vendorId: string | null, account: Connection, input: NewPayee): Promise<Noted> {
  const { kind, country, currency_code, email } = input
  if (currency_code !== undefined && !isCurrency(currency_code)) throw invalidData(`Currency with code: ${currency_code} is not known`)
  const tenantId = tenantOf(unit)
  // Under the lock of whoever is paid there is one in use or none, and it stays so.
  await unit.run(vendorId === null ? lockStoreStatement(tenantId) : lockVendorStatement(tenantId, vendorId))
  const values = [account.id, account.provider_id, kind, country, currency_code ?? null, email ?? null]
  const [row] = await unit.run(notePayeeStatement([tenantId, newId('payee'), vendorId, ...values]))
  if (row === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  if (row.reference === null && row.email === '') throw invalidData('Say an email: the payment provider writes to it, and none is known')
  return row
}

/** What a provider says of a payee is what we say. Whoever may be paid from now on is paid what was waiting. */
async function noteSnapshot(context: Context, id: string, snapshot: PayeeSnapshot): Promise<void> {
  await context.db.unitOfWork(context.scope, async (unit) => {
    const [changed] = await unit.run(
      statement<{ vendor_id: string | null; payment_account_id: string; was: string; status: string }>(
        'payouts.note_snapshot',
        `with known as (select status from payee where tenant_id = $1 and id = $2 for update)
         update payee y set reference = coalesce(y.reference, $3), status = $4, requirements = $5, country = $6,
           -- What was asked first was sent, whatever was said since.
           kind = coalesce((select o.request ->> 'kind' from payment_operation o where o.tenant_id = $1
             and o.operation_key = 'payee:' || y.id || ':' || y.refusals), y.kind),
           currency_code = coalesce($7, y.currency_code), synced_at = $8, failure = null, updated_at = now()
         from known where y.tenant_id = $1 and y.id = $2 returning y.vendor_id, y.payment_account_id, known.status as was, y.status`,
        [
          tenantOf(unit),
          id,
          snapshot.reference,
          snapshot.status,
          JSON.stringify(snapshot.requirements),
          snapshot.country,
          snapshot.currency,
          context.clock.now(),
        ],
      ),
    )
    if (changed === undefined || changed.status !== 'active' || changed.was === 'active') return
    const { vendor_id, payment_account_id } = changed
    const by = { requestId: context.requestId }
    if (vendor_id === null) await emit(unit, 'store_balance.due', { payment_account_id }, by)
    else await emit(unit, 'vendor.payable_changed', { vendor_id }, by)
  })
}

/** @throws not_found; not_allowed for one that the provider does not know yet */
async function findPayee(context: Context, filter: PayeeFilter): Promise<PayeeRow & { reference: string }> {
  const [row] = await context.db.read(context.scope, listPayeesStatement(tenantOf(context), filter, singlePage))
  const path = filter.isOfStore === true ? '/admin/store-payee' : '/vendor/payee'
  if (row === undefined) {
    throw notFound(filter.id === undefined ? `There is no payee yet: POST ${path}` : `Payee with id: ${filter.id[0]} was not found`)
  }
  const { reference } = row
  if (reference === null) throw notAllowed(`The payment provider does not know this payee yet: POST ${path} again`, 'payee_unknown')
  return { ...row, reference }
}

/**
 * Reads from the provider what a payee's account is now.
 * @param accountId the account whose event told of it, where one did; else the one that the payee was made on
 * @throws not_found; not_allowed for one that the provider does not know; conflict while it does not answer
 */
export async function syncPayee(context: Context, id: string, accountId?: string): Promise<void> {
  const payee = await findPayee(context, { id: [id] })
  const provider = payingProvider(payee.provider_id)
  const found = await provider.payees.fetchPayee(
    await readingCall(context, provider, accountId ?? payee.payment_account_id),
    payee.reference,
  )
  await noteSnapshot(context, id, isGone(found) ? goneOf(payee) : settledOutcome(found))
}

const isGone = (found: Outcome<PayeeSnapshot>) => found.kind === 'rejected' && found.code === 'not_found'

/** Its owner has taken it out of the store's reach: as good as closed. */
const goneOf = ({ reference, country, currency_code: currency }: PayeeRow & { reference: string }): PayeeSnapshot => ({
  reference,
  status: 'closed',
  requirements: [],
  country,
  currency,
})

/**
 * A page of the provider's where the vendor says who it is.
 * @throws not_found before there is a payee; conflict while the provider does not answer
 */
export const onboardingLink = (context: Context, urls: { returnUrl: string; refreshUrl: string }): Promise<OnboardingLink> =>
  linkOf(asStore(context), { vendorIds: [vendorOf(context)], isReplaced: false }, urls)

/** The same for the store itself. */
export const storeOnboardingLink = (context: Context, urls: { returnUrl: string; refreshUrl: string }): Promise<OnboardingLink> =>
  linkOf(context, { isOfStore: true, isReplaced: false }, urls)

interface OnboardingLink {
  url: string
  expires_at: Date
}

async function linkOf(store: Context, filter: PayeeFilter, urls: { returnUrl: string; refreshUrl: string }): Promise<OnboardingLink> {
  const payee = await findPayee(store, filter)
  const provider = payingProvider(payee.provider_id)
  const account = await accountFor(store, provider, payee.payment_account_id)
  const now = store.clock.now()
  // A link is good once and for minutes: each is asked for under a key of its own.
  const call = { operationKey: `link:${payee.id}:${store.requestId}`, tenantId: tenantOf(store), account, firstSentAt: null, now }
  const outcome = await provider.payees.onboardingLink(call, payee.reference, urls)
  if (outcome.kind === 'ok') return { url: outcome.value.url, expires_at: outcome.value.expiresAt }
  if (outcome.kind === 'unknown' || outcome.kind === 'throttled') {
    throw conflict('The payment provider has not answered yet. Try again in a moment.', 'payment_outcome_unknown')
  }
  throw notAllowed(`The payment provider refused: ${outcome.message}`, 'payee_refused')
}
