import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { currencyCode, type FieldsPolicy, type Route, route } from '../../http/index.js'
import { csvOf, notFound, toMajor } from '../../kernel/index.js'
import {
  cancelPayout,
  type ExportRow,
  exportStatement,
  listPayoutsStatement,
  markPaid,
  runPayouts,
  writeOffDebt,
} from '../../payouts/index.js'
import { retrieveVendorStatement } from '../../vendors/index.js'
import {
  answerBalance,
  answerPayables,
  answerStatement,
  download,
  payableFields,
  payoutFields,
  renderPayout,
  statementQuery,
} from '../money-answers.js'
import { type AnyRequest, ids, needWholeStore, reading, text, write } from './shared.js'

const fields: FieldsPolicy = { defaults: payoutFields }

const payouts = reading({
  path: '/admin/payouts',
  singular: 'payout',
  plural: 'payouts',
  label: 'Payout',
  access: 'payouts:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, vendor_id: ids, state: ids, method: ids }),
  fields,
  descending: true,
  load: (request, query, page) => {
    const { context } = request
    const filter = {
      id: query.id ?? null,
      vendorIds: query.vendor_id ?? null,
      states: query.state ?? null,
      methods: query.method ?? null,
    }
    return context.db.read(context.scope, listPayoutsStatement(tenantOf(context), filter, page))
  },
  render: renderPayout,
})

const exported = [
  'payout_id',
  'vendor_id',
  'vendor_handle',
  'vendor_name',
  'vendor_email',
  'currency_code',
  'amount',
  'releases',
  'created_at',
]

const lineOf = (row: ExportRow) => [
  row.id,
  row.vendor_id,
  row.handle,
  row.name,
  row.email,
  row.currency_code,
  toMajor(row.amount_minor, row.currency_code),
  row.releases,
  row.created_at.toISOString(),
]

/** @throws not_found for a vendor that the store has not */
async function vendorOf(request: AnyRequest): Promise<string> {
  needWholeStore(request, 'payouts:read')
  const { context, params } = request
  const id = params.id as string
  const [vendor] = await context.db.read(context.scope, retrieveVendorStatement(tenantOf(context), id))
  if (vendor === undefined) throw notFound(`Vendor with id: ${id} was not found`)
  return id
}

export const routes: Route[] = [
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/payouts/export',
    summary: 'What is to be paid by hand, as CSV: one line for each open payout',
    access: 'payouts:read',
    async handle(request) {
      needWholeStore(request, 'payouts:read')
      const { context } = request
      const rows = await context.db.read(context.scope, exportStatement(tenantOf(context)))
      return download(csvOf(exported, rows.map(lineOf)), 'csv', 'payouts')
    },
  }),
  ...payouts.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payouts/run',
    summary: 'Collect what waits to be paid by hand into payouts, where it comes to the minimum',
    access: 'payouts:write',
    fields,
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const { context } = request
      const made = await runPayouts(context)
      const filter = { id: made, vendorIds: null, states: null, methods: null }
      const page = { ...singlePage, limit: 200 }
      const rows = made.length === 0 ? [] : await context.db.read(context.scope, listPayoutsStatement(tenantOf(context), filter, page))
      return { payouts: rows.map((row) => request.fields.project(renderPayout(row))), count: made.length }
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payouts/:id/mark-paid',
    summary: 'Note that a payout was paid by hand',
    access: 'payouts:write',
    body: z.strictObject({ note: text.nullish() }),
    fields,
    ids: { id: 'payout' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payouts:write')
      await write(request, (unit) => markPaid(unit, request.context, wanted, request.body))
      return payouts.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/payouts/:id/cancel',
    summary: 'Give a payout up that was not paid: what was in it waits again',
    access: 'payouts:write',
    fields,
    ids: { id: 'payout' },
    async handle(request) {
      const wanted = request.params.id as string
      needWholeStore(request, 'payouts:write')
      await write(request, (unit) => cancelPayout(unit, request.context, wanted))
      return payouts.answer(request, wanted)
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendors/:id/balance',
    summary: 'What a vendor is owed, may be paid, has reserved and was paid, in each currency',
    access: 'payouts:read',
    ids: { id: 'vendor' },
    handle: async (request) => answerBalance(request.context, await vendorOf(request)),
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/vendors/:id/write-off',
    summary: 'Give up what a vendor was paid too much and will not give back',
    access: 'payouts:write',
    body: z.strictObject({ currency_code: currencyCode, amount: z.number().gt(0).optional() }),
    ids: { id: 'vendor' },
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const id = await vendorOf(request)
      await write(request, (unit) => writeOffDebt(unit, request.context, id, request.body))
      return answerBalance(request.context, id)
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/payables',
    summary: 'What is owed for each vendor order, what was released of it, and what it waits for',
    access: 'payouts:read',
    query: z.strictObject({ vendor_order_id: ids, vendor_id: ids, waiting_for: ids, is_open: z.stringbool().optional() }),
    fields: { defaults: payableFields },
    page: { limit: 50, orderable: ['id', 'created_at'], descending: true },
    ids: { vendor_order_id: 'vendor_order' },
    handle(request) {
      needWholeStore(request, 'payouts:read')
      return answerPayables(request, { ...request.query, vendorIds: request.query.vendor_id ?? null })
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/vendors/:id/statements',
    summary: "A vendor's account over a period, as JSON, CSV or PDF",
    access: 'payouts:read',
    query: statementQuery,
    ids: { id: 'vendor' },
    handle: async (request) => answerStatement(request.context, await vendorOf(request), request.query),
  }),
]
