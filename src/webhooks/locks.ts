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

export interface HeldWebhook {
  url: string
  state: 'enabled' | 'disabled'
  /** Until when it is called by a job, or rests; null where it is free. */
  busy_until: Date | null
  /** A job is to come by that looks at it again. */
  is_awaited: boolean
}

/** Locks an endpoint for what a job does with it, whoever's it is. Null for one that is deleted. */
export async function holdWebhook(unit: Unit, id: string): Promise<HeldWebhook | null> {
  const [row] = await unit.run(
    statement<HeldWebhook>(
      'webhooks.hold',
      `select url, state, case when busy_until > now() then busy_until end as busy_until, coalesce(looked_at_again > now(), false) as is_awaited
       from webhook_endpoint where tenant_id = $1 and id = $2 for update`,
      [tenantOf(unit), id],
    ),
  )
  return row ?? null
}
