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
  movements: readonly MoneyMovement[],
): Promise<void> {
  if (movements.length === 0) return
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
          `insert into payment_movement as known (tenant_id, payment_account_id, id, reference, source, payment_reference, category, amount_minor,
             fee_minor, net_minor, currency_code, occurred_at, available_at)
           select $1, $2, m.id, m.reference, m.source, m.payment_reference, m.category, m.amount_minor, m.fee_minor, m.net_minor,
                  m.currency_code, m.occurred_at, m.available_at
           from jsonb_to_recordset($3::jsonb) as m (id text, reference text, source text, payment_reference text, category text,
             amount_minor bigint, fee_minor bigint, net_minor bigint, currency_code text, occurred_at timestamptz, available_at timestamptz)
           on conflict (tenant_id, payment_account_id, reference) do update set payment_reference = excluded.payment_reference
           where known.payment_reference is null and excluded.payment_reference is not null`,
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
