import { type Context, statement } from '../../db/index.js'
import { newId, notFound } from '../../kernel/index.js'
import { hashOfHookToken } from '../hook-token.js'
import { accountOfOperator, activeOperatorAccountStatement } from '../operator-accounts.js'
import { type AccountInput, askToConnect, type Connected } from './connect-account.js'

/**
 * Connects the operator's account at a payment provider, which stores are charged on where the operator has set them so. Of the
 * same account, only keys and secrets change, for all its stores at once; another takes the place of the one before it, which
 * stays for what was paid through it.
 * @returns the account's id
 * @throws invalid_data for a provider that takes no accounts and for credentials that it refuses
 */
export async function connectOperatorAccount(context: Context, publicUrl: string, input: AccountInput): Promise<string> {
  const [row] = await context.db.read({ role: 'platform' }, activeOperatorAccountStatement(input.provider_id))
  const previous = row === undefined ? null : accountOfOperator(row)
  const id = newId('pacct')
  const { connected, token } = await askToConnect(publicUrl, id, input, previous)
  return write(context, { id, tokenHash: hashOfHookToken(token), input, connected })
}

async function write(
  context: Context,
  { id: newOne, tokenHash, input, connected }: { id: string; tokenHash: string; input: AccountInput; connected: Connected },
): Promise<string> {
  const values = [
    input.provider_id,
    connected.mode,
    connected.reference,
    connected.country,
    input.publishable_key ?? null,
    connected.credentials,
  ]
  return context.db.unitOfWork({ role: 'platform' }, async (unit) => {
    const [known] = await unit.run(
      statement<{ id: string }>(
        'payments.rekey_operator_account',
        `update platform.payment_account set country = $4, publishable_key = $5, credentials = $6, updated_at = now()
         where provider_id = $1 and mode = $2 and reference = $3 and status = 'active' returning id`,
        values,
      ),
    )
    const id = known?.id ?? newOne
    if (known === undefined) {
      await unit.run(
        statement(
          'payments.retire_operator_account',
          `update platform.payment_account set status = 'disabled', updated_at = now() where provider_id = $1 and status = 'active'`,
          [input.provider_id],
        ),
      )
      await unit.run(
        statement(
          'payments.insert_operator_account',
          `insert into platform.payment_account (provider_id, mode, reference, country, publishable_key, credentials, id)
           values ($1, $2, $3, $4, $5, $6, $7)`,
          [...values, id],
        ),
      )
    }
    await unit.run(
      statement(
        'payments.insert_operator_route',
        'insert into platform.payment_hook_route (token_hash, tenant_id, payment_account_id) values ($1, null, $2)',
        [tokenHash, id],
      ),
    )
    return id
  })
}

/**
 * Takes the operator's account out of use, for all stores at once: no payment is begun on it any more. What was paid through it
 * can be refunded, and its events are heard.
 * @throws not_found
 */
export async function disableOperatorAccount(context: Context, id: string): Promise<void> {
  const rows = await context.db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(
      statement<{ id: string }>(
        'payments.disable_operator_account',
        `update platform.payment_account set status = 'disabled', updated_at = now() where id = $1 returning id`,
        [id],
      ),
    ),
  )
  if (rows.length === 0) throw notFound(`Payment account with id: ${id} was not found`)
}
