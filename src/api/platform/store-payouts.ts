import { z } from 'zod'
import { type Context, singlePage } from '../../db/index.js'
import { type Route, route } from '../../http/index.js'
import { toMajor } from '../../kernel/index.js'
import {
  anyRelease,
  holdStorePayee,
  listPayeesStatement,
  listReleasesStatement,
  platformFeesStatement,
  storeBalances,
} from '../../payouts/index.js'
import { retrieveTenant } from '../../platform/index.js'
import { feesQuery, renderPlatformFees } from '../platform-fees.js'
import { renderStoreBalance } from '../store-balances.js'

/** The newest releases that are shown of a store; the rest are in its own list. */
const releasesShown = 50
const newest = { ...singlePage, limit: releasesShown, order: { field: 'id', descending: true } }

async function answer(context: Context, id: string): Promise<object> {
  const tenant = await retrieveTenant(context.db, id)
  const store = { ...context, scope: { role: 'platform', tenantId: tenant.id } as const }
  const [balances, payees, releases] = await Promise.all([
    storeBalances(store),
    context.db.read(store.scope, listPayeesStatement(tenant.id, { isOfStore: true }, newest)),
    context.db.read(store.scope, listReleasesStatement(tenant.id, { ...anyRelease, isOfStore: true }, newest)),
  ])
  return {
    store_payouts: {
      balances: balances.map(renderStoreBalance),
      payees: payees.map(({ count: _count, vendor_id: _none, ...payee }) => payee),
      releases: releases.map(({ id: releaseId, currency_code, amount_minor, clawed_minor, ...release }) => ({
        id: releaseId,
        currency_code,
        amount: toMajor(amount_minor, currency_code),
        returned_amount: toMajor(clawed_minor, currency_code),
        state: release.state,
        reference: release.reference,
        failure: release.failure,
        created_at: release.created_at,
        settled_at: release.settled_at,
      })),
    },
  }
}

export const routes: Route[] = [
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/tenants/:id/payouts',
    summary: "What of the operator's account is a store's, who it is paid as, and what was released to it",
    access: 'platform:payments:read',
    withoutTenant: true,
    ids: { id: 'tenant' },
    handle: ({ context, params }) => answer(context, params.id as string),
  }),
  route({
    surface: 'platform',
    method: 'GET',
    path: '/platform/tenants/:id/platform-fees',
    summary:
      "The platform's fees on what a store sold, by month and currency: what is kept of the operator's account, and what is to be billed",
    access: 'platform:payments:read',
    withoutTenant: true,
    query: feesQuery,
    ids: { id: 'tenant' },
    async handle({ context, params, query }) {
      const { id: tenantId } = await retrieveTenant(context.db, params.id as string)
      return renderPlatformFees(
        await context.db.read({ role: 'platform', tenantId }, platformFeesStatement(tenantId, query.period ?? null)),
      )
    },
  }),
  route({
    surface: 'platform',
    method: 'POST',
    path: '/platform/tenants/:id/payouts',
    summary: "Hold what of the operator's account is a store's, with a reason that its staff read, or let it go again with null",
    access: 'platform:payments:write',
    withoutTenant: true,
    body: z.strictObject({ held_reason: z.string().trim().min(1).max(500).nullable() }),
    ids: { id: 'tenant' },
    async handle({ context, params, body }) {
      const tenant = await retrieveTenant(context.db, params.id as string)
      await context.db.unitOfWork({ role: 'platform', tenantId: tenant.id }, (unit) => holdStorePayee(unit, body.held_reason))
      return answer(context, params.id as string)
    },
  }),
]
