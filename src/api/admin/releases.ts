import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { toMajor } from '../../kernel/index.js'
import { anyRelease, listReleasesStatement, type ReleaseRow, releaseVendorOrder } from '../../payouts/index.js'
import { type AnyRequest, id, ids, needWholeStore, reading } from './shared.js'

export const releaseFields: FieldsPolicy = {
  defaults: [
    'id',
    'vendor_id',
    'vendor_order_id',
    'order_id',
    'method',
    'payment_id',
    'payee_id',
    'currency_code',
    'amount',
    'returned_amount',
    'settled_amount',
    'settled_currency_code',
    'state',
    'reference',
    'failure',
    'payout_id',
    'created_by',
    'settled_at',
    'created_at',
    'updated_at',
    'clawbacks.*',
  ],
}

export function renderRelease({ amount_minor, clawed_minor, settled_minor, clawbacks, ...release }: ReleaseRow): object {
  const major = (minor: bigint | number) => toMajor(minor, release.currency_code)
  return {
    ...release,
    amount: major(amount_minor),
    returned_amount: major(clawed_minor),
    settled_amount:
      settled_minor === null || release.settled_currency_code === null ? null : toMajor(settled_minor, release.settled_currency_code),
    clawbacks: clawbacks.map(({ amount_minor: taken, ...clawback }) => ({ ...clawback, amount: major(taken) })),
  }
}

const releases = reading({
  path: '/admin/releases',
  singular: 'release',
  plural: 'releases',
  label: 'Release',
  access: 'payouts:read',
  isOfWholeStore: true,
  query: z.strictObject({
    id: ids,
    vendor_id: ids,
    vendor_order_id: ids,
    order_id: ids,
    payout_id: ids,
    state: ids,
    of_store: z.stringbool().optional(),
  }),
  ids: { vendor_order_id: 'vendor_order', payout_id: 'payout' },
  fields: releaseFields,
  descending: true,
  load: (request, query, page) => {
    const { context } = request
    const filter = {
      id: query.id ?? null,
      vendorIds: query.vendor_id ?? null,
      vendorOrderIds: query.vendor_order_id ?? null,
      orderIds: query.order_id ?? null,
      payoutIds: query.payout_id ?? null,
      states: query.state ?? null,
      isOfStore: query.of_store ?? null,
    }
    return context.db.read(context.scope, listReleasesStatement(tenantOf(context), filter, page))
  },
  render: renderRelease,
})

/** The releases of a vendor order after one was asked for. */
async function release(request: AnyRequest, vendorOrderId: string, amount: number | undefined) {
  needWholeStore(request, 'payouts:write')
  const { context } = request
  await releaseVendorOrder(context, vendorOrderId, amount)
  const page = { ...singlePage, limit: 200 }
  const rows = await context.db.read(
    context.scope,
    listReleasesStatement(tenantOf(context), { ...anyRelease, vendorOrderIds: [vendorOrderId] }, page),
  )
  return { releases: rows.map((row) => request.fields.project(renderRelease(row))), count: rows[0]?.count ?? 0 }
}

const amount = z.number().gt(0).optional()

export const routes: Route[] = [
  ...releases.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendor-orders/:id/release',
    summary: 'Release what the vendor is owed for its order, all of it or an amount, before the policy would',
    access: 'payouts:write',
    body: z.strictObject({ amount }),
    fields: releaseFields,
    ids: { id: 'vendor_order' },
    handle: (request) => release(request, request.params.id as string, request.body.amount),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payouts/releases',
    summary: 'Release what the vendor is owed for an order, named in the body',
    access: 'payouts:write',
    body: z.strictObject({ vendor_order_id: id, amount }),
    fields: releaseFields,
    ids: { vendor_order_id: 'vendor_order' },
    handle: (request) => release(request, request.body.vendor_order_id, request.body.amount),
  }),
]
