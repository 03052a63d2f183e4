import { type Context, type Database, type Statement, statement, tenantOf } from '../db/index.js'
import { invalidData } from '../kernel/index.js'
import { operatorAccountForStatement, operatorAccountStatement, type OperatorAccountRow, standIn } from './operator-accounts.js'
import type { PaymentAccount, PaymentProvider, ProviderCall } from './provider.js'
import { paymentProviderOf } from './registry.js'

interface AccountRow {
  id: string
  provider_id: string
  mode: 'test' | 'live'
  reference: string
  country: string
  publishable_key: string | null
  /** Null where the row stands for the operator's account, which has the keys. */
  credentials: string | null
  operator_account_id: string | null
}

const accountColumns = 'id, provider_id, mode, reference, country, publishable_key, credentials, operator_account_id'

/** A store's own account, or the operator's under the id of the store's row that stands for it. */
function accountOfRow(row: AccountRow, operator: OperatorAccountRow | undefined): PaymentAccount {
  const { provider_id: providerId, mode, reference, country, publishable_key: publishableKey, credentials } = operator ?? row
  const account = { id: row.id, providerId, mode, reference, country, publishableKey, credentials: credentials ?? '' }
  return row.operator_account_id === null ? account : { ...account, operatorAccountId: row.operator_account_id }
}

function activeAccountStatement(tenantId: string, providerId: string): Statement<AccountRow> {
  return statement(
    'payments.active_account',
    `select ${accountColumns} from payment_account where tenant_id = $1 and provider_id = $2 and status = 'active'`,
    [tenantId, providerId],
  )
}

/**
 * An account of a store by its id, whether it is still used or not: what was paid through it is refunded through it. Of the
 * operator's, what its keys are by now.
 */
export async function accountById(
  db: Database,
  scope: Context['scope'] & { tenantId: string },
  id: string,
): Promise<PaymentAccount | null> {
  const [row] = await db.read(
    scope,
    statement<AccountRow>('payments.account', `select ${accountColumns} from payment_account where tenant_id = $1 and id = $2`, [
      scope.tenantId,
      id,
    ]),
  )
  if (row === undefined) return null
  if (row.operator_account_id === null) return accountOfRow(row, undefined)
  const [operator] = await db.read({ role: 'platform' }, operatorAccountStatement(row.operator_account_id))
  return accountOfRow(row, operator)
}

/**
 * The account that new payments go through: the one that the store has connected, or the operator's, where the operator has set
 * the store so. Null where there is none.
 */
export async function activeAccount(context: Context, providerId: string): Promise<PaymentAccount | null> {
  const tenantId = tenantOf(context)
  const [row] = await context.db.read(context.scope, activeAccountStatement(tenantId, providerId))
  if (row?.operator_account_id === null) return accountOfRow(row, undefined)
  const [operator] = await context.db.read({ role: 'platform' }, operatorAccountForStatement(tenantId, providerId))
  if (operator === undefined) return null
  if (row?.operator_account_id === operator.id) return accountOfRow(row, operator)
  // The operator has connected another one since.
  const id = await context.db.unitOfWork({ role: 'platform', tenantId }, (unit) => standIn(unit, operator, context.clock.now()))
  return accountOfRow({ ...operator, id, operator_account_id: operator.id }, operator)
}

/** Whether a provider takes new payments of the store: one that lives elsewhere needs an account there. */
export async function takesPayments(context: Context, providerId: string): Promise<boolean> {
  return paymentProviderOf(providerId)?.remote === undefined || (await activeAccount(context, providerId)) !== null
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
    const account = await accountById(context.db, { ...context.scope, tenantId: tenantOf(context) }, accountId)
    if (account !== null) return account
  }
  const account = await activeAccount(context, provider.id)
  if (account === null) {
    throw invalidData(
      `The store has no account at ${provider.id}. Connect one: POST /admin/payment-accounts. ` +
        `Where the store is charged on the operator's account, ask the operator.`,
    )
  }
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
