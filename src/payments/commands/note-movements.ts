import { type Context, statement, tenantOf } from '../../db/index.js'
import { emit } from '../../events/index.js'
import { newId } from '../../kernel/index.js'
import { post } from '../../ledger/index.js'
import { lockExchanged, ordersOfPaymentsStatement, reckonExchanges, withoutOlder } from '../exchange.js'
import { movementEntries } from '../movements.js'
import type { MoneyMovement } from '../provider.js'

/**
 * Keeps what a provider says moved, and books what it kept of it: fees are told, never reckoned. Money that the provider
 * keeps in another currency than the shopper paid in is converted in the books too, and what is won or lost because it goes back
 * at another rate is booked as that. Told twice, it is booked once.
 */
export async function noteMovements(
  context: Context,
  about: { accountId: string; providerId: string },
  told: readonly MoneyMovement[],
): Promise<void> {
  if (told.length === 0) return
  // In key order: two that are told of the same movements at once wait for one another in the same order.
  const sorted = [...told].sort((a, b) => (a.reference < b.reference ? -1 : 1))
  const tenantId = tenantOf(context)
  await context.db.unitOfWork(context.scope, async (unit) => {
    await lockExchanged(unit, about.providerId, sorted)
    const movements = await withoutOlder(unit, about.accountId, sorted)
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
      original_minor: movement.original === null ? null : String(movement.original.amountMinor),
      original_currency_code: movement.original?.currency ?? null,
      occurred_at: movement.occurredAt,
      available_at: movement.availableAt,
    }))
    const [inserted] = await Promise.all([
      unit.run(
        statement<{ payment_reference: string | null }>(
          'payments.note_movements',
          `with told as (
             select * from jsonb_to_recordset($3::jsonb) as m (id text, reference text, source text, payment_reference text, category text,
               amount_minor bigint, fee_minor bigint, net_minor bigint, currency_code text, original_minor bigint, original_currency_code text,
               occurred_at timestamptz, available_at timestamptz)
           ), named as (
             update payment_movement m set payment_reference = told.payment_reference from told
             where m.tenant_id = $1 and m.payment_account_id = $2 and m.reference = told.reference
               and m.payment_reference is null and told.payment_reference is not null
           )
           insert into payment_movement (tenant_id, payment_account_id, id, reference, source, payment_reference, category, amount_minor,
             fee_minor, net_minor, currency_code, original_minor, original_currency_code, occurred_at, available_at)
           select $1, $2, id, reference, source, payment_reference, category, amount_minor, fee_minor, net_minor, currency_code,
                  original_minor, original_currency_code, occurred_at, available_at
           from told on conflict (tenant_id, payment_account_id, reference) do nothing
           returning case when category = 'charge' and (original_minor is not null or exists (
             select 1 from payment_movement e where e.tenant_id = $1 and e.payment_account_id = $2
               and e.original_currency_code = payment_movement.currency_code and e.original_minor is not null))
             then payment_reference end as payment_reference`,
          [tenantId, about.accountId, JSON.stringify(rows)],
        ),
      ),
      post(
        unit,
        movements.flatMap((movement) => movementEntries(movement, about.providerId)),
      ),
    ])
    await post(unit, await reckonExchanges(unit, about, movements))
    const payments = inserted.flatMap((row) => (row.payment_reference === null ? [] : [row.payment_reference]))
    if (payments.length === 0) return
    for (const { order_id } of await unit.run(ordersOfPaymentsStatement(tenantId, about.providerId, payments))) {
      await emit(unit, 'payment.exchanged', { order_id }, { requestId: context.requestId })
    }
  })
}
