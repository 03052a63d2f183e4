import { type Context, type ListPage, orderBy, type Statement, statement, tenantOf, type Unit } from '../db/index.js'
import { emit } from '../events/index.js'
import { invalidData, newId, notAllowed, notFound, toMinor } from '../kernel/index.js'
import { lockVendorStatement } from './facts.js'
import { liftReserve } from './rows.js'

/** Reasons that staff may give; a reserve is kept by the store's own setting. */
export const holdReasons = ['kyc', 'new_vendor', 'delivery', 'dispute', 'manual', 'legal'] as const

export interface NewHold {
  vendor_id?: string | undefined
  /** Without it, what the vendor is owed as a whole. */
  vendor_order_id?: string | undefined
  /** `identity`: the seller has not said who it is. */
  reason: (typeof holdReasons)[number] | 'identity'
  /** Major units; without it, everything. */
  amount?: number | undefined
  currency_code?: string | undefined
  until?: Date | undefined
  note?: string | null | undefined
}

export interface HoldRow {
  id: string
  vendor_id: string
  vendor_order_id: string | null
  reason: string
  amount_minor: bigint | null
  currency_code: string | null
  until: Date | null
  note: string | null
  created_by: string | null
  lifted_by: string | null
  lifted_at: Date | null
  created_at: Date
  updated_at: Date
  count: number
}

export interface HoldFilter {
  id: string[] | null
  vendorIds: string[] | null
  vendorOrderIds: string[] | null
  reasons: string[] | null
  isLifted: boolean | null
}

export function listHoldsStatement(tenantId: string, filter: HoldFilter, page: ListPage): Statement<HoldRow> {
  const order = orderBy('h', page.order)
  return statement(
    `payouts.holds.${order.name}`,
    `select h.id, h.vendor_id, h.vendor_order_id, h.reason, h.amount_minor, h.currency_code, h.until, h.note, h.created_by, h.lifted_by,
            h.lifted_at, h.created_at, h.updated_at, count(*) over ()::int as count
     from hold h where h.tenant_id = $1 and ($2::text[] is null or h.id = any($2)) and ($3::text[] is null or h.vendor_id = any($3))
       and ($4::text[] is null or h.vendor_order_id = any($4)) and ($5::text[] is null or h.reason = any($5))
       and ($6::boolean is null or (h.lifted_at is not null) = $6)
     ${order.sql} limit $7 offset $8`,
    [tenantId, filter.id, filter.vendorIds, filter.vendorOrderIds, filter.reasons, filter.isLifted, page.limit, page.offset],
  )
}

/**
 * Keeps back what a vendor is owed: for one order or as a whole, an amount or all, until a date or until it is lifted. What
 * was released already is not taken back. Under the vendor's lock, so that no release is being decided on meanwhile.
 * @returns the hold's id
 * @throws not_found for the vendor or its order; invalid_data where it does not say of what
 */
export async function placeHold(unit: Unit, context: Context, input: NewHold): Promise<string> {
  const tenantId = tenantOf(unit)
  const { vendorId, currency } = await subjectOf(unit, input)
  await unit.run(lockVendorStatement(tenantId, vendorId))
  const id = newId('hold')
  await unit.run(
    statement(
      'payouts.insert_hold',
      `insert into hold (tenant_id, id, vendor_id, vendor_order_id, reason, amount_minor, currency_code, until, note, created_by)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [
        tenantId,
        id,
        vendorId,
        input.vendor_order_id ?? null,
        input.reason,
        amountOf(input.amount, currency),
        input.amount === undefined ? null : currency,
        input.until ?? null,
        input.note ?? null,
        context.actorId,
      ],
    ),
  )
  await emitChanged(unit, context, { vendor_id: vendorId, vendor_order_id: input.vendor_order_id ?? null })
  return id
}

function amountOf(amount: number | undefined, currency: string | null): bigint | null {
  if (amount === undefined) return null
  if (currency === null) throw invalidData('Say the currency_code of the amount')
  return toMinor(amount, currency)
}

async function subjectOf(unit: Unit, input: NewHold): Promise<{ vendorId: string; currency: string | null }> {
  const tenantId = tenantOf(unit)
  if (input.vendor_order_id !== undefined) {
    const [part] = await unit.run(
      statement<{ vendor_id: string; currency_code: string }>(
        'payouts.vendor_of_part',
        'select vendor_id, currency_code from vendor_order where tenant_id = $1 and id = $2',
        [tenantId, input.vendor_order_id],
      ),
    )
    if (part === undefined || (input.vendor_id !== undefined && input.vendor_id !== part.vendor_id)) {
      throw notFound(`Vendor order with id: ${input.vendor_order_id} was not found`)
    }
    if (input.currency_code !== undefined && input.currency_code !== part.currency_code) {
      throw invalidData(`The vendor order is in ${part.currency_code.toUpperCase()}`)
    }
    return { vendorId: part.vendor_id, currency: part.currency_code }
  }
  if (input.vendor_id === undefined) throw invalidData('Say the vendor_id or the vendor_order_id')
  const rows = await unit.run(
    statement<{ id: string }>('payouts.vendor', 'select id from vendor where tenant_id = $1 and id = $2', [tenantId, input.vendor_id]),
  )
  if (rows.length === 0) throw notFound(`Vendor with id: ${input.vendor_id} was not found`)
  return { vendorId: input.vendor_id, currency: input.currency_code ?? null }
}

/** What the hold is of is looked at again. */
async function emitChanged(unit: Unit, context: Context, of: { vendor_id: string; vendor_order_id: string | null }): Promise<void> {
  const options = { requestId: context.requestId }
  if (of.vendor_order_id === null) await emit(unit, 'vendor.payable_changed', { vendor_id: of.vendor_id }, options)
  else await emit(unit, 'payable.due', { vendor_order_id: of.vendor_order_id }, options)
}

/**
 * Lets go what was kept back.
 * @throws not_found; not_allowed for one that is lifted already
 */
export async function liftHold(unit: Unit, context: Context, id: string): Promise<void> {
  const tenantId = tenantOf(unit)
  const find = () => unit.run(statement<HoldRow>('payouts.hold', 'select * from hold where tenant_id = $1 and id = $2', [tenantId, id]))
  const [seen] = await find()
  if (seen === undefined) throw notFound(`Hold with id: ${id} was not found`)
  await unit.run(lockVendorStatement(tenantId, seen.vendor_id))
  const [hold = seen] = await find()
  if (hold.lifted_at !== null) throw notAllowed(`The hold: ${id} is lifted already`)
  if (hold.reason === 'reserve') {
    await liftReserve(unit, context, { vendor_id: hold.vendor_id, currency_code: hold.currency_code as string }, hold)
  } else {
    await unit.run(
      statement(
        'payouts.lift_hold_by_hand',
        `update hold set lifted_at = $3, lifted_by = $4, updated_at = now() where tenant_id = $1 and id = $2`,
        [tenantId, id, context.clock.now(), context.actorId],
      ),
    )
  }
  await emitChanged(unit, context, hold)
}
