import { type Context, type Statement, statement, tenantOf } from '../db/index.js'
import { invalidData } from '../kernel/index.js'
import type { PaymentAccount, PaymentProvider, ProviderCall } from './provider.js'

export interface AccountRow {
  id: string
  provider_id: string
  mode: 'test' | 'live'
  reference: string
  country: string
  publishable_key: string | null
  credentials: string
}

export const accountColumns = 'id, provider_id, mode, reference, country, publishable_key, credentials'

export function accountOfRow(row: AccountRow): PaymentAccount {
  return {
    id: row.id,
    providerId: row.provider_id,
    mode: row.mode,
    reference: row.reference,
    country: row.country,
    publishableKey: row.publishable_key,
    credentials: row.credentials,
  }
}

function activeAccountStatement(tenantId: string, providerId: string): Statement<AccountRow> {
  return statement(
    'payments.active_account',
    `select ${accountColumns} from payment_account where tenant_id = $1 and provider_id = $2 and status = 'active'`,
    [tenantId, providerId],
  )
}

/** An account by its id, whether it is still used or not: what was paid through it is refunded through it. */
export function accountStatement(tenantId: string, id: string): Statement<AccountRow> {
  return statement('payments.account', `select ${accountColumns} from payment_account where tenant_id = $1 and id = $2`, [tenantId, id])
}

/** The account that new payments go through, if the store has connected one. */
export async function activeAccount(context: Context, providerId: string): Promise<PaymentAccount | null> {
  const [row] = await context.db.read(context.scope, activeAccountStatement(tenantOf(context), providerId))
  return row === undefined ? null : accountOfRow(row)
}

/** What a browser may know of a store's account: null where the store has none, or where the provider needs no key in browsers. */
export async function publishableKeyOf(context: Context, providerId: string): Promise<string | null> {
  return (await activeAccount(context, providerId))?.publishableKey ?? null
}

/**
 * The account that a store's calls to a provider go through: the one that a payment was begun on, or the one in use.
 * @throws invalid_data when the store has connected none
 */
export async function accountFor(context: Context, provider: PaymentProvider, accountId?: string | null): Promise<PaymentAccount | null> {
  if (provider.remote === undefined) return null
  if (accountId != null) {
    const [row] = await context.db.read(context.scope, accountStatement(tenantOf(context), accountId))
    if (row !== undefined) return accountOfRow(row)
  }
  const account = await activeAccount(context, provider.id)
  if (account === null) throw invalidData(`The store has no account at ${provider.id}. Connect one: POST /admin/payment-accounts.`)
  return account
}

/** A call that only reads: it needs no key and leaves no operation. */
export async function readingCall(context: Context, provider: PaymentProvider, accountId?: string | null): Promise<ProviderCall> {
  return {
    operationKey: '',
    tenantId: tenantOf(context),
    account: await accountFor(context, provider, accountId),
    firstSentAt: null,
    now: context.clock.now(),
  }
}
