import { type Context, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { insertEventSql } from '../events/index.js'
import { invalidData, newId, paymentAuthorizationError } from '../kernel/index.js'
import { activeAccount } from './accounts.js'
import { scheduleCheck } from './commands/check-session.js'
import { keptMoney, moneyOf, perform } from './operations.js'
import type { Money, PaymentProvider } from './provider.js'

/** A payment collection with its sessions, as whoever pays it is shown it. Amounts in minor units. */
export interface Collection {
  id: string
  amount_minor: number
  authorized_minor: number
  captured_minor: number
  refunded_minor: number
  currency_code: string
  status: string
  metadata: Record<string, unknown> | null
  completed_at: string | null
  created_at: string
  updated_at: string
  payment_sessions: CollectionSession[]
}

export interface CollectionSession {
  id: string
  provider_id: string
  amount_minor: number
  currency_code: string
  status: string
  data: Record<string, unknown>
  context: Record<string, unknown>
  payment_account_id: string | null
  authorized_at: string | null
  metadata: null
  /** What was agreed to, once it was. */
  payment: { id: string } | null
  created_at: string
  updated_at: string
}

/** SQL: collection `k` as loaded. $1 tenant. */
export const collectionJsonSql = `
  json_build_object('id', k.id, 'amount_minor', k.amount_minor, 'authorized_minor', k.authorized_minor,
    'captured_minor', k.captured_minor, 'refunded_minor', k.refunded_minor, 'currency_code', k.currency_code,
    'status', k.status, 'metadata', k.metadata, 'completed_at', k.completed_at, 'created_at', k.created_at,
    'updated_at', k.updated_at, 'payment_sessions', coalesce((
      select json_agg(json_build_object('id', s.id, 'provider_id', s.provider_id, 'amount_minor', s.amount_minor,
        'currency_code', s.currency_code, 'status', s.status, 'data', s.data, 'context', s.context,
        'payment_account_id', s.payment_account_id,
        'payment', (select json_build_object('id', p.id) from payment p where p.tenant_id = $1 and p.payment_session_id = s.id),
        'metadata', null, 'authorized_at', s.authorized_at, 'created_at', s.created_at, 'updated_at', s.updated_at) order by s.id)
      from payment_session s where s.tenant_id = $1 and s.payment_collection_id = k.id and s.status <> 'canceled'), '[]'))`

/** Makes the payment collection of a cart, or finds the one it has. */
export function ensureCollectionStatement(
  tenantId: string,
  cart: { id: string; currencyCode: string; totalMinor: bigint },
): Statement<{ id: string }> {
  return statement(
    'payments.ensure_collection',
    `insert into payment_collection (tenant_id, id, cart_id, currency_code, amount_minor) values ($1, $2, $3, $4, $5)
     on conflict (tenant_id, cart_id) do update set updated_at = now() returning id`,
    [tenantId, newId('pay_col'), cart.id, cart.currencyCode, cart.totalMinor],
  )
}

/** The payment collection of a cart. No row for a cart without one. */
export function collectionOfCartStatement(tenantId: string, cartId: string): Statement<{ collection: Collection }> {
  return statement(
    'payments.collection_of_cart',
    `select ${collectionJsonSql} as collection from payment_collection k where k.tenant_id = $1 and k.cart_id = $2`,
    [tenantId, cartId],
  )
}

/**
 * Ends the sessions of collection $2. One that a provider elsewhere knows is kept, since the shopper may be paying this
 * moment, and given up there after the commit: its event $3 is written here, in the statement, because a cart's commit
 * goes out with it. At most one is active. Others are forgotten.
 */
const endSessionsSql = `
  ended as (
    update payment_session set status = 'canceled', updated_at = now()
    where tenant_id = $1 and payment_collection_id = $2 and reference is not null and status not in ('canceled', 'error') returning id
  ), gone as (
    delete from payment_session where tenant_id = $1 and payment_collection_id = $2 and reference is null
  ), told as (
    ${insertEventSql('payment_session.ended', {
      tenantId: '$1',
      id: '$3',
      payload: `jsonb_build_object('payment_session_id', ended.id)`,
      from: 'ended',
    })}
  )`

/** A cart's total has changed: what was agreed with a provider no longer holds, its sessions end. */
export function changeAmountStatement(
  tenantId: string,
  collectionId: string,
  money: { currencyCode: string; totalMinor: bigint },
): Statement<{ id: string }> {
  return statement(
    'payments.change_amount',
    `with ${endSessionsSql}
     update payment_collection set amount_minor = $4, currency_code = $5, status = 'not_paid', updated_at = now()
     where tenant_id = $1 and id = $2 returning id`,
    [tenantId, collectionId, newId('evt'), money.totalMinor, money.currencyCode],
  )
}

export interface NewSession {
  id: string
  collectionId: string
  providerId: string
  currencyCode: string
  amountMinor: bigint
  data: object
  /** The provider's name for it, and the account it is on: null for what is in this process. */
  reference: string | null
  accountId: string | null
}

/**
 * Asks a provider to be ready to take an amount: outside any transaction, under a key of the session that is to be kept.
 * @throws payment_authorization_error when it does not agree; invalid_data where the store has no account there
 */
export async function startSession(context: Context, provider: PaymentProvider, collectionId: string, money: Money): Promise<NewSession> {
  const id = newId('payses')
  const account = provider.remote === undefined ? null : await activeAccount(context, provider.id)
  if (provider.remote !== undefined && account === null) {
    // Whoever reads this is the shopper: what staff have to do about it is not for them.
    throw invalidData(`The store cannot be paid through ${provider.id} at the moment. Choose another way to pay.`)
  }
  const started = await perform(
    context,
    provider,
    {
      key: `session:${id}`,
      kind: 'session',
      account,
      request: { money: keptMoney(money), collection_id: collectionId },
    },
    (call, request) => provider.startSession(call, moneyOf(request), { collectionId }),
  )
  if (started.kind !== 'ok') throw paymentAuthorizationError(started.message)
  return {
    id,
    collectionId,
    providerId: provider.id,
    currencyCode: money.currency,
    amountMinor: money.amountMinor,
    data: started.value,
    reference: provider.referenceOf?.(started.value) ?? null,
    accountId: account?.id ?? null,
  }
}

/** A session that waits for the shopper, of this provider and amount: a click twice, or coming back to the page, goes on with it. */
export function isBegun(collection: Collection, providerId: string, amountMinor: bigint): boolean {
  return collection.payment_sessions.some(
    (session) => session.provider_id === providerId && BigInt(session.amount_minor) === amountMinor && session.status === 'pending',
  )
}

/** One active session: a new one takes the place of those before it. */
export async function replaceSession(unit: Unit, session: NewSession, now: Date): Promise<void> {
  const tenantId = tenantOf(unit)
  await Promise.all([
    unit.run(
      statement('payments.end_sessions', `with ${endSessionsSql} select count(*) from ended`, [
        tenantId,
        session.collectionId,
        newId('evt'),
      ]),
    ),
    unit.run(
      statement(
        'payments.insert_session',
        `insert into payment_session (tenant_id, id, payment_collection_id, provider_id, currency_code, amount_minor, data, reference,
           payment_account_id)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          tenantId,
          session.id,
          session.collectionId,
          session.providerId,
          session.currencyCode,
          session.amountMinor,
          JSON.stringify(session.data),
          session.reference,
          session.accountId,
        ],
      ),
    ),
  ])
  if (session.reference !== null) await scheduleCheck(unit, session.id, 0, now)
}
