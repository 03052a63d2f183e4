import { statement, tenantOf, type Unit } from '../../db/index.js'
import { notAllowed, notFound } from '../../kernel/index.js'
import { lockTeam, lockVendor } from '../locks.js'
import { endMembers } from './change-member.js'
import { setVendorStatus } from './change-vendor.js'

/**
 * Ends a vendor for good: nothing of it is sold, its keys are refused, and its people are a team no longer, nor is anybody invited to it:
 * they may sell elsewhere in the store. What it is still owed is paid, and its orders can be refunded.
 * @throws not_found; not_allowed for the store's own vendor, for one that waits for approval or has ended, and while it has orders to pack,
 *   or a shopper is paying for goods of it
 */
export async function terminateVendor(unit: Unit, vendorId: string): Promise<void> {
  const vendor = await lockVendor(unit, vendorId)
  if (vendor === undefined) throw notFound(`Vendor with id: ${vendorId} was not found`)
  if (vendor.is_house) throw notAllowed("The store's own vendor stays as long as the store does")
  if (vendor.status === 'pending') throw notAllowed('The vendor waits for approval: reject it')
  if (vendor.status === 'terminated') throw notAllowed('The vendor has left the store for good')
  await refuseOpenOrders(unit, vendorId)
  await setVendorStatus(unit, vendorId, 'terminated')
  const team = await lockTeam(unit, vendorId)
  await endMembers(
    unit,
    team.map(({ id }) => id),
  )
  await unit
    .knex('invite')
    .where({ tenant_id: tenantOf(unit), vendor_id: vendorId, accepted_at: null })
    .whereNull('deleted_at')
    .update({ deleted_at: new Date(), updated_at: new Date() })
}

async function refuseOpenOrders(unit: Unit, vendorId: string): Promise<void> {
  const [open] = await unit.run(
    statement<{ orders: number; is_being_bought: boolean }>(
      'vendors.open_orders',
      `select (select count(*) from vendor_order where tenant_id = $1 and vendor_id = $2 and status = 'pending')::int as orders,
              exists (select 1 from checkout k join cart_line_item i on i.tenant_id = k.tenant_id and i.cart_id = k.cart_id
                where k.tenant_id = $1 and k.state = 'open' and i.vendor_id = $2) as is_being_bought`,
      [tenantOf(unit), vendorId],
    ),
  )
  const advice = 'Suspend it, so that nothing more is sold, and terminate it when they are done.'
  if (open !== undefined && open.orders > 0) {
    throw notAllowed(`The vendor has ${open.orders} order${open.orders === 1 ? '' : 's'} to pack, deliver or cancel. ${advice}`)
  }
  if (open?.is_being_bought) throw notAllowed(`Shoppers are paying for goods of the vendor at this moment. ${advice}`)
}
