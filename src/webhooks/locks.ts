import { statement, tenantOf, type Unit } from '../db/index.js'
import { notFound } from '../kernel/index.js'
import { ownerOf } from './owner.js'

export interface LockedWebhook {
  id: string
  vendor_id: string | null
  state: 'enabled' | 'disabled'
}

/** Locks one of the owner's endpoints before it is changed. Throws not_found. */
export async function lockWebhook(unit: Unit, id: string): Promise<LockedWebhook> {
  const [row] = await unit.run(
    statement<LockedWebhook>(
      'webhooks.lock',
      `select id, vendor_id, state from webhook_endpoint where tenant_id = $1 and id = $2 and vendor_id is not distinct from $3 for update`,
      [tenantOf(unit), id, ownerOf(unit.scope)],
    ),
  )
  if (row === undefined) throw notFound(`Webhook with id: ${id} was not found`)
  return row
}
