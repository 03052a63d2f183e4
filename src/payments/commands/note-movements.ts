import { type Context, statement, tenantOf } from '../../db/index.js'
import { newId } from '../../kernel/index.js'
import { post } from '../../ledger/index.js'
import { movementEntries } from '../movements.js'
import type { MoneyMovement } from '../provider.js'

/**
 * Keeps what a provider says moved, and books what it kept of it: fees are told, never reckoned. Money that the provider
 * keeps in another currency than the shopper paid in is converted in the books too. Told twice, it is booked once.
 */
export async function noteMovements(
  context: Context,
  about: { accountId: string; providerId: string },
  told: readonly MoneyMovement[],
): Promise<void> {
  if (told.length === 0) return
  // In key order: two that are told of the same movements at once wait for one another in the same order.
  const movements = [...told].sort((a, b) => (a.reference < b.reference ? -1 : 1))
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    const rows = movements.map((movement) => ({
      id: newId('pmov'),
      reference: movement.reference,
      source: movement.source,
      payment_reference: movement.payment,
      category: movement.category,
      amount_minor: String(movement.amountMinor),
      fee_minor: String(movement.feeMinor),
      net_minor: String(movement.netMinor),
      currency_code: movement.currency,
      occurred_at: movement.occurredAt,
      available_at: movement.availableAt,
    }))
    await Promise.all([
      unit.run(
        statement(
          'payments.note_movements',
          `with told as (
             select * from jsonb_to_recordset($3::jsonb) as m (id text, reference text, source text, payment_reference text, category text,
               amount_minor bigint, fee_minor bigint, net_minor bigint, currency_code text, occurred_at timestamptz, available_at timestamptz)
           ), named as (
             update payment_movement m set payment_reference = told.payment_reference from told
             where m.tenant_id = $1 and m.payment_account_id = $2 and m.reference = told.reference
               and m.payment_reference is null and told.payment_reference is not null
           )
           insert into payment_movement (tenant_id, payment_account_id, id, reference, source, payment_reference, category, amount_minor,
             fee_minor, net_minor, currency_code, occurred_at, available_at)
           select $1, $2, id, reference, source, payment_reference, category, amount_minor, fee_minor, net_minor, currency_code, occurred_at,
                  available_at
           from told on conflict (tenant_id, payment_account_id, reference) do nothing`,
          [tenantId, about.accountId, JSON.stringify(rows)],
        ),
      ),
      post(
        unit,
        movements.flatMap((movement) => movementEntries(movement, about.providerId)),
      ),
    ])
  })
}
