import { statement, tenantOf, type Unit } from '../db/index.js'
import { limits, notFound } from '../kernel/index.js'
import { ownerOf } from './owner.js'
import type { Telling } from './tellings.js'

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
       from webhook_endpoint where tenant_id = $1 and id = $2 for no key update`,
      [tenantOf(unit), id],
    ),
  )
  return row ?? null
}

export interface Listener {
  id: string
  vendor_id: string | null
  event_types: string[]
}

/**
 * Who may be told: the store's own endpoints, and those of the vendors whom it concerns and that are active. None of them is deleted
 * before its deliveries are written, which would be left behind.
 */
export async function holdListeners(unit: Unit, tellings: readonly Telling[]): Promise<Listener[]> {
  if (tellings.length === 0) return []
  const types = new Set(tellings.map(({ type }) => type))
  const vendorIds = new Set(tellings.flatMap(({ vendorId }) => vendorId ?? []))
  return unit.run(
    statement<Listener>(
      'webhooks.hold_listeners',
      `select w.id, w.vendor_id, w.event_types from webhook_endpoint w
       left join vendor v on v.tenant_id = w.tenant_id and v.id = w.vendor_id
       where w.tenant_id = $1 and w.state = 'enabled' and w.event_types && $2::text[]
         and (w.vendor_id is null or w.vendor_id = any($3::text[])) and (w.vendor_id is null or v.status = 'active')
       order by w.id for key share of w`,
      [tenantOf(unit), [...types], [...vendorIds]],
    ),
  )
}

/** Locks deliveries that are too old to be kept, the oldest first, for whoever deletes them; those that somebody else has are left. */
export async function lockOldDeliveries(unit: Unit, count: number): Promise<string[]> {
  const rows = await unit.run(
    statement<{ id: string }>(
      'webhooks.lock_old',
      `select id from webhook_delivery where tenant_id = $1 and created_at < now() - $2 * interval '1 day'
       order by created_at limit $3 for update skip locked`,
      [tenantOf(unit), limits.webhookDelivery_days, count],
    ),
  )
  return rows.map(({ id }) => id)
}
