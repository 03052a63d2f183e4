import { type Context, statement, tenantOf } from '../../db/index.js'
import { conflict, invalidData, newId, notAllowed, notFound } from '../../kernel/index.js'
import { activeAccount } from '../accounts.js'
import { hashOfHookToken, newHookToken } from '../hook-token.js'
import { lockSetting, type PaymentAccountSetting, settingStatement } from '../operator-accounts.js'
import type { PaymentAccount } from '../provider.js'
import { paymentProviderOf, slugOf } from '../registry.js'
import { scheduleEventListing, scheduleReconciliation } from '../account-schedules.js'

export interface AccountInput {
  provider_id: string
  publishable_key?: string | null | undefined
  /** What the provider's adapter signs in with; kept sealed, and never answered. */
  credentials: Record<string, string>
}

export type Connected = Pick<PaymentAccount, 'mode' | 'reference' | 'country' | 'credentials'>

/**
 * Connects a store's account at a payment provider: signs in, registers for events at an address of its own, and takes
 * the place of the account before it. Of the same account, only keys and secrets change; another takes new payments, and
 * the one before it stays for what was paid through it.
 * @param publicUrl where providers reach this deployment, without a slash at the end
 * @returns the account's id
 * @throws invalid_data for a provider that takes no accounts and for credentials that it refuses; not_allowed while the store is
 * charged on the operator's account
 */
export async function connectPaymentAccount(context: Context, publicUrl: string, input: AccountInput): Promise<string> {
  // Before anything is registered at the provider.
  const [before] = await context.db.read({ role: 'platform' }, settingStatement(tenantOf(context)))
  refuseBesideOperator(before?.payment_account)
  const previous = await activeAccount(context, input.provider_id)
  const id = newId('pacct')
  const { connected, token } = await askToConnect(publicUrl, id, input, previous)
  return write(context, { id, tokenHash: hashOfHookToken(token), input, connected })
}

function refuseBesideOperator(setting: PaymentAccountSetting | undefined): void {
  if (setting !== 'operator') return
  throw notAllowed(
    "The store's shoppers are charged on the account of the platform's operator: it connects no account of its own. Ask the operator to change that.",
    'operator_account',
  )
}

/**
 * Signs in at a provider and registers for events at an address of its own, which ends in the token.
 * @throws invalid_data for a provider that takes no accounts and for credentials that it refuses; conflict while it does not answer
 */
export async function askToConnect(
  publicUrl: string,
  id: string,
  input: AccountInput,
  previous: PaymentAccount | null,
): Promise<{ connected: Connected; token: string }> {
  const provider = paymentProviderOf(input.provider_id)
  if (provider?.remote === undefined) throw invalidData(`Payment provider ${input.provider_id} needs no account`)
  const token = newHookToken()
  const hookUrl = `${publicUrl}/hooks/payment/${slugOf(provider.id)}/${token}`
  const asked = { credentials: input.credentials, hookUrl, previous }
  const connected = await provider.remote.connect({ operationKey: `connect:${id}` }, asked)
  if (connected.kind === 'unknown' || connected.kind === 'throttled')
    throw conflict(`The account could not be connected: ${connected.message}`)
  if (connected.kind !== 'ok') throw invalidData(`The account could not be connected: ${connected.message}`)
  return { connected: connected.value, token }
}

async function write(
  context: Context,
  account: { id: string; tokenHash: string; input: AccountInput; connected: Connected },
): Promise<string> {
  const tenantId = tenantOf(context)
  const { input, connected, tokenHash } = account
  // The way from an address to its store is a platform row.
  return context.db.unitOfWork({ ...context.scope, role: 'platform' }, async (unit) => {
    refuseBesideOperator(await lockSetting(unit))
    const [known] = await unit.run(
      statement<{ id: string }>(
        'payments.rekey_account',
        `update payment_account set credentials = $5, publishable_key = $6, country = $7, hook_token_hash = $8, status = 'active', updated_at = now()
         where tenant_id = $1 and id = (
           select id from payment_account where tenant_id = $1 and provider_id = $2 and reference = $3 and mode = $4 and status = 'active')
         returning id`,
        [
          tenantId,
          input.provider_id,
          connected.reference,
          connected.mode,
          connected.credentials,
          input.publishable_key ?? null,
          connected.country,
          tokenHash,
        ],
      ),
    )
    if (known === undefined) {
      await unit.run(
        statement(
          'payments.retire_account',
          `update payment_account set status = 'disabled', updated_at = now() where tenant_id = $1 and provider_id = $2 and status = 'active'`,
          [tenantId, input.provider_id],
        ),
      )
      await unit.run(
        statement(
          'payments.insert_account',
          `insert into payment_account (tenant_id, id, provider_id, mode, reference, country, publishable_key, credentials, hook_token_hash)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
          [
            tenantId,
            account.id,
            input.provider_id,
            connected.mode,
            connected.reference,
            connected.country,
            input.publishable_key ?? null,
            connected.credentials,
            tokenHash,
          ],
        ),
      )
    }
    const id = known?.id ?? account.id
    // Addresses that were given out before are still good: the provider goes on to send there until they are removed.
    await unit.run(
      statement(
        'payments.insert_hook_route',
        'insert into platform.payment_hook_route (token_hash, tenant_id, payment_account_id) values ($1, $2, $3)',
        [tokenHash, tenantId, id],
      ),
    )
    await scheduleReconciliation(unit, id, context.clock.now())
    await scheduleEventListing(unit, id, context.clock.now())
    return id
  })
}

/**
 * Takes an account out of use: no payment is begun on it any more. What was paid through it can be refunded, and its
 * events are heard.
 * @throws not_found; not_allowed for the operator's
 */
export async function disablePaymentAccount(context: Context, id: string): Promise<void> {
  const rows = await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement<{ id: string; operator_account_id: string | null }>(
        'payments.disable_account',
        `update payment_account set status = case when operator_account_id is null then 'disabled' else status end, updated_at = now()
         where tenant_id = $1 and id = $2 returning id, operator_account_id`,
        [tenantOf(context), id],
      ),
    ),
  )
  const [row] = rows
  if (row === undefined) throw notFound(`Payment account with id: ${id} was not found`)
  if (row.operator_account_id !== null) {
    throw notAllowed("This account is the platform's operator's: ask the operator to take it out of use for the store.", 'operator_account')
  }
}
