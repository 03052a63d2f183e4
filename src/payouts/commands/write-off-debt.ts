import { type Context, statement, tenantOf, type Unit } from '../../db/index.js'
import { invalidData, notAllowed, toMajor, toMinor } from '../../kernel/index.js'
import { lockVendorStatement } from '../facts.js'
import { lesser } from '../policy.js'
import { writeOff } from '../rows.js'

/**
 * Gives up what a vendor was paid too much and will not give back, all of it or an amount, the oldest order first. It is not
 * netted with what the vendor is owed next any more.
 * @param input.amount major units
 * @throws not_allowed with code `no_debt` for more than the vendor owes
 */
export async function writeOffDebt(
  unit: Unit,
  context: Context,
  vendorId: string,
  input: { currency_code: string; amount?: number | undefined },
): Promise<void> {
  const tenantId = tenantOf(unit)
  const currency = input.currency_code
  await unit.run(lockVendorStatement(tenantId, vendorId))
  const debts = await unit.run(
    statement<{ vendor_order_id: string; owed_minor: bigint }>(
      'payouts.debts',
      `select vendor_order_id, released_minor - due_minor as owed_minor from payable
       where tenant_id = $1 and vendor_id = $2 and currency_code = $3 and released_minor > due_minor order by vendor_order_id`,
      [tenantId, vendorId, currency],
    ),
  )
  const owed = debts.reduce((sum, debt) => sum + debt.owed_minor, 0n)
  let left = input.amount === undefined ? owed : toMinor(input.amount, currency)
  if (left < 0n) throw invalidData('The amount must be more than nothing')
  if (left === 0n || left > owed) {
    throw notAllowed(`The vendor owes ${toMajor(owed, currency)} ${currency.toUpperCase()}, and no more.`, 'no_debt')
  }
  for (const { vendor_order_id, owed_minor } of debts) {
    const amount = lesser(left, owed_minor)
    if (amount > 0n) await writeOff(unit, context, { vendorId, vendorOrderId: vendor_order_id, currency }, amount)
    left -= amount
  }
}
