import { randomUUID } from 'node:crypto'
import { addIdentity, builtInRoles, createApiKey, generatedPassword, hashPassword, type Permission } from '../../access/index.js'
import { scheduleCartSweep } from '../../checkout/index.js'
import { type Database, statement, tenantOf, type Unit } from '../../db/index.js'
import { currencyCodes, duplicate, invalidData, isCurrency, isDuplicate, newId, notFound, systemClock } from '../../kernel/index.js'
import { isCountry } from '../../regions/index.js'
import { addShippingOption, createVendor, insertVendor } from '../../vendors/index.js'
import { hostnameOf } from '../hostnames.js'
import { ensureStandardPlan } from './plans.js'

export interface NewTenant {
  slug: string
  name: string
  default_currency: string
  supported_currencies?: readonly string[]
  /** Where the first region is; derived from the currency when absent. */
  default_country?: string
  /** Name or id of a plan; the standard one when absent. */
  plan?: string
  /** Each counts once it is verified; none is the platform's own. */
  domains?: { hostnames: readonly string[]; baseDomain: string }
  /** False leaves region, stock location and shipping to whoever sets the store up. */
  defaults?: boolean
  owner: { email: string; password?: string }
}

export interface CreatedTenant {
  id: string
  publicId: string
  /** Shown this once. */
  publishableKey: string
  secretKey: string
  owner: { id: string; email: string; password: string }
}

const reservedSlugs = new Set(['www', 'api', 'admin', 'platform', 'docs', 'mail', 'static', 'files'])
const slugPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/
/** ISO 4217 codes begin with the country's ISO 3166 code; the euro has these instead. */
const euroCountries = 'at be bg cy de ee es fi fr gr hr ie it lt lu lv mt nl pt si sk'.split(' ')

/**
 * Creates a store that can sell: tenant, store, channel, house vendor, region, stock location, shipping, keys and owner,
 * in one transaction. With `defaults: false` only the store, one sales channel, its keys, the owner and the bare house vendor.
 * @throws duplicate_error for a taken slug or domain; invalid_data for what is no currency, country, slug or hostname; not_found for a plan
 */
export async function createTenant(db: Database, input: NewTenant): Promise<CreatedTenant> {
  check(input)
  const id = randomUUID()
  const publicId = newId('ten')
  const password = input.owner.password ?? generatedPassword()
  const passwordHash = await hashPassword(password)
  return db.unitOfWork({ role: 'platform', tenantId: id }, async (unit) => {
    await insertTenant(unit, publicId, input)
    const channelId = await insertStore(unit, input)
    await insertRoles(unit)
    if (input.defaults === false) await insertVendor(unit, houseVendor(input))
    else await insertDefaults(unit, input)
    const ownerId = await insertOwner(unit, input.owner.email, passwordHash)
    const publishable = await createApiKey(unit, {
      type: 'publishable',
      title: 'Storefront',
      salesChannelIds: [channelId],
      createdBy: ownerId,
    })
    const permissions: readonly Permission[] = builtInRoles.store_owner.permissions
    const secret = await createApiKey(unit, { type: 'secret', title: 'First key', permissions, createdBy: ownerId })
    return {
      id,
      publicId,
      publishableKey: publishable.token,
      secretKey: secret.token,
      owner: { id: ownerId, email: input.owner.email, password },
    }
  })
}

function check(input: NewTenant): void {
  if (!slugPattern.test(input.slug)) throw invalidData('A slug has 1 to 63 lower-case letters, digits and dashes, and no dash at its ends')
  hostnamesOf(input)
  if (reservedSlugs.has(input.slug)) throw invalidData(`The slug ${input.slug} is reserved`)
  for (const code of [input.default_currency, ...(input.supported_currencies ?? [])]) {
    if (!isCurrency(code))
      throw invalidData(`Currency with code: ${code} is not known; for example ${currencyCodes.slice(0, 3).join(', ')}`)
  }
  if (input.default_country !== undefined && !isCountry(input.default_country)) {
    throw invalidData(`Country with code ${input.default_country} is not known`)
  }
}

const hostnamesOf = ({ domains }: NewTenant) => domains?.hostnames.map((hostname) => hostnameOf(hostname, domains.baseDomain)) ?? []

async function insertTenant(unit: Unit, publicId: string, input: NewTenant): Promise<void> {
  const tenantId = tenantOf(unit)
  const standard = await ensureStandardPlan(unit)
  try {
    const made = await unit.run(
      statement<{ id: string }>(
        'platform.insert_tenant',
        `insert into platform.tenant (id, public_id, slug, name, plan_id)
         select $1, $2, $3, $4, p.id from platform.plan p where p.id = $5 or p.name = $5 limit 1 returning id`,
        [tenantId, publicId, input.slug, input.name, input.plan ?? standard],
      ),
    )
    if (made.length === 0) throw notFound(`Plan ${input.plan} was not found`)
    for (const hostname of hostnamesOf(input)) {
      await unit.run(
        statement('platform.insert_domain', 'insert into platform.domain (id, tenant_id, hostname) values ($1, $2, $3)', [
          newId('dom'),
          tenantId,
          hostname,
        ]),
      )
    }
  } catch (error) {
    if (isDuplicate(error, 'tenant_slug_key')) throw duplicate(`The slug ${input.slug} is taken by another store`)
    if (isDuplicate(error)) throw duplicate('One of the domains belongs to another store')
    throw error
  }
}

