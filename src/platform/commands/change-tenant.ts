import { resolveTxt } from 'node:dns/promises'
import { type Database, statement, type Unit } from '../../db/index.js'
import { duplicate, invalidData, isDuplicate, newId, notFound } from '../../kernel/index.js'
import { retrieveTenant } from '../queries.js'
import { hostnameOf } from '../hostnames.js'

const missing = (id: string) => notFound(`Tenant with id: ${id} was not found`)

/**
 * Changes name or plan; the store's fee follows its plan, for orders from now on. Throws not_found.
 * @param also what else is changed of it, in the same transaction
 */
export async function updateTenant(
  db: Database,
  publicId: string,
  patch: { name?: string | undefined; plan?: string | undefined },
  also: (unit: Unit) => Promise<void> = async () => undefined,
): Promise<void> {
  const tenant = await retrieveTenant(db, publicId)
  await db.unitOfWork({ role: 'platform', tenantId: tenant.id }, async (unit) => {
    const changed = await unit.run(
      statement<{ id: string }>(
        'platform.update_tenant',
        `update platform.tenant t set name = coalesce($2, t.name), updated_at = now(),
           plan_id = case when $3::text is null then t.plan_id else (select p.id from platform.plan p where p.id = $3 or p.name = $3) end
         where t.id = $1 and ($3::text is null or exists (select 1 from platform.plan p where p.id = $3 or p.name = $3)) returning id`,
        [tenant.id, patch.name ?? null, patch.plan ?? null],
      ),
    )
    if (changed.length === 0) throw notFound(`Plan ${patch.plan} was not found`)
    await unit.run(
      statement(
        'platform.copy_fee',
        `update store_fee f set rate_ppm = p.fee_rate_ppm, fixed = p.fee_fixed, updated_at = now()
         from platform.tenant t join platform.plan p on p.id = t.plan_id where f.tenant_id = $1 and t.id = $1`,
        [tenant.id],
      ),
    )
    await also(unit)
  })
}

/** Closes a store to everybody but the platform, or opens it again. Throws not_found. */
export async function setTenantStatus(
  db: Database,
  publicId: string,
  status: 'active' | 'suspended',
  reason: string | null,
): Promise<void> {
  const rows = await db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(
      statement<{ id: string }>(
        'platform.set_status',
        'update platform.tenant set status = $2, suspended_reason = $3, updated_at = now() where public_id = $1 returning id',
        [publicId, status, reason],
      ),
    ),
  )
  if (rows.length === 0) throw missing(publicId)
}

/** Adds a domain, not used until it is verified. Throws duplicate_error when another store has it, invalid_data for no hostname. */
export async function addDomain(db: Database, publicId: string, hostname: string, baseDomain: string): Promise<string> {
  const name = hostnameOf(hostname, baseDomain)
  const tenant = await retrieveTenant(db, publicId)
  const id = newId('dom')
  try {
    await db.unitOfWork({ role: 'platform' }, (unit) =>
      unit.run(
        statement('platform.add_domain', 'insert into platform.domain (id, tenant_id, hostname) values ($1, $2, $3)', [
          id,
          tenant.id,
          name,
        ]),
      ),
    )
  } catch (error) {
    if (isDuplicate(error)) throw duplicate(`The domain ${name} is in use already`)
    throw error
  }
  return id
}

/** Who answers for a domain's TXT records; handed in so that nothing else needs a network. */
export type TxtResolver = (hostname: string) => Promise<string[][]>

/**
 * Verifies a domain by the TXT record `_stoa.<hostname>` = the domain's id.
 * @throws not_found for a domain that the tenant does not have; invalid_data while the record is not there
 */
export async function verifyDomain(db: Database, publicId: string, domainId: string, resolve: TxtResolver = resolveTxt): Promise<void> {
  const tenant = await retrieveTenant(db, publicId)
  const domain = tenant.domains.find((candidate) => candidate.id === domainId)
  if (domain === undefined) throw notFound(`Domain with id: ${domainId} was not found`)
  const name = `_stoa.${domain.hostname}`
  const records = await resolve(name).catch((): string[][] => [])
  if (!records.some((record) => record.join('') === domainId)) {
    throw invalidData(`The TXT record ${name} with the value ${domainId} was not found. New records can take an hour to show.`)
  }
  await db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(
      statement('platform.verify_domain', 'update platform.domain set verified_at = now() where tenant_id = $1 and id = $2', [
        tenant.id,
        domainId,
      ]),
    ),
  )
}

/** Takes a domain away. Throws not_found. */
export async function removeDomain(db: Database, publicId: string, domainId: string): Promise<void> {
  const tenant = await retrieveTenant(db, publicId)
  const rows = await db.unitOfWork({ role: 'platform' }, (unit) =>
    unit.run(
      statement<{ id: string }>('platform.remove_domain', 'delete from platform.domain where tenant_id = $1 and id = $2 returning id', [
        tenant.id,
        domainId,
      ]),
    ),
  )
  if (rows.length === 0) throw notFound(`Domain with id: ${domainId} was not found`)
}
