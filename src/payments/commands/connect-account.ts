import { type Context, statement, tenantOf } from '../../db/index.js'
import { conflict, invalidData, newId, notFound } from '../../kernel/index.js'
import { activeAccount } from '../accounts.js'
import { hashOfHookToken, newHookToken } from '../events.js'
import type { PaymentAccount } from '../provider.js'
import { paymentProviderOf, slugOf } from '../registry.js'
import { scheduleEventListing, scheduleReconciliation } from '../account-schedules.js'

export interface AccountInput {
  provider_id: string
  publishable_key?: string | null | undefined
  /** What the provider's adapter signs in with; kept sealed, and never answered. */
  credentials: Record<string, string>
}

type Connected = Pick<PaymentAccount, 'mode' | 'reference' | 'country' | 'credentials'>

/**
 * Connects a store's account at a payment provider: signs in, registers for events at an address of its own, and takes
 * the place of the account before it. Of the same account, only keys and secrets change; another takes new payments, and
 * the one before it stays for what was paid through it.
 * @param publicUrl where providers reach this deployment, without a slash at the end
 * @returns the account's id
 * @throws invalid_data for a provider that takes no accounts and for credentials that it refuses
 */
export async function connectPaymentAccount(context: Context, publicUrl: string, input: AccountInput): Promise<string> {
  const provider = paymentProviderOf(input.provider_id)
  if (provider?.remote === undefined) throw invalidData(`Payment provider ${input.provider_id} needs no account`)
  const token = newHookToken()
  const id = newId('pacct')
  const call = { operationKey: `connect:${id}`, tenantId: tenantOf(context), firstSentAt: null, now: context.clock.now() }
  const hookUrl = `${publicUrl}/hooks/payment/${slugOf(provider.id)}/${token}`
  const previous = await activeAccount(context, provider.id)
  const connected = await provider.remote.connect(call, { credentials: input.credentials, hookUrl, previous })
  if (connected.kind === 'unknown' || connected.kind === 'throttled')
    throw conflict(`The account could not be connected: ${connected.message}`)
  if (connected.kind !== 'ok') throw invalidData(`The account could not be connected: ${connected.message}`)
  return write(context, { id, tokenHash: hashOfHookToken(token), input, connected: connected.value })
}

async function write(
  context: Context,
  account: { id: string; tokenHash: string; input: AccountInput; connected: Connected },
): Promise<string> {
  const tenantId = tenantOf(context)
  const { input, connected, tokenHash } = account
  // The way from an address to its store is a platform row.
  return context.db.unitOfWork({ ...context.scope, role: 'platform' }, async (unit) => {
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
 * @throws not_found
 */
export async function disablePaymentAccount(context: Context, id: string): Promise<void> {
  const rows = await context.db.unitOfWork(context.scope, (unit) =>
    unit.run(
      statement<{ id: string }>(
        'payments.disable_account',
        `update payment_account set status = 'disabled', updated_at = now() where tenant_id = $1 and id = $2 returning id`,
        [tenantOf(context), id],
      ),
    ),
  )
  if (rows.length === 0) throw notFound(`Payment account with id: ${id} was not found`)
}
