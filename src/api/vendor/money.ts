import { z } from 'zod'
import { readPage, singlePage, tenantOf, vendorOf } from '../../db/index.js'
import { type FieldsPolicy, oneOrMany, type Route, route } from '../../http/index.js'
import { notFound } from '../../kernel/index.js'
import { anyRelease, listInvoicesStatement, listPayoutsStatement, listReleasesStatement, type PayoutFilter } from '../../payouts/index.js'
import { releaseFields, renderRelease } from '../admin/releases.js'
import {
  answerBalance,
  answerInvoiceCsv,
  answerInvoiceFile,
  answerPayables,
  answerStatement,
  invoiceFields,
  payableFields,
  payoutFields,
  renderInvoice,
  renderPayout,
  statementQuery,
} from '../money-answers.js'

/** Who of the store did it is the store's affair. */
const ofVendor = (names: readonly string[]): FieldsPolicy => ({ defaults: names.filter((name) => !/^(vendor_id|note|\w+_by)$/.test(name)) })
const payout = ofVendor(payoutFields)
const invoice = ofVendor(invoiceFields)
const anyPayout: PayoutFilter = { id: null, vendorIds: null, states: null, methods: null }

export const routes: Route[] = [
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/balance',
    summary: 'What the vendor is owed, may be paid, has reserved and was paid, in each currency',
    access: 'payouts:read',
    handle: ({ context }) => answerBalance(context, vendorOf(context)),
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/payables',
    summary: "What is owed for each of the vendor's orders, what was released of it, and what it waits for",
    access: 'payouts:read',
    query: z.strictObject({
      vendor_order_id: oneOrMany.optional(),
      waiting_for: oneOrMany.optional(),
      is_open: z.stringbool().optional(),
    }),
    fields: ofVendor(payableFields),
    page: { limit: 50, orderable: ['id', 'created_at'], descending: true },
    ids: { vendor_order_id: 'vendor_order' },
    handle: (request) => answerPayables(request, { ...request.query, vendorIds: null }),
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/releases',
    summary: 'What was released to the vendor for its orders, and taken back',
    access: 'payouts:read',
    query: z.strictObject({
      id: oneOrMany.optional(),
      vendor_order_id: oneOrMany.optional(),
      payout_id: oneOrMany.optional(),
      state: oneOrMany.optional(),
    }),
    fields: ofVendor(releaseFields.defaults),
    page: { limit: 50, orderable: ['created_at', 'updated_at', 'id'], descending: true },
    ids: { vendor_order_id: 'vendor_order', payout_id: 'payout' },
    async handle({ context, query, page, fields }) {
      const filter = {
        ...anyRelease,
        id: query.id ?? null,
        vendorOrderIds: query.vendor_order_id ?? null,
        payoutIds: query.payout_id ?? null,
        states: query.state ?? null,
      }
      const { rows, count } = await readPage(context, page, (part) => listReleasesStatement(tenantOf(context), filter, part))
      const releases = rows.map((row) => fields.project(renderRelease(row)))
      return { releases, count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/payouts',
    summary: 'What was paid to the vendor, and is to be paid by hand',
    access: 'payouts:read',
    query: z.strictObject({ id: oneOrMany.optional(), state: oneOrMany.optional() }),
    fields: payout,
    page: { limit: 50, orderable: ['created_at', 'updated_at', 'id'], descending: true },
    async handle({ context, query, page, fields }) {
      const filter = { ...anyPayout, id: query.id ?? null, states: query.state ?? null }
      const { rows, count } = await readPage(context, page, (part) => listPayoutsStatement(tenantOf(context), filter, part))
      const payouts = rows.map((row) => fields.project(renderPayout(row)))
      return { payouts, count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/payouts/:id',
    summary: 'A payout',
    access: 'payouts:read',
    fields: payout,
    ids: { id: 'payout' },
    async handle({ context, params, fields }) {
      const id = params.id as string
      const [row] = await context.db.read(context.scope, listPayoutsStatement(tenantOf(context), { ...anyPayout, id: [id] }, singlePage))
      if (row === undefined) throw notFound(`Payout with id: ${id} was not found`)
      return { payout: fields.project(renderPayout(row)) }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/statements',
    summary: "The vendor's account over a period, as JSON, CSV or PDF",
    access: 'payouts:read',
    query: statementQuery,
    handle: ({ context, query }) => answerStatement(context, vendorOf(context), query),
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/invoices',
    summary: "The store's invoices for its commission, and its credit notes",
    access: 'payouts:read',
    query: z.strictObject({ id: oneOrMany.optional(), period: oneOrMany.optional(), kind: oneOrMany.optional() }),
    fields: invoice,
    page: { limit: 50, orderable: ['id', 'number', 'issued_at'], descending: true },
    async handle({ context, query, page, fields }) {
      const filter = { id: query.id ?? null, vendorIds: null, periods: query.period ?? null, kinds: query.kind ?? null }
      const { rows, count } = await readPage(context, page, (part) => listInvoicesStatement(tenantOf(context), filter, part))
      const invoices = rows.map((row) => fields.project(renderInvoice(row)))
      return { invoices, count, offset: page.offset, limit: page.limit }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/invoices/:id',
    summary: 'An invoice or credit note',
    access: 'payouts:read',
    fields: invoice,
    ids: { id: 'invoice' },
    async handle({ context, params, fields }) {
      const id = params.id as string
      const filter = { id: [id], vendorIds: null, periods: null, kinds: null }
      const [row] = await context.db.read(context.scope, listInvoicesStatement(tenantOf(context), filter, singlePage))
      if (row === undefined) throw notFound(`Invoice with id: ${id} was not found`)
      return { invoice: fields.project(renderInvoice(row)) }
    },
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/invoices/:id/csv',
    summary: 'The lines of an invoice or credit note, with the tax that is in each',
    access: 'payouts:read',
    ids: { id: 'invoice' },
    handle: ({ context, params }) => answerInvoiceCsv(context, params.id as string),
  }),
  route({
    surface: 'vendor',
    method: 'GET',
    path: '/vendor/invoices/:id/pdf',
    summary: 'The file of an invoice or credit note, as it was made',
    access: 'payouts:read',
    ids: { id: 'invoice' },
    handle: ({ context, params }) => answerInvoiceFile(context, params.id as string),
  }),
]
