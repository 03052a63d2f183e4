import { z } from 'zod'
import { readPage } from '../../db/index.js'
import { email, currencyCode, countryCode, type Route, route } from '../../http/index.js'
import { choosePaymentAccount } from '../../payments/index.js'
import { limits, notFound, toMajor, toMinor } from '../../kernel/index.js'
import {
  addDomain,
  createPlan,
  createTenant,
  listPlansStatement,
  listTenantsStatement,
  type PlanRow,
  removeDomain,
  retrieveTenant,
  setTenantStatus,
  type TenantRow,
  tenantUsageStatement,
  updateTenant,
  verifyDomain,
} from '../../platform/index.js'

const name = z.string().trim().min(1).max(limits.name_characters)
const hostname = z.string().trim().min(4).max(253)

const newTenant = z.strictObject({
  slug: z.string().max(63),
  name,
  default_currency: currencyCode,
  supported_currencies: z.array(currencyCode).max(50).optional(),
  default_country: countryCode.optional(),
  plan: z.string().max(100).optional(),
  domains: z.array(hostname).max(20).optional(),
  defaults: z.boolean().optional(),
  owner: z.strictObject({ email, password: z.string().min(8).max(200).optional() }),
})

/** A tenant on the wire; its uuid stays inside. */
function renderTenant(row: TenantRow, more: object = {}): Record<string, unknown> {
  const { id: _uuid, public_id, plan, ...rest } = row
  const { count: _count, ...tenant } = rest as typeof rest & { count?: number }
  return { id: public_id, ...tenant, plan: { id: plan.id, name: plan.name, fee_rate: plan.fee_rate_ppm / 10_000 }, ...more }
}

/** A plan on the wire: rate in per cent, amounts in major units. */
function renderPlan(row: PlanRow): Record<string, unknown> {
  const fixed = Object.fromEntries(Object.entries(row.fee_fixed).map(([currency, minor]) => [currency, toMajor(minor, currency)]))
  return { id: row.id, name: row.name, fee_rate: row.fee_rate_ppm / 10_000, fee_fixed: fixed, created_at: row.created_at }
}