/** @returns the id of the default sales channel */
async function insertStore(unit: Unit, input: NewTenant): Promise<string> {
  const tenantId = tenantOf(unit)
  const channelId = newId('sc')
  await unit.run(
    statement('platform.insert_channel', `insert into sales_channel (tenant_id, id, name) values ($1, $2, 'Default')`, [
      tenantId,
      channelId,
    ]),
  )
  await unit.run(
    statement('platform.insert_store', 'insert into store (tenant_id, id, name, default_sales_channel_id) values ($1, $2, $3, $4)', [
      tenantId,
      newId('store'),
      input.name,
      channelId,
    ]),
  )
  const currencies = [...new Set([input.default_currency, ...(input.supported_currencies ?? [])])]
  await unit.run(
    statement(
      'platform.insert_currencies',
      'insert into store_currency (tenant_id, currency_code, is_default) select $1, c, c = $3 from unnest($2::text[]) c',
      [tenantId, currencies, input.default_currency],
    ),
  )
  await unit.run(
    statement(
      'platform.insert_fee',
      `insert into store_fee (tenant_id, id, rate_ppm, fixed)
       select $1, t.public_id, p.fee_rate_ppm, p.fee_fixed from platform.tenant t join platform.plan p on p.id = t.plan_id where t.id = $1`,
      [tenantId],
    ),
  )
  await unit.run(statement('platform.insert_sequence', 'insert into order_sequence (tenant_id, id) values ($1, $2)', [tenantId, 'orders']))
  await scheduleCartSweep(unit, systemClock.now())
  return channelId
}

async function insertRoles(unit: Unit): Promise<void> {
  const roles = Object.entries(builtInRoles)
  await unit.run(
    statement(
      'platform.insert_roles',
      `insert into role (tenant_id, id, name, scope, permissions)
       select $1, r.id, r.name, r.scope, array(select jsonb_array_elements_text(r.permissions))
       from jsonb_to_recordset($2::jsonb) as r (id text, name text, scope text, permissions jsonb)`,
      [
        tenantOf(unit),
        JSON.stringify(roles.map(([name, role]) => ({ id: newId('role'), name, scope: role.scope, permissions: role.permissions }))),
      ],
    ),
  )
}

function houseVendor(input: NewTenant) {
  return { handle: 'house', name: input.name, isHouse: true }
}

async function insertDefaults(unit: Unit, input: NewTenant): Promise<void> {
  const tenantId = tenantOf(unit)
  const countries = countriesOf(input)
  const regionId = newId('reg')
  await unit.run(
    statement('platform.insert_region', 'insert into region (tenant_id, id, name, currency_code) values ($1, $2, $3, $4)', [
      tenantId,
      regionId,
      new Intl.DisplayNames('en', { type: 'region' }).of(countries.length > 1 ? 'EU' : (countries[0] as string).toUpperCase()) ?? 'Home',
      input.default_currency,
    ]),
  )
  await unit.run(
    statement(
      'platform.insert_region_countries',
      'insert into region_country (tenant_id, region_id, iso_2) select $1, $2, c from unnest($3::text[]) c',
      [tenantId, regionId, countries],
    ),
  )
  await unit.run(
    statement(
      'platform.insert_region_provider',
      `insert into region_payment_provider (tenant_id, region_id, provider_id) values ($1, $2, 'pp_system_default')`,
      [tenantId, regionId],
    ),
  )
  const { vendorId, locationId } = await createVendor(unit, { ...houseVendor(input), location: { name: 'Main location' } })
  await addShippingOption(unit, {
    vendor_id: vendorId,
    name: 'Standard delivery',
    countries,
    prices: [{ currency_code: input.default_currency, amount_minor: 0n }],
    type_code: 'standard',
  })
  await unit.run(
    statement('platform.set_store_defaults', 'update store set default_region_id = $2, default_location_id = $3 where tenant_id = $1', [
      tenantId,
      regionId,
      locationId,
    ]),
  )
}

function countriesOf(input: NewTenant): string[] {
  if (input.default_country !== undefined) return [input.default_country]
  if (input.default_currency === 'eur') return euroCountries
  const country = input.default_currency.slice(0, 2)
  if (!isCountry(country)) throw invalidData(`Currency ${input.default_currency} belongs to no single country: name default_country`)
  return [country]
}

async function insertOwner(unit: Unit, email: string, passwordHash: string): Promise<string> {
  const tenantId = tenantOf(unit)
  const id = newId('user')
  await unit.run(
    statement('platform.insert_user', 'insert into store_user (tenant_id, id, email) values ($1, $2, $3)', [tenantId, id, email]),
  )
  await unit.run(
    statement(
      'platform.grant_owner',
      `insert into role_grant (tenant_id, id, subject_type, subject_id, role_id)
       select $1, $2, 'user', $3, r.id from role r where r.tenant_id = $1 and r.name = 'store_owner'`,
      [tenantId, newId('grant'), id],
    ),
  )
  await addIdentity(unit, { actorType: 'user', actorId: id, email, passwordHash })
  return id
}
