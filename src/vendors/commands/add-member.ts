import { addIdentity } from '../../access/index.js'
import { statement, tenantOf, type Unit } from '../../db/index.js'
import { duplicate, isDuplicate, newId, notFound } from '../../kernel/index.js'

export interface NewMember {
  vendor_id: string
  email: string
  first_name?: string | null
  last_name?: string | null
  password_hash: string
  /** The name of a role of vendors' people. */
  role: string
}

/**
 * Gives a person a place in a vendor's team: the member, the role on that vendor, and the sign-in.
 * @throws not_found for an unknown vendor or role; duplicate_error for an e-mail that is a member of the store already
 */
export async function addMember(unit: Unit, input: NewMember): Promise<string> {
  const tenantId = tenantOf(unit)
  const id = newId('vmem')
  try {
    const made = await unit.run(
      statement<{ id: string }>(
        'vendors.insert_member',
        `insert into vendor_member (tenant_id, id, vendor_id, email, first_name, last_name)
         select $1, $2, v.id, $4, $5, $6 from vendor v where v.tenant_id = $1 and v.id = $3 and v.deleted_at is null returning id`,
        [tenantId, id, input.vendor_id, input.email, input.first_name ?? null, input.last_name ?? null],
      ),
    )
    if (made.length === 0) throw notFound(`Vendor with id: ${input.vendor_id} was not found`)
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`There is a member with the email ${input.email} already`)
    throw error
  }
  const granted = await unit.run(
    statement(
      'vendors.grant_member_role',
      `insert into role_grant (tenant_id, id, subject_type, subject_id, role_id, vendor_id)
       select $1, $2, 'member', $3, r.id, $4 from role r where r.tenant_id = $1 and r.name = $5 and r.scope = 'vendor' returning id`,
      [tenantId, newId('grant'), id, input.vendor_id, input.role],
    ),
  )
  if (granted.length === 0) throw notFound(`Role with name: ${input.role} was not found`)
  await addIdentity(unit, { actorType: 'member', actorId: id, email: input.email, passwordHash: input.password_hash })
  return id
}