export const routes: Route[] = [
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/tenants',
    summary: 'Create a store that can sell',
    access: 'platform:tenants:write',
    withoutTenant: true,
    body: newTenant,
    async handle({ services, body }) {
      const { supported_currencies, default_country, plan, domains, defaults, owner, ...required } = body
      const created = await createTenant(services.db, {
        ...required,
        ...(supported_currencies === undefined ? {} : { supported_currencies }),
        ...(default_country === undefined ? {} : { default_country }),
        ...(plan === undefined ? {} : { plan }),
        ...(domains === undefined ? {} : { domains: { hostnames: domains, baseDomain: services.config.baseDomain } }),
        ...(defaults === undefined ? {} : { defaults }),
        owner: { email: owner.email, ...(owner.password === undefined ? {} : { password: owner.password }) },
      })
      services.gatekeeper.forget()
      const { password, ...person } = created.owner
      return {
        tenant: renderTenant(await retrieveTenant(services.db, created.publicId)),
        publishable_key: created.publishableKey,
        secret_key: created.secretKey,
        // A password that the caller chose is not told back.
        owner: owner.password === undefined ? { ...person, password } : person,
      }
    },
  }),
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/tenants',
    summary: 'List stores',
    access: 'platform:tenants:read',
    withoutTenant: true,
    query: z.strictObject({ q: z.string().max(limits.search_characters).optional() }),
    page: { limit: 50, orderable: ['created_at'] },
    async handle({ context, query, page }) {
      const { limit, offset } = page
      const { rows, count } = await readPage(context, { limit, offset }, (part) => listTenantsStatement({ q: query.q ?? null, ...part }))
      return { tenants: rows.map((row) => renderTenant(row)), count, offset, limit }
    },
  }),
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/tenants/:id',
    summary: 'A store, with how much it holds',
    access: 'platform:tenants:read',
    withoutTenant: true,
    ids: { id: 'tenant' },
    async handle({ context, params }) {
      const tenant = await retrieveTenant(context.db, params.id as string)
      const [usage] = await context.db.read({ role: 'platform', tenantId: tenant.id }, tenantUsageStatement(tenant.id))
      return { tenant: renderTenant(tenant, { usage }) }
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/tenants/:id',
    summary: "Change name or plan of a store, or whether its shoppers are charged on its own account or on the operator's",
    access: 'platform:tenants:write',
    withoutTenant: true,
    ids: { id: 'tenant' },
    body: z.strictObject({
      name: name.optional(),
      plan: z.string().max(100).optional(),
      payment_account: z.enum(['own', 'operator']).optional(),
    }),
    async handle({ services, context, params, body }) {
      const { payment_account: setting, ...patch } = body
      await updateTenant(services.db, params.id as string, patch, async (unit) => {
        if (setting !== undefined) await choosePaymentAccount(unit, setting, context.clock.now())
      })
      services.gatekeeper.forget()
      return { tenant: renderTenant(await retrieveTenant(services.db, params.id as string)) }
    },
  }),
  statusRoute('suspend', 'suspended', 'Close a store to everybody but the platform'),
  statusRoute('resume', 'active', 'Open a suspended store again'),
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/domains/allow',
    summary: 'Whether a certificate may be made for a host: what Caddy asks before it makes one on demand',
    // Caddy has no credentials. What it is told, anybody can see by visiting the host.
    access: 'public',
    withoutTenant: true,
    query: z.strictObject({ domain: hostname.regex(/^[a-z\d.-]+$/i, 'is not a hostname like shop.example.com') }),
    async handle({ services, query: { domain } }) {
      if (!(await services.gatekeeper.isHosted(domain.toLowerCase()))) throw notFound(`No store is at ${domain}`)
      return { domain, is_allowed: true }
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/tenants/:id/domains',
    summary: 'Add a domain; it counts once it is verified',
    access: 'platform:tenants:write',
    withoutTenant: true,
    ids: { id: 'tenant' },
    body: z.strictObject({ hostname }),
    async handle({ services, params, body }) {
      await addDomain(services.db, params.id as string, body.hostname, services.config.baseDomain)
      return { tenant: renderTenant(await retrieveTenant(services.db, params.id as string)) }
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/tenants/:id/domains/:domain_id/verify',
    summary: 'Verify a domain by the TXT record _stoa.<hostname> that holds its id',
    access: 'platform:tenants:write',
    withoutTenant: true,
    ids: { id: 'tenant', domain_id: 'domain' },
    async handle({ services, params }) {
      await verifyDomain(services.db, params.id as string, params.domain_id as string)
      services.gatekeeper.forget()
      return { tenant: renderTenant(await retrieveTenant(services.db, params.id as string)) }
    },
  }),
  route({
    surface: 'platform',
    method: 'DELETE',
    path: '/platform/tenants/:id/domains/:domain_id',
    summary: 'Take a domain away',
    access: 'platform:tenants:write',
    withoutTenant: true,
    ids: { id: 'tenant', domain_id: 'domain' },
    async handle({ services, params }) {
      await removeDomain(services.db, params.id as string, params.domain_id as string)
      services.gatekeeper.forget()
      return { id: params.domain_id, object: 'domain', deleted: true }
    },
  }),
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/plans',
    summary: 'List plans',
    access: 'platform:tenants:read',
    withoutTenant: true,
    page: { limit: 50, orderable: ['id'] },
    async handle({ context, page }) {
      const { limit, offset } = page
      const { rows, count } = await readPage(context, { limit, offset }, listPlansStatement)
      return { plans: rows.map(renderPlan), count, offset, limit }
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/plans',
    summary: 'Add a plan: what the platform takes of its stores’ orders',
    access: 'platform:tenants:write',
    withoutTenant: true,
    body: z.strictObject({
      name,
      fee_rate: z.number().min(0).max(100).optional(),
      fee_fixed: z.record(currencyCode, z.number().min(0).max(1_000_000)).optional(),
    }),
    async handle({ services, body }) {
      const fixed = Object.entries(body.fee_fixed ?? {}).map(([currency, amount]) => [currency, Number(toMinor(amount, currency))])
      const id = await createPlan(services.db, {
        name: body.name,
        fee_rate_ppm: Math.round((body.fee_rate ?? 0) * 10_000),
        fee_fixed: Object.fromEntries(fixed),
      })
      return { plan: { id, name: body.name, fee_rate: body.fee_rate ?? 0, fee_fixed: body.fee_fixed ?? {} } }
    },
  }),
]

function statusRoute(verb: 'suspend' | 'resume', status: 'suspended' | 'active', summary: string): Route {
  return route({
    surface: 'platform',
    method: 'POST',
    path: `/platform/tenants/:id/${verb}`,
    summary,
    access: 'platform:tenants:write',
    withoutTenant: true,
    ids: { id: 'tenant' },
    body: z.strictObject({ reason: z.string().max(500).optional() }),
    async handle({ services, params, body }) {
      await setTenantStatus(services.db, params.id as string, status, status === 'suspended' ? (body.reason ?? null) : null)
      services.gatekeeper.forget()
      return { tenant: renderTenant(await retrieveTenant(services.db, params.id as string)) }
    },
  })
}
