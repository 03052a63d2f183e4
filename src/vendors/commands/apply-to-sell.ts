import { statement, tenantOf, type Unit } from '../../db/index.js'
import { duplicate, isDuplicate, limits, newId, notAllowed } from '../../kernel/index.js'
import { noteInFeed } from '../../notifications/index.js'
import { insertVendor } from './create-vendor.js'

export interface Application {
  handle: string
  name: string
  description?: string | null | undefined
  /** Who asks: becomes the vendor's owner by an invitation to this address. */
  email: string
  first_name?: string | null | undefined
  last_name?: string | null | undefined
  phone?: string | null | undefined
  address?: Record<string, string | null> | null | undefined
  /** Where papers can be read; nobody fetches them but the store's staff. */
  documents?: readonly { name: string; url: string }[] | undefined
  message?: string | null | undefined
}

/** The same for who works for a vendor and for who waits for an answer: anybody may ask. */
const taken = (email: string) => duplicate(`${email} sells here, or asks to, already`)

/** Details of whom a store has answered so long ago are of no use to it. They go with the writing of new ones. */
const kept_days = 90
const sweptAtOnce = 100

/**
 * Asks to sell in a store: a vendor that waits for approval, and what its person says. The store's staff find it in their feed.
 * @returns the application's id, by which whoever asked looks how it stands
 * @throws duplicate_error for a handle that is taken and an e-mail that asks already or is a member's; not_allowed where too many wait
 */
export async function applyToSell(unit: Unit, application: Application): Promise<string> {
  const tenantId = tenantOf(unit)
  const { email } = application
  const [known] = await unit.run(
    statement<{ waiting: number; is_member: boolean }>(
      'vendors.before_application',
      `select (select count(*) from (select 1 from vendor_application where tenant_id = $1 and status = 'submitted' limit ${limits.openApplications}) w)::int as waiting,
              exists (select 1 from vendor_member where tenant_id = $1 and email = $2 and deleted_at is null) as is_member`,
      [tenantId, email],
    ),
  )
  if (known?.is_member) throw taken(email)
  if ((known?.waiting ?? 0) >= limits.openApplications) {
    throw notAllowed('The store has more applications than it can answer at the moment. Apply again in a few days, or write to it.')
  }
  const vendorId = await insertVendor(unit, {
    handle: application.handle,
    name: application.name,
    description: application.description ?? null,
    email,
    phone: application.phone ?? null,
    isPending: true,
  })
  await unit.run(
    statement(
      'vendors.sweep_applications',
      `delete from vendor_application where tenant_id = $1 and id in (
         select id from vendor_application where tenant_id = $1 and decided_at < now() - ${kept_days} * interval '1 day'
         limit ${sweptAtOnce} for update skip locked)`,
      [tenantId],
    ),
  )
  const id = newId('vapp')
  const json = (value: unknown) => (value == null ? null : JSON.stringify(value))
  try {
    await unit.run(
      statement(
        'vendors.insert_application',
        `insert into vendor_application (tenant_id, id, vendor_id, email, first_name, last_name, phone, address, documents, message)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          tenantId,
          id,
          vendorId,
          email,
          application.first_name ?? null,
          application.last_name ?? null,
          application.phone ?? null,
          json(application.address),
          json(application.documents ?? []),
          application.message ?? null,
        ],
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw taken(email)
    throw error
  }
  await noteInFeed(unit, {
    key: `vendor_application:${id}`,
    data: { title: 'Vendor application', description: `${application.name} asks to sell in the store`, vendor_id: vendorId },
  })
  return id
}
