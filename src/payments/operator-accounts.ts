import { type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { newId, notAllowed } from '../kernel/index.js'
import type { PaymentAccount } from './provider.js'
import { scheduleEventListing, scheduleReconciliation } from './account-schedules.js'

/** Where a store's shoppers are charged: on its own account at a provider, or on the operator's. */
export type PaymentAccountSetting = 'own' | 'operator'

export interface OperatorAccountRow {
  id: string
  provider_id: string
  mode: 'test' | 'live'
  reference: string
  country: string
  publishable_key: string | null
  credentials: string
}

const columns = 'a.id, a.provider_id, a.mode, a.reference, a.country, a.publishable_key, a.credentials'

export function operatorAccountStatement(id: string): Statement<OperatorAccountRow> {
  return statement('payments.operator_account', `select ${columns} from platform.payment_account a where a.id = $1`, [id])
}

/** The account itself, as its adapter needs it. */
export function accountOfOperator(row: OperatorAccountRow): PaymentAccount {
  const { id, mode, reference, country, credentials } = row
  return { id, providerId: row.provider_id, mode, reference, country, publishableKey: row.publishable_key, credentials }
}

/** The operator's account in use at a provider. */
export function activeOperatorAccountStatement(providerId: string): Statement<OperatorAccountRow> {
  return statement(
    'payments.active_operator_account',
    `select ${columns} from platform.payment_account a where a.provider_id = $1 and a.status = 'active'`,
    [providerId],
  )
}

/** The operator's account in use, for a store that is set to be charged on it. */
export function operatorAccountForStatement(tenantId: string, providerId: string): Statement<OperatorAccountRow> {
  return statement(
    'payments.operator_account_for',
    `select ${columns} from platform.tenant t join platform.payment_account a on a.provider_id = $2 and a.status = 'active'
     where t.id = $1 and t.payment_account = 'operator'`,
    [tenantId, providerId],
  )
}

/** An account of the operator's as the operator sees it: its keys are written, never read. */
export interface OperatorAccountView {
  id: string
  provider_id: string
  mode: 'test' | 'live'
  reference: string
  country: string
  publishable_key: string | null
  status: 'active' | 'disabled'
  created_at: Date
  updated_at: Date
  count: number
}

export function listOperatorAccountsStatement(filter: { id: string | null }, page: ListPage): Statement<OperatorAccountView> {
  const order = orderBy('a', page.order)
  return statement(
    `payments.list_operator_accounts.${order.name}`,
    `select a.id, a.provider_id, a.mode, a.reference, a.country, a.publishable_key, a.status, a.created_at, a.updated_at,
            count(*) over ()::int as count
     from platform.payment_account a where $1::text is null or a.id = $1 ${order.sql} limit $2 offset $3`,
    [filter.id, page.limit, page.offset],
  )
}

/**
 * The unit's store's row that stands for the operator's account, in use from now on: made once, and found again. The unit has
 * role `platform` and the store.
 * @throws not_allowed where the store is not set to it any more
 */
export async function standIn(unit: Unit, operator: OperatorAccountRow, now: Date): Promise<string> {
  const tenantId = tenantOf(unit)
  if ((await lockSetting(unit)) !== 'operator') throw notAllowed("The store is not charged on the operator's account any more. Try again.")
  await unit.run(
    statement(
      'payments.make_way',
      `update payment_account set status = 'disabled', updated_at = now()
       where tenant_id = $1 and provider_id = $2 and status = 'active' and operator_account_id is distinct from $3`,
      [tenantId, operator.provider_id, operator.id],
    ),
  )
  const [row] = await unit.run(
    statement<{ id: string }>(
      'payments.stand_in_for',
      `insert into payment_account (tenant_id, id, provider_id, mode, reference, country, operator_account_id) values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (tenant_id, operator_account_id) where operator_account_id is not null do update set status = 'active', updated_at = now()
       returning id`,
      [tenantId, newId('pacct'), operator.provider_id, operator.mode, operator.reference, operator.country, operator.id],
    ),
  )
  const { id } = row as { id: string }
  await scheduleReconciliation(unit, id, now)
  await scheduleEventListing(unit, id, now)
  return id
}

/** Where a store is charged now. */
export function settingStatement(tenantId: string): Statement<{ payment_account: PaymentAccountSetting }> {
  return statement('payments.setting', 'select payment_account from platform.tenant where id = $1', [tenantId])
}

/** Where the unit's store is charged; it stays so until the unit ends. The unit has role `platform`. */
export async function lockSetting(unit: Unit): Promise<PaymentAccountSetting | undefined> {
  const [row] = await unit.run(
    statement<{ payment_account: PaymentAccountSetting }>(
      'payments.lock_setting',
      'select payment_account from platform.tenant where id = $1 for share',
      [tenantOf(unit)],
    ),
  )
  return row?.payment_account
}

/**
 * Sets where a store's shoppers are charged from now on. What was begun on another account stays there. Set back to its own, a
 * store has none until its staff connect it. The unit has role `platform` and the store.
 * @throws not_allowed while the operator has connected no account
 */
export async function choosePaymentAccount(unit: Unit, setting: PaymentAccountSetting, now: Date): Promise<void> {
  const tenantId = tenantOf(unit)
  await unit.run(
    statement('payments.choose_account', 'update platform.tenant set payment_account = $2, updated_at = now() where id = $1', [
      tenantId,
      setting,
    ]),
  )
  if (setting === 'own') {
    await unit.run(
      statement(
        'payments.end_stand_ins',
        `update payment_account set status = 'disabled', updated_at = now()
         where tenant_id = $1 and operator_account_id is not null and status = 'active'`,
        [tenantId],
      ),
    )
    return
  }
  const accounts = await unit.run(
    statement<OperatorAccountRow>(
      'payments.operator_accounts_in_use',
      `select ${columns} from platform.payment_account a where a.status = 'active' order by a.provider_id`,
      [],
    ),
  )
  if (accounts.length === 0) {
    throw notAllowed('The operator has connected no account that stores could be charged on: POST /platform/payment-accounts first.')
  }
  // A store's own account at a provider that the operator has none at would be beside the setting.
  await unit.run(
    statement(
      'payments.end_own_accounts',
      `update payment_account set status = 'disabled', updated_at = now()
       where tenant_id = $1 and operator_account_id is null and status = 'active'`,
      [tenantId],
    ),
  )
  for (const account of accounts) await standIn(unit, account, now)
}
