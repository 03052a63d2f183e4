import { z } from 'zod'
import { singlePage, tenantOf } from '../../db/index.js'
import { type FieldsPolicy, type Route, route } from '../../http/index.js'
import { creditInvoice, issueInvoices, listInvoicesStatement } from '../../payouts/index.js'
import { answerInvoiceCsv, answerInvoiceFile, invoiceFields, renderInvoice } from '../money-answers.js'
import { ids, needWholeStore, reading, write } from './shared.js'

const fields: FieldsPolicy = { defaults: invoiceFields }

const invoices = reading({
  path: '/admin/invoices',
  singular: 'invoice',
  plural: 'invoices',
  label: 'Invoice',
  access: 'payouts:read',
  isOfWholeStore: true,
  query: z.strictObject({ id: ids, vendor_id: ids, period: ids, kind: ids }),
  fields,
  orderable: ['id', 'number', 'issued_at'],
  descending: true,
  load: (request, query, page) => {
    const { context } = request
    const filter = { id: query.id ?? null, vendorIds: query.vendor_id ?? null, periods: query.period ?? null, kinds: query.kind ?? null }
    return context.db.read(context.scope, listInvoicesStatement(tenantOf(context), filter, page))
  },
  render: renderInvoice,
})

export const routes: Route[] = [
  ...invoices.routes,
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/invoices',
    summary: 'Invoice every vendor for the commission of a month, and credit it for what was given back, once',
    access: 'payouts:write',
    body: z.strictObject({ period: z.string().regex(/^\d{4}-\d{2}$/, 'is no month, as 2026-01 is one') }),
    fields,
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const { context, body } = request
      const made = await issueInvoices(context, body.period)
      const filter = { id: made, vendorIds: null, periods: null, kinds: null }
      const page = { ...singlePage, limit: 200 }
      const rows = made.length === 0 ? [] : await context.db.read(context.scope, listInvoicesStatement(tenantOf(context), filter, page))
      return { invoices: rows.map((row) => request.fields.project(renderInvoice(row))), count: made.length }
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/invoices/:id/pdf',
    summary: 'The file of an invoice or credit note, as it was made',
    access: 'payouts:read',
    ids: { id: 'invoice' },
    handle(request) {
      needWholeStore(request, 'payouts:read')
      return answerInvoiceFile(request.context, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'GET',
    path: '/admin/invoices/:id/csv',
    summary: 'The lines of an invoice or credit note, with the tax that is in each',
    access: 'payouts:read',
    ids: { id: 'invoice' },
    handle(request) {
      needWholeStore(request, 'payouts:read')
      return answerInvoiceCsv(request.context, request.params.id as string)
    },
  }),
  route({
    surface: 'admin',
    method: 'POST',
    path: '/admin/invoices/:id/credit',
    summary: 'Take a whole invoice back by a credit note',
    access: 'payouts:write',
    fields,
    ids: { id: 'invoice' },
    async handle(request) {
      needWholeStore(request, 'payouts:write')
      const made = await write(request, (unit) => creditInvoice(unit, request.context, request.params.id as string))
      return invoices.answer(request, made)
    },
  }),
]
