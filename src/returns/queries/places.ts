import { type Statement, statement } from '../../db/index.js'

/** Where goods are sent back to. Without name and address where the vendor has no place. */
export interface ReturnPlace {
  vendor: string
  name: string | null
  address: Record<string, string | null> | null
}

/** To the place that staff chose, or each vendor's goods to its own. Terms of the return `r`; `$1` is the tenant. */
export const returnPlacesSql = `coalesce((
  select json_agg(json_build_object('vendor', v.name, 'name', l.name, 'address', l.address) order by v.id)
  from vendor v left join lateral (select x.name, x.address from stock_location x
    where x.tenant_id = $1 and x.deleted_at is null and x.vendor_id = v.id and (r.location_id is null or x.id = r.location_id)
    order by x.id limit 1) l on true
  where v.tenant_id = $1 and case when r.location_id is null
    then v.id in (select i.vendor_id from order_return_item i where i.tenant_id = $1 and i.return_id = r.id)
    else v.id = (select y.vendor_id from stock_location y where y.tenant_id = $1 and y.id = r.location_id) end), '[]')`

/** Where the returns of an order go. */
export function returnPlacesStatement(tenantId: string, orderId: string): Statement<{ id: string; places: ReturnPlace[] }> {
  return statement(
    'returns.places',
    `select r.id, ${returnPlacesSql} as places from order_return r where r.tenant_id = $1 and r.order_id = $2`,
    [tenantId, orderId],
  )
}
