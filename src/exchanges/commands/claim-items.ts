import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, newId, notFound } from '../../kernel/index.js'
import { changeExchange, type ExchangeLock } from '../locks.js'
import { needOpen } from './begin-exchange.js'

export const claimReasons = ['missing_item', 'wrong_item', 'production_failure', 'other'] as const
export type ClaimReason = (typeof claimReasons)[number]

export interface ClaimedItem {
  /** A line item of the order. */
  id: string
  quantity: number
  reason?: ClaimReason | undefined
  note?: string | null | undefined
  metadata?: Record<string, unknown> | null | undefined
}

interface ClaimItemRow {
  id: string
  order_line_item_id: string
  quantity: number
}

/** What a claim claims. */
export function claimedItems(unit: Unit, claimId: string): Promise<ClaimItemRow[]> {
  return unit.run(
    statement<ClaimItemRow>(
      'exchanges.claimed_items',
      'select id, order_line_item_id, quantity from order_claim_item where tenant_id = $1 and exchange_id = $2 order by id',
      [tenantOf(unit), claimId],
    ),
  )
}

/** Chooses what is claimed. Throws not_found; invalid_data once the claim was requested, and for more pieces than were sent. */
export function claimItems(context: Context, claimId: string, items: readonly ClaimedItem[]): Promise<void> {
  return changeExchange(context, claimId, async (unit, { exchange }) => {
    needOpen(exchange)
    if (new Set(items.map((item) => item.id)).size !== items.length) throw invalidData('An item is named twice.')
    await refuseTooMany(
      unit,
      exchange,
      items.map((item) => ({ order_line_item_id: item.id, quantity: item.quantity })),
    )
    const rows = items.map((item) => ({ ...item, item_id: newId('claitem'), reason: item.reason ?? 'other' }))
    await unit.run(
      statement(
        'exchanges.set_claim_items',
        `insert into order_claim_item (tenant_id, exchange_id, id, order_line_item_id, quantity, reason, note, metadata)
         select $1, $2, i.item_id, i.id, i.quantity, i.reason, i.note, i.metadata
         from jsonb_to_recordset($3::jsonb) as i (item_id text, id text, quantity integer, reason text, note text, metadata jsonb)
         on conflict (tenant_id, exchange_id, order_line_item_id) do update
           set quantity = excluded.quantity, reason = excluded.reason, note = excluded.note, metadata = excluded.metadata, updated_at = now()`,
        [tenantOf(unit), claimId, JSON.stringify(rows)],
      ),
    )
  })
}

/** Changes what is claimed of a line; null leaves it out. Throws as claimItems does. */
export function changeClaimItem(
  context: Context,
  claimId: string,
  itemId: string,
  change: { quantity?: number | undefined; reason?: ClaimReason | undefined; note?: string | null | undefined } | null,
): Promise<void> {
  return changeExchange(context, claimId, async (unit, { exchange }) => {
    needOpen(exchange)
    const item = (await claimedItems(unit, claimId)).find((candidate) => candidate.id === itemId)
    if (item === undefined) throw notFound(`Action with id: ${itemId} was not found`)
    const quantity = change === null ? 0 : (change.quantity ?? item.quantity)
    await refuseTooMany(unit, exchange, [{ order_line_item_id: item.order_line_item_id, quantity }])
    await unit.run(
      change === null
        ? statement('exchanges.remove_claim_item', 'delete from order_claim_item where tenant_id = $1 and id = $2', [
            tenantOf(unit),
            itemId,
          ])
        : statement(
            'exchanges.change_claim_item',
            `update order_claim_item set quantity = $3, note = coalesce($4, note), reason = coalesce($5, reason), updated_at = now()
             where tenant_id = $1 and id = $2`,
            [tenantOf(unit), itemId, quantity, change.note ?? null, change.reason ?? null],
          ),
    )
  })
}

/**
 * Why lines are claimed, as whoever plans what comes back says it. A line that comes back and is not claimed has no such reason.
 * Throws not_found; invalid_data once the claim was requested.
 */
export function giveReasons(context: Context, claimId: string, items: readonly { id: string; reason: ClaimReason }[]): Promise<void> {
  return changeExchange(context, claimId, async (unit, { exchange }) => {
    needOpen(exchange)
    await unit.run(
      statement(
        'exchanges.give_reasons',
        `update order_claim_item c set reason = g.reason, updated_at = now() from unnest($3::text[], $4::text[]) as g (id, reason)
         where c.tenant_id = $1 and c.exchange_id = $2 and c.order_line_item_id = g.id`,
        [tenantOf(unit), claimId, items.map((item) => item.id), items.map((item) => item.reason)],
      ),
    )
  })
}

/** Pieces that were sent, were not claimed before, and are not back but with a claim. Throws not_found for a line of another order; invalid_data. */
export async function refuseTooMany(
  unit: Unit,
  exchange: ExchangeLock,
  items: readonly { order_line_item_id: string; quantity: number }[],
): Promise<void> {
  const lines = await unit.run(
    statement<{ id: string; title: string; claimable: number }>(
      'exchanges.claimable',
      `select i.id, i.title, (i.fulfilled_quantity - i.return_received_quantity - i.return_dismissed_quantity
          + coalesce((select sum(b.received_quantity + b.damaged_quantity) from order_return_item b
              join order_return r on r.tenant_id = $1 and r.id = b.return_id and starts_with(r.exchange_id, 'claim_')
              where b.tenant_id = $1 and b.order_line_item_id = i.id), 0)
          - coalesce((
          select sum(c.quantity) from order_claim_item c join order_exchange x on x.tenant_id = $1 and x.id = c.exchange_id
          where c.tenant_id = $1 and c.order_line_item_id = i.id and x.status = 'requested'), 0))::int as claimable
       from order_line_item i where i.tenant_id = $1 and i.order_id = $2 and i.id = any($3)`,
      [tenantOf(unit), exchange.order_id, items.map((item) => item.order_line_item_id)],
    ),
  )
  for (const item of items) {
    const line = lines.find((candidate) => candidate.id === item.order_line_item_id)
    if (line === undefined)
      throw invalidData(`Items with ids ${item.order_line_item_id} does not exist in order with id ${exchange.order_id}.`)
    if (item.quantity > line.claimable) throw invalidData('Cannot claim more items than what was ordered.')
  }
}
